//! A role that the user brought: what it lacks of what an agent needs, as far as IAM tells. Nothing is written into it.

use futures_util::future::try_join_all;
use serde_json::Value;

use crate::cloud::Cloud;
use crate::error::{Error, Result};

/// Actions that a role lacks on one resource.
pub(super) struct Lack {
    pub(super) actions: Vec<String>,
    pub(super) resource: String,
}

/// Simulates what a policy document allows, all of it at once. Statements with a condition are left out, and nothing is
/// lacking as far as the caller may not ask. `role` is an ARN.
///
/// # Errors
/// IAM's refusals, other than that the caller may not ask.
pub(super) async fn lacking(cloud: &Cloud, role: &str, document: Option<&Value>) -> Result<Vec<Lack>> {
    let statements = document.and_then(|document| document.get("Statement")?.as_array());
    let unconditional = statements.into_iter().flatten().filter(|statement| statement.get("Condition").is_none());
    let asked = unconditional.flat_map(|statement| {
        let texts = |member: &str| -> Vec<&str> {
            let items = statement.get(member).and_then(Value::as_array);
            items.into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let actions = texts("Action");
        texts("Resource").into_iter().map(move |resource| (actions.clone(), resource.to_owned()))
    });
    let answers = try_join_all(asked.map(|(actions, resource)| async move {
        Ok::<_, Error>((cloud.simulate(role, &actions, &resource).await?, resource))
    }))
    .await?;
    let lacks = answers.into_iter().map(|(verdicts, resource)| {
        let denied = verdicts.into_iter().flatten().filter(|verdict| !verdict.allowed);
        Lack { actions: denied.map(|verdict| verdict.action).collect(), resource }
    });
    Ok(lacks.filter(|lack| !lack.actions.is_empty()).collect())
}
