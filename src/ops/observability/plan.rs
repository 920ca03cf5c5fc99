//! What is missing, as steps: pure once it was looked at. A step says what is done, and `Act` how.

use super::{ObservedAgent, ObservedResource, Wanted, lets_xray_write};
use crate::cloud::{Delivery, DeliverySource, DeliveryTarget, LogGroupInfo, LogPolicy, SpansDestination};
use crate::config::naming;
use crate::error::{Code, Error, Result};
use crate::resources::plan::{Action, FieldChange, ResourceKind, Step};
use serde_json::{Value, json};

/// The developer guide's name for the policy, and the one of this program where somebody else has that.
const POLICY_NAMES: [&str; 2] = ["TransactionSearchXRayAccess", "AgentCoreTransactionSearchXRayAccess"];

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    PutPolicy { name: String, document: Value },
    SendSpansToLogs,
    Sample(u8),
    CreateGroup(String),
    Keep { group: String, days: i32 },
    PutSource { name: String, resource: String, log_type: &'static str },
    PutTarget { name: String, group_arn: Option<String> },
    Join { source: String, target_arn: String },
}

/// A step, and the requests that carry it out; none where nothing is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Todo {
    pub(super) step: Step,
    pub(super) acts: Vec<Act>,
    /// It concerns everybody in the account and region.
    pub(super) is_account_wide: bool,
}

impl Todo {
    fn own(step: Step, acts: Vec<Act>) -> Self {
        Self { step, acts, is_account_wide: false }
    }

    fn of_account(step: Step, acts: Vec<Act>) -> Self {
        Self { step, acts, is_account_wide: true }
    }
}

/// What is there.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) policies: Vec<LogPolicy>,
    pub(super) destination: SpansDestination,
    pub(super) sampling: Option<f64>,
    pub(super) deliveries: DeliveryState,
    /// Those that exist of the groups that are asked about.
    pub(super) groups: Vec<LogGroupInfo>,
}

/// All deliveries of the account and region.
#[derive(Debug, Default)]
pub(super) struct DeliveryState {
    pub(super) sources: Vec<DeliverySource>,
    pub(super) targets: Vec<DeliveryTarget>,
    pub(super) joined: Vec<Delivery>,
}

impl DeliveryState {
    pub(super) async fn look(of: &ObservedAgent<'_>) -> Result<Self> {
        let cloud = of.cloud;
        let (sources, targets, joined) =
            tokio::try_join!(cloud.delivery_sources(), cloud.delivery_targets(), cloud.deliveries())?;
        Ok(Self { sources, targets, joined })
    }

    /// The source of a resource's logs or traces, whoever made it and whatever it is called: there can be one of a type.
    fn source(&self, resource: &ObservedResource, log_type: &str) -> Option<&DeliverySource> {
        self.sources.iter().find(|source| source.log_type == log_type && source.resources.contains(&resource.arn))
    }

    /// Whether something is delivered to a target of this kind already.
    pub(super) fn delivers(&self, resource: &ObservedResource, log_type: &str, kind: &str) -> Option<&Delivery> {
        let source = self.source(resource, log_type)?;
        let is_kind = |arn: &str| self.targets.iter().any(|target| target.arn == arn && target.kind == kind);
        self.joined.iter().find(|delivery| delivery.source == source.name && is_kind(&delivery.target_arn))
    }
}

/// Looks at everything, side by side, and says what is missing.
///
/// # Errors
/// The services' refusals; exit 1 where no name is left for the policy.
pub(crate) async fn plan(of: &ObservedAgent<'_>, wanted: Wanted) -> Result<Vec<Todo>> {
    let cloud = of.cloud;
    let sampling = async {
        match wanted.sampling {
            Some(_) => cloud.indexed_percentage().await,
            None => Ok(None),
        }
    };
    let groups = async {
        let names = std::iter::once(of.own_group()).chain(of.resources().into_iter().map(|resource| resource.group()));
        let found = names.map(|name| async move { cloud.log_group(&name).await });
        futures_util::future::try_join_all(found).await
    };
    let (policies, destination, sampling, deliveries, groups) =
        tokio::try_join!(cloud.log_policies(), cloud.spans_destination(), sampling, DeliveryState::look(of), groups)?;
    let groups = groups.into_iter().flatten().collect();
    steps(of, wanted, &Observed { policies, destination, sampling, deliveries, groups })
}

fn steps(of: &ObservedAgent<'_>, wanted: Wanted, seen: &Observed) -> Result<Vec<Todo>> {
    let mut todos = account_steps(of, wanted, seen)?;
    if let Some(days) = wanted.retention_days {
        todos.push(kept_group(&of.own_group(), Some(days), seen));
    }
    for resource in of.resources() {
        if resource.has_logs {
            logs_steps(of, &resource, (wanted, seen), &mut todos);
        }
        delivery_steps(of, &resource, ("TRACES", None), &seen.deliveries, &mut todos);
    }
    Ok(todos)
}

fn account_steps(of: &ObservedAgent<'_>, wanted: Wanted, seen: &Observed) -> Result<Vec<Todo>> {
    let mut todos = vec![match seen.policies.iter().find(|policy| lets_xray_write(&policy.document)) {
        Some(policy) => {
            Todo::of_account(Step::new(ResourceKind::LogPolicy, &policy.name, Action::Unchanged), Vec::new())
        }
        None => {
            let taken = |name: &&&str| seen.policies.iter().any(|policy| policy.name == **name);
            let name = POLICY_NAMES.iter().find(|name| !taken(name)).ok_or_else(|| no_name_left(of))?;
            let step = Step::new(ResourceKind::LogPolicy, *name, Action::Create)
                .note("lets X-Ray write the log group `aws/spans` of this account and region");
            Todo::of_account(step, vec![Act::PutPolicy { name: (*name).to_owned(), document: of.spans_policy() }])
        }
    }];
    todos.push(match seen.destination.is_logs() {
        true => {
            let step = Step::new(ResourceKind::SpansDestination, "CloudWatchLogs", Action::Unchanged);
            let pending = seen.destination.is_pending();
            Todo::of_account(
                if pending { step.note("not in effect yet: it takes 10 to 15 minutes") } else { step },
                Vec::new(),
            )
        }
        false => {
            let mut step = Step::new(ResourceKind::SpansDestination, "CloudWatchLogs", Action::Update);
            let before = json!(seen.destination.destination);
            step.changes = vec![FieldChange::shown("destination", Some(&before), Some(&json!("CloudWatchLogs")))];
            Todo::of_account(step, vec![Act::SendSpansToLogs])
        }
    });
    if let Some(percent) = wanted.sampling {
        let is_same = seen.sampling.is_some_and(|found| (found - f64::from(percent)).abs() < 1e-9);
        let action = if is_same { Action::Unchanged } else { Action::Update };
        let mut step = Step::new(ResourceKind::IndexingRule, "Default", action);
        if !is_same {
            step.changes =
                vec![FieldChange::shown("percent", seen.sampling.map(|it| json!(it)).as_ref(), Some(&json!(percent)))];
        }
        todos.push(Todo::of_account(step, if is_same { Vec::new() } else { vec![Act::Sample(percent)] }));
    }
    Ok(todos)
}

fn no_name_left(of: &ObservedAgent<'_>) -> Error {
    Error::failed(format!(
        "the policies `{}` of account {} are there, and neither lets X-Ray write spans",
        POLICY_NAMES.join("` and `"),
        of.identity.account
    ))
    .code(Code::ObservabilityPolicy)
    .hint("they are not changed by this program: add `logs:PutLogEvents` on `aws/spans` for X-Ray to one of them")
}

/// A log group that is there, and kept for so many days where that is said.
fn kept_group(name: &str, days: Option<i32>, seen: &Observed) -> Todo {
    let found = seen.groups.iter().find(|group| group.name == name);
    let before = found.and_then(|group| group.retention);
    let mut acts = Vec::new();
    let action = match found {
        None => {
            acts.push(Act::CreateGroup(name.to_owned()));
            Action::Create
        }
        Some(_) if days.is_some() && days != before => Action::Update,
        Some(_) => Action::Unchanged,
    };
    let mut step = Step::new(ResourceKind::LogGroup, name, action);
    if let Some(days) = days.filter(|days| Some(*days) != before) {
        acts.push(Act::Keep { group: name.to_owned(), days });
        let before = before.map(|days| json!(days));
        let change = FieldChange::shown("retentionDays", before.as_ref(), Some(&json!(days)));
        step.changes = vec![change.meaning("older lines are deleted")];
    }
    Todo::own(step, acts)
}

fn logs_steps(
    of: &ObservedAgent<'_>,
    resource: &ObservedResource,
    (wanted, seen): (Wanted, &Observed),
    todos: &mut Vec<Todo>,
) {
    if seen.deliveries.delivers(resource, "APPLICATION_LOGS", "CWL").is_none() || wanted.retention_days.is_some() {
        todos.push(kept_group(&resource.group(), wanted.retention_days, seen));
    }
    let group_arn = of.arn("logs", &format!("log-group:{}", resource.group()));
    delivery_steps(of, resource, ("APPLICATION_LOGS", Some(group_arn)), &seen.deliveries, todos);
}

/// Source, target and what joins them, as far as they are missing.
fn delivery_steps(
    of: &ObservedAgent<'_>,
    resource: &ObservedResource,
    (log_type, group_arn): (&'static str, Option<String>),
    seen: &DeliveryState,
    todos: &mut Vec<Todo>,
) {
    let kind = if group_arn.is_some() { "CWL" } else { "XRAY" };
    if let Some(delivery) = seen.delivers(resource, log_type, kind) {
        todos.push(Todo::own(Step::new(ResourceKind::Delivery, &delivery.source, Action::Unchanged), Vec::new()));
        return;
    }
    let what = if group_arn.is_some() { "logs" } else { "traces" };
    let (source, target) = (resource.name(&format!("{what}-source")), resource.name(&format!("{what}-destination")));
    let source = match seen.source(resource, log_type) {
        Some(found) => {
            todos.push(Todo::own(Step::new(ResourceKind::DeliverySource, &found.name, Action::Unchanged), Vec::new()));
            found.name.clone()
        }
        None => {
            let act = Act::PutSource { name: source.clone(), resource: resource.arn.clone(), log_type };
            let step = Step::new(ResourceKind::DeliverySource, &source, Action::Create);
            todos.push(Todo::own(step.note(format!("{what} of the {} `{}`", resource.kind, resource.id)), vec![act]));
            source
        }
    };
    let target_arn = of.arn("logs", &format!("delivery-destination:{target}"));
    let step = |action| Step::new(ResourceKind::DeliveryTarget, &target, action);
    todos.push(match seen.targets.iter().any(|found| found.name == target) {
        true => Todo::own(step(Action::Unchanged), Vec::new()),
        false => Todo::own(step(Action::Create), vec![Act::PutTarget { name: target.clone(), group_arn }]),
    });
    let step = Step::new(ResourceKind::Delivery, &source, Action::Create);
    todos.push(Todo::own(step, vec![Act::Join { source, target_arn }]));
}

/// What this program made of the deliveries of a resource, in the order in which it can be deleted.
pub(super) fn removals(of: &ObservedAgent<'_>, seen: &DeliveryState) -> Vec<(Step, Option<Removal>)> {
    let mut steps = Vec::new();
    let is_ours = |tags: &std::collections::BTreeMap<String, String>| {
        naming::is_managed(&tags.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>())
    };
    for resource in of.resources() {
        for what in ["logs", "traces"] {
            let (source, target) =
                (resource.name(&format!("{what}-source")), resource.name(&format!("{what}-destination")));
            let log_type = if what == "logs" { "APPLICATION_LOGS" } else { "TRACES" };
            match seen.source(&resource, log_type) {
                Some(found) if found.name == source && is_ours(&found.tags) => {
                    for delivery in seen.joined.iter().filter(|delivery| delivery.source == source) {
                        let step = Step::new(ResourceKind::Delivery, &source, Action::Delete);
                        steps.push((step, Some(Removal::Delivery(delivery.id.clone()))));
                    }
                    let step = Step::new(ResourceKind::DeliverySource, &source, Action::Delete);
                    steps.push((step, Some(Removal::Source(source.clone()))));
                }
                Some(found) => {
                    let step = Step::new(ResourceKind::DeliverySource, &found.name, Action::Keep);
                    steps.push((step.note("this program did not make it"), None));
                }
                None => {}
            }
            // A run that was killed may have left it alone; and somebody may have joined something else with it.
            let target = seen.targets.iter().find(|found| found.name == target && is_ours(&found.tags));
            let is_used = |arn: &str| seen.joined.iter().any(|it| it.target_arn == arn && it.source != source);
            if let Some(target) = target.filter(|target| !is_used(&target.arn)) {
                let step = Step::new(ResourceKind::DeliveryTarget, &target.name, Action::Delete);
                steps.push((step, Some(Removal::Target(target.name.clone()))));
            }
        }
    }
    steps
}

/// What is deleted.
#[derive(Clone, Debug)]
pub(super) enum Removal {
    Delivery(String),
    Source(String),
    Target(String),
}
