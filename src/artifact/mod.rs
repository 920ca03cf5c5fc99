//! From an agent's source to what is deployed: which builder, from which files, and the push.
//!
//! Owns: choosing a builder and running it. `native` puts an image together without a daemon, `engine` has a container
//! engine do it, `code` packs an archive for a managed runtime, `codebuild` packs the source for a build elsewhere,
//! `generated` does without a configuration, `fingerprint` says when no build is needed, `preflight` has
//! the source judged before anything is made of it. Does not own: where the artifact is
//! deployed to and what else is deployed (`deploy`).

mod built;
mod code;
mod codebuild;
mod compile;
mod dependencies;
mod development;
mod docker_check;
mod dockerfile;
mod engine;
mod fingerprint;
mod generated;
mod limits;
mod materials;
mod native;
mod outline;
mod preflight;
mod source;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use built::Artifact;
pub(crate) use built::{ArtifactContents, BuiltArtifact, ImageTarget};
pub(crate) use code::{ArchiveStart, BuiltArchive};
pub(crate) use codebuild::SourceArchive;
pub(crate) use fingerprint::Fingerprint;
pub(crate) use generated::{GeneratedContext, build_generated, is_generated};
pub(crate) use materials::no_bills;
pub(crate) use outline::ArtifactOutline;
pub(crate) use preflight::{CheckedRuntime, Preflight};
pub(crate) use source::{check_paths, find_source, language, moved_paths};

use dockerfile::DockerBuild;
use fingerprint::FileStates;
use source::ImageSource;

use crate::cache::Cache;
use crate::config::{Agent, DeploymentType};
use crate::digest::Digest;
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::http::Http;
use crate::image::reference::{Reference, check_tag};
use crate::image::{MAX_IMAGE, archive};
use crate::platform::Platform;
use crate::project::dockerfile::choice::DockerfileOrigin;
use crate::project::listing::Listing;
use crate::project::{Dependencies, Source};

/// What makes the artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builder {
    /// Native while the Dockerfile is the generated one, else an engine.
    Auto,
    Native,
    Engine,
    CodeBuild,
}

/// An artifact that is built already.
#[derive(Clone, Debug)]
pub(crate) enum PrebuiltArtifact {
    /// In ECR, private or public.
    Image(Reference),
    /// A file: an image archive, or the zip of an agent that is deployed as code.
    File(PathBuf),
}

/// How the user wants the artifact made.
#[derive(Clone, Debug)]
pub(crate) struct ArtifactRequest {
    /// Something that is built already, instead of the agent's source.
    pub(crate) given: Option<PrebuiltArtifact>,
    pub(crate) builder: Builder,
    pub(crate) base_image: Option<String>,
    pub(crate) platform: Option<String>,
    /// Tag under which an image is pushed; the runtime is given its digest.
    pub(crate) image_tag: String,
    /// The user named the tag; otherwise an image that is there already needs no other.
    pub(crate) image_tag_given: bool,
    pub(crate) rebuild_dependencies: bool,
    /// CodeBuild may build where a container engine is needed and none answers.
    pub(crate) remote: bool,
    /// Files and folders that go in although they are left out by themselves or by a rule, as they were typed.
    pub(crate) included: Vec<PathBuf>,
    /// Files that the artifact is written to.
    pub(crate) writes: Vec<PathBuf>,
    /// When the dependencies were last resolved on request. The same source before and after is not the same artifact.
    pub(crate) resolved: Option<String>,
    /// Take the source as it is, whatever is wrong with it.
    pub(crate) skip_checks: bool,
}

/// What a build works with. No cloud: an image can be built without an account.
#[derive(Clone, Debug)]
pub(crate) struct Tools<'a> {
    pub(crate) env: &'a Env,
    pub(crate) http: &'a Arc<Http>,
    pub(crate) cache: &'a Cache,
    pub(crate) events: &'a Events,
}

/// Everything decided about the build, with nothing done yet.
#[derive(Debug)]
pub(crate) struct PreparedBuild {
    method: BuildMethod,
    platform: Platform,
    /// For people: which builder it is, and why.
    why: String,
    /// See [`ArtifactRequest::resolved`].
    resolved: Option<String>,
    /// The files of a Dockerfile's context, for the checks.
    listed: Option<Listing>,
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
enum BuildMethod {
    Native(Box<native::NativeBuildPlan>),
    Engine(engine::EngineBuildPlan),
    Code(Box<code::ArchiveBuildPlan>),
    /// An archive of code that was made before.
    Archive(code::PrebuiltArchive),
    /// Nothing is built.
    Given(PrebuiltArtifact),
    CodeBuild(codebuild::RemoteBuildPlan),
}

fn platform(request: &ArtifactRequest, env: &Env) -> Result<Platform> {
    let text = request.platform.as_deref().or_else(|| env.var("AGENTCORE_PLATFORM"));
    text.unwrap_or(crate::config::DEFAULT_PLATFORM).parse()
}

fn base_image<'a>(request: &'a ArtifactRequest, env: &'a Env) -> Option<&'a str> {
    request.base_image.as_deref().or_else(|| env.var("AGENTCORE_BASE_IMAGE"))
}

/// What can be wrong with a request by itself, before anybody is asked for credentials.
///
/// # Errors
/// Exit 2 for a tag, a platform or a base image that cannot be one.
pub(crate) fn check_request(request: &ArtifactRequest, env: &Env) -> Result<()> {
    check_tag(&request.image_tag).map_err(|why| {
        Error::usage(format!("`{}` is not a tag: {why}", request.image_tag))
            .code(Code::InputImageTag)
            .hint("leave out `--image-tag` for one made of the time")
    })?;
    let platform = platform(request, env)?;
    if request.given.is_none() && request.builder == Builder::CodeBuild {
        codebuild::check_platform(&platform)?;
    }
    if let Some(PrebuiltArtifact::File(file)) = &request.given
        && !file.is_file()
    {
        return Err(Error::usage(format!("there is no artifact at `{}`", file.display()))
            .code(Code::ArtifactMissing)
            .hint("`agentcore build -o FILE` writes one"));
    }
    match base_image(request, env) {
        None | Some("scratch") => Ok(()),
        Some(text) => text.parse::<Reference>().map(|_| ()),
    }
}

/// Chooses the builder and finds the source.
///
/// # Errors
/// Exit 2 when the source is incomplete.
pub(crate) async fn prepare(
    root: &Path,
    agent: &Agent,
    request: &ArtifactRequest,
    tools: &Tools<'_>,
) -> Result<PreparedBuild> {
    if let Some(moved) = moved_paths(&agent.paths(root)) {
        tools.events.note(format!("{moved}; `agentcore configure --name {}` corrects them", agent.name));
    }
    let platform = platform(request, tools.env)?;
    let resolved = request.resolved.clone();
    let direct_code = agent.deployment_type == DeploymentType::DirectCodeDeploy;
    let image = matches!(request.given, Some(PrebuiltArtifact::Image(_)));
    if direct_code && (image || request.builder != Builder::Auto) {
        return Err(Error::usage(format!("`{}` is deployed as an archive of its code, not as an image", agent.name))
            .code(Code::UsageConflict)
            .hint("leave out `--builder`, `--local-build` and `--image`, and `builder` in the configuration")
            .hint(format!(
                "or make it a container: `agentcore configure --name {} --deployment-type container`",
                agent.name
            )));
    }
    if let (Some(given), false) = (&request.given, direct_code) {
        return Ok(PreparedBuild {
            method: BuildMethod::Given(given.clone()),
            platform,
            why: "built before".to_owned(),
            resolved: None,
            listed: None,
        });
    }
    if let Some(PrebuiltArtifact::File(file)) = &request.given {
        let ready = code::PrebuiltArchive::new(file.clone(), agent, || find_source(root, agent), tools)?;
        let why = format!("archive for {}, built before", ready.start().runtime);
        return Ok(PreparedBuild { method: BuildMethod::Archive(ready), platform, why, resolved: None, listed: None });
    }
    if direct_code {
        let source = find_source(root, agent)?;
        warn_of_bun(&source, tools);
        source::warn_of_dockerfile(root, agent, &source, tools.events)?;
        let exceptions = source::exceptions(request, &source.root, root, tools)?;
        let plan = code::ArchiveBuildPlan::new(agent, source, &exceptions, request.rebuild_dependencies, tools);
        let plan = plan.map_err(of_archive)?;
        source::name_left_out(plan.files(), tools);
        let why = format!("archive for {}", plan.start().runtime);
        tools.events.note(format!("{why}, {platform}"));
        return Ok(PreparedBuild { method: BuildMethod::Code(Box::new(plan)), why, platform, resolved, listed: None });
    }
    let base_image = base_image(request, tools.env).or_else(|| agent.base_image()).map(str::to_owned);
    let found = source::find(root, agent, tools.events)?;
    if !matches!(found.dockerfile.origin, DockerfileOrigin::Named | DockerfileOrigin::Found) {
        warn_of_bun(&found.source, tools);
    }
    let (native, why) = choose_builder(request.builder, agent, &found, root, tools.env)?;
    source::name_unused(root, agent, &found, tools.events);
    let mut listed = None;
    let (method, why) = if native {
        if found.dockerfile.origin == DockerfileOrigin::Found {
            tools.events.warning(format!(
                "`{}` is left out: the native builder installs the requirements and copies the source, and no more",
                source::shown(&found.dockerfile.path, root)
            ));
        }
        let exceptions = source::exceptions(request, &found.source.root, root, tools)?;
        let fresh = request.rebuild_dependencies;
        let plan = native::NativeBuildPlan::new(agent, found, base_image.as_deref(), (&exceptions, fresh), tools.env)?;
        source::name_left_out(plan.files(), tools);
        (BuildMethod::Native(Box::new(plan)), format!("native builder ({why})"))
    } else {
        let mut build = DockerBuild::new(root, agent, &found, base_image, tools.events)?;
        build.exceptions = source::exceptions(request, &build.context, root, tools)?;
        let listing = build.files()?;
        source::name_left_out(&listing, tools);
        build.check_copies(root, &listing, tools.events)?;
        source::warn_of_missing(&build, &listing, root, tools.events);
        source::warn_of_secret(&build.dockerfile, root, tools.events);
        listed = Some(listing);
        if request.builder == Builder::CodeBuild {
            (
                BuildMethod::CodeBuild(codebuild::RemoteBuildPlan::new(agent, build, tools.env)?),
                format!("CodeBuild ({why})"),
            )
        } else {
            let mut plan =
                engine::EngineBuildPlan::new(agent, build.clone(), (&request.image_tag, &platform), tools.env)?;
            if request.builder == Builder::Auto && request.remote && codebuild::check_platform(&platform).is_ok() {
                plan.elsewhere = codebuild::RemoteBuildPlan::new(agent, build, tools.env).ok().map(Box::new);
            }
            let why = format!("{} ({why})", plan.engine_name());
            (BuildMethod::Engine(plan), why)
        }
    };
    tools.events.note(format!("image: {why}, {platform}"));
    Ok(PreparedBuild { method, why, platform, resolved, listed })
}

/// Archives are made by no builder, so what another one could do is no way out.
fn of_archive(error: Error) -> Error {
    error.map_hints(|hint| {
        if hint.contains("--builder") {
            "or deploy a container, which an engine can build: `agentcore configure --deployment-type container`"
                .to_owned()
        } else {
            hint
        }
    })
}

/// Bun's lock is not read, and npm knows nothing of it.
fn warn_of_bun(source: &Source, tools: &Tools<'_>) {
    let Dependencies::Npm { package_json, lock: None } = &source.dependencies else { return };
    let found = ["bun.lock", "bun.lockb"].into_iter().find(|name| package_json.with_file_name(name).is_file());
    if let Some(name) = found {
        tools.events.warning(format!(
            "`{name}` is not read, so the newest versions that fit are installed instead of those in it; \
             `npm install --package-lock-only` writes a lock that is"
        ));
    }
}

/// Whether the native builder is taken, and why.
///
/// # Errors
/// A usage error when the native builder was asked for and the Dockerfile is one that the configuration names, or an
/// edited one.
fn choose_builder(
    asked: Builder,
    agent: &Agent,
    found: &ImageSource,
    root: &Path,
    env: &Env,
) -> Result<(bool, String)> {
    let shown = source::shown(&found.dockerfile.path, root);
    let asked_for = "asked for".to_owned();
    match (asked, &found.dockerfile.origin) {
        (Builder::Native, DockerfileOrigin::Named) => {
            let error =
                Error::usage(format!("`{shown}` is your own, and the native builder does not read Dockerfiles"))
                    .code(Code::BuildOwnDockerfile)
                    .hint("build it with an engine, `--builder engine`, or in your AWS account: `agentcore launch --builder codebuild`");
            Err(if agent.own.dockerfile.is_some() {
                error
                    .hint(format!("or have one generated: `agentcore configure --name {} --dockerfile ''`", agent.name))
            } else {
                error.hint(format!("or write it anew: `agentcore configure --name {} --force`", agent.name))
            })
        }
        (Builder::Native, _) => Ok((true, asked_for)),
        (Builder::Engine | Builder::CodeBuild, _) => Ok((false, asked_for)),
        (Builder::Auto, DockerfileOrigin::Named | DockerfileOrigin::Found) => {
            Ok((false, format!("`{shown}` is your own")))
        }
        (Builder::Auto, origin) => {
            if let Err(error) = native::check_package_manager(&found.source, env) {
                return Ok((false, error.message().to_owned()));
            }
            let why = match origin {
                DockerfileOrigin::Generated(Some(_)) => {
                    format!("`{shown}` is as the starter toolkit generated it, no engine is needed")
                }
                DockerfileOrigin::Missing => "there is no Dockerfile, no engine is needed".to_owned(),
                _ => "the Dockerfile is the generated one, no engine is needed".to_owned(),
            };
            Ok((true, why))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn request(change: impl FnOnce(&mut ArtifactRequest)) -> ArtifactRequest {
        let mut request = ArtifactRequest {
            given: None,
            builder: Builder::Auto,
            base_image: None,
            platform: None,
            image_tag: "20260102-030405-678".into(),
            image_tag_given: false,
            rebuild_dependencies: false,
            included: Vec::new(),
            writes: Vec::new(),
            remote: false,
            resolved: None,
            skip_checks: true,
        };
        change(&mut request);
        request
    }

    #[test]
    fn malformed_tags_platforms_and_images_are_refused_early() {
        let env = Env::fake(Path::new("/"), &[]);
        let check = |change: fn(&mut ArtifactRequest)| check_request(&request(change), &env);
        check(|_| {}).unwrap();
        check(|request| request.base_image = Some("scratch".into())).unwrap();
        for error in [
            check(|request| request.image_tag = "bad tag!".into()).unwrap_err(),
            check(|request| request.platform = Some("arm64".into())).unwrap_err(),
            check(|request| request.base_image = Some("has space".into())).unwrap_err(),
        ] {
            assert_eq!(error.kind().exit_code(), 2, "{error}");
        }
        let env = Env::fake(Path::new("/"), &[("AGENTCORE_PLATFORM", "nonsense")]);
        assert!(check_request(&request(|_| {}), &env).is_err());
    }

    #[tokio::test]
    async fn a_fingerprint_holds_until_something_is_touched() {
        if !crate::needs::met("python", &["python3"]) {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let (root, agent_file) = (dir.path().join("source"), dir.path().join("source/agent.py"));
        std::fs::create_dir(&root).unwrap();
        std::fs::write(&agent_file, "print(1)\n").unwrap();
        std::fs::write(root.join("requirements.txt"), "").unwrap();
        let agent = Agent { name: "a".into(), entrypoint: "agent.py".into(), ..Agent::default() };
        let captured = Env::capture();
        let path = ("PATH", captured.var("PATH").unwrap());
        let env = Env::fake(dir.path(), &[("AGENTCORE_BASE_IMAGE", "python:3.12"), path]);
        let (http, cache, events) = (Arc::new(Http::new(&env)), Cache::at(dir.path().join("cache")), Events::silent());
        let tools = Tools { env: &env, http: &http, cache: &cache, events: &events };
        let request = request(|request| request.builder = Builder::Native);
        let take = async || {
            let prepared = prepare(&root, &agent, &request, &tools).await.unwrap();
            prepared.fingerprint(&tools).await.unwrap().unwrap()
        };
        // Times can be as coarse as two seconds: what was written within them is read again.
        let early = take().await;
        assert!(!early.holds(&tools).await.unwrap());
        tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
        let found = take().await;
        assert!(found.value == early.value && found.holds(&tools).await.unwrap());
        std::fs::write(&agent_file, "print(2)\n").unwrap();
        assert!(!found.holds(&tools).await.unwrap());
        assert_ne!(take().await.value, found.value);
    }
}
