//! What a request says about building from a Dockerfile: the user's own, its context, stage, arguments and secrets.
//!
//! Owns: checking them against what is on disk, and what is written for them. Does not own: the build.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::ConfigureRequest;
use crate::config::Agent;
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::project::dockerfile::choice::{DockerfileChoice, DockerfileOrigin};
use crate::project::dockerfile::{args, read::DockerfileFacts};
use crate::project::generated;

/// The build settings after the request.
#[derive(Debug, Default)]
pub(crate) struct BuildSettings {
    /// A Dockerfile that is not the generated one, and so is never written.
    pub(crate) own: Option<PathBuf>,
    pub(crate) context: Option<PathBuf>,
    pub(crate) secrets: Vec<String>,
    /// Keys below `agentcore`, and their values; `None` takes a key away.
    pub(crate) settings: Vec<(&'static str, Option<Value>)>,
}

/// # Errors
/// Usage errors for files and folders that are not there, a stage that the Dockerfile does not have, and arguments that
/// are secrets.
pub(crate) fn resolve(
    root: &Path,
    request: &ConfigureRequest,
    existing: Option<&Agent>,
    choice: Option<&DockerfileChoice>,
    warnings: &mut Vec<String>,
) -> Result<BuildSettings> {
    let mut build = BuildSettings::default();
    let shown = |path: &Path| fsx::relative(path, root).unwrap_or_else(|| path.display().to_string());
    // An empty one removes the setting.
    let typed = |path: &PathBuf| (!path.as_os_str().is_empty()).then(|| fsx::normalize(&root.join(path)));

    let configured = existing.filter(|agent| agent.own.dockerfile.is_some()).map(|agent| agent.dockerfile_path(root));
    let dockerfile = request.dockerfile.as_ref().map_or(configured, typed);
    if let Some(path) = &dockerfile {
        if !path.is_file() {
            return Err(Error::usage(format!("there is no Dockerfile at `{}`", shown(path)))
                .code(Code::SourceDockerfile)
                .hint("write it first, or have one generated: `agentcore configure --dockerfile ''`"));
        }
        build.own = (!generated::is_pristine(path)?).then(|| path.clone());
    } else if let Some(DockerfileChoice { path, origin: DockerfileOrigin::Found, .. }) = choice {
        warnings.push(format!(
            "the image is built from `{}`, which is your own; `--builder native` leaves it out",
            shown(path)
        ));
        build.own = Some(path.clone());
    }
    if request.dockerfile.is_some() {
        build.settings.push(("dockerfile", dockerfile.as_deref().map(|path| json!(shown(path)))));
    }

    let configured = existing.and_then(|agent| agent.context_path(root));
    build.context = request.build_context.as_ref().map_or(configured, typed);
    if request.build_context.is_some() {
        if let Some(path) = &build.context {
            check_context(path, root, &shown(path))?;
        }
        build.settings.push(("context", build.context.as_deref().map(|path| json!(shown(path)))));
    }

    let target = match &request.target {
        Some(target) => Some(target.as_str()).filter(|target| !target.is_empty()),
        None => existing.and_then(|agent| agent.own.target.as_deref()),
    };
    if request.target.is_some() {
        build.settings.push(("target", target.map(Value::from)));
    }

    let arguments = arguments(request, existing)?;
    if !request.build_args.is_empty() {
        build.settings.push(("build_args", (!arguments.is_empty()).then(|| json!(arguments))));
    }
    build.secrets = secrets(request, existing)?;
    if !request.build_secrets.is_empty() {
        build.settings.push(("build_secrets", (!build.secrets.is_empty()).then(|| json!(build.secrets))));
    }

    let Some(path) = &build.own else { return Ok(build) };
    let facts = DockerfileFacts::read(&fsx::read_text(path)?.unwrap_or_default());
    if let Some(target) = target {
        facts.check_stage(target, &shown(path))?;
    }
    for name in arguments.keys().filter(|name| !facts.args.contains_key(*name) && !args::is_predefined(name)) {
        warnings.push(format!("`{}` does not declare the argument `{name}`, so it is not used", shown(path)));
    }
    for name in build.secrets.iter().filter(|name| !facts.secrets.contains(*name)) {
        warnings.push(format!("`{}` does not mount the secret `{name}`, so it is not used", shown(path)));
    }
    Ok(build)
}

/// Whether the Dockerfile where the generated one belongs is edited and stays.
pub(crate) fn keeps_edited(
    request: &ConfigureRequest,
    existing: Option<&Agent>,
    choice: Option<&DockerfileChoice>,
) -> bool {
    let named = request.dockerfile.is_some() || existing.is_some_and(|agent| agent.own.dockerfile.is_some());
    !request.force && !named && choice.is_some_and(|choice| choice.origin == DockerfileOrigin::Named)
}

/// Anywhere in the project, or in the repository that the project is a part of.
fn check_context(path: &Path, root: &Path, shown: &str) -> Result<()> {
    if !path.is_dir() {
        return Err(Error::usage(format!("the build context `{shown}` is not a folder"))
            .code(Code::SourceContext)
            .hint("it is the folder that the Dockerfile copies from; leave it out for the source's own"));
    }
    let repository = root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(root);
    if path.starts_with(root) || path.starts_with(repository) {
        return Ok(());
    }
    Err(Error::usage(format!("the build context `{shown}` is outside the project"))
        .code(Code::SourceContext)
        .hint(format!("choose a folder below `{}`", repository.display())))
}

fn arguments(request: &ConfigureRequest, existing: Option<&Agent>) -> Result<BTreeMap<String, String>> {
    let mut all = existing.map(|agent| agent.own.build_args.clone()).unwrap_or_default();
    for text in &request.build_args {
        if text.is_empty() {
            all.clear();
        } else {
            let (name, value) = args::parse(text)?;
            all.insert(name, value);
        }
    }
    Ok(all)
}

fn secrets(request: &ConfigureRequest, existing: Option<&Agent>) -> Result<Vec<String>> {
    let mut all = existing.map(|agent| agent.own.build_secrets.clone()).unwrap_or_default();
    for name in &request.build_secrets {
        if name.is_empty() {
            all.clear();
        } else if name.contains('=') {
            // The value, if there is one, is not repeated.
            return Err(Error::usage("a build secret is the name of a variable, without its value")
                .code(Code::InputBuildArg)
                .hint("set the variable, and name it: `--build-secret NAME`"));
        } else {
            args::check_name(name)?;
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
    }
    Ok(all)
}
