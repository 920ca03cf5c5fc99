"""AWS's own agent SDK inside an agent of the sandbox: unchanged, it gets keys and tokens for whom it works, as far as the
execution role allows and no further."""

import base64
import json
import uuid

import pytest
from botocore.exceptions import ClientError

from world import ACCOUNT

AGENT = '''
import os

import boto3
from bedrock_agentcore.identity.auth import requires_access_token, requires_api_key
from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()
PROVIDER = os.environ["PROVIDER"]


@requires_api_key(provider_name=PROVIDER)
def key(*, api_key):
    return api_key


@requires_access_token(provider_name=PROVIDER, scopes=[f"{PROVIDER}/read"], auth_flow="M2M")
async def token(*, access_token):
    return access_token


@app.entrypoint
async def invoke(payload):
    try:
        match payload["what"]:
            case "key":
                return {"got": key()}
            case "token":
                return {"got": await token()}
            case "secret":
                return {"got": boto3.client("secretsmanager").get_secret_value(SecretId=payload["id"])["SecretString"]}
            case "caller":
                return {"got": boto3.client("sts").get_caller_identity()["Arn"]}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    app.run()
'''

PASSWORD = "Not-a-secret-1!"
DIRECTORY = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:workload-identity-directory/default"
VAULT = f"arn:aws:bedrock-agentcore:us-west-2:{ACCOUNT}:token-vault/default"


@pytest.fixture(scope="module")
def pool(sandbox):
    """A user pool whose users call the agent, and whose machine client the agent is."""
    name = "p" + uuid.uuid4().hex[:10]
    cognito = sandbox.boto("cognito-idp")
    pool = cognito.create_user_pool(PoolName=name)["UserPool"]["Id"]
    cognito.create_user_pool_domain(Domain=name, UserPoolId=pool)
    cognito.create_resource_server(UserPoolId=pool, Identifier=name, Name=name,
                                   Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}])
    machine = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="machine", GenerateSecret=True, AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthScopes=[f"{name}/read"])["UserPoolClient"]
    web = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username="alice", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username="alice", Password=PASSWORD, Permanent=True)
    discovery = f"{sandbox.env['AWS_ENDPOINT_URL']}/{pool}/.well-known/openid-configuration"
    control = sandbox.boto("bedrock-agentcore-control")
    control.create_api_key_credential_provider(name=name, apiKey="k-outbound")
    control.create_oauth2_credential_provider(
        name=name, credentialProviderVendor="CustomOauth2", oauth2ProviderConfigInput={"customOauth2ProviderConfig": {
            "oauthDiscovery": {"discoveryUrl": discovery}, "clientId": machine["ClientId"],
            "clientSecret": machine["ClientSecret"]}})
    return {"name": name, "discovery": discovery, "web": web}


def deploy(sandbox, pool, agent: str, *flags):
    sandbox.write("agent.py", AGENT)
    sandbox.write("requirements.txt", "bedrock-agentcore>=1.25,<2\n")
    sandbox.ok("configure", "-ni", "-e", "agent.py", "-n", agent, "-rf", "requirements.txt", "-do", "-dm", *flags)
    sandbox.ok("launch", "-a", agent, "--env", f"PROVIDER={pool['name']}")
    control = sandbox.boto("bedrock-agentcore-control")
    listed = control.list_agent_runtimes()["agentRuntimes"]
    [id] = [one["agentRuntimeId"] for one in listed if one["agentRuntimeName"] == agent]
    return control.get_agent_runtime(agentRuntimeId=id)


class Role:
    """The execution role of a runtime, which is given one thing after the other."""

    def __init__(self, sandbox, runtime):
        self.iam = sandbox.boto("iam")
        self.name = runtime["roleArn"].rsplit("/", 1)[1]
        identity = runtime["workloadIdentityDetails"]["workloadIdentityArn"]
        self.about = [DIRECTORY, identity, VAULT]

    def may(self, policy: str, action: str, *resources: str):
        statement = {"Effect": "Allow", "Action": action, "Resource": list(resources)}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.iam.put_role_policy(RoleName=self.name, PolicyName=policy, PolicyDocument=document)

    def may_not(self, policy: str):
        self.iam.delete_role_policy(RoleName=self.name, PolicyName=policy)


@pytest.fixture(scope="module")
def runtime(sandbox, pool):
    return deploy(sandbox, pool, "outbound")


def ask(sandbox, what: str, *flags, agent="outbound", **more) -> dict:
    payload = json.dumps({"what": what} | more)
    return json.loads(sandbox.ok("invoke", "-a", agent, payload, *flags).stdout)


def test_the_agent_is_its_role(sandbox, runtime):
    role = Role(sandbox, runtime)
    caller = ask(sandbox, "caller")["got"]
    assert caller.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/")


def test_a_key_needs_every_permission_that_the_service_asks_for(sandbox, runtime, pool):
    control = sandbox.boto("bedrock-agentcore-control")
    provider = control.get_api_key_credential_provider(name=pool["name"])
    secret = provider["apiKeySecretArn"]["secretArn"]
    role = Role(sandbox, runtime)
    user = ("--user-id", "alice")

    assert "not authorized to perform: bedrock-agentcore:GetResourceApiKey" in ask(sandbox, "key", *user)["error"]
    everything = [*role.about, provider["credentialProviderArn"]]
    role.may("secret", "secretsmanager:GetSecretValue", secret)
    for lacking in everything:
        rest = [arn for arn in everything if arn != lacking]
        role.may("key", "bedrock-agentcore:GetResourceApiKey", *rest)
        refused = ask(sandbox, "key", *user)["error"]
        assert f"not authorized to perform: bedrock-agentcore:GetResourceApiKey on resource: {lacking}" in refused
    role.may("key", "bedrock-agentcore:GetResourceApiKey", *everything)
    assert ask(sandbox, "key", *user) == {"got": "k-outbound"}
    assert json.loads(ask(sandbox, "secret", id=secret)["got"])["api_key_value"] == "k-outbound"

    # The service reads the secret as the caller.
    role.may("secret", "secretsmanager:GetSecretValue", secret[:-6] + "------")
    refused = ask(sandbox, "key", *user)["error"]
    assert f"not authorized to perform: secretsmanager:GetSecretValue on resource: {secret}" in refused
    assert "AccessDeniedException" in ask(sandbox, "secret", id=secret)["error"]
    role.may("secret", "secretsmanager:GetSecretValue", secret[:-6] + "??????")
    assert ask(sandbox, "key", *user) == {"got": "k-outbound"}

    # A signed call that names no user has no workload access token.
    assert "Workload access token has not been set" in ask(sandbox, "key")["error"]
    # What is given to one provider's key is not given to another's.
    control.create_api_key_credential_provider(name=pool["name"] + "-other", apiKey="k")
    other = control.get_api_key_credential_provider(name=pool["name"] + "-other")["apiKeySecretArn"]["secretArn"]
    assert "AccessDeniedException" in ask(sandbox, "secret", id=other)["error"]


def test_a_machine_token_needs_its_own_permissions(sandbox, runtime, pool):
    provider = sandbox.boto("bedrock-agentcore-control").get_oauth2_credential_provider(name=pool["name"])
    role = Role(sandbox, runtime)
    user = ("--user-id", "alice")
    assert "not authorized to perform: bedrock-agentcore:GetResourceOauth2Token" in ask(sandbox, "token", *user)["error"]
    role.may("token", "bedrock-agentcore:GetResourceOauth2Token", *role.about, provider["credentialProviderArn"])
    assert "not authorized to perform: secretsmanager:GetSecretValue" in ask(sandbox, "token", *user)["error"]
    role.may("client", "secretsmanager:GetSecretValue", provider["clientSecretArn"]["secretArn"])
    token = ask(sandbox, "token", *user)["got"]
    part = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert claims["scope"] == f"{pool['name']}/read"
    assert ask(sandbox, "token", "--user-id", "bob")["got"] == token, "a machine's token is not a user's"
    role.may_not("client")
    assert "not authorized to perform: secretsmanager:GetSecretValue" in ask(sandbox, "token", *user)["error"]


def test_a_caller_with_a_token_has_an_identity_and_so_has_the_agent(sandbox, pool):
    flags = ["--discovery-url", pool["discovery"], "--allowed-client", pool["web"]]
    runtime = deploy(sandbox, pool, "outbound_jwt", *flags)
    role = Role(sandbox, runtime)
    signed_in = sandbox.boto("cognito-idp").initiate_auth(
        ClientId=pool["web"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD})
    token = sandbox.write("token", signed_in["AuthenticationResult"]["AccessToken"])
    bearer = ("--bearer-token-file", token)
    provider = sandbox.boto("bedrock-agentcore-control").get_api_key_credential_provider(name=pool["name"])
    assert "not authorized" in ask(sandbox, "key", *bearer, agent="outbound_jwt")["error"]
    role.may("key", "bedrock-agentcore:GetResourceApiKey", *role.about, provider["credentialProviderArn"])
    role.may("secret", "secretsmanager:GetSecretValue", provider["apiKeySecretArn"]["secretArn"])
    assert ask(sandbox, "key", *bearer, agent="outbound_jwt") == {"got": "k-outbound"}


def test_a_runtimes_identity_is_the_services_and_goes_with_the_runtime(sandbox, runtime):
    control, data = sandbox.boto("bedrock-agentcore-control"), sandbox.boto("bedrock-agentcore")
    name = runtime["agentRuntimeId"]
    arn = runtime["workloadIdentityDetails"]["workloadIdentityArn"]
    found = control.get_workload_identity(name=name)
    assert found["workloadIdentityArn"] == arn
    listed = control.list_workload_identities(maxResults=20)["workloadIdentities"]
    assert {"name": name, "workloadIdentityArn": arn} in listed
    control.update_workload_identity(name=name, allowedResourceOauth2ReturnUrls=["https://example.com/back"])
    control.tag_resource(resourceArn=arn, tags={"a": "1"})
    assert control.get_workload_identity(name=name)["allowedResourceOauth2ReturnUrls"] == ["https://example.com/back"]
    with pytest.raises(ClientError, match="linked to a service and cannot retrieve an access token") as caught:
        data.get_workload_access_token_for_user_id(workloadName=name, userId="alice")
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    for operation in (control.delete_workload_identity, control.create_workload_identity):
        with pytest.raises(ClientError):
            operation(name=name)
    sandbox.ok("destroy", "-a", "outbound", "--force", "--delete-ecr-repo")
    with pytest.raises(control.exceptions.ResourceNotFoundException):
        control.get_workload_identity(name=name)
    with pytest.raises(control.exceptions.ResourceNotFoundException):
        control.list_tags_for_resource(resourceArn=arn)
