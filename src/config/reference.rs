//! References in the values of `agentcore.environment`: `${VAR}`, `${VAR:-default}`, `${ssm:NAME}` and
//! `${secretsmanager:ID}`. Everywhere else in the file a value is what is written.

use crate::secret_files;

/// A piece of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ValuePart {
    Text(String),
    /// A variable of this process, with what stands for one that is not set or empty.
    Variable {
        name: String,
        default: Option<String>,
    },
    /// A parameter of Systems Manager.
    Parameter(String),
    /// The name or ARN of a secret of Secrets Manager.
    Secret(String),
}

/// The pieces of a value. `$${` stands for `${`, and any other `$` for itself.
///
/// # Errors
/// What is wrong with a reference, without its text, which may be a secret.
pub(crate) fn parts(value: &str) -> Result<Vec<ValuePart>, &'static str> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = value;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            text.push_str(&rest[..at]);
            text.push('{');
            rest = &rest[at + 2..];
            continue;
        }
        text.push_str(&rest[..at]);
        let inner = &rest[at + 2..];
        let end = inner.find('}').ok_or("a `${` has no `}`; write `$${` for the text `${`")?;
        if !text.is_empty() {
            parts.push(ValuePart::Text(std::mem::take(&mut text)));
        }
        parts.push(reference(&inner[..end])?);
        rest = &inner[end + 1..];
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(ValuePart::Text(text));
    }
    Ok(parts)
}

fn reference(inner: &str) -> Result<ValuePart, &'static str> {
    let is_known = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic());
    match inner.split_once(':') {
        Some(("ssm", name)) if is_known(name) => Ok(ValuePart::Parameter(name.to_owned())),
        Some(("secretsmanager", id)) if is_known(id) => Ok(ValuePart::Secret(id.to_owned())),
        _ => {
            let (name, default) = match inner.split_once(":-") {
                Some((name, default)) => (name, Some(default.to_owned())),
                None => (inner, None),
            };
            let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let part = ValuePart::Variable { name: name.to_owned(), default };
            if is_name { Ok(part) } else { Err("what is between `${` and `}` is no reference") }
        }
    }
}

/// What a value is that the agent is handed as a reference, to read it by itself: `ssm:NAME` or `secretsmanager:ID`, whole.
pub(crate) fn handed(value: &str) -> Option<ValuePart> {
    let (kind, id) = value.split_once(':')?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+=.@:-".contains(&byte));
    match kind {
        "ssm" if is_id => Some(ValuePart::Parameter(id.to_owned())),
        "secretsmanager" if is_id => Some(ValuePart::Secret(id.to_owned())),
        _ => None,
    }
}

/// Text as the value that stands for it.
pub(crate) fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

/// Whether the value is more than its text: something is put in its place at launch, which may be a secret whatever it looks
/// like.
pub(crate) fn has_references(value: &str) -> bool {
    parts(value).is_ok_and(|parts| parts.iter().any(|part| !matches!(part, ValuePart::Text(_))))
}

/// Whether a variable that an agent has may be a secret. Where the agent reads a value by itself, it has no secret but its name.
pub(crate) fn may_be_secret(name: &str, value: &str) -> bool {
    handed(value).is_none() && secret_files::is_secret_variable(name, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_value_is_handed_on() {
        assert_eq!(handed("ssm:/a/b"), Some(ValuePart::Parameter("/a/b".into())));
        assert_eq!(handed("secretsmanager:a"), Some(ValuePart::Secret("a".into())));
        for other in ["ssm:", "ssm:*", "${ssm:/a}", "x ssm:/a", "secretsmanager:a b", "https://x"] {
            assert_eq!(handed(other), None, "{other}");
        }
    }

    #[test]
    fn a_literal_text_is_read_as_itself() {
        for text in ["", "plain", "${HOME}/x", "$${A}", "${", "$", "a${b}$${c", "$$$"] {
            let read: String = parts(&escaped(text))
                .unwrap()
                .into_iter()
                .map(|part| match part {
                    ValuePart::Text(text) => text,
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(read, text);
            assert!(!has_references(&escaped(text)), "{text}");
        }
        assert!(has_references("x${A}") && !has_references("ssm:/a"));
    }

    #[test]
    fn other_forms_than_references_are_text() {
        let variable = |name: &str, default: Option<&str>| ValuePart::Variable {
            name: name.to_owned(),
            default: default.map(str::to_owned),
        };
        let text = |text: &str| ValuePart::Text(text.to_owned());
        let cases = [
            ("plain $5 {x} $HOME", vec![text("plain $5 {x} $HOME")]),
            ("", vec![]),
            ("${A}", vec![variable("A", None)]),
            ("${A:-}", vec![variable("A", Some(""))]),
            ("https://${HOST:-x:8}/p", vec![text("https://"), variable("HOST", Some("x:8")), text("/p")]),
            ("$${A} ${B}", vec![text("${A} "), variable("B", None)]),
            ("${ssm:/a/b}", vec![ValuePart::Parameter("/a/b".into())]),
            ("${secretsmanager:team/key}", vec![ValuePart::Secret("team/key".into())]),
        ];
        for (value, expected) in cases {
            assert_eq!(parts(value).unwrap(), expected, "{value}");
        }
        for bad in ["${A", "${}", "${a b}", "${ssm:}", "${1}", "${vault:x}"] {
            assert!(parts(bad).is_err(), "{bad}");
        }
    }
}
