//! Registry logins that the user's Docker configuration holds, for base images that are not public.
//!
//! Owns: reading `config.json` (`DOCKER_CONFIG`, else `~/.docker`) and asking the credential helpers it names. Does not
//! own: writing any of it; this program never logs the user in or out.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use crate::env::Env;
use crate::events::Events;
use crate::process::{self, Child, Tool, surroundings};

use super::registry::Credentials;

/// What a credential helper prints.
#[derive(Deserialize)]
struct HelperAnswer {
    #[serde(rename = "Username")]
    username: String,
    #[serde(rename = "Secret")]
    secret: String,
}

/// The directory of Docker's client configuration.
pub(crate) fn docker_config_dir(env: &Env) -> Option<PathBuf> {
    match env.var_os("DOCKER_CONFIG") {
        Some(dir) => Some(env.cwd().join(dir)),
        None => env.home().map(|home| home.join(".docker")),
    }
}

/// Gives another configuration, in `dir`, the user's contexts (which daemon to talk to, with which certificates): Docker
/// keeps them beside its logins.
pub(crate) fn keep_context(env: &Env, config: &mut Value, dir: &Path) {
    let Some(own) = docker_config_dir(env) else { return };
    let stored = std::fs::read(own.join("config.json")).ok();
    let stored: Option<Value> = stored.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if let Some(context) = stored.as_ref().and_then(|stored| stored["currentContext"].as_str()) {
        config["currentContext"] = context.into();
    }
    // Where links are not to be had, the default context (or DOCKER_HOST) is used.
    #[cfg(unix)]
    if let Ok(contexts) = std::fs::canonicalize(own.join("contexts")) {
        let _ = std::os::unix::fs::symlink(contexts, dir.join("contexts"));
    }
    #[cfg(not(unix))]
    let _ = dir;
}

/// The stored login for a registry, or [`Credentials::Anonymous`]: a login that cannot be read is no reason to fail,
/// because the image may be public. It is a warning, so that a refusal later makes sense.
pub(crate) async fn stored(env: &Env, registry: &str, events: &Events) -> Credentials {
    let Some(path) = docker_config_dir(env).map(|dir| dir.join("config.json")) else { return Credentials::Anonymous };
    let Ok(bytes) = std::fs::read(&path) else { return Credentials::Anonymous };
    let Ok(config) = serde_json::from_slice::<Value>(&bytes) else {
        events.warning(format!("`{}` is not JSON; its logins are not used", path.display()));
        return Credentials::Anonymous;
    };
    let keys = keys(registry);
    for key in &keys {
        let helper = config["credHelpers"][key].as_str();
        let auth = &config["auths"][key];
        // With a store, `auths` lists the registries that it has, with nothing in it.
        let helper = helper.or_else(|| config["credsStore"].as_str().filter(|_| auth.is_object()));
        if let Some(helper) = helper {
            if let Some(found) = ask_helper(env, helper, key, events).await {
                return found;
            }
        } else if let Some(found) = auth["auth"].as_str().and_then(decode) {
            return found;
        }
    }
    Credentials::Anonymous
}

/// What a credential helper reads from the environment, as beginnings of names: the keys of the cloud whose registry it
/// logs in to.
fn variables_of(helper: &str) -> &'static [&'static str] {
    match helper {
        "ecr-login" => &["AWS_"],
        "gcloud" | "gcr" => &["CLOUDSDK_", "GOOGLE_"],
        "acr-env" | "acr-login" | "acr-linux" | "acr-windows" | "acr-darwin" => {
            &["AZURE_", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_"]
        }
        "gh" | "ghcr-login" => &["GH_TOKEN", "GITHUB_TOKEN"],
        _ => &[],
    }
}

/// The same of all helpers that the user's configuration names: an engine asks them itself.
pub(super) fn helper_variables(env: &Env) -> Vec<&'static str> {
    let file = docker_config_dir(env).map(|dir| dir.join("config.json"));
    let config = file.and_then(|file| std::fs::read(file).ok()).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let config: Value = config.unwrap_or_default();
    let of_hosts = config["credHelpers"].as_object().into_iter().flat_map(|helpers| helpers.values());
    let helpers = of_hosts.chain([&config["credsStore"]]).filter_map(Value::as_str);
    helpers.flat_map(variables_of).copied().collect()
}

/// Under which names a registry's login may be stored.
fn keys(registry: &str) -> Vec<String> {
    let mut keys = vec![registry.to_owned(), format!("https://{registry}")];
    if registry == "docker.io" {
        keys.insert(0, "https://index.docker.io/v1/".to_owned());
    }
    keys
}

fn decode(auth: &str) -> Option<Credentials> {
    let text = String::from_utf8(STANDARD.decode(auth).ok()?).ok()?;
    let (username, password) = text.split_once(':')?;
    (!username.is_empty())
        .then(|| Credentials::Basic { username: username.to_owned(), password: password.to_owned().into() })
}

async fn ask_helper(env: &Env, helper: &str, key: &str, events: &Events) -> Option<Credentials> {
    // The name becomes part of a program's name; it must not become a path.
    if !helper.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
        return None;
    }
    let name = format!("docker-credential-{helper}");
    let Some(program) = process::find(env, &name) else {
        events.warning(format!("the login for `{key}` is not used: `{name}` is not on PATH"));
        return None;
    };
    let child = Child::bare(program).surrounded_by(surroundings(env, Tool::Engine, variables_of(helper)));
    let output = child.arg("get").stdin(key).output().await.ok()?;
    // "credentials not found" is an unsuccessful status, and no news.
    let answer: HelperAnswer = serde_json::from_slice(&output.stdout).ok().filter(|_| output.status.success())?;
    // `<token>` marks an identity token of another protocol.
    (answer.username != "<token>")
        .then(|| Credentials::Basic { username: answer.username, password: answer.secret.into() })
}

#[cfg(test)]
mod tests {
    use crate::redact::ExposeSecret;

    use super::*;

    async fn login(config: &str, registry: &str) -> Option<(String, String)> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("config.json"), config).unwrap();
        let script = r#"#!/bin/sh
read key
echo "{\"Username\":\"u\",\"Secret\":\"for $key\"}"
"#;
        crate::image::write_script(&dir.path().join("docker-credential-test"), script).await;
        let dir = dir.path().to_str().unwrap();
        let env = Env::fake(Path::new("/"), &[("DOCKER_CONFIG", dir), ("PATH", dir)]);
        match stored(&env, registry, &Events::silent()).await {
            Credentials::Anonymous => None,
            Credentials::Basic { username, password } => Some((username, password.expose_secret().to_owned())),
        }
    }

    fn pair(username: &str, password: &str) -> Option<(String, String)> {
        Some((username.to_owned(), password.to_owned()))
    }

    #[tokio::test]
    async fn logins_are_found_where_docker_keeps_them() {
        // base64 of me:se:cret
        let auths =
            r#"{"auths":{"r.io":{"auth":"bWU6c2U6Y3JldA=="},"https://index.docker.io/v1/":{"auth":"bWU6aHVi"}}}"#;
        assert_eq!(login(auths, "r.io").await, pair("me", "se:cret"));
        assert_eq!(login(auths, "docker.io").await, pair("me", "hub"));
        assert_eq!(login(auths, "other.io").await, None);
        assert_eq!(login("not json", "r.io").await, None);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn helpers_are_asked_for_the_registries_they_serve() {
        assert_eq!(login(r#"{"credHelpers":{"r.io":"test"}}"#, "r.io").await, pair("u", "for r.io"));
        assert_eq!(login(r#"{"credHelpers":{"r.io":"test"}}"#, "other.io").await, None);
        assert_eq!(login(r#"{"auths":{"r.io":{}},"credsStore":"test"}"#, "r.io").await, pair("u", "for r.io"));
        assert_eq!(login(r#"{"credHelpers":{"r.io":"../test"}}"#, "r.io").await, None);
    }
}
