//! Targets of gateways, each with what the gateway's role may do because of it.
//!
//! A target has no tags: it belongs to whoever has its gateway. Its policy is written before it, so that it works from its
//! first moment, and deleted before it, so that a deletion that was cut off finds the target and goes on.

use serde_json::{Map, Value, json};

use super::engine::{Context, Fate, Made, Removal, Resource, Standing};
use super::gateway::{contains, reasons, spread};
use super::owner::Owner;
use super::plan::{Action, FieldChange, ResourceKind};
use super::policy;
use super::provider_body::text;
use super::role::PROPAGATION;
use crate::cloud::Cloud;
use crate::error::{Code, Error, Kind, Result};
use crate::wait::{self, Probe};

/// Members of GetGatewayTarget that an update must not send back.
const READ_ONLY: &[&str] = &[
    "authorizationData",
    "createdAt",
    "gatewayArn",
    "lastSynchronizedAt",
    "privateEndpointManagedResources",
    "protocolType",
    "status",
    "statusReasons",
    "targetId",
    "updatedAt",
];

/// Member of a target that the service gives as an empty list where there is nothing, and does not take back so.
const CREDENTIALS: &str = "credentialProviderConfigurations";

/// Which target of a gateway is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TargetKey {
    Id(String),
    /// The exact name.
    Name(String),
}

/// An inline policy of the gateway's role.
#[derive(Clone, Debug)]
pub(crate) struct TargetPolicy {
    pub(crate) role: String,
    pub(crate) role_arn: String,
    pub(crate) name: String,
    /// `None` when the target needs nothing.
    pub(crate) document: Option<Value>,
}

/// What is wanted of a target.
#[derive(Debug)]
pub(crate) struct GatewayTarget {
    /// Id of its gateway.
    pub(crate) gateway: String,
    pub(crate) key: TargetKey,
    /// In the wire's form, the name excepted. What is not named stays as it is.
    pub(crate) members: Map<String, Value>,
    /// `None` where the role is not this program's.
    pub(crate) policy: Option<TargetPolicy>,
    /// Wait until it is READY, or gone.
    pub(crate) waits: bool,
}

/// A target that is there, with every member.
#[derive(Clone, Debug)]
pub(crate) struct ObservedTarget {
    pub(crate) raw: Value,
    policy: Option<Value>,
}

impl ObservedTarget {
    pub(crate) fn id(&self) -> &str {
        text(&self.raw, "targetId")
    }

    fn is_going(&self) -> bool {
        text(&self.raw, "status") == "DELETING"
    }
}

/// The target of a gateway with this id, or with this exact name, over all pages.
pub(crate) async fn find(cloud: &Cloud, gateway: &str, key: &TargetKey) -> Result<Option<Value>> {
    let name = match key {
        TargetKey::Id(id) => return cloud.gateway_target(gateway, id).await,
        TargetKey::Name(name) => name,
    };
    let all = cloud.gateway_targets(gateway).await?;
    match all.iter().find(|item| text(item, "name") == name) {
        Some(item) => cloud.gateway_target(gateway, text(item, "targetId")).await,
        None => Ok(None),
    }
}

impl GatewayTarget {
    async fn raw(&self, cloud: &Cloud) -> Result<Option<Value>> {
        find(cloud, &self.gateway, &self.key).await
    }

    async fn observed(&self, cloud: &Cloud) -> Result<Option<ObservedTarget>> {
        let policy = async {
            match &self.policy {
                Some(policy) => cloud.role_policy(&policy.role, &policy.name).await,
                None => Ok(None),
            }
        };
        let (raw, policy) = tokio::try_join!(self.raw(cloud), policy)?;
        Ok(raw.map(|raw| ObservedTarget { raw, policy }))
    }

    async fn put_policy(&self, cx: &Context<'_>) -> Result<()> {
        let Some(policy) = &self.policy else { return Ok(()) };
        match &policy.document {
            Some(document) => {
                cx.patience.through(|| cx.cloud.put_role_policy(&policy.role, &policy.name, document)).await
            }
            None => self.delete_policy(cx).await,
        }
    }

    async fn delete_policy(&self, cx: &Context<'_>) -> Result<()> {
        let Some(policy) = &self.policy else { return Ok(()) };
        cx.patience.through(|| cx.cloud.delete_role_policy(&policy.role, &policy.name)).await.map(drop)
    }

    async fn ready(&self, cx: &Context<'_>, made: ObservedTarget) -> Result<ObservedTarget> {
        if !self.waits {
            return Ok(made);
        }
        let raw = self.wait_ready(cx, made.id()).await?;
        Ok(ObservedTarget { raw, ..made })
    }

    /// Waits until it is READY, or until somebody has to consent.
    async fn wait_ready(&self, cx: &Context<'_>, id: &str) -> Result<Value> {
        let gateway = self.gateway.as_str();
        wait::until(cx.schedule(), &format!("the target `{id}`"), || async {
            let raw = cx.cloud.gateway_target(gateway, id).await?.ok_or_else(|| missing(gateway, id))?;
            let status = text(&raw, "status").to_owned();
            match status.as_str() {
                "READY" => Ok(Probe::Done(raw)),
                waiting if waiting.ends_with("_PENDING_AUTH") => Ok(Probe::Done(raw)),
                "FAILED" | "UPDATE_UNSUCCESSFUL" | "SYNCHRONIZE_UNSUCCESSFUL" | "DELETING" => {
                    Err(failed(gateway, id, &raw))
                }
                _ => Ok(Probe::Pending(status)),
            }
        })
        .await
        .map_err(|error| match error.kind() {
            Kind::Deadline => error.hint(format!(
                "the service goes on working: `agentcore gateway get-mcp-gateway-target --id {gateway} --target-id {id}` \
                 shows how far it is"
            )),
            _ => error,
        })
    }

    fn body(&self, name: &str) -> Map<String, Value> {
        let mut body = self.members.clone();
        body.retain(|_, value| !value.is_null());
        body.insert("name".to_owned(), json!(name));
        body
    }
}

impl Resource for GatewayTarget {
    type Observed = ObservedTarget;
    type Change = FieldChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::GatewayTarget
    }

    fn name(&self) -> String {
        match &self.key {
            TargetKey::Id(text) | TargetKey::Name(text) => text.clone(),
        }
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::Gateway]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedTarget>> {
        Ok(self.observed(cloud).await?.filter(|live| !live.is_going()))
    }

    fn standing(&self, _observed: Option<&ObservedTarget>) -> Standing {
        Standing::Managed(Owner::Ours)
    }

    fn check(&self, observed: Option<&ObservedTarget>) -> Result<()> {
        match observed {
            Some(live) if text(&live.raw, "status") == "FAILED" => Err(failed(&self.gateway, live.id(), &live.raw)),
            _ => Ok(()),
        }
    }

    fn diff(&self, observed: &ObservedTarget) -> Vec<FieldChange> {
        let each = self.members.iter().filter_map(|(name, wanted)| {
            let found = observed.raw.get(name).filter(|found| found.as_array().is_none_or(|list| !list.is_empty()));
            let holds = match found {
                None => wanted.is_null(),
                Some(found) => contains(found, wanted),
            };
            // A configuration may be a whole schema.
            (!holds).then(|| FieldChange::of(name.clone()))
        });
        let mut changes: Vec<FieldChange> = each.collect();
        let wanted = self.policy.as_ref().and_then(|policy| policy.document.as_ref());
        if self.policy.is_some() && observed.policy.as_ref() != wanted {
            let permissions = policy::changed_permissions(observed.policy.as_ref(), wanted);
            changes.push(FieldChange::of("permissions").permissions(permissions));
        }
        changes
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedTarget>> {
        let TargetKey::Name(name) = &self.key else { return Err(missing(&self.gateway, &self.name())) };
        self.put_policy(cx).await?;
        let body = Value::Object(self.body(name));
        let role = self.policy.as_ref().map_or("", |policy| policy.role_arn.as_str());
        // Refused as a conflict, too, while the gateway or a target of the same name is being changed or deleted.
        let creation = || async {
            if let Some(raw) = cx.cloud.create_gateway_target(&self.gateway, &body).await? {
                return Ok(Probe::Done(Some(raw)));
            }
            let found = self.raw(cx.cloud).await?;
            Ok(match found.as_ref().map(|raw| text(raw, "status")) {
                None => Probe::Pending("the gateway is being changed".to_owned()),
                Some("DELETING") => Probe::Pending("DELETING".to_owned()),
                Some(_) => Probe::Done(None),
            })
        };
        let creation = || wait::until(cx.schedule(), "the gateway to take a target", creation);
        let made = match spread(role, PROPAGATION, cx, creation).await? {
            Some(raw) => Some(raw),
            None => self.raw(cx.cloud).await?,
        };
        let policy = self.policy.as_ref().and_then(|policy| policy.document.clone());
        let raw = made.ok_or_else(|| missing(&self.gateway, name))?;
        let live = ObservedTarget { raw, policy };
        Ok(Made { observed: self.ready(cx, live).await?, action: Action::Create })
    }

    /// Writes back what is there with what is wanted on top of it: the service forgets what a request leaves out.
    async fn update(
        &self,
        observed: &ObservedTarget,
        _changes: &[FieldChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedTarget>> {
        self.put_policy(cx).await?;
        let mut body = observed.raw.as_object().cloned().unwrap_or_default();
        body.retain(|name, value| !READ_ONLY.contains(&name.as_str()) && !value.is_null());
        body.extend(self.members.clone());
        body.retain(|name, value| {
            !value.is_null() && (name != CREDENTIALS || value.as_array().is_none_or(|list| !list.is_empty()))
        });
        let (gateway, id, body) = (self.gateway.as_str(), observed.id(), Value::Object(body));
        let request = || cx.cloud.update_gateway_target(gateway, id, &body);
        let request = || cx.patience.through(request);
        let raw = match &self.policy {
            Some(policy) => spread(&policy.role_arn, PROPAGATION, cx, request).await?,
            None => request().await?,
        };
        let policy = self.policy.as_ref().and_then(|policy| policy.document.clone());
        let live = ObservedTarget { raw, policy };
        Ok(Made { observed: self.ready(cx, live).await?, action: Action::Update })
    }

    /// A run that was cut off may have left one that is not READY yet.
    async fn confirm(&self, observed: &ObservedTarget, cx: &Context<'_>) -> Result<()> {
        if self.waits && text(&observed.raw, "status") != "READY" {
            self.wait_ready(cx, observed.id()).await?;
        }
        Ok(())
    }

    fn record(&self, _observed: Option<&ObservedTarget>, _ours: bool) -> Result<()> {
        Ok(())
    }

    fn erase(&self) -> Result<()> {
        Ok(())
    }

    async fn removal(&self, observed: Option<&ObservedTarget>, _cloud: &Cloud) -> Result<Removal> {
        Ok(observed.map_or(Fate::Gone, |_| Fate::Delete(None)).into())
    }

    async fn delete(&self, observed: &ObservedTarget, cx: &Context<'_>) -> Result<()> {
        self.delete_policy(cx).await?;
        let (gateway, id) = (self.gateway.as_str(), observed.id());
        cx.patience.through(|| cx.cloud.delete_gateway_target(gateway, id)).await?;
        if !self.waits {
            return Ok(());
        }
        wait::until(cx.schedule(), &format!("the deletion of the target `{id}`"), || async {
            Ok(match cx.cloud.gateway_target(gateway, id).await? {
                None => Probe::Done(()),
                Some(raw) => Probe::Pending(text(&raw, "status").to_owned()),
            })
        })
        .await
    }

    fn done(&self, observed: &ObservedTarget) -> String {
        format!("gateway target {}", observed.id())
    }
}

/// # Errors
/// Exit 5.
pub(crate) fn missing(gateway: &str, label: &str) -> Error {
    Error::not_found(format!("the gateway `{gateway}` has no target `{label}`"))
        .code(Code::GatewayTargetNotFound)
        .hint(format!("`agentcore gateway list-mcp-gateway-targets --id {gateway}` shows those that it has"))
}

fn failed(gateway: &str, id: &str, raw: &Value) -> Error {
    let error = Error::failed(format!("the target `{id}` is {}", text(raw, "status"))).code(Code::GatewayFailed);
    let reasons = reasons(raw);
    let error = match reasons.is_empty() {
        true => error.cause("the service gave no reason"),
        false => reasons.into_iter().fold(error, Error::cause),
    };
    error.hint(format!(
        "fix the cause, delete it, and make it again: `agentcore gateway delete-mcp-gateway-target --id {gateway} \
         --target-id {id}`"
    ))
}
