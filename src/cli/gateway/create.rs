//! `agentcore gateway create-mcp-gateway`.

use serde_json::Value;

use super::{GATEWAY_NAME, Working, authorizer, command, configuration};
use crate::cli::args::CreateGatewayArgs;
use crate::cli::{CommandContext, CommandResult, Result};
use crate::config::{CognitoSetup, MachineAccess, SetupFlow, naming};
use crate::error::{Code, Error};
use crate::ops::gateway::{self, GatewayRequest};
use crate::ops::identity::{ensure_identity, proposed_identity};
use crate::partition::Arn;

pub(crate) async fn run(args: CreateGatewayArgs, context: &CommandContext) -> Result<CommandResult> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None => default_name(context),
    };
    gateway::check_name(&name, "gateway", GATEWAY_NAME)?;
    if let Some(text) = &args.role_arn
        && !text.parse().is_ok_and(|arn: Arn| arn.is_role())
    {
        return Err(Error::usage(format!("`{text}` is not the ARN of a role"))
            .code(Code::InputArn)
            .hint("`aws iam list-roles` shows them"));
    }
    let (authorizer, token_command) = match &args.authorizer_config {
        Some(json) => (authorizer(json)?, None),
        None => of_folder(context)?,
    };
    let mut line = command(context, "create-mcp-gateway");
    line.value("--name", Some(&name));
    line.value("--description", args.description.as_ref());
    line.value("--role-arn", args.role_arn.as_ref());
    line.value("--authorizer-config", args.authorizer_config.as_ref());
    line.switch("--no-semantic-search", args.no_semantic_search);
    line.value("--exception-level", args.exception_level.as_ref());
    let mut working = Working::begin(context, None).await?;
    if let Some(mut store) = configuration(context)? {
        store.require_writable()?;
        let proposed = working.project.clone().unwrap_or_else(|| proposed_identity(store.root()));
        working.project = Some(ensure_identity(&mut store, &proposed, &context.events)?);
    } else if working.project.is_none() {
        context.ui.warning("there is no configuration here, so the gateway's tags name no project");
    }
    let request = GatewayRequest {
        name,
        description: args.description,
        role_arn: args.role_arn,
        authorizer,
        semantic_search: !args.no_semantic_search,
        debug: args.exception_level.is_some(),
        token_command,
    };
    let work = working.work(context, args.wait, line);
    CommandResult::report(gateway::create(&work, &request).await?)
}

/// The same at each run in this folder, so that a repeated run finds what the first one made.
fn default_name(context: &CommandContext) -> String {
    let folder = context.env.cwd().to_string_lossy();
    format!("TestGateway{:.8}", naming::short_hash(&folder))
}

/// Who may call according to the set-up of Amazon Cognito in this folder, and how such a caller gets a token.
fn of_folder(context: &CommandContext) -> Result<(Value, Option<String>)> {
    let dir = crate::cli::identity::dir(context)?;
    let setups = CognitoSetup::load_all(&dir)?;
    // The client for machines is in either pool of a set-up.
    let pools = setups.iter().flat_map(|setup| setup.pools().map(move |pool| (setup.flow, pool)));
    let machines: Vec<(SetupFlow, &CognitoSetup, MachineAccess<'_>, &str)> = pools
        .filter_map(|(flow, pool)| Some((flow, pool, pool.machine_access()?, pool.discovery_url.as_deref()?)))
        .collect();
    match machines.as_slice() {
        [(_, pool, access, url)] => {
            let value = serde_json::json!({
                "discoveryUrl": url,
                "allowedClients": [access.client_id],
                "allowedScopes": access.scopes,
            });
            context.ui.note(&format!("callers are the client for machines of the pool {}", pool.settings.pool_name));
            Ok((value, Some("agentcore identity token --auth-flow m2m".to_owned())))
        }
        [] => Err(Error::usage("nothing says who may call the gateway")
            .code(Code::GatewayNoAuthorizer)
            .cause(format!("in `{}` no client for machines is set up", dir.display()))
            .hint(format!("set up a client for machines, whose token calls it: `{}`", SetupFlow::Machine.command(None)))
            .hint(
                "or say who may: `--authorizer-config '{\"customJWTAuthorizer\": {\"discoveryUrl\": \"URL\", \
                 \"allowedClients\": [\"ID\"]}}'`",
            )),
        [(first, ..), (second, ..), ..] => Err(Error::usage("two set-ups in this folder have a client for machines")
            .code(Code::InputAmbiguous)
            .cause(format!("{} and {}", first.store_file(), second.store_file()))
            .hint("say who may call the gateway with `--authorizer-config`")),
    }
}
