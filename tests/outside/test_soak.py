"""Many sessions on few open files: the sandbox under `ulimit -n 256`, called by boto3, with nothing stopped by hand.

`AGENTCORE_SOAK` is the number of sessions (default 200, so that the suite stays quick; 3000 is the real thing). That many are
enough to see one file that each session leaves open: what is open is compared with what was after the first fifty. Prints what
it measured.
"""

import concurrent.futures
import os
import shlex
import socket
import subprocess
import time

import pytest

from world import World

SESSIONS = int(os.environ.get("AGENTCORE_SOAK", "200"))
OPEN_FILES = 256
# How many more files may be open at the end than after the first batch: connections come and go. A hundred sessions that
# leave one each are well above it.
DRIFT = 40
AGENT = """
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b'{"status": "Healthy"}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
"""


@pytest.fixture
def small(binary, tmp_path):
    """A world whose sandbox may have few files open, and the process of that sandbox."""
    world = World(binary, tmp_path)
    folder = tmp_path / "sandbox"

    def start():
        command = [str(binary), "sandbox", "start", "--runner", "process", "--dir", str(folder)]
        limited = ["sh", "-c", f"ulimit -n {OPEN_FILES} && exec {shlex.join(command)}"]
        subprocess.run(limited, cwd=world.project, env=world.env, check=True, capture_output=True, timeout=120)
        for line in world.ok("sandbox", "env", "--dir", folder).stdout.decode().splitlines():
            name, equals, value = line.strip().removeprefix("export ").partition("=")
            if equals:
                world.env[name] = "".join(shlex.split(value))
        return world.ok("sandbox", "status", "--dir", folder, "-o", "json").data["pid"]

    del world.env["AWS_ENDPOINT_URL"]
    world.start = start
    world.stop = lambda: world.ok("sandbox", "stop", "--dir", folder)
    yield world
    world.run("sandbox", "stop", "--dir", folder)


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts open files in /proc")
def test_sessions_do_not_use_up_the_files(small):
    pid = small.start()
    small.write("agent.py", AGENT)
    small.write("requirements.txt", "")
    small.ok("configure", "-ni", "-e", "agent.py", "-n", "soak", "-do")
    small.ok("launch")
    arn = small.ok("status", "-o", "json").data["runtime"]["arn"]
    data = small.boto("bedrock-agentcore")

    def call(number: int) -> int:
        answer = data.invoke_agent_runtime(
            agentRuntimeArn=arn, runtimeSessionId=f"soak-{number:0>40}", payload=b"{}")
        answer["response"].read()
        return answer["statusCode"]

    begun = time.monotonic()
    most, counts = 0, []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for start in range(0, SESSIONS, 50):
            numbers = range(start, min(start + 50, SESSIONS))
            assert set(pool.map(call, numbers)) == {200}
            counts.append(open_files(pid))
            most = max(most, counts[-1])
    took = time.monotonic() - begun
    assert most < OPEN_FILES
    assert counts[-1] - counts[0] < DRIFT, f"sessions leave files open: {counts}"
    # More connections than files, none of which says anything.
    port = int(small.env["AWS_ENDPOINT_URL"].rsplit(":", 1)[1])
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(2 * OPEN_FILES)]
    assert call(0) == 200, "a session that made room comes back"
    for connection in silent:
        connection.close()

    small.stop()
    begun = time.monotonic()
    pid = small.start()
    again = time.monotonic() - begun
    assert call(1) == 200
    streams = 0
    for page in small.boto("logs").get_paginator("describe_log_streams").paginate(
            logGroupName=f"/aws/bedrock-agentcore/runtimes/{arn.rsplit('/', 1)[1]}-DEFAULT"):
        streams += len(page["logStreams"])
    assert streams >= SESSIONS
    print(f"\nsoak: {SESSIONS} sessions in {took:.0f} s, at most {most} of {OPEN_FILES} files open; "
          f"{streams} streams kept, started again in {again:.1f} s with {open_files(pid)} files open")
