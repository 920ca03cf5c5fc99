//! What all IAM roles have in common: documents, and how two of them differ.

use std::time::Duration;

use serde_json::Value;

use super::plan::FieldChange;
use crate::cloud::IamRole;

/// How long IAM may take to spread a new role or policy before a refusal is believed. Terraform's AWS provider waits as long
/// for it.
pub(crate) const PROPAGATION: Duration = Duration::from_secs(120);

/// A part of a role that is not as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RoleChange {
    Trust,
    Permissions(Vec<String>),
    /// What outbound identity needs, in a policy of its own: written, or deleted.
    IdentityPermissions(Vec<String>),
    Boundary,
}

impl From<RoleChange> for FieldChange {
    fn from(change: RoleChange) -> Self {
        let with = |path: &str, meanings: Vec<String>| {
            let change = Self::of(path);
            if meanings.is_empty() { change } else { change.meaning(meanings.join(", ")) }
        };
        match change {
            RoleChange::Trust => Self::of("trust policy"),
            RoleChange::Permissions(meanings) => with("permissions", meanings),
            RoleChange::IdentityPermissions(meanings) => with("permissions for outbound identity", meanings),
            RoleChange::Boundary => Self::of("permissions boundary"),
        }
    }
}

/// Whether the trust policy of a live role has to be written.
pub(crate) fn trust_differs(role: &IamRole, wanted: &Value) -> bool {
    role.trust.as_ref() != Some(wanted)
}
