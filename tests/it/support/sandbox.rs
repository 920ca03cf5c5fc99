//! A sandbox of the binary's own, for as long as a test needs it.

use std::ops::Deref;

use super::{Invocation, World};

/// A world with a running sandbox that its environment points at. It stops when this is dropped.
pub(crate) struct Sandbox {
    world: World,
    dir: String,
}

impl Sandbox {
    /// Starts a sandbox with its state below this world; `args` go to `sandbox start`.
    pub(crate) fn start(world: World, args: &[&str]) -> Self {
        Self::start_by(world, |start| start.args(args))
    }

    /// The same, started as `change` wants it.
    pub(crate) fn start_by(mut world: World, change: impl FnOnce(Invocation<'_>) -> Invocation<'_>) -> Self {
        let dir = world.path("sandbox").to_str().unwrap().to_owned();
        change(world.agentcore(&["sandbox", "start", "--dir", &dir])).run().code(0);
        let listing = world.agentcore(&["sandbox", "env", "--dir", &dir]).run().code(0).stdout_text();
        let mut found = 0;
        for line in listing.lines() {
            if let Some((name, value)) = line.trim().trim_start_matches("export ").split_once('=') {
                world.set(name, value.trim_matches(|c| matches!(c, '\'' | '"')));
                found += 1;
            }
        }
        let sandbox = Self { world, dir };
        assert!(found > 2, "`sandbox env` lists variables:\n{listing}");
        sandbox
    }

    /// Where the sandbox keeps its state, its images and the agents' output.
    pub(crate) fn dir(&self) -> &str {
        &self.dir
    }
}

impl Deref for Sandbox {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let run = self.world.agentcore(&["sandbox", "stop", "--dir", &self.dir]).run();
        if run.code != Some(0) && !std::thread::panicking() {
            panic!("the sandbox did not stop\n{run}");
        }
    }
}
