//! `agentcore identity setup-cognito`.

use std::collections::BTreeMap;

use super::dir_to_fill;
use crate::cli::args::SetupCognitoArgs;
use crate::cli::{CommandContext, CommandResult, Result};
use crate::config::{self, Store};
use crate::config::{CognitoSetup, SetupFlow};
use crate::error::{Code, Error};
use crate::ops::identity::SetupRequest;
use crate::ops::identity::setup::{self, SetupContext};
use crate::partition::Arn;
use crate::redact::SecretString;
use crate::shell::CommandLine;

pub(super) async fn run(args: SetupCognitoArgs, context: &CommandContext) -> Result<CommandResult> {
    let flow = flow(&args)?;
    check_flags(&args, flow, args.inbound_only)?;
    if let Some(text) = &args.permissions_boundary
        && !text.parse().is_ok_and(|arn: Arn| arn.is_policy())
    {
        return Err(Error::usage(format!("`{text}` is not the ARN of a policy"))
            .code(Code::InputArn)
            .hint("`aws iam list-policies` shows them"));
    }
    let dir = dir_to_fill(context)?;
    // A second run goes on with what the first one stored, with as many pools.
    let stored = CognitoSetup::load(&dir, flow)?;
    let one_pool = args.inbound_only || stored.as_ref().is_some_and(CognitoSetup::has_one_pool);
    check_flags(&args, flow, one_pool)?;
    let lacks_second = one_pool && !args.inbound_only && flow != SetupFlow::Team;
    let password = match &args.password_file {
        Some(path) => Some(context.read_secret(path, "password").await?),
        None if flow == SetupFlow::Machine && one_pool => None,
        None => context.env.var("RUNTIME_PASSWORD").map(|text| SecretString::from(text.to_owned())),
    };
    let request = SetupRequest {
        flow: Some(flow),
        inbound_only: args.inbound_only,
        team: args.team,
        pool_name: args.pool_name,
        client_name: args.client_name,
        machine_client_name: args.machine_client_name,
        username: args.username,
        password,
        token_minutes: args.token_minutes,
        callback_urls: args.callback_url,
        resource_server: args.resource_server,
        scopes: args.scope,
        domain_prefix: args.domain_prefix,
        gateway_role: args.gateway_role,
        ssm_prefix: args.ssm_prefix,
        provider_name: args.provider_name,
        tags: tags(&args.tags)?,
        permissions_boundary: args.permissions_boundary,
    };
    let configured = configuration(context)?;
    let agent = configured.as_ref().and_then(|store| store.agent(None).ok());
    // The first run goes where the agent is or will be.
    let cloud = match (&context.globals.region, stored) {
        (None, Some(stored)) if !stored.region.is_empty() => context.connect_to(Some(&stored.region)).await?,
        (None, _) => context.connect(agent).await?,
        (Some(_), _) => context.connect(None).await?,
    };
    let identity = context.announce_identity(&cloud).await?;
    if lacks_second {
        context.ui.note(&format!(
            "this folder's set-up has the callers' pool alone; for both: `agentcore identity cleanup`, then `{}`",
            flow.command(None)
        ));
    }
    let project = configured.as_ref().and_then(|store| store.project().identity.as_deref());
    let mut repeat = CommandLine::new(&format!("agentcore identity setup-cognito{}", context.globals.repeated()));
    repeat.value("--team", request.team.as_ref());
    repeat.value("--auth-flow", (flow == SetupFlow::Machine).then_some("m2m"));
    repeat.switch("--inbound-only", args.inbound_only);
    repeat.switch("--adopt", args.adopt);
    let bench = SetupContext {
        cloud: &cloud,
        http: &context.http,
        identity: &identity,
        dir: &dir,
        project,
        repeat: &repeat.into_string(),
        adopt: args.adopt,
        events: &context.events,
    };
    CommandResult::report(setup::setup(&bench, &request).await?)
}

/// The configuration of this folder, if there is one.
fn configuration(context: &CommandContext) -> Result<Option<Store>> {
    let located = config::locate(&context.env, context.globals.config.as_deref())?;
    if located.found()?.is_some() { context.store().map(Some) } else { Ok(None) }
}

fn flow(args: &SetupCognitoArgs) -> Result<SetupFlow> {
    if args.team.is_some() {
        return Ok(SetupFlow::Team);
    }
    match args.auth_flow.as_deref() {
        None | Some("user") => Ok(SetupFlow::User),
        Some("m2m") => Ok(SetupFlow::Machine),
        Some(other) => Err(Error::usage(format!("`{other}` is not an auth flow"))
            .hint("`--auth-flow` is `user` or `m2m`; `--team NAME` sets up both")),
    }
}

/// Refuses flags about something that the set-up does not have. Of a set-up with two pools, people are in the first, whatever
/// the flow, and the second has the domain that can be named.
fn check_flags(args: &SetupCognitoArgs, flow: SetupFlow, one_pool: bool) -> Result<()> {
    if flow == SetupFlow::Team {
        return Ok(());
    }
    let team_only = [
        ("--callback-url", !args.callback_url.is_empty()),
        ("--gateway-role", args.gateway_role.is_some()),
        ("--ssm-prefix", args.ssm_prefix.is_some()),
        ("--provider-name", args.provider_name.is_some()),
        ("--permissions-boundary", args.permissions_boundary.is_some()),
    ];
    let machine_only = [
        ("--machine-client-name", args.machine_client_name.is_some()),
        ("--resource-server", args.resource_server.is_some()),
        ("--scope", !args.scope.is_empty()),
    ];
    let domain = [("--domain-prefix", args.domain_prefix.is_some())];
    let people_only = [
        ("--client-name", args.client_name.is_some()),
        ("--username", args.username.is_some()),
        ("--password-file", args.password_file.is_some()),
    ];
    misplaced(&team_only, "`--team NAME`")?;
    if flow == SetupFlow::User {
        misplaced(&machine_only, "`--auth-flow m2m` or `--team NAME`")?;
    }
    match flow {
        SetupFlow::User if one_pool => {
            misplaced(&domain, "a set-up with two pools, `--auth-flow m2m` or `--team NAME`")
        }
        SetupFlow::Machine if one_pool => {
            misplaced(&people_only, "a set-up with two pools, `--auth-flow user` or `--team NAME`")
        }
        _ => Ok(()),
    }
}

fn misplaced(flags: &[(&'static str, bool)], wanted: &str) -> Result<()> {
    match flags.iter().find(|(_, given)| *given) {
        Some((flag, _)) => {
            Err(Error::usage(format!("`{flag}` does not go with this set-up")).hint(format!("it goes with {wanted}")))
        }
        None => Ok(()),
    }
}

/// `KEY=VALUE` each.
pub(super) fn tags(given: &[String]) -> Result<BTreeMap<String, String>> {
    let each = given.iter().map(|text| match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(Error::usage(format!("`{text}` is not a tag")).hint("write it as `--tags KEY=VALUE`")),
    });
    each.collect()
}
