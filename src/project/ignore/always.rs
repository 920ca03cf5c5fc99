//! What is in no artifact, whatever the rules say: version control, secrets, our own state, caches and environments
//! that belong to one machine.
//!
//! Owns: the names and, for files whose name says too little, what to look for inside. Does not own: the walk
//! (`listing`), the rules that a project writes itself.

use std::fmt;
use std::io::Read;
use std::path::Path;

/// Why something is always left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Always {
    VersionControl,
    /// A variables file, a private key, a cloud's credentials, a registry's token.
    Secret,
    /// This program's own files.
    State,
    /// Made again by a tool, for the machine that it runs on.
    Cache,
    /// A virtual environment: its interpreter is this machine's.
    Environment,
    /// A socket, a device, a pipe.
    Special,
}

impl fmt::Display for Always {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VersionControl => "version control",
            Self::Secret => "a secret",
            Self::State => "agentcore's own files",
            Self::Cache => "a cache",
            Self::Environment => "a virtual environment",
            Self::Special => "not a file",
        })
    }
}

const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn", ".bzr", ".jj"];

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
];

/// Key stores, and the state of Terraform, which holds every password it made.
const SECRET_ENDS: &[&str] =
    &[".key", ".p12", ".pfx", ".ppk", ".jks", ".keystore", ".kdbx", ".tfstate", ".tfstate.backup", "accesskeys.csv"];

/// Below a folder of a common name.
const SECRETS_BELOW: &[&str] = &[".config/gcloud", ".docker/config.json", ".config/gh"];

const CACHES: &[&str] = &[
    // Python
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    ".pytype",
    ".tox",
    ".nox",
    ".ipynb_checkpoints",
    ".eggs",
    ".uv-cache",
    // Node: installed again for the target
    "node_modules",
    ".npm",
    ".pnpm-store",
    ".parcel-cache",
    ".turbo",
    // Deployment tools
    ".aws-sam",
    "cdk.out",
    ".serverless",
    ".terraform",
    ".terragrunt-cache",
    ".vagrant",
    // Desktops
    ".DS_Store",
    "Thumbs.db",
];

const ENVIRONMENTS: &[&str] = &[".venv", ".pixi", ".direnv"];

/// Why `path` (from the root, with forward slashes) is left out by its name alone.
pub(crate) fn always_out(path: &str) -> Option<Always> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    if VERSION_CONTROL.contains(&name) {
        return Some(Always::VersionControl);
    }
    if CACHES.contains(&name) {
        return Some(Always::Cache);
    }
    if ENVIRONMENTS.contains(&name) {
        return Some(Always::Environment);
    }
    if name.starts_with(".bedrock_agentcore") || name.starts_with(".agentcore") {
        return Some(Always::State);
    }
    let variables = starts_with(name, ".env") && name != ".env.example";
    let below = |known: &&str| path == *known || path.strip_suffix(known).is_some_and(|before| before.ends_with('/'));
    let secret = variables
        || SECRETS.iter().any(is)
        || SECRET_ENDS.iter().any(|end| name.len() > end.len() && ends_with(name, end))
        || SECRETS_BELOW.iter().any(below);
    secret.then_some(Always::Secret)
}

fn starts_with(name: &str, start: &str) -> bool {
    name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn ends_with(name: &str, end: &str) -> bool {
    name.len().checked_sub(end.len()).and_then(|at| name.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
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

/// Whether the suspicion is true. Such files are small; one that is not is read in part.
pub(crate) fn confirm(suspicion: Suspicion, path: &Path) -> std::io::Result<bool> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(1 << 20).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(match suspicion {
        Suspicion::PrivateKey => text.contains("PRIVATE KEY-----"),
        Suspicion::Token => text.lines().any(has_token),
    })
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

/// The password in `scheme://user:password@host`, wherever it is in the text.
fn password_of_url(text: &str) -> Option<&str> {
    text.match_indices("://").find_map(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        let authority = rest.split(['/', ' ', '\t', '"', '\'']).next()?;
        let (user, _) = authority.rsplit_once('@')?;
        user.split_once(':').map(|(_, password)| password)
    })
}

/// Whether `tag` is a `CACHEDIR.TAG` by the convention of <https://bford.info/cachedir/>: its folder can be made again.
pub(crate) fn is_cache_tag(tag: &Path) -> bool {
    const SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";
    let mut start = Vec::new();
    let read = std::fs::File::open(tag).and_then(|file| file.take(SIGNATURE.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == SIGNATURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_by_name_says_why() {
        let table: [(Always, &[&str]); 5] = [
            (Always::VersionControl, &[".git", "a/.git", ".hg", ".svn"]),
            (
                Always::Secret,
                &[
                    ".env",
                    ".env.local",
                    ".ENV",
                    ".envrc",
                    "a/b/.env.production",
                    "id_rsa",
                    "ID_RSA",
                    "id_ed25519",
                    "server.key",
                    "store.P12",
                    ".aws",
                    ".kube",
                    ".netrc",
                    ".config/gcloud",
                    "home/.config/gcloud",
                    "home/.docker/config.json",
                    "terraform.tfstate",
                    "terraform.tfstate.backup",
                    "me_accessKeys.csv",
                ],
            ),
            (Always::State, &[".bedrock_agentcore", ".bedrock_agentcore.yaml", ".agentcore_identity_user.json"]),
            (Always::Cache, &["node_modules", "__pycache__", ".DS_Store", ".mypy_cache", ".terraform", "cdk.out"]),
            (Always::Environment, &[".venv", ".pixi"]),
        ];
        for (why, names) in table {
            for name in names {
                assert_eq!(always_out(name), Some(why), "{name}");
            }
        }
        for stays in [
            ".env.example",
            ".gitignore",
            ".dockerignore",
            "Dockerfile",
            "id_rsa.pub",
            "keys",
            ".key",
            "environment.py",
            "env",
            "agent.py",
            "ca.pem",
            "git",
            "dist",
            "build",
            "venv",
            "config.json",
            ".docker",
            ".config",
            "gcloud",
            "x.config/gcloud",
            "é.ke",
            "日本",
        ] {
            assert_eq!(always_out(stays), None, "{stays}");
        }
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
    fn a_token_written_out_is_a_secret_and_one_that_names_a_variable_is_not() {
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
