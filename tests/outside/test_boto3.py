"""AWS's own client for Python against the sandbox, unchanged: what it sends must be understood, what it gets must fit
its model."""

import base64
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pytest
from botocore.exceptions import ClientError

from images import agent_layout, auth_file, host_architecture, skopeo
from world import ACCOUNT, pull_policy, trust_policy

PASSWORD = "Not-a-secret-1!"


@pytest.fixture
def name():
    return "t" + uuid.uuid4().hex[:10]


def error_of(call, **arguments) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def fetch(url: str) -> dict:
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def post(url: str, body: bytes, headers: dict):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def claims(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def until(probe, seconds=60):
    """The first true answer of `probe`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer:
            return answer
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.2)


@pytest.fixture
def user_pool(sandbox, name):
    cognito = sandbox.boto("cognito-idp")
    pool = cognito.create_user_pool(PoolName=name)["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName=name, GenerateSecret=False,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username="tester", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username="tester", Password=PASSWORD, Permanent=True)
    discovery = discovery_url(sandbox, pool)
    yield {"pool": pool, "client": client, "discovery": discovery}
    cognito.delete_user_pool(UserPoolId=pool)


def discovery_url(sandbox, pool: str) -> str:
    # A stand-in for Cognito has its issuers below its own address.
    return f"{sandbox.env['AWS_ENDPOINT_URL']}/{pool}/.well-known/openid-configuration"


def sign_in(sandbox, client: str, password=PASSWORD) -> dict:
    return sandbox.boto("cognito-idp").initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "tester", "PASSWORD": password})["AuthenticationResult"]


def test_sts_knows_the_caller(sandbox):
    identity = sandbox.boto("sts").get_caller_identity()
    assert identity["Account"] == ACCOUNT and identity["Arn"].startswith(f"arn:aws:iam::{ACCOUNT}:")


def test_a_wrong_signature_is_refused(sandbox):
    import boto3

    sts = boto3.client("sts", endpoint_url=sandbox.env["AWS_ENDPOINT_URL"], region_name="us-west-2",
                       aws_access_key_id=sandbox.env["AWS_ACCESS_KEY_ID"], aws_secret_access_key="wrong")
    assert error_of(sts.get_caller_identity) == (403, "SignatureDoesNotMatch")


def test_cognito_signs_in_and_publishes_its_keys(sandbox, user_pool):
    document = fetch(user_pool["discovery"])
    assert fetch(document["jwks_uri"])["keys"][0]["kty"] == "RSA"
    tokens = sign_in(sandbox, user_pool["client"])
    access = claims(tokens["AccessToken"])
    assert access["iss"] == document["issuer"]
    assert access["client_id"] == user_pool["client"] and access["token_use"] == "access"
    assert "aud" not in access and access["username"] == "tester"
    assert claims(tokens["IdToken"])["aud"] == user_pool["client"]
    cognito = sandbox.boto("cognito-idp")
    again = cognito.initiate_auth(ClientId=user_pool["client"], AuthFlow="REFRESH_TOKEN_AUTH",
                                  AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    assert claims(again["AuthenticationResult"]["AccessToken"])["client_id"] == user_pool["client"]
    wrong = error_of(cognito.initiate_auth, ClientId=user_pool["client"], AuthFlow="USER_PASSWORD_AUTH",
                     AuthParameters={"USERNAME": "tester", "PASSWORD": "wrong"})
    assert wrong == (400, "NotAuthorizedException")


def test_cognito_asks_for_a_new_password(sandbox, user_pool):
    cognito = sandbox.boto("cognito-idp")
    cognito.admin_create_user(UserPoolId=user_pool["pool"], Username="fresh", TemporaryPassword=PASSWORD,
                              MessageAction="SUPPRESS")
    answer = cognito.initiate_auth(ClientId=user_pool["client"], AuthFlow="USER_PASSWORD_AUTH",
                                   AuthParameters={"USERNAME": "fresh", "PASSWORD": PASSWORD})
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED" and "AuthenticationResult" not in answer


def test_cognito_names_what_is_missing(sandbox):
    cognito = sandbox.boto("cognito-idp")
    missing = error_of(cognito.describe_user_pool, UserPoolId="us-west-2_Missing00")
    assert missing == (400, "ResourceNotFoundException")


def test_iam_keeps_roles_and_their_policies(sandbox, name):
    iam = sandbox.boto("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust_policy(), Tags=[{"Key": "a", "Value": "b"}])["Role"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/{name}"
    assert iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == json.loads(trust_policy())
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["inline"]
    assert iam.get_role_policy(RoleName=name, PolicyName="inline")["PolicyDocument"] == policy
    assert error_of(iam.create_role, RoleName=name, AssumeRolePolicyDocument=trust_policy())[1] == "EntityAlreadyExists"
    assert error_of(iam.delete_role, RoleName=name) == (409, "DeleteConflict")
    iam.delete_role_policy(RoleName=name, PolicyName="inline")
    iam.delete_role(RoleName=name)
    assert error_of(iam.get_role, RoleName=name) == (404, "NoSuchEntity")


@pytest.fixture
def repository(sandbox, name):
    ecr = sandbox.boto("ecr")
    made = ecr.create_repository(repositoryName=f"outside/{name}")["repository"]
    yield made
    ecr.delete_repository(repositoryName=f"outside/{name}", force=True)


def registry_of(sandbox) -> tuple[str, str]:
    """Host and port of the registry, and base64 of `AWS:<password>`, as `aws ecr get-login-password` finds them."""
    data = sandbox.boto("ecr").get_authorization_token()["authorizationData"][0]
    assert base64.b64decode(data["authorizationToken"]).startswith(b"AWS:")
    return data["proxyEndpoint"].split("://")[1], data["authorizationToken"]


def test_ecr_keeps_repositories(sandbox, repository):
    ecr = sandbox.boto("ecr")
    name = repository["repositoryName"]
    assert repository["repositoryUri"] == f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com/{name}"
    assert error_of(ecr.create_repository, repositoryName=name) == (400, "RepositoryAlreadyExistsException")
    assert error_of(ecr.describe_repositories, repositoryNames=["missing"]) == (400, "RepositoryNotFoundException")
    assert ecr.list_images(repositoryName=name)["imageIds"] == []


@pytest.fixture
def image(sandbox, repository, skopeo, tmp_path):
    """An agent's image in the sandbox's registry, pushed by skopeo: its URI."""
    from images import skopeo as run

    host, login = registry_of(sandbox)
    auth = auth_file(tmp_path, host, login)
    layout = agent_layout(tmp_path, host_architecture())
    run("copy", "--dest-tls-verify=false", f"oci:{layout}:latest", f"docker://{host}/{repository['repositoryName']}:v1",
        authfile=auth)
    return repository["repositoryUri"] + ":v1"


@pytest.fixture
def role(sandbox, name):
    iam = sandbox.boto("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust_policy())["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="pull", PolicyDocument=pull_policy())
    yield made["Arn"]
    iam.delete_role_policy(RoleName=name, PolicyName="pull")
    iam.delete_role(RoleName=name)


@pytest.fixture
def create(sandbox, name, image, role):
    """Creates a runtime, waits until its DEFAULT endpoint serves, and deletes it at the end."""
    control = sandbox.boto("bedrock-agentcore-control")
    made = []

    def make(**more):
        runtime = control.create_agent_runtime(
            agentRuntimeName=name, roleArn=role, networkConfiguration={"networkMode": "PUBLIC"},
            agentRuntimeArtifact={"containerConfiguration": {"containerUri": image}}, **more)
        made.append(runtime["agentRuntimeId"])
        assert runtime["status"] == "CREATING" and runtime["agentRuntimeVersion"] == "1"
        wait_until_ready(control, runtime["agentRuntimeId"])
        return runtime

    yield make
    for each in made:
        control.delete_agent_runtime(agentRuntimeId=each)


def wait_until_ready(control, runtime: str):
    until(lambda: control.get_agent_runtime(agentRuntimeId=runtime)["status"] == "READY")

    def endpoint():
        try:
            return control.get_agent_runtime_endpoint(agentRuntimeId=runtime, endpointName="DEFAULT")["status"] == "READY"
        except control.exceptions.ResourceNotFoundException:
            return False  # it may come later than the runtime

    until(endpoint)


def test_a_runtime_lives_and_answers(sandbox, create, name, image, role):
    runtime = create(environmentVariables={"GREETING": "안녕"})
    arn, runtime_id = runtime["agentRuntimeArn"], runtime["agentRuntimeId"]
    assert arn == f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:runtime/{runtime_id}"
    control, data = sandbox.boto("bedrock-agentcore-control"), sandbox.boto("bedrock-agentcore")
    assert name in [each["agentRuntimeName"] for each in control.list_agent_runtimes()["agentRuntimes"]]

    session = uuid.uuid4().hex + "0000"
    answer = data.invoke_agent_runtime(agentRuntimeArn=arn, qualifier="DEFAULT", runtimeSessionId=session,
                                       contentType="application/json", payload='{"prompt": "안녕 今日は"}'.encode())
    assert answer["runtimeSessionId"] == session and answer["contentType"] == "application/json"
    seen = json.loads(answer["response"].read())
    assert seen["body"] == '{"prompt": "안녕 今日は"}' and seen["greeting"] == "안녕"
    assert seen["headers"]["x-amzn-bedrock-agentcore-runtime-session-id"] == session
    assert "authorization" not in seen["headers"]

    stream = data.invoke_agent_runtime(agentRuntimeArn=arn, payload=b"stream")
    assert stream["contentType"].startswith("text/event-stream")
    assert stream["response"].read() == b'data: "one"\n\ndata: "two"\n\ndata: "three"\n\n'

    assert error_of(data.invoke_agent_runtime, agentRuntimeArn=arn, payload=b"fail") == (424, "RuntimeClientError")
    assert error_of(data.invoke_agent_runtime, agentRuntimeArn=arn, qualifier="nope", payload=b"x") == (
        404, "ResourceNotFoundException")
    data.stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=session)
    assert error_of(data.stop_runtime_session, agentRuntimeArn=arn, runtimeSessionId="x" * 40)[0] == 404


def test_an_update_replaces_everything(sandbox, create, image, role):
    runtime = create(environmentVariables={"GREETING": "hello"}, description="first")
    control, data = sandbox.boto("bedrock-agentcore-control"), sandbox.boto("bedrock-agentcore")
    updated = control.update_agent_runtime(
        agentRuntimeId=runtime["agentRuntimeId"], roleArn=role, networkConfiguration={"networkMode": "PUBLIC"},
        agentRuntimeArtifact={"containerConfiguration": {"containerUri": image}})
    assert updated["agentRuntimeVersion"] == "2"
    wait_until_ready(control, runtime["agentRuntimeId"])
    now = control.get_agent_runtime(agentRuntimeId=runtime["agentRuntimeId"])
    assert "description" not in now and not now.get("environmentVariables")
    default = until(lambda: (endpoint := control.get_agent_runtime_endpoint(
        agentRuntimeId=runtime["agentRuntimeId"], endpointName="DEFAULT"))["liveVersion"] == "2" and endpoint)
    assert default["name"] == "DEFAULT"
    answer = data.invoke_agent_runtime(agentRuntimeArn=runtime["agentRuntimeArn"], payload=b"{}")
    assert json.loads(answer["response"].read())["greeting"] is None


def test_a_jwt_runtime_takes_tokens_and_nothing_else(sandbox, create, user_pool):
    runtime = create(authorizerConfiguration={"customJWTAuthorizer": {
        "discoveryUrl": user_pool["discovery"], "allowedClients": [user_pool["client"]]}})
    arn = runtime["agentRuntimeArn"]
    data = sandbox.boto("bedrock-agentcore")
    assert error_of(data.invoke_agent_runtime, agentRuntimeArn=arn, payload=b"{}") == (403, "AccessDeniedException")
    url = f"{sandbox.env['AWS_ENDPOINT_URL']}/runtimes/{urllib.parse.quote(arn, safe='')}/invocations?qualifier=DEFAULT"
    tokens = sign_in(sandbox, user_pool["client"])

    status, body, _ = post(url, b'{"prompt": "hi"}', {"Authorization": "Bearer " + tokens["AccessToken"]})
    assert status == 200 and "authorization" not in json.loads(body)["headers"]
    status, body, headers = post(url, b"{}", {})
    assert status == 401 and "resource_metadata=" in headers["WWW-Authenticate"]
    assert json.loads(body)["error"]["code"] == -32001
    assert post(url, b"{}", {"Authorization": "Bearer nonsense"})[0] == 403
    # An ID token has no client_id.
    status, body, _ = post(url, b"{}", {"Authorization": "Bearer " + tokens["IdToken"]})
    assert status == 401 and b"client_id" in body
    header, claim, signature = tokens["AccessToken"].split(".")
    assert post(url, b"{}", {"Authorization": f"Bearer {header}.{claim}.{signature[::-1]}"})[0] in (401, 403)


def test_what_the_service_refuses_is_refused(sandbox, name, image, role, repository):
    control = sandbox.boto("bedrock-agentcore-control")

    def refused(**changes) -> str:
        arguments = {"agentRuntimeName": name, "roleArn": role, "networkConfiguration": {"networkMode": "PUBLIC"},
                     "agentRuntimeArtifact": {"containerConfiguration": {"containerUri": image}}} | changes
        with pytest.raises(ClientError) as caught:
            control.create_agent_runtime(**arguments)
        assert caught.value.response["Error"]["Code"] == "ValidationException", caught.value
        return str(caught.value)

    assert "agentRuntimeName" in refused(agentRuntimeName="has-a-hyphen")
    assert "Role validation failed" in refused(roleArn=f"arn:aws:iam::{ACCOUNT}:role/missing")
    sandbox.boto("iam").delete_role_policy(RoleName=name, PolicyName="pull")
    assert "Access denied while validating ECR URI" in refused()
    sandbox.boto("iam").put_role_policy(RoleName=name, PolicyName="pull", PolicyDocument=pull_policy())
    missing = {"containerConfiguration": {"containerUri": repository["repositoryUri"] + ":missing"}}
    assert "does not exist" in refused(agentRuntimeArtifact=missing)
    refused(agentRuntimeArtifact={"containerConfiguration": {"containerUri": "localhost:5000/x:y"}})
    refused(authorizerConfiguration={"customJWTAuthorizer": {"discoveryUrl": "https://example.com/x", "allowedClients": ["c"]}})
