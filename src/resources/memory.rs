//! The memory of an agent: made with the strategies of its mode, or brought by the user and only read.
//!
//! It holds what people said. So nothing here takes a strategy away, and it is deleted only when that is asked for.
//!
//! `find` looks for it, `change` names what may differ, `strategies` has those of long-term memory, `states` the waiting for
//! its states, `refusals` what is not done, and why.

mod change;
mod find;
mod ready;
mod refusals;
mod states;
mod strategies;

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

pub(crate) use change::MemoryChange;
pub(crate) use find::ObservedMemory;
pub(crate) use ready::{MemoryReady, MemoryVariables};
use states::{failed, missing, wait_active, wait_gone, when_at_rest};
use strategies::{STRATEGIES, Strategy, strategy_names};

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::{self, Owner};
use super::plan::{Action, ResourceKind};
use super::record::{AgentEdit, AgentRecord};
use crate::cloud::{AgentMemory, Cloud};
use crate::config::naming;
use crate::config::{Agent, MemoryMode, Setting};
use crate::error::{Code, Error, Result};
use crate::facts::{self, EVENT_EXPIRY_DAYS};

/// What is wanted of the memory.
#[derive(Debug)]
pub(crate) struct Memory<'a> {
    record: &'a AgentRecord,
    /// On record.
    id: Option<String>,
    name: String,
    /// The user's own, by its id.
    is_brought: bool,
    is_long_term: bool,
    expiry_days: u32,
    /// ARN of the memory on record, for one that may not be read.
    arn: Option<String>,
    /// For a destroy, which takes it along only when that is asked for; `None` in a launch.
    goes: Option<bool>,
    pub(crate) ready: Late<MemoryReady>,
    /// Id of a memory that still holds the name while it is being deleted.
    being_deleted: OnceLock<String>,
}

impl Memory<'_> {
    /// The one that the configuration asks for. `arn_of` gives the ARN of an id.
    pub(crate) fn wanted(
        record: &AgentRecord,
        ready: Late<MemoryReady>,
        arn_of: impl Fn(&str) -> String,
    ) -> Memory<'_> {
        let agent = record.agent();
        let id = agent.memory_id().map(str::to_owned);
        let is_brought = id.as_deref().is_some_and(|id| !agent.made_memory(id));
        // What a brought one is called is read from it.
        let of_id = id.as_deref().filter(|_| is_brought).and_then(facts::memory_name_of);
        Memory {
            record,
            name: of_id.map_or_else(|| agent.memory_name(), str::to_owned),
            arn: id.as_deref().map(arn_of),
            id,
            is_brought,
            is_long_term: agent.memory.mode == MemoryMode::ShortAndLongTerm,
            expiry_days: agent.memory.event_expiry_days,
            goes: None,
            ready,
            being_deleted: OnceLock::new(),
        }
    }

    /// Those of the record, and the one that a launch may have left without a record, for a destroy that takes them along where
    /// they `go`.
    pub(crate) fn on_record(record: &AgentRecord, goes: bool) -> Vec<Memory<'_>> {
        let agent = record.agent();
        let mut ids: Vec<Option<&str>> = agent.memory_id().into_iter().map(Some).collect();
        // A change of the configuration leaves the memory on record that it had before.
        let others = agent.created().memories.iter().map(String::as_str).filter(|id| agent.memory_id() != Some(*id));
        ids.extend(others.map(Some));
        if ids.is_empty() && agent.memory_wanted() {
            ids.push(None);
        }
        let of_id = |id: Option<&str>| Memory {
            record,
            id: id.map(str::to_owned),
            name: agent.memory_name(),
            is_brought: id.is_some_and(|id| !agent.made_memory(id)),
            is_long_term: false,
            expiry_days: agent.memory.event_expiry_days,
            arn: None,
            goes: Some(goes),
            ready: Late::after(ResourceKind::Memory),
            being_deleted: OnceLock::new(),
        };
        ids.into_iter().map(of_id).collect()
    }

    const fn agent(&self) -> &Agent {
        self.record.agent()
    }

    /// For people: by its id, where that is all that is known or what it is about.
    fn text(&self) -> &str {
        match &self.id {
            Some(id) if self.goes.is_some() || self.is_brought => id,
            _ => &self.name,
        }
    }

    fn publish(&self, memory: &AgentMemory) {
        let (id, arn, name) = (memory.id().to_owned(), memory.arn().to_owned(), memory.name().to_owned());
        self.ready.set(MemoryReady { id, arn, name });
    }

    /// Of those that are wanted.
    fn missing_strategies(&self, memory: &AgentMemory) -> Vec<&'static Strategy> {
        if !self.is_long_term {
            return Vec::new();
        }
        STRATEGIES.iter().filter(|strategy| !strategy.is_in(memory)).collect()
    }

    /// Whether it was usable once, as far as anybody knows, or is not known to be empty. What launch made it sees ACTIVE before an
    /// agent is told of it, and writes that down under the toolkit's key, which the toolkit itself does not always set.
    fn may_hold_data(&self, found: &ObservedMemory) -> bool {
        let (agent, memory) = (self.agent(), &found.memory);
        let is_watched =
            agent.memory_id() == Some(memory.id()) && agent.created().memories.iter().any(|id| id == memory.id());
        !is_watched || agent.memory.first_invoke_memory_check_done || !found.is_empty
    }

    /// Another agent of the configuration that has the memory of this id on record.
    fn other_user(&self, id: &str) -> Option<String> {
        self.record.sibling(|other| other.memory_id() == Some(id) || other.made_memory(id))
    }

    fn body(&self, tags: &[(String, String)]) -> Value {
        let mut body = Map::new();
        body.insert("name".into(), json!(self.name));
        body.insert("description".into(), json!(format!("Memory of the agent {}", self.agent().deployed_name())));
        body.insert("eventExpiryDuration".into(), json!(self.expiry_days));
        if self.is_long_term {
            let strategies: Vec<Value> = STRATEGIES.iter().map(Strategy::wire).collect();
            body.insert("memoryStrategies".into(), json!(strategies));
        }
        let tags: Map<String, Value> = tags.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        body.insert("tags".into(), Value::Object(tags));
        Value::Object(body)
    }

    /// # Errors
    /// What the service would refuse, before anything is touched.
    fn check_wanted(&self) -> Result<()> {
        let agent = &self.agent().name;
        if !facts::is_name(&self.name) {
            return Err(Error::usage(format!("`{}` cannot be the name of a memory", self.name))
                .code(Code::ConfigMemory)
                .hint(format!(
                    "set `memory_name` of `{agent}` to a letter, then letters, digits and underscores, {} at most, or leave it out",
                    facts::NAME_LENGTH
                )));
        }
        if !EVENT_EXPIRY_DAYS.contains(&self.expiry_days) {
            return Err(Error::usage(format!("a memory cannot keep its events for {} days", self.expiry_days))
                .code(Code::ConfigMemory)
                .hint(format!(
                    "set `event_expiry_days` of `{agent}` to {} to {}",
                    EVENT_EXPIRY_DAYS.start(),
                    EVENT_EXPIRY_DAYS.end()
                )));
        }
        Ok(())
    }

    async fn make(&self, cx: &Context<'_>) -> Result<Made<ObservedMemory>> {
        let agent = self.agent();
        let tags: Vec<(String, String)> = naming::tags(agent).into_iter().chain(agent.own_tags()).collect();
        let body = self.body(&tags);
        let made = match cx.patience.through(|| cx.cloud.create_memory(&body)).await? {
            Some(memory) => Made { observed: ObservedMemory::new(memory, Owner::Ours), action: Action::Create },
            // It came up between the look and the request.
            None => {
                let found = cx.cloud.find_memory(&self.name).await?.ok_or_else(|| {
                    Error::failed(format!("the name of the memory `{}` is taken, and no list has it", self.name))
                        .code(Code::MemoryFailed)
                        .hint("it may still be in deletion; launch again in a minute")
                })?;
                let observed = self.with_owner(cx.cloud, found).await?;
                self.check_found_by_name(&observed)?;
                Made { observed, action: Action::Unchanged }
            }
        };
        self.publish(&made.observed.memory);
        Ok(made)
    }
}

impl Resource for Memory<'_> {
    type Observed = ObservedMemory;
    type Change = MemoryChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::Memory
    }

    fn name(&self) -> String {
        self.text().to_owned()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedMemory>> {
        let Some(mut found) = self.find(cloud).await? else { return Ok(None) };
        if self.goes.is_none() && found.memory.status() == "DELETING" {
            let id = found.memory.id();
            if self.is_brought {
                return Err(missing(id, self.agent()).cause("it is being deleted"));
            }
            // It holds its name for a while and is no other use.
            let _ = self.being_deleted.set(id.to_owned());
            return Ok(None);
        }
        // A failed one is replaced or refused.
        if found.memory.status() != "FAILED" {
            self.publish(&found.memory);
        } else if self.goes.is_none() && !self.is_brought && found.owner.is_ours() {
            found.is_empty = cloud.is_memory_empty(found.memory.id()).await;
        }
        Ok(Some(found))
    }

    fn standing(&self, observed: Option<&ObservedMemory>) -> Standing {
        if self.is_brought {
            return Standing::Brought;
        }
        Standing::Managed(observed.map_or(Owner::Unknown, |found| found.owner))
    }

    fn check(&self, observed: Option<&ObservedMemory>) -> Result<()> {
        let Some(found) = observed else { return self.check_wanted() };
        self.check_found_by_name(found)?;
        let ours = !self.is_brought && found.owner.is_ours();
        if found.memory.status() == "FAILED" && (!ours || self.may_hold_data(found)) {
            return Err(if ours {
                refusals::may_hold_data(&found.memory)
            } else {
                failed(&found.memory).hint(format!(
                    "use another: `agentcore configure --name {} --memory ID`, or `--memory stm` for one that launch makes",
                    self.agent().name
                ))
            });
        }
        if ours && !self.diff(found).is_empty() { self.check_wanted() } else { Ok(()) }
    }

    fn refusal(&self, observed: &ObservedMemory) -> Error {
        if let Some(other) = observed.tags.as_deref().and_then(|tags| owner::other_agent(tags, self.agent())) {
            return refusals::of_another_agent(&observed.memory, self.agent(), other);
        }
        owner::refusal(&format!("the memory `{}`", self.name), self.agent())
    }

    fn diff(&self, observed: &ObservedMemory) -> Vec<MemoryChange> {
        let memory = &observed.memory;
        if self.is_brought || observed.unreadable.is_some() {
            return Vec::new();
        }
        if memory.status() == "FAILED" {
            let reason = memory.failure_reason().unwrap_or("the service gave no reason");
            return vec![MemoryChange::Failed(reason.to_owned())];
        }
        let before = memory.event_expiry_days();
        let expiry = (before != Some(u64::from(self.expiry_days)))
            .then_some(MemoryChange::EventExpiry { before, after: self.expiry_days });
        let added: Vec<&str> = self.missing_strategies(memory).iter().map(|strategy| strategy.name).collect();
        let strategies =
            (!added.is_empty()).then(|| MemoryChange::Strategies { before: strategy_names(memory), added });
        expiry.into_iter().chain(strategies).collect()
    }

    fn kept_because(&self, observed: Option<&ObservedMemory>) -> Option<String> {
        let missing = observed.map(|found| self.missing_strategies(&found.memory)).unwrap_or_default();
        let text = "exists already without this project's tags, used as it is";
        if missing.is_empty() {
            return Some(text.to_owned());
        }
        let names: Vec<&str> = missing.iter().map(|strategy| strategy.name).collect();
        Some(format!("{text}, and so without the strategies {}", names.join(", ")))
    }

    fn notes(&self, observed: Option<&ObservedMemory>, action: Action) -> Vec<String> {
        let deleted = self.being_deleted.get().map(|id| format!("after `{id}`, which is being deleted, is gone"));
        let text = match (action, observed) {
            (Action::Create, _) if self.is_long_term => {
                let names: Vec<&str> = STRATEGIES.iter().map(|strategy| strategy.name).collect();
                Some(format!("events are kept for {} days; strategies: {}", self.expiry_days, names.join(", ")))
            }
            (Action::Create, _) => Some(format!("events are kept for {} days; no strategies", self.expiry_days)),
            (_, Some(ObservedMemory { unreadable: Some(why), .. })) => Some(format!("could not be read: {why}")),
            _ => None,
        };
        deleted.into_iter().chain(text).collect()
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedMemory>> {
        if let Some(id) = self.being_deleted.get() {
            cx.events.detail("memory", format!("wait until `{id}` is deleted"));
            wait_gone(cx, id, false).await?;
        }
        self.make(cx).await
    }

    async fn update(
        &self,
        observed: &ObservedMemory,
        changes: &[MemoryChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedMemory>> {
        if changes.is_empty() {
            return Ok(Made { observed: observed.clone(), action: Action::Update });
        }
        let id = observed.memory.id();
        if changes.iter().any(|change| matches!(change, MemoryChange::Failed(_))) {
            // Again, because nothing brings back what was written since the plan.
            if !cx.cloud.is_memory_empty(id).await {
                return Err(refusals::may_hold_data(&observed.memory));
            }
            when_at_rest(cx, || cx.cloud.delete_memory(id)).await?;
            wait_gone(cx, id, true).await?;
            self.record.edit(|agent| erasure(agent, id))?;
            return self.make(cx).await;
        }
        // One that is being made or changed takes no update.
        let memory = wait_active(observed.memory.clone(), self.agent(), cx).await?;
        let mut body = Map::new();
        for change in changes {
            match change {
                MemoryChange::EventExpiry { after, .. } => {
                    body.insert("eventExpiryDuration".into(), json!(after));
                }
                MemoryChange::Strategies { .. } => {
                    let missing = self.missing_strategies(&memory);
                    let added: Vec<Value> = missing.into_iter().map(Strategy::wire).collect();
                    if !added.is_empty() {
                        body.insert("memoryStrategies".into(), json!({ "addMemoryStrategies": added }));
                    }
                }
                MemoryChange::Failed(_) => {}
            }
        }
        // The strategies came while it was waited for.
        if body.is_empty() {
            let observed = ObservedMemory { memory, ..observed.clone() };
            return Ok(Made { observed, action: Action::Unchanged });
        }
        let body = Value::Object(body);
        let memory = when_at_rest(cx, || cx.cloud.update_memory(id, &body)).await?;
        Ok(Made { observed: ObservedMemory { memory, ..observed.clone() }, action: Action::Update })
    }

    async fn settle(&self, observed: &ObservedMemory, cx: &Context<'_>) -> Result<Option<ObservedMemory>> {
        if observed.unreadable.is_some() {
            return Ok(None);
        }
        let memory = wait_active(observed.memory.clone(), self.agent(), cx).await?;
        for name in strategies::failed(&memory) {
            cx.events.warning(format!(
                "the strategy `{name}` of the memory `{}` is FAILED: it makes no long-term records",
                memory.id()
            ));
        }
        if !self.is_brought && observed.owner.is_ours() {
            let seen: [Setting<'_>; 1] = [(&["memory", "first_invoke_memory_check_done"], json!(true))];
            self.record.write(&seen, |_| {})?;
        }
        Ok(Some(ObservedMemory { memory, ..observed.clone() }))
    }

    async fn mark(&self, observed: &ObservedMemory, cx: &Context<'_>) -> Result<()> {
        let tags = naming::tags(self.agent());
        cx.patience.through(|| cx.cloud.tag_resource(observed.memory.arn(), &tags)).await
    }

    /// The toolkit's keys, which it reads. Of a brought one the mode is what it is, and not what was guessed.
    fn record(&self, observed: Option<&ObservedMemory>, ours: bool) -> Result<()> {
        let Some(found) = observed.filter(|found| found.unreadable.is_none()) else { return Ok(()) };
        let memory = &found.memory;
        let mut settings: Vec<Setting<'_>> = vec![
            (&["memory", "memory_id"], json!(memory.id())),
            (&["memory", "memory_arn"], json!(memory.arn())),
            (&["memory", "memory_name"], json!(memory.name())),
        ];
        if self.is_brought {
            let mode = match memory.strategies() {
                [] => MemoryMode::ShortTerm,
                _ => MemoryMode::ShortAndLongTerm,
            };
            settings.push((&["memory", "mode"], json!(mode.as_str())));
        } else {
            settings.push((&["memory", "was_created_by_toolkit"], json!(ours)));
            // What was seen of another memory says nothing of this one.
            if self.agent().memory_id() != Some(memory.id()) {
                settings.push((&["memory", "first_invoke_memory_check_done"], json!(false)));
            }
        }
        self.record.write(&settings, |created| {
            let id = memory.id();
            if ours && !created.memories.iter().any(|made| made == id) {
                created.memories.push(id.to_owned());
            }
        })
    }

    fn erase(&self) -> Result<()> {
        let Some(id) = &self.id else { return Ok(()) };
        self.record.edit(|agent| erasure(agent, id))?;
        if self.record.created()?.memories.contains(id) {
            self.record.write(&[], |created| created.memories.retain(|made| made != id))?;
        }
        Ok(())
    }

    async fn removal(&self, observed: Option<&ObservedMemory>, _cloud: &Cloud) -> Result<Removal> {
        let Some(found) = observed else { return Ok(Fate::Gone.into()) };
        if let Some(why) = &found.unreadable {
            return Ok(Fate::Keep(format!("could not be read: {why}")).into());
        }
        if self.is_brought {
            return Ok(Fate::Keep("not created by launch; it holds data".to_owned()).into());
        }
        let goes_along = "with all events and records in it";
        if !found.owner.is_ours() {
            return Ok(Removal::by_owner(found.owner, self.id.is_some(), Some(goes_along)));
        }
        if let Some(other) = self.other_user(found.memory.id()) {
            return Ok(Fate::Keep(format!("the agent `{other}` uses it as well")).into());
        }
        Ok(match self.goes {
            Some(true) => Fate::Delete(Some(goes_along.to_owned())),
            _ => Fate::Keep("it holds data, which `--delete-memory` deletes with it".to_owned()),
        }
        .into())
    }

    async fn delete(&self, observed: &ObservedMemory, cx: &Context<'_>) -> Result<()> {
        let id = observed.memory.id();
        let status = observed.memory.status();
        if status != "DELETING" {
            when_at_rest(cx, || cx.cloud.delete_memory(id)).await?;
        }
        wait_gone(cx, id, status == "FAILED").await
    }

    /// One whose creation is dropped is found again by its name and its tags.
    fn may_be_dropped(&self) -> bool {
        true
    }

    fn done(&self, observed: &ObservedMemory) -> String {
        format!("memory {}", observed.memory.id())
    }
}

/// What takes the memory of this id out of the configuration, where it is the one in use.
fn erasure(agent: &Agent, id: &str) -> Vec<AgentEdit> {
    if agent.memory_id() != Some(id) {
        return Vec::new();
    }
    vec![
        (&["memory", "memory_id"], Some(Value::Null)),
        (&["memory", "memory_arn"], Some(Value::Null)),
        (&["memory", "was_created_by_toolkit"], Some(json!(false))),
        (&["memory", "first_invoke_memory_check_done"], Some(json!(false))),
    ]
}
