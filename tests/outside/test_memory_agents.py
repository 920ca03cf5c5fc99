"""Memories of the sandbox through what agents use, unchanged: the agent SDK's clients and Strands' session manager, also in an
agent that has nothing but its execution role."""

import datetime
import json
import subprocess
import sys
import time

import pytest

from test_agent_identity import Role
from test_identities import Checked
from test_memory import FACTS, LIKES, REGION, active, control, found, name  # noqa: F401 (two are fixtures)
from world import World


@pytest.fixture
def as_agent(sandbox, monkeypatch):
    """This process in the environment that `sandbox env` prints."""
    pytest.importorskip("bedrock_agentcore")
    for variable, value in sandbox.env.items():
        if variable.startswith(("AWS_", "BEDROCK_")):
            monkeypatch.setenv(variable, value)


def test_the_sdks_client_makes_writes_and_recalls(as_agent, name):
    from bedrock_agentcore.memory import MemoryClient
    from bedrock_agentcore.memory.constants import StrategyType

    client = MemoryClient(region_name=REGION)
    strategies = [{StrategyType.SEMANTIC.value: {"name": "Facts"}}, {StrategyType.SUMMARY.value: {"name": "Sums"}}]
    memory = client.create_memory_and_wait(name=name, strategies=strategies, poll_interval=1)
    assert memory["status"] == "ACTIVE"
    assert client.create_or_get_memory(name=name, strategies=strategies)["id"] == memory["id"]
    facts, sums = [one["strategyId"] for one in client.get_memory_strategies(memory["id"])]
    where = {"memory_id": memory["id"], "actor_id": "ann", "session_id": "s1"}
    first = client.create_event(**where, messages=[("I am allergic to peanuts", "USER"), ("I shall remember", "ASSISTANT")],
                                metadata={"topic": {"stringValue": "food"}})
    client.create_event(**where, messages=[("And I live in Porto", "USER"), ("Lovely", "ASSISTANT")])
    client.create_blob_event(**where, blob_data={"cart": ["milk"], "total": 2.5})
    turns = client.get_last_k_turns(**where, k=2)
    assert [[message["content"]["text"] for message in turn] for turn in turns] == [
        ["And I live in Porto", "Lovely"], ["I am allergic to peanuts", "I shall remember"]]
    assert [event["eventId"] for event in client.list_events(**where)][-1] == first["eventId"]
    fork = client.fork_conversation(**where, root_event_id=first["eventId"], branch_name="again",
                                    new_messages=[("I live in Faro", "USER")])
    assert [event["eventId"] for event in client.list_branch_events(**where, branch_name="again")] == [fork["eventId"]]
    assert {branch["name"] for branch in client.list_branches(**where)} == {"main", "again"}

    ask = {"memory_id": memory["id"], "namespace": f"/strategies/{facts}/actors/ann/"}
    [record] = found(lambda: client.retrieve_memories(**ask, query="What is she allergic to?"))
    assert record["content"]["text"] == "I am allergic to peanuts"
    assert client.wait_for_memories(**ask, test_query="peanuts", max_wait=20, poll_interval=1)
    [summary] = client.retrieve_memories(memory_id=memory["id"], namespace=f"/strategies/{sums}/actors/ann/sessions/s1/",
                                         query="Porto")
    assert "USER: And I live in Porto\nASSISTANT: Lovely" in summary["content"]["text"]

    added = client.add_user_preference_strategy_and_wait(memory_id=memory["id"], name="Likes", poll_interval=1)
    assert [one["name"] for one in added["strategies"]] == ["Facts", "Sums", "Likes"]
    client.delete_memory_and_wait(memory["id"], poll_interval=1)
    assert memory["id"] not in [one["id"] for one in client.list_memories()]


def test_the_sdks_control_plane_client_finds_the_sandbox(as_agent, name):
    from bedrock_agentcore.memory.controlplane import MemoryControlPlaneClient

    client = MemoryControlPlaneClient(region_name=REGION)
    made = client.create_memory(name=name, event_expiry_days=30, strategies=[FACTS], wait_for_active=True, poll_interval=1)
    assert client.get_memory(made["id"])["status"] == "ACTIVE"
    client.add_strategy(made["id"], LIKES, wait_for_active=True, poll_interval=1)
    assert [one["name"] for one in client.get_memory(made["id"])["strategies"]] == ["Facts", "Likes"]


def test_the_sdks_session_manager_remembers_across_sessions(as_agent, control, name):
    from bedrock_agentcore.memory import MemorySessionManager
    from bedrock_agentcore.memory.constants import BlobMessage, ConversationalMessage, MessageRole

    memory = active(control, name=name, memoryStrategies=[FACTS])["id"]
    manager = MemorySessionManager(memory_id=memory, region_name=REGION)
    first = manager.create_memory_session(actor_id="ann", session_id="s1")
    at = datetime.datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=datetime.timezone.utc)
    event = manager.add_turns("ann", "s1", [ConversationalMessage("I work at a bakery", MessageRole.USER),
                                            ConversationalMessage("Good", MessageRole.ASSISTANT)], event_timestamp=at)
    assert event["eventTimestamp"] == at, "fractions of a second stay"
    first.add_turns([BlobMessage({"state": [1, 2]})])
    fork = first.fork_conversation(root_event_id=event["eventId"], branch_name="again",
                                   messages=[ConversationalMessage("I work at a bank", MessageRole.USER)])
    assert first.get_event(fork["eventId"])["branch"] == {"name": "again", "rootEventId": event["eventId"]}
    assert {branch["name"] for branch in first.list_branches()} == {"main", "again"}
    assert [turn[0]["content"]["text"] for turn in first.get_last_k_turns(5)][-1] == "I work at a bakery"
    assert len(first.list_events()) == 3

    second = manager.create_memory_session(actor_id="ann", session_id="s2")

    def recalled():
        records = second.search_long_term_memories("Where does she work?", namespace_path="/users/ann/")
        return {record["content"]["text"] for record in records}

    found(lambda: recalled() == {"I work at a bakery", "I work at a bank"})
    assert second.list_events() == []
    [record, _] = second.list_long_term_memory_records(namespace="/users/ann/facts/")
    assert second.get_memory_record(record["memoryRecordId"])["content"] == record["content"]
    manager.delete_all_long_term_memories_in_namespace("/users/ann/facts/")
    assert second.list_long_term_memory_records(namespace="/users/ann/facts/") == []
    assert [actor["actorId"] for actor in second.list_actors()] == ["ann"]
    assert [session["sessionId"] for session in manager.list_actor_sessions("ann")] == ["s1"]
    first.delete_event(fork["eventId"])
    assert len(first.list_events()) == 2


CHAT = '''
import json
import sys

from bedrock_agentcore.memory.integrations.strands.config import AgentCoreMemoryConfig, RetrievalConfig
from bedrock_agentcore.memory.integrations.strands.session_manager import AgentCoreMemorySessionManager
from strands import Agent
from strands.models import Model


class Parrot(Model):
    """Answers with all that it was given."""

    def update_config(self, **config):
        pass

    def get_config(self):
        return {}

    def structured_output(self, output_model, prompt, system_prompt=None, **kwargs):
        raise NotImplementedError

    async def stream(self, messages, tool_specs=None, system_prompt=None, **kwargs):
        seen = [[block["text"] for block in message["content"] if "text" in block] for message in messages]
        yield {"messageStart": {"role": "assistant"}}
        yield {"contentBlockDelta": {"delta": {"text": f"{len(messages)} messages, at last {seen[-1]}"}}}
        yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "end_turn"}}


memory, session, *prompts = sys.argv[1:]
config = AgentCoreMemoryConfig(memory_id=memory, session_id=session, actor_id="ann",
                               retrieval_config={"/users/{actorId}/": RetrievalConfig()})
answers = []
with AgentCoreMemorySessionManager(config, region_name="us-west-2") as manager:
    agent = Agent(model=Parrot(), session_manager=manager, callback_handler=None)
    for prompt in prompts:
        answers.append(str(agent(prompt)).strip())
print(json.dumps(answers))
'''


@pytest.fixture(scope="module")
def strands(tmp_path_factory):
    """A Python with Strands, which takes an older `mcp` than the clients of the other tests."""
    folder = tmp_path_factory.mktemp("strands")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    packages = ["strands-agents==1.62.0", "bedrock-agentcore==1.25.0", "boto3==1.44.5"]
    subprocess.run([folder / "bin/python", "-m", "pip", "install", "--quiet", *packages], check=True)
    return folder / "bin/python"


def test_a_strands_agent_remembers_across_sessions_and_restarts(binary, strands, tmp_path):
    """A process for each conversation, as after a deployment; the sandbox is started again in between."""
    world = World(binary, tmp_path)
    script = world.write("chat.py", CHAT)

    def chat(session, *prompts):
        done = subprocess.run([strands, script, memory, session, *prompts], env=world.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "rror" not in done.stderr, done.stderr
        return json.loads(done.stdout)

    with world.sandbox("--runner", "process"):
        control = Checked(world, "bedrock-agentcore-control")
        memory = active(control, name="chats", memoryStrategies=[FACTS, LIKES])["id"]
        assert chat("s1", "I love grilled sardines", "And it is late")[1].startswith("3 messages, at last ['And it is late']")
        before = [Checked(world, "bedrock-agentcore").client.list_events(memoryId=memory, actorId="ann", sessionId="s1")["events"]]
    del world.env["AWS_ENDPOINT_URL"]
    world.env["AWS_ENDPOINT_URL"] = "to be replaced"
    with world.sandbox("--runner", "process"):
        client = Checked(world, "bedrock-agentcore").client
        assert [client.list_events(memoryId=memory, actorId="ann", sessionId="s1")["events"]] == before
        # The same session goes on where it was, in another process.
        assert chat("s1", "Good night")[0].startswith("5 messages, at last ['Good night']")
        # Another one starts afresh, and is told what was said in the first.
        [answer] = chat("s2", "Do I love sardines?")
        assert answer.startswith("1 messages") and "<user_context>I love grilled sardines" in answer, answer
        time.sleep(1.5)
        [answer] = chat("s3", "Is it Tuesday?")
        assert answer == "1 messages, at last ['Is it Tuesday?']", "what nobody spoke of is not recalled"


AGENT = '''
import os

from bedrock_agentcore.memory import MemoryClient
from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()
MEMORY = os.environ["BEDROCK_AGENTCORE_MEMORY_ID"]


@app.entrypoint
def invoke(payload):
    client = MemoryClient(region_name=os.environ["AWS_REGION"])
    try:
        match payload["what"]:
            case "say":
                client.create_event(MEMORY, payload["actor"], "s1", [(payload["text"], "USER")])
                return {"got": len(client.list_events(MEMORY, payload["actor"], "s1"))}
            case "recall":
                found = client.gmdp_client.retrieve_memory_records(
                    memoryId=MEMORY, namespace=payload["namespace"], searchCriteria={"searchQuery": payload["text"]})
                return {"got": [one["content"]["text"] for one in found["memoryRecordSummaries"]]}
            case "strategies":
                return {"got": [one["name"] for one in client.get_memory_strategies(MEMORY)]}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    app.run()
'''


def test_an_agent_may_do_with_a_memory_what_its_role_allows(sandbox, control, name):
    memory = active(control, name=name, memoryStrategies=[FACTS])
    sandbox.write("agent.py", AGENT)
    sandbox.write("requirements.txt", "bedrock-agentcore>=1.25,<2\n")
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", name, "-rf", "requirements.txt", "-do", "-dm")
    sandbox.ok("launch", "-a", name, "--env", f"BEDROCK_AGENTCORE_MEMORY_ID={memory['id']}")
    listed = control.client.list_agent_runtimes()["agentRuntimes"]
    [id] = [one["agentRuntimeId"] for one in listed if one["agentRuntimeName"] == name]
    runtime = control.client.get_agent_runtime(agentRuntimeId=id)
    iam, role = sandbox.boto("iam"), Role(sandbox, runtime).name

    def may(actions, resource=memory["arn"], **condition):
        statement = {"Effect": "Allow", "Action": [f"bedrock-agentcore:{one}" for one in actions], "Resource": resource}
        if condition:
            statement["Condition"] = {"StringEquals": {f"bedrock-agentcore:{key}": value for key, value in condition.items()}}
        iam.put_role_policy(RoleName=role, PolicyName="memory", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [statement]}))

    def ask(what, **more):
        return json.loads(sandbox.ok("invoke", "-a", name, json.dumps({"what": what} | more)).stdout)

    def refused(action, what, **more):
        error = ask(what, **more)["error"]
        assert f"not authorized to perform: bedrock-agentcore:{action} on resource: {memory['arn']}" in error, error

    say = {"actor": "ann", "text": "I like tea"}
    may(["CreateEvent"], resource=memory["arn"][:-1])
    refused("CreateEvent", "say", **say)
    may(["CreateEvent"])
    refused("ListEvents", "say", **say)
    may(["CreateEvent", "ListEvents"], actorId="bob")
    refused("CreateEvent", "say", **say)
    assert ask("say", **say | {"actor": "bob"}) == {"got": 1}
    may(["CreateEvent", "ListEvents"])
    assert ask("say", **say) == {"got": 2}, "one was written before the listing was refused"
    recall = {"namespace": "/users/ann/facts/", "text": "tea"}
    refused("RetrieveMemoryRecords", "recall", **recall)
    may(["RetrieveMemoryRecords"], namespace="/users/bob/facts/")
    refused("RetrieveMemoryRecords", "recall", **recall)
    may(["RetrieveMemoryRecords"], namespace="/users/ann/facts/")
    assert found(lambda: ask("recall", **recall)["got"]) == ["I like tea"]
    refused("GetMemory", "strategies")
    may(["GetMemory"])
    assert ask("strategies") == {"got": ["Facts"]}
