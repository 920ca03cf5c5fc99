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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_value() {
        let secret = SecretString::from("canary-7f3a".to_owned());
        assert!(!format!("{secret:?}").contains("canary"));
        assert_eq!(scrub("token=canary-7f3a;", [&secret]), "token=[redacted];");
    }
}
