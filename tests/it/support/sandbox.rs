//! A sandbox of the binary's own, for as long as a test needs it.

use std::ops::Deref;
use std::path::Path;

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

    /// Starts a sandbox again as it was left in a directory, with its keys and at another port.
    pub(crate) fn resume(world: World, from: &Path, args: &[&str]) -> Self {
        let dir = world.path("sandbox");
        copy_tree(from, &dir);
        let file = dir.join("identity.json");
        let mut identity: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        identity["port"] = serde_json::Value::Null;
        std::fs::write(&file, identity.to_string()).unwrap();
        Self::start(world, args)
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

/// Copies a folder with all that is in it, but sockets and their like.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (kind, target) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy_tree(&entry.path(), &target);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target).unwrap();
        } else if kind.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(std::fs::read_link(entry.path()).unwrap(), target).unwrap();
        }
    }
}
