//! The file as a JSON Schema (draft 2020-12), for editors and for other programs: `agentcore schema config`.
//!
//! Owns: the translation of the table (`schema`), the same rules of single texts as patterns, and those rules between values that
//! a schema can say. Does not own: the table, validation (`check`). What a schema cannot say is checked by `check` alone: that an
//! agent's name is its key, that `default_agent` exists, that an idle timeout is shorter than a lifetime.
//!
//! The schema takes what the program takes, other spellings of choices included; an unknown key is kept and warned of, so that
//! it is no error here either.

use serde_json::{Map, Value, json};

use super::schema::{self, KeySchema, TextRule, ValueType};
use crate::facts::{Interpreter, NAME_LENGTH};
use crate::report::shapes::DRAFT;

/// Editors show this at the key.
const UNKNOWN: &str = "unknown key: agentcore keeps it, and does not use it";
/// Any ASCII character but spaces, and the same without a colon, without a star, without both.
const GRAPHIC: &str = "[!-~]";
const PART: &str = "[!-9;-~]";
const NO_STAR: &str = "[!-)+-~]";
const PART_NO_STAR: &str = "[!-)+-9;-~]";

/// Whether keys have to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// An agent of the file.
    Whole,
    /// What an environment lays over one.
    Overlay,
}

/// The schema of the whole file.
pub(crate) fn json_schema() -> Value {
    let is_legacy = json!({
        "not": { "required": ["agents"] },
        "anyOf": [{ "required": ["name"] }, { "required": ["entrypoint"] }],
    });
    json!({
        "$schema": DRAFT,
        "title": super::FILE_NAME,
        "description": "Agents for Amazon Bedrock AgentCore Runtime",
        "if": is_legacy,
        "then": { "$ref": "#/$defs/agent" },
        "else": { "$ref": "#/$defs/project" },
        "$defs": {
            "project": project(),
            "environment": environment(),
            "agent": object(schema::AGENT, Layer::Whole, ""),
            "overlay": nullable(object(schema::AGENT, Layer::Overlay, "")),
        },
    })
}

fn project() -> Value {
    let mut project = object(schema::TOP, Layer::Whole, "project");
    project["properties"]["agents"] = json!({
        "type": ["object", "null"],
        "propertyNames": { "pattern": pattern(TextRule::AgentName) },
        "additionalProperties": { "$ref": "#/$defs/agent" },
    });
    // The name of an environment, or a pattern with one star: see `environment::is_name_or_pattern`.
    let word = "[A-Za-z0-9_./-]*";
    let name = format!(r"^(?!.*\.\.)(?=.{{1,64}}$)(?:[A-Za-z0-9]{word}(?:\*{word})?|\*{word})$");
    project["properties"]["agentcore"]["properties"]["environments"] = json!({
        "type": ["object", "null"],
        "propertyNames": { "pattern": name },
        "additionalProperties": { "$ref": "#/$defs/environment" },
    });
    project
}

fn environment() -> Value {
    let mut environment = object(schema::ENVIRONMENT, Layer::Overlay, "environment");
    let forbidden: Map<String, Value> =
        schema::OF_ONE_AGENT.iter().map(|name| ((*name).to_owned(), json!(false))).collect();
    environment["properties"]["defaults"] =
        json!({ "allOf": [{ "$ref": "#/$defs/overlay" }, { "properties": forbidden }] });
    environment["properties"]["agents"] =
        json!({ "type": ["object", "null"], "additionalProperties": { "$ref": "#/$defs/overlay" } });
    nullable(environment)
}

/// A mapping; `path` is where it stands in an agent.
fn object(keys: &[KeySchema], layer: Layer, path: &str) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in keys {
        let below = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        let value = of_type(&key.ty, layer, &below);
        let is_required = key.required && layer == Layer::Whole;
        if is_required {
            required.push(key.name);
        }
        properties.insert(key.name.to_owned(), if is_required { filled(value) } else { nullable(value) });
    }
    let mut out = json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { "^x-": {} },
        "additionalProperties": { "deprecated": true, "deprecationMessage": UNKNOWN },
    });
    if !required.is_empty() {
        out["required"] = json!(required);
    }
    between_values(&mut out, layer, path);
    out
}

/// A value that is not null.
fn of_type(ty: &ValueType, layer: Layer, path: &str) -> Value {
    match ty {
        ValueType::Text(rule) => text(*rule),
        ValueType::Bool => json!({
            "anyOf": [{ "type": "boolean" }, { "type": "string", "pattern": any_case(&["true", "false"]) }],
        }),
        ValueType::Int(low, high) => json!({
            "anyOf": [
                { "type": "integer", "minimum": low, "maximum": high },
                { "type": "string", "pattern": "^[+-]?[0-9]+$" },
            ],
        }),
        ValueType::Choice(all) => json!({ "anyOf": [{ "enum": all }, { "type": "string", "pattern": any_case(all) }] }),
        ValueType::Map(keys) => object(keys, layer, path),
        // A list replaces the one below it, so its items are whole.
        ValueType::List(item) => json!({ "type": "array", "items": of_type(item, Layer::Whole, path) }),
        ValueType::TextMap(rule) => {
            let mut kinds = json!({ "type": ["string", "number", "boolean"] });
            if layer == Layer::Overlay {
                kinds = nullable(kinds);
            }
            let mut map = json!({ "type": "object", "additionalProperties": kinds });
            if *rule != TextRule::Any {
                map["propertyNames"] = json!({ "pattern": pattern(*rule) });
            }
            map
        }
        ValueType::Clearable(inner) => of_type(inner, layer, path),
        ValueType::Free => json!({ "type": "object" }),
        ValueType::Any => json!({}),
    }
}

/// Null stands for a key that is not set.
fn nullable(mut value: Value) -> Value {
    if let Some(Value::Array(kinds)) = value.get_mut("anyOf") {
        kinds.push(json!({ "type": "null" }));
    } else if let Some(kinds) = value.get_mut("type") {
        let mut all = kinds.as_array().cloned().unwrap_or_else(|| vec![kinds.clone()]);
        all.push(json!("null"));
        *kinds = Value::Array(all);
    }
    value
}

/// A required value is neither null nor an empty text.
fn filled(mut value: Value) -> Value {
    value["not"] = json!({ "enum": [null, ""] });
    value
}

/// Texts may be written as other scalars, whose text then has to fit. ARNs and names that begin with a letter cannot be numbers.
fn text(rule: TextRule) -> Value {
    let kinds: &[&str] = match rule {
        TextRule::Arn | TextRule::RuntimeArn | TextRule::RuntimeType => &["string"],
        TextRule::AgentName | TextRule::Variable => &["string", "boolean"],
        TextRule::Account | TextRule::Caller => &["string", "integer"],
        TextRule::Identity | TextRule::MemoryWord | TextRule::Role => &["string", "integer", "boolean"],
        TextRule::Any | TextRule::Region | TextRule::Expectation => &["string", "number", "boolean"],
        TextRule::PythonVersion => &["string", "number"],
    };
    let mut value = json!({ "type": kinds });
    if let Some(pattern) = pattern(rule) {
        value["pattern"] = json!(pattern);
    }
    if matches!(rule, TextRule::Account | TextRule::Caller) {
        value["minimum"] = json!(100_000_000_000_u64);
        value["maximum"] = json!(999_999_999_999_u64);
    }
    value
}

/// What the texts match that the rule takes; `None` where it takes all.
fn pattern(rule: TextRule) -> Option<String> {
    Some(match rule {
        TextRule::Any | TextRule::Region | TextRule::Expectation | TextRule::PythonVersion => return None,
        TextRule::Identity => "^[A-Za-z0-9-]{8,64}$".to_owned(),
        TextRule::AgentName => format!("^[A-Za-z][A-Za-z0-9_]{{0,{}}}$", NAME_LENGTH - 1),
        // Twelve digits, or what people write in their place.
        TextRule::Account => format!("^(?:[0-9]{{12}}|.*(?:{}|{}).*|[Xx]*)$", letters("account"), letters("redacted")),
        TextRule::Arn => format!("^{}{GRAPHIC}+$", arn_until_resource(&format!("{PART}+"), PART)),
        TextRule::RuntimeArn => format!("^{}{GRAPHIC}+$", arn_until_resource("bedrock-agentcore", PART)),
        TextRule::Caller => format!(
            "^(?:[0-9]{{12}}|{}(?:role/{NO_STAR}*|user/{NO_STAR}*|root)|{}assumed-role/{NO_STAR}*)$",
            arn_until_resource("iam", PART_NO_STAR),
            arn_until_resource("sts", PART_NO_STAR),
        ),
        TextRule::Role => format!(
            "^(?:[A-Za-z0-9_+=,.@-]{{1,64}}|{}(?:{GRAPHIC}*:)?role/{GRAPHIC}*)$",
            arn_until_resource("iam", PART)
        ),
        TextRule::RuntimeType => {
            let each = [Interpreter::Python, Interpreter::Node]
                .map(|one| format!("{}(?:{})", one.prefix(), at_least(one.versions().0)));
            format!("^(?:{})$", each.join("|"))
        }
        TextRule::MemoryWord => "^[A-Za-z0-9_-]*$".to_owned(),
        TextRule::Variable => "^[A-Za-z_][A-Za-z0-9_]*$".to_owned(),
    })
}

fn arn_until_resource(service: &str, part: &str) -> String {
    format!("arn:{part}+:{service}:{part}*:{part}*:")
}

/// Numbers from `least` on, which has two digits.
fn at_least(least: u32) -> String {
    let (tens, units) = (least / 10, least % 10);
    let mut forms = vec![format!("{tens}[{units}-9]"), "[1-9][0-9]{2,}".to_owned()];
    if tens < 9 {
        forms.push(format!("[{}-9][0-9]", tens + 1));
    }
    forms.join("|")
}

/// The texts in any case, and with `-` for `_`.
fn any_case(texts: &[&str]) -> String {
    let each: Vec<String> = texts.iter().map(|text| letters(text)).collect();
    format!("^(?:{})$", each.join("|"))
}

fn letters(text: &str) -> String {
    let one = |c: char| match c {
        '_' => "[_-]".to_owned(),
        c if c.is_ascii_alphabetic() => format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()),
        c => c.to_string(),
    };
    text.chars().map(one).collect()
}

/// Rules between the values of one mapping, as `check` has them.
fn between_values(out: &mut Value, layer: Layer, path: &str) {
    let is = |word: &str| json!({ "type": "string", "pattern": any_case(&[word]) });
    let mut rules = Vec::new();
    match path {
        "agentcore.token" => {
            for name in schema::TOKEN_SECRETS {
                out["properties"][*name] = json!(false);
            }
            let list = json!({ "type": "array", "minItems": 1 });
            let text = json!({ "not": { "type": "null" } });
            for (grant, needs, value) in
                [("command", "command", &list), ("file", "file", &text), ("gitlab_ci", "variable", &text)]
            {
                rules.push(json!({
                    "if": { "properties": { "grant": is(grant) }, "required": ["grant"] },
                    "then": { "properties": { needs: value }, "required": [needs] },
                }));
            }
        }
        "agentcore.runtime" => {
            out["properties"]["allowed_ports"]["items"] = json!({
                "anyOf": [
                    { "type": "integer", "minimum": 1, "maximum": 65535 },
                    { "type": "string", "pattern": r"^\s*[0-9]+\s*(?:-\s*[0-9]+\s*)?$" },
                ],
            });
        }
        "aws.network_configuration" => {
            let some = json!({ "type": "array", "minItems": 1 });
            rules.push(json!({
                "if": { "properties": { "network_mode": is("VPC") }, "required": ["network_mode"] },
                "then": { "properties": { "network_mode_config": {
                    "type": "object",
                    "properties": { "subnets": some, "security_groups": some },
                    "required": ["subnets", "security_groups"],
                } }, "required": ["network_mode_config"] },
            }));
        }
        "authorizer_configuration" => {
            rules.push(json!({ "anyOf": [{ "maxProperties": 0 }, { "required": ["customJWTAuthorizer"] }] }));
        }
        // The agent itself: callers of AWS are not let in behind an authorizer.
        "" => rules.push(json!({ "not": {
            "properties": {
                "authorizer_configuration": {
                    "type": "object",
                    "properties": { "customJWTAuthorizer": { "type": "object" } },
                    "required": ["customJWTAuthorizer"],
                },
                "agentcore": {
                    "type": "object",
                    "properties": { "allow_callers": { "type": "array", "minItems": 1 } },
                    "required": ["allow_callers"],
                },
            },
            "required": ["authorizer_configuration", "agentcore"],
        } })),
        _ => {}
    }
    // An overlay is judged together with what is below it.
    if layer == Layer::Whole && !rules.is_empty() {
        out["allOf"] = Value::Array(rules);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `None` of a rule takes everything; a pattern has to refuse what the rule refuses. The patterns use nothing that the two
    /// dialects read differently.
    #[test]
    fn patterns_agree_with_the_rules() {
        let role =
            crate::partition::Partition::of_region("us-west-2").arn("iam", "", "123456789012", "role/r").to_string();
        let runtime = role.replace("iam::", "bedrock-agentcore:us-west-2:").replace("role/", "runtime/");
        let texts = [
            "",
            "a",
            "_a",
            "1a",
            "a-b",
            "a b",
            "agent_1",
            "123456789012",
            "12345678901",
            "<ACCOUNT>",
            "XXXX",
            "REDACTED",
            "PYTHON_3_9",
            "PYTHON_3_10",
            "PYTHON_3_99",
            "PYTHON_3_100",
            "NODE_20",
            "NODE_22",
            "NODE_31",
            "RUBY_3",
            "root",
            "arn:x",
            "arn:a:b:c:d:",
            "arn:a:b:::r",
            "arn:a b:c:::r",
            "role*",
            "a.b@c",
            "ab-cd-ef-1",
            &role,
            &runtime,
        ];
        for rule in [
            TextRule::Any,
            TextRule::Identity,
            TextRule::AgentName,
            TextRule::Account,
            TextRule::Region,
            TextRule::Arn,
            TextRule::Caller,
            TextRule::RuntimeArn,
            TextRule::Role,
            TextRule::RuntimeType,
            TextRule::MemoryWord,
            TextRule::Variable,
        ] {
            for text in texts {
                let is_bad = matches!(rule.check(text), schema::TextCheck::Bad(_));
                let matches =
                    pattern(rule).is_none_or(|pattern| regex_lite::Regex::new(&pattern).unwrap().is_match(text));
                assert_eq!(matches, !is_bad, "{rule:?}: `{text}` and {:?}", pattern(rule));
            }
        }
    }

    #[test]
    fn least_versions_have_two_digits() {
        for one in [Interpreter::Python, Interpreter::Node] {
            assert!((10..100).contains(&one.versions().0), "`at_least` knows numbers of two digits");
        }
    }
}
