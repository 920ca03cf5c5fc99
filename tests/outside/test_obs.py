"""Traces of an agent, seen by the retired toolkit's `obs` and by ours: the same spans, times, statuses and messages. And the
sandbox's queries by AWS's own client, which also shows that what is not understood is refused."""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid

import pytest

ID = "desk-0123456789"
GROUP = f"/aws/bedrock-agentcore/runtimes/{ID}-DEFAULT"
TOOLKIT = [sys.executable, "-c", "from bedrock_agentcore_starter_toolkit.cli.cli import main; main()", "obs"]
FIRST, SECOND = uuid.uuid4().hex, uuid.uuid4().hex
SESSION, OTHER = str(uuid.uuid4()), str(uuid.uuid4())
BEGIN = time.time_ns() - 90_000_000_000


def span(trace, key, parent, name, status, start, length, session=SESSION, agent=ID):
    begin = BEGIN + start * 1_000_000
    return {
        "resource": {"attributes": {
            "aws.service.type": "gen_ai_agent", "service.name": "desk.DEFAULT",
            "cloud.resource_id": f"arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{agent}/runtime-endpoint/DEFAULT:DEFAULT"}},
        "scope": {"name": "t"}, "traceId": trace, "spanId": key, "parentSpanId": parent, "name": name, "kind": "INTERNAL",
        "startTimeUnixNano": begin, "endTimeUnixNano": begin + length * 1_000_000, "durationNano": length * 1_000_000,
        "attributes": {"session.id": session, "http.response.status_code": 200}, "status": {"code": status},
    }


def record(trace, key, scope, body, **attributes):
    return {"traceId": trace, "spanId": key, "scope": {"name": scope}, "attributes": attributes, "body": body}


def message(role, content):
    return {"messages": [{"role": role, "content": content}]}


CHAIN = json.dumps({"inputs": {"messages": [{"kwargs": {"content": "two and two"}}]}})
CHAINED = json.dumps({"outputs": {"messages": [{"kwargs": {"content": "two and two"}}, {"kwargs": {"content": "four"}}]}})
SPANS = [
    span(FIRST, "a" * 15 + "3", "a" * 15 + "2", "tool", "ERROR", 30, 12),
    span(FIRST, "a" * 15 + "1", None, "POST /invocations", "OK", 0, 2500),
    span(FIRST, "a" * 15 + "2", "a" * 15 + "1", "agent", "UNSET", 20, 400),
    span(SECOND, "b" * 15 + "1", None, "POST /invocations", "OK", 9000, 750),
    # Another agent under the same session, and a session of its own that is newer than those of the desk.
    span(uuid.uuid4().hex, "c" * 16, None, "foreign", "OK", 0, 10, agent="other-9876543210"),
    span(uuid.uuid4().hex, "d" * 16, None, "foreign", "OK", 30_000, 10, session=OTHER, agent="other-9876543210"),
]
RECORDS = [
    record(FIRST, "a" * 15 + "1", "strands.telemetry.tracer",
           {"input": message("user", {"content": "what's \"on\"\nthe shelf"}), "output": message("assistant", {"message": "nothing"})}),
    record(FIRST, "a" * 15 + "3", "t", {}, **{"exception.type": "KeyError", "exception.message": "shelf"}),
    record(FIRST, "a" * 15 + "2", "t", {"content": [{"text": "be brief"}, {"text": "and kind"}]}, **{"event.name": "gen_ai.system.message"}),
    record(SECOND, "b" * 15 + "1", "openinference.instrumentation.langchain",
           {"input": message("user", CHAIN), "output": message("assistant", CHAINED)}),
    record(SECOND, "b" * 15 + "1", "t", {"role": "tool", "content": "4"}),
]


@pytest.fixture(scope="module")
def logs(sandbox):
    client = sandbox.boto("logs")
    for group, stream, events in (("aws/spans", "default", SPANS), (GROUP, "otel-rt-logs", RECORDS)):
        client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName=stream)
        begin = time.time_ns() // 1_000_000 - 60_000
        client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[
            {"timestamp": begin + at, "message": json.dumps(event)} for at, event in enumerate(events)])
    arn = f"arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{ID}"
    sandbox.write(".bedrock_agentcore.yaml", f"""default_agent: desk
agents:
  desk:
    name: desk
    entrypoint: agent.py
    aws: {{region: us-west-2, account: "123456789012"}}
    bedrock_agentcore: {{agent_id: {ID}, agent_arn: "{arn}"}}
""")
    sandbox.write("agent.py", "")
    return client


def by_the_toolkit(world, *args):
    env = world.env | {"AGENTCORE_SUPPRESS_RECOMMENDATION": "1"}
    done = subprocess.run([*TOOLKIT, *args], cwd=world.project, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_toolkit_sees_the_same_traces(toolkit, sandbox, logs):
    by_the_toolkit(sandbox, "show", "--session-id", SESSION, "--all", "-o", "theirs.json")
    theirs = json.loads((sandbox.project / "theirs.json").read_text())
    sandbox.ok("obs", "show", "--session-id", SESSION, "--all", "-o", "ours.json")
    ours = json.loads((sandbox.project / "ours.json").read_text())
    assert {trace["traceId"] for trace in ours["traces"]} == set(theirs["traces"]) == {FIRST, SECOND}

    def flat(spans, depth=0):
        for one in spans:
            yield (one["span_id"], depth, one["span_name"], one["status_code"], one["duration_ms"], one["service_name"])
            yield from flat(one["children"], depth + 1)

    said = {}
    for log in theirs["runtime_logs"]:
        for one in log.get("parsed_gen_ai_message", []):
            said.setdefault(log["trace_id"], []).append((one["role"], one["content"]))
        if exception := log.get("parsed_exception"):
            said.setdefault(log["trace_id"], []).append(("exception", f"{exception['exception_type']}: {exception['message']}"))
    for trace in ours["traces"]:
        other = theirs["traces"][trace["traceId"]]
        assert (trace["spanCount"], trace["errorCount"]) == (other["span_count"], other["error_count"])
        assert trace["durationMs"] == pytest.approx(other["total_duration_ms"], abs=0.001)
        spans = [(one["spanId"], one["depth"], one["name"], one["status"], one["durationMs"], one["service"]) for one in trace["spans"]]
        assert spans == list(flat(other["root_spans"]))
        assert [(one["role"], one["text"]) for one in trace["messages"]] == said[trace["traceId"]]
    failed = next(trace for trace in ours["traces"] if trace["traceId"] == FIRST)
    assert (failed["input"], failed["output"]) == ("what's \"on\"\nthe shelf", "nothing")


def test_the_toolkit_finds_the_same_newest_session(toolkit, sandbox, logs):
    by_the_toolkit(sandbox, "show", "--agent-id", ID, "-o", "theirs.json")
    theirs = json.loads((sandbox.project / "theirs.json").read_text())
    ours = sandbox.ok("obs", "show", "--agent-id", ID, "-o", "json").data
    assert (ours["sessionId"], [trace["traceId"] for trace in ours["traces"]]) == (theirs["session_id"], list(theirs["traces"]))
    assert theirs["session_id"] == SESSION
    listed = by_the_toolkit(sandbox, "list", "-s", SESSION, "--errors")
    assert "Found 1 traces" in listed and "✓ Found 1 traces" in sandbox.ok("obs", "list", "-s", SESSION, "--errors").stdout.decode()


def test_a_trace_by_its_id_is_the_same(toolkit, sandbox, logs):
    by_the_toolkit(sandbox, "show", "-t", FIRST, "-o", "theirs.json")
    theirs = json.loads((sandbox.project / "theirs.json").read_text())["traces"][FIRST]
    ours = sandbox.ok("obs", "show", "-t", FIRST, "-o", "json").data["traces"]
    assert [(one["traceId"], one["spanCount"]) for one in ours] == [(FIRST, theirs["span_count"])]


def answer(logs, text, **more):
    now = int(time.time()) + 1
    key = logs.start_query(logGroupName="aws/spans", startTime=now - 3600, endTime=now, queryString=text, **more)["queryId"]
    found = logs.get_query_results(queryId=key)
    assert found["status"] == "Complete" and found["statistics"]["recordsScanned"] == len(SPANS)
    return [{field["field"]: field["value"] for field in row if field["field"] != "@ptr"} for row in found["results"]]


def test_boto_gets_rows_and_refusals(logs):
    rows = answer(logs, "fields name, durationNano / 1000000 as ms | filter status.code in ['ERROR'] | limit 5")
    assert rows == [{"name": "tool", "ms": "12"}]
    assert len(answer(logs, "fields @message", limit=2)) == 2
    # The toolkit's summary of a session, which its evaluations send.
    from bedrock_agentcore_starter_toolkit.operations.observability.query_builder import CloudWatchQueryBuilder

    summary = answer(logs, CloudWatchQueryBuilder.build_session_summary_query(SESSION, ID))
    wanted = {"sessionId": SESSION, "spanCount": "4", "traceCount": "2", "errorCount": "1", "systemErrors": "0", "throttles": "0"}
    assert len(summary) == 1 and wanted.items() <= summary[0].items(), summary
    for text in ("fields @message | filter name != 'x'", "fields jsonParse(@message)", "filter name = 'x", "pattern @message"):
        with pytest.raises(logs.exceptions.MalformedQueryException) as refused:
            answer(logs, text)
        assert refused.value.response["queryCompileError"]["message"], refused.value.response
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.start_query(logGroupName="none", startTime=0, endTime=1, queryString="fields @message")
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.get_query_results(queryId=str(uuid.uuid4()))
    key = logs.start_query(logGroupName="aws/spans", startTime=0, endTime=1, queryString="fields @message")["queryId"]
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.stop_query(queryId=key)


def test_xray_says_where_spans_go(sandbox, logs):
    xray = sandbox.boto("xray")
    assert xray.get_trace_segment_destination()["Destination"] == "XRay"
    with pytest.raises(xray.exceptions.InvalidRequestException):
        xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "xray.amazonaws.com"},
                                                      "Action": "logs:PutLogEvents", "Resource": "*"}]}
    logs.put_resource_policy(policyName="TransactionSearch", policyDocument=json.dumps(policy))
    assert xray.update_trace_segment_destination(Destination="CloudWatchLogs")["Status"] == "ACTIVE"
    assert xray.get_trace_segment_destination()["Destination"] == "CloudWatchLogs"
    xray.update_indexing_rule(Name="Default", Rule={"Probabilistic": {"DesiredSamplingPercentage": 5}})
    rule = xray.get_indexing_rules()["IndexingRules"][0]
    assert (rule["Name"], rule["Rule"]["Probabilistic"]["DesiredSamplingPercentage"]) == ("Default", 5)


EXPORTER = '''
import json, os, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def log_message(self, *ignored):
        pass

    def say(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_GET(self):
        self.say({"status": "Healthy"})

    def do_POST(self):
        span = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        now = time.time_ns()
        span |= {"startTimeUnixNano": str(now - 5_000_000), "endTimeUnixNano": str(now)}
        body = json.dumps({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "lib"}, "spans": [span]}]}]}).encode()
        address = os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
        urllib.request.urlopen(urllib.request.Request(address, body, {"Content-Type": "application/json"})).read()
        # To the address of nobody, as somebody would who may not write to this log group.
        other = urllib.request.Request(address.rsplit("/", 1)[0] + "/guessed", body.replace(b"count beans", b"forged"),
                                       {"Content-Type": "application/json"})
        self.say({"status": urllib.request.urlopen(other).status})


ThreadingHTTPServer(("0.0.0.0", 8080), Agent).serve_forever()
'''


def test_an_agents_span_is_shown_at_once(sandbox):
    sandbox.write("agent.py", EXPORTER)
    sandbox.write("requirements.txt", "")
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", "counter", "-do")
    sandbox.ok("launch", "-a", "counter")
    session, trace = str(uuid.uuid4()), uuid.uuid4().hex
    sent = {"traceId": trace, "spanId": "e" * 16, "name": "count beans", "kind": 3, "status": {"code": 2, "message": "too many"},
            "attributes": [{"key": "beans", "value": {"intValue": "3"}}]}
    sandbox.ok("invoke", "-a", "counter", "--session-id", session, json.dumps(sent))
    shown = sandbox.ok("obs", "show", "-a", "counter", "-o", "json").data
    assert (shown["sessionId"], [one["traceId"] for one in shown["traces"]]) == (session, [trace])
    (one,) = shown["traces"][0]["spans"]
    assert (one["spanId"], one["parentSpanId"], one["name"], one["kind"]) == ("e" * 16, None, "count beans", "CLIENT")
    assert (one["status"], one["statusMessage"], one["durationMs"]) == ("ERROR", "too many", 5)
    assert one["attributes"] == {"beans": 3, "session.id": session}
    assert (one["service"], one["agentId"]) == ("counter.DEFAULT", shown["agentId"])
    # An event of the service's form, and no other than this.
    group = f"/aws/bedrock-agentcore/runtimes/{shown['agentId']}-DEFAULT"
    (event,) = sandbox.boto("logs").get_log_events(logGroupName=group, logStreamName="spans")["events"]
    resource = json.loads(event["message"])["resource"]["attributes"]
    assert resource["cloud.resource_id"].endswith(f":runtime/{shown['agentId']}/runtime-endpoint/DEFAULT:DEFAULT")


class Endless(http.server.BaseHTTPRequestHandler):
    """A service whose queries never end."""

    started: list[str] = []
    looked: set[str] = set()
    stopped: set[str] = set()
    running = threading.Event()
    queries = 2

    def ends(self, _query):
        return False

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        operation = self.headers["x-amz-target"].split(".")[1]
        if operation == "StartQuery":
            answer = {"queryId": str(uuid.uuid4())}
            if not self.ends(body["queryString"]):
                self.started.append(answer["queryId"])
        elif operation == "GetQueryResults" and body["queryId"] not in self.started:
            answer = {"status": "Complete", "results": [[{"field": "@message", "value": json.dumps(SPANS[1])}]]}
        elif operation == "GetQueryResults":
            self.looked.add(body["queryId"])
            answer = {"status": "Running", "results": []}
        else:
            self.stopped.add(body["queryId"])
            answer = {"success": True}
        if len(self.looked) == self.queries:
            self.running.set()
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.1")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class EndlessMessages(Endless):
    """Spans are found at once, and the query for what was said never ends."""

    started: list[str] = []
    looked: set[str] = set()
    stopped: set[str] = set()
    running = threading.Event()
    queries = 1

    def ends(self, query):
        return "not ispresent" not in query


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("service", [Endless, EndlessMessages])
def test_an_interrupted_query_is_stopped(world, service):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = world.env | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_address[1]}"}
        args = [world.binary, "obs", "list", "--agent-id", ID, "-s", SESSION, "-r", "us-west-2"]
        run = subprocess.Popen(args, cwd=world.project, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            assert service.running.wait(60)
            run.send_signal(signal.SIGINT)
            out, _ = run.communicate(timeout=60)
        finally:
            run.kill()
            server.shutdown()
    assert run.returncode == 130 and out == b""
    assert service.stopped == set(service.started) and len(service.started) == service.queries
