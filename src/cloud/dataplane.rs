//! The AgentCore data plane: invoking an agent, reading its card, and stopping its sessions. Web sockets are in `socket`.
//!
//! One path for SigV4 and bearer tokens, outside the SDK, because the SDK can only sign, buffers payloads and repeats
//! a prompt on a 5xx. Here each call is one request, its body is streamed both ways, and nothing is retried.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::connect::{Cloud, Service, check_endpoints, regional_endpoint};
use super::error::no_credentials;
use super::transport::host_of;
use crate::deadline::Waiting;
use crate::env::Env;
use crate::error::{Code, Context, Error, Kind, Result};
use crate::facts::DEFAULT_ENDPOINT;
use crate::http::{CONNECT, FIRST_BYTE, Http, is_not_http};
use crate::partition::Arn;
use crate::redact::{ExposeSecret, SecretString};

/// Everything but RFC 3986's unreserved characters: an ARN is one path label.
pub(super) const LABEL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const SESSION_ID: &str = "x-amzn-bedrock-agentcore-runtime-session-id";
const USER_ID: &str = "x-amzn-bedrock-agentcore-runtime-user-id";

/// How the caller authenticates.
#[derive(Clone, Debug)]
pub(crate) enum CallerAuth {
    /// Signed with the connection's AWS credentials.
    SigV4(Box<Cloud>),
    Bearer(SecretString),
    /// Not at all: for testing that such callers are refused.
    Nobody,
}

impl std::fmt::Debug for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cloud").field("region", &self.region()).finish_non_exhaustive()
    }
}

/// The request body: at most 100 MB, as the service's quotas say.
#[derive(Debug)]
pub(crate) enum Payload {
    Bytes(Bytes),
    /// A file that is hashed (for SigV4) and then streamed.
    File(std::path::PathBuf),
}

/// One call of an agent.
#[derive(Clone, Debug)]
pub(crate) struct Invocation<'a> {
    pub(crate) arn: &'a Arn,
    pub(crate) qualifier: Option<&'a str>,
    pub(crate) session_id: Option<&'a str>,
    pub(crate) user_id: Option<&'a str>,
    pub(crate) content_type: &'a str,
    pub(crate) accept: &'a str,
    pub(crate) headers: &'a [(String, String)],
    /// Limit for the whole call; `None` waits as long as the service does.
    pub(crate) timeout: Option<Duration>,
}

/// The data plane of one region, reached with or without AWS credentials.
#[derive(Debug)]
pub(crate) struct DataPlane {
    pub(super) http: Arc<Http>,
    base: String,
    region: String,
    /// Port of 127.0.0.1 where one agent is called, without AWS: it has the paths of the container's contract.
    local: Option<u16>,
}

/// An answer whose body has not been read yet.
#[derive(Debug)]
pub(crate) struct Reply {
    response: reqwest::Response,
}

/// A request before it is authenticated.
pub(super) struct UnsignedRequest {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) timeout: Option<Duration>,
}

impl DataPlane {
    /// The endpoint comes from the environment alone, so that a bearer token is all a caller needs.
    ///
    /// # Errors
    /// [`Kind::Usage`] for an endpoint variable that is no URL.
    pub(crate) fn of_region(env: &Env, http: Arc<Http>, region: &str) -> Result<Self> {
        check_endpoints(env)?;
        let base = regional_endpoint(env, Service::DATA_PLANE, region);
        Ok(Self { http, base, region: region.to_owned(), local: None })
    }

    /// The endpoint as the connection's profile and environment configure it.
    pub(crate) fn of_cloud(env: &Env, cloud: &Cloud, region: &str) -> Self {
        let base = cloud
            .endpoint_override(Service::DATA_PLANE)
            .unwrap_or_else(|| regional_endpoint(env, Service::DATA_PLANE, region));
        Self { http: Arc::clone(&cloud.http), base, region: region.to_owned(), local: None }
    }

    /// An agent that runs on this machine, on a port of 127.0.0.1. No request of it goes through a proxy, or to AWS.
    pub(crate) fn of_this_machine(port: u16) -> Self {
        let base = format!("http://127.0.0.1:{port}");
        Self { http: Arc::new(Http::of_this_machine()), base, region: String::new(), local: Some(port) }
    }

    /// See [`DataPlane::of_this_machine`].
    pub(crate) const fn local_port(&self) -> Option<u16> {
        self.local
    }

    /// The endpoint without a final slash.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// Host and port of the endpoint.
    pub(crate) fn host(&self) -> String {
        host_of(&self.base)
    }

    /// The URL that a plain HTTP client would POST to.
    pub(crate) fn invocation_url(&self, arn: &Arn, qualifier: Option<&str>) -> String {
        self.url(arn, "invocations", qualifier)
    }

    pub(super) fn url(&self, arn: &Arn, verb: &str, qualifier: Option<&str>) -> String {
        if self.local.is_some() {
            return format!("{}/{verb}", self.base);
        }
        let label = utf8_percent_encode(&arn.to_string(), LABEL).to_string();
        let qualifier = utf8_percent_encode(qualifier.unwrap_or(DEFAULT_ENDPOINT), LABEL).to_string();
        format!("{}/runtimes/{label}/{verb}?qualifier={qualifier}", self.base)
    }

    /// Sends the payload and returns as soon as the answer's head is there.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when `timeout` passes, [`Kind::Credentials`] when SigV4 has no credentials, otherwise a
    /// transport failure. A refusal by the service is not an error here but the reply's status.
    pub(crate) async fn invoke(&self, call: &Invocation<'_>, auth: &CallerAuth, payload: &Payload) -> Result<Reply> {
        let mut headers = call.own_headers()?;
        insert_header(&mut headers, "content-type", call.content_type)?;
        insert_header(&mut headers, "accept", call.accept)?;
        let url = self.url(call.arn, "invocations", call.qualifier);
        self.send(UnsignedRequest { method: Method::POST, url, headers, timeout: call.timeout }, auth, payload).await
    }

    /// Asks an A2A agent for its card.
    pub(crate) async fn agent_card(&self, call: &Invocation<'_>, auth: &CallerAuth) -> Result<Reply> {
        let mut headers = call.own_headers()?;
        insert_header(&mut headers, "accept", "application/json")?;
        let url = self.url(call.arn, "invocations/.well-known/agent-card.json", call.qualifier);
        let request = UnsignedRequest { method: Method::GET, url, headers, timeout: call.timeout };
        self.send(request, auth, &Payload::Bytes(Bytes::new())).await
    }

    /// Ends a session; its environment is gone within seconds.
    pub(crate) async fn stop_session(
        &self,
        arn: &Arn,
        qualifier: Option<&str>,
        session_id: &str,
        auth: &CallerAuth,
    ) -> Result<Reply> {
        let mut headers = HeaderMap::new();
        insert_header(&mut headers, "content-type", "application/json")?;
        insert_header(&mut headers, SESSION_ID, session_id)?;
        let body = serde_json::json!({ "clientToken": uuid::Uuid::new_v4().to_string() }).to_string();
        let url = self.url(arn, "stopruntimesession", qualifier);
        let request = UnsignedRequest { method: Method::POST, url, headers, timeout: Some(FIRST_BYTE) };
        self.send(request, auth, &Payload::Bytes(body.into())).await
    }

    /// Authenticates a request. All headers that a signature must cover have to be there already.
    pub(super) async fn authenticate(
        &self,
        (method, url): (&Method, &str),
        headers: &mut HeaderMap,
        auth: &CallerAuth,
        payload: &Payload,
    ) -> Result<()> {
        match auth {
            CallerAuth::Bearer(token) => {
                let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
                    Error::usage("the bearer token holds characters that no HTTP header can carry")
                        .hint("check for a line break or a quote around the token")
                })?;
                value.set_sensitive(true);
                headers.insert(http::header::AUTHORIZATION, value);
                Ok(())
            }
            CallerAuth::Nobody => Ok(()),
            CallerAuth::SigV4(cloud) => sign_request(cloud, &self.region, (method, url), headers, payload).await,
        }
    }

    pub(super) async fn send(&self, request: UnsignedRequest, auth: &CallerAuth, payload: &Payload) -> Result<Reply> {
        let UnsignedRequest { method, url, mut headers, timeout } = request;
        self.authenticate((&method, &url), &mut headers, auth, payload).await?;
        let has_body = method != Method::GET;
        let mut request = self.http.client(&url)?.request(method, &url);
        if has_body {
            let (body, length) = body_of(payload).await?;
            headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(length));
            request = request.body(body);
        }
        request = request.headers(headers);
        if let Some(timeout) = timeout {
            request = request.timeout(timeout);
        }
        let _waiting = Waiting::on(format!("an answer from `{}`", host_of(&url)));
        let response = request.send().await.map_err(|error| self.unanswered(&url, &error))?;
        Ok(Reply { response })
    }

    /// The error of a request that was not answered.
    pub(super) fn unanswered(&self, url: &str, error: &reqwest::Error) -> Error {
        let Some(port) = self.local else { return transport_error(url, error) };
        let what = if error.is_connect() {
            format!("no agent answers on port {port} of this machine")
        } else if is_not_http(error) {
            format!("what answers on port {port} of this machine is no agent")
        } else {
            return transport_error(url, error).map_hints(|_| "the agent's own output may say why".to_owned());
        };
        let error = Error::not_found(what).code(Code::LocalNoServer);
        match port == crate::facts::HTTP.port {
            true => error.hint("start it: `agentcore dev`"),
            false => error.hint(format!("start it: `agentcore dev --port {port}`")),
        }
    }
}

impl Invocation<'_> {
    /// The headers of session and user, and those of the caller.
    pub(super) fn own_headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        if let Some(id) = self.session_id {
            insert_header(&mut headers, SESSION_ID, id)?;
        }
        if let Some(id) = self.user_id {
            insert_header(&mut headers, USER_ID, id)?;
        }
        for (name, value) in self.headers {
            insert_header(&mut headers, name, value)?;
        }
        Ok(headers)
    }
}

impl Reply {
    pub(super) fn new(response: reqwest::Response) -> Self {
        Self { response }
    }

    /// An answer for tests, without a server.
    #[cfg(test)]
    pub(crate) fn from_response(response: http::Response<&'static str>) -> Self {
        Self::new(response.into())
    }

    pub(super) fn into_response(self) -> reqwest::Response {
        self.response
    }

    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Host and port of where it came from.
    pub(crate) fn host(&self) -> String {
        host_of(self.response.url().as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    pub(crate) fn session_id(&self) -> Option<&str> {
        self.header(SESSION_ID)
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.header("x-amzn-requestid")
    }

    /// The pause before another request, where the answer asks for one.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        crate::http::retry_after(self.response.headers())
    }

    pub(crate) fn content_type(&self) -> &str {
        self.header("content-type").unwrap_or("application/octet-stream")
    }

    /// The next piece of the body as it came off the wire; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let url = self.response.url().to_string();
        let _waiting = Waiting::on(format!("more of the answer of `{}`", host_of(&url)));
        self.response.chunk().await.map_err(|error| transport_error(&url, &error))
    }

    /// The body of an error answer, at most 64 KiB of it.
    pub(crate) async fn error_body(&mut self) -> Vec<u8> {
        let _waiting = Waiting::on(format!("more of the answer of `{}`", self.host()));
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = self.response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > 64 * 1024 {
                break;
            }
        }
        body
    }
}

pub(super) fn insert_header(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let header =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| Error::usage(format!("`{name}` is not a header name")))?;
    let value = HeaderValue::from_str(value)
        .map_err(|_| Error::usage(format!("the value of the header `{name}` is not allowed")))?;
    headers.insert(header, value);
    Ok(())
}

pub(super) fn transport_error(url: &str, error: &reqwest::Error) -> Error {
    let host = url.split('?').next().unwrap_or(url).to_owned();
    if error.is_timeout() && error.is_connect() {
        return Error::new(Kind::Deadline, format!("no connection to {host} within {} s", CONNECT.as_secs()))
            .code(Code::NetworkTimeout)
            .hint("check the network, `HTTPS_PROXY` and `AWS_ENDPOINT_URL`");
    }
    if error.is_timeout() {
        return Error::new(Kind::Deadline, format!("no complete answer from {host} before the timeout"))
            .hint("the agent may still be working; raise `--timeout` (seconds, 0 waits without limit)");
    }
    if is_not_http(error) {
        return Error::failed(format!("what answers at {host} does not speak HTTP"))
            .code(Code::AwsAnswer)
            .hint("something else may be answering in its place: check `HTTPS_PROXY` and `AWS_ENDPOINT_URL`");
    }
    let mut result = Error::failed(format!("the call of {host} failed")).code(Code::Network);
    let mut next: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(cause) = next {
        result = result.cause(cause.to_string());
        next = cause.source();
    }
    result.hint("check the network, `HTTPS_PROXY` and `AWS_ENDPOINT_URL`")
}

async fn body_of(payload: &Payload) -> Result<(reqwest::Body, u64)> {
    match payload {
        Payload::Bytes(bytes) => Ok((reqwest::Body::from(bytes.clone()), bytes.len() as u64)),
        Payload::File(path) => {
            let what = || format!("could not read `{}`", path.display());
            let file = tokio::fs::File::open(path).await.with_context(what)?;
            let length = file.metadata().await.with_context(what)?.len();
            let stream = tokio_util::io::ReaderStream::with_capacity(file, 64 * 1024);
            Ok((reqwest::Body::wrap_stream(stream), length))
        }
    }
}

async fn payload_hash(payload: &Payload) -> Result<String> {
    use aws_lc_rs::digest::{Context, SHA256};
    let mut context = Context::new(&SHA256);
    match payload {
        Payload::Bytes(bytes) => context.update(bytes),
        Payload::File(path) => {
            use tokio::io::AsyncReadExt;
            let failed =
                |error: std::io::Error| Error::failed(format!("could not read `{}`", path.display())).source(&error);
            let mut file = tokio::fs::File::open(path).await.map_err(failed)?;
            let mut buffer = vec![0; 64 * 1024];
            loop {
                match file.read(&mut buffer).await.map_err(failed)? {
                    0 => break,
                    read => context.update(&buffer[..read]),
                }
            }
        }
    }
    Ok(hex::encode(context.finish()))
}

pub(super) async fn sign_request(
    cloud: &Cloud,
    region: &str,
    target: (&Method, &str),
    headers: &mut HeaderMap,
    payload: &Payload,
) -> Result<()> {
    sign_for(cloud, ("bedrock-agentcore", region), target, headers, payload).await
}

/// Signs a request to the service of this signing name.
pub(super) async fn sign_for(
    cloud: &Cloud,
    (service, region): (&str, &str),
    (method, url): (&Method, &str),
    headers: &mut HeaderMap,
    payload: &Payload,
) -> Result<()> {
    let what = "sign the call";
    let provider = cloud.sdk.credentials_provider().ok_or_else(|| no_credentials(what))?;
    let _waiting = Waiting::on("AWS credentials");
    let credentials = provider.provide_credentials().await.map_err(|error| no_credentials(what).source(&error))?;
    let identity = credentials.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .context("could not sign the call")?
        .into();
    let hash = payload_hash(payload).await?;
    let listed: Vec<(String, String)> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let request = SignableRequest::new(
        method.as_str(),
        url,
        listed.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        SignableBody::Precomputed(hash),
    )
    .context("could not sign the call")?;
    let (instructions, _) = sign(request, &params).context("could not sign the call")?.into_parts();
    for (name, value) in instructions.headers() {
        insert_header(headers, name, value)?;
    }
    Ok(())
}
