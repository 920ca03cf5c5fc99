"""Bedrock's models in the sandbox: boto3 and an agent of Strands call them unchanged, and a server with OpenAI's chat completions
can take the place of the stand-in."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError

CLAUDE = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
NOVA = "amazon.nova-lite-v1:0"

WEATHER = {"toolSpec": {"name": "weather", "description": "Get weather", "inputSchema": {"json": {"type": "object", "properties": {}}}}}

AGENT = '''
import boto3
from bedrock_agentcore.runtime import BedrockAgentCoreApp
from strands import Agent, tool
from strands.models import BedrockModel

app = BedrockAgentCoreApp()


@tool
def weather():
    """ Get weather """
    return "sunny"


@app.entrypoint
def invoke(payload):
    try:
        agent = Agent(model=BedrockModel(model_id="%s"), tools=[weather], callback_handler=None)
        return agent(payload["prompt"]).message["content"][0]["text"]
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    app.run()
''' % CLAUDE


def said(text):
    return [{"role": "user", "content": [{"text": text}]}]


@pytest.fixture(scope="module")
def bedrock(sandbox):
    return sandbox.boto("bedrock-runtime")


def test_a_conversation_goes_through_its_tool(bedrock):
    messages = said("How is the weather now?")
    call = lambda: bedrock.converse(modelId=CLAUDE, messages=messages, toolConfig={"tools": [WEATHER]})
    first = call()
    assert first["stopReason"] == "tool_use"
    [block] = first["output"]["message"]["content"]
    assert block["toolUse"]["name"] == "weather" and block["toolUse"]["input"] == {}
    assert call()["output"] == first["output"], "the same for the same input"
    messages += [first["output"]["message"], {"role": "user", "content": [{"toolResult": {
        "toolUseId": block["toolUse"]["toolUseId"], "content": [{"text": "sunny"}]}}]}]
    last = call()
    assert last["stopReason"] == "end_turn"
    assert last["output"]["message"]["content"] == [{"text": "weather answered: sunny"}]
    usage = last["usage"]
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"] > 0


def test_a_stream_has_the_same_words(bedrock):
    messages = said("서울에 대해 이야기해 주세요 " * 5)
    whole = bedrock.converse(modelId=NOVA, messages=messages)["output"]["message"]["content"][0]["text"]
    events = list(bedrock.converse_stream(modelId=NOVA, messages=messages)["stream"])
    assert next(iter(events[0])) == "messageStart" and next(iter(events[-1])) == "metadata"
    pieces = [event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event]
    assert "".join(pieces) == whole and len(pieces) > 1
    tools = bedrock.converse_stream(modelId=NOVA, messages=said("weather?"), toolConfig={"tools": [WEATHER]})["stream"]
    tools = list(tools)
    assert [event for event in tools if "contentBlockStart" in event][0]["contentBlockStart"]["start"]["toolUse"]["name"] == "weather"
    assert {"messageStop": {"stopReason": "tool_use"}} in tools


def invoke(bedrock, model, body):
    return json.loads(bedrock.invoke_model(modelId=model, body=json.dumps(body))["body"].read())


def streamed(bedrock, model, body):
    stream = bedrock.invoke_model_with_response_stream(modelId=model, body=json.dumps(body))["body"]
    return [json.loads(event["chunk"]["bytes"]) for event in stream]


def test_each_makers_format_is_answered_in_kind(bedrock):
    claude = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello there"}]}
    text = f"The stand-in for {CLAUDE} was asked: Hello there"
    answer = invoke(bedrock, CLAUDE, claude)
    assert answer["content"] == [{"type": "text", "text": text}] and answer["stop_reason"] == "end_turn"
    deltas = [chunk["delta"]["text"] for chunk in streamed(bedrock, CLAUDE, claude) if chunk["type"] == "content_block_delta"]
    assert "".join(deltas) == text
    tools = [{"name": "add", "description": "Calculate a sum", "input_schema": {
        "type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]}}]
    answer = invoke(bedrock, CLAUDE, claude | {"tools": tools, "messages": [{"role": "user", "content": "What is 2+3?"}]})
    assert answer["stop_reason"] == "tool_use" and answer["content"][0]["input"] == {"expression": "2+3"}

    answer = invoke(bedrock, NOVA, {"messages": said("Hello")})
    assert answer["output"]["message"]["content"][0]["text"].endswith(f"{NOVA} was asked: Hello")
    assert any("contentBlockDelta" in chunk for chunk in streamed(bedrock, NOVA, {"messages": said("Hello")}))

    titan = "amazon.titan-text-express-v1"
    assert invoke(bedrock, titan, {"inputText": "Hi"})["results"][0]["outputText"].endswith("asked: Hi")
    assert streamed(bedrock, titan, {"inputText": "Hi"})[-1]["completionReason"] == "FINISH"
    assert invoke(bedrock, "meta.llama3-8b-instruct-v1:0", {"prompt": "Hi"})["generation"].endswith("asked: Hi")
    mistral = "mistral.mistral-7b-instruct-v0:2"
    assert invoke(bedrock, mistral, {"prompt": "Hi"})["outputs"][0]["text"].endswith("asked: Hi")
    vector = invoke(bedrock, "amazon.titan-embed-text-v2:0", {"inputText": "Hi", "dimensions": 256})["embedding"]
    assert len(vector) == 256 and abs(sum(part * part for part in vector) - 1) < 1e-9
    assert len(invoke(bedrock, "cohere.embed-english-v3", {"texts": ["a", "b"], "input_type": "search_query"})["embeddings"]) == 2


def test_what_no_model_takes_is_refused(bedrock, sandbox):
    import boto3

    def error(call):
        with pytest.raises(ClientError) as caught:
            call()
        answer = caught.value.response
        return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]

    assert error(lambda: bedrock.converse(modelId=CLAUDE, messages=[])) == (400, "ValidationException")
    assert error(lambda: bedrock.converse(modelId=CLAUDE, messages=[{"role": "user", "content": []}])) == (400, "ValidationException")
    assert error(lambda: invoke(bedrock, "ai21.jamba-1-5-mini-v1:0", {"messages": []})) == (400, "ValidationException")
    assert error(lambda: invoke(bedrock, CLAUDE, {"anthropic_version": "bedrock-2023-05-31", "messages": []})) == (400, "ValidationException")
    assert error(lambda: streamed(bedrock, "amazon.titan-embed-text-v2:0", {"inputText": "Hi"})) == (400, "ValidationException")
    assert error(lambda: bedrock.converse(
        modelId="arn:aws:bedrock:us-west-2::foundation-model/" + NOVA, messages=[])) == (400, "ValidationException")
    wrong = boto3.client("bedrock-runtime", endpoint_url=sandbox.env["AWS_ENDPOINT_URL"], region_name="us-west-2",
                         aws_access_key_id="AKIAEXAMPLEEXAMPLE00", aws_secret_access_key="wrong")
    assert error(lambda: wrong.converse(modelId=CLAUDE, messages=said("Hi")))[0] == 403


def test_an_agent_calls_a_model_as_its_role_allows(sandbox):
    sandbox.write("agent.py", AGENT)
    sandbox.write("requirements.txt", "bedrock-agentcore>=1.25,<2\nstrands-agents>=1,<2\n")
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", "models", "-rf", "requirements.txt", "-do", "-dm")
    sandbox.ok("launch", "-a", "models")
    ask = lambda: sandbox.ok("invoke", "-a", "models", json.dumps({"prompt": "How is the weather now?"})).stdout.decode()
    assert "weather answered: sunny" in ask()
    control = sandbox.boto("bedrock-agentcore-control")
    [id] = [one["agentRuntimeId"] for one in control.list_agent_runtimes()["agentRuntimes"] if one["agentRuntimeName"] == "models"]
    role = control.get_agent_runtime(agentRuntimeId=id)["roleArn"].rsplit("/", 1)[1]
    iam = sandbox.boto("iam")
    deny = {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "*"}
    iam.put_role_policy(RoleName=role, PolicyName="no-models", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    assert "AccessDeniedException" in ask()
    iam.delete_role_policy(RoleName=role, PolicyName="no-models")
    assert "weather answered: sunny" in ask()


@contextlib.contextmanager
def model_server(answer):
    """A server with OpenAI's chat completions, and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers.get("Authorization"), body))
            status, document = answer(body)
            text = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()


def test_a_server_of_the_users_answers_instead(world):
    def answer(body):
        if body["messages"][-1]["content"] == "fail":
            return 429, {"error": {"message": "too many requests"}}
        if body["messages"][-1]["role"] == "tool":
            message, finish = {"role": "assistant", "content": "It is sunny."}, "stop"
        else:
            call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Seoul"}'}}
            message, finish = {"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"
        return 200, {"choices": [{"message": message, "finish_reason": finish}], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}

    with model_server(answer) as (url, asked):
        world.env["AGENTCORE_MODEL_API_KEY"] = "model-canary"
        with world.sandbox("--runner", "process", "--model", url + "/", "--model-name", "qwen3"):
            assert world.ok("-o", "json", "sandbox", "status", "--dir", world.folder / "sandbox").data["model"] == url
            bedrock = world.boto("bedrock-runtime")
            messages = said("How is the weather?")
            arguments = {"modelId": CLAUDE, "system": [{"text": "Be kind."}], "toolConfig": {"tools": [WEATHER]},
                         "inferenceConfig": {"maxTokens": 9, "temperature": 0.5}}
            first = bedrock.converse(messages=messages, **arguments)
            call = first["output"]["message"]["content"][0]["toolUse"]
            assert (call["toolUseId"], call["input"], first["usage"]["inputTokens"]) == ("call_1", {"city": "Seoul"}, 7)
            messages += [first["output"]["message"], {"role": "user", "content": [
                {"toolResult": {"toolUseId": "call_1", "content": [{"json": {"sky": "blue"}}]}}]}]
            stream = list(bedrock.converse_stream(messages=messages, **arguments)["stream"])
            assert "".join(event["contentBlockDelta"]["delta"]["text"] for event in stream if "contentBlockDelta" in event) == "It is sunny."
            path, key, body = asked[-1]
            assert (path, key, body["model"], body["max_tokens"]) == ("/v1/chat/completions", "Bearer model-canary", "qwen3", 9)
            assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "tool"]
            assert json.loads(body["messages"][-1]["content"]) == {"sky": "blue"}
            assert body["tools"][0]["function"]["name"] == "weather"
            with pytest.raises(ClientError) as refused:
                bedrock.converse(modelId=CLAUDE, messages=said("fail"))
            assert "too many requests" in str(refused.value) and "ModelErrorException" in str(refused.value)


@pytest.mark.parametrize("flags", [["--model", "ollama"], ["--model", "http://user:pass@127.0.0.1/v1"], ["--model-name", "x"]])
def test_a_model_server_that_is_none_is_refused(world, flags):
    world.run("sandbox", "start", *flags).expect(2)
    assert not (world.folder / "home/.local/state/agentcore/sandbox").exists()
