//! References in values: `${VAR}` and `${VAR:-default}` in the settings of [`SETTINGS`], and besides them `${ssm:NAME}` and
//! `${secretsmanager:ID}` in those of `agentcore.environment`. Everywhere else in the file a value is what is written.
//!
//! Owns: their form, and the values of settings. Does not own: the values of an agent's variables (`ops::references`).

use serde_json::Value;

use crate::env::Env;
use crate::error::Code;
use crate::secret_files;
use crate::trust;

/// The settings, below an agent, that can be taken from variables of this process: those that differ between accounts and say nothing of
/// which resource is meant. `[]` stands for each item of a list, `*` for any key.
const SETTINGS: &[&str] = &[
    "aws.execution_role",
    "aws.network_configuration.network_mode_config.security_groups[]",
    "aws.network_configuration.network_mode_config.subnets[]",
    "codebuild.execution_role",
    "authorizer_configuration.customJWTAuthorizer.discoveryUrl",
    "authorizer_configuration.customJWTAuthorizer.allowedAudience[]",
    "authorizer_configuration.customJWTAuthorizer.allowedClients[]",
    "authorizer_configuration.customJWTAuthorizer.allowedScopes[]",
    "agentcore.allow_callers[]",
    "agentcore.permissions_boundary",
    "agentcore.runtime.description",
    "agentcore.tags.*",
    "agentcore.token.discovery_url",
    "agentcore.token.client_id",
    "agentcore.token.username",
    "agentcore.token.scopes[]",
    "agentcore.token.audience",
    "agentcore.token.resource",
];

/// Settings, and mappings of them, that say who may call an agent and how its callers get a token.
pub(crate) const CALLERS_SETTINGS: &[&str] = &["authorizer_configuration", "agentcore.token"];

/// The setting of [`SETTINGS`] that a path of the file is; `*` in the path stands for itself.
pub(super) fn setting(path: &str) -> Option<&'static str> {
    let mut plain = String::with_capacity(path.len());
    let mut is_index = false;
    for char in path.chars() {
        is_index = is_index && char != ']';
        if !is_index {
            plain.push(char);
        }
        is_index = is_index || char == '[';
    }
    let is_it =
        |setting: &&&str| plain.strip_suffix(**setting).is_some_and(|head| head.is_empty() || head.ends_with('.'));
    SETTINGS.iter().find(is_it).copied()
}

/// Why a setting has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoValue {
    /// It cannot have one anywhere.
    Wrong(&'static str),
    /// Not in this process, for this reason.
    Here(Code, String),
}

/// A setting with the values of its variables. Without an environment only its form is looked at, and it stays as it is.
pub(super) fn setting_value(text: &str, env: Option<&Env>) -> Result<String, NoValue> {
    let mut value = String::new();
    for part in parts(text).map_err(NoValue::Wrong)? {
        match (part, env) {
            (ValuePart::Parameter(_) | ValuePart::Secret(_), _) => {
                return Err(NoValue::Wrong("a setting takes variables only, as in `${VAR}` or `${VAR:-x}`"));
            }
            (ValuePart::Text(text), _) => value.push_str(&text),
            (ValuePart::Variable { name, default }, Some(env)) => value.push_str(&variable(&name, default, env)?),
            (ValuePart::Variable { .. }, None) => {}
        }
    }
    Ok(if env.is_some() { value } else { text.to_owned() })
}

/// Puts what is written in the place of what it stands for, wherever `value` has that: texts by text, mappings by key, and the items of a
/// list by what they are.
pub(super) fn keep(value: &mut Value, written: &Value, env: &Env) {
    if stands_for(written, value, env) {
        return value.clone_from(written);
    }
    match (value, written) {
        (Value::Array(items), Value::Array(written)) => {
            // Each is kept for one item alone: another reference may have the same value.
            let mut left: Vec<&Value> = written.iter().collect();
            for item in items {
                let meant = left.iter().position(|one| *one == item || stands_for(one, item, env));
                if let Some(at) = meant {
                    item.clone_from(left.remove(at));
                }
            }
        }
        (Value::Object(members), Value::Object(written)) => {
            for (key, member) in members.iter_mut() {
                if let Some(written) = written.get(key) {
                    keep(member, written, env);
                }
            }
        }
        _ => {}
    }
}

/// Whether the text that is written is a reference, and has this value here.
fn stands_for(written: &Value, value: &Value, env: &Env) -> bool {
    let text = written.as_str().filter(|text| has_references(text));
    let resolved = text.and_then(|text| setting_value(text, Some(env)).ok());
    resolved.is_some_and(|resolved| value.as_str() == Some(resolved.as_str()))
}

/// Settings end up in plans, in tags and in requests to other servers, and the file may be somebody else's.
fn variable(name: &str, default: Option<String>, env: &Env) -> Result<String, NoValue> {
    match (env.var(name), default) {
        (Some(value), _) => {
            let is_private = trust::is_of_machine(name) || secret_files::is_secret_variable(name, value);
            if is_private && !trust::is_given(env) {
                let text = format!("it takes {name}, which may be a secret of this machine; {}", trust::HINT);
                return Err(NoValue::Here(Code::ConfigUntrusted, text));
            }
            Ok(value.to_owned())
        }
        (None, Some(default)) => Ok(default),
        (None, None) => Err(NoValue::Here(
            Code::ConfigReference,
            format!("the variable `{name}` is not set; set it, or say what stands for it: `${{{name}:-x}}`"),
        )),
    }
}

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

/// A value from elsewhere, as it is written at `path` below an agent: what looks like a reference there is text.
pub(crate) fn escaped_setting(path: &str, value: Value) -> Value {
    match value {
        Value::String(text) if setting(path).is_some() => escaped(&text).into(),
        Value::Array(items) => items.into_iter().map(|item| escaped_setting(&format!("{path}[]"), item)).collect(),
        Value::Object(members) => {
            let below = |key: &str| {
                let any = format!("{path}.*");
                if setting(&any).is_some() { any } else { format!("{path}.{key}") }
            };
            members.into_iter().map(|(key, member)| (key.clone(), escaped_setting(&below(&key), member))).collect()
        }
        other => other,
    }
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
    fn values_from_elsewhere_are_no_references() {
        use serde_json::json;

        let live = json!({ "customJWTAuthorizer": { "allowedClients": ["${A}", "b"], "other": "${A}" } });
        let written = json!({ "customJWTAuthorizer": { "allowedClients": ["$${A}", "b"], "other": "${A}" } });
        assert_eq!(escaped_setting("authorizer_configuration", live), written);
        assert_eq!(escaped_setting("agentcore.tags", json!({ "a.b": "${A}" })), json!({ "a.b": "$${A}" }));
        assert_eq!(escaped_setting("agentcore.runtime.description", json!("${A}")), "$${A}");
        assert_eq!(escaped_setting("agentcore.runtime.other", json!("${A}")), "${A}");
    }

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
    fn settings_are_known_wherever_they_stand() {
        for path in [
            "aws.execution_role",
            "agents.support.aws.execution_role",
            "agentcore.environments.v1.2.agents.support.aws.execution_role",
            "agentcore.environments.pr-*.defaults.aws.network_configuration.network_mode_config.subnets[12]",
            "agents.a.agentcore.tags.*",
        ] {
            assert!(setting(path).is_some(), "{path}");
        }
        for path in
            ["agents.a.name", "agents.a.aws.account", "agents.a.xaws.execution_role", "agents.a.agentcore.token.grant"]
        {
            assert_eq!(setting(path), None, "{path}");
        }
    }

    #[test]
    fn a_setting_takes_its_variables() {
        let env = Env::fake(std::path::Path::new("/"), &[("POOL", "p1"), ("DB_PASSWORD", "x"), ("GITHUB_SHA", "y")]);
        let value = |text: &str| setting_value(text, Some(&env));
        assert_eq!(value("https://${POOL}/${PATH_:-a}").unwrap(), "https://p1/a");
        assert_eq!(value("$${POOL}").unwrap(), "${POOL}");
        assert_eq!(setting_value("${POOL}", None).unwrap(), "${POOL}");
        assert!(matches!(value("${NOPE}"), Err(NoValue::Here(Code::ConfigReference, text)) if text.contains("`NOPE`")));
        for private in ["${DB_PASSWORD}", "${GITHUB_SHA}"] {
            assert!(matches!(value(private), Err(NoValue::Here(Code::ConfigUntrusted, _))), "{private}");
        }
        for wrong in ["${ssm:/a}", "${secretsmanager:a}", "${POOL", "${a b}"] {
            assert!(matches!(value(wrong), Err(NoValue::Wrong(_))), "{wrong}");
        }
    }

    #[test]
    fn references_stay_where_they_mean_the_same() {
        use serde_json::json;
        let env = Env::fake(std::path::Path::new("/"), &[("URL", "https://idp"), ("ONE", "1")]);
        let written = json!({ "url": "${URL}", "list": ["${ONE}", "2"], "other": "${URL}", "plain": "x" });
        let mut value = json!({ "url": "https://idp", "list": ["2", "1", "3"], "other": "https://new", "plain": "y" });
        keep(&mut value, &written, &env);
        let kept = json!({ "url": "${URL}", "list": ["2", "${ONE}", "3"], "other": "https://new", "plain": "y" });
        assert_eq!(value, kept);
    }

    #[test]
    fn references_of_one_value_both_stay() {
        use serde_json::json;
        let env = Env::fake(std::path::Path::new("/"), &[("A", "1"), ("B", "1"), ("C", "2")]);
        let kept = |written: Value, mut value: Value| {
            keep(&mut value, &written, &env);
            value
        };
        assert_eq!(kept(json!(["${A}", "${B}"]), json!(["1", "1"])), json!(["${A}", "${B}"]));
        assert_eq!(kept(json!(["${A}", "${C}", "${B}"]), json!(["2", "1", "1"])), json!(["${C}", "${A}", "${B}"]));
        assert_eq!(kept(json!(["1", "${A}"]), json!(["1", "1"])), json!(["1", "${A}"]));
        assert_eq!(kept(json!(["${A}"]), json!(["1", "1"])), json!(["${A}", "1"]));
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
