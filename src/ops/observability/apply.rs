//! Carries a plan out, a request after the other: each can be repeated, so that a run that was killed anywhere goes on.

use super::plan::{Act, DeliveryState, Removal, Todo, removals};
use super::report::ObservabilityReport;
use super::{ObservedAgent, Wanted};
use crate::error::{Kind, Result};
use crate::events::{Events, Outcome};
use crate::resources::plan::Step;

/// Does what the plan says, but for what concerns the whole account where that was not asked for.
///
/// # Errors
/// The services' refusals; exit 9 with what was done where some of it was.
pub(crate) async fn apply(
    of: &ObservedAgent<'_>,
    (todos, wanted): (Vec<Todo>, Wanted),
    events: &Events,
) -> Result<ObservabilityReport> {
    let (now, later): (Vec<Todo>, Vec<Todo>) =
        todos.into_iter().partition(|todo| wanted.account_wide || !todo.is_account_wide || todo.acts.is_empty());
    let mut done = 0;
    for todo in &now {
        let title = format!("{} {}", todo.step.kind, todo.step.name);
        for act in &todo.acts {
            events.started("observability", title.clone());
            if let Err(error) = carry_out(of, act).await {
                let done_before = done > 0 && !matches!(error.kind(), Kind::Interrupted | Kind::Deadline);
                let error = if done_before { error.with_kind(Kind::Partial) } else { error };
                return Err(error.hint(format!("`{}` goes on from there", of.command)));
            }
            done += 1;
        }
        if !todo.acts.is_empty() {
            events.finished("observability", Outcome::from(todo.step.action), title);
        }
    }
    Ok(ObservabilityReport::new(of, steps(now), steps(later), true))
}

fn steps(todos: Vec<Todo>) -> Vec<Step> {
    todos.into_iter().map(|todo| todo.step).collect()
}

impl ObservabilityReport {
    /// What would be done, and what would still be pending then.
    pub(crate) fn planned(of: &ObservedAgent<'_>, todos: Vec<Todo>, wanted: Wanted) -> Self {
        let (now, later): (Vec<Todo>, Vec<Todo>) =
            todos.into_iter().partition(|todo| wanted.account_wide || !todo.is_account_wide || todo.acts.is_empty());
        Self::new(of, steps(now), steps(later), false)
    }
}

async fn carry_out(of: &ObservedAgent<'_>, act: &Act) -> Result<()> {
    let (cloud, tags) = (of.cloud, of.tags());
    match act {
        Act::PutPolicy { name, document } => cloud.put_log_policy(name, document).await,
        Act::SendSpansToLogs => cloud.send_spans_to_logs().await.map(drop),
        Act::Sample(percent) => cloud.set_indexed_percentage(*percent).await,
        Act::CreateGroup(name) => cloud.create_log_group(name).await,
        Act::Keep { group, days } => cloud.keep_log_for(group, *days).await,
        Act::PutSource { name, resource, log_type } => {
            cloud.put_delivery_source(name, (resource, log_type), &tags).await
        }
        Act::PutTarget { name, group_arn } => cloud.put_delivery_target(name, group_arn.as_deref(), &tags).await,
        Act::Join { source, target_arn } => cloud.create_delivery(source, target_arn, &tags).await,
    }
}

/// Takes away the deliveries that this program made; the plan alone with `plan_only`. Log groups stay, and what is switched on for the
/// account.
///
/// # Errors
/// As [`apply`].
pub(crate) async fn disable(of: &ObservedAgent<'_>, plan_only: bool, events: &Events) -> Result<ObservabilityReport> {
    let removals = removals(of, &DeliveryState::look(of).await?);
    let mut done = 0;
    for (step, removal) in removals.iter().filter(|_| !plan_only) {
        let gone = match removal {
            None => continue,
            Some(Removal::Delivery(id)) => of.cloud.delete_delivery(id).await,
            Some(Removal::Source(name)) => of.cloud.delete_delivery_source(name).await,
            Some(Removal::Target(name)) => of.cloud.delete_delivery_target(name).await,
        };
        if let Err(error) = gone {
            let error = if done > 0 { error.with_kind(Kind::Partial) } else { error };
            return Err(error.hint(format!("`{}` goes on from there", of.command)));
        }
        done += 1;
        events.finished("observability", Outcome::Deleted, format!("{} {}", step.kind, step.name));
    }
    let steps = removals.into_iter().map(|(step, _)| step).collect();
    Ok(ObservabilityReport::new(of, steps, Vec::new(), !plan_only).of_removal())
}
