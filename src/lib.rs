//! The module map. `main` calls [`run`]; everything else is private.
//!
//! ```text
//! main -> lib -> app -> cli -> ops -> resources -> artifact -> {auth, cloud, project, packages, image, bundle, config} -> leaves
//!                        sandbox -> {auth, image, leaves}
//! ```
//!
//! `tests/architecture.rs` fails on an import against these arrows.

mod app;
mod artifact;
mod auth;
mod bundle;
mod cli;
mod cloud;
mod config;
mod image;
mod ops;
mod outputs;
mod packages;
mod project;
mod resources;
mod sandbox;
mod ui;

mod agent_report;
mod cache;
mod clock;
mod deadline;
mod digest;
mod env;
mod error;
mod event_stream;
mod events;
mod expectation;
mod facts;
mod fsx;
mod http;
mod interpreters;
mod junit;
#[cfg(test)]
mod needs;
mod ownership;
mod partition;
mod platform;
mod process;
mod redact;
mod report;
mod requirements;
mod secret_files;
mod session;
mod session_list;
mod shell;
mod shell_frames;
mod tree;
mod trust;
mod wait;
mod xml;

/// Runs the program with the arguments and environment of this process.
pub fn run() -> std::process::ExitCode {
    app::run()
}
