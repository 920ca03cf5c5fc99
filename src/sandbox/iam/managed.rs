//! Policies of one's own: what is attached to roles, and what bounds them.
//!
//! Owns: their first version, the only one that there is. Does not own: which roles have them (`roles`).

use serde::{Deserialize, Serialize};

use super::Iam;
use super::policy::PolicyKind;
use super::roles::{date, document, encoded, policy_name, required};
use crate::sandbox::reply::{Fault, Xml};
use crate::sandbox::request::QueryForm;
use crate::sandbox::{SharedSandbox, random};

/// Characters of a policy. White space does not count.
const LIMIT: usize = 6_144;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ManagedPolicy {
    arn: String,
    name: String,
    /// `ANPA…`.
    id: String,
    /// Begins and ends with `/`.
    path: String,
    /// Seconds since 1970.
    created: i64,
    document: String,
}

impl ManagedPolicy {
    pub(super) fn document(&self) -> &str {
        &self.document
    }

    fn render(&self, attachments: usize) -> String {
        let mut xml = Xml::default();
        xml.element("Policy", |xml| {
            xml.text("PolicyName", &self.name)
                .text("PolicyId", &self.id)
                .text("Arn", &self.arn)
                .text("Path", &self.path)
                .text("DefaultVersionId", "v1")
                .text("AttachmentCount", &attachments.to_string())
                .text("IsAttachable", "true")
                .text("CreateDate", &date(self.created))
                .text("UpdateDate", &date(self.created));
        });
        xml.0
    }
}

pub(super) async fn create(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let (name, path) = (policy_name(form)?, form.get("Path").unwrap_or("/").to_owned());
    if !path.starts_with('/') || !path.ends_with('/') {
        return Err(Fault::new(400, "ValidationError", format!("The path `{path}` must begin and end with /")));
    }
    let document = document(form, "PolicyDocument", PolicyKind::Identity)?;
    if document.chars().filter(|char| !char.is_whitespace()).count() > LIMIT {
        return Err(Fault::new(409, "LimitExceeded", format!("Cannot exceed quota for PolicySize: {LIMIT}")));
    }
    let arn =
        sandbox.info.partition().arn("iam", "", &sandbox.info.account, &format!("policy{path}{name}")).to_string();
    let id = format!("ANPA{}", random::key_id(17)?);
    let policy = ManagedPolicy { arn, name, id, path, created: sandbox.clock.unix(), document };
    let xml = policy.render(0);
    let insert = |iam: &mut Iam| {
        if iam.policies.contains_key(&policy.arn) {
            let text = format!("A policy called {} already exists. Duplicate names are not allowed.", policy.name);
            return Err(Fault::new(409, "EntityAlreadyExists", text));
        }
        iam.policies.insert(policy.arn.clone(), policy);
        Ok(())
    };
    sandbox.state.iam.update(insert).await?;
    Ok(xml)
}

fn missing(arn: &str) -> Fault {
    Fault::new(404, "NoSuchEntity", format!("Policy {arn} was not found."))
}

/// Roles that a policy is attached to or bounds.
fn uses(iam: &Iam, arn: &str) -> usize {
    let uses = |role: &&super::RoleRecord| role.attached.contains_key(arn) || role.boundary.as_deref() == Some(arn);
    iam.roles.values().filter(uses).count()
}

pub(super) fn get(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let arn = required(form, "PolicyArn")?;
    sandbox.state.iam.read(|iam| {
        let policy = iam.policies.get(arn).ok_or_else(|| missing(arn))?;
        Ok(policy.render(uses(iam, arn)))
    })
}

pub(super) fn get_version(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let (arn, version) = (required(form, "PolicyArn")?, required(form, "VersionId")?);
    sandbox.state.iam.read(|iam| {
        let policy = iam.policies.get(arn).filter(|_| version == "v1").ok_or_else(|| missing(arn))?;
        let mut xml = Xml::default();
        xml.element("PolicyVersion", |xml| {
            xml.text("Document", &encoded(&policy.document))
                .text("VersionId", "v1")
                .text("IsDefaultVersion", "true")
                .text("CreateDate", &date(policy.created));
        });
        Ok(xml.0)
    })
}

pub(super) async fn delete(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let arn = required(form, "PolicyArn")?;
    let remove = |iam: &mut Iam| {
        if uses(iam, arn) > 0 {
            return Err(Fault::new(409, "DeleteConflict", "Cannot delete a policy attached to entities."));
        }
        iam.policies.remove(arn).map(|_| None).ok_or_else(|| missing(arn))
    };
    sandbox.state.iam.update(remove).await
}
