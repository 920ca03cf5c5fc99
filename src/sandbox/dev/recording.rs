//! One request to an agent as the page shows it, while it happens.
//!
//! Owns: what is kept of a request and of its answer. Does not own: answering it. Headers are never kept, and of the two
//! bodies only the beginning, without what looks like a token.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http_body::{Frame, SizeHint};
use serde_json::{Value, json};

use super::journal::{EntryKind, Journal, millis};
use super::mask::masked;
use crate::auth::Verdict;
use crate::sandbox::dataplane::headers::SESSION;
use crate::sandbox::reply::Response;

/// Bytes that are kept of each body.
const KEPT: usize = 1024;

/// Marks a request that the page makes, with the persona whose token it has.
#[derive(Clone, Debug)]
pub(crate) struct FromPage {
    pub(crate) persona: Option<String>,
}

/// A request that is recorded. It is among the extensions of the request, so that whoever judges the caller can say how.
#[derive(Clone, Debug)]
pub(crate) struct Recording(Arc<Recorded>);

#[derive(Debug)]
struct Recorded {
    journal: Arc<Journal>,
    began: Instant,
    state: Mutex<RecordedState>,
}

#[derive(Debug, Default)]
struct RecordedState {
    /// In the journal.
    key: u64,
    at: i64,
    method: String,
    path: String,
    agent: String,
    session: Option<String>,
    request_id: Option<String>,
    /// The trace that the caller is in.
    trace: Option<String>,
    from_page: Option<FromPage>,
    verdict: Option<Value>,
    status: Option<u16>,
    content_type: Option<String>,
    /// Milliseconds until the answer began, and until it ended.
    first: Option<u64>,
    total: Option<u64>,
    cut_off: bool,
    request: Excerpt,
    response: Excerpt,
}

/// The beginning of a body.
#[derive(Debug, Default)]
struct Excerpt {
    bytes: Vec<u8>,
    total: u64,
}

impl Excerpt {
    fn push(&mut self, chunk: &[u8]) {
        self.total += chunk.len() as u64;
        let room = KEPT.saturating_sub(self.bytes.len()).min(chunk.len());
        self.bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
    }

    fn value(&self) -> Value {
        let text = String::from_utf8_lossy(&self.bytes);
        json!({ "text": masked(&text), "bytes": self.total, "cut": self.total > self.bytes.len() as u64 })
    }
}

impl Recording {
    /// Begins with the head of a request, whose body is to be replaced by that of [`Recording::request`].
    pub(crate) fn begin(journal: &Arc<Journal>, agent: &str, request: &axum::extract::Request) -> Self {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let session = text(SESSION).map(str::to_owned);
        let trace = text("traceparent").and_then(|parent| parent.split('-').nth(1)).map(str::to_ascii_lowercase);
        let state = RecordedState {
            key: KEYS.fetch_add(1, Ordering::Relaxed),
            at: millis(),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            agent: agent.to_owned(),
            session,
            trace,
            from_page: request.extensions().get::<FromPage>().cloned(),
            ..RecordedState::default()
        };
        let recording =
            Self(Arc::new(Recorded { journal: Arc::clone(journal), began: Instant::now(), state: Mutex::new(state) }));
        recording.0.journal.put_new(EntryKind::Request, recording.0.key(), &recording.0.value());
        recording
    }

    /// The request with a body that is recorded as it is read, and with this recording among its extensions.
    pub(crate) fn request(&self, request: axum::extract::Request) -> axum::extract::Request {
        let watched = self.clone();
        let mut request = request.map(|body| {
            Body::new(RecordedBody { body, recording: watched, is_answer: false, ended: false, length: None })
        });
        request.extensions_mut().insert(self.clone());
        request
    }

    /// The caller calls this agent.
    pub(crate) fn agent(&self, name: &str) {
        self.0.change(|state| name.clone_into(&mut state.agent));
    }

    /// How the caller was judged.
    pub(crate) fn judged(&self, verdict: &Verdict) {
        let value = verdict.data();
        self.0.change(|state| state.verdict = Some(value));
    }

    /// The answer with a body that is recorded as it is sent.
    pub(crate) fn response(self, response: Response) -> Response {
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (session, request_id) = (text(SESSION), text("x-amzn-requestid"));
        let content_type = text("content-type");
        let length = text(CONTENT_LENGTH.as_str()).and_then(|text| text.parse().ok());
        let first = self.0.elapsed();
        self.0.change(|state| {
            state.status = Some(response.status().as_u16());
            state.session = session.or_else(|| state.session.take());
            (state.request_id, state.content_type) = (request_id, content_type);
            state.first = Some(first);
        });
        self.0.publish();
        response.map(|body| Body::new(RecordedBody { body, recording: self, is_answer: true, ended: false, length }))
    }
}

impl Recorded {
    fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn change<T>(&self, work: impl FnOnce(&mut RecordedState) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn key(&self) -> u64 {
        self.change(|state| state.key)
    }

    fn publish(&self) {
        self.journal.put(EntryKind::Request, self.key(), &self.value());
    }

    fn value(&self) -> Value {
        self.change(|state| {
            json!({
                "key": state.key,
                "at": state.at,
                "method": state.method,
                "path": state.path,
                "agent": state.agent,
                "session": state.session,
                "requestId": state.request_id,
                "trace": state.trace,
                "fromPage": state.from_page.is_some(),
                "persona": state.from_page.as_ref().and_then(|page| page.persona.as_deref()),
                "verdict": state.verdict,
                "status": state.status,
                "contentType": state.content_type,
                "firstMs": state.first,
                "totalMs": state.total,
                "cutOff": state.cut_off,
                "request": state.request.value(),
                "response": state.response.value(),
            })
        })
    }
}

impl Drop for Recorded {
    /// A caller who leaves before the answer begins is given none.
    fn drop(&mut self) {
        let total = self.elapsed();
        let was_left = self.change(|state| {
            let was_left = state.status.is_none();
            if was_left {
                (state.total, state.cut_off) = (Some(total), true);
            }
            was_left
        });
        if was_left {
            self.publish();
        }
    }
}

/// A body whose beginning is recorded. It tells its length as the one inside does.
struct RecordedBody {
    body: Body,
    recording: Recording,
    is_answer: bool,
    /// The whole of it was read.
    ended: bool,
    /// As its headers state it.
    length: Option<u64>,
}

impl http_body::Body for RecordedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(None) => self.ended = true,
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(chunk) = frame.data_ref() {
                    let is_answer = self.is_answer;
                    self.recording.0.change(|state| {
                        let excerpt = if is_answer { &mut state.response } else { &mut state.request };
                        excerpt.push(chunk);
                    });
                }
            }
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for RecordedBody {
    fn drop(&mut self) {
        if !self.is_answer {
            return;
        }
        // A body of known length is not asked for its end.
        let is_whole = self.ended || http_body::Body::is_end_stream(&self.body);
        let (length, total) = (self.length, self.recording.0.elapsed());
        self.recording.0.change(|state| {
            state.total = Some(total);
            state.cut_off = !is_whole && length != Some(state.response.total);
        });
        self.recording.0.publish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_who_leaves_ends_the_request() {
        let journal = Arc::new(Journal::default());
        let shown = || {
            let all: Value = serde_json::from_str(&format!("{{{}}}", journal.lists().0)).unwrap();
            all["requests"][0].clone()
        };
        let request = http::Request::post("/invocations").body(Body::from("{}")).unwrap();
        let recording = Recording::begin(&journal, "a", &request);
        let request = recording.request(request);
        drop(recording);
        assert!(shown()["totalMs"].is_null(), "{}", shown());
        drop(request);
        assert!(shown()["totalMs"].is_number(), "{}", shown());
        assert_eq!((&shown()["cutOff"], &shown()["status"]), (&json!(true), &Value::Null));
    }
}
