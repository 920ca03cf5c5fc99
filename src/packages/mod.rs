//! An agent's dependencies, installed for the platform and the interpreter that it will run on.
//!
//! Owns: what identifies a set of dependencies, running the language's own installer for another machine, and making
//! the result independent of this one. Does not own: which dependencies a project has (`project`), and what becomes of
//! the installed tree: `image` makes a layer of it, `bundle` an archive.
//!
//! - `node`: npm
//! - `python`: uv or pip
//! - `inventory`: what was installed, in any language
//! - `index_failure`: why an index gave nothing
//! - `sbom`: the same as bills of materials

use crate::cache::Cache;
use crate::env::Env;
use crate::error::{Code, Error};
use crate::events::Events;
use crate::trust;

mod index_failure;
pub(crate) mod inventory;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod sbom;

/// The environment of an installation.
#[derive(Clone, Debug)]
pub(crate) struct InstallContext<'a> {
    pub(crate) env: &'a Env,
    pub(crate) cache: &'a Cache,
    pub(crate) events: &'a Events,
}

/// The refusal of a variable that a file of the project would send where it does not belong.
fn untrusted(what: &str, name: &str) -> Error {
    Error::usage(format!("{what} would send {name} to a host that the project chooses"))
        .code(Code::ConfigUntrusted)
        .cause("a variable of a platform goes to that platform, one for package indexes to an index, and no other anywhere")
        .hint(trust::build_hint(name))
        .hint(trust::HINT)
}
