//! AgentCore data plane: what is in a memory. Its lists only; an agent writes with an SDK.
//!
//! On the path of `dataplane`, signed and never with a bearer token. A list may be asked for again, so a failure of the service and
//! its limits on the pace are, a few times.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method};
use percent_encoding::utf8_percent_encode;
use serde_json::{Value, json};

use super::connect::Cloud;
use super::dataplane::{DataPlane, LABEL, Payload, sign_request, transport_error};
use super::error::{ErrorResponse, missing_member, service_error};
use super::wire::append;
use crate::deadline::Waiting;
use crate::error::{Code, Error, Kind, Result};
use crate::http::{ATTEMPTS, FIRST_BYTE, Pace};

/// The service's largest page.
const PAGE: usize = 100;
/// The largest answer that is read: an event has 10 MB at most, and a page a hundred of them.
const ANSWER_LIMIT: usize = 1 << 30;
/// Before the second attempt; twice as long before the next, up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// Attempts where the service's limit on the pace was met: about 20 seconds, in which other callers of the account come to
/// an end.
const THROTTLED_ATTEMPTS: u32 = 8;

/// Whose records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Namespace<'a> {
    /// Of this namespace alone.
    Exact(&'a str),
    /// Of all below it.
    Below(&'a str),
}

/// A list of what is in a memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MemoryList<'a> {
    /// `{actorId}`
    Actors,
    /// `{sessionId, actorId, createdAt}`
    Sessions { actor: &'a str },
    /// `{eventId, eventTimestamp, payload, …}`, the newest first.
    Events { actor: &'a str, session: &'a str, with_payload: bool },
    /// `{memoryRecordId, content, memoryStrategyId, namespaces, createdAt, …}`
    Records { namespace: Namespace<'a> },
    /// The same with `score`, the best first.
    Retrieved { namespace: Namespace<'a>, query: &'a str, top: u32 },
}

impl MemoryList<'_> {
    /// The path behind the memory's.
    fn path(self) -> String {
        let label = |text: &str| utf8_percent_encode(text, LABEL).to_string();
        match self {
            Self::Actors => "actors".to_owned(),
            Self::Sessions { actor } => format!("actor/{}/sessions", label(actor)),
            Self::Events { actor, session, .. } => format!("actor/{}/sessions/{}", label(actor), label(session)),
            Self::Records { .. } => "memoryRecords".to_owned(),
            Self::Retrieved { .. } => "retrieve".to_owned(),
        }
    }

    const fn member(self) -> &'static str {
        match self {
            Self::Actors => "actorSummaries",
            Self::Sessions { .. } => "sessionSummaries",
            Self::Events { .. } => "events",
            Self::Records { .. } | Self::Retrieved { .. } => "memoryRecordSummaries",
        }
    }

    /// Completes "could not".
    fn what(self, memory: &str) -> String {
        let what = match self {
            Self::Actors => "list the actors".to_owned(),
            Self::Sessions { actor } => format!("list the sessions of `{actor}`"),
            Self::Events { actor, session, .. } => format!("list the events of `{actor}` in the session `{session}`"),
            Self::Records { .. } => "list the records".to_owned(),
            Self::Retrieved { .. } => "search the records".to_owned(),
        };
        format!("{what} in the memory `{memory}`")
    }

    fn body(self, page: usize, token: Option<&str>) -> Value {
        let mut body = match self {
            Self::Actors | Self::Sessions { .. } => json!({}),
            Self::Events { with_payload, .. } => json!({ "includePayloads": with_payload }),
            Self::Records { namespace } => namespace.body(),
            Self::Retrieved { namespace, query, top } => {
                let mut body = namespace.body();
                body["searchCriteria"] = json!({ "searchQuery": query, "topK": top });
                body
            }
        };
        body["maxResults"] = json!(page);
        if let Some(token) = token {
            body["nextToken"] = json!(token);
        }
        body
    }
}

impl Namespace<'_> {
    fn body(self) -> Value {
        match self {
            Self::Exact(namespace) => json!({ "namespace": namespace }),
            Self::Below(namespace) => json!({ "namespacePath": namespace }),
        }
    }
}

/// Why an attempt gave no page.
enum Failed {
    /// Another attempt may do better.
    Passing(Error),
    /// So may more than one other, later: too many requests came at once.
    Throttled(Error),
    Lasting(Error),
}

/// Between 75 % and 125 % of `pause`, so that requests that were refused together do not come back together.
fn jittered(pause: Duration) -> Duration {
    let [byte, ..] = *uuid::Uuid::new_v4().as_bytes();
    pause.mul_f64(0.75 + f64::from(byte) / 512.0)
}

impl DataPlane {
    /// The items of a list in the wire's form, page by page, at most `limit`. Unknown actors and sessions have none.
    ///
    /// # Errors
    /// The service's refusal; [`crate::error::Kind::NotFound`] where there is no such memory.
    pub(crate) async fn memory_list(
        &self,
        cloud: &Cloud,
        memory: &str,
        list: MemoryList<'_>,
        limit: usize,
    ) -> Result<Vec<Value>> {
        let url = format!("{}/memories/{}/{}", self.base(), utf8_percent_encode(memory, LABEL), list.path());
        let what = list.what(memory);
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        // A page may be empty, and yet not the last.
        while all.len() < limit {
            let body = list.body((limit - all.len()).min(PAGE), token.as_deref());
            let page = self.memory_page(cloud, &url, &what, &body).await?;
            let next = append(&page, list.member(), &mut all);
            if next.is_none() || next == token {
                break;
            }
            token = next;
        }
        all.truncate(limit);
        Ok(all)
    }

    async fn memory_page(&self, cloud: &Cloud, url: &str, what: &str, body: &Value) -> Result<Value> {
        let (mut pause, mut attempt) = (PAUSE, 1);
        loop {
            let (error, most) = match self.try_memory_page(cloud, url, what, body).await {
                Ok(page) => return Ok(page),
                Err(Failed::Lasting(error)) => return Err(error),
                Err(Failed::Throttled(error)) => (error, THROTTLED_ATTEMPTS),
                Err(Failed::Passing(error)) => (error, ATTEMPTS),
            };
            if attempt >= most {
                return Err(error);
            }
            let _waiting = Waiting::on(format!("another attempt ({error})"));
            tokio::time::sleep(jittered(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            attempt += 1;
        }
    }

    /// What did not come, or not fast enough, in [`FIRST_BYTE`].
    fn too_slow(&self, what: &str) -> Failed {
        let text = format!("{what} from `{}` within {} s", self.host(), FIRST_BYTE.as_secs());
        let error = Error::new(Kind::Deadline, text).code(Code::AwsTimeout);
        Failed::Passing(error.hint("check the network, `HTTPS_PROXY` and `AWS_ENDPOINT_URL`"))
    }

    async fn try_memory_page(&self, cloud: &Cloud, url: &str, what: &str, body: &Value) -> Result<Value, Failed> {
        let bytes = body.to_string();
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let payload = Payload::Bytes(bytes.clone().into());
        let signed = sign_request(cloud, self.region(), (&Method::POST, url), &mut headers, &payload).await;
        signed.map_err(Failed::Lasting)?;
        let client = cloud.http.client(url).map_err(Failed::Lasting)?;
        let _waiting = Waiting::on(format!("an answer from `{}`", self.host()));
        let broken = |error: reqwest::Error| Failed::Passing(transport_error(url, &error));
        // A large page may take longer than its beginning, so that the two are bounded apart.
        let sent = tokio::time::timeout(FIRST_BYTE, client.post(url).headers(headers).body(bytes).send()).await;
        let mut answer = sent.map_err(|_| self.too_slow("no answer"))?.map_err(broken)?;
        let (mut content, mut pace) = (Vec::new(), Pace::new(FIRST_BYTE));
        loop {
            let piece = pace.next(answer.chunk()).await.map_err(|_| self.too_slow("next to nothing more"))?;
            let Some(piece) = piece.map_err(broken)? else { break };
            pace.took(piece.len());
            content.extend_from_slice(&piece);
            if content.len() > ANSWER_LIMIT {
                return Err(Failed::Lasting(missing_member(what, "AgentCore Memory", "end")));
            }
        }
        let page: Option<Value> = serde_json::from_slice(&content).ok();
        if answer.status().is_success() {
            return page.filter(Value::is_object).ok_or_else(|| {
                Failed::Lasting(missing_member(what, &format!("`{}`", self.host()), "JSON object in it"))
            });
        }
        let status = answer.status().as_u16();
        let error = refusal(what, (status, answer.headers()), &page.unwrap_or_default(), &self.host());
        Err(match status {
            429 => Failed::Throttled(error),
            500.. => Failed::Passing(error),
            _ => Failed::Lasting(error),
        })
    }
}

/// The error of an answer in rest-json.
pub(super) fn refusal(what: &str, (status, head): (u16, &HeaderMap), body: &Value, host: &str) -> Error {
    let header = |name: &str| head.get(name).and_then(|value| value.to_str().ok());
    let code = header("x-amzn-errortype").or_else(|| body.get("__type")?.as_str());
    // `namespace#Name:http://address`
    let code =
        code.map(|code| code.split(':').next().unwrap_or(code)).map(|code| code.rsplit('#').next().unwrap_or(code));
    let request_id = header("x-amzn-requestid").map(str::to_owned);
    if code.is_none() && request_id.is_none() {
        return missing_member(what, &format!("`{host}` (HTTP {status})"), "name of an error");
    }
    let message = ["message", "Message"].iter().find_map(|member| body.get(*member)?.as_str()).unwrap_or_default();
    service_error(what, &ErrorResponse { status, code, message, request_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_encode_actors_and_sessions() {
        let list = MemoryList::Events { actor: "team/ann:1", session: "s 1", with_payload: true };
        assert_eq!(list.path(), "actor/team%2Fann%3A1/sessions/s%201");
        assert_eq!(MemoryList::Sessions { actor: "a" }.path(), "actor/a/sessions");
    }

    #[test]
    fn page_and_token_are_in_the_body() {
        let list = MemoryList::Retrieved { namespace: Namespace::Below("/facts/"), query: "tea", top: 5 };
        let body = list.body(7, Some("t"));
        let wanted = json!({ "namespacePath": "/facts/", "searchCriteria": { "searchQuery": "tea", "topK": 5 },
            "maxResults": 7, "nextToken": "t" });
        assert_eq!(body, wanted);
        assert_eq!(MemoryList::Records { namespace: Namespace::Exact("/a/") }.body(1, None)["namespace"], "/a/");
    }
}
