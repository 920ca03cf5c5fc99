//! IAM: roles with their trust policy, inline and attached policies, over the query protocol.
//!
//! Owns: the operations listed in `call`, and what AgentCore asks about a role. Does not own: permissions of the
//! caller (`caller` asks for those of an agent, and the sandbox's one user may do everything); users, groups and managed
//! policies of one's own, which it does not have.

mod policy;
mod roles;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SharedSandbox;
use super::reply::{Fault, Xml};
use super::request::QueryForm;
use crate::partition::{Arn, Partition};

pub(crate) use policy::{Decision, RequestContext, allows as policies_allow, wildcard};

/// The API version that its clients send.
pub(crate) const VERSION: &str = "2010-05-08";

/// The XML namespace of its answers.
pub(crate) fn namespace() -> String {
    format!("https://{}/doc/{VERSION}/", Partition::principal("iam"))
}

/// The state of IAM. Role names differ in more than case, so the key is the name in lower case.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Iam {
    roles: BTreeMap<String, RoleRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct RoleRecord {
    name: String,
    /// Begins and ends with `/`.
    path: String,
    /// `AROA…`, never used twice.
    id: String,
    /// Seconds since 1970.
    created: i64,
    trust: String,
    description: Option<String>,
    max_session: u32,
    tags: BTreeMap<String, String>,
    inline: BTreeMap<String, String>,
    /// By ARN.
    attached: BTreeMap<String, String>,
    /// The service that owns a service-linked role; only it may change the role.
    linked_to: Option<String>,
    /// ARN of its permissions boundary; stored, not evaluated.
    #[serde(default)]
    boundary: Option<String>,
}

impl Iam {
    fn role(&self, name: &str) -> Result<&RoleRecord, Fault> {
        self.roles.get(&name.to_ascii_lowercase()).ok_or_else(|| no_such_role(name))
    }

    fn role_mut(&mut self, name: &str) -> Result<&mut RoleRecord, Fault> {
        let role = self.roles.get_mut(&name.to_ascii_lowercase()).ok_or_else(|| no_such_role(name))?;
        if let Some(service) = &role.linked_to {
            return Err(Fault::new(
                400,
                "UnmodifiableEntity",
                format!(
                    "Cannot perform the operation on the protected role '{}' - this role is only modifiable by {service}",
                    role.name
                ),
            ));
        }
        Ok(role)
    }

    fn by_arn(&self, arn: &str) -> Option<&RoleRecord> {
        let arn: Arn = arn.parse().ok()?;
        let (path, name) = arn.resource.strip_prefix("role")?.rsplit_once('/')?;
        let role = self.roles.get(&name.to_ascii_lowercase())?;
        (role.name == name && role.path == format!("{path}/")).then_some(role)
    }
}

fn no_such_role(name: &str) -> Fault {
    Fault::new(404, "NoSuchEntity", format!("The role with name {name} cannot be found."))
}

/// Whether a service may assume a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    Trusted,
    NoSuchRole,
    /// The role's trust policy says no: another principal, another account or another source ARN.
    NotTrusted,
}

/// Whether `principal` (a service such as AgentCore's) may assume the role on behalf of the resource `source_arn` of
/// this account.
pub(crate) fn trust(sandbox: &SharedSandbox, role_arn: &str, principal: &str, source_arn: &str) -> Trust {
    let account = sandbox.info.account.as_str();
    if role_arn.parse::<Arn>().is_ok_and(|arn| arn.account != account) {
        return Trust::NoSuchRole;
    }
    let context = [("aws:SourceAccount", account), ("aws:SourceArn", source_arn)];
    sandbox.state.iam.read(|iam| {
        let Some(role) = iam.by_arn(role_arn) else { return Trust::NoSuchRole };
        let ask =
            RequestContext { principal: Some(principal), action: "sts:AssumeRole", resource: "*", context: &context };
        if policy::allows([role.trust.as_str()], ask) { Trust::Trusted } else { Trust::NotTrusted }
    })
}

/// Whether a role's own policies allow an action. A managed policy of AWS's counts as allowing everything, because the
/// sandbox does not know its text; conditions that need a context are taken as not met.
pub(crate) fn role_allows(sandbox: &SharedSandbox, role_arn: &str, action: &str, resource: &str) -> bool {
    sandbox.state.iam.read(|iam| {
        let Some(role) = iam.by_arn(role_arn) else { return false };
        let ask = RequestContext { principal: None, action, resource, context: &[] };
        !role.attached.is_empty() || policy::allows(role.inline.values().map(String::as_str), ask)
    })
}

/// The decision of a role's own policies on an action on a resource; `context` has the condition keys that are known.
/// Managed policies and other conditions count as in [`role_allows`]; a Deny of the role's own outweighs them. Nothing is
/// allowed to a role that does not exist.
pub(crate) fn role_decides(
    sandbox: &SharedSandbox,
    role_arn: &str,
    (action, resource): (&str, &str),
    context: &[(&str, &str)],
) -> Decision {
    sandbox.state.iam.read(|iam| {
        let Some(role) = iam.by_arn(role_arn) else { return Decision::Silent };
        let ask = RequestContext { principal: None, action, resource, context };
        decide(role, ask)
    })
}

fn decide(role: &RoleRecord, ask: RequestContext<'_>) -> Decision {
    match policy::decide(role.inline.values().map(String::as_str), ask) {
        Decision::Silent if !role.attached.is_empty() => Decision::Allowed,
        decision => decision,
    }
}

/// `AROA…` of a role.
pub(crate) fn role_id(sandbox: &SharedSandbox, role_arn: &str) -> Option<String> {
    sandbox.state.iam.read(|iam| iam.by_arn(role_arn).map(|role| role.id.clone()))
}

/// The decisions of a role's policies on each action and resource. Managed policies count as in [`role_allows`].
fn simulate(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let arn = form.get("PolicySourceArn").unwrap_or_default();
    let mut resources = form.list("ResourceArns");
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    let mut xml = Xml::default();
    sandbox.state.iam.read(|iam| {
        let Some(role) = iam.by_arn(arn) else {
            return Err(Fault::new(404, "NoSuchEntity", format!("The role {arn} cannot be found.")));
        };
        xml.text("IsTruncated", "false").element("EvaluationResults", |xml| {
            for action in form.list("ActionNames") {
                for resource in &resources {
                    let ask = RequestContext { principal: None, action: &action, resource, context: &[] };
                    let decision = match decide(role, ask) {
                        Decision::Denied => "explicitDeny",
                        Decision::Allowed => "allowed",
                        Decision::Silent => "implicitDeny",
                    };
                    xml.element("member", |xml| {
                        xml.text("EvalActionName", &action)
                            .text("EvalResourceName", resource)
                            .text("EvalDecision", decision);
                    });
                }
            }
        });
        Ok(())
    })?;
    Ok(xml.0)
}

/// Answers `action` with the XML inside its result element; `None` for actions that return nothing.
pub(crate) async fn call(sandbox: &SharedSandbox, action: &str, form: &QueryForm) -> Result<Option<String>, Fault> {
    match action {
        "CreateRole" => roles::create(sandbox, form).await.map(Some),
        "GetRole" => roles::get(sandbox, form).map(Some),
        "ListRoles" => roles::list(sandbox, form).map(Some),
        "DeleteRole" => roles::delete(sandbox, form).await,
        "UpdateAssumeRolePolicy" => roles::update_trust(sandbox, form).await,
        "PutRolePermissionsBoundary" => roles::set_boundary(sandbox, form, true).await,
        "DeleteRolePermissionsBoundary" => roles::set_boundary(sandbox, form, false).await,
        "PutRolePolicy" => roles::put_policy(sandbox, form).await,
        "GetRolePolicy" => roles::get_policy(sandbox, form).map(Some),
        "DeleteRolePolicy" => roles::delete_policy(sandbox, form).await,
        "ListRolePolicies" => roles::list_policies(sandbox, form).map(Some),
        "AttachRolePolicy" => roles::attach(sandbox, form).await,
        "DetachRolePolicy" => roles::detach(sandbox, form).await,
        "ListAttachedRolePolicies" => roles::list_attached(sandbox, form).map(Some),
        "TagRole" => roles::tag(sandbox, form).await,
        "UntagRole" => roles::untag(sandbox, form).await,
        "ListRoleTags" => roles::list_tags(sandbox, form).map(Some),
        "SimulatePrincipalPolicy" => simulate(sandbox, form).map(Some),
        "CreateServiceLinkedRole" => roles::create_linked(sandbox, form).await.map(Some),
        _ => Err(Fault::unknown_operation(&format!("IAM `{action}`"))),
    }
}

#[cfg(test)]
mod tests;
