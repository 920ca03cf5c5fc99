"""Image tools that nobody here wrote, against the sandbox's registry."""

import base64
import json
import subprocess
import uuid

import pytest

from images import agent_layout, auth_file, host_architecture
from images import skopeo as run


@pytest.fixture
def repository(sandbox, tmp_path):
    ecr = sandbox.boto("ecr")
    name = "tools/" + uuid.uuid4().hex[:8]
    ecr.create_repository(repositoryName=name)
    data = ecr.get_authorization_token()["authorizationData"][0]
    host = data["proxyEndpoint"].split("://")[1]
    yield {"name": name, "host": host, "reference": f"{host}/{name}", "login": data["authorizationToken"],
           "auth": auth_file(tmp_path, host, data["authorizationToken"])}
    ecr.delete_repository(repositoryName=name, force=True)


def test_skopeo_pushes_inspects_and_pulls(sandbox, repository, skopeo, tmp_path):
    layout = agent_layout(tmp_path, host_architecture())
    target = f"docker://{repository['reference']}:v1"
    run("copy", "--dest-tls-verify=false", f"oci:{layout}:latest", target, authfile=repository["auth"])
    seen = json.loads(run("inspect", "--tls-verify=false", target, authfile=repository["auth"]))
    assert seen["Architecture"] == host_architecture() and seen["RepoTags"] == ["v1"]
    listed = sandbox.boto("ecr").describe_images(repositoryName=repository["name"])["imageDetails"]
    assert [each["imageDigest"] for each in listed] == [seen["Digest"]] and listed[0]["imageTags"] == ["v1"]
    run("copy", "--src-tls-verify=false", target, f"oci:{tmp_path}/back:v1", authfile=repository["auth"])
    back = json.loads((tmp_path / "back/index.json").read_text())["manifests"][0]
    assert back["digest"] == seen["Digest"]


def test_an_index_is_kept_whole(repository, skopeo, tmp_path):
    import oci_layout

    root = tmp_path / "files"
    root.mkdir()
    (root / "hello").write_text("hello")
    oci_layout.main(str(tmp_path / "both"), "v1", f"amd64={root}", f"arm64={root}")
    target = f"docker://{repository['reference']}:both"
    run("copy", "--all", "--dest-tls-verify=false", f"oci:{tmp_path}/both:v1", target, authfile=repository["auth"])
    raw = json.loads(run("inspect", "--raw", "--tls-verify=false", target, authfile=repository["auth"]))
    assert [each["platform"]["architecture"] for each in raw["manifests"]] == ["amd64", "arm64"]


def test_the_registry_wants_a_login_and_a_repository(repository, skopeo, tmp_path):
    layout = agent_layout(tmp_path, host_architecture())
    wrong = auth_file(tmp_path, repository["host"], base64.b64encode(b"AWS:wrong").decode())
    with pytest.raises(AssertionError, match="unauthorized|authentication|401|403|denied"):
        run("copy", "--dest-tls-verify=false", f"oci:{layout}:latest", f"docker://{repository['reference']}:v1", authfile=wrong)
    right = auth_file(tmp_path, repository["host"], repository["login"])
    with pytest.raises(AssertionError, match="(?i)name.unknown|not found|does not exist|404"):
        run("copy", "--dest-tls-verify=false", f"oci:{layout}:latest", f"docker://{repository['host']}/missing:v1", authfile=right)


def test_docker_pushes_and_pulls(sandbox, repository, engine_base_image):
    def docker(*args, data=None):
        done = subprocess.run(["docker", "--config", str(repository["auth"].parent), *args], input=data,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    password = base64.b64decode(repository["login"]).decode().removeprefix("AWS:")
    docker("login", "--username", "AWS", "--password-stdin", repository["host"], data=password)
    reference = f"{repository['reference']}:docker"
    docker("tag", engine_base_image, reference)
    docker("push", reference)
    docker("rmi", reference)
    docker("pull", reference)
    digest = json.loads(docker("image", "inspect", reference))[0]["RepoDigests"][0].split("@")[1]
    images = sandbox.boto("ecr").describe_images(repositoryName=repository["name"])["imageDetails"]
    assert [each["imageDigest"] for each in images] == [digest]
    docker("rmi", reference)
