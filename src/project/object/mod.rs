//! The object of `main.py:app`, and which server runs it.
//!
//! An ASGI or WSGI application, or a function that makes one, is given to a server from the agent's own requirements. A
//! file that runs a server of its own is run as it is, whatever the object is. What no server can run is refused, and
//! where the source does not show it (`kind`), the required servers decide. Does not own: finding the file
//! (`entrypoint`).

mod kind;
mod known;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use self::kind::{ModuleContext, NotServable, ObjectKind};
use super::imports::ImportPaths;
use super::reading::Module;
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::shell::quoted;

/// An application that a server runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    server: ServerProgram,
    interface: Interface,
    /// The object is a function that makes the application.
    factory: bool,
    /// `src.main:app`
    target: String,
    /// The folder that `target` is found from besides the root.
    import_root: Option<String>,
}

/// Programs that are installed with a requirement of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ServerProgram {
    Uvicorn,
    Hypercorn,
    Granian,
    Daphne,
    Gunicorn,
    Waitress,
}

/// The kind of a callable that a server can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interface {
    Asgi,
    Wsgi,
}

/// Requirements that bring uvicorn with them, where no lock says what comes along.
const WITH_UVICORN: [&str; 13] = [
    "uvicorn",
    "bedrock-agentcore",
    "mcp",
    "fastmcp",
    "fastapi-cli",
    "fastapi-mcp",
    "google-adk",
    "gradio",
    "openai-agents",
    "claude-agent-sdk",
    "strands-agents",
    "ag-ui-strands",
    "langchain-mcp-adapters",
];
/// Extras that do.
const EXTRAS_WITH_UVICORN: [(&str, &[&str]); 4] = [
    ("fastapi", &["standard", "all", "standard-no-fastapi-cloud-cli"]),
    ("connexion", &["uvicorn"]),
    ("agno", &["os"]),
    ("pydantic-ai-slim", &["mcp"]),
];

/// Whether a requirement with an extra brings uvicorn; both names are normalized.
pub(super) fn brings_uvicorn(package: &str, extra: &str) -> bool {
    EXTRAS_WITH_UVICORN.iter().any(|(name, extras)| *name == package && extras.contains(&extra))
}

impl Application {
    /// Who serves `name` of `file`; `None` when running the file does. `module` is the file as Python imports it,
    /// `requirements` are the names of what the project requires.
    ///
    /// # Errors
    /// The file has no such object, no server can run it, or none that could is required.
    pub(super) fn find(
        (file, shown): (&Path, &str),
        name: &str,
        (module, import_root, places): (&str, Option<&str>, &ImportPaths),
        requirements: &BTreeSet<String>,
    ) -> Result<Option<Self>> {
        let text = fsx::read_text(file)?.unwrap_or_default();
        let read = Module::read(&text);
        let first = name.split('.').next().unwrap_or(name);
        if !read.has(first) {
            return Err(Error::usage(format!("`{shown}` has no `{name}`")).code(Code::SourceEntrypoint).hint(format!(
                "name one of its objects, or the file alone: `agentcore configure --entrypoint {}`",
                quoted(shown)
            )));
        }
        let kind = ModuleContext { places, file, module: &read }.kind(name);
        let itself = runs_itself(&read, name);
        let (interface, factory) = match kind {
            // A file that starts a server knows better than anybody what its objects are for.
            ObjectKind::Neither(_) | ObjectKind::Unknown | ObjectKind::Factory | ObjectKind::AgentCore if itself => {
                return Ok(None);
            }
            ObjectKind::Neither(neither) => return Err(refused(&neither, name, shown)),
            ObjectKind::Asgi | ObjectKind::AgentCore => (Interface::Asgi, false),
            ObjectKind::Wsgi => (Interface::Wsgi, false),
            ObjectKind::AsgiFactory => (Interface::Asgi, true),
            ObjectKind::WsgiFactory => (Interface::Wsgi, true),
            ObjectKind::Unknown => (by_requirements(requirements).map_err(|cause| unknown(cause, name, shown))?, false),
            ObjectKind::Factory => (by_requirements(requirements).map_err(|cause| unknown(cause, name, shown))?, true),
        };
        match server(interface, factory, requirements) {
            Some(server) => Ok(Some(Self {
                server,
                interface,
                factory,
                target: format!("{module}:{name}"),
                import_root: import_root.map(str::to_owned),
            })),
            // It runs one itself, wherever that comes from.
            None if itself => Ok(None),
            None => Err(no_server(interface, factory, name, shown)),
        }
    }

    /// What Python is called with to serve it on `port` of every address.
    pub(crate) fn arguments(&self, port: u16) -> Vec<String> {
        let (port, everywhere) = (port.to_string(), format!("0.0.0.0:{port}"));
        let target = self.target.as_str();
        // Two of them take an expression, and the others a flag.
        let called = if self.factory { format!("{target}()") } else { target.to_owned() };
        let factory = |flag: &'static str| self.factory.then_some(flag);
        let wsgi = self.interface == Interface::Wsgi;
        let address = ["--host", "0.0.0.0", "--port", &port];
        let mut words: Vec<&str> = Vec::new();
        match self.server {
            ServerProgram::Uvicorn => {
                words.extend(["uvicorn", target]);
                words.extend(factory("--factory"));
                words.extend(if wsgi { &["--interface", "wsgi"][..] } else { &[] });
                words.extend(address);
            }
            ServerProgram::Granian => {
                words.extend(["granian", "--interface", if wsgi { "wsgi" } else { "asgi" }]);
                words.extend(factory("--factory"));
                words.extend(address);
                words.push(target);
            }
            ServerProgram::Hypercorn => words.extend(["hypercorn", &called, "--bind", &everywhere]),
            ServerProgram::Daphne => words.extend(["daphne", "-b", "0.0.0.0", "-p", &port, target]),
            ServerProgram::Gunicorn => words.extend(["gunicorn", &called, "--bind", &everywhere]),
            ServerProgram::Waitress => {
                words.extend(["waitress", "--listen", &everywhere]);
                words.extend(factory("--call"));
                words.push(target);
            }
        }
        words.into_iter().map(str::to_owned).collect()
    }

    /// A script that does the same, for a runtime that starts files only. It stands in the root of the source.
    pub(crate) fn script(&self, port: u16) -> String {
        // What JSON writes as a string is one for Python as well.
        let listed = |words: &[String]| {
            let words: Vec<String> = words.iter().map(|word| Value::from(word.as_str()).to_string()).collect();
            words.join(", ")
        };
        let arguments = self.arguments(port);
        let server = arguments.first().map(String::as_str).unwrap_or_default();
        let folders: Vec<String> = self.import_root.iter().cloned().collect();
        format!(
            "\"\"\"Serves `{}`. Written by agentcore.\"\"\"\n\nimport os\nimport runpy\nimport sys\n\n\
             here = os.path.dirname(os.path.abspath(__file__))\n\
             sys.path[1:1] = [os.path.join(here, folder) for folder in [{}]]\n\
             sys.argv = [{}]\n\
             runpy.run_module(\"{server}\", run_name=\"__main__\")\n",
            self.target,
            listed(&folders),
            listed(&arguments),
        )
    }
}

fn refused(neither: &NotServable, name: &str, shown: &str) -> Error {
    let error = Error::usage(format!("`{name}` of `{shown}` is not an application that a server can run"))
        .code(Code::SourceEntrypoint)
        .cause(format!("it is {}", neither.what));
    match &neither.instead {
        Some(instead) => error.hint(instead.clone()).hint(format!("or {}", itself_alone(shown))),
        None => error.hint(itself_alone(shown)),
    }
}

fn itself_alone(shown: &str) -> String {
    format!("start a server in the file, and name that alone: `agentcore configure --entrypoint {}`", quoted(shown))
}

fn no_server(interface: Interface, factory: bool, name: &str, shown: &str) -> Error {
    let verb = if factory { "it makes" } else { "it is" };
    let (cause, server) = match (interface, factory) {
        (Interface::Asgi, false) => ("an ASGI application, and needs uvicorn, hypercorn, granian or daphne", "uvicorn"),
        (Interface::Asgi, true) => ("an ASGI application, and needs uvicorn, hypercorn or granian", "uvicorn"),
        (Interface::Wsgi, _) => ("a WSGI application, and needs gunicorn, waitress, granian or uvicorn", "gunicorn"),
    };
    Error::usage(format!("nothing in the requirements can run `{name}` of `{shown}`"))
        .code(Code::SourceEntrypoint)
        .cause(format!("{verb} {cause}"))
        .hint(format!("add `{server}` to the requirements"))
        .hint(format!("or {}", itself_alone(shown)))
}

/// For an object of which the source does not tell what it is.
fn unknown(cause: &str, name: &str, shown: &str) -> Error {
    Error::usage(format!("the source does not show whether `{name}` of `{shown}` is an ASGI or a WSGI application"))
        .code(Code::SourceEntrypoint)
        .cause(cause)
        .hint("say it in the file, for example `app: FastAPI = …` or `app: Flask = …`")
        .hint(format!("or {}", itself_alone(shown)))
}

/// What the servers that are required can run, if that is one thing only.
///
/// # Errors
/// Why they do not tell.
fn by_requirements(requirements: &BTreeSet<String>) -> Result<Interface, &'static str> {
    let any = |names: &[&str]| names.iter().any(|name| requirements.contains(*name));
    match (any(&WITH_UVICORN) || any(&["hypercorn", "daphne"]), any(&["gunicorn", "waitress"])) {
        (true, false) => Ok(Interface::Asgi),
        (false, true) => Ok(Interface::Wsgi),
        (true, true) => Err("there are servers for both among the requirements"),
        (false, false) => Err("there is no server among the requirements, such as uvicorn (ASGI) or gunicorn (WSGI)"),
    }
}

/// Whether running the file starts a server.
fn runs_itself(read: &Module, name: &str) -> bool {
    /// Wherever they are called, in a `main` of the file's own for example.
    const SERVERS: [&str; 5] = ["uvicorn.run", "uvicorn.Server", "waitress.serve", "hypercorn.run", "granian.Granian"];
    /// Methods and functions that the file calls when it is run.
    const STARTS: [&str; 6] = ["run", "serve", "serve_forever", "run_app", "serve_a2a", "serve_ag_ui"];
    let own = format!("{name}.run");
    let starts = |call: String| {
        let last = call.rsplit('.').next().unwrap_or_default();
        STARTS.contains(&last) && !["subprocess.", "asyncio."].iter().any(|other| call.starts_with(other))
    };
    read.calls().any(|call| call == own || SERVERS.contains(&call.as_str())) || read.calls_when_run().any(starts)
}

fn server(interface: Interface, factory: bool, requirements: &BTreeSet<String>) -> Option<ServerProgram> {
    let has = |server: &ServerProgram| match server {
        ServerProgram::Uvicorn => WITH_UVICORN.iter().any(|name| requirements.contains(*name)),
        ServerProgram::Hypercorn => requirements.contains("hypercorn"),
        ServerProgram::Granian => requirements.contains("granian"),
        // It takes applications only.
        ServerProgram::Daphne => requirements.contains("daphne") && !factory,
        ServerProgram::Gunicorn => requirements.contains("gunicorn"),
        ServerProgram::Waitress => requirements.contains("waitress"),
    };
    // In the order of preference.
    let able: &[ServerProgram] = match interface {
        Interface::Asgi => {
            &[ServerProgram::Uvicorn, ServerProgram::Hypercorn, ServerProgram::Granian, ServerProgram::Daphne]
        }
        Interface::Wsgi => {
            &[ServerProgram::Gunicorn, ServerProgram::Waitress, ServerProgram::Granian, ServerProgram::Uvicorn]
        }
    };
    able.iter().copied().find(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, name: &str, requirements: &[&str]) -> Result<Option<Vec<String>>> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("main.py");
        std::fs::write(&file, text).unwrap();
        let requirements = requirements.iter().map(|name| (*name).to_owned()).collect();
        std::fs::write(dir.path().join("server.py"), SERVER).unwrap();
        let places = ImportPaths::new(dir.path(), std::iter::empty(), &file);
        let found = Application::find((&file, "main.py"), name, ("main", None, &places), &requirements)?;
        Ok(found.map(|application| application.arguments(8080)))
    }

    /// Another file of the project.
    const SERVER: &str = "from flask import Flask\nfrom fastapi import FastAPI\nclass Web(Flask): ...\nweb = Web('x')\n\
                          def create_api() -> FastAPI: ...\ndef make():\n    return Web('y')\n";

    /// The command's words until the address.
    fn served(text: &str, name: &str, requirements: &[&str]) -> String {
        let found = find(text, name, requirements).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let all = found.unwrap_or_else(|| panic!("{text}")).join(" ");
        [" --host", " --bind", " --listen", " -b"]
            .iter()
            .fold(all, |all, from| all.split(from).next().unwrap_or_default().to_owned())
    }

    #[test]
    fn script_stays_valid_for_any_folder_name() {
        let application = Application {
            server: ServerProgram::Uvicorn,
            interface: Interface::Asgi,
            factory: false,
            target: "main:app".to_owned(),
            import_root: Some("cafe\u{301} \"x\"\\".to_owned()),
        };
        let script = application.script(8080);
        assert!(script.contains("for folder in [\"cafe\u{301} \\\"x\\\"\\\\\"]"), "{script}");
    }

    #[test]
    fn an_advised_command_quotes_the_file() {
        assert!(itself_alone("my agent.py").ends_with("`agentcore configure --entrypoint 'my agent.py'`"));
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("agent(1).py");
        std::fs::write(&file, "x = 1\n").unwrap();
        let places = ImportPaths::new(dir.path(), std::iter::empty(), &file);
        let none = BTreeSet::new();
        let error = Application::find((&file, "agent(1).py"), "app", ("agent", None, &places), &none).unwrap_err();
        assert!(error.hints()[0].ends_with("--entrypoint 'agent(1).py'`"), "{error:?}");
    }

    const EVERYTHING: &[&str] = &["uvicorn", "gunicorn"];

    #[test]
    fn kind_of_an_object_is_followed_through_imports() {
        for (text, wanted) in [
            (
                "from flask import Flask\ndef create_app():\n    app = Flask('x')\n    return app\napp = create_app()\n",
                "gunicorn main:app",
            ),
            ("from server import web as app\n", "gunicorn main:app"),
            ("from server import *\napp = web\n", "gunicorn main:app"),
            ("import server\napp = server.make()\n", "gunicorn main:app"),
            ("from server import create_api\napp = create_api()\n", "uvicorn main:app"),
            ("from server import Web\napp = Web('x')\n", "gunicorn main:app"),
            ("from flask import Flask\napp = application = Flask(__name__)\n", "gunicorn main:app"),
            (
                "import os\nfrom flask import Flask\nif os.environ.get('X'):\n    app = Flask('a')\nelse:\n    app = Flask('b')\n",
                "gunicorn main:app",
            ),
            ("from flask import Flask\napp: Flask = make()\n", "gunicorn main:app"),
            ("class App:\n    def __call__(self, environ, start_response): ...\napp = App()\n", "gunicorn main:app"),
            ("class App:\n    async def __call__(self, scope, receive, send): ...\napp = App()\n", "uvicorn main:app"),
            ("def app(env, start): return []\n", "gunicorn main:app"),
            (
                "from fastapi import FastAPI\nfrom starlette.middleware.cors import CORSMiddleware\napp = FastAPI()\napp = CORSMiddleware(app)\n",
                "uvicorn main:app",
            ),
            (
                "from a2a.server.apps import A2AStarletteApplication\nserver = A2AStarletteApplication(a, h)\napp = server.build()\n",
                "uvicorn main:app",
            ),
            ("from fastapi import FastAPI\ndef app(): \n    return FastAPI()\n", "uvicorn main:app --factory"),
            ("from flask import Flask\ndef app():\n    web = Flask('x')\n    return web\n", "gunicorn main:app()"),
            ("import server\ndef app(debug=False):\n    return server.create_api()\n", "uvicorn main:app --factory"),
        ] {
            assert_eq!(served(text, "app", EVERYTHING), wanted, "{text}");
        }
    }

    #[test]
    fn each_server_is_called_as_it_wants_it() {
        let api = "from fastapi import FastAPI\napp = FastAPI()\ndef make_app():\n    return FastAPI()\n";
        let web = "from flask import Flask\napp = Flask('x')\ndef make_app():\n    return Flask('y')\n";
        for (text, name, server, wanted) in [
            (api, "app", "granian", "granian --interface asgi"),
            (api, "app", "daphne", "daphne"),
            (api, "app", "google-adk", "uvicorn main:app"),
            (api, "app", "strands-agents", "uvicorn main:app"),
            (api, "make_app", "uvicorn", "uvicorn main:make_app --factory"),
            (api, "make_app", "hypercorn", "hypercorn main:make_app()"),
            (api, "make_app", "granian", "granian --interface asgi --factory"),
            (web, "app", "granian", "granian --interface wsgi"),
            (web, "make_app", "gunicorn", "gunicorn main:make_app()"),
            (web, "make_app", "uvicorn", "uvicorn main:make_app --factory --interface wsgi"),
        ] {
            assert_eq!(served(text, name, &[server]), wanted, "{server}");
        }
        let all = |text: &str, name: &str, server: &str| find(text, name, &[server]).unwrap().unwrap().join(" ");
        assert_eq!(all(api, "app", "daphne"), "daphne -b 0.0.0.0 -p 8080 main:app");
        assert_eq!(all(api, "app", "granian"), "granian --interface asgi --host 0.0.0.0 --port 8080 main:app");
        assert_eq!(all(web, "make_app", "waitress"), "waitress --listen 0.0.0.0:8080 --call main:make_app");
        let refused = find(api, "make_app", &["daphne"]).unwrap_err();
        assert!(refused.causes()[0].contains("makes an ASGI application"), "{refused:?}");
    }

    #[test]
    fn unservable_objects_are_refused_with_a_way_out() {
        for (text, what, hint) in [
            ("app = {'a': 1}\n", "a dict", "name that alone"),
            ("app = 'hello'\n", "a text", "name that alone"),
            ("app = dict(a=1)\n", "a dict", "name that alone"),
            ("def app(event): return {}\n", "a function of `event`", "name that alone"),
            ("def app(event, context):\n    return {}\n", "a function of `event, context`", "name that alone"),
            ("def app():\n    print(1)\n", "nothing shows that it makes an application", "name that alone"),
            ("class H: ...\napp = H()\n", "an object of the class `H`", "name that alone"),
            ("from aiohttp import web\napp = web.Application()\n", "`aiohttp`'s `Application`", "run_app"),
            ("import tornado.web\napp = tornado.web.Application([])\n", "`tornado`'s `Application`", "listen"),
            ("from fastmcp import FastMCP\napp = FastMCP('x')\n", "`fastmcp`'s `FastMCP`", "app = mcp.http_app()"),
            (
                "from mcp.server.fastmcp import FastMCP\napp = FastMCP('x')\n",
                "`mcp`'s `FastMCP`",
                "streamable_http_app()",
            ),
            (
                "from bedrock_agentcore import BedrockAgentCoreApp\nreal = BedrockAgentCoreApp()\n@real.entrypoint\ndef app(p): return p\n",
                "`@real.entrypoint`",
                "name `real`",
            ),
        ] {
            let error = find(text, "app", EVERYTHING).unwrap_err();
            assert_eq!((error.kind(), error.code_str()), (crate::error::Kind::Usage, "source.entrypoint"), "{text}");
            assert!(error.causes()[0].contains(what) && error.hints().join("|").contains(hint), "{text}: {error:?}");
        }
    }

    #[test]
    fn required_servers_decide_an_unclear_interface() {
        for text in ["from elsewhere import app\n", "app = library.create()\n", "import x\napp = x.y\n"] {
            assert_eq!(served(text, "app", &["uvicorn"]), "uvicorn main:app");
            assert_eq!(served(text, "app", &["bedrock-agentcore"]), "uvicorn main:app");
            assert_eq!(served(text, "app", &["gunicorn"]), "gunicorn main:app");
            for both in [EVERYTHING, &["gunicorn", "bedrock-agentcore"], &[]] {
                let error = find(text, "app", both).unwrap_err();
                assert!(error.message().contains("does not show whether `app` of `main.py` is an ASGI or a WSGI"));
                assert!(!format!("{error:?}").contains("it is a"), "{error:?}");
            }
        }
        let factory = "from elsewhere import build\ndef create_app():\n    return build()\n";
        assert_eq!(served(factory, "create_app", &["uvicorn"]), "uvicorn main:create_app --factory");
        assert_eq!(served(factory, "create_app", &["gunicorn"]), "gunicorn main:create_app()");
    }

    fn split_words(text: &str) -> Option<Vec<String>> {
        Some(text.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn application_is_run_by_a_required_server() {
        let uvicorn = split_words("uvicorn main:app --host 0.0.0.0 --port 8080");
        for text in [
            "from fastapi import FastAPI\napp = FastAPI()\n",
            "import fastapi\napp: fastapi.FastAPI = fastapi.FastAPI(\n title='x',\n)\n",
            "from starlette.applications import Starlette\nimport uvicorn\napp = Starlette()\nif __name__ == '__main__':\n    uvicorn.run(app, port=3000)\n",
            "from bedrock_agentcore import BedrockAgentCoreApp\napp = BedrockAgentCoreApp()\n",
            "from server import app\n",
            "app = create()\n",
            "app = create()\ndef run(agent, text):\n    return agent.run(text)\n",
            "async def app(scope, receive, send): ...\n",
            "from fastmcp import FastMCP\napp = FastMCP('x').http_app()\n",
            "from fastmcp import FastMCP\nmcp = FastMCP('x')\napp = mcp.http_app(path='/mcp')\nif __name__ == '__main__':\n    mcp.run()\n",
        ] {
            assert_eq!(find(text, "app", &["uvicorn"]).unwrap(), uvicorn, "{text}");
        }
        let flask = "from flask import Flask\napp = Flask(__name__)\n";
        assert_eq!(
            find(flask, "app", &["gunicorn", "uvicorn"]).unwrap(),
            split_words("gunicorn main:app --bind 0.0.0.0:8080")
        );
        assert_eq!(find(flask, "app", &["waitress"]).unwrap(), split_words("waitress --listen 0.0.0.0:8080 main:app"));
        let wsgi = find(flask, "app", &["uvicorn"]).unwrap();
        assert_eq!(wsgi, split_words("uvicorn main:app --interface wsgi --host 0.0.0.0 --port 8080"));
        assert_eq!(
            find("def app(environ, start_response): ...\n", "app", &["gunicorn"]).unwrap().unwrap()[0],
            "gunicorn"
        );
        let quart = "from quart import Quart\napp = Quart(__name__)\n";
        assert_eq!(find(quart, "app", &["hypercorn"]).unwrap(), split_words("hypercorn main:app --bind 0.0.0.0:8080"));
    }

    #[test]
    fn file_with_its_own_server_is_run_directly() {
        for (text, name) in [
            ("from bedrock_agentcore import BedrockAgentCoreApp\napp = BedrockAgentCoreApp()\napp.run()\n", "app"),
            (
                "from bedrock_agentcore import BedrockAgentCoreApp\napp = BedrockAgentCoreApp()\n@app.entrypoint\ndef invoke(payload): ...\nif __name__ == '__main__':\n    app.run()\n",
                "invoke",
            ),
            ("app = make()\napp.run()\n", "app"),
            ("app = make()\ndef main():\n    app.run()\nmain()\n", "app"),
            ("app = make()\nif __name__ == '__main__':\n    server = Server(app)\n    server.run()\n", "app"),
            ("class Agent: ...\nagent = Agent()\nserve(agent)\n", "agent"),
        ] {
            assert_eq!(find(text, name, &["bedrock-agentcore"]).unwrap(), None, "{text}");
        }
        let own = "from fastapi import FastAPI\nimport uvicorn\napp = FastAPI()\nuvicorn.run(app)\n";
        assert_eq!(find(own, "app", &["something-with-uvicorn"]).unwrap(), None);
    }

    #[test]
    fn what_nothing_can_run_is_refused() {
        let missing = find("application = 1\n", "app", &["uvicorn"]).unwrap_err();
        assert_eq!((missing.code_str(), missing.message()), ("source.entrypoint", "`main.py` has no `app`"));
        let refused = find("from fastapi import FastAPI\napp = FastAPI()\n", "app", &["fastapi"]).unwrap_err();
        assert_eq!(refused.kind(), crate::error::Kind::Usage);
        assert!(refused.hints()[0].contains("uvicorn"), "{refused}");
        let refused = find("from flask import Flask\napp = Flask('x')\n", "app", &["flask"]).unwrap_err();
        assert!(refused.hints()[0].contains("gunicorn"), "{refused}");
    }

    #[test]
    fn the_script_says_the_same() {
        let application = Application {
            server: ServerProgram::Uvicorn,
            interface: Interface::Asgi,
            factory: false,
            target: "src.main:app".into(),
            import_root: Some("src".into()),
        };
        let script = application.script(8080);
        assert!(script.contains(r#"sys.argv = ["uvicorn", "src.main:app", "--host", "0.0.0.0", "--port", "8080"]"#));
        assert!(script.contains(r#"for folder in ["src"]"#) && script.contains(r#"runpy.run_module("uvicorn""#));
    }
}
