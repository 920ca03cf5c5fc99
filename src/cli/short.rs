//! Short flags of more than one letter (`-dt container`, `-ni`), which the starter toolkit has and clap has not.
//!
//! Owns: their rewriting to long flags before parsing. A token is rewritten only where a flag can stand: not after a
//! flag that takes a value, not after `--`.

use std::ffi::OsString;

/// `(command, alias, long)`; an empty command means every command. Aliases are part of the interface.
const ALIASES: &[(&str, &str, &str)] = &[
    ("", "ni", "non-interactive"),
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
    ("invoke", "bt", "bearer-token"),
];

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
        if current.get_name() == "build"
            && let Some(file) = file_of(text, &mut rest)
        {
            out.push(OsString::from("--file"));
            out.push(file);
            continue;
        }
        let token = rewrite(current.get_name(), text).unwrap_or_else(|| text.to_owned());
        value_next = takes_separate_value(command, current, &token);
        if !token.starts_with('-') {
            if let Some(sub) = current.find_subcommand(&token) {
                current = sub;
            } else if current.get_positionals().any(clap::Arg::is_trailing_var_arg_set) {
                // Another program's command line begins, which has flags of its own.
                out.push(OsString::from(token));
                out.extend(rest);
                return out;
            }
        }
        out.push(OsString::from(token));
    }
    out
}

/// `build -o agent.tar`: the letter is the result's form everywhere, and here also the artifact's file. What is not a
/// form is a file; one that is called `json` is written `./json`.
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
    fn aliases_become_long_flags_where_a_flag_can_stand() {
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
    fn an_alias_belongs_to_its_command() {
        assert_eq!(expanded("agentcore status -er"), "agentcore status -er");
    }

    #[test]
    fn every_alias_names_a_real_flag() {
        let command = crate::cli::Cli::command();
        for (owner, alias, long) in ALIASES {
            let owner = if owner.is_empty() { &command } else { command.find_subcommand(owner).unwrap() };
            assert!(owner.get_arguments().any(|arg| arg.get_long() == Some(long)), "-{alias} -> --{long}");
        }
    }
}
