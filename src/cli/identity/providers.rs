//! `agentcore identity …-credential-provider`.

use std::path::Path;

use serde_json::{Map, Value};

use super::{agent_of, confirm_deletion};
use crate::cli::args::{
    ClientArgs, CreateProviderArgs, DeleteProviderArgs, NamedProviderArgs, OfAgentArgs, SecretArgs, UpdateProviderArgs,
};
use crate::cli::context::secret_argument;
use crate::cli::{CommandContext, CommandResult, Result};
use crate::cloud::Cloud;
use crate::config::Store;
use crate::error::{Code, Error};
use crate::ops::identity::providers::{self, ProviderDeletion};
use crate::ops::identity::{AgentRecord, ClientSettings, ProviderRequest, ProviderSecret, ProviderType};
use crate::ops::target;
use crate::partition::Arn;
use crate::redact::SecretString;

/// The configuration with the name of the agent, when there is one.
pub(super) type AgentConfig = Option<(Store, String)>;

/// Where what is made for the agent is written down.
pub(super) fn record(found: AgentConfig) -> Result<Option<AgentRecord>> {
    let Some((store, name)) = found else { return Ok(None) };
    let agent = store.agent(Some(&name))?.clone();
    Ok(Some(AgentRecord::new(store, agent)))
}

/// A connection to the agent's region that says whose account it is, which must be the configuration's.
pub(super) async fn connect_announced(context: &CommandContext, found: &AgentConfig) -> Result<Cloud> {
    let agent = match found {
        Some((store, name)) => Some(store.agent(Some(name))?),
        None => None,
    };
    let cloud = context.connect(agent).await?;
    let identity = context.announce_identity(&cloud).await?;
    if let Some(agent) = agent {
        target::check_account(agent, &identity)?;
    }
    if found.is_none() {
        context.ui.warning("there is no configuration here, so no agent has it on record");
    }
    Ok(cloud)
}

/// A connection for reading only.
pub(super) async fn connect(context: &CommandContext, found: &AgentConfig) -> Result<Cloud> {
    match found {
        Some((store, name)) => context.connect(Some(store.agent(Some(name))?)).await,
        None => context.connect(None).await,
    }
}

pub(super) async fn create(args: CreateProviderArgs, context: &CommandContext) -> Result<CommandResult> {
    let kind = ProviderType::parse(&args.kind)?;
    let request = ProviderRequest {
        name: args.name,
        kind: Some(kind),
        secret: secret(&args.secret, context, Some(kind)).await?,
        cognito_pool: args.client.cognito_pool_id.clone(),
        client: client(args.client, context).await?,
        tags: super::setup::tags(&args.tags)?.into_iter().collect(),
        adopt: false,
    };
    let found = agent_of(context, args.agent.as_deref())?;
    let cloud = connect_announced(context, &found).await?;
    CommandResult::report(providers::create(&cloud, &request, record(found)?.as_ref(), &context.events).await?)
}

pub(super) async fn update(args: UpdateProviderArgs, context: &CommandContext) -> Result<CommandResult> {
    let kind = args.kind.as_deref().map(ProviderType::parse).transpose()?;
    let request = ProviderRequest {
        name: args.name,
        kind,
        secret: secret(&args.secret, context, kind).await?,
        cognito_pool: args.client.cognito_pool_id.clone(),
        client: client(args.client, context).await?,
        tags: Vec::new(),
        adopt: args.adopt,
    };
    let found = agent_of(context, args.agent.as_deref())?;
    let cloud = connect_announced(context, &found).await?;
    CommandResult::report(providers::update(&cloud, &request, record(found)?.as_ref(), &context.events).await?)
}

pub(super) async fn get(args: NamedProviderArgs, context: &CommandContext) -> Result<CommandResult> {
    let kind = args.kind.as_deref().map(ProviderType::parse).transpose()?;
    let cloud = connect(context, &agent_of(context, args.agent.as_deref())?).await?;
    CommandResult::report(providers::get(&cloud, &args.name, kind).await?)
}

pub(super) async fn list(args: OfAgentArgs, context: &CommandContext) -> Result<CommandResult> {
    let found = agent_of(context, args.agent.as_deref())?;
    let cloud = connect(context, &found).await?;
    let agent = match &found {
        Some((store, name)) => Some(store.agent(Some(name))?),
        None => None,
    };
    CommandResult::report(providers::list(&cloud, agent).await?)
}

pub(super) async fn delete(args: DeleteProviderArgs, context: &CommandContext) -> Result<CommandResult> {
    let DeleteProviderArgs { provider: args, force, adopt } = args;
    let kind = args.kind.as_deref().map(ProviderType::parse).transpose()?;
    let found = agent_of(context, args.agent.as_deref())?;
    let cloud = connect_announced(context, &found).await?;
    let record = record(found)?;
    let named = (args.name.as_str(), kind);
    let deletion = ProviderDeletion::plan(&cloud, named, record.as_ref(), adopt).await?;
    if !force && deletion.is_foreign() {
        let name = &args.name;
        let question =
            format!("Delete the credential provider `{name}`, which is not on record here as made by this program?");
        confirm_deletion(question, context).await?;
    }
    CommandResult::report(deletion.apply(&cloud, &context.events).await?)
}

async fn client(args: ClientArgs, context: &CommandContext) -> Result<ClientSettings> {
    let more = match &args.provider_config {
        Some(path) => members(path, context).await?,
        None => Map::new(),
    };
    Ok(ClientSettings {
        client_id: args.client_id,
        discovery_url: args.discovery_url,
        issuer: args.issuer,
        authorization_endpoint: args.authorization_endpoint,
        token_endpoint: args.token_endpoint,
        tenant_id: args.tenant_id,
        more,
    })
}

async fn members(path: &Path, context: &CommandContext) -> Result<Map<String, Value>> {
    use crate::redact::ExposeSecret;
    let text = context.read_secret(path, "configuration").await?;
    match serde_json::from_str(text.expose_secret()) {
        Ok(Value::Object(members)) => Ok(members),
        // It may hold a secret, so nothing of it is quoted.
        _ => Err(Error::usage(format!("`{}` is not a JSON object", path.display())).code(Code::InputValue)),
    }
}

/// The one secret that was pointed at, of whatever sort the type takes.
async fn secret(
    args: &SecretArgs,
    context: &CommandContext,
    kind: Option<ProviderType>,
) -> Result<Option<ProviderSecret>> {
    let of_key = args.api_key.is_some() || args.api_key_file.is_some() || args.api_key_env.is_some();
    let of_client =
        args.client_secret.is_some() || args.client_secret_file.is_some() || args.client_secret_env.is_some();
    if (of_key && matches!(kind, Some(ProviderType::OAuth2(_)))) || (of_client && kind == Some(ProviderType::ApiKey)) {
        return Err(Error::usage("this type takes another kind of secret")
            .code(Code::InputValue)
            .hint("`--api-key`, `--api-key-file` and `--api-key-env` go with `--type api-key`, those of `--client-secret` with the others"));
    }
    let mut found = Vec::new();
    for path in [&args.api_key_file, &args.client_secret_file].into_iter().flatten() {
        found.push(ProviderSecret::Value(context.read_secret(path, "secret").await?));
    }
    for name in [&args.api_key_env, &args.client_secret_env].into_iter().flatten() {
        let value = context.env.var(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            Error::usage(format!("the variable {name} is not set")).code(Code::InputMissing).hint("export it first")
        })?;
        found.push(ProviderSecret::Value(SecretString::from(value.to_owned())));
    }
    for (given, flag) in [(&args.api_key, "--api-key"), (&args.client_secret, "--client-secret")] {
        if let Some(text) = given {
            let safe = format!("`{flag}-file` or `{flag}-env`");
            found.push(ProviderSecret::Value(secret_argument(context, text, flag, &safe)?));
        }
    }
    if let (Some(secret_id), Some(json_key)) = (&args.secret_id, &args.json_key) {
        let is_secret = |arn: Arn| arn.service == "secretsmanager" && arn.resource.starts_with("secret:");
        if secret_id.starts_with("arn:") && !secret_id.parse().is_ok_and(is_secret) {
            return Err(Error::usage(format!("`{secret_id}` is not the ARN of a secret"))
                .code(Code::InputArn)
                .hint("`aws secretsmanager list-secrets` shows them; the name of a secret will do as well"));
        }
        found.push(ProviderSecret::Reference { secret_id: secret_id.clone(), json_key: json_key.clone() });
    }
    if found.len() > 1 {
        return Err(Error::usage("more than one secret").code(Code::InputValue).hint("name one place of it"));
    }
    Ok(found.pop())
}
