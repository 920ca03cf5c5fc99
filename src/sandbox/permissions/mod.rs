//! What callers may do, in a sandbox that judges them (`--enforce-iam`): every request of a role's session is held
//! against the role's policies before its service sees it.
//!
//! Owns: the services that ask nobody otherwise (ECR with its registry, S3, IAM, CloudWatch Logs, Cognito, runtimes and
//! calls of agents), the roles that a request passes on or has made, the secrets of credential providers, and tags.
//! Does not own: the table of actions (`facts::actions`), the policies (`iam`), the services that ask by themselves
//! (`caller` lists them). The resource is always taken from the request itself.
//!
//! The sandbox's one user may do everything. An operation that is not in the table is allowed only by a policy for `*`.

mod requests;

use serde_json::Value;

use super::caller::Caller;
use super::reply::Fault;
use super::request::{QueryForm, Request};
use super::{SharedSandbox, iam, router, sigv4};
use crate::facts::actions::{self, ArnScope, LinkedRole, PASSED_ROLES, ResourceForm, TAGGED};

const AGENTCORE: &str = "bedrock-agentcore";

/// A question to the caller's policies.
pub(crate) struct AccessQuestion<'a> {
    pub(crate) service: &'a str,
    pub(crate) operation: &'a str,
    /// The names in the ARN of each resource, as [`ResourceForm`] wants them.
    pub(crate) names: Vec<Vec<String>>,
    /// Condition keys of the request, all that there are.
    pub(crate) keys: Vec<(String, String)>,
}

/// Whether the sandbox judges this caller.
fn is_judged(sandbox: &SharedSandbox, caller: &Caller) -> bool {
    sandbox.options.enforce_iam && matches!(caller, Caller::Role(_))
}

/// Asks the caller's policies.
///
/// # Errors
/// The service's sentence, without the code, which each service has of its own.
pub(crate) fn check(sandbox: &SharedSandbox, caller: &Caller, question: &AccessQuestion<'_>) -> Result<(), String> {
    if !is_judged(sandbox, caller) {
        return Ok(());
    }
    let scope = scope(sandbox);
    let (action, form) = match actions::rule(question.service, question.operation) {
        Some(rule) => (rule.name(), rule.resource),
        None => (format!("{}:{}", question.service, question.operation), ResourceForm::Any),
    };
    let nothing = [Vec::new()];
    let names = if question.names.is_empty() { nothing.as_slice() } else { question.names.as_slice() };
    let mut resources = Vec::new();
    for names in names {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        resources.extend(form.arns(scope, &names));
    }
    ask(sandbox, caller, (&action, &resources), &question.keys)
}

fn scope(sandbox: &SharedSandbox) -> ArnScope<'_> {
    let info = &sandbox.info;
    ArnScope { partition: info.partition(), region: &info.region, account: &info.account }
}

fn ask(
    sandbox: &SharedSandbox,
    caller: &Caller,
    (action, resources): (&str, &[String]),
    keys: &[(String, String)],
) -> Result<(), String> {
    let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
    let keys: Vec<(&str, &str)> = keys.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    caller.permitted(sandbox, (action, &resources), (&keys, true))
}

/// Asks about an operation of a json-1.1 service, with the roles and tags in it.
///
/// # Errors
/// AccessDeniedException (400).
pub(crate) fn json11(
    sandbox: &SharedSandbox,
    caller: &Caller,
    (service, operation): (&str, &str),
    input: &Value,
) -> Result<(), Fault> {
    let denied = |text| Fault::new(400, "AccessDeniedException", text);
    if !is_judged(sandbox, caller) {
        return Ok(());
    }
    let tags = requests::tags(service, operation, input);
    // The others ask by themselves.
    if matches!(service, "ecr" | "logs" | "cognito-idp") {
        let names = requests::names(sandbox, service, operation, input);
        let mut keys = requests::tag_keys(&tags);
        keys.extend(requests::removed_tag_keys(operation, input));
        check(sandbox, caller, &AccessQuestion { service, operation, names, keys }).map_err(denied)?;
    }
    dependents(sandbox, caller, (service, operation), (input, &tags)).map_err(denied)
}

/// Asks for what an operation does besides: passing a role on, and tagging what it makes.
fn dependents(
    sandbox: &SharedSandbox,
    caller: &Caller,
    (service, operation): (&str, &str),
    (input, tags): (&Value, &[(String, String)]),
) -> Result<(), String> {
    if let Some((.., member, to)) = PASSED_ROLES.iter().find(|row| (row.0, row.1) == (service, operation))
        && let Some(role) = input.get(member).and_then(Value::as_str)
    {
        let to = crate::partition::Partition::principal(to);
        let keys = [(actions::PASSED_TO_SERVICE.to_owned(), to)];
        ask(sandbox, caller, ("iam:PassRole", &[role.to_owned()]), &keys)?;
    }
    if let Some((.., action)) = TAGGED.iter().find(|row| (row.0, row.1) == (service, operation) && !tags.is_empty()) {
        let names = requests::names(sandbox, service, operation, input);
        let form = actions::rule(service, operation).map_or(ResourceForm::Any, |rule| rule.resource);
        // A pool has no ARN before it is there.
        let form = if service == "cognito-idp" { ResourceForm::UserPool } else { form };
        let names: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
        let resources = form.arns(scope(sandbox), &names);
        ask(sandbox, caller, (&format!("{service}:{action}"), &resources), &requests::tag_keys(tags))?;
    }
    Ok(())
}

/// Asks about an operation of IAM or STS.
///
/// # Errors
/// AccessDenied (403).
pub(crate) fn query(
    sandbox: &SharedSandbox,
    caller: &Caller,
    (service, action): (&str, &str),
    form: &QueryForm,
) -> Result<(), Fault> {
    // Whoever may assume a role is said by the role first (`sts`).
    if service == "sts" || !is_judged(sandbox, caller) {
        return Ok(());
    }
    let denied = |text| Fault::new(403, "AccessDenied", text);
    let tags = requests::tags_of_form(action, form);
    let names = requests::names_of_form(sandbox, action, form);
    let keys = requests::keys_of_form(sandbox, (action, form), &tags);
    check(sandbox, caller, &AccessQuestion { service, operation: action, names: names.clone(), keys })
        .map_err(denied)?;
    if action == "CreateRole" && !tags.is_empty() {
        let question = AccessQuestion { service, operation: "TagRole", names, keys: requests::tag_keys(&tags) };
        check(sandbox, caller, &question).map_err(denied)?;
    }
    Ok(())
}

/// Asks about an operation on runtimes, endpoints, their tags and policies. `names` as in [`AccessQuestion`].
///
/// # Errors
/// AccessDeniedException (403).
pub(crate) fn control(
    sandbox: &SharedSandbox,
    request: &Request,
    (operation, names): (&str, Vec<String>),
    input: &Value,
) -> Result<(), Fault> {
    let caller = router::verified_caller(sandbox, request);
    if !is_judged(sandbox, &caller) {
        return Ok(());
    }
    let denied = |text| Fault::new(403, "AccessDeniedException", text);
    let tags = requests::tags(AGENTCORE, operation, input);
    let mut keys = requests::tag_keys(&tags);
    let removed = request.query.iter().filter(|(name, _)| operation == "UntagResource" && name == "tagKeys");
    keys.extend(removed.map(|(_, key)| (actions::TAG_KEYS.to_owned(), key.clone())));
    keys.extend(requests::runtime_keys(operation, input));
    let question = AccessQuestion { service: AGENTCORE, operation, names: vec![names], keys };
    check(sandbox, &caller, &question).map_err(denied)?;
    dependents(sandbox, &caller, (AGENTCORE, operation), (input, &tags)).map_err(denied)?;
    if operation == "CreateAgentRuntime" {
        linked_role(sandbox, &caller, actions::RUNTIME_IDENTITY_ROLE).map_err(denied)?;
        if input.pointer("/networkConfiguration/networkMode").and_then(Value::as_str) == Some("VPC") {
            linked_role(sandbox, &caller, actions::NETWORK_ROLE).map_err(denied)?;
        }
    }
    Ok(())
}

/// Asks for what the creation of a gateway does besides.
///
/// # Errors
/// AccessDeniedException (403).
pub(crate) fn new_gateway(sandbox: &SharedSandbox, caller: &Caller) -> Result<(), Fault> {
    let denied = |text| Fault::new(403, "AccessDeniedException", text);
    linked_role(sandbox, caller, actions::GATEWAY_NETWORK_ROLE).map_err(denied)
}

/// Asks for what a credential provider's managed secret needs of the caller in Secrets Manager. `secret` is its name.
///
/// # Errors
/// AccessDeniedException (403).
pub(crate) fn managed_secret(
    sandbox: &SharedSandbox,
    caller: &Caller,
    operation: &str,
    secret: &str,
) -> Result<(), Fault> {
    let names = vec![vec![secret.to_owned()]];
    check(sandbox, caller, &AccessQuestion { service: "secretsmanager", operation, names, keys: Vec::new() })
        .map_err(|text| Fault::new(403, "AccessDeniedException", text))
}

/// Asks for the making of a service's own role, where the account does not have it yet.
fn linked_role(sandbox: &SharedSandbox, caller: &Caller, role: LinkedRole) -> Result<(), String> {
    if iam::has_role(sandbox, &role.resource()) {
        return Ok(());
    }
    let question = AccessQuestion {
        service: "iam",
        operation: "CreateServiceLinkedRole",
        names: vec![vec![role.resource()]],
        keys: vec![(actions::SERVICE_NAME.to_owned(), role.principal())],
    };
    check(sandbox, caller, &question)
}

/// Asks about a signed call of an agent; a call for a user id asks for that too. Calls with a token are none of IAM's business.
///
/// # Errors
/// AccessDeniedException (403).
pub(crate) fn agent_call(
    sandbox: &SharedSandbox,
    request: &Request,
    operation: &str,
    (runtime, endpoint): (&str, &str),
) -> Result<(), Fault> {
    if !sigv4::is_signed(request) {
        return Ok(());
    }
    let caller = router::verified_caller(sandbox, request);
    let for_user = request.headers.contains_key(super::dataplane::headers::USER);
    let for_user = for_user && matches!(operation, "InvokeAgentRuntime" | "InvokeAgentRuntimeWithWebSocketStream");
    let of_user = format!("{operation}ForUser");
    for operation in [Some(operation), for_user.then_some(of_user.as_str())].into_iter().flatten() {
        let names = vec![vec![runtime.to_owned(), endpoint.to_owned()]];
        let question = AccessQuestion { service: AGENTCORE, operation, names, keys: Vec::new() };
        check(sandbox, &caller, &question).map_err(|text| Fault::new(403, "AccessDeniedException", text))?;
    }
    Ok(())
}

/// Asks about an operation of S3 on a bucket, or on objects in it.
///
/// # Errors
/// AccessDenied (403), with the resource in quotes, as S3 has it.
pub(crate) fn s3(
    sandbox: &SharedSandbox,
    request: &Request,
    operation: &str,
    (bucket, keys): (&str, &[String]),
) -> Result<(), Fault> {
    let caller = router::verified_caller(sandbox, request);
    let names = if keys.is_empty() {
        vec![vec![bucket.to_owned()]]
    } else {
        keys.iter().map(|key| vec![bucket.to_owned(), key.clone()]).collect()
    };
    let question = AccessQuestion { service: "s3", operation, names, keys: Vec::new() };
    check(sandbox, &caller, &question).map_err(|text| {
        let quoted = text.split_once(" on resource: ").and_then(|(before, rest)| {
            let (resource, after) = rest.split_once(' ')?;
            Some(format!("{before} on resource: \"{resource}\" {after}"))
        });
        Fault::new(403, "AccessDenied", quoted.unwrap_or(text))
    })
}

/// Asks about a request to the registry behind ECR.
///
/// # Errors
/// DENIED (403).
pub(crate) fn registry(
    sandbox: &SharedSandbox,
    caller: &Caller,
    operation: &str,
    repository: &str,
) -> Result<(), Fault> {
    let names = vec![vec![repository.to_owned()]];
    check(sandbox, caller, &AccessQuestion { service: "ecr", operation, names, keys: Vec::new() })
        .map_err(|text| Fault::new(403, "DENIED", text))
}

#[cfg(test)]
mod tests;
