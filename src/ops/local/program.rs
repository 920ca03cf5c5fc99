//! How an agent is started from its source on this machine.
//!
//! Owns: which interpreter, the build of TypeScript before it, what to do where a package is missing. Does not own: the
//! command of the artifact (`project`), of which this is the same with another interpreter.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::environment::LocalVariables;
use super::watch::Builds;
use crate::artifact;
use crate::config::Agent;
use crate::env::Env;
use crate::error::{Code, Context as _, Error, Result};
use crate::facts::{self, Contract};
use crate::fsx;
use crate::interpreters::Interpreters;
use crate::process::{self, Child, Tool};
use crate::project::{Dependencies, Language, NodeProject, Source};
use crate::shell::quoted;

/// Names of the folder of a project's virtual environment.
const VIRTUAL_ENVIRONMENTS: [&str; 2] = [".venv", "venv"];
/// Lines of a failed build that are shown.
const SHOWN: usize = 15;
/// Tells the start-up shim of Python where the source is, of which it keeps no byte code.
const SOURCE_VARIABLE: &str = "AGENTCORE_SANDBOX_SOURCE";

/// A command that starts the agent.
#[derive(Clone, Debug)]
pub(crate) struct LocalCommand {
    pub(crate) words: Vec<OsString>,
    /// The whole environment.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) dir: PathBuf,
    /// What to do where a package is missing.
    pub(crate) remedy: Option<String>,
}

/// An agent to run from its source.
#[derive(Debug)]
pub(crate) struct SourceRun {
    /// Folder of the configuration.
    pub(crate) root: PathBuf,
    pub(crate) agent: Agent,
    pub(crate) env: Env,
    /// `--region`.
    pub(crate) region: Option<String>,
    /// `--env`.
    pub(crate) given: Vec<(String, String)>,
    pub(crate) interpreters: Interpreters,
    /// Told of each build.
    pub(crate) builds: Builds,
}

impl SourceRun {
    /// The source as it is now.
    ///
    /// # Errors
    /// Usage errors of the detection.
    pub(crate) fn source(&self) -> Result<Source> {
        artifact::find_source(&self.root, &self.agent)
    }

    /// The command. Builds what has to be built before.
    ///
    /// # Errors
    /// Those of the detection; no interpreter that runs; a build that fails.
    pub(crate) async fn command(&self) -> Result<LocalCommand> {
        let source = self.source()?;
        let port = self.contract().port;
        let variables =
            LocalVariables { env: &self.env, agent: &self.agent, region: self.region.as_deref(), given: &self.given };
        let mut variables = variables.of_process();
        let (interpreter, words) = match (source.language, &source.node) {
            (Language::Python, _) => {
                python_variables(&source, &mut variables)?;
                (self.python(&source).await?, source.command(false, port))
            }
            (Language::TypeScript | Language::JavaScript, node) => {
                let node_js = self.interpreters.node(&self.env).await?.path;
                (node_js, self.node_command(&source, node.as_ref(), port).await?)
            }
        };
        let words = std::iter::once(interpreter.into_os_string()).chain(words.into_iter().skip(1).map(OsString::from));
        let remedy = self.remedy(&source);
        Ok(LocalCommand { words: words.collect(), variables, dir: source.root, remedy })
    }

    /// Where agents of this protocol are called in the artifact.
    fn contract(&self) -> Contract {
        match self.agent.protocol().as_str() {
            "MCP" => facts::MCP,
            "A2A" => facts::A2A,
            _ => facts::HTTP,
        }
    }

    /// The project's own environment, else the one that is active, else this machine's first Python that runs: the one
    /// that `pip install` would have installed for.
    async fn python(&self, source: &Source) -> Result<PathBuf> {
        match self.virtual_environment(source) {
            Some(python) => Ok(python),
            None => Ok(self.interpreters.python(&self.env, None).await?.path),
        }
    }

    fn virtual_environment(&self, source: &Source) -> Option<PathBuf> {
        let folders = [source.root.as_path(), self.root.as_path()];
        let own = folders.iter().flat_map(|folder| VIRTUAL_ENVIRONMENTS.map(|name| folder.join(name)));
        let active = self.env.var_os("VIRTUAL_ENV").map(PathBuf::from);
        own.chain(active).map(|folder| python_in(&folder)).find(|python| python.is_file())
    }

    /// The words of the command, `node` first.
    async fn node_command(&self, source: &Source, node: Option<&NodeProject>, port: u16) -> Result<Vec<String>> {
        let builds = node.map(|node| node.builds.as_slice()).unwrap_or_default();
        if builds.is_empty() {
            return Ok(source.command(false, port));
        }
        // What is compiled for the artifact is run as it is where the project has what does that: the next start is
        // quicker by all that a compiler takes.
        let homes = [Some(source.root.as_path()), builds.last().map(|build| build.dir.as_path())];
        if homes.iter().flatten().any(|home| home.join("node_modules/tsx").is_dir())
            && let Some(file) = fsx::relative(&source.entrypoint, &source.root)
        {
            return Ok(["node", "--import", "tsx", &file].map(str::to_owned).to_vec());
        }
        let _under_way = self.builds.begin();
        for build in builds {
            self.build(&build.command, &build.dir).await?;
        }
        Ok(source.command(false, port))
    }

    /// Runs the project's own build where it is, as its author does.
    async fn build(&self, command: &str, dir: &Path) -> Result<()> {
        let mut words = command.split(' ');
        let name = words.next().unwrap_or_default();
        let failed = |error: Error| {
            error.code(Code::SourceBuild).hint(format!("run `{command}` yourself: it is the project's own build"))
        };
        let program = process::find(&self.env, name)
            .ok_or_else(|| failed(Error::failed(format!("there is no `{name}` on PATH for `{command}`"))))?;
        let child = Child::new(program, &self.env, Tool::NodeScript).args(words).dir(dir).leading_a_group();
        // A file that is saved meanwhile drops this, and the compiler behind the package manager ends as well.
        let output = child.output().await?;
        if output.status.success() {
            return Ok(());
        }
        let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let shown = lines.get(lines.len().saturating_sub(SHOWN)..).unwrap_or_default().join("\n");
        Err(failed(Error::failed(format!("`{command}` failed ({})", output.status)).cause(shown)))
    }

    /// The command that installs what the project names.
    fn remedy(&self, source: &Source) -> Option<String> {
        let has_uv = process::find(&self.env, "uv").is_some();
        let shown =
            |file: &Path| quoted(&fsx::relative(file, &self.root).unwrap_or_else(|| file.display().to_string()));
        let venv = self.virtual_environment(source);
        let python = |what: String| match (&venv, has_uv) {
            (Some(python), true) => format!("uv pip install --python {} {what}", shown(python)),
            (Some(python), false) => format!("{} -m pip install {what}", shown(python)),
            (None, true) => format!("uv venv && uv pip install {what}"),
            (None, false) => format!("python3 -m venv .venv && .venv/bin/python -m pip install {what}"),
        };
        let command = match &source.dependencies {
            Dependencies::Requirements { file } => python(format!("-r {}", shown(file))),
            Dependencies::Pyproject { uv_lock: Some(_), .. } if has_uv => "uv sync".to_owned(),
            Dependencies::Pyproject { poetry: Some(_), .. } => "poetry install && poetry run agentcore dev".to_owned(),
            Dependencies::Pyproject { file, .. } => {
                python(format!("-e {}", shown(file.parent().unwrap_or(&self.root))))
            }
            Dependencies::Npm { package_json, .. } => {
                let manager = source.node.as_ref().map_or("npm", |node| node.manager.name());
                let folder = package_json.parent().unwrap_or(&self.root);
                match fsx::relative(folder, &self.root).filter(|folder| folder != ".") {
                    Some(folder) => format!("cd {} && {manager} install", quoted(&folder)),
                    None => format!("{manager} install"),
                }
            }
            Dependencies::None => return None,
        };
        Some(format!("install what the project names: `{command}`"))
    }
}

fn python_in(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

/// What Python is told in the artifact too, and that a saved file is to be read anew.
fn python_variables(source: &Source, variables: &mut Vec<(String, String)>) -> Result<()> {
    let text = |path: PathBuf| {
        path.into_os_string()
            .into_string()
            .map_err(|_| Error::failed("the source is in a folder whose name is not UTF-8"))
    };
    let mut put = |name: &str, value: String| {
        variables.retain(|(other, _)| other != name);
        variables.push((name.to_owned(), value));
    };
    put("PYTHONUNBUFFERED", "1".to_owned());
    put(SOURCE_VARIABLE, text(source.root.clone())?);
    let folders = source.search_path().map(|folder| source.root.join(folder));
    let before = variables.iter().find(|(name, _)| name == "PYTHONPATH").map(|(_, value)| value.clone());
    let before = before.as_deref().map(std::env::split_paths).into_iter().flatten();
    let all: Vec<PathBuf> = folders.chain(before.filter(|path| !path.as_os_str().is_empty())).collect();
    if !all.is_empty() {
        let joined = std::env::join_paths(all).context("a folder has a name that no search path can hold")?;
        let joined = text(joined.into())?;
        variables.retain(|(name, _)| name != "PYTHONPATH");
        variables.push(("PYTHONPATH".to_owned(), joined));
    }
    Ok(())
}
