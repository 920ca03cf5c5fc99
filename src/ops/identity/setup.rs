//! Sets up Amazon Cognito: a list of resources that is handed to the engine, and what is stored of them.
//!
//! What was there before is used as it is and said to be so.

mod report;

use std::path::Path;

use super::list::{SetupChoices, SetupResources, SetupScope};
use super::settings::{self, SetupRequest};
use crate::cloud::{CallerIdentity, Cloud};
use crate::config::cognito_setup::ignore_in_git;
use crate::config::{CognitoSetup, SetupFlow};
use crate::error::Result;
use crate::events::Events;
use crate::http::Http;
use crate::redact::ExposeSecret;
use crate::resources::engine::{self, Context, Ways};
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
    let beside = others.filter_map(|flow| CognitoSetup::load(cx.dir, flow).ok()??.pool_id).collect();
    let choices = SetupChoices {
        adopt: cx.adopt,
        adopting_command: repeat_with_names(cx.repeat, &setup),
        beside,
        password_given: request.password.is_some(),
    };
    let record = SetupRecord::new(cx.dir, setup, SetupVerb::SetUp);
    let scope = SetupScope { record: &record, cloud: cx.cloud, http: cx.http, account: &cx.identity.account };
    let mut resources = SetupResources::new(&scope, &choices);
    engine::observe(resources.nodes(), cx.cloud).await?;
    let steps = engine::plan(resources.nodes(), false)?;
    let ignored = ignore_in_git(cx.dir, cx.events)?;
    for step in &steps {
        for note in &step.notes {
            cx.events.warning(format!("{} {}: {note}", step.kind, step.name));
        }
    }
    let ways = Ways {
        repeat: cx.repeat.to_owned(),
        resume: format!("`{}` goes on from what was made, `agentcore identity cleanup` takes it away", cx.repeat),
    };
    let context =
        Context { cloud: cx.cloud, events: cx.events, patience: Patience::new(None, cx.events), adopt: false };
    engine::apply(resources.nodes(), &steps, &context, &ways).await?;
    let lines = resources.nodes().into_iter().zip(&steps).map(|(node, step)| SetupLine {
        resource: step.kind,
        name: node.name(),
        action: node.outcome().unwrap_or(Action::Unchanged),
        details: details(step),
    });
    let lines: Vec<SetupLine> = lines.collect();
    let setup = record.setup();
    let domain_url = setup.domain.as_deref().map(|domain| cx.cloud.hosted_domain(domain));
    Ok(SetupReport {
        store: cx.dir.join(setup.flow.store_file()),
        env_file: cx.dir.join(setup.flow.env_file()),
        parameters: team_parameters::stored_values(&setup, domain_url.as_deref()),
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
    let mut settings = request.settings(known.as_ref().map(|known| &known.settings), cx.dir, region)?;
    if known.is_none() && request.pool_name.is_none() && flow != SetupFlow::Team {
        // People and machines of one agent have to be in one pool: its authorizer knows only one issuer.
        let other = if flow == SetupFlow::User { SetupFlow::Machine } else { SetupFlow::User };
        if let Some(other) = CognitoSetup::load(cx.dir, other)?.filter(|other| other.region == region) {
            settings.pool_name = other.settings.pool_name;
        }
    }
    settings::check_way(known.as_ref(), &settings, cx.identity)?;
    let mut setup = match known {
        Some(mut known) if known.region == region && known.settings.pool_name == settings.pool_name => {
            known.settings = settings;
            known.account = Some(cx.identity.account.clone());
            known
        }
        _ => CognitoSetup::new(flow, &cx.identity.account, region, settings),
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
    Ok(setup)
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
