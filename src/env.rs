//! The process environment, read once: variables, current directory, terminals.
//!
//! Owns: the only access to `std::env` in the program. Does not own: what a variable means (each room documents the
//! ones it reads, `docs/variables.md` lists them).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// A snapshot of the environment. Cheap to pass by reference; tests build one from literals.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env {
    vars: BTreeMap<String, OsString>,
    cwd: PathBuf,
    terminals: Terminals,
}

/// Which standard streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terminals {
    pub(crate) stdin: bool,
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
}

/// A CI system that reads output of a form of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CiSystem {
    /// Workflow commands on the streams of a step, and the files that `GITHUB_OUTPUT` and `GITHUB_STEP_SUMMARY` name.
    GitHubActions,
}

/// Variables that name a file which a run appends to.
pub(crate) const APPENDED_FILES: &[&str] =
    &["AGENTCORE_EVENTS", "AGENTCORE_DOTENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"];

impl Env {
    /// Reads the environment of this process. A missing current directory becomes `.`, so that the first use of a
    /// path reports it.
    pub(crate) fn capture() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the process environment")]
        let cwd = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        Self {
            vars: std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect(),
            cwd,
            terminals: Terminals {
                stdin: std::io::stdin().is_terminal(),
                stdout: std::io::stdout().is_terminal(),
                stderr: std::io::stderr().is_terminal(),
            },
        }
    }

    /// An environment with these variables only, no terminal, in `cwd`.
    #[cfg(test)]
    pub(crate) fn fake(cwd: &Path, vars: &[(&str, &str)]) -> Self {
        Self {
            vars: vars.iter().map(|(k, v)| ((*k).to_owned(), OsString::from(v))).collect(),
            cwd: cwd.to_owned(),
            terminals: Terminals::default(),
        }
    }

    /// The variable's value; `None` when it is unset, empty or not UTF-8. Empty counts as unset, as in the AWS SDKs.
    pub(crate) fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name)?.to_str().filter(|value| !value.is_empty())
    }

    pub(crate) fn var_os(&self, name: &str) -> Option<&OsString> {
        self.vars.get(name).filter(|value| !value.is_empty())
    }

    /// True for the usual spellings of yes: set, not empty, and not `0`, `false`, `no` or `off`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.var(name).is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off"))
    }

    /// The CI system that this process runs in; `None` where there is none that is known, and with `AGENTCORE_CI=off`.
    pub(crate) fn ci_system(&self) -> Option<CiSystem> {
        let is_off = self.var("AGENTCORE_CI").is_some() && !self.flag("AGENTCORE_CI");
        (self.var("GITHUB_ACTIONS") == Some("true") && !is_off).then_some(CiSystem::GitHubActions)
    }

    /// The file that a variable names, seen from the current directory.
    pub(crate) fn file(&self, name: &str) -> Option<PathBuf> {
        self.var_os(name).map(|path| self.cwd.join(path))
    }

    pub(crate) fn cwd(&self) -> &Path {
        &self.cwd
    }

    pub(crate) fn terminals(&self) -> Terminals {
        self.terminals
    }

    /// The user's home directory, from `HOME` (`USERPROFILE` on Windows).
    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.var_os("HOME").or_else(|| self.var_os("USERPROFILE")).map(PathBuf::from)
    }

    /// The same environment with a variable set.
    pub(crate) fn with_var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.to_owned(), OsString::from(value));
        self
    }

    /// Where the user keeps files for this program: `XDG_CONFIG_HOME/agentcore`, else `~/.config/agentcore`.
    pub(crate) fn config_dir(&self) -> Option<PathBuf> {
        let xdg = self.var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
        Some(xdg.or_else(|| Some(self.home()?.join(".config")))?.join("agentcore"))
    }

    /// Where caches go: `AGENTCORE_CACHE_DIR`, else `XDG_CACHE_HOME/agentcore`, else `~/.cache/agentcore`.
    pub(crate) fn cache_dir(&self) -> Option<PathBuf> {
        self.base_dir("AGENTCORE_CACHE_DIR", "XDG_CACHE_HOME", ".cache")
    }

    /// Where state of this machine goes (sandboxes, not projects): `AGENTCORE_STATE_DIR`, else
    /// `XDG_STATE_HOME/agentcore`, else `~/.local/state/agentcore`.
    pub(crate) fn state_dir(&self) -> Option<PathBuf> {
        self.base_dir("AGENTCORE_STATE_DIR", "XDG_STATE_HOME", ".local/state")
    }

    fn base_dir(&self, own: &str, xdg: &str, home: &str) -> Option<PathBuf> {
        if let Some(dir) = self.var_os(own) {
            return Some(self.cwd.join(dir));
        }
        if let Some(dir) = self.var_os(xdg).map(PathBuf::from).filter(|dir| dir.is_absolute()) {
            return Some(dir.join("agentcore"));
        }
        Some(self.home()?.join(home).join("agentcore"))
    }

    pub(crate) fn vars(&self) -> impl Iterator<Item = (&str, &OsString)> {
        self.vars.iter().map(|(name, value)| (name.as_str(), value))
    }
}
