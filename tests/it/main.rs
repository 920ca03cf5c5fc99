//! The built binary, seen from outside: a clean environment, real files, loopback servers. Each file here is a module
//! of this one test program.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking; clippy only knows the functions with #[test] as tests"
)]

mod agent_starts;
mod artifacts;
mod auth;
mod bad_input;
mod blocks;
mod claims;
mod cli_flow;
mod codebuild;
#[cfg(target_os = "linux")]
mod cold_start;
mod convergence;
mod cut_uploads;
mod deadlines;
mod deployment;
mod dev;
mod direct_code;
mod dockerfile;
mod doctor;
mod documents;
mod drift;
mod environments;
mod exec;
mod faults;
mod gateway;

mod headless;
mod identity;
mod journey;
mod left_out;
mod local_aws;
mod lock;
mod logs;
mod machine_readable;
mod memory;
mod memory_verbs;
mod network;
mod node;
mod obs;
mod open_files;
mod other_machine;
mod ownership;
mod pages;
mod permissions;
mod pipelines;
mod pools;
mod preflight;
mod providers;
mod readme;
mod recognised;
mod releases;
mod round_trips;
mod scripts;
mod secrets;
mod settings;
#[cfg(unix)]
mod shells;
mod snapshots;
#[cfg(target_os = "linux")]
mod status;
mod support;
mod surfaces;
mod tokens;
#[cfg(unix)]
mod trust;
mod verbs_matrix;
#[cfg(target_os = "linux")]
mod wizard;

/// A file that is not a module is never compiled and its tests never run.
#[test]
fn no_file_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let modules: Vec<&str> = include_str!("main.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .chain(["main"])
        .collect();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(modules.contains(&name), "`{}` is not a module of tests/it/main.rs", path.display());
    }
}
