//! The agent's protocol, where its source says it and the user does not.

use std::path::Path;

use super::check::Checked;
use crate::config::{Agent, Protocol};
use crate::fsx;
use crate::project::{Served, Serves};

/// What clients of A2A 1.0 say their version in. The service passes only listed headers on.
const A2A_VERSION: &str = "A2A-Version";

/// What was recognised, for the person who reads the outcome.
#[derive(Debug, Default)]
pub(crate) struct Recognised {
    pub(crate) notes: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// Takes over what the source serves for a new agent. A known agent keeps its protocol, which somebody may have chosen.
pub(crate) fn recognise(
    checked: &mut Checked,
    served: Option<&Served>,
    (existing, name): (Option<&Agent>, &str),
    root: &Path,
) -> Recognised {
    let mut out = Recognised::default();
    if let Some(served) = served.filter(|_| checked.protocol.is_none()) {
        let protocol = match served.serves {
            Serves::Mcp => Protocol::Mcp,
            Serves::A2a => Protocol::A2a,
            Serves::Agui => Protocol::Agui,
        };
        let file = fsx::relative(&served.file, root).unwrap_or_else(|| served.file.display().to_string());
        let (word, port, sign) = (protocol.as_str(), protocol.port(), &served.sign);
        match existing.map(Agent::protocol) {
            None => {
                checked.protocol = Some(protocol);
                out.notes.push(format!(
                    "`{file}` uses `{sign}`: the agent's protocol is {word}, on port {port} (`--protocol` takes another)"
                ));
            }
            Some(Protocol::Http) => out.warnings.push(format!(
                "`{file}` uses `{sign}`, which speaks {word}, and the agent's protocol is HTTP. If {word} is meant: \
                 `agentcore configure --name {name} --protocol {word}`"
            )),
            Some(_) => {}
        }
    }
    if existing.is_none() && checked.protocol == Some(Protocol::A2a) && checked.headers.is_none() {
        checked.headers = Some(vec![A2A_VERSION.to_owned()]);
        out.notes.push(format!("the header `{A2A_VERSION}`, which clients of A2A 1.0 send, is passed on to the agent"));
    }
    out
}
