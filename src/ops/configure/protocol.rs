//! The agent's protocol, detected in its source where the user does not name it.

use std::path::Path;

use super::check::CheckedRequest;
use crate::config::{Agent, Protocol};
use crate::facts::{A2A_VERSION, MOST_HEADERS};
use crate::fsx;
use crate::project::{DetectedServer, ProtocolFinding, ServedProtocol};

/// The detected protocol, for the report.
#[derive(Debug, Default)]
pub(crate) struct Recognised {
    pub(crate) notes: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// Takes over what the source serves for a new agent. A known agent keeps its protocol, which somebody may have chosen.
pub(crate) fn recognise(
    checked: &mut CheckedRequest,
    finding: Option<&ProtocolFinding>,
    (existing, name): (Option<&Agent>, &str),
    root: &Path,
) -> Recognised {
    let mut out = Recognised::default();
    match finding.filter(|_| checked.protocol.is_none()) {
        Some(ProtocolFinding::Sure(served)) => {
            let protocol = protocol_of(served.serves);
            let (word, port, uses) = (protocol.as_str(), protocol.port(), uses(served, root));
            match existing.map(Agent::protocol) {
                None => {
                    checked.protocol = Some(protocol);
                    out.notes.push(format!(
                        "{uses}: the agent's protocol is {word}, on port {port} (`--protocol` takes another)"
                    ));
                }
                Some(Protocol::Http) => out.warnings.push(format!(
                    "{uses}, which speaks {word}, and the agent's protocol is HTTP. If {word} is meant: \
                     `agentcore configure --name {name} --protocol {word}`"
                )),
                Some(_) => {}
            }
        }
        // It was reported when the agent was first configured.
        Some(ProtocolFinding::Perhaps(_)) if existing.is_some() => {}
        Some(ProtocolFinding::Perhaps(all)) => out.notes.extend(all.iter().map(|served| {
            let word = protocol_of(served.serves).as_str();
            format!(
                "{}, which some {word} servers do; that does not decide it, and the agent's protocol is HTTP. If {word} is \
                 meant: `agentcore configure --name {name} --protocol {word}`",
                uses(served, root)
            )
        })),
        None => {}
    }
    out.notes.extend(pass_version(checked, existing, name));
    out
}

const fn protocol_of(serves: ServedProtocol) -> Protocol {
    match serves {
        ServedProtocol::Mcp => Protocol::Mcp,
        ServedProtocol::A2a => Protocol::A2a,
        ServedProtocol::Agui => Protocol::Agui,
    }
}

fn uses(served: &DetectedServer, root: &Path) -> String {
    let file = fsx::relative(&served.file, root).unwrap_or_else(|| served.file.display().to_string());
    format!("`{file}` uses `{}`", served.sign)
}

/// Lists the header of A2A 1.0 for an agent that becomes one of A2A. A list that the user wrote, now or earlier, is
/// kept: a missing header is a warning.
fn pass_version(checked: &mut CheckedRequest, existing: Option<&Agent>, name: &str) -> Option<String> {
    let known = existing.map(Agent::protocol);
    let chosen = checked.protocol.is_some() || checked.headers.is_some();
    if checked.protocol.or(known) != Some(Protocol::A2a) || !chosen {
        return None;
    }
    let mut names = checked.headers.clone().or_else(|| existing.and_then(Agent::request_headers)).unwrap_or_default();
    if names.iter().any(|name| name.eq_ignore_ascii_case(A2A_VERSION)) {
        return None;
    }
    if names.len() >= MOST_HEADERS {
        return Some(format!(
            "the header `{A2A_VERSION}`, which clients of A2A 1.0 send, does not reach the agent: its allowlist is full"
        ));
    }
    names.push(A2A_VERSION.to_owned());
    if checked.headers.is_some() || known == Some(Protocol::A2a) {
        return Some(format!(
            "the header `{A2A_VERSION}`, which clients of A2A 1.0 send, does not reach the agent; to pass it on: \
             `agentcore configure --name {name} --request-header-allowlist {}`",
            names.join(",")
        ));
    }
    checked.headers = Some(names);
    Some(format!("the header `{A2A_VERSION}`, which clients of A2A 1.0 send, is passed on to the agent"))
}
