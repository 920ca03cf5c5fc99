//! Packages that exist as source only because they are the user's own: folders, source archives, git repositories.
//!
//! Owns: fetching a repository, having the package's build system make a wheel on this machine, and whether that wheel
//! may go to another one. Does not own: packages of an index, which are never built here.
//!
//! Only a wheel without compiled parts, or one that fits the target, is accepted. It is kept in the cache under the
//! commit or the content that it was made from.

use std::path::{Path, PathBuf};

use crate::cache::Cache;
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::platform::Platform;
use crate::process::{self, Child, Tool};
use crate::redact::{ExposeSecret, SecretString};
use crate::trust;

use super::install::{Installation, PythonInstaller};
use super::line::{GitSource, PackageSource, Requirement, expand, normalize, variables};
use super::wheel::WheelName;
use super::{folder, requirements, secrets};

/// Bytes of built wheels that stay in the cache.
const KEPT: u64 = 256 << 20;
/// Builds that read a clock get this one: 1980, the first year that a zip archive can say.
const SOURCE_DATE: &str = "315532800";

/// A wheel on this machine.
#[derive(Clone, Debug)]
pub(super) struct Wheel {
    pub(super) file: PathBuf,
    /// Normalised.
    pub(super) name: String,
    /// Of its content, in hexadecimal.
    pub(super) hash: String,
    /// Made from a folder of this machine, which may change with every edit.
    pub(super) local: bool,
}

impl Installation<'_> {
    /// A wheel for every requirement that is not published as one.
    pub(super) async fn build_all(&self) -> Result<Vec<(Requirement, Wheel)>> {
        let mut built = Vec::new();
        for requirement in &self.inputs.requirements {
            let wheel = match &requirement.what {
                PackageSource::Wheel(file) => Some(read_wheel(file.clone(), false)?),
                PackageSource::Dir(_) | PackageSource::Archive(_) | PackageSource::Git(_) => {
                    Some(self.build(requirement, built.len()).await?)
                }
                PackageSource::Index { .. } | PackageSource::Url(_) | PackageSource::OtherVcs(_) => None,
            };
            built.extend(wheel.map(|wheel| (requirement.clone(), wheel)));
        }
        Ok(built)
    }

    async fn build(&self, requirement: &Requirement, number: usize) -> Result<Wheel> {
        let local = matches!(requirement.what, PackageSource::Dir(_));
        let identity = identity(requirement)?;
        let kept = self.setup.cache.dir("wheels")?;
        // The target's Python version is part of the key, because the code of a build may depend on it.
        let kept = identity.map(|text| kept.join(requirements::hash_text(&format!("{} {text}", self.wanted.python))));
        if let Some(file) = kept.as_deref().and_then(only_wheel) {
            let wheel = read_wheel(file, local)?;
            check_fits(&wheel, &self.wanted.python, &self.wanted.platform)?;
            Cache::mark_used(&wheel.file);
            return Ok(wheel);
        }
        let shown = requirement.shown();
        self.setup.events.detail(super::STEP, format!("build a wheel of `{shown}`"));
        let out = self.dir.join(format!("wheel-{number}"));
        let source = match &requirement.what {
            PackageSource::Git(git) => {
                let clone = self.dir.join(format!("clone-{number}"));
                self.clone(git, &clone, &shown).await?;
                git.subdirectory.as_ref().map_or(clone.clone(), |below| clone.join(below))
            }
            PackageSource::Dir(path) | PackageSource::Archive(path) => path.clone(),
            _ => return Err(Error::failed(format!("`{shown}` is nothing to build"))),
        };
        self.run_build(&source, &out, &shown).await?;
        let file = only_wheel(&out).ok_or_else(|| Error::failed(format!("the build of `{shown}` made no wheel")))?;
        let wheel = read_wheel(file, local)?;
        check_fits(&wheel, &self.wanted.python, &self.wanted.platform)?;
        let Some(kept) = kept else { return Ok(wheel) };
        // Two runs may build the same wheel; either result is valid.
        if std::fs::rename(&out, &kept).is_ok() {
            self.setup.cache.trim("wheels", KEPT);
            let name = wheel.file.file_name().unwrap_or_default();
            return Ok(Wheel { file: kept.join(name), ..wheel });
        }
        Ok(wheel)
    }

    async fn run_build(&self, source: &Path, out: &Path, shown: &str) -> Result<()> {
        let child = match self.installer {
            PythonInstaller::Uv(program) => self.building(program, source, Tool::UvBuild).args([
                "build",
                "--wheel",
                "--no-create-gitignore",
                "--out-dir",
            ]),
            PythonInstaller::Pip(pythons) => {
                let pip = super::install::with_pip(pythons, self.setup.env).await?;
                let child = self.building(&pip.python, source, Tool::PipBuild);
                let child = child.args(["-m", "pip", "wheel", "--no-deps", "--disable-pip-version-check"]);
                super::install::pip_settings(child).arg("--wheel-dir")
            }
        };
        let child = child.arg(out).arg(source).var("SOURCE_DATE_EPOCH", SOURCE_DATE).var("PYTHONHASHSEED", "0");
        // An older uv has no such option, and writes a file that does no harm.
        let said = self.run_installer(&child.dir(source_dir(source))).await;
        let said = match said {
            Err((_, said)) if said.iter().any(|line| line.contains("--no-create-gitignore")) => {
                let PythonInstaller::Uv(program) = self.installer else { return Ok(()) };
                let child = self
                    .building(program, source, Tool::UvBuild)
                    .args(["build", "--wheel", "--out-dir"])
                    .arg(out)
                    .arg(source);
                let child = child.var("SOURCE_DATE_EPOCH", SOURCE_DATE).var("PYTHONHASHSEED", "0");
                self.run_installer(&child.dir(source_dir(source))).await
            }
            said => said,
        };
        said.map_err(|(error, _)| {
            let error = error.context(format!("could not build a wheel of `{shown}` on this machine"));
            other_builders(error.code(Code::PythonBuild))
        })
    }

    /// A run of the package's own code. It gets the logins of the indexes that its build requirements may come from, and
    /// the SSH agent only where one of them does.
    fn building(&self, program: &Path, source: &Path, tool: Tool) -> Child {
        let env = self.setup.env;
        let child = Child::new(program, env, tool);
        let socket = env.var_os("SSH_AUTH_SOCK").filter(|_| builds_over_ssh(source));
        socket.into_iter().fold(child, |child, socket| child.var("SSH_AUTH_SOCK", socket))
    }

    /// A repository at the asked revision, with its history: build systems take versions from tags.
    async fn clone(&self, git: &GitSource, into: &Path, shown: &str) -> Result<()> {
        let env = self.setup.env;
        if let Some(name) = variables(&git.url).find(|name| !trust::may_be_sent(name, &git.url, env)) {
            return Err(super::super::untrusted(&format!("`{shown}`"), name));
        }
        let program = process::find(env, "git").ok_or_else(|| {
            other_builders(
                Error::failed(format!("`{shown}` comes from a git repository, and `git` is not on PATH"))
                    .code(Code::PythonNoGit)
                    .hint("install git"),
            )
        })?;
        let url = expand(&git.url, env);
        let (place, user) = secrets::without_user(&url);
        let over_http = place.starts_with("http");
        // Over SSH the user part is a name that is needed.
        let place = if over_http { place } else { url.clone() };
        let run = |arguments: &[&str]| {
            let child =
                Child::new(&program, env, Tool::Git).args(arguments).var("LC_ALL", "C").var("GIT_TERMINAL_PROMPT", "0");
            let child = quiet_ssh(child, env);
            match user.filter(|_| over_http) {
                Some(user) => with_header(child, env, &place, user),
                None => child,
            }
        };
        let at = into.to_string_lossy().into_owned();
        let mut steps = vec![vec!["clone", "--quiet", "--filter=blob:none", "--no-checkout", place.as_str(), &at]];
        let revision = git.revision.as_deref();
        if let Some(revision) = revision.filter(|revision| revision.starts_with("refs/")) {
            steps.push(vec!["-C", &at, "fetch", "--quiet", "origin", revision]);
        }
        let head = match revision {
            Some(revision) if revision.starts_with("refs/") => "FETCH_HEAD".to_owned(),
            Some(revision) => revision.to_owned(),
            None => "HEAD".to_owned(),
        };
        if head.starts_with('-') || place.starts_with('-') {
            return Err(Error::usage(format!("`{shown}` names a revision that is none")).code(Code::SourceRequirements));
        }
        steps.push(vec!["-C", &at, "checkout", "--quiet", "--detach", &head]);
        steps.push(vec!["-C", &at, "submodule", "--quiet", "update", "--init", "--recursive"]);
        for step in steps {
            let result = self.run_installer(&run(&step)).await;
            let result = match result {
                // A branch is checked out by the name that the clone gave it.
                Err(_) if step.contains(&"checkout") && head != "HEAD" => {
                    let remote = format!("origin/{head}");
                    self.run_installer(&run(&["-C", &at, "checkout", "--quiet", "--detach", &remote])).await
                }
                result => result,
            };
            result.map_err(|(error, _)| {
                let place = secrets::mask_urls(&place);
                error
                    .context(format!("could not fetch `{shown}` from `{place}`"))
                    .code(Code::PythonGit)
                    .hint("git asks nothing here: credentials come from its helpers, an SSH agent, or the address")
            })?;
        }
        Ok(())
    }
}

/// Whether a build requirement of the package comes over SSH.
fn builds_over_ssh(source: &Path) -> bool {
    let read = |name: &str| std::fs::read_to_string(source.join(name)).unwrap_or_default();
    ["pyproject.toml", "setup.cfg", "setup.py"].iter().any(|name| {
        let text = read(name);
        text.contains("ssh://") || text.contains("git@")
    })
}

fn source_dir(source: &Path) -> &Path {
    if source.is_dir() { source } else { source.parent().unwrap_or(source) }
}

/// SSH that fails instead of prompting, unless the user configured its command.
fn quiet_ssh(child: Child, env: &Env) -> Child {
    if env.var("GIT_SSH_COMMAND").is_some() || env.var("GIT_SSH").is_some() {
        return child;
    }
    child.var("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
}

/// Credentials as a header that git reads from its environment: in an address they would be in the arguments of its
/// children, for everyone on the machine to see.
fn with_header(child: Child, env: &Env, place: &str, user: &str) -> Child {
    use base64::Engine as _;
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let plain = SecretString::from(format!("{}:{}", decode(name), decode(password)));
    let basic = base64::engine::general_purpose::STANDARD.encode(plain.expose_secret());
    let host = place.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let count: usize = env.var("GIT_CONFIG_COUNT").and_then(|text| text.parse().ok()).unwrap_or(0);
    child
        .var("GIT_CONFIG_COUNT", (count + 1).to_string())
        .var(format!("GIT_CONFIG_KEY_{count}"), format!("http.{host}/.extraHeader"))
        .var(format!("GIT_CONFIG_VALUE_{count}"), format!("Authorization: Basic {basic}"))
}

/// What a wheel is the only possible result of; `None` when that cannot be told beforehand.
fn identity(requirement: &Requirement) -> Result<Option<String>> {
    Ok(match &requirement.what {
        PackageSource::Git(git) => git.commit().map(|commit| {
            format!("git {} {commit} {:?}", secrets::identity(&secrets::without_user(&git.url).0), git.subdirectory)
        }),
        PackageSource::Dir(dir) => Some(format!("dir {}", folder::fingerprint(dir)?.content)),
        PackageSource::Archive(file) => Some(format!("archive {}", folder::hash_file(file)?)),
        _ => None,
    })
}

fn only_wheel(dir: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(dir).ok()?.flatten().map(|item| item.path());
    files.filter(|file| file.extension().is_some_and(|end| end == "whl")).min()
}

fn read_wheel(file: PathBuf, local: bool) -> Result<Wheel> {
    let file_name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = WheelName::parse(&file_name)
        .map(|wheel| normalize(wheel.name))
        .ok_or_else(|| Error::usage(format!("`{}` does not have the name of a wheel", file.display())))?;
    let hash = folder::hash_file(&file)?.hex();
    Ok(Wheel { name, hash, local, file })
}

/// What was built here must run there.
fn check_fits(wheel: &Wheel, python: &str, platform: &Platform) -> Result<()> {
    let file_name = wheel.file.file_name().unwrap_or_default().to_string_lossy();
    if WheelName::parse(&file_name).is_some_and(|name| name.fits(python, platform, &Platform::host())) {
        return Ok(());
    }
    let name = &wheel.name;
    let error =
        Error::failed(format!("the wheel of `{name}` that was built here does not fit {platform} and Python {python}"))
            .code(Code::ImageNoWheel)
            .cause(format!("it is `{file_name}`: the package has compiled parts, or is for another Python"));
    Err(other_builders(error))
}

/// Builders that run on the target's own kind of machine, so they can compile.
pub(super) fn other_builders(error: Error) -> Error {
    error
        .hint("a container engine can build packages from source: `--builder engine`")
        .hint("so can AWS CodeBuild, without an engine here: `agentcore launch --builder codebuild`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_a_repository_go_into_no_argument() {
        let env = Env::fake(Path::new("/"), &[("GIT_CONFIG_COUNT", "1")]);
        let child = with_header(Child::bare("git"), &env, "https://h.example/o/r", "me:can%40ary");
        let shown = format!("{child:?}");
        assert!(shown.contains("http.https://h.example/.extraHeader") && shown.contains("GIT_CONFIG_VALUE_1"));
        assert!(!shown.contains("can@ary") && shown.contains("bWU6Y2FuQGFyeQ=="));
    }
}
