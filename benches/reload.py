#!/usr/bin/env python3
"""From a saved file to the first answer of the new code, by `agentcore dev`.

    reload.py BINARY [--saves N] [--sdk] [--json FILE]

The agent is of the standard library alone; with --sdk it is one of `bedrock-agentcore`, which has to be installed for the
python3 on PATH. The difference of the two is what the agent itself needs to start. Each save is followed by requests until the
new answer is there, and by a pause of a random length, so that it falls anywhere between two looks.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

PLAIN = """\
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
ANSWER = {answer}
class Agent(BaseHTTPRequestHandler):
    def log_message(self, *ignored):
        pass
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{{"status": "Healthy"}}')
    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(ANSWER).encode())
ThreadingHTTPServer(("127.0.0.1", 8080), Agent).serve_forever()
"""
SDK = """\
from bedrock_agentcore import BedrockAgentCoreApp
app = BedrockAgentCoreApp()
@app.entrypoint
def invoke(payload):
    return {answer}
app.run()
"""


def call(url: str) -> str:
    request = urllib.request.Request(url, b"{}", {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode().strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--saves", type=int, default=50)
    parser.add_argument("--sdk", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    text = SDK if args.sdk else PLAIN
    binary = args.binary.resolve()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "agent.py"
        source.write_text(text.format(answer=0))
        (Path(folder) / "requirements.txt").write_text("bedrock-agentcore\n" if args.sdk else "")
        env = os.environ | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        configure = [binary, "configure", "-ni", "-e", "agent.py", "-n", "bench", "-do"]
        subprocess.run(configure, cwd=folder, env=env, check=True, capture_output=True)
        dev = subprocess.Popen([binary, "dev", "-p", "0"], cwd=folder, env=env, stderr=subprocess.PIPE, text=True)
        found = None
        for line in dev.stderr:
            if found := re.search(r"answers at (\S+/invocations)", line):
                break
        if not found:
            sys.exit("the agent did not start")
        # Its pipe must not fill up.
        threading.Thread(target=dev.stderr.read, daemon=True).start()
        taken = []
        try:
            for number in range(1, args.saves + 1):
                time.sleep(0.3 + random.random() * 0.2)
                source.write_text(text.format(answer=number))
                start = time.perf_counter()
                while call(found[1]) != str(number):
                    if time.perf_counter() - start > 30:
                        sys.exit(f"the answer {number} never came")
                    time.sleep(0.002)
                taken.append((time.perf_counter() - start) * 1000)
        finally:
            dev.terminate()
            dev.wait()
    taken.sort()
    result = {
        "saves": len(taken),
        "agent": "bedrock-agentcore" if args.sdk else "standard library",
        "median_ms": round(taken[len(taken) // 2]),
        "p95_ms": round(taken[max(0, -(-len(taken) * 95 // 100) - 1)]),
        "slowest_ms": round(taken[-1]),
    }
    print(json.dumps(result, indent=2))
    if args.json:
        args.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
