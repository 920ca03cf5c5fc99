//! What is needed to look at a project: its environments, and what a launch depends on.

use super::{Scope, VerbNeeds, always};

pub(super) const VERBS: &[VerbNeeds] = &[
    VerbNeeds {
        verb: "environments list --remote",
        needs: &[&[
            always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimes"]),
            always(Scope::AnyEnvironment, &["bedrock-agentcore:ListTagsForResource"]),
        ]],
    },
    VerbNeeds {
        verb: "doctor",
        needs: &[&[
            always(Scope::Account, &["bedrock-agentcore:ListAgentRuntimes"]),
            always(Scope::ExecutionRole, &["iam:GetRole"]),
            always(Scope::SimulatedRole, &["iam:SimulatePrincipalPolicy"]),
        ]],
    },
];
