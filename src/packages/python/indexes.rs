//! The package indexes that the user has set up for pip and uv, in variables and in their own files.
//!
//! Owns: knowing which these are, for the cache key and for what must be scrubbed from output. Does not own: using
//! them: the installers read the same places themselves, and look into netrc files and keyrings besides.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::env::Env;
use crate::redact::SecretString;

use super::line::expand;
use super::secrets::{identity, in_urls, without_user};

/// Variables that say where packages come from.
const VARIABLES: [&str; 8] = [
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
];

#[derive(Debug, Default)]
pub(super) struct Indexes {
    urls: Vec<SecretUrl>,
}

/// An address that may have credentials in it; not to be printed.
struct SecretUrl {
    /// With the variables that it names.
    whole: String,
    /// As an installer may get it. Of a file that comes with a checkout that is what is written there, so that what its
    /// variables may be sent to is decided as for every other line of the checkout.
    given: String,
}

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&identity(&self.whole))
    }
}

impl Indexes {
    /// Files that cannot be read are left to the installer, which will say so.
    pub(super) fn read(env: &Env, dir: &Path) -> Self {
        let mut urls = Vec::new();
        for name in VARIABLES {
            urls.extend(words_with_address(env.var(name).unwrap_or_default()));
        }
        for file in pip_files(env) {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
            urls.extend(lines.flat_map(words_with_address));
        }
        for file in own_uv_files(env) {
            urls.extend(uv_settings(&file, &[]).iter().flat_map(|settings| uv_urls(settings, env)));
        }
        let own = urls.into_iter().map(|url| expand(&url, env)).map(|url| SecretUrl { whole: url.clone(), given: url });
        let project = dir.ancestors().flat_map(|dir| {
            let files = [(dir.join("uv.toml"), &[][..]), (dir.join("pyproject.toml"), &["tool", "uv"][..])];
            files.into_iter().filter_map(|(file, inside)| uv_settings(&file, inside))
        });
        let of_project = project.flat_map(|settings| uv_urls(&settings, env));
        let of_project = of_project.map(|url| SecretUrl { whole: expand(&url, env), given: url });
        Self { urls: own.chain(of_project).collect() }
    }

    pub(super) fn secrets(&self) -> Vec<SecretString> {
        self.urls.iter().flat_map(|url| in_urls(&url.whole)).collect()
    }

    /// For the cache key: another index may have other packages; another token for the same index has not.
    pub(super) fn identities(&self) -> BTreeSet<String> {
        self.urls.iter().map(|url| identity(&without_user(&url.whole).0)).collect()
    }

    /// `url` as it is set up, with the credentials that belong to it. The user's own settings come first.
    pub(super) fn with_credentials(&self, url: &str) -> String {
        let same = |known: &&SecretUrl| {
            let (place, user) = without_user(&known.whole);
            user.is_some() && place.trim_end_matches('/') == url.trim_end_matches('/')
        };
        self.urls.iter().find(same).map_or_else(|| url.to_owned(), |known| known.given.clone())
    }
}

/// `index-url = https://…`, `name=https://…` and plain addresses.
fn words_with_address(text: &str) -> Vec<String> {
    let words = text.split_whitespace().filter(|word| word.contains("://"));
    let address = |word: &str| {
        let scheme = word.find("://").unwrap_or_default();
        let start = word[..scheme].rfind(['=', '"', '\'']).map_or(0, |at| at + 1);
        word[start..].trim_end_matches(['"', '\'', ',']).to_owned()
    };
    words.map(address).collect()
}

fn pip_files(env: &Env) -> Vec<PathBuf> {
    if let Some(file) = env.var("PIP_CONFIG_FILE") {
        return vec![PathBuf::from(file)];
    }
    let home = |path: &str| env.home().map(|home| home.join(path));
    let config = env.var("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| home(".config"));
    let files = [
        Some(PathBuf::from("/etc/pip.conf")),
        Some(PathBuf::from("/etc/xdg/pip/pip.conf")),
        home(".pip/pip.conf"),
        home("Library/Application Support/pip/pip.conf"),
        config.map(|dir| dir.join("pip/pip.conf")),
        env.var("VIRTUAL_ENV").map(|dir| Path::new(dir).join("pip.conf")),
    ];
    files.into_iter().flatten().collect()
}

/// Where uv looks outside of a project.
fn own_uv_files(env: &Env) -> Vec<PathBuf> {
    let home = env.home().map(|home| home.join(".config"));
    let config = env.var("XDG_CONFIG_HOME").map(PathBuf::from).or(home);
    let files = [
        Some(PathBuf::from("/etc/uv/uv.toml")),
        config.map(|dir| dir.join("uv/uv.toml")),
        env.var("UV_CONFIG_FILE").map(PathBuf::from),
    ];
    files.into_iter().flatten().collect()
}

/// The table of a file that holds uv's settings.
fn uv_settings(file: &Path, inside: &[&str]) -> Option<Table> {
    let text = std::fs::read_to_string(file).ok()?;
    let document = toml::from_str::<Table>(&text).ok()?;
    inside.iter().try_fold(&document, |table, name| table.get(*name)?.as_table()).cloned()
}

/// The addresses of `[[index]]` with the credentials that variables give for their names, and of the older settings.
fn uv_urls(settings: &Table, env: &Env) -> Vec<String> {
    let mut urls = Vec::new();
    for index in settings.get("index").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| index.get(name).and_then(Value::as_str);
        let Some(url) = text("url") else { continue };
        let variable = |part: &str| {
            let name: String = text("name")?.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            env.var(&format!("UV_INDEX_{}_{part}", name.to_ascii_uppercase()))
        };
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        urls.push(match (variable("USERNAME"), variable("PASSWORD"), url.split_once("://")) {
            (None, None, _) | (_, _, None) => url.to_owned(),
            (user, password, Some((scheme, rest))) => {
                let [user, password] = [user, password].map(|part| encode(part.unwrap_or_default()));
                format!("{scheme}://{user}:{password}@{rest}")
            }
        });
    }
    for table in [Some(settings), settings.get("pip").and_then(Value::as_table)].into_iter().flatten() {
        for name in ["index-url", "extra-index-url", "find-links", "default-index"] {
            let value = table.get(name);
            let list = value
                .and_then(Value::as_array)
                .map_or(value.map(std::slice::from_ref).unwrap_or_default(), Vec::as_slice);
            urls.extend(list.iter().filter_map(Value::as_str).filter(|url| url.contains("://")).map(str::to_owned));
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_both_installers_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        put(".config/pip/pip.conf", "[global]\nindex-url = https://a:canary-1@one/simple\n# https://no/comment\n");
        put(
            ".config/uv/uv.toml",
            "index-url = 'https://b:canary-2@two/simple'\n[pip]\nextra-index-url=['https://c:canary-3@three/s']",
        );
        put(
            "p/pyproject.toml",
            "[project.urls]\nx='https://home'\n[[tool.uv.index]]\nname='my-corp'\nurl='https://four/simple'\nexplicit=true",
        );
        let env = Env::fake(
            &dir.path().join("p"),
            &[
                ("HOME", dir.path().to_str().unwrap()),
                ("UV_INDEX", "corp=https://d:canary-5@five/simple https://six/s"),
                ("UV_INDEX_MY_CORP_USERNAME", "aws"),
                ("UV_INDEX_MY_CORP_PASSWORD", "canary/4"),
            ],
        );
        let indexes = Indexes::read(&env, &dir.path().join("p"));
        let found = indexes.identities();
        for place in ["one/simple", "two/simple", "three/s", "four/simple", "five/simple", "six/s"] {
            assert!(found.contains(&format!("https://{place}")), "{place}: {found:?}");
        }
        assert!(!format!("{found:?} {indexes:?}").contains("canary"));
        assert!(!format!("{found:?}").contains("home"));
        let line = "canary-1 canary-2 canary-3 canary/4 canary-5";
        assert!(!crate::redact::scrub(line, &indexes.secrets()).contains("canary"));
        assert_eq!(indexes.with_credentials("https://four/simple/"), "https://aws:canary%2F4@four/simple");
        assert_eq!(indexes.with_credentials("https://six/s"), "https://six/s");
    }

    #[test]
    fn a_projects_address_is_given_as_written() {
        let dir = tempfile::tempdir().unwrap();
        let project = dir.path().join("p");
        std::fs::create_dir_all(dir.path().join(".config/uv")).unwrap();
        std::fs::create_dir(&project).unwrap();
        let own = "index-url='https://${TOKEN}@own.example/simple'";
        std::fs::write(dir.path().join(".config/uv/uv.toml"), own).unwrap();
        let text = "[[tool.uv.index]]\nurl='https://${TOKEN}@evil.example/simple'\n";
        std::fs::write(project.join("pyproject.toml"), text).unwrap();
        std::fs::write(project.join("uv.toml"), "extra-index-url='https://${TOKEN}@other.example/s'").unwrap();
        let vars = [("HOME", dir.path().to_str().unwrap()), ("TOKEN", "canary")];
        let indexes = Indexes::read(&Env::fake(&project, &vars), &project);
        let with = |url: &str| indexes.with_credentials(url);
        assert_eq!(with("https://evil.example/simple"), "https://${TOKEN}@evil.example/simple");
        assert_eq!(with("https://other.example/s"), "https://${TOKEN}@other.example/s");
        assert_eq!(with("https://own.example/simple"), "https://canary@own.example/simple");
        assert_eq!(crate::redact::scrub("canary", &indexes.secrets()), "[redacted]");
    }
}
