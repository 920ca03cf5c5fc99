//! `docs/reference.md`: every command with its flags, what it may end with, the shape of its result, what is never packed, what
//! is kept where, what the sandbox answers. `docs/errors.md`: the codes of errors. Both are made from the program and compared
//! with it by the tests below, which also write them: `cargo bless`.

use std::fmt::Write;

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::args::Cli;
use crate::error::{Code, Kind};
use crate::project::always_left_out;
use crate::report::schemas;
use crate::sandbox::operations;

/// Statuses that a command may end with, besides those that all have and those that its flags imply ([`implied`]).
const STATUSES: &[(&str, &[Kind])] = {
    use Kind::{Agent, Credentials, NotFound, Partial, Pending, Refused};
    &[
        ("create", &[]),
        ("configure", &[]),
        ("configure list", &[]),
        ("configure set-default", &[NotFound]),
        ("configure show", &[]),
        ("configure validate", &[]),
        ("build", &[Credentials]),
        ("check", &[]),
        ("launch", &[Credentials, Agent, Partial]),
        ("dev", &[Agent]),
        ("status", &[Credentials, Pending]),
        ("adopt", &[Credentials, NotFound]),
        ("export", &[Credentials, NotFound]),
        ("invoke", &[Refused, Credentials, Agent]),
        ("endpoint list", &[Credentials]),
        ("endpoint create", &[Credentials]),
        ("endpoint promote", &[Credentials]),
        ("endpoint delete", &[Credentials]),
        ("versions", &[Credentials]),
        ("rollback", &[Credentials]),
        ("stop-session", &[Refused, Credentials]),
        ("exec", &[Refused, Credentials, Agent]),
        ("shell", &[Refused, Credentials, Agent]),
        ("sessions list", &[]),
        ("sessions stop", &[Refused, Credentials, NotFound]),
        ("destroy", &[Credentials, Partial]),
        ("auth check", &[Refused, Credentials]),
        ("auth explain", &[Credentials]),
        ("auth test", &[Credentials]),
        ("identity setup-cognito", &[Credentials, Partial]),
        ("identity token", &[Credentials]),
        ("identity verify", &[Credentials, NotFound, Pending]),
        ("identity create-credential-provider", &[Credentials]),
        ("identity get-credential-provider", &[Credentials, NotFound]),
        ("identity list-credential-providers", &[Credentials]),
        ("identity update-credential-provider", &[Credentials, NotFound]),
        ("identity delete-credential-provider", &[Credentials, NotFound]),
        ("identity create-workload-identity", &[Credentials]),
        ("identity get-workload-identity", &[Credentials, NotFound]),
        ("identity list-workload-identities", &[Credentials]),
        ("identity update-workload-identity", &[Credentials, NotFound]),
        ("identity delete-workload-identity", &[Credentials, NotFound]),
        ("identity setup-aws-jwt", &[Credentials]),
        ("identity list-aws-jwt", &[NotFound]),
        ("identity cleanup", &[Credentials, Partial]),
        ("memory create", &[Credentials]),
        ("memory list", &[Credentials]),
        ("memory get", &[Credentials, NotFound]),
        ("memory status", &[Credentials, NotFound]),
        ("memory delete", &[Credentials, NotFound]),
        ("memory show", &[Credentials, NotFound]),
        ("memory show events", &[Credentials, NotFound]),
        ("memory show records", &[Credentials, NotFound]),
        ("gateway create-mcp-gateway", &[Credentials, Partial]),
        ("gateway create-mcp-gateway-target", &[Credentials, NotFound, Partial]),
        ("gateway delete-mcp-gateway", &[Credentials, NotFound, Partial]),
        ("gateway delete-mcp-gateway-target", &[Credentials, NotFound, Partial]),
        ("gateway list-mcp-gateways", &[Credentials]),
        ("gateway get-mcp-gateway", &[Credentials, NotFound]),
        ("gateway list-mcp-gateway-targets", &[Credentials, NotFound]),
        ("gateway get-mcp-gateway-target", &[Credentials, NotFound]),
        ("gateway update-gateway", &[Credentials, NotFound]),
        ("environments list", &[Credentials]),
        ("ci init", &[]),
        ("logs", &[Credentials, NotFound]),
        ("traces list", &[Credentials, NotFound]),
        ("traces show", &[Credentials, NotFound]),
        ("obs list", &[Credentials, NotFound]),
        ("obs show", &[Credentials, NotFound]),
        ("iam policy", &[Credentials]),
        ("iam role", &[Credentials]),
        ("observability check", &[Credentials, NotFound, Pending]),
        ("observability enable", &[Credentials, NotFound, Pending, Partial]),
        ("observability disable", &[Credentials, NotFound, Pending, Partial]),
        ("sandbox run", &[]),
        ("sandbox start", &[]),
        ("sandbox stop", &[]),
        ("sandbox status", &[NotFound]),
        ("sandbox env", &[NotFound]),
        ("sandbox page", &[NotFound]),
        ("sandbox reset", &[]),
        ("doctor", &[]),
        ("explain", &[NotFound]),
        ("schema events", &[]),
        ("schema config", &[]),
        ("schema output", &[NotFound]),
        ("completions", &[]),
        ("man", &[NotFound]),
    ]
};

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

/// What is kept outside the project.
const KEPT: &[(&str, &str)] = &[
    (
        "`CACHE/layers`",
        "layers of dependencies, by lock, platform and interpreter; 4 GiB, what was used longest ago goes first",
    ),
    (
        "`CACHE/blobs`",
        "base images: manifests, configurations, and layers on their way to another registry; 4 GiB, likewise",
    ),
    ("`CACHE/sets`", "what an installation brought, for bills of materials"),
    ("`CACHE/wheels`", "wheels that were built here"),
    ("`CACHE/archives`", "packed dependencies for managed runtimes; 4 GiB, likewise"),
    (
        "`CACHE/known`",
        "which repository of a registry has which layer, so that another gets it without an upload; 1000 layers per registry",
    ),
    ("`CACHE/uploads`", "uploads that were cut, to go on with, without credentials; a day"),
    ("`CACHE/outputs`", "files that output of earlier runs went to, which no artifact takes in"),
    ("`CACHE/node-development`", "packages that a project's own build needs, by its lock"),
    ("`CACHE/work`", "workspaces of running builds; what a killed one left goes after a day"),
    ("`STATE/sandbox`", "the sandbox's account: its state, its images, its agents' output"),
    ("`STATE/tokens`", "tokens of callers until they expire"),
    ("`STATE/trusted-commands`", "token commands of configurations that were allowed to run"),
];

/// What the flags of a command say about its end: an agent or a thing that is named may not be there, and a plan may find
/// something to do.
fn implied(command: &Command) -> Vec<Kind> {
    let has =
        |names: &[&str]| command.get_arguments().any(|arg| arg.get_long().is_some_and(|long| names.contains(&long)));
    let mut kinds = Vec::new();
    if has(&["agent", "arn"]) {
        kinds.push(Kind::NotFound);
    }
    // `build --plan` shows what would be built, which is no change of anything.
    if has(&["dry-run"]) || (has(&["plan"]) && command.get_name() != "build") {
        kinds.push(Kind::Pending);
    }
    kinds
}

fn page() -> String {
    let mut command = Cli::command();
    command.build();
    let mut text = String::from(
        "# Reference\n\n\
         Made from the program: do not edit. A test compares the two and says how to make it again.\n\n\
         Flags that take a value show its name; `…` stands for a flag that may be given more than once. The other pages of\n\
         this folder say what it is all for.\n\n",
    );
    text.push_str("## Flags of every command\n\n");
    flags(&mut text, command.get_arguments().filter(|arg| arg.is_global_set()));
    text.push_str("\n## Commands\n");
    commands(&mut text, &command, "");
    statuses(&mut text, &command);
    shapes(&mut text);
    left_out(&mut text);
    text.push_str(
        "\n## Where things are kept\n\n\
         CACHE is `AGENTCORE_CACHE_DIR`, else `XDG_CACHE_HOME/agentcore`, else `~/.cache/agentcore`; STATE is\n\
         `AGENTCORE_STATE_DIR`, else `XDG_STATE_HOME/agentcore`, else `~/.local/state/agentcore`. Everything below CACHE can be\n\
         deleted at any time, and only you can read it; files used in the last hour are not removed for their size. Sessions and\n\
         secrets of a project are below `.bedrock_agentcore/` in its folder.\n\n\
         | folder | what is in it |\n|---|---|\n",
    );
    for (folder, what) in KEPT {
        let _ = writeln!(text, "| {folder} | {what} |");
    }
    text.push_str(
        "\n## Operations of the sandbox\n\n\
         Those of the services that name an operation in the request. [sandbox-reference.md](sandbox-reference.md) says what they do, and what the\n\
         services that go by paths answer: S3, the registry, AgentCore's runtimes and endpoints, its data plane.\n\n\
         | service | operations |\n|---|---|\n",
    );
    for (service, operations) in operations::all() {
        let _ = writeln!(text, "| {service} | {} |", operations.join(", "));
    }
    text
}

fn shapes(text: &mut String) {
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

/// The visible commands below `parent`, each followed by its own.
fn commands(text: &mut String, parent: &Command, path: &str) {
    for command in parent.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let path = format!("{path} {}", command.get_name());
        let path = path.trim_start();
        let aliases: Vec<String> = command.get_visible_aliases().map(|alias| format!("`{alias}`")).collect();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = write!(text, "\n### agentcore {path}\n\n{}.", about.trim_end_matches('.'));
        if !aliases.is_empty() {
            let _ = write!(text, " Also {}.", aliases.join(", "));
        }
        text.push_str("\n\n");
        let own = || command.get_arguments().filter(|arg| !arg.is_global_set());
        flags(text, own());
        commands(text, command, path);
    }
}

fn flags<'a>(text: &mut String, args: impl Iterator<Item = &'a Arg>) {
    let shown: Vec<&Arg> =
        args.filter(|arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str())).collect();
    if shown.is_empty() {
        return;
    }
    text.push_str("| flag | meaning |\n|---|---|\n");
    for arg in shown {
        let _ = writeln!(text, "| {} | {} |", name(arg), meaning(arg).replace('|', "\\|"));
    }
}

fn name(arg: &Arg) -> String {
    let values: Vec<String> = arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
    let value = match (arg.get_action().takes_values(), values.as_slice()) {
        (false, _) => String::new(),
        (true, []) => arg.get_id().as_str().to_uppercase(),
        (true, values) => values.join(" "),
    };
    let Some(long) = arg.get_long() else {
        return format!("`{value}`");
    };
    let mut names: Vec<String> = arg.get_short().map(|short| format!("`-{short}`")).into_iter().collect();
    let equals = if value.is_empty() { String::new() } else { format!(" {value}") };
    names.push(format!("`--{long}{equals}`"));
    names.extend(arg.get_visible_aliases().unwrap_or_default().iter().map(|alias| format!("`--{alias}`")));
    let many = if matches!(arg.get_action(), ArgAction::Append | ArgAction::Count) { " …" } else { "" };
    format!("{}{many}", names.join(", "))
}

fn meaning(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default().replace('\n', " ");
    let choices: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| match value.get_help() {
            Some(help) => format!("`{}` ({help})", value.get_name()),
            None => format!("`{}`", value.get_name()),
        })
        .collect();
    if arg.get_action().takes_values() && !choices.is_empty() {
        let _ = write!(text, ": {}", choices.join(", "));
    }
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if arg.get_action().takes_values() && !defaults.is_empty() {
        let _ = write!(text, " (default `{}`)", defaults.join(" "));
    }
    text
}

fn statuses(text: &mut String, root: &Command) {
    text.push_str(
        "\n## Exit status by command\n\n\
         Every command may end with 0 (done), 1 (failed), 2 (usage or configuration), 7 (deadline) and 130 (interrupted).\n\
         `sandbox run`, `dev` and `launch --local` end with the status of what they ran. [exit-codes.md](exit-codes.md) says what each means.\n\n\
         | command | besides these |\n|---|---|\n",
    );
    for (command, kinds) in STATUSES {
        let found = command.split(' ').try_fold(root, |parent, name| parent.find_subcommand(name));
        let mut kinds: Vec<Kind> = kinds.iter().copied().chain(found.into_iter().flat_map(implied)).collect();
        kinds.sort_by_key(|kind| kind.exit_code());
        kinds.dedup();
        let codes: Vec<String> =
            kinds.iter().map(|kind| format!("{} `{}`", kind.exit_code(), kind.code().text())).collect();
        let _ = writeln!(text, "| `{command}` | {} |", codes.join(", "));
    }
}

fn left_out(text: &mut String) {
    text.push_str(
        "\n## Never in an artifact\n\n\
         By name, whatever the ignore rules say: in every folder, and what the toolkit left and logs in the project's own.\n\
         [dockerfiles.md](dockerfiles.md#secrets-in-files-of-any-name) has what is left out for what is in it.\n\n| why | names |\n|---|---|\n",
    );
    for (why, names) in always_left_out() {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(text, "| {why} | {} |", names.join(", "));
    }
}

fn errors_page() -> String {
    let mut text = String::from(
        "# Error codes\n\n\
         Made from the program: do not edit. A test compares the two and says how to make it again.\n\n\
         `error.code` of the JSON document (`-o json`) is one of these, or the name that an AWS service gives its error, such as\n\
         `ValidationException`. A code never changes its text. `*` stands for an end that something else decides.\n\
         `agentcore explain CODE` prints a row. A command that had done a part of its work by then ends with 9 in place of the\n\
         status below, and keeps the code. [exit-codes.md](exit-codes.md) says what each status means.\n",
    );
    let mut section = "";
    for code in Code::ALL {
        if code.section() != section {
            section = code.section();
            let _ = write!(text, "\n## {section}\n\n| code | exit | meaning | what to do |\n|---|---|---|---|\n");
        }
        let (exit, meaning, remedy) = (super::explain::statuses(*code), code.meaning(), code.remedy());
        let _ = writeln!(text, "| `{}` | {exit} | {meaning} | {remedy} |", code.text());
    }
    text
}

/// Paths of the commands that do something themselves.
fn leaves(parent: &Command, path: &str, found: &mut Vec<String>) {
    for command in parent.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let path = format!("{path} {}", command.get_name()).trim_start().to_owned();
        if !command.is_subcommand_required_set() {
            found.push(path.clone());
        }
        leaves(command, &path, found);
    }
}

#[test]
fn every_command_says_what_it_may_end_with() {
    let mut found = Vec::new();
    leaves(&Cli::command(), "", &mut found);
    let listed: Vec<&str> = STATUSES.iter().map(|(command, _)| *command).collect();
    found.sort();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    assert_eq!(found, sorted);
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

/// Every folder that code of the program names as one of the cache or of the state.
#[test]
fn every_kept_folder_is_listed() {
    let mut kinds = std::collections::BTreeSet::new();
    for entry in walk(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&entry).unwrap();
        let (code, _) = text.split_once("#[cfg(test)]\nmod ").unwrap_or((&text, ""));
        for (from, parent) in [
            ("const KIND: &str = \"", "CACHE"),
            ("cache.dir(\"", "CACHE"),
            ("cache.path(\"", "CACHE"),
            ("state_dir()?.join(\"", "STATE"),
        ] {
            let names = code.split(from).skip(1).filter_map(|rest| rest.split('"').next());
            kinds.extend(names.map(|name| format!("`{parent}/{name}`")));
        }
    }
    assert!(kinds.len() > 8, "{kinds:?}");
    let unlisted: Vec<&String> = kinds.iter().filter(|kind| !KEPT.iter().any(|(listed, _)| listed == kind)).collect();
    assert!(unlisted.is_empty(), "KEPT lacks {unlisted:?}");
}

fn walk(folder: std::path::PathBuf) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    folders
        .into_iter()
        .flat_map(walk)
        .chain(files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")))
        .collect()
}

pub(super) fn compare(path: &str, made: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    #[expect(clippy::disallowed_methods, reason = "a switch of this test alone, which the program never reads")]
    let bless = std::env::var_os("AGENTCORE_BLESS").is_some();
    if bless {
        std::fs::write(&file, made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(made == kept, "{path} is old: `cargo bless` makes it again");
}

#[test]
fn the_reference_is_that_of_this_program() {
    compare("docs/reference.md", &page());
}

#[test]
fn the_error_codes_are_those_of_this_program() {
    compare("docs/errors.md", &errors_page());
}

#[test]
fn the_completions_are_those_of_this_program() {
    use clap_complete::Shell;
    for (shell, file) in [
        (Shell::Bash, "agentcore.bash"),
        (Shell::Zsh, "_agentcore"),
        (Shell::Fish, "agentcore.fish"),
        (Shell::PowerShell, "_agentcore.ps1"),
    ] {
        compare(&format!("completions/{file}"), &super::completions::static_script(shell));
    }
}

/// Flags with a value that have no effect unless they are given.
const WITHOUT_DEFAULT: &[&str] = &[
    "add-return-urls",
    "allowed-audience",
    "allowed-client",
    "allowed-port",
    "allowed-scope",
    "api-key",
    "api-key-env",
    "api-key-file",
    "arn",
    "artifact",
    "audience",
    "auth-flow",
    "authorization-endpoint",
    "authorizer-config",
    "bearer-token",
    "bearer-token-file",
    "build-arg",
    "build-secret",
    "clear",
    "client-id",
    "client-secret",
    "client-secret-env",
    "client-secret-file",
    "cognito-pool-id",
    "credentials",
    "credentials-file",
    "custom-claim",
    "discovery-document",
    "discovery-url",
    "env",
    "env-file",
    "file",
    "gateway-arn",
    "gateway-id",
    "gateway-name",
    "gateway-url",
    "github",
    "gitlab",
    "good-token-file",
    "header",
    "headers",
    "id",
    "image",
    "include",
    "issuer",
    "json-key",
    "junit",
    "jwks",
    "key-id",
    "new-password-file",
    "password",
    "password-file",
    "permissions-boundary",
    "private-key-file",
    "project-name",
    "prompt",
    "provider-config",
    "refresh-token-file",
    "return-urls",
    "sbom",
    "secret-id",
    "security-groups",
    "set-return-urls",
    "subject",
    "subnets",
    "tags",
    "target-id",
    "target-name",
    "target-payload",
    "team",
    "tenant-id",
    "token-command",
    "token-endpoint",
    "token-file",
    "tool",
    "unset-env",
];

fn every_flag(parent: &Command, found: &mut Vec<Arg>) {
    found.extend(parent.get_arguments().cloned());
    let shown = parent.get_subcommands().filter(|command| !command.is_hide_set());
    shown.for_each(|command| every_flag(command, found));
}

#[test]
fn every_flag_says_its_default() {
    let mut flags = Vec::new();
    every_flag(&Cli::command(), &mut flags);
    let mut silent = std::collections::BTreeSet::new();
    for arg in &flags {
        let Some(long) = arg.get_long() else { continue };
        if arg.is_hide_set() || arg.is_required_set() || !arg.get_action().takes_values() {
            continue;
        }
        if !meaning(arg).contains("default") {
            silent.insert(long);
        }
    }
    assert_eq!(silent.into_iter().collect::<Vec<_>>(), WITHOUT_DEFAULT, "say the default, or list the flag, sorted");
}

#[test]
fn the_limits_of_time_are_documented() {
    let text = include_str!("../../docs/exit-codes.md");
    let (wait, watch) = (super::launch::DEFAULT_WAIT.as_secs(), super::status::DEFAULT_WATCH.as_secs());
    let (connect, answer) = (crate::http::CONNECT.as_secs(), crate::http::FIRST_BYTE.as_secs());
    for row in [
        format!("| connecting (name, connection, TLS, proxy) | {connect} s, "),
        format!("further 32 KiB of it | {answer} s; "),
        format!("| the agent's answer (`invoke`) | {} s |", super::invoke::DEFAULT_TIMEOUT.as_secs()),
        format!("| READY (`launch`), `status --watch` | {wait} s, {watch} s |"),
    ] {
        assert!(text.contains(&row), "docs/exit-codes.md lacks `{row}`");
    }
}

#[test]
fn each_exit_status_is_documented() {
    let text = include_str!("../../docs/exit-codes.md");
    let help = Cli::command().render_long_help().to_string();
    for kind in Kind::ALL {
        let status = kind.exit_code();
        let row = format!("\n| {status} | `{}` | ", kind.code().text());
        assert!(text.contains(&row), "docs/exit-codes.md lacks `{row}`");
        assert!(help.contains(&format!("{status} ")), "the help lacks {status}");
    }
}
