//! An image by a container engine: the build context, the arguments, the push.

use std::path::Path;

use super::dockerfile::DockerBuild;
use super::fingerprint::Fingerprint;
use super::{ArtifactOutline, Tools, codebuild};
use crate::config::Agent;
use crate::config::naming;
use crate::env::Env;
use crate::error::{Context, Kind, Result};
use crate::events::Events;
use crate::fsx;
use crate::http::is_loopback;
use crate::image::engine::{self, Engine, EngineBuild, EngineKind};
use crate::image::reference::Reference;
use crate::image::registry::Credentials;
use crate::platform::Platform;
use crate::project::dockerfile::choice::DockerfileOrigin;
use crate::project::ignore::own_file;
use crate::project::listing::Listing;

/// A build that was decided on.
#[derive(Debug)]
pub(super) struct EngineBuildPlan {
    /// `None` for whichever answers. Looked for when there is something to build: what is built already needs none.
    engine: Option<EngineKind>,
    build: DockerBuild,
    tag: String,
    /// CodeBuild could build it as well.
    for_codebuild: bool,
    /// The same build by CodeBuild, where that may take over when no engine answers.
    pub(super) elsewhere: Option<Box<codebuild::RemoteBuildPlan>>,
}

/// An image that the engine has.
#[derive(Debug)]
pub(super) struct EngineImage {
    engine: Engine,
    tag: String,
}

impl EngineBuildPlan {
    pub(super) fn new(
        agent: &Agent,
        build: DockerBuild,
        (image_tag, platform): (&str, &Platform),
        env: &Env,
    ) -> Result<Self> {
        let engine = agent.container_runtime.as_deref().and_then(EngineKind::choice).transpose()?;
        // The engine's own name for the image. Builds that share an engine must not push each other's.
        let tag = format!("{}:{image_tag}", naming::repository(&agent.deployed_name()));
        let for_codebuild = codebuild::check_platform(platform).is_ok() && build.wanted_secrets(env).is_empty();
        Ok(Self { engine, build, tag, for_codebuild, elsewhere: None })
    }

    pub(super) async fn fingerprint(&self, platform: &Platform) -> Result<Fingerprint> {
        self.build.fingerprint_in_background("engine image", platform).await
    }

    pub(super) fn outline(self) -> Result<ArtifactOutline> {
        self.build.outline()
    }

    pub(super) const fn build_inputs(&self) -> &DockerBuild {
        &self.build
    }

    pub(super) fn engine_name(&self) -> &'static str {
        self.engine.map_or("container engine", EngineKind::name)
    }

    /// The configured engine, else any: the starter toolkit wrote down whichever it found where it was run.
    ///
    /// # Errors
    /// A usage error when no engine answers; the message lists what was tried and what can be done.
    pub(super) async fn find(&self, tools: &Tools<'_>) -> Result<Engine> {
        let mut found = engine::detect(tools.env, self.engine).await;
        if let (Err(_), Some(wanted)) = (&found, self.engine) {
            found = engine::detect(tools.env, None).await;
            if let Ok(other) = &found {
                tools.events.note(format!("{wanted} is not usable here, {} is used", other.kind()));
            }
        }
        let missing = match found {
            Ok(engine) => return Ok(engine),
            Err(error) => error,
        };
        let mut error = missing.with_kind(Kind::Usage);
        if self.for_codebuild && may_have_codebuild(tools.env) {
            error = error.hint("or have it built in your AWS account: `agentcore launch --builder codebuild`");
        }
        Err(match self.build.origin {
            DockerfileOrigin::Found if self.build.can_be_native(tools.env) => {
                error.hint("or leave the Dockerfile out: `--builder native` installs the requirements only")
            }
            DockerfileOrigin::Generated(_) if self.build.can_be_native(tools.env) => {
                error.hint("or build without an engine: `--builder native`")
            }
            DockerfileOrigin::Found
            | DockerfileOrigin::Generated(_)
            | DockerfileOrigin::Named
            | DockerfileOrigin::Missing => error,
        })
    }

    pub(super) async fn build(self, engine: Engine, platform: Platform, tools: &Tools<'_>) -> Result<EngineImage> {
        if self.engine.is_none() {
            tools.events.note(format!("the container engine is {}", engine.kind()));
        }
        let secrets = self.build.secrets(tools.env)?;
        for name in self.build.unseen_logins(tools.env) {
            tools.events.note(format!(
                "{name} has a login, and the Dockerfile does not mount it: the build does not see that package index \
                 (`agentcore configure --build-secret {name}`)"
            ));
        }
        let stage = stage(&self.build.context, self.build.files()?)?;
        let rules = unruled(&self.build)?;
        let build = EngineBuild {
            context: stage.path().to_owned(),
            platform,
            tag: self.tag.clone(),
            secrets,
            buildkit_only: self.build.buildkit_only(),
            dockerfile: rules.as_ref().map_or(self.build.dockerfile, |dir| dir.path().join(DOCKERFILE)),
            build_args: self.build.args,
            target: self.build.target,
        };
        engine.build(&build, tools.events).await?;
        Ok(EngineImage { engine, tag: self.tag })
    }
}

impl EngineImage {
    pub(super) fn tag(&self) -> &str {
        &self.tag
    }

    /// Writes the image to a file, as an archive that [`crate::image::archive`] reads.
    pub(super) async fn save(&self, file: &Path, events: &Events) -> Result<()> {
        self.engine.save(&self.tag, file, events).await
    }

    pub(super) async fn push(&self, remote: &Reference, credentials: &Credentials, events: &Events) -> Result<String> {
        Ok(self.engine.push(&self.tag, remote, credentials, events).await?.to_string())
    }
}

const DOCKERFILE: &str = "Dockerfile";
const IGNORE_FILE: &str = ".dockerignore";

/// The Dockerfile in a folder of its own, without rules: an engine would leave out again what was named to go in. `None`
/// where nothing was.
fn unruled(build: &DockerBuild) -> Result<Option<tempfile::TempDir>> {
    if build.exceptions.included.is_empty() {
        return Ok(None);
    }
    let what = || format!("could not copy `{}`", build.dockerfile.display());
    let dir = tempfile::Builder::new().prefix("agentcore-dockerfile-").tempdir().with_context(what)?;
    let copy = dir.path().join(DOCKERFILE);
    std::fs::copy(&build.dockerfile, &copy).with_context(what)?;
    std::fs::write(own_file(&copy), codebuild::RULES_APPLIED).with_context(what)?;
    Ok(Some(dir))
}

/// Whether there can be a CodeBuild behind the endpoints in effect: a stand-in for AWS on this machine, such as the sandbox,
/// has none unless one is named.
fn may_have_codebuild(env: &Env) -> bool {
    let is_here = |url: &str| url::Url::parse(url).is_ok_and(|url| is_loopback(&url));
    env.var("AWS_ENDPOINT_URL_CODEBUILD").is_some() || !env.var("AWS_ENDPOINT_URL").is_some_and(is_here)
}

/// The build context for an engine: the source without what the ignore rules and this program keep out of images, such
/// as keys and the identity store. Engines know only the first kind of rule. The Dockerfile is given to them beside it,
/// and `.dockerignore` has done its work: they are in the context where the rules leave them in.
fn stage(root: &Path, listing: Listing) -> Result<tempfile::TempDir> {
    let what = || format!("could not prepare the build context of `{}`", root.display());
    let stage = tempfile::Builder::new().prefix("agentcore-context-").tempdir().with_context(what)?;
    for folder in listing.empty_folders {
        std::fs::create_dir_all(stage.path().join(folder)).with_context(what)?;
    }
    let mut made = stage.path().to_owned();
    for file in listing.files {
        let target = stage.path().join(&file.relative);
        if file.relative == IGNORE_FILE && !listing.included.is_empty() {
            // For engines that know no rules beside a Dockerfile.
            let named = listing.included.iter().flat_map(|path| [format!("\n!{path}"), format!("\n!{path}/**")]);
            let rules = fsx::read_text(&file.path)?.into_iter().chain(named).collect::<String>();
            std::fs::write(&target, rules).with_context(what)?;
            continue;
        }
        // Files are sorted, so those of one folder mostly follow each other.
        if let Some(folder) = target.parent()
            && folder != made
        {
            std::fs::create_dir_all(folder).with_context(what)?;
            folder.clone_into(&mut made);
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
    use crate::project::listing;

    #[tokio::test]
    async fn without_an_engine_every_way_out_is_one() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("Dockerfile"), "FROM x\n").unwrap();
        let (arm, amd) = (Platform::arm64(), "linux/amd64".parse().unwrap());
        let sandbox = ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566");
        let named = ("AWS_ENDPOINT_URL_CODEBUILD", "http://127.0.0.1:1");
        let proxy = ("AWS_ENDPOINT_URL", "https://aws.example");
        for (platform, vars, codebuild) in [
            (&arm, &[][..], true),
            (&amd, &[], false),
            (&arm, &[sandbox], false),
            (&arm, &[sandbox, named], true),
            (&arm, &[proxy], true),
        ] {
            let vars: Vec<(&str, &str)> = vars.iter().copied().chain([("PATH", "/nowhere")]).collect();
            let env = Env::fake(dir.path(), &vars);
            let mut build = DockerBuild::without_arguments(&dir.path().join("Dockerfile"), dir.path());
            build.origin = DockerfileOrigin::Found;
            let plan = EngineBuildPlan::new(&Agent::default(), build, ("t", platform), &env).unwrap();
            let tools = Tools {
                env: &env,
                http: &std::sync::Arc::new(crate::http::Http::new(&env)),
                cache: &crate::cache::Cache::at(dir.path().join("cache")),
                events: &Events::silent(),
            };
            let error = plan.find(&tools).await.unwrap_err();
            let hints = error.hints();
            assert!(
                hints[0].starts_with("install") && hints[1..].iter().all(|hint| hint.starts_with("or ")),
                "{hints:?}"
            );
            assert_eq!(hints.iter().any(|hint| hint.contains("codebuild")), codebuild, "{vars:?} {platform}");
        }
    }

    #[test]
    fn engine_gets_neither_ignored_files_nor_secrets() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str| std::fs::write(dir.path().join(name), "x").unwrap();
        std::fs::create_dir(dir.path().join("src")).unwrap();
        // The user's own rules name none of the secrets.
        std::fs::write(dir.path().join(".dockerignore"), "notes.txt\n").unwrap();
        for name in ["src/agent.py", "requirements.txt", "notes.txt", ".env", ".agentcore_identity_user.env", "id_rsa"]
        {
            write(name);
        }
        std::fs::create_dir_all(dir.path().join("empty/deep")).unwrap();
        let stage = stage(dir.path(), listing::list(dir.path(), &listing::Exceptions::default()).unwrap()).unwrap();
        let has = |name: &str| stage.path().join(name).exists();
        assert!(has("src/agent.py") && has("requirements.txt") && has(".dockerignore"));
        // `COPY` of an empty folder works as it does without us.
        assert!(has("empty/deep"));
        for name in ["notes.txt", ".env", ".agentcore_identity_user.env", "id_rsa"] {
            assert!(!has(name), "{name}");
        }
    }

    #[test]
    fn included_files_override_ignore_rules_for_an_engine() {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("Dockerfile", "FROM x\n"), (".dockerignore", "*.bin\n"), ("a.bin", ""), ("b.bin", "")] {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let mut build = DockerBuild::without_arguments(&dir.path().join("Dockerfile"), dir.path());
        assert!(unruled(&build).unwrap().is_none());
        build.exceptions.included = vec!["a.bin".into()];
        let stage = stage(dir.path(), build.files().unwrap()).unwrap();
        assert!(stage.path().join("a.bin").exists() && !stage.path().join("b.bin").exists());
        let rules = std::fs::read_to_string(stage.path().join(".dockerignore")).unwrap();
        assert!(rules.starts_with("*.bin\n") && rules.lines().any(|line| line == "!a.bin"), "{rules}");
        assert_eq!(std::fs::read_to_string(dir.path().join(".dockerignore")).unwrap(), "*.bin\n");
        let copy = unruled(&build).unwrap().unwrap();
        assert_eq!(std::fs::read_to_string(copy.path().join("Dockerfile")).unwrap(), "FROM x\n");
        assert!(copy.path().join("Dockerfile.dockerignore").exists());
    }
}
