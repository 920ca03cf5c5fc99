//! What agents did, by the spans and log records that they left in CloudWatch Logs: the traces of a session, and one trace as a
//! tree.
//!
//! Owns: what is looked for, and in which order. Does not own: which agent and session are meant (`cli`), how queries run
//! (`cloud`). The model (`span`, `message`) knows nothing of the commands that show it.

mod message;
mod nothing;
mod query;
mod report;
mod span;

use std::collections::{BTreeMap, HashSet};

pub(crate) use message::Message;
pub(crate) use nothing::SWITCHED_OFF;
pub(crate) use query::{RuntimeId, SessionId, TraceId, TraceSource};
pub(crate) use report::{Shown, TraceListReport, TraceReport};
pub(crate) use span::{Span, Trace, traces_of};

use crate::cloud::QUERY_ROWS;
use crate::error::{Code, Error, Kind, Result};
use nothing::Sought;
use query::Rows;

/// Days that are looked at, unless a flag says otherwise.
pub(crate) const DEFAULT_DAYS: u32 = 7;

/// The most days that can be asked for: ten years.
pub(crate) const MOST_DAYS: u32 = 3650;

/// Traces, the one that ended last first. There is one at least.
#[derive(Debug)]
pub(crate) struct FoundTraces {
    pub(crate) traces: Vec<Trace>,
    /// Whether there may be older spans than those that came.
    pub(crate) cut: bool,
    /// What could not be read, in words.
    pub(crate) warnings: Vec<String>,
}

impl FoundTraces {
    fn new(rows: &Rows) -> Self {
        let spans = rows.rows.iter().filter_map(|row| Span::parse(row.get("@message")?));
        let warnings = rows.refused.iter().map(|error| format!("some spans may be missing: {error}")).collect();
        Self { traces: traces_of(spans), cut: rows.cut, warnings }
    }
}

/// The session of the agent whose last span is the newest.
///
/// # Errors
/// Exit 5 when none has spans, with what is not switched on.
pub(crate) async fn newest_session(source: &TraceSource<'_>) -> Result<SessionId> {
    let (newest, rows) = source.newest_session().await?;
    match newest {
        Some(session) => Ok(session),
        None => Err(source.why_nothing(Sought::Anything, &rows).await),
    }
}

/// The traces of a session.
///
/// # Errors
/// Exit 5 when it has no spans, with what is not switched on.
pub(crate) async fn traces_of_session(source: &TraceSource<'_>, session: &SessionId) -> Result<FoundTraces> {
    let rows = source.spans_of_session(session).await?;
    let found = FoundTraces::new(&rows);
    if found.traces.is_empty() {
        return Err(source.why_nothing(Sought::Session(session), &rows).await);
    }
    Ok(found)
}

/// One trace, with the spans of other agents that it goes on in.
///
/// # Errors
/// Exit 5 when it has no spans, or none of this agent.
pub(crate) async fn one_trace(source: &TraceSource<'_>, trace: &TraceId) -> Result<FoundTraces> {
    let rows = source.spans_of_trace(trace).await?;
    let found = FoundTraces::new(&rows);
    let Some(one) = found.traces.first() else {
        return Err(source.why_nothing(Sought::Trace(trace), &rows).await);
    };
    let runtimes: Vec<&str> = one.spans.iter().filter_map(Span::runtime).collect();
    let own = source.runtime.as_str();
    match runtimes.first() {
        Some(other) if !runtimes.contains(&own) => {
            let error =
                Error::not_found(format!("the trace `{}` belongs to another agent, not to `{own}`", trace.as_str()))
                    .code(Code::TracesOtherAgent);
            // What spans say of themselves is anybody's text.
            let Ok(other) = RuntimeId::parse(other) else { return Err(error) };
            Err(error.hint(format!("`{}` shows it", source.command_for_other(&other, trace))))
        }
        _ => Ok(found),
    }
}

/// What was said in traces, by the id of the trace and then in the order of time, each once; and a warning where the log
/// records could not be read, or not all of them. What spans hold themselves is there anyway.
///
/// # Errors
/// [`Kind::Interrupted`] alone.
pub(crate) async fn messages_of(
    source: &TraceSource<'_>,
    traces: &[Trace],
) -> Result<(BTreeMap<String, Vec<Message>>, Option<String>)> {
    let ids: Vec<&str> = traces.iter().map(|trace| trace.id.as_str()).collect();
    let (mut messages, warning) = match source.records_of(&ids).await {
        Ok((rows, cut)) => {
            let warning = cut.then(|| {
                format!("older messages may be missing: at most {QUERY_ROWS} log records are read, the newest first")
            });
            (rows.iter().rev().flat_map(message::of_row).collect::<Vec<_>>(), warning)
        }
        Err(error) if error.kind() == Kind::Interrupted => return Err(error),
        Err(error) => (Vec::new(), Some(format!("what was said could not be read: {error}"))),
    };
    messages.sort_by(|a, b| a.time.cmp(&b.time));
    messages.extend(traces.iter().flat_map(|trace| &trace.spans).flat_map(message::of_span));
    let mut seen = HashSet::new();
    messages.retain(|one| seen.insert((one.trace_id.clone(), one.role.clone(), one.text.clone())));
    let mut by_trace: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for one in messages {
        by_trace.entry(one.trace_id.clone()).or_default().push(one);
    }
    Ok((by_trace, warning))
}
