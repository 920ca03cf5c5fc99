//! The buildspec: what each phase runs, and which image the commands make and push.
//!
//! Owns: reading its YAML, and finding `docker build` and `docker push` among its commands. Does not own: running them. No
//! shell is imitated: what is found is what a line begins with.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{BuildPhase, PhaseReason};

/// The phases that have commands, in their order.
pub(super) const PHASES: [(&str, BuildPhase); 4] = [
    ("install", BuildPhase::Install),
    ("pre_build", BuildPhase::PreBuild),
    ("build", BuildPhase::Build),
    ("post_build", BuildPhase::PostBuild),
];

/// Members of `env` whose values are elsewhere.
const ELSEWHERE: [&str; 2] = ["parameter-store", "secrets-manager"];

#[derive(Debug, Default)]
pub(super) struct BuildSpec {
    /// `bash` or `/bin/sh`.
    pub(super) shell: Option<String>,
    pub(super) variables: Vec<(String, String)>,
    phases: BTreeMap<&'static str, PhaseSpec>,
}

#[derive(Debug, Default)]
pub(super) struct PhaseSpec {
    pub(super) commands: Vec<String>,
    /// These run whatever became of the commands.
    pub(super) finally: Vec<String>,
    /// `on-failure`: whether the build ends with the phase; `None` for the phase's own default.
    pub(super) aborts: Option<bool>,
}

/// A `docker build`, as far as it says what is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DockerBuildCommand {
    /// The line.
    pub(super) text: String,
    /// Beside the build context where it is not named, as Docker has it.
    pub(super) dockerfile: Option<String>,
    pub(super) context: String,
    pub(super) platform: Option<String>,
}

/// A `docker push`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DockerPushCommand {
    pub(super) text: String,
    pub(super) image: String,
}

fn unreadable(message: impl Into<String>) -> PhaseReason {
    PhaseReason::new("YAML_FILE_ERROR", message)
}

impl BuildSpec {
    /// # Errors
    /// `YAML_FILE_ERROR`.
    pub(super) fn read(text: &str) -> Result<Self, PhaseReason> {
        let document: Value = serde_yaml::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        let is_version = |version: &Value| {
            let text = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
            matches!(text.as_str(), "0.1" | "0.2")
        };
        if !document.get("version").is_some_and(is_version) {
            return Err(unreadable("the buildspec's version is neither 0.1 nor 0.2"));
        }
        let mut spec = Self::default();
        if let Some(env) = document.get("env") {
            if let Some(other) = ELSEWHERE.iter().find(|member| env.get(**member).is_some_and(|it| !it.is_null())) {
                return Err(unreadable(format!("the sandbox's CodeBuild does not support `env/{other}`")));
            }
            spec.shell = env.get("shell").and_then(Value::as_str).map(str::to_owned);
            let variables = env.get("variables").and_then(Value::as_object).into_iter().flatten();
            spec.variables = variables.map(|(name, value)| (name.clone(), plain(value))).collect();
        }
        let phases = document.get("phases").and_then(Value::as_object);
        let phases = phases.ok_or_else(|| unreadable("the buildspec has no phases"))?;
        for (given, phase) in phases {
            let Some((name, _)) = PHASES.iter().find(|(name, _)| name == given) else {
                return Err(unreadable(format!(
                    "the buildspec has the phase `{given}`, which CodeBuild does not know"
                )));
            };
            spec.phases.insert(name, PhaseSpec::read(given, phase)?);
        }
        Ok(spec)
    }

    pub(super) fn phase(&self, name: &str) -> Option<&PhaseSpec> {
        self.phases.get(name)
    }

    /// The first `docker build`, in the phase of this name.
    pub(super) fn docker_build(&self, phase: &str, variables: &[(String, String)]) -> Option<DockerBuildCommand> {
        self.docker(phase, "build", variables).find_map(|(text, words)| docker_build(text, &words))
    }

    /// The images that the phase of this name pushes.
    pub(super) fn docker_pushes(&self, phase: &str, variables: &[(String, String)]) -> Vec<DockerPushCommand> {
        let pushes = self.docker(phase, "push", variables);
        let image = |words: &[String]| words.iter().find(|word| !word.starts_with('-')).cloned();
        pushes.filter_map(|(text, words)| Some(DockerPushCommand { text, image: image(&words)? })).collect()
    }

    /// Whether any command mentions Docker, in whatever form.
    pub(super) fn needs_docker(&self) -> bool {
        let all = self.phases.values().flat_map(|phase| phase.commands.iter().chain(&phase.finally));
        all.flat_map(|command| command.split(|c: char| !c.is_ascii_alphanumeric())).any(|word| word == "docker")
    }

    /// The lines that begin with `docker VERB`, or with `docker buildx VERB`, with the words after it.
    fn docker<'s>(
        &'s self,
        phase: &str,
        verb: &'s str,
        variables: &'s [(String, String)],
    ) -> impl Iterator<Item = (String, Vec<String>)> + 's {
        let commands = self.phases.get(phase).into_iter().flat_map(|phase| &phase.commands);
        commands.flat_map(|command| joined_lines(command)).filter_map(move |line| {
            let words = words(&line, variables);
            match words.as_slice() {
                [docker, given, rest @ ..] if docker == "docker" && given == verb => Some((line, rest.to_vec())),
                [docker, buildx, given, rest @ ..] if docker == "docker" && buildx == "buildx" && given == verb => {
                    Some((line, rest.to_vec()))
                }
                _ => None,
            }
        })
    }
}

impl PhaseSpec {
    fn read(name: &str, value: &Value) -> Result<Self, PhaseReason> {
        let commands = |member: &str| match value.get(member) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::String(one)) => Ok(vec![one.clone()]),
            Some(Value::Array(all)) => all
                .iter()
                .enumerate()
                .map(|(index, command)| {
                    let bad = || unreadable(format!("{name}: Expected {member}[{index}] to be of string type"));
                    command.as_str().map(str::to_owned).ok_or_else(bad)
                })
                .collect(),
            Some(_) => Err(unreadable(format!("{name}: {member} is not a list of commands"))),
        };
        let aborts = match value.get("on-failure").and_then(Value::as_str) {
            Some("ABORT") => Some(true),
            Some("CONTINUE") => Some(false),
            _ => None,
        };
        Ok(Self { commands: commands("commands")?, finally: commands("finally")?, aborts })
    }
}

/// A scalar as a variable holds it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The lines of a command; one that ends in a backslash goes on in the next.
fn joined_lines(command: &str) -> Vec<String> {
    let joined = command.replace("\\\n", " ");
    joined.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The words of the first simple command of a line: quotes taken away, variables replaced. `"$@"` stands for no word.
fn words(line: &str, variables: &[(String, String)]) -> Vec<String> {
    let (mut words, mut word, mut begun) = (Vec::new(), String::new(), false);
    let mut quote = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\'' | '"', None) => (quote, begun) = (Some(c), true),
            (c, Some(open)) if c == open => quote = None,
            (c, Some('\'')) => word.push(c),
            ('$', _) => {
                let name = variable(&mut chars);
                // What stands for no word leaves none behind.
                begun &= name != "@" || !word.is_empty();
                let value = variables.iter().rev().find(|(known, _)| *known == name);
                word.push_str(value.map_or("", |(_, value)| value));
                begun |= value.is_some();
            }
            ('\\', _) => word.extend(chars.next()),
            ('#', None) if word.is_empty() && !begun => break,
            ('|' | '&' | ';' | '<' | '>' | '(' | ')', None) => break,
            (c, None) if c.is_whitespace() => {
                if begun || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (c, _) => word.push(c),
        }
    }
    if begun || !word.is_empty() {
        words.push(word);
    }
    words
}

/// The name after a dollar sign, with or without braces.
fn variable(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    if chars.next_if_eq(&'{').is_some() {
        return chars.by_ref().take_while(|c| *c != '}').collect();
    }
    if let Some(special) = chars.next_if(|c| "@*#?$!".contains(*c)) {
        return special.to_string();
    }
    let mut name = String::new();
    while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
        name.push(c);
    }
    name
}

/// Options of `docker build` without a value.
const SWITCHES: [&str; 7] = ["--no-cache", "--pull", "--quiet", "-q", "--rm", "--force-rm", "--load"];

fn docker_build(text: String, words: &[String]) -> Option<DockerBuildCommand> {
    let mut found = DockerBuildCommand { text, dockerfile: None, context: String::new(), platform: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if !word.starts_with('-') || word == "-" {
            found.context.clone_from(word);
            continue;
        }
        let (option, value) = match word.split_once('=') {
            Some((option, value)) => (option, Some(value.to_owned())),
            None if SWITCHES.contains(&word.as_str()) => continue,
            None => (word.as_str(), words.next().cloned()),
        };
        match option {
            "-f" | "--file" => found.dockerfile = value,
            "--platform" => found.platform = value,
            _ => {}
        }
    }
    // A context of standard input, or on another machine, is none that can be looked at.
    let is_folder = !found.context.is_empty() && found.context != "-" && !found.context.contains("://");
    is_folder.then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn phases_keep_their_commands_and_rules() {
        let spec = BuildSpec::read(
            "version: 0.2\nenv:\n  shell: bash\n  variables: {A: one, B: 2}\nphases:\n  build:\n    on-failure: ABORT\n    \
             commands:\n      - echo a\n      - |\n        docker build -t x . &\n        wait\n  post_build:\n    commands: \
             docker push r/x:1\n    finally: [echo end]\n",
        )
        .unwrap();
        assert_eq!(spec.shell.as_deref(), Some("bash"));
        assert_eq!(spec.variables, variables(&[("A", "one"), ("B", "2")]));
        let build = spec.phase("build").unwrap();
        assert_eq!((build.commands.len(), build.aborts), (2, Some(true)));
        assert_eq!(spec.phase("post_build").unwrap().finally, ["echo end"]);
        assert!(spec.phase("install").is_none() && spec.needs_docker());
        let found = spec.docker_build("build", &[]).unwrap();
        assert_eq!((found.context.as_str(), found.dockerfile, found.platform), (".", None, None));
        assert_eq!(spec.docker_pushes("post_build", &[])[0].image, "r/x:1");
    }

    #[test]
    fn unreadable_buildspecs_say_what_is_wrong() {
        for (text, why) in [
            ("version: 0.3\nphases: {}", "version"),
            ("version: 0.2", "no phases"),
            ("version: 0.2\nphases: {bild: {commands: [a]}}", "`bild`"),
            ("version: 0.2\nphases: {build: {commands: [{a: b}]}}", "commands[0]"),
            ("version: 0.2\nenv: {parameter-store: {A: b}}\nphases: {build: {commands: [a]}}", "parameter-store"),
            ("phases: [", ""),
        ] {
            let reason = BuildSpec::read(text).unwrap_err();
            assert!(reason.code == "YAML_FILE_ERROR" && reason.message.contains(why), "{text}: {reason:?}");
        }
    }

    #[test]
    fn docker_commands_are_found_with_their_variables() {
        let command = "set --\nif docker build --help | grep x; then set -- \"$@\" --provenance=false; fi\ndocker build --platform \
                       \"$P\" --file Dockerfile --tag \"${IMAGE}\" \"$@\" context";
        let text = serde_json::json!({
            "version": 0.2,
            "phases": { "build": { "commands": [command] }, "post_build": { "commands": ["docker push \"$IMAGE\" | cat"] } },
        });
        let spec = BuildSpec::read(&text.to_string()).unwrap();
        let known = variables(&[("P", "linux/arm64"), ("IMAGE", "host/a b:1")]);
        let found = spec.docker_build("build", &known).unwrap();
        assert_eq!(found.platform.as_deref(), Some("linux/arm64"));
        assert_eq!((found.context.as_str(), found.dockerfile.as_deref()), ("context", Some("Dockerfile")));
        assert_eq!(spec.docker_pushes("post_build", &known)[0].image, "host/a b:1");
        assert!(spec.docker_build("post_build", &known).is_none());
        // As the toolkit's first versions had it.
        let early = "version: 0.2\nphases: {build: {commands: [docker buildx create --use, docker buildx build --load -t x .]}}";
        assert_eq!(BuildSpec::read(early).unwrap().docker_build("build", &[]).unwrap().context, ".");
    }

    #[test]
    fn words_end_where_the_simple_command_does() {
        let of = |line: &str| words(line, &variables(&[("A", "x y")]));
        assert_eq!(of("docker build -t \"a b\" . & # note"), ["docker", "build", "-t", "a b", "."]);
        assert_eq!(of("echo '$A' \"$A\" ${A}z $B \"$@\" end"), ["echo", "$A", "x y", "x yz", "end"]);
        assert_eq!(of("a\\ b; c"), ["a b"]);
    }
}
