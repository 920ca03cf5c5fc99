"""The binary in a clean environment, and what a run of it left behind."""

import contextlib
import json
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/inbound-auth"
ACCOUNT = "123456789012"

# How package indexes, and the engine, are reached from this machine.
PASSED_ON = ("PIP_", "UV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


def tool(name: str) -> Path:
    return ROOT / "tests/tools" / name


@dataclass
class Run:
    argv: str
    code: int
    stdout: bytes
    stderr: bytes

    def __str__(self):
        return (f"`agentcore {self.argv}` ended with {self.code}\n--- stdout\n{self.stdout.decode(errors='replace')}"
                f"\n--- stderr\n{self.stderr.decode(errors='replace')}\n---")

    def expect(self, code: int) -> "Run":
        assert self.code == code, f"wanted exit status {code}\n{self}"
        return self

    @property
    def data(self):
        document = json.loads(self.stdout)
        assert document["ok"] is True and document["schema"], str(self)
        return document["data"]


class World:
    """A home, a project and an environment for the binary; nothing of the caller's gets in unnamed."""

    def __init__(self, binary: Path, folder: Path):
        self.binary = binary
        self.folder = folder
        self.project = folder / "project"
        for name in ("home", "tmp", "project"):
            (folder / name).mkdir()
        self.env = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
        self.env |= {
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00",
            "AWS_SECRET_ACCESS_KEY": "not-a-real-secret-key",
            "AWS_REGION": "us-west-2",
            "AWS_EC2_METADATA_DISABLED": "true",
            # Nobody listens there: a test that wants an AWS names it.
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        }

    def use_engine(self):
        """Lets the binary see the engine that the tests use."""
        for name in ("DOCKER_HOST", "DOCKER_BUILDKIT", "DOCKER_CONFIG"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        if "ENGINE_BIN" in os.environ:
            self.env["PATH"] = f"{os.environ['ENGINE_BIN']}:{self.env['PATH']}"

    def run(self, *args, stdin: bytes | str | None = None, env: dict | None = None, timeout=600) -> Run:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run([self.binary, *map(str, args)], cwd=self.project, env=self.env | (env or {}),
                              input=data if data is not None else b"", capture_output=True, timeout=timeout)
        return Run(shlex.join(map(str, args)), done.returncode, done.stdout, done.stderr)

    def ok(self, *args, **more) -> Run:
        return self.run(*args, **more).expect(0)

    def write(self, name: str, text: str) -> Path:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def use_example(self):
        for path in EXAMPLE.iterdir():
            if path.suffix in (".py", ".txt"):
                shutil.copy(path, self.project)

    @contextlib.contextmanager
    def sandbox(self, *args):
        """A running sandbox that this world's environment points at."""
        folder = self.folder / "sandbox"
        del self.env["AWS_ENDPOINT_URL"]
        self.ok("sandbox", "start", "--dir", folder, *args)
        try:
            for line in self.ok("sandbox", "env", "--dir", folder).stdout.decode().splitlines():
                name, equals, value = line.strip().removeprefix("export ").partition("=")
                if equals:
                    self.env[name] = "".join(shlex.split(value))
            assert "AWS_ENDPOINT_URL" in self.env
            yield self
        finally:
            self.run("sandbox", "stop", "--dir", folder)

    def boto(self, service: str, **more):
        """boto3's client for this world's AWS."""
        import boto3
        from botocore.config import Config

        session = boto3.Session(self.env["AWS_ACCESS_KEY_ID"], self.env["AWS_SECRET_ACCESS_KEY"],
                                self.env.get("AWS_SESSION_TOKEN"), self.env["AWS_REGION"])
        config = Config(retries={"max_attempts": 1}, read_timeout=60)
        return session.client(service, endpoint_url=self.env["AWS_ENDPOINT_URL"], config=config, **more)


def signed(world, order: dict) -> str:
    """A token of the sandbox: `POST /_sandbox/tokens`, signed by botocore."""
    import urllib.request

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    body = json.dumps(order)
    request = AWSRequest("POST", f"{world.env['AWS_ENDPOINT_URL']}/_sandbox/tokens", data=body)
    keys = Credentials(world.env["AWS_ACCESS_KEY_ID"], world.env["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(keys, "bedrock-agentcore", world.env["AWS_REGION"]).add_auth(request)
    sent = urllib.request.Request(request.url, body.encode(), dict(request.headers.items()), method="POST")
    with urllib.request.urlopen(sent) as answer:
        return json.load(answer)["token"]


def trust_policy() -> str:
    """What lets AgentCore assume a role."""
    return json.dumps({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }],
    })


def pull_policy() -> str:
    """What a role needs for its image."""
    actions = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
    })
