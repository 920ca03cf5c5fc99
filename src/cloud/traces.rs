//! AWS X-Ray: where the spans of the account go, and how many of them are indexed. It is signed here, without an SDK of its own.

use http::{HeaderMap, HeaderValue, Method};
use serde::Deserialize;
use serde_json::{Value, json};

use super::connect::{Cloud, Service};
use super::dataplane::{Payload, sign_for, transport_error};
use super::error::missing_member;
use super::memory_data::refusal;
use crate::deadline::Waiting;
use crate::error::{Code, Error, Kind, Result};
use crate::http::FIRST_BYTE;

/// The one rule that says how many spans are indexed.
const INDEXING_RULE: &str = "Default";
const IN_LOGS: &str = "CloudWatchLogs";

/// Where X-Ray sends spans (GetTraceSegmentDestination).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SpansDestination {
    /// `XRay` or `CloudWatchLogs`, which is what Transaction Search needs.
    pub(crate) destination: String,
    /// `PENDING` or `ACTIVE`.
    #[serde(default)]
    pub(crate) status: String,
}

impl SpansDestination {
    /// Whether Transaction Search is switched on, in effect or not yet.
    pub(crate) fn is_logs(&self) -> bool {
        self.destination == IN_LOGS
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.status == "PENDING"
    }
}

/// Completes "could not", for a question whose answer is often asked for because of something else.
const ASK: &str = "look up where X-Ray sends spans";

impl Cloud {
    /// Where the spans of the account and region go.
    ///
    /// # Errors
    /// The service's refusal; no answer.
    pub(crate) async fn spans_destination(&self) -> Result<SpansDestination> {
        let answer = self.xray("GetTraceSegmentDestination", &json!({}), ASK).await?;
        serde_json::from_value(answer).map_err(|_| missing_member(ASK, "X-Ray", "Destination"))
    }

    /// Has X-Ray send all spans of the account and region to CloudWatch Logs.
    ///
    /// # Errors
    /// The service's refusal; no answer.
    pub(crate) async fn send_spans_to_logs(&self) -> Result<SpansDestination> {
        let what = "have X-Ray send spans to CloudWatch Logs";
        let answer = self.xray("UpdateTraceSegmentDestination", &json!({ "Destination": IN_LOGS }), what).await?;
        serde_json::from_value(answer).map_err(|_| missing_member(what, "X-Ray", "Destination"))
    }

    /// The percentage of spans that are indexed as traces; `None` where no rule says so.
    ///
    /// # Errors
    /// The service's refusal; no answer.
    pub(crate) async fn indexed_percentage(&self) -> Result<Option<f64>> {
        let answer = self.xray("GetIndexingRules", &json!({}), "look up how many spans X-Ray indexes").await?;
        let rules = answer.get("IndexingRules").and_then(Value::as_array);
        let rule = rules.into_iter().flatten().find(|rule| rule["Name"] == INDEXING_RULE);
        Ok(rule.and_then(|rule| rule.pointer("/Rule/Probabilistic/DesiredSamplingPercentage")?.as_f64()))
    }

    /// Sets it.
    ///
    /// # Errors
    /// The service's refusal; no answer.
    pub(crate) async fn set_indexed_percentage(&self, percent: u8) -> Result<()> {
        let rule = json!({ "Probabilistic": { "DesiredSamplingPercentage": percent } });
        let body = json!({ "Name": INDEXING_RULE, "Rule": rule });
        self.xray("UpdateIndexingRule", &body, "set how many spans X-Ray indexes").await.map(drop)
    }

    /// Sends an operation once.
    async fn xray(&self, operation: &str, body: &Value, what: &str) -> Result<Value> {
        let region = self.region();
        let base = self
            .endpoint_override(Service::TRACES)
            .unwrap_or_else(|| format!("https://{}", self.partition().host("xray", region)));
        let url = format!("{base}/{operation}");
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = body.to_string();
        let payload = Payload::Bytes(body.clone().into());
        sign_for(self, ("xray", region), (&Method::POST, &url), &mut headers, &payload).await?;
        let _waiting = Waiting::on("an answer from X-Ray");
        let request = self.http.client(&url)?.post(&url).headers(headers).body(body);
        let whole = async {
            let answer = request.send().await.map_err(|error| transport_error(&url, &error))?;
            let (status, head) = (answer.status(), answer.headers().clone());
            let body = answer.bytes().await.map_err(|error| transport_error(&url, &error))?;
            Ok::<_, Error>((status, head, body))
        };
        let (status, head, body) = tokio::time::timeout(FIRST_BYTE, whole).await.map_err(|_| {
            Error::new(Kind::Deadline, format!("could not {what}: no answer within {} s", FIRST_BYTE.as_secs()))
                .code(Code::AwsTimeout)
        })??;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|_| missing_member(what, "X-Ray", "JSON"));
        }
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Err(refusal(what, (status.as_u16(), &head), &body, "X-Ray"))
    }
}
