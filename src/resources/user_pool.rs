//! The user pool of a set-up of Amazon Cognito. What is in it has files of its own.

use std::convert::Infallible;

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::{self, Owner, Unconfirmed};
use super::plan::{Action, ResourceKind};
use super::setup_record::SetupRecord;
use crate::auth;
use crate::cloud::{Cloud, UserPool as PoolDescription};
use crate::config::{CognitoSetup, SetupFlow, SetupPart};
use crate::error::{Error, Result};
use crate::http::Http;

/// What the resources in a pool go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PoolReady {
    pub(crate) id: String,
    pub(crate) discovery_url: String,
    /// Prefix of its hosted domain.
    pub(crate) domain: Option<String>,
    /// Set-up made it, and with it everything that is in it.
    pub(crate) is_ours: bool,
    /// What is stored of its clients, users and domain is about this pool.
    pub(crate) is_recorded: bool,
}

impl PoolReady {
    /// Whether set-up made `part`, which is in this pool.
    pub(crate) fn made(&self, record: &SetupRecord, part: &SetupPart) -> bool {
        self.is_ours || (self.is_recorded && record.is_created(part))
    }
}

/// What is wanted of the pool; names are not unique in Cognito.
#[derive(Debug)]
pub(crate) struct UserPool<'a> {
    pub(crate) record: &'a SetupRecord,
    pub(crate) http: &'a Http,
    /// Ids of the pools that other set-ups of the same folder work with: whoever put them there was asked.
    pub(crate) beside: Vec<String>,
    /// Go on in the pool of another project.
    pub(crate) adopt: bool,
    /// The command that would do that.
    pub(crate) adopting_command: String,
    pub(crate) ready: Late<PoolReady>,
}

/// A pool that is there.
#[derive(Clone, Debug)]
pub(crate) struct ObservedPool {
    pool: PoolDescription,
    discovery_url: String,
    /// Why the discovery URL is not the issuer's own word.
    doubt: Option<String>,
}

impl UserPool<'_> {
    /// The one that is stored, else, for a set-up or after a creation that was cut off, the first of the name.
    async fn find(&self, cloud: &Cloud, setup: &CognitoSetup) -> Result<Option<PoolDescription>> {
        if let Some(id) = &setup.pool_id {
            let found = cloud.user_pool(id).await?;
            if found.is_some() || self.record.by_record() {
                return Ok(found);
            }
        } else if self.record.by_record() && !setup.is_created(&SetupPart::Pool) {
            return Ok(None);
        }
        match cloud.find_user_pool(&setup.settings.pool_name).await? {
            Some(id) => cloud.user_pool(&id).await,
            None => Ok(None),
        }
    }

    /// The issuer's own address, which tokens are compared with: behind a configured endpoint the pool's document knows it, and
    /// the endpoint's address says nothing.
    async fn live(&self, cloud: &Cloud, pool: PoolDescription) -> ObservedPool {
        let at_aws = cloud.pool_discovery_url(&pool.id);
        if self.record.by_record() {
            let discovery_url = self.record.setup().discovery_url.unwrap_or(at_aws);
            return ObservedPool { pool, discovery_url, doubt: None };
        }
        let Some(endpoint) = cloud.pools_endpoint() else {
            return ObservedPool { pool, discovery_url: at_aws, doubt: None };
        };
        match auth::own_discovery_url(self.http, &endpoint, &pool.id).await {
            Ok(discovery_url) => ObservedPool { pool, discovery_url, doubt: None },
            Err(error) => {
                let doubt = format!(
                    "{endpoint} does not say which issuer the pool has, so its address at AWS is kept, {at_aws}: {error}"
                );
                ObservedPool { pool, discovery_url: at_aws, doubt: Some(doubt) }
            }
        }
    }

    fn owner(&self, setup: &CognitoSetup, pool: &PoolDescription) -> Owner {
        if setup.pool_id.as_ref() == Some(&pool.id) {
            return if setup.is_created(&SetupPart::Pool) { Owner::Ours } else { Owner::Unknown };
        }
        // Found by its name. It is ours when it carries this project's identity, or when it is older than identities and a run
        // that was cut off meant to make it.
        let intended = setup.pool_id.is_none() && setup.is_created(&SetupPart::Pool);
        if self.record.is_ours(&pool.tags, intended) {
            Owner::Ours
        } else if self.record.is_another_projects(&pool.tags) && !self.adopt && !self.beside.contains(&pool.id) {
            Owner::Other
        } else {
            Owner::Unknown
        }
    }

    fn set_ready(&self, live: &ObservedPool) {
        let setup = self.record.setup();
        self.ready.set(PoolReady {
            id: live.pool.id.clone(),
            discovery_url: live.discovery_url.clone(),
            domain: live.pool.domain.clone(),
            is_ours: self.owner(&setup, &live.pool).is_ours(),
            is_recorded: setup.pool_id.as_ref().is_none_or(|id| *id == live.pool.id),
        });
    }

    fn set_ready_from_record(&self) {
        let setup = self.record.setup();
        if let Some(id) = setup.pool_id {
            let discovery_url = setup.discovery_url.unwrap_or_default();
            self.ready.set(PoolReady { id, discovery_url, domain: None, is_ours: false, is_recorded: true });
        }
    }

    /// Why clean-up leaves it although it is on record.
    pub(crate) fn unconfirmed(&self, observed: Option<&ObservedPool>) -> Option<Unconfirmed> {
        // One that was found by its name alone is not on record.
        let setup = self.record.setup();
        let live = observed.filter(|_| setup.is_created(&SetupPart::Pool) && setup.pool_id.is_some())?;
        self.record.unconfirmed(&live.pool.tags)
    }
}

impl Resource for UserPool<'_> {
    type Observed = ObservedPool;
    type Change = Infallible;

    fn kind(&self) -> ResourceKind {
        ResourceKind::UserPool
    }

    fn name(&self) -> String {
        let setup = self.record.setup();
        let name = setup.settings.pool_name;
        match self.ready.get().map(|ready| ready.id).or(setup.pool_id) {
            Some(id) => format!("{id} ({name})"),
            None => name,
        }
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedPool>> {
        if self.record.passes_over(&SetupPart::Domain) && !self.record.is_created(&SetupPart::Pool) {
            // What is known of a brought pool is enough for the parts that set-up made in it.
            self.set_ready_from_record();
            return Ok(None);
        }
        let Some(pool) = self.find(cloud, &self.record.setup()).await? else { return Ok(None) };
        let live = self.live(cloud, pool).await;
        self.set_ready(&live);
        Ok(Some(live))
    }

    fn standing(&self, observed: Option<&ObservedPool>) -> Standing {
        let setup = self.record.setup();
        Standing::Managed(observed.map_or(Owner::Unknown, |live| self.owner(&setup, &live.pool)))
    }

    fn refusal(&self, observed: &ObservedPool) -> Error {
        let setup = self.record.setup();
        let name = &setup.settings.pool_name;
        let flags = if setup.flow == SetupFlow::Team { "`--team` or `--pool-name`" } else { "`--pool-name`" };
        owner::refusal_of(&format!("the user pool `{name}` ({})", observed.pool.id))
            .hint(format!("choose another {flags}"))
            .hint(owner::adopt_hint(&self.adopting_command))
    }

    fn diff(&self, _observed: &ObservedPool) -> Vec<Infallible> {
        Vec::new()
    }

    /// A pool that set-up did not make is all right as it is.
    fn kept_because(&self, _observed: Option<&ObservedPool>) -> Option<String> {
        None
    }

    fn notes(&self, observed: Option<&ObservedPool>, _action: Action) -> Vec<String> {
        observed.and_then(|live| live.doubt.clone()).into_iter().collect()
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedPool>> {
        self.record.write(CognitoSetup::forget_pool)?;
        let name = self.record.setup().settings.pool_name;
        let tags = self.record.tags();
        let id = self.record.create(&SetupPart::Pool, cx.patience, || cx.cloud.create_user_pool(&name, &tags)).await?;
        // On record before anything else is asked: its name does not find it again for certain.
        self.record.write(|setup| setup.pool_id = Some(id.clone()))?;
        let live = self.live(cx.cloud, PoolDescription { id, domain: None, tags, is_protected: false }).await;
        if let Some(doubt) = &live.doubt {
            cx.events.warning(doubt.clone());
        }
        self.set_ready(&live);
        Ok(Made { observed: live, action: Action::Create })
    }

    async fn update(
        &self,
        observed: &ObservedPool,
        changes: &[Infallible],
        _cx: &Context<'_>,
    ) -> Result<Made<ObservedPool>> {
        match changes.first() {
            Some(never) => match *never {},
            None => Ok(Made { observed: observed.clone(), action: Action::Unchanged }),
        }
    }

    fn record(&self, observed: Option<&ObservedPool>, ours: bool) -> Result<()> {
        let Some(live) = observed else { return Ok(()) };
        self.record.write(|setup| {
            if setup.pool_id.as_ref() != Some(&live.pool.id) {
                if setup.pool_id.is_some() {
                    setup.forget_pool();
                }
                setup.pool_id = Some(live.pool.id.clone());
                if ours {
                    setup.mark_created(&SetupPart::Pool);
                } else {
                    setup.unmark_created(&SetupPart::Pool);
                }
            }
            setup.discovery_url = Some(live.discovery_url.clone());
        })
    }

    fn erase(&self) -> Result<()> {
        self.record.write(|setup| {
            if setup.is_created(&SetupPart::Pool) {
                setup.forget_pool();
                setup.unmark_created(&SetupPart::Pool);
            }
        })
    }

    async fn removal(&self, observed: Option<&ObservedPool>, _cloud: &Cloud) -> Result<Removal> {
        let setup = self.record.setup();
        let fate = match (observed, self.unconfirmed(observed)) {
            (None, _) => Fate::Gone,
            (Some(_), _) if !setup.is_created(&SetupPart::Pool) => Fate::Ignore,
            // Found by its name alone.
            (Some(live), _) if setup.pool_id.is_none() && self.record.unconfirmed(&live.pool.tags).is_some() => {
                Fate::Ignore
            }
            (Some(_), Some(unconfirmed)) => Fate::Keep(unconfirmed.reason().to_owned()),
            (Some(live), None) => {
                let protected = if live.pool.is_protected { "; deactivate its deletion protection first" } else { "" };
                Fate::Delete(Some(format!("with its clients, users, scopes and domain{protected}")))
            }
        };
        Ok(fate.into())
    }

    /// A pool with a domain cannot be deleted.
    async fn delete(&self, observed: &ObservedPool, cx: &Context<'_>) -> Result<()> {
        let pool = &observed.pool;
        if pool.is_protected {
            // The service refuses it only once the domain is gone.
            return Err(Error::failed("its deletion protection is active")
                .hint("deactivate the deletion protection of the user pool, then run this again"));
        }
        if let Some(domain) = &pool.domain {
            cx.cloud.delete_domain(&pool.id, domain).await?;
        }
        cx.cloud.delete_user_pool(&pool.id).await.map(drop)
    }

    fn done(&self, _observed: &ObservedPool) -> String {
        format!("user pool {}", self.name())
    }
}

/// What happens at a clean-up to a part of a pool: with a pool of set-up's own it goes along, and of another pool only what
/// set-up made is touched. `is_own` says of one that is there whether it is the one that is on record.
pub(crate) fn removal_of_part(record: &SetupRecord, part: &SetupPart, is_own: Option<bool>) -> Removal {
    match is_own {
        _ if record.passes_over(part) => Fate::Ignore,
        None => Fate::Gone,
        Some(true) => Fate::Delete(None),
        Some(false) => Fate::Ignore,
    }
    .into()
}
