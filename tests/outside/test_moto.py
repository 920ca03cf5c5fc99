"""The program against moto, a stand-in for AWS that nobody here wrote, and against docker-registry with a login.

What moto cannot do, and these tests therefore do not show (the sandbox's tests do): it makes no DEFAULT endpoint, so
launching does not wait for one; it has no data plane, so nothing is invoked; it checks neither names, roles nor images.
"""

import base64
import io
import json
import urllib.request
import zipfile

import pytest

from ecr_front import ecr_front
from images import agent_layout, auth_file, host_architecture
from images import skopeo as run
from world import ACCOUNT

NAME = "moto_agent"
DISCOVERY = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Abc123/.well-known/openid-configuration"


@pytest.fixture
def aws(world, moto):
    """A world whose AWS is an empty moto."""
    urllib.request.urlopen(urllib.request.Request(moto + "/moto-api/reset", method="POST"))
    world.env["AWS_ENDPOINT_URL"] = moto
    world.use_example()
    return world


def test_a_user_pool_is_set_up_used_and_removed(aws):
    pool = aws.ok("identity", "setup-cognito", "--pool-name", NAME, "-o", "json").data
    cognito = aws.boto("cognito-idp")
    assert cognito.describe_user_pool(UserPoolId=pool["poolId"])["UserPool"]["Name"].startswith(NAME)
    client = cognito.describe_user_pool_client(UserPoolId=pool["poolId"], ClientId=pool["clientId"])["UserPoolClient"]
    assert "ClientSecret" not in client
    assert {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"} <= set(client["ExplicitAuthFlows"])
    users = cognito.list_users(UserPoolId=pool["poolId"])["Users"]
    assert [user["UserStatus"] for user in users] == ["CONFIRMED"], "the password is permanent"

    token = aws.ok("identity", "token").stdout.decode().strip()
    part = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert claims["client_id"] == pool["clientId"] and claims["token_use"] == "access"

    aws.ok("identity", "cleanup", "--force")
    assert cognito.list_user_pools(MaxResults=10)["UserPools"] == []


def test_set_up_configure_and_verify_agree_about_the_issuer(aws):
    """moto's pools have their issuer at AWS, and their documents at moto's own address."""
    pool = aws.ok("identity", "setup-cognito", "--pool-name", NAME, "-o", "json").data
    url = f"https://cognito-idp.us-west-2.amazonaws.com/{pool['poolId']}/.well-known/openid-configuration"
    assert pool["discoveryUrl"] == url
    aws.ok("identity", "verify")
    aws.ok("configure", "-e", "agent.py", "-n", NAME, "-rf", "requirements-plain.txt", "-ni", "-do",
           "--discovery-url", url, "--allowed-client", pool["clientId"])
    aws.ok("identity", "verify")
    token = aws.ok("identity", "token").stdout.decode().strip()
    aws.ok("auth", "check", "--token-file", "-", stdin=token)
    aws.ok("identity", "cleanup", "--force")


def test_an_agent_is_deployed_to_another_registry_and_removed(aws, registry, base_image, skopeo, tmp_path):
    # The base image comes from a registry with a login, found where Docker keeps it; nothing here runs Docker.
    login = base64.b64encode(f"{registry['user']}:{registry['password']}".encode()).decode()
    auth = auth_file(tmp_path, registry["host"], login)
    aws.env |= {"DOCKER_CONFIG": str(auth.parent), "AGENTCORE_BASE_IMAGE": base_image,
                "AGENTCORE_PLATFORM": f"linux/{host_architecture()}"}
    aws.ok("configure", "-e", "agent.py", "-n", NAME, "-rf", "requirements-plain.txt", "-ni", "-do", "--offline",
           "--discovery-url", DISCOVERY, "--allowed-client", "client1")
    with ecr_front(aws.env["AWS_ENDPOINT_URL"], registry["host"], registry["user"], registry["password"]) as front:
        aws.env["AWS_ENDPOINT_URL_ECR"] = front
        aws.ok("launch", "--builder", "native", "--no-wait")

        control, ecr, iam = (aws.boto(each) for each in ("bedrock-agentcore-control", "ecr", "iam"))
        [listed] = control.list_agent_runtimes()["agentRuntimes"]
        runtime = control.get_agent_runtime(agentRuntimeId=listed["agentRuntimeId"])
        assert runtime["authorizerConfiguration"]["customJWTAuthorizer"] == {
            "discoveryUrl": DISCOVERY, "allowedClients": ["client1"]}
        uri = runtime["agentRuntimeArtifact"]["containerConfiguration"]["containerUri"]
        [repository] = ecr.describe_repositories()["repositories"]
        assert uri.startswith(repository["repositoryUri"]) and "@sha256:" in uri, "pinned to a digest"

        # The image is in the other registry, whole and as described.
        digest = uri.split("@")[1]
        pushed = f"docker://{registry['host']}/{repository['repositoryName']}@{digest}"
        seen = json.loads(run("inspect", "--tls-verify=false", pushed, authfile=auth))
        assert seen["Digest"] == digest and seen["Architecture"] == host_architecture()
        run("copy", "--src-tls-verify=false", pushed, f"oci:{tmp_path}/pulled:v1", authfile=auth)

        role_name = runtime["roleArn"].rsplit("/", 1)[1]
        trust = iam.get_role(RoleName=role_name)["Role"]["AssumeRolePolicyDocument"]
        [statement] = trust["Statement"]
        assert statement["Principal"] == {"Service": "bedrock-agentcore.amazonaws.com"}
        assert set(statement["Condition"]) == {"StringEquals", "ArnLike"}
        [policy_name] = iam.list_role_policies(RoleName=role_name)["PolicyNames"]
        policy = iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)["PolicyDocument"]
        for statement in policy["Statement"]:
            assert statement["Action"] != "*" and "*:*" not in statement["Action"]

        aws.ok("destroy", "--force", "--delete-ecr-repo")
        assert control.list_agent_runtimes()["agentRuntimes"] == []
        assert ecr.describe_repositories()["repositories"] == []
        assert iam.list_roles()["Roles"] == []


def test_a_role_that_the_user_brought_is_kept(aws, registry, base_image, tmp_path):
    from world import trust_policy

    iam = aws.boto("iam")
    arn = iam.create_role(RoleName="brought", AssumeRolePolicyDocument=trust_policy())["Role"]["Arn"]
    login = base64.b64encode(f"{registry['user']}:{registry['password']}".encode()).decode()
    aws.env |= {"DOCKER_CONFIG": str(auth_file(tmp_path, registry["host"], login).parent),
                "AGENTCORE_BASE_IMAGE": base_image, "AGENTCORE_PLATFORM": f"linux/{host_architecture()}"}
    aws.ok("configure", "-e", "agent.py", "-n", NAME, "-rf", "requirements-plain.txt", "-ni", "-do", "-er", arn)
    with ecr_front(aws.env["AWS_ENDPOINT_URL"], registry["host"], registry["user"], registry["password"]) as front:
        aws.env["AWS_ENDPOINT_URL_ECR"] = front
        aws.ok("launch", "--builder", "native", "--no-wait")
        aws.ok("destroy", "--force", "--delete-ecr-repo")
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["brought"]


def test_an_image_is_built_by_codebuild(aws, registry, skopeo, tmp_path):
    """moto says of every build that it succeeded and builds nothing, so the image is put where the build would push it.
    It knows no UpdateProject: launching again must not need one."""
    login = base64.b64encode(f"{registry['user']}:{registry['password']}".encode()).decode()
    auth = auth_file(tmp_path, registry["host"], login)
    repository = f"bedrock-agentcore-{NAME}"
    pushed = f"docker://{registry['host']}/{repository}:v1"
    layout = agent_layout(tmp_path, "arm64")
    run("copy", "--dest-tls-verify=false", f"oci:{layout}:latest", pushed, authfile=auth)
    digest = json.loads(run("inspect", "--override-arch=arm64", "--tls-verify=false", pushed, authfile=auth))["Digest"]

    aws.ok("configure", "-e", "agent.py", "-n", NAME, "-rf", "requirements-plain.txt", "-ni", "-do", "--offline")
    aws.write(".env", "CANARY=canary-3d1b")
    with ecr_front(aws.env["AWS_ENDPOINT_URL"], registry["host"], registry["user"], registry["password"]) as front:
        aws.env["AWS_ENDPOINT_URL_ECR"] = front
        launch = ("launch", "--builder", "codebuild", "--image-tag", "v1", "--no-wait", "-o", "json")
        runtime = aws.ok(*launch).data["runtime"]
        assert runtime["image"].endswith(f"/{repository}@{digest}")

        codebuild, s3, iam = (aws.boto(each) for each in ("codebuild", "s3", "iam"))
        [project] = codebuild.batch_get_projects(names=[f"bedrock-agentcore-{NAME}-builder"])["projects"]
        assert project["environment"]["type"] == "ARM_CONTAINER" and project["environment"]["privilegedMode"]
        assert project["artifacts"]["type"] == "NO_ARTIFACTS" and project["source"]["type"] == "S3"
        bucket = f"bedrock-agentcore-codebuild-sources-{ACCOUNT}-us-west-2"
        rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert [rule["Expiration"]["Days"] for rule in rules if "Expiration" in rule] == [7]
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
        [source] = s3.list_objects_v2(Bucket=bucket)["Contents"]
        content = s3.get_object(Bucket=bucket, Key=source["Key"])["Body"].read()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {"Dockerfile", "build-args", "context/agent.py"} <= set(archive.namelist())
            assert not any(".env" in name or b"canary-3d1b" in archive.read(name) for name in archive.namelist())
        role = project["serviceRole"].rsplit("/", 1)[1]
        [statement] = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "codebuild.amazonaws.com"}
        policy = iam.get_role_policy(RoleName=role, PolicyName="CodeBuildExecutionPolicy")["PolicyDocument"]
        everywhere = [each["Action"] for each in policy["Statement"] if "*" in each["Resource"]]
        assert everywhere == [["ecr:GetAuthorizationToken"]]

        aws.write("agent.py", "print('changed')\n")
        aws.ok(*launch)
        assert len(codebuild.list_builds_for_project(projectName=project["name"])["ids"]) == 2

        aws.ok("destroy", "--force", "--delete-ecr-repo")
    assert codebuild.list_projects()["projects"] == []
    assert s3.list_buckets()["Buckets"] == []
    assert iam.list_roles()["Roles"] == []
