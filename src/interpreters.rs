//! This machine's Python and Node.js, identified by running them.
//!
//! Owns: which one runs an agent. A name on `PATH` says little: it can be the launcher of a version manager (pyenv, asdf)
//! that has nothing to launch in this folder, a link to an interpreter that is gone, or another version.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::env::Env;
use crate::error::{Error, Result};
use crate::process::{Child, Tool, find_all};

/// An interpreter that has not answered after this does not run.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many of those that do not run are named.
const NAMED: usize = 3;

/// An interpreter that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Python {
    /// Behind launchers and virtual environments.
    pub(crate) path: PathBuf,
    /// 12 for Python 3.12.
    pub(crate) minor: u32,
}

/// A Node.js that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeJs {
    pub(crate) path: PathBuf,
    /// 22 for Node 22.1.0.
    pub(crate) major: u32,
}

/// A program with a name of Python that does not behave like Python.
#[derive(Clone, Debug)]
struct Broken {
    path: PathBuf,
    why: String,
}

/// The interpreters found, cached: running one takes longer than a call.
#[derive(Debug, Default)]
pub(crate) struct Interpreters {
    /// By the wanted minor version.
    pythons: tokio::sync::Mutex<HashMap<Option<u32>, Python>>,
    node: tokio::sync::Mutex<Option<NodeJs>>,
}

impl Interpreters {
    /// The first Node.js that runs.
    ///
    /// # Errors
    /// None runs. Says which were tried, and what they said.
    pub(crate) async fn node(&self, env: &Env) -> Result<NodeJs> {
        const ASK: &str = "parseInt(process.versions.node) + '\\n' + process.execPath";
        let mut known = self.node.lock().await;
        if let Some(found) = known.as_ref().filter(|node| node.path.is_file()) {
            return Ok(found.clone());
        }
        let mut broken = Vec::new();
        for candidate in find_all(env, "node") {
            let why = match run(env, &candidate, &["-p", ASK]).await {
                Ok(text) => {
                    match text.split_once('\n').map(|(major, path)| (major.parse(), PathBuf::from(path.trim()))) {
                        Some((Ok(major), path)) if path.is_file() => {
                            return Ok(known.insert(NodeJs { path, major }).clone());
                        }
                        _ => "it is no Node.js".to_owned(),
                    }
                }
                Err(why) => why,
            };
            broken.push(Broken { path: candidate, why });
        }
        Err(none_runs("Node.js", &broken))
    }

    /// An interpreter of the wanted version, else the first one that runs.
    ///
    /// # Errors
    /// None runs. Says which were tried, and what they said.
    pub(crate) async fn python(&self, env: &Env, minor: Option<u32>) -> Result<Python> {
        let mut known = self.pythons.lock().await;
        if let Some(found) = known.get(&minor).filter(|python| python.path.is_file()) {
            return Ok(found.clone());
        }
        let found = find_python(env, minor).await?;
        known.insert(minor, found.clone());
        Ok(found)
    }
}

/// Like [`Interpreters::python`], without keeping what was found.
///
/// # Errors
/// None runs. Says which were tried, and what they said.
pub(crate) async fn python(env: &Env, minor: Option<u32>) -> Result<Python> {
    find_python(env, minor).await
}

/// What keeps Python agents from running as processes here; `None` where they can, or where no program has that name.
pub(crate) async fn python_trouble(env: &Env) -> Option<Error> {
    if find_all(env, "python3").is_empty() {
        return None;
    }
    find_python(env, None).await.err()
}

async fn find_python(env: &Env, minor: Option<u32>) -> Result<Python> {
    let mut other = None;
    let mut broken = Vec::new();
    for candidate in candidates(env, minor) {
        match query(env, &candidate).await {
            Ok(python) if minor.is_none_or(|minor| minor == python.minor) => return Ok(python),
            Ok(python) => other = other.or(Some(python)),
            Err(why) => broken.push(Broken { path: candidate, why }),
        }
    }
    other.ok_or_else(|| none_runs("Python 3", &broken))
}

fn none_runs(what: &str, broken: &[Broken]) -> Error {
    if broken.is_empty() {
        return Error::failed(format!("there is no {what} on PATH")).hint(format!("install {what}"));
    }
    let told = |error: Error, one: &Broken| error.cause(format!("`{}`: {}", one.path.display(), one.why));
    let error = Error::failed(format!("no {what} on this machine runs"));
    broken
        .iter()
        .take(NAMED)
        .fold(error, told)
        .hint(format!("install the version that is asked for, or put a {what} that runs on PATH"))
}

/// Every program that may be a fitting Python, the likeliest first.
fn candidates(env: &Env, minor: Option<u32>) -> Vec<PathBuf> {
    let exact = minor.map(|minor| format!("python3.{minor}"));
    let mut all: Vec<PathBuf> = exact.iter().flat_map(|name| find_all(env, name)).collect();
    all.extend(["python3", "python"].iter().flat_map(|name| find_all(env, name)));
    // Installed, and not on PATH, which has a launcher alone.
    all.extend(installed(env, exact.as_deref().unwrap_or("python3")));
    let mut seen = std::collections::HashSet::new();
    all.retain(|path| seen.insert(path.clone()));
    all
}

/// Interpreters called `name` that pyenv, asdf, mise and uv have installed, the newest first.
fn installed(env: &Env, name: &str) -> Vec<PathBuf> {
    let folder = |variable: &str, below_home: &str| {
        let set = env.var_os(variable).map(PathBuf::from);
        set.or_else(|| Some(PathBuf::from(env.var_os("HOME")?).join(below_home)))
    };
    let mut found: Vec<PathBuf> = [
        folder("PYENV_ROOT", ".pyenv").map(|root| root.join("versions")),
        folder("ASDF_DATA_DIR", ".asdf").map(|root| root.join("installs/python")),
        folder("MISE_DATA_DIR", ".local/share/mise").map(|root| root.join("installs/python")),
        folder("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python"),
    ]
    .into_iter()
    .flatten()
    .flat_map(|root| fs::read_dir(root).into_iter().flatten().flatten())
    .map(|version| version.path().join("bin").join(name))
    .filter(|path| path.is_file())
    .collect();
    found.sort();
    found.reverse();
    found
}

/// Runs a program and learns which interpreter is behind it: packages of a virtual environment are not the agent's.
async fn query(env: &Env, program: &Path) -> Result<Python, String> {
    const ASK: &str = "import sys; assert sys.version_info >= (3, 8), 'it is older than Python 3.8'; \
                       print(sys.version_info[1]); print(getattr(sys, '_base_executable', None) or sys.executable)";
    let text = run(env, program, &["-I", "-c", ASK]).await?;
    let (minor, path) = text.split_once('\n').ok_or("it is no Python")?;
    let path = PathBuf::from(path.trim());
    match minor.trim().parse() {
        Ok(minor) if path.is_file() => Ok(Python { path, minor }),
        _ => Err("it is no Python".to_owned()),
    }
}

/// What a program prints; else in a few words why it does not run.
async fn run(env: &Env, program: &Path, args: &[&str]) -> Result<String, String> {
    let child = Child::new(program, env, Tool::Python).args(args).dir(env.cwd());
    let output = match tokio::time::timeout(PATIENCE, child.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(error.causes().last().cloned().unwrap_or_else(|| error.to_string())),
        Err(_) => return Err(format!("it did not answer within {} s", PATIENCE.as_secs())),
    };
    if output.status.success() {
        return Ok(output.stdout_text());
    }
    let said = output.tail(1);
    Err(if said.is_empty() { format!("it ended with {}", output.status) } else { first_line(&output, said) })
}

/// A launcher says first what is wrong, and then what could be done; Python says last what went wrong.
fn first_line(output: &crate::process::Output, last: String) -> String {
    let all = String::from_utf8_lossy(&output.stderr);
    let first = all.lines().map(str::trim).find(|line| !line.is_empty());
    first.filter(|line| !line.starts_with("Traceback")).map_or(last, str::to_owned)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// A program that says what Python would say to [`query`], or fails like a launcher.
    fn program(path: &Path, script: &str) -> PathBuf {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        path.to_owned()
    }

    fn python(path: &Path, minor: u32) -> PathBuf {
        program(path, &format!("printf '{minor}\\n{}\\n'", path.display()))
    }

    const SHIM: &str =
        "echo \"pyenv: version \\`3.13.9' is not installed (set by /x/.python-version)\" >&2; echo more >&2; exit 1";

    #[tokio::test]
    async fn a_launcher_without_an_interpreter_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        let path = format!("{}:{}", at("shims").display(), at("usr").display());
        let env = Env::fake(dir.path(), &[("PATH", &path), ("HOME", dir.path().to_str().unwrap())]);

        program(&at("shims/python3"), SHIM);
        let error = find_python(&env, Some(13)).await.unwrap_err();
        assert!(error.to_string().contains("no Python 3 on this machine runs"), "{error}");
        assert!(error.causes()[0].contains("shims/python3") && error.causes()[0].contains("3.13.9' is not installed"));
        assert!(python_trouble(&env).await.is_some());

        let behind = python(&at("usr/python3"), 11);
        assert_eq!(find_python(&env, Some(13)).await.unwrap(), Python { path: behind.clone(), minor: 11 });
        assert!(python_trouble(&env).await.is_none());
        // The wanted version wins over the first, wherever it is and whatever it is called.
        let newer = python(&at("home/bin/python3"), 13);
        let path = format!("{path}:{}", at("home/bin").display());
        let env = Env::fake(dir.path(), &[("PATH", &path), ("HOME", dir.path().to_str().unwrap())]);
        assert_eq!(find_python(&env, Some(13)).await.unwrap().path, newer);
        assert_eq!(find_python(&env, None).await.unwrap().path, behind, "any will do");
        // Installed by the version manager, whose launcher refuses it in this folder.
        let managed = python(&at(".pyenv/versions/3.12.4/bin/python3.12"), 12);
        assert_eq!(find_python(&env, Some(12)).await.unwrap(), Python { path: managed, minor: 12 });
    }

    #[tokio::test]
    async fn node_says_its_version() {
        let dir = tempfile::tempdir().unwrap();
        let env = Env::fake(dir.path(), &[("PATH", dir.path().to_str().unwrap())]);
        let path = dir.path().join("node");
        program(&path, &format!("printf '20\\n{}\\n'", path.display()));
        assert_eq!(Interpreters::default().node(&env).await.unwrap(), NodeJs { path: path.clone(), major: 20 });
        program(&path, "echo hello");
        assert!(Interpreters::default().node(&env).await.unwrap_err().causes()[0].contains("it is no Node.js"));
    }

    #[tokio::test]
    async fn broken_interpreter_is_reported_in_its_own_words() {
        let dir = tempfile::tempdir().unwrap();
        let env = Env::fake(dir.path(), &[("PATH", "/usr/bin:/bin")]);
        let says = async |script: &str| query(&env, &program(&dir.path().join("python3"), script)).await.unwrap_err();
        assert_eq!(says("exit 3").await, "it ended with exit status: 3");
        assert_eq!(says("echo hello").await, "it is no Python");
        assert_eq!(says("printf '12\\n/does/not/exist\\n'").await, "it is no Python");
        assert_eq!(
            says("echo 'Traceback (most recent call last):' >&2; echo 'AssertionError: old' >&2; exit 1").await,
            "AssertionError: old"
        );
        let none = Env::fake(dir.path(), &[("PATH", dir.path().join("empty").to_str().unwrap())]);
        assert!(find_python(&none, None).await.unwrap_err().to_string().contains("there is no Python 3 on PATH"));
        assert!(python_trouble(&none).await.is_none(), "nobody said that there are Python agents");
    }
}
