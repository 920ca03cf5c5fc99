//! What is needed for memories by their names.

use super::{Need, Scope, VerbNeeds, always};

const READ_MEMORY: &[Need] = &[always(Scope::AnyMemory, &["bedrock-agentcore:GetMemory"])];

pub(super) const VERBS: &[VerbNeeds] = &[
    VerbNeeds {
        verb: "memory create",
        needs: &[
            READ_MEMORY,
            &[always(Scope::Account, &["bedrock-agentcore:CreateMemory", "bedrock-agentcore:ListMemories"])],
        ],
    },
    VerbNeeds { verb: "memory list", needs: &[&[always(Scope::Account, &["bedrock-agentcore:ListMemories"])]] },
    VerbNeeds { verb: "memory get", needs: &[READ_MEMORY] },
    VerbNeeds { verb: "memory status", needs: &[READ_MEMORY] },
    VerbNeeds {
        verb: "memory delete",
        needs: &[READ_MEMORY, &[always(Scope::AnyMemory, &["bedrock-agentcore:DeleteMemory"])]],
    },
    VerbNeeds {
        verb: "memory show",
        needs: &[
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
    },
];
