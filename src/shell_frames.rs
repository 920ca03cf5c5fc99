//! Messages of an interactive shell's web socket: one byte for the channel, then its content.
//!
//! Owns: the channels and their JSON. Does not own: the connection. Source: the SDK's `runtime/shell`, which has the
//! framing of Kubernetes' `v5.channel.k8s.io`.

use bytes::Bytes;
use serde_json::{Value, json};

/// The bytes of content that fit into one message.
pub(crate) const CONTENT_LIMIT: usize = crate::facts::FRAME_LIMIT - 1;

/// The header of the answer, and the query parameter of the request, that name the shell.
pub(crate) const SHELL_ID_HEADER: &str = "x-amzn-bedrock-agentcore-shell-id";
pub(crate) const SHELL_ID_PARAMETER: &str = "shellId";

/// The subprotocol that carries a token where headers cannot be set, and the longest header that it may make.
pub(crate) const BEARER_PROTOCOL: &str = "base64UrlBearerAuthorization";
pub(crate) const BEARER_PROTOCOL_LIMIT: usize = 4096;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ShellFrame {
    Stdin(Bytes),
    Stdout(Bytes),
    /// Diagnostics of the platform.
    Stderr(Bytes),
    Status(ShellStatus),
    Resize {
        width: u16,
        height: u16,
    },
    Heartbeat,
    /// The client asks for the end of the shell, or the platform announces it.
    Close,
    /// A channel of a later version, or content that is none of its channel.
    Unknown(u8),
}

/// What a status says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ShellStatus {
    Opened {
        shell_id: String,
        reconnected: bool,
    },
    /// The shell ended. A signal is also in its exit code.
    Exited {
        code: i32,
        signal: Option<i32>,
    },
    /// The platform failed.
    Failed(String),
}

impl ShellFrame {
    pub(crate) fn decode(message: &Bytes) -> Self {
        let Some(channel) = message.first() else { return Self::Unknown(0) };
        let content = message.slice(1..);
        match channel {
            0 => Self::Stdin(content),
            1 => Self::Stdout(content),
            2 => Self::Stderr(content),
            3 => serde_json::from_slice(&content)
                .ok()
                .map_or(Self::Unknown(3), |value: Value| Self::Status(ShellStatus::of_json(&value))),
            4 => Self::resize_of(&content).unwrap_or(Self::Unknown(4)),
            5 => Self::Heartbeat,
            0xff => Self::Close,
            other => Self::Unknown(*other),
        }
    }

    fn resize_of(content: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(content).ok()?;
        let side = |name: &str| u16::try_from(value.get(name)?.as_u64()?).ok().filter(|side| *side > 0);
        Some(Self::Resize { width: side("width")?, height: side("height")? })
    }

    pub(crate) fn encode(&self) -> Bytes {
        let (channel, content) = match self {
            Self::Stdin(content) => (0, content.clone()),
            Self::Stdout(content) => (1, content.clone()),
            Self::Stderr(content) => (2, content.clone()),
            Self::Status(status) => (3, status.to_json().to_string().into()),
            Self::Resize { width, height } => (4, json!({ "width": width, "height": height }).to_string().into()),
            Self::Heartbeat => (5, Bytes::new()),
            Self::Close => (0xff, Bytes::new()),
            Self::Unknown(channel) => (*channel, Bytes::new()),
        };
        [&[channel][..], &content].concat().into()
    }
}

impl ShellStatus {
    fn of_json(value: &Value) -> Self {
        if let Some(id) = value.pointer("/metadata/shellId").and_then(Value::as_str) {
            let reconnected = value.pointer("/metadata/reconnected").and_then(Value::as_bool).unwrap_or_default();
            return Self::Opened { shell_id: id.to_owned(), reconnected };
        }
        if value.get("status").and_then(Value::as_str) == Some("Success") {
            return Self::Exited { code: 0, signal: None };
        }
        let cause = |reason: &str| {
            let causes = value.pointer("/details/causes").and_then(Value::as_array);
            let mut causes = causes.into_iter().flatten();
            causes.find(|cause| cause.get("reason").and_then(Value::as_str) == Some(reason))?.get("message")?.as_str()
        };
        match cause("ExitCode").and_then(|code| code.parse().ok()) {
            Some(code) => Self::Exited { code, signal: cause("Signal").and_then(|signal| signal.parse().ok()) },
            None => {
                let text = |name: &str| value.get(name).and_then(Value::as_str);
                Self::Failed(text("message").or(text("reason")).unwrap_or("no reason was given").to_owned())
            }
        }
    }

    fn to_json(&self) -> Value {
        let status = |metadata: Value, word: &str| json!({ "kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": word });
        match self {
            Self::Opened { shell_id, reconnected } => {
                status(json!({ "shellId": shell_id, "reconnected": reconnected }), "Success")
            }
            Self::Exited { code: 0, .. } => status(json!({}), "Success"),
            Self::Exited { code, signal } => {
                let mut value = status(json!({}), "Failure");
                let mut causes = vec![json!({ "reason": "ExitCode", "message": code.to_string() })];
                causes.extend(signal.map(|signal| json!({ "reason": "Signal", "message": signal.to_string() })));
                value["reason"] = json!("NonZeroExitCode");
                value["message"] = json!(format!("command terminated with exit code {code}"));
                value["details"] = json!({ "causes": causes });
                value
            }
            Self::Failed(message) => {
                let mut value = status(json!({}), "Failure");
                value["reason"] = json!("InternalError");
                value["message"] = json!(message);
                value["code"] = json!(500);
                value
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_the_wire() {
        for frame in [
            ShellFrame::Stdin(Bytes::from_static(b"ls\n")),
            ShellFrame::Stdout(Bytes::from_static(&[0xff, 0])),
            ShellFrame::Stderr(Bytes::new()),
            ShellFrame::Status(ShellStatus::Opened { shell_id: "a".into(), reconnected: true }),
            ShellFrame::Status(ShellStatus::Exited { code: 0, signal: None }),
            ShellFrame::Status(ShellStatus::Exited { code: 137, signal: Some(9) }),
            ShellFrame::Status(ShellStatus::Failed("no".into())),
            ShellFrame::Resize { width: 120, height: 40 },
            ShellFrame::Heartbeat,
            ShellFrame::Close,
        ] {
            assert_eq!(ShellFrame::decode(&frame.encode()), frame);
        }
        assert_eq!(ShellFrame::decode(&Bytes::from_static(b"\x04{\"width\":0,\"height\":1}")), ShellFrame::Unknown(4));
        assert_eq!(ShellFrame::decode(&Bytes::new()), ShellFrame::Unknown(0));
    }
}
