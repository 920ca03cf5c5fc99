"""Direct code deployment beside things that nobody here wrote: boto3 and curl against the sandbox's S3, the program's
S3 client against moto, and the retired toolkit deploying to the sandbox."""

import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
import zipfile

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from conftest import lacked
from test_boto3 import error_of, until
from world import ACCOUNT, trust_policy

MEBIBYTE = 1 << 20
AGENT = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from greeting import GREETING

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
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(b'{"greeting": "%s"}' % GREETING.encode())

ThreadingHTTPServer(("", 8080), Agent).serve_forever()
"""
PLACE = {"LocationConstraint": "us-west-2"}


@pytest.fixture
def bucket(sandbox):
    """An empty bucket of its own; every version in it goes with it."""
    s3 = sandbox.boto("s3")
    name = "b-" + uuid.uuid4().hex[:12]
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=PLACE)
    yield name
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for each in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=name, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=name)


@pytest.fixture
def project(world):
    world.write("main.py", AGENT)
    world.write("greeting.py", "GREETING = 'one'\n")
    world.write("requirements.txt", "")
    return world


def configure(world, *more, name="direct"):
    world.ok("configure", "-ni", "-e", "main.py", "-n", name, "-rf", "requirements.txt", "-dt", "direct_code_deploy",
             "--disable-otel", "--disable-memory", *more)


def test_buckets_are_described_as_boto3_expects(sandbox, bucket):
    s3 = sandbox.boto("s3")
    assert bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]
    assert s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=ACCOUNT)["BucketRegion"] == "us-west-2"
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "us-west-2"
    tags = [{"Key": "team", "Value": "a & b"}]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    rules = [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 7}},
             {"ID": "parts", "Status": "Enabled", "Filter": {}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert [rule["ID"] for rule in found] == ["old", "parts"] and found[0]["Expiration"] == {"Days": 7}
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert error_of(s3.create_bucket, Bucket=bucket, CreateBucketConfiguration=PLACE) == (409, "BucketAlreadyOwnedByYou")
    assert error_of(s3.head_bucket, Bucket=bucket, ExpectedBucketOwner="0" * 12) == (403, "403")
    assert error_of(s3.get_bucket_policy, Bucket=bucket) == (501, "NotImplemented")
    assert error_of(s3.head_bucket, Bucket="not-there") == (404, "404")


def test_objects_of_every_size_come_back(sandbox, bucket, tmp_path):
    """`upload_file` sends what is large in parts, several at a time."""
    s3 = sandbox.boto("s3")
    for size in (0, 1, 5 * MEBIBYTE, 23 * MEBIBYTE + 7):
        content = os.urandom(size)
        file = tmp_path / "file"
        file.write_bytes(content)
        s3.upload_file(str(file), bucket, "deep/a b+ü.zip",
                       ExtraArgs={"Metadata": {"sha256": hashlib.sha256(content).hexdigest()}})
        head = s3.head_object(Bucket=bucket, Key="deep/a b+ü.zip", ChecksumMode="ENABLED")
        assert head["ContentLength"] == size and head["Metadata"]["sha256"] == hashlib.sha256(content).hexdigest()
        into = io.BytesIO()
        s3.download_fileobj(bucket, "deep/a b+ü.zip", into)
        assert into.getvalue() == content
    part = s3.get_object(Bucket=bucket, Key="deep/a b+ü.zip", Range="bytes=5-9")
    assert part["Body"].read() == content[5:10]


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_sums_are_checked_and_kept(sandbox, bucket, algorithm):
    s3 = sandbox.boto("s3")
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"hello", ChecksumAlgorithm=algorithm)
    name = f"Checksum{algorithm}"
    assert s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")[name] == put[name]
    assert s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")["Body"].read() == b"hello"
    wrong = {name: put[name][::-1].strip("=").ljust(len(put[name]), "=")}
    assert error_of(s3.put_object, Bucket=bucket, Key="k", Body=b"hello", **wrong)[0] == 400
    config = TransferConfig(multipart_threshold=5 * MEBIBYTE, multipart_chunksize=5 * MEBIBYTE)
    content = os.urandom(11 * MEBIBYTE)
    s3.upload_fileobj(io.BytesIO(content), bucket, "big", Config=config, ExtraArgs={"ChecksumAlgorithm": algorithm})
    head = s3.head_object(Bucket=bucket, Key="big", ChecksumMode="ENABLED")
    assert head[name] and head["ETag"].strip('"').endswith("-3")
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == content


def test_listings_have_pages_and_groups(sandbox, bucket):
    s3 = sandbox.boto("s3")
    keys = [f"{folder}/{n}.txt" for folder in ("a", "b & c", "ü") for n in range(5)] + ["top"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    for operation in ("list_objects", "list_objects_v2"):
        pages = s3.get_paginator(operation)
        found = [each["Key"] for page in pages.paginate(Bucket=bucket, PaginationConfig={"PageSize": 3})
                 for each in page["Contents"]]
        assert found == sorted(keys), operation
        grouped = list(pages.paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 2}))
        groups = [each["Prefix"] for page in grouped for each in page.get("CommonPrefixes", [])]
        assert groups == ["a/", "b & c/", "ü/"], operation
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
    assert len(answer["Deleted"]) == len(keys)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def client(sandbox, url=None, **settings):
    """boto3's client with settings of its own."""
    return boto3.client("s3", endpoint_url=url or sandbox.env["AWS_ENDPOINT_URL"], region_name="us-west-2",
                        aws_access_key_id=sandbox.env["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=sandbox.env["AWS_SECRET_ACCESS_KEY"], config=Config(**settings))


def test_presigned_addresses_need_no_client(sandbox, bucket):
    # Left to itself, boto3 presigns with version 2 of the signature, which S3 takes in its oldest regions only.
    s3 = client(sandbox, signature_version="s3v4")
    put = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"}, ExpiresIn=60)
    urllib.request.urlopen(urllib.request.Request(put, b"content", method="PUT"))
    get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"}, ExpiresIn=60)
    assert urllib.request.urlopen(get).read() == b"content"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(get.replace("/k?", "/other?"))
    assert refused.value.code == 403


def test_a_bucket_may_be_in_the_hosts_name(sandbox, bucket, monkeypatch):
    # Not every machine resolves names below localhost.
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more: resolve(
        "127.0.0.1" if str(host).endswith("localhost") else host, *more))
    url = sandbox.env["AWS_ENDPOINT_URL"].replace("127.0.0.1", "localhost")
    s3 = client(sandbox, url, s3={"addressing_style": "virtual"})
    s3.put_object(Bucket=bucket, Key="k/l", Body=b"hello")
    assert sandbox.boto("s3").get_object(Bucket=bucket, Key="k/l")["Body"].read() == b"hello"


def test_curl_signs_for_it(sandbox, bucket, tmp_path):
    if shutil.which("curl") is None:
        lacked("curl", "no `curl` on PATH")
    file = tmp_path / "file"
    file.write_bytes(b"from curl")
    url = f"{sandbox.env['AWS_ENDPOINT_URL']}/{bucket}/curl.txt"
    user = f"{sandbox.env['AWS_ACCESS_KEY_ID']}:{sandbox.env['AWS_SECRET_ACCESS_KEY']}"
    common = ["curl", "-sS", "--noproxy", "*", "--aws-sigv4", "aws:amz:us-west-2:s3", "--user", user,
              "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD"]
    subprocess.run([*common, "--fail-with-body", "-T", file, url], check=True)
    assert subprocess.run([*common, url], capture_output=True, check=True).stdout == b"from curl"


def archive(files: dict) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(name, text)
    return out.getvalue()


def test_boto3_deploys_an_archive_and_calls_it(sandbox, bucket):
    s3, control = sandbox.boto("s3"), sandbox.boto("bedrock-agentcore-control")
    name = "zip" + uuid.uuid4().hex[:8]
    role = sandbox.boto("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust_policy())["Role"]["Arn"]

    def code(key, entry=("main.py",), runtime="PYTHON_3_13"):
        return {"codeConfiguration": {"code": {"s3": {"bucket": bucket, "prefix": key}}, "runtime": runtime,
                                      "entryPoint": list(entry)}}

    def create(name, artifact):
        made = control.create_agent_runtime(agentRuntimeName=name, agentRuntimeArtifact=artifact, roleArn=role,
                                            networkConfiguration={"networkMode": "PUBLIC"})
        get = lambda: control.get_agent_runtime(agentRuntimeId=made["agentRuntimeId"])
        return until(lambda: (found := get())["status"] not in ("CREATING",) and found)

    for wrong in (code("not-there.zip"), code("a.zip", ["main.js"]), code("a.zip", ["x.py", "y.py", "z.py"]),
                  code("a.zip", runtime="PYTHON_2_7")):
        assert error_of(control.create_agent_runtime, agentRuntimeName=name, agentRuntimeArtifact=wrong, roleArn=role,
                        networkConfiguration={"networkMode": "PUBLIC"}) == (400, "ValidationException")
    s3.put_object(Bucket=bucket, Key="a.zip", Body=archive({"main.py": AGENT, "greeting.py": "GREETING = 'zip'"}))
    runtime = create(name, code("a.zip"))
    assert runtime["status"] == "READY", runtime
    data = sandbox.boto("bedrock-agentcore")
    until(lambda: control.list_agent_runtime_endpoints(agentRuntimeId=runtime["agentRuntimeId"])["runtimeEndpoints"])
    # The version keeps its archive.
    s3.delete_object(Bucket=bucket, Key="a.zip")

    def invoke():
        try:
            return data.invoke_agent_runtime(agentRuntimeArn=runtime["agentRuntimeArn"], payload=b"{}")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ResourceNotFoundException", error
            return None

    assert until(invoke)["response"].read() == b'{"greeting": "zip"}'

    s3.put_object(Bucket=bucket, Key="b.zip", Body=archive({"other.py": ""}))
    failed = create(name + "_b", code("b.zip"))
    assert failed["status"] == "CREATE_FAILED" and "main.py" in failed["failureReason"]
    for each in (runtime, failed):
        control.delete_agent_runtime(agentRuntimeId=each["agentRuntimeId"])


def test_an_agent_for_node_needs_no_image_either(sandbox):
    """JavaScript without a package: what packages add is shown by the examples and the fixtures."""
    if shutil.which("node") is None:
        lacked("node", "no `node` on PATH")
    sandbox.write("js/package.json", '{"name": "js", "version": "1.0.0", "main": "index.js"}')
    sandbox.write("js/greeting.js", "module.exports = 'node';")
    sandbox.write("js/index.js", """
        const greeting = require('./greeting');
        require('http').createServer((request, response) => {
          request.resume().on('end', () => {
            response.setHeader('content-type', 'application/json');
            response.end(JSON.stringify(request.url === '/ping' ? { status: 'Healthy' } : { greeting }));
          });
        }).listen(8080);
    """)
    ours = lambda *args: subprocess.run([sandbox.binary, *args], cwd=sandbox.project / "js", env=sandbox.env,
                                        capture_output=True, text=True)
    for args in (["configure", "-ni", "-e", "index.js", "-n", "js", "-dt", "direct_code_deploy", "-dm"], ["launch"]):
        done = ours(*args)
        assert done.returncode == 0, done.stderr
    assert ours("invoke", "{}").stdout == '{"greeting":"node"}'
    status = ours("status").stdout
    assert "NODE_22, index.js" in status, status
    refused = ours("configure", "-ni", "-n", "js", "--runtime", "PYTHON_3_13")
    assert refused.returncode == 2 and "does not run javascript" in refused.stderr, refused
    assert ours("destroy", "--force").returncode == 0


def test_the_programs_client_speaks_to_moto(project, moto):
    """One request for what is small, parts for what is large; the bucket in shape; nothing left at the end."""
    urllib.request.urlopen(urllib.request.Request(moto + "/moto-api/reset", method="POST"))
    project.env["AWS_ENDPOINT_URL"] = moto
    s3, control = project.boto("s3"), project.boto("bedrock-agentcore-control")
    name = f"bedrock-agentcore-codebuild-sources-{ACCOUNT}-us-west-2"
    # Two agents, because a runtime of moto's is being updated for ever after its first update.
    for agent, size in (("small", 10), ("large", 40 * MEBIBYTE)):
        configure(project, name=agent)
        (project.project / "data.bin").write_bytes(os.urandom(size))
        data = project.ok("launch", "-a", agent, "--no-wait", "-o", "json").data
        place = data["runtime"]["code"]["code"]["s3"]
        assert place["bucket"] == name
        found = s3.get_object(Bucket=name, Key=place["prefix"])
        content = found["Body"].read()
        assert hashlib.sha256(content).hexdigest() == found["Metadata"]["sha256"]
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            assert zipped.testzip() is None
            assert {"main.py", "greeting.py", "data.bin"} <= set(zipped.namelist())
            assert zipped.getinfo("data.bin").file_size == size
        live = control.get_agent_runtime(agentRuntimeId=data["runtime"]["id"])
        assert live["agentRuntimeArtifact"]["codeConfiguration"]["code"]["s3"] == place
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "agentcore:managed-by", "Value": "agentcore"}]
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    assert s3.list_multipart_uploads(Bucket=name).get("Uploads", []) == []
    # moto does not set requireMMDSV2 for new runtimes, as the service does; nothing else is left to do.
    plan = project.run("launch", "-a", "large", "--plan", "-o", "json").data
    changed = [step for step in plan["steps"] if step["action"] not in ("keep", "none", "unchanged")]
    assert len(changed) == 1 and "MMDSV2" in json.dumps(changed).upper(), changed
    kept = project.ok("destroy", "-a", "large", "--force").stdout.decode()
    assert "something else is in it" in kept, kept
    project.ok("destroy", "-a", "small", "--force")
    assert s3.list_buckets()["Buckets"] == []
    assert project.boto("ecr").describe_repositories()["repositories"] == []


def test_the_toolkit_reads_the_file_of_direct_code(project, toolkit, monkeypatch):
    configure(project, "--runtime", "PYTHON_3_13", "--s3", "s3://my-bucket/prefix")
    monkeypatch.chdir(project.project)
    config = toolkit.load_config(project.project / ".bedrock_agentcore.yaml", autofill_missing_aws=False)
    agent = config.get_agent_config("direct")
    assert agent.deployment_type == "direct_code_deploy" and agent.runtime_type == "PYTHON_3_13"
    assert agent.aws.s3_path == "s3://my-bucket/prefix" and agent.aws.s3_auto_create is False


def test_the_toolkit_deploys_to_the_sandbox_and_we_go_on(sandbox, toolkit):
    """`agentcore deploy` of the toolkit, unchanged; then our launch over it, and our destroy."""
    script = shutil.which("agentcore", path=os.path.dirname(sys.executable))
    if script is None or shutil.which("uv") is None and not os.path.exists(os.path.join(os.path.dirname(sys.executable), "uv")):
        lacked("toolkit", "the toolkit's command or uv is not beside Python")
    sandbox.write("tk/main.py", AGENT)
    sandbox.write("tk/greeting.py", "GREETING = 'toolkit'\n")
    sandbox.write("tk/requirements.txt", "six==1.16.0\n")
    folder = sandbox.project / "tk"
    env = sandbox.env | {
        "PATH": f"{os.path.dirname(sys.executable)}:{sandbox.env['PATH']}",
        "BEDROCK_AGENTCORE_CP_ENDPOINT": sandbox.env["AWS_ENDPOINT_URL"],
        "BEDROCK_AGENTCORE_DP_ENDPOINT": sandbox.env["AWS_ENDPOINT_URL"],
        "AGENTCORE_SUPPRESS_RECOMMENDATION": "1",
    }

    def tk(*args):
        done = subprocess.run([script, *args], cwd=folder, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"{args}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    version = f"PYTHON_3_{sys.version_info.minor}"
    tk("configure", "-ni", "-e", "main.py", "--name", "tk", "-dt", "direct_code_deploy", "--runtime", version,
       "-rf", "requirements.txt", "-dm", "-do")
    assert "Deployment Success" in tk("deploy")
    assert '{"greeting": "toolkit"}' in tk("invoke", "{}")

    ours = lambda *args: subprocess.run([sandbox.binary, *args], cwd=folder, env=sandbox.env, capture_output=True, text=True)
    status = ours("status")
    assert status.returncode == 0 and "tk/deployment.zip" in status.stdout, status
    sandbox.write("tk/greeting.py", "GREETING = 'ours'\n")
    launched = ours("launch")
    assert launched.returncode == 0, launched.stderr
    assert ours("invoke", "{}").stdout == '{"greeting": "ours"}'
    destroyed = ours("destroy", "--force")
    # The toolkit's bucket and role are not on record as ours.
    assert destroyed.returncode == 0 and destroyed.stdout.count("not created by launch") == 2, destroyed
