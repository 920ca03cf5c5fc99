//! The HTTP client that every request outside the AWS SDK uses: discovery documents, registries, the data plane.
//!
//! Owns: proxies (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), the extra certificate bundle (`AWS_CA_BUNDLE`), the time
//! limits of every client. Does not own: retries (only the caller knows what may be repeated).

mod early;
mod surroundings;

use std::future::Future;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

pub(crate) use early::OpenedHost;
pub(crate) use surroundings::{certificates, proxies, proxy_of};
use tokio::time::error::Elapsed;

use crate::env::Env;
use crate::error::{Context, Error, Result};

/// How long connecting may take: the name's lookup, the connection, and TLS.
pub(crate) const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take to begin, and to go on. Longer only for an agent's own, and for uploads that move.
pub(crate) const FIRST_BYTE: Duration = Duration::from_secs(30);
/// Attempts for one request, the first included.
pub(crate) const ATTEMPTS: u32 = 3;

/// The pause that an answer asks for with `Retry-After`, in seconds; its date form is rare and not worth a parser.
pub(crate) fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    let seconds = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Watches that a body moves: [`Pace::LEAST`] bytes of it, or its end, have to come within each `limit` of waiting. A byte
/// now and then is no progress. Time that the caller takes between two pieces does not count.
#[derive(Debug)]
pub(crate) struct Pace {
    limit: Duration,
    left: Duration,
    got: usize,
}

impl Pace {
    /// About a kilobyte a second, slower than any line that could carry an image.
    const LEAST: usize = 32 << 10;

    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, left: limit, got: 0 }
    }

    /// Waits for a piece of the body, or its end.
    ///
    /// # Errors
    /// When too little came in the time.
    pub(crate) async fn next<F: Future>(&mut self, piece: F) -> Result<F::Output, Elapsed> {
        let start = Instant::now();
        let came = tokio::time::timeout(self.left, piece).await;
        self.left = self.left.saturating_sub(start.elapsed());
        came
    }

    /// A piece of so many bytes came.
    pub(crate) fn took(&mut self, bytes: usize) {
        self.got += bytes;
        if self.got >= Self::LEAST {
            (self.got, self.left) = (0, self.limit);
        }
    }
}

/// Clients that are built on first use, and only of the kind that is used: reading the system's certificates takes
/// longer than most commands, and a plain `http:` address (a sandbox, a registry on this machine) needs none.
#[derive(Debug)]
pub(crate) struct Http {
    ca_bundle: Option<std::path::PathBuf>,
    /// A proxy may itself be reached over TLS, whatever the address behind it.
    proxied: bool,
    /// No proxy is used, whatever the environment says.
    direct: bool,
    /// Where requests to Amazon Cognito go instead of AWS.
    user_pools: Option<String>,
    plain: OnceLock<reqwest::Client>,
    secure: OnceLock<reqwest::Client>,
}

impl Http {
    pub(crate) fn new(env: &Env) -> Self {
        let proxies = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
        Self {
            ca_bundle: env.var_os("AWS_CA_BUNDLE").map(|path| env.cwd().join(path)),
            proxied: proxies.iter().any(|name| env.var_os(name).is_some()),
            direct: false,
            user_pools: user_pools(env),
            plain: OnceLock::new(),
            secure: OnceLock::new(),
        }
    }

    /// The same for a stand-in for AWS, whose pools are its own, whatever the environment says.
    pub(crate) fn of_stand_in(env: &Env, url: &str) -> Self {
        Self { user_pools: Some(url.to_owned()), ..Self::new(env) }
    }

    /// For addresses of this machine, which no proxy of the environment stands for.
    pub(crate) fn of_this_machine() -> Self {
        Self { direct: true, ..Self::new(&Env::default()) }
    }

    /// The endpoint that the environment configures for Amazon Cognito's user pools, without a final slash.
    pub(crate) fn user_pools(&self) -> Option<&str> {
        self.user_pools.as_deref()
    }

    /// The shared client for `url`. It follows no redirect: an `Authorization` header must not travel to another
    /// place. The one for plain addresses trusts no certificate, so it cannot be led to speak TLS to anybody.
    ///
    /// # Errors
    /// When `AWS_CA_BUNDLE` names a file that is not a PEM bundle.
    pub(crate) fn client(&self, url: &str) -> Result<&reqwest::Client> {
        let plain = self.is_plain(url);
        let slot = if plain { &self.plain } else { &self.secure };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = self.builder(plain)?.build().context("could not set up the HTTP client")?;
        Ok(slot.get_or_init(|| client))
    }

    /// A client like the shared one that speaks HTTP/1.1 alone: a connection of HTTP/2 cannot become a web socket.
    ///
    /// # Errors
    /// When `AWS_CA_BUNDLE` names a file that is not a PEM bundle.
    pub(crate) fn upgradable(&self, url: &str) -> Result<reqwest::Client> {
        self.builder(self.is_plain(url))?.http1_only().build().context("could not set up the HTTP client")
    }

    fn is_plain(&self, url: &str) -> bool {
        !self.proxied && url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
    }

    fn builder(&self, plain: bool) -> Result<reqwest::ClientBuilder> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("agentcore/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT);
        if self.direct {
            builder = builder.no_proxy();
        }
        if plain {
            builder = builder.tls_certs_only([]);
        } else if let Some(path) = &self.ca_bundle {
            let bundle = std::fs::read(path)
                .with_context(|| format!("could not read the certificates in `{}` (AWS_CA_BUNDLE)", path.display()))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&bundle).map_err(|error| {
                Error::usage(format!("`{}` (AWS_CA_BUNDLE) is not a PEM bundle", path.display())).source(&error)
            })?;
            builder = builder.tls_certs_merge(certificates);
        }
        Ok(builder)
    }
}

/// Whether a URL is of this machine.
pub(crate) fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Whether the failure of a request is that what answered does not speak HTTP, as a server for SSH or for mail does not.
pub(crate) fn is_not_http(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            return true;
        }
        next = error.source();
    }
    false
}

fn user_pools(env: &Env) -> Option<String> {
    if env.var("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return None;
    }
    let url = env.var("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER").or_else(|| env.var("AWS_ENDPOINT_URL"))?;
    Some(url.trim_end_matches('/').to_owned())
}
