//! Which shape the result of each command has.

use std::fmt::Write;

use clap::CommandFactory;

use super::leaves;
use crate::cli::args::Cli;
use crate::report::schemas;

/// The shapes of results, by command: with more than one name where a flag asks for another result.
const SCHEMAS: &[(&str, &[&str])] = &[
    ("create", &[schemas::CREATE]),
    ("configure", &[schemas::CONFIGURE]),
    ("configure list", &[schemas::CONFIGURE_LIST]),
    ("configure set-default", &[schemas::CONFIGURE_SET_DEFAULT]),
    ("configure show", &[schemas::CONFIGURE_SHOW]),
    ("configure validate", &[schemas::CONFIGURE_VALIDATE]),
    ("build", &[schemas::BUILD]),
    ("build --plan", &[schemas::BUILD_PLAN]),
    ("check", &[schemas::CHECK]),
    ("launch", &[schemas::LAUNCH]),
    ("launch --local", &[schemas::LAUNCH_LOCAL]),
    ("dev", &[schemas::DEV]),
    ("dev --token", &[schemas::DEV_TOKEN]),
    ("status", &[schemas::STATUS]),
    ("status --drift", &[schemas::STATUS_DRIFT]),
    ("status --watch -o ndjson", &[schemas::STATUS_CHANGE, schemas::STATUS]),
    ("adopt", &[schemas::ADOPT]),
    ("export", &[schemas::EXPORT]),
    ("endpoint list", &[schemas::ENDPOINTS]),
    ("endpoint create", &[schemas::ENDPOINT]),
    ("endpoint promote", &[schemas::ENDPOINT]),
    ("endpoint delete", &[schemas::ENDPOINT]),
    ("versions", &[schemas::VERSIONS]),
    ("rollback", &[schemas::ENDPOINT]),
    ("invoke", &[schemas::INVOKE]),
    ("invoke -o ndjson", &[schemas::INVOKE_EVENT, schemas::INVOKE]),
    ("invoke --print", &[schemas::INVOKE_PRINT]),
    ("stop-session", &[schemas::STOP_SESSION]),
    ("exec", &[schemas::EXEC]),
    ("shell", &[schemas::SHELL]),
    ("sessions list", &[schemas::SESSIONS]),
    ("sessions stop", &[schemas::SESSIONS_STOP]),
    ("destroy", &[schemas::DESTROY]),
    ("auth check", &[schemas::AUTH_CHECK]),
    ("auth explain", &[schemas::AUTH_EXPLAIN]),
    ("auth test", &[schemas::AUTH_TEST]),
    ("identity setup-cognito", &[schemas::SETUP_COGNITO]),
    ("identity token", &[schemas::TOKEN]),
    ("identity token --forget", &[schemas::TOKEN_FORGET]),
    ("identity verify", &[schemas::VERIFY]),
    ("identity create-credential-provider", &[schemas::CREDENTIAL_PROVIDER]),
    ("identity get-credential-provider", &[schemas::CREDENTIAL_PROVIDER]),
    ("identity list-credential-providers", &[schemas::CREDENTIAL_PROVIDERS]),
    ("identity update-credential-provider", &[schemas::CREDENTIAL_PROVIDER]),
    ("identity delete-credential-provider", &[schemas::IDENTITY_DELETE]),
    ("identity create-workload-identity", &[schemas::WORKLOAD_IDENTITY]),
    ("identity get-workload-identity", &[schemas::WORKLOAD_IDENTITY]),
    ("identity list-workload-identities", &[schemas::WORKLOAD_IDENTITIES]),
    ("identity update-workload-identity", &[schemas::WORKLOAD_IDENTITY]),
    ("identity delete-workload-identity", &[schemas::IDENTITY_DELETE]),
    ("identity setup-aws-jwt", &[schemas::AWS_JWT]),
    ("identity list-aws-jwt", &[schemas::AWS_JWT]),
    ("identity cleanup", &[schemas::CLEANUP]),
    ("memory create", &[schemas::MEMORY]),
    ("memory list", &[schemas::MEMORIES]),
    ("memory get", &[schemas::MEMORY]),
    ("memory status", &[schemas::MEMORY_STATUS]),
    ("memory delete", &[schemas::MEMORY_DELETE]),
    ("memory show", &[schemas::MEMORY_SHOW]),
    ("memory show events", &[schemas::MEMORY_EVENTS]),
    ("memory show events --list-actors", &[schemas::MEMORY_ACTORS]),
    ("memory show events --list-sessions", &[schemas::MEMORY_SESSIONS]),
    ("memory show records", &[schemas::MEMORY_RECORDS]),
    ("gateway create-mcp-gateway", &[schemas::GATEWAY]),
    ("gateway create-mcp-gateway-target", &[schemas::GATEWAY_TARGET]),
    ("gateway delete-mcp-gateway", &[schemas::GATEWAY_DELETE]),
    ("gateway delete-mcp-gateway-target", &[schemas::GATEWAY_DELETE]),
    ("gateway list-mcp-gateways", &[schemas::GATEWAYS]),
    ("gateway get-mcp-gateway", &[schemas::GATEWAY]),
    ("gateway list-mcp-gateway-targets", &[schemas::GATEWAY_TARGETS]),
    ("gateway get-mcp-gateway-target", &[schemas::GATEWAY_TARGET]),
    ("gateway update-gateway", &[schemas::GATEWAY]),
    ("environments list", &[schemas::ENVIRONMENTS]),
    ("ci init", &[schemas::CI_INIT]),
    ("logs", &[schemas::LOGS]),
    ("logs -o ndjson", &[schemas::LOG_LINE, schemas::LOGS]),
    ("traces list", &[schemas::OBS_LIST]),
    ("traces show", &[schemas::OBS_SHOW]),
    ("obs list", &[schemas::OBS_LIST]),
    ("obs show", &[schemas::OBS_SHOW]),
    ("iam policy", &[schemas::IAM_POLICY]),
    ("iam role", &[schemas::IAM_ROLE]),
    ("observability check", &[schemas::OBSERVABILITY_CHECK]),
    ("observability enable", &[schemas::OBSERVABILITY]),
    ("observability disable", &[schemas::OBSERVABILITY]),
    // Of its failures: its result is that of what it ran.
    ("sandbox run", &[schemas::SANDBOX_RUN]),
    ("sandbox start", &[schemas::SANDBOX_STATUS]),
    ("sandbox stop", &[schemas::SANDBOX_STOP]),
    ("sandbox status", &[schemas::SANDBOX_STATUS]),
    ("sandbox env", &[schemas::SANDBOX_ENV]),
    ("sandbox page", &[schemas::SANDBOX_PAGE]),
    ("sandbox reset", &[schemas::SANDBOX_RESET]),
    ("doctor", &[schemas::DOCTOR]),
    ("explain", &[schemas::EXPLAIN]),
    ("explain (without a code)", &[schemas::EXPLAIN_LIST]),
    ("schema config", &[schemas::SCHEMA]),
    ("schema events", &[schemas::SCHEMA]),
    ("schema output", &[schemas::SCHEMA]),
    ("completions", &[schemas::COMPLETIONS]),
    ("man", &[schemas::MAN]),
    ("--help", &[schemas::HELP]),
    ("--version", &[schemas::VERSION]),
    ("a command line that cannot be read", &[schemas::USAGE]),
    ("a line of the file that `AGENTCORE_EVENTS` names", &[schemas::EVENT]),
];

pub(super) fn shapes(text: &mut String) {
    text.push_str(
        "\n## Schemas\n\n\
         What `schema` of the JSON document (`-o json`) names: [exit-codes.md](exit-codes.md#the-json-document).\n\n\
         | command | schema |\n|---|---|\n",
    );
    for (command, names) in SCHEMAS {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let command = if command.contains(" that ") { (*command).to_owned() } else { format!("`{command}`") };
        let _ = writeln!(text, "| {command} | {} |", names.join(", "));
    }
}

#[test]
fn every_command_and_every_schema_is_listed() {
    let mut found = Vec::new();
    leaves(&Cli::command(), "", &mut found);
    for command in found {
        assert!(SCHEMAS.iter().any(|(listed, _)| *listed == command), "{command} has no schema");
    }
    for name in schemas::ALL {
        assert!(SCHEMAS.iter().any(|(_, names)| names.contains(name)), "{name} is of no command");
    }
}
