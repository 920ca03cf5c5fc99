//! The environments of a project that an account has, by the tags of its runtimes.
//!
//! Owns: which runtimes are looked at, and what they add to the list. Does not own: whose a resource is (`resources::owner`).

use futures_util::{StreamExt, TryStreamExt, stream, try_join};

use super::{AgentRow, EnvironmentRow, EnvironmentsReport};
use crate::cloud::{Cloud, ListedRuntime};
use crate::config::naming::{self, AGENT_TAG};
use crate::config::{EnvironmentKind, EnvironmentName, Store};
use crate::error::{Code, Error, Result};
use crate::resources::owner;
use crate::shell::quoted;

/// Requests at a time.
const WIDTH: usize = 8;

/// What an account has in a region of a project's environments.
#[derive(Debug)]
pub(crate) struct RemoteEnvironments {
    account: String,
    region: String,
    agents: Vec<RemoteAgent>,
}

#[derive(Debug)]
struct RemoteAgent {
    environment: String,
    agent: String,
    arn: String,
}

/// Asks for the tags of each runtime whose name one of the project's agents could have in an environment.
///
/// # Errors
/// Usage for a project without an identity, which no tag can name; the services' refusals.
pub(crate) async fn look(store: &Store, cloud: &Cloud) -> Result<RemoteEnvironments> {
    let Some(project) = store.project().identity.as_deref() else {
        return Err(Error::usage(
            "the project has no identity (`agentcore.project`), by which its environments are known",
        )
        .code(Code::EnvironmentIdentity)
        .hint("run `configure --name NAME` without `--environment`, which writes one, and commit the file"));
    };
    let (identity, all) = try_join!(cloud.identity(), cloud.runtimes())?;
    let may_be = |runtime: &ListedRuntime| {
        runtime.status != "DELETING"
            && store.project().names().any(|agent| naming::may_be_in_environment(agent, &runtime.name))
    };
    let tagged = stream::iter(all.into_iter().filter(may_be)).map(|runtime| async move {
        let tags = cloud.resource_tags(&runtime.arn).await?;
        Ok::<_, Error>((runtime, tags.unwrap_or_default()))
    });
    let tagged: Vec<(ListedRuntime, Vec<(String, String)>)> = tagged.buffer_unordered(WIDTH).try_collect().await?;
    let ours = |(runtime, tags): (ListedRuntime, Vec<(String, String)>)| {
        let environment = owner::environment_of_project(&tags, Some(project)).filter(|_| naming::is_managed(&tags))?;
        let agent = tags.iter().find(|(key, _)| key == AGENT_TAG)?.1.clone();
        Some(RemoteAgent { environment: environment.to_owned(), agent, arn: runtime.arn })
    };
    let mut agents: Vec<RemoteAgent> = tagged.into_iter().filter_map(ours).collect();
    agents.sort_by(|one, other| (&one.environment, &one.agent).cmp(&(&other.environment, &other.agent)));
    Ok(RemoteEnvironments { account: identity.account, region: cloud.region().to_owned(), agents })
}

impl RemoteEnvironments {
    /// Adds what only the account has, and says of the rest whether the account has it too.
    pub(super) fn lay_over(self, report: &mut EnvironmentsReport, store: &Store) {
        let Self { account, region, agents } = self;
        for agent in report.rows.iter_mut().filter(|row| row.kind != "pattern").flat_map(|row| &mut row.agents) {
            let is_here = agent.account.as_ref().is_none_or(|own| *own == account)
                && agent.region.as_ref().is_none_or(|own| *own == region);
            agent.in_account = is_here.then_some(false);
        }
        for found in agents {
            let row = match report.rows.iter().position(|row| row.name == found.environment && row.kind != "pattern") {
                Some(at) => &mut report.rows[at],
                None => {
                    report.rows.push(row(&found.environment, store));
                    let last = report.rows.len() - 1;
                    &mut report.rows[last]
                }
            };
            let known = row.agents.iter_mut().find(|agent| agent.name == found.agent);
            if let Some(agent) = known {
                agent.in_account = Some(true);
                if agent.runtime_arn.as_ref() == Some(&found.arn) {
                    continue;
                }
                (agent.is_recorded, agent.runtime_arn) = (false, Some(found.arn));
            } else {
                row.agents.push(AgentRow {
                    name: found.agent.clone(),
                    runtime_arn: Some(found.arn),
                    account: Some(account.clone()),
                    region: Some(region.clone()),
                    is_recorded: false,
                    in_account: Some(true),
                });
            }
            // Without its agent in the file there is nothing that could be destroyed.
            if store.project().names().any(|name| name == found.agent) {
                report.destroy.push(destroy(&found.agent, &found.environment, store));
            }
        }
        report.remote = Some((account, region));
    }
}

/// An environment that only the account has.
fn row(name: &str, store: &Store) -> EnvironmentRow {
    let settings = EnvironmentName::parse(name).ok().and_then(|name| store.in_environment(name).ok());
    let pattern = settings.as_ref().and_then(Store::environment).and_then(|(_, kind)| match kind {
        EnvironmentKind::Pattern(pattern) => Some(pattern.as_str()),
        EnvironmentKind::Declared | EnvironmentKind::Branch => None,
    });
    let line = store.project().environments.iter().find(|declared| Some(declared.key.as_str()) == pattern);
    EnvironmentRow {
        name: name.to_owned(),
        kind: "remote",
        line: line.map(|declared| declared.line),
        agents: Vec::new(),
    }
}

fn destroy(agent: &str, environment: &str, store: &Store) -> String {
    let is_default = store.agent(None).is_ok_and(|default| default.name == agent);
    let named = if is_default { String::new() } else { format!(" --agent {}", quoted(agent)) };
    let flags = if store.flags().contains("--environment") { "" } else { store.flags() };
    format!("agentcore destroy{named} --environment {}{flags}", quoted(environment))
}
