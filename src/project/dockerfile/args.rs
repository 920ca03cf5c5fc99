//! Build arguments: their syntax, and which of them must not be arguments because they are secrets.
//!
//! Every value of a build argument is in the image's history, where whoever can pull the image reads it.

use crate::error::{Code, Error, Result};
use crate::redact::logins;
use crate::secret_files;

/// Reads `NAME=VALUE` as it is typed.
///
/// # Errors
/// A usage error for anything else, and for what [`check`] refuses. The value is not quoted.
pub(crate) fn parse(text: &str) -> Result<(String, String)> {
    let Some((name, value)) = text.split_once('=') else {
        return Err(Error::usage("a build argument is `NAME=VALUE`")
            .code(Code::InputBuildArg)
            .hint("`--build-arg NAME=VALUE`; for a secret, `--build-secret NAME` and the variable NAME"));
    };
    check(name, value)?;
    Ok((name.to_owned(), value.to_owned()))
}

/// # Errors
/// A usage error for a name that is none, and for a secret.
pub(crate) fn check(name: &str, value: &str) -> Result<()> {
    check_name(name)?;
    if let Some(why) = secret(name, value) {
        return Err(Error::usage(format!("the build argument `{name}` is a secret by the look of it: {why}"))
            .code(Code::InputBuildArgSecret)
            .cause("build arguments are in the image's history, where everyone who can pull the image reads them")
            .hint(format!("give it to the build as a secret: set the variable {name} and `agentcore configure --build-secret {name}`"))
            .hint(format!("and read it in the Dockerfile: `RUN --mount=type=secret,id={name} … \"$(cat /run/secrets/{name})\"`")));
    }
    Ok(())
}

/// # Errors
/// A usage error for what a Dockerfile could not name.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if good {
        return Ok(());
    }
    Err(Error::usage(format!("`{}` is not a name for a build argument or secret", name.escape_debug()))
        .code(Code::InputBuildArg)
        .hint("use letters, digits and underscores"))
}

/// Arguments that every Dockerfile has without declaring them, and that are in no history.
pub(crate) fn is_predefined(name: &str) -> bool {
    let proxy = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"];
    proxy.iter().any(|known| name.eq_ignore_ascii_case(known))
        || name.starts_with("BUILDKIT_")
        || name == "SOURCE_DATE_EPOCH"
}

/// Why a value must not be visible; `None` when it may be.
fn secret(name: &str, value: &str) -> Option<&'static str> {
    if value.is_empty() || is_predefined(name) {
        return None;
    }
    if has_login(value) {
        return Some("its value is a URL with a login");
    }
    if secret_files::secret_in(value).is_some() {
        return Some("its value looks like a token or a key");
    }
    // A switch or a number is no secret, whatever it is called: `TOKEN_LIMIT=4096`.
    let harmless =
        matches!(value.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "none")
            || (value.len() <= 6 && value.bytes().all(|byte| byte.is_ascii_digit()));
    const WORDS: [&str; 11] = [
        "TOKEN",
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "PASS",
        "SECRET",
        "SECRETS",
        "CREDENTIAL",
        "CREDENTIALS",
        "APIKEY",
        "KEY",
    ];
    let upper = name.to_ascii_uppercase();
    let mut words = upper.split('_');
    let named = words.any(|word| WORDS.contains(&word)) && !upper.contains("PUBLIC");
    (named && !harmless).then_some("its name says so")
}

/// Whether a text has a URL with a user or a password in it.
pub(crate) fn has_login(text: &str) -> bool {
    logins(text).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_refused_and_not_repeated() {
        for (name, value) in [
            ("API_TOKEN", "canary-value"),
            ("token", "canary-value"),
            ("DB_PASSWORD", "canary-value"),
            ("SSH_KEY", "canary-value"),
            ("INDEX", "https://user:canary-value@example.com/simple"),
            ("INDEX", "https://canary-value@example.com/simple"),
        ] {
            let error = parse(&format!("{name}={value}")).unwrap_err();
            assert_eq!(error.code_str(), "input.build-arg-secret", "{name}");
            assert!(!format!("{error:?}").contains("canary-value"), "{error:?}");
        }
    }

    #[test]
    fn tokens_are_known_as_they_are_in_files() {
        let made = |length: usize| -> String {
            let alphabet: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
            (0..length).map(|at| alphabet[(at * at + 7 * at + 3) % alphabet.len()]).collect()
        };
        for value in [format!("ghp_{}", made(36)), format!("sk-ant-api03-{}", made(90))] {
            let error = parse(&format!("X={value}")).unwrap_err();
            assert_eq!(error.code_str(), "input.build-arg-secret");
            assert!(!format!("{error:?}").contains(&value));
        }
        assert!(parse("PREFIX=sk-learn-models-of-today").is_ok(), "the beginning alone makes no key");
    }

    #[test]
    fn ordinary_arguments_pass() {
        for text in [
            "A=1",
            "NODE_ENV=production",
            "TOKEN_LIMIT=4096",
            "USE_SECRETS=false",
            "TOKENIZER=cl100k",
            "PUBLIC_KEY=abc",
            "INDEX=https://example.com/simple?a=b@c",
            "API_KEY=",
            "HTTPS_PROXY=http://user:pass@proxy:3128",
            "MONKEY=x",
            "E=a=b",
        ] {
            parse(text).unwrap();
        }
        assert_eq!(parse("E=a=b").unwrap(), ("E".to_owned(), "a=b".to_owned()));
        for bad in ["A", "=1", "A B=1", "1A=1", "A-B=1", "é=1"] {
            assert_eq!(parse(bad).unwrap_err().code_str(), "input.build-arg", "{bad}");
        }
    }
}
