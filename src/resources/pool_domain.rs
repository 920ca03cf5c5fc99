//! The hosted domain of a user pool: where people sign in, and where tokens come from.

use std::time::Duration;

use super::engine::{Context, Late, Made, Removal, Resource, Standing};
use super::owner::Owner;
use super::plan::{Action, ResourceKind};
use super::setup_record::{SetupRecord, is_refusal};
use super::user_pool::{PoolReady, removal_of_part};
use crate::auth;
use crate::cloud::Cloud;
use crate::config::SetupPart;
use crate::config::naming;
use crate::error::{Error, Result};
use crate::http::Http;
use crate::wait::{self, Probe};

/// A prefix domain is usually there at once.
const WAIT: Duration = Duration::from_secs(120);

/// Words that Cognito keeps out of prefix domains.
pub(crate) const RESERVED: [&str; 3] = ["aws", "amazon", "cognito"];

/// Where tokens come from and where people sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DomainReady {
    /// The address of both, as parameters have it.
    pub(crate) base: String,
    pub(crate) token_endpoint: String,
    pub(crate) authorization_endpoint: String,
}

/// What is wanted of the domain. A pool has one at most, and it cannot be changed.
#[derive(Debug)]
pub(crate) struct PoolDomain<'a> {
    pub(crate) record: &'a SetupRecord,
    pub(crate) http: &'a Http,
    pub(crate) pool: Late<PoolReady>,
    /// What was asked for; without it the prefix is derived from the pool.
    pub(crate) prefix: Option<String>,
    pub(crate) ready: Late<DomainReady>,
}

/// A domain that is there.
#[derive(Clone, Debug)]
pub(crate) struct ObservedDomain {
    prefix: String,
    ready: DomainReady,
}

impl PoolDomain<'_> {
    /// The prefix that the pool is to have; `None` while nothing is known of the pool.
    fn wanted(&self) -> Option<String> {
        let setup = self.record.setup();
        let stored = setup.domain.filter(|_| self.record.by_record());
        stored
            .or_else(|| self.prefix.clone())
            .or_else(|| Some(derived_domain(&setup.settings.pool_name, &self.pool.get()?.id)))
    }

    /// A domain has a known address; behind a configured endpoint the discovery document says both.
    async fn look_up(&self, cloud: &Cloud, prefix: &str) -> DomainReady {
        let base = cloud.hosted_domain(prefix);
        let setup = self.record.setup();
        if setup.domain.as_deref() == Some(prefix)
            && let Some(token_endpoint) = setup.token_endpoint
        {
            let authorization_endpoint =
                setup.authorization_endpoint.unwrap_or_else(|| format!("{base}/oauth2/authorize"));
            return DomainReady { base, token_endpoint, authorization_endpoint };
        }
        let (token_endpoint, authorization_endpoint) =
            (format!("{base}/oauth2/token"), format!("{base}/oauth2/authorize"));
        let usual = DomainReady { base, token_endpoint, authorization_endpoint };
        if usual.base.contains(prefix) {
            return usual;
        }
        let Some(pool) = self.pool.get() else { return usual };
        match auth::discover(self.http, &pool.discovery_url).await {
            Ok(provider) => DomainReady {
                token_endpoint: provider.token_endpoint.unwrap_or(usual.token_endpoint),
                authorization_endpoint: provider.authorization_endpoint.unwrap_or(usual.authorization_endpoint),
                base: usual.base,
            },
            Err(_) => usual,
        }
    }

    /// The pool has another domain than the one that is wanted.
    fn differs(&self, observed: &ObservedDomain) -> Option<String> {
        let wanted = if self.record.by_record() { self.record.setup().domain } else { self.prefix.clone() };
        wanted.filter(|wanted| *wanted != observed.prefix)
    }
}

impl Resource for PoolDomain<'_> {
    type Observed = ObservedDomain;
    type Change = DomainChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::PoolDomain
    }

    fn name(&self) -> String {
        let live = self.pool.get().and_then(|pool| pool.domain);
        live.or_else(|| self.wanted()).unwrap_or_else(|| "derived from the pool's id".to_owned())
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::UserPool]
    }

    fn observed_after(&self) -> &'static [ResourceKind] {
        &[ResourceKind::UserPool]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedDomain>> {
        let Some(prefix) = self.pool.get().and_then(|pool| pool.domain) else { return Ok(None) };
        let ready = self.look_up(cloud, &prefix).await;
        self.ready.set(ready.clone());
        Ok(Some(ObservedDomain { prefix, ready }))
    }

    /// Another domain than the wanted one stays, whoever made it.
    fn standing(&self, observed: Option<&ObservedDomain>) -> Standing {
        let differs = observed.is_some_and(|live| self.differs(live).is_some());
        Standing::Managed(if differs { Owner::Unknown } else { Owner::Ours })
    }

    fn diff(&self, observed: &ObservedDomain) -> Vec<DomainChange> {
        let wanted = self.differs(observed);
        wanted.map(|wanted| DomainChange { wanted, found: observed.prefix.clone() }).into_iter().collect()
    }

    fn kept_because(&self, observed: Option<&ObservedDomain>) -> Option<String> {
        let wanted = self.differs(observed?)?;
        Some(format!("the pool has this domain and can have no other, so `{wanted}` was not made"))
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedDomain>> {
        let pool = self.pool.require()?;
        let prefix = self.wanted().ok_or_else(|| Error::failed("the domain has no name"))?;
        // On record with the intention: after an unanswered request only this name is ours.
        self.record.write(|setup| {
            setup.domain = Some(prefix.clone());
            (setup.token_endpoint, setup.authorization_endpoint) = (None, None);
        })?;
        if let Err(error) =
            self.record.create(&SetupPart::Domain, cx.patience, || cx.cloud.create_domain(&pool.id, &prefix)).await
        {
            if is_refusal(&error) {
                self.record.write(|setup| setup.domain = None)?;
            }
            let hint = "a domain's name is unique in the region: choose another with `--domain-prefix`";
            return Err(error.hint(hint));
        }
        wait::until(cx.cloud.schedule(WAIT), "the domain", || async {
            Ok(match cx.cloud.domain_is_active(&prefix).await? {
                Some(true) => Probe::Done(()),
                Some(false) => Probe::Pending("not active yet".to_owned()),
                None => Probe::Pending("not there yet".to_owned()),
            })
        })
        .await?;
        let ready = self.look_up(cx.cloud, &prefix).await;
        self.ready.set(ready.clone());
        self.pool.set(PoolReady { domain: Some(prefix.clone()), ..pool });
        Ok(Made { observed: ObservedDomain { prefix, ready }, action: Action::Create })
    }

    async fn update(
        &self,
        observed: &ObservedDomain,
        _changes: &[DomainChange],
        _cx: &Context<'_>,
    ) -> Result<Made<ObservedDomain>> {
        Ok(Made { observed: observed.clone(), action: Action::Unchanged })
    }

    fn record(&self, observed: Option<&ObservedDomain>, _ours: bool) -> Result<()> {
        let Some(live) = observed else { return Ok(()) };
        self.record.write(|setup| {
            if setup.domain.as_ref() != Some(&live.prefix) {
                setup.unmark_created(&SetupPart::Domain);
            }
            setup.domain = Some(live.prefix.clone());
            setup.token_endpoint = Some(live.ready.token_endpoint.clone());
            setup.authorization_endpoint = Some(live.ready.authorization_endpoint.clone());
        })
    }

    fn erase(&self) -> Result<()> {
        self.record.write(|setup| {
            if setup.is_created(&SetupPart::Domain) {
                setup.unmark_created(&SetupPart::Domain);
                setup.domain = None;
                (setup.token_endpoint, setup.authorization_endpoint) = (None, None);
            }
        })
    }

    /// Of another's pool only the domain that set-up made, which its name tells.
    async fn removal(&self, observed: Option<&ObservedDomain>, _cloud: &Cloud) -> Result<Removal> {
        let setup = self.record.setup();
        if setup.is_created(&SetupPart::Domain) && !setup.is_created(&SetupPart::Pool) && setup.domain.is_none() {
            let reason = "its creation was cut off before its name was on record";
            return Ok(super::engine::Fate::Keep(reason.to_owned()).into());
        }
        let is_own = observed.map(|live| setup.domain.as_ref() == Some(&live.prefix));
        Ok(removal_of_part(self.record, &SetupPart::Domain, is_own))
    }

    async fn delete(&self, observed: &ObservedDomain, cx: &Context<'_>) -> Result<()> {
        let pool = self.pool.require()?;
        cx.patience.through(|| cx.cloud.delete_domain(&pool.id, &observed.prefix)).await.map(drop)
    }

    fn done(&self, observed: &ObservedDomain) -> String {
        format!("domain {}", observed.prefix)
    }
}

/// The pool has another domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DomainChange {
    wanted: String,
    found: String,
}

impl From<DomainChange> for super::plan::FieldChange {
    fn from(DomainChange { wanted, found }: DomainChange) -> Self {
        Self::shown("prefix", Some(&found.into()), Some(&wanted.into()))
    }
}

/// A domain prefix of the pool's own: the same in every run, and hardly anybody else's.
pub(crate) fn derived_domain(pool_name: &str, pool_id: &str) -> String {
    let hash = naming::short_hash(pool_id);
    let slug: String =
        pool_name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let slug: String = slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if slug.is_empty() || RESERVED.iter().any(|word| slug.contains(word)) {
        return format!("agentcore-{hash}");
    }
    let slug: String = slug.chars().take(40).collect();
    format!("{}-{hash}", slug.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_domain_is_stable_and_unique_per_pool() {
        for name in ["customersupport", "My Pool!", "cognito-demo", "", "-", &"long-".repeat(30)] {
            let domain = derived_domain(name, "us-west-2_AbC");
            let edges = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            let bytes = domain.as_bytes();
            assert!(bytes.iter().all(|byte| edges(*byte) || *byte == b'-'), "{name}: {domain}");
            assert!(edges(bytes[0]) && edges(bytes[bytes.len() - 1]) && bytes.len() <= 63, "{name}: {domain}");
            assert!(RESERVED.iter().all(|word| !domain.contains(word)), "{name}: {domain}");
            assert_eq!(domain, derived_domain(name, "us-west-2_AbC"));
            assert_ne!(domain, derived_domain(name, "us-west-2_Other"));
        }
    }
}
