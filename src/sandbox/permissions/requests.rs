//! What a request is about: the names in the ARNs of its resources, its tags and its other condition keys.

use serde_json::Value;

use super::super::iam;
use super::super::request::QueryForm;
use crate::facts::actions::{self, ResourceForm};
use crate::sandbox::SharedSandbox;

/// The names of each resource that an operation of a json-1.1 service is about; none where the request names none.
pub(super) fn names(sandbox: &SharedSandbox, service: &str, operation: &str, input: &Value) -> Vec<Vec<String>> {
    let Some(rule) = actions::rule(service, operation) else { return Vec::new() };
    let one = |names: Vec<String>| names.into_iter().map(|name| vec![name]).collect::<Vec<_>>();
    match rule.resource {
        ResourceForm::Named => one(texts(input, &["resourceArn", "resourceARN", "ResourceArn"])),
        ResourceForm::Repository => one(texts(input, &["repositoryName", "repositoryNames"])),
        ResourceForm::BuildProject => one(texts(input, &["name", "projectName"])),
        ResourceForm::UserPool => one(texts(input, &["UserPoolId"])),
        ResourceForm::Parameter => one(trimmed(texts(input, &["Name", "Names"]))),
        ResourceForm::LogGroup if operation == "GetQueryResults" => {
            let id = input.get("queryId").and_then(Value::as_str).unwrap_or_default();
            one(sandbox.state.logs.queries.groups(id))
        }
        ResourceForm::LogGroup => {
            let members = ["logGroupName", "logGroupNames", "logGroupIdentifier", "logGroupIdentifiers"];
            one(texts(input, &members).into_iter().map(group_name).collect())
        }
        ResourceForm::LogStream => {
            let group = texts(input, &["logGroupName", "logGroupIdentifier"]).into_iter().map(group_name).next();
            let stream = texts(input, &["logStreamName"]).into_iter().next();
            vec![vec![group.unwrap_or_default(), stream.unwrap_or_default()]]
        }
        ResourceForm::DeliverySource | ResourceForm::DeliveryDestination => one(texts(input, &["name"])),
        ResourceForm::Delivery => one(texts(input, &["id"])),
        ResourceForm::NewDelivery => {
            let text = |member: &str| input.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
            let destination = text("deliveryDestinationArn");
            let name = destination.rsplit(':').next().unwrap_or_default().to_owned();
            vec![vec!["*".to_owned(), text("deliverySourceName"), name]]
        }
        _ => Vec::new(),
    }
}

/// A parameter's ARN has one slash before a name that begins with one.
fn trimmed(names: Vec<String>) -> Vec<String> {
    names.into_iter().map(|name| name.trim_start_matches('/').to_owned()).collect()
}

/// The group's name in its ARN, which may end with `:*`.
fn group_name(identifier: String) -> String {
    let name = identifier.split_once(":log-group:").map(|(_, name)| name.trim_end_matches(":*").to_owned());
    name.unwrap_or(identifier)
}

/// The texts of these members, and those in the lists among them.
fn texts(input: &Value, members: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for member in members {
        match input.get(member) {
            Some(Value::String(text)) => found.push(text.clone()),
            Some(Value::Array(items)) => found.extend(items.iter().filter_map(Value::as_str).map(str::to_owned)),
            _ => {}
        }
    }
    found
}

/// The names of the resource that an operation of IAM is about.
pub(super) fn names_of_form(sandbox: &SharedSandbox, action: &str, form: &QueryForm) -> Vec<Vec<String>> {
    let Some(rule) = actions::rule("iam", action) else { return Vec::new() };
    let after = |arn: &str, kind: &str| arn.split_once(kind).map(|(_, name)| name.to_owned());
    let name = match rule.resource {
        ResourceForm::Role if action == "CreateRole" => form.get("RoleName").map(|name| {
            let path = form.get("Path").unwrap_or("/").trim_start_matches('/');
            format!("{path}{name}")
        }),
        ResourceForm::Role if action == "CreateServiceLinkedRole" => form.get("AWSServiceName").map(|service| {
            let name = iam::linked_name(service).unwrap_or_default();
            format!("aws-service-role/{service}/{name}")
        }),
        ResourceForm::Role => form.get("RoleName").and_then(|name| after(&iam::role_arn(sandbox, name), ":role/")),
        ResourceForm::OidcProvider => match form.get("Url").filter(|_| action == "CreateOpenIDConnectProvider") {
            Some(url) => url.split_once("://").map(|(_, name)| name.trim_end_matches('/').to_owned()),
            None => form.get("OpenIDConnectProviderArn").and_then(|arn| after(arn, ":oidc-provider/")),
        },
        ResourceForm::Named => form.get("PolicySourceArn").map(str::to_owned),
        _ => None,
    };
    name.map(|name| vec![vec![name]]).unwrap_or_default()
}

/// The tags that an operation of IAM gives. Members that the operation does not have decide nothing.
pub(super) fn tags_of_form(action: &str, form: &QueryForm) -> Vec<(String, String)> {
    if action != "TagRole" && !action.starts_with("Create") {
        return Vec::new();
    }
    form.members("Tags", ["Key", "Value"]).into_iter().map(|[key, value]| (key, value)).collect()
}

/// The condition keys of an operation of IAM.
pub(super) fn keys_of_form(
    sandbox: &SharedSandbox,
    (action, form): (&str, &QueryForm),
    tags: &[(String, String)],
) -> Vec<(String, String)> {
    const BOUNDARY: &str = "iam:PermissionsBoundary";
    let mut keys = tag_keys(tags);
    let mut add = |key: &str, value: Option<String>| keys.extend(value.map(|value| (key.to_owned(), value)));
    let member = |name: &str| form.get(name).map(str::to_owned);
    match action {
        "CreateServiceLinkedRole" => add(actions::SERVICE_NAME, member("AWSServiceName")),
        "CreateRole" | "PutRolePermissionsBoundary" => add(BOUNDARY, member("PermissionsBoundary")),
        // The role's own boundary, whatever the request says.
        "PutRolePolicy"
        | "DeleteRolePolicy"
        | "AttachRolePolicy"
        | "DetachRolePolicy"
        | "DeleteRolePermissionsBoundary" => {
            add(BOUNDARY, form.get("RoleName").and_then(|name| iam::boundary_of(sandbox, name)));
            if matches!(action, "AttachRolePolicy" | "DetachRolePolicy") {
                add("iam:PolicyARN", member("PolicyArn"));
            }
        }
        "UntagRole" => form.list("TagKeys").into_iter().for_each(|key| add(actions::TAG_KEYS, Some(key))),
        _ => {}
    }
    keys
}

/// The condition keys of the tags that an operation of a json-1.1 service takes off.
pub(super) fn removed_tag_keys(operation: &str, input: &Value) -> Vec<(String, String)> {
    if operation != "UntagResource" {
        return Vec::new();
    }
    let removed = texts(input, &["tagKeys", "TagKeys"]);
    removed.into_iter().map(|key| (actions::TAG_KEYS.to_owned(), key)).collect()
}

/// The tags that a request gives: a map, or a list of keys and values in either case.
pub(super) fn tags(service: &str, operation: &str, input: &Value) -> Vec<(String, String)> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    match actions::tags_member(service, operation).and_then(|member| input.get(member)) {
        Some(Value::Object(map)) => map.iter().map(|(key, value)| (key.clone(), text(Some(value)))).collect(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| {
                let of = |upper: &str, lower: &str| text(item.get(upper).or_else(|| item.get(lower)));
                (of("Key", "key"), of("Value", "value"))
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The condition keys of tags.
pub(super) fn tag_keys(tags: &[(String, String)]) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    for (name, value) in tags {
        keys.push((actions::TAG_KEYS.to_owned(), name.clone()));
        keys.push((format!("{}{name}", actions::REQUEST_TAG), value.clone()));
    }
    keys
}

/// The condition keys of a runtime's definition.
pub(super) fn runtime_keys(operation: &str, input: &Value) -> Vec<(String, String)> {
    if !matches!(operation, "CreateAgentRuntime" | "UpdateAgentRuntime") {
        return Vec::new();
    }
    let is_jwt = input.pointer("/authorizerConfiguration/customJWTAuthorizer").is_some_and(|value| !value.is_null());
    let kind = if is_jwt { "CUSTOM_JWT" } else { "AWS_IAM" };
    let mut keys = vec![("bedrock-agentcore:RuntimeAuthorizerType".to_owned(), kind.to_owned())];
    for member in ["subnets", "securityGroups"] {
        let ids = input.pointer(&format!("/networkConfiguration/networkModeConfig/{member}")).and_then(Value::as_array);
        let ids = ids.into_iter().flatten().filter_map(Value::as_str);
        keys.extend(ids.map(|id| (format!("bedrock-agentcore:{member}"), id.to_owned())));
    }
    keys
}
