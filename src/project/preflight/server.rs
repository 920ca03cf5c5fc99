//! Whether a Python agent starts something that listens.
//!
//! Owns: what counts as a server. Only warnings come of it, and none where a file imports something that may be one.

use super::super::python::reach::{ImportGoal, ReachedFile};
use super::super::python::syntax::{CallSite, ImportTime};
use super::{CheckCode, CheckFinding, Language, SourceCheck, address};
use crate::facts::stdlib::{StandardModule, standard_module};

/// Modules of the standard library that servers are made of, or that start another program.
const STANDARD: &[&str] =
    &["http", "socketserver", "socket", "wsgiref", "xmlrpc", "subprocess", "runpy", "importlib", "multiprocessing"];
/// Calls of the standard library that do the same.
const CALLS: &[&str] = &["start_server", "create_server", "system", "execv", "execvp", "execve", "__import__", "exec"];
/// Packages that listen to nobody; all others may.
const SILENT: &str = "anthropic attr attrs boto3 botocore bs4 certifi dateutil dotenv httpx jinja2 jwt langchain langchain_aws \
     langchain_core langchain_community langchain_openai langgraph numpy openai pandas pydantic pydantic_settings pytz \
     requests rich strands strands_tools structlog tenacity tiktoken tqdm typing_extensions urllib3 yaml";
/// Parts of those that do.
const LOUD: &[&str] = &["strands.multiagent.a2a", "langgraph.server"];

/// Classes of applications, which need somebody to run them.
const APPLICATIONS: &[&str] = &["BedrockAgentCoreApp", "AGUIApp", "FastAPI", "Starlette", "Flask", "Quart"];
/// Programs that run applications, by the modules that a file imports to use them.
const RUNNERS: &[&str] = &["uvicorn", "hypercorn", "granian", "gunicorn", "daphne", "waitress", "werkzeug", "mangum"];
/// Methods and functions that do.
const STARTS: &[&str] = &["run", "serve", "serve_forever", "run_app", "start", "launch", "main"];
/// Whose `run` is about something else.
const OTHERS: &[&str] = &["asyncio", "anyio", "trio", "loop"];

/// What a `BedrockAgentCoreApp` answers calls by.
const HANDLERS: &[&str] =
    &["entrypoint", "websocket", "handlers", "route", "add_route", "add_websocket_route", "routes", "mount", "router"];

pub(super) fn findings(check: &SourceCheck) -> Vec<CheckFinding> {
    let source = &check.source;
    let broken = check.reached.iter().any(|file| file.text.error.is_some());
    let is_judged = source.language == Language::Python && source.application.is_none() && check.target.is_placed;
    if !is_judged || broken || check.reached.is_empty() {
        return Vec::new();
    }
    let started = not_run(check).or_else(|| nothing_listens(check)).or_else(|| address::finding(check));
    started.into_iter().chain(no_handler(check)).collect()
}

/// Whether a call is carried out when the entrypoint is run, as far as can be told: not below another `__name__`, and not in
/// a function that nobody mentions, or calls only there.
fn is_carried_out(check: &SourceCheck, call: &CallSite) -> bool {
    let is_used = |name: &String| {
        let is_mentioned = check.reached.iter().any(|file| file.text.names.mentioned.contains(name));
        let mut calls =
            check.reached.iter().flat_map(|file| &file.text.calls).filter(|call| call.name == *name).peekable();
        is_mentioned && (calls.peek().is_none() || calls.any(|call| call.time != ImportTime::Never))
    };
    call.time != ImportTime::Never && call.function.as_ref().is_none_or(is_used)
}

/// An application that is made and never run.
fn not_run(check: &SourceCheck) -> Option<CheckFinding> {
    let calls = || check.reached.iter().flat_map(|file| &file.text.calls).filter(|call| is_carried_out(check, call));
    let starts = |name: &str| {
        let (receiver, last) = name.rsplit_once('.').unwrap_or(("", name));
        STARTS.contains(&last) && !OTHERS.contains(&receiver)
    };
    let mut imports = check.reached.iter().flat_map(|file| &file.imports).map(|(site, _)| site.module.as_str());
    if calls().any(|call| starts(&call.name)) || imports.any(|module| RUNNERS.contains(&top(module)) || dynamic(module))
    {
        return None;
    }
    let (file, class, call) = application(check, APPLICATIONS)?;
    let fix = match class {
        "BedrockAgentCoreApp" | "AGUIApp" => "end the entrypoint with `app.run()`".to_owned(),
        _ => format!(
            "run it (`uvicorn.run(app, host=\"0.0.0.0\", port={})`), or name it: `agentcore configure --entrypoint {}:app`",
            check.target.port, file.path
        ),
    };
    Some(CheckFinding {
        is_error: false,
        code: CheckCode::Server,
        file: Some(file.path.clone()),
        at: Some((call.at.line, call.at.column)),
        text: format!("makes a {class}, and nothing runs it: the agent ends before it can be called"),
        fix,
    })
}

/// The first call that makes an application of one of these classes.
fn application<'a>(
    check: &'a SourceCheck,
    classes: &[&'static str],
) -> Option<(&'a ReachedFile, &'static str, &'a CallSite)> {
    let made = |name: &str| classes.iter().copied().find(|own| name.rsplit('.').next() == Some(*own));
    let calls = check.reached.iter().flat_map(|file| file.text.calls.iter().map(move |call| (file, call)));
    calls.into_iter().find_map(|(file, call)| Some((file, made(&call.name)?, call)))
}

/// An application of AWS's SDK that nothing is said to answer for.
fn no_handler(check: &SourceCheck) -> Option<CheckFinding> {
    let (file, class, call) = application(check, &["BedrockAgentCoreApp"])?;
    let handles = |file: &ReachedFile| HANDLERS.iter().any(|name| file.text.names.mentioned.contains(*name));
    if check.reached.iter().any(handles) {
        return None;
    }
    Some(CheckFinding {
        is_error: false,
        code: CheckCode::Entrypoint,
        file: Some(file.path.clone()),
        at: Some((call.at.line, call.at.column)),
        text: format!("makes a {class}, and no function is its entrypoint: it answers every call with an error"),
        fix: "put `@app.entrypoint` above the function that answers".to_owned(),
    })
}

/// Nothing that is imported could listen.
fn nothing_listens(check: &SourceCheck) -> Option<CheckFinding> {
    let may_listen = |file: &ReachedFile| {
        let called = |name: &str| CALLS.contains(&name.rsplit('.').next().unwrap_or(name));
        file.text.calls.iter().any(|call| call.time != ImportTime::Never && called(&call.name))
            || file.imports.iter().any(|(site, goal)| match goal {
                ImportGoal::Own { .. } => false,
                ImportGoal::Elsewhere => !is_silent(&site.module, &site.names, check.target.minor),
                ImportGoal::Somewhere | ImportGoal::Broken { .. } | ImportGoal::NoPackage => true,
            })
    };
    if check.reached.iter().any(may_listen) {
        return None;
    }
    let entrypoint = crate::fsx::relative(&check.source.entrypoint, &check.source.root)?;
    Some(CheckFinding {
        is_error: false,
        code: CheckCode::Server,
        text: format!(
            "starts no server that could listen on port {}: the agent ends before it can be called",
            check.target.port
        ),
        file: Some(entrypoint),
        at: None,
        fix: "make a `BedrockAgentCoreApp` in it and call its `run`".to_owned(),
    })
}

fn top(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}

/// What may start something that is named by a text.
fn dynamic(module: &str) -> bool {
    ["subprocess", "runpy", "importlib", "multiprocessing"].contains(&top(module))
}

fn is_silent(module: &str, names: &[String], minor: Option<u8>) -> bool {
    let loud = |name: &str| LOUD.iter().any(|own| name.starts_with(*own));
    if loud(module) || names.iter().any(|name| loud(&format!("{module}.{name}"))) {
        return false;
    }
    if standard_module(top(module), minor) == StandardModule::Present {
        return !STANDARD.contains(&top(module)) || module == "http.client";
    }
    SILENT.split_ascii_whitespace().any(|own| own == top(module))
}
