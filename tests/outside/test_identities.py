"""Parameters, secrets, and AgentCore's identity service in the sandbox, by AWS's own client for Python: every operation,
every error by its code, every answer by the client's own model."""

import base64
import hashlib
import http.server
import json
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

import oidc
from conftest import lacked
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


# The model has another service's name in them than the ARNs that the service gives.
ODD_PATTERNS = {"CredentialProviderArnType", "ApiKeyCredentialProviderArnType"}


def misfits(shape, value, path="answer"):
    """Where a value is outside the model's enumerations and patterns, which botocore's own validator does not look at."""
    if getattr(shape, "is_document_type", False):
        return
    if shape.type_name == "structure":
        for name, part in value.items():
            yield from misfits(shape.members[name], part, f"{path}.{name}")
    elif shape.type_name == "list":
        for part in value:
            yield from misfits(shape.member, part, f"{path}[]")
    elif shape.type_name == "map":
        for part in value.values():
            yield from misfits(shape.value, part, f"{path}{{}}")
    elif shape.type_name == "string":
        pattern = shape.metadata.get("pattern")
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is none of {shape.enum}"
        # Classes of Unicode are Java's, and Python's expressions do not know them.
        if pattern and r"\p{" not in pattern and shape.name not in ODD_PATTERNS and not re.fullmatch(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"


class Checked:
    """A client whose every answer is checked against the service's model."""

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
                assert not list(misfits(model.output_shape, answer)), operation
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


# The data plane: workload access tokens, and what they are exchanged for.

@pytest.fixture(scope="module")
def data(sandbox):
    return Checked(sandbox, "bedrock-agentcore")


@pytest.fixture
def workload(control, name):
    control.create_workload_identity(name=name, allowedResourceOauth2ReturnUrls=[RETURN_URL])
    yield name
    control.delete_workload_identity(name=name)


RETURN_URL = "http://127.0.0.1:9/agent/callback?tenant=a"


def jwt(claims: dict, signature=b"signature") -> str:
    parts = [json.dumps({"alg": "RS256"}).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_an_api_key_is_given_for_a_workload_access_token(control, data, workload, name):
    control.create_api_key_credential_provider(name=name, apiKey="k-값")
    tokens = [
        data.get_workload_access_token(workloadName=workload),
        data.get_workload_access_token_for_user_id(workloadName=workload, userId="alice"),
        data.get_workload_access_token_for_jwt(workloadName=workload, userToken=jwt({"iss": "https://i", "sub": "a"})),
    ]
    for token in tokens:
        token = token["workloadAccessToken"]
        assert workload not in token and "alice" not in token
        assert data.get_resource_api_key(workloadIdentityToken=token, resourceCredentialProviderName=name) == {"apiKey": "k-값"}
    control.update_api_key_credential_provider(name=name, apiKey="k-2")
    ask = {"workloadIdentityToken": token, "resourceCredentialProviderName": name}
    assert data.get_resource_api_key(**ask) == {"apiKey": "k-2"}
    absent = ask | {"resourceCredentialProviderName": "absent"}
    assert data.error("get_resource_api_key", **absent) == (404, "ResourceNotFoundException")
    for wrong in (token[:-4] + "AAAA", token[1:], "x", jwt({"workload": workload})):
        assert data.error("get_resource_api_key", **ask | {"workloadIdentityToken": wrong}) == (401, "UnauthorizedException")
    for wrong in ({"workloadIdentityToken": ""}, {"resourceCredentialProviderName": "a b"}):
        assert data.error("get_resource_api_key", **ask | wrong) == (400, "ValidationException")
    control.delete_api_key_credential_provider(name=name)
    assert data.error("get_resource_api_key", **ask) == (404, "ResourceNotFoundException")


def test_workload_access_tokens_are_made_for_identities_that_exist(control, data, workload, name):
    assert data.error("get_workload_access_token", workloadName="absent-one") == (404, "ResourceNotFoundException")
    assert data.error("get_workload_access_token", workloadName="x") == (400, "ValidationException")
    for wrong in ("a.b", "no token at all", jwt({"iss": "https://i"}), "aaaa.bbbb.cccc"):
        refused = data.error("get_workload_access_token_for_jwt", workloadName=workload, userToken=wrong)
        assert refused == (400, "ValidationException"), wrong
    other = name + "-gone"
    control.create_workload_identity(name=other)
    token = data.get_workload_access_token(workloadName=other)["workloadAccessToken"]
    control.delete_workload_identity(name=other)
    ask = {"workloadIdentityToken": token, "resourceCredentialProviderName": name}
    assert data.error("get_resource_api_key", **ask) == (401, "UnauthorizedException")


@pytest.fixture
def machine_client(sandbox, name):
    """A client of a user pool that gets tokens for itself; two scopes."""
    cognito = sandbox.boto("cognito-idp")
    pool = cognito.create_user_pool(PoolName=name)["UserPool"]["Id"]
    cognito.create_user_pool_domain(Domain=name, UserPoolId=pool)
    scopes = [{"ScopeName": scope, "ScopeDescription": scope} for scope in ("read", "write")]
    cognito.create_resource_server(UserPoolId=pool, Identifier=name, Name=name, Scopes=scopes)
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName=name, GenerateSecret=True, AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthScopes=[f"{name}/read", f"{name}/write"])["UserPoolClient"]
    yield {"discovery": f"{sandbox.env['AWS_ENDPOINT_URL']}/{pool}/.well-known/openid-configuration",
           "id": client["ClientId"], "secret": client["ClientSecret"], "pool": pool}
    cognito.delete_user_pool_domain(Domain=name, UserPoolId=pool)
    cognito.delete_user_pool(UserPoolId=pool)


def provider_for(control, name: str, machine: dict, **change) -> str:
    config = {"oauthDiscovery": {"discoveryUrl": machine["discovery"]}, "clientId": machine["id"],
              "clientSecret": machine["secret"]} | change
    control.create_oauth2_credential_provider(name=name, credentialProviderVendor="CustomOauth2",
                                              oauth2ProviderConfigInput={"customOauth2ProviderConfig": config})
    return name


def claims(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_machine_gets_a_token_of_its_provider_and_it_is_kept(control, data, workload, machine_client, name):
    provider_for(control, name, machine_client)
    token = data.get_workload_access_token(workloadName=workload)["workloadAccessToken"]
    ask = {"workloadIdentityToken": token, "resourceCredentialProviderName": name, "oauth2Flow": "M2M"}
    first = data.get_resource_oauth2_token(**ask, scopes=[f"{name}/read"])["accessToken"]
    assert claims(first)["client_id"] == machine_client["id"] and claims(first)["scope"] == f"{name}/read"
    again = data.get_workload_access_token_for_user_id(workloadName=workload, userId="bob")["workloadAccessToken"]
    asks = [ask, ask | {"workloadIdentityToken": again}]
    assert {data.get_resource_oauth2_token(**one, scopes=[f"{name}/read"])["accessToken"] for one in asks} == {first}
    both = [f"{name}/write", f"{name}/read"]
    wider = data.get_resource_oauth2_token(**ask, scopes=both)["accessToken"]
    assert set(claims(wider)["scope"].split()) == set(both)
    assert data.get_resource_oauth2_token(**ask, scopes=both[::-1])["accessToken"] == wider

    # A provider that changed gives no old tokens; one that refuses gives none at all.
    wrong = {"oauthDiscovery": {"discoveryUrl": machine_client["discovery"]}, "clientId": machine_client["id"]}
    update = {"name": name, "credentialProviderVendor": "CustomOauth2"}
    control.update_oauth2_credential_provider(
        **update, oauth2ProviderConfigInput={"customOauth2ProviderConfig": wrong | {"clientSecret": "wrong"}})
    with pytest.raises(ClientError, match="invalid_client") as caught:
        data.get_resource_oauth2_token(**ask, scopes=[f"{name}/read"])
    assert "wrong" not in str(caught.value)
    right = wrong | {"clientSecret": machine_client["secret"], "clientAuthenticationMethod": "CLIENT_SECRET_POST"}
    control.update_oauth2_credential_provider(**update, oauth2ProviderConfigInput={"customOauth2ProviderConfig": right})
    assert data.get_resource_oauth2_token(**ask, scopes=[f"{name}/read"])["accessToken"] != first
    with pytest.raises(ClientError, match="invalid_scope"):
        data.get_resource_oauth2_token(**ask, scopes=["other/scope"])
    for change in ({"oauth2Flow": "PASSWORD"}, {"workloadIdentityToken": ""}, {"sessionUri": "x"}):
        assert data.error("get_resource_oauth2_token", **ask | change, scopes=[]) == (400, "ValidationException"), change
    on_behalf = ask | {"oauth2Flow": "ON_BEHALF_OF_TOKEN_EXCHANGE"}
    assert data.error("get_resource_oauth2_token", **on_behalf, scopes=[]) == (501, "UnknownOperationException")
    control.delete_oauth2_credential_provider(name=name)
    assert data.error("get_resource_oauth2_token", **ask, scopes=[f"{name}/read"]) == (404, "ResourceNotFoundException")


def test_a_machine_gets_its_token_by_the_pools_address_at_aws_too(control, data, workload, machine_client, name):
    at_aws = f"https://cognito-idp.us-west-2.amazonaws.com/{machine_client['pool']}/.well-known/openid-configuration"
    provider_for(control, name, machine_client | {"discovery": at_aws})
    token = data.get_workload_access_token(workloadName=workload)["workloadAccessToken"]
    got = data.get_resource_oauth2_token(workloadIdentityToken=token, resourceCredentialProviderName=name, oauth2Flow="M2M",
                                         scopes=[f"{name}/read"])["accessToken"]
    assert claims(got)["client_id"] == machine_client["id"]


def test_a_provider_that_is_not_there_gives_no_token(control, data, workload, machine_client, name):
    provider_for(control, name, machine_client | {"discovery": "http://127.0.0.1:9/.well-known/openid-configuration"})
    token = data.get_workload_access_token(workloadName=workload)["workloadAccessToken"]
    ask = {"workloadIdentityToken": token, "resourceCredentialProviderName": name, "oauth2Flow": "M2M", "scopes": []}
    assert data.error("get_resource_oauth2_token", **ask) == (400, "ValidationException")


class AuthorizationServer(http.server.BaseHTTPRequestHandler):
    """Asks nobody: whoever comes is `user`. Checks what RFC 6749 and RFC 7636 say that it must."""

    user = "alice"
    codes: dict = {}
    refresh: dict = {}
    life = 3600

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(url.query))
        assert url.path == "/authorize" and asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        back = asked["redirect_uri"] + "?state=" + asked["state"]
        if asked.get("prompt") == "refuse":
            return self.answer(302, Location=back + "&error=access_denied")
        code = uuid.uuid4().hex
        self.codes[code] = asked
        self.answer(302, Location=f"{back}&code={code}")

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        basic = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        if basic != "web:s3cret":
            return self.answer(401, b'{"error": "invalid_client"}')
        if form["grant_type"] == "refresh_token":
            asked = self.refresh.pop(form["refresh_token"], None)
        else:
            asked = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if asked and (asked["code_challenge"], asked["redirect_uri"]) != (proof, form["redirect_uri"]):
                asked = None
        if asked is None:
            return self.answer(400, b'{"error": "invalid_grant"}')
        refresh = uuid.uuid4().hex
        self.refresh[refresh] = asked
        token = {"access_token": f"{self.user} {asked.get('scope', '')} {uuid.uuid4().hex}", "token_type": "Bearer",
                 "expires_in": type(self).life, "refresh_token": refresh}
        self.answer(200, json.dumps(token).encode(), **{"Content-Type": "application/json"})


@pytest.fixture
def federated(control, name):
    """A provider whose users sign in at an authorization server of this test."""
    handler = type("Handler", (AuthorizationServer,), {"codes": {}, "refresh": {}})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        metadata = {"issuer": base, "authorizationEndpoint": f"{base}/authorize", "tokenEndpoint": f"{base}/token"}
        control.create_oauth2_credential_provider(
            name=name, credentialProviderVendor="CustomOauth2", oauth2ProviderConfigInput=custom(
                oauthDiscovery={"authorizationServerMetadata": metadata}, clientId="web", clientSecret="s3cret"))
        yield handler
        server.shutdown()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def visit(url: str) -> tuple[int, str]:
    """What a browser is told: status, and where to go."""
    try:
        with urllib.request.build_opener(NoRedirect).open(url) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Location", "")


def agree(url: str) -> dict:
    """Goes through the pages like a browser, up to the agent's own return URL; the parameters that it gets."""
    for _ in range(3):
        status, url = visit(url)
        assert status == 302
    assert url.startswith(RETURN_URL)
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def test_a_user_agrees_once_and_the_token_is_kept_for_that_user(control, data, workload, federated, name):
    alice = jwt({"iss": "https://i", "sub": "alice"})
    wat = data.get_workload_access_token_for_jwt(workloadName=workload, userToken=alice)["workloadAccessToken"]
    ask = {"workloadIdentityToken": wat, "resourceCredentialProviderName": name, "scopes": ["mail", "files"],
           "oauth2Flow": "USER_FEDERATION", "resourceOauth2ReturnUrl": RETURN_URL}
    begun = data.get_resource_oauth2_token(**ask, customState="csrf", customParameters={"prompt": "consent", "state": "forged"})
    assert begun["sessionStatus"] == "IN_PROGRESS" and "accessToken" not in begun
    waiting = ask | {"sessionUri": begun["sessionUri"]}
    assert data.get_resource_oauth2_token(**waiting) == begun
    complete = {"sessionUri": begun["sessionUri"], "userIdentifier": {"userToken": alice}}
    refused = (403, "AccessDeniedException")
    assert data.error("complete_resource_token_auth", **complete) == refused, "before the user came back"

    back = agree(begun["authorizationUrl"])
    assert back == {"tenant": "a", "session_id": begun["sessionUri"], "state": "csrf"}
    assert visit(begun["authorizationUrl"])[0] == 400, "a link is good for one time"
    assert data.get_resource_oauth2_token(**waiting)["sessionStatus"] == "IN_PROGRESS"
    for other in ({"userToken": jwt({"iss": "https://i", "sub": "mallory"})}, {"userId": "alice"},
                  # The same user with another proof: the service binds the session to the token itself.
                  {"userToken": jwt({"iss": "https://i", "sub": "alice"}, b"other")}):
        assert data.error("complete_resource_token_auth", **complete | {"userIdentifier": other}) == refused
    data.complete_resource_token_auth(**complete)
    assert data.error("complete_resource_token_auth", **complete) == refused, "a second time"
    got = data.get_resource_oauth2_token(**waiting)["accessToken"]
    assert got.startswith("alice mail files ")
    assert data.get_resource_oauth2_token(**ask)["accessToken"] == got
    later = data.get_workload_access_token_for_jwt(
        workloadName=workload, userToken=jwt({"iss": "https://i", "sub": "alice", "iat": 1}))["workloadAccessToken"]
    assert data.get_resource_oauth2_token(**ask | {"workloadIdentityToken": later})["accessToken"] == got

    # Nobody else has it: another user, other scopes, another workload, or the same user who shall be asked again.
    bob = data.get_workload_access_token_for_user_id(workloadName=workload, userId="bob")["workloadAccessToken"]
    second = name + "-second"
    control.create_workload_identity(name=second, allowedResourceOauth2ReturnUrls=[RETURN_URL])
    elsewhere = data.get_workload_access_token_for_jwt(workloadName=second, userToken=alice)["workloadAccessToken"]
    for change in ({"workloadIdentityToken": bob}, {"scopes": ["mail"]}, {"workloadIdentityToken": elsewhere},
                   {"forceAuthentication": True}):
        assert "accessToken" not in data.get_resource_oauth2_token(**ask | change), change
    assert data.error("get_resource_oauth2_token", **waiting | {"workloadIdentityToken": bob}) == (400, "ValidationException")


def test_an_old_token_of_a_user_is_renewed_without_asking(data, workload, federated, name):
    federated.life = 1
    wat = data.get_workload_access_token_for_user_id(workloadName=workload, userId="alice")["workloadAccessToken"]
    ask = {"workloadIdentityToken": wat, "resourceCredentialProviderName": name, "scopes": ["mail"],
           "oauth2Flow": "USER_FEDERATION", "resourceOauth2ReturnUrl": RETURN_URL}
    begun = data.get_resource_oauth2_token(**ask)
    agree(begun["authorizationUrl"])
    data.complete_resource_token_auth(sessionUri=begun["sessionUri"], userIdentifier={"userId": "alice"})
    tokens = {data.get_resource_oauth2_token(**ask)["accessToken"] for _ in range(3)}
    assert len(tokens) == 3, "each is too old at once"
    federated.refresh.clear()
    assert "authorizationUrl" in data.get_resource_oauth2_token(**ask), "a user who took it back is asked again"


def test_a_user_who_refuses_gives_no_token(data, workload, federated, name):
    wat = data.get_workload_access_token_for_user_id(workloadName=workload, userId="alice")["workloadAccessToken"]
    ask = {"workloadIdentityToken": wat, "resourceCredentialProviderName": name, "scopes": [],
           "oauth2Flow": "USER_FEDERATION", "resourceOauth2ReturnUrl": RETURN_URL}
    begun = data.get_resource_oauth2_token(**ask, customParameters={"prompt": "refuse"})
    assert agree(begun["authorizationUrl"])["error"] == "access_denied"
    complete = {"sessionUri": begun["sessionUri"], "userIdentifier": {"userId": "alice"}}
    assert data.error("complete_resource_token_auth", **complete) == (403, "AccessDeniedException")
    assert data.get_resource_oauth2_token(**ask, sessionUri=begun["sessionUri"])["sessionStatus"] == "FAILED"


def test_users_are_asked_only_for_workloads_that_say_where_they_come_back(control, data, workload, federated, name):
    wat = data.get_workload_access_token_for_user_id(workloadName=workload, userId="alice")["workloadAccessToken"]
    ask = {"workloadIdentityToken": wat, "resourceCredentialProviderName": name, "scopes": [], "oauth2Flow": "USER_FEDERATION"}
    with pytest.raises(ClientError, match="You must provide a ResourceOauth2ReturnUrl"):
        data.get_resource_oauth2_token(**ask)
    elsewhere = ask | {"resourceOauth2ReturnUrl": "https://evil.example/callback"}
    assert data.error("get_resource_oauth2_token", **elsewhere) == (400, "ValidationException")
    nobody = data.get_workload_access_token(workloadName=workload)["workloadAccessToken"]
    machine = ask | {"workloadIdentityToken": nobody, "resourceOauth2ReturnUrl": RETURN_URL}
    assert data.error("get_resource_oauth2_token", **machine) == (400, "ValidationException")
    control.update_workload_identity(name=workload, allowedResourceOauth2ReturnUrls=[])
    with pytest.raises(ClientError, match="You must register and use at least one ResourceOauth2ReturnUrl"):
        data.get_resource_oauth2_token(**ask, resourceOauth2ReturnUrl=RETURN_URL)
    forged = urllib.parse.urlsplit(control.get_oauth2_credential_provider(name=name)["callbackUrl"])
    for query in ("code=x", "code=x&state=", "code=x&state=guessed"):
        assert visit(forged._replace(query=query).geturl())[0] == 400


@pytest.fixture
def certified(control, name, monkeypatch):
    """npm's `oidc-provider`, with a client whose users come back to the credential provider `name`."""
    made = control.create_oauth2_credential_provider(name=name, credentialProviderVendor="CustomOauth2",
                                                     oauth2ProviderConfigInput=custom())
    monkeypatch.setenv("CALLBACK_URL", made["callbackUrl"])
    running = oidc.provider({"keys": []})
    try:
        started = running.__enter__()
    except (OSError, subprocess.CalledProcessError, RuntimeError) as error:
        lacked("npm", f"oidc-provider does not run: {error}")
    yield started
    running.__exit__(None, None, None)


def use_certified(control, name: str, certified, client: str, **change):
    control.update_oauth2_credential_provider(
        name=name, credentialProviderVendor="CustomOauth2", oauth2ProviderConfigInput=custom(
            oauthDiscovery={"discoveryUrl": certified.discovery}, clientId=client, clientSecret=oidc.secret(client), **change))


def test_a_certified_provider_gives_machines_their_tokens(control, data, workload, certified, name):
    wat = data.get_workload_access_token(workloadName=workload)["workloadAccessToken"]
    ask = {"workloadIdentityToken": wat, "resourceCredentialProviderName": name, "oauth2Flow": "M2M", "scopes": ["agents:call"]}
    for client, change in (("basic", {}), ("post", {"clientAuthenticationMethod": "CLIENT_SECRET_POST"})):
        use_certified(control, name, certified, client, **change)
        with certified.counted() as seen:
            with ThreadPoolExecutor(10) as pool:
                tokens = {each["accessToken"] for each in pool.map(lambda _: data.get_resource_oauth2_token(**ask), range(30))}
        assert len(tokens) == 1 and len(seen) == 1, "one request, whoever asks"
        got = claims(tokens.pop())
        assert (got["client_id"], got["scope"], got["iss"]) == (client, "agents:call", certified.issuer)
    use_certified(control, name, certified, "basic", clientAuthenticationMethod="PRIVATE_KEY_JWT")
    assert data.error("get_resource_oauth2_token", **ask) == (501, "UnknownOperationException")


def test_a_certified_provider_lets_a_person_agree(control, data, sandbox, workload, certified, name):
    use_certified(control, name, certified, "federated")
    # A page that answers, in the place of the agent's own.
    home = f"{sandbox.env['AWS_ENDPOINT_URL']}/_sandbox/health"
    control.update_workload_identity(name=workload, allowedResourceOauth2ReturnUrls=[home])
    wat = data.get_workload_access_token_for_user_id(workloadName=workload, userId="u1")["workloadAccessToken"]
    ask = {"workloadIdentityToken": wat, "resourceCredentialProviderName": name, "oauth2Flow": "USER_FEDERATION",
           "scopes": ["openid", "offline_access", "agents:call"], "resourceOauth2ReturnUrl": home}
    begun = data.get_resource_oauth2_token(**ask, customParameters={"prompt": "consent"}, customState="mine")
    page = oidc.Person().visit(begun["authorizationUrl"])
    assert page.status_code == 200 and page.url.startswith(home + "?"), page.text
    back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
    assert back == {"session_id": begun["sessionUri"], "state": "mine"}
    data.complete_resource_token_auth(sessionUri=begun["sessionUri"], userIdentifier={"userId": "u1"})
    got = claims(data.get_resource_oauth2_token(**ask)["accessToken"])
    assert (got["sub"], got["client_id"], got["iss"]) == ("alice", "federated", certified.issuer)


def test_the_retired_toolkit_makes_providers_and_identities(sandbox, toolkit, control, name):
    """Its own commands, unchanged, with nothing but the environment of `sandbox env`."""
    program = [sys.executable, "-c", "from bedrock_agentcore_starter_toolkit.cli.cli import main; main()", "identity"]
    agent = sandbox.write(f"{name}/agent.py", "from bedrock_agentcore import BedrockAgentCoreApp\n\napp = BedrockAgentCoreApp()\n")

    def run(*args) -> str:
        done = subprocess.run([*program, *args], cwd=agent.parent, env=sandbox.env | {"COLUMNS": "300"},
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    sandbox.write(f"{name}/requirements.txt", "bedrock-agentcore\n")
    configure = ["configure", "-ni", "-dt", "container", "-e", "agent.py", "-n", "mine"]
    subprocess.run([sandbox.binary, *configure], cwd=agent.parent, env=sandbox.env, check=True, capture_output=True)
    discovery = "https://idp.example/.well-known/openid-configuration"
    run("create-credential-provider", "--name", f"{name}-c", "--type", "cognito", "--client-id", "c",
        "--client-secret", "s", "--discovery-url", discovery, "--region", REGION)
    run("create-credential-provider", "--name", f"{name}-g", "--type", "github", "--client-id", "c",
        "--client-secret", "s", "--region", REGION)
    run("create-workload-identity", "--name", name, "--return-urls", "http://localhost:8081/oauth2/callback", "--region", REGION)
    run("update-workload-identity", "--name", name, "--add-return-urls", "https://prod.example/back", "--region", REGION)
    listed = run("list-credential-providers")
    assert f"{name}-c" in listed and f"{name}-g" in listed
    got = control.get_oauth2_credential_provider(name=f"{name}-c")
    assert got["oauth2ProviderConfigOutput"]["customOauth2ProviderConfig"]["oauthDiscovery"] == {"discoveryUrl": discovery}
    # It puts them together as a set.
    assert set(control.get_workload_identity(name=name)["allowedResourceOauth2ReturnUrls"]) == {
        "http://localhost:8081/oauth2/callback", "https://prod.example/back"}
    # It writes the project's configuration with these, and its own clean-up finds them there.
    run("cleanup", "--agent", "mine", "--force")
    for provider in (f"{name}-c", f"{name}-g"):
        assert control.error("get_oauth2_credential_provider", name=provider) == (404, "ResourceNotFoundException")
    assert control.error("get_workload_identity", name=name) == (404, "ResourceNotFoundException")
