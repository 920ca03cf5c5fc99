//! The object of `main.py:app`: what it is, and which server runs it.
//!
//! A file that runs a server of its own is run as it is: so are BedrockAgentCoreApp and every file in which the object is
//! the function that answers. An ASGI or WSGI application without that is given to a server from the agent's own
//! requirements. Does not own: finding the file (`entrypoint`).

use std::collections::BTreeSet;
use std::path::Path;

use super::reading::Module;
use crate::error::{Error, Result};
use crate::fsx;

/// An application that a server runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    server: Server,
    /// `src.main:app`
    target: String,
    /// The folder that `target` is found from besides the root.
    import_root: Option<String>,
}

/// Programs that are installed with a requirement of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Uvicorn,
    /// Uvicorn for a WSGI application.
    UvicornWsgi,
    Hypercorn,
    Gunicorn,
    Waitress,
}

/// The kind of a callable that a server can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interface {
    Asgi,
    Wsgi,
}

/// Requirements that bring uvicorn with them.
const WITH_UVICORN: [&str; 4] = ["uvicorn", "bedrock-agentcore", "mcp", "fastmcp"];
/// What makes an ASGI application when it is called; the first part of each is the package.
const ASGI: [&str; 19] = [
    "fastapi.FastAPI",
    "starlette.applications.Starlette",
    "quart.Quart",
    "litestar.Litestar",
    "sanic.Sanic",
    "blacksheep.Application",
    "falcon.asgi.App",
    "socketio.ASGIApp",
    "django.core.asgi.get_asgi_application",
    "a2wsgi.WSGIMiddleware",
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
const WSGI: [&str; 6] = [
    "flask.Flask",
    "bottle.Bottle",
    "falcon.App",
    "django.core.wsgi.get_wsgi_application",
    "a2wsgi.ASGIMiddleware",
    "make_wsgi_app",
];

impl Application {
    /// Who serves `name` of `file`; `None` when running the file does. `module` is the file as Python imports it,
    /// `requirements` are the names of what the project requires.
    ///
    /// # Errors
    /// The file has no such object, or nothing that could run it is required.
    pub(super) fn find(
        (file, shown): (&Path, &str),
        name: &str,
        (module, import_root): (&str, Option<&str>),
        requirements: &BTreeSet<String>,
    ) -> Result<Option<Self>> {
        let text = fsx::read_text(file)?.unwrap_or_default();
        let read = Module::read(&text);
        let first = name.split('.').next().unwrap_or(name);
        if !read.has(first) {
            return Err(Error::usage(format!("`{shown}` has no `{name}`")).code("source.entrypoint").hint(format!(
                "name one of its objects, or the file alone: `agentcore configure --entrypoint {shown}`"
            )));
        }
        let Some(interface) = interface(&read, name) else {
            return Ok(None);
        };
        match server(interface, requirements) {
            Some(server) => Ok(Some(Self {
                server,
                target: format!("{module}:{name}"),
                import_root: import_root.map(str::to_owned),
            })),
            // It runs one itself, wherever that comes from.
            None if runs_itself(&read, name) => Ok(None),
            None => Err(Error::usage(format!("nothing in the requirements can run `{name}` of `{shown}`"))
                .code("source.entrypoint")
                .cause(match interface {
                    Interface::Asgi => "it is an ASGI application, and needs uvicorn or hypercorn",
                    Interface::Wsgi => "it is a WSGI application, and needs gunicorn, waitress or uvicorn",
                })
                .hint(match interface {
                    Interface::Asgi => "add `uvicorn` to the requirements",
                    Interface::Wsgi => "add `gunicorn` to the requirements",
                })
                .hint(format!(
                    "or start it in the file, and name that alone: `agentcore configure --entrypoint {shown}`"
                ))),
        }
    }

    /// What Python is called with to serve it on `port` of every address.
    pub(crate) fn arguments(&self, port: u16) -> Vec<String> {
        let (port, everywhere) = (port.to_string(), format!("0.0.0.0:{port}"));
        let target = self.target.as_str();
        let words: Vec<&str> = match self.server {
            Server::Uvicorn => vec!["uvicorn", target, "--host", "0.0.0.0", "--port", &port],
            Server::UvicornWsgi => {
                vec!["uvicorn", target, "--interface", "wsgi", "--host", "0.0.0.0", "--port", &port]
            }
            Server::Hypercorn => vec!["hypercorn", target, "--bind", &everywhere],
            Server::Gunicorn => vec!["gunicorn", target, "--bind", &everywhere],
            Server::Waitress => vec!["waitress", "--listen", &everywhere, target],
        };
        words.into_iter().map(str::to_owned).collect()
    }

    /// A script that does the same, for a runtime that starts files only. It stands in the root of the source.
    pub(crate) fn script(&self, port: u16) -> String {
        let quoted = |words: &[String]| {
            let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
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
            quoted(&folders),
            quoted(&arguments),
        )
    }
}

/// What kind of application the object is, or most probably is; `None` for what no server runs.
fn interface(read: &Module, name: &str) -> Option<Interface> {
    if let Some(parameters) = read.function(name) {
        let are = |names: &[&str]| {
            parameters.len() == names.len()
                && parameters.iter().zip(names).all(|(a, b)| a.trim_start_matches('_') == *b)
        };
        if are(&["scope", "receive", "send"]) {
            return Some(Interface::Asgi);
        }
        return are(&["environ", "start_response"]).then_some(Interface::Wsgi);
    }
    let value = read.assigned(name).unwrap_or_default();
    let callee = value.split_once('(').map(|(callee, _)| read.resolve(callee.trim())).unwrap_or_default();
    let last = value.rsplit(").").next().and_then(|rest| rest.split('(').next()).unwrap_or_default();
    let is = |known: &&str| {
        let Some((package, _)) = known.split_once('.') else {
            return callee.rsplit('.').next() == Some(known) || last == *known;
        };
        // Packages export a class under several names.
        callee.split('.').next() == Some(package)
            && callee.rsplit('.').next() == known.rsplit('.').next()
            && callee.contains("asgi") == known.contains("asgi")
    };
    if WSGI.iter().any(is) {
        return Some(Interface::Wsgi);
    }
    if ASGI.iter().any(is) {
        return Some(Interface::Asgi);
    }
    // What it is shows when it runs only; a file that starts a server knows better than anybody.
    (!runs_itself(read, name)).then_some(Interface::Asgi)
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

fn server(interface: Interface, requirements: &BTreeSet<String>) -> Option<Server> {
    let has = |name: &str| requirements.contains(name);
    let uvicorn = WITH_UVICORN.iter().any(|name| has(name));
    match interface {
        Interface::Asgi if uvicorn => Some(Server::Uvicorn),
        Interface::Asgi => has("hypercorn").then_some(Server::Hypercorn),
        Interface::Wsgi if has("gunicorn") => Some(Server::Gunicorn),
        Interface::Wsgi if has("waitress") => Some(Server::Waitress),
        Interface::Wsgi => uvicorn.then_some(Server::UvicornWsgi),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, name: &str, requirements: &[&str]) -> Result<Option<Vec<String>>> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("main.py");
        std::fs::write(&file, text).unwrap();
        let requirements = requirements.iter().map(|name| (*name).to_owned()).collect();
        let found = Application::find((&file, "main.py"), name, ("main", None), &requirements)?;
        Ok(found.map(|application| application.arguments(8080)))
    }

    fn words(text: &str) -> Option<Vec<String>> {
        Some(text.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn an_application_is_given_to_a_server_that_is_required() {
        let uvicorn = words("uvicorn main:app --host 0.0.0.0 --port 8080");
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
            words("gunicorn main:app --bind 0.0.0.0:8080")
        );
        assert_eq!(find(flask, "app", &["waitress"]).unwrap(), words("waitress --listen 0.0.0.0:8080 main:app"));
        let wsgi = find(flask, "app", &["uvicorn"]).unwrap();
        assert_eq!(wsgi, words("uvicorn main:app --interface wsgi --host 0.0.0.0 --port 8080"));
        assert_eq!(
            find("def app(environ, start_response): ...\n", "app", &["gunicorn"]).unwrap().unwrap()[0],
            "gunicorn"
        );
        let quart = "from quart import Quart\napp = Quart(__name__)\n";
        assert_eq!(find(quart, "app", &["hypercorn"]).unwrap(), words("hypercorn main:app --bind 0.0.0.0:8080"));
    }

    #[test]
    fn a_file_that_runs_its_own_server_is_run() {
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
        let application =
            Application { server: Server::Uvicorn, target: "src.main:app".into(), import_root: Some("src".into()) };
        let script = application.script(8080);
        assert!(script.contains(r#"sys.argv = ["uvicorn", "src.main:app", "--host", "0.0.0.0", "--port", "8080"]"#));
        assert!(script.contains(r#"for folder in ["src"]"#) && script.contains(r#"runpy.run_module("uvicorn""#));
    }
}
