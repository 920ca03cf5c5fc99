"""Every command and flag of the retired toolkit: here, or with the command to run in its place.

The toolkit's own parser says what there is. What takes the place of a command is run by a shell with the AWS CLI, whose
parser and model nobody here wrote, against a server that keeps what it is asked.
"""

import http.server
import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.session import Session

from world import ROOT

TABLE = ROOT / "docs/toolkit-commands.md"

# Values that are not just any text.
VALUES = {
    "--definition": '{"cedar":{"statement":"permit(principal, action, resource) when { context.a == \\"it\'s\\" };"}}',
    "--tags": '{"Team":"red blue"}',
    "--config": '{"llmAsAJudge":{"instructions":"be \'fair\'","ratingScale":{"numerical":[{"definition":"d","value":1,'
                '"label":"good"}]},"modelConfig":{"bedrockEvaluatorModelConfig":{"modelId":"judge"}}}}',
    "--max-results": "7",
    "--sampling-rate": "12.5",
    "--days": "3",
    "--agent-id": "support_desk-0123456789",
    "--resource-arn": "arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/desk-0123456789",
    "--target-resource-scope": "arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/desk-0123456789",
    "--encryption-key-arn": "arn:aws:kms:us-west-2:123456789012:key/01234567-0123-0123-0123-0123456789ab",
    "--execution-role": "arn:aws:iam::123456789012:role/evaluations",
    "--content": "only \"managers\" may refund, and it's final",
    "--signing-algorithm": "ES384",
    "--level": "SESSION",
    "--status": "DISABLED",
    "--region": "eu-central-1",
    "--target-platform": "strands",
    "--target-type": "lambda",
    "--policy-engine-mode": "LOG_ONLY",
    "--output": "out file.json",
    "--agent-framework": "Strands",
    "--model-provider": "Bedrock",
    "--memory": "STM_ONLY",
    "--iac": "CDK",
    "--template": "production",
}
NUMBERS = ("--idle-timeout", "--max-lifetime", "--port", "--duration", "--event-expiry-days", "--max-wait", "--last", "--max-events")


def rows() -> dict[str, str]:
    """The state of each command in the table."""
    found = re.findall(r"^\| `agentcore ([a-z_ -]+)` \| (works|pointer) ", TABLE.read_text(), re.M)
    assert len(found) > 60, f"{TABLE.name} has {len(found)} rows of commands"
    return dict(found)


@pytest.fixture(scope="module")
def commands(toolkit) -> dict[str, object]:
    """The toolkit's commands as click has them, by the words after `agentcore`."""
    import typer
    from bedrock_agentcore_starter_toolkit.cli.cli import app

    found = {}

    def walk(command, path):
        inner = getattr(command, "commands", {})
        if path and (not inner or command.invoke_without_command):
            found[" ".join(path)] = command
        for name, one in inner.items():
            walk(one, [*path, name])

    walk(typer.main.get_command(app), [])
    return found


def value_of(option, index: int) -> str:
    long = next(name for name in option.opts if name.startswith("--"))
    if long in NUMBERS:
        return "300"
    return VALUES.get(long, f"{long.strip('-').replace('-', '_')}_{index}23456789")


def flags(command):
    """All ways to give each flag of a command of the toolkit: the words, and the value among them."""
    for option in command.params:
        if option.param_type_name != "option" or option.name in ("help", "ctx"):
            continue
        for name in [*option.opts, *option.secondary_opts]:
            value = None if option.is_flag else value_of(option, 1)
            yield option, name, value


def test_the_table_has_every_command(commands):
    assert set(rows()) == set(commands)


def test_every_flag_is_understood(commands, world):
    """With `--help` behind them the flags are read, and nothing is carried out."""
    wrong = []
    for path in rows():
        for _, name, value in flags(commands[path]):
            words = [name] if value is None else [name, value]
            run = world.run(*path.split(), *words, "--help")
            if run.code != 0:
                wrong.append(f"{path} {name}: {run.stderr.decode().splitlines()[0]}")
    assert not wrong, "\n".join(wrong)


class Recorder(http.server.BaseHTTPRequestHandler):
    """Answers everything with an empty object and keeps what it was asked."""

    asked: list[tuple[str, str, str]] = []

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        self.asked.append((self.command, self.path, body))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    Recorder.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def pointer(world, path: str, words: list[str]) -> str:
    """The command of the hint, which is one line that names the toolkit's command as well."""
    run = world.run(*path.split(), *words).expect(2)
    assert run.stdout == b"", run
    hints = [line for line in run.stderr.decode().splitlines() if line.startswith(f"hint: in place of {path}: `")]
    assert len(hints) == 1, run
    error = json.loads(world.run(*path.split(), *words, "-o", "json").expect(2).stdout)["error"]
    assert error["code"] == "usage.toolkit-command" and hints[0] == f"hint: {error['hints'][-1]}", error
    return hints[0].removeprefix(f"hint: in place of {path}: `").removesuffix("`")


def shell(line: str, world, server) -> subprocess.CompletedProcess:
    """Runs the line where the AWS CLI is on PATH and talks to the server."""
    Recorder.asked.clear()
    env = world.env | {"AWS_ENDPOINT_URL": server, "PATH": f"{Path(sys.executable).parent}:{world.env['PATH']}"}
    return subprocess.run(["sh", "-c", line], cwd=world.project, env=env, capture_output=True, text=True)


def carried_out(line: str, world, server) -> tuple[str, str, str]:
    """The one request that the line leads to."""
    done = shell(line, world, server)
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert len(Recorder.asked) == 1, (line, Recorder.asked)
    return Recorder.asked[0]


def fits(line: str, request: tuple[str, str, str]):
    """Whether the request is that of the operation, by its method and path in the service's model."""
    model = Session().get_service_model("bedrock-agentcore-control")
    operation = next(name for name in model.operation_names if xform_name(name, "-") == line.split()[2])
    http_form = model.operation_model(operation).http
    path = re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(http_form["requestUri"]))
    assert request[0] == http_form["method"] and re.fullmatch(path, request[1].split("?")[0]), (line, request)


POINTERS = [path for path, state in rows().items() if state == "pointer"]
OF_THE_CLI = [path for path in POINTERS if path.split()[0] in ("policy", "eval") and path != "eval run"]


@pytest.mark.parametrize("path", OF_THE_CLI)
def test_all_values_reach_the_operation(path, commands, world, server):
    """Each value is in the request that the AWS CLI makes, in a structure, a query or the path."""
    words, wanted = [], []
    for option, name, value in flags(commands[path]):
        if name != next(each for each in option.opts if each.startswith("--")):
            continue
        if value is None:
            words.append(name)
            continue
        values = [value, value_of(option, 2)] if option.multiple else [value]
        words += [word for each in values for word in (name, each)]
        wanted += [] if name in ("--output", "--region", "--agent", "--days") else values
    line = pointer(world, path, words)
    assert " --region eu-central-1" in line or not any(word == "--region" for word in words), line
    request = carried_out(line, world, server)
    fits(line, request)
    if path == "eval online list":
        wanted.remove(VALUES["--agent-id"])  # it has no counterpart, and a cause says so
    from urllib.parse import unquote

    text = unquote(request[1]) + json.dumps(json.loads(request[2])) if request[2] else unquote(request[1])
    for value in wanted:
        inner = json.dumps(json.loads(value)) if value.startswith("{") else json.dumps(value)[1:-1]
        assert inner.strip("{}") in text, f"{value} is not in {text}"
    if any(word == "--output" for word in words):
        assert (world.project / VALUES["--output"]).exists(), line


@pytest.mark.parametrize("path", OF_THE_CLI)
def test_a_command_without_values_shows_its_form(path, world, server):
    """Placeholders stand where values are needed: the AWS CLI lacks nothing, and finds them too short at most."""
    world.write("evaluator.json", VALUES["--config"])
    line = pointer(world, path, [])
    assert " --region us-west-2" in line
    done = shell(line, world, server)
    if done.returncode == 0:
        fits(line, Recorder.asked[0])
    else:
        complaints = [each for each in done.stderr.splitlines() if each and "Parameter validation failed" not in each]
        assert complaints and all(each.startswith("Invalid length for parameter") for each in complaints), done.stderr


def test_values_of_an_update_are_what_the_service_takes(world, server):
    """An update's description is a structure, which the toolkit's own call did not know."""
    line = pointer(world, "policy update-policy-engine", ["-e", "engine-0123456789", "-d", "it's new"])
    assert json.loads(carried_out(line, world, server)[2]) == {"description": {"optionalValue": "it's new"}}


def test_an_evaluator_comes_from_its_file(world, server):
    world.write("my judge.json", VALUES["--config"])
    line = pointer(world, "eval evaluator create", ["--name", "judge", "--config", "my judge.json"])
    body = json.loads(carried_out(line, world, server)[2])
    assert body["evaluatorConfig"] == json.loads(VALUES["--config"]) and body["level"] == "TRACE", body


def test_no_secret_is_repeated(world):
    run = world.run("create", "-p", "Shop", "-t", "production", "-mp", "OpenAI", "-key", "sk-canary").expect(2)
    assert b"sk-canary" not in run.stdout + run.stderr, run


@pytest.mark.parametrize("path", ["create", "create import", "import-agent"])
def test_the_other_cli_gets_what_it_requires(path, world):
    """Its reference requires these where a flag is given; it asks nobody then."""
    words = pointer(world, path, ["-t", "production"] if path == "create" else []).split()
    wanted = ["--name", "--framework"] + (["--region"] if path != "create" else ["--model-provider", "--memory"])
    assert all(word in words for word in wanted) and "--project-name" not in words, words
