//! Policies of runtimes and of their endpoints. They are kept and checked; nobody is judged by them, since the caller of a sandbox
//! may call everything.

use serde_json::{Value, json};

use super::check::invalid;
use super::model::{RuntimeRecord, Runtimes};
use crate::sandbox::reply::Fault;

/// Characters of a policy. Source: the service's model.
const LENGTH: std::ops::RangeInclusive<usize> = 1..=20_480;

fn missing(arn: &str) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("Resource '{arn}' was not found"))
}

/// The runtime and the endpoint that an ARN is of. The endpoint is there.
fn named<'s, 'a>(state: &'s Runtimes, arn: &'a str, now: i64) -> Result<(&'s RuntimeRecord, Option<&'a str>), Fault> {
    let (runtime, endpoint) = match arn.split_once("/runtime-endpoint/") {
        Some((runtime, endpoint)) => (runtime, Some(endpoint)),
        None => (arn, None),
    };
    let (_, id) = runtime.split_once(":runtime/").ok_or_else(|| missing(arn))?;
    let record = state.get(id, now).map_err(|_| missing(arn))?;
    if record.arn != runtime {
        return Err(missing(arn));
    }
    if let Some(name) = endpoint {
        record.endpoint(name, now)?;
    }
    Ok((record, endpoint))
}

/// Where the policy of the runtime or endpoint with this ARN is.
fn slot<'s>(state: &'s mut Runtimes, arn: &str, now: i64) -> Result<&'s mut Option<String>, Fault> {
    let (record, endpoint) = named(state, arn, now)?;
    let id = record.id.clone();
    let record = state.get_mut(&id, now)?;
    match endpoint {
        None => Ok(&mut record.policy),
        Some(name) => record.endpoints.get_mut(name).map(|it| &mut it.policy).ok_or_else(|| missing(arn)),
    }
}

pub(super) fn put(state: &mut Runtimes, arn: &str, input: &Value, now: i64) -> Result<Value, Fault> {
    let text = input.get("policy").and_then(Value::as_str).unwrap_or_default();
    if !LENGTH.contains(&text.chars().count()) {
        return Err(invalid(format!("A policy has {} to {} characters", LENGTH.start(), LENGTH.end())));
    }
    let slot = slot(state, arn, now)?;
    validate(text, arn)?;
    *slot = Some(text.to_owned());
    Ok(json!({ "policy": text }))
}

pub(super) fn get(state: &Runtimes, arn: &str, now: i64) -> Result<Value, Fault> {
    let (record, endpoint) = named(state, arn, now)?;
    let policy = match endpoint {
        None => record.policy.clone(),
        Some(name) => record.endpoints.get(name).and_then(|endpoint| endpoint.policy.clone()),
    };
    let policy = policy.ok_or_else(|| {
        Fault::new(404, "ResourceNotFoundException", format!("Resource '{arn}' has no resource policy"))
    })?;
    Ok(json!({ "policy": policy }))
}

pub(super) fn delete(state: &mut Runtimes, arn: &str, now: i64) -> Result<(), Fault> {
    *slot(state, arn, now)? = None;
    Ok(())
}

/// The resource of each statement is the one that the policy is for, and nothing else.
fn validate(text: &str, arn: &str) -> Result<(), Fault> {
    let policy: Value = serde_json::from_str(text).map_err(|_| invalid("The policy is not valid JSON"))?;
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => statements.as_slice(),
        Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
        _ => return Err(invalid("The policy has no Statement")),
    };
    for statement in statements {
        let effect = statement.get("Effect").and_then(Value::as_str);
        if !matches!(effect, Some("Allow" | "Deny")) {
            return Err(invalid("The Effect of a statement must be Allow or Deny"));
        }
        for member in ["Principal", "Action"] {
            if statement.get(member).is_none_or(Value::is_null) {
                return Err(invalid(format!("A statement of a resource policy must have {member}")));
            }
        }
        let resources: Vec<&str> = match statement.get("Resource") {
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one],
            _ => Vec::new(),
        };
        if resources != [arn] {
            return Err(invalid(format!("The Resource of a statement must be the ARN of the resource: {arn}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_for_its_own_resource_only() {
        let arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789";
        let policy = |resource: Value| {
            json!({ "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "x", "Resource": resource }] })
                .to_string()
        };
        assert!(validate(&policy(json!(arn)), arn).is_ok() && validate(&policy(json!([arn])), arn).is_ok());
        for resource in [json!("*"), json!([arn, "*"]), json!(format!("{arn}/runtime-endpoint/DEFAULT")), Value::Null] {
            assert!(validate(&policy(resource.clone()), arn).is_err(), "{resource}");
        }
        assert!(validate("{", arn).is_err() && validate("{}", arn).is_err());
    }
}
