//! Long-term records: search, listing, single records and batches.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::extraction::{expiry, new_id};
use super::model::epoch;
use super::namespace::Place;
use super::store::{Change, Journal, StoredRecord};
use super::{MemoryContext, data_rules as rules, events, filter, page, text, words};
use crate::sandbox::control::check::{Violations, invalid};
use crate::sandbox::control::constraints::compare;
use crate::sandbox::reply::Fault;

/// Records of a search that does not say how many. Source: the API reference.
const TOP: usize = 10;
/// The strategy of a record that was written without one: answers must have some, and the service's is not known.
const NO_STRATEGY: &str = "none";

/// The condition keys of a namespace and a strategy, with their values.
fn conditions<'v>(namespace: Option<&'v str>, strategy: Option<&'v str>) -> Vec<(&'static str, &'v str)> {
    let namespace = namespace.map(|namespace| ("bedrock-agentcore:namespace", namespace));
    let strategy = strategy.map(|strategy| ("bedrock-agentcore:strategyId", strategy));
    namespace.into_iter().chain(strategy).collect()
}

/// `namespace` or `namespacePath`, of which one is required.
fn place(input: &Value) -> Result<Place<'_>, Fault> {
    match (text(input, "namespace"), text(input, "namespacePath")) {
        (Some(exact), None) => Ok(Place::Exact(exact)),
        (None, Some(path)) => Ok(Place::Below(path)),
        (None, None) => Err(invalid("Either namespace or namespacePath is required")),
        (Some(_), Some(_)) => Err(invalid("Only one of namespace and namespacePath can be given")),
    }
}

fn describe(record: &StoredRecord) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("memoryRecordId".to_owned(), json!(record.id));
    out.insert("content".to_owned(), json!({ "text": record.text }));
    out.insert("memoryStrategyId".to_owned(), json!(record.strategy));
    out.insert("namespaces".to_owned(), json!(record.namespace.iter().collect::<Vec<_>>()));
    out.insert("createdAt".to_owned(), epoch(record.created));
    out.insert("timestamp".to_owned(), record.timestamp.clone());
    if let Some(metadata) = &record.metadata {
        out.insert("metadata".to_owned(), metadata.clone());
    }
    out
}

/// Whether a record is one of those that a listing or a search is about.
fn is_meant(record: &StoredRecord, place: Place<'_>, strategy: Option<&str>, filters: Option<&Value>) -> bool {
    place.has(record.namespace.as_deref())
        && strategy.is_none_or(|strategy| record.strategy == strategy)
        && filter::fits(filters, record.metadata.as_ref())
}

/// The records that share words with the query, best first; of equal ones the newest. The service compares meanings.
pub(super) fn retrieve(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    let criteria = &input["searchCriteria"];
    let asked = text(input, "namespace").or_else(|| text(input, "namespacePath"));
    let strategy = text(criteria, "memoryStrategyId");
    context.require_with("RetrieveMemoryRecords", id, &conditions(asked, strategy))?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::RECORDS);
    compare(&mut check, "", input, rules::SEARCH);
    let filters = criteria.get("metadataFilters").filter(|list| !list.is_null());
    filter::check(&mut check, "searchCriteria.metadataFilters", filters, false);
    check.finish()?;
    let place = place(input)?;
    context.usable(id)?;
    let after = page::token(input, "RetrieveMemoryRecords")?;
    let top = criteria.get("topK").and_then(Value::as_u64).and_then(|top| usize::try_from(top).ok()).unwrap_or(TOP);
    let query = words::words(text(criteria, "searchQuery").unwrap_or_default());
    context.data(id, |journal| {
        let meant = journal.visible(context.now).filter(|record| is_meant(record, place, strategy, filters));
        let scored = meant.map(|record| (words::score(&query, &record.text), record)).filter(|(score, _)| *score > 0.0);
        let row = |(score, record): (f64, &StoredRecord)| {
            let mut row = describe(record);
            row.insert("score".to_owned(), json!(score));
            // Sorts by falling score, then by falling age.
            let key = format!("{:.9}{:019}{}", 1.0 - score, i64::MAX - record.created, record.id);
            (key, Value::Object(row))
        };
        let mut rows: Vec<(String, Value)> = scored.map(row).collect();
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        rows.truncate(top);
        let names = ("memoryRecordSummaries", "RetrieveMemoryRecords");
        Ok(page::cut(rows, after.as_deref(), page::limit(input, rules::PAGE), names))
    })
}

/// The newest first; in which order the service lists them is not known.
pub(super) fn list(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    let asked = text(input, "namespace").or_else(|| text(input, "namespacePath"));
    let strategy = text(input, "memoryStrategyId");
    context.require_with("ListMemoryRecords", id, &conditions(asked, strategy))?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::RECORDS);
    let filters = input.get("metadataFilters").filter(|list| !list.is_null());
    filter::check(&mut check, "metadataFilters", filters, false);
    check.finish()?;
    let place = place(input)?;
    context.usable(id)?;
    let after = page::token(input, "ListMemoryRecords")?;
    context.data(id, |journal| {
        let meant = journal.visible(context.now).filter(|record| is_meant(record, place, strategy, filters));
        let row = |record: &StoredRecord| {
            (format!("{:019}{}", i64::MAX - record.created, record.id), Value::Object(describe(record)))
        };
        let mut rows: Vec<(String, Value)> = meant.map(row).collect();
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        let names = ("memoryRecordSummaries", "ListMemoryRecords");
        Ok(page::cut(rows, after.as_deref(), page::limit(input, rules::PAGE), names))
    })
}

fn find<'j>(journal: &'j Journal, id: &str, now: i64) -> Option<&'j StoredRecord> {
    journal.visible(now).find(|record| record.id == id)
}

/// A record that is in the namespace, where the request has one.
fn find_in<'j>(journal: &'j Journal, id: &str, namespace: Option<&str>, now: i64) -> Option<&'j StoredRecord> {
    let is_there = |record: &&StoredRecord| {
        namespace.is_none_or(|namespace| Place::Exact(namespace).has(record.namespace.as_deref()))
    };
    find(journal, id, now).filter(is_there)
}

fn no_record(id: &str) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("Memory record not found: {id}"))
}

/// The caller's policies are not asked about the namespace: AWS has no condition key for it here.
pub(super) fn get(
    context: &MemoryContext<'_>,
    id: &str,
    record: &str,
    namespace: Option<&str>,
) -> Result<Value, Fault> {
    context.require_with("GetMemoryRecord", id, &[])?;
    context.usable(id)?;
    context.data(id, |journal| {
        let found = find_in(journal, record, namespace, context.now).ok_or_else(|| no_record(record))?;
        let mut out = describe(found);
        if let Some(end) = found.expires {
            out.insert("expiresAt".to_owned(), epoch(end));
        }
        Ok(json!({ "memoryRecord": out }))
    })
}

/// As [`get`].
pub(super) fn delete(
    context: &MemoryContext<'_>,
    id: &str,
    record: &str,
    namespace: Option<&str>,
) -> Result<Value, Fault> {
    context.require_with("DeleteMemoryRecord", id, &[])?;
    context.usable(id)?;
    context.data(id, |journal| {
        find_in(journal, record, namespace, context.now).ok_or_else(|| no_record(record))?;
        journal.change(vec![Change::RecordGone(record.to_owned())])?;
        Ok(json!({ "memoryRecordId": record }))
    })
}

/// The records of a batch with the names of their paths.
fn batch(check: &mut Violations, input: &Value) -> Vec<(String, Value)> {
    compare(check, "", input, rules::BATCH);
    let records = input.get("records").and_then(Value::as_array).into_iter().flatten().enumerate();
    records.map(|(index, record)| (format!("records.{}.member.", index + 1), record.clone())).collect()
}

fn check_metadata(check: &mut Violations, prefix: &str, value: Option<&Value>) {
    let Some(value) = value.filter(|value| !value.is_null()) else { return };
    let path = format!("{prefix}metadata");
    let Some(entries) = value.as_object() else { return check.require(&path, "a map", false) };
    check.require(&path, "a map with 1 to 20 entries", (1..=20).contains(&entries.len()));
    for (key, item) in entries {
        check.text(&format!("{path}.key"), Some(&json!(key)), rules::METADATA_KEY);
        let set = item.as_object().map(|object| object.values().filter(|value| !value.is_null()).count());
        check.require(&format!("{path}.{key}"), "a structure with exactly one member set", set == Some(1));
        compare(check, &format!("{path}.{key}."), item, rules::RECORD_VALUE);
        for number in ["numberValue", "dateTimeValue"].iter().filter_map(|member| item.get(member)) {
            check.require(&format!("{path}.{key}"), "a number", number.is_number());
        }
    }
}

/// A role needs leave for each record of a batch: for all namespaces that it names, or for none where it names none.
fn require_each(
    context: &MemoryContext<'_>,
    id: &str,
    operation: &str,
    (records, members): (&[(String, Value)], &[&str]),
) -> Result<(), Fault> {
    if records.is_empty() {
        return context.require_with(operation, id, &[]);
    }
    for (_, record) in records {
        let named: Vec<&str> = members.iter().filter_map(|member| namespace(record, member)).collect();
        if named.is_empty() {
            context.require_with(operation, id, &[])?;
        }
        for place in named {
            context.require_with(operation, id, &conditions(Some(place), None))?;
        }
    }
    Ok(())
}

fn namespace<'v>(record: &'v Value, member: &str) -> Option<&'v str> {
    record.get(member)?.as_array()?.first()?.as_str()
}

fn succeeded(id: &str) -> Value {
    json!({ "memoryRecordId": id, "status": "SUCCEEDED" })
}

fn missing(id: &str) -> Value {
    json!({ "memoryRecordId": id, "status": "FAILED", "errorCode": 404, "errorMessage": format!("Memory record not found: {id}") })
}

pub(super) fn create_batch(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let records = batch(&mut check, input);
    require_each(context, id, "BatchCreateMemoryRecords", (&records, &["namespaces"]))?;
    for (prefix, record) in &records {
        compare(&mut check, prefix, record, rules::NEW_RECORD);
        events::check_time(&mut check, &format!("{prefix}timestamp"), record.get("timestamp"));
        check_metadata(&mut check, prefix, record.get("metadata"));
    }
    let wanted = input.get("recordExpirySpecification").filter(|wanted| !wanted.is_null());
    check.require(
        "recordExpirySpecification",
        "without the action",
        wanted.is_none_or(|it| it.get("action").is_none()),
    );
    check.finish()?;
    context.usable(id)?;
    let days = wanted.and_then(|wanted| wanted.get("recordExpiryDurationDays")).and_then(Value::as_i64);
    context.once(id, ("BatchCreateMemoryRecords", input), |_| {
        let (mut done, mut changes) = (Vec::new(), Vec::new());
        for (_, record) in &records {
            let made = StoredRecord {
                id: new_id(),
                text: record.pointer("/content/text").and_then(Value::as_str).unwrap_or_default().to_owned(),
                strategy: text(record, "memoryStrategyId").unwrap_or(NO_STRATEGY).to_owned(),
                namespace: namespace(record, "namespaces").map(str::to_owned),
                metadata: record.get("metadata").filter(|value| !value.is_null()).cloned(),
                created: context.now,
                visible: context.now,
                timestamp: record["timestamp"].clone(),
                expires: days.map(|days| expiry(context.now, days)),
                session: None,
            };
            let mut row = succeeded(&made.id);
            row["requestIdentifier"] = record["requestIdentifier"].clone();
            done.push(row);
            changes.push(Change::Record(made));
        }
        (json!({ "successfulRecords": done, "failedRecords": [] }), changes)
    })
}

pub(super) fn update_batch(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let records = batch(&mut check, input);
    let operation = "BatchUpdateMemoryRecords";
    require_each(context, id, operation, (&records, &["sourceNamespaces", "namespaces"]))?;
    for (prefix, record) in &records {
        compare(&mut check, prefix, record, rules::CHANGED_RECORD);
        events::check_time(&mut check, &format!("{prefix}timestamp"), record.get("timestamp"));
        check_metadata(&mut check, prefix, record.get("metadata"));
    }
    check.finish()?;
    context.usable(id)?;
    let days = input.pointer("/recordExpirySpecification/recordExpiryDurationDays").and_then(Value::as_i64);
    let stays = input.pointer("/recordExpirySpecification/action").is_some_and(|action| !action.is_null());
    context.data(id, |journal| {
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        // By id: a record can be in a batch more than once.
        let mut changed: BTreeMap<&str, StoredRecord> = BTreeMap::new();
        for (_, change) in &records {
            let record = text(change, "memoryRecordId").unwrap_or_default();
            let Some(old) = changed.get(record).or_else(|| find(journal, record, context.now)) else {
                failed.push(missing(record));
                continue;
            };
            // A role that may write to one namespace must not take records out of another.
            if let Some(own) = &old.namespace {
                context.require_with(operation, id, &conditions(Some(own), None))?;
            }
            let mut new = with_change(old, change);
            if stays {
                new.expires = None;
            } else if let Some(days) = days {
                new.expires = Some(expiry(context.now, days));
            }
            done.push(succeeded(record));
            changed.insert(record, new);
        }
        journal.change(changed.into_values().map(Change::Record).collect())?;
        Ok(json!({ "successfulRecords": done, "failedRecords": failed }))
    })
}

/// A record with the members of a change that are there.
fn with_change(old: &StoredRecord, change: &Value) -> StoredRecord {
    let mut new = old.clone();
    new.timestamp = change["timestamp"].clone();
    if let Some(text) = change.pointer("/content/text").and_then(Value::as_str) {
        text.clone_into(&mut new.text);
    }
    if let Some(list) = change.get("namespaces").and_then(Value::as_array) {
        new.namespace = list.first().and_then(Value::as_str).map(str::to_owned);
    }
    if let Some(strategy) = text(change, "memoryStrategyId") {
        strategy.clone_into(&mut new.strategy);
    }
    if let Some(metadata) = change.get("metadata").filter(|value| !value.is_null()) {
        new.metadata = Some(metadata.clone());
    }
    new
}

pub(super) fn delete_batch(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let records = batch(&mut check, input);
    context.require_with("BatchDeleteMemoryRecords", id, &[])?;
    for (prefix, record) in &records {
        compare(&mut check, prefix, record, rules::GONE_RECORD);
    }
    check.finish()?;
    context.usable(id)?;
    context.data(id, |journal| {
        let (mut done, mut failed, mut changes) = (Vec::new(), Vec::new(), Vec::new());
        for (_, gone) in &records {
            let record = text(gone, "memoryRecordId").unwrap_or_default();
            if find_in(journal, record, text(gone, "namespace"), context.now).is_some() {
                changes.push(Change::RecordGone(record.to_owned()));
                done.push(succeeded(record));
            } else {
                failed.push(missing(record));
            }
        }
        journal.change(changes)?;
        Ok(json!({ "successfulRecords": done, "failedRecords": failed }))
    })
}

/// Extraction never fails here, so there are no jobs.
pub(super) fn jobs(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    context.require_with("ListMemoryExtractionJobs", id, &[])?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::JOBS);
    check.finish()?;
    context.usable(id)?;
    page::token(input, "ListMemoryExtractionJobs")?;
    Ok(json!({ "jobs": [] }))
}

/// As [`jobs`]: none can be started again.
pub(super) fn start_job(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    context.require_with("StartMemoryExtractionJob", id, &[])?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::JOB);
    check.finish()?;
    context.usable(id)?;
    let job = input.pointer("/extractionJob/jobId").and_then(Value::as_str).unwrap_or_default();
    Err(Fault::new(404, "ResourceNotFoundException", format!("Extraction job not found: {job}")))
}
