//! npm's settings: which lines of an `.npmrc` decide what is installed, and the credentials in it.
//!
//! Owns: reading `.npmrc` files for that. No credential is passed on from here: npm reads its own files and variables.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::env::Env;
use crate::error::Result;
use crate::fsx;
use crate::packages::python::secrets::in_urls;
use crate::redact::SecretString;
use crate::trust;

/// Ends of the keys that hold credentials, such as `//registry.example.com/:_authToken`.
const CREDENTIALS: [&str; 5] = ["_auth", "_authtoken", "_password", "username", "email"];
/// Keys that decide on nothing but how npm works and talks.
const BESIDE_THE_POINT: [&str; 9] =
    ["audit", "cache", "color", "fund", "loglevel", "logs-dir", "progress", "update-notifier", "save-exact"];

/// What is known about the settings.
#[derive(Debug, Default)]
pub(super) struct Npmrc {
    /// Lines of the project's own file that decide on what is installed, sorted; never a credential.
    pub(super) lines: Vec<String>,
    pub(super) secrets: Vec<SecretString>,
}

impl Npmrc {
    /// Reads the project's file, and the user's for what must not be seen.
    pub(super) fn read(dir: &Path, env: &Env) -> Result<Self> {
        let project = fsx::read_text(&dir.join(".npmrc"))?.unwrap_or_default();
        let mut found = Self::default();
        for (key, value) in settings(&project) {
            if is_credential(key) || BESIDE_THE_POINT.contains(&key) {
                continue;
            }
            // Some services put a token into the path.
            let value = if key.ends_with("registry") { host(value) } else { without_userinfo(value) };
            found.lines.push(format!("{key}={value}"));
        }
        found.lines.sort_unstable();
        // A file that may not be read holds nothing that npm could use.
        let user = user_file(env).and_then(|file| fsx::read_text(&file).ok().flatten()).unwrap_or_default();
        for (key, value) in settings(&project).chain(settings(&user)) {
            let value = expand(value, env);
            found.secrets.extend(in_urls(&value));
            if is_credential(key) && !key.ends_with("username") && !key.ends_with("email") {
                found.secrets.push(value.into());
            }
        }
        for (name, value) in env.vars() {
            let Some(value) = value.to_str() else { continue };
            let lower = name.to_ascii_lowercase();
            if ["npm_token", "node_auth_token"].contains(&lower.as_str()) {
                found.secrets.push(value.to_owned().into());
            } else if let Some(key) = lower.strip_prefix("npm_config_") {
                found.secrets.extend(in_urls(value));
                if is_credential(key) && !key.ends_with("username") && !key.ends_with("email") {
                    found.secrets.push(value.to_owned().into());
                }
            }
        }
        Ok(found)
    }
}

/// What settings take from the environment (`${NAME}`, `${NAME?}`).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) given: BTreeMap<String, OsString>,
    /// Names that the project's file would send where they do not belong.
    pub(super) withheld: BTreeSet<String>,
}

/// The variables that the project's file and the user's name. The project's file comes with a checkout, so that
/// `trust` decides what it may send; in the user's file it is the user's word.
pub(super) fn variables(project: &Path, env: &Env) -> Result<Named> {
    let mut named = Named::default();
    let user = user_file(env).and_then(|file| fsx::read_text(&file).ok().flatten()).unwrap_or_default();
    let project = fsx::read_text(&project.join(".npmrc"))?.unwrap_or_default();
    for (text, is_project) in [(&user, false), (&project, true)] {
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with([';', '#'])) {
            for name in line.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
                let name = name.trim_end_matches('?');
                let Some(value) = env.var_os(name) else { continue };
                if is_project && !trust::may_be_sent(name, line, env) {
                    named.withheld.insert(name.to_owned());
                } else {
                    named.given.insert(name.to_owned(), value.clone());
                }
            }
        }
    }
    // Once given, npm fills it in everywhere.
    named.given.retain(|name, _| !named.withheld.contains(name));
    Ok(named)
}

fn user_file(env: &Env) -> Option<PathBuf> {
    let named = env.var("npm_config_userconfig").or_else(|| env.var("NPM_CONFIG_USERCONFIG"));
    named.map_or_else(|| env.home().map(|home| home.join(".npmrc")), |path| Some(env.cwd().join(path)))
}

/// Keys and values of an ini file, quotes removed.
fn settings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with([';', '#']))
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim(), value.trim().trim_matches(['"', '\''])))
}

fn is_credential(key: &str) -> bool {
    let own = key.rsplit(':').next().unwrap_or(key).to_ascii_lowercase();
    CREDENTIALS.contains(&own.as_str())
}

/// `${NAME}` replaced as npm does.
fn expand(value: &str, env: &Env) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        out.push_str(env.var(name.trim_end_matches('?')).unwrap_or_default());
        rest = after;
    }
    out + rest
}

fn host(url: &str) -> String {
    let url = without_userinfo(url);
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

/// A URL without user and password; anything else as it is.
pub(super) fn without_userinfo(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rsplit_once('@') {
        // `git+ssh://git@host` names no secret, and there is no other way to write it.
        Some(("git", _)) | None => text.to_owned(),
        Some((_, host)) => format!("{scheme}://{host}{}", &rest[end..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{ExposeSecret, scrub};

    #[test]
    fn npm_gets_the_variables_that_its_settings_name_for_their_own_hosts() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        std::fs::create_dir(&home).unwrap();
        std::fs::write(home.join(".npmrc"), "//r.example/:_authToken=${GH_TOKEN}\n").unwrap();
        let project = "//npm.pkg.github.com/:_authToken=${GITHUB_TOKEN}\n//r.example/:_authToken=${NPM_TOKEN?}\n\
                       # ${AWS_REGION}\nregistry=https://evil.example/${AWS_SECRET_ACCESS_KEY}/\n\
                       //evil.example/:_authToken=${CI_JOB_TOKEN}\n";
        std::fs::write(dir.path().join(".npmrc"), project).unwrap();
        let home = home.display().to_string();
        let vars = ["GITHUB_TOKEN", "GH_TOKEN", "NPM_TOKEN", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "CI_JOB_TOKEN"];
        let vars: Vec<_> = vars.into_iter().map(|name| (name, "v")).chain([("HOME", home.as_str())]).collect();
        let named = variables(dir.path(), &Env::fake(dir.path(), &vars)).unwrap();
        assert_eq!(named.given.into_keys().collect::<Vec<_>>(), ["GH_TOKEN", "GITHUB_TOKEN", "NPM_TOKEN"]);
        assert_eq!(named.withheld.into_iter().collect::<Vec<_>>(), ["AWS_SECRET_ACCESS_KEY", "CI_JOB_TOKEN"]);
    }

    #[test]
    fn credentials_are_known_and_never_part_of_what_identifies() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        std::fs::create_dir(&home).unwrap();
        std::fs::write(home.join(".npmrc"), "//r.example.com/:_password=\"dXNlci1zZWNyZXQ=\"\n").unwrap();
        std::fs::write(
            dir.path().join(".npmrc"),
            "; comment\nregistry = https://me:pass-in-url@r.example.com/npm/\n//r.example.com/:_authToken=${TOKEN}\n\
             //r.example.com/:username=me\nlegacy-peer-deps=true\nfund=false\n",
        )
        .unwrap();
        let home = home.to_str().unwrap();
        let env = Env::fake(dir.path(), &[("HOME", home), ("TOKEN", "token-canary"), ("NPM_TOKEN", "other-canary")]);
        let found = Npmrc::read(dir.path(), &env).unwrap();
        assert_eq!(found.lines, ["legacy-peer-deps=true", "registry=r.example.com"]);
        let all: Vec<&str> = found.secrets.iter().map(ExposeSecret::expose_secret).collect();
        for secret in ["token-canary", "other-canary", "pass-in-url", "dXNlci1zZWNyZXQ="] {
            assert!(all.contains(&secret), "{all:?}");
        }
        assert_eq!(scrub("401 token-canary", &found.secrets), "401 [redacted]");
    }

    #[test]
    fn only_what_is_secret_in_an_address_is_removed() {
        assert_eq!(without_userinfo("https://u:p@h/x@y"), "https://h/x@y");
        assert_eq!(without_userinfo("git+ssh://git@github.com/a/b.git"), "git+ssh://git@github.com/a/b.git");
    }
}
