//! What the page at `/_dev/` asks of this server: its one agent, and calls of it.
//!
//! Owns: whose tokens a call can have here. Does not own: the page and who may read it (`dev`), the call itself (`proxy`).

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{LocalServer, proxy};
use crate::auth::Authorizer;
use crate::sandbox::dev::{self, PageCall, PageRequest, personas};
use crate::sandbox::reply::{Fault, Response};
use crate::sandbox::request::Request;

pub(super) async fn answer(server: &Arc<LocalServer>, request: &mut Request) -> Response {
    match dev::read(request, None).await {
        PageRequest::Answered(response) => response,
        PageRequest::State => dev::state(&server.journal, "dev", &[agent(server)]),
        PageRequest::Events(after) => {
            let stopping = Arc::clone(server);
            dev::events(&server.journal, after, async move { proxy::stopped(&stopping).await })
        }
        PageRequest::Call(call) => match request_of(server, *call) {
            Ok(outgoing) => dev::called(called(Arc::clone(server), outgoing).await),
            Err(fault) => dev::fault_of(request, fault),
        },
    }
}

/// The agent as the page names it.
fn agent(server: &LocalServer) -> Value {
    let authorizer = server.authorizer.as_ref().and_then(|wire| Authorizer::from_wire(wire).ok());
    let callers = match (&server.issuer, &authorizer) {
        (Some(issuer), Some(authorizer)) => personas::offered(&issuer.callers(authorizer)),
        _ => Vec::new(),
    };
    json!({
        "id": server.name,
        "name": server.name,
        "protocol": server.protocol.name(),
        "takes": if server.authorizer.is_some() { "token" } else { "anybody" },
        "provider": authorizer.map(|authorizer| authorizer.discovery_url),
        "personas": callers,
    })
}

fn request_of(server: &LocalServer, mut call: PageCall) -> Result<axum::extract::Request, Fault> {
    let typed = call.token();
    let token = match (&call.persona, typed) {
        (Some(persona), _) => {
            let authorizer = server.authorizer.as_ref().and_then(|wire| Authorizer::from_wire(wire).ok());
            let own = server.issuer.as_ref().zip(authorizer);
            let own = own.map(|(issuer, authorizer)| (issuer.key(), issuer.callers(&authorizer)));
            personas::token_of(own, persona)?
        }
        (None, token) => token,
    };
    let host = format!("127.0.0.1:{}", server.port);
    call.request((&host, server.protocol.contract().path), token.as_ref())
}

/// The answer to a call, as to anybody else's. Boxed, because the proxy calls this page, which calls the proxy.
fn called(server: Arc<LocalServer>, request: axum::extract::Request) -> BoxFuture<'static, Response> {
    Box::pin(async move {
        let Ok(response) = proxy::handle(server, request).await;
        response
    })
}
