//! Looks at everything that a launch or a call depends on, and says what is wrong and what to do. Changes nothing.
//!
//! Owns: which checks there are, that they run side by side, each within its time, and that nothing secret is in what they
//! say. `account` has credentials (`keys`: those in variables), region and quota, `network` the way to AWS, `tools`, `path` and
//! `folders` this machine, `project` the configuration, `inbound` the identity provider and a token, `role` the execution role. Does not
//! own: whether a sandbox of this machine runs, which the caller finds out.

mod account;
mod folders;
mod inbound;
mod keys;
mod network;
mod path;
mod project;
mod report;
mod role;
mod sandbox;
mod tools;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::cloud::{Cloud, masked_key_id};
use crate::config::{Agent, Store};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::events::{Events, Outcome};
use crate::http::Http;
use crate::redact::{SecretString, scrub, without_logins};

pub(crate) use report::DoctorReport;
pub(crate) use sandbox::SandboxSeen;

const STEP: &str = "doctor";
/// How long one check may take. Longer than a connection that is not answered (5 s) and a name that is not found.
const LIMIT: Duration = Duration::from_secs(10);

/// What is wrong, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FindingStatus {
    Ok,
    /// Worth knowing; nothing has to be done.
    Note,
    /// Something works less well than it could, or may fail later.
    Warning,
    /// Something will not work.
    Problem,
    /// Not looked at; the text says why.
    Skipped,
}

impl FindingStatus {
    /// In the order in which they are counted.
    const ALL: [Self; 5] = [Self::Ok, Self::Note, Self::Warning, Self::Problem, Self::Skipped];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::Skipped => "skipped",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug)]
struct Finding {
    /// The same in every version: scripts compare it.
    id: &'static str,
    status: FindingStatus,
    text: String,
    /// A command, else what to do in words.
    fix: Option<String>,
}

impl Finding {
    fn new(id: &'static str, status: FindingStatus, text: impl Into<String>) -> Self {
        Self { id, status, text: text.into(), fix: None }
    }

    fn ok(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, FindingStatus::Ok, text)
    }

    fn note(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, FindingStatus::Note, text)
    }

    fn warning(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, FindingStatus::Warning, text)
    }

    fn problem(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, FindingStatus::Problem, text)
    }

    fn skipped(id: &'static str, text: impl Into<String>) -> Self {
        Self::new(id, FindingStatus::Skipped, text)
    }

    /// A failure with its own first advice.
    fn of_error(id: &'static str, status: FindingStatus, error: &Error) -> Self {
        let found = Self::new(id, status, error.to_string());
        match error.hints().first() {
            Some(hint) => found.fix(hint.clone()),
            None => found,
        }
    }

    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

/// What is looked at. Nothing in it has made a request yet.
pub(crate) struct DoctorRequest<'a> {
    pub(crate) env: &'a Env,
    pub(crate) http: &'a Arc<Http>,
    pub(crate) events: &'a Events,
    /// No request to anybody.
    pub(crate) offline: bool,
    pub(crate) profile: Option<&'a str>,
    /// `--region`.
    pub(crate) region: Option<&'a str>,
    /// The configuration; `None` where there is none and none was named.
    pub(crate) store: Result<Option<Store>>,
    /// The name of the agent that is meant; `None` without a configuration, and where several could be.
    pub(crate) agent: Option<String>,
    pub(crate) cloud: Result<Cloud>,
    /// A token of a caller, which is judged.
    pub(crate) token: Option<SecretString>,
    pub(crate) sandbox: SandboxSeen,
}

impl DoctorRequest<'_> {
    fn project(&self) -> Option<&Store> {
        self.store.as_ref().ok()?.as_ref()
    }

    /// The configuration and the agent in it.
    fn agent(&self) -> Option<(&Store, &Agent)> {
        let store = self.project()?;
        Some((store, store.agent(self.agent.as_deref()).ok()?))
    }

    /// What must not be shown, although a message could have it.
    fn secrets(&self) -> Vec<SecretString> {
        let names = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];
        let variables = names.iter().filter_map(|name| self.env.var(name));
        let secrets = variables.map(|value| SecretString::from(value.to_owned()));
        secrets.chain(self.token.clone()).collect()
    }
}

/// Runs all checks side by side.
pub(crate) async fn examine(request: &DoctorRequest<'_>) -> DoctorReport {
    request.events.started(STEP, "look at this machine, the project, the network and the account");
    let done = AtomicU64::new(0);
    let counted = |findings: Vec<Finding>| {
        let so_far = done.fetch_add(findings.len() as u64, Ordering::Relaxed) + findings.len() as u64;
        request.events.count(STEP, so_far, "checks");
        findings
    };
    let groups = tokio::join!(
        async { counted(project::check(request)) },
        async { counted(account::check(request).await) },
        async { counted(network::check(request).await) },
        async { counted(tools::check(request).await) },
        async { counted(path::check(request).await) },
        async { counted(inbound::check(request).await) },
        async { counted(sandbox::check(request).await) },
        async { counted(folders::check(request)) },
    );
    let (project, account, network, tools, path, inbound, sandbox, folders) = groups;
    let all = [path, folders, project, account, network, tools, inbound, sandbox].into_iter().flatten();
    let (secrets, key_id) = (request.secrets(), request.env.var("AWS_ACCESS_KEY_ID"));
    let shown = |text: &str| {
        let text = without_logins(&scrub(text, &secrets));
        key_id.filter(|id| id.len() >= 8).map_or(text.clone(), |id| text.replace(id, &masked_key_id(id)))
    };
    let findings: Vec<Finding> =
        all.map(|found| Finding { text: shown(&found.text), fix: found.fix.as_deref().map(shown), ..found }).collect();
    request.events.finished(STEP, Outcome::Done, format!("{} checks", findings.len()));
    DoctorReport { findings, offline: request.offline, agent: request.agent.clone() }
}

/// The result of a check within its time; what takes longer is told, and nobody waits for it.
async fn within(id: &'static str, check: impl Future<Output = Finding>) -> Finding {
    match tokio::time::timeout(LIMIT, check).await {
        Ok(found) => found,
        Err(_) => {
            Finding::warning(id, format!("no answer within {} s", LIMIT.as_secs())).fix("run `agentcore doctor` again")
        }
    }
}

/// What is skipped with `--offline`.
fn offline(id: &'static str) -> Finding {
    Finding::skipped(id, "needs a request (--offline)")
}
