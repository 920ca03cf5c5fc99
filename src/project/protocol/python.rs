//! Evidence of servers in Python source.

use std::path::{Path, PathBuf};

use super::super::imports::ImportPaths;
use super::super::reading::{Module, Statement};
use super::super::statements::EMPTY;
use super::{Evidence, ServedProtocol};
use crate::facts::HTTP;

/// Modules that only a server of the protocol imports; a client has others.
const MODULES: &[(&str, ServedProtocol)] = &[
    ("a2a.server", ServedProtocol::A2a),
    ("strands.multiagent.a2a", ServedProtocol::A2a),
    ("google.adk.a2a", ServedProtocol::A2a),
    ("fasta2a", ServedProtocol::A2a),
    ("python_a2a.server", ServedProtocol::A2a),
    ("beeai_framework.adapters.a2a.serve", ServedProtocol::A2a),
    ("ag_ui.encoder", ServedProtocol::Agui),
    ("ag_ui_adk", ServedProtocol::Agui),
    ("ag_ui_agno", ServedProtocol::Agui),
    ("ag_ui_crewai", ServedProtocol::Agui),
    ("ag_ui_langgraph", ServedProtocol::Agui),
    ("ag_ui_strands", ServedProtocol::Agui),
    ("agent_framework.ag_ui", ServedProtocol::Agui),
    ("agent_framework_ag_ui", ServedProtocol::Agui),
    ("agno.app.agui", ServedProtocol::Agui),
    ("agno.os.interfaces.agui", ServedProtocol::Agui),
    ("llama_index.protocols.ag_ui", ServedProtocol::Agui),
    ("pydantic_ai.ag_ui", ServedProtocol::Agui),
    ("pydantic_ai.ui.ag_ui", ServedProtocol::Agui),
];
/// Modules of which some servers of the protocol are made, and other things too.
const PERHAPS: &[(&str, ServedProtocol)] =
    &[("copilotkit", ServedProtocol::Agui), ("agno.os.interfaces.a2a", ServedProtocol::A2a)];
/// A package's name that is imported for the same.
const PERHAPS_NAMES: &[(&str, &str, ServedProtocol)] = &[("crewai", "A2AServerConfig", ServedProtocol::A2a)];
/// Arguments that make a server of something else serve the protocol too, at a path of its own: the package, the call.
const KEYWORDS: &[(&str, &str, &str, ServedProtocol)] = &[
    ("agno", "AgentOS", "a2a_interface=True", ServedProtocol::A2a),
    ("google", "get_fast_api_app", "a2a=True", ServedProtocol::A2a),
    ("gradio", "launch", "mcp_server=True", ServedProtocol::Mcp),
];
const EVENTS: &str = "ag_ui.core";

/// The package, what of it is called, and what that serves. Libraries for MCP and for AgentCore have clients as well.
const CALLS: &[(&str, &[&str], ServedProtocol)] = &[
    ("mcp", &["FastMCP", "MCPServer", "Server", "StreamableHTTPSessionManager"], ServedProtocol::Mcp),
    ("fastmcp", &["FastMCP", "FastMCPProxy", "create_proxy"], ServedProtocol::Mcp),
    ("fastapi_mcp", &["FastApiMCP"], ServedProtocol::Mcp),
    ("beeai_framework", &["MCPServer"], ServedProtocol::Mcp),
    ("beeai_framework", &["A2AServer"], ServedProtocol::A2a),
    ("bedrock_agentcore", &["serve_a2a", "build_a2a_app"], ServedProtocol::A2a),
    ("python_a2a", &["run_server"], ServedProtocol::A2a),
    ("bedrock_agentcore", &["AGUIApp", "serve_ag_ui", "build_ag_ui_app"], ServedProtocol::Agui),
    // Methods of agents.
    ("", &["to_a2a"], ServedProtocol::A2a),
    ("", &["to_ag_ui"], ServedProtocol::Agui),
];
/// Functions that make something answer at a path, besides decorators.
const ROUTES: [&str; 8] = [
    "Route",
    "add_api_route",
    "add_post",
    "add_route",
    "add_url_rule",
    "add_websocket_route",
    "APIRoute",
    "WebSocketRoute",
];

pub(super) fn read(text: &str, file: &Path, places: &ImportPaths) -> (Vec<Evidence>, Vec<PathBuf>) {
    let module = Module::read(text);
    let (mut signs, mut next) = (Vec::new(), Vec::new());
    for import in &module.imports {
        let local = [&import.module, &import.path].map(|name| places.module(name, file)).concat();
        if local.is_empty() {
            signs.extend(import_evidence(&import.module, &import.path));
        }
        next.extend(local);
    }
    for class in module.classes() {
        let bases = module.bases(class).unwrap_or_default();
        signs.extend(bases.iter().filter_map(|base| call_evidence(&module.resolve(base))).map(|sign| match sign {
            // Nothing shows yet that there is an object of it.
            Evidence::Sure(serves, sign) => Evidence::Perhaps(serves, sign),
            other => other,
        }));
    }
    for statement in &module.statements {
        let calls = module.calls_of(statement);
        signs.extend(calls.iter().filter_map(|call| call_evidence(call)));
        signs.extend(keyword_evidence(&module, statement, &calls));
        signs.extend(path_evidence(statement));
        next.extend(started(statement, &calls, file, places));
    }
    (signs, next)
}

fn below(name: &str, module: &str) -> bool {
    name == module || name.strip_prefix(module).is_some_and(|rest| rest.starts_with('.'))
}

fn import_evidence(module: &str, path: &str) -> Option<Evidence> {
    let find = |table: &[(&str, ServedProtocol)]| {
        table
            .iter()
            .find(|(name, _)| below(path, name) || below(module, name))
            .map(|(name, serves)| (*serves, (*name).to_owned()))
    };
    if let Some((serves, sign)) = find(MODULES) {
        return Some(Evidence::Sure(serves, sign));
    }
    if below(path, EVENTS) || below(module, EVENTS) {
        return Some(Evidence::Events(EVENTS.to_owned()));
    }
    if let Some((serves, sign)) = find(PERHAPS) {
        return Some(Evidence::Perhaps(serves, sign));
    }
    let (package, last) = (path.split('.').next()?, path.rsplit('.').next()?);
    let named = PERHAPS_NAMES.iter().find(|(of, name, _)| *of == package && *name == last);
    // Servers that others have published: `awslabs.aws_documentation_mcp_server.server`.
    let published = || module.split('.').any(|part| part.ends_with("_mcp_server")).then_some(ServedProtocol::Mcp);
    let serves = named.map(|(_, _, serves)| *serves).or_else(published)?;
    Some(Evidence::Perhaps(serves, path.to_owned()))
}

fn call_evidence(call: &str) -> Option<Evidence> {
    let package = call.split('.').next().unwrap_or_default();
    // The last one, or the class of a method that makes one: `FastMCP.from_openapi`.
    let names: Vec<&str> = call.rsplit('.').take(2).collect();
    if package == "bedrock_agentcore" && names.first() == Some(&"BedrockAgentCoreApp") {
        return Some(Evidence::Http);
    }
    let fits = |(of, known, _): &&(&str, &[&str], ServedProtocol)| match of.is_empty() {
        true => call.contains('.') && names.first().is_some_and(|name| known.contains(name)),
        false => *of == package && names.iter().any(|name| known.contains(name)),
    };
    let (_, _, serves) = CALLS.iter().find(fits)?;
    Some(Evidence::Sure(*serves, call.trim_start_matches('.').to_owned()))
}

fn keyword_evidence<'a>(
    module: &'a Module,
    statement: &'a Statement,
    calls: &'a [String],
) -> impl Iterator<Item = Evidence> + 'a {
    let plain: String = statement.text.chars().filter(|char| !char.is_whitespace()).collect();
    KEYWORDS.iter().filter_map(move |(package, call, keyword, serves)| {
        let called = calls.iter().any(|own| own.rsplit('.').next() == Some(call));
        let imported = module.imports.iter().any(|import| below(&import.module, package));
        let given = plain.split(['(', ',', ')']).any(|argument| argument == *keyword);
        (called && imported && given).then(|| Evidence::Perhaps(*serves, format!("{call}({keyword})")))
    })
}

/// What the statement does with the path of HTTP agents.
fn path_evidence(statement: &Statement) -> Vec<Evidence> {
    let mut signs = Vec::new();
    for ((at, _), string) in statement.text.match_indices(EMPTY).zip(&statement.strings) {
        if string.trim_end_matches('/') != HTTP.path {
            continue;
        }
        let before = statement.text.get(..at).unwrap_or_default().trim_end();
        let after = statement.text.get(at + EMPTY.len()..).unwrap_or_default().trim_start();
        // A piece of another address.
        if before.ends_with(['+', '%']) || after.starts_with('+') {
            continue;
        }
        let head = before.trim_end_matches(['=', ' ']);
        let head = head.strip_suffix("path").unwrap_or(head).trim_end();
        let callee = head.strip_suffix('(').unwrap_or_default();
        let name = callee.rsplit(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default();
        let route = !callee.is_empty() && (callee.starts_with('@') || ROUTES.contains(&name));
        signs.push(if route { Evidence::Route } else { Evidence::Path });
    }
    signs
}

/// The project's own files that are named by a text and run: `uvicorn.run("server:app")`.
fn started(statement: &Statement, calls: &[String], file: &Path, places: &ImportPaths) -> Vec<PathBuf> {
    const SERVERS: [&str; 3] = ["uvicorn", "hypercorn", "granian"];
    const LOADERS: [&str; 3] = ["runpy.run_module", "importlib.import_module", "__import__"];
    let any = |fits: &dyn Fn(&str) -> bool| calls.iter().any(|call| fits(call));
    if any(&|call| call == "runpy.run_path") {
        return statement.strings.iter().filter_map(|name| places.script(name)).collect();
    }
    if !any(&|call| LOADERS.contains(&call) || SERVERS.contains(&call.split('.').next().unwrap_or_default())) {
        return Vec::new();
    }
    let modules = statement.strings.iter().map(|text| text.split(':').next().unwrap_or(text));
    let fits = |name: &&str| !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || "_.".contains(char));
    modules.filter(fits).flat_map(|name| places.module(name, file)).collect()
}
