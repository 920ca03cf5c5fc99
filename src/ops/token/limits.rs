//! Where a configuration may say that a secret is read from, when it is sent to a provider or an agent.
//!
//! Owns: the rule for `agentcore.token`. Does not own: which names belong to the machine (`trust`), commands (`consent`).
//!
//! The configuration says where the secret is and where it goes, and it comes with a checkout. Without trust it may name
//! what was set for the agent, and no more.

use std::path::{Component, Path, PathBuf};

use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::secret_files::is_secret_name;
use crate::trust;

/// Files of a project's folder that other tools, or this one, keep their own secrets in.
const KEPT_BY_TOOLS: &[&str] = &[".git", ".npmrc", ".yarnrc", ".yarnrc.yml", ".config", ".docker"];

#[derive(Clone, Copy, Debug)]
pub(super) struct SecretPlaces<'a> {
    env: &'a Env,
    /// The configuration's folder.
    root: Option<&'a Path>,
}

impl<'a> SecretPlaces<'a> {
    pub(super) fn new(env: &'a Env, root: Option<&'a Path>) -> Self {
        Self { env, root }
    }

    /// # Errors
    /// Usage when the variable is a cloud's, a CI system's or another tool's.
    pub(super) fn variable(self, key: &str, name: &str) -> Result<()> {
        if trust::is_given(self.env) || !trust::is_of_machine(name) {
            return Ok(());
        }
        Err(self.refuse(key, &format!("{name}, which is not set for an agent")))
    }

    /// Where the file is.
    ///
    /// # Errors
    /// Usage when it is neither in the project nor in the user's folder for this program, links followed, or is where a
    /// tool keeps its secrets.
    pub(super) fn file(self, key: &str, text: &str) -> Result<PathBuf> {
        let root = fsx::normalize(&self.env.cwd().join(self.root.unwrap_or(Path::new(""))));
        let path = fsx::normalize(&root.join(text));
        if trust::is_given(self.env) {
            return Ok(path);
        }
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let of_user = self.env.config_dir();
        // A file that does not exist is judged by its name.
        let (whole, home) = if path.exists() { (real(&path), real(&root)) } else { (path.clone(), root) };
        if of_user.is_some_and(|dir| whole.starts_with(real(&dir))) {
            return Ok(path);
        }
        match whole.strip_prefix(&home) {
            Err(_) => Err(self.refuse(key, &format!("`{}`, which is outside the project", path.display()))),
            Ok(below) if is_kept_by_tool(below) => {
                Err(self.refuse(key, &format!("`{}`, which is not kept for an agent", path.display())))
            }
            Ok(_) => Ok(path),
        }
    }

    /// # Errors
    /// Usage when a job's token for this audience would sign in at a cloud.
    pub(super) fn audience(self, audience: &str) -> Result<String> {
        if trust::is_given(self.env) || !trust::is_audience_of_platform(audience) {
            return Ok(audience.to_owned());
        }
        Err(self.refuse("audience", &format!("`{audience}`, for which a job's token signs in at a cloud")))
    }

    fn refuse(self, key: &str, what: &str) -> Error {
        Error::usage(format!("`agentcore.token.{key}` of the configuration names {what}"))
            .code(Code::ConfigUntrusted)
            .cause("the configuration says as well where it would be sent")
            .hint(trust::HINT)
    }
}

/// Names, in lower case, under which tools keep what is theirs without a dot in front: variables of an environment, keys of
/// SSH, logins of clouds, the state of Terraform. A file with one secret, or a key that signs assertions, has another name.
fn is_of_a_tool(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "_netrc",
        "application_default_credentials.json",
        "credentials",
        "env",
        "id_dsa",
        "id_ecdsa",
        "id_ecdsa_sk",
        "id_ed25519",
        "id_ed25519_sk",
        "id_rsa",
        "kubeconfig",
        "rootkey.csv",
    ];
    const PARTS: &[&str] = &[".env", ".tfstate", ".tfvars"];
    const ENDS: &[&str] = &["accesskeys.csv", ".kdbx", ".kubeconfig", ".ovpn", ".ppk"];
    let is_part = |part: &&str| name.split_once(part).is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with('.'));
    NAMES.contains(&name) || PARTS.iter().any(is_part) || ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether any part of a path below the project is a place of a tool's own secrets.
fn is_kept_by_tool(below: &Path) -> bool {
    below.components().any(|part| {
        let Component::Normal(name) = part else { return false };
        let name = name.to_string_lossy();
        let hidden = name.starts_with('.') && is_secret_name(&name);
        hidden
            || is_of_a_tool(&name.to_ascii_lowercase())
            || KEPT_BY_TOOLS.iter().any(|tool| name.eq_ignore_ascii_case(tool))
            || name.starts_with(".agentcore_identity_")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn secret_files_lie_in_project_or_user_folder() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        let (root, home) = (top.join("project"), top.join("home"));
        for file in
            ["project/.git/config", "project/secrets/a", "home/.config/agentcore/b", "home/.aws/credentials", "c"]
        {
            std::fs::create_dir_all(top.join(file).parent().unwrap()).unwrap();
            std::fs::write(top.join(file), "x").unwrap();
        }
        std::os::unix::fs::symlink(home.join(".aws"), root.join("link")).unwrap();
        std::os::unix::fs::symlink(root.join("secrets"), root.join("inner")).unwrap();
        std::os::unix::fs::symlink("../c", root.join("file")).unwrap();
        let home = home.display().to_string();
        let vars = [("HOME", home.as_str())];
        let env = Env::fake(&root, &vars);
        let trusting = env.clone().with_var(trust::VARIABLE, "1");
        let users = format!("{home}/.config/agentcore/b");
        let (inside, absolute) = (root.join("secrets/a"), format!("{home}/.aws/credentials"));
        for good in [
            "secrets/a",
            "./secrets/../secrets/a",
            "inner/a",
            "not-there",
            "client.key",
            "token.txt",
            inside.to_str().unwrap(),
            &users,
        ] {
            SecretPlaces::new(&env, Some(&root)).file("file", good).unwrap();
        }
        for bad in [
            "../c",
            "file",
            "link/credentials",
            &absolute,
            "../not-there",
            "/proc/self/environ",
            ".git/config",
            ".env",
            ".npmrc",
            ".agentcore_identity_user.json",
            "prod.env",
            "PROD.env.local",
            "id_rsa",
            "deploy/id_ed25519",
            "terraform.tfstate",
            "terraform.tfstate.backup",
            "prod.auto.tfvars",
        ] {
            let error = SecretPlaces::new(&env, Some(&root)).file("file", bad).unwrap_err();
            assert_eq!((error.code_str(), error.kind().exit_code()), ("config.untrusted", 2), "{bad}");
            SecretPlaces::new(&trusting, Some(&root)).file("file", bad).unwrap();
        }
    }
}
