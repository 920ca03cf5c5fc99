//! Answers in the forms that AWS clients and registries parse: rest-json, json-1.1, query XML, OCI JSON.
//!
//! Owns: the shape of success and of failure per protocol. Does not own: timestamps inside (each service knows
//! whether its dates are ISO text or epoch numbers); `x-amzn-RequestId` (the router adds it to everything).

use std::borrow::Cow;

use axum::body::Body;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

pub(crate) type Response = axum::response::Response;

/// How a service writes its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// AgentCore.
    RestJson,
    /// ECR's API, Cognito's, CloudWatch Logs.
    Json11,
    /// Step Functions, DynamoDB. None of them is here; refusals have their form.
    Json10,
    /// IAM and STS. The text is the XML namespace, empty for a service that is not here.
    Query(String),
    /// EC2's own query protocol.
    Ec2,
    /// CloudFront, Route 53. Not here.
    RestXml,
    /// The newest of AWS's protocols, which SDKs prefer where a service has it. Not here.
    Cbor,
    /// The OCI distribution API.
    Registry,
}

/// A failure as a service states it.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    /// The service's name for it: `ValidationException`, `NoSuchEntity`, `NAME_UNKNOWN`.
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    /// Further members of the error body. Boxed, like the headers, so that a `Result` stays small.
    pub(crate) fields: Box<Map<String, Value>>,
    pub(crate) headers: Box<HeaderMap>,
}

impl Fault {
    pub(crate) fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code: code.into(),
            message: message.into(),
            fields: Box::default(),
            headers: Box::default(),
        }
    }

    /// The sandbox itself failed.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "InternalServerException", message)
    }

    /// The fault for an operation that the sandbox does not have.
    pub(crate) fn unknown_operation(operation: &str) -> Self {
        Self::new(501, "UnknownOperationException", format!("the sandbox does not implement {operation}"))
    }

    pub(crate) fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header; a value that no header can carry is left out.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }
}

impl From<crate::error::Error> for Fault {
    fn from(error: crate::error::Error) -> Self {
        Self::internal(error.to_string())
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::internal(format!("the sandbox could not use its disk: {error}"))
    }
}

/// A response with a body and its content type.
pub(crate) fn with_body(status: u16, content_type: &str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}

/// A response without a body.
pub(crate) fn empty(status: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// A rest-json success (also plain JSON for pages that are no AWS API).
pub(crate) fn json(status: u16, value: &Value) -> Response {
    with_body(status, "application/json", value.to_string())
}

/// A json-1.1 success; always 200.
pub(crate) fn json11(value: &Value) -> Response {
    with_body(200, "application/x-amz-json-1.1", value.to_string())
}

/// A query-protocol success: `inner` is the XML inside `{action}Result`, `None` for operations that return nothing.
pub(crate) fn query(namespace: &str, action: &str, inner: Option<&str>, request_id: &str) -> Response {
    let result = inner.map(|inner| format!("<{action}Result>{inner}</{action}Result>")).unwrap_or_default();
    let body = format!(
        "<{action}Response xmlns=\"{namespace}\">{result}<ResponseMetadata><RequestId>{request_id}</RequestId>\
         </ResponseMetadata></{action}Response>"
    );
    with_body(200, "text/xml", body)
}

/// A failure in the form of `protocol`.
pub(crate) fn fault(protocol: &Protocol, fault: Fault, request_id: &str) -> Response {
    let status = fault.status.as_u16();
    let mut response = match protocol {
        Protocol::RestJson => json(status, &json_error(&fault, false)),
        Protocol::Json11 => with_status(status, json11(&json_error(&fault, true))),
        Protocol::Json10 => with_body(status, "application/x-amz-json-1.0", json_error(&fault, true).to_string()),
        Protocol::Query(_) | Protocol::RestXml | Protocol::Ec2 => xml_error(protocol, &fault, request_id),
        Protocol::Cbor => {
            let body = cbor_map(&[("__type", &fault.code), ("message", &fault.message)]);
            let mut response = with_body(status, "application/cbor", body);
            response.headers_mut().insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
            response
        }
        Protocol::Registry => {
            let mut error = json!({"code": fault.code, "message": fault.message});
            if !fault.fields.is_empty() {
                error["detail"] = (*fault.fields).into();
            }
            json(status, &json!({ "errors": [error] }))
        }
    };
    if *protocol != Protocol::Registry
        && let Ok(code) = HeaderValue::from_str(&fault.code)
    {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response.headers_mut().extend(*fault.headers);
    response
}

fn json_error(fault: &Fault, typed: bool) -> Value {
    let mut body = Map::new();
    if typed {
        body.insert("__type".to_owned(), json!(fault.code));
    }
    body.insert("message".to_owned(), json!(fault.message));
    body.extend((*fault.fields).clone());
    body.into()
}

fn xml_error(protocol: &Protocol, fault: &Fault, request_id: &str) -> Response {
    let status = fault.status.as_u16();
    let mut error = Xml::default();
    if *protocol != Protocol::Ec2 {
        error.text("Type", if status < 500 { "Sender" } else { "Receiver" });
    }
    error.text("Code", &fault.code).text("Message", &fault.message);
    let error = error.0;
    let body = match protocol {
        Protocol::Ec2 => {
            format!("<Response><Errors><Error>{error}</Error></Errors><RequestID>{request_id}</RequestID></Response>")
        }
        Protocol::Query(namespace) if !namespace.is_empty() => format!(
            "<ErrorResponse xmlns=\"{namespace}\"><Error>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        ),
        _ => format!("<ErrorResponse><Error>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"),
    };
    with_body(status, "text/xml", body)
}

/// A map of texts in CBOR (RFC 8949): all that a failure needs of it.
fn cbor_map(entries: &[(&str, &str)]) -> Vec<u8> {
    const MAP: u8 = 0xa0;
    const TEXT_WITH_FOUR_BYTES_OF_LENGTH: u8 = 0x7a;
    let mut out = vec![MAP | u8::try_from(entries.len()).unwrap_or(23).min(23)];
    for text in entries.iter().flat_map(|(name, value)| [name, value]) {
        out.push(TEXT_WITH_FOUR_BYTES_OF_LENGTH);
        out.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(text.as_bytes());
    }
    out
}

fn with_status(status: u16, mut response: Response) -> Response {
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// A piece of XML under construction; text is escaped, names are the program's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Xml(pub(crate) String);

impl Xml {
    /// `<name>text</name>`
    pub(crate) fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.0.push_str(&format!("<{name}>{}</{name}>", escape(text)));
        self
    }

    /// `<name>…</name>` around what `inside` adds.
    pub(crate) fn element(&mut self, name: &str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.0.push_str(&format!("<{name}>"));
        inside(self);
        self.0.push_str(&format!("</{name}>"));
        self
    }
}

fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'', '\r']) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(response: Response) -> String {
        String::from_utf8(axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn each_protocol_states_a_fault_its_own_way() {
        let make = || Fault::new(404, "NoSuchEntity", "no role <x>").field("extra", 1);
        let rest = fault(&Protocol::RestJson, make(), "id-1");
        assert_eq!(rest.status(), 404);
        assert_eq!(rest.headers()["x-amzn-errortype"], "NoSuchEntity");
        assert_eq!(text(rest).await, r#"{"message":"no role <x>","extra":1}"#);
        let json11 = fault(&Protocol::Json11, make(), "id-1");
        assert_eq!(json11.status(), 404);
        assert!(text(json11).await.starts_with(r#"{"__type":"NoSuchEntity","#));
        let xml = text(fault(&Protocol::Query("ns".into()), make(), "id-1")).await;
        assert!(xml.contains("<Code>NoSuchEntity</Code><Message>no role &lt;x&gt;</Message>"), "{xml}");
        assert!(xml.contains("<RequestId>id-1</RequestId>"), "{xml}");
        let json10 = fault(&Protocol::Json10, make(), "id-1");
        assert_eq!(json10.headers()["content-type"], "application/x-amz-json-1.0");
        assert!(text(json10).await.starts_with(r#"{"__type":"NoSuchEntity","#));
        let ec2 = text(fault(&Protocol::Ec2, make(), "id-1")).await;
        assert_eq!(
            ec2,
            "<Response><Errors><Error><Code>NoSuchEntity</Code><Message>no role &lt;x&gt;</Message></Error></Errors>\
             <RequestID>id-1</RequestID></Response>"
        );
        let unknown = text(fault(&Protocol::Query(String::new()), make(), "id-1")).await;
        assert!(unknown.starts_with("<ErrorResponse><Error><Type>Sender</Type>"), "{unknown}");
        let cbor = fault(&Protocol::Cbor, Fault::new(501, "No", "n"), "id-1");
        assert_eq!(cbor.headers()["smithy-protocol"], "rpc-v2-cbor");
        let bytes = axum::body::to_bytes(cbor.into_body(), 1 << 20).await.unwrap();
        assert_eq!(&bytes[..], b"\xa2\x7a\0\0\0\x06__type\x7a\0\0\0\x02No\x7a\0\0\0\x07message\x7a\0\0\0\x01n");
        let oci = text(fault(&Protocol::Registry, make(), "id-1")).await;
        assert_eq!(oci, r#"{"errors":[{"code":"NoSuchEntity","message":"no role <x>","detail":{"extra":1}}]}"#);
    }

    #[test]
    fn xml_text_is_escaped() {
        let mut xml = Xml::default();
        xml.element("A", |xml| {
            xml.text("B", "<&>\"'\r");
        });
        assert_eq!(xml.0, "<A><B>&lt;&amp;&gt;&quot;&apos;&#13;</B></A>");
    }
}
