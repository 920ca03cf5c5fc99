//! Credential providers of AgentCore Identity: they keep a key or a client's secret for agents.

use serde_json::{Map, Value, json};

use super::engine::{Context, Fate, Made, Removal, Resource, Standing};
use super::identity_record;
use super::owner::{self, Owner, Unconfirmed};
use super::plan::{Action, FieldChange, Presence, ResourceKind};
use super::provider_body::{self, ProviderRequest, text, vendor_of};
use super::provider_vendor::ProviderType;
use super::record::AgentRecord;
use super::setup_record::is_refusal;
use crate::cloud::{Cloud, ProviderKind};
use crate::config::{self, naming};
use crate::error::{Error, Result};
use crate::shell::quoted;

/// What is to become of a provider.
#[derive(Debug)]
pub(crate) enum ProviderGoal<'a> {
    /// To be there. One that is there already is left as it is.
    There(ProviderType, &'a ProviderRequest),
    /// To be there with what is asked for on top of what it has.
    Changed(&'a ProviderRequest),
    /// To be gone: on record as made for the agent, and so only where its tags say the same.
    Cleaned,
    /// To be gone, because its deletion was asked for by name. The flag takes another project's too.
    Deleted { adopt: bool },
}

/// A provider, by its kind and name.
#[derive(Debug)]
pub(crate) struct CredentialProvider<'a> {
    /// The configuration that it is entered in, where there is one.
    pub(crate) record: Option<&'a AgentRecord>,
    pub(crate) kind: ProviderKind,
    pub(crate) name: String,
    pub(crate) goal: ProviderGoal<'a>,
}

/// A provider that is there, as the service describes it: without its secret.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) description: Value,
    /// `None` where the caller may not read them.
    tags: Option<Vec<(String, String)>>,
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

    fn is_another_projects(&self, live: &Live) -> bool {
        let project = self.record.and_then(AgentRecord::project);
        owner::is_another_projects(live.tags.as_deref().unwrap_or_default(), project.as_deref())
    }

    /// Takes the intention back after a conflict, unless the tags of what is there say that the first answer was lost.
    fn disown_unless_ours(&self, live: Option<&Live>) -> Result<()> {
        let Some(record) = self.record.filter(|_| !self.is_recorded()) else { return Ok(()) };
        let is_ours = live.is_some_and(|live| record.owner_of(live.tags.as_deref(), false).is_ours());
        if is_ours { Ok(()) } else { identity_record::disown_provider(record, self.kind, &self.name) }
    }

    async fn look(&self, cloud: &Cloud) -> Result<Option<Live>> {
        let Some(description) = cloud.credential_provider(self.kind, &self.name).await? else { return Ok(None) };
        let tags = match text(&description, "credentialProviderArn") {
            "" => None,
            arn => cloud.resource_tags(arn).await?,
        };
        Ok(Some(Live { description, tags }))
    }

    fn wire_tags(&self, request: &ProviderRequest, cx: &Context<'_>) -> Result<Map<String, Value>> {
        let own = match self.record {
            Some(record) => record.tags(cx.events)?,
            None => naming::shared_tags(),
        };
        Ok(own.into_iter().chain(request.tags.iter().cloned()).map(|(key, value)| (key, json!(value))).collect())
    }

    /// The type that a description shows, or that was asked for where it shows none.
    pub(crate) fn type_of(&self, live: &Live) -> Option<ProviderType> {
        match (self.kind, &self.goal) {
            (ProviderKind::ApiKey, _) => Some(ProviderType::ApiKey),
            (ProviderKind::OAuth2, ProviderGoal::There(asked, _)) => Some(*asked),
            (ProviderKind::OAuth2, _) => vendor_of(&live.description).map(ProviderType::OAuth2),
        }
    }

    fn enter(&self, record: &AgentRecord, live: &Live) -> Result<()> {
        let Some(shown) = self.type_of(live) else { return Ok(()) };
        let entry = config::CredentialProvider {
            name: text(&live.description, "name").to_owned(),
            arn: text(&live.description, "credentialProviderArn").to_owned(),
            kind: shown.word().to_owned(),
            callback_url: text(&live.description, "callbackUrl").to_owned(),
        };
        identity_record::put_provider(record, &entry)
    }

    /// Why clean-up leaves it although it is on record.
    fn unconfirmed(&self, live: &Live) -> Option<Unconfirmed> {
        let project = self.record.and_then(AgentRecord::project);
        owner::unconfirmed(live.tags.as_deref()?, project.as_deref())
    }
}

impl Resource for CredentialProvider<'_> {
    type Observed = Live;
    type Change = ProviderChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::CredentialProvider
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<Live>> {
        self.look(cloud).await
    }

    fn standing(&self, observed: Option<&Live>) -> Standing {
        let Some(live) = observed else { return Standing::Managed(Owner::Unknown) };
        let may_take = matches!(self.goal, ProviderGoal::Changed(request) if request.adopt)
            || matches!(self.goal, ProviderGoal::Deleted { adopt: true });
        Standing::Managed(match &self.goal {
            ProviderGoal::There(..) => match self.record {
                Some(record) if record.owner_of(live.tags.as_deref(), self.is_recorded()).is_ours() => Owner::Ours,
                // The agent may use what another has made.
                _ => Owner::Unknown,
            },
            _ if self.is_another_projects(live) && !may_take => Owner::Other,
            _ => Owner::Ours,
        })
    }

    fn check(&self, observed: Option<&Live>) -> Result<()> {
        match (&self.goal, observed) {
            (ProviderGoal::There(asked, request), Some(live)) => {
                provider_body::check_there(*asked, &live.description, request)
            }
            (ProviderGoal::Changed(request), Some(live)) => {
                provider_body::update_body(&live.description, self.kind, request).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn refusal(&self, _observed: &Live) -> Error {
        let verb = if matches!(self.goal, ProviderGoal::Changed(_)) { "update" } else { "delete" };
        let command = format!("agentcore identity {verb}-credential-provider --name {}", quoted(&self.name));
        owner::refusal_of(&format!("the credential provider `{}`", self.name))
            .hint("create one of your own under another name")
            .hint(owner::adopt_hint(&command))
    }

    fn diff(&self, _observed: &Live) -> Vec<ProviderChange> {
        let ProviderGoal::Changed(request) = self.goal else { return Vec::new() };
        let client = (!request.client.is_empty()).then_some(ProviderChange::Client);
        client.into_iter().chain(request.secret.as_ref().map(|_| ProviderChange::Secret)).collect()
    }

    fn kept_because(&self, observed: Option<&Live>) -> Option<String> {
        let of_another = observed.is_some_and(|live| self.is_another_projects(live));
        of_another.then(|| "it belongs to another project, and is used as it is".to_owned())
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<Live>> {
        let ProviderGoal::There(asked, request) = self.goal else {
            return Err(Error::failed(format!("there is no credential provider `{}`", self.name)));
        };
        let mut body = provider_body::create_body(asked, request)?;
        body.insert("tags".to_owned(), Value::Object(self.wire_tags(request, cx)?));
        if let Some(record) = self.record {
            identity_record::intend_provider(record, self.kind, &self.name)?;
        }
        match cx.cloud.create_credential_provider(self.kind, &Value::Object(body)).await {
            Ok(Some(description)) => {
                // It was made a moment ago, with these tags.
                let tags = self.record.map(|record| record.tags(cx.events)).transpose()?;
                Ok(Made { observed: Live { description, tags }, action: Action::Create })
            }
            // It came up between the look and the request, or the first answer was lost.
            Ok(None) => {
                let found = self.look(cx.cloud).await?;
                self.disown_unless_ours(found.as_ref())?;
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
    async fn update(&self, observed: &Live, _changes: &[ProviderChange], cx: &Context<'_>) -> Result<Made<Live>> {
        let ProviderGoal::Changed(request) = self.goal else {
            return Ok(Made { observed: observed.clone(), action: Action::Unchanged });
        };
        let body = provider_body::update_body(&observed.description, self.kind, request)?;
        let mut description = cx.cloud.update_credential_provider(self.kind, &Value::Object(body)).await?;
        // An answer without the vendor must not lose the entry's type.
        const VENDOR: &str = "credentialProviderVendor";
        if let (None, Some(vendor)) = (description.get(VENDOR), observed.description.get(VENDOR)) {
            description[VENDOR] = vendor.clone();
        }
        Ok(Made { observed: Live { description, tags: observed.tags.clone() }, action: Action::Update })
    }

    fn record(&self, observed: Option<&Live>, ours: bool) -> Result<()> {
        let (Some(record), Some(live)) = (self.record, observed) else { return Ok(()) };
        match self.goal {
            ProviderGoal::There(..) => {
                if ours {
                    identity_record::intend_provider(record, self.kind, &self.name)?;
                } else {
                    identity_record::disown_provider(record, self.kind, &self.name)?;
                }
                self.enter(record, live)
            }
            ProviderGoal::Changed(_) if identity_record::uses_provider(record.agent(), &self.name) => {
                self.enter(record, live)
            }
            _ => Ok(()),
        }
    }

    fn erase(&self) -> Result<()> {
        match (self.record, &self.goal) {
            (Some(record), ProviderGoal::Cleaned | ProviderGoal::Deleted { .. }) => {
                identity_record::remove_provider(record, self.kind, &self.name)
            }
            _ => Ok(()),
        }
    }

    async fn removal(&self, observed: Option<&Live>, _cloud: &Cloud) -> Result<Removal> {
        let goes = || Fate::Delete(Some(self.kind.word().to_owned()));
        let fate = match (&self.goal, observed) {
            (_, None) => Fate::Gone,
            (ProviderGoal::Deleted { .. }, Some(_)) => goes(),
            (_, Some(live)) => match self.unconfirmed(live) {
                None => goes(),
                Some(Unconfirmed::Other) => Fate::Forget(Unconfirmed::Other.reason().to_owned()),
                Some(Unconfirmed::Untagged) => Fate::Keep(Unconfirmed::Untagged.reason().to_owned()),
            },
        };
        Ok(fate.into())
    }

    async fn delete(&self, _observed: &Live, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_credential_provider(self.kind, &self.name).await.map(drop)
    }

    fn title(&self, action: Action) -> Option<String> {
        Some(format!("{} {} credential provider `{}`", action.as_str(), self.kind.word(), self.name))
    }
}
