//! AgentCore control plane: the endpoints of a runtime, and its versions.

use serde_json::Value;

use super::connect::Cloud;
use super::error::{convert, if_found, is_not_found};
use super::runtime::{AgentRuntime, Endpoint};
use super::wire::{Capture, append};
use crate::error::Result;

/// What an endpoint is made with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewEndpoint<'a> {
    pub(crate) runtime_id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) version: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) tags: &'a [(String, String)],
}

impl Endpoint {
    /// An item of ListAgentRuntimeEndpoints, which has no `failureReason`.
    fn of_item(raw: Value) -> Self {
        let text = |member: &str| raw.get(member).and_then(Value::as_str).map(str::to_owned);
        Self {
            name: text("name").unwrap_or_default(),
            arn: text("agentRuntimeEndpointArn").unwrap_or_default(),
            status: text("status").unwrap_or_default(),
            live_version: text("liveVersion"),
            target_version: text("targetVersion"),
            failure_reason: text("failureReason"),
            raw,
        }
    }

    pub(crate) fn description(&self) -> Option<&str> {
        self.raw.get("description").and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The version that it serves, or will once it is READY.
    pub(crate) fn target(&self) -> Option<&str> {
        self.target_version.as_deref().or(self.live_version.as_deref())
    }
}

impl Cloud {
    /// All endpoints of a runtime, DEFAULT included. A runtime that is not there has none.
    pub(crate) async fn endpoints(&self, runtime_id: &str) -> Result<Vec<Endpoint>> {
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let capture = Capture::default();
            let sent = self
                .control()
                .list_agent_runtime_endpoints()
                .agent_runtime_id(runtime_id)
                .max_results(100)
                .set_next_token(token)
                .customize()
                .interceptor(capture.clone())
                .send()
                .await;
            match sent {
                Ok(_) => {}
                Err(error) if is_not_found(&error) => return Ok(Vec::new()),
                Err(error) => return Err(convert(format!("list the endpoints of `{runtime_id}`"), &error)),
            }
            token = append(&capture.json()?, "runtimeEndpoints", &mut all);
            if token.is_none() {
                return Ok(all.into_iter().map(Endpoint::of_item).collect());
            }
        }
    }

    /// A conflict is an endpoint of the name, or a runtime that is not READY.
    pub(crate) async fn create_endpoint(&self, new: &NewEndpoint<'_>) -> Result<()> {
        self.control()
            .create_agent_runtime_endpoint()
            .agent_runtime_id(new.runtime_id)
            .name(new.name)
            .agent_runtime_version(new.version)
            .set_description(new.description.map(str::to_owned))
            .set_tags(Some(new.tags.iter().cloned().collect()))
            .send()
            .await
            .map_err(|error| convert(format!("create the endpoint `{}`", new.name), &error))?;
        Ok(())
    }

    /// Points an endpoint to a version. Without a description it keeps the one that it has.
    pub(crate) async fn update_endpoint(
        &self,
        (runtime_id, name): (&str, &str),
        version: &str,
        description: Option<&str>,
    ) -> Result<()> {
        self.control()
            .update_agent_runtime_endpoint()
            .agent_runtime_id(runtime_id)
            .endpoint_name(name)
            .agent_runtime_version(version)
            .set_description(description.map(str::to_owned))
            .send()
            .await
            .map_err(|error| convert(format!("point the endpoint `{name}` to version {version}"), &error))?;
        Ok(())
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_endpoint(&self, runtime_id: &str, name: &str) -> Result<bool> {
        let sent =
            self.control().delete_agent_runtime_endpoint().agent_runtime_id(runtime_id).endpoint_name(name).send();
        Ok(if_found(sent.await, format!("delete the endpoint `{name}`"))?.is_some())
    }

    /// One version with all of its settings; `None` when there is no such version.
    pub(crate) async fn runtime_version(&self, id: &str, version: &str) -> Result<Option<AgentRuntime>> {
        let capture = Capture::default();
        let sent = self
            .control()
            .get_agent_runtime()
            .agent_runtime_id(id)
            .agent_runtime_version(version)
            .customize()
            .interceptor(capture.clone())
            .send()
            .await;
        if if_found(sent, format!("read version {version} of the runtime `{id}`"))?.is_none() {
            return Ok(None);
        }
        Ok(Some(AgentRuntime { raw: capture.json()? }))
    }

    /// The versions of a runtime as a list has them, without their settings; newest first.
    pub(crate) async fn runtime_versions(&self, id: &str) -> Result<Vec<AgentRuntime>> {
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let capture = Capture::default();
            self.control()
                .list_agent_runtime_versions()
                .agent_runtime_id(id)
                .max_results(100)
                .set_next_token(token)
                .customize()
                .interceptor(capture.clone())
                .send()
                .await
                .map_err(|error| convert(format!("list the versions of the runtime `{id}`"), &error))?;
            token = append(&capture.json()?, "agentRuntimes", &mut all);
            if token.is_none() {
                break;
            }
        }
        let mut versions: Vec<AgentRuntime> = all.into_iter().map(|raw| AgentRuntime { raw }).collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.version().parse::<u64>().unwrap_or_default()));
        Ok(versions)
    }
}
