//! Agents that speak A2A: the card, a message, a message with a streamed answer.
//!
//! Owns: the requests in the form of protocol version 0.3, which the service's contract names, and the text of answers in
//! this form and in that of 1.0. Does not own: tasks that are asked for later, push notifications; a raw JSON-RPC request
//! reaches these.

use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::events::rpc_error;
use super::failure::{UNSUPPORTED_OPERATION, UNSUPPORTED_VERSION, version_unheard};
use super::rpc::{self, Exchange};
use super::{CallContext, ChunkSink, ReplyHead, failure};
use crate::error::{Code, Error, Kind, Result};
use crate::facts::A2A_VERSION;

/// Asks for the agent's card and passes it on, byte for byte.
///
/// # Errors
/// As [`super::call`]; [`Kind::Agent`] for an answer that is no card: scripts read an address or a key from it.
pub(crate) async fn card(line: &CallContext<'_>, sink: ChunkSink<'_>) -> Result<ReplyHead> {
    let mut reply = line.plane.agent_card(line.call, line.auth).await?;
    let head = ReplyHead::from_reply(&reply);
    if !head.is_good() {
        return Err(failure::refusal(&mut reply, line.auth, &line.target()).await);
    }
    if let Some(error) = failure::page_in_its_place(&reply) {
        return Err(error);
    }
    let body = rpc::whole(&mut reply).await?;
    let card = rpc::parsed(&body)?;
    if let Some(error) = rpc_error(&card) {
        return Err(failure::of_rpc(error, &head, (line.speaks, &line.target()), None).request_id(head.request_id));
    }
    // `name` is required in every version of the protocol.
    if !card.get("name").is_some_and(Value::is_string) {
        return Err(Error::new(Kind::Agent, "what the agent gave for its card is none: it has no `name`")
            .code(Code::AgentAnswer)
            .cause(card.to_string().chars().take(200).collect::<String>())
            .hint("only agents that speak A2A have a card: `--protocol` says what this one speaks")
            .request_id(head.request_id));
    }
    let _ = sink(&body)?;
    Ok(head)
}

/// The agent's results, in the order of arrival.
#[derive(Clone, Debug)]
pub(crate) struct A2aReply {
    pub(crate) head: ReplyHead,
    pub(crate) results: Vec<Value>,
}

/// The errors of an agent for a request of another version than its own: no such method, or unsupported version.
const OTHER_VERSION: [i64; 2] = [-32601, UNSUPPORTED_VERSION];

/// The versions of the protocol. The service's contract names 0.3; 1.0 has other methods, roles and forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum A2aVersion {
    V0_3,
    V1_0,
}

impl A2aVersion {
    /// The version that the caller's own headers name.
    fn of_headers(headers: &[(String, String)]) -> Option<Self> {
        let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(A2A_VERSION))?;
        Some(if value.trim().starts_with("0.") { Self::V0_3 } else { Self::V1_0 })
    }

    fn request(self, text: &str, stream: bool) -> Value {
        let id = || uuid::Uuid::new_v4().to_string();
        let (method, message) = match self {
            Self::V0_3 => (
                if stream { "message/stream" } else { "message/send" },
                json!({
                    "kind": "message", "role": "user", "messageId": id(), "parts": [{ "kind": "text", "text": text }],
                }),
            ),
            Self::V1_0 => (
                if stream { "SendStreamingMessage" } else { "SendMessage" },
                json!({ "role": "ROLE_USER", "messageId": id(), "parts": [{ "text": text }] }),
            ),
        };
        json!({ "jsonrpc": "2.0", "id": id(), "method": method, "params": { "message": message } })
    }
}

/// The first request for a message, with the caller's own headers.
pub(crate) fn first_request(headers: &[(String, String)], text: &str, stream: bool) -> Value {
    A2aVersion::of_headers(headers).unwrap_or(A2aVersion::V0_3).request(text, stream)
}

/// Sends one message and passes the texts of the answer to `say` as they arrive, and a line break after the last one.
/// An agent that does not know version 0.3 is sent the message again in 1.0: it refused the first request unread.
///
/// # Errors
/// As [`super::call`]; [`Kind::Agent`] for a task that failed or was rejected.
pub(crate) async fn message(
    line: CallContext<'_>,
    text: &str,
    stream: bool,
    say: &mut (dyn FnMut(&str) -> Result<ControlFlow<()>> + Send),
) -> Result<A2aReply> {
    let mut exchange = Exchange::new(line);
    let named = A2aVersion::of_headers(&exchange.headers);
    let mut version = named.unwrap_or(A2aVersion::V0_3);
    loop {
        let told = ask(&exchange, &version.request(text, stream), say).await?;
        let Some(error) = told.refused else { return told.answer() };
        let code = error.get("code").and_then(Value::as_i64);
        let other = code.is_some_and(|code| OTHER_VERSION.contains(&code));
        if other && named.is_none() && version == A2aVersion::V0_3 {
            version = A2aVersion::V1_0;
            exchange.headers.push((A2A_VERSION.to_owned(), "1.0".to_owned()));
            continue;
        }
        return Err(exchange.failed_with(&error, &told.head, remedy(code, version, stream)));
    }
}

/// The hint for an agent's error, where there is one.
fn remedy(code: Option<i64>, version: A2aVersion, stream: bool) -> Option<String> {
    match code? {
        // The header was sent, but headers that are not on the allowlist do not reach the agent.
        UNSUPPORTED_VERSION if version == A2aVersion::V1_0 => Some(version_unheard()),
        UNSUPPORTED_OPERATION if stream => Some("the agent has no streamed answers: leave out `--stream`".to_owned()),
        _ => None,
    }
}

/// The outcome of one request.
struct TaskReply {
    head: ReplyHead,
    results: Vec<Value>,
    progress: TaskProgress,
    /// The agent's error in the place of an answer.
    refused: Option<Value>,
}

impl TaskReply {
    /// # Errors
    /// [`Kind::Agent`] for a task that failed or was rejected.
    fn answer(self) -> Result<A2aReply> {
        match self.progress.failed {
            None => Ok(A2aReply { head: self.head, results: self.results }),
            Some(state) => Err(Error::new(Kind::Agent, format!("the agent's task is `{state}`"))
                .code(Code::AgentTaskFailed)
                .cause(self.progress.last_word)
                .request_id(self.head.request_id)),
        }
    }
}

async fn ask(
    exchange: &Exchange<'_>,
    request: &Value,
    say: &mut (dyn FnMut(&str) -> Result<ControlFlow<()>> + Send),
) -> Result<TaskReply> {
    let (mut results, mut progress, mut refused, mut other) = (Vec::new(), TaskProgress::default(), None, None);
    let head = exchange
        .send(request, &mut |mut message| {
            if let Some(error) = rpc_error(&message) {
                refused = Some(error.clone());
                return Ok(ControlFlow::Break(()));
            }
            let Some(result) = message.get_mut("result").map(Value::take) else {
                other.get_or_insert(message);
                return Ok(ControlFlow::Continue(()));
            };
            let text = progress.add(&result);
            results.push(result);
            if text.is_empty() { Ok(ControlFlow::Continue(())) } else { say(&text) }
        })
        .await?;
    if results.is_empty() && refused.is_none() {
        let method = request.get("method").and_then(Value::as_str).unwrap_or_default();
        return Err(exchange.without_result(method, &head, other.as_ref()));
    }
    // A result of an unknown form is shown as JSON, so that nothing is lost.
    if !progress.told
        && let Some(result) = results.last().filter(|result| !has_known_form(result))
    {
        progress.told = true;
        let _ = say(&result.to_string())?;
    }
    if progress.told {
        let _ = say("\n")?;
    }
    Ok(TaskReply { head, results, progress, refused })
}

/// The state of a task, from the results so far.
#[derive(Debug, Default)]
struct TaskProgress {
    /// Whether any text of the answer was shown, other than progress.
    told: bool,
    failed: Option<String>,
    last_word: String,
}

impl TaskProgress {
    /// The text that a result adds: a message, artifacts, pieces of artifacts, or the status message of a task that has
    /// nothing else. Forms with a wrapper (`{"task": …}`) are those of version 1.0.
    fn add(&mut self, result: &Value) -> String {
        let wrapped = ["task", "message", "statusUpdate", "artifactUpdate"].iter().find_map(|name| result.get(name));
        // `message` of a wrapped status is one level deeper; a bare message has parts itself.
        let result = wrapped.filter(|value| value.is_object()).unwrap_or(result);
        let texts = |value: Option<&Value>| value.map(parts_of).unwrap_or_default();
        let mut text = texts(Some(result));
        if text.is_empty() {
            let artifacts = result.get("artifacts").and_then(Value::as_array).into_iter().flatten();
            let whole: Vec<String> = artifacts.map(pieces_of).filter(|text| !text.is_empty()).collect();
            // A stream's last task repeats what came in pieces.
            text = if self.told { String::new() } else { whole.join("\n") };
        }
        if text.is_empty() {
            text = result.get("artifact").map(pieces_of).unwrap_or_default();
        }
        if let Some(status) = result.get("status") {
            self.last_word = texts(status.get("message"));
            let state = state_of(status);
            let over = matches!(state.as_str(), "completed" | "input-required" | "auth-required");
            if matches!(state.as_str(), "failed" | "rejected" | "canceled") {
                self.failed = Some(state);
            } else if text.is_empty() && over && !self.told {
                text.clone_from(&self.last_word);
            }
        }
        // A piece continues the last one; anything else starts a new line.
        let goes_on = result.get("append").and_then(Value::as_bool) == Some(true);
        if !text.is_empty() && std::mem::replace(&mut self.told, true) && !goes_on {
            text.insert(0, '\n');
        }
        text
    }
}

/// Whether a result is a message, a task or a piece of one, whose text [`TaskProgress::add`] would have found.
fn has_known_form(result: &Value) -> bool {
    const MEMBERS: [&str; 9] =
        ["parts", "status", "artifact", "artifacts", "kind", "task", "message", "statusUpdate", "artifactUpdate"];
    MEMBERS.iter().any(|member| result.get(member).is_some())
}

/// The texts of a message, each of which is whole; data parts as JSON, files by their names.
fn parts_of(value: &Value) -> String {
    let parts = value.get("parts").and_then(Value::as_array).into_iter().flatten();
    let texts: Vec<String> = parts.filter_map(part).collect();
    texts.join("\n")
}

/// The text of an artifact. A server keeps each appended piece as a separate part, so texts are joined without a
/// separator, as in a stream.
fn pieces_of(artifact: &Value) -> String {
    let parts = artifact.get("parts").and_then(Value::as_array).into_iter().flatten();
    let mut all = String::new();
    let mut goes_on = true;
    for value in parts {
        let Some(piece) = part(value) else { continue };
        let is_text = value.get("text").is_some_and(Value::is_string);
        if !(all.is_empty() || (goes_on && is_text)) {
            all.push('\n');
        }
        all.push_str(&piece);
        goes_on = is_text;
    }
    all
}

fn part(part: &Value) -> Option<String> {
    if let Some(text) = part.get("text").and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    if let Some(data) = part.get("data").filter(|data| !data.is_null()) {
        return Some(data.to_string());
    }
    let name = ["/file/name", "/file/uri", "/filename", "/url", "/file/mimeType", "/mediaType"];
    let name = name.iter().find_map(|at| part.pointer(at)?.as_str().filter(|name| !name.is_empty()))?;
    Some(format!("[file {name}]"))
}

/// `completed`, for version 1.0's `TASK_STATE_COMPLETED` too.
fn state_of(status: &Value) -> String {
    let state = status.get("state").and_then(Value::as_str).unwrap_or_default();
    state.trim_start_matches("TASK_STATE_").to_ascii_lowercase().replace('_', "-").replace("cancelled", "canceled")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(results: &[Value]) -> (String, TaskProgress) {
        let mut progress = TaskProgress::default();
        let text =
            results.iter().map(|result| progress.add(result)).filter(|text| !text.is_empty()).collect::<Vec<_>>();
        (text.join("|"), progress)
    }

    #[test]
    fn each_version_has_its_own_words() {
        let old = A2aVersion::V0_3.request("hi", false);
        assert_eq!(old["method"], "message/send");
        assert_eq!(old["params"]["message"]["parts"], json!([{ "kind": "text", "text": "hi" }]));
        let new = A2aVersion::V1_0.request("hi", true);
        assert_eq!(new["method"], "SendStreamingMessage");
        assert_eq!(new["params"]["message"]["role"], "ROLE_USER");
        assert_eq!(new["params"]["message"]["parts"], json!([{ "text": "hi" }]));
        let named = |value: &str| A2aVersion::of_headers(&[("a2a-version".to_owned(), value.to_owned())]);
        assert_eq!(
            [named("1.0"), named(" 1.1"), named("0.3")],
            [Some(A2aVersion::V1_0), Some(A2aVersion::V1_0), Some(A2aVersion::V0_3)]
        );
        assert_eq!(A2aVersion::of_headers(&[]), None);
    }

    #[test]
    fn refusals_that_the_caller_can_mend_say_how() {
        let told = |code, version, stream| remedy(Some(code), version, stream).unwrap_or_default();
        assert!(told(-32009, A2aVersion::V1_0, false).contains("--request-header-allowlist A2A-Version"));
        assert!(told(-32004, A2aVersion::V1_0, true).contains("leave out `--stream`"));
        assert!(told(-32004, A2aVersion::V0_3, true).contains("leave out `--stream`"));
        assert_eq!(told(-32004, A2aVersion::V1_0, false) + &told(-32603, A2aVersion::V1_0, true), "");
    }

    fn text(text: &str) -> Value {
        json!([{ "kind": "text", "text": text }])
    }

    #[test]
    fn answers_of_both_versions_read_the_same() {
        let task = json!({
            "kind": "task", "id": "t", "status": { "state": "completed" }, "artifacts": [{ "parts": text("hi") }],
            "history": [{ "role": "user", "parts": text("question") }],
        });
        assert_eq!(told(&[task]).0, "hi");
        assert_eq!(told(&[json!({ "kind": "message", "parts": text("hi") })]).0, "hi");
        assert_eq!(told(&[json!({ "message": { "parts": [{ "text": "hi" }] } })]).0, "hi");
        let task = json!({ "task": {
            "status": { "state": "TASK_STATE_COMPLETED", "message": { "parts": [{ "text": "hi" }] } },
        } });
        assert_eq!(told(&[task]).0, "hi");
    }

    #[test]
    fn artifact_parts_join_into_one_text() {
        let parts = json!([
            { "kind": "text", "text": "The " }, { "kind": "text", "text": "weather " }, { "kind": "text", "text": "is sunny." },
            { "kind": "data", "data": { "c": 21 } }, { "kind": "text", "text": "Go " }, { "kind": "text", "text": "out." },
        ]);
        let whole = "The weather is sunny.\n{\"c\":21}\nGo out.";
        let task = json!({ "kind": "task", "status": { "state": "completed" }, "artifacts": [{ "parts": parts }] });
        assert_eq!(told(&[task]).0, whole);
        assert_eq!(told(&[json!({ "kind": "artifact-update", "artifact": { "parts": parts } })]).0, whole);
        let task = json!({ "task": { "artifacts": [{ "parts": [{ "text": "a" }, { "text": " b" }] }, { "parts": [{ "text": "c" }] }] } });
        assert_eq!(told(&[task]).0, "a b\nc");
        let message = json!({ "kind": "message", "parts": [{ "text": "one" }, { "text": "two" }] });
        assert_eq!(told(&[message]).0, "one\ntwo");
    }

    #[test]
    fn a_stream_says_each_thing_once() {
        let piece = |word: &str, append: bool| json!({ "kind": "artifact-update", "artifact": { "parts": text(word) }, "append": append });
        let working =
            json!({ "kind": "status-update", "status": { "state": "working", "message": { "parts": text("…") } } });
        let done = json!({ "kind": "status-update", "final": true, "status": { "state": "completed", "message": { "parts": text("a b") } } });
        let task =
            json!({ "kind": "task", "status": { "state": "completed" }, "artifacts": [{ "parts": text("a b") }] });
        let pieces = [working, piece("a", false), piece(" b", true), piece("next", false), done, task];
        assert_eq!(told(&pieces).0, "a| b|\nnext");
    }

    #[test]
    fn failed_task_is_a_failure_with_its_reason() {
        let failed =
            json!({ "kind": "task", "status": { "state": "failed", "message": { "parts": text("no model") } } });
        let (said, progress) = told(&[failed]);
        assert_eq!(
            (said.as_str(), progress.failed.as_deref(), progress.last_word.as_str()),
            ("", Some("failed"), "no model")
        );
    }
}
