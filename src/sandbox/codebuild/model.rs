//! What CodeBuild remembers, and how it shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::sandbox::SandboxInfo;

/// The state of CodeBuild: projects by name, builds by id.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct CodeBuild {
    pub(super) projects: BTreeMap<String, ProjectRecord>,
    pub(super) builds: BTreeMap<String, BuildRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ProjectRecord {
    /// Seconds since 1970.
    pub(super) created: f64,
    pub(super) modified: f64,
    /// How many were started; also the number of the newest.
    pub(super) builds: u64,
    /// The members of the request, as they came.
    pub(super) members: Map<String, Value>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct BuildRecord {
    /// `project:uuid`.
    pub(super) id: String,
    pub(super) project: String,
    pub(super) number: u64,
    /// Seconds since 1970, like every time here.
    pub(super) started: f64,
    pub(super) ended: Option<f64>,
    pub(super) status: BuildStatus,
    /// Never empty; the last one is the current one.
    pub(super) phases: Vec<PhaseRecord>,
    pub(super) source: Value,
    /// The version of the object in S3; `None` for the newest.
    pub(super) source_version: Option<String>,
    pub(super) environment: Value,
    pub(super) role: String,
    pub(super) timeout_minutes: u64,
    /// It has a stream of its own in the group of the project.
    pub(super) has_log: bool,
    pub(super) initiator: String,
    /// A second request with it starts nothing.
    pub(super) token: Option<String>,
    /// The run of the sandbox that it began in. What was running when that ended cannot go on.
    pub(super) instance: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum BuildStatus {
    InProgress,
    Succeeded,
    Failed,
    Fault,
    TimedOut,
    Stopped,
}

impl BuildStatus {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Fault => "FAULT",
            Self::TimedOut => "TIMED_OUT",
            Self::Stopped => "STOPPED",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum BuildPhase {
    Submitted,
    Queued,
    Provisioning,
    DownloadSource,
    Install,
    PreBuild,
    Build,
    PostBuild,
    UploadArtifacts,
    Finalizing,
    Completed,
}

impl BuildPhase {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "SUBMITTED",
            Self::Queued => "QUEUED",
            Self::Provisioning => "PROVISIONING",
            Self::DownloadSource => "DOWNLOAD_SOURCE",
            Self::Install => "INSTALL",
            Self::PreBuild => "PRE_BUILD",
            Self::Build => "BUILD",
            Self::PostBuild => "POST_BUILD",
            Self::UploadArtifacts => "UPLOAD_ARTIFACTS",
            Self::Finalizing => "FINALIZING",
            Self::Completed => "COMPLETED",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PhaseRecord {
    pub(super) phase: BuildPhase,
    pub(super) started: f64,
    /// With its status, when it is over.
    pub(super) ended: Option<(f64, BuildStatus)>,
    pub(super) reason: Option<PhaseReason>,
}

/// Why a phase failed: the service's code for it, and a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PhaseReason {
    pub(super) code: String,
    pub(super) message: String,
}

impl PhaseReason {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }

    pub(super) fn sandbox_ended() -> Self {
        Self::new("INTERNAL_ERROR", "the sandbox ended while the build was running")
    }

    /// A command that ended badly.
    pub(super) fn command(command: &str, why: &str) -> Self {
        Self::new("COMMAND_EXECUTION_ERROR", format!("Error while executing command: {command}. Reason: {why}"))
    }
}

/// The log group of a project's builds.
pub(super) fn log_group(project: &str) -> String {
    format!("/aws/codebuild/{project}")
}

impl ProjectRecord {
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.members.get(pointer).and_then(Value::as_str)
    }

    pub(super) fn show(&self, info: &SandboxInfo, name: &str) -> Value {
        let mut out = self.members.clone();
        let mut default = |member: &str, value: Value| {
            out.entry(member).or_insert(value);
        };
        default("cache", json!({ "type": "NO_CACHE" }));
        default("timeoutInMinutes", json!(super::validate::DEFAULT_TIMEOUT));
        default("queuedTimeoutInMinutes", json!(super::validate::DEFAULT_QUEUED));
        default("encryptionKey", json!(info.arn("kms", "alias/aws/s3").to_string()));
        default("tags", json!([]));
        out.insert("arn".to_owned(), json!(info.arn("codebuild", &format!("project/{name}")).to_string()));
        out.insert("created".to_owned(), json!(self.created));
        out.insert("lastModified".to_owned(), json!(self.modified));
        out.insert("badge".to_owned(), json!({ "badgeEnabled": false }));
        out.insert("projectVisibility".to_owned(), json!("PRIVATE"));
        out.into()
    }
}

impl BuildRecord {
    /// The part of the id after the project: also the name of its log stream.
    pub(super) fn uuid(&self) -> &str {
        self.id.rsplit(':').next().unwrap_or_default()
    }

    /// The phase that goes on.
    pub(super) fn current(&mut self) -> Option<&mut PhaseRecord> {
        self.phases.last_mut()
    }

    /// Ends the current phase, unless it has ended, and begins another.
    pub(super) fn enter(&mut self, phase: BuildPhase, now: f64) {
        self.end_phase(BuildStatus::Succeeded, None, now);
        let ended = (phase == BuildPhase::Completed).then_some((now, BuildStatus::Succeeded));
        self.phases.push(PhaseRecord { phase, started: now, ended, reason: None });
    }

    pub(super) fn end_phase(&mut self, status: BuildStatus, reason: Option<PhaseReason>, now: f64) {
        if let Some(phase) = self.current().filter(|phase| phase.ended.is_none()) {
            phase.ended = Some((now, status));
            phase.reason = reason;
        }
    }

    pub(super) fn finish(&mut self, status: BuildStatus, now: f64) {
        self.enter(BuildPhase::Completed, now);
        self.status = status;
        self.ended = Some(now);
    }

    /// As it is by now: one that ran when an earlier run of the sandbox ended is a fault of that.
    pub(super) fn by_now(&self, info: &SandboxInfo) -> Self {
        let mut record = self.clone();
        if record.status == BuildStatus::InProgress && record.instance != info.instance {
            let now = record.phases.last().map_or(record.started, |phase| phase.started);
            record.end_phase(BuildStatus::Fault, Some(PhaseReason::sandbox_ended()), now);
            record.finish(BuildStatus::Fault, now);
        }
        record
    }

    pub(super) fn show(&self, info: &SandboxInfo) -> Value {
        let record = self.by_now(info);
        let phases: Vec<Value> = record.phases.iter().map(PhaseRecord::show).collect();
        let mut out = json!({
            "id": record.id,
            "arn": info.arn("codebuild", &format!("build/{}", record.id)).to_string(),
            "buildNumber": record.number,
            "startTime": record.started,
            "currentPhase": record.phases.last().map(|phase| phase.phase.as_str()),
            "buildStatus": record.status.as_str(),
            "projectName": record.project,
            "phases": phases,
            "source": record.source,
            "artifacts": { "location": "" },
            "cache": { "type": "NO_CACHE" },
            "environment": record.environment,
            "serviceRole": record.role,
            "logs": record.logs(info),
            "timeoutInMinutes": record.timeout_minutes,
            "queuedTimeoutInMinutes": super::validate::DEFAULT_QUEUED,
            "buildComplete": record.ended.is_some(),
            "initiator": record.initiator,
            "encryptionKey": info.arn("kms", "alias/aws/s3").to_string(),
        });
        if let Some(version) = &record.source_version {
            out["sourceVersion"] = json!(version);
        }
        if let Some(ended) = record.ended {
            out["endTime"] = json!(ended);
        }
        out
    }

    /// Before there is a log, the service writes `null` as a text in its place.
    fn logs(&self, info: &SandboxInfo) -> Value {
        let (group, stream) = match self.has_log {
            true => (log_group(&self.project), self.uuid().to_owned()),
            false => ("null".to_owned(), "null".to_owned()),
        };
        let mut out = json!({
            "deepLink": deep_link(info, &group, &stream),
            "cloudWatchLogsArn": info.arn("logs", &format!("log-group:{group}:log-stream:{stream}")).to_string(),
            "cloudWatchLogs": { "status": "ENABLED" },
            "s3Logs": { "status": "DISABLED", "encryptionDisabled": false },
        });
        if self.has_log {
            out["groupName"] = json!(group);
            out["streamName"] = json!(stream);
        }
        out
    }
}

/// The log in the console, as the service writes it. Here nobody answers there.
fn deep_link(info: &SandboxInfo, group: &str, stream: &str) -> String {
    format!(
        "https://console.aws.amazon.com/cloudwatch/home?region={}#logsV2:log-groups/log-group/{}/log-events/{}",
        info.region,
        group.replace('/', "$252F"),
        stream.replace('/', "$252F"),
    )
}

impl PhaseRecord {
    fn show(&self) -> Value {
        let mut out = json!({ "phaseType": self.phase.as_str(), "startTime": self.started });
        // The last phase has no status: the build has.
        if let (Some((ended, status)), true) = (self.ended, self.phase != BuildPhase::Completed) {
            out["phaseStatus"] = json!(status.as_str());
            out["endTime"] = json!(ended);
            out["durationInSeconds"] = json!((ended - self.started).max(0.0) as u64);
            let (code, message) = self.reason.as_ref().map_or(("", ""), |it| (it.code.as_str(), it.message.as_str()));
            out["contexts"] = json!([{ "statusCode": code, "message": message }]);
        }
        out
    }
}
