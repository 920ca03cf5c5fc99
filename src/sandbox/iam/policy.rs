//! Policy documents: validation, and the decision on one request.
//!
//! Owns: the part of the policy language that trust policies and execution roles use. Does not own: roles. Anything
//! that is not understood (an operator, a condition key) never grants: an Allow with it does not apply, a Deny does.

use serde_json::Value;

/// The request that a policy is evaluated for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestContext<'a> {
    /// Who calls; `None` when the policy is an identity's own.
    pub(crate) principal: Option<Principal<'a>>,
    /// `service:Operation`.
    pub(crate) action: &'a str,
    /// An ARN, or `*`; ignored for trust policies.
    pub(crate) resource: &'a str,
    /// Values of condition keys: `("aws:SourceAccount", "123456789012")`. A key with several values is there several times.
    pub(crate) context: &'a [(&'a str, &'a str)],
    /// The context has every key of [`KEYS`] that the request has: one that is not there is missing, and not unknown.
    pub(crate) complete: bool,
}

/// Who calls, as trust policies name them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Principal<'a> {
    /// A service, such as AgentCore.
    Service(&'a str),
    /// A user or a role, by each of its ARNs, or by its account, which leaves the decision to the caller's own policies.
    Aws(&'a [&'a str]),
    /// ARN of an OpenID Connect provider.
    Federated(&'a str),
}

/// Condition keys that a complete context has where the request has them. A star ends the names of a family.
const KEYS: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:RequestedRegion",
    "aws:RequestTag/*",
    "aws:TagKeys",
    "bedrock-agentcore:RuntimeAuthorizerType",
    "bedrock-agentcore:securityGroups",
    "bedrock-agentcore:subnets",
    "iam:AWSServiceName",
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "sts:ExternalId",
    "sts:RoleSessionName",
];

/// Which kind of document is validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PolicyKind {
    /// Who may assume a role: has principals, no resources.
    Trust,
    /// What an identity may do: has resources, no principals.
    Identity,
}

/// The decision of policy documents on one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Allowed,
    /// A Deny applies.
    Denied,
    /// Nothing applies.
    Silent,
}

/// Whether the documents together allow it: some Allow applies and no Deny does.
pub(crate) fn allows<'a>(documents: impl IntoIterator<Item = &'a str>, ask: RequestContext<'_>) -> bool {
    decide(documents, ask) == Decision::Allowed
}

/// The decision of all documents: a Deny overrides every Allow.
pub(crate) fn decide<'a>(documents: impl IntoIterator<Item = &'a str>, ask: RequestContext<'_>) -> Decision {
    let mut decision = Decision::Silent;
    for document in documents {
        let Ok(document) = serde_json::from_str::<Value>(document) else { continue };
        for statement in listed(&document["Statement"]) {
            match statement["Effect"].as_str() {
                Some("Allow") if applies(statement, ask, false) => decision = Decision::Allowed,
                Some("Allow") => {}
                _ if applies(statement, ask, true) => return Decision::Denied,
                _ => {}
            }
        }
    }
    decision
}

/// Whether a statement is about this request; what is not understood counts as `unknown`.
fn applies(statement: &Value, ask: RequestContext<'_>, unknown: bool) -> bool {
    let actions = matches_either(statement, "Action", |pattern| {
        wildcard(&pattern.to_ascii_lowercase(), &ask.action.to_ascii_lowercase())
    });
    let target = match ask.principal {
        Some(principal) => is_principal(statement, principal, unknown),
        None if has_variables(&statement["Resource"]) || has_variables(&statement["NotResource"]) => unknown,
        None => matches_either(statement, "Resource", |pattern| wildcard(pattern, ask.resource)),
    };
    actions && target && conditions_hold(&statement["Condition"], ask, unknown)
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
fn matches_either(statement: &Value, name: &str, matches: impl Fn(&str) -> bool) -> bool {
    let any = |value: &Value| listed(value).filter_map(Value::as_str).any(&matches);
    match (&statement[name], &statement[format!("Not{name}")]) {
        (Value::Null, Value::Null) => false,
        (Value::Null, not) => !any(not),
        (these, _) => any(these),
    }
}

/// Variables of policies, such as `${aws:PrincipalAccount}`, have no values here.
fn has_variables(value: &Value) -> bool {
    listed(value).filter_map(Value::as_str).any(|text| text.contains("${"))
}

fn is_principal(statement: &Value, principal: Principal<'_>, unknown: bool) -> bool {
    let (kind, names) = match &principal {
        Principal::Service(name) => ("Service", std::slice::from_ref(name)),
        Principal::Aws(names) => ("AWS", *names),
        Principal::Federated(arn) => ("Federated", std::slice::from_ref(arn)),
    };
    match &statement["Principal"] {
        Value::String(all) => all == "*",
        // The same as `*`, so a Deny of it is one of services and of tokens too.
        Value::Object(by_kind)
            if unknown && by_kind.get("AWS").is_some_and(|given| listed(given).any(|name| *name == "*")) =>
        {
            true
        }
        Value::Object(by_kind) => by_kind.get(kind).is_some_and(|given| {
            let is_meant = |name: &str| names.contains(&name) || (kind == "AWS" && name == "*");
            listed(given).filter_map(Value::as_str).any(is_meant)
        }),
        // `NotPrincipal`.
        _ => unknown,
    }
}

fn conditions_hold(conditions: &Value, ask: RequestContext<'_>, unknown: bool) -> bool {
    let Value::Object(operators) = conditions else { return conditions.is_null() || unknown };
    operators.iter().all(|(operator, keys)| {
        let Value::Object(keys) = keys else { return unknown };
        keys.iter().all(|(key, expected)| {
            let values = ask.context.iter().filter(|(name, _)| name.eq_ignore_ascii_case(key));
            let actual: Vec<&str> = values.map(|(_, value)| *value).collect();
            let is_known = !actual.is_empty() || (ask.complete && is_key(key));
            let holds = if is_known { compare(operator, &actual, expected) } else { None };
            holds.unwrap_or(unknown)
        })
    })
}

fn is_key(name: &str) -> bool {
    KEYS.iter().any(|key| wildcard(&key.to_ascii_lowercase(), &name.to_ascii_lowercase()))
}

/// Whether the values of a key, none where the request lacks it, are as a condition wants them. `None` for an operator or a value
/// that is not understood.
fn compare(operator: &str, actual: &[&str], expected: &Value) -> Option<bool> {
    let expected: Vec<String> = listed(expected).map(text_of).collect::<Option<_>>()?;
    let (set, operator) = match operator.split_once(':') {
        Some(("ForAllValues", rest)) => (Some(true), rest),
        Some(("ForAnyValue", rest)) => (Some(false), rest),
        Some(_) => return None,
        None => (None, operator),
    };
    if operator == "Null" {
        let absent: Vec<bool> =
            expected.iter().map(|wanted| wanted.to_ascii_lowercase().parse::<bool>().ok()).collect::<Option<_>>()?;
        return Some(absent.contains(&actual.is_empty()));
    }
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let test = Comparison::of(operator)?;
    let holds = |value: &&str| expected.iter().any(|wanted| (test.matches)(wanted, value)) != test.negated;
    Some(match (actual, set) {
        // What the service makes of several values without a set operator is not documented.
        ([_, _, ..], None) => return None,
        ([], Some(true)) => true,
        ([], Some(false)) => if_exists,
        ([], None) => if_exists || test.negated,
        (_, Some(true)) => actual.iter().all(holds),
        (_, Some(false)) => actual.iter().any(holds),
        (values, None) => values.len() == 1 && values.iter().all(holds),
    })
}

/// Policies may have true and numbers without quotes. `None` for a text with variables, see [`has_variables`].
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.contains("${")).then(|| text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// How one value is compared with one that a condition lists.
struct Comparison {
    /// What the condition lists, and what the request has.
    matches: fn(&str, &str) -> bool,
    /// None of what is listed may match.
    negated: bool,
}

impl Comparison {
    fn of(operator: &str) -> Option<Self> {
        let (matches, negated): (fn(&str, &str) -> bool, bool) = match operator {
            "StringEquals" => (|wanted, value| wanted == value, false),
            "StringNotEquals" => (|wanted, value| wanted == value, true),
            "StringEqualsIgnoreCase" => (|wanted, value| wanted.eq_ignore_ascii_case(value), false),
            "StringNotEqualsIgnoreCase" => (|wanted, value| wanted.eq_ignore_ascii_case(value), true),
            "StringLike" => (wildcard, false),
            "StringNotLike" => (wildcard, true),
            "ArnLike" | "ArnEquals" => (arn_like, false),
            "ArnNotLike" | "ArnNotEquals" => (arn_like, true),
            "Bool" => (|wanted, value| wanted.eq_ignore_ascii_case(value), false),
            _ => return None,
        };
        Some(Self { matches, negated })
    }
}

/// ARNs match part by part: a `*` does not reach over the first five colons.
fn arn_like(pattern: &str, arn: &str) -> bool {
    let split = |text: &str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (pattern, arn) = (split(pattern), split(arn));
    pattern.len() == arn.len() && pattern.iter().zip(&arn).all(|(pattern, part)| wildcard(pattern, part))
}

/// `*` stands for any text, `?` for one character.
pub(crate) fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at_pattern, mut at_text) = (0, 0);
    // Where to go on after the latest star, when what follows it does not fit.
    let mut star: Option<(usize, usize)> = None;
    while at_text < text.len() {
        match pattern.get(at_pattern) {
            Some('*') => {
                star = Some((at_pattern + 1, at_text));
                at_pattern += 1;
            }
            Some(char) if *char == '?' || *char == text[at_text] => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => {
                let Some((after_star, covered)) = star else { return false };
                at_pattern = after_star;
                at_text = covered + 1;
                star = Some((after_star, at_text));
            }
        }
    }
    pattern[at_pattern..].iter().all(|char| *char == '*')
}

/// One value or a list of them.
fn listed(value: &Value) -> impl Iterator<Item = &Value> {
    let slice = match value {
        Value::Array(items) => items.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    slice.iter()
}

/// Checks the form of a document.
///
/// # Errors
/// The text of IAM's `MalformedPolicyDocument`.
pub(crate) fn validate(document: &str, purpose: PolicyKind) -> Result<(), String> {
    let document: Value =
        serde_json::from_str(document).map_err(|error| format!("This policy contains invalid Json: {error}"))?;
    if !document.is_object() {
        return Err("Syntax errors in policy.".to_owned());
    }
    if let Some(version) = document.get("Version")
        && !matches!(version.as_str(), Some("2012-10-17" | "2008-10-17"))
    {
        return Err("The policy must contain a valid version string".to_owned());
    }
    let mut statements = listed(&document["Statement"]).peekable();
    if statements.peek().is_none() {
        return Err("Syntax errors in policy.".to_owned());
    }
    statements.try_for_each(|statement| validate_statement(statement, purpose))
}

/// What a statement may have.
const MEMBERS: &[&str] =
    &["Action", "Condition", "Effect", "NotAction", "NotPrincipal", "NotResource", "Principal", "Resource", "Sid"];

fn validate_statement(statement: &Value, purpose: PolicyKind) -> Result<(), String> {
    let has = |names: [&str; 2]| names.iter().any(|name| statement.get(name).is_some());
    // A `Condition` with a typing error must not be none.
    let is_known =
        statement.as_object().is_some_and(|members| members.keys().all(|name| MEMBERS.contains(&name.as_str())));
    if !is_known || !matches!(statement["Effect"].as_str(), Some("Allow" | "Deny")) {
        return Err("Syntax errors in policy.".to_owned());
    }
    if !has(["Action", "NotAction"]) {
        return Err("Policy statement must contain actions.".to_owned());
    }
    for action in ["Action", "NotAction"].iter().flat_map(|name| listed(&statement[name])) {
        let valid = action.as_str().is_some_and(|action| action == "*" || action.contains(':'));
        if !valid {
            return Err("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned());
        }
    }
    match purpose {
        PolicyKind::Trust if has(["Resource", "NotResource"]) => Err("Has prohibited field Resource".to_owned()),
        PolicyKind::Trust if !has(["Principal", "NotPrincipal"]) => Err("Missing required field Principal".to_owned()),
        PolicyKind::Identity if has(["Principal", "NotPrincipal"]) => {
            Err("Policy document should not specify a principal.".to_owned())
        }
        PolicyKind::Identity if !has(["Resource", "NotResource"]) => {
            Err("Policy statement must contain resources.".to_owned())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SERVICE: &str = "bedrock-agentcore.amazonaws.com";
    const SOURCE: &str = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-1234567890";

    fn trusts(document: &str) -> bool {
        let context = [("aws:SourceAccount", "123456789012"), ("aws:SourceArn", SOURCE)];
        allows(
            [document],
            RequestContext {
                principal: Some(Principal::Service(SERVICE)),
                action: "sts:AssumeRole",
                resource: "*",
                context: &context,
                complete: false,
            },
        )
    }

    fn trust(condition: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{SERVICE}"}},"Action":"sts:AssumeRole"{condition}}}]}}"#
        )
    }

    #[test]
    fn only_the_documented_trust_policy_trusts() {
        let full = |account: &str, arn: &str| {
            trust(&format!(
                r#","Condition":{{"StringEquals":{{"aws:SourceAccount":"{account}"}},"ArnLike":{{"aws:SourceArn":"{arn}"}}}}"#
            ))
        };
        assert!(trusts(&trust("")));
        assert!(trusts(&full("123456789012", "arn:aws:bedrock-agentcore:us-west-2:123456789012:*")));
        assert!(!trusts(&full("999999999999", "arn:aws:bedrock-agentcore:us-west-2:123456789012:*")));
        assert!(!trusts(&full("123456789012", "arn:aws:bedrock-agentcore:eu-west-1:123456789012:*")));
        assert!(!trusts(&full("123456789012", "arn:aws:*")), "a star does not reach over colons");
        assert!(!trusts(&trust("").replace(SERVICE, "lambda.amazonaws.com")));
        assert!(!trusts(&trust(r#","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01"}}"#)));
        assert!(!trusts("not json"));
    }

    #[test]
    fn denials_win_and_unknown_conditions_deny() {
        let allow = r#"{"Statement":{"Effect":"Allow","Action":"ecr:*","Resource":"*"}}"#;
        let ask = RequestContext {
            principal: None,
            action: "ecr:BatchGetImage",
            resource: "arn:aws:ecr:x:1:repository/a",
            context: &[],
            complete: false,
        };
        assert!(allows([allow], ask));
        let deny =
            r#"{"Statement":[{"Effect":"Deny","Action":"ecr:BatchGet*","Resource":"arn:aws:ecr:x:1:repository/a"}]}"#;
        assert!(!allows([allow, deny], ask));
        let odd = r#"{"Statement":[{"Effect":"Deny","Action":"ecr:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;
        assert!(!allows([allow, odd], ask));
        let other = r#"{"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;
        assert!(allows([allow, other], ask));
        let not = r#"{"Statement":[{"Effect":"Allow","NotAction":"ecr:*","Resource":"*"}]}"#;
        assert!(!allows([not], ask));
        let own = r#"{"Statement":{"Effect":"Allow","Action":"ecr:*","NotResource":"arn:aws:ecr:x:1:repository/${aws:userid}"}}"#;
        assert!(!allows([own], ask), "variables have no values");
        let own_denied = own.replace("Allow", "Deny").replace("NotResource", "Resource");
        assert!(!allows([allow, own_denied.as_str()], ask));
    }

    /// Whether a statement with this condition grants a request with these keys.
    fn grants(condition: &str, context: &[(&str, &str)]) -> bool {
        let document = format!(
            r#"{{"Statement":{{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{condition}}}}}"#
        );
        let ask = RequestContext { principal: None, action: "iam:PassRole", resource: "r", context, complete: true };
        allows([document.as_str()], ask)
    }

    #[test]
    fn missing_keys_count_as_iam_counts_them() {
        let passed = [("iam:PassedToService", SERVICE)];
        let equals = format!(r#"{{"StringEquals":{{"iam:PassedToService":"{SERVICE}"}}}}"#);
        assert!(grants(&equals, &passed) && !grants(&equals, &[]));
        assert!(!grants(&equals, &[("iam:PassedToService", "lambda.amazonaws.com")]));
        assert!(grants(&equals.replace("StringEquals", "StringEqualsIfExists"), &[]));
        assert!(grants(&equals.replace("StringEquals", "StringNotEquals"), &[]));
        assert!(grants(r#"{"Null":{"aws:TagKeys":"true"}}"#, &[]) && !grants(r#"{"Null":{"aws:TagKeys":false}}"#, &[]));
        assert!(!grants(r#"{"Null":{"iam:PassedToService":"True"}}"#, &passed), "in any case");
        assert!(!grants(r#"{"StringNotEquals":{"iam:PassedToService":"${aws:username}"}}"#, &passed));
        // The sandbox does not know whether this one would be there.
        assert!(!grants(r#"{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}}"#, &passed));
    }

    #[test]
    fn every_value_of_a_set_counts() {
        let all = r#"{"ForAllValues:StringLike":{"aws:TagKeys":["agentcore:*","team"]}}"#;
        let (own, team, other) = (("aws:TagKeys", "agentcore:agent"), ("aws:TagKeys", "team"), ("aws:TagKeys", "cost"));
        assert!(grants(all, &[own, team]) && grants(all, &[]) && !grants(all, &[own, other]));
        let any = all.replace("ForAllValues", "ForAnyValue");
        assert!(grants(&any, &[own, other]) && !grants(&any, &[other]) && !grants(&any, &[]));
        assert!(!grants(r#"{"StringLike":{"aws:TagKeys":"*"}}"#, &[own, team]), "several values need a set operator");
    }

    #[test]
    fn documents_are_validated_by_their_purpose() {
        let identity =
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
        assert_eq!(validate(identity, PolicyKind::Identity), Ok(()));
        assert_eq!(validate(identity, PolicyKind::Trust), Err("Has prohibited field Resource".to_owned()));
        assert_eq!(validate(&trust(""), PolicyKind::Trust), Ok(()));
        assert!(validate(&trust(""), PolicyKind::Identity).is_err());
        for broken in [
            "",
            "[]",
            "{}",
            r#"{"Statement":[]}"#,
            r#"{"Statement":[{"Effect":"Maybe","Action":"a:b","Resource":"*"}]}"#,
            r#"{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*","Conditions":{}}]}"#,
        ] {
            assert!(validate(broken, PolicyKind::Identity).is_err(), "{broken}");
        }
        let bare = identity.replace("s3:GetObject", "GetObject");
        assert!(validate(&bare, PolicyKind::Identity).unwrap_err().contains("vendor"));
    }

    proptest! {
        /// Against the obvious recursive definition.
        #[test]
        fn wildcards_match_like_their_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            fn define(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern.split_first(), text.split_first()) {
                    (None, None) => true,
                    (Some((b'*', rest)), None) => define(rest, text),
                    (Some((b'*', rest)), Some((_, tail))) => define(rest, text) || define(pattern, tail),
                    (Some((b'?', rest)), Some((_, tail))) => define(rest, tail),
                    (Some((a, rest)), Some((b, tail))) => a == b && define(rest, tail),
                    _ => false,
                }
            }
            prop_assert_eq!(wildcard(&pattern, &text), define(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
