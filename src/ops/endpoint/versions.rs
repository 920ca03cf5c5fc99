//! The versions of a runtime: what each one runs, since when, by whom, and which endpoints serve it.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::EndpointWork;
use crate::cloud::{AgentRuntime, Endpoint};
use crate::error::Result;
use crate::report::{Document, Report, Role, schemas};
use crate::resources::runtime::RuntimeArtifact;
use crate::resources::version_note::{SmokeState, UNKNOWN, VersionNote};

/// So many are read at once.
const AT_ONCE: usize = 8;
/// Digits of a digest that tell it from others.
const SHORT_DIGEST: usize = 12;

/// The newest `most` versions.
///
/// # Errors
/// Exit 5 when the agent is not deployed.
pub(crate) async fn versions(work: &EndpointWork<'_>, most: usize) -> Result<VersionList> {
    let runtime = work.runtime().await?;
    let id = runtime.runtime.id();
    let (found, endpoints) = tokio::try_join!(work.cloud.runtime_versions(id), work.cloud.endpoints(id))?;
    let total = found.len();
    // The futures are made before they are run, so that none borrows from a closure.
    let reads: Vec<_> = found.into_iter().take(most).map(|summary| read(work, id, summary)).collect();
    let each: Vec<AgentRuntime> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    let rows = each.into_iter().map(|version| VersionRow {
        note: VersionNote::find(&runtime.tags, version.version()),
        endpoints: serving(&endpoints, version.version()),
        version,
    });
    Ok(VersionList {
        agent: work.agent().name.clone(),
        arn: runtime.runtime.arn().to_owned(),
        total,
        versions: rows.collect(),
    })
}

/// A version with its settings; what was deleted meanwhile as the list had it.
async fn read(work: &EndpointWork<'_>, id: &str, summary: AgentRuntime) -> Result<AgentRuntime> {
    Ok(work.cloud.runtime_version(id, summary.version()).await?.unwrap_or(summary))
}

/// Names of the endpoints that serve this version, or are on their way to it.
fn serving(endpoints: &[Endpoint], version: &str) -> Vec<String> {
    let serves = |endpoint: &&Endpoint| {
        [&endpoint.live_version, &endpoint.target_version].into_iter().any(|other| other.as_deref() == Some(version))
    };
    endpoints.iter().filter(serves).map(|endpoint| endpoint.name.clone()).collect()
}

#[derive(Debug)]
struct VersionRow {
    version: AgentRuntime,
    note: Option<VersionNote>,
    endpoints: Vec<String>,
}

impl VersionRow {
    fn by(&self) -> &str {
        self.note.as_ref().map_or(UNKNOWN, |note| note.by.as_str())
    }

    fn made(&self) -> Option<&str> {
        let noted = self.note.as_ref().map(|note| note.made.as_str());
        noted.or_else(|| self.version.raw.get("lastUpdatedAt").and_then(Value::as_str))
    }

    fn smoke(&self) -> Option<SmokeState> {
        self.note.as_ref()?.smoke
    }

    fn artifact(&self) -> Option<RuntimeArtifact> {
        self.version.artifact().and_then(RuntimeArtifact::of_wire)
    }

    /// A digest, or the part of an archive's key that names its content, cut to a length that people compare.
    fn artifact_text(&self) -> String {
        match self.artifact() {
            Some(RuntimeArtifact::Image(uri)) => match uri.split_once("@sha256:") {
                Some((_, digest)) => format!("sha256:{}", digest.get(..SHORT_DIGEST).unwrap_or(digest)),
                None => uri.rsplit('/').next().unwrap_or_default().to_owned(),
            },
            Some(RuntimeArtifact::Code(code)) => {
                let mut parts = code.key.rsplit('/');
                let (file, own) = (parts.next().unwrap_or_default(), parts.next());
                own.unwrap_or(file).chars().take(SHORT_DIGEST + 7).collect()
            }
            None => "-".to_owned(),
        }
    }

    fn status_text(&self) -> String {
        let smoke = self.smoke().map(|smoke| format!(", smoke test {}", smoke.as_str())).unwrap_or_default();
        let content = self.note.as_ref().and_then(|note| note.content_of.as_ref());
        let content = content.map(|version| format!(", as version {version}")).unwrap_or_default();
        format!("{}{smoke}{content}", self.version.status())
    }

    fn role(&self) -> Role {
        match (self.version.status(), self.smoke()) {
            (_, Some(SmokeState::Failed)) => Role::Bad,
            ("READY", _) => Role::Plain,
            (state, _) if state.ends_with("_FAILED") => Role::Bad,
            _ => Role::Attention,
        }
    }
}

/// The versions of a runtime, newest first.
#[derive(Debug)]
pub(crate) struct VersionList {
    agent: String,
    arn: String,
    total: usize,
    versions: Vec<VersionRow>,
}

impl Report for VersionList {
    fn schema(&self) -> &'static str {
        schemas::VERSIONS
    }

    fn data(&self) -> Value {
        let each = self.versions.iter().map(|row| {
            let artifact = row.artifact();
            let (image, code) = RuntimeArtifact::data(artifact.as_ref());
            json!({
                "version": row.version.version(),
                "status": row.version.status(),
                "failureReason": row.version.failure_reason(),
                "createdAt": row.made(),
                "createdBy": row.by(),
                "contentOf": row.note.as_ref().and_then(|note| note.content_of.as_ref()),
                "smokeTest": row.smoke().map(SmokeState::as_str),
                "image": image,
                "code": code,
                "auth": if row.version.authorizer().is_some() { "jwt" } else { "iam" },
                "endpoints": row.endpoints,
            })
        });
        json!({
            "agent": self.agent,
            "agent_arn": self.arn,
            "total": self.total,
            "versions": each.collect::<Vec<_>>(),
        })
    }

    fn document(&self) -> Document {
        let rows = self.versions.iter().map(|row| {
            vec![
                (Role::Plain, row.version.version().to_owned()),
                (Role::Plain, row.made().map_or_else(|| "-".to_owned(), short_time)),
                (Role::Plain, row.artifact_text()),
                (Role::Plain, row.by().to_owned()),
                (row.role(), row.status_text()),
                (Role::Good, row.endpoints.join(", ")),
            ]
        });
        let head = vec!["VERSION", "MADE", "RUNS", "BY", "STATUS", "ENDPOINTS"];
        let document = Document::new().table(head, rows.collect());
        match self.total - self.versions.len() {
            0 => document,
            more => document.line(format!("{more} older ones: `--count {}` shows all.", self.total)),
        }
    }
}

/// `2026-01-31T10:20:30.123Z` without the fraction.
fn short_time(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, _)) if time.ends_with('Z') => format!("{seconds}Z"),
        _ => time.to_owned(),
    }
}
