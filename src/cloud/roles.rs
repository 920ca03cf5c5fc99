//! IAM: roles and their inline policies, and the account's outbound web identity federation.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{EvaluationResult, PolicyEvaluationDecisionType, Tag};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::connect::Cloud;
use super::error::{code, convert, if_found, is_not_found, missing_member};
use crate::error::{Error, Result};

/// A role that exists.
#[derive(Clone, Debug)]
pub(crate) struct IamRole {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) trust: Option<Value>,
    pub(crate) tags: Vec<(String, String)>,
    /// ARN of its permissions boundary.
    pub(crate) permissions_boundary: Option<String>,
}

/// The specification of a role.
#[derive(Debug)]
pub(crate) struct RoleSpec<'a> {
    pub(crate) name: &'a str,
    pub(crate) trust: &'a Value,
    pub(crate) description: &'a str,
    pub(crate) tags: &'a [(String, String)],
    /// ARN of the policy that bounds it.
    pub(crate) permissions_boundary: Option<&'a str>,
}

/// The result of simulating one action.
#[derive(Clone, Debug)]
pub(crate) struct SimulatedAction {
    pub(crate) action: String,
    pub(crate) allowed: bool,
    /// A statement denies it explicitly, which no other policy can override.
    pub(crate) explicit_deny: bool,
}

impl SimulatedAction {
    fn from_result(result: &EvaluationResult) -> Self {
        let decision = result.eval_decision();
        Self {
            action: result.eval_action_name().to_owned(),
            allowed: *decision == PolicyEvaluationDecisionType::Allowed,
            explicit_deny: *decision == PolicyEvaluationDecisionType::ExplicitDeny,
        }
    }
}

impl Cloud {
    fn iam(&self) -> Client {
        Client::new(&self.sdk)
    }

    /// `None` when there is no role of this name in the account.
    pub(crate) async fn role(&self, name: &str) -> Result<Option<IamRole>> {
        let sent = self.iam().get_role().role_name(name).send().await;
        Ok(if_found(sent, format!("look for the role `{name}`"))?.and_then(|answer| answer.role().map(convert_role)))
    }

    /// Already there is success; the role found is returned as it is.
    pub(crate) async fn create_role(&self, spec: &RoleSpec<'_>) -> Result<IamRole> {
        let what = || format!("create the role `{}`", spec.name);
        let mut request = self
            .iam()
            .create_role()
            .role_name(spec.name)
            .description(spec.description)
            .set_permissions_boundary(spec.permissions_boundary.map(str::to_owned))
            .assume_role_policy_document(spec.trust.to_string());
        for (key, value) in spec.tags {
            let tag =
                Tag::builder().key(key).value(value).build().map_err(|error| Error::failed(what()).source(&error))?;
            request = request.tags(tag);
        }
        match request.send().await {
            Ok(answer) => answer.role().map(convert_role).ok_or_else(|| missing_member(&what(), "IAM", "role")),
            Err(error) if matches!(code(&error), Some("EntityAlreadyExists" | "EntityAlreadyExistsException")) => {
                self.role(spec.name).await?.ok_or_else(|| convert(what(), &error))
            }
            Err(error) => Err(convert(what(), &error)),
        }
    }

    /// Adds tags, and replaces those of the same keys.
    pub(crate) async fn tag_role(&self, name: &str, tags: &[(String, String)]) -> Result<()> {
        let what = || format!("tag the role `{name}`");
        let mut request = self.iam().tag_role().role_name(name);
        for (key, value) in tags {
            let tag = Tag::builder().key(key).value(value).build();
            request = request.tags(tag.map_err(|error| Error::failed(what()).source(&error))?);
        }
        request.send().await.map_err(|error| convert(what(), &error))?;
        Ok(())
    }

    pub(crate) async fn set_role_trust(&self, name: &str, trust: &Value) -> Result<()> {
        self.iam()
            .update_assume_role_policy()
            .role_name(name)
            .policy_document(trust.to_string())
            .send()
            .await
            .map_err(|error| convert(format!("update the trust policy of `{name}`"), &error))?;
        Ok(())
    }

    pub(crate) async fn set_role_boundary(&self, name: &str, policy_arn: &str) -> Result<()> {
        self.iam()
            .put_role_permissions_boundary()
            .role_name(name)
            .permissions_boundary(policy_arn)
            .send()
            .await
            .map_err(|error| convert(format!("set the permissions boundary of `{name}`"), &error))?;
        Ok(())
    }

    /// The inline policy of a role; `None` when it has none of this name.
    pub(crate) async fn role_policy(&self, role: &str, policy: &str) -> Result<Option<Value>> {
        let sent = self.iam().get_role_policy().role_name(role).policy_name(policy).send().await;
        Ok(if_found(sent, format!("read the policy `{policy}` of `{role}`"))?
            .and_then(|answer| parse_document(answer.policy_document())))
    }

    pub(crate) async fn put_role_policy(&self, role: &str, policy: &str, document: &Value) -> Result<()> {
        self.iam()
            .put_role_policy()
            .role_name(role)
            .policy_name(policy)
            .policy_document(document.to_string())
            .send()
            .await
            .map_err(|error| convert(format!("write the policy `{policy}` of `{role}`"), &error))?;
        Ok(())
    }

    /// Names of a role's inline policies; none when there is no such role.
    pub(crate) async fn role_policy_names(&self, role: &str) -> Result<Vec<String>> {
        let sent = self.iam().list_role_policies().role_name(role).send().await;
        Ok(if_found(sent, format!("list the policies of `{role}`"))?
            .map(|answer| answer.policy_names().to_vec())
            .unwrap_or_default())
    }

    /// ARNs of the managed policies of a role; none when there is no such role.
    pub(crate) async fn attached_policies(&self, role: &str) -> Result<Vec<String>> {
        match self.iam().list_attached_role_policies().role_name(role).send().await {
            Ok(answer) => {
                let arns = answer.attached_policies().iter().filter_map(|policy| policy.policy_arn());
                Ok(arns.map(str::to_owned).collect())
            }
            Err(error) if is_not_found(&error) => Ok(Vec::new()),
            Err(error) => Err(convert(format!("list the policies attached to `{role}`"), &error)),
        }
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_role_policy(&self, role: &str, policy: &str) -> Result<bool> {
        let sent = self.iam().delete_role_policy().role_name(role).policy_name(policy).send().await;
        Ok(if_found(sent, format!("delete the policy `{policy}` of `{role}`"))?.is_some())
    }

    /// The account's issuer of outbound web identity tokens; `None` while the account does not have the feature enabled.
    pub(crate) async fn outbound_federation(&self) -> Result<Option<String>> {
        match self.iam().get_outbound_web_identity_federation_info().send().await {
            Ok(answer) => Ok(answer.issuer_identifier().filter(|_| answer.jwt_vending_enabled()).map(str::to_owned)),
            Err(error) if code(&error).is_some_and(|code| code.starts_with("FeatureDisabled")) => Ok(None),
            Err(error) => Err(convert("ask whether outbound web identity federation is enabled", &error)),
        }
    }

    /// Enables it for the whole account and returns the issuer; already enabled is success.
    pub(crate) async fn enable_outbound_federation(&self) -> Result<String> {
        let what = "enable outbound web identity federation";
        let missing = || missing_member(what, "IAM", "issuer");
        match self.iam().enable_outbound_web_identity_federation().send().await {
            Ok(answer) => answer.issuer_identifier().map(str::to_owned).ok_or_else(missing),
            Err(error) if code(&error).is_some_and(|code| code.starts_with("FeatureEnabled")) => {
                self.outbound_federation().await?.ok_or_else(missing)
            }
            Err(error) => Err(convert(what, &error)),
        }
    }

    /// Simulates a role's policies for `actions` on a resource. `None` when the caller may not ask
    /// (`iam:SimulatePrincipalPolicy`), or the service does not support it.
    pub(crate) async fn simulate(
        &self,
        role: &str,
        actions: &[&str],
        resource: &str,
    ) -> Result<Option<Vec<SimulatedAction>>> {
        let mut request = self.iam().simulate_principal_policy().policy_source_arn(role).resource_arns(resource);
        for action in actions {
            request = request.action_names(*action);
        }
        match request.send().await {
            Ok(answer) => Ok(Some(answer.evaluation_results().iter().map(SimulatedAction::from_result).collect())),
            Err(error)
                if matches!(
                    code(&error),
                    Some("AccessDenied" | "AccessDeniedException" | "InvalidAction" | "NotImplemented")
                ) =>
            {
                Ok(None)
            }
            Err(error) if is_not_found(&error) => Err(Error::not_found(format!("the role `{role}` does not exist"))),
            Err(error) => Err(convert(format!("ask what `{role}` may do"), &error)),
        }
    }

    /// Deletes a role with its inline policies and detaches the managed ones; `false` when it was already gone.
    pub(crate) async fn delete_role(&self, name: &str) -> Result<bool> {
        let client = self.iam();
        let what = || format!("delete the role `{name}`");
        let inline = async {
            let sent = client.list_role_policies().role_name(name).send().await;
            if_found(sent, what()).map(|found| found.map(|answer| answer.policy_names().to_vec()))
        };
        let attached = async {
            let sent = client.list_attached_role_policies().role_name(name).send().await;
            let found = if_found(sent, what());
            found.map(|found| found.map(|answer| answer.attached_policies().to_vec()).unwrap_or_default())
        };
        let (inline, attached) = tokio::try_join!(inline, attached)?;
        let Some(inline) = inline else { return Ok(false) };
        // One after the other, since IAM refuses changes of one role at the same time. Already gone is success: a repeated
        // request whose first answer was lost finds nothing.
        for policy in inline {
            self.delete_role_policy(name, &policy).await?;
        }
        for policy in attached {
            let arn = policy.policy_arn().unwrap_or_default();
            match client.detach_role_policy().role_name(name).policy_arn(arn).send().await {
                Err(error) if !is_not_found(&error) => {
                    return Err(convert(format!("detach `{arn}` from `{name}`"), &error));
                }
                _ => {}
            }
        }
        let sent = client.delete_role().role_name(name).send().await;
        Ok(if_found(sent, what())?.is_some())
    }
}

fn convert_role(role: &aws_sdk_iam::types::Role) -> IamRole {
    IamRole {
        name: role.role_name().to_owned(),
        arn: role.arn().to_owned(),
        trust: role.assume_role_policy_document().and_then(parse_document),
        tags: role.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect(),
        permissions_boundary: role
            .permissions_boundary()
            .and_then(|boundary| boundary.permissions_boundary_arn())
            .map(str::to_owned),
    }
}

/// IAM returns documents percent-encoded (RFC 3986); some stand-ins return them plain.
fn parse_document(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&percent_decode_str(text).decode_utf8().ok()?).ok())
}
