//! Actors, sessions and events of a memory.
//!
//! Owns: reading no more than what is shown. The service lists a session's events from the newest on, and of actors and
//! sessions only the names, so that the newest event of all is looked for in each session.

use futures_util::future::try_join_all;
use serde_json::Value;

use super::contents_report::{ActorsReport, EventsReport, SessionsReport};
use super::{MemoryContents, text};
use crate::cloud::MemoryList;
use crate::error::Result;

/// Actors whose sessions are listed at once: the service takes 20 such requests a second from an account.
const SESSIONS_AT_ONCE: usize = 2;
/// Sessions whose events are listed at once, of which it takes 200 a second.
const EVENTS_AT_ONCE: usize = 8;

/// Whose events.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EventScope<'a> {
    Everybody,
    Actor(&'a str),
    Session(&'a str, &'a str),
}

/// A session of an actor.
#[derive(Clone, Debug)]
struct SessionName {
    actor: String,
    session: String,
}

/// The digits before the `#` of an event's id: milliseconds since 1970, all of the same length.
fn time_of_id(event: &Value) -> String {
    text(event, "eventId").split('#').next().unwrap_or_default().to_owned()
}

fn report(contents: MemoryContents<'_>, events: Vec<Value>) -> EventsReport {
    let (id, region) = (contents.id.to_owned(), contents.region());
    EventsReport { id, region, events, position: None, more: false, in_full: false }
}

/// All actors.
pub(crate) async fn actors(contents: MemoryContents<'_>) -> Result<ActorsReport> {
    let actors = contents.list(MemoryList::Actors, usize::MAX).await?;
    Ok(ActorsReport { id: contents.id.to_owned(), region: contents.region(), actors })
}

/// All sessions of an actor.
pub(crate) async fn sessions(contents: MemoryContents<'_>, actor: &str) -> Result<SessionsReport> {
    let sessions = contents.list(MemoryList::Sessions { actor }, usize::MAX).await?;
    Ok(SessionsReport { id: contents.id.to_owned(), region: contents.region(), actor: actor.to_owned(), sessions })
}

async fn sessions_of(contents: MemoryContents<'_>, scope: EventScope<'_>) -> Result<Vec<SessionName>> {
    let actors = match scope {
        EventScope::Session(actor, session) => {
            return Ok(vec![SessionName { actor: actor.to_owned(), session: session.to_owned() }]);
        }
        EventScope::Actor(actor) => vec![actor.to_owned()],
        EventScope::Everybody => {
            let actors = contents.list(MemoryList::Actors, usize::MAX).await?;
            actors.iter().map(|actor| text(actor, "actorId").to_owned()).collect()
        }
    };
    let mut all = Vec::new();
    for some in actors.chunks(SESSIONS_AT_ONCE) {
        let lists = some.iter().map(|actor| contents.list(MemoryList::Sessions { actor }, usize::MAX));
        for (actor, sessions) in some.iter().zip(try_join_all(lists).await?) {
            let named = sessions.iter().map(|row| text(row, "sessionId").to_owned());
            all.extend(named.map(|session| SessionName { actor: actor.clone(), session }));
        }
    }
    Ok(all)
}

/// The newest `limit` events of each of the sessions, session by session.
async fn newest_of_each(
    contents: MemoryContents<'_>,
    sessions: &[SessionName],
    (limit, with_payload): (usize, bool),
) -> Result<Vec<Vec<Value>>> {
    let mut all = Vec::new();
    for some in sessions.chunks(EVENTS_AT_ONCE) {
        let lists = some.iter().map(|one| {
            contents.list(MemoryList::Events { actor: &one.actor, session: &one.session, with_payload }, limit)
        });
        all.extend(try_join_all(lists).await?);
    }
    Ok(all)
}

/// The `nth` newest event, or the oldest when there are fewer. Events of several sessions are compared by the time with which
/// their ids begin; what follows it says nothing. Within a session the service's own order stays.
pub(crate) async fn one_event(contents: MemoryContents<'_>, scope: EventScope<'_>, nth: u32) -> Result<EventsReport> {
    let nth = nth as usize;
    let sessions = sessions_of(contents, scope).await?;
    // What was said is only read of the one that is shown.
    let is_one = sessions.len() == 1;
    let lists = newest_of_each(contents, &sessions, (nth, is_one)).await?;
    let mut found: Vec<(usize, usize, Value)> = Vec::new();
    for (session, events) in lists.into_iter().enumerate() {
        found.extend(events.into_iter().enumerate().map(|(rank, event)| (session, rank, event)));
    }
    found.sort_by_cached_key(|(_, _, event)| std::cmp::Reverse(time_of_id(event)));
    let count = found.len().min(nth);
    let mut report = report(contents, Vec::new());
    if count == 0 {
        return Ok(report);
    }
    report.position = Some((count, nth));
    let (session, rank, event) = found.swap_remove(count - 1);
    let event = if is_one { event } else { whole(contents, &sessions[session], rank, event).await? };
    report.events.push(event);
    Ok(report)
}

/// The event with its payload: the one of this id among the newest of its session, where others may have come meanwhile.
async fn whole(contents: MemoryContents<'_>, session: &SessionName, rank: usize, event: Value) -> Result<Value> {
    let list = MemoryList::Events { actor: &session.actor, session: &session.session, with_payload: true };
    let again = contents.list(list, rank + 1).await?;
    let id = text(&event, "eventId").to_owned();
    Ok(again.into_iter().rev().find(|one| text(one, "eventId") == id).unwrap_or(event))
}

/// The newest `limit` events of each session.
pub(crate) async fn all_events(
    contents: MemoryContents<'_>,
    scope: EventScope<'_>,
    limit: u32,
) -> Result<EventsReport> {
    let limit = limit as usize;
    let sessions = sessions_of(contents, scope).await?;
    let mut events = Vec::new();
    let mut more = false;
    for mut some in newest_of_each(contents, &sessions, (limit + 1, true)).await? {
        more |= some.len() > limit;
        some.truncate(limit);
        events.extend(some);
    }
    Ok(EventsReport { more, ..report(contents, events) })
}
