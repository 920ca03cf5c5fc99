//! The parameters in which a team's agents find what set-up made, all of them as one resource.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use serde_json::json;

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::{Owner, Unconfirmed};
use super::plan::{Action, FieldChange, ResourceKind};
use super::pool_domain::DomainReady;
use super::setup_record::{SetupRecord, SetupVerb};
use super::user_pool::PoolReady;
use crate::cloud::Cloud;
use crate::config::{CognitoSetup, SetupPart};
use crate::error::{Code, Error, Result};

/// What is wanted of the parameters.
#[derive(Debug)]
pub(crate) struct TeamParameters<'a> {
    pub(crate) record: &'a SetupRecord,
    /// Without a final slash.
    pub(crate) prefix: String,
    pub(crate) pool: Late<PoolReady>,
    pub(crate) domain: Late<DomainReady>,
    pub(crate) user_client: Late<String>,
    pub(crate) machine_client: Late<String>,
    /// Address of the stored domain, for a comparison with what is stored.
    pub(crate) stored_domain_url: Option<String>,
}

/// A parameter that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    value: String,
    /// Empty where nobody asks for them.
    tags: Vec<(String, String)>,
}

/// Those that are there, by their full names.
pub(crate) type ObservedParameters = BTreeMap<String, Parameter>;

/// One parameter that is not as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParameterChange {
    name: String,
    /// `None` where it is missing.
    before: Option<String>,
    /// `None` while it is not known, because what it names is made first.
    after: Option<String>,
}

impl From<ParameterChange> for FieldChange {
    fn from(change: ParameterChange) -> Self {
        let after = change.after.as_ref().map_or_else(|| json!("known later"), |after| json!(after));
        Self::shown(change.name, change.before.map(|before| json!(before)).as_ref(), Some(&after))
    }
}

/// Name and value of each parameter whose value is stored.
pub(crate) fn stored_values(setup: &CognitoSetup, domain_url: Option<&str>) -> BTreeMap<String, String> {
    let prefix = setup.settings.ssm_prefix.as_deref();
    let all = prefix.map(|prefix| stored(setup, domain_url).parameters(prefix, setup)).unwrap_or_default();
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn stored(setup: &CognitoSetup, domain_url: Option<&str>) -> ParameterValues {
    ParameterValues {
        pool_id: setup.pool_id.clone(),
        discovery_url: setup.discovery_url.clone(),
        user_client: setup.user_client.clone(),
        machine_client: setup.machine_client.as_ref().map(|client| client.id.clone()),
        domain: setup.token_endpoint.clone().zip(domain_url).map(|(token_endpoint, base)| DomainReady {
            authorization_endpoint: setup.authorization_endpoint.clone().unwrap_or_default(),
            token_endpoint,
            base: base.to_owned(),
        }),
    }
}

/// What the values are made of, as far as it is known.
struct ParameterValues {
    pool_id: Option<String>,
    discovery_url: Option<String>,
    user_client: Option<String>,
    machine_client: Option<String>,
    domain: Option<DomainReady>,
}

impl ParameterValues {
    fn parameters(&self, prefix: &str, setup: &CognitoSetup) -> Vec<(String, Option<String>)> {
        let settings = &setup.settings;
        let domain = |part: fn(&DomainReady) -> &String| self.domain.as_ref().map(part).cloned();
        let values = [
            ("machine_client_id", self.machine_client.clone()),
            ("web_client_id", self.user_client.clone()),
            ("userpool_id", self.pool_id.clone()),
            ("cognito_provider", settings.provider_name.clone()),
            ("cognito_auth_scope", Some(settings.full_scopes().join(" "))),
            ("cognito_discovery_url", self.discovery_url.clone()),
            ("cognito_token_url", domain(|domain| &domain.token_endpoint)),
            ("cognito_auth_url", domain(|domain| &domain.authorization_endpoint)),
            ("cognito_domain", domain(|domain| &domain.base)),
        ];
        values.into_iter().map(|(name, value)| (format!("{prefix}/{name}"), value)).collect()
    }
}

impl TeamParameters<'_> {
    fn wanted(&self) -> Vec<(String, Option<String>)> {
        let setup = self.record.setup();
        if self.record.by_record() {
            return stored(&setup, self.stored_domain_url.as_deref()).parameters(&self.prefix, &setup);
        }
        let pool = self.pool.get();
        let known = ParameterValues {
            pool_id: pool.as_ref().map(|pool| pool.id.clone()),
            discovery_url: pool.map(|pool| pool.discovery_url),
            user_client: self.user_client.get(),
            machine_client: self.machine_client.get(),
            domain: self.domain.get(),
        };
        known.parameters(&self.prefix, &setup)
    }

    fn names(&self) -> Vec<String> {
        self.wanted().into_iter().map(|(name, _)| name).collect()
    }

    /// Each parameter with what differs of it; `None` where it is missing.
    pub(crate) fn compare(&self, observed: Option<&ObservedParameters>) -> Vec<(String, Option<Vec<FieldChange>>)> {
        let none = ObservedParameters::new();
        let live = observed.unwrap_or(&none);
        let each = self.wanted().into_iter().map(|(name, after)| {
            let before = live.get(&name).map(|found| found.value.clone());
            let is_there = before.is_some();
            let change = ParameterChange { name: "value".to_owned(), before, after };
            let differs = change.after.is_none() || change.before != change.after;
            let changes = if differs { vec![FieldChange::from(change)] } else { Vec::new() };
            (name, is_there.then_some(changes))
        });
        each.collect()
    }

    /// Those that are there and that a set-up here made, or meant to.
    fn made<'l>(&self, live: &'l ObservedParameters) -> impl Iterator<Item = (&'l String, &'l Parameter)> {
        live.iter().filter(|(name, _)| self.record.is_created(&SetupPart::Parameter((*name).clone())))
    }

    /// Why clean-up leaves them although they are on record.
    pub(crate) fn unconfirmed(&self, observed: Option<&ObservedParameters>) -> Option<Unconfirmed> {
        self.made(observed?).find_map(|(_, parameter)| self.record.unconfirmed(&parameter.tags))
    }

    /// Creates what is missing, and writes what is to be another value.
    async fn write(&self, live: ObservedParameters, cx: &Context<'_>) -> Result<ObservedParameters> {
        let tags = self.record.tags();
        let mut now = live;
        for (name, value) in self.wanted() {
            let Some(value) = value else { continue };
            let part = SetupPart::Parameter(name.clone());
            match now.get_mut(&name) {
                Some(found) if found.value == value => {}
                Some(found) => {
                    cx.cloud.update_parameter(&name, &value).await?;
                    found.value = value;
                }
                None => {
                    self.record.create(&part, cx.patience, || cx.cloud.create_parameter(&name, &value, &tags)).await?;
                    now.insert(name, Parameter { value, tags: tags.clone() });
                }
            }
        }
        Ok(now)
    }
}

impl Resource for TeamParameters<'_> {
    type Observed = ObservedParameters;
    type Change = ParameterChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::TeamParameters
    }

    fn name(&self) -> String {
        self.prefix.clone()
    }

    fn comes_after(&self) -> &'static [ResourceKind] {
        &[ResourceKind::UserPool, ResourceKind::PoolDomain, ResourceKind::UserClient, ResourceKind::MachineClient]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedParameters>> {
        let mut names = self.names();
        if self.record.verb() == SetupVerb::CleanUp {
            names.retain(|name| self.record.is_created(&SetupPart::Parameter(name.clone())));
        }
        let found = cloud.parameters(&names).await?;
        let reads_tags = self.record.verb() != SetupVerb::Verify;
        let each = found.into_iter().map(|(name, value)| async move {
            let tags = if reads_tags { cloud.parameter_tags(&name).await? } else { Vec::new() };
            Ok::<_, Error>((name, Parameter { value, tags }))
        });
        let live: ObservedParameters = try_join_all(each).await?.into_iter().collect();
        Ok((!live.is_empty()).then_some(live))
    }

    /// Others are refused.
    fn standing(&self, _observed: Option<&ObservedParameters>) -> Standing {
        Standing::Managed(Owner::Ours)
    }

    /// Parameters that are there and that no set-up of this team made are somebody else's.
    fn check(&self, observed: Option<&ObservedParameters>) -> Result<()> {
        let (mut foreign, mut others) = (Vec::new(), false);
        for (name, parameter) in observed.into_iter().flatten() {
            let recorded = self.record.is_created(&SetupPart::Parameter(name.clone()));
            let is_anothers = self.record.is_another_projects(&parameter.tags);
            let is_ours = if recorded { !is_anothers } else { self.record.is_ours(&parameter.tags, false) };
            if !is_ours {
                others |= is_anothers;
                foreign.push(name.as_str());
            }
        }
        let Some(first) = foreign.first() else { return Ok(()) };
        let message = if others {
            format!("the parameter `{first}` belongs to another project that has set a team up")
        } else {
            format!("the parameter `{first}` exists already, and no set-up of this folder made it")
        };
        let error = Error::usage(message)
            .code(Code::IdentityParameterTaken)
            .hint("choose another `--team`, or another place for this team's parameters with `--ssm-prefix`");
        let error = if others { error } else { error.hint("or delete those that are there") };
        Err(foreign[1..].iter().fold(error, |error, name| error.cause(format!("`{name}` too"))))
    }

    fn diff(&self, observed: &ObservedParameters) -> Vec<ParameterChange> {
        let wanted = self.wanted().into_iter();
        let changes = wanted.map(|(name, after)| {
            let before = observed.get(&name).map(|found| found.value.clone());
            ParameterChange { name, before, after }
        });
        changes.filter(|change| change.after.is_none() || change.before != change.after).collect()
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedParameters>> {
        Ok(Made { observed: self.write(ObservedParameters::new(), cx).await?, action: Action::Create })
    }

    async fn update(
        &self,
        observed: &ObservedParameters,
        _changes: &[ParameterChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedParameters>> {
        Ok(Made { observed: self.write(observed.clone(), cx).await?, action: Action::Update })
    }

    fn record(&self, observed: Option<&ObservedParameters>, _ours: bool) -> Result<()> {
        self.record.write(|setup| {
            for name in observed.into_iter().flat_map(BTreeMap::keys) {
                setup.mark_created(&SetupPart::Parameter(name.clone()));
            }
        })
    }

    fn erase(&self) -> Result<()> {
        let names = self.names();
        self.record.write(|setup| {
            for name in names {
                setup.unmark_created(&SetupPart::Parameter(name));
            }
        })
    }

    async fn removal(&self, observed: Option<&ObservedParameters>, _cloud: &Cloud) -> Result<Removal> {
        let fate = match (observed, self.unconfirmed(observed)) {
            (None, _) => Fate::Gone,
            (Some(_), Some(unconfirmed)) => Fate::Keep(unconfirmed.reason().to_owned()),
            (Some(live), None) => match self.made(live).count() {
                0 => Fate::Ignore,
                count => Fate::Delete(Some(format!("{count} of them"))),
            },
        };
        Ok(fate.into())
    }

    async fn delete(&self, observed: &ObservedParameters, cx: &Context<'_>) -> Result<()> {
        let names: Vec<String> = self.made(observed).map(|(name, _)| name.clone()).collect();
        cx.cloud.delete_parameters(&names).await
    }
}
