//! The flows: what happens when, across rooms. No clap, no terminal, no SDK types.

pub(crate) mod adopt;
pub(crate) mod auth;
pub(crate) mod build;
pub(crate) mod configure;
pub(crate) mod create;
pub(crate) mod deploy;
pub(crate) mod destroy;
pub(crate) mod endpoint;
pub(crate) mod environments;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod gateway;
pub(crate) mod identity;
pub(crate) mod invoke;
pub(crate) mod local;
pub(crate) mod logs;
pub(crate) mod memory;
pub(crate) mod observability;
pub(crate) mod pending_identity;
mod plan_text;
pub(crate) mod preflight;
pub(crate) mod references;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod target;
pub(crate) mod token;
pub(crate) mod traces;
