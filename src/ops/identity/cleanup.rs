//! Deletes exactly what this program made for identity, and keeps what the user brought, listing both.
//!
//! Goes by the record, which is the stored set-ups and `agentcore.created` of the agent, and by the tags of what is there:
//! what they do not confirm is kept.

mod agent;
mod setup;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::auth::Authorizer;
use crate::cloud::{CallerIdentity, Cloud};
use crate::config::shell;
use crate::config::{Agent, CognitoSetup, SetupPart, Store};
use crate::error::{Code, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::http::Http;
use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::engine::{self, AnyNode, Context, RemovalOutcome};
use crate::resources::patience::Patience;
use crate::resources::plan::{Action, ResourceKind, Step};
use crate::resources::record::AgentRecord;
use crate::resources::setup_record::{SetupRecord, SetupVerb};
use crate::shell::quoted;
use agent::AgentCleanup;
use setup::SetupCleanup;

/// Which connection something is deleted with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CleanupRegion {
    /// That of the configuration's agent.
    OfAgent,
    /// That of a stored set-up.
    Named(String),
}

/// What is on record, to be cleaned up.
pub(crate) struct CleanupRecords {
    dir: PathBuf,
    agent: Option<AgentRecord>,
    /// A pool goes last: what other set-ups made in it is deleted one by one, and said.
    setups: Vec<StoredSetup>,
    /// The agents of the configuration whose callers have tokens of a provider.
    guarded: Vec<GuardedAgent>,
}

/// An agent with an authorizer.
struct GuardedAgent {
    name: String,
    discovery_url: String,
    /// The commands that give it another provider.
    next: [String; 2],
}

impl GuardedAgent {
    fn all_of(store: &Store) -> Vec<Self> {
        let guarded = |agent: &Agent| {
            let authorizer = Authorizer::from_wire(agent.authorizer()?).ok()?;
            let configure = format!(
                "agentcore configure --name {}{} --discovery-url URL --allowed-client ID",
                quoted(&agent.name),
                store.flags()
            );
            let next = [configure, shell::command("launch", store, agent)];
            Some(Self { name: agent.name.clone(), discovery_url: authorizer.discovery_url, next })
        };
        store.project().agents.iter().filter_map(guarded).collect()
    }
}

/// A stored set-up with the record of each of its pools.
struct StoredSetup {
    setup: CognitoSetup,
    records: Vec<SetupRecord>,
}

impl CleanupRecords {
    /// `agent` is the one of the configuration that was chosen, where there is one.
    pub(crate) fn new(dir: &Path, setups: Vec<CognitoSetup>, agent: Option<(Store, Agent)>) -> Self {
        let (owners, guests): (Vec<_>, Vec<_>) =
            setups.into_iter().partition(|setup| setup.is_created(&SetupPart::Pool));
        let stored = |setup: CognitoSetup| StoredSetup {
            records: SetupRecord::of_pools(dir, setup.clone(), SetupVerb::CleanUp),
            setup,
        };
        Self {
            dir: dir.to_owned(),
            guarded: agent.as_ref().map(|(store, _)| GuardedAgent::all_of(store)).unwrap_or_default(),
            agent: agent.map(|(store, agent)| AgentRecord::new(store, agent)),
            setups: guests.into_iter().chain(owners).map(stored).collect(),
        }
    }

    /// The regions in which something was made, each once.
    pub(crate) fn regions(&self) -> Vec<CleanupRegion> {
        let agent = self.agent.as_ref().filter(|record| agent::has_made(record.agent()));
        let setups = self.setups.iter().map(|stored| &stored.setup).filter(|setup| setup.has_created());
        let mut named: Vec<CleanupRegion> = setups.map(|setup| CleanupRegion::Named(setup.region.clone())).collect();
        named.sort();
        named.dedup();
        agent.map(|_| CleanupRegion::OfAgent).into_iter().chain(named).collect()
    }
}

/// What a clean-up works with.
pub(crate) struct CleanupContext<'a> {
    /// The connections, one for each of [`CleanupRecords::regions`].
    pub(crate) clouds: BTreeMap<CleanupRegion, (Cloud, CallerIdentity)>,
    pub(crate) http: &'a Http,
    pub(crate) events: &'a Events,
    /// The command that goes on with what is left.
    pub(crate) command: String,
}

/// A clean-up that is planned.
pub(crate) struct Cleanup<'a> {
    cx: &'a CleanupContext<'a>,
    agent: Option<AgentCleanup<'a>>,
    setups: Vec<SetupCleanup<'a>>,
    /// What to do about the agents that nobody can call without the pools.
    next: Vec<String>,
}

impl<'a> Cleanup<'a> {
    /// Looks at what is there. Reads only.
    ///
    /// # Errors
    /// The services' refusals.
    pub(crate) async fn plan(records: &'a CleanupRecords, cx: &'a CleanupContext<'a>) -> Result<Self> {
        let agent = match &records.agent {
            Some(record) => Some(AgentCleanup::plan(record, cx).await?),
            None => None,
        };
        let (mut setups, mut next) = (Vec::new(), Vec::new());
        for stored in &records.setups {
            let mut setup = SetupCleanup::plan(&stored.records, &records.dir, cx).await?;
            for guarded in &records.guarded {
                if setup.note_guarded(&guarded.name, &guarded.discovery_url) {
                    next.extend(guarded.next.clone());
                }
            }
            setups.push(setup);
        }
        Ok(Self { cx, agent, setups, next })
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        let of_setups = self.setups.iter().flat_map(SetupCleanup::steps);
        self.agent.iter().flat_map(AgentCleanup::steps).chain(of_setups)
    }

    pub(crate) fn deletes(&self) -> bool {
        self.steps().any(|step| step.action == Action::Delete)
    }

    /// The question to ask first.
    pub(crate) fn question(&self) -> String {
        let names: Vec<String> = self
            .steps()
            .filter(|step| step.action == Action::Delete && step.kind != ResourceKind::SetupFiles)
            .map(|step| format!("{} {}", step.kind, step.name))
            .collect();
        format!("Delete {}?", if names.is_empty() { "the stored files".to_owned() } else { names.join(", ") })
    }

    /// What would happen.
    pub(crate) fn report(&self) -> CleanupReport {
        CleanupReport { steps: self.steps().cloned().collect(), next: self.next.clone(), pending: true }
    }

    /// Carries the plan out, as far as it can be: what fails does not keep the rest from being deleted. Repeating it goes on
    /// with what is left.
    ///
    /// # Errors
    /// [`Kind::Partial`] when something was deleted and something else could not be; what remains is listed as causes.
    pub(crate) async fn apply(mut self) -> Result<CleanupReport> {
        let report = CleanupReport { pending: false, ..self.report() };
        if self.deletes() {
            self.cx.events.resume(format!("`{}` goes on with what is left", self.cx.command));
        }
        let mut outcome = RemovalOutcome::default();
        if let Some(agent) = &mut self.agent {
            outcome.add(agent.apply(self.cx).await);
        }
        for setup in &mut self.setups {
            outcome.add(setup.apply(self.cx).await);
        }
        into_result(&outcome, &self.cx.command).map(|()| report)
    }
}

/// # Errors
/// [`Kind::Partial`] when something was deleted and something else could not be.
fn into_result(outcome: &RemovalOutcome, command: &str) -> Result<()> {
    let Some((_, first)) = outcome.failures.first() else { return Ok(()) };
    let kind = if outcome.done > 0 { Kind::Partial } else { first.kind() };
    let mut error = Error::new(kind, "identity is not completely cleaned up").code(Code::IdentityCleanupIncomplete);
    for (what, failure) in &outcome.failures {
        error = error.cause(format!("{what} remains: {failure}"));
    }
    let again = if outcome.done > 0 { "go on with what is left" } else { "run it again" };
    Err(error.hint(format!("fix the cause and {again}: `{command}`")))
}

/// Deletes what the nodes' removals say.
async fn remove(nodes: Vec<&mut dyn AnyNode>, cloud: &Cloud, cx: &CleanupContext<'_>) -> RemovalOutcome {
    let context = Context { cloud, events: cx.events, patience: Patience::new(None, cx.events), adopt: false };
    engine::remove(nodes, &context).await
}

/// What clean-up did or would do.
#[derive(Debug)]
pub(crate) struct CleanupReport {
    steps: Vec<Step>,
    next: Vec<String>,
    pending: bool,
}

impl Report for CleanupReport {
    fn schema(&self) -> &'static str {
        schemas::CLEANUP
    }

    fn data(&self) -> Value {
        let each = self.steps.iter().map(|step| {
            let notes = Some(step.notes.join("; ")).filter(|notes| !notes.is_empty());
            json!({
                "outcome": Outcome::from(step.action), "kind": step.kind.as_str(), "resource": step.name, "detail": notes,
            })
        });
        json!({ "resources": each.collect::<Vec<_>>(), "applied": !self.pending, "next": self.next })
    }

    fn document(&self) -> Document {
        if self.steps.is_empty() {
            return Document::new().line("Nothing to delete.");
        }
        let rows = self.steps.iter().map(|step| {
            let (style, word) = match (step.action, self.pending) {
                (Action::Delete, true) => (Style::Attention, "would delete"),
                (Action::Delete, false) => (Style::Bad, "deleted"),
                _ => (Style::Dim, "kept"),
            };
            vec![
                (style, word.to_owned()),
                (Style::Plain, step.kind.as_str().to_owned()),
                (Style::Plain, step.name.clone()),
                (Style::Dim, step.notes.join("; ")),
            ]
        });
        let document = Document::new().table(vec!["", "RESOURCE", "NAME", ""], rows.collect());
        if self.next.is_empty() {
            return document;
        }
        let document = document.blank().styled(Style::Dim, "Next:");
        self.next.iter().fold(document, |document, command| document.styled(Style::Code, format!("  {command}")))
    }

    fn exit_code(&self) -> u8 {
        let changes = self.steps.iter().any(|step| step.action == Action::Delete);
        if self.pending && changes { Kind::Pending.exit_code() } else { 0 }
    }
}
