//! Which container engine answers on this machine.
//!
//! Owns: the choice between containers and processes at start. Does not own: running agents.

use std::path::PathBuf;
use std::time::Duration;

use super::RunnerChoice;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::process::{self, Child, Tool};

/// Engines that can run a container, in the order of preference.
const CANDIDATES: &[&str] = &["docker", "podman", "finch", "nerdctl"];
/// An engine whose daemon hangs counts as absent.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// An engine that answered.
#[derive(Clone, Debug)]
pub(crate) struct ContainerEngine {
    /// `docker`, `podman`, …
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
}

/// The engine to run agents with; `None` means as processes.
///
/// # Errors
/// When containers were asked for and no engine answers; says what each candidate said.
pub(crate) async fn choose(choice: RunnerChoice, env: &Env) -> Result<Option<ContainerEngine>> {
    if choice == RunnerChoice::Process {
        return Ok(None);
    }
    let mut reasons = Vec::new();
    for name in CANDIDATES {
        let Some(program) = process::find(env, name) else { continue };
        match answers(&program, env).await {
            Ok(()) => return Ok(Some(ContainerEngine { name, program })),
            Err(reason) => reasons.push(format!("{name}: {reason}")),
        }
    }
    if choice == RunnerChoice::Auto {
        return Ok(None);
    }
    let mut error = Error::failed("no container engine answers on this machine")
        .hint("start Docker, Podman or Finch")
        .hint("`--runner process` runs agents as processes, with this machine's Python");
    for reason in reasons {
        error = error.cause(reason);
    }
    Err(error)
}

/// Asks the engine itself, because a client without its daemon is on many machines.
async fn answers(program: &std::path::Path, env: &Env) -> Result<(), String> {
    let child = Child::new(program, env, Tool::Engine).arg("info");
    match tokio::time::timeout(ANSWER_WITHIN, child.output()).await {
        Err(_) => Err(format!("no answer within {} s", ANSWER_WITHIN.as_secs())),
        Ok(Err(error)) => Err(error.to_string()),
        Ok(Ok(output)) if output.status.success() => Ok(()),
        Ok(Ok(output)) => Err(output.tail(1)),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn engine(dir: &std::path::Path, name: &str, script: &str) {
        let path = dir.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[tokio::test]
    async fn a_client_without_its_daemon_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let env = Env::fake(dir.path(), &[("PATH", dir.path().to_str().unwrap())]);
        assert!(choose(RunnerChoice::Auto, &env).await.unwrap().is_none());

        engine(dir.path(), "docker", "echo 'cannot connect to the daemon' >&2; exit 1");
        assert!(choose(RunnerChoice::Auto, &env).await.unwrap().is_none());
        let error = choose(RunnerChoice::Container, &env).await.unwrap_err();
        assert!(error.to_string().contains("docker: cannot connect"), "{error}");

        engine(dir.path(), "podman", "exit 0");
        assert_eq!(choose(RunnerChoice::Auto, &env).await.unwrap().unwrap().name, "podman");
        assert!(choose(RunnerChoice::Process, &env).await.unwrap().is_none());
    }
}
