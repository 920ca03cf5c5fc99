//! Credential providers of AgentCore Identity: they keep a key or a client's secret for agents.

use serde_json::Value;

use super::engine::{Context, Made, Removal, Resource, Standing};
use super::identity_record;
use super::owner;
use super::plan::{Action, FieldChange, Presence, ResourceKind};
use super::provider_body::{self, ProviderRequest, text, vendor_of};
use super::provider_vendor::ProviderType;
use super::record::AgentRecord;
use super::setup_record::is_refusal;
use super::vault::{VaultEntry, VaultGoal, VaultRecord, wire_tags};
use crate::cloud::{Cloud, ProviderKind};
use crate::config;
use crate::error::{Error, Result};
use crate::shell::quoted;

/// What is to become of a provider: of its type, or with changes.
pub(crate) type ProviderGoal<'a> = VaultGoal<(ProviderType, &'a ProviderRequest), &'a ProviderRequest>;

/// A provider, by its kind and name.
#[derive(Debug)]
pub(crate) struct CredentialProvider<'a> {
    /// The configuration that it is entered in, where there is one.
    pub(crate) record: Option<&'a AgentRecord>,
    pub(crate) kind: ProviderKind,
    pub(crate) name: String,
    pub(crate) goal: ProviderGoal<'a>,
}

/// What an update changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProviderChange {
    Client,
    Secret,
}

impl From<ProviderChange> for FieldChange {
    fn from(change: ProviderChange) -> Self {
        match change {
            ProviderChange::Client => Self::of("client"),
            ProviderChange::Secret => Self::secret("secret", Presence::Changed),
        }
    }
}

impl CredentialProvider<'_> {
    /// Whether it was on record as made for the agent when this run began.
    pub(crate) fn is_recorded(&self) -> bool {
        let key = identity_record::provider_key(self.kind, &self.name);
        self.record.is_some_and(|record| record.agent().created().credential_providers.contains(&key))
    }

    fn vault(&self) -> VaultRecord<'_> {
        VaultRecord { agent: self.record, is_recorded: self.is_recorded() }
    }

    async fn read(&self, cloud: &Cloud) -> Result<Option<VaultEntry>> {
        let description = cloud.credential_provider(self.kind, &self.name).await?;
        VaultEntry::read(cloud, description, "credentialProviderArn").await
    }

    /// The type that a description shows, or that was asked for where it shows none.
    pub(crate) fn type_of(&self, live: &VaultEntry) -> Option<ProviderType> {
        match (self.kind, &self.goal) {
            (ProviderKind::ApiKey, _) => Some(ProviderType::ApiKey),
            (ProviderKind::OAuth2, VaultGoal::There((asked, _))) => Some(*asked),
            (ProviderKind::OAuth2, _) => vendor_of(&live.description).map(ProviderType::OAuth2),
        }
    }

    fn enter(&self, record: &AgentRecord, live: &VaultEntry) -> Result<()> {
        let Some(shown) = self.type_of(live) else { return Ok(()) };
        let entry = config::CredentialProvider {
            name: text(&live.description, "name").to_owned(),
            arn: text(&live.description, "credentialProviderArn").to_owned(),
            kind: shown.word().to_owned(),
            callback_url: text(&live.description, "callbackUrl").to_owned(),
        };
        identity_record::put_provider(record, &entry)
    }
}

impl Resource for CredentialProvider<'_> {
    type Observed = VaultEntry;
    type Change = ProviderChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::CredentialProvider
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<VaultEntry>> {
        self.read(cloud).await
    }

    fn standing(&self, observed: Option<&VaultEntry>) -> Standing {
        self.vault().standing(&self.goal, observed)
    }

    fn check(&self, observed: Option<&VaultEntry>) -> Result<()> {
        match (&self.goal, observed) {
            (VaultGoal::There((asked, request)), Some(live)) => {
                provider_body::check_there(*asked, &live.description, request)
            }
            (VaultGoal::Changed { change, .. }, Some(live)) => {
                provider_body::update_body(&live.description, self.kind, change).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn refusal(&self, _observed: &VaultEntry) -> Error {
        let verb = if matches!(self.goal, VaultGoal::Changed { .. }) { "update" } else { "delete" };
        let command = format!("agentcore identity {verb}-credential-provider --name {}", quoted(&self.name));
        owner::refusal_of(&format!("the credential provider `{}`", self.name))
            .hint("create one of your own under another name")
            .hint(owner::adopt_hint(&command))
    }

    fn diff(&self, _observed: &VaultEntry) -> Vec<ProviderChange> {
        let VaultGoal::Changed { change: request, .. } = self.goal else { return Vec::new() };
        let client = (!request.client.is_empty()).then_some(ProviderChange::Client);
        client.into_iter().chain(request.secret.as_ref().map(|_| ProviderChange::Secret)).collect()
    }

    fn kept_because(&self, observed: Option<&VaultEntry>) -> Option<String> {
        self.vault().kept_because(observed)
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<VaultEntry>> {
        let VaultGoal::There((asked, request)) = self.goal else {
            return Err(Error::failed(format!("there is no credential provider `{}`", self.name)));
        };
        let mut body = provider_body::create_body(asked, request)?;
        let tags = self.vault().new_tags(&request.tags, cx.events)?;
        body.insert("tags".to_owned(), wire_tags(&tags));
        if let Some(record) = self.record {
            identity_record::intend_provider(record, self.kind, &self.name)?;
        }
        match cx.cloud.create_credential_provider(self.kind, &Value::Object(body)).await {
            Ok(Some(description)) => {
                Ok(Made { observed: VaultEntry::created(description, tags), action: Action::Create })
            }
            // It came up between the look and the request, or the first answer was lost.
            Ok(None) => {
                let found = self.read(cx.cloud).await?;
                if let Some(record) = self.vault().record_to_disown(found.as_ref()) {
                    identity_record::disown_provider(record, self.kind, &self.name)?;
                }
                let in_the_way = || {
                    Error::failed(format!("the credential provider `{}` is in the way and cannot be read", self.name))
                };
                let live = found.ok_or_else(in_the_way)?;
                self.check(Some(&live))?;
                Ok(Made { observed: live, action: Action::Unchanged })
            }
            Err(error) => {
                if let (Some(record), true) = (self.record, is_refusal(&error)) {
                    identity_record::remove_provider(record, self.kind, &self.name)?;
                }
                Err(error)
            }
        }
    }

    /// Reads, merges and writes, so that no member is lost.
    async fn update(
        &self,
        observed: &VaultEntry,
        _changes: &[ProviderChange],
        cx: &Context<'_>,
    ) -> Result<Made<VaultEntry>> {
        let VaultGoal::Changed { change: request, .. } = self.goal else {
            return Ok(Made { observed: observed.clone(), action: Action::Unchanged });
        };
        let body = provider_body::update_body(&observed.description, self.kind, request)?;
        let mut description = cx.cloud.update_credential_provider(self.kind, &Value::Object(body)).await?;
        // An answer without the vendor must not lose the entry's type.
        const VENDOR: &str = "credentialProviderVendor";
        if let (None, Some(vendor)) = (description.get(VENDOR), observed.description.get(VENDOR)) {
            description[VENDOR] = vendor.clone();
        }
        Ok(Made { observed: observed.updated(description), action: Action::Update })
    }

    fn record(&self, observed: Option<&VaultEntry>, ours: bool) -> Result<()> {
        let (Some(record), Some(live)) = (self.record, observed) else { return Ok(()) };
        match self.goal {
            VaultGoal::There(_) => {
                if ours {
                    identity_record::intend_provider(record, self.kind, &self.name)?;
                } else {
                    identity_record::disown_provider(record, self.kind, &self.name)?;
                }
                self.enter(record, live)
            }
            VaultGoal::Changed { .. } if identity_record::uses_provider(record.agent(), &self.name) => {
                self.enter(record, live)
            }
            _ => Ok(()),
        }
    }

    fn erase(&self) -> Result<()> {
        match (self.record, &self.goal) {
            (Some(record), VaultGoal::Cleaned | VaultGoal::Deleted { .. }) => {
                identity_record::remove_provider(record, self.kind, &self.name)
            }
            _ => Ok(()),
        }
    }

    async fn removal(&self, observed: Option<&VaultEntry>, _cloud: &Cloud) -> Result<Removal> {
        Ok(self.vault().removal(&self.goal, observed, Some(self.kind.word())))
    }

    async fn delete(&self, _observed: &VaultEntry, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_credential_provider(self.kind, &self.name).await.map(drop)
    }

    fn title(&self, action: Action) -> Option<String> {
        Some(format!("{} {} credential provider `{}`", action.as_str(), self.kind.word(), self.name))
    }
}
