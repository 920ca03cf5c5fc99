//! The start of an agent, as a process or in a container, with what points its AWS clients at the sandbox.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::inside::AgentEnvironment;
use super::output::AgentOutput;
use super::spec::{AgentImage, AgentSpec, collector_variables};
use super::supervise::Supervised;
use super::{container, modules, process};
use crate::error::{Context, Error, Result};
use crate::redact::{ExposeSecret, SecretString};
use crate::sandbox::dev::collector;
use crate::sandbox::{SharedSandbox, TOOLKIT_ENDPOINTS, caller, ecr, environment, host_platform};

/// How much longer than a session its credentials are valid: starting and stopping take time.
const KEYS_BEYOND: Duration = Duration::from_secs(600);

/// A started agent that may not answer yet.
pub(super) struct StartedAgent {
    pub(super) supervised: Supervised,
    pub(super) environment: AgentEnvironment,
    pub(super) port: u16,
}

pub(super) async fn start(
    sandbox: &SharedSandbox,
    spec: &AgentSpec,
    (dir, exporter): (&Path, &str),
    output: &AgentOutput,
) -> Result<StartedAgent> {
    crate::fsx::create_private_dir(dir)?;
    let port = sandbox.runner.take_port()?;
    let started = start_on(sandbox, spec, (dir, port, exporter), output).await;
    match started {
        Ok((mut supervised, environment)) => {
            output.follow(supervised.child.stdout.take(), supervised.child.stderr.take());
            Ok(StartedAgent { supervised, environment, port })
        }
        Err(error) => {
            sandbox.runner.give_port_back(port);
            Err(error)
        }
    }
}

/// What points the agent's AWS clients at the sandbox, with credentials of its execution role. They outlive the session:
/// nothing renews them. A runtime that brings keys of its own gets none. Its spans go to the address of `exporter`.
fn endpoint(sandbox: &SharedSandbox, spec: &AgentSpec, exporter: &str) -> Result<Vec<(String, String)>> {
    const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
    const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
    let mut out: Vec<(String, String)> = environment(&sandbox.info, &sandbox.env)
        .into_iter()
        // Variables that steer builds are not for the agent.
        .filter(|(name, _)| !name.starts_with("AGENTCORE_") && !TOOLKIT_ENDPOINTS.contains(&name.as_str()))
        .filter(|(name, _)| name != KEY_ID && name != SECRET)
        .collect();
    out.extend(collector_variables(spec, &collector::address(&sandbox.info.url, exporter)));
    if spec.variables.iter().any(|(name, _)| name == KEY_ID) {
        return Ok(out);
    }
    let session = format!("BedrockAgentCore-{}", spec.runtime_id);
    let keys = caller::mint(sandbox, &spec.role_arn, &session, spec.max_life + KEYS_BEYOND)?;
    for (name, value) in
        [(KEY_ID, keys.id), (SECRET, keys.secret.expose_secret().to_owned()), ("AWS_SESSION_TOKEN", keys.token)]
    {
        out.push((name.to_owned(), value));
    }
    Ok(out)
}

async fn start_on(
    sandbox: &SharedSandbox,
    spec: &AgentSpec,
    (session, port, exporter): (&Path, u16, &str),
    output: &AgentOutput,
) -> Result<(Supervised, AgentEnvironment)> {
    let session: PathBuf =
        std::fs::canonicalize(session).with_context(|| format!("could not resolve `{}`", session.display()))?;
    let dir = std::fs::canonicalize(&sandbox.runner.dir).context("could not resolve the sandbox's directory")?;
    let shim = dir.join("shim");
    let endpoint = endpoint(sandbox, spec, exporter)?;
    let command = match engine_for(sandbox, &spec.image) {
        None => {
            let root = sandbox.runner.images.root(&spec.image).await?;
            if spec.image.platform != host_platform() {
                output.platform(&image_platform_note(&spec.image, &root).await);
            }
            let env = &sandbox.env;
            let plan = process::ProcessStart {
                spec,
                env,
                root: &root,
                shim: &shim,
                session: &session,
                port,
                endpoint: &endpoint,
                interpreters: &sandbox.runner.interpreters,
            };
            let (command, note) = plan.command().await?;
            if let Some(note) = note {
                output.platform(&note);
            }
            command
        }
        Some(engine) => {
            let containers = sandbox.runner.containers(sandbox, engine).await;
            prepare(sandbox, &spec.image).await?;
            let endpoint = container::endpoint_inside(&endpoint, &sandbox.info.url, &containers.sandbox_url);
            let plan = container::ContainerStart {
                engine: &engine.program,
                engine_name: engine.name,
                network: &containers.network,
                spec,
                env: &sandbox.env,
                shim: &shim,
                session: &session,
                port,
                endpoint: &endpoint,
            };
            plan.command()?
        }
    };
    let supervised = command.start(&container::status_file(&session))?;
    Ok((supervised, AgentEnvironment::of(command, session)))
}

/// The note on an artifact for another platform, with the first packages that cannot be loaded.
async fn image_platform_note(image: &AgentImage, root: &Path) -> String {
    let (platform, own) = (&image.platform, host_platform());
    if let Some(code) = &image.code {
        let foreign = code.foreign.join(", ");
        return format!(
            "the archive is for {platform} and this machine is {own}: these packages of it cannot be loaded: {foreign}"
        );
    }
    let (dir, architecture) = (root.to_owned(), own.rsplit('/').next().unwrap_or(own));
    let named = tokio::task::spawn_blocking(move || modules::foreign(&dir, architecture)).await.unwrap_or_default();
    let named = if named.is_empty() { String::new() } else { format!(", such as {}", named.join(", ")) };
    format!("the image is for {platform} and this machine is {own}: native packages in it cannot be loaded{named}")
}

/// The engine that runs an image; `None` for a code archive, and where there is none.
fn engine_for<'a>(
    sandbox: &'a SharedSandbox,
    image: &AgentImage,
) -> Option<&'a crate::sandbox::engine::ContainerEngine> {
    sandbox.engine.as_ref().filter(|_| image.code.is_none())
}

/// Unpacks or pulls an image that has not been yet.
pub(super) async fn prepare(sandbox: &SharedSandbox, image: &AgentImage) -> Result<()> {
    match engine_for(sandbox, image) {
        None => sandbox.runner.images.root(image).await.map(|_| ()),
        Some(engine) => {
            let auth = registry_auth(sandbox).await?;
            container::pull((&engine.program, engine.name), image, &auth, &sandbox.env).await
        }
    }
}

/// What a registry client sends, from the same operation that registry clients use.
async fn registry_auth(sandbox: &SharedSandbox) -> Result<SecretString> {
    let answer = ecr::call(sandbox, "GetAuthorizationToken", &serde_json::json!({})).await;
    let answer = answer.map_err(|fault| Error::failed(format!("no password for the registry: {}", fault.message)))?;
    let token = answer.pointer("/authorizationData/0/authorizationToken").and_then(serde_json::Value::as_str);
    token.map(|token| token.to_owned().into()).ok_or_else(|| Error::failed("no password for the registry"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The agent's SDK refuses addresses outside AWS in the variables that the retired toolkit needs.
    #[test]
    fn agents_get_sandbox_endpoints_but_no_agentcore_variables() {
        use crate::sandbox::TOOLKIT_ENDPOINTS;

        let (sandbox, _dir) = crate::sandbox::tests::TestSandbox::bare();
        let spec = super::super::spec::tests::spec(serde_json::json!({}));
        let variables = endpoint(&sandbox, &spec, "name").unwrap();
        let names: Vec<&str> = variables.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&"AWS_ENDPOINT_URL") && names.contains(&"AWS_SESSION_TOKEN"), "{names:?}");
        assert!(
            !names.iter().any(|name| name.starts_with("AGENTCORE_") || TOOLKIT_ENDPOINTS.contains(name)),
            "{names:?}"
        );
    }
}
