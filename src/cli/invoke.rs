//! `agentcore invoke`: the answer goes to stdout byte for byte, everything else to stderr.

use std::io::Write;
use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Value, json};

use super::args::InvokeArgs;
use super::caller::{self, Callee};
use super::context::unsupported;
use super::payload::Input;
use super::{Context, Done, Result};
use crate::cloud::Invocation;
use crate::error::{Context as _, Error, Kind};
use crate::ops::shell::quoted;
use crate::ops::{explain, invoke, session, status};
use crate::redact::SecretString;
use crate::report::{Document, Report};
use crate::ui::OutputFormat;

/// The service lets a streamed answer run for an hour at most.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(3600);
const CUSTOM_PREFIX: &str = "X-Amzn-Bedrock-AgentCore-Runtime-Custom-";

pub(super) async fn run(args: InvokeArgs, context: &Context) -> Result<Done> {
    if args.local || args.dev {
        let flag = if args.local { "--local" } else { "--dev" };
        return Err(unsupported(
            flag,
            "this version calls deployed agents and agents in a sandbox only",
            "try it without an account: `agentcore sandbox start`, then `eval \"$(agentcore sandbox env)\"` and launch",
        ));
    }
    let headers = headers(&args)?;
    if let Some(id) = &args.session_id {
        session::check(id)?;
    }
    let endpoint = args.endpoint.as_deref().unwrap_or(status::DEFAULT_ENDPOINT);
    session::check_endpoint(endpoint)?;
    let mut callee = match &args.arn {
        Some(arn) => Callee::of_arn(arn)?,
        None => Callee::of_agent(&context.store()?, args.agent.as_deref())?,
    };
    warn_of_dropped(&headers, &callee, context);
    let token_on_stdin = args.bearer_token_file.as_deref() == Some(std::path::Path::new("-"));
    let input = Input::read(&args, token_on_stdin, context).await?;
    let auth = args.auth.then(|| caller::Auth {
        agent: args.agent.as_deref(),
        by_arn: args.arn.is_some(),
        timeout: args.timeout.filter(|seconds| *seconds > 0).map(Duration::from_secs),
    });
    let token =
        caller::token_or_auth(context, auth, args.bearer_token.clone(), args.bearer_token_file.as_deref()).await?;
    let secret = token.as_ref().map(|token| token.secret.clone());
    let line = caller::line(context, &mut callee, token).await?;

    let before = callee.agent.as_ref().and_then(|(agent, root)| session::last(root, agent, endpoint));
    let session_id = session_for(&args, before.as_deref());
    let call = Invocation {
        arn: &callee.arn,
        qualifier: args.endpoint.as_deref(),
        session_id: Some(&session_id),
        user_id: args.user_id.as_deref(),
        content_type: args.content_type.as_deref().unwrap_or("application/json"),
        accept: args.accept.as_deref().unwrap_or("application/json, text/event-stream"),
        headers: &headers,
        timeout: match args.timeout {
            Some(0) => None,
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => Some(DEFAULT_TIMEOUT),
        },
    };
    if let Some((agent, root)) = &callee.agent {
        session::remember(root, agent, endpoint, &session_id);
    }
    let json = context.ui.output() == OutputFormat::Json;
    let mut kept = Vec::new();
    let mut out = context.ui.raw();
    let mut sink = |chunk: &[u8]| {
        if json {
            kept.extend_from_slice(chunk);
            return Ok(ControlFlow::Continue(()));
        }
        write(&mut out, chunk)
    };
    let result = invoke::call(&line.plane, &call, &line.auth, &input.payload, &mut sink).await;
    let unreached =
        |error: &Error| matches!(error.kind(), Kind::Refused | Kind::NotFound | Kind::Credentials | Kind::Usage);
    if result.as_ref().is_err_and(unreached) {
        if let Some((agent, root)) = &callee.agent {
            session::restore(root, agent, endpoint, before.as_deref());
        }
    } else {
        context.ui.note(&format!("session {session_id}"));
    }
    match result {
        Ok(head) if json => Done::report(Answer { head, session_id, body: kept }),
        Ok(_) => Ok(Done::Code(0)),
        Err(error) => Err(advised(error, &args, context, &callee, secret).await),
    }
}

/// The error with what the caller can do about it.
async fn advised(
    error: Error,
    args: &InvokeArgs,
    context: &Context,
    callee: &Callee,
    token: Option<SecretString>,
) -> Error {
    match (error.kind(), token) {
        (Kind::Refused, Some(token)) => explained(caller::told_of_expiry(error, &token), context, callee, &token).await,
        (Kind::Refused, None) => explain::signature(error).hint(callee.with_token(&command(args))),
        // Without AWS credentials a token may be all that is missing.
        (Kind::Credentials, None) if callee.authorizer.is_some() => explain::no_token(error)
            .hint(format!("this agent takes a bearer token: {}", callee.with_token(&command(args)))),
        _ => error,
    }
}

fn warn_of_dropped(headers: &[(String, String)], callee: &Callee, context: &Context) {
    let Some(allowed) = &callee.headers else { return };
    let dropped = invoke::dropped_headers(headers, allowed);
    if dropped.is_empty() {
        return;
    }
    let all: Vec<&str> = allowed.iter().map(String::as_str).chain(dropped.iter().copied()).collect();
    context.ui.warning(&format!(
        "not on the configured header allowlist, so the service does not pass it on: {}. Add it with `agentcore configure \
         --request-header-allowlist {}` and launch again",
        dropped.join(", "),
        all.join(",")
    ));
}

/// The command as it was typed, as far as it fits into a hint.
fn command(args: &InvokeArgs) -> String {
    let payload = match args.payload.as_deref() {
        Some(text) if text != "-" && text.len() <= 60 => quoted(text),
        _ => "@payload.json".to_owned(),
    };
    let endpoint = args.endpoint.as_deref().map(|name| format!(" --endpoint {name}")).unwrap_or_default();
    format!("agentcore invoke {payload}{endpoint}")
}

/// Says which rule refused the token, against the live runtime where it can be read, else against the configuration.
async fn explained(error: Error, context: &Context, callee: &Callee, token: &SecretString) -> Error {
    let authorizer = match caller::live_authorizer(context, callee).await {
        Some(live) => live,
        // Nothing is known of a runtime that was named by its ARN.
        None if callee.agent.is_none() => return error,
        None => callee.authorizer.clone(),
    };
    explain::refusal(error, &context.http, authorizer.as_ref(), token).await
}

fn session_for(args: &InvokeArgs, last: Option<&str>) -> String {
    match &args.session_id {
        Some(id) => id.clone(),
        None => last.filter(|_| !args.new_session).map_or_else(session::generate, str::to_owned),
    }
}

/// A reader that went away (`| head`) is not a failure of the agent, and wants no more of the answer.
fn write(out: &mut impl Write, chunk: &[u8]) -> Result<ControlFlow<()>> {
    match out.write_all(chunk).and_then(|()| out.flush()) {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
        Err(error) => Err(error).context("could not write the answer to stdout"),
    }
}

/// `-H` headers as they are, `--headers` with the prefix that the toolkit adds.
fn headers(args: &InvokeArgs) -> Result<Vec<(String, String)>> {
    let parse = |text: &str| -> Result<(String, String)> {
        let (name, value) = text
            .split_once(':')
            .ok_or_else(|| Error::usage("a header has no `:`").code("input.header").hint("write `-H 'Name: value'`"))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    let mut out = Vec::new();
    for text in &args.header {
        out.push(parse(text)?);
    }
    for text in args.headers.iter().flat_map(|list| list.split(',')).filter(|text| !text.trim().is_empty()) {
        let (name, value) = parse(text)?;
        let prefixed = name.to_ascii_lowercase().starts_with(&CUSTOM_PREFIX.to_ascii_lowercase());
        out.push((if prefixed { name } else { format!("{CUSTOM_PREFIX}{name}") }, value));
    }
    if let Some((name, _)) = out.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        return Err(Error::usage(format!("`{name}` is set by the way of calling"))
            .hint("pass a token with `--bearer-token-file`"));
    }
    Ok(out)
}

struct Answer {
    head: invoke::Head,
    session_id: String,
    body: Vec<u8>,
}

impl Report for Answer {
    fn schema(&self) -> &'static str {
        "agentcore.invoke/1"
    }

    fn data(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        let response = if self.head.content_type.starts_with("application/json") {
            serde_json::from_slice(&self.body).unwrap_or_else(|_| json!(text))
        } else {
            json!(text)
        };
        json!({
            "status": self.head.status,
            "contentType": self.head.content_type,
            "sessionId": self.head.session_id.as_deref().unwrap_or(&self.session_id),
            "requestId": self.head.request_id,
            "response": response,
        })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(String::from_utf8_lossy(&self.body))
    }
}
