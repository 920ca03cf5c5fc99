"""The JSON Schemas that the program prints, judged by `jsonschema`, and its SARIF by `sarif-pydantic`.

Documents of other tests are judged too where AGENTCORE_KEEP_DOCUMENTS names the folder that `cargo test` put them in: `.ci/run`
sets it.
"""

import copy
import datetime
import json
import os
from pathlib import Path

import pytest
import yaml
from conftest import lacked
from jsonschema import Draft202012Validator
from world import ROOT, World

AGENT = "import http.server\nhttp.server.HTTPServer(('', 8080), http.server.BaseHTTPRequestHandler).serve_forever()\n"
RUNTIME = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789"
JWT = {"customJWTAuthorizer": {"discoveryUrl": "https://idp.example/.well-known/openid-configuration", "allowedClients": ["a"]}}

# What `configure validate` refuses and a schema can say: where it is put, and the value.
WRONG = [
    ("name", "1a"), ("name", ""), ("name", None), ("entrypoint", None), ("entrypoint", ""), ("entrypoint", ["a.py"]),
    ("language", "ruby"), ("deployment_type", "lambda"), ("runtime_type", "PYTHON_3_9"), ("runtime_type", "RUBY_3"),
    ("aws", "x"), ("aws.execution_role", "a b"), ("aws.execution_role_auto_create", "maybe"), ("aws.account", "1234"),
    ("aws.account", 1234), ("aws.network_configuration.network_mode", "PRIVATE"),
    ("aws.network_configuration", {"network_mode": "VPC"}),
    ("aws.network_configuration", {"network_mode": "vpc", "network_mode_config": {"subnets": ["s"]}}),
    ("aws.protocol_configuration.server_protocol", "SOAP"),
    ("aws.lifecycle_configuration.idle_runtime_session_timeout", 5),
    ("aws.lifecycle_configuration.max_lifetime", "soon"),
    ("bedrock_agentcore.agent_arn", "arn:aws:iam::123456789012:role/r"), ("memory.mode", "ALWAYS"),
    ("memory.memory_id", "a b"), ("memory.event_expiry_days", 0),
    ("identity.credential_providers", [{"name": "x"}]), ("identity.workload", {"name": "x", "arn": "y"}),
    ("aws_jwt.duration_seconds", 5), ("aws_jwt.signing_algorithm", "HS256"),
    ("authorizer_configuration", {"customJwtAuthorizer": {}}), ("authorizer_configuration", {"customJWTAuthorizer": {}}),
    ("authorizer_configuration", {"customJWTAuthorizer": {"discoveryUrl": "x", "allowedClients": "a"}}),
    ("request_header_configuration.requestHeaderAllowlist", [None]),
    ("agentcore.environment", {"1A": "x"}), ("agentcore.environment", {"A": None}), ("agentcore.environment", {"A": ["x"]}),
    ("agentcore.builder", "make"), ("agentcore.allow_callers", ["*"]), ("agentcore.allow_callers", ["arn:aws:s3:::bucket"]),
    ("agentcore.permissions_boundary", "Boundary"), ("agentcore.token", {"grant": "magic"}),
    ("agentcore.token", {"client_secret": "x"}), ("agentcore.token", {"grant": "command"}),
    ("agentcore.token", {"grant": "gitlab-ci"}), ("agentcore.smoke", {"expect": "x"}),
    ("agentcore.smoke", {"payload": {}, "timeout_seconds": 0}), ("agentcore.runtime", {"port": 0}),
    ("agentcore.runtime", {"allowed_ports": ["http"]}), ("agentcore.runtime", {"file_systems": [{"session_storage": {}}]}),
    ("agentcore.created", {"memories": "x"}),
]
# The same for the whole file.
WRONG_FILES = [
    [], {"agents": {"a": None}}, {"agents": {"a": "x"}}, {"agents": []}, {"name": "a"}, {"entrypoint": "a.py"},
    {"is_agentcore_create_with_iac": 5, "agents": {}},
    {"agentcore": {"project": "short"}, "agents": {}},
    {"agentcore": {"environments": {"-x": {}}}, "agents": {}}, {"agentcore": {"environments": {"a..b": {}}}, "agents": {}},
    {"agentcore": {"environments": {"a*b*": {}}}, "agents": {}},
    {"agentcore": {"environments": {"a": {"defaults": {"name": "x"}}}}, "agents": {}},
    {"agentcore": {"environments": {"a": {"defaults": {"aws": {"account": "1"}}}}}, "agents": {}},
    {"agentcore": {"environments": {"a": "x"}}, "agents": {}},
]
# What is taken, whatever it looks like.
RIGHT = [
    ("language", "Python"), ("deployment_type", "direct-code-deploy"), ("runtime_type", "PYTHON_3_99"), ("platform", None),
    ("aws.account", "<ACCOUNT>"), ("aws.account", 123456789012), ("aws.region", "YOUR_REGION"), ("aws", None),
    ("aws.network_configuration", {"network_mode": "public"}), ("aws.observability.enabled", "TRUE"),
    ("aws.lifecycle_configuration.max_lifetime", "3600"), ("aws.execution_role", "arn:aws:iam::123456789012:role/path/r"),
    ("bedrock_agentcore.agent_arn", RUNTIME), ("authorizer_configuration", {}), ("authorizer_configuration", JWT),
    ("agentcore.environment", {"A": 5, "_B": "x"}), ("agentcore.allow_callers", ["123456789012"]),
    ("agentcore.token", {"grant": "client-credentials", "client_id": "x"}), ("agentcore.runtime", {"port": None}),
    ("agentcore.runtime", {"allowed_ports": [8080, "8200-8300"]}), ("agentcore.smoke", {"payload": "hi"}),
    ("colour", "blue"), ("x-note", ["anything"]), ("agentcore.tags", {"any key": "x"}), ("oauth_configuration", {"a": [1]}),
]


def printed(world: World, *what) -> dict:
    schema = json.loads(world.ok("schema", *what).stdout)
    Draft202012Validator.check_schema(schema)
    return schema


def plain(value):
    """As JSON has it: YAML also has dates."""
    if isinstance(value, dict):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, (datetime.date, datetime.datetime)) else value


def problems(schema: dict, value) -> list[str]:
    return [f"{error.json_path}: {error.message}"[:300] for error in Draft202012Validator(schema).iter_errors(value)]


def with_value(path: str, value) -> dict:
    """An agent `a` with one more value."""
    agent = {"name": "a", "entrypoint": "agent.py"}
    *parents, last = path.split(".")
    place = agent
    for name in parents:
        place = place.setdefault(name, {})
    place[last] = copy.deepcopy(value)
    return {"agents": {"a": agent}}


def verdict(world: World, document) -> bool:
    """Whether the program takes the file."""
    world.write(".bedrock_agentcore.yaml", yaml.safe_dump(document, sort_keys=False))
    run = world.run("configure", "validate", "-o", "json")
    assert run.code in (0, 2), str(run)
    assert (run.code == 0) == run.data["valid"]
    return run.data["valid"]


def real_files() -> list[Path]:
    shared = Path(os.environ.get("AGENTCORE_GOLDEN", ROOT.parent / "shared/golden")).parent
    folders = [shared / "golden", shared / "corpus", ROOT / "tests/recorded", ROOT / "examples", ROOT / "tests/packages"]
    named = (path for folder in folders for path in folder.rglob("*bedrock_agentcore.yaml"))
    return sorted(path for path in named if path.is_file())


def test_real_files_get_the_same_verdict_from_both(world):
    schema, files, taken = printed(world, "config"), real_files(), 0
    if len(files) < 10:
        lacked("golden", "the configuration files of the toolkit and its users are not here")
    for path in files:
        world.write(".bedrock_agentcore.yaml", path.read_text())
        found = problems(schema, plain(yaml.safe_load(path.read_text())))
        if world.run("configure", "validate").code == 0:
            taken += 1
            assert not found, f"{path}: {found}"
    assert taken > len(files) // 2, f"{taken} of {len(files)} files are valid"


@pytest.mark.parametrize("path, value", WRONG, ids=str)
def test_wrong_values_are_refused_by_both(world, path, value):
    document = with_value(path, value)
    assert not verdict(world, document)
    assert problems(printed(world, "config"), document)


def test_wrong_files_are_refused_by_both(world):
    schema = printed(world, "config")
    for document in WRONG_FILES:
        assert not verdict(world, document), document
        assert problems(schema, document), document


def test_right_values_are_taken_by_both(world):
    schema = printed(world, "config")
    for path, value in RIGHT:
        document = with_value(path, value)
        assert verdict(world, document), (path, value)
        assert not problems(schema, document), (path, value, problems(schema, document))


def strict(schema):
    """The same schema with no other members than those that it names: what the program prints has a place in it."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {name: strict(part) for name, part in schema.items()}
    if "properties" in out and out.get("type") in ("object", ["object", "null"]):
        out.setdefault("additionalProperties", False)
    return out


def check_documents(world: World, documents):
    schemas = {}
    for document in documents:
        name = document["schema"]
        if name not in schemas:
            schemas[name] = Draft202012Validator(strict(printed(world, "output", name)))
        where = "data" if document["ok"] else "error"
        each = [schemas[name].evolve(schema=schemas[name].schema | {"oneOf": [part]}).iter_errors(document)
                for part in schemas[name].schema["oneOf"] if where in part["properties"]]
        found = [f"{error.json_path}: {error.message}"[:300] for errors in each for error in errors]
        assert each and not found, f"{name}: {found}\n{json.dumps(document)[:2000]}"
    return set(schemas)


def test_documents_of_a_journey_are_as_published(sandbox):
    sandbox.write("agent.py", AGENT)
    sandbox.write("requirements.txt", "")
    runs = [
        (("configure", "-ni", "-e", "agent.py", "-n", "shaped", "-do"), 0), (("configure", "list"), 0),
        (("configure", "show"), 0), (("configure", "validate"), 0), (("configure", "set-default", "shaped"), 0),
        (("build", "--plan"), 0), (("launch", "--plan"), 6), (("status",), 5), (("auth", "explain"), 0),
        (("environments", "list"), 0), (("sessions", "list"), 0), (("explain", "config.value"), 0), (("explain",), 0),
        (("identity", "list-workload-identities"), 0), (("memory", "list"), 0), (("gateway", "list-mcp-gateways"), 0),
        (("sandbox", "status", "--dir", sandbox.folder / "sandbox"), 0), (("--version",), 0), (("help",), 0),
        (("schema", "config"), 0), (("completions", "bash"), 0), (("man", "launch"), 0), (("invoke", "hi", "--arn", RUNTIME, "--print", "curl"), 0),
        (("launch", "--nonsense"), 2), (("status", "-a", "nobody"), 5),
    ]
    documents = []
    for args, code in runs:
        documents.append(json.loads(sandbox.run(*args, "-o", "json").expect(code).stdout))
    assert len(check_documents(sandbox, documents)) > 20
    everything = Draft202012Validator(printed(sandbox, "output"))
    for document in documents:
        assert everything.is_valid(document), document["schema"]
    wrong = copy.deepcopy(documents[0])
    wrong["data"]["outcome"] = 5
    assert not everything.is_valid(wrong)


def test_documents_of_other_tests_are_as_published(world):
    folder = os.environ.get("AGENTCORE_KEEP_DOCUMENTS")
    if not folder:
        lacked("documents", "AGENTCORE_KEEP_DOCUMENTS names no folder")
    # Not `splitlines`, which knows ends of lines that JSON allows inside a text.
    lines = [line for path in Path(folder).glob("*.ndjson") for line in path.read_text().split("\n") if line]
    assert lines, f"{folder} has no documents"
    check_documents(world, map(json.loads, lines))


def test_findings_are_sarif(world):
    from sarif_pydantic import Sarif

    world.write(".bedrock_agentcore.yaml", "agents:\n  a:\n    name: b\n    entrypoint: a.py\n    colour: 날씨\n")
    log = Sarif.model_validate_json(world.run("configure", "validate", "--format", "sarif").expect(2).stdout)
    results = log.runs[0].results
    assert [result.rule_id for result in results] == ["config.name", "config.warning"]
    region = results[0].locations[0].physical_location.region
    assert (region.start_line, region.start_column, region.end_column) == (3, 11, 12)
    assert results[0].locations[0].physical_location.artifact_location.uri == ".bedrock_agentcore.yaml"
