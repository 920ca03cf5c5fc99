//! The questions of `agentcore configure` on a terminal, and the command that gives the same answers without them.
//!
//! Every answer is a flag's value, put into the request as if it had been typed. Does not own: what the values do
//! (`ops::configure`).

use std::path::{Path, PathBuf};

use super::Result;
use crate::config::{Agent, Store};
use crate::ops::configure::{AuthorizerFlags, ConfigureRequest, url_problem};
use crate::ops::shell::quoted;
use crate::project;
use crate::ui::{Ask, Ui};

/// What the configuration holds already: the defaults of the questions.
pub(super) struct Known {
    agents: Vec<Agent>,
    default: Option<usize>,
    folder: PathBuf,
}

impl Known {
    /// `folder` is where typed paths are relative to.
    pub(super) fn of(store: &Store, folder: &Path) -> Self {
        let project = store.project();
        let default = project.agents.iter().position(|agent| Some(&agent.name) == project.default_agent.as_ref());
        Self { agents: project.agents.clone(), default, folder: folder.to_owned() }
    }

    fn has(&self, name: &str) -> bool {
        self.agents.iter().any(|agent| agent.name == name)
    }
}

/// Asks what the flags left open. Returns whether anything was asked.
///
/// Flags for an agent that is configured already are a change and nothing else: then nothing is asked.
pub(super) fn ask(request: &mut ConfigureRequest, known: &Known, ui: &Ui) -> Result<bool> {
    if known.agents.is_empty() {
        return new_agent(request, known, ui);
    }
    if *request != ConfigureRequest::default() {
        return Ok(false);
    }
    let mut items: Vec<&str> = known.agents.iter().map(|agent| agent.name.as_str()).collect();
    items.push("a new agent");
    let chosen = ui.select("Which agent?", &items, Some(known.default.unwrap_or(0)), "--name")?;
    match known.agents.get(chosen) {
        Some(agent) => {
            request.name = Some(agent.name.clone());
            callers(&mut request.authorizer, Some(agent), ui)?;
            Ok(true)
        }
        None => new_agent(request, known, ui),
    }
}

fn new_agent(request: &mut ConfigureRequest, known: &Known, ui: &Ui) -> Result<bool> {
    let mut asked = false;
    if request.entrypoint.is_none() {
        let found = project::detect(&project::Detect {
            dir: &known.folder,
            entrypoint: None,
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected: project::Selected { extras: &request.extras, groups: &request.groups },
            agent: None,
        });
        let default = found.ok().and_then(|source| crate::fsx::relative(&source.entrypoint, &known.folder));
        let validate = |path: &str| {
            let file = path.rsplit_once(':').map_or(path, |(file, _)| file);
            let exists = [path, file].iter().any(|path| known.folder.join(path).exists());
            if exists { Ok(()) } else { Err(format!("`{path}` does not exist")) }
        };
        let ask = Ask { validate: Some(&validate), ..question("Entrypoint", default, "--entrypoint") };
        request.entrypoint = Some(PathBuf::from(ui.ask(ask)?));
        asked = true;
    }
    if request.name.is_none() {
        let entrypoint = request.entrypoint.clone().unwrap_or_default();
        let default = project::infer_agent_name(&known.folder.join(entrypoint), &known.folder);
        let validate = |name: &str| {
            project::validate_agent_name(name).map_err(|error| error.message().to_owned())?;
            if known.has(name) { Err(format!("there is an agent `{name}` already")) } else { Ok(()) }
        };
        let default = Some(default).filter(|name| !known.has(name));
        let ask = Ask { validate: Some(&validate), ..question("Agent name", default, "--name") };
        request.name = Some(ui.ask(ask)?);
        asked = true;
    }
    if request.authorizer == AuthorizerFlags::default() {
        callers(&mut request.authorizer, None, ui)?;
        asked = true;
    }
    Ok(asked)
}

/// Who may call the agent. An agent that has an authorizer offers it as it is.
fn callers(flags: &mut AuthorizerFlags, agent: Option<&Agent>, ui: &Ui) -> Result<()> {
    let current = agent.and_then(Agent::authorizer);
    let text = |member: &str| current.and_then(|value| value.get(member)?.as_str()).map(str::to_owned);
    let list = |member: &str| -> String {
        let values = current.and_then(|value| value.get(member)?.as_array());
        values.into_iter().flatten().filter_map(|value| value.as_str()).collect::<Vec<_>>().join(",")
    };
    let items = ["with AWS credentials (SigV4)", "with a token of an OpenID Connect provider"];
    let chosen = ui.select(
        "How do callers prove who they are?",
        &items,
        Some(usize::from(current.is_some())),
        "--discovery-url",
    )?;
    if chosen == 0 {
        flags.remove = current.is_some();
        return Ok(());
    }
    let validate = |url: &str| url_problem(url).map_or(Ok(()), Err);
    let url = question("Discovery URL", text("discoveryUrl"), "--discovery-url");
    flags.discovery_url = Some(ui.ask(Ask { validate: Some(&validate), ..url })?);
    let clients = question(
        "Accepted client ids, separated by commas (or empty)",
        Some(list("allowedClients")),
        "--allowed-client",
    );
    flags.clients = split(&ui.ask(clients)?);
    let others = ["allowedAudience", "allowedScopes", "customClaims"];
    if flags.clients.is_empty() && !others.iter().any(|member| current.is_some_and(|value| value.get(member).is_some()))
    {
        let validate = |text: &str| {
            if split(text).is_empty() { Err("a client id or an audience is needed".to_owned()) } else { Ok(()) }
        };
        let audience = question("Accepted audiences, separated by commas", None, "--allowed-audience");
        flags.audience = split(&ui.ask(Ask { validate: Some(&validate), ..audience })?);
    }
    Ok(())
}

fn question<'a>(question: &'a str, default: Option<String>, flag: &'a str) -> Ask<'a> {
    Ask { question, default, flag, variable: None, config_key: None, validate: None }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// The one line that gives the same configuration without questions.
pub(super) fn command_line(request: &ConfigureRequest, config: Option<&Path>) -> String {
    let mut line = String::from("agentcore configure");
    let mut flag = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            // A value that begins with a dash would be read as a flag.
            let join = if value.starts_with('-') { '=' } else { ' ' };
            line.push_str(&format!(" {name}{join}{}", quoted(value)));
        }
    };
    flag("--config", config.map(|path| path.display().to_string()).as_deref());
    let text = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    flag("--entrypoint", text(&request.entrypoint).as_deref());
    flag("--source-path", text(&request.source_path).as_deref());
    flag("--name", request.name.as_deref());
    flag("--language", request.language.as_deref());
    flag("--python", request.python.as_deref());
    flag("--requirements-file", text(&request.requirements_file).as_deref());
    flag("--discovery-url", request.authorizer.discovery_url.as_deref());
    flag("--authorizer-config", request.authorizer.blob.as_deref());
    for (name, values) in [
        ("--allowed-client", &request.authorizer.clients),
        ("--allowed-audience", &request.authorizer.audience),
        ("--allowed-scope", &request.authorizer.scopes),
        ("--custom-claim", &request.authorizer.claims),
        ("--build-arg", &request.build_args),
        ("--build-secret", &request.build_secrets),
    ] {
        for value in values {
            flag(name, Some(value));
        }
    }
    flag("--request-header-allowlist", request.request_headers.as_deref());
    flag("--execution-role", request.execution_role.as_deref());
    flag("--code-build-execution-role", request.code_build_execution_role.as_deref());
    flag("--ecr", request.ecr.as_deref());
    flag("--s3", request.s3.as_deref());
    flag("--subnets", request.subnets.as_deref());
    flag("--security-groups", request.security_groups.as_deref());
    flag("--idle-timeout", request.idle_timeout.map(|seconds| seconds.to_string()).as_deref());
    flag("--max-lifetime", request.max_lifetime.map(|seconds| seconds.to_string()).as_deref());
    flag("--region", request.region.as_deref());
    flag("--protocol", request.protocol.as_deref());
    flag("--deployment-type", request.deployment_type.as_deref());
    flag("--runtime", request.runtime.as_deref());
    flag("--container-runtime", request.container_runtime.as_deref());
    flag("--dockerfile", text(&request.dockerfile).as_deref());
    flag("--build-context", text(&request.build_context).as_deref());
    flag("--target", request.target.as_deref());
    flag("--base-image", request.base_image.as_deref());
    for (name, set) in [
        ("--no-authorizer", request.authorizer.remove),
        ("--offline", request.offline),
        ("--vpc", request.vpc),
        ("--disable-otel", request.disable_otel),
        ("--disable-memory", request.disable_memory),
        ("--force", request.force),
    ] {
        if set {
            line.push_str(&format!(" {name}"));
        }
    }
    line.push_str(" --non-interactive");
    line
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::cli::{Cli, Command, expand};
    use crate::env::Env;
    use crate::http::Http;
    use crate::ops::configure::configure;

    /// Splits as a POSIX shell does, as far as [`quoted`] goes.
    fn words(line: &str) -> Vec<OsString> {
        let mut words = vec![String::new()];
        let (mut inside, mut chars) = (false, line.chars());
        while let Some(c) = chars.next() {
            let word = words.last_mut().unwrap();
            match c {
                '\'' => inside = !inside,
                '\\' if !inside => word.extend(chars.next()),
                ' ' if !inside => words.push(String::new()),
                c => word.push(c),
            }
        }
        words.into_iter().map(OsString::from).collect()
    }

    fn parsed(line: &str) -> ConfigureRequest {
        let command = Cli::command();
        let args = expand(&command, words(line));
        let matches = command.try_get_matches_from(args).unwrap();
        let cli = Cli::from_arg_matches(&matches).unwrap();
        let Command::Configure(args) = cli.command else { panic!("{line}") };
        crate::cli::configure::request(*args, cli.globals.region)
    }

    fn everything() -> ConfigureRequest {
        ConfigureRequest {
            entrypoint: Some("agent_1.py".into()),
            name: Some("a".into()),
            language: Some("python".into()),
            python: Some("3.12".into()),
            requirements_file: Some("needs.txt".into()),
            authorizer: AuthorizerFlags {
                discovery_url: Some("https://idp.example/.well-known/openid-configuration".into()),
                clients: vec!["-one".into(), "two".into()],
                audience: vec!["https://api.example/v1".into()],
                scopes: vec!["read".into(), "write".into()],
                claims: vec!["groups~=a,b".into(), "tier=gold".into()],
                ..AuthorizerFlags::default()
            },
            offline: true,
            request_headers: Some("Authorization,X-Mine".into()),
            execution_role: Some("Mine".into()),
            code_build_execution_role: Some("Other".into()),
            ecr: Some("team/agent".into()),
            vpc: true,
            subnets: Some("subnet-0123456789abcdef0".into()),
            security_groups: Some("sg-0123456789abcdef0".into()),
            idle_timeout: Some(60),
            max_lifetime: Some(600),
            region: Some("eu-west-1".into()),
            protocol: Some("MCP".into()),
            deployment_type: Some("container".into()),
            container_runtime: Some("podman".into()),
            source_path: Some(".".into()),
            build_context: Some(".".into()),
            target: Some(String::new()),
            build_args: vec!["A=b c".into(), "B=".into()],
            build_secrets: vec!["PIP_INDEX_URL".into()],
            base_image: Some("scratch".into()),
            disable_otel: true,
            disable_memory: true,
            force: true,
            ..ConfigureRequest::default()
        }
    }

    #[test]
    fn the_equivalent_command_says_everything_that_was_answered() {
        assert_eq!(parsed(&command_line(&everything(), None)), everything());
        let direct = ConfigureRequest {
            runtime: Some("PYTHON_3_13".into()),
            s3: Some("bucket".into()),
            authorizer: AuthorizerFlags { remove: true, ..AuthorizerFlags::default() },
            ..ConfigureRequest::default()
        };
        assert_eq!(parsed(&command_line(&direct, None)), direct);
        let blob = ConfigureRequest {
            authorizer: AuthorizerFlags { blob: Some("{\"a\": \"it's\"}".into()), ..AuthorizerFlags::default() },
            ..ConfigureRequest::default()
        };
        assert_eq!(parsed(&command_line(&blob, Some(Path::new("my file.yaml")))), blob);
    }

    #[tokio::test]
    async fn replaying_it_gives_the_same_bytes() {
        let written = async |request: &ConfigureRequest| {
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join("agent_1.py"), "").unwrap();
            std::fs::write(dir.path().join("needs.txt"), "").unwrap();
            let mut store = Store::open_or_new(&dir.path().join(".bedrock_agentcore.yaml")).unwrap();
            let http = Http::new(&Env::fake(dir.path(), &[]));
            configure(&mut store, request, &http).await.unwrap();
            [".bedrock_agentcore.yaml", ".bedrock_agentcore/a/Dockerfile", ".dockerignore"]
                .map(|name| std::fs::read(dir.path().join(name)).unwrap())
        };
        let answers = everything();
        assert_eq!(written(&answers).await, written(&parsed(&command_line(&answers, None))).await);
    }
}
