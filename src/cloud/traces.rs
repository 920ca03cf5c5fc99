//! AWS X-Ray, for one question: where the spans of the account go. It is signed here, without an SDK of its own.

use http::{HeaderMap, HeaderValue, Method};
use serde::Deserialize;

use super::connect::{Cloud, Service};
use super::dataplane::{Payload, sign_for, transport_error};
use super::error::missing_member;
use super::memory_data::refusal;
use crate::deadline::Waiting;
use crate::error::{Code, Error, Kind, Result};
use crate::http::FIRST_BYTE;

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
        self.destination == "CloudWatchLogs"
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.status == "PENDING"
    }
}

impl Cloud {
    /// Asks once: it is about the reason of something else.
    ///
    /// # Errors
    /// The service's refusal; no answer.
    pub(crate) async fn spans_destination(&self) -> Result<SpansDestination> {
        let what = "look up where X-Ray sends spans";
        let region = self.region();
        let base = self
            .endpoint_override(Service::TRACES)
            .unwrap_or_else(|| format!("https://{}", self.partition().host("xray", region)));
        let url = format!("{base}/GetTraceSegmentDestination");
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let payload = Payload::Bytes("{}".into());
        sign_for(self, ("xray", region), (&Method::POST, &url), &mut headers, &payload).await?;
        let _waiting = Waiting::on("an answer from X-Ray");
        let request = self.http.client(&url)?.post(&url).headers(headers).body("{}");
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
            return serde_json::from_slice(&body).map_err(|_| missing_member(what, "X-Ray", "Destination"));
        }
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Err(refusal(what, (status.as_u16(), &head), &body, "X-Ray"))
    }
}
