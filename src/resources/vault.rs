//! What credential providers and workload identities have in common: the service describes them with an ARN that has tags, an
//! agent's configuration enters them, and they are found by their names.

use serde_json::{Map, Value, json};

use super::engine::{Fate, Removal, Standing};
use super::owner::{self, Owner, Unconfirmed};
use super::record::AgentRecord;
use crate::cloud::Cloud;
use crate::config::naming;
use crate::error::Result;
use crate::events::Events;

type Tags = Vec<(String, String)>;

/// What is to become of one.
#[derive(Debug)]
pub(crate) enum VaultGoal<T, C> {
    /// To be there. One that is there already is left as it is.
    There(T),
    /// To be there with a change. `adopt` changes another project's too.
    Changed { change: C, adopt: bool },
    /// To be gone: on record as made for the agent, and so only where its tags say the same.
    Cleaned,
    /// To be gone, because its deletion was asked for by name. `adopt` deletes another project's too.
    Deleted { adopt: bool },
}

/// One that is there, as the service describes it: without any secret.
#[derive(Clone, Debug)]
pub(crate) struct VaultEntry {
    pub(crate) description: Value,
    /// `None` where the caller may not read them.
    tags: Option<Tags>,
}

impl VaultEntry {
    /// With the tags of the ARN that `arn_member` of the description holds.
    pub(super) async fn read(cloud: &Cloud, description: Option<Value>, arn_member: &str) -> Result<Option<Self>> {
        let Some(description) = description else { return Ok(None) };
        let tags = match description.get(arn_member).and_then(Value::as_str) {
            Some(arn) => cloud.resource_tags(arn).await?,
            None => None,
        };
        Ok(Some(Self { description, tags }))
    }

    /// One that was made a moment ago, with these tags.
    pub(super) const fn created(description: Value, tags: Tags) -> Self {
        Self { description, tags: Some(tags) }
    }

    /// The same after an update.
    pub(super) fn updated(&self, description: Value) -> Self {
        Self { description, tags: self.tags.clone() }
    }
}

/// Where one is entered, and whether it was on record as made for the agent when this run began.
#[derive(Clone, Copy)]
pub(super) struct VaultRecord<'a> {
    /// The configuration, where there is one.
    pub(super) agent: Option<&'a AgentRecord>,
    pub(super) is_recorded: bool,
}

impl<'a> VaultRecord<'a> {
    /// The tags of what is made: the project's, which gets its identity before, and the user's own.
    ///
    /// # Errors
    /// A configuration that cannot be written.
    pub(super) fn new_tags(&self, own: &[(String, String)], events: &Events) -> Result<Tags> {
        let mut tags = match self.agent {
            Some(agent) => agent.tags(events)?,
            None => naming::shared_tags(),
        };
        tags.extend_from_slice(own);
        Ok(tags)
    }

    fn is_another_projects(&self, entry: &VaultEntry) -> bool {
        let project = self.agent.and_then(AgentRecord::project);
        owner::is_another_projects(entry.tags.as_deref().unwrap_or_default(), project.as_deref())
    }

    fn is_ours(&self, entry: &VaultEntry, is_recorded: bool) -> bool {
        self.agent.is_some_and(|agent| agent.owner_of(entry.tags.as_deref(), is_recorded).is_ours())
    }

    pub(super) fn standing<T, C>(&self, goal: &VaultGoal<T, C>, observed: Option<&VaultEntry>) -> Standing {
        let owner = match (goal, observed) {
            (_, None) => Owner::Unknown,
            // The agent may use what another has made.
            (VaultGoal::There(_), Some(entry)) if self.is_ours(entry, self.is_recorded) => Owner::Ours,
            (VaultGoal::There(_), Some(_)) => Owner::Unknown,
            (VaultGoal::Changed { adopt: true, .. } | VaultGoal::Deleted { adopt: true }, Some(_)) => Owner::Ours,
            (_, Some(entry)) if self.is_another_projects(entry) => Owner::Other,
            (_, Some(_)) => Owner::Ours,
        };
        Standing::Managed(owner)
    }

    pub(super) fn kept_because(&self, observed: Option<&VaultEntry>) -> Option<String> {
        let of_another = observed.is_some_and(|entry| self.is_another_projects(entry));
        of_another.then(|| "it belongs to another project, and is used as it is".to_owned())
    }

    /// The record that a creation which met a conflict has to take its intention out of. It stays where the tags say that the
    /// first answer was lost, or where an earlier run had it on record.
    pub(super) fn record_to_disown(&self, found: Option<&VaultEntry>) -> Option<&'a AgentRecord> {
        let is_ours = found.is_some_and(|entry| self.is_ours(entry, false));
        self.agent.filter(|_| !self.is_recorded && !is_ours)
    }

    pub(super) fn removal<T, C>(
        &self,
        goal: &VaultGoal<T, C>,
        observed: Option<&VaultEntry>,
        note: Option<&str>,
    ) -> Removal {
        let project = self.agent.and_then(AgentRecord::project);
        let unconfirmed = |entry: &VaultEntry| owner::unconfirmed(entry.tags.as_deref()?, project.as_deref());
        let doubt = observed.and_then(unconfirmed).filter(|_| !matches!(goal, VaultGoal::Deleted { .. }));
        match (observed, doubt) {
            (None, _) => Fate::Gone,
            (Some(_), None) => Fate::Delete(note.map(str::to_owned)),
            (Some(_), Some(Unconfirmed::Other)) => Fate::Forget(Unconfirmed::Other.reason().to_owned()),
            (Some(_), Some(Unconfirmed::Untagged)) => Fate::Keep(Unconfirmed::Untagged.reason().to_owned()),
        }
        .into()
    }
}

/// Tags in the form of a creation's body.
pub(super) fn wire_tags(tags: &[(String, String)]) -> Value {
    Value::Object(tags.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>())
}
