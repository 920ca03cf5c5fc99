//! The environments of a configuration: declared in the file, or with a record in this checkout.

use serde_json::{Value, json};

use crate::config::{Agent, EnvironmentKind, Store};
use crate::error::Result;
use crate::report::{Document, Report, Role, schemas};

/// The environments that are known here.
#[derive(Debug)]
pub(crate) struct EnvironmentsReport {
    config: String,
    rows: Vec<EnvironmentRow>,
}

#[derive(Debug)]
struct EnvironmentRow {
    name: String,
    kind: &'static str,
    /// Of its settings in the file; `None` where it has none there.
    line: Option<usize>,
    agents: Vec<AgentRow>,
}

#[derive(Debug)]
struct AgentRow {
    name: String,
    runtime_arn: Option<String>,
    account: Option<String>,
    region: Option<String>,
}

impl AgentRow {
    fn of(agent: &Agent) -> Self {
        let arn = agent.runtime_arn();
        let account = arn.as_ref().map(|arn| arn.account.as_str()).or_else(|| agent.account());
        let region = arn.as_ref().map(|arn| arn.region.as_str()).or_else(|| agent.region());
        Self {
            name: agent.name.clone(),
            runtime_arn: arn.as_ref().map(ToString::to_string),
            account: account.map(str::to_owned),
            region: region.map(str::to_owned),
        }
    }
}

/// Those of the file in its order, then those with a record alone. No request is made.
///
/// # Errors
/// A record that cannot be read.
pub(crate) fn list(store: &Store) -> Result<EnvironmentsReport> {
    let declared = &store.project().environments;
    let row = |name: &str, kind, line, agents: &[Agent]| EnvironmentRow {
        name: name.to_owned(),
        kind,
        line,
        agents: agents.iter().map(AgentRow::of).collect(),
    };
    let kind = |key: &str| if key.contains('*') { "pattern" } else { EnvironmentKind::Declared.as_str() };
    let mut rows: Vec<EnvironmentRow> = declared
        .iter()
        .map(|environment| row(&environment.key, kind(&environment.key), Some(environment.line), &environment.agents))
        .collect();
    for name in store.recorded_environments() {
        if declared.iter().any(|environment| environment.key == name.as_str()) {
            continue;
        }
        let inside = store.in_environment(name.clone())?;
        let pattern = inside.environment().and_then(|(_, kind)| match kind {
            EnvironmentKind::Pattern(pattern) => Some(pattern.clone()),
            EnvironmentKind::Declared | EnvironmentKind::Branch => None,
        });
        let settings = declared.iter().find(|environment| Some(&environment.key) == pattern.as_ref());
        let line = settings.map(|settings| settings.line);
        rows.push(row(name.as_str(), EnvironmentKind::Branch.as_str(), line, &inside.project().agents));
    }
    Ok(EnvironmentsReport { config: store.path().display().to_string(), rows })
}

impl Report for EnvironmentsReport {
    fn schema(&self) -> &'static str {
        schemas::ENVIRONMENTS
    }

    fn data(&self) -> Value {
        let agents = |agents: &[AgentRow]| -> Vec<Value> {
            let agents = agents.iter().map(|agent| {
                json!({
                    "name": agent.name,
                    "runtimeArn": agent.runtime_arn,
                    "account": agent.account,
                    "region": agent.region,
                })
            });
            agents.collect()
        };
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| json!({ "name": row.name, "kind": row.kind, "line": row.line, "agents": agents(&row.agents) }))
            .collect();
        json!({ "config": self.config, "environments": rows })
    }

    fn document(&self) -> Document {
        if self.rows.is_empty() {
            return Document::new().line("No environments: the file declares none, and none has a record here.");
        }
        let mut rows = Vec::new();
        for row in &self.rows {
            let written = match (row.kind, row.line) {
                ("branch", Some(line)) => format!("this checkout, settings at line {line}"),
                (_, Some(line)) => format!("line {line}"),
                (_, None) => "this checkout".to_owned(),
            };
            let absent = if row.kind == "pattern" { "-" } else { "not deployed" };
            for agent in &row.agents {
                let place =
                    [&agent.account, &agent.region].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
                rows.push(vec![
                    (Role::Plain, row.name.clone()),
                    (Role::Plain, format!("{}, {written}", row.kind)),
                    (Role::Plain, agent.name.clone()),
                    (Role::Dim, agent.runtime_arn.as_deref().map_or(absent, runtime_id).to_owned()),
                    (Role::Dim, place),
                ]);
            }
        }
        Document::new().table(vec!["ENVIRONMENT", "WRITTEN", "AGENT", "RUNTIME", "ACCOUNT"], rows)
    }
}

fn runtime_id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
