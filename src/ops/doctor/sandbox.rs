//! Whether a sandbox runs, and whether this environment uses it.

use super::{DoctorRequest, Finding, offline};
use crate::cloud::{LocalSandbox, Service};

const ID: &str = "sandbox";
/// Unsetting one variable would leave the sandbox's keys and platform for AWS.
pub(super) const START_AGAIN: &str =
    "start it again: agentcore sandbox start; or use AWS instead, in a new shell without the sandbox's variables";
const USE_IT: &str = "eval \"$(agentcore sandbox env)\"";

/// The sandbox in this machine's usual place, as the caller found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SandboxSeen {
    Running {
        url: String,
    },
    /// It keeps its keys, and its port for the next start.
    Stopped {
        port: Option<u16>,
    },
    Absent,
    /// Finding out takes a request.
    NotAsked,
}

pub(super) async fn check(request: &DoctorRequest<'_>) -> Vec<Finding> {
    if request.offline {
        return vec![offline(ID)];
    }
    let cloud = request.cloud.as_ref().ok();
    let address = cloud.and_then(|cloud| cloud.address(Service::CONTROL, request.env));
    let target = address.as_ref().filter(|address| address.set_by.is_some()).map(|address| address.url.as_str());
    let used = match cloud {
        Some(cloud) => LocalSandbox::find(request.env, request.http, cloud.region()).await.is_some(),
        None => false,
    };
    vec![match (target, used, &request.sandbox) {
        (Some(url), true, _) => Finding::ok(ID, format!("this environment uses the sandbox at {url}")),
        (Some(url), false, SandboxSeen::Running { url: running }) if is_of_this_machine(url) => {
            Finding::problem(ID, format!("no sandbox answers at {url}, and one runs at {running}")).fix(USE_IT)
        }
        (Some(url), false, seen) if is_of_this_machine(url) => {
            let found = Finding::note(ID, format!("no sandbox answers at {url}, which this environment uses"));
            if is_stopped(seen, url) { found.fix(START_AGAIN) } else { found }
        }
        (_, _, SandboxSeen::Running { url }) => {
            Finding::note(ID, format!("one runs at {url}, and this environment does not use it")).fix(USE_IT)
        }
        _ => Finding::ok(ID, "none runs, and this environment needs none"),
    }]
}

/// What was at the address was stopped, and comes back with the same keys.
pub(super) fn is_stopped(seen: &SandboxSeen, url: &str) -> bool {
    let port = |url: &str| url::Url::parse(url).ok()?.port_or_known_default();
    matches!(seen, SandboxSeen::Stopped { port: Some(own) } if is_of_this_machine(url) && port(url) == Some(*own))
}

pub(super) fn is_of_this_machine(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| crate::http::is_loopback(&url))
}
