//! Every flag with a value says what counts without it.

use clap::{Arg, Command, CommandFactory};

use super::meaning;
use crate::cli::args::Cli;

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
