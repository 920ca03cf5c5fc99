//! What all IAM roles have in common: documents, and how two of them differ.

use std::time::Duration;

use serde_json::Value;

use super::plan::{FieldChange, Permission};
use crate::cloud::IamRole;

/// How long IAM may take to spread a new role or policy before a refusal is believed. Terraform's AWS provider waits as long
/// for it.
pub(crate) const PROPAGATION: Duration = Duration::from_secs(120);

/// A part of a role that is not as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RoleChange {
    Trust,
    Permissions(Vec<Permission>),
    /// What outbound identity needs, in a policy of its own: written, or deleted.
    IdentityPermissions(Vec<Permission>),
    Boundary,
}

impl From<RoleChange> for FieldChange {
    fn from(change: RoleChange) -> Self {
        match change {
            RoleChange::Trust => Self::of("trust policy"),
            RoleChange::Permissions(permissions) => Self::of("permissions").permissions(permissions),
            RoleChange::IdentityPermissions(permissions) => {
                Self::of("permissions for outbound identity").permissions(permissions)
            }
            RoleChange::Boundary => Self::of("permissions boundary"),
        }
    }
}

/// Whether the trust policy of a live role has to be written.
pub(crate) fn trust_differs(role: &IamRole, wanted: &Value) -> bool {
    role.trust.as_ref() != Some(wanted)
}
