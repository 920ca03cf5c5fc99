//! What a set-up was asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How long a user pool's tokens live when nothing is said, in minutes.
pub(crate) const DEFAULT_TOKEN_MINUTES: u16 = 120;

/// The app client of the `user` flow when nothing is said.
pub(crate) const DEFAULT_USER_CLIENT: &str = "agentcore-user-client";

/// What was asked for. A later run without flags goes on with it, and `identity verify` compares with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SetupSettings {
    /// Name of the team; `None` for the other flows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) team: Option<String>,
    pub(crate) pool_name: String,
    /// Name of the client for people; `None` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_client_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) machine_client_name: Option<String>,
    /// Name of the client with a secret that agents send people to the sign-in page with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) web_client_name: Option<String>,
    /// The test user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
    /// Lifetime of access and ID tokens, 5 to 1440.
    pub(crate) token_minutes: u16,
    /// Where the sign-in page may send people back to; a team's client and the web client have the authorization code flow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) callback_urls: Vec<String>,
    /// Identifier of the resource server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_server: Option<String>,
    /// Names of its scopes, without the identifier.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) scopes: Vec<String>,
    /// The pool has a hosted domain whether it has scopes or not.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) hosted_domain: bool,
    /// Prefix of the hosted domain; without one it is derived from the pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) domain_prefix: Option<String>,
    /// Name of the gateway's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gateway_role: Option<String>,
    /// Without a final slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ssm_prefix: Option<String>,
    /// Name of the OAuth2 credential provider that the team's agents and gateway are to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider_name: Option<String>,
    /// The user's own, on whatever is created.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: BTreeMap<String, String>,
    /// ARN of the policy that bounds the gateway's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_boundary: Option<String>,
}

impl SetupSettings {
    /// The scopes as tokens and authorizers have them: `identifier/name`.
    pub(crate) fn full_scopes(&self) -> Vec<String> {
        let server = self.resource_server.as_deref().unwrap_or_default();
        self.scopes.iter().map(|scope| format!("{server}/{scope}")).collect()
    }

    /// Scopes are only in tokens of the hosted domain's token endpoint.
    pub(crate) const fn wants_domain(&self) -> bool {
        self.hosted_domain || self.resource_server.is_some()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference to the field")]
const fn is_false(value: &bool) -> bool {
    !*value
}
