//! The resource server of a user pool: the scopes that machines may have.

use serde_json::json;

use super::engine::{Context, Late, Made, Removal, Resource, Standing};
use super::owner::Owner;
use super::plan::{Action, FieldChange, ResourceKind};
use super::setup_record::SetupRecord;
use super::user_pool::{PoolReady, removal_of_part};
use crate::cloud::{Cloud, ResourceServer as ObservedServer};
use crate::config::SetupPart;
use crate::error::Result;

/// What is wanted of the resource server.
#[derive(Debug)]
pub(crate) struct ResourceServer<'a> {
    pub(crate) record: &'a SetupRecord,
    pub(crate) pool: Late<PoolReady>,
    pub(crate) identifier: String,
    /// Names of the scopes, without the identifier.
    pub(crate) scopes: Vec<String>,
}

/// Scopes that are missing, with those that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScopesChange {
    before: Vec<String>,
    after: Vec<String>,
}

impl From<ScopesChange> for FieldChange {
    fn from(change: ScopesChange) -> Self {
        Self::shown("scopes", Some(&json!(change.before)), Some(&json!(change.after)))
    }
}

impl ResourceServer<'_> {
    /// The wanted scopes, and those that it has already: whoever made it, the new ones take nothing from anybody.
    fn wanted(&self, live: Option<&ObservedServer>) -> ObservedServer {
        let new = || ObservedServer {
            name: self.identifier.clone(),
            identifier: self.identifier.clone(),
            scopes: Vec::new(),
        };
        let mut server = live.cloned().unwrap_or_else(new);
        for scope in &self.scopes {
            if !server.scopes.iter().any(|(name, _)| name == scope) {
                server.scopes.push((scope.clone(), format!("{scope} access")));
            }
        }
        server
    }
}

fn names(server: &ObservedServer) -> Vec<String> {
    server.scopes.iter().map(|(name, _)| name.clone()).collect()
}

impl Resource for ResourceServer<'_> {
    type Observed = ObservedServer;
    type Change = ScopesChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::ResourceServer
    }

    fn name(&self) -> String {
        self.identifier.clone()
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::UserPool]
    }

    fn observed_after(&self) -> &'static [ResourceKind] {
        &[ResourceKind::UserPool]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedServer>> {
        match self.pool.get().filter(|_| !self.record.passes_over(&SetupPart::ResourceServer)) {
            Some(pool) => cloud.resource_server(&pool.id, &self.identifier).await,
            None => Ok(None),
        }
    }

    fn standing(&self, _observed: Option<&ObservedServer>) -> Standing {
        Standing::Managed(Owner::Ours)
    }

    fn diff(&self, observed: &ObservedServer) -> Vec<ScopesChange> {
        let wanted = self.wanted(Some(observed));
        let change = ScopesChange { before: names(observed), after: names(&wanted) };
        if wanted.scopes == observed.scopes { Vec::new() } else { vec![change] }
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedServer>> {
        let pool = self.pool.require()?;
        let server = self.wanted(None);
        self.record
            .create(&SetupPart::ResourceServer, cx.patience, || cx.cloud.create_resource_server(&pool.id, &server))
            .await?;
        Ok(Made { observed: server, action: Action::Create })
    }

    async fn update(
        &self,
        observed: &ObservedServer,
        _changes: &[ScopesChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedServer>> {
        let pool = self.pool.require()?;
        let server = self.wanted(Some(observed));
        cx.patience.through(|| cx.cloud.update_resource_server(&pool.id, &server)).await?;
        Ok(Made { observed: server, action: Action::Update })
    }

    /// Its name and scopes are among the settings.
    fn record(&self, _observed: Option<&ObservedServer>, _ours: bool) -> Result<()> {
        self.record.write(|_| {})
    }

    fn erase(&self) -> Result<()> {
        self.record.write(|setup| setup.unmark_created(&SetupPart::ResourceServer))
    }

    async fn removal(&self, observed: Option<&ObservedServer>, _cloud: &Cloud) -> Result<Removal> {
        Ok(removal_of_part(self.record, &SetupPart::ResourceServer, observed.map(|_| true)))
    }

    async fn delete(&self, _observed: &ObservedServer, cx: &Context<'_>) -> Result<()> {
        let pool = self.pool.require()?;
        cx.patience.through(|| cx.cloud.delete_resource_server(&pool.id, &self.identifier)).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{CognitoSetup, SetupFlow, SetupSettings};
    use crate::resources::setup_record::SetupVerb;

    #[test]
    fn scopes_that_others_added_stay() {
        let setup = CognitoSetup::new(SetupFlow::Machine, "1", "us-west-2", SetupSettings::default());
        let record = SetupRecord::new(std::path::Path::new("/nowhere"), setup, SetupVerb::SetUp);
        let server = ResourceServer {
            record: &record,
            pool: Late::after(ResourceKind::UserPool),
            identifier: "a".into(),
            scopes: vec!["read".into()],
        };
        let live = ObservedServer {
            identifier: "a".into(),
            name: "theirs".into(),
            scopes: vec![("admin".into(), "All of it".into())],
        };
        let change = FieldChange::from(server.diff(&live).remove(0));
        assert_eq!(change.sentence(), "scopes: admin -> admin, read");
        let wanted = server.wanted(Some(&live));
        assert_eq!((wanted.name.as_str(), wanted.scopes.len()), ("theirs", 2));
        assert_eq!(server.diff(&wanted), []);
    }
}
