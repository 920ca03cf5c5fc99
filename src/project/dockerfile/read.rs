//! Reads a Dockerfile as far as a build has to know it beforehand: which arguments and secrets it asks for, its stages,
//! what they start from, and whether only BuildKit understands it. Everything else is left to the engine.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Code, Error, Result};

/// The facts of a Dockerfile that a build needs beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DockerfileFacts {
    /// Names after `ARG`, in any stage or before the first, and their defaults where they have one.
    pub(crate) args: BTreeMap<String, Option<String>>,
    pub(crate) stages: Vec<BuildStage>,
    /// Ids of `RUN --mount=type=secret`.
    pub(crate) secrets: BTreeSet<String>,
    /// What `COPY` and `ADD` take from the build context, where that is written out, with the lines.
    pub(crate) copies: Vec<(usize, String)>,
    /// It names a frontend that is not Docker's.
    pub(crate) has_other_frontend: bool,
    /// The first instruction that Docker does not have, with its line.
    pub(crate) unknown: Option<(usize, String)>,
    /// The first thing that the classic builder does not understand, with its line.
    pub(crate) buildkit_only: Option<(usize, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BuildStage {
    pub(crate) name: Option<String>,
    /// As written: an image, an earlier stage, or something with an argument in it.
    pub(crate) from: String,
    /// As written, of `--platform`.
    pub(crate) platform: Option<String>,
    pub(crate) line: usize,
    /// It has a `CMD` or an `ENTRYPOINT` of its own.
    pub(crate) has_command: bool,
}

/// Instructions that say nothing here.
const OTHERS: [&str; 11] = [
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

impl DockerfileFacts {
    pub(crate) fn read(text: &str) -> Self {
        let frontend = directive(text, "syntax");
        let has_other_frontend = frontend.is_some_and(|name| !name.contains("docker/dockerfile"));
        let mut facts = Self { has_other_frontend, ..Self::default() };
        for (number, instruction) in Lines::new(text) {
            let instruction = instruction.trim();
            let (word, rest) = instruction.split_once(char::is_whitespace).unwrap_or((instruction, ""));
            facts.instruction(number, &word.to_ascii_uppercase(), rest.trim());
        }
        facts
    }

    fn instruction(&mut self, number: usize, word: &str, rest: &str) {
        match word {
            "ARG" => {
                for item in split_words(rest) {
                    let (name, default) = match item.split_once('=') {
                        Some((name, value)) => (name, Some(unquoted(value))),
                        None => (item.as_str(), None),
                    };
                    let known = self.args.entry(name.to_owned()).or_default();
                    // The first one with a default is that before `FROM`, which is what a base image is named with.
                    if known.is_none() {
                        *known = default;
                    }
                }
            }
            "FROM" => {
                let flags = rest.split_whitespace().take_while(|part| part.starts_with("--"));
                let platform = flags.filter_map(|flag| flag.strip_prefix("--platform=")).last().map(unquoted);
                let mut parts = rest.split_whitespace().skip_while(|part| part.starts_with("--"));
                let from = unquoted(parts.next().unwrap_or_default());
                let name = parts.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| parts.next());
                let (name, line) = (name.map(str::to_owned), number);
                self.stages.push(BuildStage { name, from, platform, line, has_command: false });
            }
            "RUN" | "COPY" | "ADD" => {
                self.flags(number, word, rest);
                if word != "RUN" {
                    self.copies.extend(copied(rest).into_iter().map(|path| (number, path)));
                }
            }
            "CMD" | "ENTRYPOINT" => {
                if let Some(stage) = self.stages.last_mut() {
                    stage.has_command = true;
                }
            }
            other if !OTHERS.contains(&other) => {
                self.unknown.get_or_insert((number, other.to_owned()));
            }
            _ => {}
        }
        if word != "ONBUILD" && !heredocs(word, rest).is_empty() {
            self.only_buildkit(number, format!("`{word}` with a here-document"));
        }
    }

    fn flags(&mut self, number: usize, word: &str, rest: &str) {
        for flag in rest.split_whitespace().take_while(|part| part.starts_with("--")) {
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            if !matches!(name, "--from" | "--chown") {
                self.only_buildkit(number, format!("`{word} {name}`"));
            }
            if name == "--mount" {
                let of = |key: &str| value.split(',').find_map(|part| part.split_once('=').filter(|(k, _)| *k == key));
                if of("type").is_some_and(|(_, kind)| kind == "secret") {
                    // Without an id it is the last part of where the file goes.
                    let id = of("id").or_else(|| of("source")).or_else(|| of("target")).or_else(|| of("dst"));
                    self.secrets.extend(id.and_then(|(_, id)| id.rsplit('/').next()).map(unquoted));
                }
            }
        }
    }

    fn only_buildkit(&mut self, number: usize, what: String) {
        self.buildkit_only.get_or_insert((number, what));
    }

    /// Whether `--target` can name this stage: by its name in any case, or by its number.
    fn has_stage(&self, target: &str) -> bool {
        let named =
            self.stages.iter().any(|stage| stage.name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(target)));
        named || target.parse::<usize>().is_ok_and(|number| number < self.stages.len())
    }

    /// # Errors
    /// A usage error that names the stages, for one that is not among them. `shown` is the Dockerfile.
    pub(crate) fn check_stage(&self, target: &str, shown: &str) -> Result<()> {
        if self.has_stage(target) {
            return Ok(());
        }
        let names: Vec<&str> = self.stages.iter().filter_map(|stage| stage.name.as_deref()).collect();
        let error = Error::usage(format!("`{shown}` has no stage `{target}`")).code(Code::SourceTarget);
        Err(if names.is_empty() {
            error.hint("give a stage a name: `FROM … AS NAME`")
        } else {
            error.hint(format!("its stages are {}", names.join(", ")))
        })
    }

    /// The images that the stages start from, with `args` in place of the defaults. Unresolved ones stay as written.
    pub(crate) fn bases(&self, args: &[(String, String)]) -> Vec<String> {
        let mut bases = Vec::new();
        for (index, stage) in self.stages.iter().enumerate() {
            let base = self.expand(&stage.from, args);
            let stages = &self.stages[..index];
            let earlier = stages.iter().any(|s| s.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(&base)));
            if !earlier && base != "scratch" && !bases.contains(&base) {
                bases.push(base);
            }
        }
        bases
    }

    /// The stage that is built, and those that it is made of, the first of them last.
    pub(crate) fn built(&self, target: Option<&str>) -> Vec<&BuildStage> {
        let find = |name: &str, before: usize| {
            let named = |stage: &BuildStage| stage.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
            self.stages[..before].iter().position(named)
        };
        let numbered = |text: &str| text.parse::<usize>().ok().filter(|number| *number < self.stages.len());
        let last = self.stages.len().checked_sub(1);
        let mut at = target.map_or(last, |target| find(target, self.stages.len()).or_else(|| numbered(target)));
        let mut found = Vec::new();
        while let Some(number) = at {
            found.push(&self.stages[number]);
            at = find(&self.stages[number].from, number);
        }
        found
    }

    /// `$NAME`, `${NAME}` and `${NAME:-default}`.
    pub(crate) fn expand(&self, text: &str, args: &[(String, String)]) -> String {
        let value = |name: &str| {
            let given = args.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.clone());
            given.or_else(|| self.args.get(name).cloned().flatten())
        };
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (name, fallback, end) = if let Some(inner) = after.strip_prefix('{') {
                let Some(close) = inner.find('}') else { break };
                let (name, fallback) = inner[..close].split_once(":-").unwrap_or((&inner[..close], ""));
                (name, fallback, close + 2)
            } else {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                (&after[..end], "", end)
            };
            match value(name) {
                Some(value) => out.push_str(&value),
                None if !fallback.is_empty() => out.push_str(fallback),
                None => out.push_str(&rest[at..=at + end]),
            }
            rest = &after[end..];
        }
        out + rest
    }
}

/// The instructions, each on one line.
pub(super) fn instructions(text: &str) -> impl Iterator<Item = String> {
    Lines::new(text).map(|(_, instruction)| instruction)
}

/// The sources of a `COPY` or `ADD` from the build context; none of those with an argument or a wildcard in them.
fn copied(rest: &str) -> Vec<String> {
    let plain = rest.split_whitespace().skip_while(|part| part.starts_with("--")).collect::<Vec<_>>().join(" ");
    let from_elsewhere =
        rest.split_whitespace().take_while(|part| part.starts_with("--")).any(|p| p.starts_with("--from"));
    let mut all: Vec<String> = serde_json::from_str(&plain)
        .unwrap_or_else(|_| split_words(&plain).iter().map(|word| unquoted(word)).collect());
    all.pop();
    let is_path = |text: &String| {
        !text.contains(['$', '*', '?', '['])
            && !text.starts_with("<<")
            && !text.contains("://")
            && !text.starts_with("git@")
    };
    if from_elsewhere { Vec::new() } else { all.into_iter().filter(is_path).collect() }
}

/// Instructions with the number of their first line: continuations joined, comments and the bodies of here-documents
/// left out.
struct Lines<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    escape: char,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let escape = directive(text, "escape").and_then(|value| value.chars().next());
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { lines: text.lines().enumerate(), escape: escape.unwrap_or('\\') }
    }
}

/// The value of `# NAME=VALUE`, one of the comments at the very top.
fn directive<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let directives = text.lines().map_while(|line| line.trim_start().strip_prefix('#')?.split_once('='));
    let mut values = directives.filter(|(own, _)| own.trim().eq_ignore_ascii_case(name));
    values.next().map(|(_, value)| value.trim())
}

impl Iterator for Lines<'_> {
    type Item = (usize, String);

    fn next(&mut self) -> Option<Self::Item> {
        let is_comment = |line: &str| line.trim_start().starts_with('#');
        let (index, first) = self.lines.find(|(_, line)| !line.trim().is_empty() && !is_comment(line))?;
        let mut text = String::new();
        let mut line = first;
        loop {
            let trimmed = line.trim_end();
            // Two of them stand for the sign itself.
            let open = trimmed.strip_suffix(self.escape).filter(|rest| !rest.ends_with(self.escape));
            text.push_str(open.unwrap_or(trimmed));
            if open.is_none() {
                break;
            }
            // Inside an instruction comments and empty lines count for nothing.
            match self.lines.find(|(_, line)| !line.trim().is_empty() && !is_comment(line)) {
                Some((_, next)) => line = next,
                None => break,
            }
        }
        let (instruction, rest) = text.trim_start().split_once(char::is_whitespace).unwrap_or_default();
        for (word, tabs) in heredocs(&instruction.to_ascii_uppercase(), rest) {
            self.lines.find(|(_, line)| if tabs { line.trim_start_matches('\t') == word } else { *line == word });
        }
        Some((index + 1, text))
    }
}

/// The words that end the here-documents of an instruction, and whether tabs before them count for nothing.
fn heredocs(instruction: &str, rest: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    if !["RUN", "COPY", "ADD", "ONBUILD"].contains(&instruction) {
        return found;
    }
    for word in split_words(rest) {
        let Some(rest) = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<") else { continue };
        let (rest, tabs) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
        let name = unquoted(rest);
        if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-' || c == '.') {
            found.push((name, tabs));
        }
    }
    found
}

/// Splits at white space outside quotes.
fn split_words(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c.is_whitespace() => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = all.last_mut() {
            last.push(c);
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

fn unquoted(text: &str) -> String {
    text.trim_matches(['"', '\'']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stages_and_secrets_are_found() {
        let facts = DockerfileFacts::read(
            "\u{feff}# syntax=docker/dockerfile:1\n# a comment\narg BASE=python:3.12 OTHER='a b' \\\n  # ARG NOT=1\n\n  THIRD\n\
             FROM --platform=$BUILDPLATFORM ${BASE} AS Build\nARG BASE\nARG AGENT_NAME=\"x\"\n\
             RUN --mount=type=cache,target=/c --mount=type=secret,id=PIP_INDEX_URL \\\n --mount=type=secret,target=/run/secrets/netrc \\\n pip install x\n\
             FROM build AS final\nCOPY --from=build /a /a\nFROM \"$OTHER-${MISSING:-slim}\"\nFROM scratch\nFROM $NOBODY\n",
        );
        assert_eq!(facts.args.keys().map(String::as_str).collect::<Vec<_>>(), ["AGENT_NAME", "BASE", "OTHER", "THIRD"]);
        assert_eq!(facts.args["BASE"].as_deref(), Some("python:3.12"));
        assert_eq!(facts.secrets.iter().collect::<Vec<_>>(), ["PIP_INDEX_URL", "netrc"]);
        assert_eq!(
            facts.stages[0],
            BuildStage {
                name: Some("Build".into()),
                from: "${BASE}".into(),
                platform: Some("$BUILDPLATFORM".into()),
                line: 7,
                has_command: false,
            }
        );
        for (target, there) in [("build", true), ("FINAL", true), ("4", true), ("5", false), ("other", false)] {
            assert_eq!(facts.has_stage(target), there, "{target}");
        }
        assert_eq!(facts.bases(&[]), ["python:3.12", "a b-slim", "$NOBODY"]);
        assert_eq!(facts.bases(&[("BASE".into(), "mine:1".into())])[0], "mine:1");
        assert_eq!(facts.buildkit_only, Some((10, "`RUN --mount`".to_owned())));
    }

    #[test]
    fn buildkit_only_instructions_are_recognised() {
        let only = |text: &str| DockerfileFacts::read(text).buildkit_only.map(|(line, what)| format!("{line} {what}"));
        assert_eq!(only("FROM a\nCOPY --chown=1 --from=b x y\nRUN echo --mount=x\nRUN echo $((1 << 2))\n"), None);
        assert_eq!(only("FROM a\n\nCOPY --link x y"), Some("3 `COPY --link`".into()));
        assert_eq!(only("FROM a\nADD --chmod=644 x y"), Some("2 `ADD --chmod`".into()));
        assert_eq!(only("FROM a\nRUN <<EOF\nARG NO\nEOF\nARG YES"), Some("2 `RUN` with a here-document".into()));
    }

    #[test]
    fn unknown_instructions_and_commands_are_found() {
        let facts = DockerfileFacts::read("FROM a AS x\nCMD b\nFROM x\n\nrnu c\n");
        assert_eq!(facts.unknown, Some((5, "RNU".to_owned())));
        let built: Vec<(usize, bool)> = facts.built(None).iter().map(|stage| (stage.line, stage.has_command)).collect();
        assert_eq!(built, [(3, false), (1, true)]);
        assert_eq!(facts.built(Some("X")).len(), 1);
        for (text, is_other) in [
            ("# syntax=my/frontend\nFROM a\nINCLUDE b\n", true),
            ("\u{feff}# check=skip=all\n# Syntax = my/frontend\nFROM a\n", true),
            ("# syntax=docker/dockerfile:1\nFROM a\n", false),
            ("# a comment\n# syntax=my/frontend\nFROM a\n", false),
        ] {
            assert_eq!(DockerfileFacts::read(text).has_other_frontend, is_other, "{text}");
        }
        assert!(DockerfileFacts::read("").built(None).is_empty());
    }

    #[test]
    fn here_document_content_is_not_parsed() {
        let facts = DockerfileFacts::read(
            "FROM a\nRUN <<-\"END\" cat\nARG NO\n\tEND\nCOPY <<A <<B /x/\nARG NO\nA\nFROM b\nB\nARG YES\n",
        );
        assert_eq!(facts.args.keys().collect::<Vec<_>>(), ["YES"]);
        assert_eq!(facts.stages.len(), 1);
    }

    #[test]
    fn what_is_taken_from_the_context_is_found() {
        let facts = DockerfileFacts::read(
            "FROM a\nCOPY requirements.txt ./\nCOPY --chown=1:1 [\"my app\", \"src\", \"/app/\"]\nCOPY --from=b x y\n\
             ADD https://h/x $Y *.py \"a b\" /\nCOPY <<EOF /z\nCOPY no no\nEOF\n",
        );
        let copies: Vec<(usize, &str)> = facts.copies.iter().map(|(line, path)| (*line, path.as_str())).collect();
        assert_eq!(copies, [(2, "requirements.txt"), (3, "my app"), (3, "src"), (5, "a b")]);
    }

    #[test]
    fn another_escape_character_joins_lines() {
        let facts = DockerfileFacts::read("# escape=`\nFROM a `\n  AS b\nRUN dir C:\\\nARG X\n");
        assert!(facts.has_stage("b") && facts.args.contains_key("X"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "([A-Z]{3,4} |\\PC|\n|\\\\\n|<<E|\\$\\{|\\$|é){0,40}") {
            let facts = DockerfileFacts::read(&text);
            facts.bases(&[("A".to_owned(), "b".to_owned())]);
        }
    }
}
