//! Which hosts a line of a checkout's file sends its variables to.
//!
//! Owns: reading requirement lines, `.npmrc` settings and addresses for that, strictly: a line that cannot be read for
//! certain counts as sending everything to an unknown host. Does not own: which variable may go where.
//!
//! The readers of these lines take quotes, white space and slashes in ways of their own (`https:/host` is an address for
//! some, and so is `"https://host/ x"`), so only what means the same to all of them is let through.

use crate::env::Env;

/// The names in `${NAME}`, `${NAME?}` and `${NAME:-fallback}`.
pub(crate) fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter(|rest| rest.contains('}')).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    })
}

/// The text with what backslashes spell out in JSON and YAML: `\u0024{NAME}` names a variable, too, and so does `$\` at
/// the end of a line with `{NAME}` on the next.
pub(crate) fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let digits = match after.chars().next() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => 0,
        };
        let code = after.get(1..=digits).filter(|_| digits > 0).and_then(|code| u32::from_str_radix(code, 16).ok());
        rest = match code.and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                &after[1 + digits..]
            }
            None if after.starts_with(['\n', '\r']) => after.trim_start(),
            None => {
                out.push('\\');
                after
            }
        };
    }
    out + rest
}

/// Whether `${NAME}` stands in the line only where nothing is sent to a host that the line chooses: in a path, in a
/// version, or at the beginning of an address, which then is the variable's own. Of settings (`KEY=VALUE`), which hold
/// logins too, only those that choose a registry count.
pub(super) fn stays_here(name: &str, line: &str) -> bool {
    if is_doubtful(line) {
        return false;
    }
    if let Some((key, value)) = setting(line) {
        // White space is a part of the value.
        return is_registry(key) && !value.contains(char::is_whitespace) && word_stays_here(name, value);
    }
    let mut in_marker = false;
    line.split_whitespace().all(|word| {
        in_marker |= word.starts_with(';');
        let stays = if named(word).any(|other| other == name) {
            word_stays_here(name, word)
        } else {
            is_plain(word, in_marker)
        };
        in_marker |= word.ends_with(';');
        stays
    })
}

/// Backslashes begin and end hosts for some readers, and control characters end lines for some.
fn is_doubtful(line: &str) -> bool {
    line.contains('\\') || line.chars().any(|c| c.is_control() && c != '\t')
}

/// Key and value of a line of settings; `None` for a requirement or an option of an installer.
fn setting(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let of_scope = key.starts_with('@') && key.ends_with(":registry");
    let foreign = |c: char| c.is_whitespace() || "/$@<>~!".contains(c);
    let is_key = !key.starts_with('-') && !value.starts_with('=');
    (is_key && (key.starts_with("//") || of_scope || !key.contains(foreign))).then(|| (key, value.trim()))
}

fn is_registry(key: &str) -> bool {
    let scope = key.strip_prefix('@').and_then(|key| key.strip_suffix(":registry"));
    key == "registry" || scope.is_some_and(|scope| scope.chars().all(is_of_name))
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-".contains(c)
}

/// A word without the name of the option whose value it is, and without quotes around it.
fn value_of(word: &str) -> &str {
    let value = match word.strip_prefix("--") {
        Some(option) => option.split_once('=').map_or(word, |(_, value)| value),
        None if word.starts_with('-') => word.get(2..).unwrap_or(word),
        None => word,
    };
    let unquoted = |mark: char| value.strip_prefix(mark).and_then(|value| value.strip_suffix(mark));
    unquoted('"').or_else(|| unquoted('\'')).unwrap_or(value)
}

/// Nothing that could be a part of an address.
fn is_plain(word: &str, in_marker: bool) -> bool {
    let hash = word.strip_prefix("--hash=");
    let is_hash = hash.is_some_and(|hash| hash.chars().all(|c| c.is_ascii_alphanumeric() || c == ':'));
    let is_quoted = word.contains(['"', '\'']) && !in_marker;
    is_hash || word == "@" || !(word.contains([':', '@', '$']) || word.contains("//") || is_quoted)
}

fn word_stays_here(name: &str, word: &str) -> bool {
    let word = value_of(word);
    if word.contains(['"', '\'']) {
        return false;
    }
    let Some((before, rest)) = word.split_once("${") else { return false };
    let Some(rest) = rest.strip_prefix(name) else { return false };
    let Some(rest) = rest.strip_prefix('?').unwrap_or(rest).strip_prefix('}') else { return false };
    if is_file_url(before) {
        return true;
    }
    let vcs = before.strip_suffix('+').is_some_and(|system| system.chars().all(|c| c.is_ascii_alphabetic()));
    if before.is_empty() || vcs {
        return rest.is_empty() || rest.starts_with('/');
    }
    let is_local = |text: &str| !text.contains([':', '@', '+']) && !text.contains("//");
    let of_path = |c: char| is_of_name(c) || "/[], ~".contains(c);
    if !before.starts_with('-') && before.chars().all(of_path) {
        return is_local(before) && is_local(rest);
    }
    let operators = |c: char| "=<>~!".contains(c);
    let distribution = before.trim_end_matches(operators);
    let is_version = distribution.len() < before.len() && !distribution.starts_with('-');
    is_version
        && distribution.chars().all(|c| is_of_name(c) || "[],".contains(c))
        && is_local(rest)
        && !rest.contains('/')
}

/// Whether the beginning of an address is that of a file on this machine.
fn is_file_url(before: &str) -> bool {
    let lower = before.to_ascii_lowercase();
    let address = lower.strip_prefix("git+").unwrap_or(&lower);
    let path = address.strip_prefix("file:");
    path.is_some_and(|path| path.strip_prefix("//").is_none_or(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The hosts that a line names, with the values of the variables in their places too; `None` where what is a host cannot
/// be told for certain.
pub(super) fn hosts(line: &str, env: &Env) -> Option<Vec<String>> {
    let mut found = hosts_as_written(line)?;
    // A value with a slash in it, such as a path, ends the host before it.
    found.extend(hosts_as_written(&filled_in(line, env))?);
    Some(found)
}

fn filled_in(line: &str, env: &Env) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let value = after.split_once('}').and_then(|(inside, after)| {
            let name = named(&rest[before.len()..]).next().filter(|name| inside.starts_with(name))?;
            Some((env.var(name)?, after))
        });
        rest = match value {
            Some((value, after)) => {
                out.push_str(value);
                after
            }
            None => {
                out.push_str("${");
                after
            }
        };
    }
    out + rest
}

fn hosts_as_written(line: &str) -> Option<Vec<String>> {
    if is_doubtful(line) {
        return None;
    }
    let line = match setting(line) {
        // The key of a login names a host itself.
        Some((key, value)) if !key.starts_with("//") => value,
        _ => line,
    };
    let mut found = Vec::new();
    for word in line.split_whitespace() {
        if word == "@" || is_plain(word, false) || !word.contains([':', '@', '/']) {
            continue;
        }
        let word = value_of(word);
        let Some((scheme, rest)) = word.split_once("//") else {
            // Without a host, or with one that only some would take for one: `https:h`, `git@h:o/r`.
            if word.contains([':', '@']) && !is_mere_variable(word) {
                return None;
            }
            continue;
        };
        let is_scheme =
            scheme.strip_suffix(':').is_some_and(|scheme| !scheme.contains([':', '/', '?', '#', '"', '\'']));
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let address = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = address.split_once(':').unwrap_or((address, ""));
        let is_host = !host.is_empty() && host.chars().all(is_of_name) && port.chars().all(|c| c.is_ascii_digit());
        if !(is_scheme || scheme.is_empty()) || !is_host || word.contains(['"', '\'']) || path.contains("//") {
            return None;
        }
        found.push(host.to_ascii_lowercase());
    }
    Some(found)
}

/// `${NAME:-fallback}`, whose colon is none of an address.
fn is_mere_variable(word: &str) -> bool {
    word.starts_with("${") && word.ends_with('}') && word.matches('}').count() == 1 && !word.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_every_spelling() {
        let text = "${A} ${B?} ${C:-x} ${D-y} ${E $F ${G";
        assert_eq!(named(text).collect::<Vec<_>>(), ["A", "B", "C", "D"]);
        let escaped = without_escapes("\\u0024{A} \\x24{B} \"$\\\n   {C}\" C:\\dir");
        assert_eq!(named(&escaped).collect::<Vec<_>>(), ["A", "B", "C"]);
        assert!(escaped.ends_with("C:\\dir"), "{escaped}");
    }

    #[test]
    fn hosts_are_read_as_every_client_reads_them() {
        let env = Env::fake(std::path::Path::new("/"), &[("HOME", "/root"), ("USER", "me")]);
        for (line, expected) in [
            ("https://github.com/o/r", Some(&["github.com", "github.com"][..])),
            ("lib @ git+https://x:y@GitHub.com:443/o/r@main", Some(&["github.com", "github.com"])),
            ("--index-url=https://${USER}@h.example/s --pre", Some(&["h.example", "h.example"])),
            ("//h.example/:_authToken=${T}", Some(&["h.example", "h.example"])),
            ("lib==1 --hash=sha256:aa", Some(&[])),
            ("https://evil.example${HOME}@github.com/", Some(&["github.com", "evil.example"])),
            ("https://evil.example\"@github.com/", None),
            ("https://evil.example=@github.com/", Some(&["github.com", "github.com"])),
            ("https://evil.example\"/\"@github.com/", None),
            ("https:/evil.example/?x=//github.com/", None),
            ("https:evil.example/?x=//github.com/", None),
            ("git@evil.example:o//github.com/", None),
            ("https://github.com/#\u{c}https://evil.example/", None),
        ] {
            let found = hosts(line, &env);
            assert_eq!(
                found.as_deref().map(|all| all.iter().map(String::as_str).collect::<Vec<_>>()),
                expected.map(<[&str]>::to_vec),
                "{line}"
            );
        }
    }
}
