//! Running uv or pip for another machine: wheels only, for a given platform and Python.
//!
//! Owns: their command lines. Does not own: what their failures mean (`conflict`). No package of an index runs code
//! here, because nothing of it is built from source; the user's own source packages come as wheels from `build`. pip
//! decides on environment markers (`python_version < "3.13"`, `platform_machine == "x86_64"`) by the Python it runs in;
//! it is given the target's instead, so that it installs what the target needs.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::platform::Platform;
use crate::process::{self, Child, Tool};
use crate::redact::ExposeSecret;

use super::super::InstallContext;
use super::build::Wheel;
use super::line::Requirement;
use super::requirements::Inputs;
use super::secrets::{self, Sealer};
use super::{PythonDependencies, conflict, metadata};

/// The newest C library that wheels may need: older than that of Debian 12 and of Amazon Linux 2023.
const GLIBC: u32 = 34;

/// Runs pip with the markers of the target. Arguments: Python version, processor (empty: leave the system alone), and
/// pip's own.
const PIP: &str = r#"
import os, sys
sys.path[:] = [path for path in sys.path if path not in ("", os.getcwd())]
python, machine = sys.argv[1:3]
sys.argv[:] = ["pip"] + sys.argv[3:]
try:
    from pip._vendor.packaging import markers
    own = markers.default_environment
    def target():
        found = dict(own())
        if found["python_version"] != python:
            full = python + ".0"
            found.update(python_version=python, python_full_version=full, implementation_version=full)
        if machine:
            found.update(os_name="posix", sys_platform="linux", platform_system="Linux", platform_machine=machine,
                         platform_python_implementation="CPython", implementation_name="cpython")
        return found
    target()
    markers.default_environment = target
except Exception:
    print("warning: this pip decides on environment markers by this machine's Python", file=sys.stderr)
import runpy
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"#;

/// The installer and its program.
#[derive(Clone, Debug)]
pub(super) enum PythonInstaller {
    Uv(PathBuf),
    /// Pythons to try, the target's version first. Not every one has pip, and not every one runs: version managers put
    /// scripts on `PATH` for versions that are not active.
    Pip(Vec<PathBuf>),
}

/// Everything about one installation that does not change between its steps.
pub(super) struct Installation<'a> {
    pub(super) installer: &'a PythonInstaller,
    pub(super) wanted: &'a PythonDependencies,
    pub(super) inputs: &'a Inputs,
    pub(super) setup: &'a InstallContext<'a>,
    /// A directory of this installation only.
    pub(super) dir: &'a Path,
}

/// The result of an installation.
pub(super) struct InstallResult {
    /// To be laid over each other, the first on top.
    pub(super) roots: Vec<PathBuf>,
    /// Normalised names of the packages that are folders of this machine.
    pub(super) local: BTreeSet<String>,
    /// Files that the installer says it took: package, file name, SHA-256.
    pub(super) files: Vec<(String, String, String)>,
}

/// One invocation of the installer.
pub(super) struct InstallStep<'a> {
    pub(super) target: PathBuf,
    pub(super) options: &'a [String],
    pub(super) lines: &'a [String],
    pub(super) constraints: &'a [String],
    /// The lines are everything; nothing that they need in turn is looked for.
    pub(super) complete: bool,
}

impl PythonInstaller {
    /// uv when it is on `PATH`, else pip.
    pub(super) fn find(env: &Env, python: &str) -> Result<Self> {
        let pythons: Vec<PathBuf> = [&format!("python{python}"), "python3", "python"]
            .iter()
            .filter_map(|name| process::find(env, name))
            .collect();
        if let Some(program) = process::find(env, "uv") {
            return Ok(Self::Uv(program));
        }
        if pythons.is_empty() {
            return Err(Error::failed(
                "neither `uv` nor `python3` is on PATH, so Python dependencies cannot be installed",
            )
            .hint("install uv or Python 3, or build with a container engine: `--builder engine`"));
        }
        Ok(Self::Pip(pythons))
    }

    pub(super) fn is_uv(&self) -> bool {
        matches!(self, Self::Uv(_))
    }

    pub(super) fn name(&self) -> &'static str {
        if self.is_uv() { "uv" } else { "pip" }
    }
}

impl Installation<'_> {
    /// Installs everything and returns the directories, to be laid over each other, the first on top.
    pub(super) async fn run(&self) -> Result<InstallResult> {
        let inputs = self.inputs;
        let wheels = self.build_all().await?;
        let mut done = InstallResult { roots: Vec::new(), local: local_names(&wheels), files: Vec::new() };
        let lines = self.lines(&wheels);
        // A lock is complete: nothing that its packages need in turn is looked for.
        let constraints = if inputs.complete { &[][..] } else { &inputs.constraints };
        let (target, options) = (self.dir.join("site"), &inputs.options[..]);
        let step = InstallStep { target, options, lines: &lines, constraints, complete: inputs.complete };
        self.install(&step, &mut done).await?;
        Ok(done)
    }

    /// Installs the packages that are folders of this machine, without what they need in turn.
    pub(super) async fn run_local(&self) -> Result<InstallResult> {
        let mut wheels = self.build_all().await?;
        wheels.retain(|(_, wheel)| wheel.local);
        let mut done = InstallResult { roots: Vec::new(), local: local_names(&wheels), files: Vec::new() };
        let lines: Vec<String> =
            wheels.iter().map(|(line, wheel)| line.as_line(&wheel.name, &wheel.file, None)).collect();
        let target = self.dir.join("local");
        let step = InstallStep { target, options: &[], lines: &lines, constraints: &[], complete: true };
        self.install(&step, &mut done).await?;
        Ok(done)
    }

    /// The project's requirements as the installer gets them, with a wheel in the place of what was built.
    fn lines(&self, wheels: &[(Requirement, Wheel)]) -> Vec<String> {
        let lines = self.inputs.requirements.iter().map(|requirement| {
            let built = wheels.iter().find(|(of, _)| of == requirement);
            built.map_or_else(
                || requirement.text.clone(),
                |(_, wheel)| {
                    let hash = self.inputs.hashed.then_some(wheel.hash.as_str());
                    requirement.as_line(&wheel.name, &wheel.file, hash)
                },
            )
        });
        lines.collect()
    }

    pub(super) async fn install(&self, step: &InstallStep<'_>, done: &mut InstallResult) -> Result<()> {
        done.roots.push(step.target.clone());
        if step.lines.is_empty() && !self.inputs.elsewhere() {
            return std::fs::create_dir_all(&step.target).context("could not create a directory");
        }
        let mut sealer = Sealer::new();
        let mut arguments: Vec<OsString> = Vec::new();
        // Requirements come from a file: as arguments they would be visible to everyone on the machine. Credentials
        // are not even in the file.
        let lines = step.options.iter().chain(step.lines).cloned().collect::<Vec<_>>();
        for (option, ending, lines) in [("-c", "constraints", step.constraints), ("-r", "requirements", &lines)] {
            if !lines.is_empty() {
                // The installers fill in what these files name, and they come with a checkout.
                let sealed = lines.iter().map(|line| sealer.seal(line, self.setup.env)).collect::<Result<Vec<_>, _>>();
                let sealed = sealed.map_err(|name| super::super::untrusted("a requirement", &name))?;
                arguments.extend([option.into(), write_lines(&step.target.with_extension(ending), &sealed)?.into()]);
            }
        }
        if step.complete {
            arguments.push("--no-deps".into());
        }
        let report = step.target.with_extension("report");
        let mut child = match self.installer {
            PythonInstaller::Uv(program) => {
                let several =
                    step.options.iter().any(|option| option.contains("-index-url") || option.contains("--find-links"));
                // Each file has a hash, so it does not matter which index it comes from.
                if step.complete
                    && several
                    && step.lines.iter().all(|line| line.contains("--hash=") || line.contains(" @ "))
                {
                    arguments.extend(["--index-strategy".into(), "unsafe-best-match".into()]);
                }
                uv(program, self.wanted, &step.target, self.setup.env)?
            }
            PythonInstaller::Pip(pythons) => {
                let pip = with_pip(pythons, self.setup.env).await?;
                if pip.reports {
                    arguments.extend(["--report".into(), report.clone().into()]);
                }
                self::pip(&pip.python, self.wanted, &step.target, self.setup.env)?
            }
        };
        for (name, value) in sealer.variables() {
            child = child.var(name, value.expose_secret());
        }
        if let Err((error, mut said)) = self.run_installer(&child.args(&arguments).dir(&self.inputs.dir)).await {
            let absent = self.is_nowhere(&mut said, step).await;
            return Err(conflict::explain(error, &said, self.wanted, absent));
        }
        done.files.extend(metadata::reported(&report));
        Ok(())
    }

    /// Whether the index does not have what pip did not find, for any machine. Not asked where the requirements name other
    /// indexes: their addresses can hold credentials, which are no arguments.
    ///
    /// Of an index that refused or failed, pip tells only who asks for details; these come to `said`.
    async fn is_nowhere(&self, said: &mut Vec<String>, step: &InstallStep<'_>) -> bool {
        let PythonInstaller::Pip(pythons) = self.installer else { return false };
        let elsewhere = step.options.iter().any(|option| option.contains("index") || option.contains("find-links"));
        let Some((name, fits)) = conflict::not_found(said).filter(|_| !elsewhere && !self.inputs.elsewhere()) else {
            return false;
        };
        let Ok(pip) = with_pip(pythons, self.setup.env).await else { return false };
        let child = Child::new(&pip.python, self.setup.env, Tool::Python)
            .args([
                "-m",
                "pip",
                "index",
                "versions",
                "-vv",
                "--pre",
                "--ignore-requires-python",
                "--disable-pip-version-check",
            ])
            .arg(&name)
            .dir(&self.inputs.dir);
        let Ok(output) = pip_settings(child).output().await else { return false };
        let text = output.stdout_text();
        if !output.status.success() {
            let told = format!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
            let unanswered = told.lines().filter(|line| line.contains("Could not fetch URL"));
            said.extend(unanswered.map(|line| secrets::clean(line.trim(), &self.inputs.secrets)));
            return told.contains("No matching distribution found");
        }
        let versions = text.lines().find_map(|line| line.strip_prefix("Available versions:"));
        versions.is_some_and(|versions| !versions.split(',').any(fits))
    }

    /// Runs a child and passes its scrubbed lines on; with an error come the last of them.
    pub(super) async fn run_installer(&self, child: &Child) -> Result<(), (Error, Vec<String>)> {
        let known = &self.inputs.secrets;
        let (mut said, mut packages): (Vec<String>, u64) = (Vec::new(), 0);
        let result = child
            .check_lines(|line| {
                let line = secrets::clean(line, known);
                if line.is_empty() {
                    return;
                }
                // pip's word for the first look at a package; uv is done before it says anything.
                if line.starts_with("Collecting ") {
                    packages += 1;
                    self.setup.events.count(super::STEP, packages, "packages");
                }
                self.setup.events.output(self.installer.name(), line.clone());
                if said.len() > 200 {
                    said.drain(..100);
                }
                said.push(line);
            })
            .await;
        let Err(error) = result else { return Ok(()) };
        // Its causes quote the child as it was; ours are scrubbed.
        let mut safe = Error::failed(error.message());
        if said.is_empty() {
            for cause in error.causes() {
                safe = safe.cause(secrets::clean(cause, known));
            }
        }
        Err((safe.cause(said[said.len().saturating_sub(12)..].join("\n")), said))
    }
}

fn local_names(wheels: &[(Requirement, Wheel)]) -> BTreeSet<String> {
    wheels.iter().filter(|(_, wheel)| wheel.local).map(|(_, wheel)| wheel.name.clone()).collect()
}

fn write_lines(file: &Path, lines: &[String]) -> Result<PathBuf> {
    std::fs::write(file, lines.join("\n")).with_context(|| format!("could not write `{}`", file.display()))?;
    Ok(file.to_owned())
}

/// A Python with pip.
pub(super) struct Pip {
    pub(super) python: PathBuf,
    /// It can say what it installed (since 22.2).
    pub(super) reports: bool,
}

/// The first Python that runs and has pip.
pub(super) async fn with_pip(pythons: &[PathBuf], env: &Env) -> Result<Pip> {
    let script = "import pip; print(*pip.__version__.split('.')[:2])";
    for python in pythons {
        // From the root, so that nothing in the project is taken for pip.
        let child = Child::new(python, env, Tool::Python).args(["-c", script]).dir("/");
        let Ok(output) = child.output().await else { continue };
        if output.status.success() {
            let text = output.stdout_text();
            let mut numbers = text.split(' ').map(|part| part.parse().unwrap_or(0_u32));
            let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
            return Ok(Pip { python: python.clone(), reports: version >= (22, 2) });
        }
    }
    Err(Error::failed("no Python on PATH has pip, and uv is not there either, so dependencies cannot be installed")
        .hint("install uv, or pip (Debian and Ubuntu: `apt install python3-pip`; elsewhere: `python3 -m ensurepip`)")
        .hint("or build with a container engine: `--builder engine`"))
}

fn uv(program: &Path, wanted: &PythonDependencies, target: &Path, env: &Env) -> Result<Child> {
    let mut child = Child::new(program, env, Tool::Python)
        .args(["pip", "install", "--no-build", "--no-progress", "--python-version", &wanted.python])
        .arg("--target")
        .arg(target);
    if let Some(machine) = machine(&wanted.platform)? {
        child = child.args(["--python-platform".to_owned(), format!("{machine}-manylinux_2_{GLIBC}")]);
    }
    Ok(child)
}

fn pip(python: &Path, wanted: &PythonDependencies, target: &Path, env: &Env) -> Result<Child> {
    let machine = machine(&wanted.platform)?;
    let digits = wanted.python.replace('.', "");
    let mut child = Child::new(python, env, Tool::Python)
        .args(["-c", PIP, &wanted.python, machine.unwrap_or_default()])
        .args([
            "install",
            "--only-binary=:all:",
            "--no-compile",
            // It would compare with the packages of this machine, which are not in the image.
            "--no-warn-conflicts",
            "--disable-pip-version-check",
            "--implementation",
            "cp",
        ])
        .args(["--python-version", &wanted.python, "--abi", &format!("cp{digits}"), "--abi", "abi3", "--abi", "none"])
        .arg("--target")
        .arg(target);
    for tag in machine.map(platform_tags).unwrap_or_default() {
        child = child.args(["--platform".to_owned(), tag]);
    }
    Ok(pip_settings(child))
}

/// Settings of the user that would contradict an installation into a directory, or ask questions.
pub(super) fn pip_settings(child: Child) -> Child {
    let settings = [
        ("PIP_USER", "0"),
        ("PIP_REQUIRE_VIRTUALENV", "0"),
        ("PIP_NO_INPUT", "1"),
        ("PIP_PROGRESS_BAR", "off"),
        ("PIP_ROOT_USER_ACTION", "ignore"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONUTF8", "1"),
    ];
    settings.iter().fold(child, |child, (name, value)| child.var(name, value))
}

/// The processor's name in wheels; `None` when the installer's own choice is right, because the target is this
/// machine and not Linux.
fn machine(platform: &Platform) -> Result<Option<&'static str>> {
    match (platform.os.as_str(), platform.architecture.as_str()) {
        ("linux", "arm64") => Ok(Some("aarch64")),
        ("linux", "amd64") => Ok(Some("x86_64")),
        _ if *platform == Platform::host() => Ok(None),
        _ => Err(Error::usage(format!("Python dependencies cannot be installed for {platform}"))
            .hint("choose `linux/arm64` or `linux/amd64` with `--platform`, or build with a container engine")),
    }
}

/// Every tag of a wheel for glibc up to [`GLIBC`], the newest first because pip prefers the first.
fn platform_tags(machine: &str) -> Vec<String> {
    let oldest = if machine == "x86_64" { 5 } else { 17 };
    let mut tags: Vec<String> = (oldest..=GLIBC).rev().map(|minor| format!("manylinux_2_{minor}_{machine}")).collect();
    let legacy: &[&str] = if machine == "x86_64" { &["2014", "2010", "1"] } else { &["2014"] };
    tags.extend(legacy.iter().map(|year| format!("manylinux{year}_{machine}")));
    tags.push(format!("linux_{machine}"));
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_wheels_are_preferred_and_older_ones_accepted() {
        let tags = platform_tags("aarch64");
        assert_eq!(tags.first().map(String::as_str), Some("manylinux_2_34_aarch64"));
        assert!(["manylinux_2_17_aarch64", "manylinux2014_aarch64"].iter().all(|tag| tags.iter().any(|t| t == tag)));
        assert!(platform_tags("x86_64").contains(&"manylinux1_x86_64".to_owned()));
    }

    #[test]
    fn platforms_without_portable_wheels_are_refused() {
        assert_eq!(machine(&Platform::arm64()).unwrap(), Some("aarch64"));
        assert!(machine(&"linux/s390x".parse().unwrap()).is_err());
        assert!(machine(&"windows/arm64".parse().unwrap()).is_err());
    }
}
