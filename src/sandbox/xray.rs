//! X-Ray: where traces go, and how many of them are indexed, over REST with JSON.
//!
//! Owns: the settings that Transaction Search is switched on with. Does not own: traces, which it does not have.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::reply::{self, Fault, Protocol, Response};
use super::request::{API_BODY_LIMIT, Request, json_object};
use super::{SharedSandbox, router, sigv4};
use crate::partition::Partition;

const SERVICE: &str = "xray";
const DESTINATIONS: [&str; 2] = ["XRay", "CloudWatchLogs"];
/// The one rule that there is.
const RULE: &str = "Default";
/// Percent of the traces, before anybody sets it.
const SAMPLING: f64 = 1.0;

/// What is remembered.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct XRay {
    /// One of [`DESTINATIONS`]; `None` for the first.
    destination: Option<String>,
    /// Percent.
    sampling: Option<f64>,
    /// Seconds since 1970.
    modified: f64,
}

/// Whether a path is an operation of this service.
pub(crate) fn is_operation(name: &str) -> bool {
    matches!(
        name,
        "GetTraceSegmentDestination" | "UpdateTraceSegmentDestination" | "GetIndexingRules" | "UpdateIndexingRule"
    )
}

pub(crate) async fn handle(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    match answer(sandbox, request).await {
        Ok(value) => reply::json(200, &value),
        Err(fault) => reply::fault(&Protocol::RestJson, fault, &request.id),
    }
}

async fn answer(sandbox: &SharedSandbox, request: &mut Request) -> Result<Value, Fault> {
    let body = request.bytes(API_BODY_LIMIT).await?;
    let caller = router::caller(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    let operation = request.segments.first().cloned().unwrap_or_default();
    if request.method != http::Method::POST {
        return Err(Fault::unknown_operation(&format!("`{} /{operation}`", request.method)));
    }
    caller.require(sandbox, &format!("xray:{operation}"), &["*"])?;
    let input = &json_object(&body)?;
    let store = &sandbox.state.xray;
    match operation.as_str() {
        "GetTraceSegmentDestination" => Ok(store.read(destination)),
        "UpdateTraceSegmentDestination" => {
            let wanted = input["Destination"].as_str().unwrap_or_default();
            check_destination(sandbox, wanted)?;
            let set = |state: &mut XRay| {
                state.destination = Some(wanted.to_owned());
                Ok(destination(state))
            };
            store.update(set).await
        }
        "GetIndexingRules" => Ok(store.read(|state| json!({ "IndexingRules": [rule(state)] }))),
        "UpdateIndexingRule" => {
            let percent = input.pointer("/Rule/Probabilistic/DesiredSamplingPercentage").and_then(Value::as_f64);
            let Some(percent) = percent.filter(|percent| (0.0..=100.0).contains(percent)) else {
                return Err(invalid("DesiredSamplingPercentage must be between 0 and 100"));
            };
            if input["Name"] != RULE {
                return Err(Fault::new(404, "ResourceNotFoundException", "The indexing rule does not exist"));
            }
            let now = sandbox.clock.epoch();
            let set = |state: &mut XRay| {
                (state.sampling, state.modified) = (Some(percent), now);
                Ok(json!({ "IndexingRule": rule(state) }))
            };
            store.update(set).await
        }
        other => Err(Fault::unknown_operation(&format!("X-Ray `{other}`"))),
    }
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "InvalidRequestException", message)
}

/// CloudWatch Logs needs a resource policy first, which lets X-Ray write the spans.
fn check_destination(sandbox: &SharedSandbox, wanted: &str) -> Result<(), Fault> {
    if !DESTINATIONS.contains(&wanted) {
        return Err(invalid(format!("Destination '{wanted}' is none of {}", DESTINATIONS.join(", "))));
    }
    let principal = Partition::principal(SERVICE);
    let source = sandbox.info.arn(SERVICE, "destination").to_string();
    let context = [("aws:SourceAccount", sandbox.info.account.as_str()), ("aws:SourceArn", source.as_str())];
    if wanted == "CloudWatchLogs" && !sandbox.state.delivery.read(|it| it.lets_write(&principal, &context)) {
        return Err(invalid("XRay does not have permission to call PutLogEvents on the aws/spans Log Group"));
    }
    Ok(())
}

/// The service takes minutes until a change is active; here it is at once.
fn destination(state: &XRay) -> Value {
    json!({ "Destination": state.destination.as_deref().unwrap_or(DESTINATIONS[0]), "Status": "ACTIVE" })
}

fn rule(state: &XRay) -> Value {
    let percent = state.sampling.unwrap_or(SAMPLING);
    json!({
        "Name": RULE,
        "ModifiedAt": state.modified,
        "Rule": { "Probabilistic": { "DesiredSamplingPercentage": percent, "ActualSamplingPercentage": percent } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::tests::TestSandbox;

    #[tokio::test]
    async fn transaction_search_needs_its_resource_policy() {
        let served = TestSandbox::start().await;
        let ask = async |operation: &str, input: Value| {
            let path = format!("/{operation}");
            let answer =
                served.send("xray", ("POST", &path), &[("content-type", "application/json")], input.to_string());
            let answer = answer.await;
            let status = answer.status().as_u16();
            (status, serde_json::from_slice::<Value>(&answer.bytes().await.unwrap()).unwrap())
        };
        assert_eq!(ask("GetTraceSegmentDestination", json!({})).await.1["Destination"], "XRay");
        let wanted = json!({ "Destination": "CloudWatchLogs" });
        assert_eq!(ask("UpdateTraceSegmentDestination", wanted.clone()).await.0, 400);
        let put = async |effect: &str| {
            let document = json!({ "Statement": [{
                "Effect": effect, "Principal": { "Service": "xray.amazonaws.com" }, "Action": "logs:PutLogEvents",
                "Resource": "*", "Condition": { "StringEquals": { "aws:SourceAccount": served.info.account } },
            }] });
            let policy = json!({ "policyName": "TransactionSearchXRayAccess", "policyDocument": document.to_string() });
            let headers =
                [("x-amz-target", "Logs_20140328.PutResourcePolicy"), ("content-type", "application/x-amz-json-1.1")];
            assert_eq!(served.send("logs", ("POST", "/"), &headers, policy.to_string()).await.status(), 200);
        };
        put("Deny").await;
        assert_eq!(ask("UpdateTraceSegmentDestination", wanted.clone()).await.0, 400);
        put("Allow").await;
        assert_eq!(ask("UpdateTraceSegmentDestination", wanted).await.1["Status"], "ACTIVE");
        assert_eq!(ask("GetTraceSegmentDestination", json!({})).await.1["Destination"], "CloudWatchLogs");
        let rule = |name: &str, percent: u32| json!({ "Name": name, "Rule": { "Probabilistic": { "DesiredSamplingPercentage": percent } } });
        assert_eq!(ask("UpdateIndexingRule", rule("Default", 101)).await.0, 400);
        assert_eq!(ask("UpdateIndexingRule", rule("Other", 5)).await.0, 404);
        assert_eq!(ask("UpdateIndexingRule", rule("Default", 5)).await.0, 200);
        let rules = ask("GetIndexingRules", json!({})).await.1;
        assert_eq!(rules["IndexingRules"][0]["Rule"]["Probabilistic"]["DesiredSamplingPercentage"], 5.0);
    }
}
