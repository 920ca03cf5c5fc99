//! Where a Python agent's server listens, as far as the source says it in numbers and texts.
//!
//! Owns: the defaults of common servers. Only warnings come of it, and none where one server listens rightly, or may do.

use super::super::python::reach::ReachedFile;
use super::super::python::syntax::{CallSite, ImportTime, Literal};
use super::{CheckCode, CheckFinding, SourceCheck};

/// A server that something starts.
struct Listener<'a> {
    file: &'a ReachedFile,
    call: &'a CallSite,
    /// `None` where it is not known.
    host: Option<&'a str>,
    port: Option<i64>,
    /// It speaks to whoever started it, and listens nowhere.
    is_piped: bool,
}

const LOCAL: &str = "127.0.0.1";

pub(super) fn finding(check: &SourceCheck) -> Option<CheckFinding> {
    let wanted = i64::from(check.target.port);
    let mut calls = check.reached.iter().flat_map(|file| &file.text.calls);
    if calls.any(|call| may_be_another(check, call)) {
        return None;
    }
    let started = check.reached.iter().flat_map(|file| file.text.calls.iter().map(move |call| (file, call)));
    let listeners: Vec<Listener<'_>> = started.filter_map(|(file, call)| listener(check, file, call)).collect();
    let is_local = |one: &Listener<'_>| one.host.is_some_and(|host| [LOCAL, "localhost", "::1"].contains(&host));
    let is_elsewhere = |one: &Listener<'_>| one.port.is_some_and(|port| port != wanted);
    let is_wrong = |one: &Listener<'_>| one.is_piped || is_local(one) || is_elsewhere(one);
    let first = listeners.first().filter(|_| listeners.iter().all(is_wrong))?;
    let name = &first.call.name;
    let port = first.port.unwrap_or(wanted);
    let host = first.host.unwrap_or(LOCAL);
    let (text, fix) = match (first.is_piped, is_local(first), is_elsewhere(first)) {
        (true, ..) => (
            format!("`{name}` serves whoever writes to its stdin, and the service calls port {wanted}"),
            format!("`{name}(transport=\"streamable-http\")`, with `host=\"0.0.0.0\"` where the server is made"),
        ),
        (_, true, false) => (
            format!("`{name}` listens at {host} alone, where the service does not reach it"),
            "let it listen everywhere: `host=\"0.0.0.0\"`".to_owned(),
        ),
        (_, false, _) => (
            format!("`{name}` listens on port {port}, and the service calls port {wanted}"),
            format!("let it listen there: `port={wanted}`"),
        ),
        (_, true, true) => (
            format!(
                "`{name}` listens at {host} alone and on port {port}, and the service calls port {wanted} from outside"
            ),
            format!("let it listen there, and everywhere: `host=\"0.0.0.0\", port={wanted}`"),
        ),
    };
    Some(CheckFinding {
        is_error: false,
        code: CheckCode::Address,
        file: Some(first.file.path.clone()),
        at: Some((first.call.at.line, first.call.at.column)),
        text,
        fix,
    })
}

/// Whether a call may start a server that is not known here.
fn may_be_another(check: &SourceCheck, call: &CallSite) -> bool {
    let (receiver, last) = call.name.rsplit_once('.').unwrap_or(("", &call.name));
    let is_start = ["run", "serve", "launch", "run_server", "run_app"].contains(&last);
    let is_server = ["app", "application", "server", "mcp"].contains(&receiver);
    let has_address = ["host", "port", "server_port"].iter().any(|name| argument(call, name).is_some());
    let is_known = |file| listener(check, file, call).is_some();
    is_start && (is_server || has_address) && !check.reached.iter().any(is_known)
}

/// What a call starts; `None` for what starts no server that is known here.
fn listener<'a>(check: &'a SourceCheck, file: &'a ReachedFile, call: &'a CallSite) -> Option<Listener<'a>> {
    if call.time == ImportTime::Never {
        return None;
    }
    let (receiver, last) = call.name.rsplit_once('.').unwrap_or(("", &call.name));
    let class = class_of(check, file, receiver);
    let known = |host: &'a str, port: i64| Some(Address { host: Some(host), port: Some(port) });
    let address = match (class, last) {
        ("uvicorn", "run" | "Config") => known(LOCAL, 8000)?.given(call, ["", ""]),
        ("web", "run_app") => known("0.0.0.0", 8080)?.given(call, ["", ""]),
        ("BedrockAgentCoreApp", "run") => known("0.0.0.0", 8080)?.given(call, ["1", "0"]),
        ("Flask" | "Quart", "run") => known(LOCAL, 5000)?.given(call, ["0", "1"]),
        ("FastMCP", "run") => return mcp(file, call),
        (_, "HTTPServer" | "ThreadingHTTPServer") => Address { host: None, port: None }.given(call, ["0.0", "0.1"]),
        _ => return None,
    };
    Some(Listener { file, call, host: address.host, port: address.port, is_piped: false })
}

/// The class of what a variable holds, else what is written there itself.
fn class_of<'a>(check: &'a SourceCheck, file: &'a ReachedFile, receiver: &'a str) -> &'a str {
    let of_file = |file: &'a ReachedFile| file.text.instances.iter().find(|(name, _)| name == receiver);
    let made = of_file(file).or_else(|| check.reached.iter().find_map(of_file));
    let class = made.map_or(receiver, |(_, class)| class.as_str());
    class.rsplit('.').next().unwrap_or(class)
}

/// Servers of MCP: the address may be said where it is made, where it is run, or in its settings.
fn mcp<'a>(file: &'a ReachedFile, call: &'a CallSite) -> Option<Listener<'a>> {
    let is_made = |call: &&CallSite| call.name.rsplit('.').next() == Some("FastMCP");
    let made = file.text.calls.iter().find(is_made)?;
    let transport = argument(call, "transport").or_else(|| argument(call, "0"));
    let is_piped = match transport {
        None => true,
        Some(Literal::Text(text)) => text == "stdio",
        Some(_) => false,
    };
    let is_open = !is_piped && !matches!(transport, Some(Literal::Text(_)));
    let address = Address { host: Some(LOCAL), port: Some(8000) }.given(made, ["", ""]).given(call, ["", ""]);
    let is_set = |name: &str| is_open || file.text.names.assigned.contains(name);
    let host = address.host.filter(|_| !is_set("host"));
    let port = address.port.filter(|_| !is_set("port"));
    Some(Listener { file, call, host, port, is_piped })
}

#[derive(Clone, Copy)]
struct Address<'a> {
    host: Option<&'a str>,
    port: Option<i64>,
}

impl<'a> Address<'a> {
    /// With what a call says of it, by name or at these positions.
    fn given(self, call: &'a CallSite, [host_at, port_at]: [&str; 2]) -> Self {
        let said = |name: &str, at: &str| argument(call, name).or_else(|| argument(call, at));
        let hidden = argument(call, "*").is_some();
        let host = match said("host", host_at) {
            Some(Literal::Text(host)) => Some(host.as_str()),
            Some(_) => None,
            None => self.host.filter(|_| !hidden),
        };
        let port = match said("port", port_at) {
            Some(Literal::Number(port)) => Some(*port),
            Some(_) => None,
            None => self.port.filter(|_| !hidden),
        };
        Self { host, port }
    }
}

fn argument<'a>(call: &'a CallSite, name: &str) -> Option<&'a Literal> {
    call.arguments.iter().find(|(own, _)| own == name).map(|(_, value)| value)
}
