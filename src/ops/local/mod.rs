//! Running an agent on this machine, from its source: the command, its environment, and when the source changes.
//!
//! Owns: which interpreter runs it (`program`), what it sees in variables (`environment`), and which saved files count
//! (`watch`). Does not own: serving it (`sandbox::local`); nothing here asks AWS.

mod environment;
mod program;
mod watch;

pub(crate) use environment::LocalVariables;
pub(crate) use program::{LocalCommand, SourceRun};
pub(crate) use watch::{Builds, SavedFile, SourceWatch};
