//! A pool's hosted domain and its resource servers: what machine tokens need.

use aws_sdk_cognitoidentityprovider::types::ResourceServerScopeType;

use crate::cloud::connect::{Cloud, Service};
use crate::cloud::error::{code, convert, if_found, is_not_found};
use crate::error::{Error, Result};

/// A resource server; scopes are pairs of name and description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ResourceServer {
    pub(crate) identifier: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<(String, String)>,
}

impl ResourceServer {
    fn wire_scopes(&self) -> Result<Vec<ResourceServerScopeType>> {
        let each = self.scopes.iter().map(|(name, description)| {
            ResourceServerScopeType::builder()
                .scope_name(name)
                .scope_description(description)
                .build()
                .map_err(|error| Error::usage(format!("`{name}` is not a scope")).source(&error))
        });
        each.collect()
    }
}

impl Cloud {
    /// Base URL of a pool's sign-in pages and token endpoint. A configured endpoint serves all pools.
    pub(crate) fn hosted_domain(&self, prefix: &str) -> String {
        self.endpoint_override(Service::COGNITO)
            .unwrap_or_else(|| format!("https://{}", self.partition().cognito_domain(prefix, self.region())))
    }

    /// Whether the domain can be used yet; `None` when there is no such domain.
    pub(crate) async fn domain_is_active(&self, prefix: &str) -> Result<Option<bool>> {
        let answer = self
            .cognito()
            .describe_user_pool_domain()
            .domain(prefix)
            .send()
            .await
            .map_err(|error| convert(format!("read the domain `{prefix}`"), &error))?;
        // An unknown domain is an empty description. A description without a status is that of a stand-in.
        let described = answer.domain_description().filter(|found| found.user_pool_id().is_some());
        Ok(described.map(|found| found.status().is_none_or(|status| status.as_str() == "ACTIVE")))
    }

    pub(crate) async fn create_domain(&self, pool_id: &str, prefix: &str) -> Result<()> {
        self.cognito()
            .create_user_pool_domain()
            .user_pool_id(pool_id)
            .domain(prefix)
            .send()
            .await
            .map_err(|error| convert(format!("create the domain `{prefix}`"), &error))?;
        Ok(())
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_domain(&self, pool_id: &str, prefix: &str) -> Result<bool> {
        match self.cognito().delete_user_pool_domain().user_pool_id(pool_id).domain(prefix).send().await {
            Ok(_) => Ok(true),
            // An unknown domain is an invalid parameter to the service.
            Err(error) if is_not_found(&error) || code(&error) == Some("InvalidParameterException") => Ok(false),
            Err(error) => Err(convert(format!("delete the domain `{prefix}`"), &error)),
        }
    }

    /// `None` when the pool has no such resource server.
    pub(crate) async fn resource_server(&self, pool_id: &str, identifier: &str) -> Result<Option<ResourceServer>> {
        let sent = self.cognito().describe_resource_server().user_pool_id(pool_id).identifier(identifier).send().await;
        let answer = if_found(sent, format!("read the resource server `{identifier}`"))?;
        Ok(answer.as_ref().and_then(|answer| answer.resource_server()).map(|found| ResourceServer {
            identifier: found.identifier().unwrap_or(identifier).to_owned(),
            name: found.name().unwrap_or_default().to_owned(),
            scopes: found
                .scopes()
                .iter()
                .map(|scope| (scope.scope_name().to_owned(), scope.scope_description().to_owned()))
                .collect(),
        }))
    }

    pub(crate) async fn create_resource_server(&self, pool_id: &str, server: &ResourceServer) -> Result<()> {
        self.cognito()
            .create_resource_server()
            .user_pool_id(pool_id)
            .identifier(&server.identifier)
            .name(&server.name)
            .set_scopes(Some(server.wire_scopes()?))
            .send()
            .await
            .map_err(|error| convert(format!("create the resource server `{}`", server.identifier), &error))?;
        Ok(())
    }

    /// Replaces name and scopes.
    pub(crate) async fn update_resource_server(&self, pool_id: &str, server: &ResourceServer) -> Result<()> {
        self.cognito()
            .update_resource_server()
            .user_pool_id(pool_id)
            .identifier(&server.identifier)
            .name(&server.name)
            .set_scopes(Some(server.wire_scopes()?))
            .send()
            .await
            .map_err(|error| convert(format!("update the resource server `{}`", server.identifier), &error))?;
        Ok(())
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_resource_server(&self, pool_id: &str, identifier: &str) -> Result<bool> {
        let sent = self.cognito().delete_resource_server().user_pool_id(pool_id).identifier(identifier).send().await;
        Ok(if_found(sent, format!("delete the resource server `{identifier}`"))?.is_some())
    }
}
