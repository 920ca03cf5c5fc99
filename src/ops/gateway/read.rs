//! Shows gateways and targets.

use super::report::{GatewayList, GatewayReport, TargetList, TargetReport};
use super::{GatewayKey, TargetKey};
use crate::cloud::Cloud;
use crate::error::Result;
use crate::resources::gateway::{self, ObservedGateway};
use crate::resources::gateway_target;
use crate::resources::provider_body::text;

async fn found(cloud: &Cloud, key: &GatewayKey) -> Result<ObservedGateway> {
    let (GatewayKey::Id(label) | GatewayKey::Name(label)) = key;
    gateway::find(cloud, key).await?.ok_or_else(|| gateway::missing(label))
}

/// # Errors
/// Exit 5 when there is none.
pub(crate) async fn get_gateway(cloud: &Cloud, key: &GatewayKey) -> Result<GatewayReport> {
    Ok(GatewayReport { raw: found(cloud, key).await?.raw, outcome: "found", token_command: None })
}

/// The first `most` gateways of the account and region, or of this exact name.
pub(crate) async fn list_gateways(cloud: &Cloud, name: Option<&str>, most: usize) -> Result<GatewayList> {
    let mut items = cloud.gateways().await?;
    items.retain(|item| name.is_none_or(|name| text(item, "name") == name));
    let left_out = items.len().saturating_sub(most);
    items.truncate(most);
    Ok(GatewayList { items, left_out })
}

/// # Errors
/// Exit 5 when there is no such gateway.
pub(crate) async fn list_targets(cloud: &Cloud, key: &GatewayKey, most: usize) -> Result<TargetList> {
    let gateway = found(cloud, key).await?;
    let mut items = cloud.gateway_targets(gateway.id()).await?;
    let left_out = items.len().saturating_sub(most);
    items.truncate(most);
    Ok(TargetList { gateway_id: gateway.id().to_owned(), items, left_out })
}

/// # Errors
/// Exit 5 when there is no such gateway or target.
pub(crate) async fn get_target(cloud: &Cloud, key: &GatewayKey, target: &TargetKey) -> Result<TargetReport> {
    let gateway = found(cloud, key).await?;
    let (TargetKey::Id(label) | TargetKey::Name(label)) = target;
    let raw = gateway_target::find(cloud, gateway.id(), target).await?;
    let raw = raw.ok_or_else(|| gateway_target::missing(gateway.id(), label))?;
    Ok(TargetReport { raw, gateway_id: gateway.id().to_owned(), outcome: "found" })
}
