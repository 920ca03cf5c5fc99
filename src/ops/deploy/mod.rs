//! From a configured agent to a READY runtime: observe, build, plan, apply, wait.
//!
//! `observe` reads what exists, `desired` says what should, `plan` compares (pure), `apply`
//! carries the plan out one resource at a time. Each created resource is written down before the next request, so a
//! run that is killed converges when it is repeated.

mod apply;
mod code;
mod desired;
mod given;
mod observe;
mod outbound;
mod partial;
mod plan;
mod report;
mod runtime;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use code::{Archives, split_path};
pub(crate) use desired::check_configured;
pub(crate) use plan::{Action, RuntimeArtifact, Step, check_unset, owned_step, parse_variables};
pub(crate) use report::LaunchReport;

use serde_json::json;

use super::codebuild::{Place, Setup};
use super::target;
use crate::artifact::{self, ArtifactRequest, Tools};
use crate::auth::Change;
use crate::cache::Cache;
use crate::cloud::{Cloud, Identity};
use crate::config::Store;
use crate::config::shell::quoted;
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::events::Events;
use crate::http::Http;
use crate::resources::owner::{self, Owner};

/// What the user asked for.
#[derive(Debug)]
pub(crate) struct LaunchRequest {
    pub(crate) agent: String,
    /// The command that carries the request out, as it can be typed.
    pub(crate) command: String,
    pub(crate) plan_only: bool,
    pub(crate) environment: Vec<(String, String)>,
    /// Names of variables that the runtime is to lose this once.
    pub(crate) unset_environment: Vec<String>,
    pub(crate) artifact: ArtifactRequest,
    /// Take over a runtime of the same name that carries no mark of this project.
    pub(crate) adopt: bool,
    pub(crate) allow_auth_change: bool,
    /// How long to wait for others and for READY, from the first change on; `None` returns without waiting for READY.
    pub(crate) wait: Option<Duration>,
}

/// What a launch works with.
pub(crate) struct Workshop<'a> {
    pub(crate) env: &'a Env,
    pub(crate) http: &'a Arc<Http>,
    pub(crate) cache: &'a Cache,
    pub(crate) cloud: &'a Cloud,
    pub(crate) identity: &'a Identity,
    pub(crate) events: &'a Events,
}

impl Workshop<'_> {
    fn tools(&self) -> Tools<'_> {
        Tools { env: self.env, http: self.http, cache: self.cache, events: self.events }
    }
}

/// Deploys the agent, or says what deploying would change.
///
/// # Errors
/// Before anything is touched: [`Kind::Usage`] for a configuration that cannot be deployed, a foreign account, or an
/// authorizer change that was not allowed. Afterwards the failure of the step, with what was done already on record
/// in the configuration.
pub(crate) async fn launch(store: &mut Store, request: &LaunchRequest, shop: &Workshop<'_>) -> Result<LaunchReport> {
    let proposed = match &store.project().identity {
        Some(identity) => identity.clone(),
        None => match recorded_identity(store, request, shop).await? {
            Some(identity) => identity,
            None => super::identity::proposed_identity(store.root()),
        },
    };
    let attempt = attempt(store, &proposed, request, shop).await;
    // A file without an identity may get one from another launch meanwhile, and everything looks different then.
    let refused = attempt.as_ref().is_err_and(|error| error.kind() == Kind::Usage);
    if refused && store.project().identity.is_none() {
        store.reload()?;
    }
    match store.project().identity.clone() {
        Some(identity) if refused && identity != proposed => {
            Box::pin(self::attempt(store, &identity, request, shop)).await
        }
        _ => attempt,
    }
}

/// The identity that the runtime on record carries, for a file that has lost its own: the starter toolkit drops what it does
/// not know when it writes the file. What is on record is this project's, whatever its name.
async fn recorded_identity(store: &Store, request: &LaunchRequest, shop: &Workshop<'_>) -> Result<Option<String>> {
    let agent = store.agent(Some(&request.agent))?;
    let Some(id) = agent.runtime_id() else { return Ok(None) };
    target::check_account(agent, shop.identity)?;
    let Some(runtime) = shop.cloud.runtime(id).await? else { return Ok(None) };
    let tags = shop.cloud.resource_tags(runtime.arn()).await?;
    Ok(tags.as_deref().and_then(owner::identity).map(str::to_owned))
}

/// `identity` is the project's, or what it is to be.
async fn attempt(
    store: &mut Store,
    identity: &str,
    request: &LaunchRequest,
    shop: &Workshop<'_>,
) -> Result<LaunchReport> {
    let mut agent = store.agent(Some(&request.agent))?.clone();
    agent.project = Some(identity.to_owned());
    target::check_account(&agent, shop.identity)?;
    desired::warn_of_gaps(&agent, shop.events);
    let prepared = artifact::prepare(store.root(), &agent, &request.artifact, &shop.tools()).await?;
    let names = match prepared.given_image() {
        Some(image) => desired::Names::of_image(&agent, image, shop.cloud, shop.identity)?,
        None => desired::Names::of(&agent, shop.cloud, shop.identity)?,
    };

    let tools = shop.tools();
    let fingerprint = prepared.fingerprint(&tools).await?;
    let mut observed = observe::observe(shop.cloud, &agent, &names, fingerprint).await?;
    check_siblings(store, &agent, &names, &observed)?;
    check_ownership(&agent, &names, &observed, request)?;
    check_authorizer(&agent, &observed, request)?;

    let start = prepared.start();
    let built = match observed.from_source.take() {
        Some(digest) => {
            let what = if start.is_some() { "archive" } else { "image" };
            shop.events.note(format!("{what}: the source is unchanged, {digest} is used again"));
            prepared.reuse(digest)
        }
        None => match prepared.given_image().cloned() {
            Some(image) => {
                let digest = given::inspect(&image, prepared.platform(), &names, shop).await?;
                prepared.reuse(digest)
            }
            None => prepared.build(request.plan_only, &tools).await?,
        },
    };
    // Files that were edited while the build ran are in the artifact, as they were or as they are.
    let fingerprint = if built.is_reused() || fingerprint.is_none() {
        fingerprint
    } else {
        let again = Tools { events: &Events::silent(), ..tools };
        let now = artifact::prepare(store.root(), &agent, &request.artifact, &again).await?.fingerprint(&again).await?;
        if now != fingerprint {
            shop.events.warning("the source changed while it was built: the next launch builds it again");
        }
        fingerprint.filter(|before| now == Some(*before))
    };
    let target = match names.archives.as_ref().zip(start) {
        Some(place) => Some(code::Target::of(shop.cloud, place, fingerprint, built.archive(), &observed.code).await?),
        None => None,
    };
    observed.outbound.warn(&agent, &names, shop).await?;
    warn_of_absent(request, &observed, shop.events);
    let desired = desired::Desired::new(&agent, &names, &observed, (&built, target), request);
    let mut steps = desired.plan(&observed);
    let setup = match built.remote() {
        Some(_) => Some(
            Setup::observe(Place { cloud: shop.cloud, agent: &agent, scope: names.scope(&agent) }, request.adopt)
                .await?,
        ),
        None => None,
    };
    if let Some(setup) = &setup {
        // The image comes out of them.
        let at = steps.iter().position(|step| step.resource == "image").unwrap_or(steps.len());
        steps.splice(at..at, setup.steps());
    }
    let next = report::Next::of(store, &agent, &request.command);
    if request.plan_only {
        return Ok(report::planned(next, steps, shop.identity, &observed));
    }
    let known = owner::ensure_identity(store, identity, shop.events)?;
    if known != identity {
        return Err(Error::usage("another launch gave this project its identity at the same moment")
            .code("project.identity")
            .hint("launch again"));
    }
    // Also when nothing is to change: what exists may be missing from the record, or not be READY yet.
    apply::apply(
        store,
        apply::Applied { agent: &agent, names: &names, fingerprint, observed, built, setup, desired, steps, next },
        request,
        shop,
    )
    .await
}

/// A name that the runtime does not have may be a slip, and what was meant stays.
fn warn_of_absent(request: &LaunchRequest, observed: &observe::Observed, events: &Events) {
    let live = observed.runtime.as_ref().and_then(|found| found.runtime.raw.get("environmentVariables"));
    for name in
        request.unset_environment.iter().filter(|name| live.is_none_or(|live| live.get(name.as_str()).is_none()))
    {
        let list = if name.contains([',', ' ']) { "; repeat `--unset-env` for each name" } else { "" };
        events.warning(format!("the runtime has no environment variable `{name}` to take out{list}"));
    }
}

/// Agents of one configuration whose names differ only in case would have one repository. Not to be adopted while both are
/// there.
fn check_siblings(
    store: &Store,
    agent: &crate::config::Agent,
    names: &desired::Names,
    observed: &observe::Observed,
) -> Result<()> {
    if !names.create_repository || names.archives.is_some() || names.foreign_image {
        return Ok(());
    }
    let recorded = agent.created().repository.as_deref() == Some(names.repository.as_str());
    let tags = observed.repository.as_ref().and_then(|found| found.tags.as_deref()).unwrap_or_default();
    let tagged = owner::other_agent(tags, agent);
    let owns = |other: &&crate::config::Agent| {
        let has_it = other.created().repository.as_deref() == Some(names.repository.as_str());
        other.name != agent.name && (tagged == Some(other.name.as_str()) || (has_it && !recorded))
    };
    match store.project().agents.iter().find(owns) {
        Some(other) => Err(owner::shared_repository(&names.repository, agent, &other.name)),
        None => Ok(()),
    }
}

/// What this program made for another project is never changed for this one, unless that is asked for by name. Nor is a
/// runtime that somebody else made.
fn check_ownership(
    agent: &crate::config::Agent,
    names: &desired::Names,
    observed: &observe::Observed,
    request: &LaunchRequest,
) -> Result<()> {
    if request.adopt {
        return Ok(());
    }
    if let Some(found) = &observed.runtime {
        check_runtime(agent, found, request)?;
    }
    let others =
        [("repository", &names.repository, observed.repository_owner), ("role", &names.role, observed.role_owner)];
    match others.into_iter().find(|(_, _, owner)| *owner == Owner::Other) {
        Some((what, name, _)) => Err(owner::refusal(&format!("the {what} `{name}`"), agent)),
        None => Ok(()),
    }
}

fn check_runtime(agent: &crate::config::Agent, found: &observe::FoundRuntime, request: &LaunchRequest) -> Result<()> {
    let arn = found.runtime.arn();
    match found.owner {
        _ if request.adopt => Ok(()),
        Owner::Ours | Owner::Recorded => Ok(()),
        Owner::Other => {
            let what = format!("the runtime `{}` ({arn})", agent.name);
            Err(owner::refusal(&what, agent).code("runtime.name-taken"))
        }
        Owner::Unknown => Err(Error::usage(format!(
            "a runtime named `{}` exists already, and this project did not create it ({arn})",
            agent.name
        ))
        .code("runtime.name-taken")
        .hint(format!("update it all the same: `agentcore launch --agent {} --adopt`", agent.name))
        .hint(format!(
            "or deploy beside it: `agentcore configure --entrypoint {} --name {:.46}_2`",
            quoted(&agent.entrypoint),
            agent.name
        ))),
    }
}

/// Removing or widening inbound auth is only done when it was asked for by name.
fn check_authorizer(agent: &crate::config::Agent, observed: &observe::Observed, request: &LaunchRequest) -> Result<()> {
    let Some(found) = &observed.runtime else { return Ok(()) };
    let (live_value, wanted_value) = (found.runtime.authorizer(), agent.authorizer());
    if live_value == wanted_value || request.allow_auth_change {
        return Ok(());
    }
    let refuse = |what: String| {
        let error = Error::new(Kind::Usage, format!("this would weaken who may call `{}`: {what}", agent.name))
            .code("auth.change-refused")
            .hint(format!("if it is meant: `{} --allow-auth-change`", request.command));
        match live_value {
            Some(live) => error.hint(format!(
                "to keep what is deployed: `agentcore configure --name {} --authorizer-config {}`",
                agent.name,
                quoted(&json!({ "customJWTAuthorizer": live }).to_string())
            )),
            None => error,
        }
    };
    match plan::authorizer_change(live_value, wanted_value) {
        Ok(Change::Same | Change::Stricter) => Ok(()),
        Ok(Change::Weaker(reasons)) => Err(refuse(reasons.join("; "))),
        Ok(Change::OtherIssuer { live, wanted }) => Err(refuse(format!("the issuer changes from {live} to {wanted}"))),
        Err(why) => Err(refuse(why.to_owned())),
    }
}
