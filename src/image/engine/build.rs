//! A build by an engine: its command line, secrets that reach it, and a look at what came out.
//!
//! Owns: which of Docker's builders will run, and what each understands. Does not own: the build context, or which
//! arguments and secrets there are.

use std::path::PathBuf;

use super::{Engine, EngineKind};
use crate::error::{Code, Error, Result};
use crate::events::{Events, Outcome};
use crate::platform::Platform;
use crate::redact::{ExposeSecret, SecretString};

const BUILD: &str = "image";
/// The first buildx that knows `--provenance` and `--sbom`.
const BUILDX_WITH_ATTESTATIONS: (u32, u32) = (0, 10);
/// The first docker client that uses BuildKit through buildx only; those before have a client of their own.
const CLIENT_WITHOUT_BUILDKIT: u32 = 23;

/// An image to build from a Dockerfile.
#[derive(Clone, Debug)]
pub(crate) struct EngineBuild {
    pub(crate) dockerfile: PathBuf,
    pub(crate) context: PathBuf,
    pub(crate) platform: Platform,
    /// The image's local name.
    pub(crate) tag: String,
    /// Not for secrets: they end up in the image's history.
    pub(crate) build_args: Vec<(String, String)>,
    /// By the id under which the Dockerfile mounts them. They are in no layer, no history and no cache key.
    pub(crate) secrets: Vec<(String, SecretString)>,
    pub(crate) target: Option<String>,
    /// Line of the Dockerfile, and what is there that only BuildKit understands (and podman and buildah, which are not
    /// it).
    pub(crate) buildkit_only: Option<(usize, String)>,
}

/// What `docker build` will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DockerBuilder {
    Classic,
    /// BuildKit through the client of docker before 23.0.
    BuildKit,
    /// BuildKit through buildx of this version.
    Buildx((u32, u32)),
}

impl Engine {
    /// Builds the image and makes sure that it is for the wanted platform.
    pub(crate) async fn build(&self, build: &EngineBuild, events: &Events) -> Result<()> {
        let builder = match self.kind {
            EngineKind::Docker => Some(self.builder().await),
            _ => None,
        };
        if let (Some(DockerBuilder::Classic), Some((line, what))) = (builder, &build.buildkit_only) {
            return Err(needs_buildkit(build, *line, what));
        }
        events.started(BUILD, format!("build the image for {} with {}", build.platform, self.kind));
        let mut child = self.child().args(["build", "--platform", &build.platform.to_string(), "--tag", &build.tag]);
        child = child.arg("--file").arg(&build.dockerfile);
        for (name, value) in &build.build_args {
            child = child.args(["--build-arg", &format!("{name}={value}")]);
        }
        if let Some(target) = &build.target {
            child = child.args(["--target", target]);
        }
        if builder != Some(DockerBuilder::Classic) {
            for (id, value) in &build.secrets {
                // Named, and taken from the environment: arguments can be read by every user of the machine.
                child = child.args(["--secret", &format!("id={id},env={id}")]).var(id, value.expose_secret());
            }
        }
        child = child.args(self.build_options(builder)).arg(&build.context);
        let secrets: Vec<&SecretString> = build.secrets.iter().map(|(_, value)| value).collect();
        if let Err(error) = self.converse(&child, &secrets, events).await {
            return Err(explain(error, &build.platform));
        }
        self.check_platform(build).await?;
        events.finished(BUILD, Outcome::Done, format!("`{}`", build.tag));
        Ok(())
    }

    /// One image of Docker's format without attestations beside it: AgentCore refuses indexes with them
    /// (awslabs/agentcore-samples#154).
    fn build_options(&self, builder: Option<DockerBuilder>) -> &'static [&'static str] {
        match (self.kind, builder) {
            (EngineKind::Podman | EngineKind::Buildah, _) => &["--format", "docker"],
            (_, Some(DockerBuilder::Buildx(version))) if version >= BUILDX_WITH_ATTESTATIONS => {
                &["--provenance=false", "--sbom=false", "--load"]
            }
            (_, Some(DockerBuilder::Buildx(_))) => &["--load"],
            // nerdctl, which finch is made of, adds attestations only when asked; the others cannot.
            _ => &[],
        }
    }

    async fn builder(&self) -> DockerBuilder {
        let asked = self.env.flag("DOCKER_BUILDKIT");
        if self.env.var("DOCKER_BUILDKIT").is_some() && !asked {
            return DockerBuilder::Classic;
        }
        let succeeds = async |args: &[&str]| {
            let output = self.child().args(args).output().await.ok().filter(|output| output.status.success())?;
            Some(output.stdout_text())
        };
        if let Some(text) = succeeds(&["buildx", "version"]).await {
            return DockerBuilder::Buildx(buildx_version(&text).unwrap_or_default());
        }
        let client = if asked { succeeds(&["version", "--format", "{{.Client.Version}}"]).await } else { None };
        let major = client.and_then(|text| text.split('.').next()?.parse::<u32>().ok());
        if major.is_some_and(|major| major < CLIENT_WITHOUT_BUILDKIT) {
            DockerBuilder::BuildKit
        } else {
            DockerBuilder::Classic
        }
    }

    /// The classic builder ignores `--platform` when the base image is there for another one.
    async fn check_platform(&self, build: &EngineBuild) -> Result<()> {
        let child = match self.kind {
            EngineKind::Buildah => {
                self.child().args(["inspect", "--type", "image", "--format", "{{.OCIv1.OS}}/{{.OCIv1.Architecture}}"])
            }
            _ => self.child().args(["image", "inspect", "--format", "{{.Os}}/{{.Architecture}}"]),
        };
        let found: Platform = child.arg(&build.tag).check().await?.stdout_text().parse()?;
        // The variant is not printed, and not what goes wrong.
        let wanted = Platform { variant: None, ..build.platform.clone() };
        if found.satisfies(&wanted) {
            return Ok(());
        }
        Err(Error::failed(format!("{} built `{}` for {found} instead of {wanted}", self.kind, build.tag))
            .hint(format!("the base image may exist for {found} only: choose another one, or `--platform {found}`")))
    }
}

/// `github.com/docker/buildx v0.12.1 30feaa1` gives 0 and 12.
pub(super) fn buildx_version(text: &str) -> Option<(u32, u32)> {
    let number = text.split_whitespace().find_map(|word| {
        let word = word.trim_start_matches('v');
        word.starts_with(|c: char| c.is_ascii_digit()).then_some(word)
    })?;
    let mut parts = number.split(['.', '-', '+']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn needs_buildkit(build: &EngineBuild, line: usize, what: &str) -> Error {
    let path = build.dockerfile.display();
    let error =
        Error::usage(format!("{path}:{line}: {what} needs BuildKit, and docker has only its classic builder here"))
            .code(Code::ImageNeedsBuildkit)
            .hint("install buildx (the package `docker-buildx`, or `docker-buildx-plugin` of Docker's own repository)")
            .hint("or use podman: `agentcore configure --container-runtime podman`");
    if build.secrets.is_empty() {
        return error;
    }
    let names: Vec<&str> = build.secrets.iter().map(|(name, _)| name.as_str()).collect();
    error
        .cause(format!(
            "the classic builder has no way to pass {} on that leaves no trace in the image",
            names.join(", ")
        ))
        .hint("or build without an engine, which needs no secrets in a Dockerfile: `--builder native`")
}

fn explain(error: Error, platform: &Platform) -> Error {
    let emulation = error.causes().iter().any(|cause| cause.contains("exec format error"));
    let error = error.context("the image could not be built");
    if emulation {
        let hint = format!(
            "this machine cannot run programs for {platform}: install QEMU's user emulation (Debian and Ubuntu: `apt install qemu-user-static`)"
        );
        return error.hint(hint).hint("or build without running anything: `--builder native`");
    }
    error
}
