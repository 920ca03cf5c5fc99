//! A token from a program of the user's.
//!
//! Owns: taking a command line apart without a shell, running it, reading its output. What it prints on stdout is a
//! secret and is never shown.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::auth::grants::IssuedTokens;
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::process::{self, Child};
use crate::redact::{ExposeSecret, SecretString};

/// Programs that ask a provider take seconds.
const TIMEOUT: Duration = Duration::from_secs(120);
/// What a shell would act on.
const SHELL: &[char] = &['|', '&', ';', '<', '>', '$', '`', '(', ')'];

/// Splits a command line into words as a shell does with quotes and backslashes, and nothing else that a shell does.
///
/// # Errors
/// [`crate::error::Kind::Usage`] for an open quote, and for characters with a special meaning to a shell.
pub(crate) fn split_command(line: &str) -> Result<Vec<String>> {
    let bad = |why: String| {
        Error::usage(format!("the token command cannot be taken apart: {why}"))
            .code(Code::TokenCommand)
            .hint("it runs without a shell; where you need one, write `sh -c '…'`")
    };
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let text = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some(end) if end == c => break,
                        Some('\\') if c == '"' => text.extend(chars.next()),
                        Some(other) => text.push(other),
                        None => return Err(bad("a quote is not closed".to_owned())),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(chars.next()),
            c if c.is_whitespace() => words.extend(word.take()),
            c if SHELL.contains(&c) => return Err(bad(format!("`{c}` outside of quotes"))),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if words.is_empty() {
        return Err(bad("it is empty".to_owned()));
    }
    Ok(words)
}

/// Runs the program in `dir` and reads `{"access_token", "id_token", "expires_in"}` or a bare token.
///
/// # Errors
/// With the last lines of its stderr when it fails; it can print what it likes there.
pub(super) async fn run(env: &Env, command: &[String], dir: &Path) -> Result<IssuedTokens> {
    let (program, args) =
        command.split_first().ok_or_else(|| Error::usage("the token command is empty").code(Code::TokenCommand))?;
    let failed = |error: Error| error.code(Code::TokenCommand);
    let path = if program.contains('/') {
        dir.join(program)
    } else {
        let found = process::find(env, program);
        let missing = || failed(Error::usage(format!("there is no program `{program}` on PATH")));
        // PATH may have folders that are relative to where this process is.
        env.cwd().join(found.ok_or_else(missing)?)
    };
    let child = Child::inheriting(path).args(args).dir(dir);
    let output = tokio::time::timeout(TIMEOUT, child.output())
        .await
        .map_err(|_| failed(Error::failed(format!("`{program}` gave no token within {} s", TIMEOUT.as_secs()))))?
        .map_err(failed)?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = stderr.lines().filter(|line| !line.trim().is_empty()).collect();
        let tail = lines[lines.len().saturating_sub(6)..].join("\n");
        return Err(failed(Error::failed(format!("`{program}` failed ({})", output.status)).cause(tail)));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| ()).map(SecretString::from);
    let text = text.map_err(|()| failed(Error::failed(format!("`{program}` gave something that is not text"))))?;
    read(program, &text).map_err(failed)
}

fn read(program: &str, text: &SecretString) -> Result<IssuedTokens> {
    let text = text.expose_secret().trim();
    let secret = |text: &str| SecretString::from(text.to_owned());
    if text.starts_with('{') {
        // The parser's message may quote a value, so only its place is passed on.
        let value: Value = serde_json::from_str(text).map_err(|error| {
            Error::failed(format!("`{program}` gave broken JSON (line {}, column {})", error.line(), error.column()))
        })?;
        let member = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(secret);
        let life = value.get("expires_in").and_then(|life| life.as_u64().or_else(|| life.as_str()?.parse().ok()));
        return Ok(IssuedTokens {
            access_token: member("access_token")
                .ok_or_else(|| Error::failed(format!("`{program}` gave JSON without `access_token`")))?,
            id_token: member("id_token"),
            refresh_token: None,
            expires_in: life.map(Duration::from_secs),
        });
    }
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err(Error::failed(format!("`{program}` gave no token"))
            .hint("it must give the token alone, or JSON: `{\"access_token\": \"…\", \"expires_in\": 3600}`"));
    }
    Ok(IssuedTokens { access_token: secret(text), id_token: None, refresh_token: None, expires_in: None })
}

/// Reads a token from a file, in either form.
///
/// # Errors
/// [`crate::error::Kind::Usage`] when it cannot be read or is empty.
pub(super) fn from_file(path: &Path) -> Result<IssuedTokens> {
    let text = super::source::read_secret(path, "token")?;
    read(&path.display().to_string(), &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_split_without_a_shell() {
        assert_eq!(
            split_command("gcloud auth  print-identity-token").unwrap(),
            ["gcloud", "auth", "print-identity-token"]
        );
        assert_eq!(
            split_command(r#"sh -c 'echo "$TOKEN" | cut -c1-' "a \"b\"" c\ d ''"#).unwrap(),
            ["sh", "-c", "echo \"$TOKEN\" | cut -c1-", "a \"b\"", "c d", ""]
        );
        for bad in ["a | b", "a; b", "a $B", "a `b`", "a 'b", "a > b", "", "  "] {
            assert_eq!(split_command(bad).unwrap_err().code_str(), "token.command", "{bad}");
        }
    }

    #[test]
    fn json_and_bare_tokens_are_read_never_quoted() {
        let of = |text: &str| read("p", &SecretString::from(text.to_owned()));
        let tokens = of(r#"{"access_token": "t", "expires_in": "60", "id_token": "i"}"#).unwrap();
        assert_eq!((tokens.access_token.expose_secret(), tokens.expires_in), ("t", Some(Duration::from_secs(60))));
        assert_eq!(of(" a.b.c\n").unwrap().access_token.expose_secret(), "a.b.c");
        for bad in ["", "canary canary", "{\"token\": \"canary\"}", "{\"access_token\": canary}"] {
            let error = of(bad).unwrap_err();
            assert!(!format!("{error:?}{:?}", error.hints()).contains("canary"), "{error}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_stderr_of_a_failing_program_is_quoted() {
        let env = Env::fake(Path::new("/"), &[("PATH", "/bin:/usr/bin")]);
        let command = |script: &str| vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()];
        let run = async |command: &[String]| run(&env, command, Path::new("/")).await;
        let error = run(&command("echo canary; echo reason >&2; exit 3")).await.unwrap_err();
        assert_eq!(error.causes(), ["reason"]);
        assert!(!format!("{error}").contains("canary"));
        assert_eq!(run(&command("echo t")).await.unwrap().access_token.expose_secret(), "t");
        assert!(run(&["no-such-program".to_owned()]).await.unwrap_err().message().contains("no-such-program"));
    }
}
