//! Credentials of package indexes: they reach the installer through its own environment and nothing else.
//!
//! Owns: finding them in variables and URLs, so that what an installer prints can be scrubbed. No secret is passed on
//! from here: child processes inherit the environment as it is.

use crate::env::Env;
use crate::redact::{MASK, SecretString, scrub};

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

/// Hosts of the index settings, for the cache key: another index may have other packages. Paths are left out because
/// some services put a token there.
pub(super) fn index_hosts(env: &Env) -> Vec<String> {
    let names = [
        "PIP_INDEX_URL",
        "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",
        "UV_DEFAULT_INDEX",
        "UV_INDEX",
        "UV_INDEX_URL",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
    ];
    let hosts = |name: &str| -> Vec<String> {
        let text = env.var(name).unwrap_or_default();
        let hosts = text.split_whitespace().filter_map(|part| {
            // uv also writes `name=url`.
            let at = part.find("://")?;
            let rest = &part[at + 3..];
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            Some(format!("{name} {}", authority.rsplit('@').next().unwrap_or_default()))
        });
        hosts.collect()
    };
    names.into_iter().flat_map(hosts).collect()
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
pub(super) fn mask_urls(text: &str) -> String {
    let mut out = text.to_owned();
    for userinfo in userinfos(text) {
        out = out.replace(&format!("://{userinfo}@"), &format!("://{MASK}@"));
    }
    out
}

/// What a child printed, fit for a person's eyes.
pub(in crate::packages) fn clean(line: &str, secrets: &[SecretString]) -> String {
    mask_urls(&scrub(line, secrets))
}

fn userinfos(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("://").filter_map(|(at, _)| {
        let rest = &text[at + 3..];
        let end =
            rest.find(|c: char| c == '/' || c.is_whitespace() || matches!(c, '"' | '\'' | '`')).unwrap_or(rest.len());
        // Passwords may contain `@` unencoded; the last one ends them.
        rest[..end].rsplit_once('@').map(|(userinfo, _)| userinfo)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(index_hosts(&env), ["PIP_INDEX_URL h"]);
    }

    #[test]
    fn urls_without_credentials_stay_as_they_are() {
        let line = "see https://h/a@b and x@1 then a://";
        assert_eq!(mask_urls(line), line);
    }
}
