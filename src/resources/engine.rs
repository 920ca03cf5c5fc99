//! The engine: looks at resources, plans, and carries the plan out, forwards for a launch and backwards for a destroy.
//!
//! Owns: the order in which resources are looked at and worked on and which of them at once, and what a run that fails on its
//! way says. Does not own: what is decided about one resource (`engine/node.rs`), and what a resource is (a file for each kind
//! beside this one).
//!
//! What is applied is what was planned: a resource decides once, in [`Node::plan`], and apply only carries that out.

mod node;
mod removal;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use futures_util::future::{join_all, try_join_all};
use futures_util::stream::FuturesUnordered;

pub(crate) use node::{AnyNode, Node, if_present};
pub(crate) use removal::{Contents, Fate, Removal, RemovalOutcome, plan_removal, remove};

use super::owner::{self, Owner};
use super::patience::Patience;
use super::plan::{Action, FieldChange, ResourceKind, Step};
use crate::cloud::Cloud;
use crate::error::{Error, Kind, Result};
use crate::events::Events;
use crate::wait::Schedule;

/// What resources are worked on with.
pub(crate) struct Context<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) events: &'a Events,
    /// How long to wait for other runs and for IAM.
    pub(crate) patience: Patience<'a>,
    /// Take over what another project made.
    pub(crate) adopt: bool,
}

impl Context<'_> {
    /// How often what is waited for is looked at, to the end of the patience.
    pub(crate) fn schedule(&self) -> Schedule {
        self.cloud.schedule(self.patience.left())
    }
}

/// Whose a resource is to be, from the configuration's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The user's own: used as it is, never changed or deleted.
    Brought,
    /// Made by this program. The owner is that of the one that is there, and unknown where there is none.
    Managed(Owner),
}

/// What came of a creation or an update. Another run may have done the work in the meantime.
#[derive(Debug)]
pub(crate) struct Made<O> {
    pub(crate) observed: O,
    pub(crate) action: Action,
}

/// One resource of one kind: what is wanted of it, and the requests that bring it about. Each request is safe to repeat.
pub(crate) trait Resource: Send + Sync {
    /// What is there.
    type Observed: Send + Sync;
    /// A difference between what is wanted and what is there.
    type Change: Send + Sync + Into<FieldChange> + Clone;

    fn kind(&self) -> ResourceKind;

    fn name(&self) -> String;

    /// It is made after these, and deleted before them. A kind that the list does not have counts as there.
    fn needs(&self) -> &'static [ResourceKind] {
        &[]
    }

    /// All kinds that it waits for before it is made, where these are more than [`Resource::needs`]: it repeats those.
    fn comes_after(&self) -> &'static [ResourceKind] {
        self.needs()
    }

    /// Kinds that it also waits for until they have settled.
    fn needs_settled(&self) -> &'static [ResourceKind] {
        &[]
    }

    /// Kinds to look at first, because they say where to look for it.
    fn observed_after(&self) -> &'static [ResourceKind] {
        &[]
    }

    /// Reads only; `None` when it is not there.
    fn observe(&self, cloud: &Cloud) -> impl Future<Output = Result<Option<Self::Observed>>> + Send;

    fn standing(&self, observed: Option<&Self::Observed>) -> Standing;

    /// What forbids the whole plan, now that everything is observed.
    ///
    /// # Errors
    /// The refusal, before anything is changed.
    fn check(&self, _observed: Option<&Self::Observed>) -> Result<()> {
        Ok(())
    }

    /// Why it cannot be had: it belongs to another project.
    fn refusal(&self, _observed: &Self::Observed) -> Error {
        owner::refusal_of(&format!("the {} `{}`", self.kind(), self.name()))
    }

    /// Pure; empty when there is nothing to do.
    fn diff(&self, observed: &Self::Observed) -> Vec<Self::Change>;

    /// Asked of one that is there where nothing says who made it: why it is used as it is and neither changed nor deleted.
    /// `None` when it is as it is wanted, so that there is nothing to say.
    fn kept_because(&self, _observed: Option<&Self::Observed>) -> Option<String> {
        Some("exists already without this project's tags, used as it is".to_owned())
    }

    /// Whether one that is on record and carries no tags of this project gets them although nothing else of it changes.
    fn is_tagged_alone(&self, _observed: &Self::Observed) -> bool {
        true
    }

    /// What a plan says besides the changes.
    fn notes(&self, _observed: Option<&Self::Observed>, _action: Action) -> Vec<String> {
        Vec::new()
    }

    /// May give one that somebody else made in the meantime: the engine looks at its owner afterwards.
    fn create(&self, cx: &Context<'_>) -> impl Future<Output = Result<Made<Self::Observed>>> + Send;

    fn update(
        &self,
        observed: &Self::Observed,
        changes: &[Self::Change],
        cx: &Context<'_>,
    ) -> impl Future<Output = Result<Made<Self::Observed>>> + Send;

    /// Waits until it can be used, where that takes the service a while after a creation or an update. Others go on meanwhile, but
    /// for those of [`Resource::needs_settled`]. `None` where there was nothing to wait for.
    ///
    /// # Errors
    /// What was made failed after all.
    fn settle(
        &self,
        _observed: &Self::Observed,
        _cx: &Context<'_>,
    ) -> impl Future<Output = Result<Option<Self::Observed>>> + Send {
        std::future::ready(Ok(None))
    }

    /// Called when nothing is to be changed, for requests that are no difference and cheap to repeat, such as moving a tag.
    fn confirm(&self, _observed: &Self::Observed, _cx: &Context<'_>) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Puts this project's tags on it, where it has tags and is to be taken over.
    fn mark(&self, _observed: &Self::Observed, _cx: &Context<'_>) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Writes it down. Also what was not changed: the record may be older, or another clone's. `ours` says whether a destroy may
    /// delete it; `None` is observed of one that is not there.
    ///
    /// # Errors
    /// A configuration that cannot be written.
    fn record(&self, observed: Option<&Self::Observed>, ours: bool) -> Result<()>;

    /// Takes it out of the record, so that the next launch makes it anew. Writes nothing where it is not on record.
    ///
    /// # Errors
    /// A configuration that cannot be written.
    fn erase(&self) -> Result<()>;

    /// What a destroy does to it. Looks into it where that decides; reads only. `None` is observed where there is none.
    fn removal(&self, observed: Option<&Self::Observed>, cloud: &Cloud)
    -> impl Future<Output = Result<Removal>> + Send;

    /// Deletes what is in it.
    fn empty(&self, _observed: &Self::Observed, _cx: &Context<'_>) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Deletes it. Gone already is success.
    fn delete(&self, observed: &Self::Observed, cx: &Context<'_>) -> impl Future<Output = Result<()>> + Send;

    /// Whether its requests may be cancelled when another resource has failed. Not those of IAM or of a build elsewhere: what they
    /// have begun would stay behind half made.
    fn may_be_dropped(&self) -> bool {
        false
    }

    /// What is shown while it is made; `None` for one that shows its own progress.
    fn title(&self, action: Action) -> Option<String> {
        Some(format!("{} {} `{}`", action.as_str(), self.kind(), self.name()))
    }

    /// The version that it has, where it has versions.
    fn version(&self, _observed: &Self::Observed) -> Option<String> {
        None
    }

    /// What is shown when it is done.
    fn done(&self, _observed: &Self::Observed) -> String {
        format!("{} {}", self.kind(), self.name())
    }
}

/// A value of one resource that another needs: expected from the start, and certain once that resource is there.
#[derive(Clone, Debug)]
pub(crate) struct Late<T> {
    after: ResourceKind,
    value: Arc<Mutex<Option<T>>>,
}

impl<T: Clone> Late<T> {
    pub(crate) fn after(after: ResourceKind) -> Self {
        Self { after, value: Arc::default() }
    }

    pub(crate) fn set(&self, value: T) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    pub(crate) fn get(&self) -> Option<T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// # Errors
    /// It was asked for before its time, which is a mistake of this program.
    pub(crate) fn require(&self) -> Result<T> {
        self.get().ok_or_else(|| Error::failed(format!("nothing is known of the {} yet", self.after)))
    }
}

/// Looks at everything at once, but for what has to be looked at after another.
///
/// # Errors
/// The first refusal of a service.
pub(crate) async fn observe(nodes: Vec<&mut dyn AnyNode>, cloud: &Cloud) -> Result<()> {
    for wave in waves(nodes)? {
        try_join_all(wave.into_iter().map(|node| node.observe(cloud))).await?;
    }
    Ok(())
}

/// As [`observe`], for a removal that goes on without what it may not look at.
pub(crate) async fn observe_what_can_be(nodes: Vec<&mut dyn AnyNode>, cloud: &Cloud) -> Result<()> {
    for wave in waves(nodes)? {
        let each = wave.into_iter().map(async |node| {
            if let Err(error) = node.observe(cloud).await {
                node.set_unreadable(error);
            }
        });
        join_all(each).await;
    }
    Ok(())
}

/// What can be looked at at once, in the order in which it has to be.
fn waves(nodes: Vec<&mut dyn AnyNode>) -> Result<Vec<Vec<&mut dyn AnyNode>>> {
    let (mut waiting, mut waves) = (nodes, Vec::new());
    while !waiting.is_empty() {
        let kinds: Vec<ResourceKind> = waiting.iter().map(|node| node.kind()).collect();
        let is_next = |node: &&mut dyn AnyNode| node.observed_after().iter().all(|kind| !kinds.contains(kind));
        let (next, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_next);
        if next.is_empty() {
            return Err(Error::failed("resources depend on each other in a circle"));
        }
        waves.push(next);
        waiting = later;
    }
    Ok(waves)
}

/// Decides what is done to each, which its node keeps. Without requests.
///
/// # Errors
/// A resource that forbids it.
pub(crate) fn plan(nodes: Vec<&mut dyn AnyNode>, adopt: bool) -> Result<Vec<Step>> {
    nodes.iter().try_for_each(|node| node.check())?;
    nodes.into_iter().map(|node| node.plan(adopt)).collect()
}

/// How to go on after a run that ends early.
#[derive(Clone, Debug)]
pub(crate) struct AfterFailure {
    /// The command that goes on with what is left.
    pub(crate) rerun_command: String,
    /// How a run that is cut off goes on, as a sentence.
    pub(crate) resume_sentence: String,
}

/// Carries the plan out; `steps` are the nodes' own, in their order. Each resource is worked on once those are made that it
/// comes after, independent ones side by side. After a failure nothing new is begun.
///
/// # Errors
/// The failure of a resource; [`Kind::Partial`] when others were changed before, with what is done and what is left.
pub(crate) async fn apply(
    nodes: Vec<&mut dyn AnyNode>,
    steps: &[Step],
    cx: &Context<'_>,
    after: &AfterFailure,
) -> Result<()> {
    cx.events.resume(after.resume_sentence.clone());
    let kinds: Vec<ResourceKind> = nodes.iter().map(|node| node.kind()).collect();
    let mut waiting: Vec<Option<&mut dyn AnyNode>> = nodes.into_iter().map(Some).collect();
    // What is made, and of that what can be used.
    let (mut done, mut usable) = (vec![false; kinds.len()], vec![false; kinds.len()]);
    let (mut must_end, mut cancellable) = (FuturesUnordered::new(), FuturesUnordered::new());
    let mut settling = FuturesUnordered::new();
    let mut failure: Option<Error> = None;
    loop {
        if failure.is_none() {
            let all = |flags: &[bool], needs: &[ResourceKind]| {
                kinds.iter().zip(flags).all(|(kind, flag)| *flag || !needs.contains(kind))
            };
            for (index, slot) in waiting.iter_mut().enumerate() {
                let ready = slot
                    .as_ref()
                    .is_some_and(|node| all(&done, node.comes_after()) && all(&usable, node.needs_settled()));
                let Some(node) = slot.take_if(|_| ready) else { continue };
                if node.may_be_dropped() {
                    cancellable.push(run(index, node, cx))
                } else {
                    must_end.push(run(index, node, cx))
                }
            }
        } else {
            // A request that has lost its purpose is given up.
            cancellable.clear();
            settling.clear();
        }
        let NodeResult { index, to_settle, result } = tokio::select! {
            Some(ended) = must_end.next() => ended,
            Some(ended) = cancellable.next() => ended,
            Some(ended) = settling.next() => ended,
            else => break,
        };
        match (result, to_settle) {
            (Ok(()), Some(node)) => {
                done[index] = true;
                update_resume_hint(steps, &done, cx, after);
                settling.push(settle(index, node, cx));
            }
            (Ok(()), None) => usable[index] = true,
            // The first failure decides what the run ends with; others are told beside it.
            (Err(error), _) => {
                done[index] = false;
                failure = Some(match failure {
                    None => error,
                    Some(first) => first.cause(format!("{} failed too: {error}", kinds[index])),
                });
            }
        }
    }
    if failure.is_none() && waiting.iter().any(Option::is_some) {
        failure = Some(Error::failed("resources depend on each other in a circle"));
    }
    match failure {
        Some(error) => Err(explain(error, steps, &done, after)),
        None => Ok(()),
    }
}

/// A resource that was worked on.
struct NodeResult<'n> {
    index: usize,
    /// It is made, and may not be usable yet.
    to_settle: Option<&'n mut dyn AnyNode>,
    result: Result<()>,
}

/// What came before may have taken longer than anybody waits, so each has the whole patience.
async fn run<'n>(index: usize, node: &'n mut dyn AnyNode, cx: &Context<'_>) -> NodeResult<'n> {
    let own = Context { patience: cx.patience.renewed(), ..*cx };
    let result = node.apply(&own).await;
    NodeResult { index, to_settle: Some(node), result }
}

async fn settle<'n>(index: usize, node: &'n mut dyn AnyNode, cx: &Context<'_>) -> NodeResult<'n> {
    let own = Context { patience: cx.patience.renewed(), ..*cx };
    let result = node.settle(&own).await;
    NodeResult { index, to_settle: None, result }
}

/// The changes of the plan: those that are done, and those that are left.
fn split<'s>(steps: &'s [Step], done: &[bool]) -> (Vec<&'s Step>, Vec<&'s Step>) {
    let changes = steps.iter().zip(done).filter(|(step, _)| step.action.is_change());
    let (made, left): (Vec<_>, Vec<_>) = changes.partition(|(_, done)| **done);
    let steps = |pairs: Vec<(&'s Step, &bool)>| pairs.into_iter().map(|(step, _)| step).collect();
    (steps(made), steps(left))
}

/// If the run is cut off from now on, what it leaves behind is said with what is done and what is not.
fn update_resume_hint(steps: &[Step], done: &[bool], cx: &Context<'_>, after: &AfterFailure) {
    let (made, left) = split(steps, done);
    if made.is_empty() || left.is_empty() {
        return;
    }
    let list = |steps: &[&Step]| {
        steps.iter().map(|step| format!("{} {}", step.kind, step.name)).collect::<Vec<_>>().join(", ")
    };
    cx.events.resume(format!("{} (done: {}; not done: {})", after.resume_sentence, list(&made), list(&left)));
}

/// The failure of one resource, as that of the whole run: [`Kind::Partial`] once something was changed and something is left,
/// with both listed. A deadline has the same lists and stays a deadline, because what was asked for last may go on without us.
fn explain(error: Error, steps: &[Step], done: &[bool], after: &AfterFailure) -> Error {
    let (made, left) = split(steps, done);
    if made.is_empty() || left.is_empty() || error.kind() == Kind::Interrupted {
        return error;
    }
    let list = |error: Error, word: &str, steps: &[&Step]| {
        steps.iter().fold(error, |error, step| error.cause(format!("{word}: {} {}", step.kind, step.name)))
    };
    let late = error.kind() == Kind::Deadline;
    let error = if late { error } else { error.with_kind(Kind::Partial) };
    let error = list(list(error, "done", &made), "not done", &left);
    error.hint(if late {
        format!("go on with what is left: `{}` finds what the service has made in the meantime", after.rerun_command)
    } else {
        format!("fix the cause and go on with what is left: `{}`", after.rerun_command)
    })
}

#[cfg(test)]
mod tests;
