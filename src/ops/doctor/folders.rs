//! The folders of this user that every build and every token need: whether there are such, and whether they can be written.
//!
//! Nothing is created here. What is in order is no finding.

use std::path::Path;

use super::{DoctorRequest, Finding};

pub(super) fn check(request: &DoctorRequest<'_>) -> Vec<Finding> {
    let env = request.env;
    let folders = [
        ("cache", "AGENTCORE_CACHE_DIR", "builds", env.cache_dir()),
        ("state", "AGENTCORE_STATE_DIR", "tokens, sessions and a sandbox", env.state_dir()),
    ];
    let look = |(id, variable, what, folder): (&'static str, &str, &str, Option<std::path::PathBuf>)| {
        let Some(folder) = folder else {
            let text = format!("there is no folder for {what}: neither {variable} nor HOME is set");
            return Some(
                Finding::problem(id, text).fix(format!("export HOME, or {variable}, as the path of a folder")),
            );
        };
        let why = unwritable(&folder)?;
        let text = format!("the folder for {what}, `{}`, cannot be written: {why}", folder.display());
        Some(Finding::problem(id, text).fix(format!("export {variable} as the path of a folder that can be written")))
    };
    folders.into_iter().filter_map(look).collect()
}

/// Why nothing can be made below the path, as far as can be seen without trying.
fn unwritable(folder: &Path) -> Option<String> {
    let there = folder.ancestors().find(|path| path.symlink_metadata().is_ok())?;
    if !there.is_dir() {
        return Some(format!("`{}` is not a folder", there.display()));
    }
    refused(there)
}

#[cfg(unix)]
fn refused(there: &Path) -> Option<String> {
    use rustix::fs::{Access, access};
    let error = access(there, Access::WRITE_OK | Access::EXEC_OK).err()?;
    Some(format!("`{}`: {}", there.display(), std::io::Error::from(error)))
}

#[cfg(not(unix))]
fn refused(_: &Path) -> Option<String> {
    None
}
