//! CloudWatch Logs: groups and how long they are kept, the policies of the account, and the delivery of what services log.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::types::{DeliveryDestinationConfiguration, DeliveryDestinationType};
use serde_json::Value;

use super::connect::Cloud;
use super::error::{code, convert, is_not_found};
use crate::error::{Context, Result};

/// A log group that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogGroupInfo {
    pub(crate) name: String,
    /// Days; `None` for ever.
    pub(crate) retention: Option<i32>,
}

/// A policy of the account that lets services write log events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogPolicy {
    pub(crate) name: String,
    /// Null for what is no JSON.
    pub(crate) document: Value,
}

/// What is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliverySource {
    pub(crate) name: String,
    pub(crate) resources: Vec<String>,
    pub(crate) log_type: String,
    pub(crate) tags: BTreeMap<String, String>,
}

/// Where it is delivered to: a log group, or X-Ray without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliveryTarget {
    pub(crate) name: String,
    pub(crate) arn: String,
    /// `CWL` or `XRAY`, among others.
    pub(crate) kind: String,
    pub(crate) tags: BTreeMap<String, String>,
}

/// A source joined with a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) target_arn: String,
}

/// Collects the pages of a list.
macro_rules! all_pages {
    ($client:expr, $what:literal, $request:ident, $items:ident, $convert:expr) => {{
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let page = $client.$request().set_next_token(token).send().await.map_err(|error| convert($what, &error))?;
            all.extend(page.$items().iter().map($convert));
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                break Ok(all);
            }
        }
    }};
}

fn owned(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

fn tags_of(tags: Option<&std::collections::HashMap<String, String>>) -> BTreeMap<String, String> {
    tags.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
}

impl Cloud {
    /// The log group of exactly this name.
    pub(crate) async fn log_group(&self, name: &str) -> Result<Option<LogGroupInfo>> {
        let answer = self.logs().describe_log_groups().log_group_name_prefix(name).send().await;
        let answer = answer.map_err(|error| convert(format!("look for the log group `{name}`"), &error))?;
        // The name itself comes first among those that begin with it.
        let found = answer.log_groups().iter().find(|group| group.log_group_name() == Some(name));
        Ok(found.map(|group| LogGroupInfo { name: name.to_owned(), retention: group.retention_in_days() }))
    }

    /// Makes a log group; one that is there already stays.
    pub(crate) async fn create_log_group(&self, name: &str) -> Result<()> {
        match self.logs().create_log_group().log_group_name(name).send().await {
            Err(error) if code(&error) != Some("ResourceAlreadyExistsException") => {
                Err(convert(format!("create the log group `{name}`"), &error))
            }
            _ => Ok(()),
        }
    }

    /// After so many days the events of a group are deleted.
    pub(crate) async fn keep_log_for(&self, name: &str, days: i32) -> Result<()> {
        let request = self.logs().put_retention_policy().log_group_name(name).retention_in_days(days);
        let what = || format!("set how long the log group `{name}` is kept");
        request.send().await.map(drop).map_err(|error| convert(what(), &error))
    }

    pub(crate) async fn log_policies(&self) -> Result<Vec<LogPolicy>> {
        all_pages!(
            self.logs(),
            "list the policies of CloudWatch Logs",
            describe_resource_policies,
            resource_policies,
            |policy| {
                let document = serde_json::from_str(policy.policy_document().unwrap_or_default()).unwrap_or_default();
                LogPolicy { name: owned(policy.policy_name()), document }
            }
        )
    }

    pub(crate) async fn put_log_policy(&self, name: &str, document: &Value) -> Result<()> {
        let request = self.logs().put_resource_policy().policy_name(name).policy_document(document.to_string());
        let what = || format!("write the policy `{name}` of CloudWatch Logs");
        request.send().await.map(drop).map_err(|error| convert(what(), &error))
    }

    pub(crate) async fn delivery_sources(&self) -> Result<Vec<DeliverySource>> {
        all_pages!(
            self.logs(),
            "list the sources of log deliveries",
            describe_delivery_sources,
            delivery_sources,
            |source| {
                DeliverySource {
                    name: owned(source.name()),
                    resources: source.resource_arns().to_vec(),
                    log_type: owned(source.log_type()),
                    tags: tags_of(source.tags()),
                }
            }
        )
    }

    pub(crate) async fn delivery_targets(&self) -> Result<Vec<DeliveryTarget>> {
        all_pages!(
            self.logs(),
            "list the destinations of log deliveries",
            describe_delivery_destinations,
            delivery_destinations,
            |target| DeliveryTarget {
                name: owned(target.name()),
                arn: owned(target.arn()),
                kind: owned(target.delivery_destination_type().map(DeliveryDestinationType::as_str)),
                tags: tags_of(target.tags()),
            }
        )
    }

    pub(crate) async fn deliveries(&self) -> Result<Vec<Delivery>> {
        all_pages!(self.logs(), "list the log deliveries", describe_deliveries, deliveries, |delivery| Delivery {
            id: owned(delivery.id()),
            source: owned(delivery.delivery_source_name()),
            target_arn: owned(delivery.delivery_destination_arn()),
        })
    }

    /// Makes a source, or leaves it as it is.
    pub(crate) async fn put_delivery_source(
        &self,
        name: &str,
        (resource, log_type): (&str, &str),
        tags: &[(String, String)],
    ) -> Result<()> {
        let request = self.logs().put_delivery_source().name(name).resource_arn(resource).log_type(log_type);
        let request = tags.iter().fold(request, |request, (name, value)| request.tags(name, value));
        let what = || format!("make the delivery source `{name}`");
        request.send().await.map(drop).map_err(|error| convert(what(), &error))
    }

    /// Makes a target: a log group by its ARN, or X-Ray.
    pub(crate) async fn put_delivery_target(
        &self,
        name: &str,
        group: Option<&str>,
        tags: &[(String, String)],
    ) -> Result<()> {
        let what = || format!("make the delivery destination `{name}`");
        let request = self.logs().put_delivery_destination().name(name);
        let request = match group {
            Some(arn) => request.delivery_destination_configuration(
                DeliveryDestinationConfiguration::builder().destination_resource_arn(arn).build().with_context(what)?,
            ),
            None => request.delivery_destination_type(DeliveryDestinationType::Xray),
        };
        let request = tags.iter().fold(request, |request, (name, value)| request.tags(name, value));
        request.send().await.map(drop).map_err(|error| convert(what(), &error))
    }

    /// Joins a source with a target; two that are joined stay so.
    pub(crate) async fn create_delivery(&self, source: &str, target: &str, tags: &[(String, String)]) -> Result<()> {
        let request = self.logs().create_delivery().delivery_source_name(source).delivery_destination_arn(target);
        let request = tags.iter().fold(request, |request, (name, value)| request.tags(name, value));
        match request.send().await {
            Err(error) if code(&error) != Some("ConflictException") => {
                Err(convert(format!("deliver from `{source}`"), &error))
            }
            _ => Ok(()),
        }
    }

    pub(crate) async fn delete_delivery(&self, id: &str) -> Result<()> {
        match self.logs().delete_delivery().id(id).send().await {
            Err(error) if !is_not_found(&error) => Err(convert(format!("delete the log delivery `{id}`"), &error)),
            _ => Ok(()),
        }
    }

    pub(crate) async fn delete_delivery_source(&self, name: &str) -> Result<()> {
        match self.logs().delete_delivery_source().name(name).send().await {
            Err(error) if !is_not_found(&error) => Err(convert(format!("delete the delivery source `{name}`"), &error)),
            _ => Ok(()),
        }
    }

    pub(crate) async fn delete_delivery_target(&self, name: &str) -> Result<()> {
        match self.logs().delete_delivery_destination().name(name).send().await {
            Err(error) if !is_not_found(&error) => {
                Err(convert(format!("delete the delivery destination `{name}`"), &error))
            }
            _ => Ok(()),
        }
    }
}
