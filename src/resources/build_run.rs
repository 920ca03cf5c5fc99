//! One build from its start to its end: phases as progress, the log as it is written, and no build left behind.

use std::collections::VecDeque;
use std::pin::pin;
use std::time::{Duration, Instant};

use super::buildspec;
use super::engine::Context;
use crate::artifact::SourceArchive;
use crate::cloud::{BuildRequest, Cloud, CodeBuildRun, LogReader, ObjectUpload};
use crate::error::{Code, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::process::{StopHold, stop_signal};

/// The step's name in events, and the source of the log's lines.
const STEP: &str = "codebuild";
/// A build that waits for a machine and then takes as long as its project lets it is over before.
const DEADLINE: Duration = Duration::from_secs(3 * 3600);
/// How long after its start the build and its log are looked at first, and how often later on.
const FIRST: Duration = Duration::from_millis(500);
const PACE: Duration = Duration::from_secs(2);
/// After the second look.
const SHORTEST: Duration = Duration::from_secs(1);
/// Looks in a row that may fail, each with the SDK's own attempts, before the build is given up.
const FAILURES: u32 = 5;
/// How long the service may take to note that a build is to stop.
const STOPPING: Duration = Duration::from_secs(20);
/// The end of a log comes some seconds after the end of the build.
const LOG_LAG: Duration = Duration::from_secs(6);
/// Lines of the log that an error quotes.
const QUOTED: usize = 20;

/// Where an image is built elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct RemoteBuild<'a> {
    /// CodeBuild project.
    pub(crate) project: String,
    /// Bucket of the sources.
    pub(crate) bucket: String,
    /// What the keys of the agent's sources begin with; ends with a slash.
    pub(crate) prefix: String,
    /// Of the bucket.
    pub(crate) account: &'a str,
    /// Host of the registry that the image is pushed to, and its region.
    pub(crate) registry: String,
    pub(crate) registry_region: &'a str,
    pub(crate) buildspec: &'a str,
}

impl RemoteBuild<'_> {
    /// Uploads the source and has it built and pushed as `image`. Returns the build's id.
    ///
    /// # Errors
    /// See [`run`]; and those of the upload.
    pub(crate) async fn run(&self, archive: &SourceArchive, image: &str, cx: &Context<'_>) -> Result<String> {
        const UPLOAD: &str = "upload";
        let key = format!("{}{}.zip", self.prefix, archive.sha256.hex());
        let (bucket, events) = (self.bucket.as_str(), cx.events);
        events.started(UPLOAD, format!("upload the source to `s3://{bucket}/{key}`"));
        let progress = |done| events.bytes(UPLOAD, done, Some(archive.size));
        // Always, since one that is there already may expire before the build reads it.
        let upload = ObjectUpload {
            bucket,
            key: &key,
            owner: Some(self.account),
            file: archive.path(),
            size: archive.size,
            sha256: archive.sha256,
            content_type: "application/zip",
            progress: &progress,
        };
        cx.cloud.put_object(&upload).await?;
        events.finished(UPLOAD, Outcome::Done, format!("source s3://{bucket}/{key}"));
        let variables = [
            (buildspec::IMAGE, image.to_owned()),
            (buildspec::REGISTRY, self.registry.clone()),
            (buildspec::REGISTRY_REGION, self.registry_region.to_owned()),
            (buildspec::PLATFORM, archive.platform.to_string()),
            (buildspec::TARGET, archive.target.clone().unwrap_or_default()),
        ];
        let source = format!("{bucket}/{key}");
        let request =
            BuildRequest { project: &self.project, source: &source, buildspec: self.buildspec, variables: &variables };
        run(cx.cloud, events, &request).await.map(|build| build.id)
    }
}

/// Starts a build and stays with it to its end.
///
/// # Errors
/// A build that did not succeed, with the phase that failed and the last lines of the log; [`Kind::Interrupted`] after
/// Ctrl-C, when the build was stopped too; [`Kind::Deadline`] when it takes too long, and then it may go on.
async fn run(cloud: &Cloud, events: &Events, request: &BuildRequest<'_>) -> Result<CodeBuildRun> {
    // Before the build exists, so that it cannot be left behind.
    let _hold = StopHold::acquire();
    let mut stop = pin!(stop_signal());
    let mut stopping = false;
    events.started(STEP, format!("build the image with CodeBuild in `{}`", request.project));
    let mut start = pin!(cloud.start_build(request));
    let build = loop {
        tokio::select! {
            biased;
            // Whether there is a build to stop is known only with the answer.
            () = &mut stop, if !stopping => stopping = true,
            build = &mut start => break build,
        }
    };
    let build = match build {
        Ok(build) => build,
        Err(_) if stopping => return Err(Error::new(Kind::Interrupted, "interrupted")),
        Err(error) => return Err(error),
    };
    if stopping {
        return Err(cancel(cloud, events, &build.id).await);
    }
    events.note(format!("build {}", build.id));
    let id = build.id.clone();
    let ended = tokio::select! {
        biased;
        () = &mut stop => return Err(cancel(cloud, events, &id).await),
        ended = Watch::new(cloud, events).follow(build) => ended?,
    };
    events.finished(STEP, Outcome::Done, format!("build {id}"));
    Ok(ended)
}

/// Stops the build and says whether that worked.
async fn cancel(cloud: &Cloud, events: &Events, id: &str) -> Error {
    events.note("stopping the build");
    let error = Error::new(Kind::Interrupted, "interrupted");
    let why = match tokio::time::timeout(STOPPING, cloud.stop_build(id)).await {
        Ok(Ok(())) => return error.cause(format!("the build `{id}` was stopped")),
        Ok(Err(failure)) => failure.to_string(),
        Err(_) => format!("no answer within {} s", STOPPING.as_secs()),
    };
    error
        .cause(format!("the build `{id}` may still be running: {why}"))
        .hint(format!("stop it yourself: `aws codebuild stop-build --id {id}`"))
}

struct Watch<'a> {
    cloud: &'a Cloud,
    events: &'a Events,
    log: Option<LogReader>,
    /// The caller may read logs, as far as is known.
    readable: bool,
    /// The last one that was shown.
    phase: String,
    tail: VecDeque<String>,
}

impl<'a> Watch<'a> {
    fn new(cloud: &'a Cloud, events: &'a Events) -> Self {
        Self { cloud, events, log: None, readable: true, phase: String::new(), tail: VecDeque::new() }
    }

    async fn follow(mut self, mut build: CodeBuildRun) -> Result<CodeBuildRun> {
        let start = Instant::now();
        let (mut failures, mut pause) = (0, FIRST);
        loop {
            self.show(&build).await;
            if build.is_over() {
                break;
            }
            if start.elapsed() > DEADLINE {
                return Err(Error::new(
                    Kind::Deadline,
                    format!("gave up waiting for the build `{}`; last phase: {}", build.id, build.phase),
                )
                .hint(format!("stop it with `aws codebuild stop-build --id {}`", build.id)));
            }
            tokio::time::sleep(pause).await;
            pause = pause.mul_f64(1.3).clamp(SHORTEST, PACE);
            match self.cloud.build(&build.id).await {
                Ok(seen) => (build, failures) = (seen, 0),
                // The build does not mind that nobody could look at it for a moment.
                Err(error) if error.kind() != Kind::Credentials && failures < FAILURES => {
                    failures += 1;
                    self.events.note(format!("the build could not be looked at: {error}"));
                }
                Err(error) => {
                    return Err(error
                        .cause(format!("the build `{}` may go on: {} was its last phase seen", build.id, build.phase))
                        .hint(format!("stop it with `aws codebuild stop-build --id {}`", build.id)));
                }
            }
        }
        if build.status == "SUCCEEDED" {
            return Ok(build);
        }
        self.drain().await;
        Err(failed(&build, &self.tail.make_contiguous().join("\n")))
    }

    async fn show(&mut self, build: &CodeBuildRun) {
        if !build.phase.is_empty() && self.phase != build.phase {
            self.phase.clone_from(&build.phase);
            self.events.log("codebuild", build.phase.clone());
        }
        if self.log.is_none()
            && let Some((group, stream)) = &build.log
        {
            self.log = Some(LogReader::from_head(group, stream));
        }
        self.read().await;
    }

    /// Passes new lines on; `true` when there were any.
    async fn read(&mut self) -> bool {
        let mut any = false;
        while let Some(log) = self.log.as_mut().filter(|_| self.readable) {
            match log.read(self.cloud).await {
                Ok(page) => {
                    any |= !page.lines.is_empty();
                    for line in page.lines {
                        self.line(&line.text);
                    }
                    if !page.more {
                        break;
                    }
                }
                Err(error) if error.kind() == Kind::Credentials => {
                    self.readable = false;
                    self.events.warning(format!("the build's log cannot be shown: {error}"));
                }
                // The next look starts at the same place.
                Err(_) => break,
            }
        }
        any
    }

    fn line(&mut self, text: &str) {
        let text = text.trim_end();
        self.events.log(STEP, text);
        if !text.is_empty() {
            if self.tail.len() == QUOTED {
                self.tail.pop_front();
            }
            self.tail.push_back(text.to_owned());
        }
    }

    /// Reads until the log of a build that is over stands still.
    async fn drain(&mut self) {
        let start = Instant::now();
        let mut quiet = 0;
        while self.readable && self.log.is_some() && quiet < 2 && start.elapsed() < LOG_LAG {
            tokio::time::sleep(PACE / 2).await;
            quiet = if self.read().await { 0 } else { quiet + 1 };
        }
    }
}

/// What became of a build that did not succeed.
fn failed(build: &CodeBuildRun, tail: &str) -> Error {
    let phase = build.failure.as_ref().map_or(build.phase.as_str(), |failure| &failure.phase);
    let (what, code) = match build.status.as_str() {
        "FAULT" => ("ended with a fault of CodeBuild", Code::CodebuildFault),
        "TIMED_OUT" => ("ran out of time", Code::CodebuildTimedOut),
        "STOPPED" => ("was stopped by somebody else", Code::CodebuildStopped),
        _ => ("failed", Code::CodebuildFailed),
    };
    let mut error = Error::failed(format!("the build `{}` {what} in {phase}", build.id)).code(code);
    for reason in build.failure.iter().flat_map(|failure| &failure.reasons) {
        error = error.cause(reason);
    }
    if !tail.is_empty() {
        error = error.cause(format!("the last lines of its log:\n{tail}"));
    }
    if let Some(link) = &build.link {
        error = error.hint(format!("the whole log: {link}"));
    }
    match code {
        Code::CodebuildFailed => {
            error.hint("fix the cause and run `agentcore launch` again: it builds what has changed")
        }
        Code::CodebuildTimedOut => error.hint("a smaller build context or a base image with more in it builds faster"),
        _ => error.hint("run `agentcore launch` again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::PhaseFailure;

    #[test]
    fn failure_names_phase_reason_and_last_log_lines() {
        let build = CodeBuildRun {
            id: "p:1".into(),
            status: "FAILED".into(),
            phase: "COMPLETED".into(),
            failure: Some(PhaseFailure { phase: "BUILD".into(), reasons: vec!["ERROR: exit status 1".into()] }),
            log: None,
            link: Some("https://log".into()),
        };
        let error = failed(&build, "one\ntwo");
        assert_eq!(error.message(), "the build `p:1` failed in BUILD");
        assert_eq!(error.causes()[0], "ERROR: exit status 1");
        assert!(error.causes()[1].ends_with("one\ntwo"));
        assert!(error.hints()[0].contains("https://log"));
        assert_eq!(error.kind().exit_code(), 1);
    }

    #[test]
    fn failures_unrelated_to_the_source_say_so() {
        let of = |status: &str| {
            let build = CodeBuildRun {
                id: "p:1".into(),
                status: status.into(),
                phase: "PROVISIONING".into(),
                failure: None,
                log: None,
                link: None,
            };
            failed(&build, "").message().to_owned()
        };
        assert!(of("FAULT").contains("fault of CodeBuild in PROVISIONING"));
        assert!(of("TIMED_OUT").contains("ran out of time"));
        assert!(of("STOPPED").contains("stopped"));
    }
}
