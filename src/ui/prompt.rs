//! Prompts on the terminal.
//!
//! Owns: asking on stderr, and the rule that without a terminal a missing answer is an error that names where the
//! answer can come from. Does not own: what the answers mean, or which defaults are sensible.

use dialoguer::console::Term;
use dialoguer::theme::SimpleTheme;
use dialoguer::{Confirm, Input, Select};

use super::style::printable;
use super::{TextPrompt, Ui};
use crate::error::{Code, Error, Kind, Result};
use crate::report::Role;

impl Ui {
    /// Asks for a yes or no; Enter alone is no. `flag` is the one that says yes beforehand.
    ///
    /// # Errors
    /// Nobody can be asked ([`Kind::Usage`], naming `flag`), or the question was cancelled ([`Kind::Interrupted`]).
    pub(crate) fn confirm(&self, question: &str, flag: &str) -> Result<bool> {
        self.require_person(&Sources { question, flag, variable: None, config_key: None })?;
        self.suspended(|term| {
            let prompt = Confirm::with_theme(&SimpleTheme).with_prompt(shown(question)).default(false);
            answered(term, prompt.interact_on_opt(term))?.ok_or_else(cancelled)
        })
    }

    /// Asks for a line of text.
    ///
    /// # Errors
    /// Nobody can be asked and there is no default, or the default is not valid ([`Kind::Usage`], naming where the
    /// answer can come from), or the question was cancelled ([`Kind::Interrupted`]).
    pub(crate) fn ask(&self, prompt: TextPrompt<'_>) -> Result<String> {
        if !self.interactive() {
            return without_person(prompt);
        }
        self.suspended(|term| {
            loop {
                let answer = answer_on(term, prompt.question, prompt.default.as_ref())?;
                if self.accepts(term, &prompt, &answer) {
                    return Ok(answer);
                }
            }
        })
    }

    /// The same where the word `back` goes to the question before.
    ///
    /// # Errors
    /// As [`Ui::ask`].
    pub(crate) fn ask_or_back(&self, prompt: TextPrompt<'_>) -> Result<Reply<String>> {
        if !self.interactive() {
            return without_person(prompt).map(Reply::Answer);
        }
        let question = format!("{} (or `{BACK}`)", prompt.question);
        self.suspended(|term| {
            loop {
                let answer = answer_on(term, &question, prompt.default.as_ref())?;
                if answer == BACK {
                    return Ok(Reply::Back);
                }
                if self.accepts(term, &prompt, &answer) {
                    return Ok(Reply::Answer(answer));
                }
            }
        })
    }

    /// Whether the answer may be taken. Says why not: the question is asked again below that.
    fn accepts(&self, term: &Term, prompt: &TextPrompt<'_>, answer: &str) -> bool {
        let Err(problem) = prompt.check(answer) else { return true };
        // A terminal that is gone is noticed with the next question.
        let _ = term.write_line(&self.0.err_painter.paint(Role::Bad, &printable(&problem, true)));
        false
    }

    /// Lets the person pick one of `items` and returns its index.
    ///
    /// # Errors
    /// As [`Ui::ask`].
    pub(crate) fn select(&self, question: &str, items: &[&str], default: Option<usize>, flag: &str) -> Result<usize> {
        let sources = Sources { question, flag, variable: None, config_key: None };
        if !self.interactive() {
            return default
                .filter(|index| *index < items.len())
                .ok_or_else(|| sources.missing().hint(format!("choices: {}", items.join(", "))));
        }
        self.suspended(|term| {
            let prompt = Select::with_theme(&SimpleTheme)
                .with_prompt(shown(question))
                .items(items)
                .default(default.unwrap_or(0));
            answered(term, prompt.interact_on_opt(term))?.ok_or_else(cancelled)
        })
    }

    /// The same with one item more, which goes to the question before.
    ///
    /// # Errors
    /// As [`Ui::ask`].
    pub(crate) fn select_or_back(
        &self,
        question: &str,
        items: &[&str],
        default: Option<usize>,
        flag: &str,
    ) -> Result<Reply<usize>> {
        if !self.interactive() {
            return self.select(question, items, default, flag).map(Reply::Answer);
        }
        let with_back: Vec<&str> = items.iter().copied().chain([BACK]).collect();
        let chosen = self.select(question, &with_back, default, flag)?;
        Ok(if chosen == items.len() { Reply::Back } else { Reply::Answer(chosen) })
    }

    fn require_person(&self, sources: &Sources<'_>) -> Result<()> {
        if self.interactive() { Ok(()) } else { Err(sources.missing()) }
    }

    fn suspended<T>(&self, ask: impl FnOnce(&Term) -> Result<T>) -> Result<T> {
        self.0.suspend(|| ask(&Term::stderr()))
    }
}

/// What goes to the question before, in place of an answer.
const BACK: &str = "back";

/// An answer, or the wish to be asked the question before it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply<T> {
    Answer(T),
    Back,
}

impl<T> Reply<T> {
    pub(crate) fn map<U>(self, use_answer: impl FnOnce(T) -> U) -> Reply<U> {
        match self {
            Self::Answer(answer) => Reply::Answer(use_answer(answer)),
            Self::Back => Reply::Back,
        }
    }
}

impl TextPrompt<'_> {
    /// # Errors
    /// What is wrong with the answer.
    fn check(&self, answer: &str) -> Result<(), String> {
        self.validate.map_or(Ok(()), |validate| validate(answer))
    }
}

/// The default, where it is a valid answer.
fn without_person(prompt: TextPrompt<'_>) -> Result<String> {
    let TextPrompt { question, flag, variable, config_key, .. } = prompt;
    let sources = Sources { question, flag, variable, config_key };
    let checked = prompt.default.as_ref().map(|answer| prompt.check(answer));
    match (checked, prompt.default) {
        (Some(Err(problem)), _) => Err(sources.missing().cause(problem)),
        (_, Some(answer)) => Ok(answer),
        (_, None) => Err(sources.missing()),
    }
}

/// One line that was typed, or the default, without blanks around it.
fn answer_on(term: &Term, question: &str, default: Option<&String>) -> Result<String> {
    let mut input = Input::<String>::with_theme(&SimpleTheme).with_prompt(shown(question));
    if let Some(default) = default {
        input = input.default(default.clone());
    }
    let answer = answered(term, input.interact_text_on(term))?;
    // A text that was pasted has further lines, which would answer the questions to come.
    #[cfg(unix)]
    super::terminal::discard_typed();
    Ok(answer.trim().to_owned())
}

/// Where an answer can come from.
struct Sources<'a> {
    question: &'a str,
    flag: &'a str,
    variable: Option<&'a str>,
    config_key: Option<&'a str>,
}

impl Sources<'_> {
    fn missing(&self) -> Error {
        let mut hint = format!("pass `{}`", self.flag);
        if let Some(variable) = self.variable {
            hint.push_str(&format!(", set `{variable}`"));
        }
        if let Some(key) = self.config_key {
            hint.push_str(&format!(", or set `{key}` in `.bedrock_agentcore.yaml`"));
        }
        Error::usage(format!("no answer to {:?}, and there is nobody to ask", self.question.trim()))
            .code(Code::InputMissing)
            .hint(hint)
    }
}

/// The question may quote names from a file.
fn shown(question: &str) -> String {
    printable(question, false).into_owned()
}

fn cancelled() -> Error {
    Error::new(Kind::Interrupted, "cancelled")
}

/// Turns Ctrl-C into [`Kind::Interrupted`] and leaves the cursor visible after it.
fn answered<T>(term: &Term, answer: dialoguer::Result<T>) -> Result<T> {
    answer.map_err(|error| {
        let _ = term.show_cursor();
        let dialoguer::Error::IO(error) = error;
        if error.kind() == std::io::ErrorKind::Interrupted {
            cancelled()
        } else {
            Error::failed("could not ask on the terminal").source(&error)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::captured;
    use super::*;

    fn ask(default: Option<&str>) -> Result<String> {
        let validate = |answer: &str| if answer == "bad" { Err("it is bad".to_owned()) } else { Ok(()) };
        captured(|_| {}).0.ask(TextPrompt {
            question: "Agent name",
            default: default.map(str::to_owned),
            flag: "--name",
            variable: Some("AGENTCORE_NAME"),
            config_key: Some("agents.NAME.name"),
            validate: Some(&validate),
        })
    }

    #[test]
    fn without_a_person_missing_answers_name_their_sources() {
        let error = ask(None).unwrap_err();
        assert_eq!((error.kind(), error.code_str()), (Kind::Usage, "input.missing"));
        for part in ["--name", "AGENTCORE_NAME", "agents.NAME.name"] {
            assert!(error.hints()[0].contains(part), "{:?}", error.hints());
        }
    }

    #[test]
    fn without_a_person_valid_defaults_are_the_answer() {
        assert_eq!(ask(Some("x")).unwrap(), "x");
        let error = ask(Some("bad")).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert_eq!(error.causes(), ["it is bad"]);
    }

    #[test]
    fn confirm_and_select_never_guess() {
        let (ui, _, err) = captured(|_| {});
        for error in [
            ui.confirm("Delete it?", "--force").unwrap_err(),
            ui.select("Which?", &["a", "b"], None, "--force").unwrap_err(),
            ui.select("Which?", &["a", "b"], Some(2), "--force").unwrap_err(),
        ] {
            assert_eq!(error.kind(), Kind::Usage);
            assert!(error.hints()[0].contains("--force"));
        }
        assert_eq!(ui.select("Which?", &["a", "b"], Some(1), "--x").unwrap(), 1);
        assert_eq!(err.text(), "");
    }
}
