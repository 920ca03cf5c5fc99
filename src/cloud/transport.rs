//! The AWS SDK's HTTP client, with time limits that depend on progress, and with the host in every failure.
//!
//! Owns: the time until the first byte of an answer, which a moving upload does not use up, and the time for the rest of
//! it; that every answer was read as a whole and says where it came from. Does not own: connecting (the SDK's client
//! does), or what is repeated (the SDK does), but a silent host is not worth a third attempt.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::ErrorKind;
use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use crate::deadline::Waiting;
use crate::http::{FIRST_BYTE, Pace, is_not_http};

/// A body of this size is an upload, whose last bytes may need a while to leave this machine.
const UPLOAD: u64 = 1 << 20;
/// How long an upload may stand still, its end and the service's own work after it included.
const STALL: Duration = Duration::from_secs(120);
/// So that the progress of a body in memory can be seen.
const PIECE: usize = 64 << 10;
/// No answer of an AWS API is as large.
const LIMIT: usize = 64 << 20;

/// The host that sent an answer, as an extension of it.
#[derive(Clone, Debug)]
pub(super) struct AnsweredBy(pub(super) String);

/// Why there is no answer that could be read.
#[derive(Debug)]
pub(super) struct NoAnswer {
    pub(super) host: String,
    pub(super) why: TransportFault,
    source: Option<BoxError>,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why.text(&self.host))
    }
}

impl std::error::Error for NoAnswer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TransportFault {
    /// No connection, or it broke.
    Unreachable,
    /// What answered does not speak HTTP.
    NotHttp,
    /// No connection within the time for it.
    NotConnected,
    /// Connected, and nothing came within this time.
    Silent(Duration),
    /// The answer began and did not go on.
    Stalled(Duration),
    /// The answer began, and the connection ended before it did.
    Cut,
    /// A successful answer with an empty body where one is required.
    Empty,
    TooLarge,
}

impl TransportFault {
    fn text(self, host: &str) -> String {
        match self {
            Self::Unreachable => format!("no answer from `{host}`"),
            Self::NotHttp => format!("what answers at `{host}` does not speak HTTP"),
            Self::Cut => format!("the answer of `{host}` was cut off"),
            Self::NotConnected => format!("no connection to `{host}` within the time for it"),
            Self::Silent(limit) => format!("no answer from `{host}` within {} s", limit.as_secs_f32()),
            Self::Stalled(limit) => {
                format!("the answer of `{host}` began and did not go on for {} s", limit.as_secs_f32())
            }
            Self::Empty => format!("the answer of `{host}` is empty"),
            Self::TooLarge => format!("the answer of `{host}` is larger than {LIMIT} bytes"),
        }
    }

    /// Time ran out.
    pub(super) fn is_timeout(self) -> bool {
        matches!(self, Self::NotConnected | Self::Silent(_) | Self::Stalled(_))
    }

    /// No shorter limit than `usual` was kept to.
    pub(super) fn is_final(self, usual: Duration) -> bool {
        match self {
            Self::Silent(limit) | Self::Stalled(limit) => limit >= usual,
            other => other.is_unreadable(),
        }
    }

    /// There was an answer, but an unusable one.
    pub(super) fn is_unreadable(self) -> bool {
        matches!(self, Self::NotHttp | Self::Cut | Self::Empty | Self::TooLarge)
    }
}

impl NoAnswer {
    /// In the causes of `error`.
    pub(super) fn find<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            next = error.source();
        }
        None
    }

    fn into_connector_error(self, repeat: bool) -> ConnectorError {
        let why = self.why;
        match why {
            TransportFault::Unreachable | TransportFault::Cut => ConnectorError::io(self.into()),
            TransportFault::NotConnected => ConnectorError::timeout(self.into()).never_connected(),
            TransportFault::Silent(_) | TransportFault::Stalled(_) => {
                ConnectorError::other(self.into(), repeat.then_some(ErrorKind::TransientError))
            }
            TransportFault::Empty => ConnectorError::other(self.into(), Some(ErrorKind::TransientError)),
            TransportFault::TooLarge | TransportFault::NotHttp => ConnectorError::other(self.into(), None),
        }
    }
}

/// The SDK's HTTP client, watched.
#[derive(Debug)]
pub(super) struct Watched(pub(super) SharedHttpClient);

impl HttpClient for Watched {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        // The client's own read timeout would also count while a body is sent.
        let mut own = HttpConnectorSettings::builder();
        own.set_connect_timeout(settings.connect_timeout());
        SharedHttpConnector::new(WatchedConnector {
            inner: self.0.http_connector(&own.build(), components),
            first_byte: settings.read_timeout().unwrap_or(FIRST_BYTE),
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.validate_base_client_config(components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.0.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

#[derive(Debug)]
struct WatchedConnector {
    inner: SharedHttpConnector,
    first_byte: Duration,
}

impl HttpConnector for WatchedConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let call = RequestWatch {
            host: host_of(request.uri()),
            repeat: is_first_attempt(&request),
            wants_body: wants_body(&request),
            limit: self.first_byte,
        };
        let size = Body::size_hint(request.body()).lower();
        let limit = if size >= UPLOAD { self.first_byte.max(STALL) } else { self.first_byte };
        let moved = LastMoved::default();
        if size > PIECE as u64 {
            let body = request.take_body();
            *request.body_mut() =
                SdkBody::from_body_1_x(MovingBody { inner: body, rest: Bytes::new(), moved: moved.clone() });
        }
        let sent = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let _waiting = Waiting::on(format!("an answer from `{}`", call.host));
            let response = tokio::select! {
                response = sent => response.map_err(|error| call.failed(error))?,
                () = moved.stopped(limit) => return Err(call.no_answer(TransportFault::Silent(limit), None)),
            };
            call.read(response).await
        })
    }
}

/// The state of a request under way.
struct RequestWatch {
    host: String,
    /// Another attempt is allowed.
    repeat: bool,
    wants_body: bool,
    limit: Duration,
}

impl RequestWatch {
    fn no_answer(&self, why: TransportFault, source: Option<BoxError>) -> ConnectorError {
        NoAnswer { host: self.host.clone(), why, source }.into_connector_error(self.repeat)
    }

    /// The client below has one limit of time: that for connecting.
    fn failed(&self, error: ConnectorError) -> ConnectorError {
        if error.is_user() {
            return error;
        }
        let timeout = error.is_timeout();
        let source = error.into_source();
        let why = match timeout {
            true => TransportFault::NotConnected,
            false if is_not_http(source.as_ref()) => TransportFault::NotHttp,
            false => TransportFault::Unreachable,
        };
        self.no_answer(why, Some(source))
    }

    async fn read(&self, mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
        let mut body = ByteStream::new(response.take_body());
        let (mut bytes, mut pace) = (BytesMut::new(), Pace::new(self.limit));
        loop {
            match pace.next(body.next()).await {
                Ok(Some(Ok(piece))) => {
                    pace.took(piece.len());
                    if bytes.len() + piece.len() > LIMIT {
                        return Err(self.no_answer(TransportFault::TooLarge, None));
                    }
                    bytes.extend_from_slice(&piece);
                }
                Ok(Some(Err(error))) => return Err(self.no_answer(TransportFault::Cut, Some(error.into()))),
                Ok(None) => break,
                Err(_) => return Err(self.no_answer(TransportFault::Stalled(self.limit), None)),
            }
        }
        if bytes.is_empty() && self.wants_body && response.status().as_u16() == 200 {
            return Err(self.no_answer(TransportFault::Empty, None));
        }
        *response.body_mut() = SdkBody::from(bytes.freeze());
        response.add_extension(AnsweredBy(self.host.clone()));
        Ok(response)
    }
}

/// When the body of a request last moved.
#[derive(Clone, Debug)]
struct LastMoved(Arc<Mutex<Instant>>);

impl Default for LastMoved {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl LastMoved {
    fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Completes when nothing has moved for `limit`.
    async fn stopped(&self, limit: Duration) {
        loop {
            let end = *self.0.lock().unwrap_or_else(PoisonError::into_inner) + limit;
            if end <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }
}

/// A body that is handed out in pieces, so that its progress can be seen.
struct MovingBody {
    inner: SdkBody,
    rest: Bytes,
    moved: LastMoved,
}

impl Body for MovingBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.moved.now();
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                other => return Poll::Ready(other),
            }
        }
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && Body::is_end_stream(&self.inner)
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, rest) = (Body::size_hint(&self.inner), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + rest);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

/// Host and port of an address.
pub(super) fn host_of(uri: &str) -> String {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned()
}

/// A silent host gets one more attempt, not two: half a minute each is long enough to wait.
fn is_first_attempt(request: &HttpRequest) -> bool {
    request.headers().get("amz-sdk-request").is_none_or(|pairs| pairs.contains("attempt=1"))
}

/// Whether a success without a body cannot be one. The SDK would read it as an empty answer, such as an empty list, and
/// existing resources would be created again.
fn wants_body(request: &HttpRequest) -> bool {
    let header = |name| request.headers().get(name).unwrap_or_default();
    match (request.method(), header("x-amz-target")) {
        ("GET", _) => true,
        ("POST", "") => header("content-type").contains("json"),
        ("POST", target) => {
            let operation = target.rsplit('.').next().unwrap_or(target);
            ["Get", "List", "Describe", "Batch", "Create", "Start", "Initiate", "Respond"]
                .iter()
                .any(|verb| operation.starts_with(verb))
        }
        _ => false,
    }
}

#[cfg(test)]
#[path = "transport_tests.rs"]
mod tests;
