//! TypeScript and JavaScript projects: package.json and the lock file, the packages of the project that belong
//! together, and how the source is compiled or run.
//!
//! `typescript` reads where the compiler's output goes, `interpreter` what runs it uncompiled, `scripts` what package.json's
//! scripts do, `version` which Node is wanted, `workspace` finds packages of the same project. Does not own: running npm or
//! the compiler.

mod interpreter;
mod scripts;
mod typescript;
mod version;
mod workspace;

use std::path::{Path, PathBuf};

use serde_json::Value;
pub(crate) use version::Engines;
use workspace::Workspace;

use super::entrypoint::EntrypointFile;
use super::{Dependencies, Detect, Install, Language, ProjectRoots, PythonVersion, Source, VersionSource};
use crate::error::{Code, Error, Result};
use crate::fsx;

/// What a Node project needs besides its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeProject {
    /// `22`: the major version, as in the tags of base images.
    pub(crate) version: String,
    pub(crate) from: VersionSource,
    pub(crate) engines: Option<Engines>,
    pub(crate) manager: Manager,
    /// Options of `node` before the file.
    pub(crate) options: Vec<String>,
    /// What `scripts.start` runs the agent with, where that is not what is run here.
    otherwise: Option<&'static str>,
    /// The steps that turn the source into what is run, in this order; the agent's own package comes last.
    pub(crate) builds: Vec<PackageBuild>,
    /// The folder of the agent's own package, when it is a member of a workspace that is installed as a whole.
    pub(crate) member: Option<PathBuf>,
    /// Folders of the project's other packages that the agent needs; they are linked, not installed.
    pub(crate) locals: Vec<PathBuf>,
    /// Folders of the workspace's members that the agent does not need.
    pub(crate) strangers: Vec<PathBuf>,
}

/// The build of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PackageBuild {
    /// Where the command runs: the folder of the package.json.
    pub(crate) dir: PathBuf,
    /// Words without spaces or quotes, such as `npm run build`.
    pub(crate) command: String,
    /// The folder that the build fills, where it is none that has source in it.
    pub(crate) output: Option<PathBuf>,
}

/// What installs the packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manager {
    Npm,
    Pnpm,
    /// Version 1.
    Yarn,
    /// Version 2 and newer.
    YarnBerry,
}

pub(super) fn describe(request: &Detect<'_>, project: &ProjectRoots, found: EntrypointFile) -> Result<Source> {
    if let Some(named) = request.requirements {
        return Err(Error::usage(format!(
            "`{}` cannot be used with a {} agent",
            named.display(),
            found.language.name()
        ))
        .code(Code::SourceRequirements)
        .hint("npm's dependencies come from the package.json; leave out `--requirements-file`"));
    }
    let folder = found.file.parent().unwrap_or(&project.dir);
    let package = match project.nearest(folder, &["package.json"]) {
        Some(file) => Some(PackageJson::read(file)?),
        None => None,
    };
    let Some(package) = package else { return without_package(project, found) };
    let workspace = Workspace::around(&package, project)?;
    let home = workspace.home.as_ref().unwrap_or(&package);
    let locals = workspace.reach(&package, project)?;
    let (manager, lock) = home.lock();
    let install = install(home, &package, &locals, lock.as_ref())?;
    let root = project.root(&found.file, &install.files)?;
    let (version, from) = version::find(folder, &[&package, home], project)?;
    let as_is = interpreter::options(&found.file, &package, &version)?;
    let module = match found.language {
        Language::TypeScript if as_is.is_none() => typescript::run_path(&found.file, &root, Some(&package), project)?,
        _ => fsx::relative(&found.file, &root).unwrap_or_default(),
    };
    let mut builds: Vec<PackageBuild> = locals.iter().filter_map(|local| local.build(manager)).collect();
    let otherwise = interpreter::otherwise(&package, as_is.as_deref());
    let command = match &as_is {
        Some(_) => None,
        None => build_command(&found, Some(&package), manager, project)?,
    };
    if let Some(command) = command {
        let run = fsx::normalize(&root.join(&module));
        builds.push(PackageBuild {
            dir: package.dir().to_owned(),
            command,
            output: typescript::output(&package, Some((&found.file, &run))),
        });
    }
    let node = NodeProject {
        version,
        from,
        engines: Engines::from_packages(&[&package, home]),
        manager,
        options: as_is.unwrap_or_default(),
        otherwise,
        builds,
        member: workspace.home.is_some().then(|| package.dir().to_owned()),
        strangers: workspace.strangers(&package, &locals),
        locals: locals.iter().map(|local| local.dir().to_owned()).collect(),
    };
    let dependencies = Dependencies::Npm { package_json: home.file.clone(), lock };
    Ok(source(found, root, module, (dependencies, install), node))
}

/// JavaScript alone.
fn without_package(project: &ProjectRoots, found: EntrypointFile) -> Result<Source> {
    let folder = found.file.parent().unwrap_or(&project.dir);
    build_command(&found, None, Manager::Npm, project)?;
    let root = project.root(&found.file, &[])?;
    let module = fsx::relative(&found.file, &root).unwrap_or_default();
    let (version, from) = version::find(folder, &[], project)?;
    let node = NodeProject {
        version,
        from,
        engines: None,
        manager: Manager::Npm,
        options: Vec::new(),
        otherwise: None,
        builds: Vec::new(),
        member: None,
        locals: Vec::new(),
        strangers: Vec::new(),
    };
    Ok(source(found, root, module, (Dependencies::None, Install::default()), node))
}

fn source(
    found: EntrypointFile,
    root: PathBuf,
    module: String,
    (dependencies, install): (Dependencies, Install),
    node: NodeProject,
) -> Source {
    Source {
        root,
        entrypoint: found.file,
        handler: found.handler,
        application: None,
        language: found.language,
        module,
        import_root: None,
        package_roots: Vec::new(),
        dependencies,
        install,
        python: PythonVersion::default(),
        node: Some(node),
        has_otel: false,
    }
}

impl NodeProject {
    /// What to say where the project itself starts the agent with another program.
    pub(crate) fn started_otherwise(&self) -> Option<String> {
        let program = self.otherwise?;
        let here = match (self.builds.is_empty(), self.options.iter().any(|option| option == interpreter::TSX)) {
            (false, _) => "the artifact runs what its build makes with Node.js",
            (true, true) => "the artifact runs it with `tsx`",
            (true, false) => {
                "the artifact runs it with Node.js, which only leaves out types: enums, decorators and `paths` of \
                 tsconfig.json need a `build` script, or `npm install --save tsx`"
            }
        };
        Some(format!("`scripts.start` of package.json runs the agent with `{program}`; {here}"))
    }
}

/// A tsconfig.json, with comments and trailing commas allowed.
pub(super) fn tsconfig(file: &Path) -> Option<Value> {
    typescript::value(file)
}

impl Manager {
    /// The name of its program.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::Yarn | Self::YarnBerry => "yarn",
        }
    }
}

/// The file that `main` of `folder`'s package.json names, when it exists.
pub(super) fn main_of(folder: &Path) -> Option<PathBuf> {
    let package = PackageJson::read(folder.join("package.json")).ok()?;
    let main = fsx::normalize(&folder.join(package.value.get("main")?.as_str()?));
    let runnable = main.extension().is_some_and(|extension| ["js", "mjs", "cjs"].iter().any(|own| extension == *own));
    (runnable && main.starts_with(folder) && main.is_file()).then_some(main)
}

/// A package.json.
#[derive(Clone, Debug)]
struct PackageJson {
    file: PathBuf,
    value: Value,
}

impl PackageJson {
    fn read(file: PathBuf) -> Result<Self> {
        let text = fsx::read_text(&file)?.unwrap_or_default();
        let bad = |what: String| Error::usage(what).code(Code::SourcePackageJson);
        let value: Value = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text)).map_err(|error| {
            bad(format!("{}:{}:{}: not valid JSON", file.display(), error.line(), error.column())).source(&error)
        })?;
        if !value.is_object() {
            return Err(bad(format!("`{}` is not a JSON object", file.display())));
        }
        Ok(Self { file, value })
    }

    fn dir(&self) -> &Path {
        self.file.parent().unwrap_or(&self.file)
    }

    fn name(&self) -> Option<&str> {
        self.value.get("name")?.as_str()
    }

    fn script(&self, name: &str) -> Option<&str> {
        self.value.get("scripts")?.get(name)?.as_str()
    }

    fn requirement(&self, name: &str) -> Option<&str> {
        ["dependencies", "devDependencies"].iter().find_map(|table| self.value.get(table)?.get(name)?.as_str())
    }

    /// Names and versions of what it needs, to run or to be built.
    fn requirements(&self) -> impl Iterator<Item = (&str, &str)> {
        ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]
            .into_iter()
            .filter_map(|table| self.value.get(table)?.as_object())
            .flatten()
            .filter_map(|(name, version)| Some((name.as_str(), version.as_str()?)))
    }

    /// Who installs, and the lock: npm's where there is one, else what another manager left.
    fn lock(&self) -> (Manager, Option<PathBuf>) {
        let beside = |name: &str| Some(self.dir().join(name)).filter(|file| file.is_file());
        if let Some(lock) = beside("npm-shrinkwrap.json").or_else(|| beside("package-lock.json")) {
            return (Manager::Npm, Some(lock));
        }
        let named = self.value.get("packageManager").and_then(Value::as_str).unwrap_or_default();
        let (name, version) = named.split_once('@').unwrap_or((named, ""));
        let pnpm = beside("pnpm-lock.yaml");
        if pnpm.is_some() || name == "pnpm" {
            return (Manager::Pnpm, pnpm);
        }
        let yarn = beside("yarn.lock");
        if yarn.is_some() || name == "yarn" {
            // Version 1 cannot read the other's lock, whatever else is said.
            let new = yarn.as_ref().is_some_and(|lock| {
                fsx::read_text(lock).ok().flatten().is_some_and(|text| text.contains("\n__metadata:"))
            });
            let said = version.starts_with("1.") || (version.is_empty() && beside(".yarnrc.yml").is_none());
            let old = said && !new;
            return (if old { Manager::Yarn } else { Manager::YarnBerry }, yarn);
        }
        (Manager::Npm, None)
    }

    /// Its `build` script, as a step of a build that needs this package.
    fn build(&self, manager: Manager) -> Option<PackageBuild> {
        if !self.builds() {
            return None;
        }
        let output = typescript::output(self, None);
        Some(PackageBuild { dir: self.dir().to_owned(), command: format!("{} run build", manager.name()), output })
    }

    /// An `.npmrc` that decides how dependencies are resolved. One with a credential in it is left out.
    fn settings(&self) -> Result<Option<PathBuf>> {
        let file = self.dir().join(".npmrc");
        let secret = |text: &str| ["_auth", "_password", "_authToken"].iter().any(|key| text.contains(key));
        Ok(fsx::read_text(&file)?.filter(|text| !secret(text)).map(|_| file))
    }
}

/// What an installation reads and needs; see [`Install`].
fn install(home: &PackageJson, own: &PackageJson, locals: &[PackageJson], lock: Option<&PathBuf>) -> Result<Install> {
    let all = || std::iter::once(home).chain([own]).chain(locals);
    let versions = || all().flat_map(PackageJson::requirements).map(|(_, version)| version);
    let local = versions().any(|version| version.starts_with("file:") || version.starts_with("link:"));
    // Scripts that npm runs by itself while it installs may read anything.
    let scripts = ["preinstall", "install", "postinstall", "prepare"]
        .iter()
        .any(|name| all().any(|each| each.script(name).is_some()));
    let mut files = vec![home.file.clone()];
    files.extend(lock.cloned());
    files.extend(home.settings()?);
    for package in std::iter::once(own).chain(locals) {
        if !files.contains(&package.file) {
            files.push(package.file.clone());
        }
    }
    Ok(Install {
        files,
        needs_source: local || scripts || !locals.is_empty() || home.value.get("workspaces").is_some(),
        needs_git: versions().any(|version| version.starts_with("git") && version.contains(':')),
        hashed: false,
    })
}

/// # Errors
/// A TypeScript entrypoint that nothing would compile.
fn build_command(
    found: &EntrypointFile,
    package: Option<&PackageJson>,
    manager: Manager,
    project: &ProjectRoots,
) -> Result<Option<String>> {
    let tsconfig = package.map(|package| package.dir().join("tsconfig.json")).filter(|file| file.is_file());
    // A JavaScript entrypoint may be what a compiler makes, but then there is a tsconfig.json.
    let compiled = typescript::is_typescript(&found.file);
    if !compiled && tsconfig.is_none() {
        return Ok(None);
    }
    if package.is_some_and(PackageJson::builds) {
        return Ok(Some(format!("{} run build", manager.name())));
    }
    if !compiled {
        return Ok(None);
    }
    let emits = tsconfig.is_some_and(|file| !typescript::only_checks(&file));
    if emits && package.is_some_and(|package| package.requirement("typescript").is_some()) {
        let run = match manager {
            Manager::Npm => "npx tsc",
            Manager::Pnpm => "pnpm exec tsc",
            Manager::Yarn | Manager::YarnBerry => "yarn run tsc",
        };
        return Ok(Some(run.to_owned()));
    }
    let error = Error::usage(format!("nothing says how `{}` is compiled", project.show(&found.file)));
    Err(error
        .code(Code::SourceTypescriptBuild)
        .hint("add a `build` script to package.json, for example `\"build\": \"tsc\"`")
        .hint("`npm install --save-dev typescript` and a tsconfig.json with `outDir` do as well")
        .hint("without a build it is run by `tsx` (`npm install --save tsx`), or by Node 22 and newer"))
}
