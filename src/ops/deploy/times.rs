//! How long the parts of a launch took, for people who wait for it each day.

use std::time::Duration;

use serde_json::{Value, json};

use crate::resources::plan::{Step, seconds};

/// What takes less is not worth a word.
const WORTH_SAYING: Duration = Duration::from_millis(50);

/// What is not a resource's own time. Resources are worked on side by side, so all of it together may be more than the total.
#[derive(Clone, Copy, Debug)]
pub(super) struct LaunchTimes {
    pub(super) total: Duration,
    /// Of the artifact.
    pub(super) build: Duration,
    /// From the last change until the runtime and its endpoint were READY; `None` where that was not waited for.
    pub(super) ready: Option<Duration>,
    /// Of the agent in a sandbox, which launch tries.
    pub(super) start: Option<Duration>,
}

impl LaunchTimes {
    pub(super) fn data(self) -> Value {
        json!({
            "total": seconds(self.total),
            "build": seconds(self.build),
            "ready": self.ready.map(seconds),
            "start": self.start.map(seconds),
        })
    }

    /// `42.3 s: build 20.1 s, image 8.0 s, role 3.1 s, READY 9.9 s`
    pub(super) fn text(self, steps: &[Step]) -> String {
        let resources = steps.iter().filter_map(|step| Some((step.kind.as_str(), step.took?)));
        let build = [("build", self.build)].into_iter();
        let ready = self.ready.map(|ready| ("READY", ready)).into_iter();
        let start = self.start.map(|start| ("start", start));
        let parts: Vec<String> = build
            .chain(resources)
            .chain(ready.chain(start))
            .filter(|(_, took)| *took >= WORTH_SAYING)
            .map(|(what, took)| format!("{what} {}", text(took)))
            .collect();
        let total = text(self.total);
        if parts.is_empty() { total } else { format!("{total}: {}", parts.join(", ")) }
    }
}

/// `9.9 s`, or `3 min 7 s`.
fn text(took: Duration) -> String {
    match took.as_secs() {
        0..=99 => format!("{:.1} s", took.as_secs_f64()),
        long => format!("{} min {} s", long / 60, long % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::plan::{Action, ResourceKind};

    #[test]
    fn what_took_long_is_named() {
        let step = |kind, millis: Option<u64>| Step {
            took: millis.map(Duration::from_millis),
            ..Step::new(kind, "x", Action::Create)
        };
        let steps = [
            step(ResourceKind::Repository, None),
            step(ResourceKind::Image, Some(8_040)),
            step(ResourceKind::ExecutionRole, Some(49)),
        ];
        let seconds = Duration::from_secs;
        let times = LaunchTimes { total: seconds(215), build: seconds(187), ready: Some(seconds(10)), start: None };
        assert_eq!(times.text(&steps), "3 min 35 s: build 3 min 7 s, image 8.0 s, READY 10.0 s");
        let quick = LaunchTimes { total: Duration::from_millis(320), build: Duration::ZERO, ready: None, start: None };
        assert_eq!(quick.text(&[]), "0.3 s");
    }
}
