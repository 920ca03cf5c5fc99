//! What is needed for memories by their names.

use super::{Need, Scope, VerbNeeds, always, command};

const READ_MEMORY: &[Need] = &[always(Scope::AnyMemory, &["bedrock-agentcore:GetMemory"])];

pub(super) const VERBS: &[VerbNeeds] = &[
    command(
        "memory create",
        &[
            READ_MEMORY,
            &[always(Scope::Account, &["bedrock-agentcore:CreateMemory", "bedrock-agentcore:ListMemories"])],
        ],
    ),
    command("memory list", &[&[always(Scope::Account, &["bedrock-agentcore:ListMemories"])]]),
    command("memory get", &[READ_MEMORY]),
    command("memory status", &[READ_MEMORY]),
    command("memory delete", &[READ_MEMORY, &[always(Scope::AnyMemory, &["bedrock-agentcore:DeleteMemory"])]]),
    command(
        "memory show",
        &[
            READ_MEMORY,
            &[always(
                Scope::AnyMemory,
                &[
                    "bedrock-agentcore:ListActors",
                    "bedrock-agentcore:ListSessions",
                    "bedrock-agentcore:ListEvents",
                    "bedrock-agentcore:ListMemoryRecords",
                    "bedrock-agentcore:RetrieveMemoryRecords",
                ],
            )],
        ],
    ),
];
