//! An installed directory as layer entries that do not depend on when, where and by which program it was installed.
//!
//! Owns: what is left out and what is rewritten, and which file belongs to which package. Nothing on disk is changed: uv
//! links files to its own cache.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::digest::Hasher;
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::secret_files;
use crate::tree::{Entry, EntryKind};

use super::folder;
use super::metadata::{self, Distribution};

/// Metadata that installers add and that differs between two installs of the same wheel. Some of it has addresses with
/// credentials.
const VARYING: [&str; 6] =
    ["INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json", "provenance_url.json"];
/// Larger files in `bin` are programs, not launchers.
const LAUNCHER_LIMIT: u64 = 1 << 16;

/// What was installed, by path and by package.
#[derive(Debug)]
pub(super) struct InstalledTree {
    /// Path in the image below the prefix, and what it is taken from.
    files: BTreeMap<String, InstalledFile>,
    /// By name.
    pub(super) packages: Vec<Distribution>,
    /// Bytes on disk of each package.
    pub(super) sizes: Vec<u64>,
    /// Secrets in packages that were built from folders of this machine, by path; left out.
    pub(super) withheld: Vec<String>,
}

#[derive(Debug)]
struct InstalledFile {
    on_disk: PathBuf,
    /// Index of its package; none for files that no package lists.
    owner: Option<usize>,
}

impl InstalledTree {
    /// Lays the directories over each other: a file, and a package, of an earlier one wins over one of a later.
    /// `local` names the packages that were built from folders of this machine: a build system packs whatever lies
    /// there, so secrets are looked for in them as in the project's own source.
    pub(super) fn read(roots: &[PathBuf], local: &BTreeSet<String>) -> Result<Self> {
        let mut on_disk = BTreeMap::new();
        let mut packages: Vec<Distribution> = Vec::new();
        for root in roots {
            let known: BTreeSet<String> = packages.iter().map(|package| package.name.clone()).collect();
            let read = metadata::read(root)?.into_iter();
            let (replaced, new): (Vec<_>, Vec<_>) = read.partition(|package| known.contains(&package.name));
            let mut found = BTreeMap::new();
            collect(root, "", &mut found)?;
            // An older release may have files that the one which counts has no more.
            let shared: BTreeSet<&String> = new.iter().flat_map(|package| &package.files).collect();
            for file in replaced.iter().flat_map(|package| &package.files).filter(|file| !shared.contains(file)) {
                found.remove(file);
            }
            for (path, file) in found {
                on_disk.entry(path).or_insert(file);
            }
            packages.extend(new);
        }
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, package) in packages.iter().enumerate() {
            for file in &package.files {
                owners.entry(file).or_insert(at);
            }
        }
        let mut files = BTreeMap::new();
        let mut withheld = Vec::new();
        for (path, on_disk) in on_disk {
            let owner = owners.get(path.as_str()).copied();
            if owner.is_some_and(|at| local.contains(&packages[at].name)) && is_secret(&path, &on_disk)? {
                withheld.push(path);
            } else {
                files.insert(path, InstalledFile { on_disk, owner });
            }
        }
        let mut sizes = vec![0; packages.len()];
        for file in files.values() {
            if let Some(owner) = file.owner {
                sizes[owner] += fs::symlink_metadata(&file.on_disk).map_or(0, |meta| meta.len());
            }
        }
        Ok(Self { files, packages, sizes, withheld })
    }

    /// [`InstalledTree::read`] on a blocking thread.
    ///
    /// # Errors
    /// Those of [`InstalledTree::read`].
    pub(super) async fn load(roots: Vec<PathBuf>, local: BTreeSet<String>) -> Result<Self> {
        let read = move || Self::read(&roots, &local);
        tokio::task::spawn_blocking(read).await.context("the thread that read the packages stopped")?
    }

    /// What of this is not in `other`, by package and by file.
    pub(super) fn without_packages_of(self, other: &Self) -> Self {
        let known: BTreeSet<&str> = other.packages.iter().map(|package| package.name.as_str()).collect();
        let stays = |at: &usize| !known.contains(self.packages[*at].name.as_str());
        let kept: Vec<usize> = (0..self.packages.len()).filter(stays).collect();
        let place = |owner: usize| kept.iter().position(|at| *at == owner);
        let mut files = BTreeMap::new();
        for (path, file) in self.files {
            let owner = match file.owner.map(place) {
                Some(None) => continue,
                Some(place) => place,
                None => None,
            };
            if !other.files.contains_key(&path) {
                files.insert(path, InstalledFile { owner, ..file });
            }
        }
        let packages = kept.iter().map(|at| self.packages[*at].clone()).collect();
        let sizes = kept.iter().map(|at| self.sizes[*at]).collect();
        Self { files, packages, sizes, withheld: self.withheld }
    }

    /// Where a file of the packages is on disk.
    pub(super) fn on_disk(&self, path: &str) -> Option<&Path> {
        self.files.get(path).map(|file| file.on_disk.as_path())
    }

    /// The paths of all files, in order.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The entries of these packages below `prefix` (in the image, without slashes around); `None` stands for files
    /// that belong to no package.
    pub(super) fn entries(&self, prefix: &str, chosen: impl Fn(Option<usize>) -> bool) -> Result<Vec<Entry>> {
        let files = self.files.iter().filter(|(_, file)| chosen(file.owner));
        files.map(|(path, file)| self.entry(path, &file.on_disk, prefix)).collect()
    }

    /// What identifies the content of these packages: the hashes that they were published with, and the content of
    /// what has none.
    pub(super) fn identity(&self, hasher: &mut Hasher, chosen: impl Fn(Option<usize>) -> bool) -> Result<()> {
        let mut hashed = BTreeSet::new();
        for (path, file) in self.files.iter().filter(|(path, _)| is_record(path)) {
            let text = read_text(&file.on_disk)?;
            hashed.extend(metadata::recorded(&text).filter(|(_, rest)| rest.len() > 2).map(|(path, _)| path));
            if chosen(file.owner) {
                hasher.update(format!("{path}\0").as_bytes());
                hasher.update(self.record(&text).as_bytes());
            }
        }
        for (path, file) in self.files.iter().filter(|(path, file)| chosen(file.owner) && !is_record(path)) {
            let bytes = if path.starts_with("bin/") || !hashed.contains(path) {
                match self.entry(path, &file.on_disk, "")?.kind {
                    // Written anew, so that it is the same for everyone.
                    EntryKind::Bytes(bytes) => bytes,
                    _ => folder::hash_file(&file.on_disk)?.to_string().into_bytes(),
                }
            } else {
                Vec::new()
            };
            let executable = fs::metadata(&file.on_disk).is_ok_and(|meta| fsx::is_executable(&meta));
            hasher.update(format!("{path}\0{executable}\0{}\0", bytes.len()).as_bytes());
            hasher.update(&bytes);
        }
        Ok(())
    }

    fn entry(&self, path: &str, file: &Path, prefix: &str) -> Result<Entry> {
        let what = || format!("could not read `{}`", file.display());
        let meta = fs::symlink_metadata(file).with_context(what)?;
        let in_bin = path.starts_with("bin/");
        let call = path.strip_prefix("bin/").and_then(|name| {
            let script = self.packages.iter().find_map(|package| package.scripts.get(name))?;
            script.split_once(':')
        });
        let (kind, executable) = if meta.is_symlink() {
            let target = fs::read_link(file).with_context(what)?;
            (EntryKind::Symlink(target.to_string_lossy().into_owned()), false)
        } else if is_record(path) {
            (EntryKind::Bytes(self.record(&read_text(file)?).into_bytes()), false)
        } else if let Some((module, function)) = call {
            (EntryKind::Bytes(own_launcher(module, function).into_bytes()), true)
        } else if in_bin && meta.len() <= LAUNCHER_LIMIT {
            (EntryKind::Bytes(launcher(fs::read(file).with_context(what)?)), true)
        } else {
            (EntryKind::File { path: file.to_owned(), size: meta.len() }, in_bin || fsx::is_executable(&meta))
        };
        let path = if prefix.is_empty() { path.to_owned() } else { format!("{prefix}/{path}") };
        Ok(Entry { path, kind, executable })
    }

    /// `RECORD` without the lines of files that are not in the layer, sorted. Launchers lose their hash, which the
    /// format allows, because they are written anew.
    fn record(&self, text: &str) -> String {
        let mut lines: Vec<String> = metadata::recorded(text)
            .filter(|(path, _)| self.files.contains_key(path))
            .map(|(path, rest)| {
                let quoted =
                    if path.contains([',', '"']) { format!("\"{}\"", path.replace('"', "\"\"")) } else { path.clone() };
                if path.starts_with("bin/") { format!("{quoted},,") } else { format!("{quoted}{rest}") }
            })
            .collect();
        lines.sort_unstable();
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}

fn is_secret(path: &str, file: &Path) -> Result<bool> {
    let what = || format!("could not read `{}`", file.display());
    let name = path.rsplit('/').next().unwrap_or(path);
    if secret_files::is_secret_name(path) {
        return Ok(true);
    }
    let suspicion = secret_files::suspicion(name);
    if suspicion.map_or(Ok(false), |suspicion| secret_files::confirm(suspicion, file)).with_context(what)? {
        return Ok(true);
    }
    // Code with a secret is refused where the project's own files are listed; without it the package would not work.
    Ok(!secret_files::is_code(name) && secret_files::held_secret(file).with_context(what)?.is_some())
}

fn is_record(path: &str) -> bool {
    path.ends_with(".dist-info/RECORD") && path.matches('/').count() == 1
}

fn read_text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("could not read `{}`", file.display()))
}

fn collect(dir: &Path, prefix: &str, files: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    let what = || format!("could not read `{}`", dir.display());
    for item in fs::read_dir(dir).with_context(what)? {
        let item = item.with_context(what)?;
        let name = item.file_name().into_string().map_err(|name| {
            Error::failed(format!("a package has a file whose name is not UTF-8: `{}`", Path::new(&name).display()))
        })?;
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if is_left_out(prefix, &name) {
            continue;
        }
        if item.file_type().with_context(what)?.is_dir() {
            collect(&item.path(), &path, files)?;
        } else {
            files.insert(path, item.path());
        }
    }
    Ok(())
}

fn is_left_out(parent: &str, name: &str) -> bool {
    // A wheel that was made of a folder of the project may hold what a developer keeps there.
    secret_files::is_variables_file(name)
        || name == "__pycache__"
        || name.ends_with(".pyc")
        || (parent.is_empty() && name == ".lock")
        // pip names them after the Python that it runs in.
        || (parent == "bin" && (name.starts_with("pip3.") || name.starts_with("easy_install-")))
        || (parent.ends_with(".dist-info") && !parent.contains('/') && VARYING.contains(&name))
}

/// What starts a command of a package. Each installer has its own text for it, so it has ours.
fn own_launcher(module: &str, function: &str) -> String {
    let first = function.split('.').next().unwrap_or(function);
    format!(
        "#!/usr/bin/env python3\nimport sys\n\nfrom {module} import {first}\n\n\
         if __name__ == \"__main__\":\n    sys.exit({function}())\n"
    )
}

/// A script of this machine's Python becomes one of whichever Python is first on `PATH`.
fn launcher(bytes: Vec<u8>) -> Vec<u8> {
    const PORTABLE: &[u8] = b"#!/usr/bin/env python3\n";
    let Some(first_end) = bytes.iter().position(|b| *b == b'\n') else { return bytes };
    let first = String::from_utf8_lossy(&bytes[..first_end]);
    let Some(interpreter) = first.strip_prefix("#!") else { return bytes };
    let program = interpreter.trim().split(' ').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let rest = if program.starts_with("python") || program.starts_with("pypy") {
        &bytes[first_end + 1..]
    } else if program == "sh" {
        // For long interpreter paths: a line that is a command to sh and half of a string to Python, and one that
        // ends the string.
        let mut lines = bytes[first_end + 1..].splitn(3, |b| *b == b'\n');
        match (lines.next(), lines.next(), lines.next()) {
            (Some(exec), Some(end), Some(rest)) if exec.starts_with(b"'''exec' ") && end.starts_with(b"' '''") => rest,
            _ => return bytes,
        }
    } else {
        return bytes;
    };
    [PORTABLE, rest].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launchers_of_any_machine_become_the_same() {
        let body = "import sys\nsys.exit(0)\n";
        let portable = format!("#!/usr/bin/env python3\n{body}");
        for head in [
            "#!/home/dev/.pyenv/versions/3.11.7/bin/python3\n",
            "#!/usr/bin/python\n",
            "#!python\n",
            "#!/bin/sh\n'''exec' \"/a very/long path/python\" \"$0\" \"$@\"\n' '''\n",
            "#!/bin/sh\n'''exec' '/a very/long path/python' \"$0\" \"$@\"\n' '''\n",
        ] {
            assert_eq!(launcher(format!("{head}{body}").into_bytes()), portable.as_bytes(), "{head}");
        }
        for other in
            ["#!/bin/sh\necho hi\n", "#!/usr/bin/env node\nx\n", "\x7fELF\n", "no newline", "#!/bin/sh\n'''exec' x\n"]
        {
            assert_eq!(launcher(other.as_bytes().to_vec()), other.as_bytes());
        }
    }

    #[test]
    fn a_replaced_release_leaves_no_file_behind() {
        let dir = tempfile::tempdir().unwrap();
        let install = |root: &str, name: &str, version: &str, files: &[&str]| {
            let info = format!("{name}-{version}.dist-info");
            let mut record = String::new();
            let metadata = (format!("{info}/METADATA"), format!("Name: {name}\nVersion: {version}\n"));
            let modules = files.iter().map(|file| ((*file).to_owned(), String::new()));
            for (path, text) in modules.chain([metadata]) {
                let file = dir.path().join(root).join(&path);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, text).unwrap();
                record += &format!("{path},,\n");
            }
            record += &format!("{info}/RECORD,,\n");
            fs::write(dir.path().join(root).join(&info).join("RECORD"), record).unwrap();
        };
        install("core", "api", "2.0", &["api/new.py"]);
        install("all", "api", "1.0", &["api/new.py", "api/gone.py", "shared/__init__.py"]);
        install("all", "other", "1.0", &["other.py", "shared/__init__.py"]);
        let roots = ["core", "all"].map(|root| dir.path().join(root));
        let tree = InstalledTree::read(&roots, &BTreeSet::new()).unwrap();
        let modules: Vec<&str> = tree.paths().filter(|path| !path.contains(".dist-info/")).collect();
        assert_eq!(modules, ["api/new.py", "other.py", "shared/__init__.py"]);
        assert!(!tree.paths().any(|path| path.starts_with("api-1.0")));
        assert!(tree.on_disk("api/new.py").unwrap().starts_with(&roots[0]));
    }

    #[test]
    fn a_record_lists_what_is_in_the_layer() {
        let pip = "../../bin/tool,sha256=abc,12\na/__pycache__/x.cpython-311.pyc,,\na/x.py,sha256=z,1\n\
                   a-1.dist-info/INSTALLER,sha256=i,4\na-1.dist-info/RECORD,,\n\"a/b,c.py\",sha256=q,2\n";
        let uv = "\"a/b,c.py\",sha256=q,2\na-1.dist-info/REQUESTED,sha256=,0\na/x.py,sha256=z,1\nbin/tool,sha256=d,9\n\
                  a-1.dist-info/RECORD,,\n";
        let paths = ["a/x.py", "a/b,c.py", "bin/tool", "a-1.dist-info/RECORD"];
        let files = paths.map(|path| (path.to_owned(), InstalledFile { on_disk: PathBuf::new(), owner: None }));
        let tree = InstalledTree { files: files.into(), packages: Vec::new(), sizes: Vec::new(), withheld: Vec::new() };
        assert_eq!(tree.record(pip), tree.record(uv));
        assert_eq!(
            tree.record(pip),
            "\"a/b,c.py\",sha256=q,2\na-1.dist-info/RECORD,,\na/x.py,sha256=z,1\nbin/tool,,\n"
        );
    }

    #[test]
    fn the_first_directory_wins_without_installer_traces() {
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let put = |n: usize, path: &str, text: &str| {
            let path = dirs[n].path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for path in
            [".lock", "a/__pycache__/x.pyc", "a/y.pyc", "a-1.dist-info/INSTALLER", "a-1.dist-info/direct_url.json"]
        {
            put(0, path, "trace");
        }
        put(0, "a/x.py", "first");
        put(0, "a/INSTALLER", "not metadata");
        put(1, "a/x.py", "second");
        put(1, "b.py", "only here");
        let roots = dirs.each_ref().map(|dir| dir.path().to_owned());
        let entries = InstalledTree::read(&roots, &BTreeSet::new()).unwrap().entries("opt/python", |_| true).unwrap();
        let paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["opt/python/a/INSTALLER", "opt/python/a/x.py", "opt/python/b.py"]);
        assert!(matches!(&entries[1].kind, EntryKind::File { size: 5, .. }));
    }

    #[test]
    fn secrets_in_local_packages_are_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let key = "-----BEGIN PRIVATE KEY-----\n";
        let names = ["__init__.py", "id_rsa", "work.pem", "ca.pem"];
        for package in ["own", "theirs"] {
            names
                .iter()
                .for_each(|name| put(&format!("{package}/{name}"), if *name == "work.pem" { key } else { "x" }));
            let record: String = names.iter().map(|name| format!("{package}/{name},sha256=a,1\n")).collect();
            put(&format!("{package}-1.dist-info/RECORD"), &record);
            put(
                &format!("{package}-1.dist-info/METADATA"),
                &format!("Metadata-Version: 2.1\nName: {package}\nVersion: 1\n"),
            );
        }
        let tree = InstalledTree::read(&[dir.path().to_owned()], &BTreeSet::from(["own".to_owned()])).unwrap();
        assert_eq!(tree.withheld, ["own/id_rsa", "own/work.pem"]);
        assert!(tree.files.contains_key("own/ca.pem") && tree.files.contains_key("theirs/id_rsa"));
        let record = tree.entry("own-1.dist-info/RECORD", &dir.path().join("own-1.dist-info/RECORD"), "").unwrap();
        let EntryKind::Bytes(record) = record.kind else { panic!("a record is written anew") };
        assert_eq!(String::from_utf8(record).unwrap(), "own/__init__.py,sha256=a,1\nown/ca.pem,sha256=a,1\n");
    }

    #[test]
    fn variables_files_are_those_of_every_other_tree() {
        for name in [".env", ".env.production", ".env.sample"] {
            assert!(is_left_out("lib", name) && secret_files::is_secret_name(name), "{name}");
        }
        assert!(!is_left_out("lib", ".env.example"));
    }
}
