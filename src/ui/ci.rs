//! What a CI system gets besides the two streams: workflow commands, step outputs and the summary of GitHub Actions, and a dotenv
//! file for GitLab and others.
//!
//! Owns: the forms of these, and their files. Does not own: whether there is such a system (`env`), what the values are
//! (`report`), or the streams.
//!
//! Workflow commands go to stderr, where stdout has the result alone. GitHub's runner reads both streams of a step.
//! Source: `ScriptHandler.cs` of actions/runner, which gives each an `OutputManager`.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::markdown;
use super::style::{Painter, printable, without_commands};
use super::text;
use crate::env::{CiSystem, Env};
use crate::error::{Error, ErrorPlace, Result};
use crate::fsx;
use crate::redact::{ExposeSecret, SecretString};
use crate::report::{Document, ReportFault, Role, StepOutput};

/// In front of the names in a dotenv file, whose variables later jobs have in their environment.
const DOTENV_PREFIX: &str = "AGENTCORE_";
/// Bytes. GitHub takes a mebibyte of summary for each step, and refuses all of it beyond that.
const LARGEST_SUMMARY: usize = 1 << 20;

/// The files and forms that this run has to serve.
#[derive(Debug, Default)]
pub(super) struct Pipeline {
    is_github: bool,
    /// `GITHUB_OUTPUT`
    outputs: Option<PathBuf>,
    /// `GITHUB_STEP_SUMMARY`
    summary: Option<PathBuf>,
    /// `AGENTCORE_DOTENV`
    dotenv: Option<PathBuf>,
    /// `GITHUB_WORKSPACE`: annotations name files as they are called in the repository.
    workspace: Option<PathBuf>,
    cwd: PathBuf,
}

impl Pipeline {
    pub(super) fn from_env(env: &Env) -> Self {
        let is_github = env.ci_system() == Some(CiSystem::GitHubActions);
        let of_github = |name: &str| env.file(name).filter(|_| is_github);
        Self {
            is_github,
            outputs: of_github("GITHUB_OUTPUT"),
            summary: of_github("GITHUB_STEP_SUMMARY"),
            dotenv: env.file("AGENTCORE_DOTENV"),
            workspace: of_github("GITHUB_WORKSPACE"),
            cwd: env.cwd().to_owned(),
        }
    }

    /// Whether errors and warnings are workflow commands.
    pub(super) fn annotates(&self) -> bool {
        self.is_github
    }

    /// Keeps secrets out of the log from here on.
    pub(super) fn masks(&self, secrets: &[&SecretString]) -> String {
        if !self.is_github {
            return String::new();
        }
        // A mask is for one line, since the log is masked line by line.
        let lines = secrets.iter().flat_map(|secret| secret.expose_secret().lines()).map(str::trim);
        lines.filter(|line| !line.is_empty()).map(|line| format!("::add-mask::{}\n", data(line))).collect()
    }

    pub(super) fn warning(&self, text: &str) -> String {
        command("warning", "", &printable(text.trim_end(), true))
    }

    /// All of the error in one annotation, at its first place; further places have one each.
    pub(super) fn error(&self, error: &Error) -> String {
        let text = text::error(error, Painter::default());
        let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
        let title = format!("title={}", property(error.code_str()));
        let Some((first, others)) = error.places().split_first() else { return command("error", &title, text) };
        let mut out = command("error", &format!("{},{title}", self.position(first)), text);
        for place in others {
            out += &command("error", &format!("{},{title}", self.position(place)), &printable(&place.text, true));
        }
        out
    }

    /// A result's fault in one annotation.
    pub(super) fn fault(&self, fault: &ReportFault) -> String {
        let properties = format!("{},title={}", self.position(&fault.place), property(fault.title));
        command(if fault.is_error { "error" } else { "warning" }, &properties, &printable(&fault.place.text, true))
    }

    fn position(&self, place: &ErrorPlace) -> String {
        let root = self.workspace.as_deref().unwrap_or(&self.cwd);
        let path = fsx::relative(&self.cwd.join(&place.path), root).filter(|path| !path.starts_with(".."));
        let path = path.unwrap_or_else(|| place.path.display().to_string());
        format!("file={},line={},col={}", property(&path), place.line, place.column)
    }

    /// Adds values for later steps and jobs to the files that there are.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(super) fn write_outputs(&self, values: &[(StepOutput, String)]) -> Result<()> {
        if let Some(path) = &self.outputs {
            append(path, &values.iter().map(|(name, value)| assignment(name.as_str(), value)).collect::<String>())?;
        }
        if let Some(path) = &self.dotenv {
            fsx::check_output(&self.cwd, path)?;
            let lines = values.iter().map(|(name, value)| {
                // GitLab takes neither quotes nor line breaks for such, and no empty lines.
                let value = value.split(['\r', '\n']).collect::<Vec<_>>().join(" ");
                format!("{DOTENV_PREFIX}{}={value}\n", name.as_str().to_ascii_uppercase())
            });
            append(path, &lines.collect::<String>())?;
        }
        Ok(())
    }

    /// # Errors
    /// The file cannot be written.
    pub(super) fn write_summary(&self, document: &Document) -> Result<()> {
        let Some(path) = &self.summary else { return Ok(()) };
        let text = markdown::document(document);
        // Other commands of the step have written to it, too.
        let before = std::fs::metadata(path).map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX));
        if before.saturating_add(text.len()) > LARGEST_SUMMARY {
            return append(path, "The result is too long for a summary; the log of the step has it.\n");
        }
        append(path, &text)
    }

    /// # Errors
    /// As [`Self::write_summary`].
    pub(super) fn summarise_error(&self, error: &Error) -> Result<()> {
        let head = Document::new().styled(Role::Heading, format!("agentcore: {}", error.code_str()));
        let document = head.line(error.message());
        let document = error.causes().iter().fold(document, |document, cause| document.line(cause.clone()));
        let document = error.hints().iter().fold(document, |document, hint| document.line(format!("hint: {hint}")));
        self.write_summary(&document)
    }
}

/// `name=value`, or with a delimiter where the value has several lines. Nobody can know the delimiter beforehand, so that no
/// value ends early and goes on as an output of its own.
fn assignment(name: &str, value: &str) -> String {
    if !value.contains(['\r', '\n']) {
        return format!("{name}={value}\n");
    }
    let delimiter = format!("agentcore_{}", uuid::Uuid::new_v4().simple());
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
}

fn append(path: &Path, text: &str) -> Result<()> {
    let file = OpenOptions::new().read(true).append(true).create(true).open(path);
    let written = file.and_then(|mut file| {
        let start = if ends_within_a_line(&mut file)? { "\n" } else { "" };
        file.write_all(format!("{start}{text}").as_bytes())
    });
    written.map_err(|error| Error::failed(format!("could not write `{}`", path.display())).source(&error))
}

/// What is added would go on where another command of the step left out the end of its line.
fn ends_within_a_line(file: &mut File) -> std::io::Result<bool> {
    let meta = file.metadata()?;
    if !meta.is_file() || meta.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// One line, whatever the text has.
fn command(name: &str, properties: &str, text: &str) -> String {
    let mut out = format!("::{name}");
    if !properties.is_empty() {
        let _ = write!(out, " {properties}");
    }
    // Marks of older commands count anywhere in a line.
    let text = without_commands(text);
    let _ = writeln!(out, "::{}", data(&text));
    out
}

/// What follows the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a comma or a colon would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn github(cwd: &Path, more: &[(&str, &str)]) -> Pipeline {
        let vars: Vec<(&str, &str)> = more.iter().copied().chain([("GITHUB_ACTIONS", "true")]).collect();
        Pipeline::from_env(&Env::fake(cwd, &vars))
    }

    #[test]
    fn commands_are_one_escaped_line() {
        let pipeline = github(Path::new("/w"), &[]);
        assert_eq!(
            pipeline.warning("50% of a, b: c\nnext ##[error]x"),
            "::warning::50%25 of a, b: c%0Anext \\x23#[error]x\n"
        );
        let error = Error::usage("no\r\n::set-output name=a::b").code(Code::ConfigSyntax).hint("h, i");
        let line = pipeline.error(&error);
        assert!(line.starts_with("::error title=config.syntax::no%0A"), "{line}");
        assert!(line.ends_with("%0Ahint: h, i\n") && line.matches('\n').count() == 1, "{line}");
        let secret = SecretString::from("a%b".to_owned());
        assert_eq!(pipeline.masks(&[&secret]), "::add-mask::a%25b\n");
    }

    #[test]
    fn errors_are_annotated_at_each_place() {
        let pipeline = github(Path::new("/w/a,b"), &[("GITHUB_WORKSPACE", "/w")]);
        let place = |line, text: &str| ErrorPlace { path: "/w/a,b/c.yaml".into(), line, column: 3, text: text.into() };
        let error = Error::usage("c.yaml:1:3: one").cause("c.yaml:2:3: two").code(Code::ConfigSyntax);
        let lines = pipeline.error(&error.place(place(1, "one")).place(place(2, "two")));
        let expected = "::error file=a%2Cb/c.yaml,line=1,col=3,title=config.syntax::c.yaml:1:3: one%0A  c.yaml:2:3: two%0A\
                        hint: `agentcore explain config.syntax` says what to do\n\
                        ::error file=a%2Cb/c.yaml,line=2,col=3,title=config.syntax::two\n";
        assert_eq!(lines, expected);
    }

    #[test]
    fn no_value_begins_another_output() {
        let dir = tempfile::tempdir().unwrap();
        let pipeline = github(dir.path(), &[("GITHUB_OUTPUT", "out"), ("AGENTCORE_DOTENV", "env")]);
        let values =
            [(StepOutput::Version, "3".to_owned()), (StepOutput::ExitReason, "a\nEOF\nagent_arn=evil".to_owned())];
        pipeline.write_outputs(&values).unwrap();
        let text = std::fs::read_to_string(dir.path().join("out")).unwrap();
        let (first, rest) = text.split_once('\n').unwrap();
        let (name, delimiter) = rest.lines().next().unwrap().split_once("<<").unwrap();
        assert_eq!((first, name), ("version=3", "exit_reason"));
        assert_eq!(rest.lines().filter(|line| *line == delimiter).count(), 1);
        assert!(rest.ends_with(&format!("\nagent_arn=evil\n{delimiter}\n")), "{rest}");
        let dotenv = std::fs::read_to_string(dir.path().join("env")).unwrap();
        assert_eq!(dotenv, "AGENTCORE_VERSION=3\nAGENTCORE_EXIT_REASON=a EOF agent_arn=evil\n");
    }

    #[test]
    fn a_line_that_is_left_open_is_ended() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("out"), "foo=bar").unwrap();
        let pipeline = github(dir.path(), &[("GITHUB_OUTPUT", "out")]);
        for version in ["3", "4"] {
            pipeline.write_outputs(&[(StepOutput::Version, version.to_owned())]).unwrap();
        }
        let text = std::fs::read_to_string(dir.path().join("out")).unwrap();
        assert_eq!(text, "foo=bar\nversion=3\nversion=4\n");
    }

    #[test]
    fn nothing_is_written_elsewhere_or_switched_off() {
        let dir = tempfile::tempdir().unwrap();
        let values = [(StepOutput::Version, "3".to_owned())];
        for vars in [
            [("GITHUB_OUTPUT", "out"), ("CI", "true")],
            [("GITHUB_OUTPUT", "out"), ("GITHUB_ACTIONS", "false")],
            [("GITHUB_ACTIONS", "true"), ("AGENTCORE_CI", "off")],
        ] {
            let pipeline = Pipeline::from_env(&Env::fake(dir.path(), &vars));
            assert!(!pipeline.annotates() && pipeline.masks(&[&SecretString::from("a".to_owned())]).is_empty());
            pipeline.write_outputs(&values).unwrap();
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "{vars:?}");
        }
    }

    #[test]
    fn the_document_has_every_output() {
        let text = include_str!("../../docs/ci-github.md");
        let mut table = String::new();
        for (output, meaning) in StepOutput::ALL {
            let _ = writeln!(table, "| `{}` | {} |", output.as_str(), meaning.trim());
        }
        assert!(text.contains(&table), "docs/ci-github.md lacks:\n{table}");
    }
}
