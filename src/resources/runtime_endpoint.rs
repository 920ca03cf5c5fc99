//! A named endpoint of a runtime: it stays on its version until it is pointed to another one.
//!
//! Owns: making one, pointing it, deleting it, and the tag that says which version it served before. Does not own: DEFAULT,
//! which the service makes with the runtime and moves by itself.
//!
//! An endpoint is on record nowhere but in its tags: it belongs to the runtime, and goes with it.

use std::time::Duration;

use serde_json::json;

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::{self, Owner};
use super::patience::is_conflict;
use super::plan::{Action, FieldChange, ResourceKind};
use super::record::AgentRecord;
use super::resource_policy;
use crate::clock;
use crate::cloud::{Cloud, Endpoint, NewEndpoint};
use crate::error::{Code, Error, Kind, Result};
use crate::wait::{self, Probe};

/// Tag of an endpoint that holds the version that it served before the present one.
const PREVIOUS_TAG: &str = "agentcore:previous-version";
/// Tag of an endpoint that was made for a smoke test and goes after it; its value is the time from which it is left over.
pub(crate) const TEMPORARY_TAG: &str = "agentcore:temporary-until";
/// How long an endpoint may take to go.
const GONE: Duration = Duration::from_secs(120);

/// Id and ARN of the runtime that an endpoint belongs to.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeAddress {
    pub(crate) id: String,
    pub(crate) arn: String,
}

/// What is to become of an endpoint.
#[derive(Clone, Debug)]
pub(crate) enum EndpointGoal {
    /// It serves this version, which may be known only once the runtime has it.
    Serves {
        version: Late<String>,
        description: Option<String>,
    },
    /// There at all: a new one serves this version, and one that is there stays as it is.
    There {
        version: String,
        description: Option<String>,
    },
    Deleted,
}

/// A named endpoint of a runtime.
#[derive(Debug)]
pub(crate) struct RuntimeEndpoint<'a> {
    pub(crate) record: &'a AgentRecord,
    /// `None` before the runtime exists, which then has no endpoints.
    pub(crate) runtime: Late<RuntimeAddress>,
    pub(crate) name: String,
    pub(crate) goal: EndpointGoal,
    /// Change or delete one that this project did not make.
    pub(crate) adopt: bool,
    /// Whether a change is waited for until the endpoint serves the version.
    pub(crate) waits: bool,
    /// The command that does it all the same where the endpoint is somebody else's, without `--adopt`.
    pub(crate) command: String,
    /// Besides those of every resource.
    pub(crate) own_tags: Vec<(String, String)>,
}

/// An endpoint that is there.
#[derive(Clone, Debug)]
pub(crate) struct ObservedEndpoint {
    pub(crate) endpoint: Endpoint,
    owner: Owner,
    /// The caller may read its tags.
    has_readable_tags: bool,
    /// The version that it served before, by its tag.
    pub(crate) previous: Option<String>,
    /// It was made for a smoke test, and is left over from then on.
    pub(crate) temporary_until: Option<String>,
}

impl ObservedEndpoint {
    fn new(endpoint: Endpoint, owner: Owner, tags: Option<&[(String, String)]>) -> Self {
        let value = |key: &str| {
            let found = tags.unwrap_or_default().iter().find(|(name, _)| name == key);
            found.map(|(_, value)| value.clone())
        };
        Self {
            endpoint,
            owner,
            has_readable_tags: tags.is_some(),
            previous: value(PREVIOUS_TAG),
            temporary_until: value(TEMPORARY_TAG),
        }
    }

    /// An endpoint of a list, with its tags.
    ///
    /// # Errors
    /// The service's refusal, but for a caller who may not read tags.
    pub(crate) async fn of_listed(endpoint: Endpoint, cloud: &Cloud, record: &AgentRecord) -> Result<Self> {
        let tags = cloud.resource_tags(&endpoint.arn).await?;
        let owner = record.owner_of(tags.as_deref(), false);
        Ok(Self::new(endpoint, owner, tags.as_deref()))
    }

    pub(crate) const fn is_ours(&self) -> bool {
        self.owner.is_ours()
    }

    /// Whether it is of a smoke test that was cut off: nobody tests with it any more.
    pub(crate) fn is_left_over(&self) -> bool {
        let now = clock::iso8601(clock::now());
        // Of this form, times have the order of their texts.
        let is_past = self.temporary_until.as_ref().is_some_and(|until| *until < now);
        is_past && self.is_ours() && self.endpoint.status != "DELETING"
    }
}

/// The ARN of an endpoint of this runtime.
fn arn_of(runtime_arn: &str, name: &str) -> String {
    format!("{runtime_arn}/runtime-endpoint/{name}")
}

impl RuntimeEndpoint<'_> {
    async fn read(&self, cloud: &Cloud) -> Result<Option<ObservedEndpoint>> {
        let Some(runtime) = self.runtime.get() else { return Ok(None) };
        let arn = arn_of(&runtime.arn, &self.name);
        let (endpoint, tags) =
            futures_util::future::try_join(cloud.endpoint(&runtime.id, &self.name), cloud.resource_tags(&arn)).await?;
        let Some(endpoint) = endpoint.filter(|endpoint| endpoint.status != "DELETING") else { return Ok(None) };
        let tags = if endpoint.arn == arn { tags } else { cloud.resource_tags(&endpoint.arn).await? };
        let owner = self.record.owner_of(tags.as_deref(), false);
        Ok(Some(ObservedEndpoint::new(endpoint, owner, tags.as_deref())))
    }

    fn description(&self) -> Option<&str> {
        match &self.goal {
            EndpointGoal::Serves { description, .. } | EndpointGoal::There { description, .. } => {
                description.as_deref()
            }
            EndpointGoal::Deleted => None,
        }
    }

    /// The version that it is to serve, as far as it is known.
    fn version(&self) -> Option<String> {
        match &self.goal {
            EndpointGoal::Serves { version, .. } => version.get(),
            EndpointGoal::There { version, .. } => Some(version.clone()),
            EndpointGoal::Deleted => None,
        }
    }

    fn differences(&self, observed: &ObservedEndpoint) -> Vec<FieldChange> {
        let live = &observed.endpoint;
        let mut changes = Vec::new();
        if let EndpointGoal::Serves { version, .. } = &self.goal {
            match version.get() {
                None => changes.push(FieldChange::of("version").meaning("known once the runtime has it")),
                Some(version) if live.target() != Some(version.as_str()) => {
                    changes.push(FieldChange::shown("version", Some(&json!(live.target())), Some(&json!(version))));
                }
                // What failed on its way there is tried again.
                Some(version) if live.status == "UPDATE_FAILED" => {
                    let before = json!(live.live_version);
                    changes.push(FieldChange::shown("version", Some(&before), Some(&json!(version))));
                }
                Some(_) => {}
            }
        }
        if let Some(wanted) = self.description().filter(|wanted| live.description() != Some(wanted)) {
            changes.push(FieldChange::shown("description", Some(&json!(live.description())), Some(&json!(wanted))));
        }
        changes
    }

    /// Makes it, or points it, until it is as it is to be, whatever another run does meanwhile.
    async fn converge(&self, found: Option<ObservedEndpoint>, cx: &Context<'_>) -> Result<Made<ObservedEndpoint>> {
        let mut found = found;
        let schedule = cx.schedule();
        let mut pause = schedule.first;
        loop {
            let tried = match &found {
                None => self.try_create(cx).await,
                Some(live) => self.try_point(live, cx).await,
            };
            match tried {
                // A runtime, or an endpoint, that something else is changing; or one of the name that came up meanwhile.
                Err(error) if is_conflict(&error) && !cx.patience.left().is_zero() => {
                    cx.events.detail(self.kind().as_str(), format!("waiting for another change to finish: {error}"));
                    found = self.read(cx.cloud).await?;
                    if let Some(live) = &found {
                        self.check_owner(live)?;
                    }
                    tokio::time::sleep(pause.min(cx.patience.left())).await;
                    pause = schedule.after(pause);
                }
                other => return other,
            }
        }
    }

    async fn try_create(&self, cx: &Context<'_>) -> Result<Made<ObservedEndpoint>> {
        let runtime = self.runtime.require()?;
        let version = self.required_version()?;
        let mut tags = self.record.tags(cx.events)?;
        tags.extend(self.own_tags.iter().cloned());
        let new = NewEndpoint {
            runtime_id: &runtime.id,
            name: &self.name,
            version: &version,
            description: self.description(),
            tags: &tags,
        };
        cx.cloud.create_endpoint(&new).await?;
        let endpoint = cx.cloud.endpoint(&runtime.id, &self.name).await?.ok_or_else(|| self.missing())?;
        Ok(Made { observed: ObservedEndpoint::new(endpoint, Owner::Ours, Some(&tags)), action: Action::Create })
    }

    async fn try_point(&self, live: &ObservedEndpoint, cx: &Context<'_>) -> Result<Made<ObservedEndpoint>> {
        if self.differences(live).is_empty() {
            return Ok(Made { observed: live.clone(), action: Action::Unchanged });
        }
        let runtime = self.runtime.require()?;
        let version = match &self.goal {
            EndpointGoal::Serves { .. } => self.required_version()?,
            _ => live.endpoint.target().unwrap_or_default().to_owned(),
        };
        let before = live.endpoint.live_version.clone().filter(|before| *before != version);
        if let Some(before) = before.filter(|before| live.previous.as_ref() != Some(before)) {
            // Before the endpoint moves: afterwards nothing says where it was.
            cx.cloud.tag_resource(&live.endpoint.arn, &[(PREVIOUS_TAG.to_owned(), before)]).await?;
        }
        cx.cloud.update_endpoint((&runtime.id, &self.name), &version, self.description()).await?;
        self.record.forget_session_at(&self.name);
        let endpoint = cx.cloud.endpoint(&runtime.id, &self.name).await?.ok_or_else(|| self.missing())?;
        let previous = live.endpoint.live_version.clone().filter(|before| *before != version);
        let observed = ObservedEndpoint { endpoint, previous: previous.or(live.previous.clone()), ..live.clone() };
        Ok(Made { observed, action: Action::Update })
    }

    /// Those of the configuration that are not of this account. The endpoint of a smoke test is for the test alone.
    async fn let_callers_in(&self, observed: &ObservedEndpoint, cx: &Context<'_>) -> Result<()> {
        if observed.temporary_until.is_some() || !observed.is_ours() {
            return Ok(());
        }
        resource_policy::let_in(self.record, &observed.endpoint.arn, cx).await
    }

    fn required_version(&self) -> Result<String> {
        self.version().ok_or_else(|| Error::failed(format!("nothing is known of the version for `{}`", self.name)))
    }

    fn missing(&self) -> Error {
        missing(&self.name)
    }

    /// One that somebody else made is not changed unless that is asked for.
    fn check_owner(&self, live: &ObservedEndpoint) -> Result<()> {
        match live.owner {
            _ if self.adopt => Ok(()),
            Owner::Ours | Owner::Recorded => Ok(()),
            Owner::Other => Err(self.refusal(live)),
            Owner::Unknown if !live.has_readable_tags => {
                Err(Error::usage(format!("the endpoint `{}` may belong to another project", self.name))
                    .code(Code::EndpointTaken)
                    .cause(owner::UNREADABLE_TAGS)
                    .cause(live.endpoint.arn.clone())
                    .hint(owner::adopt_hint(&self.command)))
            }
            Owner::Unknown => Err(Error::usage(format!("this project did not make the endpoint `{}`", self.name))
                .code(Code::EndpointTaken)
                .cause(live.endpoint.arn.clone())
                .hint(owner::adopt_hint(&self.command))),
        }
    }
}

/// There is none of this name.
pub(crate) fn missing(name: &str) -> Error {
    Error::not_found(format!("there is no endpoint `{name}`"))
        .code(Code::EndpointNotFound)
        .hint("`agentcore endpoint list` shows those that are there")
}

impl Resource for RuntimeEndpoint<'_> {
    type Observed = ObservedEndpoint;
    type Change = FieldChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::RuntimeEndpoint
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::Runtime]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedEndpoint>> {
        self.read(cloud).await
    }

    fn standing(&self, observed: Option<&ObservedEndpoint>) -> Standing {
        Standing::Managed(match observed.map(|live| live.owner) {
            // Nothing on it says whose it is, and the user said to take it.
            Some(Owner::Unknown) if self.adopt => Owner::Recorded,
            Some(owner) => owner,
            None => Owner::Unknown,
        })
    }

    fn check(&self, observed: Option<&ObservedEndpoint>) -> Result<()> {
        let Some(live) = observed else { return Ok(()) };
        // What stays as it is may be anybody's.
        if matches!(self.goal, EndpointGoal::There { .. }) && self.differences(live).is_empty() {
            return Ok(());
        }
        self.check_owner(live)
    }

    fn refusal(&self, _observed: &ObservedEndpoint) -> Error {
        owner::refusal_of(&format!("the endpoint `{}`", self.name)).hint(owner::adopt_hint(&self.command))
    }

    fn diff(&self, observed: &ObservedEndpoint) -> Vec<FieldChange> {
        self.differences(observed)
    }

    fn notes(&self, _observed: Option<&ObservedEndpoint>, action: Action) -> Vec<String> {
        if action != Action::Create {
            return Vec::new();
        }
        let serves = match self.version() {
            Some(version) => format!("serves version {version}"),
            None => "serves the version that the runtime gets".to_owned(),
        };
        let callers = resource_policy::wanted_callers(self.record);
        let is_for_callers = self.own_tags.is_empty() && !callers.is_empty();
        let lets_in = is_for_callers.then(|| format!("lets in {}", callers.join(", ")));
        [Some(serves), lets_in].into_iter().flatten().collect()
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedEndpoint>> {
        let made = self.converge(None, cx).await?;
        self.let_callers_in(&made.observed, cx).await?;
        Ok(made)
    }

    /// A run that was cut off may have left it without its policy.
    async fn confirm(&self, observed: &ObservedEndpoint, cx: &Context<'_>) -> Result<()> {
        self.let_callers_in(observed, cx).await
    }

    async fn update(
        &self,
        observed: &ObservedEndpoint,
        _changes: &[FieldChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedEndpoint>> {
        self.converge(Some(observed.clone()), cx).await
    }

    async fn settle(&self, observed: &ObservedEndpoint, cx: &Context<'_>) -> Result<Option<ObservedEndpoint>> {
        let is_there =
            |endpoint: &Endpoint| endpoint.status == "READY" && endpoint.live_version == endpoint.target_version;
        if !self.waits || is_there(&observed.endpoint) {
            return Ok(None);
        }
        let runtime = self.runtime.require()?;
        let what = format!("the endpoint `{}`", self.name);
        let endpoint = wait::until(cx.schedule(), &what, || async {
            let endpoint = cx.cloud.endpoint(&runtime.id, &self.name).await?.ok_or_else(|| self.missing())?;
            match endpoint.status.as_str() {
                state if state.ends_with("_FAILED") => Err(failed(&endpoint)),
                _ if is_there(&endpoint) => Ok(Probe::Done(endpoint)),
                state => Ok(Probe::Pending(state.to_owned())),
            }
        })
        .await
        .map_err(|error| match error.kind() {
            Kind::Deadline => error.hint("the service goes on working: `agentcore endpoint list` shows how far it is"),
            _ => error,
        })?;
        Ok(Some(ObservedEndpoint { endpoint, ..observed.clone() }))
    }

    async fn mark(&self, observed: &ObservedEndpoint, cx: &Context<'_>) -> Result<()> {
        let tags = self.record.tags(cx.events)?;
        cx.patience.through(|| cx.cloud.tag_resource(&observed.endpoint.arn, &tags)).await
    }

    fn record(&self, _observed: Option<&ObservedEndpoint>, _ours: bool) -> Result<()> {
        Ok(())
    }

    fn erase(&self) -> Result<()> {
        self.record.forget_session_at(&self.name);
        Ok(())
    }

    async fn removal(&self, observed: Option<&ObservedEndpoint>, _cloud: &Cloud) -> Result<Removal> {
        let Some(live) = observed else { return Ok(Fate::Gone.into()) };
        let serves = live.endpoint.target().map(|version| format!("serves version {version}"));
        let owner = if self.adopt { Owner::Ours } else { live.owner };
        Ok(Removal::by_owner(owner, true, serves.as_deref()))
    }

    async fn delete(&self, observed: &ObservedEndpoint, cx: &Context<'_>) -> Result<()> {
        let runtime = self.runtime.require()?;
        let (id, name) = (runtime.id.as_str(), observed.endpoint.name.as_str());
        cx.patience.through(|| cx.cloud.delete_endpoint(id, name)).await?;
        if !self.waits {
            return Ok(());
        }
        wait::until(cx.cloud.schedule(GONE), &format!("the deletion of the endpoint `{name}`"), || async {
            match cx.cloud.endpoint(id, name).await? {
                None => Ok(Probe::Done(())),
                Some(endpoint) if endpoint.status == "DELETE_FAILED" => Err(failed(&endpoint)),
                Some(endpoint) => Ok(Probe::Pending(endpoint.status)),
            }
        })
        .await
    }

    fn done(&self, observed: &ObservedEndpoint) -> String {
        format!("endpoint {}, version {}", self.name, observed.endpoint.target().unwrap_or("unknown"))
    }
}

fn failed(endpoint: &Endpoint) -> Error {
    let error = Error::failed(format!("the endpoint `{}` is {}", endpoint.name, endpoint.status))
        .code(Code::EndpointFailed)
        .cause(endpoint.failure_reason.as_deref().unwrap_or("the service gave no reason").to_owned());
    match &endpoint.live_version {
        Some(version) => error.hint(format!("it still serves version {version}; try again once the cause is fixed")),
        None => error.hint("fix the cause and run the command again"),
    }
}
