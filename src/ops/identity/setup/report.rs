//! What a set-up says it did, for people and for scripts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::config::CognitoSetup;
use crate::events::Outcome;
use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::plan::{Action, ResourceKind};

/// One resource in the report.
#[derive(Debug)]
pub(super) struct SetupLine {
    pub(super) resource: ResourceKind,
    pub(super) name: String,
    pub(super) action: Action,
    pub(super) details: Vec<String>,
}

/// What set-up reports. Passwords and secrets are in the store, not here.
#[derive(Debug)]
pub(crate) struct SetupReport {
    pub(super) stored: CognitoSetup,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) domain_url: Option<String>,
    pub(super) lines: Vec<SetupLine>,
    /// Git does not see what is stored.
    pub(super) ignored: bool,
    pub(super) store: PathBuf,
    pub(super) env_file: PathBuf,
}

impl Report for SetupReport {
    fn schema(&self) -> &'static str {
        schemas::SETUP_COGNITO
    }

    fn data(&self) -> Value {
        let stored = &self.stored;
        let machine = stored.machine_client.as_ref().map(|client| client.id.as_str());
        let resources: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                json!({
                    "resource": line.resource.as_str(), "name": line.name, "outcome": Outcome::from(line.action),
                    "details": line.details,
                })
            })
            .collect();
        json!({
            "flow": stored.flow.as_str(),
            "poolId": stored.pool_id,
            "poolName": stored.settings.pool_name,
            "clientId": stored.user_client.as_deref().or(machine),
            "discoveryUrl": stored.discovery_url,
            "region": stored.region,
            "store": self.store.display().to_string(),
            "envFile": self.env_file.display().to_string(),
            "resources": resources,
            "changed": self.changed(),
            "username": stored.settings.username,
            "machineClientId": machine,
            "scopes": machine.map(|_| stored.settings.full_scopes()),
            "domain": self.domain_url,
            "tokenEndpoint": stored.token_endpoint,
            "authorizationEndpoint": stored.authorization_endpoint,
            "roleArn": stored.role_arn,
            "providerName": stored.settings.provider_name,
            "parameters": self.parameters,
        })
    }

    fn document(&self) -> Document {
        let stored = &self.stored;
        let rows = self.lines.iter().map(|line| {
            let (style, word) = match line.action {
                Action::Create => (Style::Good, "created"),
                Action::Update => (Style::Good, "updated"),
                Action::Keep => (Style::Attention, "kept"),
                Action::Unchanged | Action::Delete => (Style::Dim, "unchanged"),
            };
            let details = line.details.join(", ");
            vec![
                (Style::Plain, line.resource.as_str().to_owned()),
                (Style::Plain, line.name.clone()),
                (style, word.to_owned()),
                (Style::Dim, details),
            ]
        });
        let mut document = Document::new()
            .table(vec!["RESOURCE", "NAME", "", ""], rows.collect())
            .blank()
            .field_if("discovery URL", stored.discovery_url.clone())
            .field_if("token endpoint", stored.token_endpoint.clone())
            .field(
                "stored in",
                format!(
                    "{} (readable by you only, {})",
                    self.store.display(),
                    if self.ignored { "ignored by git" } else { "NOT ignored by git" }
                ),
            );
        if !self.changed() {
            document = document.line("Nothing to change.");
        }
        document = document.blank().styled(Style::Dim, "Next:");
        for line in self.next() {
            document = document.styled(Style::Code, format!("  {line}"));
        }
        document
    }
}

impl SetupReport {
    fn changed(&self) -> bool {
        self.lines.iter().any(|line| line.action.is_change())
    }

    fn next(&self) -> Vec<String> {
        let stored = &self.stored;
        let url = stored.discovery_url.as_deref().unwrap_or("URL");
        let mut lines = Vec::new();
        match (&stored.user_client, &stored.machine_client) {
            (Some(client), None) => {
                lines.push(format!("agentcore configure --discovery-url {url} --allowed-client {client}"));
                lines.push("agentcore invoke '{\"prompt\": \"hello\"}' --auth".to_owned());
            }
            (_, Some(_)) => {
                let scopes = stored.settings.full_scopes();
                let first = scopes.first().map(String::as_str).unwrap_or("SCOPE");
                lines.push(format!("agentcore configure --discovery-url {url} --allowed-scope {first}"));
                lines.push("agentcore identity verify".to_owned());
            }
            (None, None) => {}
        }
        lines
    }
}
