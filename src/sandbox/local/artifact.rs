//! A built artifact as a program of this machine: for `agentcore launch --local`.
//!
//! Owns: unpacking what was written to a file, and the command in it. Does not own: how a process gets this machine's
//! interpreter and the image's paths (`runner::process`), how an engine runs a container (`runner::container`).

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::agent::free_port;
use super::{FixedStart, LocalProgram, ProgramSource};
use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::events::Events;
use crate::facts::{IDLE_TIMEOUT, SESSION_SECONDS};
use crate::fsx;
use crate::interpreters::Interpreters;
use crate::sandbox::dataplane::envelope::ServerProtocol;
use crate::sandbox::registry::LayerBlob;
use crate::sandbox::runner::process::ProcessStart;
use crate::sandbox::runner::supervise::SupervisedCommand;
use crate::sandbox::runner::{self, AgentImage, AgentSpec, ArchiveSpec};
use crate::sandbox::{RunnerChoice, engine, host_platform, random};

/// What was built.
#[derive(Clone, Debug)]
pub(crate) enum LocalArtifact {
    /// An image in a file, as an OCI layout in a tar.
    Image(PathBuf),
    /// An archive of code, and how it is started.
    Code { file: PathBuf, runtime: String, entry_point: Vec<String> },
    /// An image that a container engine has, by its name there.
    Engine(String),
}

/// How it is run.
pub(crate) struct ArtifactRun {
    pub(crate) artifact: LocalArtifact,
    /// `HTTP`, `MCP`, `A2A` or `AGUI`.
    pub(crate) protocol: &'static str,
    /// Where it serves instead of its protocol's port.
    pub(crate) own_port: Option<u16>,
    /// Of the agent; may hold secrets.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) env: Env,
    /// A folder of this run's own.
    pub(crate) dir: PathBuf,
    /// Where the agent is called, for the card of an A2A agent.
    pub(crate) port: u16,
    pub(crate) events: Events,
}

/// The program of an artifact. Unpacked at its start.
pub(crate) fn artifact_program(run: ArtifactRun) -> ProgramSource {
    let run = Arc::new(run);
    Arc::new(move || {
        let run = Arc::clone(&run);
        Box::pin(async move { run.program().await })
    })
}

impl ArtifactRun {
    async fn program(&self) -> Result<LocalProgram> {
        fsx::create_private_dir(&self.dir)?;
        let dir = self.dir.canonicalize().with_context(|| format!("could not resolve `{}`", self.dir.display()))?;
        // Its name is that of the container too.
        let session = dir.join(format!("local-{}", random::uuid()));
        fsx::create_private_dir(&session)?;
        let port = free_port()?;
        let command = match &self.artifact {
            LocalArtifact::Engine(name) => self.in_container(name, (&dir, &session, port)).await?,
            artifact => self.as_process(artifact, (&dir, &session, port)).await?,
        };
        let SupervisedCommand { words, variables, dir, container } = command;
        let fixed = Some(FixedStart { port, container });
        Ok(LocalProgram { words, variables, dir: dir.unwrap_or(session), fixed, remedy: None })
    }

    async fn in_container(&self, name: &str, (dir, session, port): (&Path, &Path, u16)) -> Result<SupervisedCommand> {
        let Some(engine) = engine::choose(RunnerChoice::Container, &self.env).await? else {
            return Err(Error::failed("no container engine answers on this machine"));
        };
        let spec = self.spec(AgentImage { reference: name.to_owned(), ..no_image() });
        runner::container_command((&engine.program, engine.name), &spec, &self.env, (&dir.join("shim"), session, port))
            .await
    }

    async fn as_process(
        &self,
        artifact: &LocalArtifact,
        (dir, session, port): (&Path, &Path, u16),
    ) -> Result<SupervisedCommand> {
        let root = dir.join("root");
        let (artifact, layout, target) = (artifact.clone(), dir.join("layout"), root.clone());
        let work = move || {
            let image = match artifact {
                LocalArtifact::Image(file) => image_of(&file, &layout)?,
                LocalArtifact::Code { file, runtime, entry_point } => {
                    runner::code_image(ArchiveSpec { path: file, runtime, entry_point })?
                }
                LocalArtifact::Engine(_) => no_image(),
            };
            runner::unpack(&image.layers, &target)?;
            Ok::<_, Error>(image)
        };
        let image = tokio::task::spawn_blocking(work).await.context("unpacking the artifact was cut short")??;
        let root = root.canonicalize().context("could not resolve the unpacked artifact")?;
        let spec = self.spec(image);
        let start = ProcessStart {
            spec: &spec,
            env: &self.env,
            root: &root,
            shim: &dir.join("shim"),
            session,
            port,
            endpoint: &runner::collector_variables(&spec, &format!("http://127.0.0.1:{}/v1/traces", self.port)),
            interpreters: &Interpreters::default(),
        };
        let again = |hint: String| hint.replace("restart the sandbox", "run the command again");
        let (command, note) = start.command().await.map_err(|error| error.map_hints(again))?;
        if let Some(note) = note {
            self.events.warning(note);
        }
        Ok(command)
    }

    fn spec(&self, image: AgentImage) -> AgentSpec {
        let protocol = ServerProtocol::from_setting(Some(self.protocol));
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        AgentSpec {
            runtime_id: "local".to_owned(),
            runtime_arn: "local".to_owned(),
            role_arn: String::new(),
            endpoint: "local".to_owned(),
            image,
            variables: self.variables.clone(),
            protocol: protocol.name(),
            port: self.own_port.unwrap_or(protocol.contract().port),
            url: (protocol == ServerProtocol::A2a).then(|| format!("http://127.0.0.1:{}/", self.port)),
            ping: protocol != ServerProtocol::Mcp,
            requires_mmdsv2: true,
            idle: seconds(IDLE_TIMEOUT),
            max_life: seconds(*SESSION_SECONDS.end()),
            version: 1,
            mounts: Vec::new(),
        }
    }
}

fn no_image() -> AgentImage {
    AgentImage {
        digest: String::new(),
        reference: String::new(),
        platform: host_platform().to_owned(),
        layers: Vec::new(),
        config: Value::default(),
        code: None,
    }
}

/// Reads an image that this program wrote: one manifest, its configuration, its layers. Blocking.
fn image_of(file: &Path, layout: &Path) -> Result<AgentImage> {
    let what = || format!("could not read the image `{}`", file.display());
    fsx::create_private_dir(layout)?;
    tar::Archive::new(BufReader::new(File::open(file).with_context(what)?)).unpack(layout).with_context(what)?;
    let read = |path: PathBuf| -> Result<Value> {
        serde_json::from_slice(&std::fs::read(path).with_context(what)?).with_context(what)
    };
    let blob = |digest: &str| layout.join("blobs").join(digest.replace(':', "/"));
    let text = |value: &Value, path: &str| value.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let index = read(layout.join("index.json"))?;
    let digest = text(&index, "/manifests/0/digest");
    let manifest = read(blob(&digest))?;
    let config = read(blob(&text(&manifest, "/config/digest")))?;
    let layers = manifest.get("layers").and_then(Value::as_array).into_iter().flatten();
    let layers = layers
        .map(|layer| LayerBlob { path: blob(&text(layer, "/digest")), media_type: text(layer, "/mediaType") })
        .collect();
    let config = config.get("config").cloned().unwrap_or_default();
    Ok(AgentImage { digest, layers, config, ..no_image() })
}
