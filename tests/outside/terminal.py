"""A terminal for the binary, and a proxy that can cut its connections."""

import fcntl
import os
import pty
import select
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

WITHIN = 30


class Terminal:
    """The binary at a pseudo-terminal of its own, and all that it printed there."""

    def __init__(self, world, *args, env=None, size=(80, 24)):
        self.near, far = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(far)
        self.far = far
        self.seen = b""
        self.process = subprocess.Popen(
            [world.binary, *map(str, args)], cwd=world.project, env=world.env | {"TERM": "xterm"} | (env or {}),
            stdin=far, stdout=far, stderr=far, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def resize(self, columns: int, rows: int):
        fcntl.ioctl(self.near, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text: str | bytes):
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self.near, data[:1024]):]

    def read(self, seconds: float) -> bool:
        if not select.select([self.near], [], [], seconds)[0]:
            return False
        self.seen += os.read(self.near, 1 << 16)
        return True

    def until(self, text: str | bytes, start: int = 0) -> int:
        """Reads on until `text` is there, from `start`; the place behind it."""
        wanted = text.encode() if isinstance(text, str) else text
        end = time.monotonic() + WITHIN
        while (at := self.seen.find(wanted, start)) < 0:
            assert time.monotonic() < end, f"{wanted!r} never came: {self.seen[-2000:]!r}"
            self.read(0.2)
        return at + len(wanted)

    def run(self, command: str, shown: str) -> int:
        """Types a command and waits for a text that only its output has."""
        start = len(self.seen)
        self.type(command + "\r")
        return self.until(shown, start)

    def ended(self) -> int:
        end = time.monotonic() + WITHIN
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it goes on: {self.seen[-2000:]!r}"
            self.read(0.1)
        while self.read(0.1):
            pass
        return self.process.returncode

    def is_restored(self) -> bool:
        return termios.tcgetattr(self.far) == self.before

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.far)
        os.close(self.near)


class Tmux:
    """The binary in a window of tmux, which is a terminal that nobody here wrote, and the screen that it shows."""

    def __init__(self, world, *args, size=(80, 24)):
        self.base = ["tmux", "-L", f"agentcore-{os.getpid()}-{id(self)}", "-f", "/dev/null"]
        env = world.env | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        # tmux 3.3 sometimes misses that what it started has ended, and then never says how.
        self.folder = tempfile.TemporaryDirectory()
        self.ended = Path(self.folder.name) / "status"
        command = ["/bin/sh", "-c", '"$@"; echo $? > "$0"', str(self.ended), str(world.binary), *map(str, args)]
        columns, rows = size
        # The window stays when the binary is gone.
        options = ["set-option", "-g", "status", "off", ";", "set-option", "-g", "remain-on-exit", "on", ";"]
        made = [*options, "new-session", "-d", "-x", str(columns), "-y", str(rows), *command]
        subprocess.run(["tmux", "-u", *self.base[1:], "start-server", ";", *made], cwd=world.project, env=env, check=True)

    def _ask(self, *args) -> str:
        return subprocess.run([*self.base, *args], capture_output=True, text=True, check=True).stdout

    def type(self, *keys: str):
        """Names of keys, as tmux has them."""
        self._ask("send-keys", *keys)

    def write(self, text: str):
        self._ask("send-keys", "-l", text)

    def resize(self, columns: int, rows: int):
        self._ask("resize-window", "-x", str(columns), "-y", str(rows))

    def rows(self) -> list[str]:
        return [row.rstrip() for row in self._ask("capture-pane", "-p").split("\n")][:-1]

    def cursor(self) -> tuple[int, int]:
        x, y = self._ask("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(x), int(y)

    def until(self, condition) -> list[str]:
        """The rows, once they are as they are to be."""
        end = time.monotonic() + WITHIN
        while not condition(rows := self.rows()):
            assert time.monotonic() < end, "\n".join(rows)
            time.sleep(0.1)
        return rows

    def status(self) -> int:
        """The exit status of the binary."""
        end = time.monotonic() + WITHIN
        while not (self.ended.is_file() and (said := self.ended.read_text()).endswith("\n")):
            assert time.monotonic() < end, "\n".join(self.rows())
            time.sleep(0.1)
        return int(said)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run([*self.base, "kill-server"], capture_output=True)
        self.folder.cleanup()


class Proxy:
    """Passes connections on to the host of a URL, until they are cut."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.pairs = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            self.pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one, other):
        try:
            while data := one.recv(1 << 16):
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    # Without a farewell: what is on its way is lost.
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self.listener.close()
        self.cut()
