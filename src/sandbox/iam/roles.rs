//! The operations on roles: input from a form, output as XML.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;
use time::macros::format_description;

use super::RoleRecord;
use super::policy::{self, PolicyKind};
use crate::sandbox::SharedSandbox;
use crate::sandbox::random;
use crate::sandbox::reply::{Fault, Xml};
use crate::sandbox::request::QueryForm;

/// Documents go out percent-encoded as in RFC 3986.
const DOCUMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// All inline policies of a role together.
const INLINE_LIMIT: usize = 10_240;

pub(super) async fn create(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let name = role_name(form)?;
    let path = form.get("Path").unwrap_or("/").to_owned();
    if !path.starts_with('/') || !path.ends_with('/') || path.len() > 512 {
        return Err(validation(
            &path,
            "path",
            r"Member must satisfy regular expression pattern: (\u002F)|(\u002F[\u0021-\u007F]+\u002F)",
        ));
    }
    let trust = document(form, "AssumeRolePolicyDocument", PolicyKind::Trust)?;
    let max_session = match form.get("MaxSessionDuration").map(str::parse::<u32>) {
        None => 3600,
        Some(Ok(seconds)) if (3600..=43_200).contains(&seconds) => seconds,
        Some(_) => {
            return Err(validation(
                form.get("MaxSessionDuration").unwrap_or_default(),
                "maxSessionDuration",
                "Member must have value between 3600 and 43200",
            ));
        }
    };
    let role = RoleRecord {
        path,
        id: format!("AROA{}", random::key_id(17)?),
        created: sandbox.clock.unix(),
        trust,
        description: form.get("Description").map(str::to_owned),
        max_session,
        tags: tags(form),
        inline: BTreeMap::new(),
        attached: BTreeMap::new(),
        linked_to: None,
        boundary: form.get("PermissionsBoundary").map(str::to_owned),
        name,
    };
    insert(sandbox, role, "EntityAlreadyExists", |name| format!("Role with name {name} already exists.")).await
}

pub(super) async fn create_linked(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let service = required(form, "AWSServiceName")?;
    let name = format!(
        "AWSServiceRoleFor{}{}",
        linked_suffix(service)?,
        form.get("CustomSuffix").map(|s| format!("_{s}")).unwrap_or_default()
    );
    let role = RoleRecord {
        path: format!("/aws-service-role/{service}/"),
        id: format!("AROA{}", random::key_id(17)?),
        created: sandbox.clock.unix(),
        trust: serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
        })
        .to_string(),
        description: form.get("Description").map(str::to_owned),
        max_session: 3600,
        tags: BTreeMap::new(),
        inline: BTreeMap::new(),
        attached: BTreeMap::new(),
        linked_to: Some(service.to_owned()),
        boundary: None,
        name,
    };
    insert(sandbox, role, "InvalidInput", |name| {
        format!("Service role name {name} has been taken in this account, please try a different suffix.")
    })
    .await
}

/// The name that AgentCore's service-linked roles are known by.
pub(super) fn linked_suffix(service: &str) -> Result<&'static str, Fault> {
    let (name, _) = service.split_once(".amazon").unwrap_or((service, ""));
    match name {
        "runtime-identity.bedrock-agentcore" => Ok("BedrockAgentCoreRuntimeIdentity"),
        "network.bedrock-agentcore" => Ok("BedrockAgentCoreNetwork"),
        "bedrock-agentcore" => Ok("BedrockAgentCoreGatewayNetwork"),
        "identity-network.bedrock-agentcore" => Ok("BedrockAgentCoreIdentity"),
        _ => Err(Fault::new(400, "InvalidInput", format!("the sandbox knows no service-linked role of {service}"))),
    }
}

async fn insert(
    sandbox: &SharedSandbox,
    role: RoleRecord,
    taken: &'static str,
    text: impl Fn(&str) -> String,
) -> Result<String, Fault> {
    let xml = render(sandbox, &role, true);
    sandbox
        .state
        .iam
        .update(|iam| {
            let key = role.name.to_ascii_lowercase();
            if iam.roles.contains_key(&key) {
                return Err(Fault::new(if taken == "InvalidInput" { 400 } else { 409 }, taken, text(&role.name)));
            }
            iam.roles.insert(key, role);
            Ok(())
        })
        .await?;
    Ok(xml)
}

pub(super) fn get(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let name = role_name(form)?;
    sandbox.state.iam.read(|iam| iam.role(&name).map(|role| render(sandbox, role, true)))
}

pub(super) fn list(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let prefix = form.get("PathPrefix").unwrap_or("/");
    let roles: Vec<(String, RoleRecord)> = sandbox.state.iam.read(|iam| {
        iam.roles
            .iter()
            .filter(|(_, role)| role.path.starts_with(prefix))
            .map(|(key, role)| (key.clone(), role.clone()))
            .collect()
    });
    paged(form, "Roles", &roles, |xml, role| {
        xml.element("member", |xml| fields(sandbox, role, false, xml));
    })
}

pub(super) async fn delete(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let name = role_name(form)?;
    let conflict = |what: &str| Fault::new(409, "DeleteConflict", format!("Cannot delete entity, must {what} first."));
    sandbox
        .state
        .iam
        .update(|iam| {
            let role = iam.role_mut(&name)?;
            if !role.attached.is_empty() {
                return Err(conflict("detach all policies"));
            }
            if !role.inline.is_empty() {
                return Err(conflict("delete policies"));
            }
            iam.roles.remove(&name.to_ascii_lowercase());
            Ok(None)
        })
        .await
}

pub(super) async fn update_trust(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let trust = document(form, "PolicyDocument", PolicyKind::Trust)?;
    change(sandbox, form, |role| {
        role.trust = trust;
        Ok(())
    })
    .await
}

pub(super) async fn set_boundary(
    sandbox: &SharedSandbox,
    form: &QueryForm,
    put: bool,
) -> Result<Option<String>, Fault> {
    let boundary = if put { Some(required(form, "PermissionsBoundary")?.to_owned()) } else { None };
    change(sandbox, form, |role| {
        role.boundary = boundary;
        Ok(())
    })
    .await
}

pub(super) async fn put_policy(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let policy = policy_name(form)?;
    let document = document(form, "PolicyDocument", PolicyKind::Identity)?;
    change(sandbox, form, |role| {
        // White space does not count against the quota.
        let size = |text: &str| text.chars().filter(|char| !char.is_whitespace()).count();
        let others: usize = role.inline.iter().filter(|(name, _)| **name != policy).map(|(_, text)| size(text)).sum();
        if others + size(&document) > INLINE_LIMIT {
            let text = format!("Maximum policy size of {INLINE_LIMIT} bytes exceeded for role {}", role.name);
            return Err(Fault::new(409, "LimitExceeded", text));
        }
        role.inline.insert(policy, document);
        Ok(())
    })
    .await
}

pub(super) fn get_policy(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let (name, policy) = (role_name(form)?, policy_name(form)?);
    sandbox.state.iam.read(|iam| {
        let role = iam.role(&name)?;
        let document = role.inline.get(&policy).ok_or_else(|| no_such_policy(&policy))?;
        let mut xml = Xml::default();
        xml.text("RoleName", &role.name).text("PolicyName", &policy).text("PolicyDocument", &encoded(document));
        Ok(xml.0)
    })
}

pub(super) async fn delete_policy(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let policy = policy_name(form)?;
    change(sandbox, form, |role| role.inline.remove(&policy).map(|_| ()).ok_or_else(|| no_such_policy(&policy))).await
}

fn no_such_policy(name: &str) -> Fault {
    Fault::new(404, "NoSuchEntity", format!("The role policy with name {name} cannot be found."))
}

pub(super) fn list_policies(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let name = role_name(form)?;
    let names: Vec<(String, ())> = sandbox
        .state
        .iam
        .read(|iam| Ok::<_, Fault>(iam.role(&name)?.inline.keys().map(|name| (name.clone(), ())).collect()))?;
    let mut named: Vec<(String, String)> = names.into_iter().map(|(name, ())| (name.clone(), name)).collect();
    named.sort();
    paged(form, "PolicyNames", &named, |xml, name| {
        xml.text("member", name);
    })
}

pub(super) async fn attach(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let arn = required(form, "PolicyArn")?.to_owned();
    // Of AWS's own policies every name counts as one: the sandbox has no list of them.
    let prefix = sandbox.info.partition().arn("iam", "", "aws", "policy/").to_string();
    let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
    let is_own = sandbox.state.iam.read(|iam| iam.policies.contains_key(&arn));
    if name.is_empty() || !(is_own || arn.starts_with(&prefix)) {
        let text = format!("Policy {arn} does not exist or is not attachable.");
        return Err(Fault::new(404, "NoSuchEntity", text));
    }
    change(sandbox, form, |role| {
        role.attached.insert(arn, name);
        Ok(())
    })
    .await
}

pub(super) async fn detach(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let arn = required(form, "PolicyArn")?;
    change(sandbox, form, |role| {
        role.attached
            .remove(arn)
            .map(|_| ())
            .ok_or_else(|| Fault::new(404, "NoSuchEntity", format!("Policy {arn} was not found.")))
    })
    .await
}

pub(super) fn list_attached(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let name = role_name(form)?;
    let attached: Vec<(String, String)> = sandbox.state.iam.read(|iam| {
        Ok::<_, Fault>(iam.role(&name)?.attached.iter().map(|(arn, name)| (arn.clone(), name.clone())).collect())
    })?;
    let attached: Vec<(String, (String, String))> =
        attached.into_iter().map(|(arn, name)| (arn.clone(), (arn, name))).collect();
    paged(form, "AttachedPolicies", &attached, |xml, (arn, name)| {
        xml.element("member", |xml| {
            xml.text("PolicyName", name).text("PolicyArn", arn);
        });
    })
}

pub(super) async fn tag(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let tags = tags(form);
    change(sandbox, form, |role| {
        let mut all = role.tags.clone();
        all.extend(tags);
        if all.len() > 50 {
            return Err(Fault::new(409, "LimitExceeded", "The number of tags has reached the maximum limit."));
        }
        role.tags = all;
        Ok(())
    })
    .await
}

pub(super) async fn untag(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let keys = form.list("TagKeys");
    change(sandbox, form, |role| {
        role.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    })
    .await
}

pub(super) fn list_tags(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let name = role_name(form)?;
    let tags: Vec<(String, (String, String))> = sandbox.state.iam.read(|iam| {
        let tags = &iam.role(&name)?.tags;
        Ok::<_, Fault>(tags.iter().map(|(key, value)| (key.clone(), (key.clone(), value.clone()))).collect())
    })?;
    paged(form, "Tags", &tags, |xml, (key, value)| {
        xml.element("member", |xml| {
            xml.text("Key", key).text("Value", value);
        });
    })
}

/// Changes the role that the form names.
async fn change(
    sandbox: &SharedSandbox,
    form: &QueryForm,
    change: impl FnOnce(&mut RoleRecord) -> Result<(), Fault>,
) -> Result<Option<String>, Fault> {
    let name = role_name(form)?;
    sandbox.state.iam.update(|iam| change(iam.role_mut(&name)?)).await?;
    Ok(None)
}

/// One page of `items` (sorted by their key): `MaxItems` and `Marker` in, `IsTruncated` and `Marker` out.
fn paged<T>(
    form: &QueryForm,
    list: &str,
    items: &[(String, T)],
    mut write: impl FnMut(&mut Xml, &T),
) -> Result<String, Fault> {
    let limit = match form.get("MaxItems").map(str::parse::<usize>) {
        None => 100,
        Some(Ok(limit)) if (1..=1000).contains(&limit) => limit,
        Some(_) => {
            return Err(validation(
                form.get("MaxItems").unwrap_or_default(),
                "maxItems",
                "Member must have value between 1 and 1000",
            ));
        }
    };
    let after = match form.get("Marker") {
        None => None,
        Some(marker) => {
            let bytes = URL_SAFE_NO_PAD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Some(bytes.ok_or_else(|| Fault::new(400, "ValidationError", format!("Invalid Marker: '{marker}'")))?)
        }
    };
    let start = after.map_or(0, |after| items.partition_point(|(key, _)| *key <= after));
    let page = &items[start..items.len().min(start + limit)];
    let truncated = start + page.len() < items.len();
    let mut xml = Xml::default();
    xml.element(list, |xml| page.iter().for_each(|(_, item)| write(xml, item)));
    xml.text("IsTruncated", if truncated { "true" } else { "false" });
    if truncated && let Some((last, _)) = page.last() {
        xml.text("Marker", &URL_SAFE_NO_PAD.encode(last));
    }
    Ok(xml.0)
}

fn render(sandbox: &SharedSandbox, role: &RoleRecord, with_tags: bool) -> String {
    let mut xml = Xml::default();
    xml.element("Role", |xml| fields(sandbox, role, with_tags, xml));
    xml.0
}

/// ListRoles leaves out the tags, as the service does.
fn fields(sandbox: &SharedSandbox, role: &RoleRecord, with_tags: bool, xml: &mut Xml) {
    let resource = format!("role{}{}", role.path, role.name);
    let arn = sandbox.info.partition().arn("iam", "", &sandbox.info.account, &resource);
    xml.text("Path", &role.path)
        .text("RoleName", &role.name)
        .text("RoleId", &role.id)
        .text("Arn", &arn.to_string())
        .text("CreateDate", &date(role.created))
        .text("AssumeRolePolicyDocument", &encoded(&role.trust))
        .text("MaxSessionDuration", &role.max_session.to_string());
    if let Some(description) = &role.description {
        xml.text("Description", description);
    }
    if let (Some(boundary), true) = (&role.boundary, with_tags) {
        xml.element("PermissionsBoundary", |xml| {
            xml.text("PermissionsBoundaryType", "Policy").text("PermissionsBoundaryArn", boundary);
        });
    }
    if with_tags && !role.tags.is_empty() {
        xml.element("Tags", |xml| {
            for (key, value) in &role.tags {
                xml.element("member", |xml| {
                    xml.text("Key", key).text("Value", value);
                });
            }
        });
    }
}

pub(super) fn date(unix: i64) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    OffsetDateTime::from_unix_timestamp(unix).ok().and_then(|time| time.format(format).ok()).unwrap_or_default()
}

pub(super) fn encoded(document: &str) -> String {
    utf8_percent_encode(document, DOCUMENT).to_string()
}

pub(super) fn document(form: &QueryForm, field: &str, purpose: PolicyKind) -> Result<String, Fault> {
    let text = required(form, field)?;
    policy::validate(text, purpose).map_err(|reason| Fault::new(400, "MalformedPolicyDocument", reason))?;
    Ok(text.to_owned())
}

fn role_name(form: &QueryForm) -> Result<String, Fault> {
    name(form, "RoleName", "roleName", 64)
}

pub(super) fn policy_name(form: &QueryForm) -> Result<String, Fault> {
    name(form, "PolicyName", "policyName", 128)
}

fn name(form: &QueryForm, field: &str, member: &str, longest: usize) -> Result<String, Fault> {
    let name = required(form, field)?;
    if name.len() > longest {
        return Err(validation(name, member, &format!("Member must have length less than or equal to {longest}")));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)) {
        return Err(validation(name, member, r"Member must satisfy regular expression pattern: [\w+=,.@-]+"));
    }
    Ok(name.to_owned())
}

pub(super) fn required<'a>(form: &'a QueryForm, field: &str) -> Result<&'a str, Fault> {
    form.get(field).filter(|value| !value.is_empty()).ok_or_else(|| {
        Fault::new(400, "ValidationError", format!("1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"))
    })
}

pub(super) fn validation(value: &str, member: &str, constraint: &str) -> Fault {
    let text = format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    );
    Fault::new(400, "ValidationError", text)
}

pub(super) fn tags(form: &QueryForm) -> BTreeMap<String, String> {
    form.members("Tags", ["Key", "Value"]).into_iter().map(|[key, value]| (key, value)).collect()
}
