//! Detects what an agent's source serves: MCP, A2A, AG-UI or plain HTTP.
//!
//! Owns: how far the evidence decides. It reads the entrypoint and the project's own files that it imports, and runs
//! nothing; `python` and `script` find the evidence. Does not own: the configured protocol, what follows from it.

mod python;
pub(super) mod script;

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

use super::imports::ImportPaths;
use super::{Language, Source};
use crate::fsx;

/// How many files of a project are read, and up to which size: servers are started near the entrypoint.
const MOST_FILES: usize = 60;
const LONGEST: u64 = 1 << 20;

/// What is served, other than plain HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ServedProtocol {
    Mcp,
    A2a,
    Agui,
}

/// A detected server and its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DetectedServer {
    pub(crate) serves: ServedProtocol,
    pub(crate) file: PathBuf,
    /// The import or call: `mcp.server.fastmcp.FastMCP`.
    pub(crate) sign: String,
}

/// The result of a detection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProtocolFinding {
    /// It serves this and nothing else.
    Sure(DetectedServer),
    /// It has what such servers have, one for each protocol, and does not show that it is one.
    Perhaps(Vec<DetectedServer>),
}

/// One piece of evidence in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Evidence {
    /// An agent of the HTTP protocol.
    Http,
    /// A handler for the path of such an agent, which AG-UI has as well.
    Route,
    /// The path as a text, for whatever it is there.
    Path,
    Sure(ServedProtocol, String),
    Perhaps(ServedProtocol, String),
    /// The events of AG-UI: those of a server where it has the path, too.
    Events(String),
    /// A client of AG-UI, which has the same events.
    Client,
}

/// What the source serves; `None` for plain HTTP and where nothing shows another protocol.
pub(crate) fn served(source: &Source) -> Option<ProtocolFinding> {
    let places = ImportPaths::new(&source.root, source.search_path(), &source.entrypoint);
    let mut seen = EvidenceFound::default();
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

/// The evidence of all files.
#[derive(Debug, Default)]
struct EvidenceFound {
    http: bool,
    route: bool,
    path: bool,
    client: bool,
    sure: Vec<DetectedServer>,
    perhaps: Vec<DetectedServer>,
    events: Vec<DetectedServer>,
}

impl EvidenceFound {
    fn add(&mut self, sign: Evidence, file: &std::path::Path) {
        let served = |serves, sign| DetectedServer { serves, file: file.to_owned(), sign };
        match sign {
            Evidence::Http => self.http = true,
            Evidence::Route => self.route = true,
            Evidence::Path => self.path = true,
            Evidence::Client => self.client = true,
            Evidence::Sure(serves, sign) => self.sure.push(served(serves, sign)),
            Evidence::Perhaps(serves, sign) => self.perhaps.push(served(serves, sign)),
            Evidence::Events(sign) => self.events.push(served(ServedProtocol::Agui, sign)),
        }
    }

    fn finding(mut self) -> Option<ProtocolFinding> {
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
            self.sure.retain(|one| one.serves == ServedProtocol::Agui);
            self.perhaps.retain(|one| one.serves == ServedProtocol::Agui);
        }
        let mut all: Vec<DetectedServer> = Vec::new();
        for one in self.sure.iter().chain(&self.perhaps) {
            if all.iter().all(|other| other.serves != one.serves) {
                all.push(one.clone());
            }
        }
        match (all.as_slice(), self.sure.first()) {
            ([], _) => None,
            ([_], Some(first)) if !self.path || first.serves == ServedProtocol::Agui => {
                Some(ProtocolFinding::Sure(first.clone()))
            }
            _ => Some(ProtocolFinding::Perhaps(all)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Detect, Selected, detect};
    use super::*;

    fn found(files: &[(&str, &str)]) -> Option<DetectedServer> {
        match finding(files)? {
            ProtocolFinding::Sure(served) => Some(served),
            ProtocolFinding::Perhaps(_) => None,
        }
    }

    /// The protocols that it may speak.
    fn perhaps(files: &[(&str, &str)]) -> Vec<ServedProtocol> {
        match finding(files) {
            Some(ProtocolFinding::Perhaps(all)) => all.into_iter().map(|served| served.serves).collect(),
            _ => Vec::new(),
        }
    }

    fn finding(files: &[(&str, &str)]) -> Option<ProtocolFinding> {
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

    fn protocol_of(text: &str) -> Option<ServedProtocol> {
        found(&[("main.py", text)]).map(|served| served.serves)
    }

    #[test]
    fn servers_are_recognised_by_imports_and_calls() {
        for (text, serves) in [
            ("from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x', host='0.0.0.0')\n", ServedProtocol::Mcp),
            ("from fastmcp import FastMCP\nmcp = FastMCP('x')\nmcp.run(transport='http')\n", ServedProtocol::Mcp),
            ("import fastmcp\nmcp = fastmcp.FastMCP(\n  'x',\n)\n", ServedProtocol::Mcp),
            ("from mcp.server import MCPServer\nserver = MCPServer('x')\n", ServedProtocol::Mcp),
            ("from mcp.server.lowlevel import Server as S\ns = S('x')\n", ServedProtocol::Mcp),
            ("from strands.multiagent.a2a import A2AServer\nA2AServer(agent=a).serve()\n", ServedProtocol::A2a),
            ("from a2a.server.apps import A2AStarletteApplication\n", ServedProtocol::A2a),
            ("from a2a.server.routes import create_jsonrpc_routes\n", ServedProtocol::A2a),
            ("import a2a.server.apps as apps\n", ServedProtocol::A2a),
            ("from bedrock_agentcore.runtime import serve_a2a\nserve_a2a(executor)\n", ServedProtocol::A2a),
            ("from google.adk.a2a.utils.agent_to_a2a import to_a2a\napp = to_a2a(agent)\n", ServedProtocol::A2a),
            ("from pydantic_ai import Agent\napp = Agent('x').to_a2a()\n", ServedProtocol::A2a),
            (
                "from ag_ui.encoder import EventEncoder\n@app.post('/invocations')\nasync def run(): ...\n",
                ServedProtocol::Agui,
            ),
            ("from ag_ui_langgraph import add_langgraph_fastapi_endpoint\n", ServedProtocol::Agui),
            ("from bedrock_agentcore.runtime import AGUIApp\napp = AGUIApp()\n", ServedProtocol::Agui),
        ] {
            assert_eq!(protocol_of(text), Some(serves), "{text}");
        }
    }

    #[test]
    fn clients_and_http_agents_never_count_as_servers() {
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
            assert_eq!(protocol_of(text), None, "{text}");
        }
    }

    #[test]
    fn server_in_an_imported_file_counts() {
        const SERVER: &str = "from fastmcp import FastMCP\nmcp = FastMCP('x')\n";
        for (main, place) in [
            ("from server import mcp\nmcp.run()\n", "server.py"),
            ("from pkg.server import mcp\n", "pkg/server.py"),
            ("from pkg import server\n", "pkg/server.py"),
            ("import pkg.server\n", "pkg/server.py"),
            ("from pkg import mcp\n", "pkg/__init__.py"),
        ] {
            let served = found(&[("main.py", main), (place, SERVER)]).unwrap_or_else(|| panic!("{main}"));
            assert!(
                served.serves == ServedProtocol::Mcp
                    && served.file.ends_with(place)
                    && served.sign == "fastmcp.FastMCP"
            );
        }
        assert_eq!(
            found(&[("src/main.py", "from .server import mcp\n"), ("src/server.py", SERVER)]).unwrap().serves,
            ServedProtocol::Mcp
        );
        assert_eq!(found(&[("main.py", "import os\n"), ("server.py", SERVER)]), None, "nothing imports it");
        let around = ("server.py", "import main\nfrom fastmcp import FastMCP\nFastMCP('x')\n");
        assert!(found(&[("main.py", "import server\n"), around]).is_some(), "a circle ends");
    }

    #[test]
    fn servers_in_javascript_are_told_by_their_packages() {
        let protocol_of = |text: &str| found(&[("index.js", text)]).map(|served| served.serves);
        let sdk = "import { McpServer } from \"@modelcontextprotocol/sdk/server/mcp.js\";\n";
        assert_eq!(protocol_of(sdk), Some(ServedProtocol::Mcp));
        assert_eq!(
            protocol_of("import {\n  McpServer,\n} from '@modelcontextprotocol/sdk/server/mcp.js';\n"),
            Some(ServedProtocol::Mcp)
        );
        assert_eq!(
            protocol_of("const { A2AExpressApp } = require('@a2a-js/sdk/server/express');\n"),
            Some(ServedProtocol::A2a)
        );
        assert_eq!(
            protocol_of("import { EventEncoder } from '@ag-ui/encoder'\napp.post('/invocations', f)\n"),
            Some(ServedProtocol::Agui)
        );
        for text in [
            "import { Client } from '@modelcontextprotocol/sdk/client/index.js';\n",
            "import { BedrockAgentCoreApp } from 'bedrock-agentcore/runtime';\nimport { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n",
            "// import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n",
            "import { A2AClient } from '@a2a-js/sdk/client';\n",
        ] {
            assert_eq!(protocol_of(text), None, "{text}");
        }
        assert_eq!(
            found(&[("index.js", "import './server.js'\n"), ("server.js", sdk)]).unwrap().serves,
            ServedProtocol::Mcp
        );
    }

    #[test]
    fn servers_made_in_other_ways_are_recognised() {
        const FAST: &str = "from fastmcp import FastMCP\n";
        let fast = |rest: &str| format!("{FAST}{rest}");
        for (text, serves) in [
            (fast("mcp = FastMCP.from_openapi(openapi_spec=s, client=c)\n"), ServedProtocol::Mcp),
            (fast("mcp = FastMCP.from_fastapi(app=app)\n"), ServedProtocol::Mcp),
            (fast("mcp = FastMCP.as_proxy('https://x')\n"), ServedProtocol::Mcp),
            ("from fastmcp.server import create_proxy\nmcp = create_proxy('https://x')\n".into(), ServedProtocol::Mcp),
            (fast("class My(FastMCP):\n    pass\nmcp = My('x')\n"), ServedProtocol::Mcp),
            ("from mcp.server.fastmcp import FastMCP\nmcp: FastMCP[Ctx] = FastMCP[Ctx]('x')\n".into(), ServedProtocol::Mcp),
            ("from fastmcp import FastMCP; mcp = FastMCP('x'); mcp.run()\n".into(), ServedProtocol::Mcp),
            (fast("m = FastMCP('x')\n@m.tool\ndef call(ep):\n    return post('https://x/' + ep + '/invocations')\n"), ServedProtocol::Mcp),
            (fast("# unlike HTTP agents, which answer at \"/invocations\"\nm = FastMCP('x')\n"), ServedProtocol::Mcp),
            ("from beeai_framework.adapters.a2a import A2AServer\nA2AServer().serve()\n".into(), ServedProtocol::A2a),
            ("from agno.app.agui.app import AGUIApp\napp = AGUIApp(agent=a)\n".into(), ServedProtocol::Agui),
            (
                "from ag_ui.core import RunAgentInput\n@app.post('/invocations')\nasync def run(i: RunAgentInput): ...\n".into(),
                ServedProtocol::Agui,
            ),
            ("import ag_ui.core as agui\n@app.post('/invocations')\nasync def run(i): ...\n".into(), ServedProtocol::Agui),
        ] {
            assert_eq!(protocol_of(&text), Some(serves), "{text}");
        }
        const SERVER: &str = "from fastmcp import FastMCP\nmcp = FastMCP('x')\napp = mcp.http_app()\n";
        for (main, place) in [
            ("import uvicorn\nuvicorn.run('server:app', port=8000)\n", "server.py"),
            ("import runpy\nrunpy.run_module('pkg.server', run_name='__main__')\n", "pkg/server.py"),
            ("from runpy import run_path\nrun_path('tools/server.py')\n", "tools/server.py"),
            ("import importlib\nimportlib.import_module('server').mcp.run()\n", "server.py"),
        ] {
            assert_eq!(
                found(&[("main.py", main), (place, SERVER)]).map(|one| one.serves),
                Some(ServedProtocol::Mcp),
                "{main}"
            );
        }
    }

    #[test]
    fn uncertain_servers_are_only_suspected() {
        for (text, may) in [
            ("import gradio as gr\ndemo = gr.Interface(f)\ndemo.launch(mcp_server=True)\n", ServedProtocol::Mcp),
            ("from awslabs.foo_mcp_server.server import main\nmain()\n", ServedProtocol::Mcp),
            ("from fastmcp import FastMCP\nm = FastMCP('x')\nPATH = '/invocations'\n", ServedProtocol::Mcp),
            ("from fastmcp import FastMCP\nclass My(FastMCP): ...\n", ServedProtocol::Mcp),
            ("from ag_ui.core import RunStartedEvent\n", ServedProtocol::Agui),
            ("from copilotkit import LangGraphAGUIAgent\n", ServedProtocol::Agui),
            ("from agno.os import AgentOS\nos = AgentOS(agents=[a], a2a_interface=True)\n", ServedProtocol::A2a),
            ("from agno.os.interfaces.a2a import A2A\n", ServedProtocol::A2a),
            (
                "from google.adk.cli.fast_api import get_fast_api_app\napp = get_fast_api_app(agents_dir=d, a2a=True)\n",
                ServedProtocol::A2a,
            ),
            ("from crewai.a2a import A2AServerConfig\n", ServedProtocol::A2a),
        ] {
            assert_eq!(perhaps(&[("main.py", text)]), [may], "{text}");
        }
        let both = "from ag_ui_strands import create_strands_app\nfrom fastmcp import FastMCP\nFastMCP('x')\n";
        assert_eq!(perhaps(&[("main.py", both)]), [ServedProtocol::Agui, ServedProtocol::Mcp]);
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
    fn typescript_servers_are_distinguished_from_types_and_comments() {
        const SDK: &str = "import { McpServer } from \"@modelcontextprotocol/sdk/server/mcp.js\";\n";
        let protocol_of = |text: &str| found(&[("index.js", text)]).map(|served| served.serves);
        for (text, serves) in [
            ("import { StreamableHTTPTransport } from \"@hono/mcp\";\n", ServedProtocol::Mcp),
            ("import { createMcpExpressApp } from '@modelcontextprotocol/express';\n", ServedProtocol::Mcp),
            ("import { MCPServer } from '@mastra/mcp';\n", ServedProtocol::Mcp),
            ("import { MCPServer } from 'mcp-framework';\n", ServedProtocol::Mcp),
            ("import { A2AExpressServer } from '@strands-agents/sdk/a2a/express';\n", ServedProtocol::A2a),
            ("import { EventType } from '@ag-ui/core';\napp.post('/invocations', f);\n", ServedProtocol::Agui),
            ("const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js');\n", ServedProtocol::Mcp),
            (
                "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nfetch(base + '/invocations');\n",
                ServedProtocol::Mcp,
            ),
        ] {
            assert_eq!(protocol_of(text), Some(serves), "{text}");
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
            ("import { EventType } from '@ag-ui/core';\n", ServedProtocol::Agui),
            (
                "import { EventType } from '@ag-ui/core';\nimport { HttpAgent } from '@ag-ui/client';\napp.post('/invocations', f);\n",
                ServedProtocol::Agui,
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
        assert_eq!(by(tool, r##"{"imports": {"#server": "./lib/server.js"}}"##, &[]), Some(ServedProtocol::Mcp));
        let condition = r##"{"imports": {"#server": {"types": "./x.d.ts", "default": "./lib/server.js"}}}"##;
        assert_eq!(by(tool, condition, &[]), Some(ServedProtocol::Mcp));
        assert_eq!(
            by("import '#lib/server.js';\n", r##"{"imports": {"#lib/*": "./lib/*"}}"##, &[]),
            Some(ServedProtocol::Mcp)
        );
        let tsconfig = "{ // paths\n\"compilerOptions\": {\"paths\": {\"@/*\": [\"./lib/*\"]}}}";
        assert_eq!(
            by("import { s } from '@/server';\n", "{}", &[("tsconfig.json", tsconfig)]),
            Some(ServedProtocol::Mcp)
        );
    }
}
