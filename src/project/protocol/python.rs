//! What Python source shows of a server.

use std::path::{Path, PathBuf};

use super::super::imports::Places;
use super::super::reading::{Module, Statement};
use super::super::statements::EMPTY;
use super::{Serves, Sign};
use crate::facts::HTTP;

/// Modules that only a server of the protocol imports; a client has others.
const MODULES: &[(&str, Serves)] = &[
    ("a2a.server", Serves::A2a),
    ("strands.multiagent.a2a", Serves::A2a),
    ("google.adk.a2a", Serves::A2a),
    ("fasta2a", Serves::A2a),
    ("python_a2a.server", Serves::A2a),
    ("beeai_framework.adapters.a2a.serve", Serves::A2a),
    ("ag_ui.encoder", Serves::Agui),
    ("ag_ui_adk", Serves::Agui),
    ("ag_ui_agno", Serves::Agui),
    ("ag_ui_crewai", Serves::Agui),
    ("ag_ui_langgraph", Serves::Agui),
    ("ag_ui_strands", Serves::Agui),
    ("agent_framework.ag_ui", Serves::Agui),
    ("agent_framework_ag_ui", Serves::Agui),
    ("agno.app.agui", Serves::Agui),
    ("agno.os.interfaces.agui", Serves::Agui),
    ("llama_index.protocols.ag_ui", Serves::Agui),
    ("pydantic_ai.ag_ui", Serves::Agui),
    ("pydantic_ai.ui.ag_ui", Serves::Agui),
];
/// Modules of which some servers of the protocol are made, and other things too.
const PERHAPS: &[(&str, Serves)] = &[("copilotkit", Serves::Agui), ("agno.os.interfaces.a2a", Serves::A2a)];
/// A package's name that is imported for the same.
const PERHAPS_NAMES: &[(&str, &str, Serves)] = &[("crewai", "A2AServerConfig", Serves::A2a)];
/// Arguments that make a server of something else serve the protocol too, at a path of its own: the package, the call.
const KEYWORDS: &[(&str, &str, &str, Serves)] = &[
    ("agno", "AgentOS", "a2a_interface=True", Serves::A2a),
    ("google", "get_fast_api_app", "a2a=True", Serves::A2a),
    ("gradio", "launch", "mcp_server=True", Serves::Mcp),
];
const EVENTS: &str = "ag_ui.core";

/// The package, what of it is called, and what that serves. Libraries for MCP and for AgentCore have clients as well.
const CALLS: &[(&str, &[&str], Serves)] = &[
    ("mcp", &["FastMCP", "MCPServer", "Server", "StreamableHTTPSessionManager"], Serves::Mcp),
    ("fastmcp", &["FastMCP", "FastMCPProxy", "create_proxy"], Serves::Mcp),
    ("fastapi_mcp", &["FastApiMCP"], Serves::Mcp),
    ("beeai_framework", &["MCPServer"], Serves::Mcp),
    ("beeai_framework", &["A2AServer"], Serves::A2a),
    ("bedrock_agentcore", &["serve_a2a", "build_a2a_app"], Serves::A2a),
    ("python_a2a", &["run_server"], Serves::A2a),
    ("bedrock_agentcore", &["AGUIApp", "serve_ag_ui", "build_ag_ui_app"], Serves::Agui),
    // Methods of agents.
    ("", &["to_a2a"], Serves::A2a),
    ("", &["to_ag_ui"], Serves::Agui),
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

pub(super) fn read(text: &str, file: &Path, places: &Places) -> (Vec<Sign>, Vec<PathBuf>) {
    let module = Module::read(text);
    let (mut signs, mut next) = (Vec::new(), Vec::new());
    for import in &module.imports {
        let local = [&import.module, &import.path].map(|name| places.module(name, file)).concat();
        if local.is_empty() {
            signs.extend(of_import(&import.module, &import.path));
        }
        next.extend(local);
    }
    for class in module.classes() {
        let bases = module.bases(class).unwrap_or_default();
        signs.extend(bases.iter().filter_map(|base| of_call(&module.resolve(base))).map(|sign| match sign {
            // Nothing shows yet that there is an object of it.
            Sign::Sure(serves, sign) => Sign::Perhaps(serves, sign),
            other => other,
        }));
    }
    for statement in &module.statements {
        let calls = module.calls_of(statement);
        signs.extend(calls.iter().filter_map(|call| of_call(call)));
        signs.extend(of_keywords(&module, statement, &calls));
        signs.extend(of_paths(statement));
        next.extend(started(statement, &calls, file, places));
    }
    (signs, next)
}

fn below(name: &str, module: &str) -> bool {
    name == module || name.strip_prefix(module).is_some_and(|rest| rest.starts_with('.'))
}

fn of_import(module: &str, path: &str) -> Option<Sign> {
    let find = |table: &[(&str, Serves)]| {
        table
            .iter()
            .find(|(name, _)| below(path, name) || below(module, name))
            .map(|(name, serves)| (*serves, (*name).to_owned()))
    };
    if let Some((serves, sign)) = find(MODULES) {
        return Some(Sign::Sure(serves, sign));
    }
    if below(path, EVENTS) || below(module, EVENTS) {
        return Some(Sign::Events(EVENTS.to_owned()));
    }
    if let Some((serves, sign)) = find(PERHAPS) {
        return Some(Sign::Perhaps(serves, sign));
    }
    let (package, last) = (path.split('.').next()?, path.rsplit('.').next()?);
    let named = PERHAPS_NAMES.iter().find(|(of, name, _)| *of == package && *name == last);
    // Servers that others have published: `awslabs.aws_documentation_mcp_server.server`.
    let published = || module.split('.').any(|part| part.ends_with("_mcp_server")).then_some(Serves::Mcp);
    let serves = named.map(|(_, _, serves)| *serves).or_else(published)?;
    Some(Sign::Perhaps(serves, path.to_owned()))
}

fn of_call(call: &str) -> Option<Sign> {
    let package = call.split('.').next().unwrap_or_default();
    // The last one, or the class of a method that makes one: `FastMCP.from_openapi`.
    let names: Vec<&str> = call.rsplit('.').take(2).collect();
    if package == "bedrock_agentcore" && names.first() == Some(&"BedrockAgentCoreApp") {
        return Some(Sign::Http);
    }
    let fits = |(of, known, _): &&(&str, &[&str], Serves)| match of.is_empty() {
        true => call.contains('.') && names.first().is_some_and(|name| known.contains(name)),
        false => *of == package && names.iter().any(|name| known.contains(name)),
    };
    let (_, _, serves) = CALLS.iter().find(fits)?;
    Some(Sign::Sure(*serves, call.trim_start_matches('.').to_owned()))
}

fn of_keywords<'a>(
    module: &'a Module,
    statement: &'a Statement,
    calls: &'a [String],
) -> impl Iterator<Item = Sign> + 'a {
    let plain: String = statement.text.chars().filter(|char| !char.is_whitespace()).collect();
    KEYWORDS.iter().filter_map(move |(package, call, keyword, serves)| {
        let called = calls.iter().any(|own| own.rsplit('.').next() == Some(call));
        let imported = module.imports.iter().any(|import| below(&import.module, package));
        let given = plain.split(['(', ',', ')']).any(|argument| argument == *keyword);
        (called && imported && given).then(|| Sign::Perhaps(*serves, format!("{call}({keyword})")))
    })
}

/// What the statement does with the path of HTTP agents.
fn of_paths(statement: &Statement) -> Vec<Sign> {
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
        signs.push(if route { Sign::Route } else { Sign::Path });
    }
    signs
}

/// The project's own files that are named by a text and run: `uvicorn.run("server:app")`.
fn started(statement: &Statement, calls: &[String], file: &Path, places: &Places) -> Vec<PathBuf> {
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
