//! Sets up Amazon Cognito: a list of resources that is handed to the engine, and what is stored of them.
//!
//! What was there before is used as it is and said to be so.

mod report;

use std::path::Path;

use super::list::{SetupChoices, SetupResources, SetupScope};
use super::settings::{self, PoolSettings, SettingsScope, SetupRequest};
use crate::cloud::{CallerIdentity, Cloud};
use crate::config::cognito_setup::ignore_in_git;
use crate::config::{CognitoSetup, SetupFlow};
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::http::Http;
use crate::redact::ExposeSecret;
use crate::resources::engine::{self, AfterFailure, Context};
use crate::resources::patience::Patience;
use crate::resources::plan::{Action, ResourceKind, Step};
use crate::resources::setup_record::{SetupRecord, SetupVerb};
use crate::resources::team_parameters;
use crate::shell::CommandLine;
use report::SetupLine;

pub(crate) use report::SetupReport;

/// What a set-up works with.
pub(crate) struct SetupContext<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) http: &'a Http,
    pub(crate) identity: &'a CallerIdentity,
    /// Folder of the project; the files are written here.
    pub(crate) dir: &'a Path,
    /// The command that goes on with what is stored.
    pub(crate) repeat: &'a str,
    /// The project's identity, where its configuration has one.
    pub(crate) project: Option<&'a str>,
    /// Go on in the pool and with the role of another project.
    pub(crate) adopt: bool,
    pub(crate) events: &'a Events,
}

/// Creates and updates until everything is as the settings say. Running it again changes nothing but a password that was
/// given.
pub(crate) async fn setup(cx: &SetupContext<'_>, request: &SetupRequest) -> Result<SetupReport> {
    let setup = wanted(cx, request)?;
    // One of them that cannot be read is a matter of its own.
    let others = SetupFlow::ALL.into_iter().filter(|flow| *flow != setup.flow);
    let others = others.filter_map(|flow| CognitoSetup::load(cx.dir, flow).ok()?);
    let beside = others.flat_map(|other| other.pools().filter_map(|pool| pool.pool_id.clone()).collect::<Vec<_>>());
    let choices = SetupChoices {
        adopt: cx.adopt,
        adopting_command: repeat_with_names(cx.repeat, &setup),
        beside: beside.collect(),
        password_given: request.password.is_some(),
    };
    let records = SetupRecord::of_pools(cx.dir, setup, SetupVerb::SetUp);
    let scope = SetupScope { records: &records, cloud: cx.cloud, http: cx.http, account: &cx.identity.account };
    let mut resources = SetupResources::new(&scope, &choices);
    engine::observe(resources.nodes(), cx.cloud).await?;
    let steps = engine::plan(resources.nodes(), false)?;
    let ignored = ignore_in_git(cx.dir, cx.events)?;
    for step in &steps {
        for note in &step.notes {
            cx.events.warning(format!("{} {}: {note}", step.kind, step.name));
        }
    }
    let after = AfterFailure {
        rerun_command: cx.repeat.to_owned(),
        resume_sentence: format!(
            "`{}` goes on from what was made, `agentcore identity cleanup` takes it away",
            cx.repeat
        ),
    };
    let context =
        Context { cloud: cx.cloud, events: cx.events, patience: Patience::new(None, cx.events), adopt: false };
    engine::apply(resources.nodes(), &steps, &context, &after).await?;
    let pools = resources.pool_of_nodes();
    let lines = resources.nodes().into_iter().zip(&steps).zip(pools).map(|((node, step), pool)| SetupLine {
        pool,
        resource: step.kind,
        name: node.name(),
        action: node.outcome().unwrap_or(Action::Unchanged),
        details: details(step),
    });
    let lines: Vec<SetupLine> = lines.collect();
    let setup = records[0].setup();
    let domain_url_of = |pool: &CognitoSetup| pool.domain.as_deref().map(|domain| cx.cloud.hosted_domain(domain));
    let domain_url = domain_url_of(&setup);
    Ok(SetupReport {
        store: cx.dir.join(setup.flow.store_file()),
        env_file: cx.dir.join(setup.flow.env_file()),
        parameters: team_parameters::stored_values(&setup, domain_url.as_deref()),
        identity_domain_url: setup.identity_pool.as_deref().and_then(domain_url_of),
        stored: setup,
        domain_url,
        ignored,
        lines,
    })
}

/// What was changed. Of parameters the names: their values are told below.
fn details(step: &Step) -> Vec<String> {
    if step.kind != ResourceKind::TeamParameters || step.action != Action::Update {
        return step.details();
    }
    step.changes.iter().map(|change| change.path.rsplit('/').next().unwrap_or_default().to_owned()).collect()
}

/// What was asked for, with what an earlier run stored.
fn wanted(cx: &SetupContext<'_>, request: &SetupRequest) -> Result<CognitoSetup> {
    let flow = request.flow();
    let known = CognitoSetup::load(cx.dir, flow)?;
    let region = cx.cloud.region();
    let shared_pool = match &known {
        None => shared_pool(cx, request)?,
        Some(_) => None,
    };
    let shared_pool_name = shared_pool.clone();
    let scope = SettingsScope { dir: cx.dir, region, shared_pool };
    let pools = request.settings(known.as_ref(), &scope)?;
    settings::check_way(known.as_ref(), &pools, cx.identity)?;
    let goes_on = known
        .as_ref()
        .is_some_and(|known| known.region == region && known.settings.pool_name == pools.runtime.pool_name);
    if !goes_on {
        check_beside(cx, flow, &pools, shared_pool_name.as_deref())?;
    }
    let PoolSettings { runtime, identity } = pools;
    let account = &cx.identity.account;
    let mut setup = match known {
        Some(mut known) if known.region == region && known.settings.pool_name == runtime.pool_name => {
            known.settings = runtime;
            known.account = Some(account.clone());
            known
        }
        _ => CognitoSetup::new(flow, account, region, runtime),
    };
    if let Some(password) = &request.password {
        let same = setup.password.as_ref().is_some_and(|old| old.expose_secret() == password.expose_secret());
        setup.password_set &= same;
        setup.password = Some(password.clone());
    }
    if setup.project.is_none() && !setup.has_created() {
        let configured = cx.project.map(str::to_owned);
        setup.project = Some(configured.unwrap_or_else(|| super::proposed_identity(cx.dir)));
    }
    let known = setup.identity_pool.take();
    setup.identity_pool = identity.map(|settings| {
        let new = || Box::new(CognitoSetup::new(flow, account, region, settings.clone()));
        let mut pool = known.unwrap_or_else(new);
        (pool.settings, pool.account, pool.project) = (settings, Some(account.clone()), setup.project.clone());
        pool
    });
    Ok(setup)
}

/// People and machines that call one agent have to be in one pool: its authorizer knows only one issuer. So the pool of the
/// folder's other set-up is used, where machines call the agent.
fn shared_pool(cx: &SetupContext<'_>, request: &SetupRequest) -> Result<Option<String>> {
    let (flow, one_pool) = (request.flow(), request.inbound_only);
    let other = match flow {
        SetupFlow::User => SetupFlow::Machine,
        SetupFlow::Machine if one_pool => SetupFlow::User,
        SetupFlow::Machine | SetupFlow::Team => return Ok(None),
    };
    let other = CognitoSetup::load(cx.dir, other)?.filter(|other| other.region == cx.cloud.region());
    let machines_call = |other: &CognitoSetup| flow == SetupFlow::Machine || other.has_one_pool();
    Ok(other.filter(machines_call).map(|other| other.settings.pool_name).filter(|name| !name.is_empty()))
}

/// Refuses a pool that another set-up of the folder has, unless both are to share it: each would change the other's, and
/// take it away with itself.
fn check_beside(cx: &SetupContext<'_>, flow: SetupFlow, wanted: &PoolSettings, shared: Option<&str>) -> Result<()> {
    let names = [Some(&wanted.runtime), wanted.identity.as_ref()].into_iter().flatten().map(|pool| &pool.pool_name);
    let names: Vec<&String> = names.filter(|name| shared != Some(name.as_str())).collect();
    for other_flow in SetupFlow::ALL.into_iter().filter(|other| *other != flow) {
        // One that cannot be read is a matter of its own.
        let Ok(Some(other)) = CognitoSetup::load(cx.dir, other_flow) else { continue };
        let in_region = other.region == cx.cloud.region();
        let Some(pool) = other.pools().find(|pool| in_region && names.contains(&&pool.settings.pool_name)) else {
            continue;
        };
        let (other_flow, name) = (other_flow.as_str(), &pool.settings.pool_name);
        return Err(Error::usage(format!("the folder's `{other_flow}` set-up has the pool `{name}`"))
            .code(Code::IdentityOtherPool)
            .hint("choose another `--pool-name`"));
    }
    Ok(())
}

/// The command that was typed, as far as nothing of it is stored yet.
fn repeat_with_names(repeat: &str, setup: &CognitoSetup) -> String {
    let settings = &setup.settings;
    let mut line = CommandLine::new(repeat);
    line.value("--pool-name", Some(&settings.pool_name));
    line.value("--gateway-role", settings.gateway_role.as_ref());
    line.value("--ssm-prefix", settings.ssm_prefix.as_ref());
    line.into_string()
}
