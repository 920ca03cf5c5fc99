"""The configuration file, shared with the retired toolkit: it reads ours, we read its own."""

import shutil
from pathlib import Path

import pytest
import yaml

CONFIG = ".bedrock_agentcore.yaml"
DISCOVERY = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Abc123/.well-known/openid-configuration"
SUBNETS = "subnet-0123456789abcdef0,subnet-0123456789abcdef1"
GROUPS = "sg-0123456789abcdef0"

# Flags, and what the toolkit's own model must then hold: path -> value.
CONFIGURED = {
    "plain": ([], {"deployment_type": "container", "aws.network_configuration.network_mode": "PUBLIC"}),
    "jwt": (["--discovery-url", DISCOVERY, "--allowed-client", "c1", "--allowed-client", "c2", "--offline"],
            {"authorizer_configuration": {"customJWTAuthorizer": {"discoveryUrl": DISCOVERY, "allowedClients": ["c1", "c2"]}}}),
    "headers": (["-rha", "Authorization,X-Amzn-Bedrock-AgentCore-Runtime-Custom-A"],
                {"request_header_configuration": {
                    "requestHeaderAllowlist": ["Authorization", "X-Amzn-Bedrock-AgentCore-Runtime-Custom-A"]}}),
    "vpc": (["--vpc", "--subnets", SUBNETS, "--security-groups", GROUPS],
            {"aws.network_configuration.network_mode": "VPC",
             "aws.network_configuration.network_mode_config.subnets": SUBNETS.split(",")}),
    "lifecycle": (["--idle-timeout", "120", "--max-lifetime", "600"],
                  {"aws.lifecycle_configuration.idle_runtime_session_timeout": 120,
                   "aws.lifecycle_configuration.max_lifetime": 600}),
    "mcp": (["-p", "mcp"], {"aws.protocol_configuration.server_protocol": "MCP"}),
    "a2a": (["-p", "A2A"], {"aws.protocol_configuration.server_protocol": "A2A"}),
    "no-otel": (["-do"], {"aws.observability.enabled": False}),
    "no-memory": (["-dm"], {"memory.mode": "NO_MEMORY"}),
    "short-term": (["--memory", "stm"], {"memory.mode": "STM_ONLY", "memory.memory_name": "myagent_memory",
                                         "memory.memory_id": None, "memory.event_expiry_days": 30}),
    "long-term": (["--memory", "ltm"], {"memory.mode": "STM_AND_LTM", "memory.was_created_by_toolkit": False}),
    "memory": (["--memory", "team_notes-aB3dE5fG7h"],
               {"memory.mode": "STM_ONLY", "memory.memory_id": "team_notes-aB3dE5fG7h",
                "memory.memory_name": "team_notes", "memory.was_created_by_toolkit": False}),
    "role": (["-er", "arn:aws:iam::123456789012:role/mine"],
             {"aws.execution_role": "arn:aws:iam::123456789012:role/mine", "aws.execution_role_auto_create": False}),
    "repository": (["-ecr", "team/mine"], {"aws.ecr_auto_create": False}),
    "region": (["-r", "eu-central-1"], {"aws.region": "eu-central-1"}),
    "engine": (["-ctr", "podman"], {"container_runtime": "podman"}),
}


def value_at(model, path: str):
    for name in path.split("."):
        model = getattr(model, name)
    return model


def load(toolkit, world):
    # An account and region that are not known yet are left open, as they are in the toolkit's own files; it would ask
    # AWS for them otherwise.
    return toolkit.load_config(world.project / CONFIG, autofill_missing_aws=False)


@pytest.fixture
def project(world):
    world.write("agent.py", "from bedrock_agentcore import BedrockAgentCoreApp\n\napp = BedrockAgentCoreApp()\n")
    world.write("requirements.txt", "bedrock-agentcore\n")
    return world


@pytest.mark.parametrize("case", CONFIGURED)
def test_the_toolkit_reads_what_we_write(project, toolkit, case, monkeypatch):
    flags, expected = CONFIGURED[case]
    project.ok("configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "myagent", *flags)
    monkeypatch.chdir(project.project)
    agent = load(toolkit, project).get_agent_config("myagent")
    assert agent.name == "myagent" and agent.entrypoint.endswith("agent.py")
    for path, value in expected.items():
        assert value_at(agent, path) == value, path


def test_the_toolkit_reads_several_agents_and_our_default(project, toolkit, monkeypatch):
    for name in ("one", "two"):
        project.ok("configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", name)
    project.ok("configure", "set-default", "one")
    monkeypatch.chdir(project.project)
    loaded = load(toolkit, project)
    assert set(loaded.agents) == {"one", "two"} and loaded.default_agent == "one"


def test_the_toolkit_reads_a_file_with_environments(project, toolkit, monkeypatch):
    """The agents are as they are without them, and what the toolkit writes has lost them, as the documents say."""
    project.ok("configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "myagent")
    monkeypatch.chdir(project.project)
    before = load(toolkit, project).get_agent_config("myagent")
    project.ok("configure", "-ni", "-n", "myagent", "--idle-timeout", "120", "--environment", "staging")
    written = yaml.safe_load((project.project / CONFIG).read_text())
    assert "staging" in written["agentcore"]["environments"]
    assert load(toolkit, project).get_agent_config("myagent") == before
    toolkit.save_config(load(toolkit, project), project.project / CONFIG)
    assert "agentcore" not in yaml.safe_load((project.project / CONFIG).read_text())


def test_the_toolkit_reads_a_deployed_agent(sandbox, toolkit, monkeypatch):
    sandbox.use_example()
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", "deployed", "-rf", "requirements-plain.txt", "-do",
               "--memory", "ltm")
    sandbox.ok("launch", "-a", "deployed")
    monkeypatch.chdir(sandbox.project)
    agent = load(toolkit, sandbox).get_agent_config("deployed")
    assert agent.bedrock_agentcore.agent_arn.startswith("arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/deployed-")
    assert agent.aws.account == "123456789012" and agent.aws.execution_role and agent.aws.ecr_repository
    memory = agent.memory
    assert memory.memory_id.startswith("deployed_memory-") and memory.memory_arn.endswith(f":memory/{memory.memory_id}")
    assert memory.was_created_by_toolkit and memory.first_invoke_memory_check_done and memory.has_ltm
    sandbox.ok("destroy", "-a", "deployed", "--force", "--delete-ecr-repo", "--delete-memory")
    load(toolkit, sandbox)


def test_we_read_what_the_toolkit_wrote(world, golden):
    """Every recorded file: each agent in it is shown, and reading it changes nothing."""
    for path in golden:
        shutil.copy(path, world.project / CONFIG)
        before = path.read_bytes()
        document = yaml.safe_load(before)
        agents = document["agents"] if "agents" in document else {document["name"]: document}
        listed = world.ok("configure", "list", "-o", "json")
        for name in agents:
            assert f'"{name}"' in listed.stdout.decode(), f"{path}\n{listed}"
            world.ok("configure", "show", "-a", name, "-o", "json").data
        assert (world.project / CONFIG).read_bytes() == before, path


def test_a_reconfigured_toolkit_file_keeps_what_was_not_asked_for(world, golden, toolkit, monkeypatch):
    """Another idle timeout in each recorded file, and nothing else is different afterwards, to the toolkit too."""
    world.write("agent.py", "")
    monkeypatch.chdir(world.project)
    done = 0
    for path in golden:
        document = yaml.safe_load(path.read_text())
        name = document["default_agent"] if "agents" in document else None
        agent = document["agents"][name] if name else {}
        if agent.get("deployment_type") != "container" or agent.get("language") == "typescript":
            continue
        # The recordings name a folder of the machine they were made on.
        text = path.read_text()
        if agent["entrypoint"].startswith("/"):
            text = text.replace(agent["source_path"] or str(Path(agent["entrypoint"]).parent), str(world.project))
        (world.project / CONFIG).write_text(text)
        target = world.project / yaml.safe_load(text)["agents"][name]["entrypoint"]
        done += 1
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("")
        world.write("requirements.txt", "bedrock-agentcore\n")
        before = load(toolkit, world).model_dump()
        world.ok("configure", "-ni", "-e", target, "-n", name, "--max-lifetime", "7777")
        after = load(toolkit, world).model_dump()
        assert after["agents"][name]["aws"]["lifecycle_configuration"]["max_lifetime"] == 7777, path
        before["agents"][name]["aws"]["lifecycle_configuration"]["max_lifetime"] = 7777
        for model in (before, after):
            # Paths may be written relative to the file now; that they mean the same is another test's business.
            for key in ("entrypoint", "source_path"):
                model["agents"][name].pop(key)
        assert after == before, path
    assert done > 5
