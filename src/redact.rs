//! Secrets as a type that cannot be printed, and the scrubbing of text that comes from elsewhere.
//!
//! Owns: the secret type and `scrub`. A secret leaves it only through `expose_secret`, at the place that puts it on
//! the wire.

pub(crate) use secrecy::{ExposeSecret, SecretString};

/// What stands in for a secret in any text.
pub(crate) const MASK: &str = "[redacted]";

/// Replaces each secret in `text`. For output of child processes and remote messages that may echo what they were
/// given. Secrets shorter than four characters are left alone: masking them would garble ordinary text.
pub(crate) fn scrub<'a>(text: &str, secrets: impl IntoIterator<Item = &'a SecretString>) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let secret = secret.expose_secret();
        if secret.len() >= 4 && text.contains(secret) {
            text = text.replace(secret, MASK);
        }
    }
    text
}

/// The user parts of the addresses in a text (`user:password`, `token`), each with the place of the address's `://`. A
/// password may have an `@` that is not encoded, so the last one ends it; an `@` behind the host is none of a login.
pub(crate) fn logins(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("://").filter_map(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        let ends = |c: char| c.is_whitespace() || "/?#\\\"'`".contains(c);
        let authority = &rest[..rest.find(ends).unwrap_or(rest.len())];
        authority.rsplit_once('@').map(|(login, _)| (at, login))
    })
}

/// The text without the logins of its addresses: `http://[redacted]@proxy:3128`.
pub(crate) fn without_logins(text: &str) -> String {
    let found: Vec<(usize, usize)> = logins(text).map(|(at, login)| (at + "://".len(), login.len())).collect();
    let mut text = text.to_owned();
    for (start, length) in found.into_iter().rev() {
        text.replace_range(start..start + length, MASK);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_end_with_the_host() {
        let found = |text: &'static str| logins(text).map(|(_, login)| login).collect::<Vec<_>>();
        assert_eq!(found("x=https://u:p@h/ git+ssh://git@h 'ftp://t@k'"), ["u:p", "git", "t"]);
        assert_eq!(found("https://u:p@ss@h"), ["u:p@ss"]);
        for plain in ["https://h?x=a@b", "https://h#a@b", "https://h/a@b", "https://h\\@b", "a@b", "a://"] {
            assert!(found(plain).is_empty(), "{plain}");
        }
    }

    #[test]
    fn logins_are_taken_out_of_a_text() {
        let shown = without_logins("HTTPS_PROXY is http://u:p@ss@proxy:3128, and git+ssh://git@h/x");
        assert_eq!(shown, "HTTPS_PROXY is http://[redacted]@proxy:3128, and git+ssh://[redacted]@h/x");
        assert_eq!(without_logins("https://h/a@b"), "https://h/a@b");
    }

    #[test]
    fn debug_output_hides_the_value() {
        let secret = SecretString::from("canary-7f3a".to_owned());
        assert!(!format!("{secret:?}").contains("canary"));
        assert_eq!(scrub("token=canary-7f3a;", [&secret]), "token=[redacted];");
    }
}
