//! Which statuses each command may end with.

use std::fmt::Write;

use clap::{Command, CommandFactory};

use super::leaves;
use crate::cli::args::Cli;
use crate::error::Kind;

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

pub(super) fn statuses(text: &mut String, root: &Command) {
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
fn each_exit_status_is_documented() {
    let text = include_str!("../../../docs/exit-codes.md");
    let help = Cli::command().render_long_help().to_string();
    for kind in Kind::ALL {
        let status = kind.exit_code();
        let row = format!("\n| {status} | `{}` | ", kind.code().text());
        assert!(text.contains(&row), "docs/exit-codes.md lacks `{row}`");
        assert!(help.contains(&format!("{status} ")), "the help lacks {status}");
    }
}
