//! AgentCore control plane: policies of a runtime and of its endpoints that say who else may call.

use serde_json::Value;

use super::connect::Cloud;
use super::error::{convert, if_found, is_not_found};
use crate::error::{Context, Result};

impl Cloud {
    /// `None` when there is none, or nothing that could have one.
    pub(crate) async fn resource_policy(&self, arn: &str) -> Result<Option<Value>> {
        let answer = match self.control().get_resource_policy().resource_arn(arn).send().await {
            Ok(answer) => answer,
            Err(error) if is_not_found(&error) => return Ok(None),
            Err(error) => return Err(convert(format!("read the policy of `{arn}`"), &error)),
        };
        let text = answer.policy().filter(|text| !text.trim().is_empty());
        text.map(|text| serde_json::from_str(text).with_context(|| format!("the policy of `{arn}` is not JSON")))
            .transpose()
    }

    /// Puts a policy, in the place of one that is there.
    pub(crate) async fn put_resource_policy(&self, arn: &str, policy: &Value) -> Result<()> {
        let sent = self.control().put_resource_policy().resource_arn(arn).policy(policy.to_string()).send().await;
        sent.map_err(|error| convert(format!("put the policy of `{arn}`"), &error))?;
        Ok(())
    }

    /// Gone already is success.
    pub(crate) async fn delete_resource_policy(&self, arn: &str) -> Result<()> {
        let sent = self.control().delete_resource_policy().resource_arn(arn).send().await;
        if_found(sent, format!("delete the policy of `{arn}`")).map(drop)
    }
}
