//! AgentCore control plane: memories.
//!
//! A memory travels as the wire's own JSON, as a runtime does: nothing is lost of members that are newer than the SDK. What is in a
//! memory is the data plane's (`memory_data`).

use serde_json::{Value, json};

use super::connect::Cloud;
use super::dataplane::DataPlane;
use super::error::{code, convert, if_found, missing_member};
use super::memory_data::MemoryList;
use super::wire::{Capture, append, replace_body};
use crate::env::Env;
use crate::error::Result;
use crate::facts::memory_name_of;

/// A memory as GetMemory describes it; `raw` keeps every member.
#[derive(Clone, Debug)]
pub(crate) struct AgentMemory {
    pub(crate) raw: Value,
}

impl AgentMemory {
    fn text(&self, member: &str) -> Option<&str> {
        self.raw.get(member)?.as_str()
    }

    pub(crate) fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    pub(crate) fn arn(&self) -> &str {
        self.text("arn").unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.text("name").unwrap_or_default()
    }

    /// `CREATING`, `ACTIVE`, `FAILED`, `UPDATING`, `DELETING`.
    pub(crate) fn status(&self) -> &str {
        self.text("status").unwrap_or("UNKNOWN")
    }

    pub(crate) fn failure_reason(&self) -> Option<&str> {
        self.text("failureReason").filter(|reason| !reason.is_empty())
    }

    /// For how many days an event is kept.
    pub(crate) fn event_expiry_days(&self) -> Option<u64> {
        self.raw.get("eventExpiryDuration")?.as_u64()
    }

    /// What makes long-term records of its events, each in the wire's form: `strategyId`, `name`, `type`, `status`.
    pub(crate) fn strategies(&self) -> &[Value] {
        self.raw.get("strategies").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The member `memory` of an answer.
fn memory_of(mut answer: Value, what: &str) -> Result<AgentMemory> {
    match answer.get_mut("memory").map(Value::take) {
        Some(raw) if raw.is_object() => Ok(AgentMemory { raw }),
        _ => Err(missing_member(what, "AgentCore Memory", "memory")),
    }
}

impl Cloud {
    /// `None` when there is no such memory.
    pub(crate) async fn memory(&self, id: &str) -> Result<Option<AgentMemory>> {
        let capture = Capture::default();
        let sent = self.control().get_memory().memory_id(id).customize().interceptor(capture.clone()).send().await;
        let what = format!("read the memory `{id}`");
        if if_found(sent, &what)?.is_none() {
            return Ok(None);
        }
        memory_of(capture.json()?, &what).map(Some)
    }

    /// Creates from the wire form of CreateMemory; a `clientToken` is added. `Ok(None)`: the name is taken.
    pub(crate) async fn create_memory(&self, body: &Value) -> Result<Option<AgentMemory>> {
        let name = body.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let capture = Capture::default();
        let bytes = with_token(body).to_string();
        let sent = self
            .control()
            .create_memory()
            .name(&name)
            .customize()
            .interceptor(capture.clone())
            .mutate_request(move |request| replace_body(request, &bytes))
            .send()
            .await;
        let what = || format!("create the memory `{name}`");
        match sent {
            Ok(_) => memory_of(capture.json()?, &what()).map(Some),
            Err(error) if code(&error) == Some("ConflictException") => Ok(None),
            Err(error) => {
                let validation = code(&error) == Some("ValidationException");
                let error = convert(what(), &error);
                // The service's form of a conflict of names, which its SDK for Python looks for, too.
                let taken = validation && error.causes().iter().any(|cause| cause.contains("already exists"));
                if taken { Ok(None) } else { Err(error) }
            }
        }
    }

    /// Changes what the wire form of UpdateMemory names, and nothing else; a `clientToken` is added.
    pub(crate) async fn update_memory(&self, id: &str, body: &Value) -> Result<AgentMemory> {
        let capture = Capture::default();
        let bytes = with_token(body).to_string();
        let what = format!("update the memory `{id}`");
        self.control()
            .update_memory()
            .memory_id(id)
            .customize()
            .interceptor(capture.clone())
            .mutate_request(move |request| replace_body(request, &bytes))
            .send()
            .await
            .map_err(|error| convert(&what, &error))?;
        memory_of(capture.json()?, &what)
    }

    /// Begins to delete it with all that is in it; [`Cloud::memory`] says when it is gone. `false` when it was already gone.
    pub(crate) async fn delete_memory(&self, id: &str) -> Result<bool> {
        let sent = self.control().delete_memory().memory_id(id).send().await;
        Ok(if_found(sent, format!("delete the memory `{id}`"))?.is_some())
    }

    /// Whether the data plane says that nobody has put an event into it. A refusal, or no answer, is no such word.
    pub(crate) async fn is_memory_empty(&self, id: &str) -> bool {
        // The connection knows the endpoints of the environment.
        let plane = DataPlane::of_cloud(&Env::default(), self, self.region());
        let actors = plane.memory_list(self, id, MemoryList::Actors, 1).await;
        actors.is_ok_and(|actors| actors.is_empty())
    }

    /// The account's memories in the region, page by page, at most `limit`. A row has `id`, `arn`, `status` and ages, no name.
    pub(crate) async fn memories(&self, limit: usize) -> Result<Vec<Value>> {
        let client = self.control();
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        while all.len() < limit {
            let capture = Capture::default();
            let page = i32::try_from(limit - all.len()).unwrap_or(PAGE).min(PAGE);
            client
                .list_memories()
                .max_results(page)
                .set_next_token(token)
                .customize()
                .interceptor(capture.clone())
                .send()
                .await
                .map_err(|error| convert("list the memories", &error))?;
            token = append(&capture.json()?, "memories", &mut all);
            if token.is_none() {
                break;
            }
        }
        all.truncate(limit);
        Ok(all)
    }

    /// The memory of exactly this name, from all pages; one that is being deleted only where there is no other.
    pub(crate) async fn find_memory(&self, name: &str) -> Result<Option<AgentMemory>> {
        let rows = self.memories(usize::MAX).await?;
        let ids = rows.iter().filter_map(|row| row.get("id")?.as_str()).filter(|id| memory_name_of(id) == Some(name));
        let mut going = None;
        for id in ids {
            let Some(memory) = self.memory(id).await?.filter(|memory| memory.name() == name) else { continue };
            if memory.status() != "DELETING" {
                return Ok(Some(memory));
            }
            going = Some(memory);
        }
        Ok(going)
    }
}

/// The service's largest page.
const PAGE: i32 = 100;

fn with_token(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(members) = body.as_object_mut() {
        members.entry("clientToken").or_insert_with(|| json!(uuid::Uuid::new_v4().to_string()));
    }
    body
}
