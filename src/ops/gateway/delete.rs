//! Deletes a target with what was made for it, or a gateway with its targets and its role. What is gone already is no
//! failure, so that a run that was cut off is repeated.

use serde_json::{Map, Value};

use super::report::GatewayDeletion;
use super::target::own_role;
use super::{GatewayKey, GatewayWork, TargetKey};
use crate::cloud::ProviderKind;
use crate::config::naming::{self, GATEWAY_TAG};
use crate::error::{Code, Error, Kind, Result};
use crate::events::Outcome;
use crate::resources::engine::{self, AnyNode, Late, Node, RemovalOutcome};
use crate::resources::gateway::{self, GatewayGoal, McpGateway, ObservedGateway};
use crate::resources::gateway_owner::GatewayOwner;
use crate::resources::gateway_service_role::GatewayServiceRole;
use crate::resources::gateway_target::{self, GatewayTarget, TargetPolicy};
use crate::resources::plan::ResourceKind;
use crate::resources::provider_body::text;

/// # Errors
/// Exit 5 when there is no such gateway; exit 2 when another project made it, unless `adopt` says to go on.
pub(crate) async fn delete_target(
    work: &GatewayWork<'_>,
    key: &GatewayKey,
    target: &TargetKey,
    adopt: bool,
) -> Result<GatewayDeletion> {
    let gateway = work.require(key, adopt).await?;
    let raw = gateway_target::find(work.cloud, gateway.id(), target).await?;
    let is_own = own_role(work, &gateway).await?;
    let mut deletion = GatewayDeletion { gateway_id: gateway.id().to_owned(), ..GatewayDeletion::default() };
    let mut providers = Vec::new();
    if let Some(raw) = &raw {
        deletion.target_id = Some(text(raw, "targetId").to_owned());
        let own = naming::gateway_target_provider(gateway.name(), text(raw, "name"));
        providers.extend(provider_of(raw).filter(|(_, name)| *name == own));
        let mut node = Node::new(target_node(&gateway, raw, is_own, work.waits));
        engine::observe(vec![&mut node], work.cloud).await?;
        deletion.add(&remove(work, vec![&mut node]).await?);
    } else {
        // An earlier run may have been cut off after the target.
        match target {
            TargetKey::Name(name) => {
                let name = naming::gateway_target_provider(gateway.name(), name);
                providers.extend(ProviderKind::ALL.map(|kind| (kind, name.clone())));
            }
            // No name says which was its.
            TargetKey::Id(_) => providers = providers_by_name(work, gateway.name()).await?,
        }
    }
    if !providers.is_empty() {
        let used = providers_of_living(work, gateway.id(), deletion.target_id.as_deref()).await?;
        providers.retain(|provider| !used.contains(provider));
    }
    delete_providers(work, &work.owner(gateway.name()), providers, &mut deletion).await?;
    deletion.label = match target {
        TargetKey::Id(text) | TargetKey::Name(text) => format!("target {text} of the gateway {}", gateway.id()),
    };
    Ok(deletion)
}

/// # Errors
/// Exit 2 when it has targets and `force` does not say that they go too, or when another project made it and `adopt` does not
/// say to go on; [`Kind::Partial`] when something remains after other things are gone.
pub(crate) async fn delete_gateway(
    work: &GatewayWork<'_>,
    key: &GatewayKey,
    force: bool,
    adopt: bool,
) -> Result<GatewayDeletion> {
    let (GatewayKey::Id(label) | GatewayKey::Name(label)) = key;
    let Some(gateway) = gateway::find(work.cloud, key).await? else {
        return without_gateway(work, key, label).await;
    };
    let gateway = work.own(gateway, adopt)?;
    let summaries = work.cloud.gateway_targets(gateway.id()).await?;
    let living: Vec<&Value> = summaries.iter().filter(|item| text(item, "status") != "DELETING").collect();
    if !living.is_empty() && !force {
        return Err(has_targets(&gateway, &living, &work.command));
    }
    let is_own = own_role(work, &gateway).await?;
    let (mut targets, mut providers) = (Vec::new(), Vec::new());
    for item in living {
        if let Some(raw) = work.cloud.gateway_target(gateway.id(), text(item, "targetId")).await? {
            providers.extend(provider_of(&raw));
            targets.push(Node::new(target_node(&gateway, &raw, is_own, true)));
        }
    }
    let owner = work.owner(gateway.name());
    let mut deletion = GatewayDeletion {
        label: format!("gateway {}", gateway.id()),
        gateway_id: gateway.id().to_owned(),
        ..GatewayDeletion::default()
    };
    let mut list: Vec<&mut dyn AnyNode> = targets.iter_mut().map(|node| node as &mut dyn AnyNode).collect();
    for node in &mut list {
        node.observe(work.cloud).await?;
    }
    deletion.add(&remove(work, list).await?);
    // Before the gateway: with it goes what says whose they are.
    providers.extend(providers_by_name(work, gateway.name()).await?);
    providers.sort();
    providers.dedup();
    delete_providers(work, &owner, providers, &mut deletion).await?;
    let mut role = is_own.then(|| Node::new(role_node(work, &owner)));
    let mut node = Node::new(McpGateway {
        owner: &owner,
        key: GatewayKey::Id(gateway.id().to_owned()),
        goal: GatewayGoal::Deleted { adopt },
        members: Map::new(),
        role_arn: None,
        role: Late::after(ResourceKind::GatewayServiceRole),
        // The role goes after it, and the service may still use that while it deletes.
        waits: work.waits || is_own,
    });
    let mut list: Vec<&mut dyn AnyNode> = vec![&mut node];
    list.extend(role.as_mut().map(|node| node as &mut dyn AnyNode));
    for node in &mut list {
        node.observe(work.cloud).await?;
    }
    deletion.add(&remove(work, list).await?);
    Ok(deletion)
}

/// Kind and name of the credential providers that the targets of a gateway name, `but` the one with that id.
async fn providers_of_living(
    work: &GatewayWork<'_>,
    gateway: &str,
    but: Option<&str>,
) -> Result<Vec<(ProviderKind, String)>> {
    let mut found = Vec::new();
    for item in work.cloud.gateway_targets(gateway).await? {
        let id = text(&item, "targetId");
        if text(&item, "status") == "DELETING" || but == Some(id) {
            continue;
        }
        found.extend(work.cloud.gateway_target(gateway, id).await?.as_ref().and_then(provider_of));
    }
    Ok(found)
}

/// Kind and name of the credential providers that may have been made for targets of a gateway, as their names begin: a run
/// that was cut off may have left one whose target is gone. Their tags are looked at before anything is deleted.
async fn providers_by_name(work: &GatewayWork<'_>, gateway: &str) -> Result<Vec<(ProviderKind, String)>> {
    let prefix = naming::gateway_provider_prefix(gateway);
    let mut found = Vec::new();
    for kind in ProviderKind::ALL {
        let all = match work.cloud.credential_providers(kind).await {
            Ok(all) => all,
            // Whoever may not list them has made none.
            Err(error) if error.kind() == Kind::Credentials => continue,
            Err(error) => return Err(error),
        };
        let names = all.iter().map(|item| text(item, "name")).filter(|name| name.starts_with(&prefix));
        found.extend(names.map(|name| (kind, name.to_owned())));
    }
    Ok(found)
}

fn has_targets(gateway: &ObservedGateway, targets: &[&Value], command: &str) -> Error {
    let count = targets.len();
    let plural = if count == 1 { "target" } else { "targets" };
    let error =
        Error::usage(format!("the gateway `{}` has {count} {plural}", gateway.id())).code(Code::GatewayHasTargets);
    let error = targets
        .iter()
        .fold(error, |error, item| error.cause(format!("target {} ({})", text(item, "name"), text(item, "targetId"))));
    error.hint(format!("delete them too: `{command} --force`"))
}

fn target_node(gateway: &ObservedGateway, raw: &Value, is_own: bool, waits: bool) -> GatewayTarget {
    let role_arn = text(&gateway.raw, "roleArn");
    GatewayTarget {
        gateway: gateway.id().to_owned(),
        key: TargetKey::Id(text(raw, "targetId").to_owned()),
        members: Map::new(),
        policy: is_own.then(|| TargetPolicy {
            role: role_arn.rsplit('/').next().unwrap_or_default().to_owned(),
            role_arn: role_arn.to_owned(),
            name: naming::gateway_target_policy(text(raw, "name")),
            document: None,
        }),
        waits,
    }
}

fn role_node<'o>(work: &GatewayWork<'_>, owner: &'o GatewayOwner) -> GatewayServiceRole<'o> {
    GatewayServiceRole {
        owner,
        name: naming::gateway_service_role(work.cloud.region(), &owner.gateway),
        trust: Value::Null,
        ready: Late::after(ResourceKind::GatewayServiceRole),
    }
}

/// Kind and name of the credential provider of a target.
fn provider_of(raw: &Value) -> Option<(ProviderKind, String)> {
    let provider = raw.pointer("/credentialProviderConfigurations/0/credentialProvider")?;
    let arn = ["oauthCredentialProvider", "apiKeyCredentialProvider"]
        .iter()
        .find_map(|member| provider.get(member)?.get("providerArn")?.as_str())?;
    Some((ProviderKind::of_arn(arn)?, arn.rsplit('/').next()?.to_owned()))
}

async fn remove(work: &GatewayWork<'_>, mut list: Vec<&mut dyn AnyNode>) -> Result<RemovalOutcome> {
    work.events.resume(format!("`{}` goes on with what is left", work.command));
    let again = list.iter_mut().map(|node| &mut **node as &mut dyn AnyNode).collect();
    engine::plan_removal(again, work.cloud).await?;
    let remains = engine::remove(list, &work.context()).await;
    let Some((_, first)) = remains.failures.first() else { return Ok(remains) };
    if remains.done == 0 && remains.failures.len() == 1 {
        return Err(first.clone());
    }
    let kind = if remains.done > 0 { Kind::Partial } else { first.kind() };
    let error = Error::new(kind, "not everything could be deleted");
    let error =
        remains.failures.iter().fold(error, |error, (name, failure)| error.cause(format!("{name} remains: {failure}")));
    Err(error.hint(format!("fix the cause and go on with what is left: `{}`", work.command)))
}

/// Credential providers that were made for targets of this gateway. One that the user brought stays.
async fn delete_providers(
    work: &GatewayWork<'_>,
    owner: &GatewayOwner,
    providers: Vec<(ProviderKind, String)>,
    deletion: &mut GatewayDeletion,
) -> Result<()> {
    for (kind, name) in providers {
        let Some(live) = work.cloud.credential_provider(kind, &name).await? else { continue };
        let tags = work.cloud.resource_tags(text(&live, "credentialProviderArn")).await?;
        if !owner.of(tags.as_deref()).is_ours() {
            work.events.detail("credential provider", format!("{name} stays: it was not made for this gateway"));
            continue;
        }
        work.cloud.delete_credential_provider(kind, &name).await?;
        let what = ResourceKind::CredentialProvider;
        work.events.finished(what.as_str(), Outcome::Deleted, format!("{what} {name}"));
        deletion.count += 1;
    }
    Ok(())
}

/// The gateway is gone. Its role may be there still, of a run that was cut off.
async fn without_gateway(work: &GatewayWork<'_>, key: &GatewayKey, label: &str) -> Result<GatewayDeletion> {
    let mut deletion =
        GatewayDeletion { label: format!("gateway {label}"), is_missing: true, ..GatewayDeletion::default() };
    let name = match key {
        GatewayKey::Name(name) => name.as_str(),
        GatewayKey::Id(id) => {
            deletion.gateway_id = id.clone();
            id.rsplit_once('-').map_or(id.as_str(), |(name, _)| name)
        }
    };
    let Some(role) = work.cloud.role(&naming::gateway_service_role(work.cloud.region(), name)).await? else {
        return Ok(deletion);
    };
    // An id has the name in lower case, and the role's tag has it as it was.
    let tagged = role.tags.iter().find(|(key, value)| key == GATEWAY_TAG && value.eq_ignore_ascii_case(name));
    let owner = work.owner(tagged.map_or(name, |(_, value)| value));
    let another = work.cloud.gateways().await?.iter().any(|item| text(item, "name") == owner.gateway);
    if another || !owner.of(Some(&role.tags)).is_ours() {
        return Ok(deletion);
    }
    let mut node = Node::new(role_node(work, &owner));
    engine::observe(vec![&mut node], work.cloud).await?;
    deletion.add(&remove(work, vec![&mut node]).await?);
    Ok(deletion)
}
