//! Workload identities: create, get, list, update, delete.

use serde_json::{Value, json};

use super::providers::DeletedReport;
use super::single_resource::{carry_out, delete, refuse_others};
use crate::cloud::Cloud;
use crate::config::Agent;
use crate::error::{Code, Error, Result};
use crate::events::{Events, Outcome};
use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::engine::{self, Node};
use crate::resources::identity_record;
use crate::resources::plan::{Action, ResourceKind};
use crate::resources::provider_body::text;
use crate::resources::record::AgentRecord;
use crate::resources::workload_identity::{
    NewWorkload, ReturnUrls, WorkloadGoal, WorkloadIdentity, missing, return_urls,
};

/// Creates a workload identity and enters it in the configuration. One that is there already with the same return URLs
/// is entered and left.
///
/// # Errors
/// Exit 1 when one of the name has other return URLs.
pub(crate) async fn create(
    cloud: &Cloud,
    (name, return_urls): (&str, &[String]),
    tags: &[(String, String)],
    record: Option<&AgentRecord>,
    events: &Events,
) -> Result<WorkloadReport> {
    let fits = (3..=255).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if !fits {
        return Err(Error::usage(format!("`{name}` cannot be the name of a workload identity"))
            .code(Code::InputValue)
            .hint("3 to 255 letters, digits, `.`, `-` and `_`"));
    }
    let goal = WorkloadGoal::There(NewWorkload { return_urls, tags });
    let mut node = Node::new(WorkloadIdentity { record, name: name.to_owned(), goal });
    engine::observe(vec![&mut node], cloud).await?;
    let outcome = carry_out_told(&mut node, cloud, events).await?;
    WorkloadReport::new(node, outcome, record.map(|record| record.agent().name.clone()))
}

/// What was done, in the report's word. That nothing was to be done is told too.
async fn carry_out_told(node: &mut Node<WorkloadIdentity<'_>>, cloud: &Cloud, events: &Events) -> Result<&'static str> {
    let kind = ResourceKind::WorkloadIdentity;
    match carry_out(node, cloud, events).await? {
        Action::Create => Ok("created"),
        Action::Update => Ok("updated"),
        _ => {
            events.finished(kind.as_str(), Outcome::Unchanged, format!("{kind} {}", node.resource.name));
            Ok("unchanged")
        }
    }
}

/// # Errors
/// Exit 5 when there is none of this name.
pub(crate) async fn get(cloud: &Cloud, name: &str) -> Result<WorkloadReport> {
    let workload = cloud.workload_identity(name).await?.ok_or_else(|| missing(name))?;
    Ok(WorkloadReport { workload, outcome: "found", agent: None })
}

/// Changes the return URLs; those already as wanted are no request.
///
/// # Errors
/// Exit 5 when there is none of this name, exit 2 when another project made it.
pub(crate) async fn update(
    cloud: &Cloud,
    (name, adopt): (&str, bool),
    urls: &ReturnUrls,
    record: Option<&AgentRecord>,
    events: &Events,
) -> Result<WorkloadReport> {
    let goal = WorkloadGoal::Changed { change: urls, adopt };
    let mut node = Node::new(WorkloadIdentity { record, name: name.to_owned(), goal });
    engine::observe(vec![&mut node], cloud).await?;
    if node.observed.is_none() {
        return Err(missing(name));
    }
    let outcome = carry_out_told(&mut node, cloud, events).await?;
    let user = record.filter(|record| identity_record::uses_workload(record.agent(), name));
    WorkloadReport::new(node, outcome, user.map(|record| record.agent().name.clone()))
}

/// A deletion that was asked for by name.
pub(crate) struct WorkloadDeletion<'a> {
    node: Node<WorkloadIdentity<'a>>,
}

impl<'a> WorkloadDeletion<'a> {
    /// # Errors
    /// Exit 2 when another project made it, unless `adopt` says to go on.
    pub(crate) async fn plan(cloud: &Cloud, name: &str, record: Option<&'a AgentRecord>, adopt: bool) -> Result<Self> {
        let goal = WorkloadGoal::Deleted { adopt };
        let mut node = Node::new(WorkloadIdentity { record, name: name.to_owned(), goal });
        engine::observe(vec![&mut node], cloud).await?;
        refuse_others(std::slice::from_ref(&node))?;
        Ok(Self { node })
    }

    /// Whether one is there that is not on record as made for the agent, so that its deletion has to be asked for.
    pub(crate) fn is_foreign(&self) -> bool {
        self.node.observed.is_some() && !self.node.resource.is_recorded()
    }

    /// Deletes it and takes it out of the configuration; already gone is success.
    pub(crate) async fn apply(mut self, cloud: &Cloud, events: &Events) -> Result<DeletedReport> {
        let deleted = delete(std::slice::from_mut(&mut self.node), cloud, events).await?;
        Ok(DeletedReport { what: "workload identity", name: self.node.resource.name, deleted })
    }
}

/// Every workload identity of the account and region, those of runtimes included.
pub(crate) async fn list(cloud: &Cloud, agent: Option<&Agent>) -> Result<WorkloadList> {
    let used = agent.and_then(|agent| agent.identity.workload.as_ref()).map(|workload| workload.arn.clone());
    Ok(WorkloadList { items: cloud.workload_identities().await?, used })
}

/// One workload identity.
#[derive(Debug)]
pub(crate) struct WorkloadReport {
    workload: Value,
    outcome: &'static str,
    agent: Option<String>,
}

impl WorkloadReport {
    fn new(node: Node<WorkloadIdentity<'_>>, outcome: &'static str, agent: Option<String>) -> Result<Self> {
        let name = node.resource.name;
        let found = node.observed.map(|live| live.description);
        let workload =
            found.ok_or_else(|| Error::failed(format!("nothing is known of the workload identity `{name}`")))?;
        Ok(Self { workload, outcome, agent })
    }
}

impl Report for WorkloadReport {
    fn schema(&self) -> &'static str {
        schemas::WORKLOAD_IDENTITY
    }

    fn data(&self) -> Value {
        json!({
            "name": text(&self.workload, "name"),
            "arn": text(&self.workload, "workloadIdentityArn"),
            "returnUrls": return_urls(&self.workload),
            "outcome": self.outcome,
            "agent": self.agent,
        })
    }

    fn document(&self) -> Document {
        let urls = return_urls(&self.workload).join(", ");
        Document::new()
            .field("workload identity", format!("{} ({})", text(&self.workload, "name"), self.outcome))
            .field("ARN", text(&self.workload, "workloadIdentityArn"))
            .field_if("return URLs", Some(urls).filter(|urls| !urls.is_empty()))
            .field_if("used by", self.agent.clone())
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct WorkloadList {
    items: Vec<Value>,
    used: Option<String>,
}

impl Report for WorkloadList {
    fn schema(&self) -> &'static str {
        schemas::WORKLOAD_IDENTITIES
    }

    fn data(&self) -> Value {
        let each = self.items.iter().map(|item| {
            let arn = text(item, "workloadIdentityArn");
            json!({ "name": text(item, "name"), "arn": arn, "used": self.used.as_deref() == Some(arn) })
        });
        json!({ "workloadIdentities": each.collect::<Vec<_>>() })
    }

    fn document(&self) -> Document {
        if self.items.is_empty() {
            return Document::new().line("There are no workload identities.");
        }
        let rows = self.items.iter().map(|item| {
            let arn = text(item, "workloadIdentityArn");
            let used = if self.used.as_deref() == Some(arn) { "used" } else { "" };
            vec![
                (Style::Plain, text(item, "name").to_owned()),
                (Style::Dim, arn.to_owned()),
                (Style::Good, used.to_owned()),
            ]
        });
        Document::new().table(vec!["NAME", "ARN", ""], rows.collect())
    }
}
