//! Whether a sandbox runs, and whether this environment uses it.

use super::{DoctorRequest, Finding, offline};
use crate::cloud::{LocalSandbox, Service};

const ID: &str = "sandbox";
const USE_IT: &str = "eval \"$(agentcore sandbox env)\"";

/// The sandbox in this machine's usual place, as the caller found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SandboxSeen {
    Running {
        url: String,
    },
    Stopped,
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
        (Some(url), false, _) if is_of_this_machine(url) => {
            Finding::note(ID, format!("no sandbox answers at {url}, which this environment uses"))
        }
        (_, _, SandboxSeen::Running { url }) => {
            Finding::note(ID, format!("one runs at {url}, and this environment does not use it")).fix(USE_IT)
        }
        _ => Finding::ok(ID, "none runs, and this environment needs none"),
    }]
}

fn is_of_this_machine(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| crate::http::is_loopback(&url))
}
