//! What an agent may read because its variables say where it is: exactly those parameters and secrets.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::policy::PolicyScope;
use crate::config::{ValuePart, handed_reference};

/// The role's document with the statements for references among `variables`, as they are in the configuration. What launch
/// puts in a value's place needs none: the agent has it already.
pub(crate) fn with_kept_values(
    mut document: Value,
    scope: &PolicyScope<'_>,
    variables: &BTreeMap<String, String>,
) -> Value {
    let (mut parameters, mut secrets) = (Vec::new(), Vec::new());
    for value in variables.values() {
        match handed_reference(value) {
            Some(ValuePart::Parameter(name)) => {
                parameters
                    .push(arn_or(&name, || scope.arn("ssm", &format!("parameter/{}", name.trim_start_matches('/')))));
            }
            // The service adds six characters to a secret's name.
            Some(ValuePart::Secret(id)) => {
                secrets.push(arn_or(&id, || scope.arn("secretsmanager", &format!("secret:{id}-??????"))));
            }
            Some(ValuePart::Text(_) | ValuePart::Variable { .. }) | None => {}
        }
    }
    let statements =
        [("Parameters", "ssm:GetParameter", parameters), ("Secrets", "secretsmanager:GetSecretValue", secrets)];
    for (sid, action, mut resources) in statements {
        resources.sort();
        resources.dedup();
        if let Some(statements) = document["Statement"].as_array_mut().filter(|_| !resources.is_empty()) {
            statements.push(json!({ "Sid": sid, "Effect": "Allow", "Action": [action], "Resource": resources }));
        }
    }
    document
}

fn arn_or(id: &str, made: impl Fn() -> String) -> String {
    if id.starts_with("arn:") { id.to_owned() } else { made() }
}
