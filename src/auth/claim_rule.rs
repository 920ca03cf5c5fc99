//! One rule on a custom claim: its JSON form, its short form on the command line, and when a claim satisfies it.
//!
//! Owns: legal names, types, operators and values. Does not own: how the rules of an authorizer combine (`evaluate`).

use serde_json::{Value, json};

use super::wire::{AuthorizerProblem, type_name};
use crate::error::{Code, Error, Result};

/// `inboundTokenClaimValueType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ClaimType {
    String,
    StringArray,
}

/// `claimMatchOperator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ClaimOperator {
    Equals,
    Contains,
    ContainsAny,
}

impl ClaimType {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::String => "STRING",
            Self::StringArray => "STRING_ARRAY",
        }
    }
}

impl ClaimOperator {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "EQUALS",
            Self::Contains => "CONTAINS",
            Self::ContainsAny => "CONTAINS_ANY",
        }
    }
}

/// A claim that the token must carry, and the values that satisfy it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClaimRule {
    pub(crate) name: String,
    pub(crate) value_type: ClaimType,
    pub(crate) operator: ClaimOperator,
    /// One value, or at least one for [`ClaimOperator::ContainsAny`].
    pub(crate) values: Vec<String>,
}

/// Where the service wants the standard claims instead. It is known to refuse `client_id` and `scp` by name; the other
/// three are refused by analogy, because a rule that duplicates the service's own check would only confuse.
const RESERVED: [(&str, &str); 5] = [
    ("client_id", "use `allowedClients` (`--allowed-client`)"),
    ("scp", "use `allowedScopes` (`--allowed-scope`)"),
    ("scope", "use `allowedScopes` (`--allowed-scope`)"),
    ("aud", "use `allowedAudience` (`--allowed-audience`)"),
    ("iss", "the issuer is the one of the discovery document"),
];

impl ClaimRule {
    /// Reads the JSON form. `path` goes in front of each problem's path.
    pub(crate) fn from_wire(value: &Value, path: &str) -> std::result::Result<Self, Vec<AuthorizerProblem>> {
        let Value::Object(object) = value else {
            return Err(vec![AuthorizerProblem::new(
                path,
                format!("must be an object, but it is {}", type_name(value)),
            )]);
        };
        let mut problems = Vec::new();
        for name in object.keys() {
            const KNOWN: [&str; 3] =
                ["inboundTokenClaimName", "inboundTokenClaimValueType", "authorizingClaimMatchValue"];
            if !KNOWN.contains(&name.as_str()) {
                problems.push(AuthorizerProblem::new(format!("{path}.{name}"), "is not a member of a custom claim"));
            }
        }
        let name = text(value, path, "inboundTokenClaimName", &mut problems);
        let value_type = choice(
            text(value, path, "inboundTokenClaimValueType", &mut problems),
            &[("STRING", ClaimType::String), ("STRING_ARRAY", ClaimType::StringArray)],
            &format!("{path}.inboundTokenClaimValueType"),
            &mut problems,
        );
        let match_path = format!("{path}.authorizingClaimMatchValue");
        let matching = &value["authorizingClaimMatchValue"];
        if !matching.is_object() {
            problems.push(AuthorizerProblem::new(&match_path, "must be an object"));
            return Err(problems);
        }
        let operator = choice(
            text(matching, &match_path, "claimMatchOperator", &mut problems),
            &[
                ("EQUALS", ClaimOperator::Equals),
                ("CONTAINS", ClaimOperator::Contains),
                ("CONTAINS_ANY", ClaimOperator::ContainsAny),
            ],
            &format!("{match_path}.claimMatchOperator"),
            &mut problems,
        );
        let value_path = format!("{match_path}.claimMatchValue");
        let values = match_values(&matching["claimMatchValue"], &value_path, operator, &mut problems);
        let (Some(name), Some(value_type), Some(operator), Some(values)) = (name, value_type, operator, values) else {
            return Err(problems);
        };
        let rule = Self { name, value_type, operator, values };
        problems.extend(rule.check(path));
        if problems.is_empty() { Ok(rule) } else { Err(problems) }
    }

    pub(crate) fn to_wire(&self) -> Value {
        let value = match (self.operator, self.values.as_slice()) {
            (ClaimOperator::Equals | ClaimOperator::Contains, [one]) => json!({ "matchValueString": one }),
            (_, values) => json!({ "matchValueStringList": values }),
        };
        json!({
            "inboundTokenClaimName": self.name,
            "inboundTokenClaimValueType": self.value_type.as_str(),
            "authorizingClaimMatchValue": { "claimMatchValue": value, "claimMatchOperator": self.operator.as_str() },
        })
    }

    /// Reads what `--custom-claim` takes: `name=value` (the claim is this string), `name~=value` (the claim is a list
    /// with this value), `name~=a,b` (a list with any of these), or the JSON object of the API.
    ///
    /// # Errors
    /// [`crate::error::Kind::Usage`], code `auth.custom-claim`, with every problem as a cause.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let wrong =
            |text: &str| Error::usage(format!("`--custom-claim {text}` is not a rule")).code(Code::AuthCustomClaim);
        let read = if text.trim_start().starts_with('{') {
            let value: Value = serde_json::from_str(text).map_err(|error| wrong(text).source(&error))?;
            Self::from_wire(&value, "customClaim")
        } else {
            let Some((left, right)) = text.split_once('=') else {
                return Err(wrong(text).hint("write `name=value`, `name~=value` or `name~=value,value`"));
            };
            let (name, value_type, operator, values) = match left.strip_suffix('~') {
                None => (left, ClaimType::String, ClaimOperator::Equals, vec![right.to_owned()]),
                Some(name) if right.contains(',') => {
                    let values = right.split(',').map(str::to_owned).collect();
                    (name, ClaimType::StringArray, ClaimOperator::ContainsAny, values)
                }
                Some(name) => (name, ClaimType::StringArray, ClaimOperator::Contains, vec![right.to_owned()]),
            };
            let rule = Self { name: name.to_owned(), value_type, operator, values };
            let problems = rule.check("customClaim");
            if problems.is_empty() { Ok(rule) } else { Err(problems) }
        };
        read.map_err(|problems| {
            problems.into_iter().fold(wrong(text), |error, problem| {
                let error = error.cause(problem.to_string());
                match problem.hint {
                    Some(hint) => error.hint(hint),
                    None => error,
                }
            })
        })
    }

    /// The short form that [`ClaimRule::parse`] reads back.
    pub(crate) fn short(&self) -> String {
        let operator = if self.operator == ClaimOperator::Equals { "=" } else { "~=" };
        let mut text = format!("{}{operator}{}", self.name, self.values.join(","));
        if self.operator == ClaimOperator::ContainsAny && self.values.len() == 1 {
            // A single value would read back as CONTAINS, which means the same but is not what was written.
            text = self.to_wire().to_string();
        }
        text
    }

    /// Whether `claim` satisfies the rule. A claim of another type never does.
    pub(crate) fn accepts(&self, claim: Option<&Value>) -> bool {
        match (self.value_type, claim) {
            (ClaimType::String, Some(Value::String(text))) => self.values.contains(text),
            (ClaimType::StringArray, Some(Value::Array(items))) => {
                items.iter().all(Value::is_string)
                    && items.iter().filter_map(Value::as_str).any(|item| self.values.iter().any(|v| v == item))
            }
            _ => false,
        }
    }

    fn check(&self, path: &str) -> Vec<AuthorizerProblem> {
        let mut problems = Vec::new();
        let name_path = format!("{path}.inboundTokenClaimName");
        if let Some((_, instead)) = RESERVED.iter().find(|(name, _)| *name == self.name) {
            problems.push(AuthorizerProblem::new(&name_path, format!("cannot be `{}`", self.name)).hint(*instead));
        }
        // The service's pattern `[A-Za-z0-9_.-:]+` has a range from `.` to `:`, so it takes `/` and no `-`.
        let name_ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | ':');
        if let Some(message) = limits(&self.name, name_ok) {
            problems.push(
                AuthorizerProblem::new(&name_path, message).hint("allowed are letters, digits, `_`, `.`, `/` and `:`"),
            );
        }
        let value_path = format!("{path}.authorizingClaimMatchValue.claimMatchValue");
        for value in &self.values {
            if let Some(message) = limits(value, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
                let mut hint = "allowed are letters, digits, `_`, `.` and `-`".to_owned();
                if self.operator == ClaimOperator::Equals && value.contains(',') {
                    hint = format!("for any of several values in a list claim write `{}~=a,b`", self.name);
                }
                problems.push(AuthorizerProblem::new(&value_path, message).hint(hint));
            }
        }
        let legal = matches!(
            (self.value_type, self.operator, self.values.len()),
            (ClaimType::String, ClaimOperator::Equals, 1)
                | (ClaimType::StringArray, ClaimOperator::Contains, 1)
                | (ClaimType::StringArray, ClaimOperator::ContainsAny, 1..)
        );
        if !legal {
            problems.push(
                AuthorizerProblem::new(
                    format!("{path}.authorizingClaimMatchValue"),
                    format!("{} does not go with {} here", self.operator.as_str(), self.value_type.as_str()),
                )
                .hint(
                    "STRING takes EQUALS with one value; STRING_ARRAY takes CONTAINS with one value or CONTAINS_ANY \
                     with a list",
                ),
            );
        }
        problems
    }
}

/// 1 to 255 characters, each `allowed`.
fn limits(text: &str, allowed: impl Fn(char) -> bool) -> Option<String> {
    match text.chars().count() {
        0 => Some("must not be empty".to_owned()),
        length @ 256.. => Some(format!("is {length} characters long, of 255 allowed")),
        _ => text.chars().find(|c| !allowed(*c)).map(|bad| format!("{text:?} contains {bad:?}")),
    }
}

fn text(object: &Value, path: &str, name: &str, problems: &mut Vec<AuthorizerProblem>) -> Option<String> {
    let message = match &object[name] {
        Value::String(text) => return Some(text.clone()),
        Value::Null => "is missing".to_owned(),
        other => format!("must be a string, but it is {}", type_name(other)),
    };
    problems.push(AuthorizerProblem::new(format!("{path}.{name}"), message));
    None
}

fn choice<T: Copy>(
    text: Option<String>,
    table: &[(&str, T)],
    path: &str,
    problems: &mut Vec<AuthorizerProblem>,
) -> Option<T> {
    let text = text?;
    let found = table.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    if found.is_none() {
        let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
        problems.push(AuthorizerProblem::new(path, format!("is {text:?}; allowed are {}", names.join(", "))));
    }
    found
}

/// The union `claimMatchValue`: exactly one member, and the one that the operator takes.
fn match_values(
    value: &Value,
    path: &str,
    operator: Option<ClaimOperator>,
    problems: &mut Vec<AuthorizerProblem>,
) -> Option<Vec<String>> {
    let one = &value["matchValueString"];
    let many = &value["matchValueStringList"];
    let wants_list = operator == Some(ClaimOperator::ContainsAny);
    match (one, many) {
        (Value::String(text), Value::Null) if !wants_list => return Some(vec![text.clone()]),
        (Value::String(_), Value::Null) => {
            problems.push(AuthorizerProblem::new(path, "must hold `matchValueStringList` for CONTAINS_ANY"));
        }
        (Value::Null, Value::Array(items)) if operator.is_none() || wants_list => {
            let texts: Vec<String> = items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect();
            if texts.len() == items.len() && !texts.is_empty() {
                return Some(texts);
            }
            problems.push(AuthorizerProblem::new(
                format!("{path}.matchValueStringList"),
                "must be a list of at least one string",
            ));
        }
        (Value::Null, Value::Array(_)) => {
            problems.push(AuthorizerProblem::new(path, "must hold `matchValueString` for EQUALS and CONTAINS"));
        }
        _ => {
            problems.push(AuthorizerProblem::new(path, "must hold either `matchValueString` or `matchValueStringList`"))
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms() {
        let cases = [
            ("department=eng", "department", "STRING", "EQUALS", vec!["eng"]),
            ("cognito:groups~=admins", "cognito:groups", "STRING_ARRAY", "CONTAINS", vec!["admins"]),
            ("roles~=a,b-c", "roles", "STRING_ARRAY", "CONTAINS_ANY", vec!["a", "b-c"]),
            ("https://ns.example/x=y", "https://ns.example/x", "STRING", "EQUALS", vec!["y"]),
        ];
        for (text, name, value_type, operator, values) in cases {
            let rule = ClaimRule::parse(text).unwrap();
            assert_eq!((rule.name.as_str(), rule.value_type.as_str()), (name, value_type), "{text}");
            assert_eq!((rule.operator.as_str(), &rule.values[..]), (operator, &values.map_owned()[..]), "{text}");
            assert_eq!(rule.short(), text);
            assert_eq!(ClaimRule::from_wire(&rule.to_wire(), "x").unwrap(), rule, "{text}");
        }
    }

    trait MapOwned {
        fn map_owned(&self) -> Vec<String>;
    }

    impl MapOwned for Vec<&str> {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(|s| (*s).to_owned()).collect()
        }
    }

    #[test]
    fn refused_short_forms() {
        let long = format!("{}=x", "n".repeat(256));
        for text in [
            "",
            "name",
            "=value",
            "name=",
            "name~=",
            "name~=a,",
            "a-b=c",
            "name=a b",
            "name=a,b",
            "name=a@b.example",
            "name=https://x",
            "client_id=x",
            "scp~=x",
            "aud=x",
            "iss=x",
            "scope=x",
            "{}",
            "{bad",
            "[]",
            &long,
            r#"{"inboundTokenClaimName":"a","inboundTokenClaimValueType":"STRING"}"#,
        ] {
            let error = ClaimRule::parse(text).unwrap_err();
            assert_eq!(error.code_str(), "auth.custom-claim", "{text}");
            assert_eq!(error.kind().exit_code(), 2, "{text}");
        }
    }

    #[test]
    fn legal_pairs_only() {
        let types = ["STRING", "STRING_ARRAY", "NUMBER"];
        let operators = ["EQUALS", "CONTAINS", "CONTAINS_ANY", "LIKE"];
        let values = [
            json!({"matchValueString": "a"}),
            json!({"matchValueStringList": ["a"]}),
            json!({}),
            json!({"matchValueString": "a", "matchValueStringList": ["a"]}),
            json!({"matchValueStringList": []}),
            json!({"matchValueStringList": ["a", 1]}),
        ];
        let mut accepted = Vec::new();
        for value_type in types {
            for operator in operators {
                for (index, value) in values.iter().enumerate() {
                    let wire = json!({"inboundTokenClaimName": "n", "inboundTokenClaimValueType": value_type,
                        "authorizingClaimMatchValue": {"claimMatchOperator": operator, "claimMatchValue": value}});
                    if ClaimRule::from_wire(&wire, "x").is_ok() {
                        accepted.push((value_type, operator, index));
                    }
                }
            }
        }
        assert_eq!(
            accepted,
            [("STRING", "EQUALS", 0), ("STRING_ARRAY", "CONTAINS", 0), ("STRING_ARRAY", "CONTAINS_ANY", 1)]
        );
    }

    #[test]
    fn every_problem_is_reported() {
        let wire = json!({"inboundTokenClaimName": 1, "inboundTokenClaimValueType": "X", "extra": 1,
            "authorizingClaimMatchValue": {}});
        let problems = ClaimRule::from_wire(&wire, "p").unwrap_err();
        let paths: Vec<&str> = problems.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "p.extra",
                "p.inboundTokenClaimName",
                "p.inboundTokenClaimValueType",
                "p.authorizingClaimMatchValue.claimMatchOperator",
                "p.authorizingClaimMatchValue.claimMatchValue",
            ]
        );
    }

    #[test]
    fn matching_is_strict_about_types() {
        let equals = ClaimRule::parse("n=a").unwrap();
        let any = ClaimRule::parse("n~=a,b").unwrap();
        let cases = [
            (&equals, json!("a"), true),
            (&equals, json!("A"), false),
            (&equals, json!("ab"), false),
            (&equals, json!(["a"]), false),
            (&equals, json!(null), false),
            (&any, json!(["b"]), true),
            (&any, json!(["x", "a"]), true),
            (&any, json!(["x"]), false),
            (&any, json!([]), false),
            (&any, json!("a"), false),
            (&any, json!(["a", 1]), false),
            (&any, json!({"a": "a"}), false),
        ];
        for (rule, claim, expected) in cases {
            assert_eq!(rule.accepts(Some(&claim)), expected, "{} {claim}", rule.short());
        }
        assert!(!equals.accepts(None));
    }
}
