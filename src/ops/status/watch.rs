//! Follows a deployed agent until it is READY, and shows meanwhile what there is and what changed last.
//!
//! Owns: what is shown, and the look at the endpoints beside DEFAULT. Does not own: the wait (`resources::runtime`), drawing.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::{artifact, check_whose, runtime_id, version_text};
use crate::clock;
use crate::cloud::{AgentRuntime, Cloud, Endpoint};
use crate::config::Agent;
use crate::error::Result;
use crate::events::Events;
use crate::facts::DEFAULT_ENDPOINT;
use crate::partition::Arn;
use crate::report::{Document, Role};
use crate::resources::runtime::{follow, wait_ready};

/// How often the endpoints beside DEFAULT are listed. They change only by hand while a runtime is on its way to READY.
const OTHERS: Duration = Duration::from_secs(10);

/// Shows the state in place of the one before.
pub(crate) type ShowState<'a> = &'a (dyn Fn(Document) + Sync);

/// Follows a deployed agent until it is READY. Without `show` each change is an event alone.
///
/// # Errors
/// As [`wait_ready`]; a refusal when the runtime is another account's.
pub(crate) async fn watch(
    (agent, arn): (&Agent, &Arn),
    cloud: &Cloud,
    limit: Duration,
    events: &Events,
    show: Option<ShowState<'_>>,
) -> Result<()> {
    let id = runtime_id(agent, arn);
    check_whose(agent, arn, cloud.runtime(id).await?.as_ref(), cloud).await?;
    let Some(show) = show else { return wait_ready(cloud, id, limit, events).await.map(drop) };
    let state = Mutex::new(WatchedState::default());
    let change = |change: &dyn Fn(&mut WatchedState)| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        if let Some(document) = state.document(clock::unix_millis()) {
            show(document);
        }
    };
    let on_look = |runtime: &AgentRuntime, endpoint: Option<&Endpoint>| {
        change(&|state| {
            state.runtime = Some(runtime.clone());
            state.default_endpoint = endpoint.cloned();
        });
    };
    let listing = async {
        loop {
            // Whoever may not list them sees DEFAULT alone.
            let others = cloud.endpoints(id).await.unwrap_or_default();
            change(&|state| {
                let others = others.iter().filter(|endpoint| endpoint.name != DEFAULT_ENDPOINT);
                state.others = others.cloned().collect();
            });
            tokio::time::sleep(OTHERS).await;
        }
    };
    tokio::select! {
        ready = follow(cloud, id, limit, events, &on_look) => ready.map(drop),
        never = listing => never,
    }
}

/// What is known of the runtime, and what it was at the last look.
#[derive(Default)]
struct WatchedState {
    runtime: Option<AgentRuntime>,
    default_endpoint: Option<Endpoint>,
    others: Vec<Endpoint>,
    before: Vec<StateRow>,
    /// What changed last, and when: milliseconds since 1970.
    last: Option<(String, i64)>,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StateRow {
    /// `runtime`, `endpoint DEFAULT`.
    name: String,
    status: String,
    version: String,
}

impl StateRow {
    fn text(&self) -> String {
        let version = if self.version.is_empty() { String::new() } else { format!(", version {}", self.version) };
        format!("{} {}{version}", self.name, self.status)
    }
}

impl WatchedState {
    /// `None` before the first look at the runtime. `now` is in milliseconds since 1970.
    fn document(&mut self, now: i64) -> Option<Document> {
        let rows = self.rows()?;
        if let Some(change) = changed(&self.before, &rows) {
            // The first look finds a change that is older than the command.
            let since = if self.before.is_empty() { self.last_updated().unwrap_or(now) } else { now };
            self.last = Some((change, since));
        }
        let table = rows.iter().map(|row| {
            vec![
                (Role::Plain, row.name.clone()),
                (status_role(&row.status), row.status.clone()),
                (Role::Plain, row.version.clone()),
            ]
        });
        let document = Document::new().table(vec!["", "STATUS", "VERSION"], table.collect());
        self.before = rows;
        let runs = self.runtime.as_ref().and_then(artifact).map(|artifact| artifact.to_string());
        let last = self.last.as_ref().map(|(change, at)| format!("{change} ({})", clock::local_second(*at)));
        let facts = [("runs:        ", runs), ("last change: ", last)];
        let facts = facts.into_iter().filter_map(|(lead, text)| Some((lead, text?)));
        // Items, so that a long change is folded rather than cut off.
        Some(facts.fold(document, |document, (lead, text)| {
            document.item(vec![(Role::Key, lead.to_owned())], Role::Plain, text)
        }))
    }

    /// The runtime, DEFAULT, and the other endpoints.
    fn rows(&self) -> Option<Vec<StateRow>> {
        let runtime = self.runtime.as_ref()?;
        let default = self.default_endpoint.as_ref().map_or_else(
            || StateRow {
                name: format!("endpoint {DEFAULT_ENDPOINT}"),
                status: "not there yet".into(),
                version: String::new(),
            },
            endpoint_row,
        );
        let runtime = StateRow {
            name: "runtime".into(),
            status: runtime.status().to_owned(),
            version: runtime.version().to_owned(),
        };
        Some([runtime, default].into_iter().chain(self.others.iter().map(endpoint_row)).collect())
    }

    fn last_updated(&self) -> Option<i64> {
        let at = self.runtime.as_ref()?.raw.get("lastUpdatedAt").and_then(Value::as_str)?;
        clock::of_iso(at).map(|seconds| seconds * 1000)
    }
}

fn endpoint_row(endpoint: &Endpoint) -> StateRow {
    StateRow {
        name: format!("endpoint {}", endpoint.name),
        status: endpoint.status.clone(),
        version: version_text(endpoint),
    }
}

fn status_role(status: &str) -> Role {
    match status {
        "READY" => Role::Good,
        status if status.ends_with("_FAILED") => Role::Bad,
        _ => Role::Attention,
    }
}

/// `endpoint DEFAULT UPDATING, version 2 -> 3`: the rows that are other ones than before. Of an endpoint that was not listed yet
/// nothing was known.
fn changed(before: &[StateRow], rows: &[StateRow]) -> Option<String> {
    let is_changed = |row: &&StateRow| before.iter().any(|earlier| earlier.name == row.name && earlier != *row);
    let changed: Vec<String> = match before {
        [] => rows.iter().take(1).map(StateRow::text).collect(),
        _ => rows.iter().filter(is_changed).map(StateRow::text).collect(),
    };
    (!changed.is_empty()).then(|| changed.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, status: &str, version: &str) -> StateRow {
        StateRow { name: name.into(), status: status.into(), version: version.into() }
    }

    #[test]
    fn a_change_is_told_once() {
        let first = [row("runtime", "UPDATING", "3"), row("endpoint DEFAULT", "READY", "2")];
        assert_eq!(changed(&[], &first).as_deref(), Some("runtime UPDATING, version 3"));
        assert_eq!(changed(&first, &first), None);
        let listed = [&first[..], &[row("endpoint prod", "READY", "1")]].concat();
        assert_eq!(changed(&first, &listed), None, "it was there before it was listed");
        let moved = [row("runtime", "READY", "3"), row("endpoint DEFAULT", "UPDATING", "2 -> 3")];
        let told = "runtime READY, version 3; endpoint DEFAULT UPDATING, version 2 -> 3";
        assert_eq!(changed(&first, &moved).as_deref(), Some(told));
    }
}
