//! Python: syntax errors, and imports that lead nowhere.
//!
//! Owns: what is certain about them. An import is an error only where it is carried out whenever the agent starts, nobody is
//! prepared for its failure, and everything that could bring the module is known.

use std::collections::BTreeSet;

use super::super::python::reach::{ImportGoal, LackingName, ReachedFile};
use super::super::python::syntax::{ImportSite, ImportTime};
use super::distributions::{self, SDK};
use super::{CheckCode, CheckFinding, KnownPackages, SourceCheck};
use crate::facts::stdlib::{StandardModule, standard_module};
use crate::shell::quoted;

/// What a managed runtime may have by itself; nothing that is published says so, or the contrary.
const PERHAPS_MANAGED: [&str; 4] = ["boto3", "botocore", "s3transfer", "jmespath"];

/// How much of a doubt there is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    Certain,
    /// It happens, but not whenever the agent starts.
    Later,
    None,
}

fn certainty(file: &ReachedFile, site: &ImportSite) -> Certainty {
    match (site.time, file.certain) {
        (ImportTime::Always, true) => Certainty::Certain,
        (ImportTime::Always | ImportTime::Called, _) => Certainty::Later,
        _ => Certainty::None,
    }
}

/// Syntax errors, and imports of the project's own modules.
pub(super) fn of_source(check: &SourceCheck) -> Vec<CheckFinding> {
    let mut found = Vec::new();
    for file in &check.reached {
        if let Some((at, why)) = &file.text.error {
            let python = check.target.minor.map_or_else(String::new, |minor| format!(", as Python 3.{minor} reads it"));
            found.push(CheckFinding {
                is_error: file.certain && check.target.is_started,
                code: CheckCode::Syntax,
                file: Some(file.path.clone()),
                at: Some((at.line, at.column)),
                text: format!("syntax error{python}: {why}"),
                fix: syntax_fix(check, why),
            });
        }
        if check.target.is_placed {
            found.extend(file.imports.iter().filter_map(|(site, goal)| own_import(check, file, site, goal)));
            found.extend(file.lacking.iter().filter_map(|name| lacking_name(check, file, name)));
        }
    }
    found
}

/// A feature of a newer version says so itself.
fn syntax_fix(check: &SourceCheck, why: &str) -> String {
    match why.contains(" on Python ") {
        true => format!("write it for that version, or take another one: {}", other_python(check, None)),
        false => "correct the line".to_owned(),
    }
}

/// The command that chooses a version of Python.
fn other_python(check: &SourceCheck, minor: Option<u8>) -> String {
    match (check.target.is_managed, minor) {
        (true, Some(minor)) => format!("`agentcore configure --runtime PYTHON_3_{minor}`"),
        (true, None) => "`agentcore configure --runtime PYTHON_3_N`".to_owned(),
        (false, Some(minor)) => format!("`agentcore configure --python 3.{minor}`"),
        (false, None) => "`agentcore configure --python VERSION`".to_owned(),
    }
}

fn own_import(check: &SourceCheck, file: &ReachedFile, site: &ImportSite, goal: &ImportGoal) -> Option<CheckFinding> {
    let certainty = certainty(file, site);
    if certainty == Certainty::None || changes_search(check) {
        return None;
    }
    let is_error = certainty == Certainty::Certain && check.target.is_started;
    let written = ".".repeat(site.level) + &site.module;
    let (text, fix) = match goal {
        ImportGoal::NoPackage if file.path.contains('/') => (
            format!("`{written}` leads above the package that `{}` is in: Python cannot import it", file.path),
            "leave the dots out: modules at the source's root are found by their names".to_owned(),
        ),
        ImportGoal::NoPackage => (
            format!("`{written}` is relative, and `{}` is in no package: Python cannot import it", file.path),
            "leave the dots out: modules beside the file are found by their names".to_owned(),
        ),
        ImportGoal::Broken { at, regular } => {
            let top = site.module.split('.').next().unwrap_or_default();
            // A folder without `__init__.py` may be a part of something that is installed.
            let shared = site.level == 0 && (!regular || standard_module(top, None) == StandardModule::Present);
            if shared {
                return None;
            }
            let above = at.rsplit_once('/').map_or("", |(above, _)| above);
            let before =
                [format!("{at}.py"), format!("{above}/__init__.py")].into_iter().find(|path| check.files.has(path));
            left_out(check, at, &written).unwrap_or_else(|| {
                let fix = before.and_then(|path| hiding(site, &path)).unwrap_or_else(|| missing_fix(check, at));
                (format!("there is no module `{written}` in the source"), fix)
            })
        }
        _ => return None,
    };
    Some(finding(is_error, CheckCode::Import, (file, site), (text, fix)))
}

/// Modules that are built in, or imported before a script starts: a file of the source with such a name is never read.
const ALREADY_THERE: [&str; 22] = [
    "abc",
    "atexit",
    "builtins",
    "codecs",
    "encodings",
    "errno",
    "faulthandler",
    "gc",
    "genericpath",
    "io",
    "itertools",
    "marshal",
    "os",
    "posix",
    "posixpath",
    "pwd",
    "site",
    "stat",
    "sys",
    "time",
    "zipimport",
    "_thread",
];

/// A name that its module of the project has not. What another file may put there is not known.
fn lacking_name(check: &SourceCheck, file: &ReachedFile, lacking: &LackingName) -> Option<CheckFinding> {
    let (site, name, module) = (&lacking.site, &lacking.name, &lacking.file);
    let certainty = certainty(file, site);
    let is_put_there = check.reached.iter().any(|file| {
        let names = &file.text.names;
        let by_text = ["setattr", "__setattr__", "__dict__", "vars"];
        names.assigned.contains(name) || by_text.iter().any(|own| names.mentioned.contains(*own))
    });
    let top = site.module.split('.').next().unwrap_or_default();
    let is_never_read = site.level == 0 && ALREADY_THERE.contains(&top);
    if certainty == Certainty::None || changes_search(check) || is_put_there || is_never_read {
        return None;
    }
    let text = match *module == file.path {
        true => format!("imports `{name}` from itself: `{module}` is found before any package `{top}`"),
        false => format!("imports `{name}`, and `{module}` has no such name"),
    };
    let is_error = certainty == Certainty::Certain && check.target.is_started;
    let submodule = module.strip_suffix("/__init__.py").map(|folder| format!("{folder}/{name}"));
    if let Some(texts) = submodule.and_then(|at| left_out(check, &at, &format!("{}.{name}", site.module))) {
        return Some(finding(is_error, CheckCode::Import, (file, site), texts));
    }
    let fix = hiding(site, module).unwrap_or_else(|| format!("correct the name, or add it to `{module}`"));
    Some(finding(is_error, CheckCode::Import, (file, site), (text, fix)))
}

/// What to do about a file that has the name of a package which agents use.
fn hiding(site: &ImportSite, module: &str) -> Option<String> {
    let top = site.module.split('.').next().filter(|top| site.level == 0 && distributions::is_known(top))?;
    let shown = module.strip_suffix("/__init__.py").unwrap_or(module);
    Some(format!("correct the name, or rename `{shown}` if the package `{top}` is meant, which it hides"))
}

/// What to say of a module that is in the project and not in the artifact.
fn left_out(check: &SourceCheck, at: &str, written: &str) -> Option<(String, String)> {
    let candidates = [format!("{at}.py"), format!("{at}/__init__.py")];
    let path = candidates.into_iter().find(|path| !check.files.has(path) && check.source.root.join(path).is_file())?;
    let why = check.listing.why_left_out(&path)?;
    Some((
        format!("imports `{written}`, and `{path}` is left out ({why})"),
        format!("take it in: `--include {}`, or change the rule", quoted(&path)),
    ))
}

/// Where the file is that may be meant.
fn missing_fix(check: &SourceCheck, at: &str) -> String {
    let name = at.rsplit('/').next().unwrap_or(at);
    match elsewhere(check, name).first() {
        Some(path) => format!("correct the name: there is `{path}`"),
        None => "correct the name, or add the file".to_owned(),
    }
}

/// Files of the source that are this module, wherever they are.
fn elsewhere<'a>(check: &'a SourceCheck, top: &str) -> Vec<&'a str> {
    let (file, init) = (format!("/{top}.py"), format!("/{top}/__init__.py"));
    let slashed = |path: &str| format!("/{path}");
    let fits = |path: &&str| slashed(path).ends_with(&file) || slashed(path).ends_with(&init);
    check.files.paths().map(|(path, _)| path).filter(fits).collect()
}

/// A file or folder where this module is looked for, whose name is written otherwise: in another case, or with `-` for `_`.
fn written_otherwise(check: &SourceCheck, top: &str) -> Option<String> {
    let plain = |name: &str| name.to_ascii_lowercase().replace('-', "_");
    check.files.paths().find_map(|(path, _)| {
        let below = |folder: &String| match folder.is_empty() {
            true => Some(path),
            false => path.strip_prefix(folder.as_str())?.strip_prefix('/'),
        };
        check.folders.iter().find_map(|folder| {
            let first = below(folder)?.split('/').next()?;
            let name = first.strip_suffix(".py").unwrap_or(first);
            let is_module = path.ends_with(".py") && name != top && plain(name) == plain(top);
            let shown = || path[..path.len() - below(folder).unwrap_or_default().len() + first.len()].to_owned();
            is_module.then(shown)
        })
    })
}

/// Whether the source has a folder of this name anywhere, which may be put on the search path.
fn has_folder(check: &SourceCheck, top: &str) -> bool {
    let folder = format!("/{top}/");
    check.files.paths().any(|(path, _)| format!("/{path}").contains(&folder))
}

fn changes_search(check: &SourceCheck) -> bool {
    check.target.has_python_path || check.reached.iter().any(|file| file.text.changes_search)
}

/// Imports of modules that are neither of the project nor of the standard library.
pub(super) fn of_packages(check: &SourceCheck, packages: &KnownPackages) -> Vec<CheckFinding> {
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for file in &check.reached {
        for (site, goal) in &file.imports {
            let begun = matches!(goal, ImportGoal::Broken { regular: false, .. }) && site.level == 0;
            if !(begun || *goal == ImportGoal::Elsewhere) {
                continue;
            }
            let top = site.module.split('.').next().unwrap_or_default();
            let Some(one) = package_import(check, file, site, packages) else { continue };
            // Once is enough for each module; an error says more than a warning.
            if told.insert((top.to_owned(), one.is_error)) {
                found.push(one);
            }
        }
    }
    let errors: Vec<String> = found.iter().filter(|one| one.is_error).map(|one| one.text.clone()).collect();
    found.retain(|one| one.is_error || !errors.contains(&one.text));
    found
}

fn package_import(
    check: &SourceCheck,
    file: &ReachedFile,
    site: &ImportSite,
    packages: &KnownPackages,
) -> Option<CheckFinding> {
    let certainty = certainty(file, site);
    let top = site.module.split('.').next().unwrap_or_default();
    let standard = standard_module(top, check.target.minor);
    if certainty == Certainty::None
        || top == "__main__"
        || matches!(standard, StandardModule::Present | StandardModule::Doubtful)
        || distributions::is_anywhere(top)
        || is_brought(packages, site, top)
    {
        return None;
    }
    let moved = check.target.is_placed && changes_search(check);
    if moved && (!elsewhere(check, top).is_empty() || has_folder(check, top)) {
        return None;
    }
    let is_sdk = top == SDK.1;
    let severity = match (packages, certainty) {
        (_, Certainty::None) | (KnownPackages::Unknown, _) => return None,
        (KnownPackages::Pending { names, opaque }, Certainty::Certain) => {
            // The rest is judged by what was installed.
            if !is_sdk || *opaque || !distributions::lack_sdk(names) {
                return None;
            }
            true
        }
        (KnownPackages::Pending { .. }, Certainty::Later) => return None,
        // What else it installs is not known.
        (KnownPackages::Asked { names }, _) if is_sdk && distributions::lack_sdk(names) => false,
        (KnownPackages::Asked { .. }, _) => return None,
        (KnownPackages::Named { opaque: true, .. }, _) => return None,
        (KnownPackages::Named { names, complete, .. }, Certainty::Certain) => {
            // A requirement may bring what left the standard library: `discord.py` brings `audioop`, as `audioop-lts`.
            let is_known = *complete || names.is_empty();
            match standard {
                StandardModule::Absent => is_sdk && (*complete || distributions::lack_sdk(names)),
                StandardModule::Removed(_) => is_known,
                _ => true,
            }
        }
        (KnownPackages::Named { .. }, Certainty::Later) => return None,
        (KnownPackages::Installed { opaque, .. }, Certainty::Certain) => !opaque,
        (KnownPackages::Installed { .. }, Certainty::Later) => false,
    };
    let perhaps = check.target.is_managed && PERHAPS_MANAGED.contains(&top);
    let is_error = severity && !moved && !perhaps && check.target.is_started;
    let code = if is_sdk { CheckCode::Sdk } else { CheckCode::Import };
    let texts = missing_package(check, (site, top), standard, (packages, certainty));
    Some(finding(is_error, code, (file, site), texts))
}

/// What to say of a module that nothing brings, and the next step.
fn missing_package(
    check: &SourceCheck,
    (site, top): (&ImportSite, &str),
    standard: StandardModule,
    (packages, certainty): (&KnownPackages, Certainty),
) -> (String, String) {
    for folder in &check.folders {
        let at = if folder.is_empty() { top.to_owned() } else { format!("{folder}/{top}") };
        if let Some(texts) = left_out(check, &at, &site.module) {
            return texts;
        }
    }
    let file = check.dependency_file();
    let package = distributions::package_of(top);
    let when = if certainty == Certainty::Later { ", when that line runs" } else { "" };
    let python = check.target.minor.map_or_else(|| "Python".to_owned(), |minor| format!("Python 3.{minor}"));
    match standard {
        StandardModule::Removed(minor) => {
            return (
                format!(
                    "imports `{top}`, which left the standard library with Python 3.{minor}: {python} does not have it"
                ),
                format!(
                    "use something else in its place, or take an earlier Python: {}",
                    other_python(check, Some(minor.saturating_sub(1)))
                ),
            );
        }
        StandardModule::Later(minor) => {
            return (
                format!("imports `{top}`, which came with Python 3.{minor}: {python} does not have it"),
                format!("take a newer Python: {}", other_python(check, Some(minor))),
            );
        }
        StandardModule::WindowsOnly => {
            return (
                format!("imports `{top}`, which Python has on Windows only, and the agent runs on Linux"),
                "import it only where `sys.platform` is `win32`".to_owned(),
            );
        }
        _ => {}
    }
    if top == SDK.1 {
        return (
            format!("imports `{top}`, and the requirements do not bring `{}`", SDK.0),
            format!("add `{}` to `{file}`", SDK.0),
        );
    }
    if let (Some(path), true) = (written_otherwise(check, top), check.target.is_placed) {
        return (
            format!("imports `{top}`, and Python does not take `{path}` for it{when}"),
            format!(
                "write the name as in the import: capitals and `_` count; or add `{package}` to `{file}`, if that is meant"
            ),
        );
    }
    let own = elsewhere(check, top);
    if let (Some(path), true) = (own.first(), check.target.is_placed) {
        let module = path.trim_end_matches("/__init__.py").trim_end_matches(".py").replace('/', ".");
        return (
            format!("imports `{top}`, and Python does not look where `{path}` is{when}"),
            format!("import it as `{module}`, or move it beside the entrypoint"),
        );
    }
    let known = match packages {
        KnownPackages::Installed { .. } => "no installed package brings it",
        _ => "no requirement is named like it",
    };
    (
        format!("imports `{}`, and {known}{when}", site.module),
        format!("add `{package}` to `{file}`, or correct the name"),
    )
}

/// Whether a package brings the module.
fn is_brought(packages: &KnownPackages, site: &ImportSite, top: &str) -> bool {
    // `setuptools` puts its own in the place of the standard library's.
    let of_setuptools = |names: &BTreeSet<String>| top == "distutils" && names.contains("setuptools");
    match packages {
        KnownPackages::Unknown | KnownPackages::Asked { .. } => false,
        KnownPackages::Pending { names, .. } => of_setuptools(names) || distributions::may_bring(names, top, false),
        KnownPackages::Named { names, complete, .. } => {
            of_setuptools(names) || distributions::may_bring(names, top, *complete)
        }
        KnownPackages::Installed { names, modules, .. } => of_setuptools(names) || has_module(modules, site),
    }
}

/// A name of a module is listed as far down as it is shared: `google.genai` is there when `google.genai` is listed, and so
/// is `google`. What one package has for itself is listed by its first part.
fn has_module(modules: &BTreeSet<String>, site: &ImportSite) -> bool {
    let below = |name: &str, of: &str| name == of || name.strip_prefix(of).is_some_and(|rest| rest.starts_with('.'));
    let listed = |name: &str| modules.iter().any(|own| below(name, own) || below(own, name));
    // `from google import genai`
    let named =
        || site.names.iter().any(|name| modules.iter().any(|own| below(&format!("{}.{name}", site.module), own)));
    listed(&site.module) || named()
}

fn finding(
    is_error: bool,
    code: CheckCode,
    (file, site): (&ReachedFile, &ImportSite),
    (text, fix): (String, String),
) -> CheckFinding {
    let at = Some((site.at.line, site.at.column));
    CheckFinding { is_error, code, file: Some(file.path.clone()), at, text, fix }
}
