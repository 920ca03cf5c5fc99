//! Client connections: how many at once, and how long one may take to send its request.
//!
//! Owns: accepting, the limit that connections take up, closing idle ones, and shutdown. Does not own: answers
//! (`router`), and waiting for bodies (`request`).
//!
//! Every connection starts with one of a few waiting permits and gets a permit of its own, at the latest with its first
//! request. When none is free, connections that have been quiet for a while are closed; requests to the sandbox itself
//! (`/_sandbox/`) are answered even then. Waiting permits alone run out whenever many connections come at once, and then
//! none of those that have a permit is closed: a request that comes just then would be lost.
//!
//! A client may begin with HTTP/2 right away, as the AWS SDK for JavaScript does for Bedrock.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use http::HeaderValue;
use http::header::HOST;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::reply::{self, Fault, Protocol, Response};
use super::{SharedSandbox, router};

/// How long open requests may take to end after the sandbox was asked to stop.
const DRAIN: Duration = Duration::from_secs(3);
/// Connections that may wait for a permit.
const WAITING: usize = 8;
/// How many times as long as a body may pause until the next request's head is there. Time without a request counts as
/// well, and clients keep connections for up to 90 s (the AWS SDKs'): closing one just as a request comes loses that request.
const HEAD: u32 = 4;
/// How long a request waits for a permit before it is answered with 503.
const PLACE_WITHIN: Duration = Duration::from_secs(50);
/// How often idle connections are asked to close while another one waits; also how long one must have been quiet for that.
const PRESS_EVERY: Duration = Duration::from_millis(500);
/// Until the rest of a preface is looked for.
const PREFACE_PAUSE: Duration = Duration::from_millis(1);
/// After a connection could not be accepted: the cause rarely goes away at once.
const PAUSE: Duration = Duration::from_millis(50);

/// What all connections share.
struct ConnectionLimit {
    /// Each of these may have a request under way.
    free: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Changes when connections without a request are to close.
    pressed: watch::Sender<()>,
}

/// A connection's permit, held by all that use the connection: a web socket outlives the connection's task.
#[derive(Clone)]
pub(crate) struct ConnectionPermit(Arc<Mutex<OwnedSemaphorePermit>>);

impl ConnectionLimit {
    fn new(connections: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(connections)),
            waiting: Arc::new(Semaphore::new(WAITING)),
            pressed: watch::Sender::new(()),
        }
    }

    /// A permit of `semaphore`, in the order of asking; while it waits, idle connections are asked to close.
    async fn acquire(&self, semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
        let mut permit = std::pin::pin!(Arc::clone(semaphore).acquire_owned());
        let mut press = tokio::time::interval(PRESS_EVERY);
        loop {
            tokio::select! {
                biased;
                // Nobody closes these semaphores.
                Ok(permit) = &mut permit => return permit,
                _ = press.tick() => {
                    self.pressed.send_replace(());
                }
            }
        }
    }
}

/// Serves connections until `shutdown` completes or a client asks the sandbox to stop.
pub(super) async fn listen(sandbox: &SharedSandbox, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
    let limit = Arc::new(ConnectionLimit::new(sandbox.limits.connections));
    let mut open = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => {
                sandbox.request_stop();
                break;
            }
            () = sandbox.stopped() => break,
            Some(_) = open.join_next() => {}
            (stream, permit) = next(&listener, &limit) => {
                let place = ConnectionPermit(Arc::new(Mutex::new(permit)));
                open.spawn(serve(Arc::clone(sandbox), Arc::clone(&limit), stream, place));
            }
        }
    }
    drop(listener);
    // A stream that never ends must not delay the stop: connections still open after this are closed.
    let _ = tokio::time::timeout(DRAIN, async { while open.join_next().await.is_some() {} }).await;
}

/// The next connection, with a waiting permit.
async fn next(listener: &TcpListener, limit: &ConnectionLimit) -> (TcpStream, OwnedSemaphorePermit) {
    let permit = limit.acquire(&limit.waiting).await;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            // Too many open files, or a client that has gone already. Neither ends the sandbox.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn serve(sandbox: SharedSandbox, limit: Arc<ConnectionLimit>, stream: TcpStream, place: ConnectionPermit) {
    // Answers go out in small pieces; waiting for the other side's acknowledgement would add 40 ms to many of them.
    let _ = stream.set_nodelay(true);
    let placed = AtomicBool::new(false);
    if let Ok(permit) = Arc::clone(&limit.free).try_acquire_owned() {
        place.set(permit);
        placed.store(true, Ordering::Relaxed);
    }
    let patience = sandbox.options.patience * HEAD;
    let (began, moved) = (AtomicBool::new(false), Mutex::new(Instant::now()));
    let client = Arc::new(Client { sandbox, limit, place, placed, began, moved });
    let Some(is_http2) = client.waits_for(tokio::time::timeout(patience, begins_http2(&stream))).await else { return };
    let Ok(is_http2) = is_http2 else { return };
    let own = Arc::clone(&client);
    let answer = service_fn(move |request: http::Request<Incoming>| {
        own.began.store(true, Ordering::Relaxed);
        answer(Arc::clone(&own), request)
    });
    let stream = TokioIo::new(stream);
    if is_http2 {
        let builder = http2::Builder::new(TokioExecutor::new());
        let connection = builder.serve_connection(stream, answer);
        client.follow(connection, http2::Connection::graceful_shutdown).await;
    } else {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(patience);
        let connection = builder.serve_connection(stream, answer).with_upgrades();
        client.follow(connection, http1::UpgradeableConnection::graceful_shutdown).await;
    }
}

/// Whether the client begins with HTTP/2's preface. Nothing is taken from the stream.
async fn begins_http2(stream: &TcpStream) -> bool {
    // No request of HTTP/1 has this method.
    const PREFACE: &[u8; 4] = b"PRI ";
    let mut start = [0; PREFACE.len()];
    loop {
        match stream.peek(&mut start).await {
            Ok(count @ 1..) if count < start.len() && start.get(..count) == PREFACE.get(..count) => {
                tokio::time::sleep(PREFACE_PAUSE).await;
            }
            Ok(_) => return start == *PREFACE,
            Err(_) => return false,
        }
    }
}

/// What a connection's requests share.
struct Client {
    sandbox: SharedSandbox,
    limit: Arc<ConnectionLimit>,
    place: ConnectionPermit,
    placed: AtomicBool,
    /// It has sent a request.
    began: AtomicBool,
    /// When it was opened, or a request last came or was answered.
    moved: Mutex<Instant>,
}

impl Client {
    fn moves(&self) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Others lack the permit that this connection has, or it has none, and it has been quiet for a while.
    fn may_close(&self) -> bool {
        let holds_up = !self.placed.load(Ordering::Relaxed) || self.limit.free.available_permits() == 0;
        holds_up && self.moved.lock().unwrap_or_else(PoisonError::into_inner).elapsed() >= PRESS_EVERY
    }

    /// The result of `work`; `None` where the connection is to close before that.
    async fn waits_for<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let (mut work, mut stopping) = (std::pin::pin!(work), std::pin::pin!(self.sandbox.stopped()));
        let mut pressed = self.limit.pressed.subscribe();
        loop {
            tokio::select! {
                biased;
                result = &mut work => return Some(result),
                () = &mut stopping => return None,
                Ok(()) = pressed.changed() => {
                    if self.may_close() {
                        return None;
                    }
                }
            }
        }
    }

    /// Serves the connection to its end. `close` lets it end after the requests that are under way.
    async fn follow<C: Future>(&self, connection: C, close: impl Fn(Pin<&mut C>)) {
        let mut connection = std::pin::pin!(connection);
        let mut stopping = std::pin::pin!(self.sandbox.stopped());
        let mut pressed = self.limit.pressed.subscribe();
        let mut asked = false;
        loop {
            tokio::select! {
                // First, so that a request that is there already is seen before the connection is called idle.
                biased;
                // The client is gone, so the error has no receiver.
                _ = &mut connection => return,
                () = &mut stopping, if !asked => {
                    asked = true;
                    close(connection.as_mut());
                }
                Ok(()) = pressed.changed() => match (self.may_close(), self.began.load(Ordering::Relaxed)) {
                    (false, _) => {}
                    (true, false) => return,
                    // Closes when it is between two requests, else after the answer.
                    (true, true) => close(connection.as_mut()),
                },
            }
        }
    }
}

impl ConnectionPermit {
    /// Replaces the permit; the old one is released.
    fn set(&self, permit: OwnedSemaphorePermit) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = permit;
    }
}

async fn answer(client: Arc<Client>, request: http::Request<Incoming>) -> Result<Response, Infallible> {
    client.moves();
    let Client { sandbox, limit, place, placed, .. } = &*client;
    let mut request = request.map(Body::new);
    name_host(&mut request);
    if !placed.load(Ordering::Relaxed) && !request.uri().path().starts_with("/_sandbox/") {
        match tokio::time::timeout(PLACE_WITHIN, limit.acquire(&limit.free)).await {
            Ok(permit) => place.set(permit),
            Err(_) => return Ok(full(sandbox)),
        }
        placed.store(true, Ordering::Relaxed);
    }
    request.extensions_mut().insert(place.clone());
    let answered = router::handle(Arc::clone(sandbox), request).await;
    client.moves();
    Ok(answered)
}

/// HTTP/2 has the host in the address, whatever a header says; signatures are of the header that HTTP/1 has.
fn name_host(request: &mut http::Request<Body>) {
    if request.version() != http::Version::HTTP_2 {
        return;
    }
    let host = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(HOST, host);
    }
    if let Some(path) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = path.into();
    }
}

fn full(sandbox: &SharedSandbox) -> Response {
    let limits = &sandbox.limits;
    let text = format!(
        "the sandbox has {} requests under way, as many as its limit of {} open files allows (`ulimit -n`)",
        limits.connections, limits.files
    );
    let fault =
        Fault::new(503, "ServiceUnavailableException", text).header("retry-after", "1").header("connection", "close");
    reply::fault(&Protocol::RestJson, fault, &super::random::uuid())
}
