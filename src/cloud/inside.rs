//! Requests that reach into a session of an agent: a command, and the web socket of a shell.
//!
//! Owns: paths, headers and bodies of both. Does not own: the events of a command and the frames of a shell (`ops::invoke`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use percent_encoding::utf8_percent_encode;

use super::dataplane::{CallerAuth, DataPlane, Invocation, LABEL, Payload, Reply, UnsignedRequest, insert_header};
use super::socket::Handshake;
use crate::error::{Code, Error, Result};
use crate::event_stream;
use crate::redact::ExposeSecret;
use crate::shell_frames::{BEARER_PROTOCOL, BEARER_PROTOCOL_LIMIT, SHELL_ID_PARAMETER};

/// The session where headers cannot be set.
const SESSION_PARAMETER: &str = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id";

impl DataPlane {
    /// Runs a command line in a session: InvokeAgentRuntimeCommand. The answer is an event stream.
    ///
    /// # Errors
    /// As [`DataPlane::invoke`].
    pub(crate) async fn command(
        &self,
        call: &Invocation<'_>,
        auth: &CallerAuth,
        (command, seconds): (&str, u64),
    ) -> Result<Reply> {
        let mut headers = call.own_headers()?;
        insert_header(&mut headers, "content-type", "application/json")?;
        insert_header(&mut headers, "accept", event_stream::CONTENT_TYPE)?;
        let url = self.url(call.arn, "commands", call.qualifier);
        let body = serde_json::json!({ "command": command, "timeout": seconds }).to_string();
        let request = UnsignedRequest { method: Method::POST, url, headers, timeout: call.timeout };
        self.send(request, auth, &Payload::Bytes(body.into())).await
    }

    /// Opens the web socket of a shell. A token travels as a subprotocol, as the service documents it for shells, and the
    /// session beside it in the address.
    ///
    /// # Errors
    /// As [`DataPlane::socket`]; [`crate::error::Kind::Usage`] for a token that is too long for a subprotocol.
    pub(crate) async fn shell(&self, call: &Invocation<'_>, auth: &CallerAuth, shell_id: &str) -> Result<Handshake> {
        let mut url = self.url(call.arn, "ws/shells", call.qualifier);
        let mut add = |name: &str, value: &str| {
            url.push_str(&format!("&{name}={}", utf8_percent_encode(value, LABEL)));
        };
        add(SHELL_ID_PARAMETER, shell_id);
        let CallerAuth::Bearer(token) = auth else {
            return self.open_socket(&url, call.own_headers()?, (auth, &[])).await;
        };
        if let Some(id) = call.session_id {
            add(SESSION_PARAMETER, id);
        }
        let encoded = URL_SAFE_NO_PAD.encode(token.expose_secret());
        let protocols = [format!("{BEARER_PROTOCOL}.{encoded}"), BEARER_PROTOCOL.to_owned()];
        let length = protocols.join(", ").len();
        if length > BEARER_PROTOCOL_LIMIT {
            return Err(Error::usage(format!(
                "the bearer token is too long for a shell: its header has {length} characters, and \
                 {BEARER_PROTOCOL_LIMIT} are the most"
            ))
            .code(Code::InputTokenLength)
            .hint("`agentcore exec COMMAND` takes it, and the provider may issue a token with fewer claims"));
        }
        self.open_socket(&url, http::HeaderMap::new(), (&CallerAuth::Nobody, &protocols)).await
    }
}
