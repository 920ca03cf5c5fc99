//! One failure in the form of each protocol.
//!
//! Source: the developer guide's contract pages of the four protocols.

use serde_json::{Value, json};

use crate::facts::{self, Contract};
use crate::sandbox::control::RuntimeVersion;
use crate::sandbox::reply::{self, Fault, Protocol, Response};

/// The protocol of an agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ServerProtocol {
    #[default]
    Http,
    Mcp,
    A2a,
    Agui,
}

impl ServerProtocol {
    pub(crate) fn from_setting(name: Option<&str>) -> Self {
        match name {
            Some("MCP") => Self::Mcp,
            Some("A2A") => Self::A2a,
            Some("AGUI") => Self::Agui,
            _ => Self::Http,
        }
    }

    /// What a version of an agent is configured for.
    pub(crate) fn of_version(version: &RuntimeVersion) -> Self {
        let protocol = version.settings.get("protocolConfiguration");
        Self::from_setting(protocol.and_then(|value| value.get("serverProtocol")).and_then(Value::as_str))
    }

    /// As [`ServerProtocol::from_setting`] reads it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Mcp => "MCP",
            Self::A2a => "A2A",
            Self::Agui => "AGUI",
        }
    }

    pub(crate) const fn contract(self) -> Contract {
        match self {
            Self::Http | Self::Agui => facts::HTTP,
            Self::Mcp => facts::MCP,
            Self::A2a => facts::A2A,
        }
    }
}

/// Status, JSON-RPC code and AGUI code of a failure.
struct ErrorCodes {
    mcp: (i64, u16),
    a2a: (i64, u16),
    agui: (&'static str, u16),
}

fn form(fault: &Fault) -> ErrorCodes {
    let status = fault.status.as_u16();
    match status {
        402 | 429 => {
            let agui = if status == 402 { "SERVICE_QUOTA_EXCEEDED" } else { "RATE_LIMIT_EXCEEDED" };
            ErrorCodes { mcp: (-32003, 200), a2a: (-32053, 429), agui: (agui, 429) }
        }
        // The contract of AG-UI has no code for it: the code of HTTP agents is the safest guess.
        404 => ErrorCodes { mcp: (-32004, 200), a2a: (-32051, 404), agui: ("", 404) },
        406 => ErrorCodes { mcp: (-32011, 406), a2a: (-32052, 400), agui: ("VALIDATION_ERROR", 400) },
        409 => ErrorCodes { mcp: (-32005, 200), a2a: (-32054, 409), agui: ("SESSION_BUSY", 409) },
        424 => ErrorCodes { mcp: (-32010, 200), a2a: (-32055, 424), agui: ("AGENT_ERROR", 200) },
        403 => ErrorCodes { mcp: (-32002, 403), a2a: (0, 403), agui: ("ACCESS_DENIED", 403) },
        400..=499 => ErrorCodes { mcp: (-32006, 200), a2a: (-32052, 400), agui: ("VALIDATION_ERROR", 400) },
        _ => ErrorCodes { mcp: (-32603, 200), a2a: (-32603, 500), agui: ("INTERNAL_ERROR", 500) },
    }
}

fn run_error(code: &str, message: &str) -> String {
    let event = json!({ "type": "RUN_ERROR", "code": code, "message": message });
    format!("data: {event}\n\n")
}

/// A 401 in the form of the protocol. The gate's own is JSON-RPC, which is what HTTP agents answer too; its challenge
/// stays in any case.
pub(crate) fn unauthorized(server: ServerProtocol, message: &str, response: Response) -> Response {
    if server != ServerProtocol::Agui {
        return response;
    }
    let (parts, _) = response.into_parts();
    let mut event = reply::with_body(401, "text/event-stream", run_error("UNAUTHORIZED", message));
    for (name, value) in &parts.headers {
        if name != http::header::CONTENT_TYPE && name != http::header::CONTENT_LENGTH {
            event.headers_mut().insert(name, value.clone());
        }
    }
    event
}

/// The answer to a failed call of an agent that speaks `server`.
pub(crate) fn envelope(server: ServerProtocol, fault: Fault, request_id: &str) -> Response {
    let form = form(&fault);
    let code = fault.code.clone();
    let rpc = |(code, status): (i64, u16)| {
        let error = json!({ "code": code, "message": fault.message });
        reply::json(status, &json!({ "jsonrpc": "2.0", "id": null, "error": error }))
    };
    let mut response = match server {
        ServerProtocol::Mcp => rpc(form.mcp),
        // A refused caller gets a plain 403.
        ServerProtocol::A2a if form.a2a.0 != 0 => rpc(form.a2a),
        ServerProtocol::Http | ServerProtocol::A2a => return reply::fault(&Protocol::RestJson, fault, request_id),
        ServerProtocol::Agui if form.agui.0.is_empty() => return reply::fault(&Protocol::RestJson, fault, request_id),
        ServerProtocol::Agui => {
            reply::with_body(form.agui.1, "text/event-stream", run_error(form.agui.0, &fault.message))
        }
    };
    if let Ok(code) = http::HeaderValue::from_str(&code) {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response.headers_mut().extend(*fault.headers);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protocol_has_its_status() {
        let status = |server, code: u16| envelope(server, Fault::new(code, "X", "m"), "").status().as_u16();
        for (code, http, a2a, mcp, agui) in [
            (400, 400, 400, 200, 400),
            (402, 402, 429, 200, 429),
            (403, 403, 403, 403, 403),
            (404, 404, 404, 200, 404),
            (409, 409, 409, 200, 409),
            (424, 424, 424, 200, 200),
            (429, 429, 429, 200, 429),
            (500, 500, 500, 200, 500),
        ] {
            let found = [ServerProtocol::Http, ServerProtocol::A2a, ServerProtocol::Mcp, ServerProtocol::Agui]
                .map(|server| status(server, code));
            assert_eq!(found, [http, a2a, mcp, agui], "{code}");
        }
        assert_eq!(status(ServerProtocol::Mcp, 406), 406);
    }
}
