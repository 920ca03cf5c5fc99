//! The agent's part of the configuration, for resources that are worked on side by side.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::owner::{self, Owner};
use crate::config::{Agent, Created, Edit, Setting, Store};
use crate::config::{naming, shell};
use crate::error::Result;
use crate::events::Events;

/// A path below the agent, and what it is set to.
pub(crate) type AgentEdit = (&'static [&'static str], Option<Value>);

/// Where what is made for an agent is written down, and taken out again.
pub(crate) struct AgentRecord {
    store: Mutex<Store>,
    agent: Agent,
}

impl AgentRecord {
    /// `agent` is the agent as this run began with it; what is written goes to `store`.
    pub(crate) const fn new(store: Store, agent: Agent) -> Self {
        Self { store: Mutex::new(store), agent }
    }

    pub(crate) const fn agent(&self) -> &Agent {
        &self.agent
    }

    pub(crate) fn into_store(self) -> Store {
        self.store.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets `settings` and writes `created` as `change` leaves it.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub(crate) fn write(&self, settings: &[Setting<'_>], change: impl FnOnce(&mut Created)) -> Result<()> {
        self.with(|store| store.record(&self.agent.name, settings, change))
    }

    /// As [`AgentRecord::write`], with the account and the region, which are noted as filled in where the configuration
    /// names none.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub(crate) fn write_in(
        &self,
        (account, region): (&str, &str),
        settings: &[Setting<'_>],
        change: impl FnOnce(&mut Created),
    ) -> Result<()> {
        let place: [Setting<'_>; 2] = [(&["aws", "account"], json!(account)), (&["aws", "region"], json!(region))];
        let all: Vec<Setting<'_>> = place.into_iter().chain(settings.iter().cloned()).collect();
        // What is on record of an environment goes with the rest of it.
        let is_noted = self.agent.environment.is_none();
        self.write(&all, |created| {
            if is_noted && self.agent.account().is_none() {
                created.account = Some(account.to_owned());
            }
            if is_noted && self.agent.region().is_none() {
                created.region = Some(region.to_owned());
            }
            change(created);
        })
    }

    /// Takes out an account and a region that a launch filled in, once nothing is on record there: the next launch may go
    /// elsewhere. They stay where an environment inherits them, or a repository or bucket there is configured.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub(crate) fn leave_place(&self) -> Result<()> {
        self.with(|store| {
            // Another run may have launched it meanwhile.
            store.reload()?;
            let has_environments =
                !store.project().environments.is_empty() || !store.recorded_environments().is_empty();
            let agent = store.agent(Some(&self.agent.name))?;
            let created = agent.created();
            let has_storage = agent.repository_setting().is_some() || agent.bucket_setting().is_some();
            let is_bound = agent.is_deployed() || created.names_resources() || has_storage;
            if self.agent.environment.is_some() || has_environments || is_bound {
                return Ok(());
            }
            let mut settings: Vec<Setting<'_>> = Vec::new();
            if created.account.is_some() && created.account.as_deref() == agent.account() {
                settings.push((&["aws", "account"], Value::Null));
            }
            if created.region.is_some() && created.region.as_deref() == agent.region() {
                settings.push((&["aws", "region"], Value::Null));
            }
            if created.account.is_none() && created.region.is_none() {
                return Ok(());
            }
            store.record(&self.agent.name, &settings, |created| (created.account, created.region) = (None, None))
        })
    }

    /// What is on record at this moment.
    ///
    /// # Errors
    /// The agent was taken out of the configuration.
    pub(crate) fn created(&self) -> Result<Created> {
        self.with(|store| Ok(store.agent(Some(&self.agent.name))?.created().clone()))
    }

    /// The agent's variables as they are in the configuration: of what is kept elsewhere, where.
    pub(crate) fn configured_variables(&self) -> BTreeMap<String, String> {
        let configured = |store: &mut Store| Some(store.agent(Some(&self.agent.name)).ok()?.own.environment.clone());
        self.with(configured).unwrap_or_default()
    }

    /// Writes `identity` down as the project's unless it has one; gives the one that it has.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub(crate) fn ensure_identity(&self, identity: &str, events: &Events) -> Result<String> {
        self.with(|store| owner::ensure_identity(store, identity, events))
    }

    /// The identity of the agent's project, one that was written down meanwhile included.
    pub(crate) fn project(&self) -> Option<String> {
        self.agent.project.clone().or_else(|| self.with(|store| store.project().identity.clone()))
    }

    /// As [`Owner::of_readable`], with [`Self::project`].
    pub(crate) fn owner_of(&self, tags: Option<&[(String, String)]>, recorded: bool) -> Owner {
        Owner::of_readable(tags, &Agent { project: self.project(), ..self.agent.clone() }, recorded)
    }

    /// Tags of what is made for the agent. Its project gets its identity before.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub(crate) fn tags(&self, events: &Events) -> Result<Vec<(String, String)>> {
        let proposed = match &self.agent.project {
            Some(project) => project.clone(),
            None => self.with(|store| owner::proposed_identity(store.root())),
        };
        let project = self.ensure_identity(&proposed, events)?;
        Ok(naming::tags(&Agent { project: Some(project), ..self.agent.clone() }))
    }

    /// Makes the edits that follow from what the configuration has at this moment; a value that is `None` is taken out.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub(crate) fn edit(&self, edits: impl FnOnce(&Agent) -> Vec<AgentEdit>) -> Result<bool> {
        self.with(|store| {
            let edits = edits(store.agent(Some(&self.agent.name))?);
            let at = |path: &[&str]| {
                ["agents", &self.agent.name].iter().chain(path).map(|part| (*part).to_owned()).collect()
            };
            let edits: Vec<Edit> = edits.into_iter().map(|(path, value)| Edit { path: at(path), value }).collect();
            if edits.is_empty() { Ok(false) } else { store.edit(&edits) }
        })
    }

    /// `agentcore VERB` with the flags that make it mean this agent.
    pub(crate) fn command(&self, verb: &str) -> String {
        self.with(|store| shell::command(verb, store, &self.agent))
    }

    /// The first of the other agents of the configuration that `matches`.
    pub(crate) fn sibling(&self, matches: impl Fn(&Agent) -> bool) -> Option<String> {
        self.with(|store| {
            let others = store.project().agents.iter().filter(|other| other.name != self.agent.name);
            others.into_iter().find(|other| matches(other)).map(|other| other.name.clone())
        })
    }

    /// Ends the agent's open session: another version answers from now on.
    pub(crate) fn forget_session(&self) {
        self.with(|store| crate::session::forget(store.root(), &self.agent.deployed_name()));
    }

    /// Ends the session that is remembered for one endpoint.
    pub(crate) fn forget_session_at(&self, endpoint: &str) {
        self.with(|store| crate::session::restore(store.root(), &self.agent.deployed_name(), endpoint, None));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Store) -> T) -> T {
        act(&mut self.store.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for AgentRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgentRecord").field("agent", &self.agent.name).finish_non_exhaustive()
    }
}
