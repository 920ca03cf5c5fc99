//! A collector for OpenTelemetry's protocol over HTTP: `POST /v1/traces`, as Protocol Buffers or JSON.
//!
//! Owns: the exchange, and the variables that lead an agent's exporter here. Logs and metrics are taken and thrown away: an
//! exporter that is refused fills the agent's log with complaints. Does not own: messages (`otlp`), spans (`spans`, `stored`).
//! Source: the OTLP specification, section OTLP/HTTP.

use std::io::Read;

use flate2::read::GzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::{Value, json};

use super::journal::{EntryKind, Journal};
use super::{otlp, spans};
use crate::sandbox::reply::{self, Response};
use crate::sandbox::request::{API_BODY_LIMIT, Request};

const TRACES: &str = "/v1/traces";
const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";
/// Bytes of an unpacked body: as many as one may have that is not packed.
const UNPACKED: u64 = API_BODY_LIMIT as u64;
/// `INVALID_ARGUMENT` among the codes of `google.rpc`.
const INVALID_ARGUMENT: u8 = 3;

/// Variables by which somebody chose where spans go, or how.
const CHOICES: [&str; 4] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
];

/// The variables by which exporters find the collector at `url`; none where `given` has a choice already.
pub(crate) fn variables(given: &[(String, String)], url: &str) -> Vec<(String, String)> {
    if given.iter().any(|(name, _)| CHOICES.contains(&name.as_str())) {
        return Vec::new();
    }
    let [endpoint, _, protocol, _] = CHOICES;
    vec![(endpoint.to_owned(), url.to_owned()), (protocol.to_owned(), "http/protobuf".to_owned())]
}

/// The same for the agent in an artifact, which may be instrumented without a word in its code. AWS's distribution takes the
/// address for spans alone, and puts X-Ray's in its place where there is none. `traces`: that address.
pub(crate) fn artifact_variables(given: &[(String, String)], traces: &str) -> Vec<(String, String)> {
    const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
    if given.iter().any(|(name, _)| CHOICES.contains(&name.as_str()) || name == EXPORTER) {
        return Vec::new();
    }
    let [_, endpoint, _, protocol] = CHOICES;
    let all = [(endpoint, traces), (protocol, "http/protobuf"), (EXPORTER, "otlp")];
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// Whether this is a path of the collector.
pub(crate) fn is_for(path: &str) -> bool {
    matches!(path, TRACES | "/v1/logs" | "/v1/metrics")
}

/// The address for the spans of the exporter with this name, at a collector that tells exporters apart.
pub(crate) fn address(url: &str, exporter: &str) -> String {
    format!("{url}{TRACES}/{exporter}")
}

/// The name of the exporter that has an address with this path.
pub(crate) fn exporter(path: &str) -> Option<&str> {
    path.strip_prefix(TRACES)?.strip_prefix('/')
}

/// Answers a request at one of its paths. `keep` gets the spans that came, in the JSON form of the protocol.
pub(crate) async fn answer(journal: &Journal, request: &mut Request, keep: impl FnOnce(&Value)) -> Response {
    let text = |name| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = text(CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = kind == JSON;
    let is_packed = match text(CONTENT_ENCODING).trim() {
        "" | "identity" => false,
        "gzip" => true,
        other => {
            let why = format!("the content encoding `{other}` is not supported; use gzip or none");
            request.discard_body().await;
            return refusal(415, is_json, &why);
        }
    };
    if request.method != http::Method::POST || !(is_json || kind == PROTOBUF) {
        request.discard_body().await;
        let status = if request.method == http::Method::POST { 415 } else { 405 };
        return refusal(status, true, &format!("send the data with POST, as {PROTOBUF} or {JSON}"));
    }
    let body = match request.bytes(API_BODY_LIMIT).await {
        Ok(body) => body,
        Err(fault) => return refusal(fault.status.as_u16(), is_json, &fault.message),
    };
    if request.raw_path.starts_with(TRACES) {
        let decoded = if is_packed { unpacked(&body) } else { Ok(body.to_vec()) };
        let decoded = decoded.and_then(|body| match is_json {
            true => serde_json::from_slice::<Value>(&body).map_err(|error| error.to_string()),
            false => otlp::decode(&body).map_err(|error| error.0),
        });
        match decoded {
            Ok(exported) => {
                spans::of_request(&exported).iter().for_each(|span| journal.add(EntryKind::Span, span));
                keep(&exported);
            }
            Err(why) => return refusal(400, is_json, &why),
        }
    }
    // An empty message: everything was taken.
    if is_json { reply::with_body(200, JSON, "{}") } else { reply::with_body(200, PROTOBUF, "") }
}

fn unpacked(body: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let read = GzDecoder::new(body).take(UNPACKED + 1).read_to_end(&mut out);
    match read {
        Ok(_) if out.len() as u64 > UNPACKED => Err(format!("the unpacked body is larger than {UNPACKED} bytes")),
        Ok(_) => Ok(out),
        Err(error) => Err(format!("the body is not valid gzip: {error}")),
    }
}

/// A `google.rpc.Status` in the form of the request.
fn refusal(status: u16, is_json: bool, why: &str) -> Response {
    if is_json {
        return reply::json(status, &json!({ "code": INVALID_ARGUMENT, "message": why }));
    }
    // The fields `code`, a number, and `message`, a text.
    let mut body = vec![0x08, INVALID_ARGUMENT, 0x12];
    prost::encoding::encode_varint(why.len() as u64, &mut body);
    body.extend_from_slice(why.as_bytes());
    reply::with_body(status, PROTOBUF, body)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use axum::body::Body;

    use super::*;
    use crate::sandbox::dev::otlp::tests::field;

    async fn post(journal: &Journal, (path, kind, encoding): (&str, &str, &str), body: Vec<u8>) -> (u16, Vec<u8>) {
        let request = http::Request::post(path).header(CONTENT_TYPE, kind).header(CONTENT_ENCODING, encoding);
        let mut request = Request::new(request.body(Body::from(body)).unwrap(), Duration::from_secs(30));
        let response = answer(journal, &mut request, |_| ()).await;
        assert!(response.status() != 200 || response.headers()[CONTENT_TYPE] == kind);
        let status = response.status().as_u16();
        (status, axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn spans_arrive_in_every_form() {
        let journal = Journal::default();
        let packed = |bytes: &[u8]| {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            out.write_all(bytes).unwrap();
            out.finish().unwrap()
        };
        let proto = |name: &str| field(1, field(2, field(2, field(5, name))));
        let json = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [{ "name": "three" }] }] }] }).to_string();
        let traces = "/v1/traces";
        assert_eq!(post(&journal, (traces, PROTOBUF, ""), proto("one")).await, (200, vec![]));
        assert_eq!(post(&journal, (traces, PROTOBUF, "gzip"), packed(&proto("two"))).await, (200, vec![]));
        assert_eq!(post(&journal, (traces, JSON, "identity"), json.into_bytes()).await, (200, b"{}".to_vec()));
        // What is thrown away is not looked at.
        assert_eq!(post(&journal, ("/v1/metrics", PROTOBUF, ""), b"\xff".to_vec()).await, (200, vec![]));
        for (path, kind, encoding, body, status) in [
            (traces, PROTOBUF, "", &b"\xff"[..], 400),
            (traces, JSON, "", b"no JSON", 400),
            (traces, PROTOBUF, "gzip", b"not packed", 400),
            (traces, PROTOBUF, "zstd", b"", 415),
            (traces, "text/plain", "", b"{}", 415),
        ] {
            assert_eq!(post(&journal, (path, kind, encoding), body.to_vec()).await.0, status, "{kind} {encoding}");
        }
        let why = unpacked(&packed(&vec![b' '; API_BODY_LIMIT + 1])).unwrap_err();
        assert!(why.contains("larger"), "{why}");
        let (text, _) = journal.lists();
        let names: Vec<&str> = ["one", "two", "three"].into_iter().filter(|name| text.contains(name)).collect();
        assert_eq!(names.len(), 3, "{text}");
    }

    #[test]
    fn a_choice_of_the_users_stays() {
        let own = |name: &str| variables(&[(name.to_owned(), "x".to_owned())], "http://127.0.0.1:1");
        assert_eq!(own("OTEL_SERVICE_NAME").len(), 2);
        assert!(CHOICES.iter().all(|name| own(name).is_empty()));
    }
}
