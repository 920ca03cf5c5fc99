//! Images by a container engine that the user has: docker, podman, finch or buildah.
//!
//! Owns: finding one that answers, the differences between their command lines (`build`, and the push here), keeping
//! registry credentials out of argument lists and out of the user's own configuration (`auth`). Does not own: Dockerfiles, or the choice between
//! an engine and the native builder.

mod auth;
mod build;
#[cfg(test)]
mod tests;

pub(crate) use build::EngineBuild;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::env::Env;
use crate::error::{Code, Context, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::http::Http;
use crate::process::{self, Child, Tool, surroundings};
use crate::redact::{SecretString, scrub};

use super::manifest::{self, ManifestDocument};
use super::reference::{Reference, is_loopback};
use super::registry::{Credentials, Registry};
use super::{MAX_IMAGE, check_size};
use crate::digest::Digest;

const PUSH: &str = "push";
const SAVE: &str = "save";
/// A daemon that does not answer a version request in this time is not going to build anything.
const ANSWER: Duration = Duration::from_secs(15);

/// Which program builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EngineKind {
    Docker,
    Podman,
    Finch,
    Buildah,
}

impl EngineKind {
    /// In the order in which they are tried.
    pub(crate) const ALL: [Self; 4] = [Self::Docker, Self::Podman, Self::Finch, Self::Buildah];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Finch => "finch",
            Self::Buildah => "buildah",
        }
    }

    /// What a setting says: an engine, or `None` for whichever answers. `none` is the starter toolkit's word for having
    /// found no engine where it was run.
    pub(crate) fn choice(text: &str) -> Option<Result<Self>> {
        let any = ["auto", "none", ""].iter().any(|word| text.eq_ignore_ascii_case(word));
        (!any).then(|| text.parse())
    }

    /// A cheap request that needs whatever the engine needs to build.
    fn probe(self) -> &'static [&'static str] {
        match self {
            // The client alone can tell its own version; the server's comes from the daemon.
            Self::Docker => &["version", "--format", "{{.Server.Version}}"],
            Self::Podman => &["info", "--format", "{{.Version.Version}}"],
            Self::Finch => &["info", "--format", "{{.ServerVersion}}"],
            Self::Buildah => &["info"],
        }
    }

    fn start_hint(self) -> &'static str {
        match self {
            Self::Docker => "start the Docker daemon, or check `docker context ls` and `DOCKER_HOST`",
            Self::Podman => "see what `podman info` says; on macOS, `podman machine start`",
            Self::Finch => "start it with `finch vm start`",
            Self::Buildah => "see what `buildah info` says",
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for EngineKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text.to_ascii_lowercase()).ok_or_else(|| {
            Error::usage(format!("`{text}` is not a container engine"))
                .hint("use `docker`, `podman`, `finch` or `buildah`")
        })
    }
}

/// An engine that answered.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    kind: EngineKind,
    program: PathBuf,
    env: Env,
    http: Arc<Http>,
}

/// A push on its way.
struct EnginePush<'a> {
    local: &'a str,
    /// Registry, repository and tag.
    name: String,
    target: &'a Reference,
    tag: &'a str,
    credentials: &'a Credentials,
    events: &'a Events,
}

impl EnginePush<'_> {
    fn secrets(&self) -> Vec<&SecretString> {
        match self.credentials {
            Credentials::Anonymous => Vec::new(),
            Credentials::Basic { password, .. } => vec![password],
        }
    }
}

/// The wanted engine, or the first that is installed and answers.
///
/// # Errors
/// Lists what was tried and why it is not usable.
pub(crate) async fn detect(env: &Env, wanted: Option<EngineKind>) -> Result<Engine> {
    let candidates = wanted.map_or(EngineKind::ALL.to_vec(), |kind| vec![kind]);
    let mut tried = Vec::new();
    for kind in candidates {
        let why = match process::find(env, kind.name()) {
            None => "not on PATH".to_owned(),
            Some(program) => match answers(kind, program.clone(), env).await {
                Ok(()) => return Ok(Engine { kind, program, env: env.clone(), http: Arc::new(Http::new(env)) }),
                Err(why) => why,
            },
        };
        tried.push((kind, why));
    }
    let message = match wanted {
        Some(kind) => format!("container engine `{kind}` is not usable"),
        None => "no container engine is usable".to_owned(),
    };
    let mut error = Error::failed(message).code(Code::ImageNoEngine);
    for (kind, why) in &tried {
        error = error.cause(format!("{kind}: {why}"));
    }
    for (kind, _) in tried.iter().filter(|(_, why)| why != "not on PATH") {
        error = error.hint(kind.start_hint());
    }
    if error.hints().is_empty() {
        error = error.hint("install one and start it: docker, podman, finch or buildah");
    }
    Err(error)
}

async fn answers(kind: EngineKind, program: PathBuf, env: &Env) -> Result<(), String> {
    let child = Child::new(program, env, Tool::Engine).args(kind.probe());
    let output = match tokio::time::timeout(ANSWER, child.output()).await {
        Ok(output) => output.map_err(|error| error.to_string())?,
        Err(_) => return Err(format!("no answer within {} s", ANSWER.as_secs())),
    };
    // podman's stand-in for docker has no server and prints nothing for it.
    if output.status.success() && !matches!(output.stdout_text().as_str(), "" | "<no value>") {
        return Ok(());
    }
    let said = output.tail(1);
    Err(if said.is_empty() { format!("`{} {}` failed ({})", kind, kind.probe()[0], output.status) } else { said })
}

impl Engine {
    pub(crate) fn kind(&self) -> EngineKind {
        self.kind
    }

    /// Pushes a local image as `target`, which must have a tag, and returns the digest under which the registry has
    /// it. With [`Credentials::Anonymous`] the engine uses its own logins.
    pub(crate) async fn push(
        &self,
        local_tag: &str,
        target: &Reference,
        credentials: &Credentials,
        events: &Events,
    ) -> Result<Digest> {
        let tag = target.tag.as_deref().ok_or_else(|| Error::usage(format!("`{target}` has no tag to push to")))?;
        let name = format!("{}:{tag}", target.name());
        events.started(PUSH, format!("push the image to `{name}` with {}", self.kind));
        let push = EnginePush { local: local_tag, name, target, tag, credentials, events };
        let files = auth::LoginFiles::write(&self.env, &target.registry, credentials)?;
        let said = match self.kind {
            EngineKind::Docker | EngineKind::Finch => self.push_by_daemon(&push, &files).await,
            EngineKind::Podman | EngineKind::Buildah => self.push_directly(&push, &files).await,
        };
        drop(files);
        let said = said.map_err(|error| explain_push(error, &push.name))?;
        let digest = self.confirm(&push, &said).await?;
        events.finished(PUSH, Outcome::Created, digest.to_string());
        Ok(digest)
    }

    /// Writes an image to a file, in whichever archive format the engine has for it.
    ///
    /// # Errors
    /// The engine's own.
    pub(crate) async fn save(&self, tag: &str, file: &Path, events: &Events) -> Result<()> {
        let step = format!("write `{tag}` to `{}` with {}", file.display(), self.kind);
        events.started(SAVE, step);
        let child = match self.kind {
            EngineKind::Docker | EngineKind::Finch => self.child().args(["save", "--output"]).arg(file).arg(tag),
            EngineKind::Podman => self.child().args(["save", "--format", "oci-archive", "--output"]).arg(file).arg(tag),
            EngineKind::Buildah => self.child().args(["push", tag]).arg(format!("oci-archive:{}", file.display())),
        };
        // podman refuses to write over a file.
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("could not replace `{}`", file.display()));
            }
            _ => {}
        }
        self.converse(&child, &[], events).await?;
        events.finished(SAVE, Outcome::Created, file.display().to_string());
        Ok(())
    }

    /// Returns the digests that the engine knows the image by.
    async fn push_by_daemon(&self, push: &EnginePush<'_>, files: &auth::LoginFiles) -> Result<Vec<Digest>> {
        let name = push.name.as_str();
        if push.local != name {
            self.child().args(["tag", push.local, name]).check().await?;
        }
        let child = files.for_docker(self.child()).args(["push", name]);
        self.converse(&child, &push.secrets(), push.events).await?;
        let inspect = self.child().args(["image", "inspect", "--format", "{{json .RepoDigests}}", name]);
        let text = inspect.check().await?.stdout_text();
        let names: Option<Vec<String>> =
            serde_json::from_str(&text).context("the engine's list of digests is not JSON")?;
        Ok(names.iter().flatten().filter_map(|name| name.split_once('@')?.1.parse().ok()).collect())
    }

    async fn push_directly(&self, push: &EnginePush<'_>, files: &auth::LoginFiles) -> Result<Vec<Digest>> {
        let digest_file = files.dir().join("digest");
        let mut child = files.for_podman(self.child().arg("push")).args(["--format", "v2s2"]);
        if is_loopback(&push.target.registry) {
            child = child.arg("--tls-verify=false");
        }
        let places = [push.local, &format!("docker://{}", push.name)];
        child = child.arg("--digestfile").arg(&digest_file).args(places);
        self.converse(&child, &push.secrets(), push.events).await?;
        let text = std::fs::read_to_string(&digest_file)
            .with_context(|| format!("{} did not write the digest of what it pushed", self.kind))?;
        Ok(vec![text.trim().parse()?])
    }

    /// Asks the registry what the tag stands for now. An index with one image in it comes down to that image. How large an
    /// image is once it is compressed is known here first.
    async fn confirm(&self, push: &EnginePush<'_>, said: &[Digest]) -> Result<Digest> {
        let target = push.target;
        let credentials = match push.credentials {
            Credentials::Anonymous => super::login::stored(&self.env, &target.registry, push.events).await,
            Credentials::Basic { .. } => push.credentials.clone(),
        };
        let registry = Registry::new(Arc::clone(&self.http), &target.base_url(), credentials);
        let stored = registry.get_manifest(&target.repository, push.tag).await?;
        if !said.contains(&stored.digest) {
            let said = said.iter().map(Digest::to_string).collect::<Vec<_>>().join(", ");
            let said = if said.is_empty() { "nothing" } else { &said };
            return Err(Error::failed(format!("`{}` is {} in the registry", push.name, stored.digest))
                .cause(format!("{} says that it pushed {said}", self.kind))
                .hint("another push to the same tag may have come in between: try again"));
        }
        let index = match manifest::parse(&stored.bytes, stored.media_type.as_deref())? {
            ManifestDocument::Image(manifest) => {
                check_size(manifest.stored_size(), MAX_IMAGE)?;
                return Ok(stored.digest);
            }
            ManifestDocument::Index(index) => index,
        };
        match index.images().as_slice() {
            [(_, only)] => {
                let inner = registry.get_manifest(&target.repository, &only.digest.to_string()).await?;
                if let ManifestDocument::Image(manifest) = manifest::parse(&inner.bytes, inner.media_type.as_deref())? {
                    check_size(manifest.stored_size(), MAX_IMAGE)?;
                }
                // An index is refused by the service, and the image in it is not.
                push.events.note(format!(
                    "{} pushed an index with attestations; the image in it is used, {}",
                    self.kind, only.digest
                ));
                Ok(only.digest)
            }
            images => Err(Error::failed(format!("`{}` has {} images; one is needed", push.name, images.len()))
                .code(Code::ImageSeveral)
                .hint("build for one platform only")),
        }
    }

    fn child(&self) -> Child {
        let seen = surroundings(&self.env, Tool::Engine, &super::login::helper_variables(&self.env));
        Child::bare(&self.program).surrounded_by(seen)
    }

    /// Runs a child and passes its lines on, without the secrets it was given.
    async fn converse(&self, child: &Child, known: &[&SecretString], events: &Events) -> Result<()> {
        let pass_on = |line: &str| {
            if !line.is_empty() {
                events.output(self.kind.name(), scrub(line, known.iter().copied()));
            }
        };
        let result = child.check_lines(pass_on).await;
        result.map(drop).map_err(|error| {
            let clean = Error::failed(error.message());
            error.causes().iter().fold(clean, |clean, cause| clean.cause(scrub(cause, known.iter().copied())))
        })
    }
}

/// Engines say in their own words that a login was refused.
fn explain_push(error: Error, name: &str) -> Error {
    let denied = |cause: &String| {
        let cause = cause.to_ascii_lowercase();
        ["unauthorized", "denied", "no basic auth credentials"].iter().any(|word| cause.contains(word))
    };
    let error = if error.causes().iter().any(denied) { error.with_kind(Kind::Credentials) } else { error };
    error.context(format!("the image could not be pushed to `{name}`"))
}
