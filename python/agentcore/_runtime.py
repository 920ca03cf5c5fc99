"""`Runtime`: an agent's life, with the methods, arguments and results of the starter toolkit's class of that name."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ._binary import AgentcoreError, run, to_stderr

TOKENS = ("AGENTCORE_BEARER_TOKEN", "BEDROCK_AGENTCORE_BEARER_TOKEN")
MEMORY = {"NO_MEMORY": "none", "STM_ONLY": "stm", "STM_AND_LTM": "ltm"}


@dataclass
class ConfigureResult:
    config_path: Path
    dockerfile_path: Optional[Path]
    dockerignore_path: Optional[Path]
    runtime: Optional[str]
    runtime_type: Optional[str]
    region: Optional[str]
    account_id: Optional[str]
    execution_role: Optional[str]
    ecr_repository: Optional[str]
    auto_create_ecr: bool
    s3_path: Optional[str]
    auto_create_s3: bool
    memory_id: Optional[str]
    network_mode: Optional[str]
    network_subnets: Optional[List[str]]
    network_security_groups: Optional[List[str]]
    network_vpc_id: Optional[str] = None


@dataclass
class LaunchResult:
    """`ecr_uri` is the repository, `image_uri` the image that the runtime was given, `codebuild_id` the build of an image that
    CodeBuild built for this launch; an image that was there already is not built again."""

    mode: str
    tag: Optional[str] = None
    env_vars: Optional[Dict[str, str]] = None
    port: Optional[int] = None
    runtime: Optional[LocalRuntime] = None
    ecr_uri: Optional[str] = None
    agent_id: Optional[str] = None
    agent_arn: Optional[str] = None
    codebuild_id: Optional[str] = None
    build_output: Optional[List[str]] = None
    image_uri: Optional[str] = None


class StatusConfigInfo(SimpleNamespace):
    """What is configured: `name`, `region`, `agent_arn` and the others that `agentcore status --verbose` has."""


@dataclass
class StatusResult:
    """`agent` and `endpoint` are the service's answers, and None where nothing is deployed."""

    config: StatusConfigInfo
    agent: Optional[Dict[str, Any]] = None
    endpoint: Optional[Dict[str, Any]] = None


@dataclass
class DestroyResult:
    agent_name: str
    resources_removed: List[str] = field(default_factory=list)
    warnings: List[str] = field(default_factory=list)
    errors: List[str] = field(default_factory=list)
    dry_run: bool = False


class Text(str):
    """An answer as text. `decode()` gives the JSON that the agent sent, as with the bytes that boto3 returns."""

    sent: str

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return self.sent


class Runtime:
    """An agent of this folder: `configure`, then `launch`, `status`, `invoke`, `stop_session`, `destroy`."""

    def __init__(self) -> None:
        self.name: Optional[str] = None
        self._folder: Optional[Path] = None

    def configure(
        self,
        entrypoint: str,
        execution_role: Optional[str] = None,
        code_build_execution_role: Optional[str] = None,
        agent_name: Optional[str] = None,
        requirements: Optional[List[str]] = None,
        requirements_file: Optional[str] = None,
        ecr_repository: Optional[str] = None,
        container_runtime: Optional[str] = None,
        auto_create_ecr: bool = True,
        auto_create_execution_role: bool = False,
        s3_path: Optional[str] = None,
        auto_create_s3: bool = False,
        authorizer_configuration: Optional[Dict[str, Any]] = None,
        request_header_configuration: Optional[Dict[str, Any]] = None,
        region: Optional[str] = None,
        protocol: Optional[str] = None,
        disable_otel: bool = False,
        memory_mode: str = "NO_MEMORY",
        non_interactive: bool = True,
        vpc_enabled: bool = False,
        vpc_subnets: Optional[List[str]] = None,
        vpc_security_groups: Optional[List[str]] = None,
        idle_timeout: Optional[int] = None,
        max_lifetime: Optional[int] = None,
        deployment_type: str = "container",
        runtime_type: Optional[str] = None,
    ) -> ConfigureResult:
        """Describes the agent in `.bedrock_agentcore.yaml` of this folder. What is None stays as it is there."""
        if not execution_role and not auto_create_execution_role:
            raise ValueError("who runs the agent: give `execution_role`, or `auto_create_execution_role=True`")
        if deployment_type == "direct_code_deploy" and not runtime_type:
            raise ValueError("`direct_code_deploy` needs a `runtime_type`, such as 'PYTHON_3_13'")
        if memory_mode not in MEMORY:
            raise ValueError(f"`memory_mode` is one of {', '.join(MEMORY)}")
        file = re.sub(r"(?<=\.py):\w+$", "", entrypoint)
        made: Optional[Path] = None
        if requirements and not requirements_file:
            beside = Path(file).parent / "requirements.txt"
            made = beside if _write_requirements(beside, requirements) else None
            requirements_file = str(beside)
        arguments = ["configure", "--entrypoint", file, "--memory", MEMORY[memory_mode], "--deployment-type", deployment_type]
        for flag, value in [
            ("--name", agent_name),
            ("--execution-role", execution_role),
            ("--code-build-execution-role", code_build_execution_role),
            ("--requirements-file", requirements_file),
            ("--ecr", ecr_repository),
            ("--container-runtime", container_runtime),
            ("--s3", s3_path),
            ("--authorizer-config", authorizer_configuration and json.dumps(authorizer_configuration)),
            ("--request-header-allowlist", _list((request_header_configuration or {}).get("requestHeaderAllowlist"))),
            ("--region", region),
            ("--protocol", protocol),
            ("--subnets", _list(vpc_subnets)),
            ("--security-groups", _list(vpc_security_groups)),
            ("--idle-timeout", idle_timeout),
            ("--max-lifetime", max_lifetime),
            ("--runtime", runtime_type),
        ]:
            if value is not None and value != {}:
                arguments += [flag, str(value)]
        switches = {"--disable-otel": disable_otel, "--vpc": vpc_enabled, "--no-authorizer": authorizer_configuration == {}}
        arguments += [flag for flag, is_on in switches.items() if is_on]
        try:
            done = run(arguments, Path.cwd())
        except BaseException:
            if made:
                made.unlink()
            raise
        self.name, self._folder = done["agent"], Path(done["config"]).parent
        shown = run(["configure", "show", *self._agent()], self._folder)["values"]
        known = {key: value["value"] for key, value in shown.items()}
        network = known["network"] or {}
        vpc = network.get("networkModeConfig") or {}
        written = {Path(each["path"]).name: self._folder / each["path"] for each in done["files"]}
        return ConfigureResult(
            config_path=Path(done["config"]),
            dockerfile_path=written.get("Dockerfile"),
            dockerignore_path=written.get(".dockerignore"),
            runtime=known["container_runtime"],
            runtime_type=runtime_type,
            region=known["region"],
            account_id=known["account"],
            execution_role=execution_role,
            ecr_repository=ecr_repository,
            auto_create_ecr=auto_create_ecr and not ecr_repository,
            s3_path=s3_path,
            auto_create_s3=auto_create_s3,
            memory_id=known.get("memory_id") if known.get("memory_id") != "created by launch" else None,
            network_mode=network.get("networkMode"),
            network_subnets=vpc.get("subnets"),
            network_security_groups=vpc.get("securityGroups"),
        )

    def launch(
        self,
        local: bool = False,
        local_build: bool = False,
        auto_update_on_conflict: bool = False,
        env_vars: Optional[Mapping[str, str]] = None,
    ) -> LaunchResult:
        """Builds the agent, creates or updates its runtime and waits until it is READY. With `local` nothing is deployed: the
        result's `runtime.run_local(tag, port, env_vars)` builds and serves it on this machine until it is interrupted."""
        agent, folder = self._agent(), self._configured()
        variables = {name: str(value) for name, value in (env_vars or {}).items()}
        if local and local_build:
            raise ValueError("`local` runs the agent on this machine, `local_build` deploys it: choose one")
        if local:
            tag = f"bedrock_agentcore-{self.name}"
            return LaunchResult("local", tag, variables, port=8080, runtime=LocalRuntime(agent, folder))
        arguments = ["launch", *agent, "--env-file", "-"][: None if variables else -2]
        arguments += [flag for flag, is_on in {"--local-build": local_build, "--adopt": auto_update_on_conflict}.items() if is_on]
        data = run(arguments, folder, json.dumps(variables))
        runtime, image = data["runtime"], data["runtime"]["image"]
        build = data.get("codebuildId")
        mode = "direct_code_deploy" if image is None else "codebuild" if build else "cloud"
        repository = None if image is None else re.sub(r"(:[^/@:]+)?(@.+)?$", "", image)
        return LaunchResult(mode, ecr_uri=repository, image_uri=image, agent_id=runtime["id"], agent_arn=runtime["arn"],
                            codebuild_id=build)

    def invoke(
        self,
        payload: Any,
        session_id: Optional[str] = None,
        bearer_token: Optional[str] = None,
        local: bool = False,
        user_id: Optional[str] = None,
    ) -> Dict[str, Any]:
        """Calls the agent. The text is in `response`: a list of one for a signed call, the text alone for one with a token and
        for a local one. A stream of events is printed as it comes, and its joined text returned."""
        arguments = ["invoke", "-", "--live", *self._agent()]
        for flag, value in {"--session-id": session_id, "--user-id": None if bearer_token else user_id}.items():
            arguments += [flag, value] if value else []
        arguments += ["--local"] if local else []
        environment = {name: value for name, value in os.environ.items() if name not in TOKENS}
        if bearer_token:
            environment[TOKENS[0]] = bearer_token
        sent = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        data = run(arguments, self._configured(), sent, environment, _show)
        text = _text(data["response"], data["contentType"])
        if bearer_token or local:
            return {"response": text.sent}
        return {
            "ResponseMetadata": {"RequestId": data["requestId"], "HTTPStatusCode": data["status"]},
            "runtimeSessionId": data["sessionId"],
            "contentType": data["contentType"],
            "statusCode": data["status"],
            "response": [text],
        }

    def status(self) -> StatusResult:
        """What is configured and what is deployed."""
        found = run(["status", "--verbose", *self._agent()], self._configured())["toolkit"]
        return StatusResult(StatusConfigInfo(**found["config"]), found["agent"], found["endpoint"])

    def stop_session(self, session_id: Optional[str] = None) -> Dict[str, Any]:
        """Ends a session, by default the last one that `invoke` used."""
        arguments = ["stop-session", *self._agent()] + (["--session-id", session_id] if session_id else [])
        try:
            session_id = run(arguments, self._configured())["sessionId"]
            code, message = 200, "Session stopped successfully"
        except AgentcoreError as error:
            if session_id is None or error.code != "ResourceNotFoundException":
                raise
            code, message = 404, "Session not found (may have already been terminated)"
        return {"session_id": session_id, "agent_name": self.name, "status_code": code, "message": message}

    def destroy(self, dry_run: bool = False, delete_ecr_repo: bool = False) -> DestroyResult:
        """Deletes what `launch` made, and keeps the rest, which `warnings` names. A failure is an error of its own."""
        arguments = ["destroy", *self._agent(), "--dry-run" if dry_run else "--force"]
        data = run(arguments + (["--delete-ecr-repo"] if delete_ecr_repo else []), self._configured())
        result = DestroyResult(data["agent"], dry_run=dry_run)
        for step in data["steps"]:
            name = f"{step['resource']}: {step['name']}"
            if step["action"] == "delete":
                result.resources_removed.append(name)
            elif step["action"] == "keep":
                result.warnings.append("; ".join([f"{name} is kept", *step.get("details", ())]))
        if not dry_run:
            self.name = self._folder = None
        return result

    def _configured(self) -> Path:
        if self._folder is None:
            raise ValueError("nothing is configured yet: call `configure()` first, which changes only what its arguments say")
        return self._folder

    def _agent(self) -> List[str]:
        self._configured()
        return ["--agent", str(self.name)]


@dataclass
class LocalRuntime:
    """What `launch(local=True)` returns to run the agent with."""

    agent: List[str] = field(repr=False)
    folder: Path

    def run_local(self, tag: str, port: int = 8080, env_vars: Optional[Mapping[str, str]] = None) -> None:
        """Serves the agent at 127.0.0.1:`port` until the cell is interrupted."""
        arguments = ["launch", "--local", *self.agent, "--port", str(port), "--env-file", "-"]
        run(arguments, self.folder, json.dumps(dict(env_vars or {})))


def _list(items: Optional[Sequence[str]]) -> Optional[str]:
    return ",".join(items) if items else None


def _write_requirements(path: Path, requirements: List[str]) -> bool:
    """Whether there was no such file yet."""
    if path.exists():
        if path.read_text(encoding="utf-8").split() == " ".join(requirements).split():
            return False
        raise ValueError(f"`{path}` has other requirements: name it as `requirements_file`, or delete it")
    path.write_text("\n".join(requirements) + "\n", encoding="utf-8")
    return True


def _piece(line: str) -> str:
    """The text of a line of an event stream."""
    if not line.startswith("data:"):
        return ""
    data = line[5:].strip()
    try:
        value = json.loads(data)
    except ValueError:
        return data + "\n"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) + "\n\n"


def _show(line: str) -> None:
    if line.startswith("data:"):
        print(_piece(line), end="", flush=True)
    elif line.strip() and not line.startswith((":", "event:", "id:", "retry:")):
        to_stderr(line)


def _text(response: Any, content_type: str) -> Text:
    # An MCP server's answer was taken out of its stream. A line ends with a line feed only: text may have U+2028.
    if isinstance(response, str) and content_type.startswith("text/event-stream"):
        response = "".join(map(_piece, response.split("\n")))
        print(flush=True)
    sent = response if isinstance(response, str) and not content_type.startswith("application/json") else None
    sent = json.dumps(response, ensure_ascii=False) if sent is None else sent
    text = Text(response if isinstance(response, str) else sent)
    text.sent = sent
    return text
