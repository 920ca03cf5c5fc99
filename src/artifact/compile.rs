//! From TypeScript to what Node runs: the project's own build, run in a copy.
//!
//! Owns: the copy, what it is given to compile with, and which files of it go into the artifact. Does not own: what the
//! build does (a script of the project), the dependencies that the agent runs with (`packages`).
//!
//! The copy keeps the work tree clean, lets two builds run at once, and makes the result depend on the source alone:
//! what an earlier build left is not copied. Where it lies is told by the content, so that bundlers that write paths
//! down write the same ones.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::dependencies::installer;
use super::fingerprint::Ingredients;
use super::{Tools, development};
use crate::error::{Code, Context, Error, Result};
use crate::events::Outcome;
use crate::fsx;
use crate::packages::InstallContext;
use crate::packages::node::{NodeInstaller, Npm, in_step_with_lock, install_all, install_for_development};
use crate::process::Child;
use crate::project::listing::{self, Exceptions, Listing, SourceFile};
use crate::project::{Dependencies, Manager, NodeProject, PackageBuild, Source};

const STEP: &str = "compile";
/// Lines of a compiler that an error repeats.
const SHOWN: usize = 60;
/// What a compiler notes for its next run.
const BUILD_INFO: &str = ".tsbuildinfo";
const TYPESCRIPT: [&str; 4] = [".ts", ".mts", ".cts", ".tsx"];

/// The source with what was built from it, for as long as this value lives.
#[derive(Debug)]
pub(super) struct CompiledSource {
    /// Everything that goes into the artifact, dependencies apart; paths lead into the copy.
    pub(super) files: Listing,
    _workspace: tempfile::TempDir,
}

/// Builds `files`, which are the source without what its ignore rules leave out.
///
/// # Errors
/// Exit 1 with the compiler's own words when it refuses the source, or when what is run is not among what it made.
pub(super) async fn compile(
    source: &Source,
    node: &NodeProject,
    files: &Listing,
    tools: &Tools<'_>,
) -> Result<CompiledSource> {
    let commands: Vec<&str> = node.builds.iter().map(|build| build.command.as_str()).collect();
    tools.events.started(STEP, format!("compile the source with `{}`", commands.join("`, `")));
    let copied: Vec<SourceFile> = inputs(source, node, &files.files);
    let name = {
        let copied = copied.clone();
        let hash = move || {
            let mut ingredients = Ingredients::for_kind("compilation");
            ingredients.add_files(&copied).map(|()| ingredients.finish().tag())
        };
        tokio::task::spawn_blocking(hash).await.context("the thread that read the source stopped")??
    };
    let workspace = tools.cache.workspace_named(&name)?;
    let root = workspace.path().canonicalize().context("could not resolve the workspace")?;
    let copy = SourceCopy { source, node, root: &root };
    {
        let (copied, root) = (copied.clone(), root.clone());
        let write = move || copied.iter().try_for_each(|file| copy_file(file, &root.join(&file.relative)));
        tokio::task::spawn_blocking(write).await.context("the thread that copied the source stopped")??;
    }
    let settings = copy.link_settings()?;
    copy.give_packages(tools).await?;
    for build in &node.builds {
        copy.run(build, tools).await?;
    }
    if let Some(settings) = settings {
        let _ = fs::remove_file(settings);
    }
    let files = copy.outcome(files)?;
    let text = format!("compiled with `{}`", commands.join("`, `"));
    tools.events.finished(STEP, Outcome::Done, text);
    Ok(CompiledSource { files, _workspace: workspace })
}

/// Installs everything in `dir` for this machine. `home` is where the settings are.
async fn install_with(
    installer: NodeInstaller,
    home: &Path,
    dir: &Path,
    locked: bool,
    setup: &InstallContext<'_>,
) -> Result<()> {
    match installer {
        NodeInstaller::Npm => install_all(home, dir, locked, setup).await,
        NodeInstaller::Pnpm | NodeInstaller::Yarn => install_for_development(installer, home, dir, setup).await,
    }
}

/// What is copied: the source, without what an earlier build in place made of it.
fn inputs(source: &Source, node: &NodeProject, files: &[SourceFile]) -> Vec<SourceFile> {
    let outputs: Vec<&Path> = node.builds.iter().filter_map(|build| build.output.as_deref()).collect();
    let compiled: BTreeSet<&str> = files
        .iter()
        .filter(|file| !file.relative.ends_with(".d.ts"))
        .filter_map(|file| TYPESCRIPT.iter().find_map(|extension| file.relative.strip_suffix(extension)))
        .collect();
    // `a.js`, its map and its types, beside `a.ts`.
    let made = |path: &str| {
        [".js", ".mjs", ".cjs", ".jsx", ".js.map", ".mjs.map", ".cjs.map", ".d.ts", ".d.ts.map"]
            .iter()
            .any(|extension| path.strip_suffix(extension).is_some_and(|stem| compiled.contains(stem)))
    };
    let kept = files.iter().filter(|file| {
        let path = source.root.join(&file.relative);
        !outputs.iter().any(|output| path.starts_with(output))
            && !made(&file.relative)
            && !file.relative.ends_with(BUILD_INFO)
    });
    kept.cloned().collect()
}

fn copy_file(file: &SourceFile, to: &Path) -> Result<()> {
    let what = || format!("could not copy `{}`", file.path.display());
    fs::create_dir_all(to.parent().unwrap_or(to)).with_context(what)?;
    match &file.symlink {
        Some(target) => symlink(Path::new(target), to).with_context(what),
        None => fs::copy(&file.path, to).map(|_| ()).with_context(what),
    }
}

#[cfg(unix)]
fn symlink(target: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(not(unix))]
fn symlink(target: &Path, at: &Path) -> std::io::Result<()> {
    fs::copy(at.parent().unwrap_or(at).join(target), at).map(|_| ())
}

/// The copy of a source tree.
struct SourceCopy<'a> {
    source: &'a Source,
    node: &'a NodeProject,
    root: &'a Path,
}

impl SourceCopy<'_> {
    /// Where a path of the source is in the copy.
    fn at(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.source.root).map_or_else(|_| self.root.to_owned(), |below| self.root.join(below))
    }

    /// Folder of the package.json that is installed, and its lock.
    fn home(&self) -> (&Path, Option<&Path>) {
        match &self.source.dependencies {
            Dependencies::Npm { package_json, lock } => {
                (package_json.parent().unwrap_or(&self.source.root), lock.as_deref())
            }
            _ => (&self.source.root, None),
        }
    }

    /// npm's settings, which may hold a token: never copied, and gone before the result is listed.
    fn link_settings(&self) -> Result<Option<PathBuf>> {
        let file = self.home().0.join(".npmrc");
        if !file.is_file() {
            return Ok(None);
        }
        let link = self.at(&file);
        let _ = fs::remove_file(&link);
        symlink(&file, &link).with_context(|| format!("could not link `{}`", file.display()))?;
        Ok(Some(link))
    }

    /// The compiler and everything else that is installed for development: what the project has, when it is what the
    /// lock says, else installed here.
    async fn give_packages(&self, tools: &Tools<'_>) -> Result<()> {
        let (home, lock) = self.home();
        let present = home.join("node_modules").is_dir();
        let of_npm = self.node.manager == Manager::Npm;
        let usable = present && of_npm && lock.is_none_or(|lock| in_step_with_lock(home, lock));
        if !usable {
            if present && of_npm {
                tools.events.note("node_modules is not what the lock says; the compiler is installed anew, elsewhere");
            }
            return self.install(home, lock, tools).await;
        }
        let mut folders = BTreeSet::from([home.to_owned()]);
        folders.extend(self.node.locals.iter().chain(&self.node.member).chain(&self.node.strangers).cloned());
        let pairs: Vec<(PathBuf, PathBuf)> = folders
            .iter()
            .map(|folder| (folder.join("node_modules"), self.at(folder).join("node_modules")))
            .filter(|(from, _)| from.is_dir())
            .collect();
        let copy = move || pairs.iter().try_for_each(|(from, to)| copy_tree(from, to));
        tokio::task::spawn_blocking(copy).await.context("the thread that copied node_modules stopped")?
    }

    /// Installs for development, or takes what an earlier build installed of the same lock. Where installing reads the
    /// source, that is no other's.
    async fn install(&self, home: &Path, lock: Option<&Path>, tools: &Tools<'_>) -> Result<()> {
        let setup = InstallContext { env: tools.env, cache: tools.cache, events: tools.events };
        let dir = self.at(home);
        let installer = installer(self.node.manager).unwrap_or(NodeInstaller::Npm);
        let Some(lock) = lock.filter(|_| !self.source.install.needs_source) else {
            return install_with(installer, home, &dir, lock.is_some(), &setup).await;
        };
        let key = development::key(installer, home, lock, tools.env).await?;
        let (cache, to, name) = (tools.cache.clone(), dir.clone(), key.clone());
        let give = move || development::give(&cache, &name, &to);
        if tokio::task::spawn_blocking(give).await.context("the thread that copied node_modules stopped")?? {
            return Ok(());
        }
        install_with(installer, home, &dir, true, &setup).await?;
        let cache = tools.cache.clone();
        let keep = move || development::keep(&cache, &key, &dir);
        tokio::task::spawn_blocking(keep).await.context("the thread that copied node_modules stopped")
    }

    async fn run(&self, build: &PackageBuild, tools: &Tools<'_>) -> Result<()> {
        let dir = self.at(&build.dir);
        let npm = Npm::find(tools.env)?;
        let mut words = build.command.split(' ');
        let child: Child = match words.next() {
            // Only what is installed: npx would fetch and run a package of that name.
            Some("pnpm") => NodeInstaller::Pnpm.script(tools.env, &dir)?.args(words),
            Some("yarn") => NodeInstaller::Yarn.script(tools.env, &dir)?.arg("--silent").args(words),
            Some("npx") => npm.npx(&dir)?.arg("--no-install").args(words),
            // Without the lines that npm puts around those of the compiler.
            _ => npm.script(&dir).args(words).arg("--silent"),
        };
        let (copy, own) = (self.root.display().to_string(), self.source.root.display().to_string());
        let mut said: Vec<String> = Vec::new();
        let result = child
            .check_lines(|line| {
                let line = line.replace(&copy, &own);
                tools.events.output("build", line.clone());
                said.push(line);
            })
            .await;
        let Err(error) = result else { return Ok(()) };
        let shown = said[said.len().saturating_sub(SHOWN)..].join("\n");
        let status = error.message().rsplit_once(" (").map_or("", |(_, status)| status.trim_end_matches(')'));
        let folder = fsx::relative(&build.dir, &self.source.root).filter(|folder| folder != ".");
        let place = folder.map(|folder| format!(" in `{folder}`")).unwrap_or_default();
        let error = Error::failed(format!("`{}`{place} failed ({status})", build.command)).code(Code::SourceBuild);
        Err(if shown.trim().is_empty() { error } else { error.cause(shown) }
            .hint(format!("run `{}` yourself: it is the project's own build", build.command)))
    }

    /// Lists the copy: what was copied and what was made, without TypeScript.
    fn outcome(&self, before: &Listing) -> Result<Listing> {
        // Ignore rules are about the source; they name what a build makes.
        let rules = self.root.join(".dockerignore");
        fs::write(&rules, "").with_context(|| format!("could not write `{}`", rules.display()))?;
        let included = before.included.clone();
        let mut listing = listing::list(self.root, &Exceptions { included, is_copy: true, ..Exceptions::default() })?;
        listing.files.retain(|file| {
            file.relative != ".dockerignore" && !file.relative.ends_with(BUILD_INFO) && !self.is_typescript(file)
        });
        if let Some(settings) = before.files.iter().find(|file| self.is_settings(file)) {
            listing.files.push(settings.clone());
            listing.files.sort_unstable_by(|a, b| a.relative.as_bytes().cmp(b.relative.as_bytes()));
        }
        listing.total_bytes = listing.files.iter().map(|file| file.size).sum();
        let run = &self.source.module;
        if listing.files.iter().any(|file| file.relative == *run) {
            return Ok(listing);
        }
        let name = Path::new(run).file_name();
        let alike = listing.files.iter().filter(|file| Path::new(&file.relative).file_name() == name);
        let alike: Vec<String> = alike.take(3).map(|file| format!("`{}`", file.relative)).collect();
        let error = Error::failed(format!("the build did not make `{run}`, which is what would be run"))
            .code(Code::SourceBuildOutput);
        let error = if alike.is_empty() { error } else { error.cause(format!("it made {}", alike.join(", "))) };
        Err(error.hint("name what is run with `main` in package.json, or set `outDir` and `rootDir` in tsconfig.json"))
    }

    fn is_settings(&self, file: &SourceFile) -> bool {
        file.path == self.home().0.join(".npmrc")
    }

    /// TypeScript of a package that is built. Where nothing is built, it is run as it is.
    fn is_typescript(&self, file: &SourceFile) -> bool {
        if !TYPESCRIPT.iter().any(|extension| file.relative.ends_with(extension)) {
            return false;
        }
        let path = self.source.root.join(&file.relative);
        let builds = |dir: &PathBuf| self.node.builds.iter().any(|build| build.dir == *dir);
        let inside = |dir: &&PathBuf| path.starts_with(dir);
        let own = self.node.locals.iter().chain(&self.node.member).filter(inside);
        own.max_by_key(|dir| dir.components().count()).is_none_or(builds)
    }
}

/// Copies a tree of packages. Not second names for the same files: some builds write into packages (code generators,
/// patches), and what they write must not reach the project.
///
/// # Errors
/// Files that cannot be read or written.
pub(super) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let what = || format!("could not copy `{}`", from.display());
    fs::create_dir_all(to).with_context(what)?;
    for item in fs::read_dir(from).with_context(what)? {
        let item = item.with_context(what)?;
        let (source, target) = (item.path(), to.join(item.file_name()));
        let kind = item.file_type().with_context(what)?;
        if kind.is_dir() {
            // Bundlers keep their caches here; one that belongs to another folder would only mislead.
            if item.file_name() != ".cache" {
                copy_tree(&source, &target)?;
            }
        } else if kind.is_symlink() {
            symlink(&fs::read_link(&source).with_context(what)?, &target).with_context(what)?;
        } else {
            fs::copy(&source, &target).with_context(what)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{self, Detect};

    fn project(files: &[&str]) -> (tempfile::TempDir, Source) {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let (name, text) = file.split_once('=').unwrap_or((file, ""));
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let entrypoint = Path::new(files[0].split('=').next().unwrap());
        let source = project::detect(&Detect {
            dir: dir.path(),
            entrypoint: Some(entrypoint),
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected: project::Selected::default(),
            agent: None,
        });
        (dir, source.unwrap())
    }

    fn copied(files: &[&str]) -> Vec<String> {
        let (dir, source) = project(files);
        let listing = listing::list(dir.path(), &Exceptions::default()).unwrap();
        let node = source.node.clone().unwrap();
        inputs(&source, &node, &listing.files).into_iter().map(|file| file.relative).collect()
    }

    const BUILD: &str = r#"package.json={"scripts":{"build":"tsc"}}"#;

    #[test]
    fn what_an_earlier_build_made_is_not_copied() {
        let out = copied(&[
            "src/index.ts",
            BUILD,
            r#"tsconfig.json={"compilerOptions":{"outDir":"dist"}}"#,
            "dist/index.js",
            "dist/gone.js",
            "tsconfig.tsbuildinfo",
            "src/prompt.md",
        ]);
        assert_eq!(out, ["package.json", "src/index.ts", "src/prompt.md", "tsconfig.json"]);
        let beside = copied(&[
            "index.ts",
            BUILD,
            "tsconfig.json={}",
            "index.js",
            "index.js.map",
            "index.d.ts",
            "own.js",
            "own.d.ts",
        ]);
        assert_eq!(beside, ["index.ts", "own.d.ts", "own.js", "package.json", "tsconfig.json"]);
    }

    #[test]
    fn typescript_stays_out_where_it_was_compiled() {
        let (dir, source) = project(&[
            "packages/a/src/index.ts",
            r#"package.json={"workspaces":["packages/*"]}"#,
            r#"packages/a/package.json={"name":"a","scripts":{"build":"x"},"dependencies":{"b":"*"}}"#,
            r#"packages/a/tsconfig.json={"compilerOptions":{"outDir":"dist"}}"#,
            r#"packages/b/package.json={"name":"b","main":"index.ts"}"#,
            "packages/b/index.ts",
            "packages/a/dist/index.js",
        ]);
        let node = source.node.clone().unwrap();
        let copy = SourceCopy { source: &source, node: &node, root: dir.path() };
        let found = copy.outcome(&Listing::default()).unwrap();
        let paths: Vec<&str> = found.files.iter().map(|file| file.relative.as_str()).collect();
        assert!(paths.contains(&"packages/b/index.ts") && paths.contains(&"packages/a/dist/index.js"), "{paths:?}");
        assert!(!paths.contains(&"packages/a/src/index.ts") && !paths.contains(&".dockerignore"), "{paths:?}");
        fs::rename(dir.path().join("packages/a/dist"), dir.path().join("packages/a/out")).unwrap();
        let error = copy.outcome(&Listing::default()).unwrap_err();
        assert_eq!(error.code_str(), "source.build-output");
        assert!(error.causes()[0].contains("packages/a/out/index.js"), "{error:?}");
    }
}
