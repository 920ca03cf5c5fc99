//! JavaScript and TypeScript: imports of packages that package.json does not have, and of files that are not there.
//!
//! Owns: what is certain about them. There is no syntax check: a compiler says it before anything is uploaded, and Node's
//! own grammar is nobody's here. Calls of `require` and `import` may be in a condition, and count for nothing.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::protocol::script::{ScriptImport, imports, names_a_file};
use super::{CheckCode, CheckFinding, Dependencies, Source};
use crate::fsx;

const MOST_FILES: usize = 400;
const LONGEST: u64 = 1 << 20;

/// The modules of Node itself that need no `node:` before them.
const BUILT_IN: &str = "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns \
     domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl \
     stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib";

pub(super) fn findings(source: &Source) -> Vec<CheckFinding> {
    let Some(packages) = ScriptPackages::read(source) else { return Vec::new() };
    let mut open = VecDeque::from([source.entrypoint.clone()]);
    let (mut seen, mut found, mut told) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    while let Some(file) = open.pop_front() {
        if seen.len() == MOST_FILES || !seen.insert(file.clone()) {
            continue;
        }
        let small = std::fs::metadata(&file).is_ok_and(|meta| meta.is_file() && meta.len() <= LONGEST);
        let Some(text) = small.then(|| fsx::read_text(&file).ok().flatten()).flatten() else { continue };
        for import in imports(&text, &file, &source.root) {
            open.extend(import.leads_to.clone());
            let Some((code, text, fix)) = packages.judge(source, &file, &import) else { continue };
            if told.insert(text.clone()) {
                found.push(finding(source, (&file, &import), code, (text, fix)));
            }
        }
    }
    found
}

fn finding(
    source: &Source,
    (file, import): (&Path, &ScriptImport),
    is_error: bool,
    (text, fix): (String, String),
) -> CheckFinding {
    CheckFinding {
        is_error,
        code: CheckCode::Import,
        file: fsx::relative(file, &source.root),
        at: import.at,
        text,
        fix,
    }
}

/// What the project says that it needs.
struct ScriptPackages {
    /// With those of the workspace around it, and its own names.
    named: BTreeSet<String>,
    /// Nobody installs them for an agent.
    development: BTreeSet<String>,
    /// The lock has what packages need in turn, too.
    lock: Option<String>,
    /// Packages are installed, which may bring others along.
    installs: bool,
    /// A bundler may take a package in while the agent is built.
    bundles: bool,
    /// Something is made of the source before it is run, files of it among them.
    is_built: bool,
}

impl ScriptPackages {
    /// `None` where no package.json says anything.
    fn read(source: &Source) -> Option<Self> {
        let Dependencies::Npm { package_json, lock } = &source.dependencies else { return None };
        let node = source.node.as_ref()?;
        let mut packages = Self {
            named: BTreeSet::new(),
            development: BTreeSet::new(),
            lock: lock
                .as_ref()
                .and_then(|lock| std::fs::read(lock).ok())
                .map(|text| String::from_utf8_lossy(&text).into_owned()),
            installs: false,
            bundles: false,
            is_built: !node.builds.is_empty(),
        };
        let own = node.member.iter().map(|dir| dir.join("package.json"));
        let locals = node.locals.iter().map(|dir| dir.join("package.json"));
        for file in std::iter::once(package_json.clone()).chain(own).chain(locals) {
            packages.add(&file)?;
        }
        Some(packages)
    }

    fn add(&mut self, file: &Path) -> Option<()> {
        let package: Value = serde_json::from_str(&fsx::read_text(file).ok()??).ok()?;
        let keys = |table: &str| {
            package.get(table).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone())
        };
        for table in ["dependencies", "optionalDependencies", "peerDependencies"] {
            let names: Vec<String> = keys(table).collect();
            self.installs |= !names.is_empty();
            self.named.extend(names);
        }
        self.named.extend(package.get("name").and_then(Value::as_str).map(str::to_owned));
        self.development.extend(keys("devDependencies"));
        let scripts = package.get("scripts").map(Value::to_string).unwrap_or_default();
        const BUNDLERS: [&str; 12] = [
            "esbuild", "webpack", "rollup", "tsup", "vite", "ncc", "parcel", "rspack", "tsdown", "bun ", "swc",
            "unbuild",
        ];
        self.bundles |= BUNDLERS.iter().any(|name| scripts.contains(name));
        Some(())
    }

    /// Whether it is an error, what to say, and the next step.
    fn judge(&self, source: &Source, file: &Path, import: &ScriptImport) -> Option<(bool, String, String)> {
        if !import.is_static || import.leads_to.is_some() {
            return None;
        }
        let name = import.name.split(['?', '#']).next().filter(|name| !name.is_empty())?;
        if name.starts_with("./") || name.starts_with("../") {
            let at = fsx::normalize(&file.parent()?.join(name));
            let is_there = names_a_file(&at) || !at.starts_with(&source.root);
            return (!is_there).then(|| {
                let text = format!("imports `{name}`, and there is no such file");
                (!self.is_built, text, "correct the path, or add the file".to_owned())
            });
        }
        let package = package_of(name)?;
        if self.named.contains(package) || is_aliased(file, &source.root, package) {
            return None;
        }
        if self.development.contains(package) {
            let text = format!("imports `{package}`, which is in `devDependencies`: an artifact has none of those");
            let fix = "move it to `dependencies` in package.json".to_owned();
            return (!self.bundles).then_some((false, text, fix));
        }
        if self.lock.as_ref().is_some_and(|lock| lock.contains(package)) {
            return None;
        }
        let text = format!("imports `{package}`, which is not in the dependencies of package.json");
        let is_certain = self.lock.is_some() || (!self.installs && self.development.is_empty());
        Some((is_certain && !self.bundles, text, format!("`npm install {package}`")))
    }
}

/// The package of a module's name; `None` for what is none: an absolute path, an address, a module of Node.
fn package_of(name: &str) -> Option<&str> {
    let is_package = name.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '@') && !name.contains(':');
    let parts = if name.starts_with('@') { 2 } else { 1 };
    let end = name.match_indices('/').nth(parts - 1).map_or(name.len(), |(at, _)| at);
    let package = name
        .get(..end)
        .filter(|package| is_package && (parts == 1 || package.contains('/')) && !package.starts_with("@/"))?;
    let is_own = BUILT_IN.split_ascii_whitespace().any(|own| own == package);
    (!is_own).then_some(package)
}

/// Whether a tsconfig.json may find it in the project: by `paths`, or beside `baseUrl`.
fn is_aliased(file: &Path, root: &Path, package: &str) -> bool {
    let folders = file.ancestors().skip(1).take_while(|dir| dir.starts_with(root));
    folders.filter_map(|dir| Some((dir, fsx::read_text(&dir.join("tsconfig.json")).ok()??))).any(|(dir, text)| {
        let start = package.split('/').next().unwrap_or(package);
        let quoted = text.contains(&format!("\"{start}")) || text.contains("\"*\"") || text.contains("\"extends\"");
        quoted || (text.contains("baseUrl") && has_below(dir, package))
    })
}

fn has_below(dir: &Path, name: &str) -> bool {
    [dir.to_owned(), dir.join("src")]
        .iter()
        .map(|dir| dir.join(name))
        .any(|at: PathBuf| at.is_dir() || names_a_file(&at))
}
