//! AgentCore's memories.
//!
//! Owns: the rest-json operations below `/memories/` of both planes, and the tags of memories. Does not own: who signed
//! (`caller`), roles (`iam`).
//!
//! ```text
//! control      memories: create, get, list, update, delete, tags
//! strategies   their strategies, as requests and as answers have them
//! model        what is remembered of both, and the statuses that follow from it
//! events       events, sessions, actors
//! records      long-term records: search, listing, batches
//! extraction   records from what was said; `words` finds them, `namespace` says where they are
//! filter       conditions on metadata
//! store        events and records on disk
//! rules        the service model's constraints; `data_rules` those of the data plane
//! page         listings
//! ```

mod control;
mod data_rules;
mod events;
mod extraction;
mod filter;
mod model;
mod namespace;
mod page;
mod records;
mod rules;
mod store;
mod strategies;
#[cfg(test)]
mod tests;
mod words;

use http::Method;
use serde_json::Value;

use super::caller::Caller;
use super::control::check::invalid;
use super::control::{SERVICE, constraints, fingerprint, millis, validate};
use super::reply::{self, Fault, Protocol, Response};
use super::request::{Request, json_object};
use super::{SharedSandbox, router, sigv4};

pub(crate) use model::Memories;
pub(crate) use store::MemoryData;

/// The most that is read of a request. An event may have 10 MB, and JSON in JSON grows by its escapes.
const BODY_LIMIT: usize = 24 << 20;

/// The sandbox, the caller and the time of a request.
struct MemoryContext<'a> {
    sandbox: &'a SharedSandbox,
    caller: &'a Caller,
    /// Milliseconds since 1970.
    now: i64,
}

impl MemoryContext<'_> {
    /// Of a memory.
    fn arn(&self, id: &str) -> String {
        self.sandbox.info.arn(SERVICE, &format!("memory/{id}")).to_string()
    }

    /// Milliseconds from a change to ACTIVE.
    fn delay(&self) -> i64 {
        i64::try_from(self.sandbox.options.ready_delay.as_millis()).unwrap_or(i64::MAX)
    }

    /// Asks the caller's policies about an operation on each of these.
    fn require(&self, operation: &str, resources: &[&str]) -> Result<(), Fault> {
        self.caller.require(self.sandbox, &format!("{SERVICE}:{operation}"), resources)
    }

    /// Asks the caller's policies about an operation on a memory, with the values of condition keys.
    fn require_with(&self, operation: &str, id: &str, conditions: &[(&str, &str)]) -> Result<(), Fault> {
        self.caller.require_with(self.sandbox, &format!("{SERVICE}:{operation}"), &[&self.arn(id)], conditions)
    }

    /// A memory that takes requests of the data plane. What the service says of one that does not is not known; these are
    /// its words for a change that comes too early. A memory that is UPDATING goes on working.
    ///
    /// # Errors
    /// ResourceNotFoundException, ValidationException.
    fn usable(&self, id: &str) -> Result<model::StoredMemory, Fault> {
        self.sandbox.state.memories.read(|state| {
            let memory = state.get(id, self.now)?;
            let status = memory.status(self.now);
            if ["ACTIVE", "UPDATING"].contains(&status) {
                return Ok(memory.clone());
            }
            Err(invalid(format!("Memory is in transitional state {status}")))
        })
    }

    /// Works on a memory's events and records. What is written once the memory is deleted would stay, so it is looked for
    /// again when nobody else is at work on them.
    fn data<R>(&self, id: &str, work: impl FnOnce(&mut store::Journal) -> Result<R, Fault>) -> Result<R, Fault> {
        self.sandbox.state.memory_data.with(id, |journal| {
            self.usable(id)?;
            work(journal)
        })?
    }

    /// Makes an answer and its changes, once for each client token.
    fn once(
        &self,
        id: &str,
        (operation, input): (&str, &Value),
        work: impl FnOnce(&store::Journal) -> (Value, Vec<store::Change>),
    ) -> Result<Value, Fault> {
        let token = ClientToken::of(operation, input);
        self.data(id, |journal| {
            token.as_ref().map_or(Ok(()), |token| token.check(journal, self.now))?;
            if let Some(answer) = token.as_ref().and_then(|token| journal.answer(token.text)) {
                return Ok(answer.clone());
            }
            let (answer, mut changes) = work(journal);
            changes.extend(token.map(|token| store::Change::Answer {
                token: token.text.to_owned(),
                print: token.print,
                answer: answer.clone(),
            }));
            journal.change(changes)?;
            Ok(answer)
        })
    }
}

/// `clientToken` of a request of the data plane. It is one for all operations on a memory.
struct ClientToken<'a> {
    text: &'a str,
    /// The fingerprint of the operation and its input.
    print: String,
}

impl<'a> ClientToken<'a> {
    fn of(operation: &str, input: &'a Value) -> Option<Self> {
        let text = text(input, "clientToken").filter(|token| !token.is_empty())?;
        Some(Self { text, print: format!("{operation} {}", fingerprint(input)) })
    }

    /// # Errors
    /// ValidationException when the token came with another request before.
    fn check(&self, journal: &store::Journal, now: i64) -> Result<(), Fault> {
        let known = journal.print(self.text, now);
        if known.is_none_or(|known| known == self.print) { Ok(()) } else { Err(model::other_parameters()) }
    }
}

/// A text member of a structure.
fn text<'v>(input: &'v Value, name: &str) -> Option<&'v str> {
    input.get(name).and_then(Value::as_str)
}

/// An operation with the variable parts of its path. One that is empty is there, and is refused.
#[derive(Default)]
struct MemoryCall {
    operation: &'static str,
    memory: Option<String>,
    actor: Option<String>,
    session: Option<String>,
    /// An event's or a record's id.
    item: Option<String>,
}

/// The operation at a path. Source: the service models.
fn find(method: &str, path: &[&str]) -> Option<MemoryCall> {
    let all = |operation| MemoryCall { operation, ..MemoryCall::default() };
    let of = |operation, memory: &str| MemoryCall { memory: Some(memory.to_owned()), ..all(operation) };
    let by =
        |operation, memory: &str, actor: &str| MemoryCall { actor: Some(actor.to_owned()), ..of(operation, memory) };
    let said = |operation, memory: &str, actor: &str, session: &str| MemoryCall {
        session: Some(session.to_owned()),
        ..by(operation, memory, actor)
    };
    let one = |call: MemoryCall, item: &str| MemoryCall { item: Some(item.to_owned()), ..call };
    Some(match (method, path) {
        ("POST", ["memories", "create"]) => all("CreateMemory"),
        ("POST", ["memories"] | ["memories", ""]) => all("ListMemories"),
        ("GET", ["memories", id, "details"]) => of("GetMemory", id),
        ("PUT", ["memories", id, "update"]) => of("UpdateMemory", id),
        ("DELETE", ["memories", id, "delete"]) => of("DeleteMemory", id),
        ("POST", ["memories", id, "events"]) => of("CreateEvent", id),
        ("POST", ["memories", id, "actors"]) => of("ListActors", id),
        ("POST", ["memories", id, "actor", actor, "sessions"]) => by("ListSessions", id, actor),
        ("POST", ["memories", id, "actor", actor, "sessions", session]) => said("ListEvents", id, actor, session),
        ("GET", ["memories", id, "actor", actor, "sessions", session, "events", event]) => {
            one(said("GetEvent", id, actor, session), event)
        }
        ("DELETE", ["memories", id, "actor", actor, "sessions", session, "events", event]) => {
            one(said("DeleteEvent", id, actor, session), event)
        }
        ("POST", ["memories", id, "retrieve"]) => of("RetrieveMemoryRecords", id),
        ("POST", ["memories", id, "memoryRecords"]) => of("ListMemoryRecords", id),
        ("POST", ["memories", id, "memoryRecords", "batchCreate"]) => of("BatchCreateMemoryRecords", id),
        ("POST", ["memories", id, "memoryRecords", "batchUpdate"]) => of("BatchUpdateMemoryRecords", id),
        ("POST", ["memories", id, "memoryRecords", "batchDelete"]) => of("BatchDeleteMemoryRecords", id),
        // One path has the plural and the other has not.
        ("GET", ["memories", id, "memoryRecord", record]) => one(of("GetMemoryRecord", id), record),
        ("DELETE", ["memories", id, "memoryRecords", record]) => one(of("DeleteMemoryRecord", id), record),
        ("POST", ["memories", id, "ingest"]) => of("IngestData", id),
        ("POST", ["memories", id, "extractionJobs"]) => of("ListMemoryExtractionJobs", id),
        ("POST", ["memories", id, "extractionJobs", "start"]) => of("StartMemoryExtractionJob", id),
        _ => return None,
    })
}

impl MemoryCall {
    /// The parts of the path that are there, with what they must be.
    fn parts(&self) -> impl Iterator<Item = (constraints::PathMember, &str)> {
        let item = if self.operation.ends_with("Event") { data_rules::EVENT_ID } else { data_rules::RECORD_ID };
        let all = [
            (rules::MEMORY_ID, &self.memory),
            (data_rules::ACTOR_ID, &self.actor),
            (data_rules::SESSION_ID, &self.session),
            (item, &self.item),
        ];
        all.into_iter().filter_map(|(rule, text)| Some((rule, text.as_deref()?)))
    }

    fn is_control(&self) -> bool {
        ["CreateMemory", "ListMemories", "GetMemory", "UpdateMemory", "DeleteMemory"].contains(&self.operation)
    }

    /// The data plane takes the ARN of a memory where it takes its id.
    fn take_arn(&mut self, context: &MemoryContext<'_>) {
        if self.is_control() {
            return;
        }
        let arn = context.arn("");
        let id = self.memory.as_deref().and_then(|memory| memory.strip_prefix(arn.as_str())).map(str::to_owned);
        if id.is_some() {
            self.memory = id;
        }
    }
}

/// Answers a request below `/memories/`.
pub(crate) async fn handle(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    let Some(call) = find(request.method.as_str(), &request.path()) else {
        let what = format!("`{} {}`", request.method, request.raw_path);
        request.discard_body().await;
        return reply::fault(&Protocol::RestJson, Fault::unknown_operation(&what), &request.id);
    };
    finish(answer(sandbox, request, call).await, request)
}

type MemoryResult = Result<(u16, Value), Fault>;

fn finish(result: MemoryResult, request: &Request) -> Response {
    match result {
        Ok((204, _)) => reply::empty(204),
        Ok((status, body)) => reply::json(status, &body),
        Err(fault) => reply::fault(&Protocol::RestJson, fault, &request.id),
    }
}

async fn answer(sandbox: &SharedSandbox, request: &mut Request, mut call: MemoryCall) -> MemoryResult {
    let body = request.bytes(BODY_LIMIT).await?;
    let caller = router::caller(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    let input = &json_object(&body)?;
    let context = &MemoryContext { sandbox, caller: &caller, now: millis(sandbox.clock.now()) };
    call.take_arn(context);
    let token = request.query("clientToken").map(|token| (rules::TOKEN_PARAMETER, token));
    let namespace = request.query("namespace");
    let place = namespace.map(|namespace| (data_rules::PLACE_PARAMETER, namespace));
    validate::parts(call.parts().chain(token).chain(place))?;
    let (id, item) = (call.memory.as_deref().unwrap_or_default(), call.item.as_deref().unwrap_or_default());
    let said = (call.actor.as_deref().unwrap_or_default(), call.session.as_deref().unwrap_or_default());
    if !call.is_control() && sandbox.state.memories.read(|state| state.has_data(id)) {
        sandbox.state.memory_data.prepare(id, context.now).await?;
    }
    Ok(match call.operation {
        "CreateMemory" => (202, control::create(context, input).await?),
        "GetMemory" => (200, control::get(context, id, request.query("view"))?),
        "ListMemories" => (200, control::list(context, input)?),
        "UpdateMemory" => (202, control::update(context, id, input).await?),
        "DeleteMemory" => (202, control::delete(context, id).await?),
        "CreateEvent" => (201, events::create(context, id, input)?),
        "GetEvent" => (200, events::get(context, id, said, item)?),
        "DeleteEvent" => (200, events::delete(context, id, said, item)?),
        "ListEvents" => (200, events::list(context, id, said, input)?),
        "ListSessions" => (200, events::sessions(context, id, said.0, input)?),
        "ListActors" => (200, events::actors(context, id, input)?),
        "RetrieveMemoryRecords" => (200, records::retrieve(context, id, input)?),
        "ListMemoryRecords" => (200, records::list(context, id, input)?),
        "GetMemoryRecord" => (200, records::get(context, id, item, namespace)?),
        "DeleteMemoryRecord" => (200, records::delete(context, id, item, namespace)?),
        "BatchCreateMemoryRecords" => (201, records::create_batch(context, id, input)?),
        "BatchUpdateMemoryRecords" => (200, records::update_batch(context, id, input)?),
        "BatchDeleteMemoryRecords" => (200, records::delete_batch(context, id, input)?),
        "ListMemoryExtractionJobs" => (200, records::jobs(context, id, input)?),
        "StartMemoryExtractionJob" => (200, records::start_job(context, id, input)?),
        "IngestData" => (202, events::ingest(context, id, input)?),
        other => return Err(Fault::unknown_operation(&format!("`{other}`"))),
    })
}

/// Whether this is a memory's ARN.
pub(crate) fn has_tags(arn: &str) -> bool {
    arn.contains(":memory/")
}

/// Answers TagResource, UntagResource and ListTagsForResource for a memory.
pub(crate) async fn tags(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    let result = answer_tags(sandbox, request).await;
    finish(result, request)
}

async fn answer_tags(sandbox: &SharedSandbox, request: &mut Request) -> MemoryResult {
    let body = request.bytes(BODY_LIMIT).await?;
    let caller = router::caller(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    let arn = request.segments.get(1).cloned().unwrap_or_default();
    validate::parts(std::iter::once((constraints::RESOURCE_ARN, arn.as_str())))?;
    let context = &MemoryContext { sandbox, caller: &caller, now: millis(sandbox.clock.now()) };
    match request.method {
        Method::GET => return Ok((200, control::tags(context, &arn)?)),
        Method::POST => control::tag(context, &arn, &json_object(&body)?).await?,
        Method::DELETE => {
            let keys = request.query.iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key.as_str());
            control::untag(context, &arn, &keys.collect::<Vec<_>>()).await?;
        }
        _ => return Err(Fault::unknown_operation(&format!("`{} {}`", request.method, request.raw_path))),
    }
    Ok((204, Value::Null))
}
