//! How the commands of a build are carried out.
//!
//! Owns: the choice. With a container engine a shell runs them as they are. Without one, or where the engine cannot get the
//! image that a generated Dockerfile starts from, the sandbox's builder makes what `docker build` and `docker push` name,
//! and nothing else of the buildspec is run: the log says so. Does not own: the shell (`shell`).

use std::path::{Path, PathBuf};

use tokio::sync::Mutex;

use super::buildspec::{BuildSpec, DockerBuildCommand, PHASES};
use super::image::{ImageOrder, MadeImage, PushOrder, SharedImageBuilder};
use super::model::PhaseReason;
use super::run::{BuildFolders, BuildRun};
use super::shell::ShellBuild;
use super::validate::text;
use crate::events::{Event, Events};
use crate::fsx;
use crate::process::{Child, Tool};
use crate::sandbox::engine::{self, ContainerEngine};
use crate::sandbox::{RunnerChoice, RunnerKind, SandboxInfo, ecr};

/// What a role needs in a repository for a push.
const PUSH_ACTIONS: [&str; 5] = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
];

pub(super) enum BuildMeans<'r> {
    Shell(ShellBuild<'r>),
    Builder(BuilderBuild<'r>),
}

/// A build by the sandbox's builder.
pub(super) struct BuilderBuild<'r> {
    run: &'r BuildRun,
    spec: &'r BuildSpec,
    folders: &'r BuildFolders,
    variables: Vec<(String, String)>,
    /// Why no shell runs the commands.
    why: String,
    made: Mutex<Option<Box<dyn MadeImage>>>,
}

impl<'r> BuildMeans<'r> {
    pub(super) async fn choose(run: &'r BuildRun, spec: &'r BuildSpec, folders: &'r BuildFolders) -> Self {
        let sandbox = &run.sandbox;
        let variables = variables(run, spec, &folders.source);
        let shell =
            |engine: Option<ContainerEngine>| ShellBuild { run, spec, folders, engine, variables: variables.clone() };
        if !spec.needs_docker() {
            return Self::Shell(shell(None));
        }
        let wanted = PHASES.iter().find_map(|(phase, _)| spec.docker_build(phase, &variables));
        let dockerfile =
            wanted.as_ref().and_then(|wanted| docker_paths(&folders.source, wanted)).map(|paths| paths.dockerfile);
        let builder = sandbox.options.builder.as_ref();
        let is_generated = builder.zip(dockerfile.as_ref()).is_some_and(|(it, file)| it.recognises(file));
        // Where agents run as processes, an engine may be there all the same, for a Dockerfile of the user's own.
        let engine = match &sandbox.engine {
            None if !is_generated => engine::choose(RunnerChoice::Auto, &sandbox.env).await.ok().flatten(),
            found => found.clone(),
        };
        let why = match (engine, &dockerfile) {
            (Some(engine), Some(file)) if is_generated => match has_bases(run, &engine, file).await {
                Ok(()) => return Self::Shell(shell(Some(engine))),
                Err(image) => format!("{} cannot get `{image}`", engine.name),
            },
            (Some(engine), _) => return Self::Shell(shell(Some(engine))),
            (None, _) if sandbox.info.runner == RunnerKind::Process && is_generated => {
                "agents run as processes here, and the Dockerfile is a generated one".to_owned()
            }
            (None, _) => "no container engine answers on this machine".to_owned(),
        };
        Self::Builder(BuilderBuild { run, spec, folders, variables, why, made: Mutex::new(None) })
    }
}

/// The variables of a build, of which later ones win.
fn variables(run: &BuildRun, spec: &BuildSpec, source: &Path) -> Vec<(String, String)> {
    let source = source.display().to_string();
    let (info, record) = (&run.sandbox.info, &run.record);
    let region = info.region.as_str();
    let number = record.number.to_string();
    let arn = super::run::build_arn(info, &record.id);
    let own = [
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("CODEBUILD_CI", "true"),
        ("CODEBUILD_BUILD_ID", &record.id),
        ("CODEBUILD_BUILD_ARN", &arn),
        ("CODEBUILD_BUILD_NUMBER", &number),
        ("CODEBUILD_INITIATOR", &record.initiator),
        ("CODEBUILD_LOG_PATH", record.uuid()),
        ("CODEBUILD_SOURCE_REPO_URL", text(&record.source, "location").unwrap_or_default()),
        ("CODEBUILD_BUILD_IMAGE", text(&record.environment, "image").unwrap_or_default()),
        ("CODEBUILD_SRC_DIR", &source),
    ];
    let mut all: Vec<(String, String)> =
        own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    all.extend(spec.variables.iter().cloned());
    // Those of the project and of the request count before the buildspec's.
    let given = record.environment["environmentVariables"].as_array().into_iter().flatten();
    all.extend(
        given.filter_map(|it| Some((text(it, "name")?.to_owned(), text(it, "value").unwrap_or_default().to_owned()))),
    );
    all
}

/// What a `docker build` reads.
struct DockerPaths {
    dockerfile: PathBuf,
    context: PathBuf,
}

/// `None` for what is outside of the source: what the sandbox's builder packs belongs to the build.
fn docker_paths(source: &Path, wanted: &DockerBuildCommand) -> Option<DockerPaths> {
    let within = |given: &str| {
        let path = fsx::normalize(&source.join(given));
        path.starts_with(source).then_some(path)
    };
    let context = within(&wanted.context)?;
    let dockerfile = match &wanted.dockerfile {
        Some(file) => within(file)?,
        None => context.join("Dockerfile"),
    };
    Some(DockerPaths { dockerfile, context })
}

/// Whether the engine has the images that a generated Dockerfile starts from, or can get them.
///
/// # Errors
/// The first that it has not.
async fn has_bases(run: &BuildRun, engine: &ContainerEngine, dockerfile: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(dockerfile).unwrap_or_default();
    let child = || Child::new(&engine.program, &run.sandbox.env, Tool::Engine);
    for image in text.lines().filter_map(|line| line.trim().strip_prefix("FROM ")).map(str::trim) {
        // One that an argument names is looked for by the build itself.
        if image.contains(['$', ' ']) {
            continue;
        }
        let is_there = child().args(["image", "inspect", image]).output().await.is_ok_and(|out| out.status.success());
        if is_there {
            continue;
        }
        run.log.sandbox(&format!("{} pull {image}", engine.name));
        let pulled = child().args(["pull", image]).check_lines(|line| run.log.line(line)).await;
        pulled.map_err(|_| image.to_owned())?;
    }
    Ok(())
}

impl BuilderBuild<'_> {
    pub(super) async fn phase(&self, name: &str) -> Result<(), PhaseReason> {
        let log = &self.run.log;
        let build = self.spec.docker_build(name, &self.variables);
        let pushes = self.spec.docker_pushes(name, &self.variables);
        if build.is_none() && pushes.is_empty() {
            log.sandbox(&format!("The commands of this phase are not run: {}.", self.why));
            return Ok(());
        }
        log.sandbox(&format!(
            "The sandbox's own builder does the work of `docker build` and `docker push`, and the other commands of this phase \
             are not run: {}.",
            self.why
        ));
        if let Some(wanted) = build {
            log.container(&format!("Running command {}", wanted.text));
            let made = self.build(&wanted).await.map_err(|why| self.failed(&wanted.text, &why))?;
            *self.made.lock().await = Some(made);
        }
        for push in pushes {
            log.container(&format!("Running command {}", push.text));
            self.push(&push.image).await.map_err(|why| self.failed(&push.text, &why))?;
        }
        Ok(())
    }

    fn failed(&self, command: &str, why: &str) -> PhaseReason {
        self.run.log.line(why);
        self.run.log.container(&format!("Command did not exit successfully {command} exit status 1"));
        PhaseReason::command(command, why.lines().next().unwrap_or_default())
    }

    async fn build(&self, wanted: &DockerBuildCommand) -> Result<Box<dyn MadeImage>, String> {
        let DockerPaths { dockerfile, context } = docker_paths(&self.folders.source, wanted)
            .ok_or("the Dockerfile or the build context is outside of the source")?;
        let builder: &SharedImageBuilder = match &self.run.sandbox.options.builder {
            Some(builder) if builder.recognises(&dockerfile) => builder,
            _ if !dockerfile.is_file() => return Err("the source has no such Dockerfile".to_owned()),
            _ => {
                return Err(format!(
                    "{}, and the Dockerfile is not a generated one without edits: start Docker, Podman or Finch",
                    self.why
                ));
            }
        };
        let log = self.run.log.clone();
        let order = ImageOrder {
            dockerfile,
            context,
            platform: wanted.platform.clone(),
            bare: self.run.sandbox.info.runner == RunnerKind::Process,
            events: Events::new(move |event| {
                if let Some(line) = event_line(event) {
                    log.line(&line);
                }
            }),
        };
        builder.build(order).await.map_err(|error| error_lines(&error))
    }

    async fn push(&self, image: &str) -> Result<(), String> {
        let made = self.made.lock().await;
        let Some(made) = made.as_ref() else { return Err("there is no image to push".to_owned()) };
        let (repository, tag) = own_repository(&self.run.sandbox.info, image)
            .ok_or_else(|| format!("`{image}` is not in the registry of the sandbox's account"))?;
        check_push(self.run, &repository)?;
        let order = PushOrder {
            registry: self.run.sandbox.info.url.clone(),
            user: ecr::USER.to_owned(),
            password: ecr::fresh_password(&self.run.sandbox),
            repository,
            tag: tag.clone(),
        };
        let digest = made.push(order).await.map_err(|error| error_lines(&error))?;
        self.run.log.line(&format!("{tag}: digest: {digest}"));
        Ok(())
    }
}

/// Whether the role of the build may push to a repository.
///
/// # Errors
/// What it may not, as a registry says it.
pub(super) fn check_push(run: &BuildRun, repository: &str) -> Result<(), String> {
    let resource = run.sandbox.info.arn("ecr", &format!("repository/{repository}")).to_string();
    let asked = std::iter::once(("ecr:GetAuthorizationToken", "*"))
        .chain(PUSH_ACTIONS.iter().map(|action| (*action, resource.as_str())));
    for (action, resource) in asked {
        if !run.allows(action, resource) {
            let role = &run.record.role;
            return Err(format!("denied: {role} is not authorized to perform: {action} on resource: {resource}"));
        }
    }
    Ok(())
}

/// The repository and the tag of an image in the sandbox's registry.
pub(super) fn own_repository(info: &SandboxInfo, image: &str) -> Option<(String, String)> {
    let hosts = [info.partition().ecr_host(&info.account, &info.region), format!("127.0.0.1:{}", info.port)];
    let rest = hosts.iter().find_map(|host| image.strip_prefix(host.as_str())?.strip_prefix('/'))?;
    let (repository, tag) = rest.rsplit_once(':').unwrap_or((rest, "latest"));
    Some((repository.to_owned(), tag.to_owned()))
}

/// The message and the causes, a line each.
fn error_lines(error: &crate::error::Error) -> String {
    let causes = error.causes().iter().map(String::as_str);
    std::iter::once(error.message()).chain(causes).collect::<Vec<_>>().join("\n")
}

/// The line of an event, for those that say something.
fn event_line(event: Event) -> Option<String> {
    match event {
        Event::Started { title: text, .. }
        | Event::Finished { text, .. }
        | Event::Note(text)
        | Event::Warning(text)
        | Event::Output { line: text, .. }
        | Event::Log { line: text, .. } => Some(text),
        Event::Detail { .. } | Event::Bytes { .. } | Event::Count { .. } | Event::Resume(_) | Event::Resource(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_source_is_packed() {
        let paths = |context: &str, dockerfile: Option<&str>| {
            let wanted = DockerBuildCommand {
                text: String::new(),
                dockerfile: dockerfile.map(str::to_owned),
                context: context.to_owned(),
                platform: None,
            };
            let found = docker_paths(Path::new("/b/source"), &wanted)?;
            Some((found.context.display().to_string(), found.dockerfile.display().to_string()))
        };
        let expected = |context: &str, dockerfile: &str| Some((context.to_owned(), dockerfile.to_owned()));
        assert_eq!(paths(".", None), expected("/b/source", "/b/source/Dockerfile"));
        assert_eq!(paths("/b/source/a", Some("a/D")), expected("/b/source/a", "/b/source/a/D"));
        for (context, dockerfile) in [("..", None), ("/home", None), (".", Some("../D")), ("a/../../other", Some("D"))]
        {
            assert_eq!(paths(context, dockerfile), None, "{context}");
        }
    }

    #[test]
    fn only_images_of_the_own_registry_are_pushed() {
        let info = crate::sandbox::info_for_tests();
        let repository = |image: &str| own_repository(&info, image);
        let host = "123456789012.dkr.ecr.us-west-2.amazonaws.com";
        assert_eq!(repository(&format!("{host}/a/b:1")), Some(("a/b".into(), "1".into())));
        assert_eq!(repository(&format!("{host}/a")), Some(("a".into(), "latest".into())));
        assert_eq!(repository("127.0.0.1:4566/a:t"), Some(("a".into(), "t".into())));
        assert_eq!(repository("docker.io/a:t"), None);
        assert_eq!(repository(&format!("{host}.example/a:t")), None);
    }
}
