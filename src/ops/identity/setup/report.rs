//! What a set-up says it did, for people and for scripts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::config::{CognitoSetup, SetupFlow, SetupPool};
use crate::events::Outcome;
use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::plan::{Action, ResourceKind};
use crate::shell::{CommandLine, quoted};

/// One resource in the report.
#[derive(Debug)]
pub(super) struct SetupLine {
    pub(super) pool: SetupPool,
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
    pub(super) identity_domain_url: Option<String>,
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
        // Machines and the endpoint that they ask are in the second pool, where there are two.
        let of_machine = stored.pools().find(|pool| pool.machine_client.is_some()).unwrap_or(stored);
        let machine = of_machine.machine_client.as_ref().map(|client| client.id.as_str());
        let resources: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                json!({
                    "pool": line.pool.as_str(), "resource": line.resource.as_str(), "name": line.name, "outcome": Outcome::from(line.action),
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
            "scopes": machine.map(|_| of_machine.settings.full_scopes()),
            "domain": self.domain_url,
            "tokenEndpoint": of_machine.token_endpoint,
            "authorizationEndpoint": stored.authorization_endpoint,
            "roleArn": stored.role_arn,
            "providerName": stored.settings.provider_name,
            "parameters": self.parameters,
            "runtime": pool_data(stored, self.domain_url.as_deref()),
            "identity": stored.identity_pool.as_ref().map(|pool| pool_data(pool, self.identity_domain_url.as_deref())),
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
        let document = Document::new().table(vec!["RESOURCE", "NAME", "", ""], rows.collect()).blank();
        let mut document = match &stored.identity_pool {
            Some(pool) => both_pools(document, stored, pool),
            None => document
                .field_if("discovery URL", stored.discovery_url.clone())
                .field_if("token endpoint", stored.token_endpoint.clone()),
        }
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
                lines.push("agentcore launch".to_owned());
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
        lines.extend(stored.identity_pool.iter().flat_map(|pool| self.next_of_identity(pool)));
        lines
    }

    /// How an agent comes to the tokens of the identity pool. The secret is taken from the variable, not from an argument.
    fn next_of_identity(&self, pool: &CognitoSetup) -> Vec<String> {
        let (Some(client), Some(url)) = (pool.confidential_client(), &pool.discovery_url) else { return Vec::new() };
        let name = self.env_file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let load = format!("set -a; . ./{}; set +a", quoted(&name));
        let mut line = CommandLine::new("agentcore identity create-credential-provider --name NAME --type cognito");
        line.value("--client-id", Some(&client.id));
        line.value("--client-secret-env", Some("IDENTITY_CLIENT_SECRET"));
        line.value("--discovery-url", Some(url));
        line.value("--cognito-pool-id", pool.pool_id.as_ref().filter(|_| pool.web_client.is_some()));
        vec![load, line.into_string()]
    }
}

/// One pool, for scripts. No secrets.
fn pool_data(pool: &CognitoSetup, domain_url: Option<&str>) -> Value {
    let client = pool.user_client.as_deref().or(pool.confidential_client().map(|client| client.id.as_str()));
    let settings = &pool.settings;
    json!({
        "poolId": pool.pool_id,
        "poolName": settings.pool_name,
        "clientId": client,
        "discoveryUrl": pool.discovery_url,
        "username": settings.username,
        "domain": domain_url,
        "tokenEndpoint": pool.token_endpoint,
        "authorizationEndpoint": pool.authorization_endpoint,
        "resourceServer": settings.resource_server,
        "scopes": settings.resource_server.as_ref().map(|_| settings.full_scopes()),
        "callbackUrls": settings.callback_urls,
    })
}

/// Both pools under the toolkit's titles and labels, a fact on each line.
fn both_pools(document: Document, stored: &CognitoSetup, identity: &CognitoSetup) -> Document {
    let (title, flow) = match stored.flow {
        SetupFlow::Machine => ("Identity Pool - M2M", "M2M"),
        SetupFlow::User | SetupFlow::Team => ("Identity Pool - User Consent", "USER"),
    };
    let pool = |document: Document, pool: &CognitoSetup, flow: Option<&str>| {
        let client = pool.user_client.as_deref().or(pool.confidential_client().map(|client| client.id.as_str()));
        // Only the second pool's endpoint is one that anything is asked of.
        let endpoint = pool.token_endpoint.as_ref().filter(|_| flow.is_some());
        document
            .fact_if("Pool ID", pool.pool_id.clone())
            .fact_if("Client ID", client)
            .fact_if("Flow Type", flow)
            .fact_if("Discovery URL", pool.discovery_url.clone())
            .fact_if("Test User", pool.settings.username.clone())
            .fact_if("Token Endpoint", endpoint.cloned())
            .fact_if("Resource Server", pool.settings.resource_server.clone())
            .blank()
    };
    let document = pool(document.line("Runtime Pool (Inbound Auth)"), stored, None);
    pool(document.line(title), identity, Some(flow))
}
