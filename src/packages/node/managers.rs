//! Running pnpm or yarn for another machine, with the result converted to npm's layout.
//!
//! Owns: their command lines, and npm's list of installed packages, which they do not write. Does not own: npm,
//! compiling. No package's code runs here.
//!
//! pnpm installs for another system by itself. Yarn 1 cannot: it installs for all of them, and packages for other
//! systems are removed. Packages lie in plain folders (`node-linker=hoisted`), because links into a store mean nothing
//! elsewhere.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::install::{
    INSTALL_SCRIPTS, check_installed, copy, link_settings, run_installer, script, unanswered, with_variables,
};
use super::lock::{LockEntry, NodeLock, name_at, npm_platform};
use super::settings::{self, Npmrc};
use super::tree::HIDDEN_LOCK;
use super::{NodeInstaller, NodeRequest, read_json, specifiers};
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::fsx;
use crate::packages::InstallContext;
use crate::packages::python::secrets::mask_urls;
use crate::platform::Platform;
use crate::process::{self, Child, Tool, surroundings};
use crate::trust;

/// A launcher of Corepack fetches the program first, and hangs without a network.
const PATIENCE: Duration = Duration::from_secs(60);
/// The first pnpm that takes the target machine by flags; older ones read it from package.json.
const FLAGS: (u64, u64) = (10, 14);
/// Files beside the lock that decide on an installation.
const SETTINGS: [&str; 2] = ["pnpm-workspace.yaml", ".yarnrc"];
/// Code of the project's that pnpm runs while it installs, with the logins of registries around it.
const HOOKS: [&str; 2] = [".pnpmfile.cjs", ".pnpmfile.mjs"];
/// Settings of pnpm that name such code, or packages with it.
const HOOK_SETTINGS: [&str; 5] =
    ["configDependencies", "global-pnpmfile", "globalPnpmfile", "pnpmfile", "config-dependencies"];
/// What keeps an installer from becoming another program that the project names: yarn's `yarnPath`, the version of pnpm in
/// `packageManager` and the settings of Corepack that a project may bring.
const OWN_PROGRAM: [(&str, &str); 4] = [
    ("COREPACK_ENV_FILE", "0"),
    ("YARN_IGNORE_PATH", "1"),
    ("npm_config_manage_package_manager_versions", "false"),
    ("pnpm_config_manage_package_manager_versions", "false"),
];

impl NodeInstaller {
    /// The name of its program.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::Yarn => "yarn",
        }
    }

    /// Whether its program is on `PATH`.
    pub(crate) fn is_present(self, env: &Env) -> bool {
        process::find(env, self.name()).is_some()
    }

    /// A run in `dir` that contacts a registry. No code of the project or its packages runs in it.
    fn child(self, env: &Env, dir: &Path) -> Result<Child> {
        self.run_as(Tool::Npm, env, dir)
    }

    /// A run of scripts in `dir`, those of the project and those of packages: it gets no logins of registries. Where
    /// settings name a variable it is empty, because yarn does nothing at all where one is not set.
    ///
    /// # Errors
    /// When the program is not on `PATH`; settings that cannot be read.
    pub(crate) fn script(self, env: &Env, dir: &Path) -> Result<Child> {
        let child = self.run_as(Tool::NodeScript, env, dir)?;
        let seen: BTreeSet<OsString> =
            surroundings(env, Tool::NodeScript, &[]).into_iter().map(|(name, _)| name).collect();
        let unseen = settings::names(dir, env)?.into_iter().filter(|name| !seen.contains(OsStr::new(name)));
        Ok(unseen.fold(child, |child, name| child.var(name, "")))
    }

    fn run_as(self, tool: Tool, env: &Env, dir: &Path) -> Result<Child> {
        let name = self.name();
        let program = process::find(env, name).ok_or_else(|| {
            Error::failed(format!("`{name}` is not on PATH, and the project's lock is {name}'s"))
                .hint(format!("install {name}: `npm install --global {name}`"))
        })?;
        let child =
            Child::new(program, env, tool).dir(dir).var("COREPACK_ENABLE_DOWNLOAD_PROMPT", "0").var("CI", "true");
        Ok(OWN_PROGRAM.iter().fold(child, |child, (name, value)| child.var(name, value)))
    }
}

/// Whether the package has others of the same project among its dependencies, which are in no registry.
///
/// # Errors
/// A package.json that cannot be read.
pub(crate) fn has_own_packages(package_json: &Path) -> Result<bool> {
    let manifest = read_json(package_json)?;
    let own =
        |version: &str| ["file:", "link:", "portal:", "workspace:", ".", "/"].iter().any(|at| version.starts_with(at));
    let development = manifest.get("devDependencies").and_then(Value::as_object).into_iter().flatten();
    let mut development = development.filter_map(|(_, version)| version.as_str());
    Ok(manifest.get("workspaces").is_some()
        || specifiers(&manifest).any(|(_, version)| own(version))
        || development.any(own))
}

/// Code of the project that would run as a part of the installer; `None` where nothing does.
///
/// # Errors
/// Files that cannot be read.
pub(crate) fn code_of_installer(installer: NodeInstaller, package_json: &Path) -> Result<Option<String>> {
    let beside = |name: &str| package_json.with_file_name(name);
    let text = |name: &str| Ok::<_, Error>(fsx::read_text(&beside(name))?.unwrap_or_default());
    let runs = |what: &str| Ok(Some(format!("`{what}` is code that runs in {} itself", installer.name())));
    if installer == NodeInstaller::Yarn {
        for name in [".yarnrc", ".yarnrc.yml"] {
            let text = text(name)?;
            if text.contains("yarn-path") || text.contains("yarnPath") {
                return runs(name);
            }
        }
        // Yarn builds them while it installs, even with scripts disabled.
        let lock = text("yarn.lock")?;
        let resolved = lock.lines().filter_map(|line| line.trim_start().strip_prefix("resolved \""));
        let from_git = |url: &str| url.starts_with("git") || url.starts_with("ssh:") || url.contains(".git#");
        let git = resolved.map(|url| url.trim_end_matches('"')).find(|url| from_git(url));
        return Ok(git.map(|url| format!("yarn runs scripts of `{}` while it installs", mask_urls(url))));
    }
    if let Some(hook) = HOOKS.into_iter().find(|name| beside(name).is_file()) {
        return runs(hook);
    }
    let manifest = read_json(package_json)?;
    let own = manifest.get("pnpm").and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str());
    let texts = [text(".npmrc")?, text("pnpm-workspace.yaml")?].map(|text| trust::without_escapes(&text));
    let keys = texts.iter().flat_map(|text| text.split(['\n', '\r', '{', ',']));
    let keys = keys.filter_map(|part| part.split_once([':', '=']).map(|(key, _)| key.trim().trim_matches(['"', '\''])));
    let found = keys.chain(own).find(|key| HOOK_SETTINGS.contains(&key.trim_end_matches("[]").trim()));
    Ok(found.map(|key| format!("`{key}` names code that runs in pnpm itself")))
}

/// Installs for the target into `workspace`, laid out as npm would.
pub(super) async fn run(request: &NodeRequest, setup: &InstallContext<'_>, workspace: &Path) -> Result<()> {
    let wanted = &request.wanted;
    let dir = workspace.join(wanted.relative(wanted.dir())?);
    stage(request, &dir)?;
    let version = version(wanted.installer, &dir, setup.env).await?;
    let child = with_variables(wanted.installer.child(setup.env, &dir)?, &dir, wanted.installer, setup)?;
    let child = child.args(arguments(wanted.installer, version, &dir, &wanted.platform)?);
    run_installer(wanted.installer.name(), &child, &request.secrets, setup)
        .await
        .map_err(|(error, said)| explain(error, &said, wanted.installer, &wanted.platform))?;
    let modules = dir.join("node_modules");
    if !modules.is_dir() {
        return Ok(());
    }
    let (platform, manifest) = (wanted.platform.clone(), request.manifest.clone());
    let work = move || tidy(&modules, &manifest, &platform);
    tokio::task::spawn_blocking(work).await.context("the thread that read node_modules stopped")??;
    check_installed(&dir, &NodeLock::read(&dir.join("node_modules").join(HIDDEN_LOCK))?, &wanted.platform, setup)
}

/// Installs everything into `dir`, which has the source in it, for this machine, and then runs the scripts of packages and
/// those of the project, which get no logins of registries.
///
/// # Errors
/// As [`NodeRequest::install`]'s.
pub(crate) async fn install_for_development(
    installer: NodeInstaller,
    project: &Path,
    dir: &Path,
    setup: &InstallContext<'_>,
) -> Result<()> {
    let npmrc = Npmrc::read(project, setup.env)?;
    version(installer, dir, setup.env).await?;
    let install = with_variables(installer.child(setup.env, dir)?, dir, installer, setup)?;
    let scripts = installer.script(setup.env, dir)?;
    // In CI both leave development dependencies in only where they are asked for.
    let yarns = ["install", "--frozen-lockfile", "--production=false", "--non-interactive", "--no-progress"];
    let (install, scripts) = match installer {
        NodeInstaller::Pnpm => (
            install
                .args(["install", "--frozen-lockfile", "--prod=false", "--reporter=append-only"])
                .args(["--ignore-scripts", "--ignore-pnpmfile"])
                // Commands would name the folder of this installation, which is kept for others.
                .arg("--config.extend-node-path=false"),
            scripts.args(["rebuild", "--reporter=append-only"]),
        ),
        // Yarn runs scripts only while it installs; everything is in its cache by then.
        _ => (install.args(yarns).arg("--ignore-scripts"), scripts.args(yarns).args(["--offline", "--force"])),
    };
    for child in [install, scripts] {
        run_installer(installer.name(), &child, &npmrc.secrets, setup)
            .await
            .map_err(|(error, said)| explain(error, &said, installer, &Platform::host()))?;
    }
    Ok(())
}

/// Lays out what the program reads.
fn stage(request: &NodeRequest, dir: &Path) -> Result<()> {
    let wanted = &request.wanted;
    let from = wanted.dir();
    copy(&wanted.package_json, &dir.join("package.json"))?;
    link_settings(&from.join(".yarnrc"), &dir.join(".yarnrc"))?;
    // pnpm may write into this one.
    let settings = from.join("pnpm-workspace.yaml");
    for file in wanted.lock.iter().chain([&settings]).filter(|file| file.is_file()) {
        copy(file, &dir.join(file.file_name().unwrap_or_default()))?;
    }
    if from.join("patches").is_dir() {
        super::install::copy_folder(&from.join("patches"), &dir.join("patches"))?;
    }
    link_settings(&from.join(".npmrc"), &dir.join(".npmrc"))
}

async fn version(installer: NodeInstaller, dir: &Path, env: &Env) -> Result<(u64, u64)> {
    let name = installer.name();
    let child = installer.script(env, dir)?.arg("--version");
    let output = match tokio::time::timeout(PATIENCE, child.output()).await {
        Ok(output) => output?,
        Err(_) => {
            return Err(Error::failed(format!("`{name} --version` did not answer within {} s", PATIENCE.as_secs()))
                .cause("a launcher of Corepack's fetches the program when it is called")
                .hint(format!("install the program itself: `npm install --global {name}`")));
        }
    };
    let text = output.stdout_text();
    let mut parts = text.trim().split('.').map(|part| part.parse::<u64>().ok());
    match (output.status.success(), parts.next().flatten(), parts.next().flatten()) {
        (true, Some(major), Some(minor)) => Ok((major, minor)),
        _ => Err(Error::failed(format!("`{name} --version` failed ({})", output.status))
            .cause(output.tail(6))
            .hint(format!("install the program itself: `npm install --global {name}`"))),
    }
}

fn arguments(installer: NodeInstaller, version: (u64, u64), dir: &Path, platform: &Platform) -> Result<Vec<String>> {
    let (os, cpu) = npm_platform(platform);
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    if installer == NodeInstaller::Yarn {
        if version.0 != 1 {
            return Err(Error::usage(format!(
                "the lock is of yarn 1, and the yarn on PATH is {}.{}",
                version.0, version.1
            ))
            .code(Code::ImageYarn)
            .hint("put yarn 1 on PATH: `npm install --global yarn`"));
        }
        return Ok(owned(&[
            "install",
            "--frozen-lockfile",
            "--production=true",
            "--ignore-scripts",
            "--ignore-platform",
            "--ignore-engines",
            "--non-interactive",
            "--no-progress",
        ]));
    }
    let mut words = owned(&[
        "install",
        "--frozen-lockfile",
        "--prod",
        "--ignore-scripts",
        "--ignore-pnpmfile",
        "--config.node-linker=hoisted",
        "--config.prefer-symlinked-executables=true",
        "--config.engine-strict=false",
        "--reporter=append-only",
    ]);
    if !dir.join("pnpm-workspace.yaml").is_file() {
        words.push("--ignore-workspace".to_owned());
    }
    if version >= FLAGS {
        words.extend([format!("--os={os}"), format!("--cpu={cpu}"), "--libc=glibc".to_owned()]);
        return Ok(words);
    }
    let file = dir.join("package.json");
    let mut manifest = read_json(&file)?;
    if let Some(own) = manifest.as_object_mut() {
        let pnpm = own.entry("pnpm").or_insert_with(|| json!({}));
        if let Some(pnpm) = pnpm.as_object_mut() {
            let machine = json!({ "os": [os], "cpu": [cpu], "libc": ["glibc"] });
            pnpm.insert("supportedArchitectures".to_owned(), machine);
        }
    }
    fs::write(&file, manifest.to_string()).with_context(|| format!("could not write `{}`", file.display()))?;
    Ok(words)
}

/// Adds a hint to the program's message.
fn explain(error: Error, said: &[String], installer: NodeInstaller, platform: &Platform) -> Error {
    let has = |part: &str| said.iter().any(|line| line.contains(part));
    let error = error.context(format!("could not install the packages with {} for {platform}", installer.name()));
    let stale = match installer {
        NodeInstaller::Pnpm => (has("ERR_PNPM_OUTDATED_LOCKFILE") || has("ERR_PNPM_LOCKFILE_CONFIG"))
            .then_some("`pnpm install --lockfile-only`"),
        _ => has("lockfile needs to be updated").then_some("`yarn install`"),
    };
    match stale {
        Some(command) => error
            .code(Code::ImageNpmLock)
            .hint(format!("package.json and its lock say different things; bring the lock up to date: {command}")),
        None => unanswered(error, said),
    }
}

/// Removes packages for other machines and the program's own records, and writes npm's record of the rest.
fn tidy(modules: &Path, manifest: &Value, platform: &Platform) -> Result<()> {
    let what = || format!("could not tidy `{}`", modules.display());
    for name in
        [".modules.yaml", ".pnpm", ".pnpm-workspace-state.json", ".pnpm-workspace-state-v1.json", ".yarn-integrity"]
    {
        let path = modules.join(name);
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => fs::remove_dir_all(&path).with_context(what)?,
            Ok(_) => fs::remove_file(&path).with_context(what)?,
            Err(_) => {}
        }
    }
    let mut found = Vec::new();
    collect(modules, "node_modules", &mut found)?;
    let (mut kept, mut other): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|package| LockEntry::from_manifest(&package.manifest).fits(platform));
    // Packages inside a removed package are removed with it.
    let gone: Vec<String> = other.iter().map(|package| format!("{}/", package.path)).collect();
    kept.retain(|package| !gone.iter().any(|above| package.path.starts_with(above)));
    let required: BTreeSet<String> = kept
        .iter()
        .map(|package| &package.manifest)
        .chain([manifest])
        .flat_map(|each| {
            let optional = names(each, "optionalDependencies");
            names(each, "dependencies").difference(&optional).cloned().collect::<Vec<_>>()
        })
        .collect();
    if let Some(package) = other.iter().find(|package| required.contains(&name_at(&package.path))) {
        return Err(Error::failed(format!("`{}` is not for {platform}, and is needed", name_at(&package.path)))
            .code(Code::ImageNpmPlatform)
            .hint("move it to `optionalDependencies`, or leave out what needs it"));
    }
    other.sort_by_key(|package| std::cmp::Reverse(package.path.len()));
    for package in &other {
        fs::remove_dir_all(&package.dir).with_context(what)?;
    }
    remove_empty(modules, &other)?;
    remove_dangling(modules)?;
    let packages: Map<String, Value> =
        kept.iter().map(|package| (package.path.clone(), package.note(&required))).collect();
    let note = json!({ "lockfileVersion": 3, "packages": packages });
    fs::write(modules.join(HIDDEN_LOCK), note.to_string()).with_context(what)
}

/// A package of the workspace.
struct WorkspacePackage {
    /// As npm's locks name it: `node_modules/a/node_modules/b`.
    path: String,
    dir: PathBuf,
    manifest: Value,
}

impl WorkspacePackage {
    fn note(&self, required: &BTreeSet<String>) -> Value {
        let taken = ["version", "license", "os", "cpu", "libc", "optionalDependencies"];
        let mut note: Map<String, Value> = taken
            .into_iter()
            .filter_map(|member| Some((member.to_owned(), self.manifest.get(member)?.clone())))
            .collect();
        if INSTALL_SCRIPTS.iter().any(|name| script(&self.manifest, name).is_some()) {
            note.insert("hasInstallScript".to_owned(), true.into());
        }
        if !required.contains(&name_at(&self.path)) {
            note.insert("optional".to_owned(), true.into());
        }
        // Installed under another name.
        if let Some(name) = self.manifest.get("name").filter(|name| **name != *name_at(&self.path)) {
            note.insert("name".to_owned(), name.clone());
        }
        note.into()
    }
}

fn names(manifest: &Value, table: &str) -> BTreeSet<String> {
    manifest.get(table).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// Every package in a `node_modules`, and in those of its packages.
fn collect(modules: &Path, path: &str, found: &mut Vec<WorkspacePackage>) -> Result<()> {
    for (name, dir) in folders(modules)? {
        if name.starts_with('.') {
            continue;
        }
        let inside = if name.starts_with('@') { folders(&dir)? } else { Vec::new() };
        let scoped = inside.into_iter().map(|(own, dir)| (format!("{name}/{own}"), dir));
        let packages: Vec<(String, PathBuf)> =
            if name.starts_with('@') { scoped.collect() } else { vec![(name.clone(), dir)] };
        for (name, dir) in packages {
            let path = format!("{path}/{name}");
            let file = dir.join("package.json");
            if file.is_file() {
                found.push(WorkspacePackage { path: path.clone(), dir: dir.clone(), manifest: read_json(&file)? });
            }
            let below = dir.join("node_modules");
            if below.is_dir() {
                collect(&below, &format!("{path}/node_modules"), found)?;
            }
        }
    }
    Ok(())
}

/// The folders in a folder, in order. Links are none.
fn folders(dir: &Path) -> Result<Vec<(String, PathBuf)>> {
    let what = || format!("could not read `{}`", dir.display());
    let mut found = Vec::new();
    for item in fs::read_dir(dir).with_context(what)? {
        let item = item.with_context(what)?;
        if item.file_type().with_context(what)?.is_dir() {
            found.push((item.file_name().to_string_lossy().into_owned(), item.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes the folders of scopes in which nothing is left.
fn remove_empty(modules: &Path, removed: &[WorkspacePackage]) -> Result<()> {
    for dir in removed.iter().filter_map(|package| package.dir.parent()).filter(|dir| *dir != modules) {
        let empty = fs::read_dir(dir).is_ok_and(|mut items| items.next().is_none());
        if empty {
            fs::remove_dir(dir).with_context(|| format!("could not remove `{}`", dir.display()))?;
        }
    }
    Ok(())
}

/// Removes short names of commands that are gone.
fn remove_dangling(modules: &Path) -> Result<()> {
    let bin = modules.join(".bin");
    for item in fs::read_dir(&bin).into_iter().flatten().flatten() {
        if !item.path().exists() {
            fs::remove_file(item.path()).with_context(|| format!("could not remove `{}`", item.path().display()))?;
        }
    }
    Ok(())
}

/// The hash of everything that decides what is installed; none of these installers has a format that is read here.
///
/// # Errors
/// Files that cannot be read.
pub(super) fn identity(lock: &Path) -> Result<Vec<String>> {
    let dir = lock.parent().unwrap_or(lock);
    let mut lines = vec![fsx::read_text(lock)?.unwrap_or_default()];
    for name in SETTINGS {
        lines.push(fsx::read_text(&dir.join(name))?.unwrap_or_default());
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(dir: &Path, path: &str, text: &str) {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn packages_for_other_machines_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        let modules = dir.path().join("node_modules");
        let put = |path: &str, text: &str| put(&modules, path, text);
        put(
            "esbuild/package.json",
            r#"{"name":"esbuild","version":"1","scripts":{"postinstall":"x"},"optionalDependencies":{"@e/linux-arm64":"1","@e/darwin-x64":"1"}}"#,
        );
        put("@e/linux-arm64/package.json", r#"{"name":"@e/linux-arm64","version":"1","os":["linux"],"cpu":["arm64"]}"#);
        put("@d/darwin-x64/package.json", r#"{"name":"@d/darwin-x64","version":"1","os":["darwin"]}"#);
        put("@d/darwin-x64/node_modules/inner/package.json", r#"{"name":"inner","version":"1"}"#);
        put("@d/darwin-x64/cli.js", "");
        put("a/node_modules/b/package.json", r#"{"name":"b","version":"2"}"#);
        put("a/package.json", r#"{"name":"a","version":"1","dependencies":{"b":"2"}}"#);
        put(".pnpm/lock.yaml", "");
        put(".modules.yaml", "prunedAt: today");
        put(".yarn-integrity", "{}");
        fs::create_dir(modules.join(".bin")).unwrap();
        for (name, target) in [("gone", "../@d/darwin-x64/cli.js"), ("a", "../a/package.json")] {
            std::os::unix::fs::symlink(target, modules.join(".bin").join(name)).unwrap();
        }
        let arm: Platform = "linux/arm64".parse().unwrap();
        let manifest = json!({ "dependencies": { "esbuild": "1", "a": "1" } });
        tidy(&modules, &manifest, &arm).unwrap();
        let left: Vec<String> = folders(&modules).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(left, [".bin", "@e", "a", "esbuild"]);
        assert!(!modules.join(".modules.yaml").exists() && !modules.join(".yarn-integrity").exists());
        assert!(fs::symlink_metadata(modules.join(".bin/gone")).is_err() && modules.join(".bin/a").exists());
        let note = NodeLock::read(&modules.join(HIDDEN_LOCK)).unwrap();
        let paths: Vec<&str> = note.needed().map(|(path, _)| path).collect();
        let expected =
            ["@e/linux-arm64", "a", "a/node_modules/b", "esbuild"].map(|path| format!("node_modules/{path}"));
        assert_eq!(paths, expected);
        let note = |name: &str| note.packages[&format!("node_modules/{name}")].clone();
        assert!(note("esbuild").flag("hasInstallScript") && !note("esbuild").flag("optional"));
        assert!(note("@e/linux-arm64").flag("optional") && note("a").text("version") == Some("1"));

        let needs = json!({ "dependencies": { "@e/linux-arm64": "1" } });
        let error = tidy(&modules, &needs, &"darwin/arm64".parse().unwrap()).unwrap_err();
        assert_eq!(error.code_str(), "image.npm-platform");
    }

    #[test]
    fn pnpm_gets_the_target_as_its_version_expects() {
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), "package.json", r#"{"name":"a","pnpm":{"overrides":{}}}"#);
        let arm: Platform = "linux/arm64".parse().unwrap();
        let words = arguments(NodeInstaller::Pnpm, (10, 14), dir.path(), &arm).unwrap();
        assert!(words.contains(&"--cpu=arm64".to_owned()) && words.contains(&"--ignore-workspace".to_owned()));
        assert!(!read_json(&dir.path().join("package.json")).unwrap().to_string().contains("arm64"));
        let words = arguments(NodeInstaller::Pnpm, (9, 15), dir.path(), &arm).unwrap();
        assert!(!words.iter().any(|word| word.contains("arm64")), "{words:?}");
        let manifest = read_json(&dir.path().join("package.json")).unwrap();
        assert_eq!(manifest["pnpm"]["supportedArchitectures"]["cpu"], json!(["arm64"]));
        assert_eq!(manifest["pnpm"]["overrides"], json!({}));
        assert!(arguments(NodeInstaller::Yarn, (4, 1), dir.path(), &arm).is_err());
    }

    #[test]
    fn code_the_installer_would_run_is_named() {
        for (installer, file, text) in [
            (NodeInstaller::Pnpm, ".pnpmfile.cjs", ""),
            (NodeInstaller::Pnpm, ".npmrc", "pnpmfile = ./evil.cjs"),
            (NodeInstaller::Pnpm, ".npmrc", "x=y\rglobal-pnpmfile=./evil.cjs"),
            (NodeInstaller::Pnpm, "pnpm-workspace.yaml", "packages: []\nconfigDependencies:\n  evil: 1.0.0\n"),
            (NodeInstaller::Pnpm, "pnpm-workspace.yaml", "{ \"pnpm\\x66ile\": evil.cjs }"),
            (NodeInstaller::Pnpm, "package.json", r#"{"pnpm":{"configDependencies":{"evil":"1.0.0"}}}"#),
            (NodeInstaller::Yarn, ".yarnrc", "yarn-path \"./evil.js\""),
            (NodeInstaller::Yarn, ".yarnrc.yml", "yarnPath: ./evil.js"),
            (
                NodeInstaller::Yarn,
                "yarn.lock",
                "evil@x:\n  version \"1\"\n  resolved \"git+https://u:p@h/evil.git#0123\"",
            ),
            (NodeInstaller::Yarn, "yarn.lock", "evil@x:\n  resolved \"https://github.com/o/evil.git#0123\""),
        ] {
            let dir = tempfile::tempdir().unwrap();
            put(dir.path(), "package.json", "{}");
            assert_eq!(code_of_installer(installer, &dir.path().join("package.json")).unwrap(), None);
            put(dir.path(), file, text);
            let found = code_of_installer(installer, &dir.path().join("package.json")).unwrap();
            assert!(found.as_deref().is_some_and(|found| !found.contains("u:p")), "{file} {text} {found:?}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn scripts_run_without_logins_and_installs_without_scripts() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (bin, project, log) = (dir.path().join("bin"), dir.path().join("p"), dir.path().join("log"));
        put(&project, "package.json", "{}");
        put(&project, ".npmrc", "//r.example/:_authToken=${ACME_NPM_TOKEN}\n");
        let said = format!(
            "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 10.0.0; fi\n\
             echo \"$* ${{ACME_NPM_TOKEN-unset}} ${{NPM_TOKEN-unset}} $YARN_IGNORE_PATH$npm_config_manage_package_manager_versions\" >> '{}'\n",
            log.display()
        );
        for name in ["pnpm", "yarn"] {
            put(&bin, name, &said);
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        let path = bin.display().to_string();
        let env = Env::fake(&project, &[("PATH", &path), ("ACME_NPM_TOKEN", "canary"), ("NPM_TOKEN", "canary")]);
        let (cache, events) = (crate::cache::Cache::at(dir.path().join("cache")), crate::events::Events::new(|_| {}));
        let setup = InstallContext { env: &env, cache: &cache, events: &events };
        for installer in [NodeInstaller::Pnpm, NodeInstaller::Yarn] {
            let _ = fs::remove_file(&log);
            install_for_development(installer, &project, &project, &setup).await.unwrap();
            let log = fs::read_to_string(&log).unwrap();
            let lines: Vec<&str> = log.lines().collect();
            assert!(lines.len() == 3 && lines.iter().all(|line| line.ends_with(" 1false")), "{log}");
            assert!(lines[0].contains("--version  unset"), "{log}");
            assert!(lines[1].contains("--ignore-scripts") && lines[1].contains(" canary canary "), "{log}");
            assert!(!lines[2].contains("--ignore-scripts") && lines[2].contains("  unset "), "{log}");
        }
    }

    #[test]
    fn packages_of_the_same_project_are_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let has = |text: &str| {
            put(dir.path(), "package.json", text);
            has_own_packages(&dir.path().join("package.json")).unwrap()
        };
        assert!(!has(r#"{"dependencies":{"hono":"^4","x":"npm:y@1"},"scripts":{"prepare":"husky"}}"#));
        assert!(has(r#"{"dependencies":{"x":"workspace:*"}}"#));
        assert!(has(r#"{"devDependencies":{"x":"file:../x"}}"#));
        assert!(has(r#"{"workspaces":["packages/*"]}"#));
    }
}
