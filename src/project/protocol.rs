//! What an agent's source serves: an MCP, A2A or AG-UI server, or plain HTTP.
//!
//! Owns: which imports and calls say so. It reads the entrypoint and the project's own files that it imports, and runs
//! nothing. Does not own: the configuration's word for it, what happens with it.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex_lite::Regex;

use super::reading::Module;
use super::{Language, Source};
use crate::fsx;

/// How many files of a project are read, and up to which size: servers are started near the entrypoint.
const MOST_FILES: usize = 60;
const LONGEST: u64 = 1 << 20;
/// What an agent of the HTTP protocol answers at, when it names the path itself.
const HTTP_PATH: [&str; 3] = ["\"/invocations\"", "'/invocations'", "`/invocations`"];

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

/// What the source serves; `None` for plain HTTP, for several things at once, and where nothing is certain.
pub(crate) fn served(source: &Source) -> Option<Served> {
    let mut found: Vec<Served> = Vec::new();
    let mut open = VecDeque::from([source.entrypoint.clone()]);
    let mut seen = BTreeSet::new();
    let (mut http, mut path) = (false, false);
    while let Some(file) = open.pop_front() {
        if seen.len() == MOST_FILES || !seen.insert(file.clone()) {
            continue;
        }
        let small = std::fs::metadata(&file).is_ok_and(|meta| meta.is_file() && meta.len() <= LONGEST);
        let Some(text) = small.then(|| fsx::read_text(&file).ok().flatten()).flatten() else { continue };
        path |= HTTP_PATH.iter().any(|literal| text.contains(literal));
        let (signs, next) = match source.language {
            Language::Python => python(&text, &file, source),
            Language::TypeScript | Language::JavaScript => script(&text, &file),
        };
        for sign in signs {
            match sign {
                Sign::Http => http = true,
                Sign::Other(serves, sign) => found.push(Served { serves, file: file.clone(), sign }),
            }
        }
        open.extend(next);
    }
    let first = found.first()?.clone();
    let clear = found.iter().all(|one| one.serves == first.serves);
    // AG-UI agents answer at the path of HTTP agents; the others do not.
    let other = http || (path && first.serves != Serves::Agui);
    (clear && !other).then_some(first)
}

enum Sign {
    Http,
    Other(Serves, String),
}

/// Modules that only a server of the protocol imports; a client has others.
const MODULES: &[(&str, Serves)] = &[
    ("a2a.server", Serves::A2a),
    ("strands.multiagent.a2a", Serves::A2a),
    ("google.adk.a2a", Serves::A2a),
    ("fasta2a", Serves::A2a),
    ("python_a2a.server", Serves::A2a),
    ("ag_ui.encoder", Serves::Agui),
    ("ag_ui_adk", Serves::Agui),
    ("ag_ui_agno", Serves::Agui),
    ("ag_ui_crewai", Serves::Agui),
    ("ag_ui_langgraph", Serves::Agui),
    ("ag_ui_strands", Serves::Agui),
    ("agent_framework.ag_ui", Serves::Agui),
    ("agent_framework_ag_ui", Serves::Agui),
    ("agno.os.interfaces.agui", Serves::Agui),
    ("llama_index.protocols.ag_ui", Serves::Agui),
    ("pydantic_ai.ag_ui", Serves::Agui),
    ("pydantic_ai.ui.ag_ui", Serves::Agui),
];

/// The package, what of it is called, and what that serves. Libraries for MCP and for AgentCore have clients as well.
const CALLS: &[(&str, &[&str], Serves)] = &[
    ("mcp", &["FastMCP", "MCPServer", "Server", "StreamableHTTPSessionManager"], Serves::Mcp),
    ("fastmcp", &["FastMCP"], Serves::Mcp),
    ("fastapi_mcp", &["FastApiMCP"], Serves::Mcp),
    ("bedrock_agentcore", &["serve_a2a", "build_a2a_app"], Serves::A2a),
    ("python_a2a", &["run_server"], Serves::A2a),
    ("bedrock_agentcore", &["AGUIApp", "serve_ag_ui", "build_ag_ui_app"], Serves::Agui),
    // Methods of agents.
    ("", &["to_a2a"], Serves::A2a),
    ("", &["to_ag_ui"], Serves::Agui),
];

fn python(text: &str, file: &Path, source: &Source) -> (Vec<Sign>, Vec<PathBuf>) {
    let module = Module::read(text);
    let mut signs = Vec::new();
    for import in &module.imports {
        let below = |name: &str| {
            import.path == name || import.path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
        };
        if let Some((name, serves)) = MODULES.iter().find(|(name, _)| below(name) || import.module == *name) {
            signs.push(Sign::Other(*serves, (*name).to_owned()));
        }
    }
    for call in module.calls() {
        let (package, name) = (call.split('.').next().unwrap_or_default(), call.rsplit('.').next().unwrap_or_default());
        if package == "bedrock_agentcore" && name == "BedrockAgentCoreApp" {
            signs.push(Sign::Http);
        }
        let fits = |(of, names, _): &&(&str, &[&str], Serves)| {
            (*of == package || (of.is_empty() && call.contains('.'))) && names.contains(&name)
        };
        if let Some((_, _, serves)) = CALLS.iter().find(fits) {
            signs.push(Sign::Other(*serves, call.trim_start_matches('.').to_owned()));
        }
    }
    let next = module.imports.iter().flat_map(|import| local_modules(&import.module, &import.path, file, source));
    (signs, next.collect())
}

/// The project's own files behind an import.
fn local_modules(module: &str, path: &str, file: &Path, source: &Source) -> Vec<PathBuf> {
    let beside = file.parent().unwrap_or(&source.root);
    let dots = module.len() - module.trim_start_matches('.').len();
    let folders: Vec<PathBuf> = match dots {
        0 => std::iter::once(source.root.clone())
            .chain(source.search_path().map(|folder| source.root.join(folder)))
            .chain(source.entrypoint.parent().map(Path::to_owned))
            .collect(),
        up => beside.ancestors().nth(up - 1).map(Path::to_owned).into_iter().collect(),
    };
    let names = [module, path].map(|name| name.trim_start_matches('.').replace('.', "/"));
    folders
        .iter()
        .flat_map(|folder| names.iter().filter(|name| !name.is_empty()).map(move |name| folder.join(name)))
        .flat_map(|at| [at.with_extension("py"), at.join("__init__.py")])
        .filter(|file| file.starts_with(&source.root) && file.is_file())
        .collect()
}

/// Packages of JavaScript whose import says what is served.
const PACKAGES: &[(&str, Serves)] = &[
    ("@modelcontextprotocol/sdk/server", Serves::Mcp),
    ("@modelcontextprotocol/server", Serves::Mcp),
    ("fastmcp", Serves::Mcp),
    ("@a2a-js/sdk/server", Serves::A2a),
    ("@ag-ui/encoder", Serves::Agui),
];
/// AWS's library for agents of the HTTP protocol.
const HTTP_PACKAGE: &str = "bedrock-agentcore";

fn script(text: &str, file: &Path) -> (Vec<Sign>, Vec<PathBuf>) {
    static IMPORTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let quoted = r#"["']([^"'\n]+)["']"#;
        Regex::new(&format!(r"(?m)^\s*(?:(?:import|export)\b[^;'`]*?|[^\n/*]*?\b(?:require|import)\s*\(\s*){quoted}"))
            .ok()
    });
    let found = IMPORTS.as_ref().map(|imports| imports.captures_iter(text)).into_iter().flatten();
    let (mut signs, mut next) = (Vec::new(), Vec::new());
    for name in found.filter_map(|found| Some(found.get(1)?.as_str())) {
        let below =
            |package: &str| name == package || name.strip_prefix(package).is_some_and(|rest| rest.starts_with('/'));
        if below(HTTP_PACKAGE) {
            signs.push(Sign::Http);
        } else if let Some((package, serves)) = PACKAGES.iter().find(|(package, _)| below(package)) {
            signs.push(Sign::Other(*serves, (*package).to_owned()));
        } else if name.starts_with('.') {
            next.extend(local_script(name, file));
        }
    }
    (signs, next)
}

/// The file behind a relative import, which names what the compiler makes of it.
fn local_script(name: &str, file: &Path) -> Option<PathBuf> {
    let at = fsx::normalize(&file.parent()?.join(name));
    let stem = match at.extension().and_then(|extension| extension.to_str()) {
        Some("js" | "mjs" | "cjs") => at.with_extension(""),
        _ => at.clone(),
    };
    let with = |ending: &str| PathBuf::from(format!("{}{ending}", stem.display()));
    let endings = [".ts", ".mts", ".tsx", ".js", ".mjs", ".cjs", "/index.ts", "/index.js"];
    std::iter::once(at).chain(endings.map(with)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::super::{Detect, Selected, detect};
    use super::*;

    fn found(files: &[(&str, &str)]) -> Option<Served> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files.iter().chain(&[("requirements.txt", ""), ("package.json", "{}")]) {
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
}
