"""npm's `oidc-provider` as a child of the tests, and a person with a browser for it."""

import contextlib
import html
import json
import os
import re
import subprocess
import threading
import uuid

import requests

from world import tool


class Provider:
    """A running provider: its issuer, and what its token endpoint saw."""

    def __init__(self, process):
        self.process = process
        self.requests = []
        self.changed = threading.Condition()
        for line in process.stdout:
            if line.startswith('{"issuer"'):
                started = json.loads(line)
                break
        else:
            raise RuntimeError(f"the provider did not start: {process.wait()}")
        self.issuer = started["issuer"]
        self.resource = started["resource"]
        self.discovery = f"{self.issuer}/.well-known/openid-configuration"
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                with self.changed:
                    self.requests.append(json.loads(line))
                    self.changed.notify_all()

    def wait_for(self, condition):
        """Until the token endpoint has seen what `condition` looks for."""
        with self.changed:
            assert self.changed.wait_for(lambda: any(map(condition, self.requests)), timeout=60), self.requests

    def settle(self) -> int:
        """How many requests there were, once all that were answered have come through the pipe."""
        mark = f"mark-{uuid.uuid4().hex}"
        requests.post(f"{self.issuer}/token", data={"grant_type": "mark", "client_id": mark}, timeout=60)
        with self.changed:
            marked = lambda: any(each["client"] == mark for each in self.requests)
            assert self.changed.wait_for(marked, timeout=60)
            return len(self.requests)

    @contextlib.contextmanager
    def counted(self):
        """The requests that come in meanwhile."""
        before = self.settle()
        seen = []
        yield seen
        after = self.settle()
        seen += [each for each in self.requests[before:after] if not str(each["client"]).startswith("mark-")]


@contextlib.contextmanager
def provider(client_keys: dict):
    folder = subprocess.run([tool("oidc.sh")], check=True, capture_output=True, text=True).stdout.strip()
    process = subprocess.Popen(["node", f"{folder}/server.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True,
                               env=os.environ | {"CLIENT_KEYS": json.dumps(client_keys)})
    try:
        yield Provider(process)
    finally:
        process.stdin.close()
        process.wait(timeout=30)


def secret(client: str) -> str:
    """Of the machine clients; with characters that have to be encoded."""
    return f"canary-{client}-6f1d/+ %"


class Person:
    """Follows redirects and fills in the provider's forms, as a browser does."""

    def __init__(self, name="alice"):
        self.name = name
        self.session = requests.Session()
        self.session.trust_env = False

    def visit(self, url: str) -> requests.Response:
        """Goes on until there is no form left to fill in."""
        page = self.session.get(url, timeout=60)
        for _ in range(10):
            form = re.search(r"<form[^>]*>.*?</form>", page.text, re.S)
            if page.status_code != 200 or form is None:
                return page
            action = re.search(r'action="([^"]+)"', form.group()).group(1)
            fields = {}
            for field in re.findall(r"<input[^>]*>", form.group()):
                name = re.search(r'name="([^"]+)"', field)
                value = re.search(r'value="([^"]*)"', field)
                if name:
                    fields[name.group(1)] = html.unescape(value.group(1)) if value else ""
            for name, value in {"login": self.name, "password": "anything"}.items():
                if name in fields:
                    fields[name] = value
            page = self.session.post(requests.compat.urljoin(page.url, html.unescape(action)), data=fields, timeout=60)
        raise AssertionError(f"forms without end at {page.url}")
