//! What another project made, as its tags say: refused before it is used, changed or deleted, unless that is asked for.
//!
//! Names are shared by everybody in an account. What no tag claims is not refused here: the starter toolkit and people
//! make things without tags, and scripts change them by name.

use serde_json::Value;

use super::providers::Place;
use super::store::Stored;
use super::{made, settings};
use crate::cloud::Cloud;
use crate::config::naming;
use crate::error::{Code, Error, Result};
use crate::resources::owner;

type Tags = [(String, String)];

/// The member of a credential provider that names it in requests about tags.
pub(super) const PROVIDER_ARN: &str = "credentialProviderArn";
/// The same of a workload identity.
pub(super) const WORKLOAD_ARN: &str = "workloadIdentityArn";

/// The tags of a credential provider or workload identity; `None` where the caller may not read them.
pub(super) async fn tags(cloud: &Cloud, found: &Value, member: &str) -> Result<Option<Vec<(String, String)>>> {
    match found.get(member).and_then(Value::as_str) {
        Some(arn) => cloud.resource_tags(arn).await,
        None => Ok(None),
    }
}

/// Whether what was found is another project's than that of the configuration, if there is one.
pub(super) async fn is_another_projects(
    cloud: &Cloud,
    (found, member): (&Value, &str),
    place: Option<&Place<'_>>,
) -> Result<bool> {
    let project = match place {
        Some(place) => place.agent()?.project.clone(),
        None => None,
    };
    let tags = tags(cloud, found, member).await?.unwrap_or_default();
    Ok(owner::is_another_projects(&tags, project.as_deref()))
}

/// The refusal of `what`, as in "the credential provider `x`".
pub(super) fn refusal(what: &str) -> Error {
    Error::usage(format!("{what} belongs to another project"))
        .code(Code::ProjectOther)
        .cause("its tag `agentcore:project` names that project")
}

/// The hint of a command that does it all the same.
pub(super) fn adopt_hint(command: &str) -> String {
    format!("if it is this project's in truth, or if both may share it: `{command} --adopt`")
}

/// Why clean-up leaves what it has on record, going by the tags of what is there; `None` where they confirm the record.
///
/// A record is a file of the project, and may have come with a checkout: alone it does not prove that anything was made.
/// Set-up has put tags on everything since its first version.
pub(super) fn unconfirmed(tags: &Tags, project: Option<&str>) -> Option<Unconfirmed> {
    if owner::is_another_projects(tags, project) {
        Some(Unconfirmed::Other)
    } else if !naming::is_managed(tags) {
        Some(Unconfirmed::Untagged)
    } else {
        None
    }
}

/// See [`unconfirmed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unconfirmed {
    /// Another project has one of this name by now.
    Other,
    /// Nothing on it says that this program made it.
    Untagged,
}

impl Unconfirmed {
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Other => "another project has made one of this name by now",
            Self::Untagged => "its tags do not say that this program made it; delete it yourself if you want it gone",
        }
    }
}

/// Whether the store, or another set-up of the same folder, goes on in this pool: whoever put it there was asked.
pub(super) fn is_pool_on_record(stored: &Stored, beside: &[Stored], pool: &str) -> bool {
    stored.pool_id.as_deref() == Some(pool) || beside.iter().any(|other| other.pool_id.as_deref() == Some(pool))
}

/// Whether the gateway's role is one that this set-up made or was allowed to use before.
pub(super) fn is_role_on_record(stored: &Stored, tags: &Tags, arn: &str) -> bool {
    stored.role_arn.as_deref() == Some(arn) || settings::is_ours(tags, stored, stored.created(made::ROLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(managed: bool, project: Option<&str>) -> Vec<(String, String)> {
        let mut tags = if managed { naming::shared_tags() } else { Vec::new() };
        tags.extend(project.map(|project| (naming::PROJECT_TAG.to_owned(), project.to_owned())));
        tags
    }

    #[test]
    fn a_record_alone_deletes_nothing() {
        for project in [None, Some("p")] {
            assert_eq!(unconfirmed(&tags(false, None), project), Some(Unconfirmed::Untagged));
            assert_eq!(unconfirmed(&tags(true, Some("q")), project), Some(Unconfirmed::Other));
            assert_eq!(unconfirmed(&tags(true, None), project), None, "older than identities");
        }
        assert_eq!(unconfirmed(&tags(true, Some("p")), Some("p")), None);
        assert_eq!(unconfirmed(&tags(false, Some("p")), Some("p")), Some(Unconfirmed::Untagged));
    }
}
