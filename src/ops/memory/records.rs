//! Records of a memory: what its strategies made of the events.
//!
//! The service lists records by namespace only. A strategy's namespace is a template; the part before its first variable that
//! is not the strategy's own id leads to all records of the strategy.

use std::collections::BTreeSet;

use serde_json::Value;

use super::contents_report::RecordsReport;
use super::{MemoryContents, namespaces_of, text};
use crate::cloud::{MemoryList, Namespace};
use crate::error::{Code, Error, Result};

/// Where the records of a strategy are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum RecordScope {
    Exact(String),
    Below(String),
}

impl RecordScope {
    fn namespace(&self) -> Namespace<'_> {
        match self {
            Self::Exact(namespace) => Namespace::Exact(namespace),
            Self::Below(path) => Namespace::Below(path),
        }
    }

    /// `None` for a template that begins with a variable: there is nothing to look below.
    fn of_template(template: &str, strategy_id: &str) -> Option<Self> {
        let template = template.replace("{memoryStrategyId}", strategy_id);
        match template.split_once('{') {
            None => Some(Self::Exact(template)),
            Some(("", _)) => None,
            Some((start, _)) => Some(Self::Below(start.to_owned())),
        }
    }
}

/// Of all strategies, each place once.
fn scopes(strategies: &[Value]) -> Result<Vec<RecordScope>> {
    let mut scopes: Vec<RecordScope> = Vec::new();
    for strategy in strategies {
        let id = text(strategy, "strategyId");
        for template in namespaces_of(strategy) {
            let scope = RecordScope::of_template(template, id).ok_or_else(|| {
                Error::usage(format!("the namespace `{template}` of a strategy begins with a variable"))
                    .code(Code::InputMissing)
                    .hint("say which namespace is meant: `agentcore memory show records --namespace NAMESPACE`")
            })?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
    }
    Ok(scopes)
}

fn report(contents: MemoryContents<'_>, records: Vec<Value>) -> RecordsReport {
    RecordsReport {
        id: contents.id.to_owned(),
        region: contents.region(),
        records,
        position: None,
        more: false,
        has_strategies: true,
        in_full: false,
    }
}

/// The records of one namespace, at most `limit`.
pub(crate) async fn records_of(contents: MemoryContents<'_>, namespace: &str, limit: u32) -> Result<RecordsReport> {
    let list = MemoryList::Records { namespace: Namespace::Exact(namespace) };
    let mut report = report(contents, contents.list(list, limit as usize + 1).await?);
    report.cut(limit as usize);
    Ok(report)
}

/// Those of a namespace that fit the text, the best first; the service looks for at most 100.
pub(crate) async fn found_records(
    contents: MemoryContents<'_>,
    (namespace, query): (&str, &str),
    limit: u32,
) -> Result<RecordsReport> {
    let list = MemoryList::Retrieved { namespace: Namespace::Exact(namespace), query, top: limit };
    Ok(report(contents, contents.list(list, limit as usize).await?))
}

/// Of all strategies, each record once.
async fn of_strategies(contents: MemoryContents<'_>, limit: usize) -> Result<RecordsReport> {
    let memory = super::get(contents.cloud, contents.id).await?;
    let mut records = Vec::new();
    let mut known = BTreeSet::new();
    for scope in scopes(memory.strategies())? {
        let found = contents.list(MemoryList::Records { namespace: scope.namespace() }, limit).await?;
        let id = |record: &Value| record.get("memoryRecordId").and_then(Value::as_str).map(str::to_owned);
        records.extend(found.into_iter().filter(|record| known.insert(id(record))));
    }
    let mut report = report(contents, records);
    report.has_strategies = !memory.strategies().is_empty();
    Ok(report)
}

/// The records of all namespaces, at most `limit`.
pub(crate) async fn all_records(contents: MemoryContents<'_>, limit: u32) -> Result<RecordsReport> {
    let mut report = of_strategies(contents, limit as usize + 1).await?;
    report.cut(limit as usize);
    Ok(report)
}

/// The `nth` newest record of all namespaces, or the oldest when there are fewer. The service promises no order, so that all
/// are read.
pub(crate) async fn one_record(contents: MemoryContents<'_>, nth: u32) -> Result<RecordsReport> {
    let mut report = of_strategies(contents, usize::MAX).await?;
    let time = |record: &Value| record.get("createdAt").and_then(Value::as_f64).unwrap_or_default();
    report.records.sort_by(|one, other| time(other).total_cmp(&time(one)));
    let count = report.records.len().min(nth as usize);
    if count > 0 {
        report.position = Some((count, nth as usize));
        report.records = vec![report.records.swap_remove(count - 1)];
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn templates_lead_to_where_records_are() {
        for (template, scope) in [
            ("/users/{actorId}/facts/", Some(RecordScope::Below("/users/".to_owned()))),
            ("/strategies/{memoryStrategyId}/all/", Some(RecordScope::Exact("/strategies/S-1/all/".to_owned()))),
            ("/s/{memoryStrategyId}/a/{actorId}/", Some(RecordScope::Below("/s/S-1/a/".to_owned()))),
            ("{actorId}/facts", None),
        ] {
            assert_eq!(RecordScope::of_template(template, "S-1"), scope, "{template}");
        }
    }

    #[test]
    fn each_place_is_asked_once() {
        let strategy = |id: &str, members: Value| {
            let mut strategy = json!({ "strategyId": id });
            strategy.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            strategy
        };
        let found = scopes(&[
            strategy(
                "a",
                json!({ "namespaces": ["/users/{actorId}/x/"], "namespaceTemplates": ["/users/{actorId}/x/"] }),
            ),
            strategy("b", json!({ "namespaces": ["/users/{actorId}/y/"], "namespaceTemplates": [] })),
            strategy("c", json!({})),
        ])
        .unwrap();
        assert_eq!(found, [RecordScope::Below("/users/".to_owned())]);
        let error = scopes(&[strategy("d", json!({ "namespaces": ["{actorId}"] }))]).unwrap_err();
        assert_eq!(error.kind().exit_code(), 2);
    }
}
