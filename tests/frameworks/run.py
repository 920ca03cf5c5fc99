#!/usr/bin/env python3
"""Builds the agents of projects.toml for arm64, looks into what was built, and runs them in a sandbox of this machine.

    run.py                      every project
    run.py --ci                 those that `.ci/run` takes
    run.py strands crewai       these
    run.py --report out.json    the outcome as JSON as well

AGENTCORE is the binary (default: target/debug/agentcore). Needs Python 3.11 or newer, and a package index; projects with
`pinned` need uv on PATH, which writes the pins down. Ends with 1 when a project failed, and says which step of it.
"""

import argparse
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BINARY = Path(os.environ.get("AGENTCORE", ROOT / "target/debug/agentcore"))
# How package indexes are reached from this machine.
PASSED_ON = ("PIP_", "UV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
# An ELF file of this machine number is for 64-bit Arm.
AARCH64 = 183
SERVED = """from bedrock_agentcore import BedrockAgentCoreApp

from work import answer

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    return {"answer": answer(payload["prompt"])}


if __name__ == "__main__":
    app.run()
"""


class Failed(Exception):
    """A step of a project went wrong; the text says what was seen."""


class World:
    """One folder for everything that is made here, and an environment with nothing of the caller's but its indexes."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("home", "tmp", "projects"):
            (folder / name).mkdir(exist_ok=True)
        self.env = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
        self.env |= {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "PATH": os.environ["PATH"],
                     "LANG": "C.UTF-8", "AWS_REGION": "us-west-2", "AWS_EC2_METADATA_DISABLED": "true"}
        self.sandbox_env = {}

    def run(self, project: Path, *args, code=0, env=None, timeout=1800):
        done = subprocess.run([BINARY, *map(str, args)], cwd=project, env=self.env | (env or {}),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        if done.returncode != code:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
            raise Failed(f"`agentcore {shlex.join(map(str, args))}` ended with {done.returncode}\n{said}")
        return done

    @contextmanager
    def sandbox(self):
        folder = self.folder / "sandbox"
        self.run(self.folder, "sandbox", "start", "--runner", "process", "--dir", folder)
        try:
            for line in self.run(self.folder, "sandbox", "env", "--dir", folder).stdout.splitlines():
                name, equals, value = line.strip().removeprefix("export ").partition("=")
                if equals:
                    self.sandbox_env[name] = "".join(shlex.split(value))
            yield
        finally:
            subprocess.run([BINARY, "sandbox", "stop", "--dir", folder], env=self.env, capture_output=True)


def write(project: dict, folder: Path):
    """The project's files, with its pins where it has some."""
    files = project.get("files") or {"agent.py": SERVED, "work.py": project["work"].lstrip()}
    requirements = list(project["requirements"]) + ([] if "files" in project else ["bedrock-agentcore"])
    for name, text in files.items():
        (folder / name).write_text(text.lstrip())
    text = "".join(f"{line}\n" for line in requirements)
    if project.get("pinned"):
        command = ["uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--universal",
                   "--python-version", "3.11", "-"]
        done = subprocess.run(command, input=text, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"uv could not pin the requirements: {done.stderr.strip()}")
        text = done.stdout
    (folder / "requirements.txt").write_text(text)


def layers(image: Path):
    """The layers of an OCI archive."""
    with tarfile.open(image) as archive:
        def read(digest):
            return archive.extractfile(f"blobs/{digest.replace(':', '/')}").read()

        index = json.load(archive.extractfile("index.json"))
        manifest = json.loads(read(index["manifests"][0]["digest"]))
        config = json.loads(read(manifest["config"]["digest"]))
        if config["architecture"] != "arm64":
            raise Failed(f"the image says that it is for {config['architecture']}")
        for layer in manifest["layers"]:
            yield tarfile.open(fileobj=io.BytesIO(read(layer["digest"])), mode="r:*")


def look_into(image: Path) -> int:
    """How many compiled files an image has; all must be for 64-bit Arm, and so must the wheels that they came in."""
    compiled, foreign = 0, []
    for layer in layers(image):
        for member in layer:
            if not member.isfile():
                continue
            content = layer.extractfile(member)
            if member.name.endswith(".dist-info/WHEEL"):
                tags = [line.split(":", 1)[1].strip() for line in content.read().decode().splitlines() if line.startswith("Tag:")]
                if tags and not any(tag.endswith("-any") or "aarch64" in tag for tag in tags):
                    foreign.append(f"{member.name} ({tags[0]})")
                continue
            head = content.read(20)
            if head[:4] == b"\x7fELF":
                compiled += 1
                if int.from_bytes(head[18:20], "little") != AARCH64:
                    foreign.append(member.name)
    if foreign:
        raise Failed(f"not for arm64: {', '.join(foreign[:5])}")
    return compiled


def configured_protocol(folder: Path) -> str:
    text = (folder / ".bedrock_agentcore.yaml").read_text()
    return next(line.split(":")[1].strip() for line in text.splitlines() if "server_protocol:" in line)


def carry_out(world: World, project: dict) -> dict:
    """Every step of one project, and what is worth knowing about it."""
    name = project["name"].replace("-", "_")
    folder = world.folder / "projects" / project["name"]
    folder.mkdir()
    write(project, folder)
    configure = world.run(folder, "configure", "-ni", "-e", project.get("entrypoint", "agent.py"), "-n", name)
    protocol = configured_protocol(folder)
    if protocol != project.get("protocol", "HTTP"):
        raise Failed(f"`configure` took it for {protocol}\n{configure.stderr}")

    image = folder / "image.tar"
    started = time.monotonic()
    build = ["build", "--builder", "native", "--base-image", "scratch", "--platform", "linux/arm64", "--file", image]
    said = world.run(folder, *build).stderr
    seconds = time.monotonic() - started
    compiled = look_into(image)
    size = image.stat().st_size
    image.unlink()

    launched = world.run(folder, "launch", "-a", name, env=world.sandbox_env)
    if "does not start" in launched.stderr:
        raise Failed(launched.stderr[-3000:])
    call = project.get("call", ['{"prompt": "hello"}'])
    answer = world.run(folder, "invoke", "-a", name, *call, env=world.sandbox_env, timeout=300).stdout
    if project["expected"] not in answer:
        raise Failed(f"it answered {answer!r} and not {project['expected']!r}")
    world.run(folder, "destroy", "-a", name, "--force", env=world.sandbox_env)
    notes = [line.strip() for line in said.splitlines() if line.lstrip().startswith(("warning", "note"))]
    return {"protocol": protocol, "compiled": compiled, "bytes": size, "build_seconds": round(seconds, 1), "notes": notes}


def chosen(options) -> list[dict]:
    projects = tomllib.loads((HERE / "projects.toml").read_text())["project"]
    unknown = set(options.projects) - {project["name"] for project in projects}
    if unknown:
        sys.exit(f"run.py: no such project: {', '.join(sorted(unknown))}")
    if options.ci:
        return [project for project in projects if project.get("ci")]
    return [project for project in projects if not options.projects or project["name"] in options.projects]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="*")
    parser.add_argument("--ci", action="store_true")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    projects = chosen(options)
    outcome = {}
    with tempfile.TemporaryDirectory(prefix="agentcore-frameworks-") as folder:
        world = World(Path(folder))
        with world.sandbox():
            for project in projects:
                entry = {"pinned": project.get("pinned", False)}
                try:
                    entry |= {"ok": True, **carry_out(world, project)}
                    told = f"{entry['bytes'] / 1e6:7.1f} MB  {entry['compiled']:4} compiled  {entry['build_seconds']:6.1f} s"
                except (Failed, subprocess.TimeoutExpired) as error:
                    entry |= {"ok": False, "error": str(error)}
                    told = f"FAILED: {error}"
                outcome[project["name"]] = entry
                pins = "pinned" if entry["pinned"] else ""
                print(f"{project['name']:18} {pins:7} {told}", flush=True)
                shutil.rmtree(world.folder / "projects" / project["name"], ignore_errors=True)
    if options.report:
        options.report.write_text(json.dumps(outcome, indent=1))
    failed = [name for name, entry in outcome.items() if not entry["ok"]]
    print(f"{len(outcome) - len(failed)} passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
