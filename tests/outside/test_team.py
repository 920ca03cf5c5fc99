"""A team's identity set-up and credential providers made by the program, read by AWS's own client for Python: in the
sandbox, and in moto as far as it goes (it has no token endpoint and no credential providers)."""

import base64
import json
import urllib.parse
import urllib.request
import uuid

import pytest
from botocore.exceptions import ClientError

from world import ACCOUNT

CALLBACK = "https://app.example.com/callback"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"
PARAMETERS = {"machine_client_id", "web_client_id", "userpool_id", "cognito_provider", "cognito_auth_scope",
              "cognito_discovery_url", "cognito_token_url", "cognito_auth_url", "cognito_domain"}


@pytest.fixture(params=["sandbox", "moto"])
def aws(request, world):
    """A world of its own, with the AWS of the sandbox or of moto."""
    if request.param == "sandbox":
        other = request.getfixturevalue("sandbox")
        world.env |= {name: other.env[name] for name in
                      ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")}
    else:
        world.env["AWS_ENDPOINT_URL"] = request.getfixturevalue("moto")
    world.stand_in = request.param
    return world


@pytest.fixture
def team():
    return "t" + uuid.uuid4().hex[:10]


def parameters(aws, team: str) -> dict[str, str]:
    found = aws.boto("ssm").get_parameters_by_path(Path=f"/app/{team}/agentcore", Recursive=True)["Parameters"]
    return {one["Name"].rsplit("/", 1)[1]: one["Value"] for one in found}


def claims(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_team_is_set_up_as_boto3_reads_it(aws, team):
    flags = ["--team", team, "--callback-url", CALLBACK, "--tags", "cost-center=42", "--permissions-boundary", BOUNDARY]
    data = aws.ok("identity", "setup-cognito", *flags, "-o", "json").data
    cognito, iam = aws.boto("cognito-idp"), aws.boto("iam")
    values = parameters(aws, team)
    assert set(values) == PARAMETERS
    pool = values["userpool_id"]
    assert pool == data["poolId"]

    described = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["UserPoolTags"]["cost-center"] == "42"
    domain = cognito.describe_user_pool_domain(Domain=described["Domain"])["DomainDescription"]
    assert domain["UserPoolId"] == pool

    web = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=values["web_client_id"])["UserPoolClient"]
    assert "ClientSecret" not in web
    assert (web["AllowedOAuthFlows"], web["CallbackURLs"]) == (["code"], [CALLBACK])
    machine = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=values["machine_client_id"])["UserPoolClient"]
    assert machine["ClientSecret"] and machine["AllowedOAuthFlowsUserPoolClient"] is True
    assert machine["AllowedOAuthFlows"] == ["client_credentials"]
    assert machine["AllowedOAuthScopes"] == [values["cognito_auth_scope"]] == [f"{team}/read"]
    server = cognito.describe_resource_server(UserPoolId=pool, Identifier=team)["ResourceServer"]
    assert [scope["ScopeName"] for scope in server["Scopes"]] == ["read"]
    assert [user["UserStatus"] for user in cognito.list_users(UserPoolId=pool)["Users"]] == ["CONFIRMED"]

    name = data["roleArn"].rsplit("/", 1)[1]
    role = iam.get_role(RoleName=name)["Role"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "bedrock-agentcore.amazonaws.com"}
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"].endswith(f"{ACCOUNT}:gateway/*")
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY
    assert {"Key": "cost-center", "Value": "42"} in role["Tags"]
    [policy] = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    assert all(statement["Resource"] != "*" and "*" not in statement["Resource"] for statement in document["Statement"])

    again = aws.ok("identity", "setup-cognito", *flags, "-o", "json").data
    assert again["changed"] is False, again["resources"]
    secret = machine["ClientSecret"]
    printed = json.dumps([data, again])
    assert secret not in printed and json.dumps(values).count(secret) == 0

    aws.ok("identity", "cleanup", "--force")
    assert parameters(aws, team) == {}
    for gone in (lambda: cognito.describe_user_pool(UserPoolId=pool), lambda: iam.get_role(RoleName=name)):
        with pytest.raises(ClientError) as refused:
            gone()
        assert refused.value.response["Error"]["Code"] in ("ResourceNotFoundException", "NoSuchEntity")


def test_a_machine_gets_its_token_by_the_parameters_alone(sandbox, team):
    sandbox.ok("identity", "setup-cognito", "--team", team)
    try:
        values = parameters(sandbox, team)
        client = sandbox.boto("cognito-idp").describe_user_pool_client(
            UserPoolId=values["userpool_id"], ClientId=values["machine_client_id"])["UserPoolClient"]
        basic = base64.b64encode(f"{client['ClientId']}:{client['ClientSecret']}".encode()).decode()
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": values["cognito_auth_scope"]})
        request = urllib.request.Request(values["cognito_token_url"], form.encode(), {"Authorization": f"Basic {basic}"})
        token = json.load(urllib.request.urlopen(request))["access_token"]
        found = claims(token)
        assert (found["client_id"], found["scope"]) == (values["machine_client_id"], f"{team}/read")
        own = claims(sandbox.ok("identity", "token", "--auth-flow", "m2m").stdout.decode().strip())
        assert own["client_id"] == values["machine_client_id"]
    finally:
        sandbox.ok("identity", "cleanup", "--force")


VENDORS = {
    "google": "GoogleOauth2", "github": "GithubOauth2", "slack": "SlackOauth2", "salesforce": "SalesforceOauth2",
    "microsoft": "MicrosoftOauth2", "custom": "CustomOauth2", "atlassian": "AtlassianOauth2",
    "linkedin": "LinkedinOauth2", "x": "XOauth2", "okta": "OktaOauth2", "onelogin": "OneLoginOauth2",
    "pingone": "PingOneOauth2", "facebook": "FacebookOauth2", "yandex": "YandexOauth2", "reddit": "RedditOauth2",
    "zoom": "ZoomOauth2", "twitch": "TwitchOauth2", "spotify": "SpotifyOauth2", "dropbox": "DropboxOauth2",
    "notion": "NotionOauth2", "hubspot": "HubspotOauth2", "cyberark": "CyberArkOauth2",
    "fusionauth": "FusionAuthOauth2", "auth0": "Auth0Oauth2", "cognito": "CognitoOauth2",
}
ADDRESSES = ["--issuer", "https://i.example", "--authorization-endpoint", "https://i.example/a",
             "--token-endpoint", "https://i.example/t"]
OWN_ADDRESSES = {"custom", "okta", "onelogin", "pingone", "cyberark", "fusionauth", "auth0", "cognito"}


def test_every_vendor_is_made_as_the_service_knows_it(sandbox, team):
    control = sandbox.boto("bedrock-agentcore-control")
    known = control.meta.service_model.shape_for("CredentialProviderVendorType").enum
    assert set(VENDORS.values()) == set(known), "a vendor is missing here or has gone"
    for word, wire in VENDORS.items():
        name = f"{team}-{word}"
        more = ADDRESSES if word in OWN_ADDRESSES else []
        sandbox.run("identity", "create-credential-provider", "--name", name, "--type", word, "--client-id", "c",
                    "--client-secret-file", "-", *more, stdin="canary-vendor-secret").expect(0)
        found = control.get_oauth2_credential_provider(name=name)
        assert found["credentialProviderVendor"] == wire
        secret = sandbox.boto("secretsmanager").get_secret_value(SecretId=found["clientSecretArn"]["secretArn"])
        assert "canary-vendor-secret" in secret["SecretString"]
        sandbox.ok("identity", "delete-credential-provider", "--name", name, "--force")
    left = control.list_oauth2_credential_providers()["credentialProviders"]
    assert not [one["name"] for one in left if one["name"].startswith(team)]


def test_a_secret_of_ones_own_is_used_and_stays(sandbox, team):
    secrets, control = sandbox.boto("secretsmanager"), sandbox.boto("bedrock-agentcore-control")
    arn = secrets.create_secret(Name=team, SecretString=json.dumps({"key": "k-own"}))["ARN"]
    sandbox.ok("identity", "create-credential-provider", "--name", team, "--type", "api-key",
               "--secret-arn", arn, "--json-key", "key")
    found = control.get_api_key_credential_provider(name=team)
    assert (found["apiKeySecretSource"], found["apiKeySecretArn"]["secretArn"]) == ("EXTERNAL", arn)
    sandbox.ok("identity", "delete-credential-provider", "--name", team, "--force")
    assert secrets.get_secret_value(SecretId=arn)["SecretString"] == json.dumps({"key": "k-own"})
