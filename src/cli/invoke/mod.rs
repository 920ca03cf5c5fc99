//! `agentcore invoke`: the answer goes to stdout byte for byte, everything else to stderr.
//!
//! Owns: the order of a call, from the arguments to the exit status; the session that is continued. `surface` builds
//! the request for the agent's protocol, `reports` renders the answer.

mod messages;
mod print;
mod print_text;
mod reports;
mod stream;
mod surface;

use std::io::Write;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use super::args::InvokeArgs;
use super::caller::{self, Callee};
use super::payload::{self, PayloadSource};
use super::{CommandContext, CommandResult, Result};
use crate::auth::Token;
use crate::auth::evaluate::EXPIRY_MARGIN;
use crate::clock;
use crate::cloud::{CallerAuth, Cloud, Invocation, Payload};
use crate::error::{Code, Context as _, Error, Kind};
use crate::facts::{ANSWER_SECONDS, log_group};
use crate::ops::invoke::{AgentProtocol, CallContext, ReplyHead, SANDBOX_OUTPUT, a2a, agui, mcp};
use crate::ops::logs::last::{self, FailedRun};
use crate::ops::{explain, invoke};
use crate::redact::{ExposeSecret, SecretString};
use crate::session;
use crate::shell::{CommandLine, quoted};
use crate::ui::OutputFormat;
use reports::{InvokeReport, ReportBody};
use stream::EventLines;
use surface::AgentRequest;

/// The service lets a streamed answer run for an hour at most.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(3600);
/// The service refuses tokens in their last minute.
const LAST_MINUTE: u64 = EXPIRY_MARGIN.unsigned_abs();
/// Under which the session with an agent on this machine is remembered. No endpoint can have this name.
const ON_THIS_MACHINE: &str = "this-machine";
const CUSTOM_PREFIX: &str = "X-Amzn-Bedrock-AgentCore-Runtime-Custom-";

pub(super) async fn run(args: InvokeArgs, context: &CommandContext) -> Result<CommandResult> {
    let local = local_port(&args)?;
    let headers = headers(&args)?;
    payload::check(&args)?;
    if let Some(id) = &args.session_id {
        session::check(id)?;
    }
    let region = context.globals.region.as_deref();
    let mut callee = match &args.arn {
        Some(arn) => Callee::of_arn(arn, region)?,
        None if local.is_some() => Callee::of_this_machine(context.store_if_any()?.as_ref(), args.agent.as_deref())?,
        None => {
            Callee::of_agent(&context.store_with_runtime(args.agent.as_deref()).await?, args.agent.as_deref(), region)?
        }
    };
    let qualifier = callee.qualifier(args.endpoint.as_deref())?;
    let default = if local.is_some() { ON_THIS_MACHINE } else { crate::facts::DEFAULT_ENDPOINT };
    let endpoint = qualifier.as_deref().unwrap_or(default);
    warn_of_dropped(&headers, &callee, context);
    if let Some(language) = args.print {
        let target = print::PrintTarget { callee: &callee, qualifier: qualifier.as_deref(), endpoint, local };
        return print::run(&args, language, (&target, &headers), context).await;
    }
    let token_on_stdin = args.bearer_token_file.as_deref() == Some(std::path::Path::new("-"));
    let surface = surface::choose(&args, &callee, token_on_stdin, context).await?;
    let auth = args.auth.then_some(caller::AuthChoice { agent: args.agent.as_deref(), by_arn: args.arn.is_some() });
    let token =
        caller::token_or_auth(context, auth, args.bearer_token.clone(), args.bearer_token_file.as_deref()).await?;
    let secret = token.as_ref().map(|token| token.secret.clone());
    let line = match local {
        Some(port) => caller::line_of_this_machine(context, &callee, (token, port)),
        None => caller::line(context, &mut callee, token).await?,
    };
    if let CallerAuth::Bearer(token) = &line.auth {
        warn_of_expiry(token, context.globals.timeout, context);
    }

    let before = callee.agent.as_ref().and_then(|(agent, root)| session::last(root, agent, endpoint));
    let session_id = session_for(&args, before.as_deref());
    let call = Invocation {
        arn: &callee.arn,
        qualifier: qualifier.as_deref(),
        session_id: Some(&session_id),
        user_id: user(&args, &line.auth, context),
        content_type: args.content_type.as_deref().unwrap_or(match (&surface, args.text) {
            (AgentRequest::Plain { .. }, true) => "text/plain; charset=utf-8",
            _ => "application/json",
        }),
        accept: args.accept.as_deref().unwrap_or("application/json, text/event-stream"),
        headers: &headers,
        timeout: match context.globals.timeout {
            Some(0) => None,
            _ => Some(context.deadline.left().unwrap_or(DEFAULT_TIMEOUT)),
        },
    };
    if local.is_none() {
        remember(&callee, endpoint, &session_id);
        context.events.resume(how_to_stop(&args, &callee, &session_id));
    }
    let logs = callee.logs_command(&session_id, endpoint);
    let reach =
        CallContext { plane: &line.plane, auth: &line.auth, call: &call, speaks: AgentProtocol::Plain, logs: &logs };
    let began = clock::unix_millis();
    let result = execute(surface, reach, &args, context).await;
    let unreached =
        |error: &Error| matches!(error.kind(), Kind::Refused | Kind::NotFound | Kind::Credentials | Kind::Usage);
    match (result.as_ref().is_err_and(unreached), local) {
        // Nothing was remembered yet.
        (true, Some(_)) => {}
        (true, None) => forget(&callee, endpoint, before.as_deref()),
        (false, _) => {
            if local.is_some() {
                remember(&callee, endpoint, &session_id);
            }
            context.ui.note(&format!("session {session_id}"));
            if let Ok((ReplyHead { session_endpoint: Some(url), .. }, _)) = &result {
                context.ui.note(&format!("the session's allowed ports are reached through {url}"));
            }
        }
    }
    match result {
        Ok((head, Some(body))) => CommandResult::report(InvokeReport { head, session_id, body }),
        Ok((_, None)) => Ok(CommandResult::Code(0)),
        Err(error) if local.is_some() => Err(advised_here(error, &args, secret.is_some())),
        Err(error) => {
            let error = caller::told_of_account(error, &line.auth, &callee.arn).await;
            let error = match error.hints().iter().any(|hint| hint.contains(&logs)) {
                true => with_last_lines(error, (&callee, endpoint), (&session_id, began), (&line.auth, context)).await,
                false => error,
            };
            Err(advised(error, &args, context, &callee, secret).await)
        }
    }
}

fn remember(callee: &Callee, endpoint: &str, session_id: &str) {
    if let Some((agent, root)) = &callee.agent {
        session::remember(root, agent, endpoint, session_id);
    }
}

/// Puts back what was remembered before a call that reached no session.
fn forget(callee: &Callee, endpoint: &str, before: Option<&str>) {
    if let Some((agent, root)) = &callee.agent {
        session::restore(root, agent, endpoint, before);
    }
}

/// What to do where a call is interrupted.
fn how_to_stop(args: &InvokeArgs, callee: &Callee, session_id: &str) -> String {
    let mut stop = CommandLine::new(&format!("agentcore stop-session{}", callee.flag));
    stop.value("--session-id", Some(session_id));
    stop.value("--endpoint", args.endpoint.as_ref());
    format!("the agent may still be working: `{}` ends its session", stop.into_string())
}

/// An error that the agent's log explains, with its last lines. A caller with a token may have no access to it.
async fn with_last_lines(
    error: Error,
    (callee, endpoint): (&Callee, &str),
    (session, began): (&str, i64),
    (auth, context): (&CallerAuth, &CommandContext),
) -> Error {
    let group = log_group(callee.arn.resource_id(), endpoint);
    let is_in_sandbox = error.hints().iter().any(|hint| hint.starts_with(SANDBOX_OUTPUT));
    let run = FailedRun { group: &group, session: Some(session), began, is_in_sandbox };
    match auth {
        CallerAuth::SigV4(cloud) => last::told(error, cloud, run).await,
        CallerAuth::Bearer(_) => {
            if !Cloud::has_named_credentials(&context.env, context.globals.profile.as_deref()).await {
                return error;
            }
            match context.connect_to(Some(&callee.arn.region)).await {
                Ok(cloud) => last::told(error, &cloud, run).await,
                Err(_) => error,
            }
        }
        CallerAuth::Nobody => error,
    }
}

/// The port of the agent on this machine; `None` where a runtime is called.
fn local_port(args: &InvokeArgs) -> Result<Option<u16>> {
    if args.dev || args.local {
        return Ok(Some(args.port.unwrap_or(crate::facts::HTTP.port)));
    }
    match args.port {
        None => Ok(None),
        Some(port) => Err(Error::usage("`--port` is for an agent on this machine")
            .code(Code::UsageMissing)
            .hint(format!("name it: `agentcore invoke --dev --port {port}`, or leave `--port` out"))),
    }
}

/// What the caller of an agent on this machine can do about an error. Nobody else is asked.
fn advised_here(error: Error, args: &InvokeArgs, has_token: bool) -> Error {
    match (error.kind(), has_token) {
        (Kind::Refused, true) => error.hint("the output of `agentcore dev` names the rule that refused the token"),
        (Kind::Refused, false) => {
            let mut again = CommandLine::new(&command(args));
            again.switch("--dev", args.dev);
            again.switch("--local", args.local);
            again.value("--port", args.port);
            error.hint(format!("this agent takes a bearer token: `{} --bearer-token-file FILE`", again.into_string())).hint(
                "`agentcore dev --token` prints one, where the agent was started with `agentcore dev --local-issuer`",
            )
        }
        _ => error,
    }
}

/// Makes the call. Bytes that already went to stdout are not in the returned body.
async fn execute(
    surface: AgentRequest,
    mut line: CallContext<'_>,
    args: &InvokeArgs,
    context: &CommandContext,
) -> Result<(ReplyHead, Option<ReportBody>)> {
    let json = context.ui.output().is_json();
    let lines = (context.ui.output() == OutputFormat::Ndjson).then(|| EventLines::new(&context.ui));
    let mut kept = Vec::new();
    let mut out = context.ui.raw();
    let is_shown = AtomicBool::new(false);
    // A cold agent takes a while to start. Whoever types messages is not to be written over.
    let mut waiting =
        (!matches!(surface, AgentRequest::Socket(_))).then(|| context.ui.wait("wait for the agent's answer"));
    let on_head = |head: &ReplyHead| {
        is_shown.store(args.live && head.is_events(), Ordering::Relaxed);
        if let Some(lines) = lines.as_ref().filter(|_| head.is_events()) {
            lines.begin();
        }
    };
    let mut sink = |chunk: &[u8]| {
        let is_passed_on = is_shown.load(Ordering::Relaxed);
        if let Some(waiting) = waiting.as_mut().filter(|_| !json || is_passed_on) {
            waiting.end();
        }
        if let Some(lines) = lines.as_ref().filter(|lines| lines.has_begun()) {
            return lines.feed(chunk);
        }
        if json {
            if is_passed_on {
                // The document has all of it: a reader of stderr that has gone away changes nothing.
                let _ = context.ui.pass_on(chunk, true);
            }
            kept.extend_from_slice(chunk);
            return Ok(ControlFlow::Continue(()));
        }
        write(&mut out, chunk)
    };
    let head = match surface {
        AgentRequest::Plain { input, speaks } => {
            line.speaks = speaks;
            invoke::call(&line, &input.payload, &on_head, &mut sink).await?
        }
        AgentRequest::Run(text) => {
            let run = agui::run_input(&text, line.call.session_id.unwrap_or_default());
            invoke::call(&line, &Payload::Bytes(run.to_string().into()), &on_head, &mut sink).await?
        }
        AgentRequest::Card => {
            line.speaks = AgentProtocol::A2a;
            a2a::card(&line, &mut sink).await?
        }
        AgentRequest::Tools(ask) => {
            line.speaks = AgentProtocol::Mcp;
            let outcome = mcp::run(line, &ask, &mut |text| context.ui.status(text)).await?;
            let body = if matches!(ask, mcp::ToolRequest::List) { ReportBody::Tools } else { ReportBody::ToolResult };
            return Ok((outcome.head, Some(body(outcome.result))));
        }
        AgentRequest::Message { text, stream } => {
            line.speaks = AgentProtocol::A2a;
            let mut say = |text: &str| match &lines {
                Some(lines) => lines.print(&json!(text)),
                None => sink(text.as_bytes()),
            };
            let answer = a2a::message(line, &text, stream, &mut say).await?;
            let body = ReportBody::Messages { results: answer.results, streamed: stream };
            return Ok((answer.head, json.then_some(body)));
        }
        AgentRequest::Socket(feed) => {
            let idle = args.ws_idle.map(Duration::from_secs);
            return messages::talk(&line, (feed, idle), (lines.as_ref(), json), &mut sink).await;
        }
    };
    if let Some(lines) = lines.filter(EventLines::has_begun) {
        lines.finish()?;
        return Ok((head, Some(ReportBody::Streamed)));
    }
    Ok((head, json.then_some(ReportBody::Bytes(kept))))
}

/// The user id of a signed call. A token has its own user, and no other is sent with it.
fn user<'a>(args: &'a InvokeArgs, auth: &CallerAuth, context: &CommandContext) -> Option<&'a str> {
    let user = args.user_id.as_deref()?;
    if matches!(auth, CallerAuth::Bearer(_)) {
        context
            .ui
            .warning("`--user-id` is not sent: a call with a bearer token is made in the name of the token's user");
        return None;
    }
    Some(user)
}

/// A token is checked when a call begins. One that is about to expire may not last for the next call.
fn warn_of_expiry(token: &SecretString, timeout: Option<u64>, context: &CommandContext) {
    let Some(expires) = Token::parse(token.expose_secret()).ok().and_then(|token| token.expires_at()) else { return };
    if let Some(text) = expiry_warning(expires.saturating_sub(clock::unix_now()), timeout) {
        context.ui.warning(&text);
    }
}

/// `left` seconds of life against the limit that was asked for; without one against what an agent may take to begin.
fn expiry_warning(left: i64, timeout: Option<u64>) -> Option<String> {
    let left = u64::try_from(left).unwrap_or(0);
    if left == 0 {
        return Some("the bearer token has expired".to_owned());
    }
    if left <= LAST_MINUTE {
        return Some(format!(
            "the bearer token expires in {left} s, and the service refuses tokens in their last minute"
        ));
    }
    let limit = match timeout {
        Some(0) => DEFAULT_TIMEOUT.as_secs(),
        Some(seconds) => seconds,
        None => ANSWER_SECONDS,
    };
    (left < limit).then(|| {
        format!(
            "the bearer token expires in {left} s, before the {limit} s that this call may take: the call goes on, and the \
             next one needs a new token"
        )
    })
}

/// The error with what the caller can do about it.
async fn advised(
    error: Error,
    args: &InvokeArgs,
    context: &CommandContext,
    callee: &Callee,
    token: Option<SecretString>,
) -> Error {
    if error.is(Code::RuntimeNotMmdsv2) {
        return error.hint(match &callee.agent {
            Some(_) => format!("set it: `agentcore launch{}`", callee.flag),
            None => "launch the agent again from its project: `agentcore launch` sets it".to_owned(),
        });
    }
    refused(error, (context, callee), token, &command(args)).await
}

/// A refusal with its explanation, and how to repeat `command` with what is missing.
pub(super) async fn refused(
    error: Error,
    (context, callee): (&CommandContext, &Callee),
    token: Option<SecretString>,
    command: &str,
) -> Error {
    match (error.kind(), token) {
        (Kind::Refused, Some(token)) => explained(caller::told_of_expiry(error, &token), context, callee, &token).await,
        (Kind::Refused, None) => explain::signature(error).hint(callee.with_token(command)),
        // Without AWS credentials a token may be all that is missing.
        (Kind::Credentials, None) if callee.authorizer.is_some() => {
            explain::no_token(error).hint(format!("this agent takes a bearer token: {}", callee.with_token(command)))
        }
        _ => error,
    }
}

fn warn_of_dropped(headers: &[(String, String)], callee: &Callee, context: &CommandContext) {
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
    let short = |text: &str| text.len() <= 60;
    let payload = match PayloadSource::from_args(args) {
        PayloadSource::Prompt(text) if short(text) => format!(" --prompt={}", quoted(text)),
        PayloadSource::Text(text) if short(text) && !text.starts_with('-') => format!(" --text {}", quoted(text)),
        PayloadSource::Argument(text) if short(text) && !text.starts_with('-') => format!(" {}", quoted(text)),
        PayloadSource::File(name) if short(name) => format!(" {}", quoted(&format!("@{name}"))),
        PayloadSource::Nothing if args.list_tools || args.card || args.ws || args.tool.is_some() => String::new(),
        PayloadSource::Stdin => " -".to_owned(),
        _ => " @FILE".to_owned(),
    };
    let endpoint = args.endpoint.as_deref().map(|name| format!(" --endpoint {name}")).unwrap_or_default();
    let flags =
        [(args.list_tools, " --list-tools"), (args.card, " --card"), (args.stream, " --stream"), (args.ws, " --ws")];
    let flags: String = flags.iter().filter(|(given, _)| *given).map(|(_, flag)| *flag).collect();
    let tool = args.tool.as_deref().map(|name| format!(" --tool {}", quoted(name))).unwrap_or_default();
    format!("agentcore invoke{payload}{tool}{flags}{endpoint}")
}

/// Explains which rule refused the token, against the live runtime where it can be read, else against the
/// configuration.
async fn explained(error: Error, context: &CommandContext, callee: &Callee, token: &SecretString) -> Error {
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

/// A closed pipe (`| head`) is not a failure of the agent; the call ends.
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
        let (name, value) = text.split_once(':').ok_or_else(|| {
            Error::usage("a header has no `:`").code(Code::InputHeader).hint("write `-H 'Name: value'`")
        })?;
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
    out.iter().try_for_each(|(name, value)| check_header(name, value).and_then(|()| refuse_header(name)))?;
    Ok(out)
}

/// Headers that no request can carry are refused first.
fn check_header(name: &str, value: &str) -> Result<()> {
    let wrong = |what: String| Err(Error::usage(what).code(Code::InputHeader).hint("write `-H 'Name: value'`"));
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() {
        return wrong("a header begins with `:` and has no name".to_owned());
    }
    if !name.chars().all(is_token) {
        return wrong(format!("`{}` is not a header name", name.escape_debug()));
    }
    if value.chars().any(|c| c.is_control() && c != '\t') {
        // The value may be a secret.
        return wrong(format!("the value of the header `{name}` holds a line break or another control character"));
    }
    Ok(())
}

/// Headers of framing and routing, which two readers could interpret differently, and those that belong to
/// authentication, or have a flag.
fn refuse_header(name: &str) -> Result<()> {
    const MESSAGE: [&str; 14] = [
        "connection",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    let lower = name.to_ascii_lowercase();
    let hint = match lower.as_str() {
        "authorization" => "pass a token with `--bearer-token-file`",
        "content-type" => "name it with `--content-type`",
        "accept" => "name it with `--accept`",
        "x-amzn-bedrock-agentcore-runtime-session-id" => "name the session with `--session-id`",
        "x-amzn-bedrock-agentcore-runtime-user-id" => "name the user with `--user-id`",
        lower if MESSAGE.contains(&lower) || lower.starts_with("sec-websocket-") => {
            "leave it out: the connection sets it"
        }
        lower if lower.starts_with("x-amz-") => "leave it out: it belongs to the signature",
        _ => return Ok(()),
    };
    Err(Error::usage(format!("the header `{}` is set by the way of calling", name.escape_debug()))
        .code(Code::InputHeader)
        .hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_no_request_can_carry_is_refused() {
        for (name, value) in [("", "authority: x"), ("a b", "x"), ("\u{e9}", "x"), ("x-a", "1\nx-b: 2"), ("x-a", "\r")]
        {
            let error = check_header(name, value).unwrap_err();
            assert_eq!((error.code_str(), error.kind().exit_code()), ("input.header", 2), "{error}");
            assert!(!error.message().contains("x-b"), "{error}");
        }
        check_header("X-Good_1", "a\tb").unwrap();
    }

    #[test]
    fn a_token_that_does_not_last_is_told() {
        let says = |left, timeout| expiry_warning(left, timeout).unwrap_or_default();
        assert!(says(-5, None).contains("has expired"));
        assert!(says(59, None).contains("last minute"));
        assert!(says(300, Some(600)).contains("before the 600 s"));
        assert!(says(899, None).contains("before the 900 s"));
        assert!(says(3000, Some(0)).contains("before the 3600 s"), "no limit of ours leaves the service's");
        for (left, timeout) in [(3599, None), (901, None), (600, Some(600)), (300, Some(60))] {
            assert_eq!(expiry_warning(left, timeout), None, "{left} {timeout:?}");
        }
    }
}
