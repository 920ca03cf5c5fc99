"""Parameters, secrets, and AgentCore's identity service in the sandbox, by AWS's own client for Python: every operation,
every error by its code, every answer by the client's own model."""

import json
import urllib.parse
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from world import ACCOUNT

REGION = "us-west-2"
AGENTCORE = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}"

OAUTH2_CONFIGS = {
    "Google": "google", "Github": "github", "Slack": "slack", "Salesforce": "salesforce", "Microsoft": "microsoft",
    "Custom": "custom", "Atlassian": "atlassian", "Linkedin": "linkedin",
} | dict.fromkeys(
    ["X", "Okta", "OneLogin", "PingOne", "Facebook", "Yandex", "Reddit", "Zoom", "Twitch", "Spotify", "Dropbox",
     "Notion", "Hubspot", "CyberArk", "FusionAuth", "Auth0", "Cognito"], "included")
TENANTS = {"Okta", "OneLogin", "PingOne", "CyberArk", "FusionAuth", "Auth0", "Cognito"}


@pytest.fixture
def name():
    return "t" + uuid.uuid4().hex[:10]


class Checked:
    """A client whose every answer is checked against the service's model: types, required members, lengths.

    The patterns of the credential providers' ARNs are left out: the model has another service's name in them.
    """

    def __init__(self, world, service):
        self.client = world.boto(service)
        # The service must refuse what the client alone would have caught.
        self.careless = boto3.Session(world.env["AWS_ACCESS_KEY_ID"], world.env["AWS_SECRET_ACCESS_KEY"]).client(
            service, REGION, endpoint_url=world.env["AWS_ENDPOINT_URL"],
            config=Config(parameter_validation=False, retries={"max_attempts": 1}))

    def __getattr__(self, operation):
        call = getattr(self.client, operation)
        model = self.client.meta.service_model.operation_model(self.client.meta.method_to_api_mapping[operation])

        def checked(**arguments):
            answer = call(**arguments)
            status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
            expected = model.http.get("responseCode", 200)
            assert status == expected, f"{operation} answered {status}, the model says {expected}"
            if model.output_shape is not None:
                report = ParamValidator().validate(answer, model.output_shape)
                assert not report.has_errors(), f"{operation}: {report.generate_report()}\n{answer}"
            return answer

        return checked

    def error(self, operation, **arguments) -> tuple[int, str]:
        with pytest.raises(ClientError) as caught:
            getattr(self.careless, operation)(**arguments)
        answer = caught.value.response
        assert answer["ResponseMetadata"]["RequestId"]
        return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


@pytest.fixture(scope="module")
def ssm(sandbox):
    return Checked(sandbox, "ssm")


@pytest.fixture(scope="module")
def secrets(sandbox):
    return Checked(sandbox, "secretsmanager")


@pytest.fixture(scope="module")
def control(sandbox):
    return Checked(sandbox, "bedrock-agentcore-control")


def test_parameters_are_written_read_and_deleted(ssm, name):
    path = f"/app/{name}/agentcore"
    assert ssm.put_parameter(Name=f"{path}/web_client_id", Value="one", Type="String", Description="d",
                             Tags=[{"Key": "team", "Value": "a b"}]) == {"Version": 1, "Tier": "Standard"}
    assert ssm.error("put_parameter", Name=f"{path}/web_client_id", Value="two", Type="String") == (400, "ParameterAlreadyExists")
    assert ssm.put_parameter(Name=f"{path}/web_client_id", Value="two", Overwrite=True)["Version"] == 2
    found = ssm.get_parameter(Name=f"{path}/web_client_id")["Parameter"]
    assert (found["Value"], found["Version"], found["Type"], found["DataType"]) == ("two", 2, "String", "text")
    assert found["ARN"] == f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{path}/web_client_id"
    assert ssm.get_parameter(Name=found["ARN"])["Parameter"] == found
    assert ssm.get_parameter(Name=f"{path}/web_client_id:1")["Parameter"]["Value"] == "one"
    assert ssm.error("get_parameter", Name=f"{path}/web_client_id:9") == (400, "ParameterVersionNotFound")
    assert ssm.error("get_parameter", Name=f"{path}/absent") == (400, "ParameterNotFound")

    ssm.put_parameter(Name=f"{path}/secret", Value="s3cret 값", Type="SecureString")
    assert "s3cret" not in ssm.get_parameter(Name=f"{path}/secret")["Parameter"]["Value"]
    assert ssm.get_parameter(Name=f"{path}/secret", WithDecryption=True)["Parameter"]["Value"] == "s3cret 값"
    assert ssm.error("put_parameter", Name=f"{path}/secret", Value="x", Type="String", Overwrite=True) == \
        (400, "HierarchyTypeMismatchException")
    ssm.put_parameter(Name=f"{path}/list", Value="a,b", Type="StringList")

    many = ssm.get_parameters(Names=[f"{path}/secret", f"{path}/list", f"{path}/absent"], WithDecryption=True)
    assert {one["Name"]: one["Value"] for one in many["Parameters"]} == {f"{path}/secret": "s3cret 값", f"{path}/list": "a,b"}
    assert many["InvalidParameters"] == [f"{path}/absent"]
    assert ssm.delete_parameters(Names=[f"{path}/list", f"{path}/absent"]) == {
        "DeletedParameters": [f"{path}/list"], "InvalidParameters": [f"{path}/absent"]}
    ssm.delete_parameter(Name=f"{path}/secret")
    assert ssm.error("delete_parameter", Name=f"{path}/secret") == (400, "ParameterNotFound")


@pytest.mark.parametrize("change, code", [
    ({"Name": "/" + "/".join("abcdefghijklmnop")}, "HierarchyLevelLimitExceededException"),
    ({"Name": "a/b"}, "ValidationException"),
    ({"Name": "/aws/x"}, "AccessDeniedException"),
    ({"Name": "/ssm/x"}, "ValidationException"),
    ({"Value": "x" * 4097}, "ValidationException"),
    ({"Value": "x" * 8193, "Tier": "Advanced"}, "ValidationException"),
    ({"Type": "Number"}, "ValidationException"),
    ({"AllowedPattern": "^[0-9]+$"}, "ParameterPatternMismatchException"),
    ({"AllowedPattern": "("}, "InvalidAllowedPatternException"),
    ({"KeyId": "alias/x"}, "ValidationException"),
    ({"Overwrite": True, "Tags": [{"Key": "a", "Value": "b"}]}, "ValidationException"),
])
def test_a_parameter_that_breaks_a_rule_is_refused_by_its_code(ssm, name, change, code):
    wanted = {"Name": f"/t/{name}", "Value": "x", "Type": "String"}
    assert ssm.error("put_parameter", **wanted | change) == (400, code)
    assert ssm.error("put_parameter", Name=f"/t/{name}", Value="x") == (400, "ValidationException")
    assert ssm.error("get_parameter", Name=f"/t/{name}") == (400, "ParameterNotFound")
    assert ssm.put_parameter(**wanted | {"Value": "x" * 8192, "Tier": "Intelligent-Tiering"})["Tier"] == "Advanced"


def test_parameters_below_a_path_come_in_pages(ssm, sandbox, name):
    root = f"/pages/{name}"
    names = [f"{root}/p{index:02}" for index in range(23)]
    for one in names:
        ssm.put_parameter(Name=one, Value=one, Type="String")
    ssm.put_parameter(Name=f"{root}/deep/er", Value="d", Type="SecureString")
    ssm.put_parameter(Name=f"{root}-not", Value="n", Type="String")
    pages = list(sandbox.boto("ssm").get_paginator("get_parameters_by_path").paginate(Path=root))
    assert [len(page["Parameters"]) for page in pages] == [10, 10, 3]
    assert [one["Name"] for page in pages for one in page["Parameters"]] == names
    deep = sandbox.boto("ssm").get_paginator("get_parameters_by_path").paginate(Path=root + "/", Recursive=True)
    assert {one["Name"] for page in deep for one in page["Parameters"]} == {*names, f"{root}/deep/er"}
    secure = [{"Key": "Type", "Values": ["SecureString"]}]
    assert len(ssm.get_parameters_by_path(Path=root, Recursive=True, ParameterFilters=secure)["Parameters"]) == 1
    assert ssm.error("get_parameters_by_path", Path="no-slash") == (400, "ValidationException")
    assert ssm.error("get_parameters_by_path", Path=root, NextToken="wrong") == (400, "InvalidNextToken")
    wrong = [{"Key": "Name", "Values": ["x"]}]
    assert ssm.error("get_parameters_by_path", Path=root, ParameterFilters=wrong) == (400, "InvalidFilterKey")

    begins = [{"Key": "Name", "Option": "BeginsWith", "Values": [root]}]
    described = sandbox.boto("ssm").get_paginator("describe_parameters").paginate(
        ParameterFilters=begins, PaginationConfig={"PageSize": 7})
    assert len([one for page in described for one in page["Parameters"]]) == 25
    below = [{"Key": "Path", "Option": "Recursive", "Values": [root]}]
    found = ssm.describe_parameters(ParameterFilters=below)["Parameters"]
    assert len(found) == 24 and all("Value" not in one and one["LastModifiedUser"] for one in found)


def test_parameters_have_tags(ssm, name):
    ssm.put_parameter(Name=name, Value="v", Type="String", Tags=[{"Key": "a", "Value": "1"}])
    about = {"ResourceType": "Parameter", "ResourceId": name}
    ssm.add_tags_to_resource(**about, Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])
    tags = ssm.list_tags_for_resource(**about)["TagList"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"a": "3", "b": "2"}
    ssm.remove_tags_from_resource(**about, TagKeys=["a"])
    assert ssm.list_tags_for_resource(**about)["TagList"] == [{"Key": "b", "Value": "2"}]
    assert ssm.error("list_tags_for_resource", ResourceType="Parameter", ResourceId="absent") == (400, "InvalidResourceId")
    assert ssm.error("list_tags_for_resource", ResourceType="Document", ResourceId=name) == (400, "InvalidResourceType")
    too_many = [{"Key": f"k{index}", "Value": ""} for index in range(51)]
    assert ssm.error("add_tags_to_resource", **about, Tags=too_many) == (400, "TooManyTagsError")


def test_secrets_are_found_by_name_arn_and_partial_arn(secrets, name):
    made = secrets.create_secret(Name=f"team/{name}", SecretString='{"k": "값"}', Description="d",
                                 Tags=[{"Key": "a", "Value": "1"}])
    arn, version = made["ARN"], made["VersionId"]
    assert arn.startswith(f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:team/{name}-") and arn[-7] == "-"
    for id in (f"team/{name}", arn, arn[:-7]):
        got = secrets.get_secret_value(SecretId=id)
        assert (got["SecretString"], got["VersionId"], got["VersionStages"]) == ('{"k": "값"}', version, ["AWSCURRENT"])
    assert secrets.error("create_secret", Name=f"team/{name}", SecretString="x") == (400, "ResourceExistsException")
    assert secrets.error("create_secret", Name="a b", SecretString="x") == (400, "ValidationException")
    both = {"SecretString": "x", "SecretBinary": b"x"}
    assert secrets.error("create_secret", Name=f"{name}-both", **both) == (400, "InvalidParameterException")
    assert secrets.error("get_secret_value", SecretId="absent") == (400, "ResourceNotFoundException")

    second = secrets.put_secret_value(SecretId=arn, SecretString="two")
    assert secrets.get_secret_value(SecretId=arn)["SecretString"] == "two"
    assert secrets.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")["VersionId"] == version
    assert secrets.get_secret_value(SecretId=arn, VersionId=version)["SecretString"] == '{"k": "값"}'
    again = {"SecretId": arn, "ClientRequestToken": second["VersionId"]}
    assert secrets.put_secret_value(**again, SecretString="two")["VersionId"] == second["VersionId"]
    assert secrets.error("put_secret_value", **again, SecretString="other") == (400, "ResourceExistsException")
    assert secrets.error("get_secret_value", SecretId=arn, VersionStage="absent") == (400, "ResourceNotFoundException")

    assert "VersionId" not in secrets.update_secret(SecretId=arn, Description="new")
    assert secrets.update_secret(SecretId=arn, SecretBinary=b"\x00\xff")["VersionId"]
    assert secrets.get_secret_value(SecretId=arn)["SecretBinary"] == b"\x00\xff"
    secrets.tag_resource(SecretId=arn, Tags=[{"Key": "b", "Value": "2"}])
    secrets.untag_resource(SecretId=arn, TagKeys=["a"])
    described = secrets.describe_secret(SecretId=arn)
    assert described["Description"] == "new" and described["Tags"] == [{"Key": "b", "Value": "2"}]
    assert sorted(map(tuple, described["VersionIdsToStages"].values())) == [("AWSCURRENT",), ("AWSPREVIOUS",)]
    secrets.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    assert secrets.error("describe_secret", SecretId=arn) == (400, "ResourceNotFoundException")


def test_a_secret_is_marked_restored_and_deleted(secrets, name):
    arn = secrets.create_secret(Name=name, SecretString="x")["ARN"]
    assert secrets.error("delete_secret", SecretId=arn, RecoveryWindowInDays=6) == (400, "InvalidParameterException")
    assert secrets.error("delete_secret", SecretId=arn, RecoveryWindowInDays=7, ForceDeleteWithoutRecovery=True) == \
        (400, "InvalidParameterException")
    marked = secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    assert secrets.error("get_secret_value", SecretId=arn) == (400, "InvalidRequestException")
    assert secrets.error("create_secret", Name=name) == (400, "InvalidRequestException")
    assert secrets.describe_secret(SecretId=arn)["DeletedDate"] < marked["DeletionDate"]
    assert name not in {one["Name"] for one in secrets.list_secrets()["SecretList"]}
    planned = secrets.list_secrets(IncludePlannedDeletion=True, Filters=[{"Key": "name", "Values": [name]}])
    assert [one["ARN"] for one in planned["SecretList"]] == [arn]
    secrets.restore_secret(SecretId=arn)
    assert secrets.get_secret_value(SecretId=arn)["SecretString"] == "x"
    secrets.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    secrets.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    assert secrets.error("delete_secret", SecretId=arn) == (400, "ResourceNotFoundException")
    assert secrets.error("restore_secret", SecretId=arn) == (400, "ResourceNotFoundException")


def test_secrets_are_listed_in_pages(secrets, sandbox, name):
    names = [f"{name}-{index}" for index in range(5)]
    for one in names:
        secrets.create_secret(Name=one, SecretString="x", Tags=[{"Key": name, "Value": one}])
    ask = {"Filters": [{"Key": "tag-key", "Values": [name]}], "SortBy": "name", "SortOrder": "asc"}
    pages = list(sandbox.boto("secretsmanager").get_paginator("list_secrets").paginate(
        **ask, PaginationConfig={"PageSize": 2}))
    assert [[one["Name"] for one in page["SecretList"]] for page in pages] == [names[:2], names[2:4], names[4:]]
    assert secrets.error("list_secrets", NextToken="wrong") == (400, "InvalidNextTokenException")
    assert len(secrets.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]) == 5
    assert secrets.list_secrets(Filters=[{"Key": "name", "Values": ["!" + name]}, {"Key": "tag-key", "Values": [name]}])["SecretList"] == []


def test_workload_identities(control, name):
    url = "https://example.com/callback"
    made = control.create_workload_identity(name=name, allowedResourceOauth2ReturnUrls=[url], tags={"a": "1"})
    arn = f"{AGENTCORE}:workload-identity-directory/default/workload-identity/{name}"
    assert made == {"name": name, "workloadIdentityArn": arn, "allowedResourceOauth2ReturnUrls": [url]}
    assert control.error("create_workload_identity", name=name) == (409, "ConflictException")
    got = control.get_workload_identity(name=name)
    assert got["createdTime"] == got["lastUpdatedTime"] and got["allowedResourceOauth2ReturnUrls"] == [url]
    updated = control.update_workload_identity(name=name, allowedResourceOauth2ReturnUrls=[url, url + "2"])
    assert updated["allowedResourceOauth2ReturnUrls"] == [url, url + "2"] and updated["lastUpdatedTime"] > got["createdTime"]
    assert control.list_tags_for_resource(resourceArn=arn) == {"tags": {"a": "1"}}
    control.tag_resource(resourceArn=arn, tags={"b": "2"})
    control.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert control.list_tags_for_resource(resourceArn=arn) == {"tags": {"b": "2"}}
    control.delete_workload_identity(name=name)
    for operation in ("get_workload_identity", "update_workload_identity", "delete_workload_identity"):
        assert control.error(operation, name=name) == (404, "ResourceNotFoundException")
    assert control.error("list_tags_for_resource", resourceArn=arn) == (404, "ResourceNotFoundException")
    for wrong in ({"name": "a b!"}, {"name": name, "allowedResourceOauth2ReturnUrls": ["no url"]},
                  {"name": name, "tags": {"bad key!": "v"}}):
        assert control.error("create_workload_identity", **wrong) == (400, "ValidationException")


def test_workload_identities_are_listed_in_pages(control, sandbox, name):
    names = {f"{name}-{index:02}" for index in range(23)}
    for one in sorted(names):
        control.create_workload_identity(name=one)
    pages = list(sandbox.boto("bedrock-agentcore-control").get_paginator("list_workload_identities").paginate())
    assert max(len(page["workloadIdentities"]) for page in pages) == 20
    listed = [one["name"] for page in pages for one in page["workloadIdentities"]]
    assert names <= set(listed) and len(listed) == len(set(listed))
    for one in names:
        control.delete_workload_identity(name=one)


def test_api_key_providers(control, secrets, name):
    made = control.create_api_key_credential_provider(name=name, apiKey="k-1", tags={"a": "1"})
    arn = f"{AGENTCORE}:token-vault/default/apikeycredentialprovider/{name}"
    secret = made["apiKeySecretArn"]["secretArn"]
    assert made["credentialProviderArn"] == arn and made["apiKeySecretSource"] == "MANAGED"
    value = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
    assert value == {made["apiKeySecretJsonKey"]: "k-1"}
    assert secrets.describe_secret(SecretId=secret)["OwningService"] == "bedrock-agentcore-identity"
    assert secrets.error("put_secret_value", SecretId=secret, SecretString="x") == (400, "InvalidRequestException")
    assert control.error("create_api_key_credential_provider", name=name, apiKey="k-2") == (409, "ConflictException")
    got = control.get_api_key_credential_provider(name=name)
    assert got["apiKeySecretArn"] == made["apiKeySecretArn"] and got["createdTime"] == got["lastUpdatedTime"]
    updated = control.update_api_key_credential_provider(name=name, apiKey="k-2")
    assert updated["apiKeySecretArn"] == made["apiKeySecretArn"] and updated["lastUpdatedTime"] > got["lastUpdatedTime"]
    assert "k-2" in secrets.get_secret_value(SecretId=secret)["SecretString"]
    listed = control.list_api_key_credential_providers(maxResults=100)["credentialProviders"]
    assert {one["name"]: one["credentialProviderArn"] for one in listed}[name] == arn
    assert control.list_tags_for_resource(resourceArn=arn) == {"tags": {"a": "1"}}
    control.delete_api_key_credential_provider(name=name)
    assert secrets.error("get_secret_value", SecretId=secret) == (400, "ResourceNotFoundException")
    for operation in ("get_api_key_credential_provider", "delete_api_key_credential_provider"):
        assert control.error(operation, name=name) == (404, "ResourceNotFoundException")
    assert control.error("update_api_key_credential_provider", name=name, apiKey="k") == (404, "ResourceNotFoundException")


def test_a_provider_refers_to_a_secret_of_the_users(control, secrets, name):
    own = secrets.create_secret(Name=name, SecretString='{"credential": "k-ext"}')["ARN"]
    reference = {"secretId": name, "jsonKey": "credential"}
    made = control.create_api_key_credential_provider(name=name, apiKeySecretSource="EXTERNAL", apiKeySecretConfig=reference)
    assert made["apiKeySecretArn"] == {"secretArn": own} and made["apiKeySecretJsonKey"] == "credential"
    assert made["apiKeySecretSource"] == "EXTERNAL"
    managed = control.update_api_key_credential_provider(name=name, apiKey="k-own", apiKeySecretSource="MANAGED")
    assert managed["apiKeySecretArn"]["secretArn"] != own and managed["apiKeySecretSource"] == "MANAGED"
    back = control.update_api_key_credential_provider(name=name, apiKeySecretSource="EXTERNAL", apiKeySecretConfig=reference)
    assert back["apiKeySecretArn"] == {"secretArn": own}
    assert secrets.error("get_secret_value", SecretId=managed["apiKeySecretArn"]["secretArn"]) == (400, "ResourceNotFoundException")
    control.delete_api_key_credential_provider(name=name)
    assert secrets.get_secret_value(SecretId=own)["SecretString"] == '{"credential": "k-ext"}', "the user's secret stays"
    create = "create_api_key_credential_provider"
    external = {"name": name, "apiKeySecretSource": "EXTERNAL"}
    absent = reference | {"secretId": "absent"}
    assert control.error(create, **external, apiKeySecretConfig=absent) == (404, "ResourceNotFoundException")
    for wrong in (external, external | {"apiKey": "k"}, {"name": name}, {"name": name, "apiKeySecretConfig": reference},
                  {"name": name, "apiKey": "k", "apiKeySecretConfig": reference}, {"name": "a b", "apiKey": "k"},
                  external | {"apiKeySecretConfig": reference | {"jsonKey": "other"}}):
        assert control.error(create, **wrong) == (400, "ValidationException"), wrong


def oauth2_config(vendor: str) -> dict:
    config = {"clientId": "client", "clientSecret": "s3cret"}
    if vendor == "Custom":
        config["oauthDiscovery"] = {"discoveryUrl": "https://idp.example/.well-known/openid-configuration"}
    if vendor in TENANTS:
        config |= {part: f"https://tenant.example/{part}" for part in ("issuer", "authorizationEndpoint", "tokenEndpoint")}
    return {f"{OAUTH2_CONFIGS[vendor]}Oauth2ProviderConfig": config}


@pytest.mark.parametrize("vendor", OAUTH2_CONFIGS)
def test_oauth2_providers_of_every_vendor(control, secrets, name, vendor):
    config = oauth2_config(vendor)
    [member] = config
    wanted = {"name": name, "credentialProviderVendor": f"{vendor}Oauth2", "oauth2ProviderConfigInput": config}
    made = control.create_oauth2_credential_provider(**wanted, tags={"a": "1"})
    arn = f"{AGENTCORE}:token-vault/default/oauth2credentialprovider/{name}"
    assert made["credentialProviderArn"] == arn
    assert urllib.parse.urlsplit(made["callbackUrl"]).path.startswith("/identities/oauth2/callback/")
    secret = made["clientSecretArn"]["secretArn"]
    assert f":secret:bedrock-agentcore-identity!default/oauth2/{name}-" in secret
    assert json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"]) == {made["clientSecretJsonKey"]: "s3cret"}
    got = control.get_oauth2_credential_provider(name=name)
    assert got["credentialProviderVendor"] == f"{vendor}Oauth2" and got["status"] == "READY"
    assert got["callbackUrl"] == made["callbackUrl"]
    output = got["oauth2ProviderConfigOutput"]
    assert list(output) == [member] and output[member]["clientId"] == "client" and output[member]["oauthDiscovery"]
    assert "s3cret" not in str(got) and "s3cret" not in str(made)
    assert control.error("create_oauth2_credential_provider", **wanted) == (409, "ConflictException")
    config[member] |= {"clientId": "other", "clientSecret": "s3cond"}
    updated = control.update_oauth2_credential_provider(**wanted)
    assert updated["oauth2ProviderConfigOutput"][member]["clientId"] == "other"
    assert updated["callbackUrl"] == made["callbackUrl"] and updated["clientSecretArn"] == made["clientSecretArn"]
    assert "s3cond" in secrets.get_secret_value(SecretId=secret)["SecretString"]
    listed = control.list_oauth2_credential_providers(maxResults=20)["credentialProviders"]
    assert {one["name"]: one["credentialProviderVendor"] for one in listed}[name] == f"{vendor}Oauth2"
    control.delete_oauth2_credential_provider(name=name)
    assert secrets.error("get_secret_value", SecretId=secret) == (400, "ResourceNotFoundException")
    assert control.error("get_oauth2_credential_provider", name=name) == (404, "ResourceNotFoundException")


def custom(**change) -> dict:
    config = {"clientId": "c", "clientSecret": "s",
              "oauthDiscovery": {"discoveryUrl": "https://x.example/.well-known/openid-configuration"}} | change
    return {"customOauth2ProviderConfig": {name: value for name, value in config.items() if value is not None}}


METADATA = {"issuer": "https://x.example", "authorizationEndpoint": "https://x.example/a", "tokenEndpoint": "https://x.example/t"}


@pytest.mark.parametrize("vendor, config", [
    ("CustomOauth2", {}),
    ("NobodysOauth2", custom()),
    ("GoogleOauth2", custom()),
    ("CustomOauth2", {"googleOauth2ProviderConfig": {"clientId": "c", "clientSecret": "s"}}),
    ("CustomOauth2", custom() | {"googleOauth2ProviderConfig": {"clientId": "c", "clientSecret": "s"}}),
    ("CustomOauth2", custom(clientSecret=None)),
    ("CustomOauth2", custom(clientSecretSource="EXTERNAL")),
    ("CustomOauth2", custom(clientSecretConfig={"secretId": "s", "jsonKey": "k"})),
    ("CustomOauth2", custom(oauthDiscovery={})),
    ("CustomOauth2", custom(oauthDiscovery={"discoveryUrl": "https://x.example/openid-configuration"})),
    ("CustomOauth2", custom(oauthDiscovery={"authorizationServerMetadata": METADATA | {"tokenEndpointAuthMethods": ["none"]}})),
    ("CustomOauth2", custom(clientAuthenticationMethod="NONE")),
    ("CustomOauth2", custom(onBehalfOfTokenExchangeConfig={"grantType": "PASSWORD"})),
    ("OktaOauth2", {"includedOauth2ProviderConfig": {"clientId": "c", "clientSecret": "s"}}),
])
def test_an_oauth2_configuration_that_breaks_a_rule_is_refused(control, name, vendor, config):
    wanted = {"name": name, "credentialProviderVendor": vendor, "oauth2ProviderConfigInput": config}
    assert control.error("create_oauth2_credential_provider", **wanted) == (400, "ValidationException")
    assert control.error("get_oauth2_credential_provider", name=name) == (404, "ResourceNotFoundException")


def test_custom_oauth2_configurations_keep_all_that_was_said(control, secrets, name):
    own = secrets.create_secret(Name=name, SecretString='{"k": "v"}')["ARN"]
    said = {
        "oauthDiscovery": {"authorizationServerMetadata": METADATA | {
            "responseTypes": ["code"], "tokenEndpointAuthMethods": ["client_secret_post"]}},
        "clientAuthenticationMethod": "CLIENT_SECRET_POST",
        "onBehalfOfTokenExchangeConfig": {"grantType": "TOKEN_EXCHANGE",
                                          "tokenExchangeGrantTypeConfig": {"actorTokenContent": "NONE"}},
    }
    config = custom(**said, clientSecret=None, clientSecretSource="EXTERNAL", clientSecretConfig={"secretId": own, "jsonKey": "k"})
    wanted = {"name": name, "credentialProviderVendor": "CustomOauth2", "oauth2ProviderConfigInput": config}
    made = control.create_oauth2_credential_provider(**wanted)
    assert made["clientSecretArn"] == {"secretArn": own} and made["clientSecretSource"] == "EXTERNAL"
    got = control.get_oauth2_credential_provider(name=name)["oauth2ProviderConfigOutput"]["customOauth2ProviderConfig"]
    assert got == said | {"clientId": "c"}
    other = wanted | {"credentialProviderVendor": "GithubOauth2",
                      "oauth2ProviderConfigInput": {"githubOauth2ProviderConfig": {"clientId": "c", "clientSecret": "s"}}}
    assert control.error("update_oauth2_credential_provider", **other) == (400, "ValidationException")
    control.delete_oauth2_credential_provider(name=name)
    assert secrets.get_secret_value(SecretId=own)["SecretString"] == '{"k": "v"}'


def test_providers_are_listed_in_pages(control, sandbox, name):
    client = sandbox.boto("bedrock-agentcore-control")
    names = [f"{name}-{index:02}" for index in range(21)]
    for one in names:
        control.create_oauth2_credential_provider(name=one, credentialProviderVendor="CustomOauth2",
                                                  oauth2ProviderConfigInput=custom())
        control.create_api_key_credential_provider(name=one, apiKey="k")
    for kind, size in (("oauth2", 20), ("api_key", 100)):
        pages = list(client.get_paginator(f"list_{kind}_credential_providers").paginate())
        listed = [one["name"] for page in pages for one in page["credentialProviders"]]
        assert set(names) <= set(listed) and len(listed) == len(set(listed))
        assert all(len(page["credentialProviders"]) <= size for page in pages)
    few = client.list_api_key_credential_providers(maxResults=2)
    assert len(few["credentialProviders"]) == 2 and few["nextToken"]
    assert control.error("list_oauth2_credential_providers", nextToken="wrong") == (400, "ValidationException")
    for one in names:
        control.delete_oauth2_credential_provider(name=one)
        control.delete_api_key_credential_provider(name=one)


def test_the_token_vault_has_a_key(control):
    first = control.get_token_vault()
    assert first["tokenVaultId"] == "default" and first["kmsConfiguration"] == {"keyType": "ServiceManagedKey"}
    assert control.get_token_vault(tokenVaultId="default") == first
    assert control.error("get_token_vault", tokenVaultId="other") == (404, "ResourceNotFoundException")
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{uuid.uuid4()}"
    own = {"keyType": "CustomerManagedKey", "kmsKeyArn": key}
    changed = control.set_token_vault_cmk(kmsConfiguration=own)
    assert changed["kmsConfiguration"] == own and changed["lastModifiedDate"] > first["lastModifiedDate"]
    for wrong in ({"keyType": "CustomerManagedKey"}, {"keyType": "ServiceManagedKey", "kmsKeyArn": key}, {"keyType": "Other"}):
        assert control.error("set_token_vault_cmk", kmsConfiguration=wrong) == (400, "ValidationException")
    assert control.reset_token_vault_key_material(tokenVaultId="default")["kmsConfiguration"] == own
    assert control.set_token_vault_cmk(kmsConfiguration={"keyType": "ServiceManagedKey"})["kmsConfiguration"] == \
        {"keyType": "ServiceManagedKey"}
