//! What is needed to look at a project: its environments, and what a launch depends on.

use super::{Scope, VerbNeeds, always, command};

pub(super) const VERBS: &[VerbNeeds] = &[
    command(
        "environments list --remote",
        &[&[
            always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimes"]),
            always(Scope::AnyEnvironment, &["bedrock-agentcore:ListTagsForResource"]),
        ]],
    ),
    command(
        "doctor",
        &[&[
            always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimes"]),
            always(Scope::ExecutionRole, &["iam:GetRole"]),
            always(Scope::SimulatedRole, &["iam:SimulatePrincipalPolicy"]),
        ]],
    ),
];
