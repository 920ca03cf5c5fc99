//! `agentcore sandbox …`: starts, stops and inspects a local AWS.

mod images;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use super::args::{SandboxCommand, SandboxDir, SandboxOptions, SandboxRunArgs};
use super::{CommandContext, CommandResult, Result};
use crate::error::{Code, Context as _, Error, Kind};
use crate::interpreters;
use crate::process;
use crate::redact::{ExposeSecret, SecretString};
use crate::report::{Document, Report, Role, schemas};
use crate::sandbox::{self, ModelServer, RunnerChoice, SandboxInfo, SandboxStatus, ServerOptions};
use crate::shell::CommandLine;

const DIR_VARIABLE: &str = "AGENTCORE_SANDBOX_DIR";

const START_WITHIN: Duration = Duration::from_secs(30);

pub(super) async fn run(command: SandboxCommand, context: &CommandContext) -> Result<CommandResult> {
    let named = match &command {
        SandboxCommand::Run(args) => &args.options.dir,
        SandboxCommand::Start(args) | SandboxCommand::Serve(args) => &args.dir,
        SandboxCommand::Stop(dir)
        | SandboxCommand::Status(dir)
        | SandboxCommand::Env(dir)
        | SandboxCommand::Page(dir) => dir,
        SandboxCommand::Reset(args) => &args.dir,
    };
    let mut flag = CommandLine::default();
    flag.value("--dir", named.dir.as_ref().map(|dir| dir.display()));
    let flag = flag.into_string();
    // What a sandbox says of itself names the commands without the flag that it was found by.
    execute(command, &flag, context).await.map_err(|error| error.map_hints(|hint| with_flag(hint, &flag)))
}

fn with_flag(hint: String, flag: &str) -> String {
    if hint.contains(" --dir ") {
        // Another folder is meant.
        return hint;
    }
    ["start", "stop", "status", "env", "page", "reset"].iter().fold(hint, |hint, verb| {
        let command = format!("agentcore sandbox {verb}");
        hint.replace(&command, &format!("{command}{flag}"))
    })
}

async fn execute(command: SandboxCommand, flag: &str, context: &CommandContext) -> Result<CommandResult> {
    match command {
        SandboxCommand::Run(args) => run_in(args, context).await,
        SandboxCommand::Start(args) => start(&args, flag, context).await,
        SandboxCommand::Serve(args) => serve(&args, context).await,
        SandboxCommand::Stop(args) => {
            let stopped = sandbox::stop(&dir(&args, context)?).await?;
            CommandResult::report(SandboxMessage {
                schema: schemas::SANDBOX_STOP,
                text: if stopped { "The sandbox is stopped." } else { "No sandbox was running." },
                data: json!({ "stopped": stopped }),
            })
        }
        SandboxCommand::Status(args) => {
            let status = sandbox::status(&dir(&args, context)?).await?;
            CommandResult::report(SandboxStatusReport { status, flag: flag.to_owned() })
        }
        SandboxCommand::Env(args) => {
            let info = running(&args, context).await?;
            CommandResult::report(ShellVariables::for_sandbox(&info, context))
        }
        SandboxCommand::Page(args) => CommandResult::report(SandboxPage(running(&args, context).await?.page_url())),
        SandboxCommand::Reset(args) => {
            sandbox::reset(&dir(&args.dir, context)?, args.all)?;
            CommandResult::report(SandboxMessage {
                schema: schemas::SANDBOX_RESET,
                text: "The sandbox is empty.",
                data: json!({ "reset": true }),
            })
        }
    }
}

async fn running(args: &SandboxDir, context: &CommandContext) -> Result<Box<SandboxInfo>> {
    match sandbox::status(&dir(args, context)?).await? {
        SandboxStatus::Running(info) => Ok(info),
        _ => Err(Error::not_found("no sandbox is running").hint("start one: `agentcore sandbox start`")),
    }
}

/// The folder of the sandbox that `sandbox start` starts without flags.
pub(super) fn usual_dir(context: &CommandContext) -> Result<PathBuf> {
    dir(&SandboxDir { dir: None }, context)
}

fn dir(args: &SandboxDir, context: &CommandContext) -> Result<PathBuf> {
    if let Some(dir) = args.dir.clone().or_else(|| context.env.var_os(DIR_VARIABLE).map(PathBuf::from)) {
        return Ok(context.env.cwd().join(dir));
    }
    sandbox::default_dir(&context.env)
}

fn options(args: &SandboxOptions, dir: PathBuf, context: &CommandContext) -> Result<ServerOptions> {
    let runner = match args.runner.as_deref() {
        None | Some("auto") => RunnerChoice::Auto,
        Some("container") => RunnerChoice::Container,
        Some("process") => RunnerChoice::Process,
        Some(other) => {
            return Err(Error::usage(format!("`{other}` is not a way to run agents"))
                .hint("`--runner` is auto, container or process"));
        }
    };
    Ok(ServerOptions {
        port: args.port,
        account: args.account.clone(),
        // The flag alone: what the environment says is about the AWS that is used otherwise.
        region: context.globals.region.clone(),
        runner,
        allow_local_images: args.allow_local_images,
        without_mmdsv2: args.without_mmdsv2,
        enforce_iam: args.enforce_iam,
        model: model(args, context)?,
        builder: Some(images::builder(&context.env)),
        ..ServerOptions::new(dir)
    })
}

/// The server of `--model`.
fn model(args: &SandboxOptions, context: &CommandContext) -> Result<Option<ModelServer>> {
    let Some(text) = &args.model else { return Ok(None) };
    let is_address = |url: &url::Url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.query().is_none()
    };
    if !url::Url::parse(text).is_ok_and(|url| is_address(&url)) {
        return Err(Error::usage(format!("`{text}` is not the address of a model server"))
            .hint("name what `/chat/completions` is added to: `--model http://127.0.0.1:11434/v1`"));
    }
    let url = text.trim_end_matches('/').trim_end_matches("/chat/completions").to_owned();
    let key = context.env.var("AGENTCORE_MODEL_API_KEY").filter(|key| !key.is_empty());
    Ok(Some(ModelServer { url, name: args.model_name.clone(), key: key.map(|key| key.to_owned().into()) }))
}

/// Whether this process runs in the environment of the sandbox that the variable names, as commands of `sandbox run` do.
async fn is_inside(context: &CommandContext) -> Result<bool> {
    let status = sandbox::status(&usual_dir(context)?).await?;
    let endpoint = context.env.var("AWS_ENDPOINT_URL");
    Ok(matches!(status, SandboxStatus::Running(info) if Some(info.url.as_str()) == endpoint))
}

/// Serves in this process while the command runs, in a temporary folder unless one was named. One in another is named by nobody.
async fn run_in(args: SandboxRunArgs, context: &CommandContext) -> Result<CommandResult> {
    let named =
        args.options.dir.dir.is_some() || (context.env.var_os(DIR_VARIABLE).is_some() && !is_inside(context).await?);
    let temporary =
        if named { None } else { Some(tempfile::tempdir().context("could not make a folder for the sandbox")?) };
    let dir = match &temporary {
        Some(temporary) => temporary.path().to_owned(),
        None => dir(&args.options.dir, context)?,
    };
    let options = options(&args.options, dir, context)?;
    let (ready, is_ready) = tokio::sync::oneshot::channel::<SandboxInfo>();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async move {
        let _ = stopped.await;
    };
    let server = sandbox::serve(options, &context.env, crate::events::Events::silent(), ready, shutdown);
    let work = async {
        let (Ok(info), trouble) = tokio::join!(is_ready, interpreters::python_trouble(&context.env)) else {
            return Ok(None);
        };
        warn_of_python(&info, trouble.as_ref(), context);
        context.ui.note(&format!("sandbox {} (agents run as {})", info.url, runner_words(&info)));
        // On a terminal only: the key must not get into a log.
        if context.env.terminals().stderr {
            context.ui.note(&format!("its page is {}", info.page_url().expose_secret()));
        }
        let code = run_child(&args.command, &info, context).await;
        let _ = stop.send(());
        code.map(Some)
    };
    let (served, code) = tokio::join!(server, work);
    served?;
    match code? {
        Some(code) => Ok(CommandResult::Code(code)),
        None => Err(Error::failed("the sandbox ended before it was ready")),
    }
}

async fn run_child(command: &[std::ffi::OsString], info: &SandboxInfo, context: &CommandContext) -> Result<u8> {
    let (program, arguments) = command.split_first().ok_or_else(|| Error::usage("there is no command to run"))?;
    let mut child = process::Child::inheriting(program).args(arguments);
    for name in sandbox::cleared(&context.env) {
        child = child.without_var(name);
    }
    for (name, value) in sandbox::environment(info, &context.env) {
        child = child.var(name, value);
    }
    // `agentcore sandbox page`, `status`, `env` and `stop` of the command are about this sandbox.
    child = child.var(DIR_VARIABLE, &info.dir);
    if let Ok(path) = process::current_program()
        && let Some(dir) = path.parent()
    {
        // `agentcore` inside the command is this very binary.
        child = child.var("PATH", process::path_with(&context.env, dir)?);
    }
    child.pass_through().await
}

/// Starts another process of this binary and waits until it answers.
async fn start(args: &SandboxOptions, flag: &str, context: &CommandContext) -> Result<CommandResult> {
    let dir = dir(&args.dir, context)?;
    let options = options(args, dir.clone(), context)?;
    sandbox::check(&options)?;
    if let SandboxStatus::Running(info) = sandbox::status(&dir).await? {
        check_running(args, options.model.as_ref(), &info)?;
        return CommandResult::report(SandboxStatusReport {
            status: SandboxStatus::Running(info),
            flag: flag.to_owned(),
        });
    }
    crate::fsx::create_private_dir(&dir)?;
    let log_path = dir.join("sandbox.log");
    crate::fsx::refuse_links(&dir, &log_path)?;
    let log = std::fs::File::create(&log_path).with_context(|| format!("could not write `{}`", log_path.display()))?;
    let mut child = process::Child::inheriting(process::current_program()?)
        .args(["sandbox", "serve", "--non-interactive", "--dir"])
        .arg(&dir);
    if let Some(port) = args.port {
        child = child.arg("--port").arg(port.to_string());
    }
    for (flag, value) in [("--account", &options.account), ("--region", &options.region)] {
        if let Some(value) = value {
            child = child.arg(flag).arg(value);
        }
    }
    if let Some(runner) = &args.runner {
        child = child.arg("--runner").arg(runner);
    }
    if args.allow_local_images {
        child = child.arg("--allow-local-images");
    }
    if args.without_mmdsv2 {
        child = child.arg("--without-mmdsv2");
    }
    if args.enforce_iam {
        child = child.arg("--enforce-iam");
    }
    for (flag, value) in [("--model", &args.model), ("--model-name", &args.model_name)] {
        if let Some(value) = value {
            child = child.arg(flag).arg(value);
        }
    }
    let mut command = child.command();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).kill_on_drop(false);
    // Its own process group, so that Ctrl-C in this terminal does not end it.
    #[cfg(unix)]
    command.process_group(0);
    let mut running = command.spawn().context("could not start the sandbox")?;
    let ended = || {
        let status = running.try_wait().ok().flatten()?;
        let log = std::fs::read_to_string(&log_path).unwrap_or_default();
        // What was killed had no time for an error of its own.
        let tells = log.lines().any(|line| line.starts_with("error: "));
        Some(if tells { log } else { format!("{log}{status}") })
    };
    let started = sandbox::started(&dir, START_WITHIN, ended);
    let (started, trouble) = tokio::join!(started, interpreters::python_trouble(&context.env));
    let info = started?;
    warn_of_python(&info, trouble.as_ref(), context);
    CommandResult::report(SandboxStatusReport { status: SandboxStatus::Running(Box::new(info)), flag: flag.to_owned() })
}

/// Refuses flags that a sandbox which runs already cannot obey. `--region` and `--account` are looked at before.
fn check_running(args: &SandboxOptions, model: Option<&ModelServer>, info: &SandboxInfo) -> Result<()> {
    let SandboxOptions {
        dir: _,
        port,
        account: _,
        runner,
        allow_local_images,
        without_mmdsv2,
        enforce_iam,
        model: _,
        model_name: _,
    } = args;
    let mut differs: Vec<String> = Vec::new();
    if let Some(port) = port.filter(|port| *port != 0 && *port != info.port) {
        differs.push(format!("`--port {port}`: its port is {}", info.port));
    }
    let other = match runner.as_deref() {
        Some("container") => info.runner != sandbox::RunnerKind::Container,
        Some("process") => info.runner != sandbox::RunnerKind::Process,
        _ => false,
    };
    if other {
        let asked = runner.as_deref().unwrap_or_default();
        differs.push(format!("`--runner {asked}`: it runs agents as {}", runner_words(info)));
    }
    if let Some(ModelServer { url, .. }) = model.filter(|model| Some(&model.url) != info.model.as_ref()) {
        let is = info.model.as_deref().unwrap_or("the stand-in");
        differs.push(format!("`--model {url}`: its models are answered by {is}"));
    }
    let switches = [
        ("--allow-local-images", *allow_local_images, info.allow_local_images),
        ("--without-mmdsv2", *without_mmdsv2, info.without_mmdsv2),
        ("--enforce-iam", *enforce_iam, info.enforce_iam),
    ];
    differs.extend(switches.into_iter().filter(|(_, asked, is)| *asked && *is != Some(true)).map(|(flag, _, is)| {
        let how = if is.is_some() { "it was started without" } else { "whether it was started so is not known" };
        format!("`{flag}`: {how}")
    }));
    if differs.is_empty() {
        return Ok(());
    }
    let error = Error::usage(format!("the sandbox at {} runs already, and not as is asked for", info.url))
        .code(Code::SandboxRunning);
    let error = differs.into_iter().fold(error, Error::cause);
    Err(error.hint("stop it first: `agentcore sandbox stop`; its state is kept"))
}

async fn serve(args: &SandboxOptions, context: &CommandContext) -> Result<CommandResult> {
    let dir = dir(&args.dir, context)?;
    let options = options(args, dir, context)?;
    let (ready, is_ready) = tokio::sync::oneshot::channel::<SandboxInfo>();
    let announce = async {
        if let (Ok(info), trouble) = tokio::join!(is_ready, interpreters::python_trouble(&context.env)) {
            warn_of_python(&info, trouble.as_ref(), context);
            context.ui.note(&format!("sandbox {} (agents run as {})", info.url, runner_words(&info)));
        }
    };
    let server = sandbox::serve(options, &context.env, context.events.clone(), ready, process::stop_signal());
    let (served, ()) = tokio::join!(server, announce);
    served.map(|()| CommandResult::Code(0))
}

/// Agents of a container engine bring their own Python.
fn warn_of_python(info: &SandboxInfo, trouble: Option<&Error>, context: &CommandContext) {
    if let Some(trouble) = trouble.filter(|_| info.runner == sandbox::RunnerKind::Process) {
        let why = trouble.causes().join("; ");
        context.ui.warning(&format!("no Python 3 on this machine runs, so that Python agents cannot start: {why}"));
    }
}

fn runner_words(info: &SandboxInfo) -> &'static str {
    match info.runner {
        sandbox::RunnerKind::Container => "containers",
        sandbox::RunnerKind::Process => "processes",
    }
}

struct SandboxMessage {
    schema: &'static str,
    text: &'static str,
    data: Value,
}

impl Report for SandboxMessage {
    fn schema(&self) -> &'static str {
        self.schema
    }

    fn data(&self) -> Value {
        self.data.clone()
    }

    fn document(&self) -> Document {
        Document::new().line(self.text)
    }
}

struct SandboxStatusReport {
    status: SandboxStatus,
    /// ` --dir DIR`, when that is how the sandbox was named.
    flag: String,
}

impl Report for SandboxStatusReport {
    fn schema(&self) -> &'static str {
        schemas::SANDBOX_STATUS
    }

    fn data(&self) -> Value {
        let shape = |state: &str,
                     info: Option<&SandboxInfo>,
                     account: Option<&str>,
                     region: Option<&str>,
                     port: Option<u16>| {
            json!({
                "state": state,
                "url": info.map(|info| &info.url),
                "pid": info.map(|info| info.pid),
                "account": account,
                "region": region,
                "port": port,
                "runner": info.map(|info| info.runner),
                "model": info.and_then(|info| info.model.as_deref()),
                "dir": info.map(|info| info.dir.display().to_string()),
            })
        };
        match &self.status {
            SandboxStatus::Running(info) => {
                let port = info.url.rsplit(':').next().and_then(|port| port.trim_end_matches('/').parse().ok());
                shape("running", Some(info), Some(&info.account), Some(&info.region), port)
            }
            SandboxStatus::Stopped { account, region, port } => {
                shape("stopped", None, Some(account), Some(region), *port)
            }
            SandboxStatus::Absent => shape("absent", None, None, None, None),
        }
    }

    fn document(&self) -> Document {
        match &self.status {
            SandboxStatus::Running(info) => Document::new()
                .field_styled("sandbox", Role::Good, "running")
                .field("address", info.url.clone())
                .field("account", info.account.clone())
                .field("region", info.region.clone())
                .field("agents run as", runner_words(info))
                .field("models", info.model.clone().unwrap_or_else(|| "the stand-in".to_owned()))
                .field("folder", info.dir.display().to_string())
                .blank()
                .styled(Role::Code, format!("eval \"$(agentcore sandbox env{})\"", self.flag)),
            SandboxStatus::Stopped { .. } => {
                Document::new().field_styled("sandbox", Role::Attention, "stopped, its state is kept")
            }
            SandboxStatus::Absent => Document::new().field_styled("sandbox", Role::Attention, "never started here"),
        }
    }

    fn exit_code(&self) -> u8 {
        if matches!(self.status, SandboxStatus::Running(_)) { 0 } else { Kind::NotFound.exit_code() }
    }
}

/// The address of the sandbox's page, printed for whoever asks.
struct SandboxPage(SecretString);

impl Report for SandboxPage {
    fn schema(&self) -> &'static str {
        schemas::SANDBOX_PAGE
    }

    fn data(&self) -> Value {
        json!({ "url": self.0.expose_secret() })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(format!("{}\n", self.0.expose_secret()))
    }
}

struct ShellVariables {
    set: Vec<(String, String)>,
    /// What would lead clients past the sandbox: also the addresses of single services, which the caller's shell has.
    unset: Vec<String>,
}

impl ShellVariables {
    fn for_sandbox(info: &SandboxInfo, context: &CommandContext) -> Self {
        let mut unset: Vec<String> = sandbox::CLEARED.iter().map(|name| (*name).to_owned()).collect();
        unset.extend(sandbox::cleared(&context.env));
        unset.sort();
        unset.dedup();
        Self { set: sandbox::environment(info, &crate::env::Env::default()), unset }
    }
}

impl Report for ShellVariables {
    fn schema(&self) -> &'static str {
        schemas::SANDBOX_ENV
    }

    fn data(&self) -> Value {
        let variables: serde_json::Map<String, Value> =
            self.set.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({ "variables": variables, "unset": self.unset })
    }

    fn document(&self) -> Document {
        let mut text: String = self.unset.iter().map(|name| format!("unset {name}\n")).collect();
        for (name, value) in &self.set {
            text.push_str(&format!("export {name}='{}'\n", value.replace('\'', "'\\''")));
        }
        Document::new().verbatim(text)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn asked(flags: &str) -> SandboxOptions {
        let line = format!("agentcore sandbox start {flags}");
        match Cli::try_parse_from(line.split_whitespace()).unwrap().command {
            Command::Sandbox(SandboxCommand::Start(options)) => options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn running_sandbox_refuses_flags_it_cannot_obey() {
        let mut info = sandbox::info_for_tests();
        let refused = |flags: &str, info: &SandboxInfo| {
            let error = check_running(&asked(flags), None, info).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{flags}");
            assert!(error.hints()[0].contains("agentcore sandbox stop"));
            error.causes().join("; ")
        };
        for fine in ["", "--runner auto", "--runner process", "--port 4566", "--port 0"] {
            assert!(check_running(&asked(fine), None, &info).is_ok(), "{fine}");
        }
        for flags in ["--runner container", "--port 1", "--allow-local-images", "--without-mmdsv2"] {
            assert!(refused(flags, &info).contains(flags), "{flags}");
        }
        (info.without_mmdsv2, info.allow_local_images) = (Some(true), None);
        assert!(check_running(&asked("--without-mmdsv2"), None, &info).is_ok());
        assert!(refused("--allow-local-images", &info).contains("not known"), "of an older version");
        let server = ModelServer { url: "http://127.0.0.1:1/v1".to_owned(), name: None, key: None };
        let error = check_running(&asked(""), Some(&server), &info).unwrap_err();
        assert!(error.causes()[0].contains("the stand-in"), "{error:?}");
        info.model = Some(server.url.clone());
        assert!(check_running(&asked(""), Some(&server), &info).is_ok());
    }
}
