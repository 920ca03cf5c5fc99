//! Delivery of vended logs and traces, and the policies that allow it: remembered, and nothing is delivered.
//!
//! A source is what writes, a destination is where it goes, a delivery joins the two. AgentCore's observability is switched
//! on by these operations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::operations::ListRequest;
use super::parse;
use crate::sandbox::iam::{self, RequestContext};
use crate::sandbox::reply::Fault;
use crate::sandbox::{SharedSandbox, control, random};

/// The stored state, as the service shows it: sources and destinations by name, deliveries by id.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Delivery {
    sources: BTreeMap<String, Value>,
    destinations: BTreeMap<String, Value>,
    deliveries: BTreeMap<String, Value>,
    policies: BTreeMap<String, Value>,
}

impl Delivery {
    /// Whether the resource policies let a service write log events; to which group does not count.
    pub(crate) fn lets_write(&self, principal: &str, context: &[(&str, &str)]) -> bool {
        let documents = self.policies.values().filter_map(|policy| policy["policyDocument"].as_str());
        let ask = RequestContext {
            principal: Some(iam::Principal::Service(principal)),
            action: "logs:PutLogEvents",
            resource: "*",
            context,
            complete: false,
        };
        iam::policies_allow(documents, ask)
    }
}

const NAME_LIMIT: usize = 60;
/// What the model names; AgentCore writes the first two.
const DESTINATION_TYPES: [&str; 4] = ["CWL", "XRAY", "S3", "FH"];
const POLICY_LIMIT: usize = 51_200;

/// Answers an operation; `None` for one that is not here.
pub(super) async fn call(sandbox: &SharedSandbox, operation: &str, input: &Value) -> Option<Result<Value, Fault>> {
    let store = &sandbox.state.delivery;
    Some(match operation {
        "PutDeliverySource" => put_source(sandbox, input).await,
        "PutDeliveryDestination" => put_destination(sandbox, input).await,
        "CreateDelivery" => create(sandbox, input).await,
        "PutResourcePolicy" => put_policy(sandbox, input).await,
        "GetDeliverySource" => store.read(|it| describe_one(&it.sources, "name", "deliverySource", input)),
        "GetDeliveryDestination" => {
            store.read(|it| describe_one(&it.destinations, "name", "deliveryDestination", input))
        }
        "GetDelivery" => store.read(|it| describe_one(&it.deliveries, "id", "delivery", input)),
        "DescribeDeliverySources" => store.read(|it| {
            describe_page(&it.sources, "deliverySources", input, |it| {
                matches_list(input, "resourceArns", it.pointer("/resourceArns/0"))
            })
        }),
        "DescribeDeliveryDestinations" => store.read(|it| {
            describe_page(&it.destinations, "deliveryDestinations", input, |it| {
                matches_list(input, "names", it.get("name"))
            })
        }),
        "DescribeDeliveries" => store.read(|it| {
            describe_page(&it.deliveries, "deliveries", input, |it| {
                matches_list(input, "deliverySourceNames", it.get("deliverySourceName"))
            })
        }),
        "DescribeResourcePolicies" => store.read(|it| describe_page(&it.policies, "resourcePolicies", input, |_| true)),
        "DeleteDeliverySource" | "DeleteDeliveryDestination" | "DeleteDelivery" | "DeleteResourcePolicy" => {
            delete(sandbox, operation, input).await
        }
        _ => return None,
    })
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "ValidationException", message)
}

fn not_found(what: &str) -> Fault {
    Fault::new(400, "ResourceNotFoundException", format!("Requested {what} does not exist."))
}

fn conflict(message: impl Into<String>) -> Fault {
    Fault::new(400, "ConflictException", message)
}

fn text<'a>(input: &'a Value, member: &str) -> Option<&'a str> {
    input.get(member).and_then(Value::as_str)
}

fn required<'a>(input: &'a Value, member: &str) -> Result<&'a str, Fault> {
    text(input, member).filter(|text| !text.is_empty()).ok_or_else(|| {
        invalid(format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

/// A name as sources and destinations have it.
fn name<'a>(input: &'a Value, member: &str) -> Result<&'a str, Fault> {
    let name = required(input, member)?;
    let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if fits && name.len() <= NAME_LIMIT {
        return Ok(name);
    }
    Err(invalid(format!(
        "1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member must have length \
         less than or equal to {NAME_LIMIT} and satisfy regular expression pattern: [\\w-]*"
    )))
}

/// The members of the request that are kept as they came.
fn copied_members(input: &Value, members: &[&str]) -> Map<String, Value> {
    let found = members.iter().filter_map(|member| Some(((*member).to_owned(), input.get(*member)?.clone())));
    found.filter(|(_, value)| !value.is_null()).collect()
}

async fn put_source(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let (name, resource) = (name(input, "name")?, required(input, "resourceArn")?);
    let log_type = required(input, "logType")?;
    let arn: crate::partition::Arn =
        resource.parse().map_err(|_| invalid(format!("'{resource}' at 'resourceArn' is not an ARN")))?;
    if let Some(id) = arn.resource.strip_prefix("runtime/")
        && control::find(sandbox, id).is_none()
    {
        return Err(not_found("resource"));
    }
    let mut source = copied_members(input, &["tags", "deliverySourceConfiguration"]);
    source.insert("name".to_owned(), json!(name));
    source.insert("arn".to_owned(), json!(sandbox.info.arn("logs", &format!("delivery-source:{name}")).to_string()));
    source.insert("resourceArns".to_owned(), json!([resource]));
    source.insert("service".to_owned(), json!(arn.service));
    source.insert("logType".to_owned(), json!(log_type));
    source.insert("status".to_owned(), json!("ACTIVE"));
    let source = Value::Object(source);
    let update = |it: &mut Delivery| {
        let same = |old: &Value| old["resourceArns"] == source["resourceArns"] && old["logType"] == source["logType"];
        if it.sources.get(name).is_some_and(|old| !same(old)) {
            return Err(conflict(format!("The delivery source {name} exists for another resource or log type.")));
        }
        it.sources.insert(name.to_owned(), source.clone());
        Ok(())
    };
    sandbox.state.delivery.update(update).await?;
    Ok(json!({ "deliverySource": source }))
}

async fn put_destination(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let name = name(input, "name")?;
    let target = input.pointer("/deliveryDestinationConfiguration/destinationResourceArn").and_then(Value::as_str);
    let kind = match (text(input, "deliveryDestinationType"), target) {
        (Some("XRAY"), None) => "XRAY",
        (Some(kind), _) if !DESTINATION_TYPES.contains(&kind) => {
            return Err(invalid(format!(
                "'{kind}' at 'deliveryDestinationType' is none of {}",
                DESTINATION_TYPES.join(", ")
            )));
        }
        (None | Some("CWL"), Some(target)) if target.contains(":log-group:") => "CWL",
        (None | Some("S3"), Some(target)) if target.contains(":s3:") => "S3",
        (None | Some("FH"), Some(target)) if target.contains(":firehose:") => "FH",
        _ => return Err(invalid("deliveryDestinationType and destinationResourceArn do not fit each other")),
    };
    if let Some((_, group)) = target.and_then(|target| target.split_once(":log-group:"))
        && !sandbox.state.logs.with(|groups| groups.contains_key(group.trim_end_matches(":*")))
    {
        return Err(not_found("log group"));
    }
    let mut destination =
        copied_members(input, &["outputFormat", "deliveryDestinationConfiguration", "roleArn", "tags"]);
    let arn = sandbox.info.arn("logs", &format!("delivery-destination:{name}")).to_string();
    destination.insert("name".to_owned(), json!(name));
    destination.insert("arn".to_owned(), json!(arn));
    destination.insert("deliveryDestinationType".to_owned(), json!(kind));
    let destination = Value::Object(destination);
    let update = |it: &mut Delivery| {
        let other_kind = |old: &Value| old["deliveryDestinationType"] != destination["deliveryDestinationType"];
        if it.destinations.get(name).is_some_and(other_kind) {
            return Err(conflict(format!("The delivery destination {name} exists with another type.")));
        }
        it.destinations.insert(name.to_owned(), destination.clone());
        Ok(())
    };
    sandbox.state.delivery.update(update).await?;
    Ok(json!({ "deliveryDestination": destination }))
}

async fn create(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let (source, target) = (name(input, "deliverySourceName")?, required(input, "deliveryDestinationArn")?);
    let id = random::alphanumeric(16)?;
    let arn = sandbox.info.arn("logs", &format!("delivery:{id}")).to_string();
    let rest = copied_members(input, &["recordFields", "fieldDelimiter", "s3DeliveryConfiguration", "tags"]);
    let update = |it: &mut Delivery| {
        if !it.sources.contains_key(source) {
            return Err(not_found("delivery source"));
        }
        let destination = it.destinations.values().find(|it| it["arn"] == target);
        let kind = destination.ok_or_else(|| not_found("delivery destination"))?["deliveryDestinationType"].clone();
        let joined = |old: &Value| old["deliverySourceName"] == source && old["deliveryDestinationArn"] == target;
        if it.deliveries.values().any(joined) {
            return Err(conflict("Delivery already exists for this delivery source and delivery destination."));
        }
        let mut delivery = rest;
        delivery.insert("id".to_owned(), json!(id));
        delivery.insert("arn".to_owned(), json!(arn));
        delivery.insert("deliverySourceName".to_owned(), json!(source));
        delivery.insert("deliveryDestinationArn".to_owned(), json!(target));
        delivery.insert("deliveryDestinationType".to_owned(), kind);
        let delivery = Value::Object(delivery);
        it.deliveries.insert(id.clone(), delivery.clone());
        Ok(json!({ "delivery": delivery }))
    };
    sandbox.state.delivery.update(update).await
}

async fn put_policy(sandbox: &SharedSandbox, input: &Value) -> Result<Value, Fault> {
    let refuse = |text: &str| Err(super::invalid(text));
    let Some(name) = text(input, "policyName") else { return refuse("policyName is needed") };
    let document = text(input, "policyDocument").unwrap_or_default();
    let is_object = serde_json::from_str::<Map<String, Value>>(document).is_ok();
    if !is_object || document.len() > POLICY_LIMIT {
        return refuse("policyDocument must be a JSON policy of at most 51200 characters");
    }
    let policy = json!({
        "policyName": name,
        "policyDocument": document,
        "lastUpdatedTime": sandbox.clock.millis(),
        "policyScope": "ACCOUNT",
    });
    sandbox.state.delivery.update(|it| Ok(it.policies.insert(name.to_owned(), policy.clone()))).await?;
    Ok(json!({ "resourcePolicy": policy }))
}

fn describe_one(all: &BTreeMap<String, Value>, key: &str, member: &str, input: &Value) -> Result<Value, Fault> {
    let found = all.get(required(input, key)?).ok_or_else(|| not_found(member))?;
    Ok(json!({ member: found }))
}

fn describe_page(
    all: &BTreeMap<String, Value>,
    member: &str,
    input: &Value,
    keep: impl Fn(&Value) -> bool,
) -> Result<Value, Fault> {
    parse::<ListRequest>(input)?.page(member, all.values().filter(|value| keep(value)).cloned().collect())
}

/// Whether a list of the request names the value, or is not there.
fn matches_list(input: &Value, list: &str, value: Option<&Value>) -> bool {
    input.get(list).and_then(Value::as_array).is_none_or(|list| value.is_some_and(|value| list.contains(value)))
}

async fn delete(sandbox: &SharedSandbox, operation: &str, input: &Value) -> Result<Value, Fault> {
    let key = match operation {
        "DeleteDelivery" => required(input, "id")?,
        "DeleteResourcePolicy" => required(input, "policyName")?,
        _ => required(input, "name")?,
    };
    let update = |it: &mut Delivery| {
        let (removed, what) = match operation {
            "DeleteDelivery" => (it.deliveries.remove(key), "delivery"),
            "DeleteResourcePolicy" => (it.policies.remove(key), "policy"),
            "DeleteDeliverySource" => {
                check_unused(it, "deliverySourceName", &json!(key))?;
                (it.sources.remove(key), "delivery source")
            }
            _ => {
                let arn = it.destinations.get(key).map(|it| it["arn"].clone()).unwrap_or_default();
                check_unused(it, "deliveryDestinationArn", &arn)?;
                (it.destinations.remove(key), "delivery destination")
            }
        };
        removed.map(|_| json!({})).ok_or_else(|| not_found(what))
    };
    sandbox.state.delivery.update(update).await
}

fn check_unused(it: &Delivery, member: &str, value: &Value) -> Result<(), Fault> {
    let used = it.deliveries.values().find(|delivery| delivery[member] == *value);
    used.map_or(Ok(()), |delivery| {
        Err(conflict(format!("The delivery {} still uses it.", delivery["id"].as_str().unwrap_or_default())))
    })
}
