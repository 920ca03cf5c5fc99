//! Renders the Dockerfile of an agent and the `.dockerignore` of its source, and puts them where they belong.
//!
//! The Dockerfile is for any builder: nothing in it needs BuildKit, unless the build is given secrets. What the image
//! looks like (`/app`, user 1000, environment, command) is the same as what the native builder makes. Does not own: the
//! rule about edited files (`generated`).

pub(crate) mod args;
pub(crate) mod choice;
mod instrumentation;
mod node;
pub(crate) mod read;
pub(crate) mod toolkit;

use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, context};

use super::generated::{self, WriteResult};
use super::{Dependencies, Language, PoetryProject, Source, validate_agent_name};
use crate::error::{Code, Error, Result};
use crate::fsx;

const PYTHON: &str = include_str!("../../templates/Dockerfile.python.j2");
const NODE: &str = include_str!("../../templates/Dockerfile.node.j2");
const DOCKERIGNORE: &str = include_str!("../../templates/dockerignore");

/// What a Dockerfile depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DockerfileSpec<'a> {
    pub(crate) source: &'a Source,
    /// The folder with the configuration file; the Dockerfile is written below it.
    pub(crate) project: &'a Path,
    pub(crate) agent: &'a str,
    /// Replaces [`Source::base_image`]. At build time `--build-arg BASE_IMAGE=…` replaces either.
    pub(crate) base_image: Option<&'a str>,
    /// The port of the agent's protocol.
    pub(crate) port: u16,
    /// Start behind OpenTelemetry, and install it when the project does not. Python only.
    pub(crate) otel: bool,
    /// The folder that is sent to the engine, when it is not the source's own.
    pub(crate) context: Option<&'a Path>,
    /// Variables that installing needs and the image must not have. Only BuildKit, podman and buildah can pass them on.
    pub(crate) secrets: &'a [String],
}

impl DockerfileSpec<'_> {
    /// Where the Dockerfile belongs: `.bedrock_agentcore/<agent>/Dockerfile` in the project.
    pub(crate) fn path(&self) -> PathBuf {
        self.project.join(".bedrock_agentcore").join(self.agent).join("Dockerfile")
    }
}

/// Renders the Dockerfile, without the line that marks it as generated.
///
/// # Errors
/// Usage errors: `scratch` as a base, in which nothing can be run, and names that a Dockerfile cannot express.
pub(crate) fn render(spec: &DockerfileSpec<'_>) -> Result<String> {
    validate_agent_name(spec.agent)?;
    let source = spec.source;
    let base_image = spec.base_image.map_or_else(|| source.base_image(), str::to_owned);
    if base_image == "scratch" {
        return Err(Error::usage(
            "a Dockerfile cannot start from `scratch`: installing dependencies needs an interpreter",
        )
        .code(Code::SourceBaseImage)
        .hint("only `--builder native` can use it"));
    }
    check_plain(&base_image, "base image")?;
    if base_image.is_empty() || base_image.contains(char::is_whitespace) {
        return Err(Error::usage(format!("`{base_image}` is not a reference to an image")).code(Code::SourceBaseImage));
    }
    let show = |path: &Path| {
        let shown = fsx::relative(path, spec.project).unwrap_or_else(|| path.display().to_string());
        check_plain(&shown, "path").map(|()| shell(&shown))
    };
    let context = spec.context.unwrap_or(&source.root);
    let here = below_context(source, context)?;
    let (template, mut steps) = match &source.node {
        Some(node) => (NODE, node::install_steps(source, node)?),
        None => (PYTHON, python_steps(source)?),
    };
    let command = source.command(spec.otel, spec.port);
    for word in &command {
        check_plain(word, "path")?;
    }
    // A colon separates the entries of PYTHONPATH and cannot be quoted.
    let searched = source.search_path().filter(|dir| !dir.contains(':'));
    let searched = searched.map(|dir| check_plain(dir, "path").map(|()| format!("/app/{dir}")));
    let searched: Vec<String> = searched.collect::<Result<_>>()?;
    let import_root = (!searched.is_empty()).then(|| searched.join(":"));
    let mut builds = source.node.as_ref().map(|node| node::build_steps(source, node)).transpose()?.unwrap_or_default();
    let instrumented = spec.otel && source.language == Language::Python && !source.has_otel;
    let mut instrumentation = if instrumented { instrumentation::steps() } else { Vec::new() };
    for steps in [&mut steps, &mut builds, &mut instrumentation].into_iter().filter(|steps| !steps.is_empty()) {
        with_secrets(steps, spec.secrets);
    }
    let values = context! {
        agent => spec.agent,
        dockerfile => show(&spec.path())?,
        context => show(context)?,
        base_image,
        import_root,
        copies => install_files(source)?.iter().map(|file| copy_line(&here, file)).collect::<Vec<_>>(),
        copy_source => copy_source(&here),
        needs_source => source.install.needs_source,
        needs_git => source.install.needs_git,
        builds,
        steps,
        instrumentation,
        mounts => mounts(spec.secrets)?,
        port => spec.port,
        command => exec_form(&command),
    };
    let failed = |error: minijinja::Error| Error::failed("could not render the Dockerfile").source(&error);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.map_err(failed)?);
    environment.template_from_str(template).and_then(|template| template.render(values)).map_err(failed)
}

/// Renders and writes the Dockerfile where it belongs; see [`generated::write`].
#[cfg(test)]
pub(crate) fn write(spec: &DockerfileSpec<'_>, force: bool) -> Result<WriteResult> {
    generated::write(spec.project, &spec.path(), &render(spec)?, force)
}

/// Writes the `.dockerignore` of a source tree. One that is not ours is never touched.
pub(crate) fn write_dockerignore(project: &Path, root: &Path) -> Result<WriteResult> {
    generated::write(project, &root.join(".dockerignore"), DOCKERIGNORE, false)
}

/// The files of the dependency layer, from the root.
fn install_files(source: &Source) -> Result<Vec<String>> {
    source.install.files.iter().map(|file| below_root(source, file)).collect()
}

fn below_root(source: &Source, file: &Path) -> Result<String> {
    let path = fsx::relative(file, &source.root).unwrap_or_default();
    check_plain(&path, "path")?;
    Ok(path)
}

/// Byte code of installed packages, so that a start does not compile them. It has no times in it: the same packages are the
/// same layer, and a start does not look at the modules' own. `more` is another folder. What is for another Python is left
/// as it is.
fn byte_code(more: &str) -> String {
    format!(
        "{{ python -m compileall -qq -j 0 --invalidation-mode unchecked-hash \
         $(python -c 'import site; print(*site.getsitepackages())'){more} || true; }}"
    )
}

fn python_steps(source: &Source) -> Result<Vec<String>> {
    let mut steps = match &source.dependencies {
        Dependencies::Requirements { file } => {
            vec![format!("python -m pip install -r {}", shell(&below_root(source, file)?))]
        }
        Dependencies::Pyproject { file, poetry: Some(poetry), extras, groups, .. } => {
            poetry_steps(&below_root(source, file)?, poetry, &(extras, groups))?
        }
        // What the extras and groups stand for is known here; the rest is read anew by each build.
        Dependencies::Pyproject { uv_lock: None, specifiers, extras, groups, .. }
            if !(extras.is_empty() && groups.is_empty()) =>
        {
            for specifier in specifiers {
                check_requirement(specifier)?;
            }
            let all = specifiers.iter().map(|line| format!("\"{line}\""));
            vec![format!("python -m pip install {}", all.collect::<Vec<_>>().join(" "))]
        }
        Dependencies::Pyproject { file, uv_lock: None, .. } => {
            let path = below_root(source, file)?;
            let toml = if old_python(source) { "from pip._vendor import tomli as tomllib" } else { "import tomllib" };
            let list = format!(
                "python -c \"{toml}; print(*tomllib.load(open('{path}', 'rb'))['project'].get('dependencies', []), sep='\\n')\" \
                 > /tmp/requirements.txt"
            );
            vec![
                list,
                "python -m pip install -r /tmp/requirements.txt".to_owned(),
                "rm /tmp/requirements.txt".to_owned(),
            ]
        }
        Dependencies::Pyproject { file, uv_lock: Some(lock), extras, groups, .. } => {
            if !lock.starts_with(&source.root) {
                return Err(Error::usage(format!(
                    "`{}` is outside the build context `{}`, so a Dockerfile cannot use it",
                    lock.display(),
                    source.root.display()
                ))
                .code(Code::SourceOutside)
                .hint("run the command in the folder of the lock, or build with `--builder native`"));
            }
            uv_steps(&below_root(source, file)?, &below_root(source, lock)?, &(extras, groups))?
        }
        Dependencies::Npm { .. } | Dependencies::None => Vec::new(),
    };
    if source.install.needs_git {
        around_with_git(&mut steps);
    }
    if !steps.is_empty() {
        steps.push(byte_code(""));
    }
    Ok(steps)
}

fn old_python(source: &Source) -> bool {
    source.python.version.strip_prefix("3.").and_then(|minor| minor.parse::<u32>().ok()).is_some_and(|minor| minor < 11)
}

/// Extras and groups, in this order.
type ExtrasAndGroups<'a> = (&'a Vec<String>, &'a Vec<String>);

fn chosen_options(chosen: &ExtrasAndGroups<'_>, group: &str) -> Result<String> {
    let mut options = String::new();
    for (option, names) in [("--extra", chosen.0), (group, chosen.1)] {
        for name in names {
            check_plain(name, "name")?;
            options += &format!(" {option} {}", shell(name));
        }
    }
    Ok(options)
}

/// Refuses text that a shell would expand inside double quotes.
fn check_requirement(text: &str) -> Result<()> {
    match text.chars().find(|c| c.is_control() || matches!(c, '$' | '`' | '"' | '\\')) {
        None => Ok(()),
        Some(c) => Err(Error::usage(format!("the requirement `{text}` cannot be used in a Dockerfile: it has {c:?}"))
            .code(Code::SourceRequirements)
            .hint("write it with single quotes")),
    }
}

/// The locked versions, exported by Poetry in an environment of its own, which is there for this step only.
fn poetry_steps(pyproject: &str, poetry: &PoetryProject, chosen: &ExtrasAndGroups<'_>) -> Result<Vec<String>> {
    let dir = pyproject.rsplit_once('/').map(|(dir, _)| format!("cd {}", shell(dir)));
    let command = "/tmp/poetry/bin/poetry";
    let mut steps: Vec<String> = dir.into_iter().collect();
    steps.push("python -m venv /tmp/poetry".to_owned());
    steps.push("/tmp/poetry/bin/pip install poetry poetry-plugin-export".to_owned());
    if poetry.lock.is_none() {
        steps.push(format!("{command} lock"));
    }
    steps.push(format!(
        "{command} export{} --output /tmp/requirements.txt",
        chosen_options(chosen, "--with")?.replace("--extra ", "--extras ")
    ));
    steps.push("python -m pip install -r /tmp/requirements.txt".to_owned());
    steps.push("rm -rf /tmp/poetry /tmp/requirements.txt".to_owned());
    Ok(steps)
}

/// The locked versions, exported and installed by uv, which is there for this step only.
fn uv_steps(pyproject: &str, lock: &str, chosen: &ExtrasAndGroups<'_>) -> Result<Vec<String>> {
    let options = chosen_options(chosen, "--group")?;
    let install = "uv pip install --system --break-system-packages --no-cache";
    let folder = |file: &str| Path::new(file).parent().map_or_else(PathBuf::new, Path::to_owned);
    let (project, root) = (folder(pyproject), folder(lock));
    let project = fsx::relative(&project, &root).unwrap_or_else(|| ".".to_owned());
    let mut steps = Vec::new();
    // Paths in what is exported are relative to the folder of the lock, so that is where it is installed from.
    if root != Path::new("") {
        steps.push(format!("cd {}", shell(&root.to_string_lossy())));
    }
    let project = if project == "." { String::new() } else { format!(" --project {}", shell(&project)) };
    steps.extend([
        "python -m pip install uv".to_owned(),
        format!(
            "uv export{project} --frozen --no-python-downloads --no-default-groups{options} --no-editable \
             --no-emit-project --no-cache --quiet -o /tmp/requirements.txt"
        ),
        format!("{install} -r /tmp/requirements.txt"),
    ]);
    steps.extend([
        "python -m pip uninstall --yes uv".to_owned(),
        "rm -f /tmp/requirements.txt /tmp/uv-*.lock".to_owned(),
    ]);
    Ok(steps)
}

fn around_with_git(steps: &mut Vec<String>) {
    let before = ["apt-get update", "apt-get install --yes --no-install-recommends git"];
    let after = ["apt-get purge --yes --auto-remove git", "rm -rf /var/lib/apt/lists/*"];
    steps.splice(0..0, before.map(str::to_owned));
    steps.extend(after.map(str::to_owned));
}

/// The source's folder as the context has it, with a slash at the end; empty for the context itself.
fn below_context(source: &Source, context: &Path) -> Result<String> {
    let path = fsx::relative(&source.root, context).unwrap_or_default();
    if path == "." {
        return Ok(String::new());
    }
    if path.is_empty() || path.starts_with("..") {
        return Err(Error::usage(format!(
            "the source `{}` is not in the build context `{}`",
            source.root.display(),
            context.display()
        ))
        .code(Code::SourceContext)
        .hint("choose a folder that holds it: `--build-context DIR`"));
    }
    check_plain(&path, "path")?;
    Ok(path + "/")
}

/// A file of the context at `here`, to the same place below the working directory.
fn copy_line(here: &str, path: &str) -> String {
    let from = format!("{here}{path}");
    if from.contains(char::is_whitespace) {
        format!("COPY {}", exec_form(&[from, path.to_owned()]))
    } else {
        format!("COPY {from} {path}")
    }
}

fn copy_source(here: &str) -> String {
    let from = if here.is_empty() { "." } else { here };
    if from.contains(char::is_whitespace) {
        format!("COPY --chown=1000:1000 {}", exec_form(&[from.to_owned(), ".".to_owned()]))
    } else {
        format!("COPY --chown=1000:1000 {from} .")
    }
}

/// The options of a `RUN` that is given secrets. As files, because only newer frontends can make variables of them.
fn mounts(secrets: &[String]) -> Result<String> {
    secrets.iter().try_fold(String::new(), |all, name| {
        args::check_name(name)?;
        Ok(format!("{all}--mount=type=secret,id={name} \\\n    "))
    })
}

/// Makes variables of the secrets, for these steps only. One that a build was not given is left as it is.
fn with_secrets(steps: &mut Vec<String>, secrets: &[String]) {
    let export = |name: &String| {
        let file = format!("/run/secrets/{name}");
        format!("if [ -f {file} ]; then export {name}=\"$(cat {file})\"; fi")
    };
    steps.splice(0..0, secrets.iter().map(export));
}

/// A JSON array on one line, as exec form wants it.
fn exec_form(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| serde_json::Value::from(word.as_str()).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

/// One word for a POSIX shell; what [`check_plain`] lets through needs no more than quotes.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+' | '@' | ':' | ',' | '=');
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

/// Refuses what would need quoting that differs between a Dockerfile's instructions and the shell.
fn check_plain(text: &str, what: &str) -> Result<()> {
    match text.chars().find(|c| c.is_control() || matches!(c, '$' | '`' | '"' | '\'' | '\\' | '*' | '?' | '[' | ']')) {
        None => Ok(()),
        Some(c) => Err(Error::usage(format!(
            "the {what} `{}` cannot be used in a Dockerfile: it has {c:?}",
            text.escape_debug()
        ))
        .code(Code::SourceFileName)
        .hint("rename it")),
    }
}

#[cfg(test)]
mod tests;
