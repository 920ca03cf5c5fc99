//! `agentcore gateway create-mcp-gateway-target`.

use super::{Chosen, TARGET_NAME, Working, command};
use crate::cli::args::CreateTargetArgs;
use crate::cli::context::secret_argument;
use crate::cli::{CommandContext, CommandResult, Result};
use crate::config::naming;
use crate::error::{Code, Error};
use crate::ops::gateway::{self, OutboundCredentials, TargetRequest, TargetType};
use crate::redact::{ExposeSecret, SecretString};

pub(crate) async fn run(args: CreateTargetArgs, context: &CommandContext) -> Result<CommandResult> {
    let named = &args.gateway;
    let chosen = Chosen::new(named.gateway_id.as_deref(), named.gateway_arn.as_deref(), named.gateway_name.as_deref())?;
    let kind = args.target_type.unwrap_or(TargetType::Lambda);
    let payload = args.target_payload.as_deref().ok_or_else(|| no_payload(kind))?;
    let configuration = kind.configuration(payload)?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None => format!("TestGatewayTarget{:.8}", naming::short_hash(&configuration.to_string())),
    };
    gateway::check_name(&name, "target", TARGET_NAME)?;
    let mut line = command(context, "create-mcp-gateway-target");
    chosen.say_as(&mut line, ["--gateway-arn", "--gateway-id", "--gateway-name"]);
    line.value("--name", Some(&name));
    line.value("--target-type", Some(kind.word()));
    line.value("--target-payload", Some(payload));
    // The secret in them is not repeated.
    let has_credentials = args.credentials.is_some() || args.credentials_file.is_some();
    line.value("--credentials-file", has_credentials.then_some("FILE"));
    line.switch("--adopt", args.adopt);
    let credentials = match credentials(&args, context).await? {
        Some(text) => Some(OutboundCredentials::parse(text.expose_secret())?),
        None => None,
    };
    if let Some(credentials) = &credentials {
        kind.check_credentials(credentials)?;
    }
    let working = Working::begin(context, chosen.arn.as_ref()).await?;
    let request = TargetRequest {
        gateway: chosen.key,
        name,
        kind,
        configuration,
        credentials,
        role_arn: args.role_arn,
        adopt: args.adopt,
    };
    let work = working.work(context, args.wait, line);
    CommandResult::report(gateway::create_target(&work, &request).await?)
}

async fn credentials(args: &CreateTargetArgs, context: &CommandContext) -> Result<Option<SecretString>> {
    match (&args.credentials, &args.credentials_file) {
        (_, Some(path)) => context.read_secret(path, "credentials").await.map(Some),
        // An ARN is no secret.
        (Some(text), None) if text.contains("\"provider_arn\"") => Ok(Some(SecretString::from(text.clone()))),
        (Some(text), None) => secret_argument(context, text, "--credentials", "`--credentials-file`").map(Some),
        (None, None) => Ok(None),
    }
}

/// The starter toolkit made a test function, or took a model of its own; what that is for nobody can tell afterwards.
fn no_payload(kind: TargetType) -> Error {
    Error::usage(format!("no `--target-payload` for a target of type {}", kind.word()))
        .code(Code::GatewayPayload)
        .hint(format!("pass `--target-payload` with {}", kind.example()))
}
