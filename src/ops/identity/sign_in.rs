//! A fresh token for a user of a pool.

use crate::cloud::{Cloud, TokenSet};
use crate::error::{Kind, Result};
use crate::redact::SecretString;

/// Who signs in.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) client_id: String,
    pub(crate) username: String,
    pub(crate) password: SecretString,
}

/// A fresh token set for a user.
///
/// # Errors
/// [`Kind::Credentials`] with Cognito's words when user or password are wrong.
pub(crate) async fn token(cloud: &Cloud, request: &SignIn) -> Result<TokenSet> {
    cloud.sign_in(&request.client_id, &request.username, &request.password).await.map_err(|error| {
        if error.code_str() == "NotAuthorizedException" {
            error
                .with_kind(Kind::Credentials)
                .hint("check the user name and the password, or run `agentcore identity setup-cognito` again")
        } else {
            error
        }
    })
}
