//! One request as every service sees it: path, query and headers parsed once, the body still on the wire.
//!
//! Owns: decoding and bounded or spooled reading of bodies. Does not own: who sent it (`sigv4`) or who answers
//! (`router`).

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::random;
use super::reply::Fault;

/// The most that is read of a request whose operation takes JSON or a form.
pub(crate) const API_BODY_LIMIT: usize = 8 << 20;
/// The limit for discarding a body.
const DISCARD_LIMIT: usize = 128 << 20;
/// Bodies up to this size are kept in memory when they are spooled.
const SPOOL_MEMORY: usize = 1 << 20;

/// A request. The body can be taken once, in one of four ways.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path as it was sent, still percent-encoded.
    pub(crate) raw_path: String,
    /// The query as it was sent, without `?`; empty when there is none.
    pub(crate) raw_query: String,
    /// The path between slashes, each part decoded: an ARN sent as one label is one segment. A final slash gives a
    /// last empty segment, because AgentCore's paths tell `/runtimes` from `/runtimes/`.
    pub(crate) segments: Vec<String>,
    /// Decoded, in the order sent.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    /// What the server adds for an upgrade of the connection.
    pub(crate) extensions: http::Extensions,
    /// Goes out as `x-amzn-RequestId`.
    pub(crate) id: String,
    /// How long the client may pause within the body.
    patience: Duration,
    /// A mutex only to make `&Request` usable across `await`: a body alone is not `Sync`.
    body: Mutex<Body>,
}

impl Request {
    pub(crate) fn new(request: axum::extract::Request, patience: Duration) -> Self {
        let (parts, body) = request.into_parts();
        let raw_path = parts.uri.path().to_owned();
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        Self {
            segments: raw_path.split('/').skip(1).map(decode).collect(),
            query: parse_pairs(&raw_query),
            method: parts.method,
            raw_path,
            raw_query,
            headers: parts.headers,
            extensions: parts.extensions,
            id: random::uuid(),
            patience,
            body: Mutex::new(body),
        }
    }

    /// The segments as string slices, for `match`.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// The header's text; `None` when it is missing or not ASCII.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first query parameter of this name.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The whole body, refused beyond `limit` bytes.
    pub(crate) async fn bytes(&mut self, limit: usize) -> Result<Bytes, Fault> {
        let mut stream = self.stream();
        let mut all = BytesMut::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| broken(&error))?;
            if all.len() + chunk.len() > limit {
                discard(&mut stream).await;
                return Err(too_large(limit as u64));
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// The body as it arrives; an error when nothing arrives for too long. Takes it: a second call gives an empty one.
    pub(crate) fn stream(&mut self) -> BoxStream<'static, std::io::Result<Bytes>> {
        let body = std::mem::take(self.body.get_mut().unwrap_or_else(PoisonError::into_inner));
        let patience = self.patience;
        stream::unfold(Some(body.into_data_stream()), move |body| async move {
            let mut body = body?;
            match tokio::time::timeout(patience, body.next()).await {
                Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(body))),
                Ok(Some(Err(error))) => Some((Err(std::io::Error::other(error)), None)),
                Ok(None) => None,
                Err(_) => Some((Err(stalled(patience)), None)),
            }
        })
        .boxed()
    }

    /// Reads what is left of the body of a request that was refused; see [`discard`].
    pub(crate) async fn discard_body(&mut self) {
        // Such a client waits for leave to send, and gets the refusal instead.
        if !self.headers.contains_key(http::header::EXPECT) {
            discard(&mut self.stream()).await;
        }
    }

    /// Reads the whole body and hashes it, on disk where it is large: for requests whose signature covers a body that
    /// is too big for memory.
    pub(crate) async fn spool(&mut self, limit: u64) -> Result<Spooled, Fault> {
        let mut stream = self.stream();
        let mut hash = Context::new(&SHA256);
        let mut memory = BytesMut::new();
        let mut file: Option<tokio::fs::File> = None;
        let mut length = 0;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| broken(&error))?;
            length += chunk.len() as u64;
            if length > limit {
                discard(&mut stream).await;
                return Err(too_large(limit));
            }
            hash.update(&chunk);
            memory.extend_from_slice(&chunk);
            if memory.len() > SPOOL_MEMORY {
                let file = match &mut file {
                    Some(file) => file,
                    None => file.insert(tokio::fs::File::from_std(tempfile::tempfile().map_err(|e| spooling(&e))?)),
                };
                file.write_all(&memory).await.map_err(|error| spooling(&error))?;
                memory.clear();
            }
        }
        if let Some(file) = &mut file {
            file.write_all(&memory).await.map_err(|error| spooling(&error))?;
            file.flush().await.map_err(|error| spooling(&error))?;
            file.rewind().await.map_err(|error| spooling(&error))?;
            memory.clear();
        }
        let content = file.map_or_else(|| SpooledContent::Memory(memory.freeze()), SpooledContent::File);
        Ok(Spooled { length, sha256: hex::encode(hash.finish()), content })
    }
}

/// A body that was read to its end.
#[derive(Debug)]
pub(crate) struct Spooled {
    pub(crate) length: u64,
    /// Lower-case hex.
    pub(crate) sha256: String,
    content: SpooledContent,
}

#[derive(Debug)]
enum SpooledContent {
    Memory(Bytes),
    /// An unnamed temporary file, positioned at its start.
    File(tokio::fs::File),
}

impl Spooled {
    /// The body again, from its start.
    pub(crate) fn into_stream(self) -> BoxStream<'static, std::io::Result<Bytes>> {
        match self.content {
            SpooledContent::Memory(bytes) => stream::once(async { Ok(bytes) }).boxed(),
            SpooledContent::File(file) => tokio_util::io::ReaderStream::with_capacity(file, 64 << 10).boxed(),
        }
    }
}

/// Discards the rest of a body, up to a limit: a client that is still sending when the connection closes sees a broken
/// pipe instead of its answer.
pub(crate) async fn discard(stream: &mut BoxStream<'static, std::io::Result<Bytes>>) {
    let mut left = DISCARD_LIMIT;
    while let Some(Ok(chunk)) = stream.next().await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            return;
        }
    }
}

/// A client that holds a connection without sending what it announced.
fn stalled(patience: Duration) -> std::io::Error {
    let text = format!("no more of it arrived within {} s", patience.as_secs_f32());
    std::io::Error::new(std::io::ErrorKind::TimedOut, text)
}

fn broken(error: &std::io::Error) -> Fault {
    if error.kind() == std::io::ErrorKind::TimedOut {
        return Fault::new(408, "RequestTimeoutException", format!("the request's body is incomplete: {error}"));
    }
    Fault::new(400, "RequestAbortedException", format!("the request's body ended early: {error}"))
}

fn spooling(error: &std::io::Error) -> Fault {
    Fault::internal(format!("could not spool the request's body: {error}"))
}

fn too_large(limit: u64) -> Fault {
    Fault::new(413, "RequestEntityTooLargeException", format!("the request's body is larger than {limit} bytes"))
}

/// Percent-decoding of one path segment; bytes that are no UTF-8 become U+FFFD and then match nothing.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Pairs of a query or a form: `+` is a space.
pub(crate) fn parse_pairs(text: &str) -> Vec<(String, String)> {
    let plain = |part: &str| -> String {
        let part: Cow<'_, str> = if part.contains('+') { part.replace('+', " ").into() } else { part.into() };
        decode(&part)
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect()
}

/// A JSON object body; an empty body counts as `{}`.
///
/// # Errors
/// `SerializationException` for anything that is not a JSON object.
pub(crate) fn json_object(body: &[u8]) -> Result<Value, Fault> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(Fault::new(400, "SerializationException", "the request's body is not a JSON object")),
        Err(error) => Err(Fault::new(400, "SerializationException", format!("the request's body is no JSON: {error}"))),
    }
}

/// The input of a query-protocol operation (IAM, STS): flat names such as `Tags.member.1.Key`.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueryForm(Vec<(String, String)>);

impl QueryForm {
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(parse_pairs(&String::from_utf8_lossy(body)))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The members of a list of structures: for `Tags` and `["Key", "Value"]`, one array per `Tags.member.N`.
    pub(crate) fn members<const N: usize>(&self, list: &str, fields: [&str; N]) -> Vec<[String; N]> {
        (1..)
            .map(|index| fields.map(|field| self.get(&format!("{list}.member.{index}.{field}")).map(str::to_owned)))
            .take_while(|member| member.iter().any(Option::is_some))
            .map(|member| member.map(Option::unwrap_or_default))
            .collect()
    }

    /// The members of a list of strings.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        (1..).map_while(|index| self.get(&format!("{name}.member.{index}"))).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str, body: impl Into<Body>) -> Request {
        Request::new(http::Request::builder().uri(uri).body(body.into()).unwrap(), Duration::from_secs(30))
    }

    #[test]
    fn arn_is_one_segment_and_final_slash_counts() {
        let request =
            request("/runtimes/arn%3Aaws%3Ax%3Aruntime%2Fa-1/invocations?qualifier=a%20b&x=1+2", Body::empty());
        assert_eq!(request.path(), ["runtimes", "arn:aws:x:runtime/a-1", "invocations"]);
        assert_eq!(request.query("qualifier"), Some("a b"));
        assert_eq!(request.query("x"), Some("1 2"));
        assert_eq!(self::request("/runtimes/", Body::empty()).path(), ["runtimes", ""]);
    }

    #[tokio::test]
    async fn bodies_are_bounded_and_spooled_with_their_hash() {
        let fault = request("/", "12345").bytes(4).await.unwrap_err();
        assert_eq!(fault.status.as_u16(), 413);
        assert_eq!(request("/", "12345").bytes(5).await.unwrap(), "12345");

        for size in [0, 5, SPOOL_MEMORY, SPOOL_MEMORY * 3 + 1] {
            let data = vec![7_u8; size];
            let spooled = request("/", data.clone()).spool(u64::MAX).await.unwrap();
            assert_eq!(spooled.length, size as u64);
            assert_eq!(spooled.sha256, hex::encode(aws_lc_rs::digest::digest(&SHA256, &data)));
            let chunks: Vec<_> = spooled.into_stream().map(Result::unwrap).collect().await;
            assert_eq!(chunks.concat(), data);
        }
        assert_eq!(request("/", "12345").spool(4).await.unwrap_err().status.as_u16(), 413);
    }

    #[test]
    fn forms_list_their_members() {
        let form = QueryForm::parse(
            b"Action=TagRole&Tags.member.1.Key=a&Tags.member.1.Value=b+c&Tags.member.2.Key=d&N.member.1=x",
        );
        assert_eq!(
            form.members("Tags", ["Key", "Value"]),
            [["a".to_owned(), "b c".to_owned()], ["d".to_owned(), String::new()]]
        );
        assert_eq!(form.list("N"), ["x"]);
        assert_eq!(form.get("Action"), Some("TagRole"));
    }
}
