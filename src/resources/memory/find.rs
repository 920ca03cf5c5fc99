//! The memory that is there: by its id, else by its exact name, and whose it is.

use serde_json::json;

use super::states::missing;
use super::{Memory, refusals};
use crate::cloud::{AgentMemory, Cloud};
use crate::config::naming;
use crate::error::{Error, Kind, Result};
use crate::facts;
use crate::resources::owner::{self, Owner};

/// A memory that was found.
#[derive(Clone, Debug)]
pub(crate) struct ObservedMemory {
    pub(crate) memory: AgentMemory,
    pub(super) owner: Owner,
    /// `None` for one that is not asked for them, and where the caller may not read them.
    pub(super) tags: Option<Vec<(String, String)>>,
    /// Why nothing but its id is known.
    pub(super) unreadable: Option<String>,
    /// The data plane says that nothing is in it. Only a FAILED one of this project is asked about.
    pub(super) is_empty: bool,
}

impl ObservedMemory {
    pub(super) const fn new(memory: AgentMemory, owner: Owner) -> Self {
        Self { memory, owner, tags: None, unreadable: None, is_empty: false }
    }
}

impl Memory<'_> {
    /// By its id, with its owner.
    async fn read(&self, cloud: &Cloud, id: &str) -> Result<Option<ObservedMemory>> {
        match self.look(cloud, id).await {
            Err(error) if self.needs_no_look(&error) => {
                let (arn, name) = (self.arn.clone().unwrap_or_default(), facts::memory_name_of(id));
                let raw = json!({ "id": id, "arn": arn, "name": name.unwrap_or(&self.name) });
                let owner = if self.is_brought { Owner::Unknown } else { Owner::Ours };
                let found = ObservedMemory::new(AgentMemory { raw }, owner);
                Ok(Some(ObservedMemory { unreadable: Some(error.to_string()), ..found }))
            }
            other => other,
        }
    }

    async fn look(&self, cloud: &Cloud, id: &str) -> Result<Option<ObservedMemory>> {
        match cloud.memory(id).await? {
            Some(memory) => self.with_owner(cloud, memory).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether the run goes on without a memory that this error hides: a destroy that leaves it does, whatever the error, and a
    /// launch where the caller may not read one that the agent may use all the same.
    fn needs_no_look(&self, error: &Error) -> bool {
        match self.goes {
            Some(goes) => self.is_brought || !goes,
            None => self.is_brought && error.kind() == Kind::Credentials,
        }
    }

    pub(super) async fn with_owner(&self, cloud: &Cloud, memory: AgentMemory) -> Result<ObservedMemory> {
        if self.is_brought {
            return Ok(ObservedMemory::new(memory, Owner::Unknown));
        }
        let tags = cloud.resource_tags(memory.arn()).await?;
        // The toolkit puts no tags on what it makes, and says so in the configuration.
        let owner = Owner::of_runtime(tags.as_deref(), self.agent(), self.agent().made_memory(memory.id()));
        Ok(ObservedMemory { tags, ..ObservedMemory::new(memory, owner) })
    }

    /// By the id on record, else by its exact name.
    pub(super) async fn find(&self, cloud: &Cloud) -> Result<Option<ObservedMemory>> {
        if let Some(id) = &self.id {
            if self.goes.is_none() && facts::memory_name_of(id).is_none() {
                return Err(refusals::no_id(id, self.agent(), self.is_brought));
            }
            match self.read(cloud, id).await? {
                None if self.is_brought && self.goes.is_none() => return Err(missing(id, self.agent())),
                None if self.goes.is_some() => return Ok(None),
                None => {}
                found => return Ok(found),
            }
        }
        match cloud.find_memory(&self.name).await {
            Ok(Some(memory)) => self.with_owner(cloud, memory).await.map(Some),
            Ok(None) => Ok(None),
            // Without a record, most likely there is none.
            Err(error) if error.kind() == Kind::Credentials && self.goes == Some(false) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// # Errors
    /// One of the exact name that is another agent's of this configuration, or that this program did not make.
    pub(super) fn check_found_by_name(&self, found: &ObservedMemory) -> Result<()> {
        if self.is_brought {
            return Ok(());
        }
        let agent = self.agent();
        if let Some(other) = found.tags.as_deref().and_then(|tags| owner::other_agent(tags, agent))
            && self.record.sibling(|sibling| sibling.name == other).is_some()
        {
            return Err(refusals::of_another_agent(&found.memory, agent, other));
        }
        let by_toolkit =
            agent.memory.was_created_by_toolkit && naming::is_toolkits_memory(&self.name, &agent.deployed_name());
        if found.owner == Owner::Unknown && !by_toolkit {
            return Err(refusals::not_made_here(&found.memory, agent, found.tags.is_some()));
        }
        Ok(())
    }
}
