//! `agentcore invoke --print`: the request of a call for another program, and nothing is sent.
//!
//! Owns: what the request is, who signs it, where its token comes from. Does not own: the programs' texts (`print_text`). Neither a
//! token nor credentials are ever in the text: a token is the output of a command or a variable, read when the text is run.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::args::{InvokeArgs, PrintLanguage};
use super::super::caller::Callee;
use super::super::payload::PayloadSource;
use super::print_text::{self, Body, PrintedRequest, Signer};
use super::surface::{self, AgentRequest};
use super::{CommandContext, CommandResult, Result};
use crate::cloud::{DataPlane, Payload};
use crate::error::{Code, Error};
use crate::facts::DEFAULT_ENDPOINT;
use crate::ops::invoke::{a2a, agui};
use crate::report::{Document, Report, schemas};
use crate::session;

/// What is called.
pub(super) struct PrintTarget<'a> {
    pub(super) callee: &'a Callee,
    pub(super) qualifier: Option<&'a str>,
    /// Under which its sessions are remembered.
    pub(super) endpoint: &'a str,
    pub(super) local: Option<u16>,
}

pub(super) async fn run(
    args: &InvokeArgs,
    language: PrintLanguage,
    (target, headers): (&PrintTarget<'_>, &[(String, String)]),
    context: &CommandContext,
) -> Result<CommandResult> {
    let callee = target.callee;
    let before = callee.agent.as_ref().and_then(|(agent, root)| session::last(root, agent, target.endpoint));
    let session_id = super::session_for(args, before.as_deref());
    let known = InvokeArgs { protocol: args.protocol.clone().or_else(|| assumed(callee)), ..copy(args) };
    let asked = surface::choose(&known, callee, false, context).await?;
    let is_text = args.text && matches!(asked, AgentRequest::Plain { .. });
    let body = body(args, asked, (&session_id, headers))?;
    let plane = match target.local {
        Some(port) => DataPlane::of_this_machine(port),
        None => DataPlane::of_region(&context.env, Arc::clone(&context.http), &callee.arn.region)?,
    };
    let request = PrintedRequest {
        url: plane.invocation_url(&callee.arn, target.qualifier),
        qualifier: target.qualifier.unwrap_or(DEFAULT_ENDPOINT),
        arn: &callee.arn,
        endpoint_url: context
            .env
            .var("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE")
            .or_else(|| context.env.var("AWS_ENDPOINT_URL")),
        session_id: &session_id,
        user_id: args.user_id.as_deref(),
        content_type: args.content_type.as_deref().unwrap_or(if is_text {
            "text/plain; charset=utf-8"
        } else {
            "application/json"
        }),
        accept: args.accept.as_deref().unwrap_or("application/json, text/event-stream"),
        headers,
        body,
        signer: signer(args, target, context)?,
        profile: context.globals.profile.as_deref(),
    };
    let text = match language {
        PrintLanguage::Curl => {
            fits_curl(&request)?;
            print_text::curl(&request)
        }
        PrintLanguage::Python => print_text::python(&request),
        PrintLanguage::JavaScript => print_text::javascript(&request),
    };
    CommandResult::report(Printed { language, auth: request.signer.word(), url: request.url, session_id, text })
}

/// Without a configuration the live runtime would have to be asked what it speaks, and nothing is sent.
fn assumed(callee: &Callee) -> Option<String> {
    callee.protocol.is_none().then(|| "HTTP".to_owned())
}

/// The arguments that decide the payload.
fn copy(args: &InvokeArgs) -> InvokeArgs {
    InvokeArgs {
        payload: args.payload.clone(),
        prompt: args.prompt.clone(),
        protocol: args.protocol.clone(),
        content_type: args.content_type.clone(),
        agent: args.agent.clone(),
        arn: args.arn.clone(),
        endpoint: args.endpoint.clone(),
        session_id: args.session_id.clone(),
        user_id: None,
        header: args.header.clone(),
        headers: args.headers.clone(),
        accept: args.accept.clone(),
        tool: None,
        ws_idle: None,
        bearer_token: None,
        bearer_token_file: None,
        port: args.port,
        ..*args
    }
}

fn too_much() -> Error {
    Error::usage("the payload is not text, or is too long to print")
        .code(Code::InputValue)
        .hint("put it into a file: `agentcore invoke @FILE --print curl`")
}

/// Linux takes no single argument of 128 KiB or more, and curl before version 8 leaves headers without a value out of what it signs.
fn fits_curl(request: &PrintedRequest<'_>) -> Result<()> {
    if matches!(&request.body, Body::Text(text) if text.len() >= 128 << 10) {
        return Err(too_much());
    }
    match request.headers.iter().find(|(_, value)| value.is_empty()) {
        Some((name, _)) if matches!(request.signer, Signer::Aws) => {
            Err(Error::usage(format!("curl does not sign the header `{name}`, which has no value"))
                .code(Code::InputValue)
                .hint("print another program: `agentcore invoke PAYLOAD --print python`"))
        }
        _ => Ok(()),
    }
}

/// A file stays a file; everything else is in the text.
fn body(args: &InvokeArgs, asked: AgentRequest, (session_id, headers): (&str, &[(String, String)])) -> Result<Body> {
    match asked {
        AgentRequest::Plain { input, .. } => match (PayloadSource::from_args(args), &input.payload) {
            (PayloadSource::File(name), Payload::File(_)) => Ok(Body::File(name.to_owned())),
            _ => input.text().map(Body::Text).ok_or_else(too_much),
        },
        AgentRequest::Run(text) => Ok(Body::Text(agui::run_input(&text, session_id).to_string())),
        AgentRequest::Message { text, stream } => {
            Ok(Body::Text(a2a::first_request(headers, &text, stream).to_string()))
        }
        AgentRequest::Tools(_) | AgentRequest::Card | AgentRequest::Socket(_) => {
            Err(Error::usage("this is more than one request, and `--print` prints one").code(Code::UsageConflict))
        }
    }
}

/// Who is called with what: the same decision as that of a call, without a look at the live runtime.
fn signer(args: &InvokeArgs, target: &PrintTarget<'_>, context: &CommandContext) -> Result<Signer> {
    let in_environment = || {
        let names = ["AGENTCORE_BEARER_TOKEN", "BEDROCK_AGENTCORE_BEARER_TOKEN"];
        names.into_iter().find(|name| context.env.var(name).is_some())
    };
    if args.bearer_token.is_some() {
        return Err(Error::usage("a token on the command line would be printed")
            .code(Code::UsageConflict)
            .hint("name the file that holds it: `--bearer-token-file FILE`, or put it into AGENTCORE_BEARER_TOKEN"));
    }
    if let Some(file) = &args.bearer_token_file {
        let file = file.display().to_string();
        if file == "-" {
            return Err(Error::usage("a token from stdin is not there when the printed request is run")
                .code(Code::UsageConflict)
                .hint("name the file that holds it: `--bearer-token-file FILE`"));
        }
        return Ok(Signer::Token(print_text::TokenSource::File(file)));
    }
    if !args.auth {
        if let Some(variable) = in_environment().filter(|_| target.callee.authorizer.is_some() || args.arn.is_some()) {
            return Ok(Signer::Token(print_text::TokenSource::Variable(variable)));
        }
        if target.callee.authorizer.is_none() {
            return Ok(if target.local.is_some() { Signer::Nobody } else { Signer::Aws });
        }
    }
    let mut command = vec!["agentcore".to_owned(), "identity".to_owned(), "token".to_owned()];
    command.extend(flags(args, context));
    Ok(Signer::Token(print_text::TokenSource::Command(command)))
}

/// Those that mean the same agent in the same place.
fn flags(args: &InvokeArgs, context: &CommandContext) -> Vec<String> {
    let globals = &context.globals;
    let given = [
        ("--agent", args.agent.clone()),
        ("--config", globals.config.as_ref().map(|path| path.display().to_string())),
        ("--environment", globals.environment.clone()),
        ("--profile", globals.profile.clone()),
        ("--region", globals.region.clone()),
    ];
    given.into_iter().filter_map(|(flag, value)| Some(format!("{flag}={}", value?))).collect()
}

struct Printed {
    language: PrintLanguage,
    auth: &'static str,
    url: String,
    session_id: String,
    text: String,
}

impl Report for Printed {
    fn schema(&self) -> &'static str {
        schemas::INVOKE_PRINT
    }

    fn data(&self) -> Value {
        let language = match self.language {
            PrintLanguage::Curl => "curl",
            PrintLanguage::Python => "python",
            PrintLanguage::JavaScript => "javascript",
        };
        json!({
            "language": language, "auth": self.auth, "url": self.url, "sessionId": self.session_id, "text": self.text,
        })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(self.text.clone())
    }
}
