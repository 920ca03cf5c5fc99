//! The state of the control plane, and the statuses that follow from it.
//!
//! Owns: runtimes, versions and endpoints as stored values; status, live version and visibility as functions of the time.
//! Nothing runs in the background: a change writes down when it will be done, so a restart in between changes nothing.
//! Times are milliseconds since 1970.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

pub(crate) use crate::facts::DEFAULT_ENDPOINT as DEFAULT;
use crate::sandbox::reply::Fault;

/// Remembered client tokens per runtime.
const TOKENS: usize = 50;

/// A client token, the fingerprint of its request, and the answer to repeat.
pub(super) type AnsweredToken = (String, String, Value);

/// The state of the control plane, by runtime id.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Runtimes {
    pub(super) runtimes: BTreeMap<String, RuntimeRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RuntimeRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(super) created: i64,
    pub(super) versions: BTreeMap<u32, RuntimeVersion>,
    pub(super) endpoints: BTreeMap<String, EndpointRecord>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) tokens: Vec<AnsweredToken>,
    /// Its resource policy, as it came.
    #[serde(default)]
    pub(super) policy: Option<String>,
    /// When a deletion will be complete.
    #[serde(default)]
    pub(super) gone_at: Option<i64>,
}

/// One immutable version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RuntimeVersion {
    pub(crate) number: u32,
    /// The members of the request, as they came.
    pub(crate) settings: Map<String, Value>,
    pub(crate) image: VersionImage,
    pub(super) created: i64,
    /// When it is READY, or has failed.
    pub(super) ready_at: i64,
    /// Why it will not become READY.
    #[serde(default)]
    pub(super) failure: Option<String>,
}

/// The image or the code archive as it was when the version was made: a tag that moves later changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VersionImage {
    /// Empty for an archive.
    pub(crate) repository: String,
    /// Of the manifest of the one platform that will run; the runner's name for an archive.
    pub(crate) digest: String,
    pub(crate) platform: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct EndpointRecord {
    pub(super) name: String,
    pub(super) id: String,
    #[serde(default)]
    pub(super) description: Option<String>,
    pub(super) created: i64,
    pub(super) updated: i64,
    /// Before this moment the endpoint cannot be seen: DEFAULT appears only after its runtime is READY.
    pub(super) visible_from: i64,
    pub(super) target: u32,
    /// What serves until `live_at`.
    pub(super) previous: Option<u32>,
    /// When `target` is live.
    pub(super) live_at: i64,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) policy: Option<String>,
    #[serde(default)]
    pub(super) gone_at: Option<i64>,
}

impl Runtimes {
    /// A runtime that exists at `now`; one that is being deleted still does.
    pub(super) fn get(&self, id: &str, now: i64) -> Result<&RuntimeRecord, Fault> {
        self.runtimes.get(id).filter(|runtime| runtime.exists(now)).ok_or_else(|| no_runtime(id))
    }

    pub(super) fn get_mut(&mut self, id: &str, now: i64) -> Result<&mut RuntimeRecord, Fault> {
        self.runtimes.get_mut(id).filter(|runtime| runtime.exists(now)).ok_or_else(|| no_runtime(id))
    }

    /// The runtimes that exist at `now`.
    pub(super) fn existing(&self, now: i64) -> impl Iterator<Item = &RuntimeRecord> {
        self.runtimes.values().filter(move |runtime| runtime.exists(now))
    }

    /// Drops what has been deleted.
    pub(super) fn sweep(&mut self, now: i64) {
        self.runtimes.retain(|_, runtime| runtime.exists(now));
        for runtime in self.runtimes.values_mut() {
            runtime.endpoints.retain(|_, endpoint| endpoint.exists(now));
        }
    }
}

pub(super) fn no_runtime(id: &str) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("Agent runtime with id '{id}' was not found"))
}

pub(super) fn conflict(message: impl Into<String>) -> Fault {
    Fault::new(409, "ConflictException", message)
}

impl RuntimeRecord {
    fn exists(&self, now: i64) -> bool {
        self.gone_at.is_none_or(|gone| now < gone)
    }

    /// The newest version. A runtime always has one.
    pub(super) fn latest(&self) -> Option<&RuntimeVersion> {
        self.versions.last_key_value().map(|(_, version)| version)
    }

    pub(super) fn status(&self, now: i64) -> &'static str {
        if self.gone_at.is_some() {
            return "DELETING";
        }
        match self.latest() {
            Some(version) if now >= version.ready_at => match (&version.failure, version.number) {
                (None, _) => "READY",
                (Some(_), 1) => "CREATE_FAILED",
                (Some(_), _) => "UPDATE_FAILED",
            },
            Some(version) if version.number > 1 => "UPDATING",
            _ => "CREATING",
        }
    }

    /// # Errors
    /// ConflictException while something is still going on.
    pub(super) fn require_ready(&self, now: i64) -> Result<(), Fault> {
        match self.status(now) {
            // A runtime whose update failed can be updated again; for a failed creation this is not documented.
            "READY" | "UPDATE_FAILED" => Ok(()),
            status => Err(conflict(format!(
                "Agent runtime '{}' is in status {status} and cannot be changed. Wait until it is READY.",
                self.id
            ))),
        }
    }

    pub(super) fn version(&self, number: Option<&str>) -> Result<&RuntimeVersion, Fault> {
        let found = match number {
            None => self.latest(),
            Some(text) => text.parse().ok().and_then(|number: u32| self.versions.get(&number)),
        };
        found.ok_or_else(|| {
            let number = number.unwrap_or("latest");
            Fault::new(
                404,
                "ResourceNotFoundException",
                format!("Version '{number}' of agent runtime '{}' was not found", self.id),
            )
        })
    }

    pub(super) fn endpoint(&self, name: &str, now: i64) -> Result<&EndpointRecord, Fault> {
        let found = self.endpoints.get(name).filter(|endpoint| endpoint.exists(now) && now >= endpoint.visible_from);
        found.ok_or_else(|| {
            Fault::new(
                404,
                "ResourceNotFoundException",
                format!("Endpoint '{name}' of agent runtime '{}' was not found", self.id),
            )
        })
    }

    /// The version that requests to an endpoint reach now.
    pub(crate) fn live(&self, qualifier: &str, now: i64) -> Option<&RuntimeVersion> {
        if self.gone_at.is_some() {
            return None;
        }
        let endpoint = self.endpoint(qualifier, now).ok().filter(|endpoint| endpoint.gone_at.is_none())?;
        self.versions.get(&endpoint.live(now)?)
    }

    /// Whether an endpoint needs a version, now or soon.
    pub(super) fn uses(&self, number: u32, now: i64) -> bool {
        self.endpoints
            .values()
            .filter(|endpoint| endpoint.exists(now))
            .any(|endpoint| endpoint.target == number || endpoint.live(now) == Some(number))
    }

    pub(super) fn remember(&mut self, token: Option<&str>, fingerprint: &str, answer: &Value) {
        remember(&mut self.tokens, token, fingerprint, answer);
    }

    /// As [`repeated`].
    pub(super) fn repeated(&self, token: Option<&str>, fingerprint: &str) -> Result<Option<Value>, Fault> {
        repeated(&self.tokens, token, fingerprint)
    }

    /// Milliseconds since 1970.
    pub(crate) fn created(&self) -> i64 {
        self.created
    }

    pub(super) fn workload_identity(&self) -> Value {
        // The identity has the runtime's ARN prefix and the runtime's id as its name.
        let prefix = self.arn.split(":runtime/").next().unwrap_or_default();
        let arn = format!("{prefix}:workload-identity-directory/default/workload-identity/{}", self.id);
        json!({ "workloadIdentityArn": arn })
    }
}

impl EndpointRecord {
    fn exists(&self, now: i64) -> bool {
        self.gone_at.is_none_or(|gone| now < gone)
    }

    pub(super) fn live(&self, now: i64) -> Option<u32> {
        if now >= self.live_at { Some(self.target) } else { self.previous }
    }

    pub(super) fn status(&self, now: i64) -> &'static str {
        match (self.gone_at, self.previous) {
            (Some(_), _) => "DELETING",
            _ if now >= self.live_at => "READY",
            (None, Some(_)) => "UPDATING",
            (None, None) => "CREATING",
        }
    }

    /// Points it to another version, which serves from `live_at` on.
    pub(super) fn retarget(&mut self, version: u32, now: i64, live_at: i64) {
        self.previous = self.live(now);
        self.target = version;
        self.live_at = live_at;
        self.updated = now;
    }
}

pub(crate) fn millis(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// The form of dates in answers about runtimes and endpoints.
pub(super) fn iso(millis: i64) -> String {
    let nanos = i128::from(millis) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).map(crate::clock::iso8601).unwrap_or_default()
}

pub(super) fn remember(tokens: &mut Vec<AnsweredToken>, token: Option<&str>, fingerprint: &str, answer: &Value) {
    if let Some(token) = token {
        tokens.push((token.to_owned(), fingerprint.to_owned(), answer.clone()));
        let surplus = tokens.len().saturating_sub(TOKENS);
        tokens.drain(..surplus);
    }
}

/// What was answered to the same request before.
///
/// # Errors
/// ValidationException when the token came with another request.
pub(super) fn repeated(
    tokens: &[AnsweredToken],
    token: Option<&str>,
    fingerprint: &str,
) -> Result<Option<Value>, Fault> {
    let Some((_, known, answer)) = token.and_then(|token| tokens.iter().find(|(own, ..)| own == token)) else {
        return Ok(None);
    };
    if known == fingerprint {
        return Ok(Some(answer.clone()));
    }
    Err(Fault::new(400, "ValidationException", "The client token was used before with other parameters")
        .field("reason", "IdempotentParameterMismatchException"))
}

/// Identifies a request's content, for client tokens.
pub(crate) fn fingerprint(input: &Value) -> String {
    crate::sandbox::sigv4::sha256(input.to_string().as_bytes())
}

impl RuntimeRecord {
    /// Not deleted and not being deleted.
    pub(super) fn is_alive(&self) -> bool {
        self.gone_at.is_none()
    }

    pub(super) fn image_digests(&self) -> impl Iterator<Item = String> {
        self.versions.values().map(|version| version.image.digest.clone())
    }
}
