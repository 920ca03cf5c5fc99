//! The commands of the starter toolkit that this program does not have, each once. The parser, what they answer, and the
//! tests are made from this table.

use super::command::{Meaning, Replacement, SourcePart, ToolkitCommand, ToolkitFlag};
use Meaning::{Choice, Document, Dropped, Each, File, Flag, Member, Number, Source, Switch, Text};
use Replacement::{Command, Operation, Steps};

/// What the groups of the table are, by the words after `agentcore`.
pub(super) const GROUPS: &[(&[&str], &str)] = &[
    (&["policy"], "Policy engines, which the AWS CLI has"),
    (&["eval"], "Evaluations of agents, which the AWS CLI has"),
    (&["eval", "evaluator"], "Evaluators"),
    (&["eval", "online"], "Evaluations of running agents"),
];

/// The AWS CLI's command for the control plane.
pub(super) const CONTROL_PLANE: &str = "aws bedrock-agentcore-control";

const fn operation(
    path: &'static [&'static str],
    operation: &'static str,
    flags: &'static [ToolkitFlag],
) -> ToolkitCommand {
    ToolkitCommand { path, flags, replacement: Operation(operation) }
}

const ENGINE: ToolkitFlag =
    ToolkitFlag::new("policy-engine-id", "POLICY_ENGINE_ID", Member("policyEngineId")).short('e').needed();
const POLICY: ToolkitFlag = ToolkitFlag::new("policy-id", "POLICY_ID", Member("policyId")).short('p').needed();
const GENERATION: ToolkitFlag =
    ToolkitFlag::new("generation-id", "GENERATION_ID", Member("policyGenerationId")).short('g').needed();
const NAME: ToolkitFlag = ToolkitFlag::new("name", "NAME", Member("name")).short('n').needed();
const DESCRIPTION: ToolkitFlag = ToolkitFlag::new("description", "TEXT", Member("description")).short('d');
/// Where an update tells an empty description from none at all.
const NEW_DESCRIPTION: ToolkitFlag =
    ToolkitFlag::new("description", "TEXT", Text("description", &["optionalValue"])).short('d');
const DEFINITION: ToolkitFlag = ToolkitFlag::new("definition", "JSON", Member("definition"))
    .needed()
    .placeholder(r#"{"cedar":{"statement":"STATEMENT"}}"#);
const VALIDATION: ToolkitFlag = ToolkitFlag::new("validation-mode", "MODE", Member("validationMode"));
const MAX_RESULTS: ToolkitFlag = ToolkitFlag::new("max-results", "COUNT", Member("maxResults"));
const NEXT_TOKEN: ToolkitFlag = ToolkitFlag::new("next-token", "TOKEN", Member("nextToken"));
const FILE: ToolkitFlag = ToolkitFlag::new("file", "FILE", File);
const FORCE: ToolkitFlag = ToolkitFlag::switch("force", Dropped("")).short('f');

const EVALUATOR_ID: ToolkitFlag = ToolkitFlag::new("evaluator-id", "EVALUATOR_ID", Member("evaluatorId")).needed();
const EVALUATOR_DESCRIPTION: ToolkitFlag = ToolkitFlag::new("description", "TEXT", Member("description"));
const EVALUATORS: ToolkitFlag =
    ToolkitFlag::new("evaluator", "EVALUATOR_ID", Each("evaluators", "evaluatorId")).short('e').repeated();
const CONFIG_ID: ToolkitFlag = ToolkitFlag::new("config-id", "CONFIG_ID", Member("onlineEvaluationConfigId")).needed();
const SAMPLING: ToolkitFlag =
    ToolkitFlag::new("sampling-rate", "PERCENT", Number("rule", &["samplingConfig", "samplingPercentage"])).short('s');
const NO_FILTER: Meaning = Dropped("the service lists the configurations of all agents: look for the agent's in there");

const IMPORT_FLAGS: &[ToolkitFlag] = &[
    ToolkitFlag::new("agent-id", "AGENT_ID", Flag("agent-id")).needed(),
    ToolkitFlag::new("agent-alias-id", "AGENT_ALIAS_ID", Flag("agent-alias-id")).needed(),
    ToolkitFlag::new(
        "target-platform",
        "PLATFORM",
        Choice("framework", &[("langchain", "LangChain_LangGraph"), ("strands", "Strands")]),
    )
    .needed()
    .default("strands"),
    ToolkitFlag::switch("disable-gateway", Dropped("")),
    ToolkitFlag::switch("disable-memory", Switch("", "--memory none")),
    ToolkitFlag::switch("disable-code-interpreter", Dropped("")),
    ToolkitFlag::switch("disable-observability", Dropped("")),
    ToolkitFlag::switch("deploy-runtime", Dropped("a project that it made is deployed by its own `deploy`")),
    ToolkitFlag::new("run-option", "WHERE", Dropped("")),
    ToolkitFlag::new("output-dir", "FOLDER", Flag("output-dir")),
];

const IMPORT: Replacement = Command {
    start: "npx @aws/agentcore create --type import --name NAME",
    takes_region: true,
    says: "NAME stands for the new project's name, which the toolkit does not ask for",
};

pub(super) const COMMANDS: &[ToolkitCommand] = &[
    operation(
        &["policy", "create-policy-engine"],
        "create-policy-engine",
        &[
            NAME,
            DESCRIPTION,
            ToolkitFlag::new("encryption-key-arn", "ARN", Member("encryptionKeyArn")),
            ToolkitFlag::new("tags", "JSON", Member("tags")),
        ],
    ),
    operation(&["policy", "get-policy-engine"], "get-policy-engine", &[ENGINE]),
    operation(&["policy", "update-policy-engine"], "update-policy-engine", &[ENGINE, NEW_DESCRIPTION]),
    operation(&["policy", "list-policy-engines"], "list-policy-engines", &[MAX_RESULTS, NEXT_TOKEN]),
    operation(&["policy", "delete-policy-engine"], "delete-policy-engine", &[ENGINE]),
    operation(&["policy", "create-policy"], "create-policy", &[ENGINE, NAME, DEFINITION, DESCRIPTION, VALIDATION]),
    operation(&["policy", "get-policy"], "get-policy", &[ENGINE, POLICY]),
    operation(
        &["policy", "update-policy"],
        "update-policy",
        &[ENGINE, POLICY, DEFINITION, NEW_DESCRIPTION, VALIDATION],
    ),
    operation(
        &["policy", "list-policies"],
        "list-policies",
        &[
            ENGINE,
            ToolkitFlag::new("target-resource-scope", "ARN", Member("targetResourceScope")),
            MAX_RESULTS,
            NEXT_TOKEN,
        ],
    ),
    operation(&["policy", "delete-policy"], "delete-policy", &[ENGINE, POLICY]),
    operation(
        &["policy", "create-policy-from-generation"],
        "create-policy",
        &[
            ENGINE,
            NAME,
            ToolkitFlag::new(
                "generation-id",
                "GENERATION_ID",
                Text("definition", &["policyGeneration", "policyGenerationId"]),
            )
            .short('g')
            .needed(),
            ToolkitFlag::new(
                "asset-id",
                "ASSET_ID",
                Text("definition", &["policyGeneration", "policyGenerationAssetId"]),
            )
            .short('a')
            .needed(),
            DESCRIPTION,
            VALIDATION,
        ],
    ),
    operation(
        &["policy", "start-policy-generation"],
        "start-policy-generation",
        &[
            ENGINE,
            NAME,
            ToolkitFlag::new("resource-arn", "GATEWAY_ARN", Text("resource", &["arn"])).needed(),
            ToolkitFlag::new("content", "TEXT", Text("content", &["rawText"])).short('c').needed(),
        ],
    ),
    operation(&["policy", "get-policy-generation"], "get-policy-generation", &[ENGINE, GENERATION]),
    operation(
        &["policy", "list-policy-generation-assets"],
        "list-policy-generation-assets",
        &[ENGINE, GENERATION, MAX_RESULTS, NEXT_TOKEN],
    ),
    operation(&["policy", "list-policy-generations"], "list-policy-generations", &[ENGINE, MAX_RESULTS, NEXT_TOKEN]),
    ToolkitCommand {
        path: &["eval", "run"],
        flags: &[
            ToolkitFlag::new("agent", "NAME", Dropped("")).short('a'),
            ToolkitFlag::new("session-id", "SESSION_ID", Dropped("")).short('s'),
            ToolkitFlag::new("agent-id", "AGENT_ID", Dropped("")),
            ToolkitFlag::new("trace-id", "TRACE_ID", Dropped("")).short('t'),
            ToolkitFlag::new("evaluator", "EVALUATOR_ID", Dropped("")).short('e').repeated(),
            ToolkitFlag::new("days", "DAYS", Dropped("")).short('d').default("7"),
            FILE,
            ToolkitFlag::new("assertion", "TEXT", Dropped("")).short('A').repeated(),
            ToolkitFlag::new("expected-response", "TEXT", Dropped("")),
            ToolkitFlag::new("expected-trajectory", "TOOLS", Dropped("")).repeated(),
        ],
        replacement: Steps(&[
            "no one command reads a session's spans and has them evaluated: it is a query of the log group `aws/spans`, then \
             `aws bedrock-agentcore evaluate` with the spans and each evaluator",
            "to have an agent's sessions evaluated as they happen, create an online evaluation: \
             `aws bedrock-agentcore-control create-online-evaluation-config help`",
        ]),
    },
    operation(&["eval", "evaluator", "list"], "list-evaluators", &[MAX_RESULTS.default("50")]),
    operation(&["eval", "evaluator", "get"], "get-evaluator", &[EVALUATOR_ID, FILE]),
    operation(
        &["eval", "evaluator", "create"],
        "create-evaluator",
        &[
            ToolkitFlag::new("name", "NAME", Member("evaluatorName")).needed(),
            ToolkitFlag::new("config", "FILE_OR_JSON", Document("evaluatorConfig"))
                .needed()
                .placeholder("evaluator.json"),
            ToolkitFlag::new("level", "LEVEL", Member("level")).needed().default("TRACE"),
            EVALUATOR_DESCRIPTION,
        ],
    ),
    operation(
        &["eval", "evaluator", "update"],
        "update-evaluator",
        &[
            EVALUATOR_ID,
            EVALUATOR_DESCRIPTION,
            ToolkitFlag::new("config", "FILE_OR_JSON", Document("evaluatorConfig"))
                .or("description", "the service may want the configuration too: take it from `get-evaluator`")
                .placeholder("evaluator.json"),
        ],
    ),
    operation(&["eval", "evaluator", "delete"], "delete-evaluator", &[EVALUATOR_ID, FORCE]),
    operation(
        &["eval", "online", "create"],
        "create-online-evaluation-config",
        &[
            ToolkitFlag::new("name", "NAME", Member("onlineEvaluationConfigName")).short('n').needed(),
            ToolkitFlag::new("agent-id", "AGENT_ID", Source(SourcePart::AgentId)),
            ToolkitFlag::new("agent", "NAME", Source(SourcePart::AgentName)).short('a'),
            ToolkitFlag::new("endpoint", "NAME", Source(SourcePart::Endpoint)).default("DEFAULT"),
            SAMPLING.needed().default("1.0"),
            EVALUATORS.needed().default("Builtin.GoalSuccessRate"),
            ToolkitFlag::new("description", "TEXT", Member("description")).short('d'),
            ToolkitFlag::new("execution-role", "ROLE_ARN", Member("evaluationExecutionRoleArn")).needed(),
            ToolkitFlag::switch("no-auto-create-role", Dropped("")),
            ToolkitFlag::switch("disabled", Switch("--enable-on-create", "--no-enable-on-create")),
            FILE,
        ],
    ),
    operation(&["eval", "online", "get"], "get-online-evaluation-config", &[CONFIG_ID, FILE]),
    operation(
        &["eval", "online", "list"],
        "list-online-evaluation-configs",
        &[
            ToolkitFlag::new("agent-id", "AGENT_ID", NO_FILTER),
            ToolkitFlag::new("agent", "NAME", NO_FILTER).short('a'),
            MAX_RESULTS.default("50"),
            FILE,
        ],
    ),
    operation(
        &["eval", "online", "update"],
        "update-online-evaluation-config",
        &[
            CONFIG_ID,
            ToolkitFlag::new("status", "STATUS", Member("executionStatus")),
            SAMPLING,
            EVALUATORS,
            ToolkitFlag::new("description", "TEXT", Member("description")).short('d'),
            FILE,
        ],
    ),
    operation(
        &["eval", "online", "delete"],
        "delete-online-evaluation-config",
        &[
            CONFIG_ID,
            FORCE,
            ToolkitFlag::switch(
                "delete-role",
                Dropped(
                    "the execution role stays: read its name before (`get-online-evaluation-config … --query \
                     evaluationExecutionRoleArn`), then `aws iam list-role-policies`, `delete-role-policy` and `delete-role`",
                ),
            ),
            ToolkitFlag::switch("no-delete-role", Dropped("")),
        ],
    ),
    ToolkitCommand {
        path: &["memory", "browse"],
        flags: &[
            ToolkitFlag::new("memory-id", "ID", Flag("memory-id")).short('m'),
            ToolkitFlag::new("agent", "NAME", Flag("agent")).short('a'),
        ],
        // It is completed with region and profile, like every command of this program that is advised.
        replacement: Command { start: "agentcore memory show events --all", takes_region: false, says: "" },
    },
    ToolkitCommand { path: &["create", "import"], flags: IMPORT_FLAGS, replacement: IMPORT },
    ToolkitCommand { path: &["import-agent"], flags: IMPORT_FLAGS, replacement: IMPORT },
    ToolkitCommand {
        path: &["create"],
        flags: &[
            ToolkitFlag::new("project-name", "NAME", Flag("name")).short('p').needed(),
            ToolkitFlag::new("template", "TEMPLATE", Choice("template", &[("basic", "")])).short('t').default("basic"),
            ToolkitFlag::new(
                "agent-framework",
                "FRAMEWORK",
                Choice(
                    "framework",
                    &[
                        ("Strands", "Strands"),
                        ("LangChain_LangGraph", "LangChain_LangGraph"),
                        ("GoogleADK", "GoogleADK"),
                        ("OpenAIAgents", "OpenAIAgents"),
                    ],
                ),
            )
            .needed()
            .default("Strands"),
            ToolkitFlag::new(
                "model-provider",
                "PROVIDER",
                Choice(
                    "model-provider",
                    &[("Bedrock", "Bedrock"), ("OpenAI", "OpenAI"), ("Anthropic", "Anthropic"), ("Gemini", "Gemini")],
                ),
            )
            .needed()
            .default("Bedrock"),
            ToolkitFlag::new("provider-api-key", "KEY", Dropped("the key is not repeated here")),
            ToolkitFlag::new("iac", "TOOL", Choice("iac", &[("CDK", "")])),
            ToolkitFlag::new(
                "memory",
                "MODE",
                Choice(
                    "memory",
                    &[("STM_ONLY", "shortTerm"), ("STM_AND_LTM", "longAndShortTerm"), ("NO_MEMORY", "none")],
                ),
            )
            .short('m')
            .needed()
            .default("NO_MEMORY"),
            ToolkitFlag::switch("venv", Dropped("")),
            ToolkitFlag::switch("no-venv", Switch("", "--skip-python-setup")),
        ],
        replacement: Command { start: "npx @aws/agentcore create", takes_region: false, says: "" },
    },
];
