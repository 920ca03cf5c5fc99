//! Packages that want to run something when they are installed. Nothing is run here, so those that compile for the
//! machine they are installed on are refused, and the others named.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::install::{INSTALL_SCRIPTS, script};
use super::lock::{LockEntry, NodeLock, name_at, npm_platform};
use super::read_json;
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::platform::Platform;

/// Programs that compile, or fetch what somebody compiled for the machine that they run on.
const COMPILERS: [&str; 5] = ["node-gyp", "node-pre-gyp", "prebuild-install", "cmake-js", "node-waf"];

/// Looks through what is installed in `dir`.
///
/// # Errors
/// A package that does not work without its compiled part, which is not there.
pub(super) fn check(dir: &Path, installed: &NodeLock, platform: &Platform, events: &Events) -> Result<()> {
    let (mut compiled, mut not_run) = (Vec::new(), Vec::new());
    for (path, package) in installed.needed() {
        let folder = dir.join(path);
        let gyp = folder.join("binding.gyp").is_file();
        if package.flag("link") || !(gyp || package.flag("hasInstallScript")) {
            continue;
        }
        let manifest = read_json(&folder.join("package.json"))?;
        if has_platform_package(path, package, installed) || has_prebuilds(&folder, platform) {
            continue;
        }
        let name = format!("{}@{}", name_at(path), package.text("version").unwrap_or_default());
        if !package.flag("optional") && (gyp || compiles(&manifest)) { &mut compiled } else { &mut not_run }.push(name);
    }
    if compiled.is_empty() {
        if !not_run.is_empty() {
            let what = if not_run.len() == 1 { "the install script" } else { "the install scripts" };
            events.warning(format!(
                "{what} of {} did not run; if the agent needs what it makes, build with `--builder engine` or \
                 in your AWS account: `agentcore launch --builder codebuild`",
                quoted(&not_run)
            ));
        }
        return Ok(());
    }
    let verb = if compiled.len() == 1 { "is" } else { "are" };
    Err(Error::failed(format!(
        "{} {verb} compiled when installed, and nothing prebuilt fits {platform}",
        quoted(&compiled)
    ))
    .code(Code::ImageNpmNative)
    .cause("install scripts do not run in a native build, because they would compile for this machine")
    .hint(
        "build where they can run: `--builder engine`, or in your AWS account: `agentcore launch --builder codebuild`",
    )
    .hint("or choose a package that brings prebuilt binaries"))
}

pub(super) fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn compiles(manifest: &Value) -> bool {
    let scripts = INSTALL_SCRIPTS.iter().filter_map(|name| script(manifest, name));
    scripts.into_iter().any(|script| COMPILERS.iter().any(|program| script.contains(program)))
}

/// The compiled part is a separate package, such as `@esbuild/linux-arm64`, and it is there.
fn has_platform_package(path: &str, package: &LockEntry, installed: &NodeLock) -> bool {
    package.names("optionalDependencies").any(|name| {
        let inside = format!("{path}/node_modules/{name}");
        let beside = format!("node_modules/{name}");
        let found = installed.packages.get(&inside).or_else(|| installed.packages.get(&beside));
        found.is_some_and(LockEntry::is_for_some_platform)
    })
}

/// The archive itself brings binaries for several machines, this one among them.
fn has_prebuilds(folder: &Path, platform: &Platform) -> bool {
    let (os, cpu) = npm_platform(platform);
    let own = format!("{os}-{cpu}");
    let folders = fs::read_dir(folder.join("prebuilds")).into_iter().flatten().flatten();
    folders.into_iter().any(|entry| {
        // `darwin-x64+arm64` is for both.
        let name = entry.file_name().to_string_lossy().into_owned();
        let fits = name == own
            || name
                .strip_prefix(os)
                .and_then(|rest| rest.strip_prefix('-'))
                .is_some_and(|cpus| cpus.split('+').any(|each| each == cpu));
        let binaries = fs::read_dir(entry.path()).into_iter().flatten().flatten();
        fits && binaries.into_iter().any(|file| file.path().extension().is_some_and(|extension| extension == "node"))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::events::Event;

    struct Tree(tempfile::TempDir, Vec<String>);

    impl Tree {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap(), Vec::new())
        }

        fn package(mut self, name: &str, locked: &str, manifest: &str, files: &[&str]) -> Self {
            let folder = self.0.path().join("node_modules").join(name);
            for file in files {
                let file = folder.join(file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, "").unwrap();
            }
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("package.json"), manifest).unwrap();
            self.1.push(format!(r#""node_modules/{name}":{locked}"#));
            self
        }

        /// Warnings, or the error.
        fn check(&self) -> Result<Vec<String>> {
            let file = self.0.path().join("lock.json");
            fs::write(&file, format!(r#"{{"packages":{{{}}}}}"#, self.1.join(","))).unwrap();
            let said = Arc::new(Mutex::new(Vec::new()));
            let listener = Arc::clone(&said);
            let events = Events::new(move |event| {
                if let Event::Warning(text) = event {
                    listener.lock().unwrap().push(text);
                }
            });
            check(self.0.path(), &NodeLock::read(&file).unwrap(), &"linux/arm64".parse().unwrap(), &events)?;
            let said = said.lock().unwrap().clone();
            Ok(said)
        }
    }

    const SCRIPT: &str = r#"{"version":"1.0.0","hasInstallScript":true}"#;

    #[test]
    fn packages_that_need_compiling_are_refused_by_name() {
        for (locked, manifest, files) in [
            (r#"{"version":"1.0.0"}"#, "{}", vec!["binding.gyp"]),
            (SCRIPT, r#"{"scripts":{"install":"prebuild-install || node-gyp rebuild"}}"#, vec![]),
            (SCRIPT, r#"{"scripts":{"install":"node-gyp-build"}}"#, vec!["prebuilds/linux-x64/a.node"]),
        ] {
            let error = Tree::new().package("sqlite", locked, manifest, &files).check().unwrap_err();
            assert_eq!(error.code_str(), "image.npm-native");
            assert!(error.message().contains("`sqlite@1.0.0`"), "{error}");
            assert!(error.hints().iter().any(|hint| hint.contains("--builder codebuild")));
        }
    }

    #[test]
    fn what_is_prebuilt_for_the_target_is_taken() {
        let build = r#"{"scripts":{"install":"node-gyp-build"}}"#;
        let quiet = Tree::new()
            .package("a", SCRIPT, build, &["binding.gyp", "prebuilds/linux-arm64/a.node"])
            .package("b", SCRIPT, build, &["prebuilds/linux-x64+arm64/b.node"])
            .package(
                "esbuild",
                r#"{"version":"1.0.0","hasInstallScript":true,"optionalDependencies":{"@esbuild/linux-arm64":"1"}}"#,
                r#"{"scripts":{"postinstall":"node install.js"}}"#,
                &[],
            )
            .package(
                "@esbuild/linux-arm64",
                r#"{"version":"1","os":["linux"],"cpu":["arm64"],"optional":true}"#,
                "{}",
                &[],
            );
        assert!(quiet.check().unwrap().is_empty());
    }

    #[test]
    fn skipped_scripts_are_named_and_optional_packages_tolerated() {
        let tree =
            Tree::new().package("core-js", SCRIPT, r#"{"scripts":{"postinstall":"node thanks.js"}}"#, &[]).package(
                "cpu-features",
                r#"{"version":"2.0.0","hasInstallScript":true,"optional":true}"#,
                "{}",
                &["binding.gyp"],
            );
        let said = tree.check().unwrap().join("\n");
        assert!(said.contains("`core-js@1.0.0`, `cpu-features@2.0.0`"), "{said}");
    }
}
