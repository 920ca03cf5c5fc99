//! Credentials of package indexes: they reach the installer through its own environment and nothing else.
//!
//! Owns: finding them in variables and URLs, so that what an installer prints can be scrubbed. No secret is passed on
//! from here: child processes inherit the environment as it is.

use crate::env::Env;
use crate::redact::{MASK, SecretString, logins, scrub};
use crate::trust::{self, Reach};

use super::line::{is_filled_in, variables};

/// The passwords in the index settings of pip and uv.
pub(super) fn in_env(env: &Env) -> Vec<SecretString> {
    let mut found = Vec::new();
    for (name, value) in env.vars() {
        let Some(value) = value.to_str() else { continue };
        if !(name.starts_with("PIP_") || name.starts_with("UV_")) {
            continue;
        }
        found.extend(in_urls(value));
        if name.starts_with("UV_INDEX_") && name.ends_with("_PASSWORD") {
            found.push(value.to_owned().into());
        }
    }
    found
}

/// The identity of an index in a cache key: the text without credentials, wherever services put them. Besides the user
/// part that is the query, and parts of the path that look like a token.
pub(super) fn identity(text: &str) -> String {
    let words = mask_urls(text);
    let words = words.split_whitespace().map(|word| {
        let Some(at) = word.find("://") else { return word.to_owned() };
        let (scheme, rest) = word.split_at(at + 3);
        let rest = rest.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let parts = rest.split('/').enumerate().map(|(at, part)| if at > 0 && is_token(part) { MASK } else { part });
        scheme.to_owned() + &parts.collect::<Vec<_>>().join("/")
    });
    words.collect::<Vec<_>>().join(" ")
}

fn is_token(part: &str) -> bool {
    let plain = part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    plain
        && part.len() >= 16
        && part.bytes().any(|b| b.is_ascii_digit())
        && part.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Takes secrets out of lines for files that an installer reads: variables replace them, which both installers expand.
/// So the files hold no secret.
///
/// Installers expand variables in every file that they read, fetched ones included, so the names must not be guessable.
#[derive(Debug)]
pub(super) struct Sealer {
    stem: String,
    /// What the installer gets. Those that may go anywhere have their own names.
    variables: Vec<(String, SecretString)>,
}

impl Sealer {
    pub(super) fn new() -> Self {
        let stem = format!("AGENTCORE_INDEX_{}", uuid::Uuid::new_v4().simple().to_string().to_ascii_uppercase());
        Self { stem, variables: Vec::new() }
    }

    pub(super) fn variables(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The line with names for what is secret: the user part of each address, and variables that may only go into it.
    ///
    /// # Errors
    /// The name of a variable that may not be sent to where the line is about.
    pub(super) fn seal(&mut self, line: &str, env: &Env) -> Result<String, String> {
        let mut sealed = line.to_owned();
        for userinfo in userinfos(line).filter(|userinfo| !userinfo.contains("${") && *userinfo != "git") {
            let name = self.add(userinfo);
            sealed = sealed.replace(&format!("://{userinfo}@"), &format!("://${{{name}}}@"));
        }
        for name in variables(line) {
            if env.var_os(name).is_none() {
                continue;
            }
            match (trust::reach(name, line, env), env.var(name)) {
                (Reach::Nowhere, _) => return Err(name.to_owned()),
                (_, None) => {}
                (Reach::Anywhere, Some(value)) => self.variables.push((name.to_owned(), value.to_owned().into())),
                // Others are no variables to an installer.
                (Reach::Line, Some(value)) if is_filled_in(name) => {
                    let own = self.add(value);
                    sealed = sealed.replace(&format!("${{{name}}}"), &format!("${{{own}}}"));
                }
                (Reach::Line, Some(_)) => {}
            }
        }
        Ok(sealed)
    }

    fn add(&mut self, value: &str) -> String {
        let name = format!("{}_{}", self.stem, self.variables.len());
        self.variables.push((name.clone(), value.to_owned().into()));
        name
    }
}

/// The address without its user part, and that part.
pub(super) fn without_user(url: &str) -> (String, Option<&str>) {
    match userinfos(url).next() {
        Some(userinfo) => (url.replacen(&format!("{userinfo}@"), "", 1), Some(userinfo)),
        None => (url.to_owned(), None),
    }
}

/// The passwords in the URLs of a text, as written and decoded. A user name counts as one where it stands alone: that
/// is how tokens are given. (Otherwise it can be an ordinary word, and masking it would garble the output.)
pub(in crate::packages) fn in_urls(text: &str) -> Vec<SecretString> {
    let mut found = Vec::new();
    for userinfo in userinfos(text) {
        let secret = match userinfo.split_once(':') {
            Some((user, "")) => user,
            Some((_, password)) => password,
            None => userinfo,
        };
        found.push(secret.to_owned().into());
        let decoded = percent_encoding::percent_decode_str(secret).decode_utf8_lossy();
        if decoded != secret {
            found.push(decoded.into_owned().into());
        }
    }
    found
}

/// The text with the user part of each URL masked.
pub(in crate::packages) fn mask_urls(text: &str) -> String {
    let mut out = text.to_owned();
    for userinfo in userinfos(text) {
        out = out.replace(&format!("://{userinfo}@"), &format!("://{MASK}@"));
    }
    out
}

/// A line of a child's output, without secrets.
pub(in crate::packages) fn clean(line: &str, secrets: &[SecretString]) -> String {
    mask_urls(&scrub(line, secrets))
}

fn userinfos(text: &str) -> impl Iterator<Item = &str> {
    logins(text).map(|(_, userinfo)| userinfo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::ExposeSecret;

    #[test]
    fn masked_in_whatever_form_it_is_printed() {
        let env = Env::fake(
            std::path::Path::new("/"),
            &[
                ("PIP_INDEX_URL", "https://me:can%40ary@h/simple"),
                ("UV_INDEX_CORP_PASSWORD", "canary-2"),
                ("OTHER_URL", "https://x:visible@h/"),
            ],
        );
        let secrets = in_env(&env);
        let line = "GET https://me:can%40ary@h/x, can@ary, canary-2, https://new:secret@other/ visible";
        assert_eq!(
            clean(line, &secrets),
            "GET https://[redacted]@h/x, [redacted], [redacted], https://[redacted]@other/ visible"
        );
    }

    #[test]
    fn an_index_is_the_same_with_another_token() {
        let of = |token: &str| {
            [
                format!("--index-url https://aws:{token}@d.example/pypi/r/simple/"),
                format!("--index-url https://dl.example/{token}/org/simple"),
                format!("--extra-index-url https://h/simple?token={token}"),
            ]
            .map(|line| identity(&line))
        };
        let one = of("eyJ2ZXIiOjEsImlzdSI6MTYx");
        assert_eq!(one, of("c0ffee00c0ffee00c0ffee00"));
        assert_eq!(one[0], "--index-url https://[redacted]@d.example/pypi/r/simple");
        assert_ne!(identity("https://h/repo-a/simple"), identity("https://h/repo-b/simple"));
    }

    #[test]
    fn a_file_for_an_installer_has_no_secret() {
        let lines =
            ["--index-url https://me:canary@h/s", "a==1", "b @ https://u:${PYPI_TOKEN}@h/b.whl", "c @ ssh://git@h/c"];
        let env = Env::fake(std::path::Path::new("/"), &[("PYPI_TOKEN", "canary-2")]);
        let mut sealer = Sealer::new();
        let sealed: Vec<String> = lines.iter().map(|line| sealer.seal(line, &env).unwrap()).collect();
        assert_eq!(sealed[0], format!("--index-url https://${{{}_0}}@h/s", sealer.stem));
        assert_eq!(sealed[1..], lines[1..]);
        let given: Vec<_> = sealer.variables().map(|(_, value)| value.expose_secret()).collect();
        assert_eq!(given, ["me:canary", "canary-2"]);
        assert_eq!(without_user("https://me:x@h/s"), ("https://h/s".to_owned(), Some("me:x")));
    }

    #[test]
    fn variables_are_sealed_to_the_line_they_fit() {
        let vars = [("MIRROR", "https://u:canary@mirror.example"), ("GITHUB_TOKEN", "canary")];
        let env = Env::fake(std::path::Path::new("/"), &vars);
        let mut sealer = Sealer::new();
        for line in ["--index-url ${MIRROR}/simple", "a @ https://${GITHUB_TOKEN}@github.com/o/a-1-py3-none-any.whl"] {
            let sealed = sealer.seal(line, &env).unwrap();
            assert!(
                sealed.contains(&sealer.stem) && !sealed.contains("MIRROR") && !sealed.contains("TOKEN"),
                "{sealed}"
            );
        }
        assert!(sealer.variables().all(|(name, _)| name.starts_with(&sealer.stem)), "{sealer:?}");
        assert_ne!(sealer.stem, Sealer::new().stem, "a file elsewhere could name it");
        for (name, line) in [("MIRROR", "a @ https://evil.example/${MIRROR}"), ("GITHUB_TOKEN", "${GITHUB_TOKEN}")] {
            assert_eq!(sealer.seal(line, &env), Err(name.to_owned()));
        }
    }

    #[test]
    fn urls_without_credentials_stay_as_they_are() {
        let line = "see https://h/a@b and x@1 then a://";
        assert_eq!(mask_urls(line), line);
    }
}
