"""A person at a terminal decides once whether a command of a configuration may run."""

import os
import pty
import select
import subprocess
import time

CONFIGURATION = """\
agents:
  a:
    name: a
    entrypoint: agent.py
    agentcore:
      token:
        grant: command
        command: [/bin/sh, token.sh]
"""


class Terminal:
    """The binary with a terminal for stdin and stderr; stdout is a pipe."""

    def __init__(self, world, *args):
        self.ours, theirs = pty.openpty()
        env = {**world.env, "TERM": "xterm"}
        self.process = subprocess.Popen([world.binary, *args], cwd=world.project, env=env,
                                        stdin=theirs, stderr=theirs, stdout=subprocess.PIPE)
        os.close(theirs)
        self.said = b""

    def read_until(self, text: bytes):
        end = time.monotonic() + 60
        while text not in self.said and time.monotonic() < end:
            if select.select([self.ours], [], [], 0.1)[0]:
                try:
                    self.said += os.read(self.ours, 4096)
                except OSError:
                    break
            elif self.process.poll() is not None:
                break
        assert text in self.said, self.said

    def finish(self, answer: bytes | None = None) -> tuple[int, bytes]:
        if answer is not None:
            os.write(self.ours, answer)
        out = self.process.stdout.read()
        return self.process.wait(timeout=60), out


def ask(world, answer: bytes | None) -> tuple[int, bytes, bytes]:
    terminal = Terminal(world, "identity", "token", "--no-cache")
    if answer is not None:
        terminal.read_until(b"[y/N]")
    status, out = terminal.finish(answer)
    os.close(terminal.ours)
    return status, out, terminal.said


def test_a_command_is_shown_and_confirmed_once_per_content(world):
    world.write(".bedrock_agentcore.yaml", CONFIGURATION)
    script = world.write("token.sh", "echo ran >> ran; echo a.b.c\n")
    ran = world.project / "ran"
    status, out, said = ask(world, b"n")
    assert (status, out, ran.exists()) == (2, b"", False), said
    assert b"/bin/sh token.sh" in said
    status, out, said = ask(world, b"y")
    assert (status, out) == (0, b"a.b.c\n"), said
    # Neither a person nor a script is asked again.
    assert ask(world, None)[:2] == (0, b"a.b.c\n")
    assert world.ok("identity", "token", "--no-cache").stdout == b"a.b.c\n"
    # Until it is another command.
    script.write_text("echo d.e.f\n")
    world.run("identity", "token", "--no-cache").expect(2)
    status, out, said = ask(world, b"y")
    assert (status, out) == (0, b"d.e.f\n"), said
    # A terminal in CI is nobody.
    script.write_text("echo g.h.i\n")
    world.run("identity", "token", "--no-cache", env={"CI": "1"}).expect(2)


def test_a_command_cannot_hide_in_what_is_shown(world):
    world.write(".bedrock_agentcore.yaml", CONFIGURATION.replace("token.sh", '"-c", "echo a.b.c #\\e[2K\\rls"'))
    terminal = Terminal(world, "identity", "token", "--no-cache")
    terminal.read_until(b"[y/N]")
    assert b"\\x1b[2K\\rls" in terminal.said and b"\x1b[2K\rls" not in terminal.said, terminal.said
    assert terminal.finish(b"n")[0] == 2
    os.close(terminal.ours)
