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
                let mut group_data = json!({
                    "logGroupName": name,
                    "creationTime": group.created,
                    "metricFilterCount": 0,
                    "arn": format!("{arn}:*"),
                    "logGroupArn": arn,
                    "storedBytes": group.streams.values().map(LogStream::bytes).sum::<u64>(),
                    "logGroupClass": "STANDARD",
                });
                if let Some(days) = group.retention {
                    group_data["retentionInDays"] = days.into();
                }
                group_data
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

/// A place among the events of a group, in the order of their times.
type EventPlace<'a> = (i64, &'a str, u64);

/// The token of a page names its last event: events that come in meanwhile do not shift the next page.
fn place_of(token: &str) -> Option<EventPlace<'_>> {
    let (time, rest) = token.split_once(' ')?;
    let (number, stream) = rest.split_once(' ')?;
    Some((time.parse().ok()?, stream, number.parse().ok()?))
}

/// Events of several streams in the order of their time.
pub(super) fn filter_events(sandbox: &SharedSandbox, input: &GetRequest) -> Result<Value, Fault> {
    let (group, limit) = (input.group()?, input.limit()?);
    let filter = FilterPattern::parse(&input.filter_pattern).map_err(invalid)?;
    if input.log_stream_names.is_some() && !input.log_stream_name_prefix.is_empty() {
        return Err(invalid("logStreamNames and logStreamNamePrefix cannot be combined"));
    }
    let token: Option<String> = input.next_token.as_deref().map(token_number).transpose()?;
    let after = match &token {
        Some(text) => Some(place_of(text).ok_or_else(|| invalid("The specified nextToken is invalid."))?),
        None => None,
    };
    let (page, more) = sandbox.state.logs.with(|groups| {
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
        let mut found: Vec<(EventPlace<'_>, &Arc<LogEvent>)> = streams
            .iter()
            .filter(|(name, _)| wanted(name))
            .flat_map(|(name, stream)| stream.events().map(move |(number, event)| (name, number, event)))
            .map(|(name, number, event)| ((event.timestamp, name.as_str(), number), event))
            .filter(|(place, event)| input.covers(event) && after.is_none_or(|after| *place > after))
            .filter(|(_, event)| filter.matches(&event.message))
            .collect();
        found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut bytes = 0;
        let fitting = found.iter().take(limit).take_while(|(_, event)| {
            let is_first = bytes == 0;
            bytes += event.message.len().max(1);
            is_first || bytes <= ANSWER_BYTES
        });
        let fitting = fitting.count();
        let more = found.len() > fitting;
        found.truncate(fitting);
        let page = found.into_iter().map(|((_, name, number), event)| (name.to_owned(), number, Arc::clone(event)));
        Ok::<_, Fault>((page.collect::<Vec<_>>(), more))
    })?;
    let mut answer = json!({
        "events": page.iter().map(|(stream, number, event)| json!({
            "logStreamName": stream,
            "timestamp": event.timestamp,
            "message": event.message,
            "ingestionTime": event.ingestion,
            "eventId": event_id(stream, *number, event),
        })).collect::<Vec<_>>(),
        "searchedLogStreams": [],
    });
    if more && let Some((name, number, event)) = page.last() {
        answer["nextToken"] = token_of_place(event.timestamp, *number, name).into();
    }
    Ok(answer)
}

fn token_of_place(time: i64, number: u64, stream: &str) -> String {
    token("", format!("{time} {number} {stream}"))
}

/// 56 digits, as in the service; of another stream they are others.
fn event_id(stream: &str, number: u64, event: &LogEvent) -> String {
    // FNV-1a: stable over restarts, which the standard library's hash is not promised to be.
    let hash = stream
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:020}{:018}{number:018}", event.timestamp, hash % 1_000_000_000_000_000_000)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RetentionRequest {
    log_group_name: Option<String>,
    #[serde(default)]
    retention_in_days: i64,
}

/// Days that the service takes; what is older is not deleted here.
const RETENTION_DAYS: &[i64] =
    &[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

pub(super) fn put_retention(sandbox: &SharedSandbox, input: &RetentionRequest) -> Result<Value, Fault> {
    let days = input.retention_in_days;
    if !RETENTION_DAYS.contains(&days) {
        return Err(invalid(format!("retentionInDays cannot be {days}")));
    }
    set_retention(sandbox, input, Some(days))
}

pub(super) fn delete_retention(sandbox: &SharedSandbox, input: &RetentionRequest) -> Result<Value, Fault> {
    set_retention(sandbox, input, None)
}

fn set_retention(sandbox: &SharedSandbox, input: &RetentionRequest, days: Option<i64>) -> Result<Value, Fault> {
    let name = group_of(input.log_group_name.as_deref(), None)?;
    sandbox.state.logs.with(|groups| {
        groups.get_mut(name).ok_or_else(no_group)?.keep_for(name, days)?;
        Ok(json!({}))
    })
}
