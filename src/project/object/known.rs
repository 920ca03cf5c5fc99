//! Classes, functions and methods of libraries: what they make.

use super::kind::{ObjectKind, not_servable};

/// What makes an ASGI application when it is called; the first part of each is the package.
const ASGI: &[&str] = &[
    "fastapi.FastAPI",
    "starlette.applications.Starlette",
    "starlette.types.ASGIApp",
    "quart.Quart",
    "litestar.Litestar",
    "sanic.Sanic",
    "blacksheep.Application",
    "falcon.asgi.App",
    "socketio.ASGIApp",
    "connexion.AsyncApp",
    "django.core.asgi.get_asgi_application",
    "google.adk.cli.fast_api.get_fast_api_app",
    "gradio.mount_gradio_app",
    "ag_ui_strands.create_strands_app",
    "a2wsgi.WSGIMiddleware",
    "asgiref.wsgi.WsgiToAsgi",
    "streamable_http_app",
    "http_app",
    "sse_app",
    "to_a2a",
    "to_ag_ui",
    "to_fastapi_app",
    "to_starlette_app",
    "build_a2a_app",
    "build_ag_ui_app",
];
/// Those of AWS's library, whose own `run` serves them as the service wants it.
const AGENT_CORE: &[&str] = &["bedrock_agentcore.BedrockAgentCoreApp", "bedrock_agentcore.AGUIApp"];
const WSGI: &[&str] = &[
    "flask.Flask",
    "apiflask.APIFlask",
    "flask_openapi3.OpenAPI",
    "bottle.Bottle",
    "bottle.default_app",
    "falcon.App",
    "django.core.wsgi.get_wsgi_application",
    "a2wsgi.ASGIMiddleware",
    "make_wsgi_app",
];
/// Modules of which every class wraps an application in one of the same kind.
const WRAPPERS: &[(&str, ObjectKind)] = &[
    ("starlette.middleware.", ObjectKind::Asgi),
    ("fastapi.middleware.", ObjectKind::Asgi),
    ("werkzeug.middleware.", ObjectKind::Wsgi),
];
/// Members of objects: the class, the member, and what that is or gives.
pub(super) const METHODS: &[(&str, &str, ObjectKind)] = &[
    ("A2AStarletteApplication", "build", ObjectKind::Asgi),
    ("A2AFastAPIApplication", "build", ObjectKind::Asgi),
    ("A2ARESTFastAPIApplication", "build", ObjectKind::Asgi),
    ("AgentOS", "get_app", ObjectKind::Asgi),
    ("Flask", "wsgi_app", ObjectKind::Wsgi),
    ("Dash", "server", ObjectKind::Wsgi),
];
const RUN: &str = "start it in the file, for example `mcp.run(transport=\"http\", host=\"0.0.0.0\")`, or name `app` after `app = mcp.http_app()`";
const RUN_SDK: &str = "start it in the file, for example `mcp.run(transport=\"streamable-http\")`, or name `app` after `app = mcp.streamable_http_app()`";
const BUILD: &str = "name what its `build()` gives: `app = server.build()`";
const APP: &str = "name what its `to_fastapi_app()` gives: `app = server.to_fastapi_app()`";
/// Classes whose objects cannot be called as an application: the package, the class, what to do instead.
pub(super) const NEITHER: &[(&str, &str, &str)] = &[
    ("aiohttp", "Application", "start it in the file with `web.run_app(app)`"),
    ("tornado", "Application", "start it in the file: `app.listen(PORT)` and tornado's loop"),
    ("fastmcp", "FastMCP", RUN),
    ("mcp", "FastMCP", RUN_SDK),
    ("mcp", "MCPServer", RUN_SDK),
    ("mcp", "Server", "start it in the file behind a transport over HTTP"),
    ("a2a", "A2AStarletteApplication", BUILD),
    ("a2a", "A2AFastAPIApplication", BUILD),
    ("a2a", "A2ARESTFastAPIApplication", BUILD),
    ("strands", "A2AServer", APP),
    ("strands", "Agent", ""),
    ("agents", "Agent", ""),
    ("pydantic_ai", "Agent", ""),
    ("google", "Agent", ""),
    ("google", "LlmAgent", ""),
    ("crewai", "Agent", ""),
    ("crewai", "Crew", ""),
    ("agno", "AgentOS", "name what its `get_app()` gives: `app = agent_os.get_app()`"),
    ("gradio", "Interface", "start it in the file with `launch()`"),
    ("gradio", "Blocks", "start it in the file with `launch()`"),
    ("fastapi", "APIRouter", "include it in a `FastAPI()`, and name that"),
    ("flask", "Blueprint", "register it with a `Flask(__name__)`, and name that"),
];
/// Functions of Python itself whose objects are no applications.
pub(super) const BUILTINS: [&str; 10] =
    ["dict", "list", "set", "tuple", "str", "bytes", "int", "float", "bool", "frozenset"];

/// What a call of a class or function of a library makes, by its full name.
pub(super) fn known(callee: &str) -> Option<ObjectKind> {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let is = |known: &&str| {
        let Some((package, _)) = known.split_once('.') else { return last == *known };
        // Packages export a class under several names.
        callee.split('.').next() == Some(package)
            && known.rsplit('.').next() == Some(last)
            && callee.contains("asgi") == known.contains("asgi")
    };
    if WSGI.iter().any(&is) {
        return Some(ObjectKind::Wsgi);
    }
    if ASGI.iter().any(&is) {
        return Some(ObjectKind::Asgi);
    }
    if AGENT_CORE.iter().any(is) {
        return Some(ObjectKind::AgentCore);
    }
    let wrapper = WRAPPERS.iter().find(|(module, _)| callee.starts_with(module) && *module != callee);
    wrapper.map(|(_, kind)| kind.clone()).or_else(|| not_servable(callee).map(ObjectKind::Neither))
}
