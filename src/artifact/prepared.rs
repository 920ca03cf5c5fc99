//! A build of which everything is decided: what it is made from, and the making.

use super::built::{Artifact, BuiltArtifact};
use super::code::{self, ArchiveStart};
use super::fingerprint::{FileStates, Fingerprint};
use super::outline::ArtifactOutline;
use super::{PrebuiltArtifact, Tools, codebuild, engine, limits, native};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::image::reference::Reference;
use crate::image::{MAX_IMAGE, archive};
use crate::platform::Platform;
use crate::project::listing::Listing;

/// Everything decided about the build, with nothing done yet.
#[derive(Debug)]
pub(crate) struct PreparedBuild {
    pub(super) method: BuildMethod,
    pub(super) platform: Platform,
    /// For people: which builder it is, and why.
    pub(super) why: String,
    /// See [`ArtifactRequest::resolved`].
    pub(super) resolved: Option<String>,
    /// The files of a Dockerfile's context, for the checks.
    pub(super) listed: Option<Listing>,
}

/// A fingerprint, and what tells without reading everything again whether it still holds.
#[derive(Debug)]
pub(crate) struct SourceFingerprint {
    pub(crate) value: Fingerprint,
    basis: Option<Basis>,
}

/// What a fingerprint was taken of.
#[derive(Debug)]
struct Basis {
    /// Without its files.
    method: BuildMethod,
    platform: Platform,
    /// Of everything but the files.
    ingredients: Digest,
    states: FileStates,
}

impl SourceFingerprint {
    /// Whether nothing was touched since. False also where that cannot be told; a fingerprint taken anew can then.
    ///
    /// # Errors
    /// Files that say what is installed and cannot be read.
    pub(crate) async fn holds(&self, tools: &Tools<'_>) -> Result<bool> {
        let Some(Basis { method, platform, ingredients, states }) = &self.basis else { return Ok(false) };
        let now = match method {
            BuildMethod::Native(plan) => plan.ingredients(platform, tools).await?,
            BuildMethod::Code(plan) => plan.ingredients(platform, tools).await.map_err(of_archive)?,
            _ => None,
        };
        Ok(now.is_some_and(|now| now.digest() == *ingredients) && states.hold())
    }
}

#[derive(Debug)]
pub(super) enum BuildMethod {
    Native(Box<native::NativeBuildPlan>),
    Engine(engine::EngineBuildPlan),
    Code(Box<code::ArchiveBuildPlan>),
    /// An archive of code that was made before.
    Archive(code::PrebuiltArchive),
    /// Nothing is built.
    Given(PrebuiltArtifact),
    CodeBuild(codebuild::RemoteBuildPlan),
}

/// Archives are made by no builder, so what another one could do is no way out.
pub(super) fn of_archive(error: Error) -> Error {
    error.map_hints(|hint| {
        if hint.contains("--builder") {
            "or deploy a container, which an engine can build: `agentcore configure --deployment-type container`"
                .to_owned()
        } else {
            hint
        }
    })
}

impl PreparedBuild {
    pub(crate) const fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Which builder it is, and why.
    pub(crate) fn why(&self) -> &str {
        &self.why
    }

    /// An image of the user's, which is looked at instead of built.
    pub(crate) const fn given_image(&self) -> Option<&Reference> {
        match &self.method {
            BuildMethod::Given(PrebuiltArtifact::Image(reference)) => Some(reference),
            _ => None,
        }
    }

    /// Whether this program installs the packages, and so knows them.
    pub(crate) const fn knows_packages(&self) -> bool {
        matches!(self.method, BuildMethod::Native(_) | BuildMethod::Code(_))
    }

    /// CodeBuild builds where no engine answers.
    pub(crate) const fn may_be_remote(&self) -> bool {
        matches!(&self.method, BuildMethod::Engine(plan) if plan.elsewhere.is_some())
    }

    /// There is no CodeBuild.
    pub(crate) fn keep_here(&mut self) {
        if let BuildMethod::Engine(plan) = &mut self.method {
            plan.elsewhere = None;
        }
    }

    /// Built elsewhere, and so in a registry from the start.
    pub(crate) const fn is_remote(&self) -> bool {
        matches!(self.method, BuildMethod::CodeBuild(_))
    }

    /// What would go in. No request, and nothing is made.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) async fn outline(self, tools: &Tools<'_>) -> Result<ArtifactOutline> {
        match self.method {
            BuildMethod::Native(plan) => plan.outline(&self.platform, tools).await,
            BuildMethod::Engine(plan) => plan.outline(),
            BuildMethod::Code(plan) => plan.outline(&self.platform, tools).await.map_err(of_archive),
            BuildMethod::CodeBuild(plan) => plan.outline(),
            BuildMethod::Given(_) | BuildMethod::Archive(_) => Ok(ArtifactOutline::default()),
        }
    }

    /// A hash over everything that the artifact is made from; `None` when some of it can change without notice, such
    /// as a branch of a git dependency.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) async fn fingerprint(&self, tools: &Tools<'_>) -> Result<Option<SourceFingerprint>> {
        let (method, ingredients, files) = match &self.method {
            BuildMethod::Native(plan) => {
                let ingredients = plan.ingredients(&self.platform, tools).await?;
                (BuildMethod::Native(Box::new(plan.without_files())), ingredients, plan.files())
            }
            BuildMethod::Code(plan) => {
                let ingredients = plan.ingredients(&self.platform, tools).await.map_err(of_archive)?;
                (BuildMethod::Code(Box::new(plan.without_files())), ingredients, plan.files())
            }
            BuildMethod::Engine(plan) => return Ok(Some(self.lone(plan.fingerprint(&self.platform).await?))),
            BuildMethod::CodeBuild(plan) => return Ok(Some(self.lone(plan.fingerprint(&self.platform).await?))),
            BuildMethod::Given(_) | BuildMethod::Archive(_) => return Ok(None),
        };
        let Some(ingredients) = ingredients else { return Ok(None) };
        let before = ingredients.digest();
        let (found, states) = ingredients.finish_with(&files.files).await?;
        let found = self.lone(found);
        let basis = states.map(|states| Basis { method, platform: self.platform.clone(), ingredients: before, states });
        Ok(Some(SourceFingerprint { basis, ..found }))
    }

    fn lone(&self, found: Fingerprint) -> SourceFingerprint {
        let value = self.resolved.as_deref().map_or(found, |resolved| found.after(resolved));
        SourceFingerprint { value, basis: None }
    }

    /// How an archive is started; `None` for an image.
    pub(crate) fn start(&self) -> Option<ArchiveStart> {
        match &self.method {
            BuildMethod::Code(plan) => Some(plan.start()),
            BuildMethod::Archive(ready) => Some(ready.start().clone()),
            _ => None,
        }
    }

    /// Stands for an artifact that was built from the same ingredients before.
    pub(crate) fn reuse(self, digest: String) -> BuiltArtifact {
        let Self { why, platform, .. } = self;
        BuiltArtifact { digest: Some(digest), why, platform, inventory: None, artifact: Artifact::Present }
    }

    /// Makes the artifact. A plan stops short of installing dependencies, of compiling, and of starting an engine.
    ///
    /// # Errors
    /// Those of the builder.
    pub(crate) async fn build(self, plan_only: bool, tools: &Tools<'_>) -> Result<BuiltArtifact> {
        let Self { method, platform, mut why, .. } = self;
        let target = platform.clone();
        let mut inventory = None;
        let (digest, artifact) = match method {
            BuildMethod::Native(plan) => {
                let plan = if plan_only { Box::new(plan.only_cached()) } else { plan };
                match plan.build(platform, tools).await? {
                    None => (None, Artifact::Pending),
                    Some((built, packages)) => {
                        limits::check_image(built.size, &packages)?;
                        inventory = Some(packages);
                        for note in &built.notes {
                            tools.events.note(note.clone());
                        }
                        (Some(built.digest.to_string()), Artifact::Native(Box::new(built)))
                    }
                }
            }
            BuildMethod::CodeBuild(plan) => (None, Artifact::Remote(Box::new(plan.pack(platform).await?))),
            // A plan says so, too, when there is nothing to carry it out with.
            BuildMethod::Engine(mut plan) => match (plan.find(tools).await, plan.elsewhere.take()) {
                (Ok(_), _) if plan_only => (None, Artifact::Pending),
                (Ok(engine), _) => (None, Artifact::Engine(plan.build(engine, platform, tools).await?)),
                (Err(_), Some(remote)) => {
                    tools.events.note("no container engine answers here: CodeBuild builds the image");
                    why = "CodeBuild (no container engine answers here)".to_owned();
                    (None, Artifact::Remote(Box::new(remote.pack(platform).await?)))
                }
                (Err(error), None) => return Err(error),
            },
            BuildMethod::Code(plan) => {
                let plan = if plan_only { Box::new(plan.only_cached()) } else { plan };
                match plan.build(&platform, tools).await.map_err(of_archive)? {
                    None => (None, Artifact::Pending),
                    Some(mut made) => {
                        inventory = made.inventory.take();
                        (Some(made.archive.sha256.to_string()), Artifact::Code(Box::new(made)))
                    }
                }
            }
            BuildMethod::Archive(ready) => {
                let made = ready.read().await?;
                (Some(made.archive.sha256.to_string()), Artifact::Code(Box::new(made)))
            }
            BuildMethod::Given(PrebuiltArtifact::Image(_)) => (None, Artifact::Pending),
            BuildMethod::Given(PrebuiltArtifact::File(file)) => {
                let image = archive::read(&file, &platform, MAX_IMAGE, tools.cache).await?;
                (Some(image.digest.to_string()), Artifact::Native(Box::new(image)))
            }
        };
        Ok(BuiltArtifact { digest, why, platform: target, inventory, artifact })
    }
}
