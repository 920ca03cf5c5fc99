//! Signing a user in at an Amazon Cognito pool: InitiateAuth and the challenge of a first password.
//!
//! Owns: USER_PASSWORD_AUTH and REFRESH_TOKEN_AUTH, `SECRET_HASH`, NEW_PASSWORD_REQUIRED. These operations are not
//! signed, so they need a region and no credentials.

use aws_lc_rs::hmac;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, AuthenticationResultType, ChallengeNameType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::connect::Cloud;
use super::error::{convert, missing_member};
use crate::error::{Code, Error, Result};
use crate::redact::{ExposeSecret, SecretString};

/// Who signs in, and through which app client.
#[derive(Debug)]
pub(crate) struct UserSignIn<'a> {
    pub(crate) client_id: &'a str,
    /// Of clients that have one.
    pub(crate) client_secret: Option<&'a SecretString>,
    pub(crate) username: &'a str,
    pub(crate) password: &'a SecretString,
    /// For a user whose password was temporary.
    pub(crate) new_password: Option<&'a SecretString>,
}

/// What a sign-in returns.
#[derive(Debug)]
pub(crate) struct TokenSet {
    pub(crate) access_token: SecretString,
    pub(crate) id_token: Option<SecretString>,
    pub(crate) refresh_token: Option<SecretString>,
    /// Seconds until the access token expires.
    pub(crate) expires_in: i32,
}

impl UserSignIn<'_> {
    /// `base64(HMAC-SHA256(client secret, user name + client id))`, asked for exactly when the client has a secret.
    fn secret_hash(&self, username: &str) -> Option<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.client_secret?.expose_secret().as_bytes());
        Some(STANDARD.encode(hmac::sign(&key, format!("{username}{}", self.client_id).as_bytes())))
    }
}

impl Cloud {
    /// Signs a user in.
    ///
    /// # Errors
    /// Cognito's own, and exit 2 for a user who must choose a new password and gave none.
    pub(crate) async fn sign_in(&self, request: &UserSignIn<'_>) -> Result<TokenSet> {
        let username = request.username;
        let client = Client::new(&self.sdk);
        let mut call = client
            .initiate_auth()
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .client_id(request.client_id)
            .auth_parameters("USERNAME", username)
            .auth_parameters("PASSWORD", request.password.expose_secret());
        if let Some(hash) = request.secret_hash(username) {
            call = call.auth_parameters("SECRET_HASH", hash);
        }
        let answer = call.send().await.map_err(|error| convert(format!("sign in as `{username}`"), &error))?;
        match answer.challenge_name() {
            None => tokens(answer.authentication_result()),
            Some(ChallengeNameType::NewPasswordRequired) => {
                self.choose_password(request, answer.session(), answer.challenge_parameters()).await
            }
            Some(other) => Err(Error::failed(format!(
                "Cognito asks `{username}` for {}, which this command cannot answer",
                other.as_str()
            ))
            .hint("sign in through a browser instead: `--grant authorization-code`")),
        }
    }

    /// Answers NEW_PASSWORD_REQUIRED. The hash is over the name that the challenge gives, which may be another than the
    /// alias that was typed.
    async fn choose_password(
        &self,
        request: &UserSignIn<'_>,
        session: Option<&str>,
        parameters: Option<&std::collections::HashMap<String, String>>,
    ) -> Result<TokenSet> {
        let Some(password) = request.new_password else {
            return Err(Error::usage(format!("Cognito wants a new password of `{}`", request.username))
                .code(Code::TokenNewPassword)
                .hint("choose one: `--new-password-file FILE`, `--new-password-file -` or RUNTIME_NEW_PASSWORD")
                .hint("or give the user a permanent password: `aws cognito-idp admin-set-user-password --permanent`"));
        };
        let username = parameters
            .and_then(|parameters| parameters.get("USER_ID_FOR_SRP"))
            .map_or(request.username, String::as_str);
        let mut respond = Client::new(&self.sdk)
            .respond_to_auth_challenge()
            .client_id(request.client_id)
            .challenge_name(ChallengeNameType::NewPasswordRequired)
            .challenge_responses("USERNAME", username)
            .challenge_responses("NEW_PASSWORD", password.expose_secret())
            .set_session(session.map(str::to_owned));
        if let Some(hash) = request.secret_hash(username) {
            respond = respond.challenge_responses("SECRET_HASH", hash);
        }
        let answer = respond
            .send()
            .await
            .map_err(|error| convert(format!("give `{}` a new password", request.username), &error))?;
        match answer.challenge_name() {
            None => tokens(answer.authentication_result()),
            Some(other) => {
                Err(Error::failed(format!("Cognito asks `{}` for {} next", request.username, other.as_str()))
                    .hint("sign in through a browser instead: `--grant authorization-code`"))
            }
        }
    }

    /// New tokens for a refresh token. Cognito gives no new refresh token then, unless the client rotates them.
    ///
    /// # Errors
    /// Cognito's own.
    pub(crate) async fn renew(&self, request: &UserSignIn<'_>, refresh_token: &SecretString) -> Result<TokenSet> {
        let mut call = Client::new(&self.sdk)
            .initiate_auth()
            .auth_flow(AuthFlowType::RefreshTokenAuth)
            .client_id(request.client_id)
            .auth_parameters("REFRESH_TOKEN", refresh_token.expose_secret());
        if let Some(hash) = request.secret_hash(request.username) {
            call = call.auth_parameters("SECRET_HASH", hash);
        }
        let answer = call.send().await.map_err(|error| convert("renew the token", &error))?;
        let mut tokens = tokens(answer.authentication_result())?;
        tokens.refresh_token.get_or_insert_with(|| refresh_token.clone());
        Ok(tokens)
    }
}

fn tokens(result: Option<&AuthenticationResultType>) -> Result<TokenSet> {
    let missing = || missing_member("sign in", "Cognito", "access token");
    let result = result.ok_or_else(missing)?;
    let secret = |text: Option<&str>| text.map(|text| SecretString::from(text.to_owned()));
    Ok(TokenSet {
        access_token: secret(result.access_token()).ok_or_else(missing)?,
        id_token: secret(result.id_token()),
        refresh_token: secret(result.refresh_token()),
        expires_in: result.expires_in(),
    })
}
