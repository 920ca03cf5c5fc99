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


def run(world: World, *command) -> list[str]:
    done = subprocess.run(command, cwd=world.project, env=world.env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout.split()


def bash_words(world: World, *words) -> list[str]:
    """What bash would offer for the last word."""
    line = " ".join(words)
    script = f"""
        eval "$(agentcore completions bash)"
        COMP_WORDS=({' '.join(repr(word) for word in words)}) COMP_CWORD={len(words) - 1} COMP_LINE='{line}' COMP_POINT={len(line)}
        COMP_TYPE=9
        _clap_complete_agentcore agentcore "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}" 2>/dev/null
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return run(world, shell("bash"), "--norc", "-c", script)


def test_bash_completes_an_agents_name(typing):
    assert bash_words(typing, "agentcore", "invoke", "--agent", "su") == ["support_desk"]
    assert bash_words(typing, "agentcore", "invoke", "--agent", "") == ["support_desk", "writer"]
    offered = bash_words(typing, "agentcore", "")
    assert offered.index("launch") < offered.index("--profile"), offered


def test_fish_completes_an_agents_name(typing):
    ask = "agentcore completions fish | source; complete -C 'agentcore invoke --agent su'"
    assert run(typing, shell("fish"), "--no-config", "-c", ask)[0] == "support_desk"
    ask = "agentcore completions fish | source; complete -C 'agentcore conf'"
    assert run(typing, shell("fish"), "--no-config", "-c", ask)[0] == "configure"


def test_zsh_completes_an_agents_name(typing):
    """zsh completes on a terminal only."""
    zsh = shell("zsh")
    (typing.folder / "home/.zshrc").write_text(
        "PS1='ready> '\nautoload -Uz compinit && compinit -u\neval \"$(agentcore completions zsh)\"\n")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(typing.project)
        os.execve(zsh, [zsh, "-i"], typing.env | {"TERM": "dumb", "ZDOTDIR": str(typing.folder / "home")})
    seen = ""

    def until(pattern: str):
        nonlocal seen
        deadline = time.monotonic() + 60
        while not re.search(pattern, seen):
            assert time.monotonic() < deadline, seen
            if select.select([terminal], [], [], 1)[0]:
                seen += os.read(terminal, 65536).decode(errors="replace")

    try:
        until("ready> ")
        os.write(terminal, b"echo agentcore; agentcore invoke --agent su\t")
        until("support_desk")
    finally:
        os.write(terminal, b"\x03\x04")
        os.close(terminal)
        os.kill(pid, 9)
        os.waitpid(pid, 0)


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
