//! Amazon Cognito: a user pool with one public client and one user. Signing in is in `sign_in`.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{
    ExplicitAuthFlowsType, MessageActionType, TimeUnitsType, TokenValidityUnitsType, UserStatusType,
};

use aws_config::retry::RetryConfig;

use super::connect::{Cloud, Service};
use super::error::{convert, is_not_found};
use crate::error::{Error, Result};
use crate::redact::{ExposeSecret, SecretString};

/// An app client without a secret, for user and password sign-in.
#[derive(Debug)]
pub(crate) struct ClientSpec<'a> {
    pub(crate) pool_id: &'a str,
    pub(crate) name: &'a str,
    /// Lifetime of access and ID tokens, in minutes (5 to 1440).
    pub(crate) token_minutes: i32,
}

impl Cloud {
    fn cognito(&self) -> Client {
        Client::new(&self.sdk)
    }

    /// The OpenID Connect discovery URL of a pool. Behind a configured endpoint it is that endpoint's.
    pub(crate) fn pool_discovery_url(&self, pool_id: &str) -> String {
        let base = self
            .endpoint_override(Service::COGNITO)
            .unwrap_or_else(|| format!("https://{}", self.partition().host("cognito-idp", self.region())));
        format!("{base}/{pool_id}/.well-known/openid-configuration")
    }

    /// Id of the first pool of this name; names are not unique in Cognito.
    pub(crate) async fn find_user_pool(&self, name: &str) -> Result<Option<String>> {
        let mut pages = self.cognito().list_user_pools().max_results(60).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| convert("list the user pools", &error))?;
            if let Some(pool) = page.user_pools().iter().find(|pool| pool.name() == Some(name)) {
                return Ok(pool.id().map(str::to_owned));
            }
        }
        Ok(None)
    }

    /// Whether a pool exists, and if so whether it carries this tag.
    pub(crate) async fn user_pool_has_tag(&self, id: &str, tag: (&str, &str)) -> Result<bool> {
        match self.cognito().describe_user_pool().user_pool_id(id).send().await {
            Ok(answer) => Ok(answer
                .user_pool()
                .and_then(|pool| pool.user_pool_tags())
                .and_then(|tags| tags.get(tag.0))
                .is_some_and(|value| value == tag.1)),
            Err(error) if is_not_found(&error) => Ok(false),
            Err(error) => Err(convert(format!("read the user pool `{id}`"), &error)),
        }
    }

    pub(crate) async fn user_pool_exists(&self, id: &str) -> Result<bool> {
        match self.cognito().describe_user_pool().user_pool_id(id).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_not_found(&error) => Ok(false),
            Err(error) => Err(convert(format!("read the user pool `{id}`"), &error)),
        }
    }

    pub(crate) async fn create_user_pool(&self, name: &str, tags: &[(String, String)]) -> Result<String> {
        let mut request = self.cognito().create_user_pool().pool_name(name);
        for (key, value) in tags {
            request = request.user_pool_tags(key, value);
        }
        let answer = request
            .customize()
            .config_override(once())
            .send()
            .await
            .map_err(|error| convert(format!("create the user pool `{name}`"), &error))?;
        let id =
            answer.user_pool().and_then(|pool| pool.id()).ok_or_else(|| Error::failed("Cognito gave no pool id"))?;
        Ok(id.to_owned())
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_user_pool(&self, id: &str) -> Result<bool> {
        match self.cognito().delete_user_pool().user_pool_id(id).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_not_found(&error) => Ok(false),
            Err(error) => Err(convert(format!("delete the user pool `{id}`"), &error)),
        }
    }

    pub(crate) async fn find_user_pool_client(&self, pool_id: &str, name: &str) -> Result<Option<String>> {
        let mut pages =
            self.cognito().list_user_pool_clients().user_pool_id(pool_id).max_results(60).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| convert(format!("list the clients of `{pool_id}`"), &error))?;
            if let Some(client) = page.user_pool_clients().iter().find(|client| client.client_name() == Some(name)) {
                return Ok(client.client_id().map(str::to_owned));
            }
        }
        Ok(None)
    }

    /// Creates a client that signs users in by password and refreshes their tokens; returns its id.
    pub(crate) async fn create_user_pool_client(&self, spec: &ClientSpec<'_>) -> Result<String> {
        let answer = self
            .cognito()
            .create_user_pool_client()
            .user_pool_id(spec.pool_id)
            .client_name(spec.name)
            .generate_secret(false)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
            .access_token_validity(spec.token_minutes)
            .id_token_validity(spec.token_minutes)
            .token_validity_units(
                TokenValidityUnitsType::builder()
                    .access_token(TimeUnitsType::Minutes)
                    .id_token(TimeUnitsType::Minutes)
                    .refresh_token(TimeUnitsType::Days)
                    .build(),
            )
            .customize()
            .config_override(once())
            .send()
            .await
            .map_err(|error| convert(format!("create the app client `{}`", spec.name), &error))?;
        answer
            .user_pool_client()
            .and_then(|client| client.client_id())
            .map(str::to_owned)
            .ok_or_else(|| Error::failed("Cognito gave no client id"))
    }

    /// Whether the user exists and has a permanent password.
    pub(crate) async fn user_is_confirmed(&self, pool_id: &str, username: &str) -> Result<bool> {
        match self.cognito().admin_get_user().user_pool_id(pool_id).username(username).send().await {
            Ok(user) => Ok(user.user_status() == Some(&UserStatusType::Confirmed)),
            Err(error) if super::error::code(&error) == Some("UserNotFoundException") => Ok(false),
            Err(error) => Err(convert(format!("look for the user `{username}`"), &error)),
        }
    }

    /// Creates the user when missing, and gives it this permanent password either way.
    pub(crate) async fn ensure_user(&self, pool_id: &str, username: &str, password: &SecretString) -> Result<()> {
        let client = self.cognito();
        let created = client
            .admin_create_user()
            .user_pool_id(pool_id)
            .username(username)
            .message_action(MessageActionType::Suppress)
            .send()
            .await;
        if let Err(error) = created
            && super::error::code(&error) != Some("UsernameExistsException")
        {
            return Err(convert(format!("create the user `{username}`"), &error));
        }
        client
            .admin_set_user_password()
            .user_pool_id(pool_id)
            .username(username)
            .password(password.expose_secret())
            .permanent(true)
            .send()
            .await
            .map_err(|error| convert(format!("set the password of `{username}`"), &error))?;
        Ok(())
    }
}

/// Pools and clients have no idempotency token and no unique name: repeating a creation whose answer was lost would
/// make a second one. The next run finds the first by its name.
fn once() -> aws_sdk_cognitoidentityprovider::config::Builder {
    aws_sdk_cognitoidentityprovider::config::Builder::new().retry_config(RetryConfig::disabled())
}
