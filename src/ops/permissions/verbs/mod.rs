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
    /// The agent is an image in a repository of this account.
    Image,
    /// The repository is launch's to make.
    OwnRepository,
    /// The agent is code in a bucket.
    Code,
    /// The image is built in CodeBuild.
    CodeBuild,
    /// The execution role is launch's to make.
    OwnRole,
    /// The role has a boundary.
    Boundary,
    /// The agent has a memory.
    Memory,
    /// The runtime is in a VPC.
    Vpc,
    /// Others than the account may call the agent.
    AllowedCallers,
    /// Callers sign; those with a token need no permission.
    Signed,
}

/// A command, and those that its name stands for as well.
#[derive(Debug)]
pub(super) struct VerbNeeds {
    /// As it is typed.
    pub(super) verb: &'static str,
    pub(super) needs: &'static [&'static [Need]],
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

/// The commands that a policy can be for. docs/permissions.md says what is not here.
pub(super) fn verbs() -> impl Iterator<Item = &'static VerbNeeds> {
    [deploy::VERBS, observability::VERBS, memory::VERBS, identity::VERBS, gateway::VERBS, project::VERBS]
        .into_iter()
        .flatten()
}
