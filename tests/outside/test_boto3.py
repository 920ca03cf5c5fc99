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

    def update(version: str, **changes) -> dict:
        updated = control.update_agent_runtime(
            agentRuntimeId=runtime["agentRuntimeId"], roleArn=role, networkConfiguration={"networkMode": "PUBLIC"},
            agentRuntimeArtifact={"containerConfiguration": {"containerUri": image}}, **changes)
        assert updated["agentRuntimeVersion"] == version
        wait_until_ready(control, runtime["agentRuntimeId"])
        default = until(lambda: (endpoint := control.get_agent_runtime_endpoint(
            agentRuntimeId=runtime["agentRuntimeId"], endpointName="DEFAULT"))["liveVersion"] == version and endpoint)
        assert default["name"] == "DEFAULT"
        return control.get_agent_runtime(agentRuntimeId=runtime["agentRuntimeId"])

    assert control.get_agent_runtime(agentRuntimeId=runtime["agentRuntimeId"])["metadataConfiguration"]["requireMMDSV2"]
    now = update("2")
    assert "description" not in now and not now.get("environmentVariables")
    # So is what makes it callable, as at AWS.
    assert "metadataConfiguration" not in now
    assert error_of(data.invoke_agent_runtime, agentRuntimeArn=runtime["agentRuntimeArn"], payload=b"{}") == (
        400, "ValidationException")
    update("3", metadataConfiguration={"requireMMDSV2": True})
    answer = data.invoke_agent_runtime(agentRuntimeArn=runtime["agentRuntimeArn"], payload=b"{}")
    assert json.loads(answer["response"].read())["greeting"] is None


@pytest.mark.parametrize("place", ["its own address", "its address at AWS"])
def test_a_jwt_runtime_takes_tokens_and_nothing_else(sandbox, create, user_pool, place):
    pool = user_pool["pool"]
    discovery = {"its own address": user_pool["discovery"],
                 "its address at AWS": f"https://cognito-idp.us-west-2.amazonaws.com/{pool}/.well-known/openid-configuration"}
    runtime = create(authorizerConfiguration={"customJWTAuthorizer": {
        "discoveryUrl": discovery[place], "allowedClients": [user_pool["client"]]}})
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


def minimal(shape, depth=0):
    """The least that a model asks for: required members only, made up."""
    kind, limits = shape.type_name, shape.metadata
    if kind == "structure":
        if getattr(shape, "is_tagged_union", False):
            name, member = next(iter(shape.members.items()))
            return {name: minimal(member, depth + 1)}
        if depth > 6:
            return {}
        return {name: minimal(member, depth + 1) for name, member in shape.members.items()
                if name in shape.required_members}
    if kind == "list":
        return [minimal(shape.member, depth + 1)] if limits.get("min", 0) else []
    if kind == "string":
        return shape.enum[0] if shape.enum else "x" * max(1, limits.get("min", 1))
    made_up = {"map": {}, "integer": limits.get("min", 1), "long": limits.get("min", 1), "float": 1.0, "double": 1.0,
               "boolean": True, "timestamp": 0, "blob": b"x"}
    return made_up.get(kind, "x")


def answers(sandbox, service: str, operations=None) -> dict[str, tuple[int, str]]:
    """Status and error code of each operation of a service, as boto3 understands them."""
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False, inject_host_prefix=False)
    client = boto3.client(
        service, endpoint_url=sandbox.env["AWS_ENDPOINT_URL"], region_name=sandbox.env["AWS_REGION"], config=config,
        aws_access_key_id=sandbox.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=sandbox.env["AWS_SECRET_ACCESS_KEY"])
    found = {}
    for method, operation in client.meta.method_to_api_mapping.items():
        if operations is None or operation in operations:
            shape = client.meta.service_model.operation_model(operation).input_shape
            try:
                getattr(client, method)(**(minimal(shape) if shape else {}))
                found[operation] = (200, "")
            except ClientError as error:
                answer = error.response
                found[operation] = answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]
    return found


def test_the_network_of_the_sandbox_is_what_its_documents_say(sandbox):
    ec2 = sandbox.boto("ec2")
    vpc, other = "vpc-0123456789abcdef0", "vpc-0123456789abcdef1"
    assert [(found["VpcId"], found["IsDefault"]) for found in ec2.describe_vpcs()["Vpcs"]] == [(vpc, True), (other, False)]
    subnets = {found["SubnetId"][-1]: found for found in ec2.describe_subnets()["Subnets"]}
    assert {key: (found["VpcId"], found["AvailabilityZoneId"]) for key, found in subnets.items()} == {
        "0": (vpc, "usw2-az1"), "1": (vpc, "usw2-az2"), "2": (vpc, "usw2-az1"), "3": (other, "usw2-az4")}
    assert [key for key, found in subnets.items() if found["MapPublicIpOnLaunch"]] == ["2"]
    assert subnets["0"]["AvailabilityZone"] == "us-west-2a" and subnets["0"]["AvailableIpAddressCount"] > 0
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    assert [found["GroupId"] for found in groups] == ["sg-0123456789abcdef0"]
    assert groups[0]["IpPermissionsEgress"][0]["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]

    def tables(name, *values):
        found = ec2.describe_route_tables(Filters=[{"Name": name, "Values": list(values)}])["RouteTables"]
        return [(table["RouteTableId"], [route.get("NatGatewayId") or route["GatewayId"] for route in table["Routes"]])
                for table in found]

    private = subnets["0"]["SubnetId"], subnets["1"]["SubnetId"]
    assert tables("association.subnet-id", *private) == [
        ("rtb-0123456789abcdef0", ["local", "nat-0123456789abcdef0"])]
    assert tables("association.main", "true") == [
        ("rtb-0123456789abcdef1", ["local", "igw-0123456789abcdef0"]), ("rtb-0123456789abcdef2", ["local"])]
    [endpoint] = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert (endpoint["ServiceName"], endpoint["VpcEndpointType"], endpoint["RouteTableIds"]) == (
        "com.amazonaws.us-west-2.s3", "Gateway", ["rtb-0123456789abcdef0"])
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_what_is_not_in_the_network_is_refused_as_by_ec2(sandbox):
    ec2 = sandbox.boto("ec2")
    assert error_of(ec2.describe_subnets, SubnetIds=["subnet-0fedcba9876543210"]) == (400, "InvalidSubnetID.NotFound")
    assert error_of(ec2.describe_security_groups, GroupIds=["sg-0fedcba9876543210"]) == (400, "InvalidGroup.NotFound")
    assert error_of(ec2.describe_subnets, Filters=[{"Name": "colour", "Values": ["red"]}]) == (
        400, "InvalidParameterValue")
    unknown = ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": ["subnet-0fedcba9876543210"]}])
    assert unknown["Subnets"] == []
    pages = list(ec2.get_paginator("describe_subnets").paginate(PaginationConfig={"PageSize": 5}))
    assert sum(len(page["Subnets"]) for page in pages) == 4


@pytest.mark.parametrize("service, operation", [
    ("cloudformation", "DescribeStacks"), ("sns", "ListTopics"), ("rds", "DescribeDBInstances"),
    ("ec2", "DescribeInstances"), ("cloudfront", "ListDistributions"), ("route53", "ListHostedZones"),
    ("dynamodb", "ListTables"), ("stepfunctions", "ListStateMachines"), ("sqs", "ListQueues"),
    ("codebuild", "StartBuildBatch"), ("kms", "ListKeys"), ("lambda", "CreateFunction"), ("xray", "GetSamplingRules"),
    ("bedrock-runtime", "ApplyGuardrail"), ("apigatewayv2", "GetApis"), ("sesv2", "ListContacts"), ("cloudwatch", "ListMetrics"),
    ("iam", "CreateUser"), ("sts", "GetSessionToken"), ("sts", "AssumeRoleWithSAML"), ("logs", "CreateExportTask"),
    ("ecr", "PutImage"), ("ssm", "GetParameterHistory"), ("secretsmanager", "RotateSecret"), ("cognito-idp", "SignUp"),
])
def test_what_is_not_there_is_refused_in_its_own_protocol(sandbox, service, operation):
    assert answers(sandbox, service, {operation}) == {operation: (501, "UnknownOperationException")}


def test_no_operation_of_agentcore_is_taken_for_another(sandbox):
    """Everything that the two models name is there, or is refused as not there."""
    for service in ("bedrock-agentcore", "bedrock-agentcore-control"):
        for operation, (status, code) in answers(sandbox, service).items():
            unknown = (status, code) == (501, "UnknownOperationException")
            there = status in (200, 400, 401) or (status, code) == (404, "ResourceNotFoundException")
            assert unknown or there, f"{service} {operation}: {status} {code}"
            assert unknown == (status == 501), f"{service} {operation}: {status} {code}"


def test_a_request_for_another_region_says_so(sandbox):
    import boto3

    def error(service, call, region="eu-west-1", **arguments):
        client = boto3.client(service, endpoint_url=sandbox.env["AWS_ENDPOINT_URL"], region_name=region,
                              aws_access_key_id=sandbox.env["AWS_ACCESS_KEY_ID"],
                              aws_secret_access_key=sandbox.env["AWS_SECRET_ACCESS_KEY"])
        with pytest.raises(ClientError) as caught:
            getattr(client, call)(**arguments)
        answer = caught.value.response["Error"]
        assert "eu-west-1" in answer["Message"] and "us-west-2" in answer["Message"], answer
        assert "agentcore sandbox start --region eu-west-1" in answer["Message"], answer
        return answer["Code"]

    assert error("sts", "get_caller_identity") == "SignatureDoesNotMatch"
    assert error("ecr", "describe_repositories") == "InvalidSignatureException"
    assert error("cognito-idp", "list_user_pools", MaxResults=1) == "InvalidSignatureException"
    assert error("s3", "list_buckets") == "AuthorizationHeaderMalformed"
    assert error("bedrock-agentcore-control", "list_agent_runtimes") == "InvalidSignatureException"
    arn = f"arn:aws:bedrock-agentcore:eu-west-1:{ACCOUNT}:runtime/agent-0123456789"
    assert error("bedrock-agentcore", "invoke_agent_runtime", agentRuntimeArn=arn, payload=b"{}") == "InvalidSignatureException"


def test_s3_keys_are_texts_and_objects_are_copied(sandbox, name):
    s3 = sandbox.boto("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": sandbox.env["AWS_REGION"]})
    keys = ["a/b", "a//b", "/a/b", "a/./b", "a/x/../b", "a/b/"]
    for key in keys:
        s3.put_object(Bucket=name, Key=key, Body=key.encode(), Metadata={"of": str(keys.index(key))})
    for key in keys:
        assert s3.get_object(Bucket=name, Key=key)["Body"].read() == key.encode()
        s3.copy_object(Bucket=name, Key=f"copies/{key}", CopySource={"Bucket": name, "Key": key})
        copied = s3.get_object(Bucket=name, Key=f"copies/{key}")
        assert (copied["Body"].read(), copied["Metadata"]) == (key.encode(), {"of": str(keys.index(key))})
    assert {each["Key"] for each in s3.list_objects_v2(Bucket=name)["Contents"]} == {
        *keys, *(f"copies/{key}" for key in keys)}
    # Both kinds of the managed transfer: in one request, and in parts.
    from boto3.s3.transfer import TransferConfig

    s3.put_object(Bucket=name, Key="large", Body=b"x" * (6 << 20))
    s3.copy({"Bucket": name, "Key": "large"}, name, "in parts",
            Config=TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20))
    assert s3.head_object(Bucket=name, Key="in parts")["ContentLength"] == 6 << 20


def test_log_deliveries_are_made_and_removed(sandbox, name):
    logs = sandbox.boto("logs")
    memory = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:memory/{name}"
    group = f"/aws/vendedlogs/bedrock-agentcore/{name}"
    logs.create_log_group(logGroupName=group)
    logs.put_delivery_source(name=f"{name}-logs", logType="APPLICATION_LOGS", resourceArn=memory)
    arn = f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:{group}"
    destination = logs.put_delivery_destination(
        name=f"{name}-to", deliveryDestinationConfiguration={"destinationResourceArn": arn})["deliveryDestination"]
    logs.put_delivery_destination(name=f"{name}-traces", deliveryDestinationType="XRAY")
    join = {"deliverySourceName": f"{name}-logs", "deliveryDestinationArn": destination["arn"]}
    delivery = logs.create_delivery(**join)["delivery"]
    assert error_of(logs.create_delivery, **join) == (400, "ConflictException")
    assert delivery in logs.describe_deliveries()["deliveries"]
    assert logs.get_delivery(id=delivery["id"])["delivery"] == delivery
    logs.delete_delivery(id=delivery["id"])
    logs.delete_delivery_source(name=f"{name}-logs")
    assert error_of(logs.get_delivery_source, name=f"{name}-logs") == (400, "ResourceNotFoundException")


def test_what_the_model_forbids_is_refused(sandbox, name, image, role):
    """Everything that a pattern, a length or a number of the model forbids, one at a time."""
    control = sandbox.boto("bedrock-agentcore-control")
    for member, value in {
        "filesystemConfigurations": [{"efsAccessPoint": {"accessPointArn": "arn:aws:x", "mountPath": "/mnt/a"}}],
        "hooksConfiguration": {"build": {"warmup": {"action": {"httpPost": {"path": "no-slash"}}}}},
        "platformVersion": "with space",
        "resourceConfigurations": [{"minimumMemoryInMiB": 1024}, {"minimumMemoryInMiB": 2048}],
    }.items():
        with pytest.raises(ClientError) as caught:
            control.create_agent_runtime(
                agentRuntimeName=name, roleArn=role, networkConfiguration={"networkMode": "PUBLIC"},
                agentRuntimeArtifact={"containerConfiguration": {"containerUri": image}}, **{member: value})
        answer = caught.value.response
        assert answer["Error"]["Code"] == "ValidationException", member
        assert [field["name"].split(".")[0] for field in answer["fieldList"]] == [member]
