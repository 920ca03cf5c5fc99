//! The configuration file: whether it can be read, and whether what it names is there.

use super::{DoctorRequest, Finding, FindingStatus};
use crate::artifact::{check_paths, find_source, moved_paths};
use crate::config::{Agent, DeploymentType, Store};
use crate::shell::quoted;

const CONFIG: &str = "config";
const PATHS: &str = "paths";

pub(super) fn check(request: &DoctorRequest<'_>) -> Vec<Finding> {
    let store = match &request.store {
        Err(error) => return vec![Finding::of_error(CONFIG, FindingStatus::Problem, error)],
        Ok(None) => {
            return vec![Finding::note(CONFIG, "there is no .bedrock_agentcore.yaml here").fix("agentcore configure")];
        }
        Ok(Some(store)) => store,
    };
    let mut found = vec![file(store)];
    found.extend(store.warnings().iter().map(|warning| Finding::warning(CONFIG, warning.clone())));
    match request.agent() {
        Some((store, agent)) => found.push(paths(store, agent)),
        None if store.project().names().next().is_none() => {}
        None => found.push(
            Finding::note(PATHS, "several agents and no default, so no agent is looked at")
                .fix("agentcore doctor --agent NAME"),
        ),
    }
    found
}

fn file(store: &Store) -> Finding {
    let names: Vec<&str> = store.project().names().collect();
    let agents = match names.as_slice() {
        [] => {
            return Finding::problem(CONFIG, format!("`{}` has no agents", store.path().display()))
                .fix("agentcore configure");
        }
        [one] => format!("agent {one}"),
        more => format!("agents {}", more.join(", ")),
    };
    Finding::ok(CONFIG, format!("`{}`: {agents}", store.path().display()))
}

fn paths(store: &Store, agent: &Agent) -> Finding {
    let (root, name) = (store.root(), &agent.name);
    let paths = agent.paths(root);
    if let Err(error) = check_paths(root, agent, &paths) {
        return Finding::of_error(PATHS, FindingStatus::Problem, &error);
    }
    // A Dockerfile of the user's own may be all that is needed: then the source's own description is not.
    match find_source(root, agent) {
        Err(error) if agent.deployment_type == DeploymentType::Container && paths.dockerfile.is_some() => {
            Finding::note(PATHS, error.to_string())
        }
        Err(error) => Finding::of_error(PATHS, FindingStatus::Problem, &error),
        Ok(_) => match moved_paths(&paths) {
            Some(moved) => {
                Finding::note(PATHS, moved).fix(format!("agentcore configure --name {}{}", quoted(name), store.flags()))
            }
            None => Finding::ok(PATHS, format!("what `{name}` names is there")),
        },
    }
}
