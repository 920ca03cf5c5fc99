#!/usr/bin/env python3
"""From the start of an agent's process to its first answer on `/ping`, with and without byte code in the image.

    cold_start.py BINARY [--rounds N] [--json FILE]

Each framework is built twice for this machine: as it is, and with AGENTCORE_BYTE_CODE=off, which is what the image of the
retired toolkit has: uv does not compile, and its Dockerfile keeps Python from writing what it compiles. Both are unpacked
and run by the Python of this machine that the packages were installed for. Every start is a first one: nothing of an
earlier start is kept. The sizes are those of the compressed layers.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from pathlib import Path

# What is installed, and what an agent of the framework imports.
FRAMEWORKS = {
    "bedrock-agentcore": ([], ""),
    "strands": (["strands-agents"], "from strands import Agent"),
    "langgraph": (["langgraph", "langchain-core"], "from langgraph.graph import StateGraph"),
    "openai-agents": (["openai-agents"], "from agents import Agent, Runner"),
    "pydantic-ai": (["pydantic-ai-slim[bedrock]"], "from pydantic_ai import Agent"),
    "llama-index": (["llama-index-core"], "from llama_index.core.agent.workflow import FunctionAgent"),
}
AGENT = """\
import os

from bedrock_agentcore import BedrockAgentCoreApp
{imports}

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    return payload


app.run(port=int(os.environ["PORT"]))
"""


def build(binary: Path, folder: Path, packages: list[str], imports: str, byte_code: bool, home: Path) -> tuple[Path, int]:
    """An unpacked image, and the size of its layers."""
    folder.mkdir()
    (folder / "agent.py").write_text(AGENT.format(imports=imports))
    (folder / "requirements.txt").write_text("\n".join(["bedrock-agentcore", *packages]) + "\n")
    env = os.environ | {"HOME": str(home), "AGENTCORE_BYTE_CODE": "on" if byte_code else "off"}
    run = lambda *args: subprocess.run([binary, *args], cwd=folder, env=env, check=True, capture_output=True)
    run("configure", "-ni", "-e", "agent.py", "-n", "agent", "-do", "-dm")
    archive = folder.with_suffix(".tar")
    report = run("build", "--builder", "native", "--base-image", "scratch", "--platform", host(), "--file", archive,
                 "-o", "json")
    size = sum(layer["size"] for layer in json.loads(report.stdout)["data"]["layers"])
    root = folder.with_suffix(".root")
    with tarfile.open(archive) as image:
        read = lambda digest: image.extractfile("blobs/" + digest.replace(":", "/"))
        index = json.load(image.extractfile("index.json"))
        for layer in json.load(read(index["manifests"][0]["digest"]))["layers"]:
            with tarfile.open(fileobj=read(layer["digest"]), mode="r:gz") as content:
                content.extractall(root, filter="tar")
    archive.unlink()
    return root, size


def host() -> str:
    return "linux/arm64" if os.uname().machine in ("aarch64", "arm64") else "linux/amd64"


def start(root: Path) -> float:
    """Seconds until the agent answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {"PATH": os.environ["PATH"], "HOME": "/tmp", "PORT": str(port), "PYTHONPATH": str(root / "opt/python"),
           "PYTHONDONTWRITEBYTECODE": "1", "DOCKER_CONTAINER": "1"}
    began = time.monotonic()
    agent = subprocess.Popen(["python3", "-m", "agent"], cwd=root / "app", env=env, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        while agent.poll() is None and time.monotonic() - began < 120:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5) as answer:
                    if answer.status == 200:
                        return time.monotonic() - began
            except OSError:
                time.sleep(0.01)
        sys.exit(f"the agent in {root} did not answer")
    finally:
        agent.kill()
        agent.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    binary, results = options.binary.resolve(), []
    work = Path(tempfile.mkdtemp(prefix="agentcore-cold-"))
    try:
        print(f"{'framework':<20}{'without':>10}{'with':>10}{'faster':>9}{'without':>12}{'with':>12}")
        for name, (packages, imports) in FRAMEWORKS.items():
            home = work / "home"
            home.mkdir(exist_ok=True)
            built = {code: build(binary, work / f"{name}-{code}", packages, imports, code, home) for code in (False, True)}
            # In turns, so that a busy moment of the machine is not one side's alone.
            seconds = {False: [], True: []}
            for _ in range(options.rounds):
                for code in (False, True):
                    seconds[code].append(start(built[code][0]))
            slow, fast = (statistics.median(seconds[code]) for code in (False, True))
            result = {"framework": name, "without_seconds": round(slow, 2), "with_seconds": round(fast, 2),
                      "without_bytes": built[False][1], "with_bytes": built[True][1]}
            results.append(result)
            print(f"{name:<20}{slow:>9.2f}s{fast:>9.2f}s{slow / fast:>8.1f}x"
                  f"{built[False][1] / 1e6:>9.1f} MB{built[True][1] / 1e6:>9.1f} MB", flush=True)
            for code in (False, True):
                shutil.rmtree(built[code][0])
        if options.json:
            options.json.write_text(json.dumps(results, indent=2) + "\n")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
