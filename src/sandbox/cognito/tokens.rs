//! The claims of Cognito's three kinds of token. Pure; signing is `jwt`'s.
//!
//! An access token has no `aud` and an ID token no `client_id`: authorizers are written with that difference in mind.

use serde_json::{Value, json};

use super::model::{AppClient, CognitoContext, Pool, PoolUser};
use super::pools::groups_of;
use crate::sandbox::random;

/// What all tokens of a signed-in user share.
pub(super) struct UserSession<'a> {
    pub(super) context: &'a CognitoContext,
    pub(super) pool: &'a Pool,
    pub(super) client: &'a AppClient,
    /// Lookup key of the user.
    pub(super) key: &'a str,
    pub(super) user: &'a PoolUser,
    pub(super) auth_time: i64,
    pub(super) origin_jti: &'a str,
    pub(super) event_id: &'a str,
    /// Scopes that were asked for at the sign-in page.
    pub(super) scope: Option<&'a str>,
}

impl UserSession<'_> {
    fn common(&self, lifetime: i64) -> Value {
        let mut claims = json!({
            "sub": self.user.sub,
            "iss": self.pool.issuer(self.context),
            "origin_jti": self.origin_jti,
            "event_id": self.event_id,
            "auth_time": self.auth_time,
            "iat": self.context.now,
            "exp": self.context.now + lifetime,
            "jti": random::uuid(),
        });
        let groups = groups_of(self.pool, self.key);
        if !groups.is_empty() {
            claims["cognito:groups"] = json!(groups);
        }
        claims
    }

    pub(super) fn access_claims(&self) -> Value {
        let mut claims = self.common(self.client.lifetime("AccessToken"));
        claims["client_id"] = json!(self.client.id);
        claims["token_use"] = json!("access");
        // Tokens from InitiateAuth carry this scope and no other.
        claims["scope"] = json!(self.scope.unwrap_or("aws.cognito.signin.user.admin"));
        claims["username"] = json!(self.user.username);
        claims
    }

    pub(super) fn id_claims(&self) -> Value {
        let mut claims = self.common(self.client.lifetime("IdToken"));
        claims["aud"] = json!(self.client.id);
        claims["token_use"] = json!("id");
        claims["cognito:username"] = json!(self.user.username);
        for (name, value) in &self.user.attributes {
            // The two verification marks are booleans in tokens and texts everywhere else.
            let value = match (name.as_str(), value.as_str()) {
                ("email_verified" | "phone_number_verified", text) => json!(text == "true"),
                (_, text) => json!(text),
            };
            claims[name.as_str()] = value;
        }
        claims
    }
}

/// The access token of a machine: nobody signed in, so the client is the subject.
pub(super) fn machine_claims(context: &CognitoContext, pool: &Pool, client: &AppClient, scope: &str) -> Value {
    json!({
        "sub": client.id,
        "token_use": "access",
        "scope": scope,
        "auth_time": context.now,
        "iss": pool.issuer(context),
        "exp": context.now + client.lifetime("AccessToken"),
        "iat": context.now,
        "version": 2,
        "jti": random::uuid(),
        "client_id": client.id,
    })
}
