//! Whose a gateway is, and what was made for it: its role, and the credential providers of its targets.
//!
//! No configuration has gateways on record, so that their tags alone say it. Those that this program made outside of any
//! project carry no identity, and belong to whoever works with them.

use super::owner::{self, Owner};
use crate::config::naming::{self, GATEWAY_TAG, PROJECT_TAG};

/// A gateway's name, and the identity of the project that works with it.
#[derive(Clone, Debug)]
pub(crate) struct GatewayOwner {
    /// `None` outside of a project.
    pub(crate) project: Option<String>,
    pub(crate) gateway: String,
}

impl GatewayOwner {
    /// Tags of the gateway and of everything that is made for it.
    pub(crate) fn tags(&self) -> Vec<(String, String)> {
        let mut tags = naming::shared_tags();
        tags.push((GATEWAY_TAG.to_owned(), self.gateway.clone()));
        tags.extend(self.project.as_ref().map(|project| (PROJECT_TAG.to_owned(), project.clone())));
        tags
    }

    /// `None` for tags that the caller may not read.
    pub(crate) fn of(&self, tags: Option<&[(String, String)]>) -> Owner {
        let Some(tags) = tags else { return Owner::Unknown };
        let fits = tags.iter().any(|(key, value)| key == GATEWAY_TAG && *value == self.gateway);
        match owner::identity(tags) {
            None if fits && naming::is_managed(tags) => Owner::Ours,
            _ => Owner::by_identity(tags, self.project.as_deref(), fits, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_alone_decide() {
        let owner = |project: Option<&str>, gateway: &str| GatewayOwner {
            project: project.map(str::to_owned),
            gateway: gateway.to_owned(),
        };
        let tags = |project, gateway| owner(project, gateway).tags();
        for (mine, theirs, expected) in [
            ((None, "g"), (None, "g"), Owner::Ours),
            ((Some("p"), "g"), (Some("p"), "g"), Owner::Ours),
            ((Some("p"), "g"), (None, "g"), Owner::Ours),
            ((None, "g"), (Some("p"), "g"), Owner::Other),
            ((Some("q"), "g"), (Some("p"), "g"), Owner::Other),
            ((Some("p"), "h"), (Some("p"), "g"), Owner::Other),
            ((None, "h"), (None, "g"), Owner::Other),
        ] {
            assert_eq!(owner(mine.0, mine.1).of(Some(&tags(theirs.0, theirs.1))), expected, "{mine:?} {theirs:?}");
        }
        assert_eq!(owner(None, "g").of(Some(&[])), Owner::Unknown);
        assert_eq!(owner(None, "g").of(None), Owner::Unknown);
        let only_named = [(GATEWAY_TAG.to_owned(), "g".to_owned())];
        assert_eq!(owner(None, "g").of(Some(&only_named)), Owner::Unknown, "a name alone proves nothing");
    }
}
