//! Completions that know what is here: agents, endpoints, environments, sessions, profiles, regions and choices.
//!
//! Owns: which values an argument is offered. Does not own: how a shell asks and is answered (`clap_complete`), the scripts
//! (`completions`). A key press waits for the answer: no request is made, nothing is written, and what cannot be read is left out
//! without a word. Endpoints are those of sessions that were started from here, because nothing else is on record.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _,
};
use clap_complete::env::Shells;

use super::args::Cli;
use crate::config::{self, DeploymentType, EnvironmentName, Language, Protocol, Store};
use crate::env::Env;
use crate::error::Code;
use crate::facts::{DEFAULT_ENDPOINT, MANAGED_RUNTIME_NAMES};
use crate::partition;
use crate::report::shapes;
use crate::{fsx, session, session_list};

/// Names the shell that asks.
pub(crate) const VARIABLE: &str = "AGENTCORE_COMPLETE";

const ENGINES: &[&str] = &["auto", "docker", "podman", "finch", "buildah"];
const MEMORIES: &[&str] = &["none", "stm", "ltm"];

/// Bash's own. That of `clap_complete` offers nothing after `--flag=`, where Bash ends a word, and quotes no blanks.
const BASH: &str = include_str!("complete.bash");

/// The answer to a shell that asks what may come next; `None` for an ordinary run. `args` is `PROGRAM -- WORDS`.
pub(crate) fn answer(env: &Env, mut args: Vec<OsString>) -> Option<Vec<u8>> {
    let name = env.var(VARIABLE).filter(|shell| !shell.is_empty())?;
    let mut words = args.iter().position(|arg| arg == "--").map(|at| args.split_off(at + 1)).unwrap_or_default();
    // These give their words as they are typed; fish does so with the last one.
    let typed = match name {
        "bash" | "zsh" => 0,
        "fish" => words.len().saturating_sub(1),
        _ => words.len(),
    };
    words[typed..].iter_mut().for_each(|word| *word = unquoted(word));
    let mut answer = Vec::new();
    // Without a word there is none to complete.
    if let Some(shell) = Shells::builtins().completer(name).filter(|_| !words.is_empty()) {
        let known = Arc::new(Known::new(env, &words));
        let mut command = offered(Cli::command(), &known, "");
        // A word that cannot be completed has no candidates.
        let _ = shell.write_complete(&mut command, words, Some(env.cwd()), &mut answer);
    }
    Some(answer)
}

/// The script that asks this program, for `~/.bashrc` and its like; `None` for a shell without one.
pub(super) fn registration(shell: &str) -> Option<String> {
    if shell == "bash" {
        return Some(BASH.to_owned());
    }
    let mut script = Vec::new();
    let shells = Shells::builtins();
    shells.completer(shell)?.write_registration(VARIABLE, "agentcore", "agentcore", "agentcore", &mut script).ok()?;
    Some(String::from_utf8_lossy(&script).trim_start().to_owned())
}

/// A word as the shell would pass it on. A quote that is still open ends with the word.
fn unquoted(word: &OsStr) -> OsString {
    let Some(text) = word.to_str() else { return word.to_owned() };
    let (mut plain, mut open) = (String::with_capacity(text.len()), None);
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match (open, sign) {
            (None, '\'' | '"') => open = Some(sign),
            (Some(quote), sign) if quote == sign => open = None,
            (None | Some('"'), '\\') => plain.extend(signs.next()),
            _ => plain.push(sign),
        }
    }
    plain.into()
}

/// The command with candidates for its arguments and for those of the commands below it.
fn offered(command: Command, known: &Arc<Known>, path: &str) -> Command {
    let place = path.to_owned();
    // Of a name and its aliases only the first in the alphabet would be offered, which is not the one that the help has.
    let aliases: Vec<String> = command.get_all_aliases().map(str::to_owned).collect();
    let command = command.visible_alias(None::<&'static str>).aliases(aliases);
    let command = command.mut_args(|arg| {
        let known = Arc::clone(known);
        match values(&arg, &place) {
            Some(values) => arg.add(ArgValueCandidates::new(move || values(&known))),
            None if place == "invoke" && arg.get_id() == "payload" => {
                arg.add(ArgValueCompleter::new(move |typed: &OsStr| known.payload_files(typed)))
            }
            None => arg,
        }
    });
    command.mut_subcommands(|below| {
        let path = format!("{path} {}", below.get_name());
        offered(below, known, path.trim_start())
    })
}

type Values = fn(&Known) -> Vec<CompletionCandidate>;

/// What an argument of the command at `path` is offered. Choices and files that clap knows need nothing here.
fn values(arg: &Arg, path: &str) -> Option<Values> {
    let name = arg.get_long().unwrap_or_else(|| arg.get_id().as_str());
    if arg.get_long().is_none() {
        return match (path, name) {
            ("configure set-default", "name") => Some(Known::agents),
            ("endpoint promote" | "endpoint delete", "name") => Some(Known::endpoints),
            ("explain", "code") => Some(|_| plain(Code::ALL.iter().map(|code| code.text()))),
            ("schema output", "name") => Some(|_| plain(shapes::names())),
            ("man", "command") => Some(|_| {
                let root = Cli::command();
                plain(root.get_subcommands().filter(|command| !command.is_hide_set()).map(Command::get_name))
            }),
            _ => None,
        };
    }
    match (path, name) {
        (_, "agent") => Some(Known::agents),
        ("configure", "name") => Some(Known::agents),
        (_, "endpoint") => Some(Known::endpoints),
        (_, "environment") => Some(Known::environments),
        (_, "session-id" | "session") => Some(Known::sessions),
        (_, "profile") => Some(Known::profiles),
        (_, "region") => Some(|_| plain(partition::REGIONS.iter().copied())),
        (_, "protocol") => Some(|_| plain(Protocol::TEXTS.iter().copied())),
        ("configure", "language") => Some(|_| plain(Language::TEXTS.iter().copied())),
        (_, "deployment-type") => Some(|_| plain(DeploymentType::TEXTS.iter().copied())),
        ("configure", "runtime") => Some(|_| plain(MANAGED_RUNTIME_NAMES.iter().copied())),
        (_, "container-runtime") => Some(|_| plain(ENGINES.iter().copied())),
        ("configure", "memory") => Some(|_| plain(MEMORIES.iter().copied())),
        _ => None,
    }
}

fn plain<T: Into<OsString>>(values: impl IntoIterator<Item = T>) -> Vec<CompletionCandidate> {
    values.into_iter().map(CompletionCandidate::new).collect()
}

/// What is on this machine, as far as the words before the cursor say which.
struct Known {
    env: Env,
    config: Option<PathBuf>,
    agent: Option<String>,
}

impl Known {
    fn new(env: &Env, words: &[OsString]) -> Self {
        let config = value_of(words, &["--config"]).map(|path| match (path.strip_prefix("~/"), env.home()) {
            (Some(below), Some(home)) => home.join(below),
            _ => PathBuf::from(path),
        });
        Self { env: env.clone(), config, agent: value_of(words, &["--agent", "-a"]) }
    }

    fn store(&self) -> Option<Store> {
        let located = config::locate(&self.env, self.config.as_deref()).ok()?;
        // A pipe would be waited for, and be empty for whom it is meant.
        Store::open(located.found().ok()?.filter(|path| path.is_file())?).ok()
    }

    /// `@FILE`.
    fn payload_files(&self, typed: &OsStr) -> Vec<CompletionCandidate> {
        let Some(path) = typed.to_str().and_then(|typed| typed.strip_prefix('@')) else { return Vec::new() };
        let files = PathCompleter::any().current_dir(self.env.cwd()).complete(OsStr::new(path));
        files.into_iter().map(|file| file.add_prefix("@")).collect()
    }

    fn agents(&self) -> Vec<CompletionCandidate> {
        let Some(store) = self.store() else { return Vec::new() };
        let agents = store.project().agents.iter();
        agents.map(|agent| CompletionCandidate::new(&agent.name).help(Some(agent.entrypoint.clone().into()))).collect()
    }

    /// Sessions of the named agent, or of all of them.
    fn kept(&self) -> Vec<session_list::KnownSession> {
        let Some(store) = self.store() else { return Vec::new() };
        let agents = store.project().agents.iter();
        let meant = agents.filter(|agent| self.agent.as_ref().is_none_or(|name| *name == agent.name));
        meant.flat_map(|agent| session_list::all(&session::dir(store.root(), &agent.deployed_name()))).collect()
    }

    fn endpoints(&self) -> Vec<CompletionCandidate> {
        let kept = self.kept();
        let names: BTreeSet<&str> =
            kept.iter().map(|session| session.endpoint.as_str()).chain([DEFAULT_ENDPOINT]).collect();
        plain(names)
    }

    fn sessions(&self) -> Vec<CompletionCandidate> {
        let kept = self.kept();
        let open = kept.iter().filter(|session| !session.stopped);
        open.map(|session| CompletionCandidate::new(&session.session_id).help(Some(session.endpoint.clone().into())))
            .collect()
    }

    fn environments(&self) -> Vec<CompletionCandidate> {
        let Some(store) = self.store() else { return Vec::new() };
        let declared = store.project().environments.iter().map(|one| one.key.clone());
        let declared = declared.filter(|key| EnvironmentName::parse(key).is_ok());
        let recorded = store.recorded_environments();
        plain(declared.chain(recorded.iter().map(ToString::to_string)).collect::<BTreeSet<_>>())
    }

    /// The sections of the two files of AWS's tools, which also say where they are.
    fn profiles(&self) -> Vec<CompletionCandidate> {
        let place = |variable: &str, name: &str| {
            let named = self.env.var_os(variable).map(PathBuf::from);
            named.or_else(|| Some(self.env.home()?.join(".aws").join(name)))
        };
        let files = [place("AWS_CONFIG_FILE", "config"), place("AWS_SHARED_CREDENTIALS_FILE", "credentials")];
        let files = files.into_iter().flatten().filter(|path| path.is_file());
        let texts = files.filter_map(|path| fsx::read_text(&path).ok().flatten());
        plain(texts.flat_map(|text| profiles_in(&text)).collect::<BTreeSet<_>>())
    }
}

/// The value of the last of these flags, in either form.
fn value_of(words: &[OsString], names: &[&str]) -> Option<String> {
    let texts: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let of = |at: usize| {
        let text = texts.get(at)?;
        if names.contains(text) {
            return texts.get(at + 1).map(|value| (*value).to_owned());
        }
        names.iter().find_map(|name| text.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    (0..texts.len()).rev().find_map(of)
}

/// `[default]`, `[profile one]` of the configuration, `[one]` of the credentials. Other sections are no profiles, and AWS's SDK
/// reads none with other signs in its name.
fn profiles_in(text: &str) -> Vec<String> {
    let heads = text.lines().filter_map(|line| line.trim().strip_prefix('[')?.split(']').next());
    let names = heads.filter_map(|head| match head.trim().split_once(char::is_whitespace) {
        Some(("profile", name)) => Some(name.trim()),
        Some(_) => None,
        None => Some(head.trim()),
    });
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c);
    names.filter(|name| name.chars().all(is_sign)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_read_from_both_forms() {
        let text = "[default]\nregion = x\n[profile dev]\n[sso-session corp]\n [profile  a/b:c] # note\n[ci]\n\
            [profile \"d\"]\n[profile e f]\n[g$h]\n";
        assert_eq!(profiles_in(text), ["default", "dev", "a/b:c", "ci"]);
    }

    #[test]
    fn words_lose_their_quotes() {
        for (typed, plain) in [
            ("with\\ space", "with space"),
            ("'a \"b'", "a \"b"),
            ("\"a 'b\\\"", "a 'b\""),
            ("--config='my fi", "--config=my fi"),
            ("end\\", "end"),
        ] {
            assert_eq!(unquoted(OsStr::new(typed)), OsStr::new(plain), "{typed}");
        }
    }

    #[test]
    fn a_stray_variable_completes_nothing() {
        for shell in ["bash", "zsh", "fish", "elvish", "powershell", "nosuch"] {
            let env = Env::fake(std::path::Path::new("/"), &[(VARIABLE, shell)]);
            for args in [&["agentcore"][..], &["agentcore", "--"]] {
                assert_eq!(answer(&env, args.iter().map(OsString::from).collect()), Some(Vec::new()), "{shell}");
            }
        }
    }

    #[test]
    fn flags_before_the_cursor_are_read() {
        let words: Vec<OsString> =
            ["agentcore", "invoke", "--config=x.yaml", "-a", "one", "--agent", "two"].map(OsString::from).to_vec();
        assert_eq!(value_of(&words, &["--agent", "-a"]).as_deref(), Some("two"));
        assert_eq!(value_of(&words, &["--config"]).as_deref(), Some("x.yaml"));
        assert_eq!(value_of(&words, &["--region"]), None);
    }

    #[test]
    fn every_shell_has_a_script() {
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let script = registration(shell).unwrap();
            assert!(script.contains(VARIABLE) && script.contains("agentcore"), "{shell}: {script}");
        }
    }
}
