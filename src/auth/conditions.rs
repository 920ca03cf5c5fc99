//! The conditions of an authorizer, as sentences.

use super::authorizer::Authorizer;
use super::claim_rule::{ClaimOperator, ClaimRule};
use super::evaluate::EXPIRY_MARGIN;

/// The conditions, all of which must hold; each a sentence without its final period.
pub(crate) fn conditions(authorizer: &Authorizer) -> Vec<String> {
    let Authorizer { discovery_url, allowed_audience, allowed_clients, allowed_scopes, custom_claims, extra: _ } =
        authorizer;
    let mut out = vec![
        format!("a JWT, signed with an asymmetric algorithm by a key of the provider at {discovery_url}"),
        "`iss` is the issuer that the provider's discovery document names".to_owned(),
        format!("`exp` is more than {EXPIRY_MARGIN} seconds ahead, and `nbf`, where there is one, has passed"),
    ];
    let group = |what: &str, values: &[String]| (!values.is_empty()).then(|| format!("{what} {}", one_of(values)));
    out.extend(group("`aud` is or contains", allowed_audience));
    out.extend(group("`client_id` is", allowed_clients));
    out.extend(group("`scope` (a string with spaces) or `scp` (a list) contains", allowed_scopes));
    out.extend(custom_claims.iter().map(rule));
    out.extend(authorizer.unevaluated().map(|name| format!("`{name}` is satisfied, which only the service can judge")));
    out
}

fn rule(rule: &ClaimRule) -> String {
    match rule.operator {
        ClaimOperator::Equals => format!("the claim `{}` is the string {}", rule.name, one_of(&rule.values)),
        _ => format!("the claim `{}` is a list with {}", rule.name, one_of(&rule.values)),
    }
}

fn one_of(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        several => format!("one of {}", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_and_every_rule_is_a_condition() {
        let mut authorizer = Authorizer {
            discovery_url: "https://idp.example/.well-known/openid-configuration".to_owned(),
            allowed_clients: vec!["c".to_owned()],
            allowed_scopes: vec!["s".to_owned(), "t".to_owned()],
            custom_claims: ["team=blue", "groups~=a,b"].map(|text| ClaimRule::parse(text).unwrap()).to_vec(),
            ..Authorizer::default()
        };
        let base = conditions(&authorizer);
        assert_eq!(base.len(), 7);
        for expected in [
            "`client_id` is `c`",
            "contains one of `s`, `t`",
            "the claim `team` is the string `blue`",
            "the claim `groups` is a list with one of `a`, `b`",
        ] {
            assert!(base.iter().any(|text| text.contains(expected)), "{expected}: {base:?}");
        }
        authorizer.extra.insert("allowedWorkloadConfiguration".to_owned(), serde_json::json!({}));
        assert_eq!(conditions(&authorizer).len(), 8);
    }
}
