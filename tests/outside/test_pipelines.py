"""The workflow of `ci init` and the action of this repository, executed step by step against the sandbox; the schemas of those who
read such files; JUnit files as Python's parser reads them."""

import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import gitlab
from conftest import lacked
from workflow import Runner, fill, load
from world import ACCOUNT, ROOT, World, signed

AGENT = '''
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
'''

ROLE = "arn:aws:iam::123456789012:role/pipeline"


@pytest.fixture(scope="module")
def installed(binary, tmp_path_factory) -> Path:
    """A package that pip installs without an index, with the binary as its `agentcore`: what a wheel of ours is."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "agentcore"\nversion = "0"\n')
    (folder / "backend.py").write_text(f'''
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "agentcore-0-py3-none-any.whl"
    with zipfile.ZipFile(f"{{folder}}/{{name}}", "w") as wheel:
        script = zipfile.ZipInfo("agentcore-0.data/scripts/agentcore")
        script.external_attr = 0o100755 << 16
        wheel.writestr(script, '#!/bin/sh\\nexec "{binary}" "$@"\\n')
        wheel.writestr("agentcore-0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: agentcore\\nVersion: 0\\n")
        wheel.writestr("agentcore-0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("agentcore-0.dist-info/RECORD", "")
    return name
''')
    return folder


@pytest.fixture
def project(sandbox, binary, tmp_path):
    """A project of its own in the sandbox's account."""
    world = World(binary, tmp_path)
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AGENTCORE_PLATFORM",
                 "AGENTCORE_BASE_IMAGE"):
        if name in sandbox.env:
            world.env[name] = sandbox.env[name]
    world.write("agent.py", AGENT)
    world.write("requirements.txt", "")
    world.name = "p" + os.urandom(4).hex()
    world.ok("configure", "-ni", "-e", "agent.py", "-n", world.name, "--region", "us-west-2", "-do")
    return world


def pull_request(action: str, number: int = 7, fork: bool = False) -> dict:
    repository = "someone/agents" if fork else "acme/agents"
    return {"event_name": "pull_request", "event": {
        "action": action, "number": number, "pull_request": {"head": {"repo": {"full_name": repository}}}}}


PUSH = {"event_name": "push", "event": {}}


def runtimes(world) -> set[str]:
    return {one["agentRuntimeName"] for one in world.boto("bedrock-agentcore-control").list_agent_runtimes()["agentRuntimes"]}


def fresh_clone(world, text: str):
    """What a runner checks out: the committed configuration, and nothing that a launch wrote."""
    for path in (world.project / ".bedrock_agentcore").rglob("*"):
        if path.is_file() and "Dockerfile" not in path.name and ".dockerignore" not in path.name:
            path.unlink()
    world.write(".bedrock_agentcore.yaml", text)


def test_the_workflow_plans_launches_and_cleans_up(project, installed, tmp_path):
    written = project.ok("ci", "init", "github", "-o", "json").data["files"]
    workflow = (project.project / written[0]["path"]).read_text()
    committed = (project.project / ".bedrock_agentcore.yaml").read_text()
    runner = Runner(project, tmp_path / "runner", {"AGENTCORE_ROLE_ARN": ROLE, "AGENTCORE_WHEEL": str(installed)})

    # A pull request: the plan of the main branch, and an environment of its own.
    jobs = runner.workflow(workflow, pull_request("opened"))
    assert list(jobs) == ["plan", "preview"]
    plan = jobs["plan"][-1]
    assert plan.outputs["exit_reason"] == "changes-pending" and plan.outputs["changed"] == "true"
    assert plan.summary.startswith(f"### Plan to launch {project.name} in account ") and "| create | runtime |" in plan.summary
    launched = next(step for step in jobs["preview"] if step.name == "Launch")
    assert launched.outputs["environment"] == "pr-7" and launched.outputs["changed"] == "true"
    assert "smoke test" in launched.summary
    [preview_name] = [name for name in runtimes(project) if name.startswith(project.name)]
    assert preview_name != project.name
    assert set(runner.roles) == {ROLE}

    # The same once more, from a fresh clone: nothing is changed.
    fresh_clone(project, committed)
    jobs = runner.workflow(workflow, pull_request("synchronize"))
    launched = next(step for step in jobs["preview"] if step.name == "Launch")
    assert launched.outputs["changed"] == "false", launched.log

    # Merged: the main branch's own agent, twice.
    for changed in ("true", "false"):
        fresh_clone(project, committed)
        jobs = runner.workflow(workflow, PUSH)
        assert list(jobs) == ["release"]
        launched = next(step for step in jobs["release"] if step.name == "Launch")
        assert launched.outputs["changed"] == changed, launched.log
        assert launched.outputs["version"] == "1" and "environment" not in launched.outputs
    files = list((tmp_path / "runner").rglob("agentcore-smoke.xml"))
    assert files and all(ElementTree.parse(file).getroot().tag == "testsuites" for file in files)
    for file in (tmp_path / "runner").rglob("agentcore-events.ndjson"):
        assert all(json.loads(line)["schema"] == "agentcore.event/1" for line in file.read_text().splitlines())

    # Closed: the environment goes, and the main branch's agent stays.
    fresh_clone(project, committed)
    jobs = runner.workflow(workflow, pull_request("closed"))
    assert list(jobs) == ["cleanup"] and jobs["cleanup"][-1].outputs["changed"] == "true"
    assert {name for name in runtimes(project) if name.startswith(project.name)} == {project.name}

    # What comes from a fork gets nothing.
    assert runner.workflow(workflow, pull_request("opened", 8, fork=True)) == {}


MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_PROJECT_ID": "1",
                 "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", "CI_COMMIT_REF_NAME": "feature"}
MAIN = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_NAME": "main"}


def test_gitlabs_pipeline_runs_with_its_own_token(binary, installed, tmp_path):
    """From the ID token to the role that `iam role` prints, with nothing else to go by, in an account that judges its callers."""
    world = World(binary, tmp_path)
    with world.sandbox("--runner", "process", "--enforce-iam"):
        world.write("agent.py", AGENT)
        world.write("requirements.txt", "")
        world.ok("configure", "-ni", "-e", "agent.py", "-n", "desk", "--region", "us-west-2", "-do")
        world.ok("ci", "init", "gitlab")
        committed = (world.project / ".bedrock_agentcore.yaml").read_text()
        pool = world.boto("cognito-idp").create_user_pool(PoolName="gitlab")["UserPool"]["Id"]
        issuer = f"{world.env['AWS_ENDPOINT_URL']}/{pool}"

        def token(audience: str) -> str:
            claims = {"iss": issuer, "aud": audience, "sub": "project_path:acme/agents:ref_type:branch:ref:feature", "exp": 4102444800, "iat": 0}
            return signed(world, {"issuer": issuer, "claims": claims})

        # The command in the head of the file, with this issuer in place of GitLab's.
        head = (world.project / ".gitlab/agentcore.yml").read_text().split("agentcore iam role", 1)[1].split("# AGENTCORE_WHEEL")[0]
        command = shlex.split(head.replace("#", "").replace("\\\n", " ").replace("GROUP/PROJECT", "acme/agents"))
        role = world.ok("iam", "role", *command, "-o", "json").data
        trust = json.dumps(role["trust"])
        assert "oidc-provider/gitlab.com" in trust and '"gitlab.com:' in trust, trust
        ours = issuer.split("://")[1]
        trust = trust.replace("oidc-provider/gitlab.com", f"oidc-provider/{ours}").replace('"gitlab.com:', f'"{ours}:')
        iam = world.boto("iam")
        iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["https://gitlab.com"])
        arn = iam.create_role(RoleName=role["name"], AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        for name, policy in role["policies"].items():
            iam.put_role_policy(RoleName=role["name"], PolicyName=name, PolicyDocument=json.dumps(policy))
        runner = gitlab.Runner(world, {"AGENTCORE_ROLE_ARN": arn, "AGENTCORE_WHEEL": str(installed)}, token)

        for changed in ("true", "false"):
            fresh_clone(world, committed)
            plan, preview = runner.pipeline(MERGE_REQUEST)
            assert (plan.name, preview.name) == ("agentcore-plan", "agentcore-preview")
            assert f"Plan to launch desk in account {ACCOUNT}" in plan.log and f"assumed-role/{role['name']}/gitlab-1001" in plan.log, plan.log
            assert preview.dotenv["AGENTCORE_CHANGED"] == changed and preview.dotenv["AGENTCORE_ENVIRONMENT"] == "mr-7", preview.log
        assert len(runtimes(world)) == 1
        for changed in ("true", "false"):
            fresh_clone(world, committed)
            [release] = runner.pipeline(MAIN)
            assert release.name == "agentcore-release" and release.dotenv["AGENTCORE_CHANGED"] == changed, release.log
        assert len(runtimes(world)) == 2
        fresh_clone(world, committed)
        *_, cleanup = runner.pipeline(MERGE_REQUEST, started=("agentcore-cleanup",))
        assert cleanup.name == "agentcore-cleanup" and runtimes(world) == {"desk"}
        fork = {**MERGE_REQUEST, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"}
        assert runner.pipeline(fork) == []


def advised(world) -> list[str]:
    """The command that prints the pipeline's role, as the next steps have it."""
    [step] = [step for step in world.ok("ci", "init", "github", "-o", "json").data["next"] if "agentcore iam role" in step]
    return shlex.split(step[step.index("agentcore iam role"):])[1:]


def test_the_advised_role_is_enough_for_every_job(binary, tmp_path):
    world = World(binary, tmp_path)
    with world.sandbox("--runner", "process", "--enforce-iam"):
        world.write("agent.py", AGENT)
        world.write("requirements.txt", "")
        world.ok("configure", "-ni", "-e", "agent.py", "-n", "desk", "--region", "us-west-2", "-do")
        role = world.ok(*advised(world), "-o", "json").data
        assert role["provider"]["subjects"] == [f"repo:OWNER/REPO:{run}" for run in ("ref:refs/heads/main", "pull_request")]
        iam = world.boto("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        arn = iam.create_role(RoleName=role["name"], AssumeRolePolicyDocument=document)["Role"]["Arn"]
        for name, policy in role["policies"].items():
            iam.put_role_policy(RoleName=role["name"], PolicyName=name, PolicyDocument=json.dumps(policy))
        keys = world.boto("sts").assume_role(RoleArn=arn, RoleSessionName="job")["Credentials"]
        world.env |= {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                      "AWS_SESSION_TOKEN": keys["SessionToken"]}
        smoke = ["--smoke", '{"prompt": "ping"}']
        world.run("launch", "--plan").expect(6)
        world.ok("launch", "--environment", "pr-7", *smoke)
        world.ok("launch", *smoke)
        world.ok("destroy", "--environment", "pr-7", "--force", "--delete-ecr-repo", "--delete-memory")


def test_faults_and_masks_reach_the_log(project, installed, tmp_path):
    project.ok("ci", "init", "github")
    workflow = (project.project / ".github/workflows/agentcore.yml").read_text()
    file = project.project / ".bedrock_agentcore.yaml"
    good = file.read_text()
    line = next(number for number, text in enumerate(good.splitlines(), 1) if text.startswith("    entrypoint: "))
    file.write_text("".join(text if number != line else "    entrypoint: [x]\n"
                            for number, text in enumerate(good.splitlines(keepends=True), 1)))
    runner = Runner(project, tmp_path / "runner", {"AGENTCORE_ROLE_ARN": ROLE, "AGENTCORE_WHEEL": str(installed)})
    with pytest.raises(AssertionError, match=f"::error file=.bedrock_agentcore.yaml,line={line},col=17,"):
        runner.workflow(workflow, pull_request("opened"))

    file.write_text(good)
    project.ok("identity", "setup-cognito", "--pool-name", project.name)
    steps = [{"run": "agentcore identity token > token", "name": "token"}]
    project.env["PATH"] = f"{tmp_path / 'runner/job-1/agentcore/bin'}:{project.env['PATH']}"
    [step] = runner.steps(steps, {"github": {}}, ".")
    token = (project.project / "token").read_text().strip()
    assert token.count(".") == 2 and step.commands == [f"::add-mask::{token}"]


def test_the_action_installs_and_runs(project, installed, tmp_path):
    action = load((ROOT / "action.yml").read_text())
    runner = Runner(project, tmp_path / "runner", {})
    defaults = {name: one.get("default", "") for name, one in action["inputs"].items()}
    project.env["PATH"] = "/usr/bin:/bin"

    def run(**given):
        contexts = {"github": {}, "inputs": {**defaults, **given}}
        done = runner.steps(action["runs"]["steps"], contexts, ".", ROOT)
        return done, {name: evaluated(one["value"]) for name, one in action["outputs"].items()}

    def evaluated(text):
        return fill(text, runner.contexts)

    done, outputs = run(command="launch", args="--env\nA=b c; exit 7\n", package=str(installed))
    assert outputs["changed"] == "true" and outputs["exit_reason"] == "done" and outputs["version"] == "1"
    assert outputs["environment"] == ""
    assert [step.name for step in done] == ["Install agentcore", "Run agentcore"]
    variables = project.boto("bedrock-agentcore-control").get_agent_runtime(agentRuntimeId=outputs["runtime_id"])
    assert variables["environmentVariables"]["A"] == "b c; exit 7"
    _, outputs = run(command="launch", package=str(installed), args="--env\nA=b c; exit 7")
    assert outputs["changed"] == "false"
    done, _ = run(package=str(installed))
    assert len(done) == 1, "without a command it installs only"
    _, outputs = run(command="destroy", args="--force", package=str(installed))
    assert outputs["changed"] == "true"


def check_schema(name: str, *files: Path):
    done = subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", name, *files], capture_output=True, text=True)
    if "No module named" in done.stderr:
        lacked("check-jsonschema", done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("authorizer", [False, True])
@pytest.mark.parametrize("system", ["github", "gitlab"])
def test_workflows_fit_their_published_schemas(world, system, authorizer):
    world.write("sub/agent.py", AGENT)
    world.write("sub/requirements.txt", "")
    (world.project / ".git").mkdir()
    guard = ["--discovery-url", "https://idp.example/.well-known/openid-configuration", "--allowed-client", "x", "--offline"]
    config = ["--config", "sub/.bedrock_agentcore.yaml"]
    world.ok(*config, "configure", "-ni", "-e", "sub/agent.py", "-n", "desk", "-do", *(guard if authorizer else []))
    written = world.ok(*config, "ci", "init", system, "--branch", "release/1.x", "-o", "json").data["files"]
    files = [world.project / one["path"] for one in written]
    assert all(one["action"] == "created" for one in written) and all(file.is_file() for file in files)
    check_schema("vendor.github-workflows" if system == "github" else "vendor.gitlab-ci", *files)


def test_the_action_fits_its_published_schema():
    check_schema("vendor.github-actions", ROOT / "action.yml")


def test_junit_files_hold_what_failed(project, tmp_path):
    smoke = ["launch", "--smoke", '{"a": "<&>"}', "--junit", "smoke.xml"]
    project.ok(*smoke, "--expect", '.a == "<&>"')

    def read():
        root = ElementTree.parse(project.project / "smoke.xml").getroot()
        [suite] = root.findall("testsuite")
        [case] = suite.findall("testcase")
        assert root.tag == "testsuites" and suite.get("tests") == root.get("tests") == "1"
        assert case.get("name") == "smoke test" and case.get("classname") and float(case.get("time")) >= 0
        return suite, case

    suite, case = read()
    assert suite.get("failures") == "0" and len(case) == 0
    project.run(*smoke, "--expect", '.a == "no"', "--env", "B=1").expect(1)
    suite, case = read()
    assert suite.get("failures") == "1"
    [failure] = case
    assert failure.tag == "failure" and failure.get("message") in failure.text and "<&>" in failure.text
