//! Gateways and their targets as stored values, and the statuses that follow from the time.
//!
//! Nothing runs in the background: a change writes down when it will be done. Times are milliseconds since 1970.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::kind::TargetKind;
use crate::sandbox::control::model::{AnsweredToken, conflict, iso};
use crate::sandbox::reply::Fault;

/// All gateways, by id.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Gateways {
    pub(super) gateways: BTreeMap<String, GatewayRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct GatewayRecord {
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) url: String,
    pub(super) progress: Transition,
    /// The members of the request, as they came.
    pub(super) settings: Map<String, Value>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) targets: BTreeMap<String, TargetRecord>,
    #[serde(default)]
    pub(super) tokens: Vec<AnsweredToken>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TargetRecord {
    pub(super) id: String,
    pub(super) progress: Transition,
    pub(super) settings: Map<String, Value>,
    /// Of the last time that its tools were read.
    #[serde(default)]
    pub(super) synchronized: Option<i64>,
    #[serde(default)]
    pub(super) tokens: Vec<AnsweredToken>,
}

/// What goes on before the next READY.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Work {
    Creating,
    Updating,
    Synchronizing,
}

/// When something was made and changed, and until when that takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Transition {
    pub(super) created: i64,
    pub(super) updated: i64,
    work: Work,
    ready_at: i64,
    /// When a deletion will be complete.
    #[serde(default)]
    gone_at: Option<i64>,
}

impl Transition {
    pub(super) const fn started(now: i64, delay: i64) -> Self {
        Self { created: now, updated: now, work: Work::Creating, ready_at: now + delay, gone_at: None }
    }

    pub(super) const fn change(&mut self, work: Work, now: i64, delay: i64) {
        self.updated = now;
        self.work = work;
        self.ready_at = now + delay;
    }

    pub(super) fn delete(&mut self, now: i64, delay: i64) {
        self.gone_at.get_or_insert(now + delay);
    }

    /// What is being deleted still exists.
    pub(super) fn exists(&self, now: i64) -> bool {
        self.gone_at.is_none_or(|gone| now < gone)
    }

    fn status(&self, now: i64) -> &'static str {
        match self.work {
            _ if self.gone_at.is_some() => "DELETING",
            _ if now >= self.ready_at => "READY",
            Work::Creating => "CREATING",
            Work::Updating => "UPDATING",
            Work::Synchronizing => "SYNCHRONIZING",
        }
    }
}

impl Gateways {
    /// # Errors
    /// ResourceNotFoundException.
    pub(super) fn get(&self, id: &str, now: i64) -> Result<&GatewayRecord, Fault> {
        self.gateways.get(id).filter(|gateway| gateway.progress.exists(now)).ok_or_else(|| no_gateway(id))
    }

    /// # Errors
    /// ResourceNotFoundException.
    pub(super) fn get_mut(&mut self, id: &str, now: i64) -> Result<&mut GatewayRecord, Fault> {
        self.gateways.get_mut(id).filter(|gateway| gateway.progress.exists(now)).ok_or_else(|| no_gateway(id))
    }

    pub(super) fn existing(&self, now: i64) -> impl Iterator<Item = &GatewayRecord> {
        self.gateways.values().filter(move |gateway| gateway.progress.exists(now))
    }

    /// Drops what has been deleted.
    pub(super) fn sweep(&mut self, now: i64) {
        self.gateways.retain(|_, gateway| gateway.progress.exists(now));
        for gateway in self.gateways.values_mut() {
            gateway.targets.retain(|_, target| target.progress.exists(now));
        }
    }

    /// The gateway with this ARN.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub(super) fn of_arn(&self, arn: &str, now: i64) -> Result<&GatewayRecord, Fault> {
        self.existing(now).find(|gateway| gateway.arn == arn).ok_or_else(|| no_resource(arn))
    }

    /// # Errors
    /// As [`Self::of_arn`].
    pub(super) fn of_arn_mut(&mut self, arn: &str, now: i64) -> Result<&mut GatewayRecord, Fault> {
        let found = self.gateways.values_mut().find(|gateway| gateway.arn == arn && gateway.progress.exists(now));
        found.ok_or_else(|| no_resource(arn))
    }
}

fn no_gateway(id: &str) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("Gateway with id '{id}' was not found"))
}

fn no_resource(arn: &str) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("Resource '{arn}' was not found"))
}

fn text<'s>(settings: &'s Map<String, Value>, member: &str) -> &'s str {
    settings.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// The members of a request that describe the thing itself.
pub(super) fn settings(input: &Value) -> Map<String, Value> {
    let mut settings = input.as_object().cloned().unwrap_or_default();
    for name in ["clientToken", "tags"] {
        settings.remove(name);
    }
    settings.retain(|_, value| !value.is_null());
    settings
}

impl GatewayRecord {
    pub(super) fn name(&self) -> &str {
        text(&self.settings, "name")
    }

    pub(super) fn status(&self, now: i64) -> &'static str {
        self.progress.status(now)
    }

    /// # Errors
    /// ConflictException while something is still going on.
    pub(super) fn require_ready(&self, now: i64) -> Result<(), Fault> {
        match self.status(now) {
            "READY" => Ok(()),
            status => Err(conflict(format!(
                "Gateway '{}' is in status {status} and cannot be changed. Wait until it is READY.",
                self.id
            ))),
        }
    }

    pub(super) fn living_targets(&self, now: i64) -> impl Iterator<Item = &TargetRecord> {
        self.targets.values().filter(move |target| target.progress.exists(now))
    }

    /// # Errors
    /// ResourceNotFoundException.
    pub(super) fn target(&self, id: &str, now: i64) -> Result<&TargetRecord, Fault> {
        let found = self.targets.get(id).filter(|target| target.progress.exists(now));
        found.ok_or_else(|| no_target(&self.id, id))
    }

    /// # Errors
    /// ResourceNotFoundException.
    pub(super) fn target_mut(&mut self, id: &str, now: i64) -> Result<&mut TargetRecord, Fault> {
        let found = self.targets.get_mut(id).filter(|target| target.progress.exists(now));
        found.ok_or_else(|| no_target(&self.id, id))
    }

    /// As the operations that give a gateway describe it.
    pub(super) fn describe(&self, now: i64) -> Value {
        let mut out = self.settings.clone();
        // The identity has the gateway's ARN prefix and its id as its name.
        let prefix = self.arn.split(":gateway/").next().unwrap_or_default();
        let identity = format!("{prefix}:workload-identity-directory/default/workload-identity/{}", self.id);
        for (name, value) in [
            ("gatewayArn", json!(self.arn)),
            ("gatewayId", json!(self.id)),
            ("gatewayUrl", json!(self.url)),
            ("createdAt", json!(iso(self.progress.created))),
            ("updatedAt", json!(iso(self.progress.updated))),
            ("status", json!(self.status(now))),
            ("workloadIdentityDetails", json!({ "workloadIdentityArn": identity })),
        ] {
            out.insert(name.to_owned(), value);
        }
        Value::Object(out)
    }

    pub(super) fn summary(&self, now: i64) -> Value {
        let described = self.describe(now);
        let members = ["gatewayId", "name", "status", "description", "createdAt", "updatedAt", "authorizerType"];
        pick(&described, members.into_iter().chain(["protocolType"]))
    }

    pub(super) fn describe_target(&self, target: &TargetRecord, now: i64) -> Value {
        let mut out = target.settings.clone();
        // Required in the model's answer; what the service sends for a target without credentials is not known.
        out.entry("credentialProviderConfigurations").or_insert_with(|| json!([]));
        for (name, value) in [
            ("gatewayArn", json!(self.arn)),
            ("targetId", json!(target.id)),
            ("createdAt", json!(iso(target.progress.created))),
            ("updatedAt", json!(iso(target.progress.updated))),
            ("status", json!(target.status(now))),
        ] {
            out.insert(name.to_owned(), value);
        }
        if let Some(protocol) = target.kind().and_then(TargetKind::protocol) {
            out.insert("protocolType".to_owned(), json!(protocol));
        }
        if let Some(moment) = target.synchronized {
            out.insert("lastSynchronizedAt".to_owned(), json!(iso(moment)));
        }
        Value::Object(out)
    }

    pub(super) fn target_summary(&self, target: &TargetRecord, now: i64) -> Value {
        let described = self.describe_target(target, now);
        let members = ["targetId", "name", "status", "description", "createdAt", "updatedAt", "lastSynchronizedAt"];
        let mut out = pick(&described, members.into_iter());
        if let Some(kind) = target.kind() {
            out["targetType"] = json!(kind.word());
        }
        let server = described.pointer("/targetConfiguration/mcp/mcpServer");
        for member in ["resourcePriority", "listingMode"] {
            if let Some(value) = server.and_then(|server| server.get(member)) {
                out[member] = value.clone();
            }
        }
        out
    }
}

fn pick<'m>(described: &Value, members: impl Iterator<Item = &'m str>) -> Value {
    let each = members.filter_map(|name| Some((name.to_owned(), described.get(name)?.clone())));
    Value::Object(each.collect())
}

fn no_target(gateway: &str, id: &str) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("Target '{id}' of gateway '{gateway}' was not found"))
}

impl TargetRecord {
    pub(super) fn name(&self) -> &str {
        text(&self.settings, "name")
    }

    pub(super) fn kind(&self) -> Option<TargetKind> {
        TargetKind::of(self.settings.get("targetConfiguration")?)
    }

    /// One whose users have to consent waits for it, and nobody can consent here.
    pub(super) fn status(&self, now: i64) -> &'static str {
        let grant = "/0/credentialProvider/oauthCredentialProvider/grantType";
        let grant = self.settings.get("credentialProviderConfigurations").and_then(|list| list.pointer(grant));
        let waits = grant.and_then(Value::as_str) == Some("AUTHORIZATION_CODE");
        match (self.progress.status(now), self.progress.work) {
            ("READY", Work::Creating) if waits => "CREATE_PENDING_AUTH",
            ("READY", Work::Updating) if waits => "UPDATE_PENDING_AUTH",
            ("READY", Work::Synchronizing) if waits => "SYNCHRONIZE_PENDING_AUTH",
            (status, _) => status,
        }
    }

    /// # Errors
    /// ConflictException while something is still going on.
    pub(super) fn require_idle(&self, now: i64) -> Result<(), Fault> {
        let status = self.status(now);
        if matches!(status, "CREATING" | "UPDATING" | "SYNCHRONIZING" | "DELETING") {
            return Err(conflict(format!("Target '{}' is in status {status} and cannot be changed", self.id)));
        }
        Ok(())
    }
}
