"""The projects of tests/packages, and the two places that some of them need: a package index with a login, and a git
repository. Both are local, and neither passes anything on."""

import base64
import contextlib
import hashlib
import re
import shutil
import subprocess
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from world import ROOT, World

PACKAGES = ROOT / "tests/packages"
LIBRARIES = PACKAGES / "libraries"


@dataclass
class Agent:
    entrypoint: str
    prompt: str
    answer: dict
    flags: tuple[str, ...] = ()


@dataclass
class Project:
    """A folder of tests/packages: its agents, and what each must answer."""

    folder: str
    agents: dict[str, Agent]
    node: bool = False
    # What the test must start: `index`, `git`.
    needs: tuple[str, ...] = ()


def one(folder: str, entrypoint: str, prompt: str, answer: dict, **more) -> Project:
    return Project(folder, {folder.replace("-", "_"): Agent(entrypoint, prompt, answer)}, **more)


PROJECTS = {project.folder: project for project in [
    one("flat", "agent.py", '{"items": ["tea", "tea", "cake"]}', {"total": 10}),
    one("src-layout", "src/orders/agent.py", '{"price": 100}',
        {"price": 75, "terms": "Thirty days, no questions.", "package": "orders.discount"}),
    Project("monorepo", {
        "writer": Agent("agents/writer/agent.py", '{"words": 12345}',
                        {"text": "12,345 words -- the writer", "has_inflection": False}),
        "reviewer": Agent("agents/reviewer/agent.py", '{"title": "first_draft"}',
                          {"text": "First Draft -- the reviewer", "has_humanize": False}),
    }),
    one("uv-workspace", "apps/assistant/agent.py", '{"name": "Ada", "times": 3}',
        {"greeting": "Hello Ada, for the 3rd time", "humanize": "4.12.3", "has_dev_group": False}),
    one("requirements", "agent.py", '{"text": "<b>"}',
        {"constrained": "3.9", "included": "4.12.3", "escaped": "&lt;b&gt;", "has_windows_only": False, "has_extra": True}),
    one("pyproject", "main.py", '{"day": "2026-01-31"}', {"later": "2026-02-28", "has_extra": False}),
    one("private-index", "agent.py", '{"seed": "abc"}', {"token": "acme-cba", "version": "2.1.0"}, needs=("index",)),
    one("git-source", "agent.py", '{"width": 6, "height": 7}', {"area": 42}, needs=("git",)),
    one("typescript", "src/agent.ts", '{"seconds": 7200}', {"spelled": "2 hours", "language": "typescript"}, node=True),
]}


def check_out(name: str, to: Path):
    """A fresh copy of a project, as a clone would make it."""
    shutil.copytree(PACKAGES / name, to, dirs_exist_ok=True)


@dataclass
class Index:
    """A package index (PEP 503) with one wheel, behind basic authentication."""

    host: str
    user: str
    password: str
    # Paths that were asked for with and without the right login.
    served: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.user}:{self.password}@{self.host}/simple/"

    def settings(self) -> dict[str, str]:
        """How a user tells pip and uv of it; both may be asked."""
        return {"PIP_EXTRA_INDEX_URL": self.url, "UV_EXTRA_INDEX_URL": self.url}


@contextlib.contextmanager
def private_index(folder: Path, password: str):
    wheel = make_wheel("acme_tokens", "2.1.0", LIBRARIES / "acme-tokens", folder)
    index = Index("", "ci", password)
    login = "Basic " + base64.b64encode(f"{index.user}:{password}".encode()).decode()

    class Pages(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if self.headers.get("Authorization") != login:
                index.refused.append(self.path)
                return self.reply(401, b"who are you?", "text/plain", {"WWW-Authenticate": 'Basic realm="acme"'})
            index.served.append(self.path)
            if self.path == "/simple/acme-tokens/":
                digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
                page = f'<!DOCTYPE html><a href="/files/{wheel.name}#sha256={digest}">{wheel.name}</a>'
                return self.reply(200, page.encode(), "text/html")
            if self.path == f"/files/{wheel.name}":
                return self.reply(200, wheel.read_bytes(), "application/octet-stream")
            self.reply(404, b"no such package", "text/plain")

        do_HEAD = do_GET

        def reply(self, status, body, kind, headers=None):
            self.send_response(status)
            for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | (headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *args):
            pass

    with serving(Pages) as host:
        index.host = host
        yield index


def make_wheel(package: str, version: str, source: Path, to: Path) -> Path:
    """A wheel of a pure package, put together by hand: there is no build system to wait for."""
    to.mkdir(parents=True, exist_ok=True)
    path = to / f"{package}-{version}-py3-none-any.whl"
    info = f"{package}-{version}.dist-info"
    files = {str(file.relative_to(source)): file.read_bytes() for file in sorted(source.rglob("*.py"))}
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = f"{info}/RECORD"
    lines = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        lines.append(f"{name},sha256={digest},{len(data)}")
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@contextlib.contextmanager
def git_repository(folder: Path):
    """The address of a bare repository with the tag `v1.4`, served over (dumb) HTTP."""
    work, bare = folder / "work", folder / "served" / "acme-shapes.git"
    shutil.copytree(LIBRARIES / "acme-shapes", work)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "First"], ["tag", "v1.4"]):
        subprocess.run(["git", *identity, *command], cwd=work, check=True)
    # What comes after the tag must not be taken.
    (work / "src/acme_shapes/__init__.py").write_text('raise ImportError("not the tag")\n')
    subprocess.run(["git", *identity, "commit", "--quiet", "-am", "Second"], cwd=work, check=True)
    subprocess.run(["git", "clone", "--quiet", "--bare", work, bare], check=True)
    subprocess.run(["git", "update-server-info"], cwd=bare, check=True)

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(bare.parent))

        def log_message(self, *args):
            pass

    with serving(Files) as host:
        yield f"git+http://{host}/acme-shapes.git"


@contextlib.contextmanager
def serving(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def use_git(folder: Path, address: str):
    """Puts the tests' repository where the project names one of its company's."""
    file = folder / "requirements.txt"
    text, count = re.subn(r"git\+https://git\.example\.com/acme-shapes\.git", address, file.read_text())
    assert count == 1
    file.write_text(text)


def ask(world: World, name: str, agent: Agent) -> dict:
    run = world.ok("invoke", agent.prompt, "-a", name, "-o", "json")
    return run.data["response"]
