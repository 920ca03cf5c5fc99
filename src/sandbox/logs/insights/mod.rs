//! Queries of CloudWatch Logs Insights: StartQuery, GetQueryResults, StopQuery.
//!
//! Owns: the queries that were run, in memory. A query is over when it is answered with its id. Does not own: the language
//! (`parse`, `expression`), what it finds (`evaluate`). What is not understood is refused as a query that is wrong, because an
//! answer that is not the service's would be worse.

mod evaluate;
mod expression;
mod parse;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};

use super::invalid;
use super::store::LogEvent;
use crate::sandbox::SharedSandbox;
use crate::sandbox::reply::Fault;
use parse::SyntaxError;

/// Queries that are kept; the service keeps them for a week.
const KEPT: usize = 100;
/// Bytes of the answers that are kept, about; the newest is kept in any case.
const KEPT_BYTES: usize = 64 << 20;
/// Bytes that a field of a row takes besides its value.
const FIELD_BYTES: usize = 200;
/// Rows of an answer, unless the request says fewer.
const MOST_ROWS: usize = 10_000;
/// Characters of a query's text.
const LONGEST_QUERY: usize = 10_000;

/// Queries with their answers, the newest last.
#[derive(Debug, Default)]
pub(crate) struct QueryStore(Mutex<VecDeque<KeptQuery>>);

#[derive(Debug)]
struct KeptQuery {
    id: String,
    answer: Value,
    /// Of the answer, about.
    bytes: usize,
    /// The names of the groups that were searched.
    groups: Vec<String>,
}

impl QueryStore {
    fn keep(&self, query: KeptQuery) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(query);
        let mut bytes: usize = kept.iter().map(|query| query.bytes).sum();
        while kept.len() > 1 && (kept.len() > KEPT || bytes > KEPT_BYTES) {
            bytes -= kept.pop_front().map_or(0, |query| query.bytes);
        }
    }

    /// The log groups of a query; none for one that is not here.
    pub(crate) fn groups(&self, id: &str) -> Vec<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|query| query.id == id).map(|query| query.groups.clone()).unwrap_or_default()
    }

    fn answer(&self, id: &str) -> Result<Value, Fault> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|query| query.id == id);
        found.map(|query| query.answer.clone()).ok_or_else(|| no_query(id))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StartRequest {
    log_group_name: Option<String>,
    #[serde(default)]
    log_group_names: Vec<String>,
    #[serde(default)]
    log_group_identifiers: Vec<String>,
    /// Seconds since 1970; both are part of the range.
    start_time: i64,
    end_time: i64,
    query_string: String,
    limit: Option<usize>,
    query_language: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueryRequest {
    query_id: String,
}

/// An event with where it is from.
#[derive(Clone, Debug)]
struct FoundEvent {
    group: Arc<str>,
    stream: Arc<str>,
    number: u64,
    event: Arc<LogEvent>,
}

impl StartRequest {
    /// The names of the groups; an identifier is a name or an ARN.
    fn groups(&self) -> Result<Vec<&str>, Fault> {
        let lists = [
            self.log_group_name.iter().collect::<Vec<_>>(),
            self.log_group_names.iter().collect(),
            self.log_group_identifiers.iter().collect(),
        ];
        let given: Vec<_> = lists.into_iter().filter(|list| !list.is_empty()).collect();
        let [names] = given.as_slice() else {
            return Err(invalid(
                "exactly one of logGroupName, logGroupNames and logGroupIdentifiers is needed: the sandbox knows no SOURCE",
            ));
        };
        if names.len() > 50 {
            return Err(invalid("a query has 50 log groups at most"));
        }
        Ok(names.iter().map(|text| name_of(text)).collect())
    }
}

fn name_of(identifier: &str) -> &str {
    match identifier.split_once(":log-group:") {
        Some((_, name)) => name.trim_end_matches(":*"),
        None => identifier,
    }
}

fn malformed(error: &SyntaxError) -> Fault {
    let location = json!({ "startCharOffset": error.at, "endCharOffset": error.at });
    Fault::new(400, "MalformedQueryException", error.message.clone())
        .field("queryCompileError", json!({ "location": location, "message": error.message }))
}

pub(super) fn start(sandbox: &SharedSandbox, input: &StartRequest) -> Result<Value, Fault> {
    let groups = input.groups()?;
    let limit = input.limit.unwrap_or(MOST_ROWS);
    if !(1..=MOST_ROWS).contains(&limit) {
        return Err(invalid(format!("limit must be 1 to {MOST_ROWS}")));
    }
    if input.start_time < 0 || input.end_time < input.start_time {
        return Err(invalid("End time should not be before start time"));
    }
    if input.query_language.as_deref().is_some_and(|language| language != "CWLI") {
        return Err(invalid("the sandbox knows the query language CWLI only"));
    }
    if input.query_string.chars().count() > LONGEST_QUERY {
        return Err(invalid(format!("queryString must have length less than or equal to {LONGEST_QUERY}")));
    }
    let steps = parse::parse(&input.query_string).map_err(|error| malformed(&error))?;
    let events =
        events_of(sandbox, &groups, (input.start_time.saturating_mul(1000), input.end_time.saturating_mul(1000)))?;
    let bytes: usize = events.iter().map(|found| found.event.message.len()).sum();
    let scanned = events.len();
    let found = evaluate::run(&steps, events, &sandbox.info.account)
        .map_err(|message| malformed(&SyntaxError { at: 0, message }))?;
    let matched = found.len();
    let results: Vec<Value> = found.into_iter().take(limit).collect();
    let fields = results.iter().filter_map(Value::as_array).flatten();
    let size: usize = fields.map(|field| FIELD_BYTES + field["value"].as_str().map_or(0, str::len)).sum();
    let answer = json!({
        "queryLanguage": "CWLI",
        "results": results,
        "statistics": { "recordsMatched": matched, "recordsScanned": scanned, "bytesScanned": bytes },
        "status": "Complete",
    });
    let id = uuid::Uuid::new_v4().to_string();
    sandbox.state.logs.queries.keep(KeptQuery {
        id: id.clone(),
        answer,
        bytes: size,
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
    });
    Ok(json!({ "queryId": id }))
}

/// The events of the groups in a range of milliseconds.
fn events_of(sandbox: &SharedSandbox, groups: &[&str], (from, to): (i64, i64)) -> Result<Vec<FoundEvent>, Fault> {
    sandbox.state.logs.with(|all| {
        let mut found = Vec::new();
        for name in groups {
            let group = all.get(*name).ok_or_else(|| {
                let text = format!("Log group '{name}' does not exist for account ID '{}'", sandbox.info.account);
                Fault::new(400, "ResourceNotFoundException", text)
            })?;
            let group_name: Arc<str> = Arc::from(*name);
            for (stream, content) in &group.streams {
                let stream: Arc<str> = Arc::from(stream.as_str());
                let events = content.events().filter(|(_, event)| (from..=to).contains(&event.timestamp));
                found.extend(events.map(|(number, event)| FoundEvent {
                    group: Arc::clone(&group_name),
                    stream: Arc::clone(&stream),
                    number,
                    event: Arc::clone(event),
                }));
            }
        }
        Ok(found)
    })
}

fn no_query(id: &str) -> Fault {
    Fault::new(400, "ResourceNotFoundException", format!("Query Id {id} does not exist."))
}

pub(super) fn results(sandbox: &SharedSandbox, input: &QueryRequest) -> Result<Value, Fault> {
    sandbox.state.logs.queries.answer(&input.query_id)
}

/// A query that is over cannot be stopped, and here every query is.
pub(super) fn stop(sandbox: &SharedSandbox, input: &QueryRequest) -> Result<Value, Fault> {
    results(sandbox, input)?;
    Err(invalid(format!("Query Id {} is not running.", input.query_id)))
}

#[cfg(test)]
mod tests;
