//! Where a Python project keeps its own packages, so that they can be imported without being installed.
//!
//! Owns: the layouts that are in use (flat, `src`, and what build systems are told), and which projects they are enough
//! for. Does not own: installing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::requirements::normalize_name;

/// The folders that have to be on the search path for `import NAME` to find the packages of the project in `dir`.
pub(super) fn package_roots(dir: &Path, document: &Table) -> BTreeSet<PathBuf> {
    let at = |keys: &[&str]| keys.iter().try_fold(document.get("tool")?, |value, key| value.get(*key));
    let mut roots: BTreeSet<PathBuf> = BTreeSet::new();
    let mut add = |folder: &str| {
        let root = dir.join(folder.trim_end_matches('/'));
        // Never above the project: an entry could say `..`.
        if root.is_dir() && !folder.contains("..") && !Path::new(folder).is_absolute() {
            roots.insert(root);
        }
    };
    let list = |value: Option<&Value>| -> Vec<String> {
        let items = value.and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    // setuptools
    list(at(&["setuptools", "packages", "find", "where"])).iter().for_each(|folder| add(folder));
    if let Some(folder) = at(&["setuptools", "package-dir", ""]).and_then(Value::as_str) {
        add(folder);
    }
    // hatch: paths of packages
    for package in list(at(&["hatch", "build", "targets", "wheel", "packages"])) {
        let parent = package.trim_end_matches('/').rsplit_once('/').map_or("", |(parent, _)| parent);
        add(parent);
    }
    // poetry, uv, pdm, maturin
    for package in at(&["poetry", "packages"]).and_then(Value::as_array).into_iter().flatten() {
        add(package.get("from").and_then(Value::as_str).unwrap_or_default());
    }
    for keys in
        [&["uv", "build-backend", "module-root"][..], &["pdm", "build", "package-dir"], &["maturin", "python-source"]]
    {
        if let Some(folder) = at(keys).and_then(Value::as_str) {
            add(folder);
        }
    }
    let src = dir.join("src");
    if !src.join("__init__.py").is_file() && has_modules(&src) {
        roots.insert(src);
    }
    if let Some(name) = name(document)
        && ["__init__.py", ""].iter().any(|file| dir.join(module_name(name)).join(file).exists())
    {
        roots.insert(dir.to_owned());
    }
    roots
}

/// Build backends that copy modules and, unless they are told to, do no more.
const COPYING: [&str; 8] = [
    "setuptools.build_meta",
    "setuptools.build_meta:__legacy__",
    "hatchling.build",
    "flit_core.buildapi",
    "poetry.core.masonry.api",
    "pdm.backend",
    "pdm.pep517.api",
    "uv_build",
];

/// Whether building the project in `dir` would add nothing to its folders. What cannot be told counts as a build.
pub(super) fn needs_no_build(dir: &Path, document: &Table) -> bool {
    let at = |keys: &[&str]| keys.iter().try_fold(document.get("tool")?, |value, key| value.get(*key));
    let backend = document.get("build-system").and_then(|system| system.get("build-backend"));
    let copies = backend.is_none_or(|backend| backend.as_str().is_some_and(|name| COPYING.contains(&name)));
    let told = [
        &["setuptools", "ext-modules"][..],
        &["setuptools", "cmdclass"],
        &["hatch", "build", "hooks"],
        &["hatch", "build", "force-include"],
        &["hatch", "build", "targets", "wheel", "force-include"],
        &["hatch", "build", "targets", "wheel", "hooks"],
        &["hatch", "build", "targets", "wheel", "sources"],
        &["poetry", "build"],
        &["pdm", "build", "run-setuptools"],
    ];
    // `""` is the folder of all packages; any other entry renames one.
    let folders = at(&["setuptools", "package-dir"]).and_then(Value::as_table);
    let renamed = folders.is_some_and(|folders| folders.keys().any(|package| !package.is_empty()));
    copies && !renamed && told.iter().all(|keys| at(keys).is_none()) && is_shim(&dir.join("setup.py"))
}

/// No setup.py, or one that only calls `setup()`, for tools that know no other file.
fn is_shim(setup: &Path) -> bool {
    const KNOWN: [&str; 4] = [
        "import setuptools",
        "from setuptools import setup",
        "if __name__ == \"__main__\":",
        "if __name__ == '__main__':",
    ];
    let Ok(text) = std::fs::read_to_string(setup) else { return !setup.exists() };
    let is_plain = |line: &str| {
        let line = line.trim();
        let calls = ["setup()", "setuptools.setup()"].contains(&line);
        calls || line.is_empty() || line.starts_with('#') || KNOWN.contains(&line)
    };
    text.lines().all(is_plain)
}

/// The project's name, from either table.
pub(super) fn name(document: &Table) -> Option<&str> {
    let poetry = || document.get("tool")?.get("poetry")?.get("name");
    document.get("project").and_then(|project| project.get("name")).or_else(poetry)?.as_str()
}

fn module_name(name: &str) -> String {
    normalize_name(name).replace('-', "_")
}

/// Packages, namespaces among them, or modules.
pub(super) fn has_modules(dir: &Path) -> bool {
    let items = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let python = |path: &Path| path.extension().is_some_and(|end| end == "py");
    items.into_iter().any(|item| {
        let path = item.path();
        let inside = || std::fs::read_dir(&path).into_iter().flatten().flatten().any(|item| python(&item.path()));
        python(&path) || (path.is_dir() && inside())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(pyproject: &str, files: &[&str]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = package_roots(dir.path(), &toml::from_str(pyproject).unwrap());
        found.iter().map(|root| root.strip_prefix(dir.path()).unwrap().display().to_string()).collect()
    }

    #[test]
    fn layouts_in_use() {
        let named = "[project]\nname='My.Pkg'\n";
        assert_eq!(roots(named, &["src/my_pkg/__init__.py", "agent.py"]), ["src"]);
        assert_eq!(roots(named, &["src/my_pkg/core.py"]), ["src"]);
        assert_eq!(roots(named, &["my_pkg/__init__.py"]), [""]);
        assert_eq!(roots(named, &["agent.py"]), Vec::<String>::new());
        // `src` itself is a package: `import src.x`.
        assert_eq!(roots(named, &["src/__init__.py", "src/x.py"]), Vec::<String>::new());
        assert_eq!(roots("[tool.setuptools.packages.find]\nwhere=['lib']", &["lib/a/__init__.py"]), ["lib"]);
        assert_eq!(roots("[tool.setuptools]\npackage-dir={''='python'}", &["python/a.py"]), ["python"]);
        assert_eq!(
            roots("[tool.hatch.build.targets.wheel]\npackages=['lib/a/b']", &["lib/a/b/__init__.py"]),
            ["lib/a"]
        );
        assert_eq!(roots("[[tool.poetry.packages]]\ninclude='a'\nfrom='lib'", &["lib/a.py"]), ["lib"]);
        assert_eq!(roots("[tool.uv.build-backend]\nmodule-root='../x'", &["a.py"]), Vec::<String>::new());
    }
}
