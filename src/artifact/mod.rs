//! From an agent's source to what is deployed: which builder, from which files, and the push.
//!
//! Owns: choosing a builder (`builder`) and running it (`prepared`). `native` puts an image together without a daemon, `engine` has a container
//! engine do it, `code` packs an archive for a managed runtime, `codebuild` packs the source for a build elsewhere,
//! `generated` does without a configuration, `fingerprint` says when no build is needed, `preflight` has
//! the source judged before anything is made of it. Does not own: where the artifact is
//! deployed to and what else is deployed (`deploy`).

mod builder;
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
mod prepared;
mod source;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use builder::Builder;
pub(crate) use built::{ArtifactContents, BuiltArtifact, ImageTarget};
pub(crate) use code::{ArchiveStart, BuiltArchive};
pub(crate) use codebuild::SourceArchive;
pub(crate) use fingerprint::Fingerprint;
pub(crate) use generated::{GeneratedContext, build_generated, is_generated};
pub(crate) use materials::no_bills;
pub(crate) use outline::ArtifactOutline;
pub(crate) use preflight::{CheckedRuntime, Preflight};
pub(crate) use prepared::{PreparedBuild, SourceFingerprint};
pub(crate) use source::{check_paths, find_source, language, moved_paths};

use builder::choose_builder;
use dockerfile::DockerBuild;
use prepared::{BuildMethod, of_archive};

use crate::cache::Cache;
use crate::config::{Agent, DeploymentType};
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::http::Http;
use crate::image::reference::{Reference, check_tag};
use crate::platform::Platform;
use crate::project::dockerfile::choice::DockerfileOrigin;
use crate::project::{Dependencies, Source};

/// An artifact that is built already.
#[derive(Clone, Debug)]
pub(crate) enum PrebuiltArtifact {
    /// In ECR, private or public.
    Image(Reference),
    /// A file: an image archive, or the zip of an agent that is deployed as code.
    File(PathBuf),
}

/// How the user wants the artifact made. The default is all that is left open.
#[derive(Clone, Debug, Default)]
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
pub(crate) fn prepare(
    root: &Path,
    agent: &Agent,
    request: &ArtifactRequest,
    tools: &Tools<'_>,
) -> Result<PreparedBuild> {
    if let Some(moved) = moved_paths(&agent.paths(root)) {
        tools.events.note(format!("{moved}; `agentcore configure --name {}` corrects them", agent.name));
    }
    let platform = platform(request, tools.env)?;
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
    match &request.given {
        Some(given) if !direct_code => {
            let (method, why) = (BuildMethod::Given(given.clone()), "built before".to_owned());
            Ok(PreparedBuild { method, platform, why, resolved: None, listed: None })
        }
        Some(PrebuiltArtifact::File(file)) => {
            let ready = code::PrebuiltArchive::new(file.clone(), agent, || find_source(root, agent), tools)?;
            let why = format!("archive for {}, built before", ready.start().runtime);
            Ok(PreparedBuild { method: BuildMethod::Archive(ready), platform, why, resolved: None, listed: None })
        }
        _ if direct_code => prepare_archive(root, agent, request, platform, tools),
        _ => prepare_image(root, agent, request, platform, tools),
    }
}

fn prepare_archive(
    root: &Path,
    agent: &Agent,
    request: &ArtifactRequest,
    platform: Platform,
    tools: &Tools<'_>,
) -> Result<PreparedBuild> {
    let source = find_source(root, agent)?;
    warn_of_bun(&source, tools);
    source::warn_of_dockerfile(root, agent, &source, tools.events)?;
    let exceptions = source::exceptions(request, &source.root, root, tools)?;
    let plan = code::ArchiveBuildPlan::new(agent, source, &exceptions, request.rebuild_dependencies, tools);
    let plan = plan.map_err(of_archive)?;
    source::name_left_out(plan.files(), tools);
    let why = format!("archive for {}", plan.start().runtime);
    tools.events.note(format!("{why}, {platform}"));
    let (method, resolved) = (BuildMethod::Code(Box::new(plan)), request.resolved.clone());
    Ok(PreparedBuild { method, why, platform, resolved, listed: None })
}

fn prepare_image(
    root: &Path,
    agent: &Agent,
    request: &ArtifactRequest,
    platform: Platform,
    tools: &Tools<'_>,
) -> Result<PreparedBuild> {
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
    Ok(PreparedBuild { method, why, platform, resolved: request.resolved.clone(), listed })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn request(change: impl FnOnce(&mut ArtifactRequest)) -> ArtifactRequest {
        let image_tag = "20260102-030405-678".to_owned();
        let mut request = ArtifactRequest { image_tag, skip_checks: true, ..ArtifactRequest::default() };
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
            let prepared = prepare(&root, &agent, &request, &tools).unwrap();
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
