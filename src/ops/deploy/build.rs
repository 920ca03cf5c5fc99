//! The image of a deployment: which builder, from which source, and the push.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{LaunchRequest, Workshop};
use crate::config::Agent;
use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::image::engine::{self, Engine, EngineBuild, EngineKind};
use crate::image::native::{self, Base, BuildContext, NativeSpec, SourceEntry};
use crate::image::python::{PythonDependencies, host_python_version};
use crate::image::reference::{Platform, Reference, check_tag};
use crate::image::registry::{Credentials, Registry};
use crate::ops::naming;
use crate::project::{self, Dependencies, Detect, Language, Source, generated, listing};

/// What makes the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builder {
    /// Native while the Dockerfile is the generated one, else an engine.
    Auto,
    Native,
    Engine,
}

/// Everything decided about the build, with nothing done yet.
#[derive(Debug)]
pub(crate) struct Prepared {
    method: Method,
    platform: Platform,
    /// For people: which builder it is, and why.
    why: String,
}

#[derive(Debug)]
enum Method {
    Native { source: Box<Source>, base: Base, otel: bool, port: u16 },
    Engine { engine: Engine, dockerfile: PathBuf, context: PathBuf, tag: String, base_image: Option<String> },
}

/// An image that exists on this machine, or will once the engine has pushed it.
#[derive(Debug)]
pub(crate) struct Built {
    /// Known before the push only for native images.
    pub(crate) digest: Option<String>,
    pub(crate) why: String,
    artifact: Artifact,
}

#[derive(Debug)]
enum Artifact {
    Native(Box<native::Built>),
    Engine {
        engine: Engine,
        tag: String,
    },
    /// A plan does not start an engine's build.
    None,
}

fn platform(request: &LaunchRequest, env: &Env) -> Result<Platform> {
    let text = request.platform.as_deref().or_else(|| env.var("AGENTCORE_PLATFORM"));
    text.unwrap_or(crate::config::DEFAULT_PLATFORM).parse()
}

fn base_image<'a>(request: &'a LaunchRequest, env: &'a Env) -> Option<&'a str> {
    request.base_image.as_deref().or_else(|| env.var("AGENTCORE_BASE_IMAGE"))
}

/// What can be wrong with a request by itself, before anybody is asked for credentials.
///
/// # Errors
/// Exit 2 for a tag, a platform or a base image that cannot be one.
pub(crate) fn check_request(request: &LaunchRequest, env: &Env) -> Result<()> {
    check_tag(&request.image_tag).map_err(|why| {
        Error::usage(format!("`{}` is not a tag: {why}", request.image_tag))
            .code("input.image-tag")
            .hint("leave out `--image-tag` for one made of the time")
    })?;
    platform(request, env)?;
    match base_image(request, env) {
        None | Some("scratch") => Ok(()),
        Some(text) => text.parse::<Reference>().map(|_| ()),
    }
}

/// Chooses the builder and finds the source.
///
/// # Errors
/// Exit 2 when the source is incomplete, or when an engine is needed and none answers (the message lists what was
/// tried).
pub(crate) async fn prepare(
    root: &Path,
    agent: &Agent,
    request: &LaunchRequest,
    shop: &Workshop<'_>,
) -> Result<Prepared> {
    let platform = platform(request, shop.env)?;
    let base_image = base_image(request, shop.env).or_else(|| agent.base_image()).map(str::to_owned);
    let dockerfile = agent.dockerfile_path(root);
    let pristine = !dockerfile.exists() || generated::is_pristine(&dockerfile)?;
    let source = find_source(root, agent)?;
    let (native, why) = match request.builder {
        Builder::Native if !pristine => {
            return Err(Error::usage(format!(
                "`{}` was edited, and the native builder does not read Dockerfiles",
                dockerfile.display()
            ))
            .hint("build it with `--builder engine`, or write it anew with `agentcore configure --force`"));
        }
        Builder::Native => (true, "asked for".to_owned()),
        Builder::Engine => (false, "asked for".to_owned()),
        Builder::Auto if source.language != Language::Python => {
            (false, "the native builder makes images of Python agents only".to_owned())
        }
        Builder::Auto if pristine => (true, "the Dockerfile is the generated one, no engine is needed".to_owned()),
        Builder::Auto => (false, format!("`{}` is your own", dockerfile.display())),
    };
    let method = if native {
        let method = native_method(agent, source, base_image.as_deref(), shop).await?;
        Prepared { method, why: format!("native builder ({why})"), platform }
    } else {
        let wanted = agent.container_runtime.as_deref().filter(|name| *name != "auto");
        let wanted = wanted.map(str::parse::<EngineKind>).transpose()?;
        let engine = engine::detect(shop.env, wanted).await?;
        if !dockerfile.exists() {
            return Err(Error::usage(format!("there is no Dockerfile at `{}`", dockerfile.display()))
                .hint("write one with `agentcore configure`"));
        }
        let why = format!("{} ({why})", engine.kind().name());
        let tag = format!("{}:{}", naming::repository(&agent.name), request.image_tag);
        let method = Method::Engine { engine, dockerfile, context: source.root.clone(), tag, base_image };
        Prepared { method, why, platform }
    };
    shop.events.note(format!("image: {}, {}", method.why, method.platform));
    Ok(method)
}

/// The source as the configuration describes it.
pub(crate) fn find_source(root: &Path, agent: &Agent) -> Result<Source> {
    let entrypoint = agent.entrypoint_path(root);
    let requirements = agent.requirements_path(root);
    let source_dir = agent.source_path.as_ref().map(|_| agent.source_dir(root));
    project::detect(&Detect {
        dir: root,
        entrypoint: Some(&entrypoint),
        requirements: requirements.as_deref(),
        language: Some(language(agent)),
        source_path: source_dir.as_deref(),
        python: agent.python_version(),
    })
}

/// The file has one word for everything that Node runs; the entrypoint tells which it is.
pub(crate) fn language(agent: &Agent) -> Language {
    let script = agent.entrypoint_file().rsplit('.').next();
    match (agent.language, script) {
        (crate::config::Language::Python, _) => Language::Python,
        (crate::config::Language::TypeScript, Some("js" | "mjs" | "cjs")) => Language::JavaScript,
        (crate::config::Language::TypeScript, _) => Language::TypeScript,
    }
}

async fn native_method(agent: &Agent, source: Source, base_image: Option<&str>, shop: &Workshop<'_>) -> Result<Method> {
    if source.language != Language::Python {
        return Err(Error::usage("the native builder makes images of Python agents only in this version")
            .code("unsupported.native-node")
            .hint("build it with `--builder engine`"));
    }
    let mut source = source;
    let base = match base_image {
        Some("scratch") => {
            // Nothing inside interprets the source, so the wheels must fit the interpreter that will be lent.
            source.python.version = host_python_version(shop.env).await?;
            Base::Scratch
        }
        Some(text) => Base::Image(text.parse::<Reference>()?),
        None => Base::Image(source.base_image().parse::<Reference>()?),
    };
    Ok(Method::Native { source: Box::new(source), base, otel: agent.observability(), port: agent.port() })
}

/// Makes the image. A plan stops short of starting an engine.
pub(crate) async fn build(prepared: Prepared, request: &LaunchRequest, shop: &Workshop<'_>) -> Result<Built> {
    let Prepared { method, platform, why } = prepared;
    match method {
        Method::Native { source, base, otel, port } => {
            let spec = native_spec(&source, NativeOptions { platform, base, otel, port })?;
            let context = build_context(shop, request.rebuild_dependencies)?;
            let built = native::build(&spec, &context).await?;
            for note in &built.notes {
                shop.events.note(note.clone());
            }
            let digest = built.digest.to_string();
            Ok(Built { digest: Some(digest), why, artifact: Artifact::Native(Box::new(built)) })
        }
        Method::Engine { .. } if request.plan_only => Ok(Built { digest: None, why, artifact: Artifact::None }),
        Method::Engine { engine, dockerfile, context, tag, base_image } => {
            let stage = stage(&context)?;
            let build = EngineBuild {
                dockerfile,
                context: stage.path().to_owned(),
                platform,
                tag: tag.clone(),
                build_args: base_image.map(|image| ("BASE_IMAGE".to_owned(), image)).into_iter().collect(),
                target: None,
                labels: Vec::new(),
            };
            engine.build(&build, shop.events).await?;
            Ok(Built { digest: None, why, artifact: Artifact::Engine { engine, tag } })
        }
    }
}

/// The build context for an engine: the source without what the ignore rules and this program keep out of images, such
/// as keys and the identity store. Engines know only the first kind of rule.
fn stage(root: &Path) -> Result<tempfile::TempDir> {
    let what = || format!("could not prepare the build context of `{}`", root.display());
    let stage = tempfile::Builder::new().prefix("agentcore-context-").tempdir().with_context(what)?;
    for file in listing::list(root, &["Dockerfile", ".dockerignore"])?.files {
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

struct NativeOptions {
    platform: Platform,
    base: Base,
    otel: bool,
    port: u16,
}

fn native_spec(source: &Source, options: NativeOptions) -> Result<NativeSpec> {
    let listing = listing::list(&source.root, &[])?;
    check_entrypoint(source, &listing)?;
    let mut dependencies = PythonDependencies {
        requirements: Vec::new(),
        specifiers: Vec::new(),
        uv_lock_project: None,
        extra: Vec::new(),
        python: source.python.version.clone(),
        platform: options.platform.clone(),
    };
    match &source.dependencies {
        Dependencies::Requirements { file } => dependencies.requirements.push(file.clone()),
        Dependencies::Pyproject { specifiers, uv_lock, file } => {
            dependencies.specifiers.clone_from(specifiers);
            dependencies.uv_lock_project = uv_lock.as_ref().and_then(|_| file.parent().map(Path::to_owned));
        }
        Dependencies::Npm { .. } | Dependencies::None => {}
    }
    if options.otel && !source.has_otel {
        dependencies.extra.push(project::OTEL_DISTRO.to_owned());
    }
    let env =
        [("DOCKER_CONTAINER", "1"), ("PYTHONUNBUFFERED", "1"), ("PYTHONDONTWRITEBYTECODE", "1"), ("HOME", "/tmp")];
    Ok(NativeSpec {
        platform: options.platform,
        base: options.base,
        dependencies: Some(dependencies),
        source: listing
            .files
            .into_iter()
            .map(|file| SourceEntry {
                path_in_image: format!("app/{}", file.relative),
                path: file.path,
                executable: file.executable,
                symlink: file.symlink,
            })
            .collect(),
        env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        python_path: source.import_root.iter().map(|folder| format!("/app/{folder}")).collect(),
        command: source.command(options.otel),
        workdir: "/app".to_owned(),
        user: "1000:1000".to_owned(),
        labels: Vec::new(),
        ports: vec![options.port],
    })
}

fn build_context<'a>(shop: &Workshop<'a>, fresh: bool) -> Result<BuildContext<'a>> {
    let cache_dir = shop.env.cache_dir().ok_or_else(|| {
        Error::usage("there is no folder for the build cache").hint("set `AGENTCORE_CACHE_DIR` or `HOME`")
    })?;
    Ok(BuildContext { env: shop.env, http: Arc::clone(shop.http), cache_dir, events: shop.events.clone(), fresh })
}

/// Pushes the image and returns its digest in the registry.
pub(crate) async fn push(
    built: &Built,
    repository: &str,
    request: &LaunchRequest,
    shop: &Workshop<'_>,
) -> Result<String> {
    let login = shop.cloud.registry_login().await?;
    let credentials = Credentials::Basic { username: login.username, password: login.password };
    let tag = &request.image_tag;
    match &built.artifact {
        Artifact::Native(image) => {
            let registry = Registry::new(Arc::clone(shop.http), &login.endpoint, credentials);
            let pushed = native::push(image, &registry, repository, tag, shop.events).await?;
            Ok(pushed.digest.to_string())
        }
        Artifact::Engine { engine, tag: local } => {
            let host = login.endpoint.split_once("://").map_or(login.endpoint.as_str(), |(_, host)| host);
            let remote: Reference = format!("{host}/{repository}:{tag}").parse()?;
            Ok(engine.push(local, &remote, &credentials, shop.events).await?.to_string())
        }
        Artifact::None => Err(Error::failed("there is no image to push")),
    }
}

/// An ignore rule that takes the entrypoint away would make an image that cannot start.
fn check_entrypoint(source: &Source, listing: &listing::Listing) -> Result<()> {
    let Some(entrypoint) = fsx::relative(&source.entrypoint, &source.root) else { return Ok(()) };
    if listing.files.iter().any(|file| file.relative == entrypoint) {
        return Ok(());
    }
    Err(Error::usage(format!(
        "the ignore rules of `{}` leave out the entrypoint `{entrypoint}`",
        source.root.display()
    ))
    .code("source.entrypoint-ignored")
    .hint(format!("add `!{entrypoint}` to .dockerignore")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(change: impl FnOnce(&mut LaunchRequest)) -> LaunchRequest {
        let mut request = LaunchRequest {
            agent: "a".into(),
            plan_only: false,
            environment: Vec::new(),
            image_tag: "20260102-030405-678".into(),
            adopt: false,
            allow_auth_change: false,
            wait: None,
            builder: Builder::Auto,
            base_image: None,
            platform: None,
            rebuild_dependencies: false,
        };
        change(&mut request);
        request
    }

    #[test]
    fn what_cannot_be_a_tag_platform_or_image_is_refused_before_anything_else() {
        let env = Env::fake(Path::new("/"), &[]);
        let check = |change: fn(&mut LaunchRequest)| check_request(&request(change), &env);
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
