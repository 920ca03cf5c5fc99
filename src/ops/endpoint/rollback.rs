//! Back to an earlier version: a named endpoint is pointed there, and for DEFAULT, which follows the newest version, the
//! settings of the earlier one are deployed again.

use super::report::{EndpointChange, EndpointReport};
use super::{EndpointWork, PlannedChange, SESSIONS};
use crate::cloud::AgentRuntime;
use crate::error::{Code, Error, Result};
use crate::facts::DEFAULT_ENDPOINT;
use crate::resources::engine::{self, Late, Node};
use crate::resources::plan::{ResourceKind, Step};
use crate::resources::runtime::{ObservedRuntime, RestoreRules, Runtime, wait_ready};
use crate::resources::runtime_endpoint::{self, EndpointGoal};
use crate::resources::version_note::{SmokeState, VersionMaker, VersionNote};

/// What is rolled back, and to which version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RollbackTarget<'a> {
    /// DEFAULT, or the name of an endpoint.
    pub(crate) endpoint: &'a str,
    /// `None` is the version that it served before.
    pub(crate) version: Option<&'a str>,
    pub(crate) allow_auth_change: bool,
}

/// # Errors
/// Exit 5 for an endpoint or a version that is not there; exit 2 when nothing says which version was served before, when the
/// image or archive of the version is gone, and when the callers of DEFAULT would become more.
pub(crate) async fn rollback(work: &EndpointWork<'_>, target: RollbackTarget<'_>) -> Result<EndpointReport> {
    if target.endpoint == DEFAULT_ENDPOINT {
        return newest(work, target).await;
    }
    named(work, target).await
}

async fn named(work: &EndpointWork<'_>, target: RollbackTarget<'_>) -> Result<EndpointReport> {
    let (planned, wanted, known) = plan_named(work, target).await?;
    // What another run did meanwhile does not change which version was meant.
    let again = RollbackTarget { version: Some(&wanted), ..target };
    let again = || async { plan_named(work, again).await.map(|(planned, ..)| planned) };
    let mut report = work.carry_out(planned, again).await?;
    report.change.known = known;
    Ok(report)
}

/// The change, its version, and how that is known where nobody said it.
async fn plan_named<'a>(
    work: &EndpointWork<'a>,
    target: RollbackTarget<'_>,
) -> Result<(PlannedChange<'a>, String, Option<String>)> {
    let (runtime, name) = (work.runtime().await?, target.endpoint);
    let version = Late::after(ResourceKind::Runtime);
    let goal = EndpointGoal::Serves { version: version.clone(), description: None };
    let mut node = work.node(&runtime, name, goal);
    engine::observe(vec![&mut node], work.cloud).await?;
    let live = node.observed.as_ref().ok_or_else(|| runtime_endpoint::missing(name))?;
    let (wanted, known) = match target.version {
        Some(version) => (version.to_owned(), None),
        None => {
            let serves = live.endpoint.target();
            let before = live.previous.clone().filter(|before| serves != Some(before.as_str()));
            let before = before.ok_or_else(|| nothing_before(name))?;
            let known =
                format!("Version {before} is what `{name}` served before, by its tag `agentcore:previous-version`.");
            (before, Some(known))
        }
    };
    work.version(&runtime.runtime, &wanted).await?;
    version.set(wanted.clone());
    let planned = PlannedChange::new(work, runtime, node, format!("roll back the endpoint {name}"))?;
    Ok((planned, wanted, known))
}

fn nothing_before(name: &str) -> Error {
    let (what, flag) = match name {
        DEFAULT_ENDPOINT => {
            ("no earlier version became READY without a smoke test that failed".to_owned(), String::new())
        }
        _ => (format!("nothing says which version `{name}` served before"), format!(" --endpoint {name}")),
    };
    Error::usage(what)
        .code(Code::VersionNoPrevious)
        .hint("`agentcore versions` lists the versions")
        .hint(format!("name one: `agentcore rollback VERSION{flag}`"))
}

/// The newest version below this one that became READY and has no smoke test that failed or never ended.
pub(crate) fn version_before(versions: &[AgentRuntime], newest: &str, tags: &[(String, String)]) -> Option<String> {
    let number = |version: &AgentRuntime| version.version().parse::<u64>().unwrap_or_default();
    let newest = newest.parse::<u64>().unwrap_or_default();
    let is_doubtful = |version: &AgentRuntime| {
        let smoke = VersionNote::find(tags, version.version()).and_then(|note| note.smoke);
        matches!(smoke, Some(SmokeState::Failed | SmokeState::Pending))
    };
    let serves = |version: &&AgentRuntime| version.status() == "READY" && !is_doubtful(version);
    let before = versions.iter().filter(|version| number(version) < newest).filter(serves);
    let before = before.max_by_key(|version| number(version));
    before.map(|version| version.version().to_owned())
}

async fn newest(work: &EndpointWork<'_>, target: RollbackTarget<'_>) -> Result<EndpointReport> {
    let planned = PlannedVersion::plan(work, target).await?;
    if work.plan_only || !planned.is_change() {
        return planned.finish(work).await;
    }
    let Some((lock, after_another)) = work.lock(&planned.runtime.runtime).await? else {
        return planned.finish(work).await;
    };
    let rollback = async {
        if !after_another {
            return planned.finish(work).await;
        }
        let PlannedVersion { wanted, known, .. } = planned;
        // What another run did meanwhile does not change which version was meant.
        let again = RollbackTarget { version: Some(&wanted), ..target };
        let planned = PlannedVersion { known, ..PlannedVersion::plan(work, again).await? };
        planned.finish(work).await
    };
    lock.while_held(rollback).await
}

/// A new version with the settings of an earlier one, planned.
struct PlannedVersion<'a> {
    runtime: ObservedRuntime,
    node: Node<Runtime<'a>>,
    steps: Vec<Step>,
    /// The earlier version.
    wanted: String,
    /// How that is known, where nobody said it.
    known: Option<String>,
}

impl<'a> PlannedVersion<'a> {
    async fn plan(work: &EndpointWork<'a>, target: RollbackTarget<'_>) -> Result<Self> {
        let runtime = work.runtime().await?;
        let live = &runtime.runtime;
        let (wanted, known) = match target.version {
            Some(version) => (version.to_owned(), None),
            None => {
                let versions = work.cloud.runtime_versions(live.id()).await?;
                let before = version_before(&versions, live.version(), &runtime.tags)
                    .ok_or_else(|| nothing_before(DEFAULT_ENDPOINT))?;
                let known = format!(
                    "Version {before} is the newest earlier one that became READY and has no smoke test that failed or was cut off."
                );
                (before, Some(known))
            }
        };
        let version = work.version(live, &wanted).await?;
        let mounts = |runtime: &AgentRuntime| runtime.raw.get("filesystemConfigurations").cloned();
        let mounts_again = mounts(&version).is_some() && mounts(&version) != mounts(live);
        let identity = work.identity.confirmed().await?;
        let maker = VersionMaker { content_of: Some(wanted.clone()), ..VersionMaker::new(&identity.principal) };
        let command = work.whole_command();
        let rules = RestoreRules { adopt: work.adopt, allow_auth_change: target.allow_auth_change, command };
        let mut node = Node::new(Runtime::restored(work.record, live, version, rules, maker));
        engine::observe(vec![&mut node], work.cloud).await?;
        let mut steps = engine::plan(vec![&mut node], work.adopt)?;
        if let Some(step) = steps.first_mut().filter(|step| step.action.is_change()) {
            step.notes.push(format!("a new version with the settings of version {wanted}; DEFAULT follows it"));
            if mounts_again {
                step.notes
                    .push("its role may do what it may now, which may not be enough for its file systems".to_owned());
            }
        }
        Ok(Self { runtime, node, steps, wanted, known })
    }

    fn is_change(&self) -> bool {
        self.steps.iter().any(|step| step.action.is_change())
    }

    /// Does it, unless only the plan is wanted.
    async fn finish(mut self, work: &EndpointWork<'a>) -> Result<EndpointReport> {
        let (live, is_changed) = (&self.runtime.runtime, self.is_change());
        let mut after = if is_changed { None } else { Some(live.version().to_owned()) };
        let mut endpoint = self.runtime.endpoint.clone();
        if !work.plan_only {
            let cx = work.context();
            engine::apply(vec![&mut self.node], &self.steps, &cx, &work.after_failure()).await?;
            let made = self.node.observed.as_ref().map_or(live, |made| &made.runtime);
            after = Some(made.version().to_owned());
            if work.wait.is_some() {
                let ready = wait_ready(work.cloud, live.id(), cx.patience.renewed().left(), work.events()).await?;
                endpoint = Some(ready.endpoint);
            }
            if is_changed {
                work.events().note(SESSIONS);
                work.events().warning(format!(
                    "the configuration is as it was: the next `{}` deploys what it and the source say",
                    work.launch
                ));
            }
        }
        let before = Some(live.version().to_owned());
        let verb = "roll back DEFAULT of".to_owned();
        let change = EndpointChange { verb, steps: self.steps, before, after, known: self.known };
        work.report(live, change, endpoint).await
    }
}
