"""Gateways and gateway targets in the sandbox, by AWS's own client for Python: every operation's answer by the client's own
model, every error by its code; and what that client made as this program sees it, and the other way round."""

import json
import time
import uuid

import pytest

from test_identities import Checked
from world import ACCOUNT, trust_policy

REGION = "us-west-2"
URL = "https://idp.example/p/.well-known/openid-configuration"
JWT = {"customJWTAuthorizer": {"discoveryUrl": URL, "allowedClients": ["c"], "allowedScopes": ["a/read"]}}
LAMBDA = {"mcp": {"lambda": {
    "lambdaArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",
    "toolSchema": {"inlinePayload": [{"name": "t", "description": "d", "inputSchema": {
        "type": "object", "required": ["a"],
        "properties": {"a": {"type": "array", "items": {"type": "string"}, "description": "x"}}}}]}}}}
ROLE_CREDENTIALS = [{"credentialProviderType": "GATEWAY_IAM_ROLE"}]


@pytest.fixture
def name():
    return "T" + uuid.uuid4().hex[:10]


@pytest.fixture(scope="module")
def control(sandbox):
    return Checked(sandbox, "bedrock-agentcore-control")


@pytest.fixture(scope="module")
def role(sandbox):
    made = sandbox.boto("iam").create_role(RoleName="Gateways", AssumeRolePolicyDocument=trust_policy())
    return made["Role"]["Arn"]


def settled(probe, seconds=30):
    """The status once nothing goes on."""
    deadline = time.monotonic() + seconds
    while (status := probe()) in ("CREATING", "UPDATING", "DELETING", "SYNCHRONIZING"):
        assert time.monotonic() < deadline, status
        time.sleep(0.05)
    return status


def gateway_status(control, gateway):
    try:
        return control.get_gateway(gatewayIdentifier=gateway)["status"]
    except control.client.exceptions.ResourceNotFoundException:
        return "gone"


def made(control, role, name, **more):
    gateway = control.create_gateway(name=name, roleArn=role, authorizerType="CUSTOM_JWT", authorizerConfiguration=JWT,
                                     **more)
    assert gateway["status"] == "CREATING"
    assert settled(lambda: gateway_status(control, gateway["gatewayId"])) == "READY"
    return gateway


def test_gateways_are_made_changed_listed_and_deleted(control, role, name):
    settings = {"mcp": {"searchType": "SEMANTIC", "instructions": "i", "supportedVersions": ["2025-06-18"],
                        "sessionConfiguration": {"sessionTimeoutInSeconds": 900}}}
    token = "k" * 36
    gateway = made(control, role, name, protocolType="MCP", protocolConfiguration=settings, description="d",
                   exceptionLevel="DEBUG", tags={"a": "b"}, clientToken=token)
    key = gateway["gatewayId"]
    assert key.startswith(name.lower() + "-")
    assert gateway["gatewayUrl"] == f"https://{key}.gateway.bedrock-agentcore.{REGION}.amazonaws.com/mcp"
    again = control.create_gateway(name=name, roleArn=role, authorizerType="CUSTOM_JWT", authorizerConfiguration=JWT,
                                   protocolType="MCP", protocolConfiguration=settings, description="d",
                                   exceptionLevel="DEBUG", tags={"a": "b"}, clientToken=token)
    assert again["gatewayId"] == key, "a repeated token repeats the answer"
    found = control.get_gateway(gatewayIdentifier=key)
    assert found["protocolConfiguration"] == settings and found["authorizerConfiguration"] == JWT
    assert control.list_tags_for_resource(resourceArn=found["gatewayArn"]) == {"tags": {"a": "b"}}
    control.tag_resource(resourceArn=found["gatewayArn"], tags={"c": "d"})
    control.untag_resource(resourceArn=found["gatewayArn"], tagKeys=["a"])
    assert control.list_tags_for_resource(resourceArn=found["gatewayArn"]) == {"tags": {"c": "d"}}

    changed = control.update_gateway(gatewayIdentifier=key, name=name, roleArn=role, authorizerType="AWS_IAM",
                                     wafConfiguration={"failureMode": "FAIL_OPEN"})
    assert changed["status"] == "UPDATING"
    assert control.error("update_gateway", gatewayIdentifier=key, name=name, roleArn=role, authorizerType="AWS_IAM") == \
        (409, "ConflictException")
    assert settled(lambda: gateway_status(control, key)) == "READY"
    found = control.get_gateway(gatewayIdentifier=key)
    assert "description" not in found and "authorizerConfiguration" not in found, "what is left out is gone"
    assert control.list_tags_for_resource(resourceArn=found["gatewayArn"]) == {"tags": {"c": "d"}}

    pages = [control.list_gateways(maxResults=1)]
    while token := pages[-1].get("nextToken"):
        pages.append(control.list_gateways(maxResults=1, nextToken=token))
    assert key in [item["gatewayId"] for page in pages for item in page["items"]]
    assert control.delete_gateway(gatewayIdentifier=key)["status"] == "DELETING"
    assert settled(lambda: gateway_status(control, key)) == "gone"
    assert control.error("delete_gateway", gatewayIdentifier=key) == (404, "ResourceNotFoundException")


def test_targets_are_made_changed_synchronized_and_deleted(sandbox, control, role, name):
    key = made(control, role, name)["gatewayId"]
    arguments = {"gatewayIdentifier": key}
    target = control.create_gateway_target(name="fn", targetConfiguration=LAMBDA, description="d",
                                           credentialProviderConfigurations=ROLE_CREDENTIALS, **arguments)
    one = arguments | {"targetId": target["targetId"]}
    assert settled(lambda: control.get_gateway_target(**one)["status"]) == "READY"
    assert control.error("create_gateway_target", name="fn", targetConfiguration=LAMBDA,
                         credentialProviderConfigurations=ROLE_CREDENTIALS, **arguments) == (409, "ConflictException")
    assert control.error("delete_gateway", gatewayIdentifier=key) == (409, "ConflictException")
    api_key = control.client.create_api_key_credential_provider(name=name, apiKey="k")["credentialProviderArn"]
    api = {"mcp": {"openApiSchema": {"s3": {"uri": "s3://b/k", "bucketOwnerAccountId": ACCOUNT}}}}
    credentials = [{"credentialProviderType": "API_KEY", "credentialProvider": {"apiKeyCredentialProvider": {
        "providerArn": api_key, "credentialLocation": "QUERY_PARAMETER", "credentialParameterName": "key"}}}]
    changed = control.update_gateway_target(name="api", targetConfiguration=api,
                                            credentialProviderConfigurations=credentials, **one)
    assert changed["status"] == "UPDATING" and "description" not in changed
    assert settled(lambda: control.get_gateway_target(**one)["status"]) == "READY"
    assert control.get_gateway_target(**one)["targetConfiguration"] == api
    oauth = [{"credentialProviderType": "OAUTH", "credentialProvider": {"oauthCredentialProvider": {
        "providerArn": api_key, "scopes": ["a"], "grantType": "CLIENT_CREDENTIALS"}}}]
    server = control.create_gateway_target(name="docs", credentialProviderConfigurations=oauth, targetConfiguration={
        "mcp": {"mcpServer": {"endpoint": "https://mcp.example/mcp", "listingMode": "DEFAULT", "resourcePriority": 7}}},
        **arguments)
    two = arguments | {"targetId": server["targetId"]}
    assert settled(lambda: control.get_gateway_target(**two)["status"]) == "READY"
    done = control.synchronize_gateway_targets(targetIdList=[server["targetId"]], **arguments)
    assert done["targets"][0]["status"] == "SYNCHRONIZING"
    assert control.error("synchronize_gateway_targets", targetIdList=[target["targetId"]], **arguments) == \
        (400, "ValidationException")
    listed = control.list_gateway_targets(**arguments)["items"]
    assert sorted((item["name"], item["targetType"]) for item in listed) == \
        [("api", "OPEN_API_SCHEMA"), ("docs", "MCP_SERVER")]
    for each in (one, two):
        settled(lambda: control.get_gateway_target(**each)["status"])
        control.delete_gateway_target(**each)
    deadline = time.monotonic() + 30
    while control.list_gateway_targets(**arguments)["items"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert control.error("get_gateway_target", **one) == (404, "ResourceNotFoundException")
    control.delete_gateway(gatewayIdentifier=key)


def test_bad_requests_are_refused_by_their_codes(control, role, name):
    key = made(control, role, name)["gatewayId"]
    good = {"name": "x" + name, "roleArn": role, "authorizerType": "CUSTOM_JWT", "authorizerConfiguration": JWT}
    for change in [
        {"name": "under_score"}, {"name": None}, {"roleArn": "r"}, {"authorizerType": "JWT"},
        {"authorizerConfiguration": None}, {"protocolType": "HTTP"}, {"exceptionLevel": "INFO"},
        {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/absent"}, {"clientToken": "short"},
        {"policyEngineConfiguration": {"arn": "x", "mode": "ENFORCE"}},
    ]:
        wanted = {name: value for name, value in (good | change).items() if value is not None}
        assert control.error("create_gateway", **wanted) == (400, "ValidationException"), change
    assert control.error("create_gateway", **(good | {"name": name})) == (409, "ConflictException")
    add = {"gatewayIdentifier": key, "name": "t", "targetConfiguration": LAMBDA,
           "credentialProviderConfigurations": ROLE_CREDENTIALS}
    server = {"mcp": {"mcpServer": {"endpoint": "https://x"}}}
    for change in [
        {"targetConfiguration": {}}, {"targetConfiguration": server}, {"credentialProviderConfigurations": None},
        {"name": "under_score"}, {"targetConfiguration": {"mcp": {"mcpServer": {"endpoint": "http://x"}}}},
        {"credentialProviderConfigurations": [{"credentialProviderType": "API_KEY"}]},
    ]:
        wanted = {name: value for name, value in (add | change).items() if value is not None}
        assert control.error("create_gateway_target", **wanted) == (400, "ValidationException"), change
    absent = {"gatewayIdentifier": "absent-0123456789"}
    assert control.error("get_gateway", **absent) == (404, "ResourceNotFoundException")
    assert control.error("create_gateway_target", **(add | absent)) == (404, "ResourceNotFoundException")
    assert control.error("get_gateway", gatewayIdentifier="Not-An-Id") == (400, "ValidationException")
    assert control.list_gateway_targets(**absent) == {"items": []}
    # A target without credentials: the model wants at least one in the answer, and has none.
    plain = control.client.create_gateway_target(gatewayIdentifier=key, name="open", targetConfiguration=server)
    assert plain["credentialProviderConfigurations"] == []


def test_each_sees_what_the_other_made(sandbox, control, role, name):
    theirs = made(control, role, name)
    key = theirs["gatewayId"]
    shown = sandbox.ok("gateway", "get-mcp-gateway", "--name", name, "-o", "json").data
    assert (shown["gatewayId"], shown["gatewayUrl"]) == (key, theirs["gatewayUrl"])
    assert name in sandbox.ok("gateway", "list-mcp-gateways", "-m", "1000").stdout.decode()
    payload = json.dumps({"endpoint": "https://mcp.example/mcp"})
    added = sandbox.ok("gateway", "create-mcp-gateway-target", "--gateway-arn", theirs["gatewayArn"], "--name", "docs",
                       "--target-type", "mcpServer", "--target-payload", payload, "-o", "json").data
    target = control.client.get_gateway_target(gatewayIdentifier=key, targetId=added["targetId"])
    assert target["status"] == "READY"
    assert target["targetConfiguration"]["mcp"]["mcpServer"]["endpoint"] == "https://mcp.example/mcp"
    sandbox.run("gateway", "delete-mcp-gateway", "--id", key).expect(2)
    sandbox.ok("gateway", "delete-mcp-gateway", "--id", key, "--force")
    assert gateway_status(control, key) == "gone"

    mine = sandbox.ok("create_mcp_gateway", "--name", name, "--authorizer-config", json.dumps(JWT), "-o", "json").data
    found = control.get_gateway(gatewayIdentifier=mine["gatewayId"])
    assert found["authorizerConfiguration"] == JWT and "exceptionLevel" not in found
    iam = sandbox.boto("iam")
    own = mine["roleArn"].rsplit("/")[-1]
    statement = iam.get_role(RoleName=own)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"].endswith(f":gateway/{name.lower()}-*")
    control.delete_gateway(gatewayIdentifier=mine["gatewayId"])
    assert settled(lambda: gateway_status(control, mine["gatewayId"])) == "gone"
    # Gone by another's hand, its role is still there: the deletion takes it away.
    sandbox.ok("gateway", "delete-mcp-gateway", "--name", name)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=own)
