//! The file `.bedrock_agentcore.yaml`: found, read, checked, resolved and changed.
//!
//! Owns: the file and its text. Does not own: what commands do with it (`ops`), the inside of an authorizer (`auth`).
//!
//! ```text
//! locate -> Store::open -> syntax (tree with places) -> check (schema: problems, warnings, Project)
//!           an environment: overlay (the agents' trees with the environment's over them), checked again
//!           Store::edit -> edit (wanted tree) -> patch (splices of text) -> parsed again as proof -> atomic write
//! ```

mod check;
pub(crate) mod cognito_setup;
mod deployment;
mod edit;
mod environment;
mod json_schema;
mod local_record;
mod model;
pub(crate) mod naming;
mod overlay;
mod patch;
mod paths;
mod record;
mod reference;
mod reshape;
mod resolve;
mod runtime_settings;
mod scalar;
mod schema;
pub(crate) mod shell;
mod store;
mod syntax;

use std::path::{Path, PathBuf};

pub(crate) use cognito_setup::{
    CognitoSetup, ConfidentialClient, MachineAccess, SetupFlow, SetupPart, SetupPool, SetupSettings,
};
pub(crate) use deployment::DEFAULT_PLATFORM;
pub(crate) use edit::Edit;
pub(crate) use environment::{DeclaredEnvironment, ENVIRONMENT_VARIABLE, EnvironmentName, EnvironmentPattern};
pub(crate) use json_schema::json_schema;
pub(crate) use model::*;
pub(crate) use overlay::{EnvironmentChoice, EnvironmentKind};
pub(crate) use paths::AgentPaths;
pub(crate) use record::Setting;
pub(crate) use reference::{
    CALLERS_SETTINGS, ValuePart, escaped as escaped_value, escaped_setting, handed as handed_reference, has_references,
    may_be_secret, parts as value_parts,
};
pub(crate) use resolve::{Provenance, Resolved, pick};
pub(crate) use runtime_settings::{WireSetting, apply as apply_setting, value_in_file};
pub(crate) use schema::{is_caller, is_region, nearest};
pub(crate) use store::{ConfigFinding, Opening, Store, validate};

use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::ownership::Owners;

pub(crate) const FILE_NAME: &str = ".bedrock_agentcore.yaml";

/// Names the file, or a folder that holds it.
pub(crate) const VARIABLE: &str = "AGENTCORE_CONFIG";

/// The answer of [`locate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    found: Option<PathBuf>,
    stranger: Option<ForeignPath>,
    /// Where it was looked for, nearest first.
    pub(crate) searched: Vec<PathBuf>,
    /// Where a new one goes: the place that was named, else the current folder.
    pub(crate) fresh: PathBuf,
}

/// A path on the way to the found file that belongs to another user.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ForeignPath {
    path: PathBuf,
    user: u32,
}

impl Located {
    /// The file, when something is there.
    ///
    /// # Errors
    /// Usage when it was only found, not named, and another user could have put it there.
    pub(crate) fn found(&self) -> Result<Option<&Path>> {
        let Some(found) = &self.found else { return Ok(None) };
        let Some(ForeignPath { path, user }) = &self.stranger else { return Ok(Some(found)) };
        let (found, path) = (found.display(), path.display());
        Err(Error::usage(format!("the configuration `{found}` is not used: `{path}` belongs to another user"))
            .code(Code::ConfigOwner)
            .cause(format!("it belongs to user {user}, and a configuration can name programs to run"))
            .hint(format!("if you trust it, name it: `--config {found}`, or set {VARIABLE}={found}")))
    }

    /// The file above the current folder that a new one here does not add to, if it can be used at all.
    pub(crate) fn above(&self) -> Option<&Path> {
        self.found().ok().flatten().filter(|found| *found != self.fresh)
    }

    /// Where a configuration is written that may exist already: never one further up.
    ///
    /// # Errors
    /// As [`Located::found`], when that is the file.
    pub(crate) fn to_fill(&self) -> Result<&Path> {
        if self.found.as_ref() == Some(&self.fresh) {
            self.found()?;
        }
        Ok(&self.fresh)
    }

    /// The file.
    ///
    /// # Errors
    /// As [`Located::found`]; also when there is none, with the folders that were searched.
    pub(crate) fn require(&self) -> Result<&Path> {
        if let Some(found) = self.found()? {
            return Ok(found);
        }
        let mut places = self.searched.iter();
        let first = places.next().map_or_else(String::new, |path| format!(": `{}` does not exist", path.display()));
        let error = Error::usage(format!("no configuration found{first}")).code(Code::ConfigMissing);
        Err(places
            .fold(error, |error, path| error.cause(format!("`{}` does not exist", path.display())))
            .hint("run `agentcore configure` to create one, or name it with `--config`"))
    }
}

/// Finds the file: `explicit`, else `AGENTCORE_CONFIG`, else the current folder and, inside a git work tree, its parents
/// up to the one that holds `.git`. Outside of one only the current folder counts: a file further up may be anyone's.
///
/// A file that was not named must belong to the user or to root, as must the folders down to the current one and the
/// `.git` that led further up; see [`Located::found`].
///
/// # Errors
/// None at present; a place that cannot be looked at counts as empty and is reported when it is opened.
pub(crate) fn locate(env: &Env, explicit: Option<&Path>) -> Result<Located> {
    let named = explicit.map(Path::to_owned).or_else(|| env.var_os(VARIABLE).map(PathBuf::from));
    if let Some(named) = named {
        let mut path = fsx::normalize(&env.cwd().join(named));
        // A directory with the name of the file is an error, which opening it reports.
        if path.is_dir() && path.file_name().is_none_or(|name| name != FILE_NAME) {
            path.push(FILE_NAME);
        }
        let found = path.exists().then(|| path.clone());
        return Ok(Located { found, stranger: None, searched: vec![path.clone()], fresh: path });
    }
    let levels = env.cwd().ancestors().position(|dir| dir.join(".git").exists()).unwrap_or(0);
    let mut searched = Vec::new();
    let mut found = None;
    for dir in env.cwd().ancestors().take(levels + 1) {
        let path = dir.join(FILE_NAME);
        searched.push(path.clone());
        if path.exists() {
            found = Some(path);
            break;
        }
    }
    let stranger = found.as_deref().and_then(|found| stranger(env, found, levels));
    Ok(Located { found, stranger, searched, fresh: env.cwd().join(FILE_NAME) })
}

/// The first path from the current folder to `found` that another user owns.
fn stranger(env: &Env, found: &Path, levels: usize) -> Option<ForeignPath> {
    let owners = Owners::from_env(env);
    let home = found.parent().unwrap_or(found);
    let folders = env.cwd().ancestors().take_while(|dir| dir.starts_with(home)).map(Path::to_owned);
    // In the current folder it would have been found without a work tree.
    let work_tree = env.cwd().ancestors().nth(levels).filter(|_| home != env.cwd()).map(|dir| dir.join(".git"));
    let mut all = std::iter::once(found.to_owned()).chain(folders).chain(work_tree);
    all.find_map(|path| owners.stranger(&path).map(|user| ForeignPath { path, user }))
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
