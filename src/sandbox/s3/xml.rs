//! The XML that clients send.

use crate::sandbox::reply::Fault;
pub(super) use crate::xml::Element;

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// # Errors
/// `MalformedXML` for anything but a document with this root.
pub(super) fn parse(body: &[u8], root: &str) -> Result<Element, Fault> {
    crate::xml::parse(body).filter(|element| element.name == root).ok_or_else(malformed)
}

pub(super) fn malformed() -> Fault {
    Fault::new(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_become_trees() {
        let text = "<?xml version=\"1.0\"?><!-- x --><Delete xmlns=\"http://s3/\"><Quiet>true</Quiet>\
                    <Object><Key>a&amp;b&#x20AC;&#60;</Key></Object><Object><Key><![CDATA[<c>]]></Key></Object><Empty/></Delete>";
        let root = parse(text.as_bytes(), "Delete").unwrap();
        assert_eq!(root.get("Quiet"), Some("true"));
        let keys: Vec<_> = root.children("Object").filter_map(|object| object.get("Key")).collect();
        assert_eq!(keys, ["a&b\u{20ac}<", "<c>"]);
        assert_eq!(root.get("Empty"), Some(""));
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(1000), "</a>".repeat(1000));
        for text in [
            "",
            "<Delete>",
            "<Delete></Other>",
            "<Other/>",
            "<Delete/><Delete/>",
            "text",
            "<Delete>&bomb;</Delete>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><Delete>&a;</Delete>",
            &deep,
        ] {
            assert_eq!(parse(text.as_bytes(), "Delete").unwrap_err().code, "MalformedXML", "{text:.40}");
        }
    }
}
