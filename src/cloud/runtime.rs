//! AgentCore control plane: runtimes and their endpoints.
//!
//! Runtimes travel as the wire's own JSON, because the SDK's types drop members that are newer than the SDK, and an
//! update that drops a member erases it. The SDK still does transport, signing, retries and
//! errors: only the body is replaced on the way out and copied on the way in.

use aws_sdk_bedrockagentcorecontrol::Client;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

use super::connect::Cloud;
use super::error::{code, convert, if_found, is_denied, is_not_found};
use super::wire::{Capture, replace_body};
use crate::error::Result;

/// A runtime as GetAgentRuntime describes it; `raw` keeps every member.
#[derive(Clone, Debug)]
pub(crate) struct AgentRuntime {
    pub(crate) raw: Value,
}

impl AgentRuntime {
    fn text(&self, member: &str) -> Option<&str> {
        self.raw.get(member)?.as_str()
    }

    pub(crate) fn id(&self) -> &str {
        self.text("agentRuntimeId").unwrap_or_default()
    }

    pub(crate) fn arn(&self) -> &str {
        self.text("agentRuntimeArn").unwrap_or_default()
    }

    /// A number as text, as the service sends it.
    pub(crate) fn version(&self) -> &str {
        self.text("agentRuntimeVersion").unwrap_or_default()
    }

    pub(crate) fn status(&self) -> &str {
        self.text("status").unwrap_or("UNKNOWN")
    }

    pub(crate) fn failure_reason(&self) -> Option<&str> {
        self.text("failureReason").filter(|reason| !reason.is_empty())
    }

    pub(crate) fn role_arn(&self) -> Option<&str> {
        self.text("roleArn")
    }

    /// `agentRuntimeArtifact` in the wire's form.
    pub(crate) fn artifact(&self) -> Option<&Value> {
        self.raw.get("agentRuntimeArtifact").filter(|value| !value.is_null())
    }

    pub(crate) fn image_uri(&self) -> Option<&str> {
        self.raw.pointer("/agentRuntimeArtifact/containerConfiguration/containerUri")?.as_str()
    }

    /// The object inside `customJWTAuthorizer`; `None` means that the runtime takes SigV4.
    pub(crate) fn authorizer(&self) -> Option<&Value> {
        self.raw.pointer("/authorizerConfiguration/customJWTAuthorizer").filter(|value| !value.is_null())
    }

    /// `serverProtocol` as the wire has it; a runtime without the member speaks HTTP.
    pub(crate) fn protocol(&self) -> &str {
        self.raw.pointer("/protocolConfiguration/serverProtocol").and_then(Value::as_str).unwrap_or("HTTP")
    }

    /// Whether the newest version requires MMDSv2. The service refuses calls of one that does not, whatever its status.
    pub(crate) fn requires_mmdsv2(&self) -> bool {
        self.raw.pointer("/metadataConfiguration/requireMMDSV2").and_then(Value::as_bool) == Some(true)
    }

    pub(crate) fn request_headers(&self) -> Vec<&str> {
        self.raw
            .pointer("/requestHeaderConfiguration/requestHeaderAllowlist")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }
}

/// A named way to call a runtime; `DEFAULT` follows the newest version.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) status: String,
    pub(crate) live_version: Option<String>,
    pub(crate) target_version: Option<String>,
    pub(crate) failure_reason: Option<String>,
    /// GetAgentRuntimeEndpoint's answer with every member.
    pub(crate) raw: Value,
}

/// A runtime as the list of an account has it.
#[derive(Clone, Debug)]
pub(crate) struct ListedRuntime {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) status: String,
}

impl Cloud {
    pub(super) fn control(&self) -> Client {
        let config = aws_sdk_bedrockagentcorecontrol::config::Builder::from(&self.sdk).interceptor(ModelPaths).build();
        Client::from_conf(config)
    }

    /// Searches the account's runtimes for this exact name.
    pub(crate) async fn find_runtime(&self, name: &str) -> Result<Option<String>> {
        let client = self.control();
        let mut token = None;
        loop {
            let page = client
                .list_agent_runtimes()
                .max_results(100)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| convert("list the agent runtimes", &error))?;
            if let Some(found) = page.agent_runtimes().iter().find(|runtime| runtime.agent_runtime_name() == name) {
                return Ok(Some(found.agent_runtime_id().to_owned()));
            }
            match page.next_token() {
                Some(next) if !next.is_empty() => token = Some(next.to_owned()),
                _ => return Ok(None),
            }
        }
    }

    /// How many runtimes the account has in the region.
    pub(crate) async fn count_runtimes(&self) -> Result<usize> {
        let (client, mut count, mut token) = (self.control(), 0, None);
        loop {
            let page = client.list_agent_runtimes().max_results(100).set_next_token(token).send().await;
            let page = page.map_err(|error| convert("list the agent runtimes", &error))?;
            count += page.agent_runtimes().len();
            match page.next_token() {
                Some(next) if !next.is_empty() => token = Some(next.to_owned()),
                _ => return Ok(count),
            }
        }
    }

    /// All runtimes of the account and region.
    pub(crate) async fn runtimes(&self) -> Result<Vec<ListedRuntime>> {
        let (client, mut all, mut token) = (self.control(), Vec::new(), None);
        loop {
            let sent = client.list_agent_runtimes().max_results(100).set_next_token(token).send().await;
            let page = sent.map_err(|error| convert("list the agent runtimes", &error))?;
            all.extend(page.agent_runtimes().iter().map(|runtime| ListedRuntime {
                arn: runtime.agent_runtime_arn().to_owned(),
                name: runtime.agent_runtime_name().to_owned(),
                status: runtime.status().as_str().to_owned(),
            }));
            match page.next_token() {
                Some(next) if !next.is_empty() => token = Some(next.to_owned()),
                _ => return Ok(all),
            }
        }
    }

    /// `None` when there is no such runtime.
    pub(crate) async fn runtime(&self, id: &str) -> Result<Option<AgentRuntime>> {
        let capture = Capture::default();
        let sent = self
            .control()
            .get_agent_runtime()
            .agent_runtime_id(id)
            .customize()
            .interceptor(capture.clone())
            .send()
            .await;
        if if_found(sent, format!("read the runtime `{id}`"))?.is_none() {
            return Ok(None);
        }
        Ok(Some(AgentRuntime { raw: capture.json()? }))
    }

    /// Creates from the wire form of CreateAgentRuntime. `Ok(None)` is a name conflict.
    pub(crate) async fn create_runtime(&self, body: &Value) -> Result<Option<AgentRuntime>> {
        let name = body.get("agentRuntimeName").and_then(Value::as_str).unwrap_or_default().to_owned();
        let capture = Capture::default();
        let bytes = body.to_string();
        let sent = self
            .control()
            .create_agent_runtime()
            .agent_runtime_name(&name)
            .role_arn(body.get("roleArn").and_then(Value::as_str).unwrap_or_default())
            .customize()
            .interceptor(capture.clone())
            .mutate_request(move |request| replace_body(request, &bytes))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Some(AgentRuntime { raw: capture.json()? })),
            Err(error) if code(&error) == Some("ConflictException") => Ok(None),
            Err(error) => Err(convert(format!("create the runtime `{name}`"), &error)),
        }
    }

    /// Replaces the whole definition of a runtime with the wire form of UpdateAgentRuntime.
    pub(crate) async fn update_runtime(&self, id: &str, body: &Value) -> Result<AgentRuntime> {
        let capture = Capture::default();
        let bytes = body.to_string();
        self.control()
            .update_agent_runtime()
            .agent_runtime_id(id)
            .role_arn(body.get("roleArn").and_then(Value::as_str).unwrap_or_default())
            .customize()
            .interceptor(capture.clone())
            .mutate_request(move |request| replace_body(request, &bytes))
            .send()
            .await
            .map_err(|error| convert(format!("update the runtime `{id}`"), &error))?;
        Ok(AgentRuntime { raw: capture.json()? })
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_runtime(&self, id: &str) -> Result<bool> {
        let sent = self.control().delete_agent_runtime().agent_runtime_id(id).send().await;
        Ok(if_found(sent, format!("delete the runtime `{id}`"))?.is_some())
    }

    /// `None` while the endpoint does not exist; DEFAULT may come minutes after its runtime.
    pub(crate) async fn endpoint(&self, id: &str, name: &str) -> Result<Option<Endpoint>> {
        let capture = Capture::default();
        let sent = self
            .control()
            .get_agent_runtime_endpoint()
            .agent_runtime_id(id)
            .endpoint_name(name)
            .customize()
            .interceptor(capture.clone())
            .send()
            .await;
        let Some(found) = if_found(sent, format!("read the endpoint `{name}` of `{id}`"))? else { return Ok(None) };
        Ok(Some(Endpoint {
            name: found.name().to_owned(),
            arn: found.agent_runtime_endpoint_arn().to_owned(),
            status: found.status().as_str().to_owned(),
            live_version: found.live_version().map(str::to_owned),
            target_version: found.target_version().map(str::to_owned),
            failure_reason: found.failure_reason().map(str::to_owned),
            raw: capture.json()?,
        }))
    }

    /// Tags of a runtime, a credential provider or a workload identity; `None` when the caller may not read them, so that a
    /// narrow policy still deploys, or when it is gone.
    pub(crate) async fn resource_tags(&self, arn: &str) -> Result<Option<Vec<(String, String)>>> {
        match self.control().list_tags_for_resource().resource_arn(arn).send().await {
            Ok(answer) => {
                let tags = answer.tags().into_iter().flatten();
                Ok(Some(tags.map(|(key, value)| (key.clone(), value.clone())).collect()))
            }
            Err(error) if is_denied(&error) || is_not_found(&error) => Ok(None),
            Err(error) => Err(convert(format!("read the tags of `{arn}`"), &error)),
        }
    }

    /// Adds tags, and replaces those of the same keys.
    pub(crate) async fn tag_resource(&self, arn: &str, tags: &[(String, String)]) -> Result<()> {
        let tags = tags.iter().cloned().collect();
        let sent = self.control().tag_resource().resource_arn(arn).set_tags(Some(tags)).send().await;
        sent.map_err(|error| convert(format!("tag `{arn}`"), &error))?;
        Ok(())
    }

    /// Takes tags away. Those that are not there are no failure.
    pub(crate) async fn untag_resource(&self, arn: &str, keys: &[String]) -> Result<()> {
        let keys = Some(keys.to_vec());
        let sent = self.control().untag_resource().resource_arn(arn).set_tag_keys(keys).send().await;
        sent.map_err(|error| convert(format!("take tags from `{arn}`"), &error))?;
        Ok(())
    }
}

/// Puts back the final slash that the service model has on the paths of the operations on runtimes and gateways, and on that of
/// ListMemories, and the SDK's code generator drops. Create and list share `/runtimes/`, and the form in the model is the documented one.
#[derive(Debug)]
struct ModelPaths;

impl Intercept for ModelPaths {
    fn name(&self) -> &'static str {
        "ModelPaths"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let request = context.request_mut();
        let uri = request.uri().to_owned();
        let (address, query) =
            uri.split_once('?').map_or((uri.as_str(), None), |(address, query)| (address, Some(query)));
        let has_slash = address.ends_with("/memories")
            || ["/runtimes", "/gateways"].iter().any(|folder| address.contains(folder))
                && !address.ends_with("/synchronizeTargets");
        if !has_slash || address.ends_with('/') {
            return Ok(());
        }
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        request.set_uri(format!("{address}/{query}"))?;
        Ok(())
    }
}
