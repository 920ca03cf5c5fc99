"""The tutorials' notebooks, cell by cell in IPython: with the starter toolkit, and with our `Runtime` in the place of its own.

Nothing is changed but the endpoints in the environment, what the second tutorial asks its reader to fill in, and, the second
time, the import line. What a cell gave must be the same then; `DIFFERENT` says where it is not and why.
"""

import builtins
import contextlib
import json
import os
import re
import shutil
import stat
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from conftest import lacked
from notebooks.cells import code_cells
from world import ROOT, World, tool

FOLDER = ROOT / "tests/outside/notebooks"
TOOLKIT = "from bedrock_agentcore_starter_toolkit import Runtime"
OURS = "from agentcore import Runtime"
AGENT = "bedrock-agentcore==1.25.0\nboto3==1.44.5\n"
STRANDS = AGENT + "strands-agents[litellm]==1.62.0\nstrands-agents-tools==0.8.10\n"


@dataclass
class Tutorial:
    name: str
    cells: int
    # Packages of its agent.
    requirements: str
    # Where `utils` is, seen from the notebook.
    utils: str = ""
    files: tuple[str, ...] = ()


TUTORIALS = {
    "000": Tutorial("inbound auth (ko)", 11, STRANDS, utils="../.."),
    "001": Tutorial("inbound auth (ja)", 11, STRANDS, utils="../.."),
    "002": Tutorial("outbound auth", 13, STRANDS),
    "003": Tutorial("mortgage assistant", 8, AGENT, utils=".", files=("mortgage_agent_runtime_gw.py",)),
}

TAGGED = "since 0.2.6 the toolkit's `ecr_uri` ends in a tag, and what the cell cuts out of it names no repository"
# What the toolkit's way raises in a cell that works with ours.
DIFFERENT = {
    ("000", 10): ("RepositoryNotFoundException|InvalidParameterException", TAGGED),
    ("001", 10): ("RepositoryNotFoundException|InvalidParameterException", TAGGED),
    ("002", 10): ("AttributeError", "the toolkit's answer is a list of str, which the cell decodes"),
    ("002", 12): ("RepositoryNotFoundException|InvalidParameterException", TAGGED),
}
# Cells that are meant to fail: nobody may call without a token.
REFUSED = {("000", 8), ("001", 8), ("003", 4)}


@pytest.fixture(scope="module")
def seeds() -> dict[str, Path]:
    golden = Path(os.environ.get("AGENTCORE_GOLDEN", ROOT.parent / "shared/golden"))
    found = {name: list((golden.parent / "seeds").glob(f"{name}_*.txt")) for name in TUTORIALS}
    if not all(found.values()):
        lacked("golden", f"no tutorials in {golden.parent / 'seeds'}; set AGENTCORE_GOLDEN")
    return {name: path for name, [path] in found.items()}


@pytest.fixture(scope="module")
def kernels(tmp_path_factory) -> dict[str, Path]:
    """A Python for each way. What both need stands once; the wheel is installed into one of its own beside it."""
    made = subprocess.run([tool("notebooks.sh")], check=True, capture_output=True, text=True).stdout.split()
    return dict(zip([TOOLKIT, OURS], map(Path, made)))


def chat_completion(body):
    """What a model that is asked for the weather says: first its tool, then the tool's answer."""
    last = body["messages"][-1]
    wants_tool = last["role"] == "user" and "weather" in json.dumps(last["content"]).lower()
    if wants_tool:
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
        message, finish = {"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"
    else:
        said = last["content"] if isinstance(last["content"], str) else "".join(part.get("text", "") for part in last["content"])
        message, finish = {"role": "assistant", "content": f"The model was told: {said}"}, "stop"
    return message, finish


@contextlib.contextmanager
def azure():
    """Azure's chat completions on this machine, and which keys it was given."""
    keys = set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            keys.add(self.headers.get("api-key"))
            message, finish = chat_completion(body)
            head = {"id": "c1", "created": 1, "model": "gpt-4.1-mini"}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            if body.get("stream"):
                chunks = [{"choices": [{"index": 0, "delta": message, "finish_reason": None}]},
                          {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}, {"choices": [], "usage": usage}]
                chunks = [json.dumps(head | {"object": "chat.completion.chunk"} | chunk) for chunk in chunks]
                text, kind = "".join(f"data: {chunk}\n\n" for chunk in [*chunks, "[DONE]"]), "text/event-stream"
            else:
                choices = [{"index": 0, "message": message, "finish_reason": finish}]
                text, kind = json.dumps(head | {"object": "chat.completion", "choices": choices, "usage": usage}), "application/json"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", keys
    finally:
        server.shutdown()


def prepared(world: World, tutorial: Tutorial, path: list[Path]) -> Path:
    """The notebook's folder: what its tutorial has beside it, and the kernel's commands on PATH."""
    notebook = world.project / "tutorials/identity/notebook"
    notebook.mkdir(parents=True)
    (notebook / "requirements.txt").write_text(tutorial.requirements)
    for name in tutorial.files:
        shutil.copy(FOLDER / name, notebook)
    if tutorial.utils:
        shutil.copy(FOLDER / "utils.py", notebook / tutorial.utils)
    # What `!pip install` asks for is there already.
    commands = world.folder / "commands"
    commands.mkdir()
    pip = commands / "pip"
    pip.write_text(f'#!/bin/sh\necho "$@" >>"{world.folder}/pip.log"\n')
    pip.chmod(pip.stat().st_mode | stat.S_IXUSR)
    world.env["PATH"] = os.pathsep.join([str(commands), *map(str, path), world.env["PATH"]])
    return notebook


def run_notebook(world: World, notebook: Path, python: Path, cells: list[str]) -> list[dict]:
    given, results = world.folder / "cells.json", world.folder / "results.json"
    given.write_text(json.dumps(cells))
    done = subprocess.run([python, FOLDER / "kernel.py", given, results], cwd=notebook, env=world.env, capture_output=True,
                          text=True, timeout=900)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(results.read_text())


def kind(raised) -> str | None:
    """The exception's first ancestor that a cell can name without an import."""
    return raised and next(name for name in raised["kinds"] if hasattr(builtins, name))


def without_ids(text: str) -> str:
    """Without what is made anew each time: tokens, ids, ports, times, folders."""
    text = re.sub(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "TOKEN", text)
    text = re.sub(r"us-west-2_\w{9}", "POOL", text)
    text = re.sub(r"\b[a-z0-9]{26}\b", "CLIENT", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "HOST", text)
    text = re.sub(r"/\S*/project/", "/project/", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "UUID", text)
    text = re.sub(r"'(date|x-amzn-requestid|content-length)': '[^']*'", r"'\1'", text)
    # LiteLLM's warnings begin with the time.
    text = re.sub(r".*LiteLLM:WARNING.*\n", "", text)
    return re.sub(r"-([A-Za-z0-9]{10}|[A-Za-z0-9]{6})\b(?!-)", "-ID", text)


def plain(value):
    """A cell's value without what differs between any two runs, and without what only one way says."""
    if isinstance(value, str):
        return without_ids(value)
    if not isinstance(value, dict) or "type" not in value:
        # An answer: its text. The rest of what boto3 returns is the service's.
        return {"response": plain(value["response"])} if isinstance(value, dict) and "response" in value else value
    members = value["members"]
    if not isinstance(members, dict):
        return value
    same = {"ConfigureResult": ["config_path", "region", "auto_create_ecr", "auto_create_s3", "s3_path", "memory_id", "network_mode",
                                "network_subnets", "network_security_groups", "network_vpc_id", "runtime_type"],
            "LaunchResult": ["agent_id", "agent_arn", "env_vars", "port"]}[value["type"]]
    shown = {name: plain(members[name]) for name in same}
    if value["type"] == "LaunchResult":
        shown["repository"] = members["ecr_uri"].split("/")[1].split(":")[0]
    # The others are there as well, and are at most different.
    return {"type": value["type"], "shown": shown}


def configuration(text: str):
    """What both write down of an agent."""
    document = yaml.safe_load(text)
    [name] = document["agents"]
    agent = document["agents"][name]
    network = agent["aws"]["network_configuration"]["network_mode"]
    authorizer = agent["authorizer_configuration"]["customJWTAuthorizer"]
    return (document["default_agent"], name, Path(agent["entrypoint"]).name, agent["deployment_type"], network, agent["memory"]["mode"],
            without_ids(authorizer["discoveryUrl"]), len(authorizer["allowedClients"]))


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> dict[str, str]:
    """What the agents import is installed once, and of that nothing is downloaded that the kernels have too."""
    downloads = os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache/uv"))
    return {"AGENTCORE_CACHE_DIR": str(tmp_path_factory.mktemp("cache")), "UV_CACHE_DIR": downloads}


@pytest.mark.parametrize("name", TUTORIALS)
def test_cells_give_the_same_both_ways(binary, toolkit, seeds, kernels, cache, tmp_path, name):
    tutorial, cells = TUTORIALS[name], code_cells(seeds[name])
    assert len(cells) == tutorial.cells and sum(TOOLKIT in cell for cell in cells) == 1
    gave = {}
    with azure() as (url, keys):
        filled = {"<YOUR_API_BASE>": url, "<YOUR_API_KEY>": "key-of-the-reader", "<YOUR_API_VERSION>": "2025-04-01-preview"}
        for placeholder, value in filled.items():
            cells = [cell.replace(placeholder, value) for cell in cells]
        for way, python in kernels.items():
            folder = tmp_path / ("toolkit" if way == TOOLKIT else "ours")
            folder.mkdir()
            world = World(binary, folder)
            # LiteLLM would ask the internet for prices each time that it is imported, and wait for the answer.
            world.env |= cache | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
            # Ours finds its binary although the toolkit's program of the same name is on PATH.
            notebook = prepared(world, tutorial, [kernels[TOOLKIT].parent, python.parent])
            with world.sandbox("--runner", "process"):
                gave[way] = run_notebook(world, notebook, python, [cell.replace(TOOLKIT, way) for cell in cells])
            # Its unpacked images are half a gigabyte.
            shutil.rmtree(folder, ignore_errors=True)
    assert keys == ({"key-of-the-reader"} if name == "002" else set())
    problems = []
    for index, (theirs, ours) in enumerate(zip(gave[TOOLKIT], gave[OURS])):
        problem = difference((name, index), cells[index], theirs, ours)
        if problem:
            told = "".join(f"\n--- {way}\n" + "\n".join(f"{key}: {value}" for key, value in each.items())
                           for way, each in [("toolkit", theirs), ("ours", ours)])
            problems.append(f"cell {index}: {problem}\n--- cell\n{cells[index]}{told}")
    assert not problems, "\n\n".join(problems)


def difference(place, cell, theirs, ours) -> str | None:
    """What is not the same of a cell's two results; `None` where nothing is."""
    if place in DIFFERENT:
        pattern, why = DIFFERENT[place]
        if not theirs["raised"] or not re.search(pattern, " ".join([*theirs["raised"]["kinds"], theirs["raised"]["text"]])):
            return f"the toolkit was known to fail here ({why})"
        return "ours fails" if ours["raised"] else None
    if kind(theirs["raised"]) != kind(ours["raised"]):
        return f"raised {theirs['raised']} and {ours['raised']}"
    if (place in REFUSED) != bool(ours["raised"]):
        return "a call without a token must be refused, and nothing else"
    if plain(theirs["value"]) != plain(ours["value"]):
        return f"the value is {plain(theirs['value'])} and {plain(ours['value'])}"
    if theirs["shown"] != ours["shown"]:
        return f"shown is {theirs['shown']} and {ours['shown']}"
    if cell.startswith("!cat .bedrock_agentcore.yaml"):
        both = [configuration(each["printed"]) for each in (theirs, ours)]
        return None if both[0] == both[1] else f"the configuration is {both}"
    # What the cells print themselves; the toolkit's own words about its work are not the notebook's.
    if "agentcore_runtime." not in cell and without_ids(theirs["printed"]) != without_ids(ours["printed"]):
        return "other text is printed"
    return None
