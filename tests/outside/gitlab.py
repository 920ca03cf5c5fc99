"""A runner for the pipeline of `ci init gitlab`: included files, `extends`, rules, variables and ID tokens, as GitLab's runner has them.
It knows the rules that this file uses and fails on any other.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

STAGES = (".pre", "build", "test", "deploy", ".post")


@dataclass
class Job:
    """What a job left behind."""

    name: str
    log: str
    # The variables that its `dotenv` report gives to later jobs.
    dotenv: dict = field(default_factory=dict)


def loaded(project: Path, name: str = ".gitlab-ci.yml") -> dict:
    """The file with those that it includes; its own keys win."""
    document = yaml.safe_load((project / name).read_text())
    includes = document.pop("include", [])
    for one in [includes] if isinstance(includes, (str, dict)) else includes:
        local = one if isinstance(one, str) else one["local"]
        document = merged(loaded(project, local.lstrip("/")), document)
    return document


def merged(under: dict, over: dict) -> dict:
    """Maps are merged, and anything else is replaced."""
    both = {key: merged(under[key], value) if isinstance(value, dict) and isinstance(under.get(key), dict) else value
            for key, value in over.items()}
    return {**under, **both}


def resolved(document: dict, name: str) -> dict:
    job = dict(document[name])
    parents = job.pop("extends", [])
    for parent in [parents] if isinstance(parents, str) else reversed(parents):
        job = merged(resolved(document, parent), job)
    return job


def expanded(text: str, variables: dict) -> str:
    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda match: variables.get(match[1] or match[2], ""), str(text))


def holds(rule: str, variables: dict) -> bool:
    """`$A == "x" && $B == $C`"""
    def value(operand: str):
        if operand.startswith("$"):
            return variables.get(operand[1:])
        assert re.fullmatch(r'"[^"]*"', operand), rule
        return operand[1:-1]

    results = []
    for comparison in rule.split("&&"):
        match = re.fullmatch(r"\s*(\S+)\s*(==|!=)\s*(\S+)\s*", comparison)
        assert match, f"a rule that this runner does not know: {rule!r}"
        results.append((value(match[1]) == value(match[3])) == (match[2] == "=="))
    return all(results)


class Runner:
    """One machine after another, on one checkout. `token` makes the ID token for an audience."""

    def __init__(self, world, variables: dict, token):
        self.world, self.variables, self.token = world, variables, token

    def pipeline(self, predefined: dict, started=()) -> list[Job]:
        """Runs the jobs whose rules hold, stage by stage, and of the manual ones those that somebody started. A job that fails fails
        the test."""
        project = self.world.project
        document = loaded(project)
        known = {**self.variables, **predefined, "CI": "true", "GITLAB_CI": "true", "CI_PROJECT_DIR": str(project), "CI_PIPELINE_ID": "1001"}
        jobs = {name: resolved(document, name) for name, one in document.items()
                if isinstance(one, dict) and not name.startswith(".") and name not in ("variables", "default", "workflow")}
        chosen = []
        for name, job in jobs.items():
            rule = next((rule for rule in job["rules"] if "if" not in rule or holds(rule["if"], known)), None)
            if rule and (rule.get("when", "on_success") != "manual" or name in started):
                chosen.append((STAGES.index(job.get("stage", "test")), name, job))
        return [self.run(name, job, known) for _, name, job in sorted(chosen, key=lambda one: one[0])]

    def run(self, name: str, job: dict, known: dict) -> Job:
        variables = dict(known)
        for key, value in {**job.get("variables", {})}.items():
            variables[key] = expanded(value, variables)
        for key, token in job.get("id_tokens", {}).items():
            variables[key] = self.token(expanded(token["aud"], variables))
        # A stage of its own has none of the credentials that this machine's user has.
        env = {key: value for key, value in self.world.env.items() if not key.startswith("AWS_") or key == "AWS_ENDPOINT_URL"}
        script = "\n".join([*job.get("before_script", []), *job["script"]])
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=self.world.project,
                              env={**env, **variables}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=600)
        log = done.stdout.decode()
        assert done.returncode == 0, f"{name} ended with {done.returncode}:\n{log}"
        reports = job.get("artifacts", {}).get("reports", {})
        dotenv = self.world.project / reports["dotenv"] if "dotenv" in reports else None
        # One `NAME=value` a line, without quotes.
        lines = dotenv.read_text().splitlines() if dotenv else []
        for other in (dotenv, *(self.world.project / path for path in job.get("artifacts", {}).get("paths", []))):
            if other and other.exists():
                os.replace(other, self.world.project.parent / f"{name}-{other.name}")
        return Job(name, log, dict(line.split("=", 1) for line in lines))
