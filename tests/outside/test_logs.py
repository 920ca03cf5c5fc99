"""Logs of an agent that boto3 wrote: read, filtered and followed without gaps and repetitions; and what `observability enable`
makes, as boto3 sees it."""

import io
import json
import signal
import subprocess
import threading
import time
import uuid
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from world import ACCOUNT, trust_policy

ID = "desk-0123456789"
GROUP = f"/aws/bedrock-agentcore/runtimes/{ID}-DEFAULT"
SESSION, OTHER = str(uuid.uuid4()), str(uuid.uuid4())
RATE, SECONDS = 5000, 4


def configure(world, runtime=ID):
    world.write(".bedrock_agentcore.yaml", f"""default_agent: desk
agents:
  desk:
    name: desk
    entrypoint: agent.py
    aws:
      region: us-west-2
    bedrock_agentcore:
      agent_id: {runtime}
      agent_arn: arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:runtime/{runtime}
""")


def put(client, group, stream, messages, at=None):
    begin = at or int(time.time() * 1000) - 5000
    client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[
        {"timestamp": begin + number, "message": message} for number, message in enumerate(messages)])


@pytest.fixture(scope="module")
def logs(sandbox):
    client = sandbox.boto("logs")
    client.create_log_group(logGroupName=GROUP)
    configure(sandbox)
    streams = [f"2026/11/30/[runtime-logs]{SESSION}", f"2026/11/30/[runtime-logs]{OTHER}", "otel-rt-logs", "spans"]
    for stream in streams:
        client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    put(client, GROUP, streams[0], [
        "INFO: disk-1 is fine", "plain words",
        json.dumps({"level": "ERROR", "message": "it broke", "requestId": "r-17", "logger": "desk", "stackTrace": ["Traceback\n", "  File x\n"]}),
        "Traceback (most recent call last):", '  File "agent.py", line 3', "KeyError: 'shelf'"])
    put(client, GROUP, streams[1], ["WARNING:root:of another session", "two\nlines"])
    put(client, GROUP, streams[2], [json.dumps({"body": "a record", "severityText": "INFO", "attributes": {"session.id": SESSION}})])
    put(client, GROUP, streams[3], [json.dumps({"spanId": "s", "name": "a span"})])
    put(client, GROUP, streams[0], ["an old line"], at=int(time.time() * 1000) - 3_600_000)
    return client


def events(sandbox, *args):
    return sandbox.ok("logs", *args, "-o", "json").data["events"]


def messages(sandbox, *args):
    return [event["message"] for event in events(sandbox, *args)]


def test_lines_are_selected_by_what_they_are(sandbox, logs):
    everything = messages(sandbox)
    assert len(everything) == 9 and not any("span" in text for text in everything), everything
    assert "an old line" in messages(sandbox, "--since", "2h") and len(messages(sandbox, "--since", "2h", "-n", "3")) == 3
    assert messages(sandbox, "--grep", "disk-1") == ["INFO: disk-1 is fine"]
    assert messages(sandbox, "--grep", "(?i)DISK.1") == ["INFO: disk-1 is fine"]
    assert [json.loads(text)["message"] for text in messages(sandbox, "--request", "r-17")] == ["it broke"]
    of_session = events(sandbox, "--session", SESSION)
    assert len(of_session) == 7 and {event["session"] for event in of_session} == {SESSION}
    errors = messages(sandbox, "--level", "error", "--session", SESSION)
    assert errors[1:] == ["Traceback (most recent call last):", '  File "agent.py", line 3', "KeyError: 'shelf'"], errors
    assert len(messages(sandbox, "--level", "warn")) == 5
    event = events(sandbox, "--grep", "r-17")[0]
    assert (event["level"], event["request"], event["session"]) == ("error", "r-17", SESSION) and event["id"] and event["ingestedAt"]


def test_text_is_aligned_and_says_when_nothing_is_there(sandbox, logs):
    text = sandbox.ok("logs").stdout.decode()
    assert f" ERROR {SESSION[:8]} it broke  logger=desk\n" in text, text
    assert text.count("\n") == 12, text
    two = next(line for line in text.splitlines() if line.endswith("two"))
    below = text.splitlines()[text.splitlines().index(two) + 1]
    assert below.index("lines") == two.index("two"), text
    run = sandbox.ok("logs", "--since", "1s")
    assert run.stdout == b"" and b"no events since" in run.stderr
    run = sandbox.run("logs", "--endpoint", "prod").expect(5)
    assert b"does not exist" in run.stderr and b"agentcore invoke" in run.stderr
    run = sandbox.run("logs", "-f", "-o", "json").expect(2)
    assert "--ndjson" in json.loads(run.stdout)["error"]["hints"][0]


def test_printed_lines_give_the_terminal_no_orders(sandbox, logs):
    runtime, evil = "orders-0123456789", "\x1b[2J\x9b31m\u202e\rx\n::error::y"
    arn, group = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:runtime/{runtime}", GROUP.replace(ID, runtime)
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    put(logs, group, "s", [evil, json.dumps({"level": "INFO", "message": "a\x1b]0;b\x07", "k\x1b": "v\x1b"})])
    text = sandbox.ok("logs", "--agent-id", arn).stdout.decode()
    assert not set(text) & set("\x1b\x9b\u202e\r\x07") and "error::y" in text and "]0;b" in text, text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines()), text
    lines = sandbox.ok("logs", "--agent-id", arn, "--ndjson").stdout.decode()
    assert not set(lines) & set("\x1b\x9b\u202e\r\x07") and json.loads(lines.splitlines()[0])["message"] == evil


class Follower:
    """`logs --follow --ndjson`, and what came of it."""

    def __init__(self, sandbox, *args):
        self.process = subprocess.Popen([sandbox.binary, "logs", "--follow", "--ndjson", *args], cwd=sandbox.project, env=sandbox.env,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.lines, self.new = [], threading.Event()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(json.loads(line)["message"])
            self.new.set()

    def wait_for(self, count, limit=120):
        end = time.monotonic() + limit
        while len(self.lines) < count and time.monotonic() < end:
            self.new.wait(1)
            self.new.clear()
        return self.lines

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(20)
        self.reader.join(20)
        return code


def test_a_flood_is_followed_without_loss_or_repetition(sandbox, logs):
    runtime = "flood-0123456789"
    group, streams = GROUP.replace(ID, runtime), [f"2026/11/30/[runtime-logs]{uuid.uuid4()}" for _ in range(2)]
    arn = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:runtime/{runtime}"
    logs.create_log_group(logGroupName=group)
    for stream in streams:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    follower = Follower(sandbox, "--agent-id", arn)
    sent, early, batch = 0, None, RATE // 5
    for turn in range(SECONDS * 5):
        begin = time.monotonic()
        # Both streams have lines of the same millisecond.
        now = int(time.time() * 1000)
        logs.put_log_events(logGroupName=group, logStreamName=streams[turn % 2], logEvents=[
            {"timestamp": now, "message": f"line {sent + number} {'x' * 60}"} for number in range(batch)])
        sent += batch
        if turn == SECONDS * 2:
            early = follower.memory()
        time.sleep(max(0, 0.2 - (time.monotonic() - begin)))
    got = follower.wait_for(sent)
    late = follower.memory()
    time.sleep(3)
    assert follower.stop() == 130
    numbers = [int(text.split()[1]) for text in got]
    assert len(numbers) == sent, f"{sent - len(numbers)} lost or doubled"
    assert set(numbers) == set(range(sent))
    assert late < early * 2 + 100_000, (early, late)


def test_following_waits_for_the_group_and_ends_in_time(sandbox, logs):
    runtime = "later-0123456789"
    arn, group = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:runtime/{runtime}", GROUP.replace(ID, runtime)
    follower = Follower(sandbox, "--agent-id", arn)
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    put(logs, group, "s", ["first"])
    assert follower.wait_for(1) == ["first"]
    assert follower.stop() == 130
    run = sandbox.run("logs", "--agent-id", arn, "-f", "--timeout", "1").expect(7)
    assert b"first" in run.stdout


def test_a_clock_ahead_hides_no_other_lines(sandbox, logs):
    runtime, now = "ahead-0123456789", int(time.time() * 1000)
    arn, group = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:runtime/{runtime}", GROUP.replace(ID, runtime)
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    put(logs, group, "s", ["ahead"], at=now + 3_600_000)
    follower = Follower(sandbox, "--agent-id", arn)
    assert follower.wait_for(1) == ["ahead"]
    put(logs, group, "s", ["in time"])
    assert follower.wait_for(2) == ["ahead", "in time"]
    assert follower.stop() == 130


@pytest.fixture
def live(sandbox, logs):
    """A runtime that boto3 made, of an archive."""
    s3, control, name = sandbox.boto("s3"), sandbox.boto("bedrock-agentcore-control"), "seen" + uuid.uuid4().hex[:8]
    role = sandbox.boto("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust_policy())["Role"]["Arn"]
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("main.py", "")
    s3.put_object(Bucket=name, Key="a.zip", Body=archive.getvalue())
    code = {"code": {"s3": {"bucket": name, "prefix": "a.zip"}}, "runtime": "PYTHON_3_13", "entryPoint": ["main.py"]}
    return control.create_agent_runtime(agentRuntimeName=name, agentRuntimeArtifact={"codeConfiguration": code}, roleArn=role,
                                        networkConfiguration={"networkMode": "PUBLIC"})


def test_boto3_sees_what_enable_made(sandbox, logs, live):
    gateway = "tools-0123456789"
    run = lambda verb, *more: sandbox.run("observability", verb, "--agent-id", live["agentRuntimeArn"], "--gateway", gateway, *more)
    run("enable").expect(6)
    sources = {each["logType"] + each["resourceArns"][0]: each for each in logs.describe_delivery_sources()["deliverySources"]}
    of_gateway = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:gateway/{gateway}"
    assert set(sources) == {"TRACES" + live["agentRuntimeArn"], "TRACES" + of_gateway, "APPLICATION_LOGS" + of_gateway}
    targets = {each["arn"]: each["deliveryDestinationType"] for each in logs.describe_delivery_destinations()["deliveryDestinations"]}
    joined = logs.describe_deliveries()["deliveries"]
    assert sorted(targets[each["deliveryDestinationArn"]] for each in joined) == ["CWL", "XRAY", "XRAY"]
    group = f"/aws/vendedlogs/bedrock-agentcore/gateway/APPLICATION_LOGS/{gateway}"
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    # The delivery of somebody else is not made a second time, and stays.
    run("enable").expect(6)
    assert logs.describe_deliveries()["deliveries"] == joined
    run("disable").expect(0)
    assert logs.describe_deliveries()["deliveries"] == [] == logs.describe_delivery_sources()["deliverySources"]
    logs.put_delivery_source(name="theirs", logType="TRACES", resourceArn=live["agentRuntimeArn"])
    logs.put_delivery_destination(name="theirs", deliveryDestinationType="XRAY")
    arn = logs.get_delivery_destination(name="theirs")["deliveryDestination"]["arn"]
    logs.create_delivery(deliverySourceName="theirs", deliveryDestinationArn=arn)
    run("enable").expect(6)
    run("disable").expect(0)
    assert [each["deliverySourceName"] for each in logs.describe_deliveries()["deliveries"]] == ["theirs"]
    missing = sandbox.run("observability", "enable", "--agent-id", "gone-0123456789").expect(5)
    assert b"ResourceNotFoundException" in missing.stderr, missing


def test_spans_are_switched_on_once(sandbox, logs):
    xray = sandbox.boto("xray")
    run = sandbox.run("observability", "enable", "--plan", "-o", "json").expect(6)
    assert [step["resource"] for step in run.data["pending"]] == ["log policy", "spans"]
    assert xray.get_trace_segment_destination()["Destination"] == "XRay"
    theirs = json.dumps({"Version": "2012-10-17", "Statement": []})
    logs.put_resource_policy(policyName="TransactionSearchXRayAccess", policyDocument=theirs)
    sandbox.run("observability", "enable", "--account-wide", "--sampling", "5", "--retention-days", "30")
    assert xray.get_trace_segment_destination()["Destination"] == "CloudWatchLogs"
    rule = xray.get_indexing_rules()["IndexingRules"][0]["Rule"]["Probabilistic"]
    assert rule["DesiredSamplingPercentage"] == 5
    policies = {each["policyName"]: each["policyDocument"] for each in logs.describe_resource_policies()["resourcePolicies"]}
    assert policies["TransactionSearchXRayAccess"] == theirs, "the policy of somebody else stays"
    assert "aws/spans" in policies["AgentCoreTransactionSearchXRayAccess"]
    assert logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"][0]["retentionInDays"] == 30
    plan = sandbox.run("observability", "enable", "--account-wide", "--sampling", "5", "--plan", "-o", "json").data
    assert {step["action"] for step in plan["steps"] if step["resource"] in ("log policy", "spans", "indexing rule")} == {"unchanged"}


class FailingAgent(BaseHTTPRequestHandler):
    """A data plane whose agent fails, and whatever else is asked of this address."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.paths.append(self.path)
        is_call = self.path.startswith("/runtimes/")
        body = json.dumps({"message": "Received error (500) from runtime"}).encode()
        self.send_response(424 if is_call else 404)
        for name, value in {"x-amzn-errortype": "RuntimeClientError", "x-amzn-requestid": "r", "Content-Length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


def test_a_failed_call_asks_no_instance_for_credentials(world):
    server = ThreadingHTTPServer(("127.0.0.1", 0), FailingAgent)
    server.paths = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        del world.env[name]
    world.env |= {"AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_SERVICE_ENDPOINT": url}
    arn = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:runtime/{ID}"
    run = world.run("invoke", "--arn", arn, "{}", "--bearer-token-file", "-", stdin="a.b.c")
    server.shutdown()
    run.expect(8)
    assert len(server.paths) == 1 and b"agentcore logs" in run.stderr, server.paths


@pytest.fixture
def moto_world(world, moto):
    world.env["AWS_ENDPOINT_URL"] = moto
    configure(world)
    return world


def test_another_implementation_is_read_the_same(moto_world):
    client = moto_world.boto("logs")
    runtime = f"desk-{uuid.uuid4().hex[:10]}"
    arn, group = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:runtime/{runtime}", GROUP.replace(ID, runtime)
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="s")
    put(client, group, "s", ["INFO one", "ERROR two", "  below"])
    assert [each["message"] for each in moto_world.ok("logs", "--agent-id", arn, "--level", "error", "-o", "json").data["events"]] == [
        "ERROR two", "  below"]
    assert b"one" in moto_world.run("logs", "--agent-id", arn, "-f", "--timeout", "1").expect(7).stdout


