//! What follows once the new version is READY: its smoke test, and the endpoint that is pointed to it.
//!
//! Owns: when a version is tested, what a failure puts back, and that nothing but DEFAULT serves a version before it has passed.
//! Does not own: the test itself (`smoke`), and how an endpoint is pointed (`resources::runtime_endpoint`).

use super::Launch;
use super::smoke::{self, SmokeOutcome, TestEnd};
use crate::cloud::{AgentRuntime, Endpoint};
use crate::error::{Code, Error, Kind, Result};
use crate::ops::endpoint::{SESSIONS, require_artifact, version_before};
use crate::resources::engine::{self, AfterFailure, Context, Late, Node};
use crate::resources::plan::{Action, ResourceKind, Step};
use crate::resources::runtime::{ObservedRuntime, RestoreRules, Runtime, wait_ready};
use crate::resources::runtime_endpoint::{EndpointGoal, RuntimeAddress, RuntimeEndpoint};
use crate::resources::version_note::{SmokeState, VersionMaker, VersionNote};

/// The endpoint that the new version is launched to.
pub(super) struct Promotion<'a> {
    node: Node<RuntimeEndpoint<'a>>,
    runtime: Late<RuntimeAddress>,
    version: Late<String>,
    step: Step,
}

/// The runtime as this launch left it.
pub(super) struct Deployed<'d> {
    pub(super) runtime: &'d AgentRuntime,
    /// Before this launch.
    pub(super) tags: &'d [(String, String)],
    /// This launch made a version.
    pub(super) changed: bool,
    /// There was no runtime before.
    pub(super) is_new: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Released {
    pub(super) steps: Vec<Step>,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) smoke: Option<SmokeOutcome>,
}

impl<'a> Promotion<'a> {
    /// Before anything is built: an endpoint that is somebody else's is refused here.
    pub(super) async fn plan_early(launch: &Launch<'a>, live: Option<&ObservedRuntime>) -> Result<Option<Self>> {
        let Some(name) = &launch.request.endpoint else { return Ok(None) };
        let (runtime, version) = (Late::after(ResourceKind::Runtime), Late::after(ResourceKind::Runtime));
        if let Some(live) = live {
            runtime.set(RuntimeAddress { id: live.runtime.id().to_owned(), arn: live.runtime.arn().to_owned() });
        }
        let mut node = Node::new(RuntimeEndpoint {
            record: launch.record,
            runtime: runtime.clone(),
            name: name.clone(),
            goal: EndpointGoal::Serves { version: version.clone(), description: None },
            adopt: launch.request.adopt,
            waits: true,
            command: launch.request.command.clone(),
            own_tags: Vec::new(),
        });
        engine::observe(vec![&mut node], launch.connections.cloud).await?;
        let step = plan_one(&mut node, launch.request.adopt)?;
        Ok(Some(Self { node, runtime, version, step }))
    }

    /// Once it is known whether the runtime gets a new version.
    pub(super) fn plan(&mut self, steps: &[Step], live: Option<&ObservedRuntime>, adopt: bool) -> Result<Step> {
        let changes = steps.iter().any(|step| step.kind == ResourceKind::Runtime && step.action.is_change());
        if let Some(live) = live.filter(|_| !changes) {
            self.version.set(live.runtime.version().to_owned());
        }
        self.step = plan_one(&mut self.node, adopt)?;
        Ok(self.step.clone())
    }

    /// `serves version 3`, for what was not moved.
    fn unmoved(&self) -> String {
        let name = &self.node.resource.name;
        match self.node.observed.as_ref().and_then(|live| live.endpoint.target()) {
            Some(version) => format!("the endpoint `{name}` still serves version {version}"),
            None => format!("the endpoint `{name}` was not made"),
        }
    }
}

fn plan_one(node: &mut Node<RuntimeEndpoint<'_>>, adopt: bool) -> Result<Step> {
    let mut steps = engine::plan(vec![node], adopt)?;
    Ok(steps.remove(0))
}

/// With as much time as at the beginning: a test with a watch may have lasted longer than that.
fn with_time<'c>(cx: &Context<'c>) -> Context<'c> {
    Context { patience: cx.patience.renewed(), ..*cx }
}

/// Why nothing is put back.
const NONE_BEFORE: &str = "there is no earlier version to put back";
const NONE_GOOD: &str = "no earlier version became READY without a smoke test that failed or was cut off";

/// What a failed test led to.
enum PutBack {
    /// This version has the settings of that one.
    Done { version: String, content_of: String },
    /// Another run has made this version since, and DEFAULT serves it.
    Overtaken(String),
    /// There is nothing to put back, for this reason.
    Nothing(String),
}

impl Launch<'_> {
    /// Tests the version where that is asked for, and points the endpoint to it.
    ///
    /// # Errors
    /// [`Code::SmokeFailed`] when the version failed; it is put back then.
    pub(super) async fn release(
        &self,
        deployed: &Deployed<'_>,
        mut promotion: Option<Promotion<'_>>,
        cx: &Context<'_>,
    ) -> Result<Released> {
        let version = deployed.runtime.version().to_owned();
        let mut released = Released::default();
        if let Some(promotion) = &mut promotion {
            let (id, arn) = (deployed.runtime.id().to_owned(), deployed.runtime.arn().to_owned());
            promotion.runtime.set(RuntimeAddress { id, arn });
            promotion.version.set(version.clone());
            // Another run may have pointed it meanwhile; this one may have been waiting for that.
            let looked = engine::observe(vec![&mut promotion.node], cx.cloud).await;
            looked.map_err(|error| if deployed.changed { partly(error, &version, self) } else { error })?;
            promotion.step = plan_one(&mut promotion.node, self.request.adopt)?;
        }
        let moves = promotion.as_ref().is_some_and(|promotion| promotion.step.action.is_change());
        if let Some(test) = self.request.smoke.as_ref().filter(|_| deployed.is_tested(moves)) {
            match smoke::run(self, test, deployed.runtime, cx).await? {
                TestEnd::Passed(outcome) => {
                    self.note_smoke(deployed.runtime, SmokeState::Passed).await;
                    released.smoke = Some(outcome);
                }
                TestEnd::Failed(why) => {
                    return Err(self.failed(deployed, why, promotion.as_ref(), &with_time(cx)).await);
                }
            }
        }
        if let Some(mut promotion) = promotion {
            let cx = &with_time(cx);
            let after = AfterFailure {
                rerun_command: self.request.command.clone(),
                resume_sentence: format!(
                    "version {version} is deployed: `{}` goes on from there",
                    self.request.command
                ),
            };
            let steps = [promotion.step.clone()];
            let pointed = engine::apply(vec![&mut promotion.node], &steps, cx, &after).await;
            pointed.map_err(|error| if deployed.changed { partly(error, &version, self) } else { error })?;
            let action = promotion.node.outcome.unwrap_or(promotion.step.action);
            if action == Action::Update {
                cx.events.note(SESSIONS);
            }
            released.steps.push(Step { action, ..promotion.step });
            released.endpoint = promotion.node.observed.map(|live| live.endpoint);
        }
        Ok(released)
    }

    /// Whether a version that is there already is tested, which makes an endpoint for a while and may put DEFAULT back.
    pub(super) fn tests_again(&self, live: Option<&ObservedRuntime>) -> bool {
        let is_asked = self.request.smoke.is_some() && self.request.wait.is_some();
        is_asked && live.is_some_and(|live| is_untested(&live.tags, live.runtime.version()))
    }

    /// Says of a version that stays, and that this launch does not test, that it did not pass the test of an earlier one.
    pub(super) fn warn_of_test(&self, live: Option<&ObservedRuntime>, steps: &[Step]) {
        let changes = steps.iter().any(|step| step.kind == ResourceKind::Runtime && step.action.is_change());
        let Some(live) = live.filter(|_| !changes && self.request.smoke.is_none()) else { return };
        let version = live.runtime.version();
        let what = match VersionNote::find(&live.tags, version).and_then(|note| note.smoke) {
            Some(SmokeState::Failed) => "failed its smoke test",
            Some(SmokeState::Pending) => {
                "has not passed its smoke test: the launch that made it was cut off, or did not wait"
            }
            Some(SmokeState::Passed) | None => return,
        };
        let next = match version {
            "1" => String::new(),
            _ => format!("; `{}` goes back to an earlier version", self.record.command("rollback")),
        };
        self.connections.events.warning(format!("version {version}, which DEFAULT serves, {what}{next}"));
    }

    /// Best effort: whoever may not tag tests all the same.
    async fn note_smoke(&self, runtime: &AgentRuntime, state: SmokeState) {
        let (cloud, events) = (self.connections.cloud, self.connections.events);
        let noted = async {
            let tags = cloud.resource_tags(runtime.arn()).await?.unwrap_or_default();
            let note = match VersionNote::find(&tags, runtime.version()) {
                Some(note) => note,
                None => {
                    VersionMaker::new(&self.connections.identity.confirmed().await?.principal).note(runtime.version())
                }
            };
            cloud.tag_resource(runtime.arn(), &[VersionNote { smoke: Some(state), ..note }.tag()]).await
        };
        if let Err(error) = noted.await {
            events.detail("smoke test", format!("its result is not noted: {error}"));
        }
    }

    /// Puts DEFAULT back, and says what serves which version from now on.
    async fn failed(
        &self,
        deployed: &Deployed<'_>,
        why: Error,
        promotion: Option<&Promotion<'_>>,
        cx: &Context<'_>,
    ) -> Error {
        let version = deployed.runtime.version();
        self.note_smoke(deployed.runtime, SmokeState::Failed).await;
        let mut error = Error::failed(format!("version {version} failed its smoke test: {}", why.message()))
            .code(Code::SmokeFailed);
        error = why.causes().iter().fold(error, |error, cause| error.cause(cause.clone()));
        let unmoved = promotion.map(Promotion::unmoved);
        error = match self.put_back(deployed, cx).await {
            Ok(PutBack::Done { version, content_of }) => error
                .cause(format!("DEFAULT is put back: version {version} has the settings of version {content_of}"))
                .hint(format!("`{}` shows both", self.record.command("versions"))),
            Ok(PutBack::Overtaken(newest)) => error
                .cause(format!(
                    "DEFAULT is not put back: another run has made version {newest} meanwhile, and DEFAULT serves it"
                ))
                .hint(format!("`{}` shows all of them", self.record.command("versions"))),
            Ok(PutBack::Nothing(reason)) => error
                .cause(format!("{reason}: DEFAULT serves version {version}"))
                .hint(format!("correct the agent and launch again: `{}`", self.request.command)),
            Err(why) => self.not_put_back(error, version, &why),
        };
        unmoved.into_iter().fold(error, Error::cause)
    }

    /// DEFAULT stays on the version that failed, for this reason.
    fn not_put_back(&self, error: Error, version: &str, why: &Error) -> Error {
        let error = error
            .with_kind(Kind::Partial)
            .cause(format!("DEFAULT serves version {version}, because it could not be put back: {why}"));
        let rollback = self.record.command("rollback");
        let again = format!("correct the agent and launch again: `{}`", self.request.command);
        if why.is(Code::VersionArtifactGone) {
            return error.hint(again).hint(format!("or go back to another version: `{rollback} VERSION`"));
        }
        if why.is(Code::AuthChangeRefused) {
            return error.hint(again).hint(format!("or let those callers in again: `{rollback} --allow-auth-change`"));
        }
        error.hint(format!("put it back: `{rollback}`"))
    }

    async fn put_back(&self, deployed: &Deployed<'_>, cx: &Context<'_>) -> Result<PutBack> {
        let (cloud, runtime) = (cx.cloud, deployed.runtime);
        if deployed.is_new {
            return Ok(PutBack::Nothing(NONE_BEFORE.to_owned()));
        }
        let (versions, tags) =
            tokio::try_join!(cloud.runtime_versions(runtime.id()), cloud.resource_tags(runtime.arn()))?;
        let number = |version: &str| version.parse::<u64>().unwrap_or_default();
        let newest = versions.iter().map(|version| version.version()).max_by_key(|version| number(version));
        if let Some(newest) = newest.filter(|newest| number(newest) > number(runtime.version())) {
            return Ok(PutBack::Overtaken(newest.to_owned()));
        }
        let Some(before) = version_before(&versions, runtime.version(), &tags.unwrap_or_default()) else {
            let is_first = versions.iter().all(|other| number(other.version()) >= number(runtime.version()));
            let reason = if is_first { NONE_BEFORE } else { NONE_GOOD };
            return Ok(PutBack::Nothing(reason.to_owned()));
        };
        let content = cloud.runtime_version(runtime.id(), &before).await?.ok_or_else(|| {
            Error::not_found(format!("version {before} was deleted meanwhile")).code(Code::VersionNotFound)
        })?;
        let command = self.request.command.clone();
        require_artifact(&content, (cloud, self.connections.identity), &command).await?;
        let identity = self.connections.identity.confirmed().await?;
        let maker = VersionMaker { content_of: Some(before.clone()), ..VersionMaker::new(&identity.principal) };
        // Its callers were let in a moment ago, unless versions that served since are passed over.
        let is_since = |version: &str| number(version) > number(&before) && number(version) < number(runtime.version());
        let passes_over = versions.iter().any(|other| other.status() == "READY" && is_since(other.version()));
        let allow_auth_change = !passes_over || self.request.allow_auth_change;
        let rules = RestoreRules { adopt: self.request.adopt, allow_auth_change, command: command.clone() };
        let mut node = Node::new(Runtime::restored(self.record, runtime, content, rules, maker));
        engine::observe(vec![&mut node], cloud).await?;
        let steps = engine::plan(vec![&mut node], self.request.adopt)?;
        if steps.iter().any(|step| step.action.is_change()) {
            cx.events.note(format!("DEFAULT is put back to the settings of version {before}"));
        }
        let after = AfterFailure { rerun_command: command, resume_sentence: "version is being put back".to_owned() };
        engine::apply(vec![&mut node], &steps, cx, &after).await?;
        let Some(made) = node.observed.as_ref().filter(|_| node.outcome.is_some_and(Action::is_change)) else {
            let reason = format!("version {before}, which would be put back, has the same settings");
            return Ok(PutBack::Nothing(reason));
        };
        wait_ready(cloud, runtime.id(), cx.patience.renewed().left(), cx.events).await?;
        Ok(PutBack::Done { version: made.runtime.version().to_owned(), content_of: before })
    }
}

impl Deployed<'_> {
    /// A version that is new, that an endpoint is pointed to, or whose test has not ended well yet.
    fn is_tested(&self, moves: bool) -> bool {
        self.changed || moves || is_untested(self.tags, self.runtime.version())
    }
}

/// Whether the test of this version has not ended well: the run before this one may have been cut off.
fn is_untested(tags: &[(String, String)], version: &str) -> bool {
    let note = VersionNote::find(tags, version).and_then(|note| note.smoke);
    matches!(note, Some(SmokeState::Pending | SmokeState::Failed))
}

/// The version is there, and the endpoint does not serve it.
fn partly(error: Error, version: &str, launch: &Launch<'_>) -> Error {
    let error = if error.kind() == Kind::Deadline { error } else { error.with_kind(Kind::Partial) };
    error
        .cause(format!("done: version {version} is deployed, and DEFAULT serves it"))
        .hint(format!("fix the cause and go on with the endpoint: `{}`", launch.request.command))
}
