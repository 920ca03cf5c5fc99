//! A launch that fails on its way: which steps of the plan are done, and which are left.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::plan::Step;
use crate::error::{Error, Kind};
use crate::events::{Event, Events, Outcome};

/// The event steps that stand for a resource of the plan under another name.
const RESOURCES: &[(&str, &str)] =
    &[("bucket", "source bucket"), ("push", "image"), ("codebuild", "image"), ("upload", "archive")];

/// What has been done so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress(Arc<Mutex<BTreeSet<&'static str>>>);

impl Progress {
    /// The same events, listened in on. After each change `resume` is said anew, with what is done and what is left: a
    /// launch whose time is up, or that is interrupted, ends without another word of its own.
    pub(super) fn listen(&self, events: &Events, steps: &[Step], resume: String) -> Events {
        let (progress, steps, passed_on) = (self.clone(), steps.to_vec(), events.clone());
        Events::new(move |event| {
            let mut changed = false;
            if let Event::Finished { step, outcome, .. } = &event
                && !matches!(outcome, Outcome::Unchanged | Outcome::Kept)
            {
                let mut done = progress.0.lock().unwrap_or_else(PoisonError::into_inner);
                done.insert(step);
                done.extend(RESOURCES.iter().filter(|(name, _)| name == step).map(|(_, resource)| *resource));
                changed = true;
            }
            passed_on.emit(event);
            let (made, left) = progress.split(&steps);
            if changed && !made.is_empty() && !left.is_empty() {
                let list = |steps: &[&Step]| {
                    steps.iter().map(|step| format!("{} {}", step.resource, step.name)).collect::<Vec<_>>().join(", ")
                };
                passed_on.resume(format!("{resume} (done: {}; not done: {})", list(&made), list(&left)));
            }
        })
    }

    /// The changes of the plan: those that are done, and those that are left.
    fn split<'s>(&self, steps: &'s [Step]) -> (Vec<&'s Step>, Vec<&'s Step>) {
        let done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        steps.iter().filter(|step| step.action.is_change()).partition(|step| done.contains(step.resource))
    }

    /// The failure of one step, as that of the whole launch: [`Kind::Partial`] once something was changed and something is
    /// left, with both listed. A deadline has the same lists and stays a deadline, because what was asked for last may go on
    /// without us.
    pub(super) fn explain(&self, error: Error, steps: &[Step], command: &str) -> Error {
        let (made, left) = self.split(steps);
        if made.is_empty() || left.is_empty() || error.kind() == Kind::Interrupted {
            return error;
        }
        let list = |error: Error, word: &str, steps: &[&Step]| {
            steps.iter().fold(error, |error, step| error.cause(format!("{word}: {} {}", step.resource, step.name)))
        };
        let late = error.kind() == Kind::Deadline;
        let error = if late { error } else { error.with_kind(Kind::Partial) };
        let error = list(list(error, "done", &made), "not done", &left);
        error.hint(if late {
            format!("go on with what is left: `{command}` finds what the service has made in the meantime")
        } else {
            format!("mend the cause and go on with what is left: `{command}`")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::deploy::Action;

    fn steps() -> Vec<Step> {
        vec![
            Step::new("repository", "r", Action::Create),
            Step::new("image", "i", Action::Create),
            Step::new("role", "kept", Action::Unchanged),
            Step::new("runtime", "a", Action::Create),
        ]
    }

    #[test]
    fn what_is_done_and_what_is_left_is_listed() {
        let progress = Progress::default();
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        let listener = Events::new(move |event| {
            if let Event::Resume(text) = event {
                heard.lock().unwrap().push(text);
            }
        });
        let events = progress.listen(&listener, &steps(), "`agentcore launch` goes on".to_owned());
        let refused = || Error::new(Kind::Credentials, "may not").code("AccessDeniedException");
        let untouched = progress.explain(refused(), &steps(), "agentcore launch");
        assert_eq!((untouched.kind(), untouched.causes()), (Kind::Credentials, &[][..]));

        events.finished("push", Outcome::Unchanged, "");
        events.finished("repository", Outcome::Created, "");
        let error = progress.explain(refused(), &steps(), "agentcore launch --env A=b");
        assert_eq!((error.kind(), error.code_str()), (Kind::Partial, "AccessDeniedException"));
        assert_eq!(error.causes(), ["done: repository r", "not done: image i", "not done: runtime a"]);
        assert!(error.hints()[0].contains("`agentcore launch --env A=b`"), "{:?}", error.hints());
        let late = Error::new(Kind::Deadline, "late").code("aws.timeout");
        let late = progress.explain(late, &steps(), "agentcore launch");
        assert_eq!((late.kind(), late.code_str()), (Kind::Deadline, "aws.timeout"));
        assert_eq!(late.causes(), ["done: repository r", "not done: image i", "not done: runtime a"]);
        assert!(late.hints()[0].contains("`agentcore launch`"), "{:?}", late.hints());
        let resume = "`agentcore launch` goes on (done: repository r; not done: image i, runtime a)";
        assert_eq!(*said.lock().unwrap(), [resume], "for a command whose own time is up");

        events.finished("push", Outcome::Created, "");
        events.finished("runtime", Outcome::Created, "");
        let all = progress.explain(Error::failed("CREATE_FAILED"), &steps(), "");
        assert_eq!(all.kind(), Kind::Failed, "nothing is left");
    }
}
