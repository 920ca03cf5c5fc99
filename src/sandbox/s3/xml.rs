//! The XML that clients send, as a tree of elements with text.

use xmlparser::{ElementEnd, Token, Tokenizer};

use crate::sandbox::reply::Fault;

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Deeper than any document of S3's.
const DEPTH: usize = 20;

/// An element; its attributes mean nothing here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(super) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of a child.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

/// # Errors
/// `MalformedXML` for anything but a document with this root.
pub(super) fn parse(body: &[u8], root: &str) -> Result<Element, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let mut open: Vec<Element> = Vec::new();
    let mut done = None;
    for token in Tokenizer::from(text) {
        match token.map_err(|_| malformed())? {
            Token::ElementStart { local, .. } => {
                if open.len() == DEPTH || done.is_some() {
                    return Err(malformed());
                }
                open.push(Element { name: local.to_string(), ..Element::default() });
            }
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            Token::ElementEnd { end, .. } => {
                let element = open.pop().ok_or_else(malformed)?;
                if let ElementEnd::Close(_, name) = end
                    && name.as_str() != element.name
                {
                    return Err(malformed());
                }
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => done = Some(element),
                }
            }
            Token::Text { text } => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&unescape(text.as_str())?);
                }
            }
            Token::Cdata { text, .. } => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(text.as_str());
                }
            }
            // A document type could define entities, and nobody sends one.
            Token::DtdStart { .. }
            | Token::EmptyDtd { .. }
            | Token::EntityDeclaration { .. }
            | Token::DtdEnd { .. } => {
                return Err(malformed());
            }
            Token::Declaration { .. }
            | Token::ProcessingInstruction { .. }
            | Token::Comment { .. }
            | Token::Attribute { .. } => {}
        }
    }
    done.filter(|element| open.is_empty() && element.name == root).ok_or_else(malformed)
}

fn unescape(text: &str) -> Result<String, Fault> {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';').ok_or_else(malformed)?;
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let char = match entity {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match entity.strip_prefix('#') {
                Some(digits) => match digits.strip_prefix(['x', 'X']) {
                    Some(digits) => number(digits, 16),
                    None => number(digits, 10),
                },
                None => None,
            },
        };
        out.push(char.ok_or_else(malformed)?);
        out.push_str(rest);
    }
    Ok(out)
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
