"""Chromium without a window, driven over its own DevTools protocol."""

import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from conftest import lacked

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 30


class Browser:
    """One tab. `requests` has the address of each request that it made."""

    def __init__(self, socket, folder: Path):
        self.socket = socket
        self.folder = folder
        self.last = 0
        self.requests: list[str] = []
        self.problems: list[str] = []
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params):
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(timeout=PATIENCE))
            if message.get("id") == self.last:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]
            self.hear(message)

    def hear(self, message: dict):
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
            case "Runtime.exceptionThrown":
                self.problems.append(json.dumps(message["params"]["exceptionDetails"])[:2000])
            case "Log.entryAdded":
                # Of a policy that was broken, for one; what the server refuses is said there as well.
                self.problems.append(message["params"]["entry"]["text"])

    def open(self, url: str):
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def run(self, script: str):
        """The value of an expression in the page; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, f"{script}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def until(self, script: str):
        """Waits until an expression is true, and gives its value."""
        end = time.monotonic() + PATIENCE
        while not (value := self.run(script)):
            if time.monotonic() > end:
                text = self.run("document.body.innerText")
                raise AssertionError(f"never true: {script}\n{self.problems}\n{text}")
            time.sleep(0.03)
        return value

    def type(self, field: str, text: str):
        """Replaces what is in a field, as a keyboard does."""
        self.run(f"document.querySelector({field!r}).focus(); document.querySelector({field!r}).select()")
        self.call("Input.insertText", text=text)

    def click(self, element: str):
        self.run(f"document.querySelector({element!r}).click()")

    def choose(self, field: str, value: str):
        self.run(f"(field => {{ field.value = {value!r}; field.dispatchEvent(new Event('change')); }})"
                 f"(document.querySelector({field!r}))")
        assert self.run(f"document.querySelector({field!r}).value") == value

    def text(self, element: str) -> str:
        return self.run(f"document.querySelector({element!r}).innerText")

    def picture(self, name: str, width=1280, height=900, scheme="light"):
        """A picture of the whole page in the browser's folder."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        (self.folder / f"{name}.png").write_bytes(base64.b64decode(data))


@contextlib.contextmanager
def browser(folder: Path):
    """A browser with a profile of its own. It finds no host but this machine, whatever a page asks for."""
    from websockets.sync.client import connect

    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        lacked("chromium", f"none of {', '.join(NAMES)} is on PATH")
    # Its lock is a socket, whose path must be short. Its helpers may write for a moment longer than it lives.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
                 "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                 "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen([program, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            told = Path(profile, "DevToolsActivePort")
            end = time.monotonic() + PATIENCE
            while not (told.is_file() and told.read_text().count("\n")):
                assert process.poll() is None and time.monotonic() < end, f"{program} does not start"
                time.sleep(0.05)
            port = told.read_text().splitlines()[0]
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            tabs = json.load(opener.open(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE))
            address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
            with connect(address, max_size=None, proxy=None) as socket:
                yield Browser(socket, folder)
        finally:
            process.terminate()
            process.wait(PATIENCE)
