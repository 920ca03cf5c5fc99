//! Events, sessions and actors.

use serde_json::{Map, Value, json};

use super::extraction::{self, Said};
use super::model::{StoredMemory, epoch};
use super::store::{Change, Journal, StoredEvent};
use super::{ClientToken, MemoryContext, data_rules as rules, filter, page, text};
use crate::sandbox::control::check::{TextRule, Violations, invalid};
use crate::sandbox::control::constraints::compare;
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

/// The branch of an event that names none.
const MAIN: &str = "main";
/// Bytes of an event's payload, and of JSON in it. Source: the quotas' page.
const LARGEST: usize = 10 << 20;
const LARGEST_JSON: usize = 100 << 10;
/// Seconds since 1970 whose milliseconds have 19 digits at most.
const LATEST: f64 = 9e15;

/// The condition keys of these names, with their values.
fn conditions<'v>(actor: Option<&'v str>, session: Option<&'v str>) -> Vec<(&'static str, &'v str)> {
    let actor = actor.map(|actor| ("bedrock-agentcore:actorId", actor));
    actor.into_iter().chain(session.map(|session| ("bedrock-agentcore:sessionId", session))).collect()
}

/// A time in seconds since 1970, which may have a fraction.
pub(super) fn check_time(check: &mut Violations, path: &str, value: Option<&Value>) -> Option<f64> {
    let value = check.present(path, value)?;
    let time = value.as_f64().filter(|time| (0.0..LATEST).contains(time));
    check.require(path, "a number of seconds since 1970", time.is_some());
    time
}

/// Checks the items of a payload; blobs are for events only.
pub(super) fn check_payload(check: &mut Violations, path: &str, list: Option<&Value>, low: usize) {
    for (path, item) in check.list(path, list, low, 100) {
        let set = item.as_object().map(|object| object.values().filter(|value| !value.is_null()).count());
        check.require(&path, "a structure with exactly one member set", set == Some(1));
        compare(check, &format!("{path}."), item, rules::PAYLOAD);
        if let Some(json) = item.get("json").filter(|json| json.is_object()) {
            let content = check.present(&format!("{path}.json.content"), json.get("content"));
            let size = content.map(|content| content.to_string().len()).unwrap_or_default();
            check.require(&format!("{path}.json.content"), "at most 100 KB long", size <= LARGEST_JSON);
        }
    }
}

/// Checks the metadata of an event.
pub(super) fn check_metadata(check: &mut Violations, value: Option<&Value>) {
    let Some(value) = value.filter(|value| !value.is_null()) else { return };
    let Some(entries) = value.as_object() else { return check.require("metadata", "a map", false) };
    check.require("metadata", "a map with at most 15 entries", entries.len() <= 15);
    for (key, item) in entries {
        check.text("metadata.key", Some(&json!(key)), rules::METADATA_KEY);
        let path = format!("metadata.{key}");
        check.require(&path, "a structure with a stringValue", item.get("stringValue").is_some_and(Value::is_string));
        check.text(&format!("{path}.stringValue"), item.get("stringValue"), rules::EVENT_VALUE);
    }
}

pub(super) fn create(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    let (actor, session) = (text(input, "actorId"), text(input, "sessionId"));
    context.require_with("CreateEvent", id, &conditions(actor, session))?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::EVENT);
    let time = check_time(&mut check, "eventTimestamp", input.get("eventTimestamp"));
    check.present("payload", input.get("payload"));
    check_payload(&mut check, "payload", input.get("payload"), 0);
    check_metadata(&mut check, input.get("metadata"));
    let memory = context.usable(id);
    if let Ok(memory) = &memory {
        extraction::check_variables(&mut check, memory, input);
    }
    check.finish()?;
    if input["payload"].to_string().len() > LARGEST {
        return Err(invalid("The payload of an event can have at most 10 MB"));
    }
    let memory = memory?;
    let session = session.map_or_else(random::uuid, str::to_owned);
    let millis = (time.unwrap_or_default() * 1000.0).round() as i64;
    let token = ClientToken::of("CreateEvent", input);
    context.data(id, |journal| {
        if let Some(token) = &token {
            token.check(journal, context.now)?;
            if let Some(known) = journal.by_token(token.text, context.now) {
                return Ok(json!({ "event": describe(id, known, true) }));
            }
        }
        let (branch, root) = branch(journal, (actor.unwrap_or_default(), &session), input, context.now)?;
        let days = memory.setting("eventExpiryDuration").and_then(Value::as_i64).unwrap_or_default();
        let event = StoredEvent {
            id: journal.next_id(millis),
            actor: actor.unwrap_or_default().to_owned(),
            session,
            timestamp: input["eventTimestamp"].clone(),
            payload: input["payload"].clone(),
            branch,
            root,
            metadata: input.get("metadata").filter(|value| !value.is_null()).cloned(),
            token: token.as_ref().map(|token| token.text.to_owned()),
            print: token.as_ref().map(|token| token.print.clone()),
            created: context.now,
            expires: extraction::expiry(context.now, days),
        };
        let answer = json!({ "event": describe(id, &event, true) });
        let mut changes = made_of(context, &memory, journal, (&event, input));
        changes.insert(0, Change::Event(event));
        journal.change(changes)?;
        Ok(answer)
    })
}

/// The records that an event makes.
fn made_of(
    context: &MemoryContext<'_>,
    memory: &StoredMemory,
    journal: &Journal,
    (event, input): (&StoredEvent, &Value),
) -> Vec<Change> {
    if text(input, "extractionMode") == Some("SKIP") {
        return Vec::new();
    }
    let said = Said {
        actor: &event.actor,
        session: &event.session,
        payload: &event.payload,
        timestamp: &event.timestamp,
        variables: input.pointer("/extractionConfig/namespaceVariables"),
        now: context.now,
        delay: context.delay() * 3,
    };
    extraction::records(memory, journal, &said)
}

/// The branch of a new event, and the event that the branch begins after. A branch keeps the root of its first event.
fn branch(
    journal: &Journal,
    (actor, session): (&str, &str),
    input: &Value,
    now: i64,
) -> Result<(String, Option<String>), Fault> {
    let Some(name) = input.pointer("/branch/name").and_then(Value::as_str) else { return Ok((MAIN.to_owned(), None)) };
    let given = input.pointer("/branch/rootEventId").and_then(Value::as_str);
    if let Some(root) = given
        && journal.event((actor, session), root, now).is_none()
    {
        return Err(no_event(root));
    }
    let known = journal.newest_first(actor, session, now).find(|event| event.branch == name);
    let root = known.and_then(|event| event.root.clone()).or_else(|| given.map(str::to_owned));
    Ok((name.to_owned(), root))
}

fn no_event(id: &str) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("Unable to find event with id {id}"))
}

/// As answers have it. `memory` is the id, also where the request had the ARN.
fn describe(memory: &str, event: &StoredEvent, with_payload: bool) -> Value {
    let mut branch = json!({ "name": event.branch });
    if let Some(root) = &event.root {
        branch["rootEventId"] = json!(root);
    }
    let mut out = Map::new();
    out.insert("memoryId".to_owned(), json!(memory));
    out.insert("actorId".to_owned(), json!(event.actor));
    out.insert("sessionId".to_owned(), json!(event.session));
    out.insert("eventId".to_owned(), json!(event.id));
    out.insert("eventTimestamp".to_owned(), event.timestamp.clone());
    if with_payload {
        out.insert("payload".to_owned(), event.payload.clone());
    }
    out.insert("branch".to_owned(), branch);
    if let Some(metadata) = &event.metadata {
        out.insert("metadata".to_owned(), metadata.clone());
    }
    Value::Object(out)
}

pub(super) fn get(
    context: &MemoryContext<'_>,
    id: &str,
    (actor, session): (&str, &str),
    event: &str,
) -> Result<Value, Fault> {
    context.require_with("GetEvent", id, &conditions(Some(actor), Some(session)))?;
    context.usable(id)?;
    context.data(id, |journal| {
        let found = journal.event((actor, session), event, context.now).ok_or_else(|| no_event(event))?;
        Ok(json!({ "event": describe(id, found, true) }))
    })
}

/// Records that were made of the event stay.
pub(super) fn delete(
    context: &MemoryContext<'_>,
    id: &str,
    (actor, session): (&str, &str),
    event: &str,
) -> Result<Value, Fault> {
    context.require_with("DeleteEvent", id, &conditions(Some(actor), Some(session)))?;
    context.usable(id)?;
    context.data(id, |journal| {
        journal.event((actor, session), event, context.now).ok_or_else(|| no_event(event))?;
        let (actor, session) = (actor.to_owned(), session.to_owned());
        journal.change(vec![Change::EventGone { actor, session, id: event.to_owned() }])?;
        Ok(json!({ "eventId": event }))
    })
}

/// Newest first. A filter of metadata is applied to a page after it was read, as the service was seen to do: a page can be
/// empty and have another after it.
pub(super) fn list(
    context: &MemoryContext<'_>,
    id: &str,
    (actor, session): (&str, &str),
    input: &Value,
) -> Result<Value, Fault> {
    context.require_with("ListEvents", id, &conditions(Some(actor), Some(session)))?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::LISTING);
    let metadata = input.pointer("/filter/eventMetadata").filter(|list| !list.is_null());
    filter::check(&mut check, "filter.eventMetadata", metadata, true);
    check.finish()?;
    context.usable(id)?;
    let before = page::token(input, "ListEvents")?;
    let limit = page::limit(input, rules::PAGE);
    let with_payloads = input.get("includePayloads").and_then(Value::as_bool).unwrap_or(true);
    context.data(id, |journal| {
        let branches = branches(journal, (actor, session), input, context.now);
        let on_branch = |event: &StoredEvent| {
            branches.as_ref().is_none_or(|branches| {
                branches
                    .iter()
                    .any(|(name, last)| event.branch == *name && last.as_ref().is_none_or(|last| event.id <= *last))
            })
        };
        let mut rest = journal
            .newest_first(actor, session, context.now)
            .filter(|event| on_branch(event) && before.as_ref().is_none_or(|before| event.id < *before))
            .peekable();
        let read: Vec<&StoredEvent> = rest.by_ref().take(limit).collect();
        let shown = read.iter().filter(|event| filter::fits(metadata, event.metadata.as_ref()));
        let events: Vec<Value> = shown.map(|event| describe(id, event, with_payloads)).collect();
        let mut out = json!({ "events": events });
        if let (Some(last), Some(_)) = (read.last(), rest.peek()) {
            out["nextToken"] = json!(page::make("ListEvents", &last.id));
        }
        Ok(out)
    })
}

/// The branches that a listing is of, each with the last event of it that counts. `None`: all.
fn branches(
    journal: &Journal,
    (actor, session): (&str, &str),
    input: &Value,
    now: i64,
) -> Option<Vec<(String, Option<String>)>> {
    let wanted = input.pointer("/filter/branch/name").and_then(Value::as_str)?;
    let with_parents = input.pointer("/filter/branch/includeParentBranches").and_then(Value::as_bool) == Some(true);
    let mut out: Vec<(String, Option<String>)> = vec![(wanted.to_owned(), None)];
    while with_parents && let Some((name, _)) = out.last() {
        let first =
            journal.newest_first(actor, session, now).find(|event| event.branch == *name && event.root.is_some());
        let Some(root) = first.and_then(|event| event.root.as_deref()) else { break };
        let Some(parent) = journal.event((actor, session), root, now) else { break };
        if out.iter().any(|(name, _)| *name == parent.branch) {
            break;
        }
        let next = (parent.branch.clone(), Some(root.to_owned()));
        out.push(next);
    }
    Some(out)
}

/// The newest first; in which order the service lists them is not known.
pub(super) fn sessions(context: &MemoryContext<'_>, id: &str, actor: &str, input: &Value) -> Result<Value, Fault> {
    context.require_with("ListSessions", id, &conditions(Some(actor), None))?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::LISTING);
    check.finish()?;
    context.usable(id)?;
    let after = page::token(input, "ListSessions")?;
    let with_events = input.pointer("/filter/eventFilter").is_some_and(|filter| !filter.is_null());
    context.data(id, |journal| {
        let own = journal.sessions.iter().filter(|((owner, session), _)| {
            owner == actor && (!with_events || journal.newest_first(actor, session, context.now).next().is_some())
        });
        let row = |session: &String, created: i64| {
            let key = format!("{:019}{session}", i64::MAX - created);
            (key, json!({ "sessionId": session, "actorId": actor, "createdAt": epoch(created) }))
        };
        let mut rows: Vec<(String, Value)> = own.map(|((_, session), created)| row(session, *created)).collect();
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(page::cut(rows, after.as_deref(), page::limit(input, rules::PAGE), ("sessionSummaries", "ListSessions")))
    })
}

pub(super) fn actors(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    context.require_with("ListActors", id, &[])?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::LISTING);
    check.text("nextToken", input.get("nextToken"), TextRule::length(0, usize::MAX));
    check.finish()?;
    context.usable(id)?;
    let after = page::token(input, "ListActors")?;
    context.data(id, |journal| {
        let mut names: Vec<&String> = journal.sessions.keys().map(|(actor, _)| actor).collect();
        names.dedup();
        let rows = names.into_iter().map(|actor| (actor.clone(), json!({ "actorId": actor }))).collect();
        Ok(page::cut(rows, after.as_deref(), page::limit(input, rules::PAGE), ("actorSummaries", "ListActors")))
    })
}

/// Records without an event.
pub(super) fn ingest(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    let (actor, session) = (text(input, "actorId"), text(input, "sessionId"));
    context.require_with("IngestData", id, &conditions(actor, session))?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::INGESTION);
    check_time(&mut check, "contentTimestamp", input.get("contentTimestamp"));
    let payload = input.pointer("/source/inline/payload");
    check_payload(&mut check, "source.inline.payload", payload, 1);
    let blobs = payload.and_then(Value::as_array).into_iter().flatten().any(|item| item.get("blob").is_some());
    check.require("source.inline.payload", "without blobs", !blobs);
    let size = payload.map(|payload| payload.to_string().len()).unwrap_or_default();
    check.require("source.inline.payload", "at most 100 KB long", size <= LARGEST_JSON);
    check_metadata(&mut check, input.get("metadata"));
    let memory = context.usable(id);
    if let Ok(memory) = &memory {
        extraction::check_variables(&mut check, memory, input);
    }
    check.finish()?;
    let memory = memory?;
    let session = session.map_or_else(random::uuid, str::to_owned);
    context.once(id, ("IngestData", input), |journal| {
        let said = Said {
            actor: actor.unwrap_or_default(),
            session: &session,
            payload: payload.unwrap_or(&Value::Null),
            timestamp: &input["contentTimestamp"],
            variables: input.pointer("/extractionConfig/namespaceVariables"),
            now: context.now,
            delay: context.delay() * 3,
        };
        (json!({ "sessionId": session }), extraction::records(&memory, journal, &said))
    })
}
