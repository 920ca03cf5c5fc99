"""bash, zsh and fish complete what is in a configuration, with the scripts that the program prints for them."""

import os
import pty
import re
import select
import shutil
import subprocess
import time

import pytest
from conftest import lacked
from world import World

CONFIG = """agents:
  support_desk:
    name: support_desk
    entrypoint: agent.py
  writer:
    name: writer
    entrypoint: writer.py
agentcore:
  environments:
    prod/eu: {}
"""


@pytest.fixture
def typing(world) -> World:
    """A project with two agents, and the program on PATH."""
    world.write(".bedrock_agentcore.yaml", CONFIG)
    programs = world.folder / "bin"
    programs.mkdir()
    (programs / "agentcore").symlink_to(world.binary)
    world.env["PATH"] = f"{programs}:{world.env['PATH']}"
    world.env.pop("AWS_ENDPOINT_URL")
    return world


def shell(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        lacked(name, f"no `{name}` on PATH")
    return found


def run(world: World, *command) -> str:
    done = subprocess.run(command, cwd=world.project, env=world.env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout


# How each shell is started on a terminal, and what it is told first.
SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], "bind 'set bell-style none'; eval \"$(agentcore completions bash)\""),
    "zsh": (["-f", "-i"], "autoload -Uz compinit && compinit -u -D; eval \"$(agentcore completions zsh)\""),
    "fish": (["--no-config", "-i"], "set -g fish_autosuggestion_enabled 0; agentcore completions fish | source"),
}


def typed(world: World, name: str, line: str) -> list[str]:
    """The words of a line after a tab at its end, on a terminal: keys wait there until the shell has completed."""
    path, (flags, setup) = shell(name), SHELLS[name]
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(world.project)
        os.execve(path, [path, *flags], world.env | {"TERM": "xterm", "PS1": "$ "})
    seen = ""

    def until(pattern: str) -> re.Match:
        nonlocal seen
        deadline = time.monotonic() + 60
        while not (found := re.search(pattern, seen)):
            assert time.monotonic() < deadline, seen
            if select.select([terminal], [], [], 1)[0]:
                seen += os.read(terminal, 65536).decode(errors="replace")
        return found

    try:
        os.write(terminal, f"{setup}; echo SET''UP\n".encode())
        until("SETUP")
        os.write(terminal, f"{line}\t\x01printf '<%s>' \x05; echo E''ND\n".encode())
        return re.findall("<(.*?)>", until("(<[^<>\r\n]*>)+END")[0])
    finally:
        os.close(terminal)
        os.kill(pid, 9)
        os.waitpid(pid, 0)


@pytest.mark.parametrize("name", SHELLS)
def test_a_tab_completes_what_is_here(typing, name):
    typing.write("with space/own.yaml", "agents:\n  other_one:\n    name: other_one\n    entrypoint: agent.py\n")
    for line, last in [
        ("agentcore conf", "configure"),
        ("agentcore invoke --agent su", "support_desk"),
        ("agentcore invoke --agent=su", "--agent=support_desk"),
        ("agentcore invoke 날씨 a=b --agent=su", "--agent=support_desk"),
        ("agentcore status --environment=prod", "--environment=prod/eu"),
        ("agentcore --output=js", "--output=json"),
        ("agentcore status --config wi", "with space/"),
        ("agentcore status --config=with\\ space/o", "--config=with space/own.yaml"),
        ("agentcore status --config with\\ space/own.yaml --agent ot", "other_one"),
        ("agentcore invoke @with\\ space/o", "@with space/own.yaml"),
        ("agentcore invoke -- --agent=su", "--agent=su"),
    ]:
        assert typed(typing, name, line)[-1] == last, f"{name}: {line}"


def test_commands_are_offered_before_flags(typing):
    ask = "agentcore completions fish | source; complete -C 'agentcore '"
    offered = [line.split("\t")[0] for line in run(typing, shell("fish"), "--no-config", "-c", ask).splitlines()]
    assert offered.index("launch") < offered.index("--profile"), offered


def test_static_scripts_are_read_by_their_shells(typing):
    for name, check in (("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")):
        script = typing.folder / f"script.{name}"
        script.write_bytes(typing.ok("completions", name, "--static").stdout)
        run(typing, shell(name), check, script)


def test_manual_pages_are_without_faults(typing):
    if shutil.which("groff") is None:
        lacked("groff", "no `groff` on PATH")
    typing.ok("man", "--out", "pages")
    pages = sorted((typing.project / "pages").iterdir())
    assert len(pages) > 60
    for page in pages:
        done = subprocess.run(["groff", "-K", "utf8", "-ww", "-man", "-Tutf8", page], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and not done.stderr, done.stderr
        assert page.stem.replace("-", "") in re.sub(r"[^a-z]", "", done.stdout.lower()), page
