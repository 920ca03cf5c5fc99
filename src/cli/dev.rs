//! `agentcore dev`: the agent of this folder on this machine.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::args::DevArgs;
use super::local::{self, Served};
use super::{CommandContext, CommandResult, Result};
use crate::error::{Code, Context as _, Error};
use crate::facts::HTTP;
use crate::http::Http;
use crate::interpreters::Interpreters;
use crate::ops::deploy::{check_configured, parse_variables};
use crate::ops::local::{Builds, SavedFile, SourceRun, SourceWatch};
use crate::ops::references;
use crate::redact::{ExposeSecret, SecretString};
use crate::report::{Document, Report, schemas};
use crate::sandbox::local::{SourceChange, TOKEN_HEADER, TOKEN_PATH, listen};

/// Changes that may wait for the one that is being dealt with.
const WAITING_CHANGES: usize = 16;
/// How long the local issuer may take, which asks nobody. Whatever else is on the port may never answer.
const TOKEN_LIMIT: Duration = Duration::from_secs(10);

pub(super) async fn run(args: DevArgs, context: &CommandContext) -> Result<CommandResult> {
    let port = port(&args, context)?;
    if let Some(persona) = &args.token {
        return token(persona, port).await;
    }
    let given = parse_variables(&args.env)?;
    let store = context.store()?;
    let mut agent = store.agent(args.agent.as_deref())?.clone();
    references::resolve_here(&mut agent, &store, &given, &context.env)?;
    check_configured(&agent)?;
    local::check_authorizer(&agent, args.local_issuer)?;
    let builds = Builds::default();
    let run = Arc::new(SourceRun {
        root: store.root().to_owned(),
        agent: agent.clone(),
        env: context.env.clone(),
        region: context.globals.region.clone(),
        given,
        interpreters: Interpreters::default(),
        builds: builds.clone(),
    });
    let watch = SourceWatch::new(&run.source()?, &context.events)?;
    let listener = listen(port).await?;
    let dir = tempfile::tempdir().context("could not make a folder for the agent's process")?;
    let served = Served {
        schema: schemas::DEV,
        agent: &agent,
        listener,
        local_issuer: args.local_issuer,
        program: Arc::new(move || {
            let run = Arc::clone(&run);
            Box::pin(async move { run.command().await.map(local::program) })
        }),
        changes: changes(watch, builds),
        reloads: true,
        dir: dir.path(),
    };
    local::serve(served, context).await
}

/// The flag, else the variable that tells programs their port.
fn port(args: &DevArgs, context: &CommandContext) -> Result<u16> {
    if let Some(port) = args.port {
        return Ok(port);
    }
    let Some(text) = context.env.var("PORT") else { return Ok(HTTP.port) };
    text.trim().parse().map_err(|_| {
        Error::usage(format!("the variable PORT is `{text}`, which is no port"))
            .code(Code::InputValue)
            .hint("unset it, or name the port: `agentcore dev --port 8080`")
    })
}

/// Looks at the source until nobody asks for its changes any more.
fn changes(watch: SourceWatch, builds: Builds) -> mpsc::Receiver<SourceChange> {
    let (sender, receiver) = mpsc::channel(WAITING_CHANGES);
    let asked = sender.clone();
    tokio::task::spawn_blocking(move || {
        let tell =
            |saved: SavedFile| sender.blocking_send(SourceChange { file: saved.path, is_code: saved.is_code }).is_ok();
        watch.follow(&builds, tell, || !asked.is_closed());
    });
    receiver
}

/// Asks the agent that runs for a token.
async fn token(persona: &str, port: u16) -> Result<CommandResult> {
    let persona = percent_encoding::utf8_percent_encode(persona, percent_encoding::NON_ALPHANUMERIC);
    let url = format!("http://127.0.0.1:{port}{TOKEN_PATH}?persona={persona}");
    let http = Http::of_this_machine();
    let no_server = |what: &str| {
        Error::not_found(format!("{what} on port {port} of this machine"))
            .code(Code::LocalNoServer)
            .hint("start it: `agentcore dev --local-issuer`; another port is named with `--port`")
    };
    let answer = http.client(&url)?.post(&url).header(TOKEN_HEADER, "1").timeout(TOKEN_LIMIT).send().await;
    let answer = answer.map_err(|_| no_server("no agent answers"))?;
    let is_good = answer.status().is_success();
    let body = answer.bytes().await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    match (is_good, text("token"), text("message")) {
        (true, Some(token), _) => {
            let persona = text("persona").unwrap_or_default();
            CommandResult::report(PersonaToken { persona, token: SecretString::from(token) })
        }
        (false, _, Some(why)) => Err(Error::usage(format!("the agent on port {port} gives out no such token"))
            .code(Code::LocalPersona)
            .cause(why)
            .hint("`agentcore dev --help` shows how tokens are asked for")),
        _ => Err(no_server("`agentcore dev` does not answer")),
    }
}

/// A token of the local issuer.
struct PersonaToken {
    persona: String,
    token: SecretString,
}

impl Report for PersonaToken {
    fn schema(&self) -> &'static str {
        schemas::DEV_TOKEN
    }

    fn data(&self) -> Value {
        json!({ "persona": self.persona, "token": self.token.expose_secret() })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(format!("{}\n", self.token.expose_secret()))
    }

    fn secrets(&self) -> Vec<&SecretString> {
        vec![&self.token]
    }
}
