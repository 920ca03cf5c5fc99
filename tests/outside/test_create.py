"""Projects of `create`: each as its owner goes on with it. Its own tests are run, it answers under `dev`, and it is deployed to a
sandbox and called there, with models that are the sandbox's stand-in."""

import contextlib
import json
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest

from conftest import lacked
from world import World

PROMPT = "Count the words of this sentence"
ANSWER = "count_words answered: 6"
FRAMEWORKS = ["strands", "langgraph", "plain"]
# The memory that each project is made with: every framework has one in one of the languages.
MEMORIES = {("strands", "python"): "ltm", ("langgraph", "python"): "stm", ("plain", "typescript"): "stm"}


@pytest.fixture(scope="module")
def python(sandbox):
    """A Python with the packages of all projects in Python: they can be in one environment."""
    files = [made(sandbox, framework, "python") / "requirements-dev.txt" for framework in FRAMEWORKS]
    folder = sandbox.folder / "python"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True, env=sandbox.env)
    flags = [word for file in files for word in ("-r", file)]
    subprocess.run([uv, "pip", "install", "--quiet", "--python", folder, *flags], check=True, env=sandbox.env)
    return folder


@pytest.fixture(scope="module")
def npm_packages(sandbox):
    """The packages of all projects in TypeScript, above them, where Node looks too."""
    if shutil.which("npm") is None:
        lacked("npm", "no `npm` on PATH")
    manifests = [json.loads((made(sandbox, framework, "typescript") / "package.json").read_text()) for framework in FRAMEWORKS]
    both = {kind: {name: version for one in manifests for name, version in one[kind].items()}
            for kind in ("dependencies", "devDependencies")}
    sandbox.write("package.json", json.dumps({"name": "all", "private": True} | both))
    flags = ["--no-audit", "--no-fund", "--loglevel", "error"]
    subprocess.run(["npm", "install", *flags], cwd=sandbox.project, env=sandbox.env, check=True)


def made(world, framework, language):
    """The project, which is made once for the tests of this file."""
    name = f"{language[:2]}_{framework}"
    if not (world.project / name).exists():
        memory = MEMORIES.get((framework, language), "none")
        run = world.ok("create", name, "--framework", framework, "--language", language, "--memory", memory, "-o", "json")
        here = {str(path.relative_to(world.project / name)) for path in (world.project / name).rglob("*") if path.is_file()}
        assert set(run.data["files"]) == here and run.data["next"][0] == f"cd {name}"
    return world.project / name


class Here(World):
    """The same world, in the folder of one of its projects."""

    def __init__(self, world, project, **env):
        self.__dict__.update(vars(world))
        # What the suite has of installers is used, with what it has fetched before.
        path = f"{Path(sys.executable).parent}:{world.env['PATH']}"
        self.project, self.env = project, world.env | {"PATH": path} | env


@contextlib.contextmanager
def dev(world, *args):
    """`agentcore dev` on a free port, which is given."""
    process = subprocess.Popen([world.binary, "dev", "--port", "0", *args], cwd=world.project, env=world.env, text=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said, found = [], threading.Event()

    def listen():
        for line in process.stderr:
            said.append(line)
            if "/invocations" in line:
                found.set()
        found.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        assert found.wait(300), said
        ports = re.findall(r"http://127\.0\.0\.1:(\d+)/invocations", "".join(said))
        assert ports, "".join(said)
        yield ports[0]
    finally:
        process.terminate()
        process.wait(30)


def answer(run) -> str:
    """What an agent said, whole or in pieces."""
    text = run.stdout.decode()
    pieces = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
    return "".join(pieces) if pieces else json.loads(text)["answer"]


def ask(world, prompt, *args, **more) -> str:
    return answer(world.ok("invoke", json.dumps({"prompt": prompt} | more), *args))


def carry_on(world, project, tests):
    """The README's way: the tests, `dev`, `launch`, `invoke`."""
    done = subprocess.run(tests, cwd=project, env=world.env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with dev(world) as port:
        assert ANSWER in ask(world, PROMPT, "--dev", "--port", port)
    # Without OpenTelemetry, whose packages take most of the time.
    world.ok("configure", "-ni", "-do")
    world.ok("launch")
    session = ["--session-id", str(uuid.uuid4())]
    assert ANSWER in ask(world, PROMPT, *session, user="ann")
    if "memory_id" in (project / ".bedrock_agentcore.yaml").read_text():
        # In the same session the model is told what was said before; in another one it is not.
        assert f"Before that: {PROMPT}" in ask(world, "And now?", *session, user="ann")
        assert PROMPT not in ask(world, "And now?", "--session-id", str(uuid.uuid4()), user="bob")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_project_is_tested_run_deployed_and_called(sandbox, python, framework):
    project = made(sandbox, framework, "python")
    world = Here(sandbox, project, VIRTUAL_ENV=str(python))
    carry_on(world, project, [python / "bin/pytest", "-q", "-p", "no:cacheprovider"])


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_typescript_project_is_tested_run_deployed_and_called(sandbox, npm_packages, framework):
    project = made(sandbox, framework, "typescript")
    carry_on(Here(sandbox, project), project, ["npm", "test"])


def test_inbound_auth_is_switched_on_as_the_readme_says(sandbox, python):
    """The lines of the README, on the project that is deployed already."""
    project = made(sandbox, "plain", "python")
    world = Here(sandbox, project)
    pool = world.ok("identity", "setup-cognito", "--inbound-only", "-o", "json").data
    readme = (project / "README.md").read_text()
    [line] = re.findall(r"^agentcore (configure --discovery-url .*)$", readme, re.M)
    for placeholder, value in [("https://YOUR-PROVIDER/.well-known/openid-configuration", pool["discoveryUrl"]),
                               ("CLIENT_ID", pool["clientId"])]:
        assert placeholder in line
        line = line.replace(placeholder, value)
    world.ok(*shlex.split(line), "-ni", "-do")
    world.ok("launch")
    world.run("invoke", json.dumps({"prompt": PROMPT})).expect(3)
    token = world.ok("identity", "token").stdout
    assert ANSWER in answer(world.ok("invoke", json.dumps({"prompt": PROMPT}), "--bearer-token-file", "-", stdin=token))


def test_the_configuration_is_what_configure_writes(world):
    """Byte for byte, but for the project's own identity."""
    world.ok("create", "shop", "--memory", "ltm", "--region", "eu-west-1")
    made = Here(world, world.project / "shop")
    names = [".bedrock_agentcore.yaml", ".dockerignore", ".bedrock_agentcore/shop/Dockerfile"]
    before = [(made.project / name).read_text() for name in names]
    assert str(world.project) not in "".join(before), "paths are relative"
    for name in names:
        (made.project / name).unlink()
    made.ok("configure", "-ni", "-e", "agent.py", "-n", "shop", "--memory", "ltm", "--region", "eu-west-1")
    after = [(made.project / name).read_text() for name in names]
    identity = re.compile(r"^(  project: ).*$", re.M)
    assert [identity.sub(r"\1", text) for text in before] == [identity.sub(r"\1", text) for text in after]


@pytest.mark.parametrize("args", [
    ["shop-1"], ["1shop"], ["s" * 49], [""], ["../shop"], [], ["shop", "--framework", "none"], ["shop", "--language", "rust"],
    ["shop", "--model", "claude"], ["shop", "--memory", "long"], ["shop", "-p", "shop"], ["shop", "--config", "x.yaml"],
    ["shop", "-t", "production"], ["shop", "--agent-framework", "CrewAI"], ["shop", "-mp", "OpenAI", "-key", "sk-canary"],
    ["shop", "-key", "sk-canary"],
])
def test_what_cannot_be_made_leaves_nothing(world, args):
    run = world.run("create", *args).expect(2)
    assert run.stderr.startswith(b"error: ") and run.stderr.count(b"error: ") == 1 and b"sk-canary" not in run.stderr, run
    assert list(world.project.iterdir()) == []


def test_nothing_is_overwritten(world):
    world.write("shop/notes.txt", "mine")
    world.run("create", "shop").expect(2)
    assert [path.name for path in (world.project / "shop").iterdir()] == ["notes.txt"]
    (world.project / "file").write_text("")
    world.run("create", "file").expect(2)
    (world.project / "empty").mkdir()
    world.ok("create", "empty")
    assert sorted(path.name for path in world.project.iterdir()) == ["empty", "file", "shop"]


def test_the_toolkits_script_makes_the_same_project(world):
    script = ["-p", "Shop", "-t", "basic", "--agent-framework", "LangChain_LangGraph", "-mp", "Bedrock", "-m", "STM_ONLY",
              "--non-interactive", "--no-venv"]
    data = world.ok("create", *script, "-o", "json").data
    assert (data["agent"], data["framework"], data["language"], data["memory"]) == ("Shop", "langgraph", "python", "STM_ONLY")
    [agent] = Here(world, world.project / "Shop").ok("configure", "list", "-o", "json").data["agents"]
    assert agent == {"name": "Shop", "default": True, "entrypoint": "agent.py", "runtimeArn": None}


def answered(world, command: str, answers: list[tuple[bytes, bytes]]) -> str:
    """What a terminal shows of a command whose questions are answered."""
    main, terminal = pty.openpty()
    process = subprocess.Popen([world.binary, command], cwd=world.project, env=world.env | {"TERM": "xterm"},
                               stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
    os.close(terminal)
    shown = b""
    for question, answer in answers:
        while question not in shown:
            assert select.select([main], [], [], 60)[0], shown.decode()
            shown += os.read(main, 4096)
        os.write(main, answer)
    with contextlib.suppress(OSError):  # its end shows as an error
        while piece := os.read(main, 4096):
            shown += piece
    assert process.wait(60) == 0, shown.decode()
    return shown.decode()


def test_a_person_is_asked_for_what_is_missing(world):
    """On a terminal, with Enter for each choice. The line that is printed makes the same project without questions."""
    shown = answered(world, "create", [
        (b"Name of the agent", b"shop\r"), (b"Framework?", b"\x1b[B\r"), (b"Language?", b"\r"), (b"Memory", b"\r"),
    ])
    line = "create shop --framework langgraph --language python --memory none"
    assert f"agentcore {line}" in shown
    text = (world.project / "shop/agent.py").read_text()
    shutil.rmtree(world.project / "shop")
    world.ok(*line.split())
    assert (world.project / "shop/agent.py").read_text() == text


def test_the_id_of_a_memory_is_typed(world):
    """`configure` asks AWS for none, so it says where ids are shown."""
    world.write("agent.py", "")
    world.write("requirements.txt", "")
    answered(world, "configure", [
        (b"Entrypoint", b"\r"), (b"Agent name", b"shop\r"), (b"How do callers", b"\r"), (b"AgentCore Memory", b"\x1b[B" * 3 + b"\r"),
        (b"agentcore memory list", b"notes-0123456789\r"),
    ])
    assert "notes-0123456789" in (world.project / ".bedrock_agentcore.yaml").read_text()
