//! Memories by themselves: create, list, get, status, delete, and what is in one. The memory of an agent that `launch` makes is
//! one of its resources.
//!
//! Owns: the requests and what they mean. Does not own: which memory is meant (`cli`), how it is shown (`report`).

mod contents_report;
mod create;
mod events;
mod records;
mod report;

use std::time::Duration;

use serde_json::Value;

use crate::cloud::{AgentMemory, Cloud, DataPlane, MemoryList};
use crate::config::is_region;
use crate::error::{Code, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::facts::memory_name_of;
use crate::partition::Arn;
use crate::wait::{self, Probe};

pub(crate) use create::{NewMemory, Settled, create, name_of, strategies_of};
pub(crate) use events::{EventScope, actors, all_events, one_event, sessions};
pub(crate) use records::{all_records, found_records, one_record, records_of};
pub(crate) use report::{MemoriesReport, MemoryDeletedReport, MemoryReport, MemoryShownReport, MemoryStatusReport};

/// How long to wait for a memory, unless a flag says otherwise.
pub(crate) const DEFAULT_WAIT: Duration = Duration::from_secs(300);
/// Days that an event of a new memory is kept.
pub(crate) const DEFAULT_EVENT_EXPIRY: u32 = 90;
/// Rows of a list of memories.
pub(crate) const DEFAULT_ROWS: u32 = 100;
/// Events of each session where all sessions are shown.
pub(crate) const DEFAULT_PER_SESSION: u32 = 10;
pub(crate) const DEFAULT_RECORDS: u32 = 10;

/// What is in a memory, as the data plane has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryContents<'a> {
    pub(crate) plane: &'a DataPlane,
    pub(crate) cloud: &'a Cloud,
    pub(crate) id: &'a str,
}

impl MemoryContents<'_> {
    async fn list(&self, list: MemoryList<'_>, limit: usize) -> Result<Vec<Value>> {
        self.plane.memory_list(self.cloud, self.id, list, limit).await.map_err(|error| match error.kind() {
            Kind::NotFound => error.hint("`agentcore memory list` shows the memories of the account and region"),
            _ => error,
        })
    }

    fn region(&self) -> String {
        self.cloud.region().to_owned()
    }
}

/// A string of the wire's form; empty where there is none.
fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// The templates of a strategy's namespaces: `namespaceTemplates` is the service's own word, `namespaces` the older one.
fn namespaces_of(strategy: &Value) -> Vec<&str> {
    let members = ["namespaceTemplates", "namespaces"];
    let found = members.iter().find_map(|member| strategy.get(*member)?.as_array().filter(|all| !all.is_empty()));
    found.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The id of a memory from what was typed, which is the id or its whole ARN; in that case the ARN as well.
///
/// # Errors
/// Exit 2 for anything else.
pub(crate) fn id_of(text: &str) -> Result<(String, Option<Arn>)> {
    let arn = text.parse::<Arn>().ok();
    let arn = arn.filter(|arn| arn.service == "bedrock-agentcore" && is_region(&arn.region));
    let id = match &arn {
        Some(arn) => arn.resource.strip_prefix("memory/").unwrap_or_default(),
        None => text,
    };
    if memory_name_of(id).is_some() {
        return Ok((id.to_owned(), arn));
    }
    Err(Error::usage(format!("`{text}` is not the id of a memory"))
        .code(Code::InputValue)
        .cause("an id is the memory's name, a dash and ten letters or digits")
        .hint("`agentcore memory list` shows the ids"))
}

/// # Errors
/// Exit 5 when there is no such memory.
pub(crate) async fn get(cloud: &Cloud, id: &str) -> Result<AgentMemory> {
    cloud.memory(id).await?.ok_or_else(|| missing(cloud, id))
}

fn missing(cloud: &Cloud, id: &str) -> Error {
    Error::not_found(format!("there is no memory `{id}` in {}", cloud.region()))
        .hint("`agentcore memory list` shows those of the account and region")
}

/// At most `limit` memories.
pub(crate) async fn list(cloud: &Cloud, limit: u32) -> Result<MemoriesReport> {
    let limit = limit as usize;
    let mut rows = cloud.memories(limit + 1).await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    Ok(MemoriesReport { rows, has_more, region: cloud.region().to_owned() })
}

/// Deletes a memory, and waits until it is gone where a time for that is given.
///
/// # Errors
/// Exit 5 when there is none of this id; exit 7 when it is not gone in time.
pub(crate) async fn delete(
    cloud: &Cloud,
    id: &str,
    limit: Option<Duration>,
    events: &Events,
) -> Result<MemoryDeletedReport> {
    const STEP: &str = "memory";
    events.started(STEP, format!("delete the memory `{id}`"));
    if !cloud.delete_memory(id).await? {
        return Err(missing(cloud, id));
    }
    let is_gone = limit.is_some();
    if let Some(limit) = limit {
        let what = format!("the end of the memory `{id}`");
        let gone = wait::until(cloud.schedule(limit), &what, || async {
            match cloud.memory(id).await? {
                None => Ok(Probe::Done(())),
                Some(memory) => Ok(Probe::Pending(memory.status().to_owned())),
            }
        });
        gone.await.map_err(|error| error.hint(format!("see how far it is: `agentcore memory status {id}`")))?;
    }
    events.finished(STEP, Outcome::Deleted, format!("memory {id}"));
    Ok(MemoryDeletedReport { id: id.to_owned(), region: cloud.region().to_owned(), is_gone })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::Partition;

    #[test]
    fn only_a_memorys_arn_is_one() {
        let region = "us-west-2";
        let resource = "memory/notes-0123456789";
        let arn = Partition::of_region(region).arn("bedrock-agentcore", region, "123456789012", resource);
        let good = arn.to_string();
        assert_eq!(id_of(&good).unwrap(), ("notes-0123456789".to_owned(), Some(arn)));
        assert_eq!(id_of("notes-0123456789").unwrap(), ("notes-0123456789".to_owned(), None));
        for (from, to) in [
            (":bedrock-agentcore:", ":s3:"),
            (":memory/", ":runtime/"),
            ("us-west-2", ""),
            ("notes-0123456789", "notes"),
            (":memory/", ":x:memory/"),
        ] {
            let error = id_of(&good.replace(from, to)).unwrap_err();
            assert_eq!(error.kind().exit_code(), 2, "{from} -> {to}");
        }
    }
}
