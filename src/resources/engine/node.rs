//! A resource on its way through a run: what is decided about it, and how that is carried out.
//!
//! Owns: what ownership and differences mean for one resource, the claim of what is taken over, and the form in which the
//! engine holds resources of all kinds. Does not own: their order.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use super::removal::{Fate, Removal};
use super::{Context, Resource, Standing};
use crate::cloud::Cloud;
use crate::error::{Error, Kind, Result};
use crate::events::{Outcome, ResourceResult};
use crate::resources::owner::Owner;
use crate::resources::plan::{Action, FieldChange, ResourceKind, Step};

/// What is done to a resource.
enum Decision<C> {
    Keep,
    Unchanged,
    Create,
    Update { claim: Option<Owner>, changes: Vec<C> },
}

/// A resource on its way through a run.
pub(crate) struct Node<R: Resource> {
    pub(crate) resource: R,
    pub(crate) observed: Option<R::Observed>,
    decision: Decision<R::Change>,
    pub(super) removal: Option<Removal>,
    /// Why it could not be looked at, in a run that goes on without it.
    pub(super) unreadable: Option<Error>,
    /// What was done, once something was.
    pub(crate) outcome: Option<Action>,
    /// How long that took.
    took: Option<Duration>,
}

impl<R: Resource> Node<R> {
    pub(crate) const fn new(resource: R) -> Self {
        Self {
            resource,
            observed: None,
            decision: Decision::Unchanged,
            removal: None,
            unreadable: None,
            outcome: None,
            took: None,
        }
    }

    fn decide(&self, adopt: bool) -> Result<Decision<R::Change>> {
        let owner = match self.resource.standing(self.observed.as_ref()) {
            Standing::Brought => return Ok(Decision::Keep),
            Standing::Managed(owner) => owner,
        };
        let Some(observed) = &self.observed else { return Ok(Decision::Create) };
        let claim = match owner {
            Owner::Unknown if self.resource.kept_because(Some(observed)).is_none() => return Ok(Decision::Unchanged),
            Owner::Unknown => return Ok(Decision::Keep),
            Owner::Other if !adopt => return Err(self.resource.refusal(observed)),
            Owner::Ours => None,
            Owner::Recorded | Owner::Other => Some(owner),
        };
        let changes = self.resource.diff(observed);
        let is_as_wanted = changes.is_empty() && owner == Owner::Recorded && !self.resource.is_tagged_alone(observed);
        if is_as_wanted || (claim.is_none() && changes.is_empty()) {
            Ok(Decision::Unchanged)
        } else {
            Ok(Decision::Update { claim, changes })
        }
    }

    /// Puts this project's tags on what is there, which `owner` had before. A caller who may not tag goes on with what is on
    /// record; what another project made is not taken over that way.
    async fn claim(&self, observed: &R::Observed, owner: Owner, cx: &Context<'_>) -> Result<()> {
        match self.resource.mark(observed, cx).await {
            Err(error) if owner == Owner::Recorded && error.kind() == Kind::Credentials => Ok(()),
            other => other,
        }
    }

    /// What a creation gave may be another run's: refuses another project's, tags what is taken over, and says whether it is ours.
    async fn take_over(&self, observed: &R::Observed, cx: &Context<'_>) -> Result<bool> {
        match self.resource.standing(Some(observed)) {
            Standing::Brought | Standing::Managed(Owner::Unknown) => Ok(false),
            Standing::Managed(Owner::Ours) => Ok(true),
            Standing::Managed(Owner::Other) if !cx.adopt => Err(self.resource.refusal(observed)),
            Standing::Managed(owner) => self.claim(observed, owner, cx).await.map(|()| true),
        }
    }

    /// For the log of events.
    fn tell(&self, cx: &Context<'_>, done: Result<Action, &Error>, took: Duration) {
        cx.events.resource(ResourceResult {
            kind: self.resource.kind().as_str(),
            name: self.resource.name(),
            version: self.observed.as_ref().and_then(|observed| self.resource.version(observed)),
            outcome: done.map(Outcome::from).map_err(|error| error.code_str().to_owned()),
            took,
        });
    }

    async fn carry_out(&mut self, cx: &Context<'_>) -> Result<()> {
        let kind = self.resource.kind().as_str();
        let action = self.action();
        let title = self.resource.title(action).filter(|_| action.is_change());
        if let Some(title) = &title {
            cx.events.started(kind, title.clone());
        }
        let made = match (&self.decision, &self.observed) {
            (Decision::Create, _) => Some(self.resource.create(cx).await?),
            (Decision::Update { claim, changes }, Some(observed)) => {
                if let Some(owner) = claim {
                    self.claim(observed, *owner, cx).await?;
                }
                Some(self.resource.update(observed, changes, cx).await?)
            }
            (Decision::Keep | Decision::Unchanged | Decision::Update { .. }, _) => None,
        };
        if let (Decision::Unchanged, Some(observed)) = (&self.decision, &self.observed) {
            self.resource.confirm(observed, cx).await?;
        }
        let ours = match (&self.decision, &made) {
            (Decision::Keep, _) => false,
            (Decision::Create, Some(made)) => self.take_over(&made.observed, cx).await?,
            (Decision::Unchanged, _) => {
                matches!(self.resource.standing(self.observed.as_ref()), Standing::Managed(owner) if owner.is_ours())
            }
            _ => true,
        };
        let done = made.as_ref().map_or(action, |made| made.action);
        if let Some(made) = made {
            self.observed = Some(made.observed);
        }
        self.resource.record(self.observed.as_ref(), ours)?;
        if let (Some(_), Some(observed)) = (title, &self.observed) {
            cx.events.finished(kind, Outcome::from(done), self.resource.done(observed));
        }
        self.outcome = Some(done);
        Ok(())
    }
}

pub(super) type Work<'s, T> = Pin<Box<dyn Future<Output = T> + Send + 's>>;

/// A node of any kind.
pub(crate) trait AnyNode: Send {
    fn kind(&self) -> ResourceKind;
    fn needs(&self) -> &'static [ResourceKind];
    fn comes_after(&self) -> &'static [ResourceKind];
    fn needs_settled(&self) -> &'static [ResourceKind];
    fn observed_after(&self) -> &'static [ResourceKind];
    fn observe<'s>(&'s mut self, cloud: &'s Cloud) -> Work<'s, Result<()>>;
    /// Goes on without one that could not be looked at: it stays, and counts as a failure of the removal.
    fn set_unreadable(&mut self, error: Error);
    /// What differs from what is wanted, whoever the resource belongs to; `None` where there is none.
    fn drift(&self) -> Option<Vec<FieldChange>>;
    /// # Errors
    /// What forbids the whole plan.
    fn check(&self) -> Result<()>;
    /// Decides what is done, and says it.
    ///
    /// # Errors
    /// It is another project's.
    fn plan(&mut self, adopt: bool) -> Result<Step>;
    /// What was planned.
    fn action(&self) -> Action;
    /// What was done, once something was.
    fn outcome(&self) -> Option<Action>;
    /// How long that took.
    fn took(&self) -> Option<Duration>;
    fn apply<'s>(&'s mut self, cx: &'s Context<'_>) -> Work<'s, Result<()>>;
    /// Waits until what was applied can be used.
    fn settle<'s>(&'s mut self, cx: &'s Context<'_>) -> Work<'s, Result<()>>;
    fn may_be_dropped(&self) -> bool;
    /// What a destroy does to it: the steps, that of what is in it first.
    fn plan_removal<'s>(&'s mut self, cloud: &'s Cloud) -> Work<'s, Result<Vec<Step>>>;
    /// Deletes what the removal says, and takes it out of the record.
    fn remove<'s>(&'s mut self, cx: &'s Context<'_>) -> Work<'s, Result<()>>;
    /// Takes what is not there any more out of the record.
    ///
    /// # Errors
    /// A configuration that cannot be written.
    fn erase_if_gone(&self) -> Result<()>;
    /// Whether its removal deletes anything.
    fn deletes(&self) -> bool;
    fn name(&self) -> String;
}

impl<R: Resource> AnyNode for Node<R> {
    fn kind(&self) -> ResourceKind {
        self.resource.kind()
    }

    fn needs(&self) -> &'static [ResourceKind] {
        self.resource.needs()
    }

    fn comes_after(&self) -> &'static [ResourceKind] {
        self.resource.comes_after()
    }

    fn needs_settled(&self) -> &'static [ResourceKind] {
        self.resource.needs_settled()
    }

    fn observed_after(&self) -> &'static [ResourceKind] {
        self.resource.observed_after()
    }

    fn set_unreadable(&mut self, error: Error) {
        self.unreadable = Some(error);
    }

    fn drift(&self) -> Option<Vec<FieldChange>> {
        let observed = self.observed.as_ref()?;
        Some(self.resource.diff(observed).into_iter().map(Into::into).collect())
    }

    fn observe<'s>(&'s mut self, cloud: &'s Cloud) -> Work<'s, Result<()>> {
        Box::pin(async move {
            self.observed = self.resource.observe(cloud).await?;
            Ok(())
        })
    }

    fn check(&self) -> Result<()> {
        self.resource.check(self.observed.as_ref())
    }

    fn plan(&mut self, adopt: bool) -> Result<Step> {
        self.decision = self.decide(adopt)?;
        let action = self.action();
        let mut step = Step::new(self.kind(), self.resource.name(), action);
        match &self.decision {
            Decision::Keep => match self.resource.standing(self.observed.as_ref()) {
                Standing::Brought => step.notes.push("brought by you".to_owned()),
                Standing::Managed(_) => step.notes.extend(self.resource.kept_because(self.observed.as_ref())),
            },
            Decision::Update { claim, changes } => {
                step.notes.extend(claim.map(|owner| claim_note(owner).to_owned()));
                step.changes = changes.iter().cloned().map(Into::into).collect();
            }
            Decision::Create | Decision::Unchanged => {}
        }
        step.notes.extend(self.resource.notes(self.observed.as_ref(), action));
        Ok(step)
    }

    fn action(&self) -> Action {
        match self.decision {
            Decision::Keep => Action::Keep,
            Decision::Unchanged => Action::Unchanged,
            Decision::Create => Action::Create,
            Decision::Update { .. } => Action::Update,
        }
    }

    fn outcome(&self) -> Option<Action> {
        self.outcome
    }

    fn took(&self) -> Option<Duration> {
        self.took
    }

    fn apply<'s>(&'s mut self, cx: &'s Context<'_>) -> Work<'s, Result<()>> {
        Box::pin(async move {
            let begun = Instant::now();
            let result = self.carry_out(cx).await;
            let took = begun.elapsed();
            self.tell(cx, result.as_ref().map(|()| self.outcome.unwrap_or_else(|| self.action())), took);
            result?;
            self.took = Some(took);
            Ok(())
        })
    }

    fn settle<'s>(&'s mut self, cx: &'s Context<'_>) -> Work<'s, Result<()>> {
        Box::pin(async move {
            let Some(observed) = &self.observed else { return Ok(()) };
            let begun = Instant::now();
            if let Some(settled) = self.resource.settle(observed, cx).await? {
                self.observed = Some(settled);
                self.took = self.took.map(|took| took + begun.elapsed());
            }
            Ok(())
        })
    }

    fn may_be_dropped(&self) -> bool {
        self.resource.may_be_dropped()
    }

    fn plan_removal<'s>(&'s mut self, cloud: &'s Cloud) -> Work<'s, Result<Vec<Step>>> {
        Box::pin(async move {
            if let Some(error) = &self.unreadable {
                let step = Step::new(self.resource.kind(), self.resource.name(), Action::Keep);
                return Ok(vec![step.note(format!("could not be read: {error}"))]);
            }
            let removal = self.resource.removal(self.observed.as_ref(), cloud).await?;
            let contents = removal
                .contents
                .clone()
                .map(|contents| Step::new(contents.kind, contents.name, Action::Delete).note(contents.note));
            let step = |action| Step::new(self.resource.kind(), self.resource.name(), action);
            let own = match removal.fate.clone() {
                Fate::Delete(Some(note)) => Some(step(Action::Delete).note(note)),
                Fate::Delete(None) => Some(step(Action::Delete)),
                Fate::Keep(reason) | Fate::Forget(reason) => Some(step(Action::Keep).note(reason)),
                Fate::Gone | Fate::Ignore => None,
            };
            self.removal = Some(removal);
            Ok(contents.into_iter().chain(own).collect())
        })
    }

    fn remove<'s>(&'s mut self, cx: &'s Context<'_>) -> Work<'s, Result<()>> {
        Box::pin(async move {
            let begun = Instant::now();
            let result = self.carry_out_removal(cx).await;
            // One that is not there and was not asked for says nothing.
            if self.observed.is_some() || result.is_err() {
                self.tell(cx, result.as_ref().map(|()| self.outcome.unwrap_or(Action::Keep)), begun.elapsed());
            }
            result
        })
    }

    fn erase_if_gone(&self) -> Result<()> {
        match &self.removal {
            Some(Removal { fate: Fate::Gone, .. }) => self.resource.erase(),
            _ => Ok(()),
        }
    }

    fn deletes(&self) -> bool {
        self.removal.as_ref().is_some_and(Removal::deletes)
    }

    fn name(&self) -> String {
        self.resource.name()
    }
}

const fn claim_note(owner: Owner) -> &'static str {
    match owner {
        Owner::Other => "taken over from another project",
        Owner::Ours | Owner::Recorded | Owner::Unknown => "tagged as this project's",
    }
}

/// The node, where the list has one.
pub(crate) fn if_present<R: Resource>(node: &mut Option<Node<R>>) -> Option<&mut dyn AnyNode> {
    node.as_mut().map(|node| node as &mut dyn AnyNode)
}
