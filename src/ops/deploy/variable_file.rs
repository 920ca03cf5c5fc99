//! A file of environment variables, as `launch --env-file` takes one.
//!
//! Owns: its forms, and what an error says of a line. Does not own: what the service takes as a name or a value (`variables`).

use serde_json::{Map, Value};

use super::variables::variable;
use crate::error::{Code, Error, Result};

/// A quote that is not closed in its line.
const OPEN: &str = "has a quote that is not closed";
/// Something behind the value that is no comment.
const TRAILING: &str = "has something behind the closing quote";

/// Reads the variables of a file: a `KEY=VALUE` in each line, with `#` before a comment, or an object of JSON.
///
/// # Errors
/// Exit 2 for what is neither, with the number of the line, and for a name or a value that the service does not take.
pub(crate) fn parse_variable_file(text: &str) -> Result<Vec<(String, String)>> {
    // Editors of Windows begin a file with this mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        return of_json(text);
    }
    let lines = text.lines().zip(1..).map(|(line, number)| (line.trim_start(), number));
    lines
        .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, number)| of_line(line, number))
        .collect()
}

fn of_json(text: &str) -> Result<Vec<(String, String)>> {
    // What the parser says of it may quote a secret.
    let refused = || {
        Error::usage("the list of environment variables is not a JSON object of strings")
            .code(Code::InputValue)
            .hint(r#"write `{"LOG_LEVEL": "debug"}`, or `LOG_LEVEL=debug`"#)
    };
    let members: Map<String, Value> = serde_json::from_str(text).map_err(|_| refused())?;
    members.iter().map(|(name, value)| variable(name, value.as_str().ok_or_else(refused)?)).collect()
}

/// The line may hold a secret, so nothing of it is quoted.
fn of_line(line: &str, number: usize) -> Result<(String, String)> {
    let refused = |problem: &str, hint: &str| {
        Error::usage(format!("line {number} of the list of environment variables {problem}"))
            .code(Code::InputValue)
            .hint(hint)
    };
    let assignment = line.strip_prefix("export ").map_or(line, str::trim_start);
    let (name, value) = assignment.split_once('=').ok_or_else(|| {
        refused("has no `=`", "write `LOG_LEVEL=debug` in a line of its own, and `#` before a comment")
    })?;
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err(refused("has no name directly before the `=`", "write `LOG_LEVEL=debug`, without spaces"));
    }
    let value = value_of(value).map_err(|problem| {
        refused(
            problem,
            "write the whole value between quotes, as in `NAME='two words'`; a JSON object takes values of several lines",
        )
    })?;
    variable(name, &value).map_err(|error| error.cause(format!("it is in line {number}")))
}

/// A value that begins with a quote is read as a shell reads it, because the files of `identity setup-cognito` are written for
/// one. Any other is what is there, up to the end of the line.
fn value_of(text: &str) -> Result<String, &'static str> {
    let mut rest = text.trim_start();
    if !rest.starts_with(['\'', '"']) {
        return Ok(text.to_owned());
    }
    let mut value = String::new();
    loop {
        let mut chars = rest.chars();
        match chars.next() {
            Some('\'') => {
                let (inside, after) = chars.as_str().split_once('\'').ok_or(OPEN)?;
                value.push_str(inside);
                rest = after;
            }
            Some('"') => rest = double_quoted(chars.as_str(), &mut value)?,
            Some('\\') => {
                value.push(chars.next().ok_or(TRAILING)?);
                rest = chars.as_str();
            }
            None => return Ok(value),
            Some(other) => {
                let behind = rest.trim_start();
                let is_comment = other.is_whitespace() && (behind.is_empty() || behind.starts_with('#'));
                return if is_comment { Ok(value) } else { Err(TRAILING) };
            }
        }
    }
}

/// Adds what is before the closing quote to `value`, and gives what is behind it. `\n`, which is two letters for a shell, is the
/// end of a line as other readers of such files have it: keys are written that way.
fn double_quoted<'t>(text: &'t str, value: &mut String) -> Result<&'t str, &'static str> {
    let mut chars = text.chars();
    while let Some(next) = chars.next() {
        match next {
            '"' => return Ok(chars.as_str()),
            '\\' => match chars.next().ok_or(OPEN)? {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                escaped @ ('"' | '\\' | '$' | '`') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    Err(OPEN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shell::quoted;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn files_of_variables_are_lines_or_json() {
        let lines = parse_variable_file("\u{feff}A=b=c\r\n# why\n\n  B= x # y \nexport C=d").unwrap();
        assert_eq!(lines, pairs(&[("A", "b=c"), ("B", " x # y "), ("C", "d")]));
        let json = parse_variable_file("\u{feff}{\"KEY\": \"two\\nlines\", \"A\": \"\"}").unwrap();
        assert_eq!(json, pairs(&[("KEY", "two\nlines"), ("A", "")]));
    }

    #[test]
    fn quotes_around_a_value_are_not_its_part() {
        let text = concat!(
            r#"A="x y" # why"#,
            "\n",
            r"B='it'\''s $HOME'",
            "\n",
            r#"C="a\nb\"c\$d\e""#,
            "\n",
            "D=''\nE= \"x\"\n",
            r#"F=say "hello""#,
        );
        let wanted =
            [("A", "x y"), ("B", "it's $HOME"), ("C", "a\nb\"c$d\\e"), ("D", ""), ("E", "x"), ("F", "say \"hello\"")];
        assert_eq!(parse_variable_file(text).unwrap(), pairs(&wanted));
    }

    #[test]
    fn a_set_ups_own_file_is_read() {
        let file = include_str!("../../../tests/recorded/agentcore_identity_team.env");
        let read = parse_variable_file(file).unwrap();
        assert_eq!(read.len(), file.lines().count());
        assert!(read.contains(&("RUNTIME_PASSWORD".to_owned(), "Aa1!recorded-password".to_owned())), "{read:?}");
    }

    #[test]
    fn refused_lines_have_a_number_and_no_secret() {
        for wrong in [
            "canary",
            "=canary",
            "canary x=1",
            "A='canary",
            "A=\"canary\\",
            "A='canary'x",
            "A='canary' x",
            "A='canary'\\",
        ] {
            let error = parse_variable_file(&format!("B=1\n\n{wrong}")).unwrap_err();
            assert_eq!(error.kind().exit_code(), 2);
            assert!(error.message().starts_with("line 3 of the list"), "{wrong}: {error:?}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
        for wrong in [r#"{"A": ["canary"]}"#, r#"{"A": "canary""#] {
            let error = parse_variable_file(wrong).unwrap_err();
            assert_eq!(error.kind().exit_code(), 2);
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    proptest! {
        #[test]
        fn what_a_set_up_quotes_is_read_back(value in "[^\n]{0,40}") {
            let read = parse_variable_file(&format!("A={}\n", quoted(&value))).unwrap();
            prop_assert_eq!(read, pairs(&[("A", value.as_str())]));
        }
    }
}
