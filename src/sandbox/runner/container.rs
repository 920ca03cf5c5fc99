//! Running an agent as a container, through an engine's command line.
//!
//! Owns: pulling from the sandbox's own registry, the `run` command, how the agent is reached and how it reaches the
//! sandbox. Does not own: choosing the engine (`engine`), supervision (`supervise`).
//!
//! Networks. Where the engine has its usual bridge, the contract's port is published on a free port of 127.0.0.1. Where it
//! has none (a daemon started with `--bridge=none`), containers share the machine's network, and several agents would
//! all want 8080 there: the start-up shims of the process runner are mounted then, so that Python and Node.js agents listen
//! on a port of their own, on loopback. An agent in another language must read `PORT`, or finds its port taken.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use super::process::{give_port, write_shims};
use super::spec::{AgentImage, AgentSpec, image_variables, variables};
use super::supervise::SupervisedCommand;
use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::process::{Child, Tool, surroundings};
use crate::redact::{ExposeSecret, SecretString};

/// Mount point of the shims, where they are needed.
const SHIM_IN_CONTAINER: &str = "/run/agentcore-shim";
/// Marks our containers, for people who look at `docker ps`.
const LABEL: &str = "agentcore.sandbox=agent";
/// Variables that are written to no file: one that a killed process leaves behind would still hold them.
const CREDENTIALS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// How containers are connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ContainerNetwork {
    /// Ports are published. The gateway is the machine as containers see it, where that is known.
    Bridge { gateway: Option<IpAddr> },
    /// The machine's own network.
    Host,
}

/// The input of a container's start.
pub(super) struct ContainerStart<'a> {
    pub(super) engine: &'a Path,
    /// `docker`, `podman`, …
    pub(super) engine_name: &'a str,
    pub(super) network: &'a ContainerNetwork,
    pub(super) spec: &'a AgentSpec,
    pub(super) env: &'a Env,
    /// Where the start-up shims are kept.
    pub(super) shim: &'a Path,
    /// This session's own directory, removed at its end.
    pub(super) session: &'a Path,
    /// A free port of 127.0.0.1 for the agent.
    pub(super) port: u16,
    pub(super) endpoint: &'a [(String, String)],
}

/// Finds out how containers of this engine are connected.
pub(super) async fn network(engine: &Path, name: &str, env: &Env) -> ContainerNetwork {
    if name != "docker" {
        // Podman and Finch publish ports with or without a bridge called `bridge`.
        return ContainerNetwork::Bridge { gateway: None };
    }
    let ask = ["network", "inspect", "bridge", "--format", "{{range .IPAM.Config}}{{.Gateway}} {{.Subnet}} {{end}}"];
    match Child::new(engine, env, Tool::Engine).args(ask).output().await {
        Ok(output) if output.status.success() => ContainerNetwork::Bridge { gateway: gateway(&output.stdout_text()) },
        _ => ContainerNetwork::Host,
    }
}

/// The machine's address on the bridge. A daemon that was just started names only the subnet; the machine then has its
/// first address.
fn gateway(text: &str) -> Option<IpAddr> {
    text.split_whitespace().find_map(|word| word.parse().ok()).or_else(|| {
        let subnet: Ipv4Addr = text.split_whitespace().find_map(|word| word.split_once('/')?.0.parse().ok())?;
        Some(Ipv4Addr::from(u32::from(subnet).checked_add(1)?).into())
    })
}

/// Makes the image known to the engine; at once when it has it already.
///
/// `auth` is the registry's user and password as `Basic` authentication writes them.
///
/// # Errors
/// What the engine said when it could not pull.
pub(super) async fn pull(
    (engine, name): (&Path, &str),
    image: &AgentImage,
    auth: &SecretString,
    env: &Env,
) -> Result<()> {
    let reference = &image.reference;
    let child = || Child::new(engine, env, Tool::Engine);
    if child().args(["image", "inspect", reference]).output().await?.status.success() {
        return Ok(());
    }
    // The credentials travel in a file of their own: argv is visible to everyone, and the user's own file is not ours.
    let config = tempfile::tempdir().context("could not create a directory for the registry's credentials")?;
    let host = reference.split('/').next().unwrap_or_default();
    let text = serde_json::json!({ "auths": { host: { "auth": auth.expose_secret() } } }).to_string();
    let file = config.path().join("config.json");
    fsx::write_private(&file, text.as_bytes())?;
    let mut child = child().var("DOCKER_CONFIG", config.path()).args(["pull", "--quiet"]);
    if name == "podman" {
        child = child.var("REGISTRY_AUTH_FILE", &file).arg("--tls-verify=false");
    }
    child = child.args(["--platform", &image.platform, reference]);
    child.check().await.map_err(|error| error.context(format!("could not pull `{reference}`")))?;
    Ok(())
}

impl ContainerStart<'_> {
    /// # Errors
    /// When the files that go along cannot be written.
    pub(super) fn command(&self) -> Result<SupervisedCommand> {
        let name = format!("agentcore-{}", self.session.file_name().unwrap_or_default().to_string_lossy());
        let mut vars = variables(self.spec, self.endpoint);
        let mut words: Vec<OsString> = vec![self.engine.into()];
        let mut add = |word: &str| words.push(word.into());
        for word in ["run", "--rm", "--pull", "never", "--name", &name, "--label", LABEL] {
            add(word);
        }
        add("--platform");
        add(&self.spec.image.platform);
        match self.network {
            ContainerNetwork::Bridge { gateway } => {
                add("--publish");
                add(&format!("127.0.0.1:{}:{}", self.port, self.spec.port));
                if gateway.is_none() && self.engine_name == "docker" {
                    add("--add-host");
                    add("host.docker.internal:host-gateway");
                }
            }
            ContainerNetwork::Host => {
                write_shims(self.shim)?;
                add("--network");
                add("host");
                add("--volume");
                add(&format!("{}:{SHIM_IN_CONTAINER}:ro", self.shim.display()));
                self.add_shim_variables(&mut vars);
                give_port(&mut vars, self.port)?;
            }
        }
        for mount in &self.spec.mounts {
            add("--volume");
            add(&format!("{}:{}", mount.folder.display(), mount.path));
        }
        // An image's own variables are in the image; only what differs is passed on.
        let own = image_variables(&self.spec.image.config);
        vars.retain(|pair| !own.contains(pair));
        // Credentials, and values with line breaks, which such a file cannot hold, go through the engine client's
        // environment. The others do not: the client reads some names itself (`DOCKER_HOST`).
        let (passed, in_file): (Vec<_>, Vec<_>) = vars
            .into_iter()
            .partition(|(name, value)| CREDENTIALS.contains(&name.as_str()) || value.contains(['\n', '\r']));
        let file = self.session.join("environment");
        let text: String = in_file.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        fsx::write_private(&file, text.as_bytes())?;
        add("--env-file");
        add(&file.display().to_string());
        for (name, _) in &passed {
            add("--env");
            add(name);
        }
        add(&self.spec.image.reference);
        let own = surroundings(self.env, Tool::Engine, &[]);
        let own = own.into_iter().filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)));
        let own = own.filter(|(name, _)| passed.iter().all(|(other, _)| other != name)).collect::<Vec<_>>();
        let variables = own.into_iter().chain(passed).collect();
        Ok(SupervisedCommand { words, variables, dir: None, container: Some((self.engine.to_owned(), name)) })
    }

    fn add_shim_variables(&self, vars: &mut Vec<(String, String)>) {
        let old = |vars: &[(String, String)], name: &str| {
            vars.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let python = format!("{SHIM_IN_CONTAINER}:{}", old(vars, "PYTHONPATH"));
        let node = format!("--require {SHIM_IN_CONTAINER}/listen.cjs {}", old(vars, "NODE_OPTIONS"));
        for (name, value) in [
            ("PYTHONPATH", python.trim_end_matches(':').to_owned()),
            ("NODE_OPTIONS", node.trim().to_owned()),
            ("AGENTCORE_SANDBOX_PORT", format!("{}={}", self.spec.port, self.port)),
        ] {
            vars.retain(|(key, _)| key != name);
            vars.push((name.to_owned(), value));
        }
    }
}

/// Lets containers on a bridge reach the sandbox, which listens on loopback only: whatever arrives at the gateway is
/// passed on to `sandbox_port`. Ends with the returned task. The requests are checked by the sandbox like any other.
///
/// # Errors
/// When the gateway is no address of this machine (the engine runs in a virtual machine).
pub(super) async fn relay(gateway: IpAddr, sandbox_port: u16) -> Result<(u16, tokio::task::JoinHandle<()>)> {
    let listener = tokio::net::TcpListener::bind((gateway, 0))
        .await
        .map_err(|error| Error::failed(format!("could not listen on {gateway}")).source(&error))?;
    let port = listener.local_addr().context("could not read the relay's address")?.port();
    let task = tokio::spawn(async move {
        while let Ok((mut inbound, _)) = listener.accept().await {
            tokio::spawn(async move {
                if let Ok(mut outbound) = tokio::net::TcpStream::connect(("127.0.0.1", sandbox_port)).await {
                    let _ = tokio::io::copy_bidirectional(&mut inbound, &mut outbound).await;
                }
            });
        }
    });
    Ok((port, task))
}

/// Replaces loopback in the variables by the sandbox's address as containers see it.
pub(super) fn endpoint_inside(
    endpoint: &[(String, String)],
    sandbox_url: &str,
    inside_url: &str,
) -> Vec<(String, String)> {
    endpoint.iter().map(|(name, value)| (name.clone(), value.replace(sandbox_url, inside_url))).collect()
}

/// Where this session's engine writes; `PathBuf` so that it can outlive the plan.
pub(super) fn status_file(session: &Path) -> PathBuf {
    session.join("status")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::spec::tests::spec;
    use super::*;

    fn command(network: &ContainerNetwork) -> (Vec<String>, SupervisedCommand, String) {
        let dir = tempfile::tempdir().unwrap();
        let session = dir.path().join("s1");
        std::fs::create_dir(&session).unwrap();
        let mut spec = spec(json!({ "Env": ["PYTHONPATH=/opt/python", "DOCKER_CONTAINER=1"] }));
        spec.variables = vec![("TOKEN".into(), "canary".into()), ("PEM".into(), "a\nb".into())];
        spec.variables.push(("AWS_SECRET_ACCESS_KEY".into(), "canary-key".into()));
        let plan = ContainerStart {
            engine: Path::new("/usr/bin/docker"),
            engine_name: "docker",
            network,
            spec: &spec,
            env: &Env::default(),
            shim: dir.path(),
            session: &session,
            port: 41_000,
            endpoint: &[],
        };
        let command = plan.command().unwrap();
        let words = command.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let file = std::fs::read_to_string(session.join("environment")).unwrap();
        (words, command, file)
    }

    #[test]
    fn secrets_stay_out_of_the_command_line() {
        let (words, command, file) = command(&ContainerNetwork::Bridge { gateway: None });
        assert!(words.iter().all(|word| !word.contains("canary") && !word.contains("a\nb")), "{words:?}");
        assert!(file.contains("TOKEN=canary\n") && !file.contains("PEM"));
        let passed = [("PEM", "a\nb"), ("AWS_SECRET_ACCESS_KEY", "canary-key")];
        assert_eq!(command.variables, passed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(!file.contains("canary-key"), "{file}");
        assert!(words.windows(2).any(|pair| pair == ["--env", "PEM"]));
        assert!(words.windows(2).any(|pair| pair == ["--publish", "127.0.0.1:41000:8080"]));
        // The image says it already.
        assert!(!file.contains("DOCKER_CONTAINER") && !file.contains("PYTHONPATH"));
    }

    #[test]
    fn gateway_is_named_or_derived_from_the_subnet() {
        assert_eq!(gateway("172.18.0.9 172.18.0.0/16"), Some(Ipv4Addr::new(172, 18, 0, 9).into()));
        assert_eq!(gateway(" 172.17.0.0/16"), Some(Ipv4Addr::new(172, 17, 0, 1).into()));
        assert_eq!(gateway("<no value> fd00::/80"), None);
    }

    #[test]
    fn on_the_machines_network_the_shims_go_along() {
        let (words, _, file) = command(&ContainerNetwork::Host);
        assert!(words.windows(2).any(|pair| pair == ["--network", "host"]));
        assert!(!words.iter().any(|word| word == "--publish"));
        assert!(file.contains("PYTHONPATH=/run/agentcore-shim:/opt/python\n"), "{file}");
        assert!(file.contains("AGENTCORE_SANDBOX_PORT=8080=41000\n"));
    }
}
