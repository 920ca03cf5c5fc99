"""One changed line in a project with large dependencies, from the saved file to the changed runtime.

Beside it: `docker build` and `docker push` to a docker-registry, and the retired toolkit's `deploy --local-build`. All of
them have built and sent the dependencies before, and find them in their caches.
"""

import base64
import contextlib
import dataclasses
import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

from recording import recording
from world import ACCOUNT, tool

NAME = "large"
# More than 100 MB of compiled wheels, as agents have them that work with data.
DEPENDENCIES = ["numpy==2.2.6", "scipy==1.15.3", "pandas==2.2.3", "pyarrow==20.0.0"]

AGENT = '''
"""An agent that has been changed {count} times."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def do_POST(self):
        self.do_GET()


ThreadingHTTPServer(("0.0.0.0", 8080), Agent).serve_forever()
'''

# The dependencies first, as everybody writes it who cares about the cache.
DOCKERFILE = """FROM {base}
WORKDIR /app
COPY requirements.txt .
RUN python -m pip install --quiet --no-cache-dir -r requirements.txt
COPY . .
CMD ["python", "-m", "agent"]
"""

# What stands before `docker` for the toolkit, which knows registry and platform by what AWS has.
SHIM = """#!/bin/bash
words=("${{@//{ecr}/$TOOLKIT_REGISTRY}}")
exec "{docker}" "${{words[@]//linux\\/arm64/{platform}}}"
"""


def service(name: str, stack: contextlib.ExitStack) -> dict[str, str]:
    """The variables of an engine or a registry: one that runs already, else one that runs until the end."""
    script = tool(f"{name}.sh")
    known = {"engine": ["DOCKER_HOST", "DOCKER_BUILDKIT", "ENGINE_BIN"],
             "registry": ["REGISTRY", "REGISTRY_USER", "REGISTRY_PASSWORD"]}[name]
    if all(variable in os.environ for variable in known):
        return {variable: os.environ[variable] for variable in known}
    answer = subprocess.run([script, "env"], capture_output=True, text=True)
    if answer.returncode != 0:
        answer = subprocess.run([script, "start"], stdout=subprocess.PIPE, text=True, check=True)
        stack.callback(subprocess.run, [script, "stop"])
    return dict(line.split("=", 1) for line in answer.stdout.splitlines())


def login(folder: Path, hosts: list[str], registry: dict[str, str]) -> str:
    """A configuration of Docker's with a login for the registry under each of its names."""
    folder.mkdir(exist_ok=True)
    basic = base64.b64encode(f"{registry['REGISTRY_USER']}:{registry['REGISTRY_PASSWORD']}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": basic} for host in hosts}}))
    return str(folder)


class OneLine:
    def __init__(self, bench, stack: contextlib.ExitStack):
        self.bench, self.world = bench, bench.world
        self.engine, self.registry = service("engine", stack), service("registry", stack)
        self.dependencies = DEPENDENCIES[:1] if bench.quick else DEPENDENCIES
        self.count = 0
        self.platform = "linux/" + {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
        made = subprocess.run([tool("base-image.sh"), "make"], check=True, capture_output=True, text=True)
        self.python = made.stdout.split()[1]
        self.base = f"{self.registry['REGISTRY']}/base/python:{self.python}"
        local = "agentcore-bench/python:3"
        for action, reference in (("push", self.base), ("load", local)):
            subprocess.run([tool("base-image.sh"), action, reference], check=True, env=os.environ | self.engine | self.registry)
        self.folders = {name: self.project(name) for name in ("ours", "docker", "toolkit")}
        for name in ("docker", "toolkit"):
            (self.folders[name] / "Dockerfile").write_text(DOCKERFILE.format(base=local))
        self.bin = self.world.folder / "docker-bin"
        self.bin.mkdir()
        shim = SHIM.format(ecr=f"{ACCOUNT}.dkr.ecr.{self.world.env['AWS_REGION']}.amazonaws.com",
                           docker=f"{self.engine['ENGINE_BIN']}/docker", platform=self.platform.replace("/", "\\/"))
        (self.bin / "docker").write_text(shim)
        (self.bin / "docker").chmod(0o755)
        (self.bin / "uv").symlink_to(bench.toolkit / "bin/uv")

    def project(self, name: str) -> Path:
        folder = self.world.folder / f"one-line-{name}"
        folder.mkdir()
        (folder / "agent.py").write_text(AGENT.format(count=0))
        (folder / "requirements.txt").write_text("\n".join(self.dependencies) + "\n")
        return folder

    def edit(self, folder: Path):
        self.count += 1
        (folder / "agent.py").write_text(AGENT.format(count=self.count))

    def sides(self, aws: str, registry: str, config: str) -> list:
        """What is compared, with the AWS at that URL and the registry at that host."""
        host = aws.removeprefix("http://")
        docker = self.world.env | self.engine | {"DOCKER_CONFIG": config, "DOCKER": f"{self.engine['ENGINE_BIN']}/docker",
                                                 "IMAGE": f"{registry}/bench/{NAME}:latest"}
        ours = self.bench.ours("launch", "-a", NAME, "--builder", "native", "--base-image", self.base, "--platform",
                               self.platform, "--no-wait", cwd=self.folders["ours"],
                               env={"AWS_ENDPOINT_URL": aws, "DOCKER_CONFIG": config,
                                    "PATH": f"{self.bin}:{self.world.env['PATH']}"})
        plain = dataclasses.replace(ours, name="`docker build`, `docker push`", env=docker, cwd=self.folders["docker"], samples=[],
                                    argv=["sh", "-ec", '"$DOCKER" build --tag "$IMAGE" . && "$DOCKER" push "$IMAGE"'])
        toolkit = self.bench.theirs("deploy", "--local-build", "--auto-update-on-conflict", cwd=self.folders["toolkit"])
        toolkit.name = "toolkit `deploy --local-build`"
        toolkit.env = toolkit.env | self.engine | {
            "AWS_ENDPOINT_URL": aws, "BEDROCK_AGENTCORE_CP_ENDPOINT": aws, "BEDROCK_AGENTCORE_DP_ENDPOINT": aws,
            "DOCKER_CONFIG": config, "TOOLKIT_REGISTRY": host, "PATH": f"{self.bin}:{toolkit.env['PATH']}"}
        for side in (ours, plain, toolkit):
            side.before = lambda side=side: self.edit(side.cwd)
        return [ours, plain, toolkit]

    def configure(self, ours, toolkit):
        for side, flags in ((ours, ["-n", NAME, "-do", "--python", self.python]), (toolkit, ["-n", f"{NAME}_toolkit", "-do"])):
            configure = dataclasses.replace(side, before=lambda: None, samples=[], argv=[
                side.argv[0], "configure", "--non-interactive", "-dt", "container", "-e", "agent.py", "-dm", *flags])
            configure.run()


def measure(bench):
    with contextlib.ExitStack() as stack:
        work = OneLine(bench, stack)
        aws = work.world.env["AWS_ENDPOINT_URL"]
        seen_aws, seen_registry = stack.enter_context(recording(aws)), stack.enter_context(recording(work.registry["REGISTRY"]))
        config = login(work.world.folder / "docker-config", [work.registry["REGISTRY"], seen_registry.host], work.registry)
        sides = work.sides(aws, work.registry["REGISTRY"], config)
        work.configure(sides[0], sides[2])
        for side in sides:
            side.run()  # everything is built and sent once
            side.samples.clear()
        # Bytes are counted in a run of their own: what counts them takes time.
        watched = work.sides(seen_aws.url, seen_registry.host, config)
        sent = []
        for side, record in zip(watched, (seen_aws, seen_registry, seen_aws)):
            record.forget()
            side.run()
            sent.append(record.uploaded)
        for _ in range(3 if bench.quick else max(5, bench.runs // 3)):
            for side in sides:
                side.run()
        shutil.rmtree(work.world.folder / "docker-config")
        report(bench.report, sides, sent, wheels(bench, work))


def wheels(bench, work: OneLine) -> int:
    """Size of the dependencies as the registry has them: the layers between the base's only one and the source."""
    ecr = bench.world.boto("ecr")
    images = ecr.describe_images(repositoryName=f"bedrock-agentcore-{NAME}")["imageDetails"]
    newest = max(images, key=lambda image: image["imagePushedAt"])
    found = ecr.batch_get_image(repositoryName=f"bedrock-agentcore-{NAME}", imageIds=[{"imageDigest": newest["imageDigest"]}])
    layers = json.loads(found["images"][0]["imageManifest"])["layers"]
    return sum(layer["size"] for layer in layers[1:-1])


def report(report, sides: list, sent: list[int], size: int):
    ours = sides[0].median("seconds")
    what = f"one line changed, {size / 1e6:.0f} MB of packed dependencies"
    for index, (side, count) in enumerate(zip(sides[1:], sent[1:])):
        theirs = side.median("seconds")
        first = index == 0
        report.add(f"{what}: `launch --no-wait`", f"{ours:.2f} s", side.name, f"{theirs:.2f} s ({theirs / ours:.0f} x)",
                   "1 s" if first else "", ours <= 1 if first else None)
        report.add(f"{what}: bytes to the registry", f"{sent[0]:,}", side.name, f"{count:,}",
                   "100,000" if first else "", sent[0] < 100_000 if first else None)
