//! What is never packed, whatever the rules say: version control, secrets, our own state, caches and environments that
//! belong to one machine.
//!
//! Owns: the names. Does not own: which files are secrets (`secret_files`), the walk (`listing`), the rules that a project
//! writes itself.

use std::fmt;
use std::io::Read;
use std::path::Path;

use crate::secret_files::is_secret_name;

/// Why a path is never packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Always {
    VersionControl,
    /// A variables file, a private key, a cloud's credentials, a registry's token: by its name or its format.
    Secret,
    /// What a file of any name holds, such as "a private key".
    HeldSecret(&'static str),
    /// This program's own files.
    State,
    /// Caches that a tool makes again, for the machine that it runs on.
    Cache,
    /// A virtual environment: its interpreter is this machine's.
    Environment,
    /// A socket, a device, a pipe.
    Special,
    /// What the starter toolkit left in the project's folder.
    Leftover,
    /// What this run writes to.
    Output,
    /// What an earlier run wrote to.
    EarlierOutput,
    /// Files that look like the output of an earlier run.
    Log,
    /// An image, an archive or a bill of materials of this program's.
    Artifact,
}

impl fmt::Display for Always {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HeldSecret(what) => return write!(f, "a secret: {what}"),
            Self::VersionControl => "version control",
            Self::Secret => "a secret",
            Self::State => "agentcore's own files",
            Self::Cache => "a cache",
            Self::Environment => "a virtual environment",
            Self::Special => "not a file",
            Self::Leftover => "left by the starter toolkit",
            Self::Output => "the output of this run",
            Self::EarlierOutput => "the output of an earlier run",
            Self::Log => "a log",
            Self::Artifact => "made by `agentcore build`",
        })
    }
}

impl Always {
    pub(crate) const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::HeldSecret(_))
    }

    /// Whether a user can ask for it all the same.
    pub(crate) const fn can_be_included(self) -> bool {
        matches!(self, Self::Secret | Self::HeldSecret(_) | Self::Log)
    }
}

const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn", ".bzr", ".jj"];

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

/// The toolkit packs them in the folder that an agent's source path or configuration is in.
const LEFTOVERS: &[&str] = &["dependencies.zip", "dependencies.hash"];

const ENVIRONMENTS: &[&str] = &[".venv", ".pixi", ".direnv"];

/// Why `path` (from the root, with forward slashes) is left out by its name alone.
pub(crate) fn always_out(path: &str) -> Option<Always> {
    let name = path.rsplit('/').next().unwrap_or(path);
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
    if LEFTOVERS.contains(&name) {
        return Some(Always::Leftover);
    }
    is_secret_name(path).then_some(Always::Secret)
}

/// Whether `path` is where the output of a command is kept, which the next one must not take for a change: a log at the
/// root.
pub(crate) fn is_log(path: &str) -> bool {
    path == "nohup.out" || (path.ends_with(".log") && !path.contains('/'))
}

/// All of these names, for the reference: why they are left out, and the names or patterns.
#[cfg(test)]
pub(crate) fn listed() -> Vec<(String, Vec<String>)> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    vec![
        (Always::VersionControl.to_string(), owned(VERSION_CONTROL)),
        (Always::Secret.to_string(), crate::secret_files::listed_names()),
        (Always::State.to_string(), owned(&[".bedrock_agentcore*", ".agentcore*"])),
        (Always::Cache.to_string(), owned(CACHES)),
        (Always::Environment.to_string(), owned(ENVIRONMENTS)),
        (Always::Leftover.to_string(), owned(LEFTOVERS)),
        (Always::Log.to_string(), owned(&["nohup.out", "*.log"])),
    ]
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
        let table: [(Always, &[&str]); 6] = [
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
                    "token.txt",
                    "a/KEY.txt",
                ],
            ),
            (Always::State, &[".bedrock_agentcore", ".bedrock_agentcore.yaml", ".agentcore_identity_user.json"]),
            (Always::Cache, &["node_modules", "__pycache__", ".DS_Store", ".mypy_cache", ".terraform", "cdk.out"]),
            (Always::Environment, &[".venv", ".pixi"]),
            (Always::Leftover, &["dependencies.zip", "dependencies.hash", "agents/a/dependencies.zip"]),
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
            "lib/my-dependencies.zip",
            "tokens.txt",
        ] {
            assert_eq!(always_out(stays), None, "{stays}");
        }
    }
}
