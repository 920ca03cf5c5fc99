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
    /// The same events, listened in on.
    pub(super) fn listen(&self, events: &Events) -> Events {
        let (done, passed_on) = (Arc::clone(&self.0), events.clone());
        Events::new(move |event| {
            if let Event::Finished { step, outcome, .. } = &event
                && !matches!(outcome, Outcome::Unchanged | Outcome::Kept)
            {
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                done.insert(step);
                done.extend(RESOURCES.iter().filter(|(name, _)| name == step).map(|(_, resource)| *resource));
            }
            passed_on.emit(event);
        })
    }

    /// The failure of one step, as that of the whole launch: [`Kind::Partial`] once something was changed and something is
    /// left, with both listed. A deadline stays what it is, because the work may go on without us.
    pub(super) fn explain(&self, error: Error, steps: &[Step], command: &str) -> Error {
        let done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let changes: Vec<&Step> = steps.iter().filter(|step| step.action.is_change()).collect();
        let (made, left): (Vec<&&Step>, Vec<&&Step>) = changes.iter().partition(|step| done.contains(step.resource));
        if made.is_empty() || left.is_empty() || matches!(error.kind(), Kind::Deadline | Kind::Interrupted) {
            return error;
        }
        let list = |error: Error, word: &str, steps: &[&&Step]| {
            steps.iter().fold(error, |error, step| error.cause(format!("{word}: {} {}", step.resource, step.name)))
        };
        let error = list(list(error.with_kind(Kind::Partial), "done", &made), "not done", &left);
        error.hint(format!("mend the cause and go on with what is left: `{command}`"))
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
        let events = progress.listen(&Events::silent());
        let refused = || Error::new(Kind::Credentials, "may not").code("AccessDeniedException");
        let untouched = progress.explain(refused(), &steps(), "agentcore launch");
        assert_eq!((untouched.kind(), untouched.causes()), (Kind::Credentials, &[][..]));

        events.finished("push", Outcome::Unchanged, "");
        events.finished("repository", Outcome::Created, "");
        let error = progress.explain(refused(), &steps(), "agentcore launch --env A=b");
        assert_eq!((error.kind(), error.code_str()), (Kind::Partial, "AccessDeniedException"));
        assert_eq!(error.causes(), ["done: repository r", "not done: image i", "not done: runtime a"]);
        assert!(error.hints()[0].contains("`agentcore launch --env A=b`"), "{:?}", error.hints());
        let late = progress.explain(Error::new(Kind::Deadline, "late"), &steps(), "");
        assert_eq!(late.kind(), Kind::Deadline);

        events.finished("push", Outcome::Created, "");
        events.finished("runtime", Outcome::Created, "");
        let all = progress.explain(Error::failed("CREATE_FAILED"), &steps(), "");
        assert_eq!(all.kind(), Kind::Failed, "nothing is left");
    }
}
