//! The way back: what a destroy does to each resource, and in which order.
//!
//! To delete is to delete in AWS, to erase is to take out of the record, and a removal is what is decided about both.

use futures_util::StreamExt;
use futures_util::future::try_join_all;
use futures_util::stream::FuturesUnordered;

use super::{AnyNode, Context, Node, Resource};
use crate::cloud::Cloud;
use crate::error::{Error, Result};
use crate::events::Outcome;
use crate::resources::owner::Owner;
use crate::resources::plan::{Action, ResourceKind, Step};

/// What a destroy does to the resource itself; its contents are beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// With what goes along, for the plan.
    Delete(Option<String>),
    /// With the reason.
    Keep(String),
    /// Kept, and taken out of the record: it is another's by now. With the reason.
    Forget(String),
    /// Nothing is there any more: it goes out of the record.
    Gone,
    /// Not mentioned: nothing of this project's, or only its contents go.
    Ignore,
}

/// What is deleted inside of a resource, whether it goes itself or stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) kind: ResourceKind,
    pub(crate) name: String,
    pub(crate) note: String,
}

/// What a destroy does to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Removal {
    pub(crate) contents: Option<Contents>,
    pub(crate) fate: Fate,
}

impl From<Fate> for Removal {
    fn from(fate: Fate) -> Self {
        Self { contents: None, fate }
    }
}

impl Removal {
    /// What is this program's to make is deleted where it carries this project's tags or is on record; what the user brought
    /// is kept, and so is what another project made in the meantime.
    pub(crate) fn by_owner(owner: Owner, is_recorded: bool, goes_along: Option<&str>) -> Self {
        match owner {
            Owner::Ours | Owner::Recorded => Fate::Delete(goes_along.map(str::to_owned)),
            Owner::Other if is_recorded => Fate::Keep("belongs to another project".to_owned()),
            Owner::Unknown if is_recorded => Fate::Keep("not created by launch".to_owned()),
            Owner::Other | Owner::Unknown => Fate::Ignore,
        }
        .into()
    }

    pub(super) const fn deletes(&self) -> bool {
        self.contents.is_some() || matches!(self.fate, Fate::Delete(_))
    }
}

impl<R: Resource> Node<R> {
    pub(super) async fn carry_out_removal(&mut self, cx: &Context<'_>) -> Result<()> {
        if let Some(error) = &self.unreadable {
            return Err(error.clone());
        }
        let (Some(removal), Some(observed)) = (&self.removal, &self.observed) else { return Ok(()) };
        if let Some(contents) = &removal.contents {
            let step = contents.kind.as_str();
            cx.events.started(step, format!("delete {} `{}`", contents.kind, contents.name));
            self.resource.empty(observed, cx).await?;
            self.outcome = Some(Action::Delete);
            cx.events.finished(step, Outcome::Deleted, format!("{} {}", contents.kind, contents.name));
        }
        if matches!(removal.fate, Fate::Delete(_)) {
            let (kind, name) = (self.resource.kind(), self.resource.name());
            cx.events.started(kind.as_str(), format!("delete {kind} `{name}`"));
            self.resource.delete(observed, cx).await?;
            self.outcome = Some(Action::Delete);
            cx.events.finished(kind.as_str(), Outcome::Deleted, format!("{kind} {name}"));
        }
        if matches!(removal.fate, Fate::Delete(_) | Fate::Forget(_)) {
            self.resource.erase()?;
        }
        Ok(())
    }
}

/// Looks into everything at once, and says what a destroy would do.
pub(crate) async fn plan_removal(nodes: Vec<&mut dyn AnyNode>, cloud: &Cloud) -> Result<Vec<Step>> {
    let steps = try_join_all(nodes.into_iter().map(|node| node.plan_removal(cloud))).await?;
    Ok(steps.into_iter().flatten().collect())
}

fn title(node: &dyn AnyNode) -> String {
    format!("{} {}", node.kind(), node.name())
}

/// What came of a removal.
#[derive(Debug, Default)]
pub(crate) struct RemovalOutcome {
    /// How many resources were changed.
    pub(crate) done: usize,
    /// What each is called, and why it is still there.
    pub(crate) failures: Vec<(String, Error)>,
}

impl RemovalOutcome {
    pub(crate) fn add(&mut self, other: Self) {
        self.done += other.done;
        self.failures.extend(other.failures);
    }
}

/// Deletes backwards: each resource once those are gone that need it, independent ones side by side. What a resource needs
/// that could not be deleted is kept. With nothing left, the record is cleared of what was gone before, too.
pub(crate) async fn remove(nodes: Vec<&mut dyn AnyNode>, cx: &Context<'_>) -> RemovalOutcome {
    let needs: Vec<(ResourceKind, &'static [ResourceKind])> =
        nodes.iter().map(|node| (node.kind(), node.needs())).collect();
    let mut waiting: Vec<Option<&mut dyn AnyNode>> = nodes.into_iter().map(Some).collect();
    let mut gone = vec![false; needs.len()];
    let mut finished = Vec::new();
    let mut outcome = RemovalOutcome::default();
    let mut running = FuturesUnordered::new();
    loop {
        for (index, slot) in waiting.iter_mut().enumerate() {
            let kind = needs[index].0;
            let ready = needs.iter().zip(&gone).all(|((_, needs), gone)| *gone || !needs.contains(&kind));
            let Some(node) = slot.take_if(|_| ready) else { continue };
            // What came before may have taken longer than anybody waits, so each has the whole patience.
            running.push(async move {
                let own = Context { patience: cx.patience.renewed(), ..*cx };
                (index, node.remove(&own).await, node)
            });
        }
        let Some((index, result, node)) = running.next().await else { break };
        outcome.done += usize::from(node.outcome().is_some());
        match result {
            Ok(()) => gone[index] = true,
            Err(error) => outcome.failures.push((title(&*node), error)),
        }
        finished.push(node);
    }
    for node in waiting.into_iter().flatten() {
        let holder = needs.iter().zip(&gone).find(|((_, needs), gone)| !**gone && needs.contains(&node.kind()));
        let Some(((holder, _), _)) = holder.filter(|_| node.deletes()) else { continue };
        let why = Error::failed(format!("kept, because the {holder} still needs it"));
        outcome.failures.push((title(&*node), why));
    }
    if outcome.failures.is_empty() {
        for node in finished {
            if let Err(error) = node.erase_if_gone() {
                outcome.failures.push((format!("the record of {}", title(&*node)), error));
            }
        }
    }
    outcome
}
