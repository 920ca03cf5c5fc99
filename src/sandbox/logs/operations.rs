//! The operations of CloudWatch Logs.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::filter::FilterPattern;
use super::invalid;
use super::store::{LogEvent, LogGroup, LogStream};
use crate::sandbox::SharedSandbox;
use crate::sandbox::reply::Fault;

/// Events in one answer when no limit is given; also the highest limit.
const EVENT_LIMIT: usize = 10_000;
/// Message bytes in one answer.
const ANSWER_BYTES: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PutRequest {
    log_group_name: Option<String>,
    /// A name or an ARN.
    log_group_identifier: Option<String>,
    #[serde(default)]
    log_stream_name: String,
    #[serde(default)]
    log_events: Vec<InputEvent>,
}

#[derive(Deserialize)]
struct InputEvent {
    timestamp: i64,
    message: String,
}

impl PutRequest {
    fn group(&self) -> Result<&str, Fault> {
        group_of(self.log_group_name.as_deref(), self.log_group_identifier.as_deref())
    }
}

fn group_of<'a>(name: Option<&'a str>, identifier: Option<&'a str>) -> Result<&'a str, Fault> {
    let identifier =
        identifier.map(|text| text.split_once(":log-group:").map_or(text, |(_, name)| name.trim_end_matches(":*")));
    match (name, identifier) {
        (Some(name), None) | (None, Some(name)) => Ok(name),
        _ => Err(invalid("exactly one of logGroupName and logGroupIdentifier is needed")),
    }
}

fn no_group() -> Fault {
    Fault::new(400, "ResourceNotFoundException", "The specified log group does not exist.")
}

fn no_stream() -> Fault {
    Fault::new(400, "ResourceNotFoundException", "The specified log stream does not exist.")
}

fn exists(what: &str) -> Fault {
    Fault::new(400, "ResourceAlreadyExistsException", format!("The specified {what} already exists"))
}

fn now(sandbox: &SharedSandbox) -> i64 {
    sandbox.clock.millis()
}

pub(super) fn create_group(sandbox: &SharedSandbox, input: &PutRequest) -> Result<Value, Fault> {
    let name = input.group()?;
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/#".contains(&byte);
    if !(1..=512).contains(&name.len()) || !name.bytes().all(valid) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"
        )));
    }
    let logs = &sandbox.state.logs;
    logs.with(|groups| {
        if groups.contains_key(name) {
            return Err(exists("log group"));
        }
        groups.insert(name.to_owned(), LogGroup::create(logs.dir(), name, now(sandbox))?);
        Ok(json!({}))
    })
}

pub(super) fn delete_group(sandbox: &SharedSandbox, input: &PutRequest) -> Result<Value, Fault> {
    let name = input.group()?;
    sandbox.state.logs.with(|groups| groups.remove(name).ok_or_else(no_group)?.remove().map_err(Fault::from))?;
    Ok(json!({}))
}

pub(super) fn create_stream(sandbox: &SharedSandbox, input: &PutRequest) -> Result<Value, Fault> {
    let (name, now) = (&input.log_stream_name, now(sandbox));
    if !(1..=512).contains(&name.len()) || name.contains([':', '*']) {
        return Err(invalid("logStreamName must have 1 to 512 characters, none of them : or *"));
    }
    let group = input.group()?;
    sandbox.state.logs.with(|groups| {
        let group = groups.get_mut(group).ok_or_else(no_group)?;
        if group.streams.contains_key(name) {
            return Err(exists("log stream"));
        }
        group.add_stream(name, now)?;
        Ok(json!({}))
    })
}

pub(super) fn delete_stream(sandbox: &SharedSandbox, input: &PutRequest) -> Result<Value, Fault> {
    let group = input.group()?;
    sandbox.state.logs.with(|groups| {
        let group = groups.get_mut(group).ok_or_else(no_group)?;
        group.streams.remove(&input.log_stream_name).ok_or_else(no_stream)?.remove()?;
        Ok(json!({}))
    })
}

pub(super) fn put_events(sandbox: &SharedSandbox, input: &PutRequest) -> Result<Value, Fault> {
    let (group, now) = (input.group()?, now(sandbox));
    if input.log_events.is_empty() || input.log_events.len() > EVENT_LIMIT {
        return Err(invalid(format!("logEvents must have 1 to {EVENT_LIMIT} members")));
    }
    if !input.log_events.is_sorted_by_key(|event| event.timestamp) {
        return Err(invalid("Log events in a single PutLogEvents request must be in chronological order."));
    }
    sandbox.state.logs.with(|groups| {
        let group = groups.get_mut(group).ok_or_else(no_group)?;
        let stream = group.streams.get_mut(&input.log_stream_name).ok_or_else(no_stream)?;
        stream.push(input.log_events.iter().map(|event| (event.timestamp, event.message.as_str())), now)?;
        // Kept for old clients; the service ignores it since 2023.
        Ok(json!({"nextSequenceToken": "0"}))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListRequest {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    #[serde(default)]
    log_group_name_prefix: String,
    log_group_name_pattern: Option<String>,
    #[serde(default)]
    log_stream_name_prefix: String,
    order_by: Option<String>,
    #[serde(default)]
    descending: bool,
    limit: Option<usize>,
    next_token: Option<String>,
}

impl ListRequest {
    /// One page of sorted values. The token is a position: lists are short and rarely change between two pages.
    pub(super) fn page(&self, member: &str, all: Vec<Value>) -> Result<Value, Fault> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=50).contains(&limit) {
            return Err(invalid("limit must be 1 to 50"));
        }
        let start = match &self.next_token {
            None => 0,
            Some(token) => token_number(token)?,
        };
        let end = usize::saturating_add(start, limit);
        let more = end < all.len();
        let mut answer = json!({});
        answer[member] = all.into_iter().skip(start).take(limit).collect();
        if more {
            answer["nextToken"] = token("", end).into();
        }
        Ok(answer)
    }
}

fn token(prefix: &str, number: impl std::fmt::Display) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(number.to_string()))
}

fn token_number<T: std::str::FromStr>(token: &str) -> Result<T, Fault> {
    URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| invalid("The specified nextToken is invalid."))
}

fn group_arn(sandbox: &SharedSandbox, name: &str) -> String {
    sandbox.info.arn("logs", &format!("log-group:{name}")).to_string()
}

pub(super) fn describe_groups(sandbox: &SharedSandbox, input: &ListRequest) -> Result<Value, Fault> {
    let found = sandbox.state.logs.with(|groups| {
        groups
            .iter()
            .filter(|(name, _)| name.starts_with(&input.log_group_name_prefix))
            .filter(|(name, _)| {
                let pattern = input.log_group_name_pattern.as_deref().unwrap_or_default().to_ascii_lowercase();
                name.to_ascii_lowercase().contains(&pattern)
            })
            .map(|(name, group)| {
                let arn = group_arn(sandbox, name);
                json!({
                    "logGroupName": name,
                    "creationTime": group.created,
                    "metricFilterCount": 0,
                    "arn": format!("{arn}:*"),
                    "logGroupArn": arn,
                    "storedBytes": group.streams.values().map(LogStream::bytes).sum::<u64>(),
                    "logGroupClass": "STANDARD",
                })
            })
            .collect()
    });
    input.page("logGroups", found)
}

pub(super) fn describe_streams(sandbox: &SharedSandbox, input: &ListRequest) -> Result<Value, Fault> {
    let group_name = group_of(input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    let by_time = match input.order_by.as_deref() {
        None | Some("LogStreamName") => false,
        Some("LastEventTime") if input.log_stream_name_prefix.is_empty() => true,
        Some("LastEventTime") => {
            return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
        }
        Some(other) => return Err(invalid(format!("orderBy cannot be {other}"))),
    };
    let found = sandbox.state.logs.with(|groups| {
        let group = groups.get(group_name).ok_or_else(no_group)?;
        let mut streams: Vec<(&String, &LogStream)> =
            group.streams.iter().filter(|(name, _)| name.starts_with(&input.log_stream_name_prefix)).collect();
        if by_time {
            streams.sort_by_key(|(_, stream)| stream.last_ingestion.unwrap_or(stream.created));
        }
        if input.descending {
            streams.reverse();
        }
        Ok::<_, Fault>(
            streams.into_iter().map(|(name, stream)| describe_stream(sandbox, group_name, name, stream)).collect(),
        )
    })?;
    input.page("logStreams", found)
}

fn describe_stream(sandbox: &SharedSandbox, group: &str, name: &str, stream: &LogStream) -> Value {
    let mut value = json!({
        "logStreamName": name,
        "creationTime": stream.created,
        "arn": format!("{}:log-stream:{name}", group_arn(sandbox, group)),
        "storedBytes": 0,
    });
    let mut events = stream.events();
    if let Some((_, first)) = events.next() {
        let last = events.next_back().map_or(first, |(_, last)| last);
        value["firstEventTimestamp"] = first.timestamp.into();
        value["lastEventTimestamp"] = last.timestamp.into();
        value["lastIngestionTime"] = last.ingestion.into();
    }
    value
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetRequest {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    #[serde(default)]
    log_stream_name: String,
    log_stream_names: Option<Vec<String>>,
    #[serde(default)]
    log_stream_name_prefix: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    #[serde(default)]
    filter_pattern: String,
    limit: Option<usize>,
    next_token: Option<String>,
    #[serde(default)]
    start_from_head: bool,
}

impl GetRequest {
    fn group(&self) -> Result<&str, Fault> {
        group_of(self.log_group_name.as_deref(), self.log_group_identifier.as_deref())
    }

    fn limit(&self) -> Result<usize, Fault> {
        let limit = self.limit.unwrap_or(EVENT_LIMIT);
        if (1..=EVENT_LIMIT).contains(&limit) { Ok(limit) } else { Err(invalid("limit must be 1 to 10000")) }
    }

    /// `endTime` is exclusive.
    fn covers(&self, event: &LogEvent) -> bool {
        self.start_time.is_none_or(|start| event.timestamp >= start)
            && self.end_time.is_none_or(|end| event.timestamp < end)
    }
}

/// A page of one stream. Tokens point between events: `f/N` reads on from number N, `b/N` reads back to before it. At
/// either end the same token comes back, which is how clients know that they are there.
pub(super) fn get_events(sandbox: &SharedSandbox, input: &GetRequest) -> Result<Value, Fault> {
    let (group, limit) = (input.group()?, input.limit()?);
    let (forward, at) = match input.next_token.as_deref() {
        None => (input.start_from_head, None),
        Some(token) => match token.split_once('/') {
            Some(("f", number)) => (true, Some(token_number::<u64>(number)?)),
            Some(("b", number)) => (false, Some(token_number::<u64>(number)?)),
            _ => return Err(invalid("The specified nextToken is invalid.")),
        },
    };
    let (page, end) = sandbox.state.logs.with(|groups| {
        let stream = groups.get(group).ok_or_else(no_group)?.streams.get(&input.log_stream_name);
        let stream = stream.ok_or_else(no_stream)?;
        let events = stream.events().filter(|(_, event)| input.covers(event));
        let end = stream.events().next_back().map_or(0, |(number, _)| number + 1);
        let mut page: Vec<(u64, Arc<LogEvent>)> = if forward {
            bounded(events.filter(|(number, _)| at.is_none_or(|at| *number >= at)), limit)
        } else {
            bounded(events.rev().filter(|(number, _)| at.is_none_or(|at| *number < at)), limit)
        };
        if !forward {
            page.reverse();
        }
        Ok::<_, Fault>((page, end))
    })?;
    let empty = at.unwrap_or(if forward { 0 } else { end });
    let first = page.first().map_or(empty, |(number, _)| *number);
    let next = page.last().map_or(empty, |(number, _)| number + 1);
    Ok(json!({
        "events": page.iter().map(|(_, event)| json!({
            "timestamp": event.timestamp, "message": event.message, "ingestionTime": event.ingestion,
        })).collect::<Vec<_>>(),
        "nextForwardToken": token("f/", next),
        "nextBackwardToken": token("b/", first),
    }))
}

/// Up to `limit` events and about a megabyte, but at least one.
fn bounded<'a>(events: impl Iterator<Item = (u64, &'a Arc<LogEvent>)>, limit: usize) -> Vec<(u64, Arc<LogEvent>)> {
    let mut bytes = 0;
    events
        .take(limit)
        .take_while(|(_, event)| {
            let fits = bytes == 0 || bytes + event.message.len() <= ANSWER_BYTES;
            bytes += event.message.len().max(1);
            fits
        })
        .map(|(number, event)| (number, Arc::clone(event)))
        .collect()
}

/// Events of several streams in the order of their time.
pub(super) fn filter_events(sandbox: &SharedSandbox, input: &GetRequest) -> Result<Value, Fault> {
    let (group, limit) = (input.group()?, input.limit()?);
    let filter = FilterPattern::parse(&input.filter_pattern).map_err(invalid)?;
    if input.log_stream_names.is_some() && !input.log_stream_name_prefix.is_empty() {
        return Err(invalid("logStreamNames and logStreamNamePrefix cannot be combined"));
    }
    let mut found: Vec<(i64, String, u64, Arc<LogEvent>)> = sandbox.state.logs.with(|groups| {
        let streams = &groups.get(group).ok_or_else(no_group)?.streams;
        let wanted = |name: &String| match &input.log_stream_names {
            Some(names) => names.contains(name),
            None => name.starts_with(&input.log_stream_name_prefix),
        };
        if let Some(names) = &input.log_stream_names
            && names.iter().any(|name| !streams.contains_key(name))
        {
            return Err(no_stream());
        }
        Ok(streams
            .iter()
            .filter(|(name, _)| wanted(name))
            .flat_map(|(name, stream)| stream.events().map(move |(number, event)| (name, number, event)))
            .filter(|(_, _, event)| input.covers(event) && filter.matches(&event.message))
            .map(|(name, number, event)| (event.timestamp, name.clone(), number, Arc::clone(event)))
            .collect())
    })?;
    found.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
    // The token is the last event of the page before: events that come in meanwhile do not shift the next page.
    if let Some(text) = &input.next_token {
        let after: String = token_number(text)?;
        let position = |(time, name, number, _): &(i64, String, u64, Arc<LogEvent>)| format!("{time} {number} {name}");
        let last = found.iter().position(|event| position(event) == after);
        found.drain(..last.map_or(0, |last| last + 1));
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let mut answer = json!({
        "events": found.iter().map(|(_, stream, number, event)| json!({
            "logStreamName": stream,
            "timestamp": event.timestamp,
            "message": event.message,
            "ingestionTime": event.ingestion,
            "eventId": format!("{:020}{number:036}", event.timestamp),
        })).collect::<Vec<_>>(),
        "searchedLogStreams": [],
    });
    if more && let Some((time, name, number, _)) = found.last() {
        answer["nextToken"] = token("", format!("{time} {number} {name}")).into();
    }
    Ok(answer)
}
