//! Running npm for another machine: `npm ci` without development dependencies and without scripts.
//!
//! Owns: npm's command line, its input files, and the meaning of its failures. No package's code runs here. npm works
//! in a separate folder with the package.json, the lock and the settings of the project; nothing is written into the
//! project.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::lock::{NodeLock, name_at, npm_platform};
use super::settings::{self, Npmrc};
use super::tree::HIDDEN_LOCK;
use super::{NodeInstaller, NodeRequest, is_local, scripts, specifiers};
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::fsx;
use crate::packages::index_failure::IndexFailure;
use crate::packages::python::secrets::clean;
use crate::packages::{InstallContext, untrusted};
use crate::platform::Platform;
use crate::process::{self, Child, Tool};
use crate::redact::SecretString;
use crate::trust;

/// The first npm that installs for another system, processor and C library (`--os`, `--cpu`, `--libc`).
const FOREIGN: (u64, u64) = (10, 3);

/// The npm of this machine.
#[derive(Clone, Debug)]
pub(crate) struct Npm {
    program: PathBuf,
    env: Env,
}

impl Npm {
    /// # Errors
    /// When it is not on `PATH`.
    pub(crate) fn find(env: &Env) -> Result<Self> {
        let program = process::find(env, "npm").ok_or_else(|| {
            Error::failed("`npm` is not on PATH, so the agent cannot be installed or compiled")
                .hint("install Node.js, which brings npm, or build with a container engine: `--builder engine`")
        })?;
        Ok(Self { program, env: env.clone() })
    }

    /// A run in `dir` that contacts registries, free of what an npm around this program left in the environment.
    fn child(&self, dir: &Path) -> Child {
        self.clean(&self.program, dir, Tool::Npm)
    }

    /// A run of the project's own scripts, which get no logins of registries.
    pub(crate) fn script(&self, dir: &Path) -> Child {
        self.clean(&self.program, dir, Tool::NodeScript)
    }

    /// The same for a command of an installed package.
    ///
    /// # Errors
    /// When `npx`, which comes with npm, is not on `PATH`.
    pub(crate) fn npx(&self, dir: &Path) -> Result<Child> {
        let beside = self.program.with_file_name("npx");
        let program = process::find(&self.env, "npx").or_else(|| beside.is_file().then_some(beside));
        let program = program.ok_or_else(|| Error::failed("`npx`, which comes with npm, is not on PATH"))?;
        Ok(self.clean(&program, dir, Tool::NodeScript))
    }

    fn clean(&self, program: &Path, dir: &Path, tool: Tool) -> Child {
        let inherited = [
            "npm_config_local_prefix",
            "npm_config_global",
            "npm_config_workspace",
            "npm_config_workspaces",
            "npm_config_dry_run",
            "npm_package_json",
        ];
        let child =
            inherited.iter().fold(Child::new(program, &self.env, tool).dir(dir), |child, name| child.without_var(name));
        child.var("npm_config_update_notifier", "false").var("npm_config_progress", "false")
    }

    async fn version(&self, dir: &Path) -> Result<(u64, u64)> {
        let text = self.child(dir).arg("--version").check().await?.stdout_text();
        let mut parts = text.split('.').map(|part| part.parse::<u64>().ok());
        match (parts.next().flatten(), parts.next().flatten()) {
            (Some(major), Some(minor)) => Ok((major, minor)),
            _ => Err(Error::failed(format!("`npm --version` said `{text}`"))),
        }
    }
}

/// Runs an installer and passes its lines on; with an error come all of them.
pub(super) async fn run_installer(
    name: &'static str,
    child: &Child,
    secrets: &[SecretString],
    setup: &InstallContext<'_>,
) -> Result<(), (Error, Vec<String>)> {
    let mut said: Vec<String> = Vec::new();
    let result = child
        .check_lines(|line| {
            let line = clean(line, secrets);
            // Warnings about the Node that runs npm, which is not the one that will run the agent.
            if line.is_empty() || line.contains(" EBADENGINE ") {
                return;
            }
            setup.events.output(name, line.clone());
            if said.len() > 200 {
                said.drain(..100);
            }
            said.push(line);
        })
        .await;
    let Err(error) = result else { return Ok(()) };
    // Its causes quote the installer's output; ours are scrubbed.
    let error = Error::failed(error.message()).cause(said[said.len().saturating_sub(12)..].join("\n"));
    Err((error, said))
}

pub(super) async fn run(request: &NodeRequest, setup: &InstallContext<'_>, workspace: &Path) -> Result<()> {
    let wanted = &request.wanted;
    let npm = Npm::find(setup.env)?;
    let dir = stage(request, workspace)?;
    let target = target(&wanted.platform, npm.version(&dir).await?)?;
    let common = ["--ignore-scripts", "--no-audit", "--no-fund", "--package-lock=true", "--bin-links=true"];
    if !request.is_locked() {
        setup.events.warning(
            "there is no package-lock.json, so npm chooses the newest versions that fit; \
             `npm install --package-lock-only` writes down which",
        );
        let child = with_variables(npm.child(&dir), &dir, NodeInstaller::Npm, setup)?;
        let child = child.args(["install", "--package-lock-only"]).args(common);
        run_installer("npm", &child, &request.secrets, setup)
            .await
            .map_err(|(error, said)| explain(error, &said, &wanted.platform))?;
    }
    let mut child = with_variables(npm.child(&dir), &dir, NodeInstaller::Npm, setup)?;
    child = child.args(["ci", "--omit=dev"]).args(common).args(target);
    if let Some(member) = &wanted.member {
        // What members need is often written down in the workspace's own package.json.
        let member = fsx::relative(member, wanted.dir()).unwrap_or_default();
        child = child.args(["--workspace", &format!("./{member}"), "--include-workspace-root"]);
    }
    run_installer("npm", &child, &request.secrets, setup)
        .await
        .map_err(|(error, said)| explain(error, &said, &wanted.platform))?;
    let hidden = dir.join("node_modules").join(HIDDEN_LOCK);
    // Without a single package npm makes no folder.
    let installed = if hidden.is_file() { Some(NodeLock::read(&hidden)?) } else { None };
    if let Some(installed) = &installed {
        check_platform_packages(request, installed)?;
        lacking_in_lock(installed, &wanted.platform).iter().for_each(|text| setup.events.warning(text.clone()));
        check_installed(&dir, installed, &wanted.platform, setup)?;
    }
    Ok(())
}

/// # Errors
/// A package that does not work without its compiled part, which is not there.
pub(super) fn check_installed(
    dir: &Path,
    installed: &NodeLock,
    platform: &Platform,
    setup: &InstallContext<'_>,
) -> Result<()> {
    scripts::check(dir, installed, platform, setup.events)
}

/// Installs everything into `dir`, which has the source in it: for this machine, with development dependencies and
/// their scripts, so that the source can be compiled. `project` is where the settings are.
///
/// # Errors
/// As [`NodeRequest::install`]'s.
pub(crate) async fn install_all(project: &Path, dir: &Path, locked: bool, setup: &InstallContext<'_>) -> Result<()> {
    let npm = Npm::find(setup.env)?;
    let npmrc = Npmrc::read(project, setup.env)?;
    let verb = if locked { "ci" } else { "install" };
    let child = with_variables(npm.child(dir), dir, NodeInstaller::Npm, setup)?;
    // Scripts do not run while npm has the logins of registries.
    let child = child.args([verb, "--include=dev", "--no-audit", "--no-fund", "--ignore-scripts"]);
    let failure = |(error, said): (Error, Vec<String>)| explain(error, &said, &Platform::host());
    run_installer("npm", &child, &npmrc.secrets, setup).await.map_err(failure)?;
    npm.run_install_scripts(dir, &npmrc, setup).await
}

impl Npm {
    /// Runs what `npm ci` runs when it has installed: the scripts of packages, then those of the project. Nothing is
    /// downloaded, and the scripts get no logins.
    async fn run_install_scripts(&self, dir: &Path, npmrc: &Npmrc, setup: &InstallContext<'_>) -> Result<()> {
        let failure = |(error, said): (Error, Vec<String>)| explain(error, &said, &Platform::host());
        let hidden = dir.join("node_modules").join(HIDDEN_LOCK);
        let installed = if hidden.is_file() { Some(NodeLock::read(&hidden)?) } else { None };
        let (required, optional) = installed.as_ref().map(with_scripts).unwrap_or_default();
        if !required.is_empty() {
            // With names, so that an optional package does not fail with the others; without, links run their own too.
            let names = if optional.is_empty() { &[][..] } else { &required };
            let child = self.script(dir).args(["rebuild", "--no-audit", "--no-fund"]).args(names);
            run_installer("npm", &child, &npmrc.secrets, setup).await.map_err(failure)?;
        }
        for (path, name) in optional {
            let child = self.script(dir).args(["rebuild", "--no-audit", "--no-fund", name.as_str()]);
            if run_installer("npm", &child, &npmrc.secrets, setup).await.is_err() {
                setup.events.warning(format!("the optional package `{name}` could not be built, and is left out"));
                let folder = dir.join(&path);
                fs::remove_dir_all(&folder).with_context(|| format!("could not delete `{}`", folder.display()))?;
            }
        }
        let manifest = super::read_json(&dir.join("package.json"))?;
        for name in own_scripts(&manifest) {
            let child = self.script(dir).args(["run", name]);
            run_installer("npm", &child, &npmrc.secrets, setup).await.map_err(failure)?;
        }
        Ok(())
    }
}

/// Installed packages with something to run: those that are needed, as `name@version`, and the optional ones with where
/// they are. Links count, because npm prepares what they lead to.
fn with_scripts(installed: &NodeLock) -> (Vec<String>, Vec<(String, String)>) {
    let (mut required, mut optional) = (Vec::new(), Vec::new());
    for (path, package) in &installed.packages {
        let link = package.flag("link");
        if !path.contains("node_modules/") || !(link || package.flag("hasInstallScript")) {
            continue;
        }
        let name = name_at(path);
        let name =
            package.text("version").filter(|_| !link).map_or(name.to_owned(), |version| format!("{name}@{version}"));
        if package.flag("optional") || package.flag("devOptional") {
            optional.push((path.clone(), name));
        } else {
            required.push(name);
        }
    }
    required.dedup();
    (required, optional)
}

/// The project's own scripts that belong to an installation, in npm's order. `npm run install` runs what comes before and
/// after it by itself.
fn own_scripts(manifest: &Value) -> Vec<&'static str> {
    let has = |name: &str| script(manifest, name).is_some();
    let of_install: &[&str] = if has("install") { &["install"] } else { &["preinstall", "postinstall"] };
    let of_prepare: &[&str] = if has("prepare") { &["prepare"] } else { &["preprepare", "postprepare"] };
    let all = of_install.iter().chain(&["prepublish"]).chain(of_prepare);
    all.copied().filter(|name| has(name)).collect()
}

/// Gives an installer that runs in `dir` the variables that its settings name, each only where it may be sent.
pub(super) fn with_variables(
    child: Child,
    dir: &Path,
    installer: NodeInstaller,
    setup: &InstallContext<'_>,
) -> Result<Child> {
    let named = settings::variables(dir, installer, setup.env)?;
    if let Some(key) = named.refused {
        return Err(Error::usage(format!(
            "`.npmrc` of the project sets `{key}`, which is not for a project to choose"
        ))
        .code(Code::ConfigUntrusted)
        .cause("it names a program that npm would run with the logins of registries, or a further file of settings")
        .hint("remove the line; `npm config set` writes it to the settings of the user")
        .hint(trust::HINT));
    }
    if let Some(name) = named.withheld.first() {
        let files = if installer == NodeInstaller::Npm { "`.npmrc`" } else { "a file of settings" };
        return Err(untrusted(&format!("{files} of the project"), name));
    }
    Ok(named.given.into_iter().fold(child, |child, (name, value)| child.var(name, value)))
}

/// Flags for the system that will run the packages.
fn target(platform: &Platform, npm: (u64, u64)) -> Result<Vec<String>> {
    if npm < FOREIGN {
        if *platform == Platform::host() {
            return Ok(Vec::new());
        }
        let ((major, minor), (has, had)) = (FOREIGN, npm);
        let message = format!("npm {has}.{had} cannot install for {platform}; npm {major}.{minor} and newer can");
        return Err(Error::failed(message).hint("`npm install --global npm`").hint("or build with `--builder engine`"));
    }
    let (os, cpu) = npm_platform(platform);
    let mut flags = vec![format!("--os={os}"), format!("--cpu={cpu}")];
    if os == "linux" {
        flags.push("--libc=glibc".to_owned());
    }
    Ok(flags)
}

/// Lays out what npm reads, as it lies in the source, and returns the folder that it works in.
fn stage(request: &NodeRequest, workspace: &Path) -> Result<PathBuf> {
    let wanted = &request.wanted;
    let at = |path: &Path| wanted.relative(path).map(|below| workspace.join(below));
    let (from, dir) = (wanted.dir(), at(wanted.dir())?);
    copy(&wanted.package_json, &dir.join("package.json"))?;
    if let Some(lock) = &wanted.lock {
        copy(lock, &dir.join(lock.file_name().unwrap_or_default()))?;
    }
    link_settings(&from.join(".npmrc"), &dir.join(".npmrc"))?;
    let mut own: BTreeSet<PathBuf> = wanted.locals.iter().chain(&wanted.member).cloned().collect();
    let mut copies: BTreeSet<PathBuf> = BTreeSet::new();
    if let Some(lock) = &request.lock {
        own.extend(lock.own().map(|path| fsx::normalize(&from.join(path))));
        copies.extend(lock.copies().map(|path| fsx::normalize(&from.join(path))));
    } else {
        let local = specifiers(&request.manifest).map(|(_, version)| version).filter(|version| is_local(version));
        let paths = local.map(|version| version.strip_prefix("file:").unwrap_or(version));
        copies.extend(paths.map(|path| fsx::normalize(&from.join(path))).filter(|path| path.is_file()));
    }
    for folder in own {
        let manifest = folder.join("package.json");
        // A missing member is reported by npm.
        if manifest.is_file() {
            copy(&manifest, &at(&manifest)?)?;
        }
    }
    for path in copies {
        let target = at(&path)?;
        if path.is_dir() { copy_folder(&path, &target)? } else { copy(&path, &target)? }
    }
    Ok(dir)
}

pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    let what = || format!("could not copy `{}`", from.display());
    fs::create_dir_all(to.parent().unwrap_or(to)).with_context(what)?;
    fs::copy(from, to).with_context(what)?;
    Ok(())
}

/// A package of the project, without what is installed in it.
pub(super) fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    let what = || format!("could not copy `{}`", from.display());
    for item in fs::read_dir(from).with_context(what)? {
        let item = item.with_context(what)?;
        let kind = item.file_type().with_context(what)?;
        let target = to.join(item.file_name());
        if kind.is_file() {
            copy(&item.path(), &target)?;
        } else if kind.is_dir() && !["node_modules", ".git"].iter().any(|name| item.file_name() == *name) {
            copy_folder(&item.path(), &target)?;
        }
    }
    Ok(())
}

/// Settings are passed by path: a token in them is not copied.
pub(crate) fn link_settings(from: &Path, to: &Path) -> Result<()> {
    if !from.is_file() {
        return Ok(());
    }
    #[cfg(unix)]
    return std::os::unix::fs::symlink(from, to).with_context(|| format!("could not link `{}`", from.display()));
    #[cfg(not(unix))]
    copy(from, to)
}

/// npm silently leaves out an optional package that it could not get. For packages with the compiled parts of another
/// one that is only found out when the agent runs.
fn check_platform_packages(request: &NodeRequest, installed: &NodeLock) -> Result<()> {
    let Some(lock) = request.lock.as_ref().filter(|_| request.wanted.member.is_none()) else { return Ok(()) };
    let platform = &request.wanted.platform;
    let left_out = lock
        .needed()
        .filter(|(path, package)| {
            package.is_for_some_platform() && package.fits(platform) && !installed.packages.contains_key(*path)
        })
        .map(|(path, _)| name_at(path));
    let left_out: Vec<String> = left_out.collect();
    if left_out.is_empty() {
        return Ok(());
    }
    Err(Error::failed(format!("npm left out {}, which the lock has for {platform}", scripts::quoted(&left_out)))
        .code(Code::ImageNpmPlatform)
        .cause("they could not be downloaded, or the Node.js that runs npm is too old for them")
        .hint("try again, with a Node.js as new as the agent's")
        .hint("or build with a container engine: `--builder engine`"))
}

/// Packages for the target that the lock does not know. npm writes such locks when it updates one where
/// `node_modules` of another platform is present.
fn lacking_in_lock(installed: &NodeLock, platform: &Platform) -> Vec<String> {
    let (os, cpu) = npm_platform(platform);
    let mut lacking = Vec::new();
    for (path, package) in installed.needed() {
        let resolves = |name: &str| installed.packages.keys().any(|other| name_at(other) == name);
        let for_target = |name: &&str| {
            let words: Vec<&str> = name.split(['-', '/', '_', '@', '.']).collect();
            words.contains(&os) && words.contains(&cpu) && !name.contains("musl")
        };
        let names: Vec<&str> = package.names("optionalDependencies").filter(for_target).collect();
        if !names.is_empty() && !names.iter().any(|name| resolves(name)) {
            lacking.push(format!(
                "the lock lacks `{}`, which `{}` needs on {platform}; write it anew where there is no node_modules: \
                 `rm -r node_modules package-lock.json && npm install --package-lock-only`",
                names[0],
                name_at(path)
            ));
        }
    }
    lacking
}

const AUTHORITIES: &str = "`export NODE_EXTRA_CA_CERTS=FILE`";
const LOGINS: &str =
    "they are taken from the .npmrc of the project and of the user, where `${NAME}` stands for a variable";

/// Adds a hint to npm's message.
fn explain(error: Error, said: &[String], platform: &Platform) -> Error {
    let has = |part: &str| said.iter().any(|line| line.contains(part));
    let error = error.context(format!("could not install the npm packages for {platform}"));
    if has("code EUSAGE") {
        return error
            .code(Code::ImageNpmLock)
            .hint("package.json and its lock say different things; bring the lock up to date: `npm install --package-lock-only`");
    }
    if has("code EBADPLATFORM") {
        return error.code(Code::ImageNpmPlatform).hint(
            "a dependency is for another system and is not optional; move it to `optionalDependencies`, \
             or build with `--builder engine`",
        );
    }
    unanswered(error, said)
}

/// The failure of an installer that is none of its own: the registry's, or one that only its lines explain.
pub(super) fn unanswered(error: Error, said: &[String]) -> Error {
    let Some(failure) = IndexFailure::of(said) else { return error.code(Code::ImageNpm) };
    let explained = failure.explain("npm registry", AUTHORITIES, LOGINS);
    let explained =
        if failure == IndexFailure::Credentials { explained.code(Code::ImageNpmRegistry) } else { explained };
    error.causes().iter().fold(explained, |explained, cause| explained.cause(cause))
}

/// Whether `node_modules` in `dir` holds what the lock says, development dependencies included.
pub(crate) fn in_step_with_lock(dir: &Path, lock: &Path) -> bool {
    let hidden = dir.join("node_modules").join(HIDDEN_LOCK);
    let (Ok(installed), Ok(lock)) = (NodeLock::read(&hidden), NodeLock::read(lock)) else { return false };
    let same = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
    let known = |path: &String, version: Option<&str>, integrity: Option<&str>| {
        lock.packages
            .get(path)
            .is_some_and(|locked| locked.text("version") == version && same(locked.text("integrity"), integrity))
    };
    !lock.packages.is_empty()
        && installed
            .packages
            .iter()
            .all(|(path, package)| known(path, package.text("version"), package.text("integrity")))
        && lock.packages.iter().all(|(path, package)| {
            let optional = package.flag("optional") || package.flag("devOptional") || package.flag("peer");
            path.is_empty() || optional || installed.packages.contains_key(path)
        })
}

/// Members of a package.json that npm runs by itself while it installs the package.
pub(super) const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];

pub(super) fn script<'a>(manifest: &'a Value, name: &str) -> Option<&'a str> {
    manifest.get("scripts")?.get(name)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_npm_installs_only_for_its_own_machine() {
        let foreign: Platform = "plan9/arm64".parse().unwrap();
        assert!(target(&foreign, (10, 2)).unwrap_err().to_string().contains("npm 10.2"));
        assert!(target(&Platform::host(), (6, 14)).unwrap().is_empty());
        let arm: Platform = "linux/arm64".parse().unwrap();
        assert_eq!(target(&arm, (10, 3)).unwrap(), ["--os=linux", "--cpu=arm64", "--libc=glibc"]);
        assert_eq!(target(&"darwin/amd64".parse().unwrap(), (11, 0)).unwrap(), ["--os=darwin", "--cpu=x64"]);
    }

    #[test]
    fn scripts_run_in_npms_order() {
        let manifest = |names: &[&str]| {
            let scripts: serde_json::Map<String, Value> =
                names.iter().map(|name| ((*name).to_owned(), Value::from("x"))).collect();
            serde_json::json!({ "scripts": scripts })
        };
        assert_eq!(
            own_scripts(&manifest(&["prepare", "postinstall", "preinstall"])),
            ["preinstall", "postinstall", "prepare"]
        );
        assert_eq!(own_scripts(&manifest(&["install", "preinstall", "build"])), ["install"]);
        assert!(own_scripts(&Value::Null).is_empty());
        let lock = lock(
            r#"{"packages":{"":{"hasInstallScript":true},"node_modules/a":{"version":"1","hasInstallScript":true},
            "node_modules/o":{"version":"2","hasInstallScript":true,"optional":true},"node_modules/p":{"version":"3"},
            "node_modules/w":{"link":true,"resolved":"packages/w"},"packages/w":{"version":"1"}}}"#,
        );
        let (required, optional) = with_scripts(&lock);
        assert_eq!(required, ["a@1", "w"]);
        assert_eq!(optional, [("node_modules/o".to_owned(), "o@2".to_owned())]);
    }

    fn lock(text: &str) -> NodeLock {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("lock"), text).unwrap();
        NodeLock::read(&dir.path().join("lock")).unwrap()
    }

    #[test]
    fn a_lock_without_the_targets_packages_is_noticed() {
        let with = |more: &str| {
            lock(&format!(
                r#"{{"packages":{{"node_modules/esbuild":{{"version":"1","optionalDependencies":{{"@esbuild/darwin-arm64":"1","@esbuild/linux-arm64":"1"}}}}{more}}}}}"#
            ))
        };
        let platform: Platform = "linux/arm64".parse().unwrap();
        let lacking = lacking_in_lock(&with(""), &platform);
        assert!(lacking.len() == 1 && lacking[0].contains("@esbuild/linux-arm64"), "{lacking:?}");
        assert!(
            lacking_in_lock(&with(r#","node_modules/@esbuild/linux-arm64":{"version":"1"}"#), &platform).is_empty()
        );
    }

    #[test]
    fn installed_modules_are_reused_when_matching_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("node_modules")).unwrap();
        let write = |name: &str, packages: &str| {
            fs::write(dir.path().join(name), format!(r#"{{"lockfileVersion":3,"packages":{{{packages}}}}}"#)).unwrap();
        };
        let lock = dir.path().join("package-lock.json");
        let all = r#""":{},"node_modules/a":{"version":"1"},"node_modules/o":{"version":"1","optional":true}"#;
        write("package-lock.json", all);
        assert!(!in_step_with_lock(dir.path(), &lock), "nothing is installed");
        write("node_modules/.package-lock.json", r#""node_modules/a":{"version":"1"}"#);
        assert!(in_step_with_lock(dir.path(), &lock));
        write("node_modules/.package-lock.json", r#""node_modules/a":{"version":"2"}"#);
        assert!(!in_step_with_lock(dir.path(), &lock));
        write(
            "node_modules/.package-lock.json",
            r#""node_modules/a":{"version":"1"},"node_modules/x":{"version":"1"}"#,
        );
        assert!(!in_step_with_lock(dir.path(), &lock));
        write("node_modules/.package-lock.json", "");
        assert!(!in_step_with_lock(dir.path(), &lock));
    }
}
