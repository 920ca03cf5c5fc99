//! Which operations each command calls, on whose resources, and when.
//!
//! Owns: that list alone, in a file for each kind of resource. Does not own: actions and ARNs (`facts::actions`), names (`scope`). A
//! test runs the commands with just these permissions, and without each of them. `sts:GetCallerIdentity` needs none.

mod deploy;
mod gateway;
mod identity;
mod memory;
mod observability;
mod project;

use super::scope::Scope;

/// Operations on one kind of resource.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) when: When,
    pub(super) scope: Scope,
    /// `service:Operation`.
    pub(super) operations: &'static [&'static str],
}

/// When a command calls the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// The agent is an image.
    Image,
    /// Its repository is in this account.
    LocalRepository,
    /// The repository is launch's to make.
    OwnRepository,
    /// The agent is code in a bucket.
    Code,
    /// The bucket is launch's to make.
    OwnBucket,
    /// The image is built in CodeBuild.
    CodeBuild,
    /// The build project, the role of builds or the bucket of their sources is launch's to make.
    OwnBuildProject,
    OwnBuildRole,
    OwnSourceBucket,
    /// The execution role is launch's to make.
    OwnRole,
    /// The role has a boundary.
    Boundary,
    /// The agent has a memory.
    Memory,
    /// The memory is launch's to make.
    OwnMemory,
    /// The runtime is in a VPC.
    Vpc,
    /// Others than the account may call the agent.
    AllowedCallers,
    /// A launch tests what it made.
    Smoke,
    /// Callers sign; those with a token need no permission.
    Signed,
}

/// A command, or a command with a flag with which it does more.
#[derive(Debug)]
pub(super) struct VerbNeeds {
    /// As it is typed.
    pub(super) verb: &'static str,
    /// Whose needs are also its own.
    base: Option<&'static Self>,
    own: &'static [&'static [Need]],
}

impl VerbNeeds {
    pub(super) fn needs(&'static self) -> impl Iterator<Item = &'static Need> {
        let all = std::iter::successors(Some(self), |verb| verb.base);
        all.flat_map(|verb| verb.own).flat_map(|needs| needs.iter())
    }

    /// The command without its flag, and the flag.
    pub(super) fn parts(&self) -> (&'static str, Option<&'static str>) {
        match self.verb.split_once(" --") {
            Some((command, _)) => (command, Some(&self.verb[command.len() + 1..])),
            None => (self.verb, None),
        }
    }
}

/// Names that stand for several commands.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("deploy", &["launch", "status", "status --drift", "endpoint", "versions", "rollback"]),
    ("operate", &["status", "invoke", "logs", "traces", "exec", "shell", "sessions"]),
];

const fn always(scope: Scope, operations: &'static [&'static str]) -> Need {
    Need { when: When::Always, scope, operations }
}

const fn when(when: When, scope: Scope, operations: &'static [&'static str]) -> Need {
    Need { when, scope, operations }
}

const fn command(verb: &'static str, own: &'static [&'static [Need]]) -> VerbNeeds {
    VerbNeeds { verb, base: None, own }
}

/// The command of `base` with a flag with which it needs more.
const fn with_flag(base: &'static VerbNeeds, verb: &'static str, own: &'static [&'static [Need]]) -> VerbNeeds {
    VerbNeeds { verb, base: Some(base), own }
}

/// The same command as the agent's configuration has it: a launch with a smoke test, where one is configured.
pub(super) fn as_configured(verb: &'static VerbNeeds, has_smoke: bool) -> &'static VerbNeeds {
    if has_smoke && verb.verb == deploy::LAUNCH.verb { &deploy::LAUNCH_WITH_TEST } else { verb }
}

/// The commands that a policy can be for. docs/permissions.md says what is not here.
pub(super) fn verbs() -> impl Iterator<Item = &'static VerbNeeds> {
    [deploy::VERBS, observability::VERBS, memory::VERBS, identity::VERBS, gateway::VERBS, project::VERBS]
        .into_iter()
        .flatten()
}
