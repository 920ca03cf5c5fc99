//! Finds the project's own files for Python's imports.
//!
//! Owns: where they are looked for. Reads no file and runs nothing.

use std::path::{Path, PathBuf};

/// The folders that Python searches when it runs the entrypoint, as far as they are the project's.
#[derive(Clone, Debug)]
pub(super) struct ImportPaths {
    root: PathBuf,
    folders: Vec<PathBuf>,
}

impl ImportPaths {
    /// `search` are folders below `root`; `entrypoint` is a file.
    pub(super) fn new<'a>(root: &Path, search: impl Iterator<Item = &'a str>, entrypoint: &Path) -> Self {
        let below = search.map(|folder| root.join(folder));
        let own = entrypoint.parent().map(Path::to_owned);
        Self { root: root.to_owned(), folders: std::iter::once(root.to_owned()).chain(below).chain(own).collect() }
    }

    /// The files that a module may be, seen from `file`, whose import names it: `pkg.server`, `.server`.
    pub(super) fn module(&self, module: &str, file: &Path) -> Vec<PathBuf> {
        let name = module.trim_start_matches('.');
        let beside = file.parent().unwrap_or(&self.root);
        let folders: Vec<&Path> = match module.len() - name.len() {
            0 => self.folders.iter().map(PathBuf::as_path).collect(),
            up => beside.ancestors().nth(up - 1).into_iter().collect(),
        };
        folders
            .into_iter()
            .map(|folder| folder.join(name.replace('.', "/")))
            // With no name it is the package that the dots lead to.
            .flat_map(|at| [(!name.is_empty()).then(|| at.with_extension("py")), Some(at.join("__init__.py"))])
            .flatten()
            .filter(|file| file.starts_with(&self.root) && file.is_file())
            .collect()
    }

    /// The file that a program's argument names: `tools/server.py`.
    pub(super) fn script(&self, name: &str) -> Option<PathBuf> {
        let named = self.folders.iter().map(|folder| crate::fsx::normalize(&folder.join(name)));
        named.into_iter().find(|file| file.starts_with(&self.root) && file.is_file())
    }
}
