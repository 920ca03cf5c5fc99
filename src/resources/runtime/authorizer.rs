//! Who may call a runtime, and what a change of that means.

use serde_json::{Value, json};

use super::difference::leaves;
use crate::auth::{Authorizer, AuthorizerChange, compare};
use crate::resources::plan::{FieldChange, Meaning};

/// The rules that change, the first of them with what the whole change means.
pub(super) fn authorizer_changes(old: Option<&Value>, new: Option<&Value>, out: &mut Vec<FieldChange>) {
    let from = out.len();
    match (old, new) {
        (Some(_), Some(_)) => leaves("authorizer", old, new, out),
        _ => {
            let text = |value: Option<&Value>| {
                let url = value.and_then(|value| value.get("discoveryUrl")?.as_str());
                json!(match (value, url) {
                    (None, _) => "AWS credentials (IAM)".to_owned(),
                    (Some(_), Some(url)) => format!("tokens of {url}"),
                    (Some(_), None) => "tokens".to_owned(),
                })
            };
            out.push(FieldChange::shown("authorizer", Some(&text(old)), Some(&text(new))));
        }
    }
    if let Some(first) = out.get_mut(from) {
        first.meaning = Some(Meaning::Effect(authorizer_meaning(old, new)));
    }
}

/// What a change of the authorizer means, from the live object inside `customJWTAuthorizer` to the wanted one.
///
/// # Errors
/// A clause that says which of the two cannot be understood, so that nobody can tell.
pub(crate) fn authorizer_change(
    live: Option<&Value>,
    wanted: Option<&Value>,
) -> Result<AuthorizerChange, &'static str> {
    let parse = |value: Option<&Value>| value.map(Authorizer::from_wire).transpose();
    let live = parse(live).map_err(|_| "the live authorizer has a form that this version cannot compare")?;
    let wanted = parse(wanted).map_err(|_| "the configured authorizer has a form that this version cannot compare")?;
    Ok(compare(live.as_ref(), wanted.as_ref()))
}

/// Who may call, by the object inside `customJWTAuthorizer`; `None` is SigV4.
pub(crate) fn callers_text(authorizer: Option<&Value>) -> String {
    let Some(authorizer) = authorizer else { return "AWS credentials (SigV4)".to_owned() };
    let url = authorizer.get("discoveryUrl").and_then(Value::as_str).unwrap_or("?");
    let mut parts = vec![format!("bearer token of {url}")];
    for (member, label) in [("allowedClients", "clients"), ("allowedAudience", "audience"), ("allowedScopes", "scopes")]
    {
        if let Some(values) = authorizer.get(member).and_then(Value::as_array) {
            let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            parts.push(format!("{label} {}", values.join(", ")));
        }
    }
    if authorizer.get("customClaims").is_some() {
        parts.push("custom claims".to_owned());
    }
    parts.join("; ")
}

fn authorizer_meaning(live: Option<&Value>, wanted: Option<&Value>) -> String {
    match authorizer_change(live, wanted) {
        Ok(AuthorizerChange::Same) => "the same callers".to_owned(),
        Ok(AuthorizerChange::Stricter) => "lets fewer callers in".to_owned(),
        Ok(AuthorizerChange::Weaker(reasons)) => format!("lets more callers in ({})", reasons.join("; ")),
        Ok(AuthorizerChange::OtherIssuer { .. }) => "other callers: another issuer".to_owned(),
        Err(why) => why.to_owned(),
    }
}
