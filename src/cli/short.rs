//! Short flags of more than one letter (`-dt container`, `-ni`), which the starter toolkit has and clap has not.
//!
//! Owns: their rewriting to long flags before parsing. A token is rewritten only where a flag can stand: not after a
//! flag that takes a value, not after `--`.

use std::ffi::OsString;

/// `(command, alias, long)`; an empty command means every command. Aliases are part of the interface.
const ALIASES: &[(&str, &str, &str)] = &[
    ("", "ni", "non-interactive"),
    // The letter alone is `--quiet` everywhere else.
    ("records", "q", "query"),
    ("configure", "er", "execution-role"),
    ("configure", "cber", "code-build-execution-role"),
    ("configure", "ecr", "ecr"),
    ("configure", "s3", "s3"),
    ("configure", "ctr", "container-runtime"),
    ("configure", "rf", "requirements-file"),
    ("configure", "do", "disable-otel"),
    ("configure", "dm", "disable-memory"),
    ("configure", "ac", "authorizer-config"),
    ("configure", "rha", "request-header-allowlist"),
    ("configure", "dt", "deployment-type"),
    ("configure", "rt", "runtime"),
    ("configure", "lang", "language"),
    ("launch", "lb", "local-build"),
    ("launch", "auc", "adopt"),
    ("launch", "frd", "force-rebuild-deps"),
    ("launch", "env", "env"),
    ("dev", "env", "env"),
    ("invoke", "bt", "bearer-token"),
    ("create-policy", "def", "definition"),
    ("update-policy", "def", "definition"),
    ("create", "mp", "model-provider"),
    ("create", "key", "provider-api-key"),
    ("create-mcp-gateway", "sem", "enable-semantic-search"),
    ("create_mcp_gateway", "sem", "enable-semantic-search"),
];

/// Flags whose value is a secret or a text of a person's own, and so may begin with a dash.
const FREE_VALUES: &[&str] = &["password", "client-secret", "api-key", "bearer-token", "prompt"];

/// The forms of a result.
const FORMS: &[&str] = &["text", "json"];

/// Rewrites the aliases in `args` (program name first). `command` describes what the flags of each command are.
pub(crate) fn expand(command: &clap::Command, args: Vec<OsString>) -> Vec<OsString> {
    let mut out = Vec::with_capacity(args.len());
    let mut current = command;
    let mut value_next = false;
    let mut rest = args.into_iter();
    out.extend(rest.next());
    while let Some(arg) = rest.next() {
        let Some(text) = arg.to_str() else {
            value_next = false;
            out.push(arg);
            continue;
        };
        if value_next {
            value_next = false;
            out.push(arg);
            continue;
        }
        if text == "--" {
            out.push(arg);
            out.extend(rest);
            return out;
        }
        if current.get_arguments().any(|argument| argument.get_long() == Some("file"))
            && let Some(file) = file_of(text, &mut rest)
        {
            out.push(OsString::from("--file"));
            out.push(file);
            continue;
        }
        if text == "help"
            && current.has_subcommands()
            && rest.as_slice().iter().any(|arg| arg.as_encoded_bytes().starts_with(b"-"))
        {
            out.extend(help_of(command, current, &mut rest));
            return out;
        }
        let token = rewrite(current.get_name(), text).unwrap_or_else(|| text.to_owned());
        if takes_free_value(command, current, &token)
            && let Some(value) = rest.as_slice().first().and_then(|next| next.to_str())
            && is_dashed_value(command, current, value)
        {
            let long = token.starts_with("--");
            out.push(OsString::from(if long { format!("{token}={value}") } else { format!("{token}{value}") }));
            rest.next();
            continue;
        }
        value_next = takes_separate_value(command, current, &token);
        if !token.starts_with('-') {
            if let Some(sub) = current.find_subcommand(&token) {
                current = sub;
            } else if current.get_positionals().any(clap::Arg::is_trailing_var_arg_set) {
                // The command line of another program starts here; its flags are its own.
                out.push(OsString::from(token));
                out.extend(rest);
                return out;
            }
        }
        out.push(OsString::from(token));
    }
    out
}

/// `help launch -o json` as `launch --help -o json`: the words after `help` are names of commands to clap, flags included.
fn help_of(root: &clap::Command, current: &clap::Command, rest: &mut std::vec::IntoIter<OsString>) -> Vec<OsString> {
    let (mut path, mut flags) = (Vec::new(), vec![OsString::from("--help")]);
    while let Some(arg) = rest.next() {
        let text = arg.to_str().unwrap_or_default();
        if !text.starts_with('-') {
            path.push(arg);
            continue;
        }
        let value = takes_separate_value(root, current, text);
        flags.push(arg);
        flags.extend(if value { rest.next() } else { None });
    }
    path.extend(flags);
    path
}

/// Whether `token` is one of [`FREE_VALUES`] that has not got its value yet.
fn takes_free_value(root: &clap::Command, current: &clap::Command, token: &str) -> bool {
    let is_free = |argument: &clap::Arg| argument.get_long().is_some_and(|long| FREE_VALUES.contains(&long));
    let mut arguments = current.get_arguments().chain(root.get_arguments());
    match (token.strip_prefix("--"), token.strip_prefix('-')) {
        (Some(long), _) => arguments.any(|argument| argument.get_long() == Some(long) && is_free(argument)),
        (None, Some(short)) => {
            let mut letters = short.chars();
            let letter = letters.next().filter(|_| letters.next().is_none());
            letter.is_some() && arguments.any(|argument| argument.get_short() == letter && is_free(argument))
        }
        (None, None) => false,
    }
}

/// Whether what follows such a flag is its value all the same, although it begins with a dash. What could be a flag is one:
/// a value that was left out must not swallow it. `--flag=VALUE` takes anything.
fn is_dashed_value(root: &clap::Command, current: &clap::Command, token: &str) -> bool {
    let Some(body) = token.strip_prefix('-').filter(|body| !body.is_empty() && !body.starts_with('-')) else {
        return false;
    };
    let arguments: Vec<&clap::Arg> = current.get_arguments().chain(root.get_arguments()).collect();
    let known = |letter: char| {
        let argument = arguments.iter().find(|argument| argument.get_short() == Some(letter));
        // clap adds these two when it parses.
        argument
            .map(|argument| argument.get_action().takes_values())
            .or((letter == 'h' || letter == 'V').then_some(false))
    };
    let mut letters = body.chars();
    let first = letters.next();
    let rest = letters.as_str();
    let is_flag = match first.and_then(known) {
        None => false,
        Some(true) => rest.is_empty() || rest.starts_with('=') || FORMS.contains(&rest),
        Some(false) => rest.chars().all(|letter| known(letter).is_some()),
    };
    !is_flag && rewrite(current.get_name(), token).is_none()
}

/// `build -o agent.tar`: the letter is the result's form everywhere, and where a command writes a file also that file. What is
/// not a form is a file; one that is called `json` is written `./json`.
fn file_of(text: &str, rest: &mut std::vec::IntoIter<OsString>) -> Option<OsString> {
    let is_form = |value: &str| FORMS.contains(&value);
    let attached = text.strip_prefix("--output=").or_else(|| text.strip_prefix("-o").filter(|value| !value.is_empty()));
    if let Some(value) = attached {
        let value = value.strip_prefix('=').unwrap_or(value);
        return (!is_form(value)).then(|| OsString::from(value));
    }
    if !matches!(text, "-o" | "--output") {
        return None;
    }
    let next = rest.as_slice().first()?;
    if next.to_str().is_some_and(|next| is_form(next) || next.starts_with('-')) {
        return None;
    }
    rest.next()
}

fn rewrite(command: &str, token: &str) -> Option<String> {
    let body = token.strip_prefix('-').filter(|body| !body.starts_with('-'))?;
    let (name, value) = body.split_once('=').map_or((body, None), |(name, value)| (name, Some(value)));
    let (_, _, long) =
        ALIASES.iter().find(|(owner, alias, _)| *alias == name && (owner.is_empty() || *owner == command))?;
    Some(match value {
        Some(value) => format!("--{long}={value}"),
        None => format!("--{long}"),
    })
}

/// Whether the argument after `token` is its value.
fn takes_separate_value(root: &clap::Command, current: &clap::Command, token: &str) -> bool {
    let mut arguments = current.get_arguments().chain(root.get_arguments());
    let takes = |argument: &clap::Arg| argument.get_action().takes_values();
    if let Some(long) = token.strip_prefix("--") {
        return !long.contains('=')
            && arguments.any(|argument| {
                takes(argument)
                    && (argument.get_long() == Some(long)
                        || argument.get_all_aliases().is_some_and(|aliases| aliases.contains(&long)))
            });
    }
    // In a cluster such as `-vn` only the last letter can take the next argument; a letter before it that takes a
    // value has swallowed the rest of the token.
    let Some(cluster) = token.strip_prefix('-') else { return false };
    let letters: Vec<char> = cluster.chars().collect();
    let all: Vec<&clap::Arg> = arguments.collect();
    for (index, letter) in letters.iter().enumerate() {
        if let Some(argument) = all.iter().find(|argument| argument.get_short() == Some(*letter))
            && takes(argument)
        {
            return index + 1 == letters.len();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn expanded(line: &str) -> String {
        let command = crate::cli::Cli::command();
        let args = line.split(' ').map(OsString::from).collect();
        expand(&command, args).into_iter().map(|arg| arg.into_string().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn aliases_expand_only_where_flags_can_stand() {
        assert_eq!(
            expanded("agentcore configure -ni -dt=container -e agent.py -er r"),
            "agentcore configure --non-interactive --deployment-type=container -e agent.py --execution-role r"
        );
        assert_eq!(expanded("agentcore deploy -env A=1 -lb"), "agentcore deploy --env A=1 --local-build");
        assert_eq!(expanded("agentcore invoke {} -bt t"), "agentcore invoke {} --bearer-token t");
    }

    #[test]
    fn values_and_what_follows_a_double_dash_stay() {
        assert_eq!(expanded("agentcore configure -n -dt"), "agentcore configure -n -dt");
        assert_eq!(expanded("agentcore configure --name -er"), "agentcore configure --name -er");
        assert_eq!(expanded("agentcore sandbox run -- x -ni"), "agentcore sandbox run -- x -ni");
        assert_eq!(expanded("agentcore sandbox run -ni x -ni"), "agentcore sandbox run --non-interactive x -ni");
        assert_eq!(expanded("agentcore configure -eagent.py -nfoo"), "agentcore configure -eagent.py -nfoo");
        assert_eq!(expanded("agentcore configure -vn -dt"), "agentcore configure -vn -dt");
    }

    #[test]
    fn secret_may_start_with_dash_without_swallowing_flags() {
        for (line, expected) in [
            ("identity token -p -x", "identity token -p-x"),
            ("identity token --password -x", "identity token --password=-x"),
            ("identity token --client-secret -abc", "identity token --client-secret=-abc"),
            (
                "identity get-cognito-inbound-token --password -k-9",
                "identity get-cognito-inbound-token --password=-k-9",
            ),
            ("identity create-credential-provider --api-key -k", "identity create-credential-provider --api-key=-k"),
            ("invoke --prompt -hi", "invoke --prompt=-hi"),
            ("invoke {} -bt -abc", "invoke {} --bearer-token=-abc"),
        ] {
            assert_eq!(expanded(&format!("agentcore {line}")), format!("agentcore {expected}"));
        }
        for line in [
            "identity token --password --client-id x",
            "identity token --password --cliend-id x",
            "identity token --password -u me",
            "identity token -p -o json",
            "identity token -p -ojson",
            "identity token --password -vq",
            "identity token --password -",
            "identity token --password=-x -y",
            "invoke --prompt -h",
            "invoke --prompt --",
        ] {
            assert_eq!(expanded(&format!("agentcore {line}")), format!("agentcore {line}"));
        }
    }

    #[test]
    fn help_takes_flags_wherever_they_stand() {
        for (line, expected) in [
            ("help launch -o json", "launch --help -o json"),
            ("-o json help launch", "-o json help launch"),
            ("help -o json launch", "launch --help -o json"),
            ("help identity token --output=json", "identity token --help --output=json"),
            ("identity help token -o json", "identity token --help -o json"),
            ("help launch", "help launch"),
            ("sandbox run -- help -o json", "sandbox run -- help -o json"),
            ("invoke help -o json", "invoke help -o json"),
        ] {
            assert_eq!(expanded(&format!("agentcore {line}")), format!("agentcore {expected}"));
        }
    }

    #[test]
    fn an_alias_belongs_to_its_command() {
        assert_eq!(expanded("agentcore status -er"), "agentcore status -er");
    }

    /// The command of this name, however deep it is.
    fn find<'a>(command: &'a clap::Command, name: &str) -> Option<&'a clap::Command> {
        let found = command.find_subcommand(name);
        found.or_else(|| command.get_subcommands().find_map(|inner| find(inner, name)))
    }

    #[test]
    fn every_alias_names_a_real_flag() {
        let command = crate::cli::Cli::command();
        for (owner, alias, long) in ALIASES {
            let owner = if owner.is_empty() { &command } else { find(&command, owner).unwrap() };
            assert!(owner.get_arguments().any(|arg| arg.get_long() == Some(long)), "-{alias} -> --{long}");
        }
    }
}
