//! What a comparison and an export read besides what a launch does: the endpoints of a runtime, the managed policies of a role.

use serde_json::Value;

use super::connect::Cloud;
use super::error::{convert, is_not_found};
use super::wire::{Capture, append};
use crate::error::Result;

impl Cloud {
    /// The endpoints of a runtime as ListAgentRuntimeEndpoints describes them, DEFAULT among them.
    pub(crate) async fn endpoint_descriptions(&self, id: &str) -> Result<Vec<Value>> {
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let capture = Capture::default();
            let request = self.control().list_agent_runtime_endpoints().agent_runtime_id(id).max_results(100);
            let sent = request.set_next_token(token).customize().interceptor(capture.clone()).send().await;
            sent.map_err(|error| convert(format!("list the endpoints of `{id}`"), &error))?;
            token = append(&capture.json()?, "runtimeEndpoints", &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// ARNs of the managed policies of a role; none when there is no such role.
    pub(crate) async fn attached_policies(&self, role: &str) -> Result<Vec<String>> {
        let client = aws_sdk_iam::Client::new(&self.sdk);
        match client.list_attached_role_policies().role_name(role).send().await {
            Ok(answer) => {
                let arns = answer.attached_policies().iter().filter_map(|policy| policy.policy_arn());
                Ok(arns.map(str::to_owned).collect())
            }
            Err(error) if is_not_found(&error) => Ok(Vec::new()),
            Err(error) => Err(convert(format!("list the policies attached to `{role}`"), &error)),
        }
    }
}
