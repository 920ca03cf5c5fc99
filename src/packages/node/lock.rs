//! npm's lock file: the packages that it pins, and the parts that identify an installation.
//!
//! Owns: reading the versions 1 to 3 of the format. Does not own: checking it against the package.json; npm does.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::read_json;
use super::settings::without_userinfo;
use crate::error::{Code, Error, Result};
use crate::platform::Platform;

/// A lock file.
#[derive(Clone, Debug)]
pub(crate) struct NodeLock {
    /// By path, such as `node_modules/a`; empty for the first version of the format.
    pub(super) packages: BTreeMap<String, LockEntry>,
    /// The tree of the first version of the format.
    old: Option<Value>,
}

/// One package of a lock.
#[derive(Clone, Debug, Default)]
pub(super) struct LockEntry(Map<String, Value>);

impl NodeLock {
    /// # Errors
    /// One that is no lock file.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let value = read_json(file)?;
        let packages = value.get("packages").and_then(Value::as_object);
        let old = packages.is_none().then(|| value.get("dependencies").cloned().unwrap_or_default());
        if packages.is_none() && value.get("lockfileVersion").is_none() {
            let error = Error::usage(format!("`{}` is not a lock file of npm", file.display()));
            return Err(error.code(Code::SourcePackageJson).hint("write it anew: `npm install --package-lock-only`"));
        }
        let packages = packages.into_iter().flatten();
        let packages = packages.filter_map(|(path, value)| Some((path.clone(), LockEntry(value.as_object()?.clone()))));
        Ok(Self { packages: packages.collect(), old })
    }

    /// Nothing in it is needed to run.
    pub(super) fn is_empty(&self) -> bool {
        match &self.old {
            Some(old) => old.as_object().is_none_or(Map::is_empty),
            None => self.needed().next().is_none(),
        }
    }

    /// What is installed, apart from development dependencies and the project's own packages.
    pub(super) fn needed(&self) -> impl Iterator<Item = (&str, &LockEntry)> {
        let installed = |path: &str| path.starts_with("node_modules/") || path.contains("/node_modules/");
        self.packages
            .iter()
            .filter(move |(path, package)| installed(path) && !package.flag("dev") && !package.flag("extraneous"))
            .map(|(path, package)| (path.as_str(), package))
    }

    /// Whether it installs the same files on every machine: nothing runs, and nothing is chosen for one. Packages for
    /// development may be for some only.
    pub(super) fn is_the_same_everywhere(&self) -> bool {
        let plain = |package: &LockEntry| !package.flag("hasInstallScript") && !package.flag("link");
        self.old.is_none()
            && self.copies().next().is_none()
            && self.packages.iter().filter(|(path, _)| !path.is_empty()).all(|(_, package)| plain(package))
            && self.needed().all(|(_, package)| !package.is_for_some_platform())
    }

    /// Folders of the project's own packages, from the lock's folder.
    pub(super) fn own(&self) -> impl Iterator<Item = &str> {
        let keys = self.packages.keys().map(String::as_str);
        keys.filter(|path| !path.is_empty() && !path.starts_with("node_modules/") && !path.contains("/node_modules/"))
    }

    /// Archives and folders of the project that are installed as copies, from the lock's folder.
    pub(super) fn copies(&self) -> impl Iterator<Item = &str> {
        let copied = self.packages.values().filter(|package| !package.flag("link"));
        copied.filter_map(|package| package.text("resolved")?.strip_prefix("file:"))
    }

    /// A package whose content the lock does not pin.
    pub(super) fn moving(&self) -> Option<String> {
        let unpinned = |package: &LockEntry| {
            package.text("integrity").is_none()
                && package.text("resolved").is_some_and(|from| from.starts_with("file:"))
        };
        self.needed().find(|(_, package)| !package.flag("link") && unpinned(package)).map(|(path, _)| name_at(path))
    }

    /// A line for each package, in order, of everything that decides what lands on disk.
    pub(super) fn identity(&self) -> Vec<String> {
        if let Some(old) = &self.old {
            return vec![without_development(old).to_string()];
        }
        let mut lines: Vec<String> = self.needed().map(|(path, package)| package.identity(path)).collect();
        lines.extend(self.own().map(str::to_owned));
        lines
    }
}

impl LockEntry {
    /// A package.json, which has the same members.
    pub(super) fn from_manifest(manifest: &Value) -> Self {
        Self(manifest.as_object().cloned().unwrap_or_default())
    }

    pub(super) fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member)?.as_str()
    }

    pub(super) fn flag(&self, member: &str) -> bool {
        self.0.get(member).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Names in a table such as `optionalDependencies`.
    pub(super) fn names(&self, table: &str) -> impl Iterator<Item = &str> {
        self.0.get(table).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// The license in whatever form package.json files have had it.
    pub(super) fn license(&self) -> Option<String> {
        match self.0.get("license")? {
            Value::String(text) => Some(text.clone()),
            Value::Object(old) => old.get("type")?.as_str().map(str::to_owned),
            _ => None,
        }
    }

    /// It is for certain systems or processors only.
    pub(super) fn is_for_some_platform(&self) -> bool {
        ["os", "cpu", "libc"].iter().any(|member| self.0.contains_key(*member))
    }

    /// npm's rule: `!x` excludes, anything else has to be named.
    pub(super) fn fits(&self, platform: &Platform) -> bool {
        let (os, cpu) = npm_platform(platform);
        let allowed = |member: &str, own: &str| {
            let listed: Vec<&str> = match self.0.get(member) {
                Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
                Some(Value::String(one)) => vec![one],
                _ => return true,
            };
            let excluded = listed.iter().any(|name| name.strip_prefix('!') == Some(own));
            let named =
                listed.iter().all(|name| name.starts_with('!')) || listed.contains(&own) || listed.contains(&"any");
            !excluded && named
        };
        allowed("os", os) && allowed("cpu", cpu) && (os != "linux" || allowed("libc", "glibc"))
    }

    fn identity(&self, path: &str) -> String {
        let mut kept: Map<String, Value> = ["version", "integrity", "link", "optional", "os", "cpu", "libc", "bin"]
            .into_iter()
            .filter_map(|member| Some((member.to_owned(), self.0.get(member)?.clone())))
            .collect();
        // With a hash it does not matter where the archive comes from: registries are mirrored.
        if let Some(from) = self.text("resolved").filter(|_| self.text("integrity").is_none()) {
            kept.insert("resolved".to_owned(), without_userinfo(from).into());
        }
        kept.insert("path".to_owned(), path.into());
        Value::from(kept).to_string()
    }
}

/// The name of the package at a path: `@scope/a` at `node_modules/b/node_modules/@scope/a`.
pub(super) fn name_at(path: &str) -> String {
    path.rsplit_once("node_modules/").map_or(path, |(_, name)| name).to_owned()
}

/// Names of system and processor as Node has them.
pub(super) fn npm_platform(platform: &Platform) -> (&str, &str) {
    let os = match platform.os.as_str() {
        "windows" => "win32",
        os => os,
    };
    let cpu = match platform.architecture.as_str() {
        "amd64" => "x64",
        "386" => "ia32",
        "ppc64le" => "ppc64",
        cpu => cpu,
    };
    (os, cpu)
}

fn without_development(tree: &Value) -> Value {
    let Some(tree) = tree.as_object() else { return Value::Null };
    let kept = tree.iter().filter(|(_, package)| package.get("dev") != Some(&json!(true)));
    kept.map(|(name, package)| (name.clone(), package.clone())).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_without_choices_or_scripts_is_portable() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("lock");
        let same = |packages: &str| {
            std::fs::write(&file, format!(r#"{{"lockfileVersion":3,"packages":{{"":{{}},{packages}}}}}"#)).unwrap();
            NodeLock::read(&file).unwrap().is_the_same_everywhere()
        };
        assert!(same(r#""node_modules/ms":{"version":"2"},"node_modules/d":{"dev":true,"os":["linux"]}"#));
        for other in [
            r#""node_modules/ms":{"version":"2","os":["linux"]}"#,
            r#""node_modules/ms":{"version":"2","devOptional":true,"cpu":["arm64"]}"#,
            r#""node_modules/d":{"dev":true,"hasInstallScript":true}"#,
            r#""node_modules/d":{"link":true,"resolved":"d"}"#,
            r#""node_modules/d":{"resolved":"file:d.tgz"}"#,
        ] {
            assert!(!same(other), "{other}");
        }
    }

    fn locked(value: &Value) -> LockEntry {
        LockEntry(value.as_object().unwrap().clone())
    }

    #[test]
    fn packages_fit_where_npm_says_so() {
        let arm: Platform = "linux/arm64".parse().unwrap();
        for (package, fits) in [
            (json!({}), true),
            (json!({ "os": ["linux"], "cpu": ["arm64"] }), true),
            (json!({ "os": ["linux"], "cpu": ["x64"] }), false),
            (json!({ "os": ["darwin"] }), false),
            (json!({ "os": ["!win32"] }), true),
            (json!({ "os": ["!linux"] }), false),
            (json!({ "os": "any", "libc": ["musl"] }), false),
            (json!({ "libc": ["glibc"] }), true),
        ] {
            assert_eq!(locked(&package).fits(&arm), fits, "{package}");
        }
        assert!(!locked(&json!({ "os": ["win32"], "cpu": ["ia32"] })).fits(&"windows/amd64".parse().unwrap()));
    }

    #[test]
    fn package_name_is_the_last_path_segment() {
        assert_eq!(name_at("node_modules/a/node_modules/@s/b"), "@s/b");
        assert_eq!(name_at("packages/b/node_modules/c"), "c");
    }
}
