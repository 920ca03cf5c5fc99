#!/usr/bin/env python3
"""From a line that is written to CloudWatch Logs to its appearance on the terminal of whoever follows the log.

    logs.py BINARY [--lines N] [--aws FILE]

Against a sandbox of the binary's own, so that the network takes no time: `agentcore logs -f` beside `aws logs tail --follow` (where
version 2 of the AWS CLI is there) and a loop of boto3 that asks once a second. First the time from the start of each to a line that is there already, then
that of single lines, written with pauses of a random length, and of a line after each other ten a second. Needs boto3.
"""

import argparse
import os
import random
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ID = "bench-0123456789"
GROUP = f"/aws/bedrock-agentcore/runtimes/{ID}-DEFAULT"
LOOP = f"""
import boto3, sys, time
logs, token, since = boto3.client("logs"), None, int(time.time() * 1000) - 600000
seen = set()
while True:
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName="{GROUP}", startTime=since):
        for event in page["events"]:
            if event["eventId"] not in seen:
                seen.add(event["eventId"])
                print(event["message"], flush=True)
    time.sleep(1)
"""


def measure(command: list[str], env: dict, logs, lines: int) -> tuple[float, list[float], list[float]]:
    mark = f"present {time.time_ns()}"
    put = lambda text: logs.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=[
        {"timestamp": int(time.time() * 1000), "message": text}])
    put(mark)
    seen, news = {}, threading.Condition()
    begun = time.monotonic()
    follower = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)

    def read():
        for line in follower.stdout:
            with news:
                seen.setdefault(" ".join(line.split()[-2:]), time.monotonic())
                news.notify_all()

    threading.Thread(target=read, daemon=True).start()

    def wait(text):
        with news:
            assert news.wait_for(lambda: text in seen, 30), f"{command[0]}: `{text}` never came"
        return seen[text]

    first = wait(mark) - begun
    single, busy = [], []
    for number in range(lines):
        time.sleep(random.uniform(2, 4))
        text, at = f"single {time.time_ns()}", time.monotonic()
        put(text)
        single.append(wait(text) - at)
    sent = []
    for number in range(lines * 5):
        text = f"busy {time.time_ns()}"
        sent.append((text, time.monotonic()))
        put(text)
        time.sleep(0.1)
    busy = [wait(text) - at for text, at in sent]
    follower.kill()
    return first, single, busy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--lines", type=int, default=10)
    parser.add_argument("--aws", default=shutil.which("aws"))
    args = parser.parse_args()
    import boto3

    binary = str(args.binary.resolve())
    with tempfile.TemporaryDirectory() as folder:
        env = {"PATH": os.environ["PATH"], "HOME": folder, "AWS_EC2_METADATA_DISABLED": "true"}
        run = lambda *words: subprocess.run([binary, *words], env=env, check=True, capture_output=True, text=True, cwd=folder).stdout
        run("sandbox", "start", "--dir", f"{folder}/sandbox", "--runner", "process")
        try:
            for line in run("sandbox", "env", "--dir", f"{folder}/sandbox").splitlines():
                name, equals, value = line.strip().removeprefix("export ").partition("=")
                if equals:
                    env[name] = "".join(shlex.split(value))
            session = boto3.Session(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], None, env["AWS_REGION"])
            logs = session.client("logs", endpoint_url=env["AWS_ENDPOINT_URL"])
            logs.create_log_group(logGroupName=GROUP)
            logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
            arn = f"arn:aws:bedrock-agentcore:{env['AWS_REGION']}:123456789012:runtime/{ID}"
            rivals = [("agentcore logs -f", [binary, "logs", "-f", "--agent-id", arn]),
                      ("boto3, once a second", [sys.executable, "-c", LOOP])]
            # Version 1 of the AWS CLI has no `logs tail`.
            if args.aws and "aws-cli/2" in subprocess.run([args.aws, "--version"], capture_output=True, text=True).stdout:
                rivals.append(("aws logs tail --follow", [args.aws, "logs", "tail", GROUP, "--follow"]))
            print("| | first line | single line, median (worst) | ten a second, median (worst) |\n|---|---|---|---|")
            for name, command in rivals:
                first, single, busy = measure(command, env | {"AWS_DEFAULT_REGION": env["AWS_REGION"]}, logs, args.lines)
                show = lambda times: f"{statistics.median(times):.2f} s ({max(times):.2f} s)"
                print(f"| `{name}` | {first:.2f} s | {show(single)} | {show(busy)} |", flush=True)
        finally:
            run("sandbox", "stop", "--dir", f"{folder}/sandbox")


if __name__ == "__main__":
    main()
