use std::path::Path;

use super::*;
use crate::project::listing::{self, Exceptions};
use crate::project::{Detect, Selected, detect};

/// A project in a folder, and the packages that are installed for it.
struct Project {
    dir: tempfile::TempDir,
    entrypoint: &'static str,
    source_path: Option<&'static str>,
    packages: KnownPackages,
}

impl Project {
    fn new(files: &[(&'static str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let described = [
            ("requirements.txt", ""),
            ("package.json", "{\"dependencies\": {\"express\": \"5\"}}"),
            ("package-lock.json", "{}"),
        ];
        for (name, text) in described.iter().chain(files) {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self {
            dir,
            entrypoint: files[0].0,
            source_path: None,
            packages: installed(&[("bedrock-agentcore", "bedrock_agentcore")]),
        }
    }

    fn with(mut self, packages: KnownPackages) -> Self {
        self.packages = packages;
        self
    }

    fn findings(&self, change: impl FnOnce(&mut CheckTarget)) -> Vec<CheckFinding> {
        let root = self.dir.path();
        let source = detect(&Detect {
            dir: root,
            entrypoint: Some(Path::new(self.entrypoint)),
            requirements: None,
            language: None,
            source_path: self.source_path.map(Path::new),
            python: None,
            selected: Selected::default(),
            agent: None,
        })
        .unwrap();
        let mut target = CheckTarget {
            minor: Some(12),
            architecture: "arm64".to_owned(),
            port: 8080,
            has_python_path: false,
            is_placed: true,
            is_started: true,
            is_managed: false,
            limit: None,
            packed_limit: u64::MAX,
        };
        change(&mut target);
        let listing = listing::list(&source.root, &Exceptions::default()).unwrap();
        let check = SourceCheck::read(&source, &listing, target);
        let mut found = check.of_source();
        found.extend(check.of_packages(&self.packages));
        found
    }

    /// Severity, code and place of each finding.
    fn told(&self) -> Vec<String> {
        let kind = |one: &CheckFinding| if one.is_error { "error" } else { "warning" };
        self.findings(|_| {}).iter().map(|one| format!("{} {} {}", kind(one), one.code.text(), one.place())).collect()
    }
}

fn names(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

fn installed(all: &[(&str, &str)]) -> KnownPackages {
    KnownPackages::Installed {
        names: all.iter().map(|(name, _)| (*name).to_owned()).collect(),
        modules: all.iter().map(|(_, module)| (*module).to_owned()).collect(),
        opaque: false,
    }
}

fn agent(imports: &str) -> String {
    format!(
        "{imports}\nfrom bedrock_agentcore import BedrockAgentCoreApp\n\napp = BedrockAgentCoreApp()\n\n\n@app.entrypoint\n\
         def answer(payload):\n    return payload\n\n\nif __name__ == '__main__':\n    app.run()\n"
    )
}

#[test]
fn what_cannot_start_is_an_error() {
    for (files, expected) in [
        (vec![("agent.py", agent("def broken(:\n    pass\n"))], "error preflight.syntax agent.py:1:"),
        (
            vec![("agent.py", agent("import tools\n")), ("tools.py", "import os\nx = [1,\n".to_owned())],
            "error preflight.syntax tools.py:",
        ),
        (vec![("agent.py", agent("import json, pandas as pd"))], "error preflight.import agent.py:1:14"),
        (vec![("agent.py", agent("import google.genai"))], "error preflight.import agent.py:1:8"),
        (vec![("agent.py", agent("import imp"))], "error preflight.import agent.py:1:8"),
        (vec![("agent.py", agent("import winreg"))], "error preflight.import agent.py:1:8"),
        (
            vec![("agent.py", agent("from .tools import x")), ("tools.py", String::new())],
            "error preflight.import agent.py:1:7",
        ),
        (
            vec![("agent.py", agent("from tools.gone import x")), ("tools/__init__.py", String::new())],
            "error preflight.import agent.py:1:6",
        ),
        (
            vec![("agent.py", agent("import helpers")), ("lib/helpers.py", String::new())],
            "error preflight.import agent.py:1:8",
        ),
        (
            vec![
                ("agent.py", agent("import settings")),
                ("settings.py", String::new()),
                (".dockerignore", "settings.py\n".to_owned()),
            ],
            "error preflight.import agent.py:1:8",
        ),
        (
            vec![("agent.py", agent("from tools import gone")), ("tools.py", "here = 1\n".to_owned())],
            "error preflight.import agent.py:1:6",
        ),
        (
            vec![("agent.py", agent("from tools import gone")), ("tools/__init__.py", String::new())],
            "error preflight.import agent.py:1:6",
        ),
        (
            vec![("agent.py", agent("from utils import x")), ("Utils/__init__.py", "x = 1\n".to_owned())],
            "error preflight.import agent.py:1:6",
        ),
        (vec![("strands.py", agent("from strands import Agent"))], "error preflight.import strands.py:1:6"),
        (vec![("mcp.py", agent("from mcp.server import Server"))], "error preflight.import mcp.py:1:6"),
        (vec![("agent.py", "x = '\0'\n".to_owned())], "error preflight.syntax agent.py:1:6"),
        (
            vec![(
                "agent.py",
                agent("try:\n    import pandas\nexcept ImportError:\n    raise SystemExit('install pandas')\n"),
            )],
            "error preflight.import agent.py:2:12",
        ),
    ] {
        let files: Vec<(&'static str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let told = Project::new(&files)
            .with(installed(&[("bedrock-agentcore", "bedrock_agentcore"), ("google-auth", "google.auth")]))
            .told();
        assert!(told.len() == 1 && told[0].starts_with(expected), "{files:?}: {told:?}");
    }
    let without = Project::new(&[("agent.py", &agent(""))]).with(installed(&[]));
    assert_eq!(without.told(), ["error preflight.sdk agent.py:2:6"]);
}

#[test]
fn the_next_step_is_the_one_that_helps() {
    let fix = |files: &[(&'static str, &str)], change: fn(&mut CheckTarget)| {
        Project::new(files).findings(change).first().map(|one| one.fix.clone()).unwrap()
    };
    let with = |imports: &str| agent(imports);
    for (files, change, expected) in [
        (
            vec![("strands.py", with("from strands import Agent"))],
            (|_| {}) as fn(&mut CheckTarget),
            "rename `strands.py`",
        ),
        (vec![("mcp.py", with("from mcp.server import Server"))], |_| {}, "rename `mcp.py`"),
        (
            vec![("agent.py", with("import tools")), ("Tools.py", String::new())],
            |_| {},
            "write the name as in the import",
        ),
        (vec![("agent.py", with("import my_tools")), ("my-tools.py", String::new())], |_| {}, "write the name as"),
        (
            vec![("agent.py", with("from tools import a")), ("tools.py", String::new())],
            |_| {},
            "or add it to `tools.py`",
        ),
        (vec![("agent.py", with("import cgi"))], |target| target.minor = Some(13), "--python 3.12`"),
        (
            vec![("agent.py", with("type X = int"))],
            |target| (target.minor, target.is_managed) = (Some(10), true),
            "configure --runtime PYTHON_3_N`",
        ),
    ] {
        let files: Vec<(&'static str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let fix = fix(&files, change);
        assert!(fix.contains(expected), "{files:?}: {fix}");
    }
}

#[test]
fn a_doubt_is_a_warning_at_most() {
    let lazy = Project::new(&[("agent.py", &agent("def f():\n    import pandas\n"))]);
    assert_eq!(lazy.told(), ["warning preflight.import agent.py:2:12"]);
    let changed = Project::new(&[("agent.py", &agent("import sys\nsys.path.insert(0, 'x')\nimport pandas\n"))]);
    assert_eq!(changed.told(), ["warning preflight.import agent.py:3:8"]);
    let lazily_broken =
        Project::new(&[("agent.py", &agent("def f():\n    import tools\n")), ("tools.py", "x = [1,\n")]);
    assert!(lazily_broken.told()[0].starts_with("warning preflight.syntax tools.py:"));
    for packages in [
        KnownPackages::Installed { names: names(&[]), modules: names(&["bedrock_agentcore"]), opaque: true },
        KnownPackages::Named { names: names(&["bedrock-agentcore"]), complete: false, opaque: false },
        KnownPackages::Named { names: names(&["bedrock-agentcore"]), complete: true, opaque: false },
    ] {
        let base = Project::new(&[("agent.py", &agent("import pandas_ta\n"))]).with(packages);
        assert_eq!(base.told(), ["warning preflight.import agent.py:1:8"]);
    }
    let managed = Project::new(&[("agent.py", &agent("import boto3, pandas\n"))]);
    let found = managed.findings(|target| target.is_managed = true);
    assert_eq!(found.iter().map(|one| one.is_error).collect::<Vec<_>>(), [false, true]);
    // A Dockerfile of the user's own may install anything and put files anywhere.
    let own = Project::new(&[("agent.py", &agent("import pandas, helpers\nfrom .near import x\n"))])
        .with(KnownPackages::Unknown);
    assert_eq!(own.findings(|target| target.is_placed = false), []);
    let broken = Project::new(&[("agent.py", "x = [1,\n")]).with(KnownPackages::Unknown);
    let found = broken.findings(|target| (target.is_placed, target.is_started) = (false, false));
    assert_eq!(found.iter().map(|one| one.is_error).collect::<Vec<_>>(), [false]);
}

#[test]
fn requirements_may_bring_what_left_the_standard_library() {
    let told = |module: &str, required: &[&str], complete| {
        let packages = KnownPackages::Named { names: names(required), complete, opaque: false };
        let text = format!("import {module}\nimport http.server\n");
        Project::new(&[("agent.py", &text)]).with(packages).told()
    };
    assert_eq!(told("imp", &["torch"], false), ["warning preflight.import agent.py:1:8"]);
    assert_eq!(told("imp", &["torch"], true), ["error preflight.import agent.py:1:8"]);
    assert_eq!(told("imp", &[], false), ["error preflight.import agent.py:1:8"]);
    assert_eq!(told("distutils", &["setuptools"], true), [""; 0]);
}

#[test]
fn the_sdk_is_missed_before_anything_is_installed() {
    let told = |required: &[&str], opaque| {
        let packages = KnownPackages::Pending { names: names(required), opaque };
        Project::new(&[("agent.py", &agent("import pandas\n"))]).with(packages).told()
    };
    let error = ["error preflight.sdk agent.py:3:6"];
    assert_eq!(told(&[], false), error);
    assert_eq!(told(&["strands-agents", "boto3"], false), error);
    for known in [
        told(&["bedrock-agentcore"], false),
        told(&["bedrock-agentcore-starter-toolkit"], false),
        told(&["acme-agents"], false),
        told(&[], true),
    ] {
        assert_eq!(known, [""; 0]);
    }
}

#[test]
fn a_missing_server_is_a_warning() {
    let told = |text: &str| {
        Project::new(&[("agent.py", text)])
            .with(installed(&[("bedrock-agentcore", "bedrock_agentcore"), ("fastapi", "fastapi"), ("boto3", "boto3")]))
            .told()
    };
    let made = "from bedrock_agentcore import BedrockAgentCoreApp\napp = BedrockAgentCoreApp()\napp.entrypoint(f)\n";
    assert_eq!(told(made), ["warning preflight.no-server agent.py:2:7"]);
    assert_eq!(told("from fastapi import FastAPI\napp = FastAPI()\n"), ["warning preflight.no-server agent.py:2:7"]);
    assert_eq!(told("import boto3\ndef handler(event, context): ...\n"), ["warning preflight.no-server agent.py"]);
    for never in [
        "def main():\n    app.run()\n",
        "if __name__ == 'main':\n    app.run()\n",
        "def main():\n    app.run()\nif __name__ == 'main':\n    main()\n",
        "if __name__ != '__main__':\n    app.run()\n",
        "app.run\n",
    ] {
        assert_eq!(told(&format!("{made}{never}")), ["warning preflight.no-server agent.py:2:7"], "{never}");
    }
    for fine in [
        format!("{made}def main():\n    app.run()\nmain()\n"),
        format!("{made}def main():\n    app.run()\nif __name__ == '__main__':\n    asyncio.run(main)\n"),
        format!("{made}class Server:\n    def go(self):\n        app.run()\nServer().go()\n"),
        format!("{made}app.run()\n"),
        format!("{made}if __name__ == '__main__':\n    app.run(port=8080)\n"),
        "from http.server import HTTPServer\nHTTPServer(('', 8080), None).serve_forever()\n".to_owned(),
        "import subprocess\nsubprocess.run(['serve'])\n".to_owned(),
        "import asyncio\nasyncio.run(asyncio.start_server(f, '', 8080))\n".to_owned(),
    ] {
        assert_eq!(told(&fine), [""; 0], "{fine}");
    }
    let elsewhere = Project::new(&[("agent.py", "import acme_server\nacme_server.go()\n")])
        .with(installed(&[("acme", "acme_server")]));
    assert_eq!(elsewhere.told(), [""; 0], "it may listen");
}

#[test]
fn a_server_is_expected_where_the_service_calls() {
    let told = |port: u16, text: &str| {
        let packages = ["bedrock_agentcore", "fastapi", "uvicorn", "flask", "mcp", "aiohttp"].map(|name| (name, name));
        let project = Project::new(&[("agent.py", text)]).with(installed(&packages));
        let found = project.findings(|target| target.port = port);
        found.iter().map(|one| format!("{} {}", one.code.text(), one.fix)).collect::<Vec<_>>()
    };
    let core = "from bedrock_agentcore import BedrockAgentCoreApp\napp = BedrockAgentCoreApp()\n@app.entrypoint\ndef f(p): ...\n";
    let fast = "import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n";
    let flask = "from flask import Flask\napp = Flask(__name__)\n";
    let mcp = "from mcp.server.fastmcp import FastMCP\n";
    let http = "from http.server import HTTPServer\n";
    for (port, text, expected) in [
        (8080, format!("{core}app.run(port=9000)\n"), "port=8080"),
        (8080, format!("{core}app.run(9000)\n"), "port=8080"),
        (8080, format!("{core}app.run(host='127.0.0.1')\n"), "host=\"0.0.0.0\"`"),
        (8080, format!("{fast}uvicorn.run(app, host='0.0.0.0', port=8000)\n"), "port=8080"),
        (8080, format!("{fast}uvicorn.run(app, host='0.0.0.0')\n"), "port=8080"),
        (8080, format!("{fast}uvicorn.run(app, port=8080)\n"), "host=\"0.0.0.0\"`"),
        (8080, format!("{fast}uvicorn.run(app)\n"), "host=\"0.0.0.0\", port=8080"),
        (8080, format!("{flask}app.run()\n"), "host=\"0.0.0.0\", port=8080"),
        (8080, format!("{http}HTTPServer(('localhost', 8080), H).serve_forever()\n"), "host=\"0.0.0.0\"`"),
        (8000, format!("{mcp}mcp = FastMCP('x')\nmcp.run(transport='streamable-http')\n"), "host=\"0.0.0.0\"`"),
        (8000, format!("{mcp}mcp = FastMCP('x', host='0.0.0.0')\nmcp.run()\n"), "transport=\"streamable-http\""),
    ] {
        let found = told(port, &text);
        let is_it = |one: &String| one.starts_with("preflight.address ") && one.contains(expected);
        assert!(found.len() == 1 && is_it(&found[0]), "{text}: {found:?}");
    }
    for (port, text) in [
        (8080, format!("{core}app.run(port=int(os.environ.get('PORT', '9000')))\n")),
        (8080, format!("{core}app.run(**options)\n")),
        (8080, format!("{core}app.run(port=8080, host='0.0.0.0')\nuvicorn.run(other, port=9000)\n")),
        (8080, format!("{fast}uvicorn.run(app, host=HOST, port=8080)\n")),
        (
            8080,
            format!("{fast}if __name__ == 'x':\n    uvicorn.run(app)\nuvicorn.run(app, host='0.0.0.0', port=8080)\n"),
        ),
        (8080, format!("{flask}app.run('0.0.0.0', 8080)\n")),
        (8080, format!("{http}HTTPServer(('', 8080), H).serve_forever()\n")),
        (8080, format!("{fast}server = made()\nserver.run()\nuvicorn.run(metrics, port=9100)\n")),
        (8080, "from aiohttp import web\nweb.run_app(app)\n".to_owned()),
        (8000, format!("{mcp}mcp = FastMCP('x', host='0.0.0.0')\nmcp.run(transport='streamable-http')\n")),
        (8000, format!("{mcp}mcp = FastMCP('x')\nmcp.settings.host = '0.0.0.0'\nmcp.run('streamable-http')\n")),
        (8000, format!("{mcp}mcp = FastMCP('x')\nmcp.run(transport=T)\n")),
    ] {
        assert_eq!(told(port, &text), [""; 0], "{text}");
    }
}

#[test]
fn an_application_needs_an_entrypoint() {
    let told = |text: &str| Project::new(&[("agent.py", text)]).told();
    let made = "from bedrock_agentcore import BedrockAgentCoreApp\napp = BedrockAgentCoreApp()\n";
    assert_eq!(told(&format!("{made}app.run()\n")), ["warning preflight.no-entrypoint agent.py:2:7"]);
    for fine in ["@app.entrypoint\ndef f(p): ...\n", "app.entrypoint(f)\n", "@app.websocket\ndef f(w): ...\n"] {
        assert_eq!(told(&format!("{made}{fine}app.run()\n")), [""; 0], "{fine}");
    }
}

/// Layouts and habits that work.
fn good() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let one = |imports: &str| vec![("agent.py", agent(imports))];
    let more = |imports: &str, files: &[(&'static str, &str)]| {
        let own = [("agent.py", agent(imports))].into_iter();
        own.chain(files.iter().map(|(name, text)| (*name, (*text).to_owned()))).collect::<Vec<_>>()
    };
    vec![
        ("nothing else", one("")),
        (
            "the standard library",
            one("import os, json.decoder, tomllib, concurrent.futures, _thread\nfrom xml.etree import ElementTree"),
        ),
        ("future", one("from __future__ import annotations")),
        ("a module beside it", more("import prices\nfrom prices import x", &[("prices.py", "x = 1\n")])),
        (
            "a name by a star",
            more("from prices import x", &[("prices.py", "from more import *\n"), ("more.py", "x = 1\n")]),
        ),
        ("a name on demand", more("from prices import x", &[("prices.py", "def __getattr__(name):\n    return 1\n")])),
        (
            "names that are attached",
            more("from prices import x", &[("prices.py", "__getattr__, __dir__ = attach(__name__)\n")]),
        ),
        ("generated names", more("from x_pb2 import X", &[("x_pb2.py", "_build(D, globals())\n")])),
        (
            "a module that takes its own place",
            more("from prices import x", &[("prices.py", "import sys\nsys.modules[__name__] = P()\n")]),
        ),
        (
            "a name with a substitute",
            more(
                "from prices import x",
                &[("prices.py", "try:\n    from fast import x\nexcept ImportError:\n    x = None\n")],
            ),
        ),
        (
            "a name that another module sets",
            more("import prices\nsetattr(prices, 'x', 1)\nfrom prices import x", &[("prices.py", "")]),
        ),
        (
            "a folder of an installed package's name",
            more("from fastapi.server import Server", &[("fastapi/server.py", ""), ("fastapi/notes.txt", "")]),
        ),
        ("a file that Python never reads", more("from time import sleep", &[("time.py", "")])),
        (
            "a package beside it",
            more(
                "from tools.web import x\nimport tools",
                &[("tools/__init__.py", "from . import web\nfrom .web import x"), ("tools/web.py", "x = 1\n")],
            ),
        ),
        ("a folder without __init__", more("from tools.web import x\nfrom tools import web", &[("tools/web.py", "")])),
        (
            "relative imports in a package",
            more(
                "import pkg.a",
                &[
                    ("pkg/__init__.py", ""),
                    ("pkg/a.py", "from . import b\nfrom .b import c\n"),
                    ("pkg/b.py", "c = 1\n"),
                ],
            ),
        ),
        ("a name that a package makes", more("from tools import made", &[("tools/__init__.py", "made = 1\n")])),
        ("optional imports", one("try:\n    import ujson as json\nexcept ImportError:\n    import json\n")),
        ("optional with a flag", one("try:\n    import torch\n    HAS = True\nexcept Exception:\n    HAS = False\n")),
        (
            "a context manager that catches",
            one(
                "import contextlib\n@contextlib.contextmanager\ndef try_import():\n    try:\n        yield\n    except ImportError:\n        pass\nwith try_import():\n    import torch\n",
            ),
        ),
        ("suppressed", one("from contextlib import suppress\nwith suppress(ImportError):\n    import uvloop\n")),
        (
            "for type checkers",
            one("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from mypy_boto3_s3 import S3Client\n"),
        ),
        (
            "for type checkers, in full",
            one("import typing\nif typing.TYPE_CHECKING:\n    import pandas\nelse:\n    pandas = None\n"),
        ),
        ("on a platform", one("import sys\nif sys.platform == 'win32':\n    import winreg\n")),
        (
            "by version",
            one(
                "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli as tomllib\n",
            ),
        ),
        ("in debugging", one("import os\nif os.environ.get('DEBUG'):\n    import debugpy\n    debugpy.listen(5678)\n")),
        ("yaml", one("import yaml")),
        ("bs4", one("from bs4 import BeautifulSoup")),
        ("dotenv", one("from dotenv import load_dotenv\nload_dotenv()")),
        ("google", one("from google import genai\nfrom google.genai import types\nimport google.auth")),
        ("a2a of strands", one("from strands.multiagent.a2a import A2AServer")),
        (
            "new grammar",
            one(
                "type Number = int\ndef f[T](x: T) -> T:\n    match x:\n        case 1: pass\n    return f'{x['a']}'\n",
            ),
        ),
        (
            "the search path",
            more(
                "import sys, os\nsys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))\nimport helpers",
                &[("lib/helpers.py", "")],
            ),
        ),
        ("importlib", one("import importlib\nplugin = importlib.import_module('plugins.' + name)\n")),
        ("a module that is compiled", more("import fast", &[("fast.cpython-312-aarch64-linux-gnu.so", "")])),
        ("setuptools of the image", one("import pkg_resources, setuptools")),
        (
            "a data folder",
            more("import json\nfrom data.tables import x", &[("data/tables.py", ""), ("data/a.csv", "")]),
        ),
        ("in a folder", vec![("src/agent.py", agent("from near import x")), ("src/near.py", "x = 1\n".to_owned())]),
        (
            "a src layout",
            vec![
                ("src/orders/agent.py", agent("from orders.discount import x\nfrom . import discount")),
                ("src/orders/__init__.py", String::new()),
                ("src/orders/discount.py", "x = 1\n".to_owned()),
                ("pyproject.toml", "[project]\nname = 'orders'\nversion = '1'\n".to_owned()),
            ],
        ),
        (
            "a monorepo",
            vec![
                ("agents/writer/agent.py", agent("from shared.style import signed")),
                ("shared/__init__.py", String::new()),
                ("shared/style.py", "signed = 1\n".to_owned()),
            ],
        ),
        ("a byte order mark", vec![("agent.py", format!("\u{feff}{}", agent("")))]),
        ("a circle", more("import a", &[("a.py", "import b"), ("b.py", "import a\nfrom agent import app")])),
        (
            "what tests import",
            more("", &[("tests/test_agent.py", "import pytest\nimport moto\n"), ("scripts/x.py", "def f(:\n")]),
        ),
    ]
}

#[test]
fn no_good_agent_is_found_fault_with() {
    let packages = installed(&[
        ("bedrock-agentcore", "bedrock_agentcore"),
        ("pyyaml", "yaml"),
        ("beautifulsoup4", "bs4"),
        ("python-dotenv", "dotenv"),
        ("google-genai", "google.genai"),
        ("google-auth", "google.auth"),
        ("strands-agents", "strands"),
    ]);
    let all = good();
    assert!(all.len() >= 30, "{}", all.len());
    for (what, files) in all {
        let files: Vec<(&'static str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let mut project = Project::new(&files).with(packages.clone());
        project.source_path = Some(".").filter(|_| what == "a monorepo");
        assert_eq!(project.findings(|_| {}), [], "{what}");
        assert_eq!(project.findings(|target| target.minor = None), [], "{what}, in a version that nobody knows");
        // As a plain check knows them.
        let required =
            ["bedrock-agentcore", "pyyaml", "beautifulsoup4", "python-dotenv", "google-genai", "strands-agents"];
        let project = project.with(KnownPackages::Named { names: names(&required), complete: false, opaque: false });
        assert_eq!(project.findings(|_| {}), [], "{what}, by names");
    }
}

#[test]
fn scripts_are_held_against_package_json() {
    let told = |text: &str| {
        let mut all: Vec<String> = Project::new(&[("index.js", text), ("near.js", ""), ("data.json", "{}")]).told();
        all.sort();
        all
    };
    for (text, expected) in [
        ("import express from 'express'\nimport lodash from 'lodash/fp'\n", "error preflight.import index.js:2:20"),
        ("import { x } from './gone.js'\n", "error preflight.import index.js:1:19"),
        ("export * from '@scope/gone/sub'\n", "error preflight.import index.js:1:15"),
    ] {
        assert_eq!(told(text), [expected], "{text}");
    }
    for fine in [
        "import express from 'express'\nimport fs from 'node:fs'\nimport { join } from 'path'\nimport './near.js'\nimport data from './data.json' with { type: 'json' }\n",
        "const x = require('maybe')\nawait import('maybe')\ntry { require('./gone') } catch {}\n",
        "import type { T } from 'types-only'\n// import a from 'commented'\n",
        "import x from 'https://example.com/x.js'\n",
    ] {
        assert_eq!(told(fine), [""; 0], "{fine}");
    }
    // Without a lock nobody knows what the named packages bring along.
    let unlocked = Project::new(&[("index.js", "import zod from 'zod'\n")]);
    std::fs::remove_file(unlocked.dir.path().join("package-lock.json")).unwrap();
    assert_eq!(unlocked.told(), ["warning preflight.import index.js:1:17"]);
}

#[test]
fn libraries_of_another_machine_are_named() {
    let project = Project::new(&[("agent.py", &agent(""))]);
    let elf = |machine: u8| {
        let mut bytes = vec![0; 64];
        bytes[..4].copy_from_slice(b"\x7fELF");
        bytes[18] = machine;
        bytes
    };
    std::fs::write(project.dir.path().join("right.so"), elf(0xb7)).unwrap();
    assert_eq!(project.told(), [""; 0]);
    std::fs::write(project.dir.path().join("wrong.so"), elf(0x3e)).unwrap();
    assert_eq!(project.told(), ["warning preflight.platform wrong.so"]);
    let large = project.findings(|target| target.limit = Some(10));
    assert!(large.iter().any(|one| one.is_error && one.code == CheckCode::Size), "{large:?}");
    let packed = project.findings(|target| target.packed_limit = 10);
    assert!(packed.iter().any(|one| !one.is_error && one.code == CheckCode::Size), "{packed:?}");
}
