"""Agents of every protocol in a sandbox, and a user pool with a machine client, for the tests of the surfaces."""

import json
import urllib.parse
import urllib.request
from dataclasses import dataclass

from world import ROOT, World

A2A_AGENT = """
from a2a.helpers import new_text_message
from a2a.server.agent_execution import AgentExecutor
from bedrock_agentcore.runtime.a2a import serve_a2a


class Echo(AgentExecutor):
    async def execute(self, context, event_queue):
        await event_queue.enqueue_event(new_text_message(f"You said: {context.get_user_input()}"))

    async def cancel(self, context, event_queue):
        raise NotImplementedError


serve_a2a(Echo())
"""

SOCKET_AGENT = """
from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.websocket
async def talk(socket, context):
    await socket.accept()
    while True:
        said = await socket.receive_text()
        if said == "close":
            return await socket.close(4001, "as you wish")
        await socket.send_json({"said": said, "session": context.session_id,
                                "room": context.request_headers.get("x-amzn-bedrock-agentcore-runtime-custom-room")
                                if context.request_headers else None})


app.run()
"""


@dataclass
class Pool:
    """A user pool whose machine client may ask for one scope."""

    issuer: str
    client: str
    secret: str
    token_endpoint: str
    scope: str = "agents/call"

    @property
    def discovery(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"

    def token(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": self.client, "client_secret": self.secret}
        with urllib.request.urlopen(self.token_endpoint, urllib.parse.urlencode(form).encode()) as answer:
            return json.load(answer)["access_token"]


def make_pool(world: World) -> Pool:
    cognito = world.boto("cognito-idp")
    pool = cognito.create_user_pool(PoolName="machines")["UserPool"]["Id"]
    cognito.create_resource_server(UserPoolId=pool, Identifier="agents", Name="agents",
                                   Scopes=[{"ScopeName": "call", "ScopeDescription": "Call agents"}])
    cognito.create_user_pool_domain(UserPoolId=pool, Domain="machines")
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="machine", GenerateSecret=True, AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["agents/call"], AllowedOAuthFlowsUserPoolClient=True)["UserPoolClient"]
    issuer = f"{world.env['AWS_ENDPOINT_URL']}/{pool}"
    with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration") as answer:
        endpoint = json.load(answer)["token_endpoint"]
    return Pool(issuer, client["ClientId"], client["ClientSecret"], endpoint)


@dataclass
class Deployed:
    """An agent and where it is called."""

    name: str
    arn: str
    url: str

    def with_host(self, base: str) -> str:
        return f"{base}/runtimes/{urllib.parse.quote(self.arn, safe='')}"


def deploy(world: World, name: str, source: str, requirements: str, protocol: str, *configure, env=()) -> Deployed:
    world.write(f"{name}/agent.py", source)
    world.write(f"{name}/requirements.txt", requirements)
    world.ok("configure", "-e", f"{name}/agent.py", "-n", name, "-rf", f"{name}/requirements.txt",
             "--source-path", name, "--protocol", protocol, "-do", "-ni", *configure)
    flags = [flag for pair in env for flag in ("--env", pair)]
    world.ok("launch", "-a", name, *flags)
    runtime = world.ok("status", "-a", name, "-o", "json").data
    arn = runtime["runtime"]["arn"]
    deployed = Deployed(name, arn, "")
    deployed.url = f"{deployed.with_host(world.env['AWS_ENDPOINT_URL'])}/invocations"
    return deployed


MCP_SERVER = (ROOT / "examples/mcp-server/server.py").read_text()
MCP_REQUIREMENTS = (ROOT / "examples/mcp-server/requirements.txt").read_text()
# Of every protocol, with nothing but Python's own library; `SPEAKS` names the one.
PLAIN_AGENT = (ROOT / "tests/it/surfaces/agent.py").read_text()
