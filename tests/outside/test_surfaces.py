"""The surfaces of an agent, reached by clients that nobody here wrote: the MCP package's, the A2A SDK's, `websockets`, boto3."""

import asyncio
import base64
import json
import socket
import subprocess
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlparse

import pytest

import surfaces
from world import ROOT

SESSION = "a-session-of-at-least-thirty-three-characters"


@pytest.fixture(scope="module")
def pool(sandbox):
    return surfaces.make_pool(sandbox)


@pytest.fixture(scope="module")
def guarded(pool) -> list[str]:
    """The flags of an authorizer that lets the machine client in by its scope."""
    return ["--discovery-url", pool.discovery, "--allowed-scope", pool.scope]


@pytest.fixture(scope="module")
def mcp_server(sandbox, guarded):
    return surfaces.deploy(sandbox, "tools", surfaces.MCP_SERVER, surfaces.MCP_REQUIREMENTS, "MCP", *guarded)


def refused(url: str, token: str | None = None, data: bytes | None = b"{}"):
    """The answer to a plain request that must be refused: status, headers, body."""
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request)
    return error.value.code, error.value.headers, error.value.read()


def fetched(url: str):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


async def tools_over(client):
    async with client:
        tools = sorted(tool.name for tool in (await client.list_tools()).tools)
        result = await client.call_tool("add", {"a": 40, "b": 2})
        return tools, result.content[0].text


def mcp_client(url: str, mode: str = "auto", statuses: list | None = None, **http):
    """The package's client; what it is answered with goes to `statuses`."""
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async def note(response):
        if statuses is not None:
            statuses.append(response.status_code)

    client = httpx2.AsyncClient(timeout=60, event_hooks={"response": [note]}, **http)
    return Client(streamable_http_client(url, http_client=client), mode=mode)


class Memory:
    """Where the MCP package's provider keeps what it got."""

    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


def test_an_unknown_caller_is_told_where_to_get_a_token(mcp_server, pool):
    """RFC 9728: the 401 names the document, the document the provider and the scopes."""
    status, headers, body = refused(mcp_server.url)
    assert status == 401
    assert json.loads(body) == {"jsonrpc": "2.0", "error": {"code": -32001, "message": "Missing Authentication Token"}}
    challenge = headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer ") and f'scope="{pool.scope}"' in challenge
    page = challenge.split('resource_metadata="')[1].split('"')[0]
    assert page.startswith(mcp_server.url + "/.well-known/oauth-protected-resource")
    document = fetched(page)
    assert document == {"authorization_servers": [pool.issuer], "scopes_supported": [pool.scope],
                        "resource": f"{mcp_server.url}?qualifier=DEFAULT"}
    assert fetched(f"{document['authorization_servers'][0]}/.well-known/openid-configuration")["issuer"] == pool.issuer


def test_an_mcp_client_calls_tools_with_a_token(mcp_server, pool):
    token = {"headers": {"Authorization": f"Bearer {pool.token()}"}}
    # The newest revision has no handshake; what came before it has one, which is what the program speaks.
    for mode in ("auto", "legacy"):
        assert asyncio.run(tools_over(mcp_client(mcp_server.url, mode, **token))) == (["add", "quote"], "42"), mode


def test_an_mcp_client_ends_its_session_without_a_complaint(mcp_server, pool, caplog):
    """It asks for a stream of the server's own when it begins, and for the end of the session when it ends."""
    token = {"headers": {"Authorization": f"Bearer {pool.token()}"}}
    statuses = []
    with caplog.at_level("WARNING"):
        assert asyncio.run(tools_over(mcp_client(mcp_server.url, "legacy", statuses, **token))) == (["add", "quote"], "42")
    assert 405 in statuses and not {404, 500, 501} & set(statuses), statuses
    assert [record.getMessage() for record in caplog.records if record.name.startswith("mcp")] == []


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "HEAD"])
def test_an_mcp_endpoint_takes_posts_only(mcp_server, pool, method):
    def ask(headers):
        request = urllib.request.Request(mcp_server.url, headers=headers, method=method)
        with pytest.raises(urllib.error.HTTPError) as failure:
            urllib.request.urlopen(request)
        return failure.value.code, failure.value.headers["Allow"]

    assert ask({"Authorization": f"Bearer {pool.token()}"}) == (405, "POST")
    assert ask({})[0] == 401, "who may not call learns nothing"


def test_a_browser_may_call_an_agent_from_any_page(mcp_server, pool):
    origin = {"Origin": "https://page.example"}
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    with urllib.request.urlopen(urllib.request.Request(mcp_server.url, headers=origin | ask, method="OPTIONS")) as answer:
        assert answer.status in (200, 204)
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", origin["Origin"])
        assert answer.headers["Access-Control-Allow-Methods"] == "POST"
        assert answer.headers["Access-Control-Allow-Headers"] == "authorization,content-type"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(mcp_server.url, b"{}", origin, method="POST"))
    assert refused.value.code == 401 and refused.value.headers["Access-Control-Allow-Origin"] == "*"
    assert "WWW-Authenticate" in refused.value.headers["Access-Control-Expose-Headers"]


def test_an_mcp_client_without_a_token_is_refused(mcp_server):
    statuses = []
    with pytest.raises(BaseExceptionGroup):
        asyncio.run(tools_over(mcp_client(mcp_server.url, statuses=statuses)))
    assert statuses and set(statuses) == {401}


def test_an_mcp_client_finds_its_way_from_the_address_alone(mcp_server, pool):
    """The package's own OAuth provider: refused, it reads the metadata, gets a token at the provider, and comes again."""
    from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider

    memory = Memory()
    provider = ClientCredentialsOAuthProvider(mcp_server.url, memory, pool.client, pool.secret, issuer=pool.issuer)
    assert asyncio.run(tools_over(mcp_client(mcp_server.url, auth=provider))) == (["add", "quote"], "42")
    assert memory.tokens.access_token.count(".") == 2


def test_the_mcp_example(world):
    """What its README says first: a sandbox of its own, agents as processes."""
    world.env.pop("AWS_ENDPOINT_URL")
    script = ROOT / "examples/mcp-server/run.sh"
    done = subprocess.run([world.binary, "sandbox", "run", "--runner", "process", "--", script],
                          env=world.env | {"AGENTCORE": str(world.binary)}, cwd=world.project,
                          capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "Done: refused without a token" in done.stdout


@pytest.fixture(scope="module")
def a2a_agent(sandbox, guarded):
    requirements = "bedrock-agentcore==1.25.0\na2a-sdk[http-server]==1.3.0\n"
    # The client says in a header which version of the protocol it speaks.
    return surfaces.deploy(sandbox, "echo", surfaces.A2A_AGENT, requirements, "A2A", *guarded, "-rha", "A2A-Version")


async def a2a_exchange(url: str, text: str, **headers):
    import httpx
    from a2a.client import ClientConfig, ClientFactory
    from a2a.helpers import get_message_text, new_text_message
    from a2a.types import Role, SendMessageRequest

    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        client = await ClientFactory(ClientConfig(httpx_client=http)).create_from_url(url)
        request = SendMessageRequest(message=new_text_message(text, role=Role.ROLE_USER))
        return [get_message_text(event.message) async for event in client.send_message(request)]


def test_an_a2a_client_reads_the_card_and_sends_a_message(sandbox, a2a_agent, pool):
    token = pool.token()
    # From the card on, the client goes to the address that the card names.
    assert asyncio.run(a2a_exchange(a2a_agent.url, "안녕", Authorization=f"Bearer {token}")) == ["You said: 안녕"]
    # The same agent, and the same token, from the command line.
    ours = sandbox.ok("invoke", "-a", a2a_agent.name, "안녕", "--bearer-token-file", "-", stdin=token)
    assert ours.stdout.decode() == "You said: 안녕\n"
    ours = sandbox.ok("invoke", "-a", a2a_agent.name, "안녕", "--stream", "--bearer-token-file", "-", stdin=token)
    assert ours.stdout.decode() == "You said: 안녕\n"


def test_an_a2a_client_without_a_token_is_refused(a2a_agent, pool):
    from a2a.client.errors import AgentCardResolutionError

    with pytest.raises(AgentCardResolutionError) as failure:
        asyncio.run(a2a_exchange(a2a_agent.url, "hello"))
    assert failure.value.status_code == 401
    status, headers, _ = refused(f"{a2a_agent.url}/.well-known/agent-card.json", data=None)
    assert status == 401 and pool.scope in headers["WWW-Authenticate"]


@pytest.fixture(scope="module")
def talkers(sandbox, guarded):
    """The same agent behind AWS credentials and behind tokens."""
    allowed = ["-rha", "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Room"]
    agents = []
    for name, flags in (("signed", []), ("tokens", guarded)):
        agents.append(surfaces.deploy(sandbox, name, surfaces.SOCKET_AGENT, "bedrock-agentcore==1.25.0\n", "HTTP",
                                      *flags, *allowed))
    return agents


def sdk_client(world):
    import boto3
    from bedrock_agentcore.runtime import AgentCoreRuntimeClient

    keys = world.env["AWS_ACCESS_KEY_ID"], world.env["AWS_SECRET_ACCESS_KEY"]
    return AgentCoreRuntimeClient("us-west-2", boto3.Session(*keys, region_name="us-west-2"))


def open_socket(world, url: str, headers: dict | None = None, **more):
    """Connects to the sandbox, whatever host the address names: signatures cover the host."""
    from websockets.sync.client import connect

    own = urlparse(world.env["AWS_ENDPOINT_URL"])
    wanted = ("authorization", "x-amz-date", "x-amzn-")
    headers = {name: value for name, value in (headers or {}).items() if name.lower().startswith(wanted)}
    return connect(url.replace("wss://", "ws://", 1), sock=socket.create_connection((own.hostname, own.port)),
                   additional_headers=headers, open_timeout=60, **more)


def said(connection, text="hello"):
    connection.send(text)
    return json.loads(connection.recv(timeout=60))


def test_a_web_socket_opens_with_signed_headers_and_a_presigned_address(sandbox, talkers):
    """Both are made by the Python SDK's own client."""
    signed, _ = talkers
    client = sdk_client(sandbox)
    with open_socket(sandbox, *client.generate_ws_connection(signed.arn, SESSION, "DEFAULT")) as connection:
        assert said(connection) == {"said": "hello", "session": SESSION, "room": None}
        assert connection.response.headers["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"] == SESSION
    room = {"X-Amzn-Bedrock-AgentCore-Runtime-Custom-Room": "blue"}
    address = client.generate_presigned_url(signed.arn, SESSION, "DEFAULT", room)
    with open_socket(sandbox, address) as connection:
        assert said(connection) == {"said": "hello", "session": SESSION, "room": "blue"}


def rejected(world, url, headers=None, **more) -> int:
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus) as failure:
        open_socket(world, url, headers, **more).close()
    return failure.value.response.status_code


def test_a_signature_for_something_else_opens_no_web_socket(sandbox, talkers):
    signed, tokens = talkers
    client = sdk_client(sandbox)
    address = client.generate_presigned_url(signed.arn, SESSION, "DEFAULT")
    assert rejected(sandbox, address.replace(SESSION, SESSION[::-1])) == 403, "the session is signed too"
    assert rejected(sandbox, address.replace("X-Amz-Expires=300", "X-Amz-Expires=3000")) == 403
    assert rejected(sandbox, address.split("?")[0]) == 403, "nobody"
    assert rejected(sandbox, client.generate_presigned_url(tokens.arn, SESSION)) == 403, "the agent takes tokens"
    missing = client.generate_presigned_url(signed.arn, SESSION, "nope")
    assert rejected(sandbox, missing) == 404
    short = client.generate_presigned_url(signed.arn, "short")
    assert rejected(sandbox, short) == 400
    assert parse_qs(urlparse(short).query)["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"] == ["short"]


def browser(token: str) -> list[str]:
    """What a browser's `new WebSocket(url, protocols)` is given, for it cannot set headers."""
    name = "base64UrlBearerAuthorization"
    return [f"{name}.{base64.urlsafe_b64encode(token.encode()).decode().rstrip('=')}", name]


def test_a_web_socket_opens_with_a_token_in_a_header_or_as_a_browser_sends_it(sandbox, talkers, pool):
    signed, tokens = talkers
    token = pool.token()
    client = sdk_client(sandbox)
    with open_socket(sandbox, *client.generate_ws_connection_oauth(tokens.arn, token, SESSION)) as connection:
        assert said(connection)["session"] == SESSION
        connection.send("close")
        with pytest.raises(Exception):
            connection.recv(timeout=60)
        assert (connection.close_code, connection.close_reason) == (4001, "as you wish")
    query = f"?X-Amzn-Bedrock-AgentCore-Runtime-Session-Id={SESSION}"
    address = tokens.with_host(sandbox.env["AWS_ENDPOINT_URL"].replace("http", "ws")) + "/ws" + query
    with open_socket(sandbox, address, subprotocols=browser(token)) as connection:
        assert connection.subprotocol == "base64UrlBearerAuthorization"
        assert said(connection)["session"] == SESSION

    head, body, signature = token.split(".")
    forged = f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    assert rejected(sandbox, address) == 401
    assert rejected(sandbox, address, {"Authorization": f"Bearer {forged}"}) == 401
    assert rejected(sandbox, address, subprotocols=browser(forged)) == 401
    assert rejected(sandbox, address, {"Authorization": f"Bearer {token}"}, subprotocols=browser(forged)) == 403
    plain = signed.with_host(sandbox.env["AWS_ENDPOINT_URL"].replace("http", "ws")) + "/ws"
    assert rejected(sandbox, plain, {"Authorization": f"Bearer {token}"}) == 403


def test_a_frame_above_the_limit_closes_the_web_socket(sandbox, talkers, pool):
    from websockets.exceptions import ConnectionClosedError

    _, tokens = talkers
    client = sdk_client(sandbox)
    url, headers = client.generate_ws_connection_oauth(tokens.arn, pool.token(), SESSION)
    with open_socket(sandbox, url, headers) as connection:
        largest = "x" * (60 << 10)
        assert said(connection, largest)["said"] == largest
        connection.send("x" * ((64 << 10) + 1))
        with pytest.raises(ConnectionClosedError) as failure:
            connection.recv(timeout=60)
    assert failure.value.rcvd.code == 1009


@pytest.fixture(scope="module")
def plain_agents(sandbox):
    return {protocol: surfaces.deploy(sandbox, f"plain_{protocol.lower()}", surfaces.PLAIN_AGENT, "", protocol,
                                      env=[f"SPEAKS={protocol}"]) for protocol in ("HTTP", "MCP", "A2A", "AGUI")}


def test_boto3_sees_each_failure_in_the_form_of_the_protocol(sandbox, plain_agents):
    from botocore.exceptions import ClientError

    runtime = sandbox.boto("bedrock-agentcore")

    def call(protocol, payload=b'{"jsonrpc": "2.0", "id": 1, "method": "crash"}', accept="application/json, text/event-stream", **more):
        """Status and body of an answer, or status, code and text of an error."""
        arn = plain_agents[protocol].arn
        try:
            answer = runtime.invoke_agent_runtime(agentRuntimeArn=arn, payload=payload, accept=accept,
                                                  contentType="application/json", **more)
        except ClientError as error:
            return (error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"])
        return answer["statusCode"], answer["response"].read().decode()

    def code(answer):
        status, body = answer
        return status, json.loads(body)["error"]["code"]

    # The agent fails.
    assert call("HTTP") == (424, "RuntimeClientError")
    assert code(call("MCP")) == (200, -32010)
    assert call("A2A") == (424, "RuntimeClientError")
    status, event = call("AGUI")
    assert (status, json.loads(event.removeprefix("data: "))["code"]) == (200, "AGENT_ERROR")
    assert json.loads(event.removeprefix("data: "))["type"] == "RUN_ERROR"
    # There is no such endpoint.
    for protocol in ("HTTP", "A2A", "AGUI"):
        assert call(protocol, qualifier="nope") == (404, "ResourceNotFoundException"), protocol
    assert code(call("MCP", qualifier="nope")) == (200, -32004)
    # The caller does not take what MCP answers with.
    assert call("MCP", accept="application/json") == (406, "ValidationException")

    card = runtime.get_agent_card(agentRuntimeArn=plain_agents["A2A"].arn, runtimeSessionId=SESSION)
    assert card["agentCard"]["url"] == plain_agents["A2A"].url and card["runtimeSessionId"] == SESSION
    with pytest.raises(runtime.exceptions.ResourceNotFoundException):
        runtime.get_agent_card(agentRuntimeArn=plain_agents["HTTP"].arn)


def test_json_rpc_errors_of_the_service_have_their_bodies(sandbox, plain_agents, pool):
    """What boto3 does not show: the bodies of errors that come with an error's status."""
    token = pool.token()
    status, headers, body = refused(plain_agents["MCP"].url, token)
    assert (status, json.loads(body)["error"]["code"]) == (403, -32002)
    assert "WWW-Authenticate" not in headers
    status, _, body = refused(plain_agents["A2A"].url + "?qualifier=nope", token)
    assert (status, json.loads(body)["error"]["code"]) == (404, -32051)
    status, _, body = refused(plain_agents["A2A"].url, token)
    assert status == 403 and "message" in json.loads(body), "a refused caller of A2A gets the plain form"
    status, headers, body = refused(plain_agents["AGUI"].url, token)
    event = json.loads(body.decode().removeprefix("data: "))
    assert (status, headers["Content-Type"], event["code"]) == (403, "text/event-stream", "ACCESS_DENIED")
