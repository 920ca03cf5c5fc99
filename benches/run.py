#!/usr/bin/env python3
"""Measures the program beside what people would use instead, on the same machine in the same run.

    benches/run.py [--runs N] [--quick] [--only PART] [--binary PATH]

Prints the machine, the medians and what was aimed at, as Markdown. Needs a release build, curl, skopeo, docker and
dockerd, docker-registry, and the Python environment of the outside suite (tests/tools/venv.sh makes it: the retired
toolkit is in there). An engine and a registry that `tests/tools` started are used; otherwise they are started, and stopped
at the end. The sides of a comparison take turns, so that other load on the machine meets all of them. Peak memory is the
process's own high-water mark (VmHWM), without its children.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/outside"), str(ROOT / "tests/tools")]

import one_line  # noqa: E402
from world import World, tool  # noqa: E402

NAME = "bench"
MIB = 1 << 20

# Plain Python, so that the agent's own time is as small as it gets: an echo, or words with a pause between them.
AGENT = '''
import os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Agent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply(b'{"status": "Healthy", "time_of_last_update": 1}')

    def do_POST(self):
        length = int(self.headers["Content-Length"]) if "Content-Length" in self.headers else None
        if length is not None and length < 100:
            body = self.rfile.read(length)
            if b"stream" in body:
                return self.stream()
            return self.reply(body)
        self.echo(length)

    def reply(self, data):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def echo(self, length):
        """Sends back as much as came, without keeping it."""
        total = 0
        for size in self.chunks(length):
            total += size
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(total))
        self.end_headers()
        block = b"x" * 65536
        while total > 0:
            self.wfile.write(block[:total])
            total -= len(block)

    def chunks(self, length):
        if length is None:
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
                yield size
            self.rfile.readline()
        else:
            while length > 0:
                size = len(self.rfile.read(min(length, 65536)))
                length -= size
                yield size

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for word in ("one", "two", "three"):
            self.wfile.write(f'data: "{word}"\\n\\n'.encode())
            self.wfile.flush()
            time.sleep(0.3)

    def log_message(self, *args):
        pass

ThreadingHTTPServer(("0.0.0.0" if os.environ.get("DOCKER_CONTAINER") else "127.0.0.1", 8080), Agent).serve_forever()
'''


@dataclass
class Sample:
    seconds: float
    first_byte: float
    peak: int


@dataclass
class Side:
    """One side of a comparison: a command and what its runs gave."""

    name: str
    argv: list
    env: dict
    cwd: Path
    # Removed before each run.
    fresh: tuple[str, ...] = ()
    # Called before each run; its time does not count.
    before: Callable[[], None] = lambda: None
    samples: list[Sample] = field(default_factory=list)

    def run(self):
        self.before()
        for name in self.fresh:
            (self.cwd / name).unlink(missing_ok=True)
        start = time.perf_counter()
        process = subprocess.Popen(list(map(str, self.argv)), env=self.env, cwd=self.cwd, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        peak = Peak(process.pid)
        os.set_blocking(process.stdout.fileno(), False)
        os.set_blocking(process.stderr.fileno(), False)
        first, errors = None, b""
        while (status := process.poll()) is None or first is None:
            chunk = process.stdout.read1(65536) if status is None else process.stdout.read()
            errors += process.stderr.read() or b""
            if chunk and first is None:
                first = time.perf_counter() - start
            if status is not None:
                break
            peak.look()
            if not chunk:
                time.sleep(0.0002)
        seconds = time.perf_counter() - start
        if status != 0:
            sys.exit(f"{self.argv} ended with {status}:\n{errors.decode(errors='replace')}")
        self.samples.append(Sample(seconds, first or seconds, peak.bytes))

    def median(self, what: str) -> float:
        return statistics.median(getattr(sample, what) for sample in self.samples)


class Peak:
    """The high-water mark of a process's resident memory; it only grows, so the last look counts."""

    def __init__(self, pid: int):
        self.path = Path(f"/proc/{pid}/status")
        self.bytes = 0

    def look(self):
        try:
            for line in self.path.read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self.bytes = max(self.bytes, int(line.split()[1]) * 1024)
        except (FileNotFoundError, ProcessLookupError):
            pass


def take_turns(runs: int, *sides: Side):
    for side in sides:
        side.run()  # warms the caches of the file system, and those of either program
        side.samples.clear()
    for _ in range(runs):
        for side in sides:
            side.run()


class Report:
    def __init__(self):
        self.rows = []

    def add(self, what: str, ours: str, other: str, theirs: str, aim: str, met: bool | None):
        verdict = "" if met is None else ("met" if met else "**missed**")
        self.rows.append((what, ours, other, theirs, aim, verdict))
        print(f"  {what}: {ours}" + (f", {other} {theirs}" if other else ""), file=sys.stderr)

    def print(self):
        heads = ("what", "agentcore", "beside", "its value", "aim", "")
        print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
        for row in self.rows:
            print("| " + " | ".join(row) + " |")


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def mib(size: float) -> str:
    return f"{size / MIB:.1f} MiB"


def machine() -> str:
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // MIB
    return (f"{os.cpu_count()} x {cpu}, {memory} GiB memory, {platform.system()} {platform.release()}, "
            f"load {os.getloadavg()[0]:.1f} at the start")


class Bench:
    def __init__(self, binary: Path, folder: Path, runs: int, quick: bool):
        self.world = World(binary, folder)
        self.runs = runs
        self.quick = quick
        self.report = Report()
        self.toolkit = Path(subprocess.run([tool("venv.sh")], check=True, capture_output=True, text=True).stdout.strip())

    def ours(self, *args, env=None, cwd=None) -> Side:
        return Side("agentcore", [self.world.binary, *args], self.world.env | (env or {}), cwd or self.world.project)

    def theirs(self, *args, cwd=None) -> Side:
        url = self.world.env["AWS_ENDPOINT_URL"]
        env = self.world.env | {"BEDROCK_AGENTCORE_CP_ENDPOINT": url, "BEDROCK_AGENTCORE_DP_ENDPOINT": url,
                                "PATH": f"{self.toolkit}/bin:{self.world.env['PATH']}"}
        return Side("toolkit", [self.toolkit / "bin/agentcore", *args], env, cwd or self.world.project)

    def start_up(self):
        version, helped, toolkit = self.ours("--version"), self.ours("--help"), self.theirs("--help")
        take_turns(self.runs, version, helped, toolkit)
        for name, side in (("`--version`", version), ("`--help`", helped)):
            self.report.add(name, ms(side.median("seconds")), "toolkit `--help`", ms(toolkit.median("seconds")), "5 ms",
                            side.median("seconds") <= 0.005)

    def commands(self):
        flags = ["configure", "--non-interactive", "-dt", "container", "-e", "agent.py", "-n", NAME, "-dm"]
        folders = [self.world.folder / name for name in ("ours", "toolkits")]
        for folder in folders:
            folder.mkdir()
            (folder / "agent.py").write_text(AGENT)
            (folder / "requirements.txt").write_text("")
        ours, toolkit = self.ours(*flags, cwd=folders[0]), self.theirs(*flags, cwd=folders[1])
        ours.fresh = toolkit.fresh = (".bedrock_agentcore.yaml",)
        take_turns(self.runs, ours, toolkit)
        self.compare("`configure --non-interactive`", ours, toolkit)
        # Both read the file of the agent that is deployed.
        ours, toolkit = self.ours("status"), self.theirs("status")
        take_turns(self.runs, ours, toolkit)
        self.compare("`status` of a deployed agent", ours, toolkit)

    def compare(self, what: str, ours: Side, toolkit: Side):
        for name, kind, show in ((what, "seconds", ms), (what + ", peak memory", "peak", mib)):
            self.report.add(name, show(ours.median(kind)), "toolkit", show(toolkit.median(kind)), "less",
                            ours.median(kind) < toolkit.median(kind))

    def curl(self, *args) -> Side:
        # `-H @file` keeps the token out of the arguments, as the program under test does.
        return Side("curl", ["curl", "-sS", "--fail-with-body", "-H", f"@{self.headers}", *args, self.url],
                    self.world.env, self.world.project)

    def invoke(self, *args) -> Side:
        return self.ours("invoke", *args, env={"AGENTCORE_BEARER_TOKEN": self.token})

    def deploy(self):
        world = self.world
        world.write("agent.py", AGENT)
        world.write("requirements.txt", "")
        pool = world.ok("identity", "setup-cognito", "--inbound-only", "--pool-name", NAME, "-o", "json").data
        world.ok("configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", NAME, "-dm", "-do",
                 "--discovery-url", pool["discoveryUrl"], "--allowed-client", pool["clientId"])
        world.ok("launch")
        self.token = world.ok("identity", "token").stdout.decode().strip()
        status = json.dumps(world.ok("status", "-o", "json").data)
        arn = next(part for part in status.split('"') if ":runtime/" in part and "endpoint" not in part)
        self.url = f"{world.env['AWS_ENDPOINT_URL']}/runtimes/{urllib.parse.quote(arn, safe='')}/invocations?qualifier=DEFAULT"
        self.headers = world.folder / "headers"
        # One session, so that both sides meet the same running agent.
        self.session = "bench-" + "0" * 40
        self.headers.write_text(f"Authorization: Bearer {self.token}\nContent-Type: application/json\n"
                                f"X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: {self.session}\n")

    def invocations(self):
        payload = '{"prompt": "hello"}'
        ours, curl = self.invoke(payload, "-s", self.session), self.curl("-d", payload)
        take_turns(self.runs, ours, curl)
        overhead = ours.median("seconds") - curl.median("seconds")
        self.report.add("`invoke`, whole", ms(ours.median("seconds")), "curl", ms(curl.median("seconds")), "", None)
        self.report.add("`invoke` over curl", ms(overhead), "", "", "15 ms", overhead <= 0.015)
        payload = '{"prompt": "stream"}'
        ours, curl = self.invoke(payload, "-s", self.session), self.curl("-N", "-d", payload)
        take_turns(max(3, self.runs // 3), ours, curl)
        self.report.add("first streamed byte", ms(ours.median("first_byte")), "curl", ms(curl.median("first_byte")),
                        "like curl + 15 ms", ours.median("first_byte") - curl.median("first_byte") <= 0.015)

    def large_payload(self):
        size = 10_000_000 if self.quick else 100_000_000
        path = self.world.folder / "payload"
        with path.open("wb") as file:
            file.write(b"0" * size)
        ours, curl = self.invoke(f"@{path}", "-s", self.session), self.curl("-T", path, "-X", "POST")
        take_turns(3, ours, curl)
        self.report.add(f"{size // 1_000_000} MB there and back, peak memory", mib(ours.median("peak")), "curl",
                        mib(curl.median("peak")), "32 MiB", ours.median("peak") <= 32 * MIB)
        self.report.add(f"{size // 1_000_000} MB there and back", f"{ours.median('seconds'):.2f} s", "curl",
                        f"{curl.median('seconds'):.2f} s", "", None)

    def large_layer(self):
        size = (64 if self.quick else 1024) * MIB
        folder = self.world.folder / "large"
        folder.mkdir()
        (folder / "agent.py").write_text(AGENT)
        (folder / "requirements.txt").write_text("")
        with (folder / "model.bin").open("wb") as file:
            for _ in range(size // MIB):
                file.write(os.urandom(MIB))
        configure = self.ours("configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "large", "-dm", "-do", cwd=folder)
        configure.run()
        launch = self.ours("launch", "--builder", "native", "--no-wait", cwd=folder)
        launch.run()
        skopeo = self.skopeo_push()
        skopeo.run()
        self.report.add(f"pushing a {size // MIB} MiB layer, peak memory", mib(launch.median("peak")),
                        "skopeo, the same image", mib(skopeo.median("peak")), "64 MiB", launch.median("peak") <= 64 * MIB)
        self.report.add("building and pushing it (skopeo: pushing it)", f"{launch.median('seconds'):.1f} s", "skopeo",
                        f"{skopeo.median('seconds'):.1f} s", "", None)

    def skopeo_push(self) -> Side:
        """skopeo pushing the image that was just pushed, from a local copy to another repository."""
        import images

        ecr = self.world.boto("ecr")
        data = ecr.get_authorization_token()["authorizationData"][0]
        host = data["proxyEndpoint"].split("://")[1]
        auth = images.auth_file(self.world.folder, host, data["authorizationToken"])
        [image] = ecr.describe_images(repositoryName="bedrock-agentcore-large")["imageDetails"]
        local = f"oci:{self.world.folder}/local:large"
        images.skopeo("copy", "--src-tls-verify=false",
                      f"docker://{host}/bedrock-agentcore-large@{image['imageDigest']}", local, authfile=auth)
        # With the blobs gone skopeo has to send them; it would ask the registry to reuse them otherwise.
        ecr.delete_repository(repositoryName="bedrock-agentcore-large", force=True)
        ecr.create_repository(repositoryName="skopeo")
        argv = ["skopeo", "--insecure-policy", "copy", "--authfile", auth, "--dest-tls-verify=false", local,
                f"docker://{host}/skopeo:large"]
        return Side("skopeo", argv, self.world.env, self.world.project)

    def size(self):
        size = self.world.binary.stat().st_size
        self.report.add("size of the binary", f"{size / 1e6:.1f} MB", "toolkit's environment",
                        f"{folder_size(self.toolkit) / 1e6:.0f} MB", "20 MB", size <= 20_000_000)


def folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def with_packages():
    """Starts again in the outside suite's environment, which has boto3, unless this is it."""
    python = Path(subprocess.run([tool("venv.sh")], check=True, capture_output=True, text=True).stdout.strip()) / "bin/python"
    if Path(sys.prefix) != python.parents[1]:
        os.execv(python, [str(python), *sys.argv])


def inbound_auth(bench: Bench):
    # Only the environment of the outside suite has what it imports.
    import auth

    auth.measure(bench)


def parts(bench: Bench) -> dict[str, Callable[[], None]]:
    own = (bench.start_up, bench.commands, bench.invocations, bench.large_payload, bench.large_layer)
    return {part.__name__: part for part in own} | {"one_line": lambda: one_line.measure(bench),
                                               "auth": lambda: inbound_auth(bench), "size": bench.size}


def main():
    with_packages()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=15, help="runs of each small measurement (default 15)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the large sizes")
    parser.add_argument("--only", action="append", metavar="PART", help="start_up, commands, invocations, large_payload, "
                        "large_layer, one_line, auth or size (repeatable; default: all)")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/agentcore")
    options = parser.parse_args()
    binary = options.binary.resolve()
    if not binary.is_file():
        sys.exit(f"{binary} is not built; run `cargo build --release`")
    described = machine()
    with tempfile.TemporaryDirectory(prefix="agentcore-bench-") as folder:
        bench = Bench(binary, Path(folder), options.runs, options.quick)
        with bench.world.sandbox("--runner", "process"):
            bench.deploy()
            for name, part in parts(bench).items():
                if not options.only or name in options.only:
                    part()
    print(f"# agentcore beside the alternatives\n\n{described}; medians of {options.runs} runs (100 MB: three, the large layer: one).\n")
    bench.report.print()


if __name__ == "__main__":
    main()
