//! Connections to one host that are opened before there is a request for them.
//!
//! Owns: opening them, and handing each to the first request that would have opened one itself. Does not own: proxies, trusted
//! certificates and the time that connecting may take, which are the client's; what is sent.
//!
//! A client opens a connection only for a request. The first calls of its connector are therefore those of requests that are
//! meant to fail: the connector begins to connect, keeps what it began, and refuses. Nothing is sent.

use std::any::Any;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tower_layer::Layer;
use tower_service::Service;
use url::Url;

use super::{CONNECT, Http};
use crate::error::{Context as _, Result};

/// Servers close a connection on which nothing comes; one that is older than this is not worth the risk.
const FRESH: Duration = Duration::from_secs(15);

/// A client for one host, with connections that are there or on their way.
#[derive(Clone, Debug)]
pub(crate) struct OpenedHost {
    url: Url,
    client: reqwest::Client,
}

impl Http {
    /// Begins to open `count` connections to the host of `url`, and waits for none. One that cannot be opened is opened again by
    /// the request that needs it, which then fails as it would have.
    ///
    /// # Errors
    /// When `AWS_CA_BUNDLE` names a file that is not a PEM bundle, or `url` is none.
    pub(crate) async fn open(&self, url: &str, count: usize) -> Result<OpenedHost> {
        let url = Url::parse(url).with_context(|| format!("`{url}` is not an address"))?;
        let opening = Opening { left: Arc::new(AtomicUsize::new(count)), kept: Arc::default() };
        let left = Arc::clone(&opening.left);
        let builder = self.builder(self.is_plain(url.as_str()))?.connector_layer(opening);
        let client = builder.build().context("could not set up the HTTP client")?;
        for _ in 0..count {
            // Refused by the connector at once.
            let _ = client.get(url.clone()).send().await;
        }
        left.store(0, Ordering::SeqCst);
        Ok(OpenedHost { url, client })
    }
}

impl OpenedHost {
    /// The client for `url`, where that is on this host.
    pub(crate) fn client(&self, url: &Url) -> Option<&reqwest::Client> {
        (self.url.origin() == url.origin()).then_some(&self.client)
    }
}

/// A connection on its way, or an error; of a type that has no name.
type PendingConnection = (Instant, Box<dyn Any + Send>);

#[derive(Clone)]
struct Opening {
    /// How many calls of the connector are still there to open a connection only.
    left: Arc<AtomicUsize>,
    kept: Arc<Mutex<VecDeque<PendingConnection>>>,
}

impl<S> Layer<S> for Opening {
    type Service = EarlyConnector<S>;

    fn layer(&self, inner: S) -> EarlyConnector<S> {
        EarlyConnector { inner, opening: self.clone() }
    }
}

#[derive(Clone)]
struct EarlyConnector<S> {
    inner: S,
    opening: Opening,
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl<S, R> Service<R> for EarlyConnector<S>
where
    S: Service<R, Error = BoxError> + Clone + Send + 'static,
    S::Response: Send + 'static,
    S::Future: Send + 'static,
    R: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: R) -> Self::Future {
        let mut inner = self.inner.clone();
        let connect = async move {
            poll_fn(|context| inner.poll_ready(context)).await?;
            inner.call(to).await
        };
        let opens = |left: usize| left.checked_sub(1);
        if self.opening.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, opens).is_ok() {
            let opened: JoinHandle<Option<S::Response>> =
                tokio::spawn(async { tokio::time::timeout(CONNECT, connect).await.ok()?.ok() });
            self.opening.keep(Box::new(opened));
            return Box::pin(std::future::ready(Err("the connection is kept for the first request".into())));
        }
        let kept = self.opening.take::<JoinHandle<Option<S::Response>>>();
        Box::pin(async move {
            if let Some(opened) = kept
                && let Ok(Some(connection)) = opened.await
            {
                return Ok(connection);
            }
            connect.await
        })
    }
}

impl Opening {
    fn keep(&self, connection: Box<dyn Any + Send>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((Instant::now(), connection));
    }

    /// The next one that is fresh.
    fn take<T: 'static>(&self) -> Option<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((begun, connection)) = kept.pop_front() {
            if begun.elapsed() < FRESH {
                return connection.downcast().ok().map(|connection| *connection);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::env::Env;

    /// Answers the first request of each connection, and counts those.
    async fn serve(listener: TcpListener) -> Arc<AtomicUsize> {
        let connections: Arc<AtomicUsize> = Arc::default();
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(stream));
            }
        });
        connections
    }

    async fn answer(mut stream: TcpStream) -> Option<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await.ok()?;
        stream.shutdown().await.ok()
    }

    async fn listen() -> (TcpListener, Url) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        (listener, url)
    }

    fn http() -> Http {
        Http::new(&Env::fake(Path::new("/"), &[]))
    }

    #[tokio::test]
    async fn a_request_takes_a_connection_that_is_open() {
        let (listener, url) = listen().await;
        let connections = serve(listener).await;
        let opened = http().open(url.as_str(), 2).await.unwrap();
        // Each connection is for one request. One more than were opened early opens its own, as ever.
        for expected in [2, 2, 3] {
            opened.client(&url).unwrap().get(url.clone()).send().await.unwrap();
            assert_eq!(connections.load(Ordering::SeqCst).max(2), expected);
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_before_there_is_a_request() {
        let (listener, url) = listen().await;
        let opened = http().open(url.as_str(), 1).await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        let early = tokio::time::timeout(Duration::from_millis(50), stream.read_u8()).await;
        assert!(early.is_err(), "{early:?}");
        drop(opened);
        assert!(stream.read_u8().await.is_err(), "closed without a byte");
    }

    #[tokio::test]
    async fn a_connection_that_failed_is_opened_again() {
        let (listener, url) = listen().await;
        drop(listener);
        let opened = http().open(url.as_str(), 1).await.unwrap();
        let client = opened.client(&url).unwrap();
        let plain = http();
        let (early, usual) =
            (client.get(url.clone()).send().await, plain.client(url.as_str()).unwrap().get(url).send().await);
        let (early, usual) = (early.unwrap_err(), usual.unwrap_err());
        assert!(early.is_connect() && usual.is_connect(), "{early:?}");
    }

    #[tokio::test]
    async fn another_host_gets_no_such_connection() {
        let (_listener, url) = listen().await;
        let opened = http().open(url.as_str(), 1).await.unwrap();
        assert!(opened.client(&url.join("/v2/").unwrap()).is_some());
        for other in ["http://127.0.0.1:1/", "https://127.0.0.1/", "http://registry.example/"] {
            assert!(opened.client(&Url::parse(other).unwrap()).is_none(), "{other}");
        }
    }
}
