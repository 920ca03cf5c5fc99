#!/usr/bin/env python3
"""The documents' pictures of a terminal: sessions of the built binary in its sandbox, as SVG. Needs no network.

    $(tests/tools/venv.sh)/bin/python tests/tools/picture.py [FOLDER]

FOLDER is docs/images by default. AGENTCORE is the binary, else the last debug build. Every command runs on a pseudo-terminal
of 80 columns and 24 rows; pyte keeps the screen. A session that does not fit is an error: nothing is scrolled away.
"""

import fcntl
import os
import pty
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from xml.sax.saxutils import escape

import pyte

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/outside"))
from world import World  # noqa: E402

COLUMNS, ROWS = 80, 24
PICTURES = ROOT / "docs/images"
PROMPT = '{"prompt": "Weather in Seoul?"}'

# An agent without packages.
AGENT = '''\
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer({"status": "Healthy", "time_of_last_update": 0})

    def do_POST(self):
        prompt = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["prompt"]
        self.answer({"answer": f"It is sunny in {prompt.split()[-1].strip('?')}."})


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
'''

# What is typed for each picture, and the exit status that it must end with. The agent is launched after the first command.
SESSIONS = {
    "launch": [("agentcore launch --plan -q", 6), (f"agentcore invoke {shlex.quote(PROMPT)} --auth", 0)],
    "refused": [
        (f"agentcore invoke {shlex.quote(PROMPT)} --bearer-token-file id.jwt", 3),
        (f"agentcore invoke {shlex.quote(PROMPT)} --auth", 0),
    ],
}


class Terminal:
    """A screen, and the commands that write on it."""

    def __init__(self, world: World):
        self.world = world
        self.screen = pyte.HistoryScreen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)

    def run(self, command: str, status: int):
        self.stream.feed(b"\x1b[1m$ " + command.encode() + b"\x1b[0m\r\n")
        near, far = pty.openpty()
        fcntl.ioctl(near, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        process = subprocess.Popen([self.world.binary, *shlex.split(command)[1:]], cwd=self.world.project, stdin=far,
                                   stdout=far, stderr=far, env=self.world.env | {"TERM": "xterm-256color"},
                                   start_new_session=True)
        os.close(far)
        try:
            while data := os.read(near, 1 << 16):
                self.stream.feed(data)
        except OSError:
            pass  # Linux reports the other end's closing as an error.
        os.close(near)
        shown = "\n".join(line.rstrip() for line in self.screen.display)
        if process.wait(timeout=60) != status:
            raise SystemExit(f"`{command}` ended with {process.returncode}, not {status}:\n{shown}")
        if self.screen.history.top:
            raise SystemExit(f"{len(self.screen.history.top)} lines more than {ROWS}, with `{command}`:\n{shown}")


def record(binary: Path) -> dict[str, pyte.Screen]:
    """The screen of each session, in one sandbox that is gone afterwards."""
    screens = {}
    with tempfile.TemporaryDirectory(prefix="agentcore-picture-") as folder:
        world = World(binary, Path(folder))
        with world.sandbox("--runner", "process"):
            world.write("agent.py", AGENT)
            world.write("requirements.txt", "")
            pool = world.ok("identity", "setup-cognito", "--inbound-only", "-o", "json").data
            world.ok("configure", "-ni", "-e", "agent.py", "-n", "weather", "-do",
                     "--discovery-url", pool["discoveryUrl"], "--allowed-client", pool["clientId"])
            launched = False
            for name, typed in SESSIONS.items():
                terminal = Terminal(world)
                for command, status in typed:
                    terminal.run(command, status)
                    if not launched:
                        world.ok("launch")
                        world.write("id.jwt", world.ok("identity", "token", "--id-token").stdout.decode())
                        launched = True
                screens[name] = terminal.screen
    return screens


# Colours by pyte's names: on light, and on dark.
COLOURS = {
    "default": ("#1f2328", "#e6edf3"),
    "black": ("#1f2328", "#8b949e"),
    "red": ("#b3261e", "#ff8a80"),
    "green": ("#116329", "#7ee787"),
    "brown": ("#7d4e00", "#e3b341"),
    "blue": ("#0550ae", "#79c0ff"),
    "magenta": ("#8250df", "#d2a8ff"),
    "cyan": ("#0e6b74", "#76e3ea"),
    "white": ("#57606a", "#c9d1d9"),
}
GROUND = ("#ffffff", "#0d1117")
FRAME = ("#d0d7de", "#30363d")
WIDTH, HEIGHT, MARGIN = 8.4, 18, 16
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def runs(row) -> list[tuple[int, str, str]]:
    """A row's texts of one style each, with the column that they begin in."""
    found: list[tuple[int, str, str]] = []
    for column in range(COLUMNS):
        char = row[column]
        colour = char.fg.removeprefix("bright")
        style = " ".join([colour if colour in COLOURS else "default", *(["bold"] if char.bold else [])])
        if found and found[-1][2] == style:
            at, text, _ = found[-1]
            found[-1] = (at, text + char.data, style)
        else:
            found.append((column, char.data, style))
    return [(at + len(text) - len(text.lstrip()), text.strip(), style) for at, text, style in found if text.strip()]


def draw(screen: pyte.Screen) -> str:
    """The screen as text that can be selected, in whatever monospaced font there is."""
    used = max(row for row in range(ROWS) if screen.display[row].strip()) + 1
    width, height = round(COLUMNS * WIDTH) + 2 * MARGIN, used * HEIGHT + 2 * MARGIN
    scheme = lambda which: " ".join([
        f".ground {{ fill: {GROUND[which]}; stroke: {FRAME[which]} }}",
        *(f".{name} {{ fill: {shades[which]} }}" for name, shades in COLOURS.items())])
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        "<title>agentcore in a terminal</title>",
        "<style>",
        f"text {{ font: 14px {FONTS}; white-space: pre }} .bold {{ font-weight: 700 }}",
        scheme(0),
        f"@media (prefers-color-scheme: dark) {{ {scheme(1)} }}",
        "</style>",
        f'<rect class="ground" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
    ]
    for row in range(used):
        for column, text, style in runs(screen.buffer[row]):
            x, y = MARGIN + column * WIDTH, MARGIN + row * HEIGHT + 13
            # Whatever the font's own width is, columns stay under each other.
            length = round(len(text) * WIDTH, 1)
            out.append(f'<text class="{style}" x="{x:.1f}" y="{y}" textLength="{length}" '
                       f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(text)}</text>')
    return "\n".join([*out, "</svg>", ""])


def main():
    binary = Path(os.environ.get("AGENTCORE", ROOT / "target/debug/agentcore"))
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    for name, screen in record(binary).items():
        (folder / f"{name}.svg").write_text(draw(screen))
        print(folder / f"{name}.svg")


if __name__ == "__main__":
    main()
