//! App clients, in the wire's own JSON: UpdateUserPoolClient puts everything that it is not told back to its default.

use serde_json::Value;

use super::once;
use crate::cloud::connect::Cloud;
use crate::cloud::error::{convert, if_found, missing_member, throttled_again};
use crate::cloud::wire::{Capture, replace_body};
use crate::error::Result;

impl Cloud {
    /// Id of the first client of this name; names are not unique in Cognito.
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

    /// The `UserPoolClient` of a description, its secret included; `None` when there is no such client.
    pub(crate) async fn user_pool_client(&self, pool_id: &str, id: &str) -> Result<Option<Value>> {
        let capture = Capture::default();
        let sent = self
            .cognito()
            .describe_user_pool_client()
            .user_pool_id(pool_id)
            .client_id(id)
            .customize()
            .interceptor(capture.clone())
            .send()
            .await;
        if if_found(sent, format!("read the app client `{id}`"))?.is_none() {
            return Ok(None);
        }
        inside(&capture).map(Some)
    }

    /// Creates from the wire form of CreateUserPoolClient; returns the `UserPoolClient` of the answer.
    pub(crate) async fn create_user_pool_client(&self, body: &Value) -> Result<Value> {
        let name = text(body, "ClientName").to_owned();
        let capture = Capture::default();
        let bytes = body.to_string();
        throttled_again(|| async {
            let bytes = bytes.clone();
            self.cognito()
                .create_user_pool_client()
                .user_pool_id(text(body, "UserPoolId"))
                .client_name(&name)
                .customize()
                .config_override(once())
                .interceptor(capture.clone())
                .mutate_request(move |request| replace_body(request, &bytes))
                .send()
                .await
                .map_err(|error| convert(format!("create the app client `{name}`"), &error))
        })
        .await?;
        inside(&capture)
    }

    /// Replaces the settings of a client with the wire form of UpdateUserPoolClient.
    pub(crate) async fn update_user_pool_client(&self, body: &Value) -> Result<Value> {
        let id = text(body, "ClientId").to_owned();
        let capture = Capture::default();
        let bytes = body.to_string();
        self.cognito()
            .update_user_pool_client()
            .user_pool_id(text(body, "UserPoolId"))
            .client_id(&id)
            .customize()
            .interceptor(capture.clone())
            .mutate_request(move |request| replace_body(request, &bytes))
            .send()
            .await
            .map_err(|error| convert(format!("update the app client `{id}`"), &error))?;
        inside(&capture)
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_user_pool_client(&self, pool_id: &str, id: &str) -> Result<bool> {
        let sent = self.cognito().delete_user_pool_client().user_pool_id(pool_id).client_id(id).send().await;
        Ok(if_found(sent, format!("delete the app client `{id}`"))?.is_some())
    }
}

fn text<'a>(body: &'a Value, member: &str) -> &'a str {
    body.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn inside(capture: &Capture) -> Result<Value> {
    let mut answer = capture.json()?;
    match answer.get_mut("UserPoolClient").map(Value::take) {
        Some(client) if client.is_object() => Ok(client),
        _ => Err(missing_member("go on", "Cognito", "app client")),
    }
}
