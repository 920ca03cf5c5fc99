//! A verb about a single resource, carried through the engine.

use crate::cloud::Cloud;
use crate::error::Result;
use crate::events::Events;
use crate::resources::engine::{self, AfterFailure, AnyNode, Context, Node, Resource, Standing};
use crate::resources::owner::Owner;
use crate::resources::patience::Patience;
use crate::resources::plan::Action;

fn context<'a>(cloud: &'a Cloud, events: &'a Events) -> Context<'a> {
    Context { cloud, events, patience: Patience::new(None, events), adopt: false }
}

/// Plans and applies what is to become of a resource that was looked at. What the plan has to say is a warning.
pub(super) async fn carry_out<R: Resource>(node: &mut Node<R>, cloud: &Cloud, events: &Events) -> Result<Action> {
    let steps = engine::plan(vec![node], false)?;
    for step in &steps {
        for note in &step.notes {
            events.warning(format!("{} {}: {note}", step.kind, step.name));
        }
    }
    let after = AfterFailure {
        rerun_command: String::new(),
        resume_sentence: "the same command goes on from what was made".to_owned(),
    };
    engine::apply(vec![node], &steps, &context(cloud, events), &after).await?;
    Ok(node.outcome.unwrap_or(Action::Unchanged))
}

/// # Errors
/// Exit 2 when one of them is another project's.
pub(super) fn refuse_others<R: Resource>(nodes: &[Node<R>]) -> Result<()> {
    for node in nodes {
        if let Some(observed) = &node.observed
            && node.resource.standing(Some(observed)) == Standing::Managed(Owner::Other)
        {
            return Err(node.resource.refusal(observed));
        }
    }
    Ok(())
}

/// Deletes what is there and takes all of it out of the record. Whether anything was there.
pub(super) async fn delete<R: Resource>(nodes: &mut [Node<R>], cloud: &Cloud, events: &Events) -> Result<bool> {
    fn list<R: Resource>(nodes: &mut [Node<R>]) -> Vec<&mut dyn AnyNode> {
        nodes.iter_mut().map(|node| node as &mut dyn AnyNode).collect()
    }
    engine::plan_removal(list(nodes), cloud).await?;
    let remains = engine::remove(list(nodes), &context(cloud, events)).await;
    match remains.failures.into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok(remains.done > 0),
    }
}
