//! The sandbox's own pages, from the client's side.
//!
//! Owns: recognising that the endpoint in effect is a sandbox, requesting test tokens, and test starts of an agent.
//! Nothing here is ever sent to an address that is not on this machine.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use super::connect::{Cloud, Service, regional_endpoint};
use super::dataplane::{Payload, sign_request};
use crate::agent_report::AgentReport;
use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::http::{Http, is_loopback};
use crate::redact::SecretString;

/// How long the sandbox may take to identify itself.
const LOOK: Duration = Duration::from_secs(5);
/// How long a request to the sandbox may take; the sandbox gives up before.
const ORDER: Duration = Duration::from_secs(60);

/// A sandbox that answered.
#[derive(Debug)]
pub(crate) struct LocalSandbox {
    http: Arc<Http>,
    base: String,
    region: String,
}

impl LocalSandbox {
    /// The sandbox behind the data plane's endpoint in effect; `None` when that is AWS or anything else.
    pub(crate) async fn find(env: &Env, http: &Arc<Http>, region: &str) -> Option<Self> {
        let base = regional_endpoint(env, Service::DATA_PLANE, region);
        if !is_on_this_machine(&base) {
            return None;
        }
        let page = format!("{base}/_sandbox/health");
        let answer = http.client(&page).ok()?.get(&page).timeout(LOOK).send().await.ok()?;
        let health: Value = serde_json::from_slice(&answer.bytes().await.ok()?).ok()?;
        let is_sandbox = health["status"] == "ok" && health["instance"].is_string();
        is_sandbox.then(|| Self { http: Arc::clone(http), base, region: region.to_owned() })
    }

    /// A token with these claims, signed by the sandbox's pool that has this issuer; `None` when it has none.
    ///
    /// # Errors
    /// Without AWS credentials, or when the sandbox does not accept them.
    pub(crate) async fn sign(&self, cloud: &Cloud, issuer: &str, claims: &Value) -> Result<Option<SecretString>> {
        let url = format!("{}/_sandbox/tokens", self.base);
        let (status, body) = self.order(cloud, &url, &json!({ "issuer": issuer, "claims": claims })).await?;
        match (status, body["token"].as_str()) {
            (200, Some(token)) => Ok(Some(SecretString::from(token.to_owned()))),
            (404, _) => Ok(None),
            _ => Err(refused(&url, status, &body)),
        }
    }

    /// Starts the agent of a runtime once and ends it again; what failed where it did not start. `None` also for one that
    /// takes long, and from a sandbox of a version that cannot do this.
    ///
    /// # Errors
    /// Without AWS credentials, or when the sandbox does not accept them.
    pub(crate) async fn try_start(&self, cloud: &Cloud, runtime_id: &str) -> Result<Option<AgentReport>> {
        let url = format!("{}/_sandbox/starts", self.base);
        let (status, mut body) = self.order(cloud, &url, &json!({ "agentRuntimeId": runtime_id })).await?;
        match status {
            200 => Ok(serde_json::from_value(body["report"].take()).unwrap_or_default()),
            404 | 501 => Ok(None),
            _ => Err(refused(&url, status, &body)),
        }
    }

    /// Sends a signed request to one of the sandbox's own pages; returns status and body of the answer.
    async fn order(&self, cloud: &Cloud, url: &str, body: &Value) -> Result<(u16, Value)> {
        let body = body.to_string();
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let payload = Payload::Bytes(body.clone().into());
        sign_request(cloud, &self.region, (&Method::POST, url), &mut headers, &payload).await?;
        let what = || format!("could not reach the sandbox at {url}");
        let request = self.http.client(url)?.post(url).headers(headers).timeout(ORDER).body(body);
        let answer = request.send().await.with_context(what)?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.with_context(what)?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }
}

pub(super) fn is_on_this_machine(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| is_loopback(&url))
}

fn refused(url: &str, status: u16, body: &Value) -> Error {
    Error::failed(format!("{url} answered {status}"))
        .cause(body["message"].as_str().unwrap_or_default())
        .hint("the AWS credentials must be the sandbox's: `eval \"$(agentcore sandbox env)\"`")
}
