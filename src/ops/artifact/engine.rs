//! An image by a container engine: the build context, the arguments, the push.

use std::path::{Path, PathBuf};

use super::fingerprint::{Fingerprint, Ingredients};
use super::{Outline, Tools};
use crate::config::Agent;
use crate::error::{Context, Error, Result};
use crate::events::Events;
use crate::image::engine::{self, Engine, EngineBuild, EngineKind};
use crate::image::reference::Reference;
use crate::image::registry::Credentials;
use crate::ops::naming;
use crate::platform::Platform;
use crate::project::{Source, listing};

/// A build that was decided on.
#[derive(Debug)]
pub(super) struct Recipe {
    engine: Engine,
    dockerfile: PathBuf,
    context: PathBuf,
    tag: String,
    base_image: Option<String>,
}

/// An image that the engine has.
#[derive(Debug)]
pub(super) struct Image {
    engine: Engine,
    tag: String,
}

impl Recipe {
    pub(super) async fn new(
        agent: &Agent,
        source: &Source,
        dockerfile: PathBuf,
        base_image: Option<String>,
        tools: &Tools<'_>,
    ) -> Result<Self> {
        let wanted = agent.container_runtime.as_deref().filter(|name| *name != "auto");
        let wanted = wanted.map(str::parse::<EngineKind>).transpose()?;
        let engine = engine::detect(tools.env, wanted).await.map_err(|error| {
            error.hint("or have it built in your AWS account: `agentcore launch --builder codebuild`")
        })?;
        if !dockerfile.exists() {
            return Err(Error::usage(format!("there is no Dockerfile at `{}`", dockerfile.display()))
                .hint("write one with `agentcore configure`"));
        }
        // The engine's own name for the image; in the registry it gets another.
        let tag = format!("{}:latest", naming::repository(&agent.name));
        Ok(Self { engine, dockerfile, context: source.root.clone(), tag, base_image })
    }

    /// Engines decide by themselves what a base image's tag means; it counts as written.
    pub(super) async fn fingerprint(&self, platform: &Platform) -> Result<Fingerprint> {
        let mut ingredients = Ingredients::of("engine image");
        ingredients.add("platform", platform.to_string());
        ingredients.add("base image", self.base_image.as_deref().unwrap_or_default());
        let (dockerfile, context) = (self.dockerfile.clone(), self.context.clone());
        let hash = move || {
            let what = || format!("could not read `{}`", dockerfile.display());
            ingredients.add("Dockerfile", std::fs::read(&dockerfile).with_context(what)?);
            ingredients.add_files(&files(&context)?.files)?;
            Ok(ingredients.finish())
        };
        tokio::task::spawn_blocking(hash).await.context("the thread that read the source stopped")?
    }

    pub(super) fn outline(self) -> Result<Outline> {
        let files = files(&self.context)?;
        let base = Some(self.base_image.unwrap_or_else(|| self.dockerfile.display().to_string()));
        Ok(Outline { base, source: files, ..Outline::default() })
    }

    pub(super) fn engine_name(&self) -> &'static str {
        self.engine.kind().name()
    }

    pub(super) async fn build(self, platform: Platform, tools: &Tools<'_>) -> Result<Image> {
        let stage = stage(&self.context)?;
        let build = EngineBuild {
            dockerfile: self.dockerfile,
            context: stage.path().to_owned(),
            platform,
            tag: self.tag.clone(),
            build_args: self.base_image.map(|image| ("BASE_IMAGE".to_owned(), image)).into_iter().collect(),
            target: None,
            labels: Vec::new(),
        };
        self.engine.build(&build, tools.events).await?;
        Ok(Image { engine: self.engine, tag: self.tag })
    }
}

impl Image {
    pub(super) fn tag(&self) -> &str {
        &self.tag
    }

    pub(super) async fn push(&self, remote: &Reference, credentials: &Credentials, events: &Events) -> Result<String> {
        Ok(self.engine.push(&self.tag, remote, credentials, events).await?.to_string())
    }
}

pub(super) fn files(root: &Path) -> Result<listing::Listing> {
    listing::list(root, &["Dockerfile", ".dockerignore"])
}

/// The build context for an engine: the source without what the ignore rules and this program keep out of images, such
/// as keys and the identity store. Engines know only the first kind of rule.
fn stage(root: &Path) -> Result<tempfile::TempDir> {
    let what = || format!("could not prepare the build context of `{}`", root.display());
    let stage = tempfile::Builder::new().prefix("agentcore-context-").tempdir().with_context(what)?;
    for file in files(root)?.files {
        let target = stage.path().join(&file.relative);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).with_context(what)?;
        }
        match &file.symlink {
            Some(link) => symlink(link, &target).with_context(what)?,
            // A second name costs nothing; another file system needs a copy.
            None if std::fs::hard_link(&file.path, &target).is_ok() => {}
            None => std::fs::copy(&file.path, &target).map(|_| ()).with_context(what)?,
        }
    }
    Ok(stage)
}

#[cfg(unix)]
fn symlink(link: &str, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(link, at)
}

#[cfg(not(unix))]
fn symlink(link: &str, at: &Path) -> std::io::Result<()> {
    std::fs::copy(at.parent().unwrap_or(at).join(link), at).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_not_given_what_must_stay_out() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str| std::fs::write(dir.path().join(name), "x").unwrap();
        std::fs::create_dir(dir.path().join("src")).unwrap();
        // The user's own rules name none of the secrets.
        std::fs::write(dir.path().join(".dockerignore"), "notes.txt\n").unwrap();
        for name in ["src/agent.py", "requirements.txt", "notes.txt", ".env", ".agentcore_identity_user.env", "id_rsa"]
        {
            write(name);
        }
        let stage = stage(dir.path()).unwrap();
        let has = |name: &str| stage.path().join(name).exists();
        assert!(has("src/agent.py") && has("requirements.txt") && has(".dockerignore"));
        for name in ["notes.txt", ".env", ".agentcore_identity_user.env", "id_rsa"] {
            assert!(!has(name), "{name}");
        }
    }
}
