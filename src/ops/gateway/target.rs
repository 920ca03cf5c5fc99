//! Creates a target of a gateway: the credential provider that it needs, what the gateway's role may do because of it, and
//! the target itself. One of the name that is there already is changed to what is asked for, where the gateway is ours.

use futures_util::future::try_join_all;
use serde_json::{Map, Value, json};

use super::credentials::{CredentialSource, OutboundCredentials, TargetType};
use super::report::TargetReport;
use super::{GatewayKey, GatewayWork, TargetKey, outcome};
use crate::cloud::ProviderKind;
use crate::config::naming;
use crate::error::{Code, Error, Kind, Result};
use crate::events::Outcome;
use crate::partition::Arn;
use crate::resources::credential_provider::{CredentialProvider, ProviderGoal};
use crate::resources::engine::{self, Node};
use crate::resources::gateway::ObservedGateway;
use crate::resources::gateway_owner::GatewayOwner;
use crate::resources::gateway_policy;
use crate::resources::gateway_target::{self, GatewayTarget, TargetPolicy};
use crate::resources::owner::UNREADABLE_TAGS;
use crate::resources::plan::{Action, ResourceKind};
use crate::resources::policy::Grant;
use crate::resources::provider_body::{self, ProviderRequest, ProviderSecret, text};
use crate::resources::provider_vendor::{ClientSettings, ProviderType, VENDORS};

/// What is asked for.
#[derive(Debug)]
pub(crate) struct TargetRequest {
    pub(crate) gateway: GatewayKey,
    pub(crate) name: String,
    pub(crate) kind: TargetType,
    /// `targetConfiguration` in the wire's form.
    pub(crate) configuration: Value,
    pub(crate) credentials: Option<OutboundCredentials>,
    /// The gateway's role as the caller knows it.
    pub(crate) role_arn: Option<String>,
    /// Add to another project's gateway too.
    pub(crate) adopt: bool,
}

/// # Errors
/// Exit 5 for a gateway that is not there; exit 2 for one of another project, and for a target that is there already where
/// the gateway is not this program's.
pub(crate) async fn create_target(work: &GatewayWork<'_>, request: &TargetRequest) -> Result<TargetReport> {
    let gateway = work.require(&request.gateway, request.adopt).await?;
    let role_arn = text(&gateway.raw, "roleArn").to_owned();
    if let Some(named) = request.role_arn.as_ref().filter(|named| **named != role_arn) {
        return Err(Error::usage(format!("the role of the gateway `{}` is another one than `{named}`", gateway.id()))
            .code(Code::InputValue)
            .cause(format!("it is {role_arn}"))
            .hint("leave out `--role-arn`: the gateway says which role it has"));
    }
    let is_ours = work.owner(gateway.name()).of(gateway.tags.as_deref()).is_ours();
    let key = TargetKey::Name(request.name.clone());
    let existing = gateway_target::find(work.cloud, gateway.id(), &key).await?;
    if existing.is_some() && !is_ours {
        return Err(Error::usage(format!("the gateway `{}` has a target `{}` already", gateway.id(), request.name))
            .code(Code::GatewayTargetTaken)
            .cause("this program did not make the gateway for this project, so that the target may be somebody else's")
            .hint("choose another `--name`"));
    }
    let (grant, changed_provider) = provider(work, request, &gateway).await?;
    let policy = target_policy(work, request, &gateway, grant.as_ref()).await?;
    let mut node = Node::new(GatewayTarget {
        gateway: gateway.id().to_owned(),
        key,
        members: members(request, grant.as_ref()),
        policy,
        waits: work.waits,
    });
    let applied = async {
        engine::observe(vec![&mut node], work.cloud).await?;
        let steps = engine::plan(vec![&mut node], false)?;
        work.tell(&steps);
        work.apply(vec![&mut node], &steps).await
    };
    applied.await.map_err(|error| partly(error, changed_provider.as_deref(), &work.command))?;
    let done = match node.outcome {
        // The target is as it was, and not what it calls with.
        None | Some(Action::Unchanged) if changed_provider.is_some() => Some(Action::Update),
        done => done,
    };
    let live = node.observed.ok_or_else(|| Error::failed("nothing is known of the target"))?;
    if done.is_none() {
        let text = format!("gateway target {} is there already", live.id());
        work.events.finished(ResourceKind::GatewayTarget.as_str(), Outcome::Unchanged, text);
    }
    Ok(TargetReport { raw: live.raw, gateway_id: gateway.id().to_owned(), outcome: outcome(done) })
}

/// A provider that was made or changed for a target that failed stays, and a repeated run uses it.
fn partly(error: Error, provider: Option<&str>, command: &str) -> Error {
    let Some(provider) = provider else { return error };
    let late = matches!(error.kind(), Kind::Deadline | Kind::Interrupted);
    let error = if late { error } else { error.with_kind(Kind::Partial) };
    error
        .cause(format!("done: credential provider {provider}"))
        .hint(format!("fix the cause and go on with what is left: `{command}`"))
}

fn members(request: &TargetRequest, grant: Option<&Grant>) -> Map<String, Value> {
    let credentials = match (&request.credentials, grant) {
        (Some(credentials), Some(grant)) => Some(credentials.wire(&grant.arn)),
        _ => request.kind.default_credentials(),
    };
    let mut members = Map::new();
    members.insert("targetConfiguration".to_owned(), request.configuration.clone());
    members.insert("credentialProviderConfigurations".to_owned(), json!(credentials));
    members
}

/// The credential provider of the target, and its name where this run made it or gave it another secret.
async fn provider(
    work: &GatewayWork<'_>,
    request: &TargetRequest,
    gateway: &ObservedGateway,
) -> Result<(Option<Grant>, Option<String>)> {
    let Some(credentials) = &request.credentials else { return Ok((None, None)) };
    let name = naming::gateway_target_provider(gateway.name(), &request.name);
    let (kind, client, secret) = match &credentials.source {
        CredentialSource::Provider(arn) => return Ok((Some(known_provider(work, arn).await?), None)),
        CredentialSource::ApiKey(key) => {
            (ProviderType::ApiKey, ClientSettings::default(), Some(ProviderSecret::Value(key.clone())))
        }
        CredentialSource::Client { member, config, secret } => {
            let vendor = VENDORS.iter().filter(|vendor| vendor.member == member).collect::<Vec<_>>();
            let [vendor] = vendor.as_slice() else {
                return Err(Error::usage(format!("`{member}` does not say which vendor is meant"))
                    .code(Code::GatewayCredentials)
                    .hint(format!(
                        "make it first: `agentcore identity create-credential-provider --name {name} --type VENDOR \
                         --client-id ID --client-secret-file -`"
                    ))
                    .hint("then pass `--credentials '{\"provider_arn\": \"ARN\", \"scopes\": []}'`"));
            };
            let client = ClientSettings { more: config.clone(), ..ClientSettings::default() };
            (ProviderType::OAuth2(**vendor), client, secret.clone().map(ProviderSecret::Value))
        }
    };
    // The resource adds the mark of this program itself.
    let shared = naming::shared_tags();
    let owner = work.owner(gateway.name());
    let tags = owner.tags().into_iter().filter(|tag| !shared.contains(tag)).collect();
    let made = ProviderRequest { name, kind: Some(kind), client, secret, tags, cognito_pool: None, adopt: false };
    provider_body::create_body(kind, &made)?;
    made_provider(work, &owner, kind, &made).await
}

/// Makes the provider. One that is there has to be this gateway's, and gets the secret that was given: whether it has that
/// already nobody can read.
async fn made_provider(
    work: &GatewayWork<'_>,
    owner: &GatewayOwner,
    kind: ProviderType,
    request: &ProviderRequest,
) -> Result<(Option<Grant>, Option<String>)> {
    let name = request.name.clone();
    let wire = provider_body::kind_of(kind);
    let goal = ProviderGoal::There((kind, request));
    let mut node = Node::new(CredentialProvider { record: None, kind: wire, name: name.clone(), goal });
    engine::observe(vec![&mut node], work.cloud).await?;
    if let Some(live) = &node.observed {
        require_own_provider(work, owner, &live.description).await?;
    }
    let was_there = node.observed.is_some();
    let steps = engine::plan(vec![&mut node], false)?;
    work.apply(vec![&mut node], &steps).await?;
    let is_new = node.outcome == Some(Action::Create);
    let live = node.observed.ok_or_else(|| Error::failed(format!("nothing is known of the provider `{name}`")))?;
    let grant = grant_of(wire, &live.description);
    if is_new {
        return Ok((Some(grant), Some(name)));
    }
    if !was_there {
        require_own_provider(work, owner, &live.description).await?;
    }
    if request.secret.is_none() {
        work.events.note(format!("the credential provider `{name}` is there already and is used as it is"));
        return Ok((Some(grant), None));
    }
    let change = ProviderRequest {
        name: name.clone(),
        kind: None,
        client: ClientSettings::default(),
        secret: request.secret.clone(),
        tags: Vec::new(),
        cognito_pool: None,
        adopt: true,
    };
    // Whose it is was looked at.
    let goal = ProviderGoal::Changed { change: &change, adopt: true };
    let mut node = Node::new(CredentialProvider { record: None, kind: wire, name: name.clone(), goal });
    engine::observe(vec![&mut node], work.cloud).await?;
    let steps = engine::plan(vec![&mut node], false)?;
    work.apply(vec![&mut node], &steps).await?;
    Ok((Some(grant), Some(name)))
}

/// # Errors
/// Exit 2 for a provider of the target's name that was not made for a target of this gateway.
async fn require_own_provider(work: &GatewayWork<'_>, owner: &GatewayOwner, description: &Value) -> Result<()> {
    let arn = text(description, "credentialProviderArn");
    let tags = work.cloud.resource_tags(arn).await?;
    if owner.of(tags.as_deref()).is_ours() {
        return Ok(());
    }
    let name = text(description, "name");
    let why = match tags {
        Some(_) => "its tags do not say that this program made it for this project's gateway",
        None => UNREADABLE_TAGS,
    };
    Err(Error::usage(format!("there is a credential provider `{name}` already, and it was not made for this target"))
        .code(Code::IdentityProviderTaken)
        .cause(why)
        .hint("choose another `--name`")
        .hint(format!("or use it as it is: `--credentials '{{\"provider_arn\": \"{arn}\"}}'`")))
}

pub(super) fn grant_of(kind: ProviderKind, description: &Value) -> Grant {
    let secret = ["/apiKeySecretArn/secretArn", "/clientSecretArn/secretArn"]
        .iter()
        .find_map(|path| description.pointer(path)?.as_str())
        .map(str::to_owned);
    Grant { kind, arn: text(description, "credentialProviderArn").to_owned(), secret }
}

async fn known_provider(work: &GatewayWork<'_>, arn: &str) -> Result<Grant> {
    let missing = || {
        Error::not_found(format!("there is no credential provider `{arn}`"))
            .code(Code::IdentityNoProvider)
            .hint("`agentcore identity list-credential-providers` shows those that are there")
    };
    let kind = ProviderKind::of_arn(arn).ok_or_else(missing)?;
    let name = arn.rsplit('/').next().unwrap_or_default();
    let description = work.cloud.credential_provider(kind, name).await?.ok_or_else(missing)?;
    Ok(grant_of(kind, &description))
}

/// The policy of the target where the role is this program's. Of another role it is told what it lacks.
async fn target_policy(
    work: &GatewayWork<'_>,
    request: &TargetRequest,
    gateway: &ObservedGateway,
    grant: Option<&Grant>,
) -> Result<Option<TargetPolicy>> {
    let role_arn = text(&gateway.raw, "roleArn");
    let document = gateway_policy::target(&work.scope(gateway.name()), &request.configuration, grant);
    if request.kind == TargetType::SmithyModel && request.credentials.is_none() {
        work.events.warning(format!(
            "the gateway calls the model's operations with its role `{role_arn}`: allow that role what they need"
        ));
    }
    if own_role(work, gateway).await? {
        let role = role_name(role_arn).to_owned();
        let name = naming::gateway_target_policy(&request.name);
        return Ok(Some(TargetPolicy { role, role_arn: role_arn.to_owned(), name, document }));
    }
    if let Some(document) = document {
        warn_of_lacking(work, role_arn, &document).await?;
    }
    Ok(None)
}

fn role_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

/// Whether the gateway's role is the one that this program made for it.
pub(super) async fn own_role(work: &GatewayWork<'_>, gateway: &ObservedGateway) -> Result<bool> {
    let name = role_name(text(&gateway.raw, "roleArn"));
    if name != naming::gateway_service_role(work.cloud.region(), gateway.name()) {
        return Ok(false);
    }
    let role = work.cloud.role(name).await?;
    Ok(role.is_some_and(|role| work.owner(gateway.name()).of(Some(&role.tags)).is_ours()))
}

/// Says what of a document a role lacks that this program does not change.
pub(super) async fn warn_of_lacking(work: &GatewayWork<'_>, role: &str, document: &Value) -> Result<()> {
    if role.parse::<Arn>().is_ok_and(|arn| arn.account != work.identity.account) {
        return Ok(());
    }
    let texts = |statement: &Value, member: &str| -> Vec<String> {
        let items = statement.get(member).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let statements = document.get("Statement").and_then(Value::as_array);
    let asked = statements.into_iter().flatten().flat_map(|statement| {
        let actions = texts(statement, "Action");
        texts(statement, "Resource").into_iter().map(move |resource| (actions.clone(), resource))
    });
    let answers = try_join_all(asked.map(|(actions, resource)| async move {
        let names: Vec<&str> = actions.iter().map(String::as_str).collect();
        Ok::<_, Error>((work.cloud.simulate(role, &names, &resource).await?, resource))
    }))
    .await?;
    for (verdicts, resource) in answers {
        let lacking: Vec<String> =
            verdicts.into_iter().flatten().filter(|verdict| !verdict.allowed).map(|verdict| verdict.action).collect();
        if !lacking.is_empty() {
            let lacking = lacking.join(" and ");
            work.events.warning(format!("the role `{role}` is yours and lacks {lacking} on `{resource}`"));
        }
    }
    Ok(())
}
