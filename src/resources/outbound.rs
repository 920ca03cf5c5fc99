//! What an agent needs of outbound identity: its credential providers as they are, and what a role must be allowed.

use futures_util::future::try_join_all;
use serde_json::Value;

use super::policy::{self, Grant, OutboundScope, PolicyScope};
use crate::cloud::{Cloud, ProviderKind};
use crate::config::Agent;
use crate::error::Result;
use crate::events::Events;

/// The providers of the configuration, looked up.
#[derive(Debug, Default)]
pub(crate) struct Outbound {
    grants: Vec<Grant>,
    /// Names of providers that are not there.
    missing: Vec<String>,
}

/// Asks for each provider, all at once; no request for an agent without any.
pub(crate) async fn observe(cloud: &Cloud, agent: &Agent) -> Result<Outbound> {
    let each = agent.identity.credential_providers.iter().map(|known| async move {
        let kind = ProviderKind::of_arn(&known.arn).unwrap_or(match known.kind.as_str() {
            "api-key" => ProviderKind::ApiKey,
            _ => ProviderKind::OAuth2,
        });
        let live = cloud.credential_provider(kind, &known.name).await?;
        Ok::<_, crate::error::Error>((kind, known, live))
    });
    let mut out = Outbound::default();
    for (kind, known, live) in try_join_all(each).await? {
        let Some(live) = live else {
            out.missing.push(known.name.clone());
            continue;
        };
        let secret = ["/apiKeySecretArn/secretArn", "/clientSecretArn/secretArn"]
            .iter()
            .find_map(|path| live.pointer(path)?.as_str())
            .map(str::to_owned);
        let arn = live.get("credentialProviderArn").and_then(Value::as_str).unwrap_or(&known.arn).to_owned();
        out.grants.push(Grant { kind, arn, secret });
    }
    Ok(out)
}

impl Outbound {
    /// The inline policy; `None` when the agent needs none.
    pub(crate) fn permissions(&self, agent: &Agent, scope: &PolicyScope<'_>) -> Option<Value> {
        let jwt = Some(&agent.aws_jwt).filter(|jwt| jwt.enabled && !jwt.audiences.is_empty());
        policy::outbound(&OutboundScope {
            scope,
            grants: &self.grants,
            workload: agent.identity.workload.as_ref().map(|workload| workload.arn.as_str()),
            audiences: jwt.map(|jwt| jwt.audiences.as_slice()).unwrap_or_default(),
            algorithm: &agent.aws_jwt.signing_algorithm,
            seconds: agent.aws_jwt.duration_seconds,
        })
    }

    /// Says which providers are not there.
    pub(crate) fn warn_of_missing(&self, events: &Events) {
        for name in &self.missing {
            events.warning(format!(
                "the credential provider `{name}` of the configuration does not exist: the agent gets nothing from it \
                 (`agentcore identity create-credential-provider --name {name} --type TYPE` makes it)"
            ));
        }
    }
}
