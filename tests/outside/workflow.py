"""A runner for the workflow and the action of this repository: jobs, conditions, steps and the files that steps get, as GitHub's
runner has them. It knows the expressions that these use and fails on any other.

`uses:` steps are emulated: a checkout is there already, credentials become variables, an upload is noted.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml


class Loader(yaml.SafeLoader):
    """`on:` is a key of a workflow, and no `true`."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str):
    return booleans(yaml.load(text, Loader))


def booleans(value):
    if isinstance(value, dict):
        return {key: booleans(one) for key, one in value.items()}
    if isinstance(value, list):
        return [booleans(one) for one in value]
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def look_up(name: str, contexts: dict):
    value = contexts
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


TOKEN = re.compile(r"\s*(&&|\|\||==|!=|'[^']*'|[A-Za-z_][\w.-]*(?:\(\))?)")


def evaluate(expression: str, contexts: dict):
    """`a == 'b' && c != d`, names, texts and `always()`."""
    tokens, at = [], 0
    while expression[at:].strip():
        match = TOKEN.match(expression, at)
        assert match, f"an expression that this runner does not know: {expression!r}"
        tokens.append(match[1])
        at = match.end()

    def operand(token):
        if token == "always()":
            return True
        if token.startswith("'"):
            return token[1:-1]
        assert not token.endswith("()"), expression
        return look_up(token, contexts)

    def comparison(part):
        if len(part) == 1:
            return operand(part[0])
        assert len(part) == 3 and part[1] in ("==", "!="), expression
        # A missing value and an empty text are the same there.
        left, right = (operand(token) or "" for token in (part[0], part[2]))
        return (left == right) == (part[1] == "==")

    assert "||" not in tokens, f"this runner has no `||`: {expression!r}"
    parts, current = [], []
    for token in tokens:
        if token == "&&":
            parts.append(current)
            current = []
        else:
            current.append(token)
    results = [comparison(part) for part in [*parts, current]]
    return results[0] if len(results) == 1 else all(results)


def text_of(value) -> str:
    return {True: "true", False: "false", None: ""}.get(value, value) if isinstance(value, (bool, type(None))) else str(value)


def fill(text, contexts: dict) -> str:
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: text_of(evaluate(match[1], contexts)), text_of(text))


@dataclass
class Step:
    """What a step left behind."""

    name: str
    code: int = 0
    log: str = ""
    outputs: dict = field(default_factory=dict)
    summary: str = ""

    @property
    def commands(self) -> list[str]:
        return [line for line in self.log.splitlines() if line.startswith("::")]


def key_values(text: str) -> dict:
    """The file of `GITHUB_OUTPUT`: `name=value`, or `name<<DELIMITER`, lines, `DELIMITER`."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, mark, delimiter = line.partition("<<")
        if mark and "=" not in name:
            value = []
            for one in lines:
                if one == delimiter:
                    break
                value.append(one)
            else:
                raise AssertionError(f"{name} does not end:\n{text}")
            found[name] = "\n".join(value)
        else:
            name, equals, value = line.partition("=")
            assert equals, f"no output: {line!r}"
            found[name] = value
    return found


class Runner:
    """One machine after another, on one checkout."""

    def __init__(self, world, folder: Path, variables: dict, secrets: dict | None = None):
        self.world, self.folder, self.variables, self.secrets = world, folder, variables, secrets or {}
        self.jobs = 0
        self.roles: list[str] = []

    def workflow(self, text: str, event: dict) -> dict[str, list[Step]]:
        """Runs the jobs whose conditions hold; a failed step fails the test."""
        document = load(text)
        done: dict[str, list[Step]] = {}
        for name, job in document["jobs"].items():
            github = {**event, "repository": "acme/agents", "workspace": str(self.world.project)}
            contexts = {"github": github, "vars": self.variables, "secrets": self.secrets}
            contexts["env"] = {key: fill(value, contexts) for key, value in document.get("env", {}).items()}
            needs = job.get("needs", [])
            needs = [needs] if isinstance(needs, str) else needs
            if any(need not in done for need in needs) or ("if" in job and not evaluate(job["if"], contexts)):
                continue
            assert fill(document["concurrency"]["group"], contexts) and document["concurrency"]["cancel-in-progress"] is False
            assert job["permissions"] == {"contents": "read", "id-token": "write"}
            folder = document.get("defaults", {}).get("run", {}).get("working-directory", ".")
            done[name] = self.steps(job["steps"], contexts, folder)
        return done

    def steps(self, steps: list, contexts: dict, folder: str, action: Path | None = None) -> list[Step]:
        self.jobs += 1
        temp = self.folder / f"job-{self.jobs}"
        temp.mkdir(parents=True)
        contexts = {**contexts, "runner": {"temp": str(temp)}, "steps": {}}
        contexts["github"] = {**contexts["github"], "action_path": str(action or "")}
        env = {**self.world.env, **contexts.get("env", {})}
        env |= {"GITHUB_ACTIONS": "true", "CI": "true", "RUNNER_TEMP": str(temp), "GITHUB_WORKSPACE": str(self.world.project)}
        done = []
        for number, step in enumerate(steps):
            if "if" in step and not evaluate(step["if"], contexts):
                continue
            result = Step(step.get("name", step.get("uses", "")))
            if "uses" in step:
                self.action(step, contexts, env)
            else:
                self.shell(step, contexts, env, (temp / str(number), folder), result)
                contexts["steps"][step.get("id", "")] = {"outputs": result.outputs}
            done.append(result)
            assert result.code == 0, f"{result.name} ended with {result.code}:\n{result.log}"
        self.contexts = contexts
        return done

    def action(self, step: dict, contexts: dict, env: dict):
        name, _, version = step["uses"].partition("@")
        assert re.fullmatch(r"v\d+", version), step
        given = {key: fill(value, contexts) for key, value in step.get("with", {}).items()}
        match name:
            case "actions/checkout" | "actions/upload-artifact":
                pass
            case "aws-actions/configure-aws-credentials":
                # The world has credentials of the sandbox already: those that this role would give.
                self.roles.append(given["role-to-assume"])
                env["AWS_REGION"] = env["AWS_DEFAULT_REGION"] = given["aws-region"]
            case other:
                raise AssertionError(f"this runner does not know the action {other}")

    def shell(self, step: dict, contexts: dict, env: dict, place: tuple[Path, str], result: Step):
        base, default = place
        files = {name: base.with_suffix(f".{name.lower()}") for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
        for file in files.values():
            file.touch()
        own = {key: fill(value, contexts) for key, value in step.get("env", {}).items()}
        folder = self.world.project / fill(step.get("working-directory", default), contexts)
        script = base.with_suffix(".sh")
        script.write_text(fill(step["run"], contexts))
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", script], cwd=folder,
                              env={**env, **own, **{key: str(file) for key, file in files.items()}},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
        result.code, result.log = done.returncode, done.stdout.decode()
        result.outputs = key_values(files["GITHUB_OUTPUT"].read_text())
        result.summary = files["GITHUB_STEP_SUMMARY"].read_text()
        for line in files["GITHUB_PATH"].read_text().splitlines():
            env["PATH"] = f"{line}{os.pathsep}{env['PATH']}"
