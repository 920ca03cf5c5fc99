//! IAM: roles with their trust policy, inline and attached policies, policies of one's own and OpenID Connect providers, over
//! the query protocol.
//!
//! Owns: the operations listed in `call`, what AgentCore asks about a role, and what a role's policies allow its sessions. Does not
//! own: whose sessions are judged (`caller`, `permissions`; the sandbox's one user may do everything); users and groups, which it
//! does not have.

mod managed;
mod policy;
mod providers;
mod roles;
mod sessions;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SharedSandbox;
use super::reply::{Fault, Xml};
use super::request::QueryForm;
use crate::partition::{Arn, Partition};

pub(crate) use policy::Decision;
pub(crate) use policy::{
    PolicyKind, Principal, RequestContext, allows as policies_allow, validate as validate_policy, wildcard,
};
pub(crate) use providers::{OidcProvider, find as find_provider};
pub(crate) use sessions::{AssumedRole, PolicyDenial, assumable, session_decides};

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
    /// Policies of one's own, by ARN.
    #[serde(default)]
    policies: BTreeMap<String, managed::ManagedPolicy>,
    /// By ARN.
    #[serde(default)]
    providers: BTreeMap<String, OidcProvider>,
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
    /// ARN of its permissions boundary.
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
        let ask = RequestContext {
            principal: Some(Principal::Service(principal)),
            action: "sts:AssumeRole",
            resource: "*",
            context: &context,
            complete: false,
        };
        if policy::allows([role.trust.as_str()], ask) { Trust::Trusted } else { Trust::NotTrusted }
    })
}

/// Whether a role's policies allow an action. A managed policy of AWS's counts as allowing everything, because the
/// sandbox does not know its text; conditions that need a context are taken as not met.
pub(crate) fn role_allows(sandbox: &SharedSandbox, role_arn: &str, action: &str, resource: &str) -> bool {
    sandbox.state.iam.read(|iam| {
        let Some(role) = iam.by_arn(role_arn) else { return false };
        let ask = RequestContext { principal: None, action, resource, context: &[], complete: false };
        decide(iam, role, ask) == Decision::Allowed
    })
}

/// The decision of a role's own policies. Managed policies of AWS's count as in [`role_allows`]; a Deny of another policy
/// outweighs them.
fn decide(iam: &Iam, role: &RoleRecord, ask: RequestContext<'_>) -> Decision {
    let own = role.attached.keys().filter_map(|arn| iam.policies.get(arn)).map(managed::ManagedPolicy::document);
    let is_unknown = role.attached.keys().any(|arn| !iam.policies.contains_key(arn));
    match policy::decide(role.inline.values().map(String::as_str).chain(own), ask) {
        Decision::Silent if is_unknown => Decision::Allowed,
        decision => decision,
    }
}

/// Whether a role of this path and name is there.
pub(crate) fn has_role(sandbox: &SharedSandbox, path_and_name: &str) -> bool {
    let arn =
        sandbox.info.partition().arn("iam", "", &sandbox.info.account, &format!("role/{path_and_name}")).to_string();
    sandbox.state.iam.read(|iam| iam.by_arn(&arn).is_some())
}

/// ARN of the role with this name; of one without a path where there is none.
pub(crate) fn role_arn(sandbox: &SharedSandbox, name: &str) -> String {
    // With the role's own letters: it is found by its name in any case, and policies name it in one.
    let own =
        |iam: &Iam| iam.role(name).map_or_else(|_| format!("/{name}"), |role| format!("{}{}", role.path, role.name));
    let own = sandbox.state.iam.read(own);
    sandbox.info.partition().arn("iam", "", &sandbox.info.account, &format!("role{own}")).to_string()
}

/// ARN of the permissions boundary of the role with this name.
pub(crate) fn boundary_of(sandbox: &SharedSandbox, name: &str) -> Option<String> {
    sandbox.state.iam.read(|iam| iam.role(name).ok().and_then(|role| role.boundary.clone()))
}

/// The name of the role that is linked to a service.
pub(crate) fn linked_name(service: &str) -> Option<String> {
    roles::linked_suffix(service).ok().map(|suffix| format!("AWSServiceRoleFor{suffix}"))
}

/// The decision of the policies of a role without a session: a build's. `context` has the condition keys that are known.
pub(crate) fn role_decides(
    sandbox: &SharedSandbox,
    role_arn: &str,
    (action, resource): (&str, &str),
    context: &[(&str, &str)],
) -> Decision {
    sandbox.state.iam.read(|iam| {
        let Some(role) = iam.by_arn(role_arn) else { return Decision::Silent };
        let ask = RequestContext { principal: None, action, resource, context, complete: false };
        decide(iam, role, ask)
    })
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
                    let ask =
                        RequestContext { principal: None, action: &action, resource, context: &[], complete: false };
                    let decision = match decide(iam, role, ask) {
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
        "CreatePolicy" => managed::create(sandbox, form).await.map(Some),
        "GetPolicy" => managed::get(sandbox, form).map(Some),
        "GetPolicyVersion" => managed::get_version(sandbox, form).map(Some),
        "DeletePolicy" => managed::delete(sandbox, form).await,
        "CreateOpenIDConnectProvider" => providers::create(sandbox, form).await.map(Some),
        "GetOpenIDConnectProvider" => providers::get(sandbox, form).map(Some),
        "ListOpenIDConnectProviders" => Ok(Some(providers::list(sandbox))),
        "DeleteOpenIDConnectProvider" => providers::delete(sandbox, form).await,
        _ => Err(Fault::unknown_operation(&format!("IAM `{action}`"))),
    }
}

#[cfg(test)]
mod tests;
