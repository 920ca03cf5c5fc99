#!/usr/bin/env python3
"""How often each verb waits for the network: what people far from the region feel.

    round_trips.py BINARY [BINARY ...] [--json FILE] [--trace]

Each verb is run twice against a sandbox behind a proxy on this machine: as it is, and with a second more for each request and
two for each connection. The difference in seconds is the number of round trips that follow each other; a connection counts as
two. Less than a second would count other work on the machine as round trips. Requests are counted too: those that run side by
side cost requests and no time. Several binaries are measured in the same run, one after the other, verb by verb. With --trace
each connection and request of the slow runs is printed with the second at which the proxy saw it.
"""

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path

REQUEST, CONNECTION = 1.0, 2.0
AGENT = '''
from http.server import BaseHTTPRequestHandler, HTTPServer


class Agent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b'{"status": "Healthy"}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer


HTTPServer(("0.0.0.0", 8080), Agent).serve_forever()
'''


def label(data: bytes) -> str:
    """The operation of a request, as far as its head says, else its method and path."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").splitlines()
    target = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("x-amz-target:")), None)
    action = body.partition(b"Action=")[2].partition(b"&")[0].decode("latin-1")
    return (target or action or lines[0]).removesuffix(" HTTP/1.1")


class Proxy:
    """Passes bytes on, and counts: a request begins where a client speaks after the server did."""

    def __init__(self, target: int):
        self.target, self.slow = target, False
        self.reset()
        started = threading.Event()

        async def serve():
            server = await asyncio.start_server(self.connected, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            await server.serve_forever()

        threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
        started.wait()

    def reset(self):
        self.requests = self.connections = 0
        self.start, self.trace = time.perf_counter(), []

    def seen(self, what: str):
        self.trace.append(f"{time.perf_counter() - self.start:6.2f}  {what}")

    async def connected(self, reader, writer):
        self.connections += 1
        number = self.connections
        self.seen(f"[{number}] connection")
        if self.slow:
            await asyncio.sleep(CONNECTION)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.target)
        turn = {"client": False}

        async def up():
            while data := await reader.read(1 << 16):
                if not turn["client"]:
                    turn["client"] = True
                    self.requests += 1
                    self.seen(f"[{number}] {label(data)}")
                    if self.slow:
                        await asyncio.sleep(REQUEST)
                to_server.write(data)
                await to_server.drain()
            to_server.close()

        async def down():
            # The registry's address in a login is the sandbox's own; pushes are to come through here as well.
            own, ours = f"127.0.0.1:{self.target}".encode(), f"127.0.0.1:{self.port}".encode()
            while data := await from_server.read(1 << 16):
                turn["client"] = False
                writer.write(data.replace(own, ours) if len(own) == len(ours) else data)
                await writer.drain()
            writer.close()

        await asyncio.gather(up(), down(), return_exceptions=True)


class Bench:
    def __init__(self, binary: Path, folder: Path, trace: bool):
        self.binary, self.folder, self.trace = binary, folder, trace
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "CI": "true"}
        (folder / "home").mkdir(parents=True)
        self.run("sandbox", "start", "--runner", "process", "--dir", folder / "sandbox")
        lines = self.run("sandbox", "env", "--dir", folder / "sandbox").stdout.splitlines()
        for line in lines:
            name, _, value = line.removeprefix("export ").partition("=")
            if line.startswith("export "):
                self.env[name] = value.strip("'\"")
        port = int(self.env["AWS_ENDPOINT_URL"].rsplit(":", 1)[1])
        self.proxy = Proxy(port)
        for name, value in list(self.env.items()):
            if name.startswith("AWS_ENDPOINT_URL"):
                self.env[name] = value.replace(f":{port}", f":{self.proxy.port}")

    def run(self, *args, cwd=None):
        return subprocess.run([self.binary, *map(str, args)], cwd=cwd or self.folder, env=self.env, check=True,
                              capture_output=True, text=True)

    def project(self, name: str) -> Path:
        root = self.folder / name
        root.mkdir()
        # A text of its own: what another project pushed could be mounted, which saves round trips.
        (root / "agent.py").write_text(f"# {name}\n{AGENT}")
        (root / "requirements.txt").write_text("")
        self.run("configure", "-ni", "-e", "agent.py", "-n", name, "-do", "-dm", "--protocol", "HTTP", cwd=root)
        return root

    def measured(self, *args, cwd):
        self.proxy.reset()
        start = time.perf_counter()
        self.run(*args, cwd=cwd)
        return time.perf_counter() - start, self.proxy.requests, self.proxy.connections

    def verbs(self) -> dict[str, dict]:
        plain, slow = self.project("plain"), self.project("slow")
        change = lambda root: (root / "agent.py").write_text(f"# {root.name}\n{AGENT}# one line more\n")
        out = {}
        for verb, args, before in [
            ("first launch", ["launch"], None),
            ("unchanged launch", ["launch"], None),
            ("launch of one changed line", ["launch"], change),
            ("status", ["status"], None),
            ("invoke", ["invoke", "{}"], None),
            ("destroy", ["destroy", "--force"], None),
        ]:
            times = []
            for root in (plain, slow):
                if before:
                    before(root)
                self.proxy.slow = root is slow
                times.append(self.measured(*args, cwd=root))
                self.proxy.slow = False
            if self.trace:
                print(f"\n{verb}", *self.proxy.trace, sep="\n", flush=True)
            (fast, _, _), (late, requests, connections) = times
            out[verb] = {"roundTrips": round((late - fast) / REQUEST), "requests": requests, "connections": connections}
        return out

    def stop(self):
        self.run("sandbox", "stop", "--dir", self.folder / "sandbox")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="+", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--trace", action="store_true")
    args = parser.parse_args()
    results = {}
    for index, binary in enumerate(args.binary):
        with tempfile.TemporaryDirectory(prefix="agentcore-trips-") as folder:
            bench = Bench(binary.resolve(), Path(folder) / str(index), args.trace)
            try:
                results[str(binary)] = bench.verbs()
            finally:
                bench.stop()
    for binary, verbs in results.items():
        print(f"\n{binary}\n\n| verb | round trips in a row | requests | connections |\n|---|---|---|---|")
        for verb, one in verbs.items():
            print(f"| {verb} | {one['roundTrips']} | {one['requests']} | {one['connections']} |")
    if args.json:
        args.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
