//! A build on its way: its phases, its log, and its end.
//!
//! Owns: the order of the phases and what becomes of a build when one fails, as the service documents it. Does not own:
//! what a phase does (`source`, `means`).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use time::macros::format_description;
use tokio::sync::watch;

use super::buildspec::{BuildSpec, PHASES, PhaseSpec};
use super::means::BuildMeans;
use super::model::{BuildPhase, BuildRecord, BuildStatus, PhaseReason, log_group};
use super::source;
use crate::sandbox::iam::{self, Decision};
use crate::sandbox::{SandboxInfo, SharedSandbox};

/// Goes on with a build that was recorded, in the background.
pub(super) fn spawn(sandbox: &SharedSandbox, record: BuildRecord) {
    let stop = sandbox.builds.open(&record.id);
    let log =
        BuildLog { group: log_group(&record.project), stream: record.uuid().to_owned(), sandbox: Arc::clone(sandbox) };
    let run = BuildRun { sandbox: Arc::clone(sandbox), record, log };
    tokio::spawn(async move { run.go(stop).await });
}

/// The log of a build, line by line.
#[derive(Clone)]
pub(super) struct BuildLog {
    sandbox: SharedSandbox,
    group: String,
    stream: String,
}

impl BuildLog {
    /// A line of the container's own.
    pub(super) fn container(&self, text: &str) {
        let format = format_description!("[year]/[month]/[day] [hour]:[minute]:[second].[subsecond digits:6]");
        let now = self.sandbox.clock.now().format(format).unwrap_or_default();
        self.line(&format!("[Container] {now} {text}"));
    }

    /// A line that the service would not have: where the sandbox differs from it.
    pub(super) fn sandbox(&self, text: &str) {
        self.line(&format!("[Sandbox] {text}"));
    }

    /// A line of a command's output.
    pub(super) fn line(&self, text: &str) {
        self.sandbox.log(&self.group, &self.stream, text);
    }
}

/// A build that runs.
pub(super) struct BuildRun {
    pub(super) sandbox: SharedSandbox,
    /// As it was recorded at its start.
    pub(super) record: BuildRecord,
    pub(super) log: BuildLog,
}

/// The folders of a build, removed with it.
pub(super) struct BuildFolders {
    all: tempfile::TempDir,
    /// Where the commands run.
    pub(super) source: PathBuf,
    /// `HOME`.
    pub(super) home: PathBuf,
    /// The sandbox's own: scripts, and what passes from one phase to the next.
    pub(super) own: PathBuf,
}

impl BuildFolders {
    fn create(sandbox: &SharedSandbox) -> std::io::Result<Self> {
        let all = tempfile::tempdir_in(sandbox.data_dir().join(super::FOLDER))?;
        let root = std::fs::canonicalize(all.path())?;
        let [source, home, own] = ["source", "home", "own"].map(|name| root.join(name));
        for folder in [&source, &home, &own] {
            std::fs::create_dir(folder)?;
        }
        Ok(Self { all, source, home, own })
    }
}

impl Drop for BuildFolders {
    fn drop(&mut self) {
        super::delete(self.all.path());
    }
}

impl BuildRun {
    async fn go(self, mut stop: watch::Receiver<bool>) {
        let sandbox = Arc::clone(&self.sandbox);
        let limit = Duration::from_secs(self.record.timeout_minutes * 60);
        let status = tokio::select! {
            status = self.work() => status,
            _ = stop.wait_for(|stop| *stop) => BuildStatus::Stopped,
            () = sandbox.stopped() => BuildStatus::Fault,
            () = tokio::time::sleep(limit) => BuildStatus::TimedOut,
        };
        let reason = match status {
            BuildStatus::TimedOut => Some(PhaseReason::new("BUILD_TIMED_OUT", "Build has timed out.")),
            BuildStatus::Fault => Some(PhaseReason::sandbox_ended()),
            _ => None,
        };
        if matches!(status, BuildStatus::Stopped | BuildStatus::TimedOut | BuildStatus::Fault) {
            self.change(|record, now| record.end_phase(status, reason, now)).await;
        }
        self.change(|record, now| record.finish(status, now)).await;
        sandbox.builds.close(&self.record.id);
    }

    /// A disk that refuses does not stop the build.
    async fn change(&self, change: impl FnOnce(&mut BuildRecord, f64)) {
        let (id, now) = (&self.record.id, self.sandbox.clock.epoch());
        let update = |state: &mut super::CodeBuild| {
            if let Some(record) = state.builds.get_mut(id) {
                change(record, now);
            }
            Ok(())
        };
        if let Err(fault) = self.sandbox.state.codebuild.update(update).await {
            self.sandbox.events.warning(format!("could not keep the state of the build `{id}`: {}", fault.message));
        }
    }

    async fn enter(&self, phase: BuildPhase) {
        self.change(|record, now| record.enter(phase, now)).await;
    }

    async fn fail(&self, reason: PhaseReason) {
        self.change(|record, now| record.end_phase(BuildStatus::Failed, Some(reason), now)).await;
    }

    /// A build that fails before it has anything to run.
    async fn abandon(&self, reason: PhaseReason) -> BuildStatus {
        self.log_end(BuildPhase::DownloadSource, Some(&reason));
        self.fail(reason).await;
        self.enter(BuildPhase::Finalizing).await;
        BuildStatus::Failed
    }

    async fn work(&self) -> BuildStatus {
        self.enter(BuildPhase::Queued).await;
        self.enter(BuildPhase::Provisioning).await;
        if let Err(reason) = self.check_log() {
            self.fail(reason).await;
            self.enter(BuildPhase::Finalizing).await;
            return BuildStatus::Failed;
        }
        self.change(|record, _| record.has_log = true).await;
        self.log.sandbox("The build runs on the sandbox's machine, for its platform.");
        self.enter(BuildPhase::DownloadSource).await;
        self.log.container("Phase is DOWNLOAD_SOURCE");
        let folders = match BuildFolders::create(&self.sandbox) {
            Ok(folders) => folders,
            Err(error) => return self.abandon(PhaseReason::new("INTERNAL_ERROR", error.to_string())).await,
        };
        match source::fetch(&self.sandbox, &self.record, &folders.source).await {
            Ok(spec) => self.phases(&spec, &folders).await,
            Err(reason) => self.abandon(reason).await,
        }
    }

    /// The phases of the buildspec. One before `build` ends the build when it fails, and so does any that says so.
    async fn phases(&self, spec: &BuildSpec, folders: &BuildFolders) -> BuildStatus {
        let means = BuildMeans::choose(self, spec, folders).await;
        let mut status = BuildStatus::Succeeded;
        let mut last = BuildPhase::Install;
        for (name, phase) in PHASES {
            self.enter(phase).await;
            self.log.container(&format!("Entering phase {}", phase.as_str()));
            last = phase;
            let Some(commands) = spec.phase(name) else {
                self.log_end(phase, None);
                continue;
            };
            let done = self.phase(&means, (name, commands), status == BuildStatus::Succeeded).await;
            self.log_end(phase, done.as_ref().err());
            if let Err(reason) = done {
                self.fail(reason).await;
                status = BuildStatus::Failed;
                let is_early = matches!(phase, BuildPhase::Install | BuildPhase::PreBuild);
                if commands.aborts.unwrap_or(is_early) {
                    break;
                }
            }
        }
        if matches!(last, BuildPhase::Build | BuildPhase::PostBuild) {
            self.enter(BuildPhase::UploadArtifacts).await;
        }
        self.enter(BuildPhase::Finalizing).await;
        status
    }

    async fn phase(
        &self,
        means: &BuildMeans<'_>,
        (name, commands): (&'static str, &PhaseSpec),
        succeeding: bool,
    ) -> Result<(), PhaseReason> {
        match means {
            BuildMeans::Shell(shell) => shell.phase((name, commands), succeeding).await,
            BuildMeans::Builder(builder) => builder.phase(name).await,
        }
    }

    fn log_end(&self, phase: BuildPhase, reason: Option<&PhaseReason>) {
        let state = if reason.is_some() { "FAILED" } else { "SUCCEEDED" };
        self.log.container(&format!("Phase complete: {} State: {state}", phase.as_str()));
        let (code, message) = reason.map_or(("", ""), |it| (it.code.as_str(), it.message.as_str()));
        self.log.container(&format!("Phase context status code: {code} Message: {message}"));
    }

    /// Without the permissions there is no log, and so no build.
    fn check_log(&self) -> Result<(), PhaseReason> {
        let group = log_group(&self.record.project);
        let stream = format!("log-group:{group}:log-stream:{}", self.record.uuid());
        let resource = self.sandbox.info.arn("logs", &stream).to_string();
        for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
            if !self.allows(action, &resource) {
                let id = build_arn(&self.sandbox.info, &self.record.id);
                return Err(PhaseReason::new(
                    "ACCESS_DENIED",
                    format!(
                        "Service role {} does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams for build \
                         {id}. Error message: it is not authorized to perform: {action} on resource: {resource}",
                        self.record.role
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Whether the role of the build may do something.
    pub(super) fn allows(&self, action: &str, resource: &str) -> bool {
        iam::role_decides(&self.sandbox, &self.record.role, (action, resource), &[]) == Decision::Allowed
    }
}

pub(super) fn build_arn(info: &SandboxInfo, id: &str) -> String {
    info.arn("codebuild", &format!("build/{id}")).to_string()
}
