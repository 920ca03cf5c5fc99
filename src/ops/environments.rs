//! The environments of a configuration: declared in the file, with a record in this checkout, or in the account alone.

mod remote;

pub(crate) use remote::{RemoteEnvironments, look};

use serde_json::{Value, json};

use crate::config::{Agent, EnvironmentKind, Store};
use crate::error::Result;
use crate::report::{Document, Report, Role, schemas};

/// The environments that are known here.
#[derive(Debug)]
pub(crate) struct EnvironmentsReport {
    config: String,
    rows: Vec<EnvironmentRow>,
    /// Account and region that were looked at.
    remote: Option<(String, String)>,
    /// How each agent goes that this checkout has nothing on record of.
    destroy: Vec<String>,
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
    is_recorded: bool,
    /// `None` where nobody looked.
    in_account: Option<bool>,
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
            is_recorded: arn.is_some(),
            in_account: None,
        }
    }
}

impl AgentRow {
    /// The runtime's id and what is odd about it.
    fn runtime(&self, absent: &str) -> String {
        let Some(arn) = &self.runtime_arn else { return absent.to_owned() };
        let id = runtime_id(arn);
        match (self.is_recorded, self.in_account) {
            (true, Some(false)) => format!("{id}, gone"),
            (false, _) => format!("{id}, not on record"),
            _ => id.to_owned(),
        }
    }
}

/// Those of the file in its order, those with a record alone, and those that only the account has. No request is made.
///
/// # Errors
/// A record that cannot be read.
pub(crate) fn list(store: &Store, remote: Option<RemoteEnvironments>) -> Result<EnvironmentsReport> {
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
    let mut report =
        EnvironmentsReport { config: store.path().display().to_string(), rows, remote: None, destroy: Vec::new() };
    if let Some(remote) = remote {
        remote.lay_over(&mut report, store);
    }
    Ok(report)
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
                    "recorded": agent.is_recorded,
                    "inAccount": agent.in_account,
                })
            });
            agents.collect()
        };
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| json!({ "name": row.name, "kind": row.kind, "line": row.line, "agents": agents(&row.agents) }))
            .collect();
        let remote = self.remote.as_ref().map(|(account, region)| json!({ "account": account, "region": region }));
        json!({ "config": self.config, "environments": rows, "remote": remote, "destroyCommands": self.destroy })
    }

    fn document(&self) -> Document {
        if self.rows.is_empty() {
            let account = if self.remote.is_some() { ", and the account has none" } else { "" };
            return Document::new()
                .line(format!("No environments: the file declares none, none has a record here{account}."));
        }
        let mut rows = Vec::new();
        for row in &self.rows {
            let written = match (row.kind, row.line) {
                ("branch", Some(line)) => format!("this checkout, settings at line {line}"),
                ("remote", Some(line)) => format!("settings at line {line}"),
                ("remote", None) => "not here".to_owned(),
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
                    (Role::Dim, agent.runtime(absent)),
                    (Role::Dim, place),
                ]);
            }
        }
        let document = Document::new().table(vec!["ENVIRONMENT", "WRITTEN", "AGENT", "RUNTIME", "ACCOUNT"], rows);
        if self.destroy.is_empty() {
            return document;
        }
        let document = document.blank().line("Nothing here records these. Where nobody needs one any more:");
        self.destroy.iter().fold(document, |document, command| document.styled(Role::Code, format!("  {command}")))
    }
}

fn runtime_id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
