//! CodeBuild: a project for images, and builds of it that are started, looked at and stopped.
//!
//! Does not own: the log's text (`logs`), where the source lies (`objects`), or what a build runs (`ops`).

use aws_sdk_codebuild::Client;
use aws_sdk_codebuild::types::{
    ArtifactsType, ComputeType, EnvironmentType, EnvironmentVariable, EnvironmentVariableType, ProjectArtifacts,
    ProjectEnvironment, ProjectSource, SourceType, Tag,
};

use super::connect::Cloud;
use super::error::{code, convert, is_not_found, missing_member};
use crate::error::{Error, Result};

/// A project whose builds run Docker on ARM machines.
#[derive(Debug)]
pub(crate) struct BuildProjectSpec<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    /// ARN of the role that builds run as.
    pub(crate) role: &'a str,
    /// Bucket and key. A build is given its own, but a project must have one.
    pub(crate) source: &'a str,
    pub(crate) buildspec: &'a str,
    /// The container that builds run in, such as `aws/codebuild/amazonlinux2-aarch64-standard:3.0`.
    pub(crate) image: &'a str,
    pub(crate) timeout_minutes: i32,
    pub(crate) tags: &'a [(String, String)],
}

/// An existing project, as far as it can differ from a [`BuildProjectSpec`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeBuildProject {
    pub(crate) role: String,
    pub(crate) source: String,
    pub(crate) buildspec: String,
    pub(crate) image: String,
    pub(crate) machine: String,
    pub(crate) privileged: bool,
    pub(crate) timeout_minutes: i32,
    pub(crate) tags: Vec<(String, String)>,
}

impl BuildProjectSpec<'_> {
    /// The settings that a project lacks, for people. Empty when there is nothing to update.
    pub(crate) fn differences(&self, found: &CodeBuildProject) -> Vec<String> {
        let mut out = Vec::new();
        let mut differs = |what: &str, same: bool| {
            if !same {
                out.push(what.to_owned());
            }
        };
        differs("role", found.role == self.role);
        differs("source", found.source == self.source);
        differs("buildspec", found.buildspec == self.buildspec);
        let machine = format!("{MACHINE} {SIZE}");
        differs("environment", found.image == self.image && found.machine == machine && found.privileged);
        // A stand-in that does not keep it says 0.
        differs("timeout", matches!(found.timeout_minutes, 0) || found.timeout_minutes == self.timeout_minutes);
        out
    }
}

const MACHINE: EnvironmentType = EnvironmentType::ArmContainer;
const SIZE: ComputeType = ComputeType::BuildGeneral1Medium;

/// What one build is made from. Everything of it overrides the project, which may be the user's own.
#[derive(Debug)]
pub(crate) struct BuildRequest<'a> {
    pub(crate) project: &'a str,
    /// Bucket and key.
    pub(crate) source: &'a str,
    pub(crate) buildspec: &'a str,
    /// Anyone who may look at the build can read them: no secrets.
    pub(crate) variables: &'a [(&'a str, String)],
}

/// The state of a build.
#[derive(Clone, Debug)]
pub(crate) struct CodeBuildRun {
    /// `project:uuid`.
    pub(crate) id: String,
    /// `IN_PROGRESS`, `SUCCEEDED`, `FAILED`, `FAULT`, `TIMED_OUT` or `STOPPED`.
    pub(crate) status: String,
    /// `QUEUED`, `PROVISIONING`, `BUILD` and so on.
    pub(crate) phase: String,
    pub(crate) failure: Option<PhaseFailure>,
    /// Where its log is, once it has one.
    pub(crate) log: Option<(String, String)>,
    /// The log in the console.
    pub(crate) link: Option<String>,
}

/// The first phase that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PhaseFailure {
    pub(crate) phase: String,
    /// `COMMAND_EXECUTION_ERROR: Error while executing command: …`, one per context.
    pub(crate) reasons: Vec<String>,
}

impl CodeBuildRun {
    pub(crate) fn is_over(&self) -> bool {
        self.status != "IN_PROGRESS"
    }
}

impl Cloud {
    fn codebuild(&self) -> Client {
        Client::new(&self.sdk)
    }

    /// `None` when there is no project of this name in the account and region.
    pub(crate) async fn build_project(&self, name: &str) -> Result<Option<CodeBuildProject>> {
        let answer = self.codebuild().batch_get_projects().names(name).send().await;
        let answer = answer.map_err(|error| convert(format!("look for the build project `{name}`"), &error))?;
        Ok(answer.projects().first().map(|project| {
            let source = project.source();
            let environment = project.environment();
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            CodeBuildProject {
                role: text(project.service_role()),
                source: text(source.and_then(ProjectSource::location)),
                buildspec: text(source.and_then(ProjectSource::buildspec)),
                image: text(environment.map(ProjectEnvironment::image)),
                machine: environment.map_or_else(String::new, |it| format!("{} {}", it.r#type(), it.compute_type())),
                privileged: environment.and_then(ProjectEnvironment::privileged_mode).unwrap_or_default(),
                timeout_minutes: project.timeout_in_minutes().unwrap_or_default(),
                tags: project.tags().iter().map(|tag| (text(tag.key()), text(tag.value()))).collect(),
            }
        }))
    }

    /// Already there is success; the project found is left as it is.
    pub(crate) async fn create_build_project(&self, spec: &BuildProjectSpec<'_>) -> Result<()> {
        let what = || format!("create the build project `{}`", spec.name);
        let parts = ProjectParts::from_spec(spec, &what)?;
        let request = self
            .codebuild()
            .create_project()
            .name(spec.name)
            .description(spec.description)
            .service_role(spec.role)
            .source(parts.source)
            .artifacts(parts.artifacts)
            .environment(parts.environment)
            .timeout_in_minutes(spec.timeout_minutes)
            .set_tags(Some(parts.tags));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if code(&error) == Some("ResourceAlreadyExistsException") => Ok(()),
            Err(error) => Err(convert(what(), &error)),
        }
    }

    pub(crate) async fn update_build_project(&self, spec: &BuildProjectSpec<'_>) -> Result<()> {
        let what = || format!("update the build project `{}`", spec.name);
        let parts = ProjectParts::from_spec(spec, &what)?;
        let request = self
            .codebuild()
            .update_project()
            .name(spec.name)
            .description(spec.description)
            .service_role(spec.role)
            .source(parts.source)
            .artifacts(parts.artifacts)
            .environment(parts.environment)
            .timeout_in_minutes(spec.timeout_minutes)
            .set_tags(Some(parts.tags));
        request.send().await.map_err(|error| convert(what(), &error))?;
        Ok(())
    }

    /// Deletes a project with its history of builds. Already gone is success, also by the service's own account.
    pub(crate) async fn delete_build_project(&self, name: &str) -> Result<()> {
        match self.codebuild().delete_project().name(name).send().await {
            Err(error) if !is_not_found(&error) => Err(convert(format!("delete the build project `{name}`"), &error)),
            _ => Ok(()),
        }
    }

    /// Starts a build. A request that is repeated because its answer was lost starts no second one.
    pub(crate) async fn start_build(&self, build: &BuildRequest<'_>) -> Result<CodeBuildRun> {
        let what = || format!("start a build of `{}`", build.project);
        let failed =
            |error: &dyn std::error::Error| Error::failed(format!("could not {}", what())).cause(error.to_string());
        let mut request = self
            .codebuild()
            .start_build()
            .project_name(build.project)
            .source_type_override(SourceType::S3)
            .source_location_override(build.source)
            .buildspec_override(build.buildspec)
            .artifacts_override(no_artifacts().map_err(|error| failed(&error))?)
            // Docker does not run without it.
            .privileged_mode_override(true)
            .idempotency_token(uuid::Uuid::new_v4().to_string());
        for (name, value) in build.variables {
            let variable =
                EnvironmentVariable::builder().name(*name).value(value).r#type(EnvironmentVariableType::Plaintext);
            request = request.environment_variables_override(variable.build().map_err(|error| failed(&error))?);
        }
        let answer = request.send().await.map_err(|error| convert(what(), &error))?;
        answer.build_value().map(convert_build).ok_or_else(|| missing_member(&what(), "CodeBuild", "build"))
    }

    pub(crate) async fn build(&self, id: &str) -> Result<CodeBuildRun> {
        let answer = self.codebuild().batch_get_builds().ids(id).send().await;
        let answer = answer.map_err(|error| convert(format!("look at the build `{id}`"), &error))?;
        answer.builds().first().map(convert_build).ok_or_else(|| Error::not_found(format!("there is no build `{id}`")))
    }

    /// Asks the service to stop a build. One that is over already is left as it is.
    pub(crate) async fn stop_build(&self, id: &str) -> Result<()> {
        let answer = self.codebuild().stop_build().id(id).send().await;
        answer.map(drop).map_err(|error| convert(format!("stop the build `{id}`"), &error))
    }
}

/// What the requests to create and to update share.
struct ProjectParts {
    source: ProjectSource,
    artifacts: ProjectArtifacts,
    environment: ProjectEnvironment,
    tags: Vec<Tag>,
}

impl ProjectParts {
    fn from_spec(spec: &BuildProjectSpec<'_>, what: &dyn Fn() -> String) -> Result<Self> {
        let failed =
            |error: &dyn std::error::Error| Error::failed(format!("could not {}", what())).cause(error.to_string());
        let source = ProjectSource::builder().r#type(SourceType::S3).location(spec.source).buildspec(spec.buildspec);
        let environment =
            ProjectEnvironment::builder().r#type(MACHINE).image(spec.image).compute_type(SIZE).privileged_mode(true);
        Ok(Self {
            source: source.build().map_err(|error| failed(&error))?,
            artifacts: no_artifacts().map_err(|error| failed(&error))?,
            environment: environment.build().map_err(|error| failed(&error))?,
            tags: spec.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect(),
        })
    }
}

fn no_artifacts() -> Result<ProjectArtifacts, aws_smithy_types::error::operation::BuildError> {
    ProjectArtifacts::builder().r#type(ArtifactsType::NoArtifacts).build()
}

fn convert_build(build: &aws_sdk_codebuild::types::Build) -> CodeBuildRun {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let status = build.build_status().map_or("IN_PROGRESS", |status| status.as_str());
    // Before a build has a log its location reads "null".
    let real = |name: &&str| !name.is_empty() && *name != "null";
    let logs = build.logs();
    let log = logs.and_then(|logs| Some((logs.group_name().filter(real)?, logs.stream_name().filter(real)?)));
    let failure = build.phases().iter().find(|phase| {
        phase.phase_status().is_some_and(|status| !matches!(status.as_str(), "SUCCEEDED" | "IN_PROGRESS"))
    });
    CodeBuildRun {
        id: text(build.id()),
        status: status.to_owned(),
        phase: text(build.current_phase()),
        failure: failure.map(|phase| PhaseFailure {
            phase: text(phase.phase_type().map(|phase| phase.as_str())),
            reasons: phase.contexts().iter().filter_map(reason).collect(),
        }),
        link: log.and_then(|_| logs?.deep_link().map(str::to_owned)),
        log: log.map(|(group, stream)| (group.to_owned(), stream.to_owned())),
    }
}

/// Also phases that went well have a context, an empty one.
fn reason(context: &aws_sdk_codebuild::types::PhaseContext) -> Option<String> {
    let part = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    match (part(context.status_code()), part(context.message())) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (code, message) => message.or(code),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_codebuild::types::{Build as Wire, BuildPhase, BuildPhaseType, LogsLocation, PhaseContext, StatusType};

    use super::*;

    fn phase(kind: BuildPhaseType, status: Option<StatusType>, contexts: &[(&str, &str)]) -> BuildPhase {
        let contexts =
            contexts.iter().map(|(code, message)| PhaseContext::builder().status_code(*code).message(*message).build());
        BuildPhase::builder().phase_type(kind).set_phase_status(status).set_contexts(Some(contexts.collect())).build()
    }

    #[test]
    fn failed_phase_is_found_with_its_reason() {
        let build = Wire::builder()
            .build_status(StatusType::Failed)
            .phases(phase(BuildPhaseType::PreBuild, Some(StatusType::Succeeded), &[("", "")]))
            .phases(phase(
                BuildPhaseType::Build,
                Some(StatusType::Failed),
                &[("COMMAND_EXECUTION_ERROR", "exit status 1"), ("", "")],
            ))
            .phases(phase(BuildPhaseType::PostBuild, Some(StatusType::Failed), &[("X", "later")]))
            .phases(phase(BuildPhaseType::Completed, None, &[]))
            .build();
        let failure = convert_build(&build).failure.unwrap();
        assert_eq!(failure.phase, "BUILD");
        assert_eq!(failure.reasons, ["COMMAND_EXECUTION_ERROR: exit status 1"]);
    }

    #[test]
    fn missing_log_is_none() {
        let at = |group: Option<&str>, stream: Option<&str>| {
            let logs = LogsLocation::builder().deep_link("https://x").set_group_name(group.map(str::to_owned));
            let logs = logs.set_stream_name(stream.map(str::to_owned)).build();
            let build = convert_build(&Wire::builder().build_status(StatusType::InProgress).logs(logs).build());
            assert_eq!(build.log.is_some(), build.link.is_some());
            build.log
        };
        assert_eq!(at(None, None), None);
        assert_eq!(at(Some("null"), Some("null")), None);
        assert_eq!(at(Some("g"), Some("s")), Some(("g".to_owned(), "s".to_owned())));
    }

    #[test]
    fn a_project_is_compared_member_by_member() {
        let spec = BuildProjectSpec {
            name: "p",
            description: "d",
            role: "r",
            source: "b/k",
            buildspec: "{}",
            image: "i",
            timeout_minutes: 60,
            tags: &[],
        };
        let same = CodeBuildProject {
            role: "r".into(),
            source: "b/k".into(),
            buildspec: "{}".into(),
            image: "i".into(),
            machine: "ARM_CONTAINER BUILD_GENERAL1_MEDIUM".into(),
            privileged: true,
            timeout_minutes: 60,
            tags: Vec::new(),
        };
        assert_eq!(spec.differences(&same), Vec::<String>::new());
        let other = CodeBuildProject { privileged: false, buildspec: "old".into(), ..same };
        assert_eq!(spec.differences(&other), ["buildspec", "environment"]);
    }
}
