//! What an agent's source serves: an MCP, A2A or AG-UI server, or plain HTTP.
//!
//! Owns: how far what was seen tells it. It reads the entrypoint and the project's own files that it imports, and runs
//! nothing; `python` and `script` know the signs. Does not own: the configuration's word for it, what happens with it.

mod python;
mod script;

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

use super::imports::Places;
use super::{Language, Source};
use crate::fsx;

/// How many files of a project are read, and up to which size: servers are started near the entrypoint.
const MOST_FILES: usize = 60;
const LONGEST: u64 = 1 << 20;

/// What is served, other than plain HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Serves {
    Mcp,
    A2a,
    Agui,
}

/// A server that was found, and what showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Served {
    pub(crate) serves: Serves,
    pub(crate) file: PathBuf,
    /// The import or call: `mcp.server.fastmcp.FastMCP`.
    pub(crate) sign: String,
}

/// What the source shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It serves this and nothing else.
    Sure(Served),
    /// It has what such servers have, one for each protocol, and does not show that it is one.
    Perhaps(Vec<Served>),
}

/// One thing that a file shows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sign {
    /// An agent of the HTTP protocol.
    Http,
    /// A handler for the path of such an agent, which AG-UI has as well.
    Route,
    /// The path as a text, for whatever it is there.
    Path,
    Sure(Serves, String),
    Perhaps(Serves, String),
    /// The events of AG-UI: those of a server where it has the path, too.
    Events(String),
    /// A client of AG-UI, which has the same events.
    Client,
}

/// What the source serves; `None` for plain HTTP and where nothing shows another protocol.
pub(crate) fn served(source: &Source) -> Option<Finding> {
    let places = Places::new(&source.root, source.search_path(), &source.entrypoint);
    let mut seen = Seen::default();
    let mut open = VecDeque::from([source.entrypoint.clone()]);
    let mut files = BTreeSet::new();
    while let Some(file) = open.pop_front() {
        if files.len() == MOST_FILES || !files.insert(file.clone()) {
            continue;
        }
        let small = std::fs::metadata(&file).is_ok_and(|meta| meta.is_file() && meta.len() <= LONGEST);
        let Some(text) = small.then(|| fsx::read_text(&file).ok().flatten()).flatten() else { continue };
        let (signs, next) = match source.language {
            Language::Python => python::read(&text, &file, &places),
            Language::TypeScript | Language::JavaScript => script::read(&text, &file, &source.root),
        };
        for sign in signs {
            seen.add(sign, &file);
        }
        open.extend(next);
    }
    seen.finding()
}

/// What was seen in all files.
#[derive(Debug, Default)]
struct Seen {
    http: bool,
    route: bool,
    path: bool,
    client: bool,
    sure: Vec<Served>,
    perhaps: Vec<Served>,
    events: Vec<Served>,
}

impl Seen {
    fn add(&mut self, sign: Sign, file: &std::path::Path) {
        let served = |serves, sign| Served { serves, file: file.to_owned(), sign };
        match sign {
            Sign::Http => self.http = true,
            Sign::Route => self.route = true,
            Sign::Path => self.path = true,
            Sign::Client => self.client = true,
            Sign::Sure(serves, sign) => self.sure.push(served(serves, sign)),
            Sign::Perhaps(serves, sign) => self.perhaps.push(served(serves, sign)),
            Sign::Events(sign) => self.events.push(served(Serves::Agui, sign)),
        }
    }

    fn finding(mut self) -> Option<Finding> {
        let events = std::mem::take(&mut self.events);
        if self.route && !self.client {
            self.sure.extend(events)
        } else {
            self.perhaps.extend(events)
        }
        if self.http {
            return None;
        }
        // AG-UI agents answer at the path of HTTP agents; the others do not.
        if self.route {
            self.sure.retain(|one| one.serves == Serves::Agui);
            self.perhaps.retain(|one| one.serves == Serves::Agui);
        }
        let mut all: Vec<Served> = Vec::new();
        for one in self.sure.iter().chain(&self.perhaps) {
            if all.iter().all(|other| other.serves != one.serves) {
                all.push(one.clone());
            }
        }
        match (all.as_slice(), self.sure.first()) {
            ([], _) => None,
            ([_], Some(first)) if !self.path || first.serves == Serves::Agui => Some(Finding::Sure(first.clone())),
            _ => Some(Finding::Perhaps(all)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Detect, Selected, detect};
    use super::*;

    fn found(files: &[(&str, &str)]) -> Option<Served> {
        match finding(files)? {
            Finding::Sure(served) => Some(served),
            Finding::Perhaps(_) => None,
        }
    }

    /// The protocols that it may speak.
    fn perhaps(files: &[(&str, &str)]) -> Vec<Serves> {
        match finding(files) {
            Some(Finding::Perhaps(all)) => all.into_iter().map(|served| served.serves).collect(),
            _ => Vec::new(),
        }
    }

    fn finding(files: &[(&str, &str)]) -> Option<Finding> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("requirements.txt", ""), ("package.json", "{}")].iter().chain(files) {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let source = detect(&Detect {
            dir: dir.path(),
            entrypoint: Some(Path::new(files[0].0)),
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected: Selected::default(),
            agent: None,
        });
        served(&source.unwrap())
    }

    fn of(text: &str) -> Option<Serves> {
        found(&[("main.py", text)]).map(|served| served.serves)
    }

    #[test]
    fn servers_are_told_by_what_they_import_and_call() {
        for (text, serves) in [
            ("from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x', host='0.0.0.0')\n", Serves::Mcp),
            ("from fastmcp import FastMCP\nmcp = FastMCP('x')\nmcp.run(transport='http')\n", Serves::Mcp),
            ("import fastmcp\nmcp = fastmcp.FastMCP(\n  'x',\n)\n", Serves::Mcp),
            ("from mcp.server import MCPServer\nserver = MCPServer('x')\n", Serves::Mcp),
            ("from mcp.server.lowlevel import Server as S\ns = S('x')\n", Serves::Mcp),
            ("from strands.multiagent.a2a import A2AServer\nA2AServer(agent=a).serve()\n", Serves::A2a),
            ("from a2a.server.apps import A2AStarletteApplication\n", Serves::A2a),
            ("from a2a.server.routes import create_jsonrpc_routes\n", Serves::A2a),
            ("import a2a.server.apps as apps\n", Serves::A2a),
            ("from bedrock_agentcore.runtime import serve_a2a\nserve_a2a(executor)\n", Serves::A2a),
            ("from google.adk.a2a.utils.agent_to_a2a import to_a2a\napp = to_a2a(agent)\n", Serves::A2a),
            ("from pydantic_ai import Agent\napp = Agent('x').to_a2a()\n", Serves::A2a),
            ("from ag_ui.encoder import EventEncoder\n@app.post('/invocations')\nasync def run(): ...\n", Serves::Agui),
            ("from ag_ui_langgraph import add_langgraph_fastapi_endpoint\n", Serves::Agui),
            ("from bedrock_agentcore.runtime import AGUIApp\napp = AGUIApp()\n", Serves::Agui),
        ] {
            assert_eq!(of(text), Some(serves), "{text}");
        }
    }

    #[test]
    fn clients_and_http_agents_are_not_taken_for_servers() {
        for text in [
            "print('hello')",
            "from bedrock_agentcore import BedrockAgentCoreApp\nfrom mcp.server.fastmcp import FastMCP\napp = BedrockAgentCoreApp()\nFastMCP('x')\n",
            "from mcp import ClientSession\nfrom mcp.client.streamable_http import streamablehttp_client\nClientSession()\n",
            "from mcp.server.fastmcp import FastMCP\n",
            "from fastmcp import Client\nClient('http://x')\n",
            "from a2a.client import ClientFactory\nfrom a2a.types import Message\n",
            "from google.adk.agents.remote_a2a_agent import RemoteA2aAgent\n",
            "# from a2a.server.apps import X\n'''\nfrom a2a.server.apps import X\n'''\n",
            "from fastapi import FastAPI\nfrom fastmcp import FastMCP\nm = FastMCP('x')\napp = FastAPI()\n@app.post('/invocations')\ndef f(): ...\n",
            // Both: nobody but the user can tell.
            "from a2a.server.apps import X\nfrom fastmcp import FastMCP\nFastMCP('x')\n",
            "Server('x')\n",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn a_server_in_a_file_that_the_entrypoint_imports_counts() {
        const SERVER: &str = "from fastmcp import FastMCP\nmcp = FastMCP('x')\n";
        for (main, place) in [
            ("from server import mcp\nmcp.run()\n", "server.py"),
            ("from pkg.server import mcp\n", "pkg/server.py"),
            ("from pkg import server\n", "pkg/server.py"),
            ("import pkg.server\n", "pkg/server.py"),
            ("from pkg import mcp\n", "pkg/__init__.py"),
        ] {
            let served = found(&[("main.py", main), (place, SERVER)]).unwrap_or_else(|| panic!("{main}"));
            assert!(served.serves == Serves::Mcp && served.file.ends_with(place) && served.sign == "fastmcp.FastMCP");
        }
        assert_eq!(
            found(&[("src/main.py", "from .server import mcp\n"), ("src/server.py", SERVER)]).unwrap().serves,
            Serves::Mcp
        );
        assert_eq!(found(&[("main.py", "import os\n"), ("server.py", SERVER)]), None, "nothing imports it");
        let around = ("server.py", "import main\nfrom fastmcp import FastMCP\nFastMCP('x')\n");
        assert!(found(&[("main.py", "import server\n"), around]).is_some(), "a circle ends");
    }

    #[test]
    fn servers_in_javascript_are_told_by_their_packages() {
        let of = |text: &str| found(&[("index.js", text)]).map(|served| served.serves);
        let sdk = "import { McpServer } from \"@modelcontextprotocol/sdk/server/mcp.js\";\n";
        assert_eq!(of(sdk), Some(Serves::Mcp));
        assert_eq!(
            of("import {\n  McpServer,\n} from '@modelcontextprotocol/sdk/server/mcp.js';\n"),
            Some(Serves::Mcp)
        );
        assert_eq!(of("const { A2AExpressApp } = require('@a2a-js/sdk/server/express');\n"), Some(Serves::A2a));
        assert_eq!(
            of("import { EventEncoder } from '@ag-ui/encoder'\napp.post('/invocations', f)\n"),
            Some(Serves::Agui)
        );
        for text in [
            "import { Client } from '@modelcontextprotocol/sdk/client/index.js';\n",
            "import { BedrockAgentCoreApp } from 'bedrock-agentcore/runtime';\nimport { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n",
            "// import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n",
            "import { A2AClient } from '@a2a-js/sdk/client';\n",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(found(&[("index.js", "import './server.js'\n"), ("server.js", sdk)]).unwrap().serves, Serves::Mcp);
    }

    #[test]
    fn servers_made_in_other_ways_are_recognised() {
        const FAST: &str = "from fastmcp import FastMCP\n";
        let fast = |rest: &str| format!("{FAST}{rest}");
        for (text, serves) in [
            (fast("mcp = FastMCP.from_openapi(openapi_spec=s, client=c)\n"), Serves::Mcp),
            (fast("mcp = FastMCP.from_fastapi(app=app)\n"), Serves::Mcp),
            (fast("mcp = FastMCP.as_proxy('https://x')\n"), Serves::Mcp),
            ("from fastmcp.server import create_proxy\nmcp = create_proxy('https://x')\n".into(), Serves::Mcp),
            (fast("class My(FastMCP):\n    pass\nmcp = My('x')\n"), Serves::Mcp),
            ("from mcp.server.fastmcp import FastMCP\nmcp: FastMCP[Ctx] = FastMCP[Ctx]('x')\n".into(), Serves::Mcp),
            ("from fastmcp import FastMCP; mcp = FastMCP('x'); mcp.run()\n".into(), Serves::Mcp),
            (fast("m = FastMCP('x')\n@m.tool\ndef call(ep):\n    return post('https://x/' + ep + '/invocations')\n"), Serves::Mcp),
            (fast("# unlike HTTP agents, which answer at \"/invocations\"\nm = FastMCP('x')\n"), Serves::Mcp),
            ("from beeai_framework.adapters.a2a import A2AServer\nA2AServer().serve()\n".into(), Serves::A2a),
            ("from agno.app.agui.app import AGUIApp\napp = AGUIApp(agent=a)\n".into(), Serves::Agui),
            (
                "from ag_ui.core import RunAgentInput\n@app.post('/invocations')\nasync def run(i: RunAgentInput): ...\n".into(),
                Serves::Agui,
            ),
            ("import ag_ui.core as agui\n@app.post('/invocations')\nasync def run(i): ...\n".into(), Serves::Agui),
        ] {
            assert_eq!(of(&text), Some(serves), "{text}");
        }
        const SERVER: &str = "from fastmcp import FastMCP\nmcp = FastMCP('x')\napp = mcp.http_app()\n";
        for (main, place) in [
            ("import uvicorn\nuvicorn.run('server:app', port=8000)\n", "server.py"),
            ("import runpy\nrunpy.run_module('pkg.server', run_name='__main__')\n", "pkg/server.py"),
            ("from runpy import run_path\nrun_path('tools/server.py')\n", "tools/server.py"),
            ("import importlib\nimportlib.import_module('server').mcp.run()\n", "server.py"),
        ] {
            assert_eq!(found(&[("main.py", main), (place, SERVER)]).map(|one| one.serves), Some(Serves::Mcp), "{main}");
        }
    }

    #[test]
    fn what_only_looks_like_a_server_is_not_taken_for_one() {
        for (text, may) in [
            ("import gradio as gr\ndemo = gr.Interface(f)\ndemo.launch(mcp_server=True)\n", Serves::Mcp),
            ("from awslabs.foo_mcp_server.server import main\nmain()\n", Serves::Mcp),
            ("from fastmcp import FastMCP\nm = FastMCP('x')\nPATH = '/invocations'\n", Serves::Mcp),
            ("from fastmcp import FastMCP\nclass My(FastMCP): ...\n", Serves::Mcp),
            ("from ag_ui.core import RunStartedEvent\n", Serves::Agui),
            ("from copilotkit import LangGraphAGUIAgent\n", Serves::Agui),
            ("from agno.os import AgentOS\nos = AgentOS(agents=[a], a2a_interface=True)\n", Serves::A2a),
            ("from agno.os.interfaces.a2a import A2A\n", Serves::A2a),
            (
                "from google.adk.cli.fast_api import get_fast_api_app\napp = get_fast_api_app(agents_dir=d, a2a=True)\n",
                Serves::A2a,
            ),
            ("from crewai.a2a import A2AServerConfig\n", Serves::A2a),
        ] {
            assert_eq!(perhaps(&[("main.py", text)]), [may], "{text}");
        }
        let both = "from ag_ui_strands import create_strands_app\nfrom fastmcp import FastMCP\nFastMCP('x')\n";
        assert_eq!(perhaps(&[("main.py", both)]), [Serves::Agui, Serves::Mcp]);
        for text in [
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a2a.server.agent_execution import RequestContext\n",
            "import typing\nif typing.TYPE_CHECKING:\n    from a2a.server.agent_execution import RequestContext\nelse:\n    x = 1\n",
            "from bedrock_agentcore import BedrockAgentCoreApp\nfrom fastmcp import FastMCP\nclass App(BedrockAgentCoreApp):\n    pass\napp = App()\nFastMCP('x')\n",
            "from crewai.a2a import A2AClientConfig\n",
            "from google.adk.cli.fast_api import get_fast_api_app\napp = get_fast_api_app(agents_dir=d, a2a=False)\n",
        ] {
            assert_eq!(finding(&[("main.py", text)]), None, "{text}");
        }
    }

    #[test]
    fn servers_in_typescript_are_told_from_their_types_and_comments() {
        const SDK: &str = "import { McpServer } from \"@modelcontextprotocol/sdk/server/mcp.js\";\n";
        let of = |text: &str| found(&[("index.js", text)]).map(|served| served.serves);
        for (text, serves) in [
            ("import { StreamableHTTPTransport } from \"@hono/mcp\";\n", Serves::Mcp),
            ("import { createMcpExpressApp } from '@modelcontextprotocol/express';\n", Serves::Mcp),
            ("import { MCPServer } from '@mastra/mcp';\n", Serves::Mcp),
            ("import { MCPServer } from 'mcp-framework';\n", Serves::Mcp),
            ("import { A2AExpressServer } from '@strands-agents/sdk/a2a/express';\n", Serves::A2a),
            ("import { EventType } from '@ag-ui/core';\napp.post('/invocations', f);\n", Serves::Agui),
            ("const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js');\n", Serves::Mcp),
            (
                "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nfetch(base + '/invocations');\n",
                Serves::Mcp,
            ),
        ] {
            assert_eq!(of(text), Some(serves), "{text}");
        }
        for text in [
            "import type { McpServer } from \"@modelcontextprotocol/sdk/server/mcp.js\";\napp.post('/chat', f);\n",
            "import { type McpServer } from \"@modelcontextprotocol/sdk/server/mcp.js\";\n",
            "/*\nimport { McpServer } from \"@modelcontextprotocol/sdk/server/mcp.js\";\n*/\n",
            "const text = `\nimport { McpServer } from \"@modelcontextprotocol/sdk/server/mcp.js\";\n`;\n",
            "import { MCPClient } from '@mastra/mcp';\n",
            "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\napp.post('/invocations', f);\n",
        ] {
            assert_eq!(finding(&[("index.js", text)]), None, "{text}");
        }
        for (text, may) in [
            ("import { EventType } from '@ag-ui/core';\n", Serves::Agui),
            (
                "import { EventType } from '@ag-ui/core';\nimport { HttpAgent } from '@ag-ui/client';\napp.post('/invocations', f);\n",
                Serves::Agui,
            ),
        ] {
            assert_eq!(perhaps(&[("index.js", text)]), [may], "{text}");
        }
        let by = |import: &str, package: &str, more: &[(&str, &str)]| {
            let mut files = vec![("index.js", import), ("package.json", package), ("lib/server.js", SDK)];
            files.extend(more);
            found(&files).map(|served| served.serves)
        };
        let tool = "import { s } from '#server';\n";
        assert_eq!(by(tool, r##"{"imports": {"#server": "./lib/server.js"}}"##, &[]), Some(Serves::Mcp));
        let condition = r##"{"imports": {"#server": {"types": "./x.d.ts", "default": "./lib/server.js"}}}"##;
        assert_eq!(by(tool, condition, &[]), Some(Serves::Mcp));
        assert_eq!(by("import '#lib/server.js';\n", r##"{"imports": {"#lib/*": "./lib/*"}}"##, &[]), Some(Serves::Mcp));
        let tsconfig = "{ // paths\n\"compilerOptions\": {\"paths\": {\"@/*\": [\"./lib/*\"]}}}";
        assert_eq!(by("import { s } from '@/server';\n", "{}", &[("tsconfig.json", tsconfig)]), Some(Serves::Mcp));
    }
}
