//! What the page at `/_dev/` asks of a sandbox: its agents, and calls of them.
//!
//! Owns: as whom an agent can be called. Does not own: the page and who may read it (`dev`), the call itself, which goes the way of
//! everybody's. Data is for those who know the sandbox's key: what runs here must not call agents in its owner's name.

use http::HeaderMap;
use serde_json::{Value, json};

use super::envelope::ServerProtocol;
use super::not_found;
use crate::auth::{Authorizer, craft};
use crate::sandbox::control::{self, DEFAULT, RuntimeRecord, SERVICE};
use crate::sandbox::dev::{self, PageCall, PageRequest, Recording, personas};
use crate::sandbox::jwt::SigningKey;
use crate::sandbox::reply::{Fault, Protocol, Response};
use crate::sandbox::request::Request;
use crate::sandbox::{SharedSandbox, cognito, gate, router, sigv4};

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Begins to record a request to an agent; `None` for every other one.
pub(crate) fn record(sandbox: &SharedSandbox, request: &axum::extract::Request) -> Option<Recording> {
    let below = request.uri().path().strip_prefix("/runtimes/")?;
    let is_call = below.ends_with("/ws") || (below.contains("/invocations") && !below.contains("/oauth-protected"));
    let is_asked = request.method() != http::Method::OPTIONS;
    (is_call && is_asked).then(|| Recording::begin(&sandbox.journal, "", request))
}

/// Answers a request to the page.
pub(crate) async fn answer(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    match dev::read(request, Some(&sandbox.info.page_key())).await {
        PageRequest::Answered(response) => response,
        PageRequest::State => {
            let mut ids: Vec<(String, i64)> = control::existing(sandbox);
            ids.sort_by_key(|(_, made)| std::cmp::Reverse(*made));
            let agents = ids.iter().filter_map(|(id, _)| control::find(sandbox, id));
            let agents: Vec<Value> = agents.filter_map(|runtime| agent(sandbox, &runtime)).collect();
            dev::state(&sandbox.journal, "sandbox", &agents)
        }
        PageRequest::Events(after) => {
            let stopping = SharedSandbox::clone(sandbox);
            dev::events(&sandbox.journal, after, async move { stopping.stopped().await })
        }
        PageRequest::Call(call) => match request_of(sandbox, *call) {
            Ok(outgoing) => dev::called(router::handle_own(SharedSandbox::clone(sandbox), outgoing).await),
            Err(fault) => dev::fault_of(request, fault),
        },
    }
}

/// The agent as the page names it; `None` before it is live.
fn agent(sandbox: &SharedSandbox, runtime: &RuntimeRecord) -> Option<Value> {
    let version = control::live(sandbox, runtime, DEFAULT)?;
    let wire = gate::authorizer(version);
    let authorizer = wire.and_then(|wire| Authorizer::from_wire(wire).ok());
    let own = authorizer.as_ref().and_then(|authorizer| Some((authorizer, own_issuer(sandbox, authorizer)?)));
    let callers = own
        .map(|(authorizer, (issuer, _))| personas::offered(&craft::callers(authorizer, &issuer, sandbox.clock.unix())));
    Some(json!({
        "id": runtime.id,
        "name": runtime.name,
        "protocol": ServerProtocol::of_version(version).name(),
        "takes": if wire.is_some() { "token" } else { "signature" },
        "provider": authorizer.map(|authorizer| authorizer.discovery_url),
        "personas": callers.unwrap_or_default(),
    }))
}

/// The issuer of the authorizer's tokens, and the key that signs them, where it is a user pool of this sandbox.
fn own_issuer(sandbox: &SharedSandbox, authorizer: &Authorizer) -> Option<(String, SigningKey)> {
    let issuer = authorizer.discovery_url.strip_suffix(DISCOVERY)?;
    let key = cognito::signing_key(sandbox, issuer).ok()??;
    Some((issuer.to_owned(), key))
}

/// The request of a caller with a token, or one that is signed as the sandbox's user signs.
fn request_of(sandbox: &SharedSandbox, mut call: PageCall) -> Result<axum::extract::Request, Fault> {
    let missing = || not_found(DEFAULT, &call.agent);
    let runtime = control::find(sandbox, &call.agent).ok_or_else(missing)?;
    let version = control::live(sandbox, &runtime, DEFAULT).ok_or_else(missing)?;
    let authorizer = gate::authorizer(version).and_then(|wire| Authorizer::from_wire(wire).ok());
    let url = gate::invocations(sandbox, &runtime.arn);
    let address = url.strip_prefix(&sandbox.info.url).unwrap_or(&url);
    let host = format!("127.0.0.1:{}", sandbox.info.port);
    let typed = call.token();
    let token = match (&authorizer, &call.persona) {
        (Some(authorizer), Some(persona)) => {
            let own = own_issuer(sandbox, authorizer);
            let callers = |issuer: &str| craft::callers(authorizer, issuer, sandbox.clock.unix());
            personas::token_of(own.as_ref().map(|(issuer, key)| (key, callers(issuer))), persona)?
        }
        _ => typed,
    };
    let sha256 = sigv4::sha256(call.payload.as_bytes());
    let mut request = call.request((&host, address), token.as_ref())?;
    if authorizer.is_none() && token.is_none() {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        sign(sandbox, request.headers_mut(), (&method, &path, &sha256))?;
    }
    Ok(request)
}

fn sign(
    sandbox: &SharedSandbox,
    headers: &mut HeaderMap,
    (method, path, body_sha256): (&http::Method, &str, &str),
) -> Result<(), Fault> {
    let info = &sandbox.info;
    let key = sigv4::AccessKey { id: &info.access_key_id, secret: &info.secret_access_key, token: None };
    let scope = sigv4::SigningScope { service: SERVICE, region: &info.region, global: false, now: sandbox.clock.now() };
    sigv4::sign(headers, (method, path, body_sha256), key, scope).map_err(|error| error.fault(&Protocol::RestJson))
}
