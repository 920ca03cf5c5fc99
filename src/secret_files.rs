//! Files that are secrets: by name, or by content where the name is only a hint.
//!
//! Owns: the names and the check of the content, for suspicious names and for all others (`content`). Does not own:
//! which trees are searched (`project`, `packages`).

mod content;

use std::io::Read;
use std::path::Path;

use crate::redact::logins;

/// Case does not count: on the file systems of macOS and Windows `.ENV` is what a program opens as `.env`.
const SECRETS: &[&str] = &[
    // Clouds and registries
    ".aws",
    ".azure",
    ".gcloud",
    ".kube",
    ".oci",
    ".boto",
    ".s3cfg",
    ".dockercfg",
    ".dockerconfigjson",
    ".pypirc",
    "rootkey.csv",
    "application_default_credentials.json",
    // Logins and keys
    ".netrc",
    "_netrc",
    ".git-credentials",
    ".pgpass",
    ".my.cnf",
    ".vault-token",
    ".ssh",
    ".gnupg",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ecdsa_sk",
    "id_ed25519",
    "id_ed25519_sk",
    // What a token or a key is written into by hand
    "token.txt",
    "key.txt",
    "new-key.txt",
    "api-key.txt",
    "apikey.txt",
    "secret.txt",
    "password.txt",
];

/// Key stores, and the state of Terraform, which holds every password it made.
const SECRET_ENDS: &[&str] =
    &[".key", ".p12", ".pfx", ".ppk", ".jks", ".keystore", ".kdbx", ".tfstate", ".tfstate.backup", "accesskeys.csv"];

/// Below a folder of a common name.
const SECRETS_BELOW: &[&str] = &[".config/gcloud", ".docker/config.json", ".config/gh"];

/// Whether `path` (from a root, with forward slashes) is a variables file, a private key, a cloud's credentials or a
/// registry's token by its name alone.
pub(crate) fn is_secret_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    let below = |known: &&str| path == *known || path.strip_suffix(known).is_some_and(|before| before.ends_with('/'));
    is_variables_file(name)
        || SECRETS.iter().any(is)
        || SECRET_ENDS.iter().any(|end| name.len() > end.len() && ends_with(name, end))
        || SECRETS_BELOW.iter().any(below)
}

/// Whether a file of this name holds variables for one machine.
pub(crate) fn is_variables_file(name: &str) -> bool {
    starts_with(name, ".env") && name != ".env.example"
}

/// All of these names, for the reference; `*` stands for anything.
#[cfg(test)]
pub(crate) fn listed_names() -> Vec<String> {
    let plain = SECRETS.iter().chain(SECRETS_BELOW).map(|name| (*name).to_owned());
    let ends = SECRET_ENDS.iter().map(|end| format!("*{end}"));
    std::iter::once(".env* (but .env.example)".to_owned()).chain(plain).chain(ends).collect()
}

fn starts_with(name: &str, start: &str) -> bool {
    name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn ends_with(name: &str, end: &str) -> bool {
    name.len().checked_sub(end.len()).and_then(|at| name.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// Whether a file is part of a program: without it the program may not start.
pub(crate) fn is_code(name: &str) -> bool {
    const ENDS: [&str; 11] = [".py", ".pyi", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".sh"];
    // Node reads in `package.json` what kind of modules there are.
    ENDS.iter().any(|end| ends_with(name, end)) || name.rsplit('/').next() == Some("package.json")
}

/// Whether `path` (from a root, with forward slashes) belongs to tests, which an agent runs without.
pub(crate) fn is_test(path: &str) -> bool {
    const FOLDERS: [&str; 5] = ["test", "tests", "__tests__", "testdata", "fixtures"];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem == "conftest"
        || [".test.", ".spec."].iter().any(|part| name.contains(part))
}

/// What a file of any name holds, such as "a private key"; `None` when nothing like a secret is in it. A password in an
/// address counts in the files of package managers: elsewhere it may be anything.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn held_secret(path: &Path) -> std::io::Result<Option<&'static str>> {
    if let Some(found) = content::held_secret(path)? {
        return Ok(Some(found));
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    Ok((names_indexes(name) && start_of(path, LOCK_LIMIT)?.lines().any(has_password)).then_some("a password in a URL"))
}

/// What a text holds, such as "a key of AWS"; `None` when nothing like a secret is in it.
pub(crate) fn secret_in(text: &str) -> Option<&'static str> {
    content::in_text(text.as_bytes(), true)
}

/// What the value of a variable certainly is, such as "a key of AWS".
pub(crate) fn secret_in_variable(name: &str, value: &str) -> Option<&'static str> {
    let of_url = || has_password(value).then_some("a password in a URL");
    secret_in(value).or_else(|| secret_in(&format!("{name}={value}"))).or_else(of_url)
}

/// Whether a variable of this name and value most likely holds a secret: also one that only its name speaks for.
pub(crate) fn is_secret_variable(name: &str, value: &str) -> bool {
    const WORDS: [&str; 8] = ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "PRIVATE"];
    let upper = name.to_ascii_uppercase();
    WORDS.iter().any(|word| upper.contains(word)) || secret_in_variable(name, value).is_some()
}

/// Lock files are long.
const LOCK_LIMIT: u64 = 1 << 25;

/// Whether a file of this name says where packages come from.
fn names_indexes(name: &str) -> bool {
    const NAMES: [&str; 21] = [
        "uv.toml",
        "pyproject.toml",
        "Pipfile",
        "Pipfile.lock",
        "poetry.toml",
        "poetry.lock",
        "uv.lock",
        "pdm.toml",
        "pdm.lock",
        "pylock.toml",
        "setup.py",
        "setup.cfg",
        "environment.yml",
        "environment.yaml",
        ".condarc",
        "package.json",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bunfig.toml",
    ];
    let lists = ["requirement", "constraint", "dependencies"].iter().any(|word| name.contains(word));
    NAMES.contains(&name) || (lists && (ends_with(name, ".txt") || ends_with(name, ".in")))
}

/// What makes a file a secret that its name only hints at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suspicion {
    /// A private key in PEM, alone or as a value in a cloud's key file.
    PrivateKey,
    /// A token written out in the settings of a package manager. One that names a variable (`${NPM_TOKEN}`) is none.
    Token,
}

/// What to look for in a file of this name; `None` for nearly every file, which is then not read.
pub(crate) fn suspicion(name: &str) -> Option<Suspicion> {
    const HINTS: [&str; 6] = ["credential", "service-account", "service_account", "serviceaccount", "secret", "key"];
    match name {
        ".npmrc" | ".yarnrc" | ".yarnrc.yml" | "pip.conf" | "pip.ini" => return Some(Suspicion::Token),
        _ => {}
    }
    let private = ends_with(name, ".pem")
        || ends_with(name, ".p8")
        || (starts_with(name, "id_") && !ends_with(name, ".pub"))
        || ["_rsa", "_ecdsa", "_ed25519"].iter().any(|end| ends_with(name, end))
        || (ends_with(name, ".json") && HINTS.iter().any(|hint| name.to_ascii_lowercase().contains(hint)));
    private.then_some(Suspicion::PrivateKey)
}

/// Whether the content confirms it. Such files are small; of a large one only a part is read.
pub(crate) fn confirm(suspicion: Suspicion, path: &Path) -> std::io::Result<bool> {
    let text = start_of(path, 1 << 20)?;
    Ok(match suspicion {
        Suspicion::PrivateKey => text.contains("PRIVATE KEY-----"),
        Suspicion::Token => text.lines().any(has_token),
    })
}

fn start_of(path: &Path, limit: u64) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `//registry/:_authToken=abc`, `npmAuthToken: abc`, `index-url = https://user:password@host/`.
fn has_token(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with(['#', ';']) {
        return false;
    }
    const KEYS: [&str; 7] =
        ["_authToken", "_auth", "_password", "npmAuthToken", "npmAuthIdent", "npmRegistryAuthToken", "keyPassphrase"];
    let value = line.split_once(['=', ':']).map(|_| {
        let at = KEYS.iter().find_map(|key| line.find(key).map(|at| at + key.len()))?;
        line[at..].trim_start_matches(|c: char| c.is_alphanumeric()).trim().strip_prefix(['=', ':'])
    });
    let literal = |text: &str| {
        let text = text.trim().trim_matches(['"', '\'']);
        !text.is_empty() && !text.starts_with('$')
    };
    value.flatten().is_some_and(literal) || password_of_url(line).is_some_and(literal)
}

/// Whether a text has the address of a web server with a password written out in it.
fn has_password(text: &str) -> bool {
    password_of_url(text).is_some_and(|password| !password.is_empty() && !password.starts_with(['$', '{', '<', '%']))
}

/// The password in `https://user:password@host`, wherever it is in the text.
fn password_of_url(text: &str) -> Option<&str> {
    logins(text).find_map(|(at, login)| {
        let is_web = text[..at].ends_with("http") || text[..at].ends_with("https");
        login.split_once(':').filter(|_| is_web).map(|(_, password)| password)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_tests_are_told_by_their_names() {
        for code in ["agent.py", "a.TS", "index.mjs", "run.sh"] {
            assert!(is_code(code), "{code}");
        }
        assert!(!is_code("py") && !is_code("settings.json") && !is_code("notes.txt"));
        for test in ["tests/a.py", "a/__tests__/b.ts", "test_agent.py", "a/b_test.py", "conftest.py", "x.spec.ts"] {
            assert!(is_test(test), "{test}");
        }
        assert!(!is_test("agent.py") && !is_test("contest.py") && !is_test("latest/a.py"));
    }

    #[test]
    fn a_private_key_is_told_by_its_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.pem");
        let check = |text: &str| {
            std::fs::write(&path, text).unwrap();
            confirm(Suspicion::PrivateKey, &path).unwrap()
        };
        assert!(!check("-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n"));
        for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
            assert!(
                check(&format!("-----BEGIN CERTIFICATE-----\nAA\n-----BEGIN {kind}PRIVATE KEY-----\nAA\n")),
                "{kind}"
            );
        }
        assert!(check(r#"{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\nAA\n"}"#));
        for name in ["ca.pem", "AuthKey_1.p8", "id_work", "deploy_rsa", "gcp-credentials.json", "my-key.json"] {
            assert_eq!(suspicion(name), Some(Suspicion::PrivateKey), "{name}");
        }
        for name in ["package.json", "id_rsa.pub", "agent.py", "keys.py", "é"] {
            assert_eq!(suspicion(name), None, "{name}");
        }
    }

    #[test]
    fn literal_tokens_are_secrets_named_variables_are_not() {
        for secret in [
            "//registry.npmjs.org/:_authToken=npm_abc",
            "//r.example/:_authToken = \"abc\"",
            "_auth=dXNlcjpwYXNz",
            "//r.example/:_password=cGFzcw==",
            "npmAuthToken: abc",
            "index-url = https://user:pass@example.com/simple",
            "extra-index-url=https://a.example/ https://__token__:abc@b.example/simple",
        ] {
            assert!(has_token(secret), "{secret}");
        }
        for plain in [
            "registry=https://registry.npmjs.org/",
            "//registry.npmjs.org/:_authToken=${NPM_TOKEN}",
            "npmAuthToken: \"${NPM_TOKEN}\"",
            "# _authToken=abc",
            "always-auth=true",
            "index-url = https://example.com/simple",
            "index-url = https://user@example.com/simple",
            "index-url = https://${USER}:${PASS}@example.com/simple",
            "",
        ] {
            assert!(!has_token(plain), "{plain}");
        }
    }
}
