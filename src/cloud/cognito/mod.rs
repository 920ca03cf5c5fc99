//! Amazon Cognito: user pools and their users.
//!
//! Owns: pools, users. Signing in is in `sign_in`. Domains and resource servers are in `hosted`, app clients in `clients`.

mod clients;
mod hosted;

pub(crate) use hosted::ResourceServer;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{DeletionProtectionType, MessageActionType, UserStatusType};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use aws_config::retry::RetryConfig;

use super::connect::{Cloud, Service};
use super::error::{code, convert, if_found, is_not_found, missing_member, throttled_again};
use crate::error::Result;
use crate::redact::{ExposeSecret, SecretString};

/// The part of DescribeUserPool that matters here.
#[derive(Clone, Debug)]
pub(crate) struct UserPool {
    pub(crate) id: String,
    /// Prefix of the hosted domain.
    pub(crate) domain: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    /// It cannot be deleted until this is switched off.
    pub(crate) is_protected: bool,
}

impl Cloud {
    pub(super) fn cognito(&self) -> Client {
        Client::new(&self.sdk)
    }

    /// The OpenID Connect discovery URL of a pool at AWS.
    pub(crate) fn pool_discovery_url(&self, pool_id: &str) -> String {
        let host = self.partition().host("cognito-idp", self.region());
        format!("https://{host}/{pool_id}/.well-known/openid-configuration")
    }

    /// Where requests for pools go instead of AWS.
    pub(crate) fn pools_endpoint(&self) -> Option<String> {
        self.endpoint_override(Service::COGNITO)
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

    /// `None` when there is no such pool.
    pub(crate) async fn user_pool(&self, id: &str) -> Result<Option<UserPool>> {
        let sent = self.cognito().describe_user_pool().user_pool_id(id).send().await;
        let found = if_found(sent, format!("read the user pool `{id}`"))?;
        Ok(found.as_ref().and_then(|answer| answer.user_pool()).map(|pool| UserPool {
            id: pool.id().unwrap_or(id).to_owned(),
            domain: pool.domain().map(str::to_owned).filter(|domain| !domain.is_empty()),
            tags: pool
                .user_pool_tags()
                .map(|tags| tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
                .unwrap_or_default(),
            is_protected: pool.deletion_protection() == Some(&DeletionProtectionType::Active),
        }))
    }

    pub(crate) async fn create_user_pool(&self, name: &str, tags: &[(String, String)]) -> Result<String> {
        let what = format!("create the user pool `{name}`");
        let answer = throttled_again(|| async {
            let mut request = self.cognito().create_user_pool().pool_name(name);
            for (key, value) in tags {
                request = request.user_pool_tags(key, value);
            }
            request.customize().config_override(once()).send().await.map_err(|error| convert(&what, &error))
        })
        .await?;
        let id =
            answer.user_pool().and_then(|pool| pool.id()).ok_or_else(|| missing_member(&what, "Cognito", "pool id"))?;
        Ok(id.to_owned())
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_user_pool(&self, id: &str) -> Result<bool> {
        let sent = self.cognito().delete_user_pool().user_pool_id(id).send().await;
        Ok(if_found(sent, format!("delete the user pool `{id}`"))?.is_some())
    }

    /// `None` when there is no such user, else whether it has a permanent password.
    pub(crate) async fn user_is_confirmed(&self, pool_id: &str, username: &str) -> Result<Option<bool>> {
        match self.cognito().admin_get_user().user_pool_id(pool_id).username(username).send().await {
            Ok(user) => Ok(Some(user.user_status() == Some(&UserStatusType::Confirmed))),
            Err(error) if is_user_missing(&error) => Ok(None),
            Err(error) => Err(convert(format!("look for the user `{username}`"), &error)),
        }
    }

    /// Creates a user without sending a message; already there is success.
    pub(crate) async fn create_user(&self, pool_id: &str, username: &str) -> Result<()> {
        let created = self
            .cognito()
            .admin_create_user()
            .user_pool_id(pool_id)
            .username(username)
            .message_action(MessageActionType::Suppress)
            .send()
            .await;
        match created {
            Err(error) if code(&error) != Some("UsernameExistsException") => {
                Err(convert(format!("create the user `{username}`"), &error))
            }
            _ => Ok(()),
        }
    }

    /// Gives a user this permanent password.
    pub(crate) async fn set_user_password(&self, pool_id: &str, username: &str, password: &SecretString) -> Result<()> {
        self.cognito()
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

    /// `false` when it was already gone.
    pub(crate) async fn delete_user(&self, pool_id: &str, username: &str) -> Result<bool> {
        match self.cognito().admin_delete_user().user_pool_id(pool_id).username(username).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_user_missing(&error) => Ok(false),
            Err(error) => Err(convert(format!("delete the user `{username}`"), &error)),
        }
    }
}

/// The user or its pool is not there.
fn is_user_missing<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    code(error) == Some("UserNotFoundException") || is_not_found(error)
}

/// Pools and clients have no idempotency token and no unique name: repeating a creation whose answer was lost would
/// make a second one. The next run finds the first by its name. A throttled creation is repeated by
/// [`throttled_again`].
fn once() -> aws_sdk_cognitoidentityprovider::config::Builder {
    aws_sdk_cognitoidentityprovider::config::Builder::new().retry_config(RetryConfig::disabled())
}
