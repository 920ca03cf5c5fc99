"""A sandbox that judges its callers, as AWS's own client for Python sees it: roles by STS, by a web identity, and refusals."""

import base64
import json
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from world import ACCOUNT, World, signed, trust_policy

ROOT = f"arn:aws:iam::{ACCOUNT}:root"


@pytest.fixture(scope="module")
def judged(binary, tmp_path_factory):
    world = World(binary, tmp_path_factory.mktemp("judged"))
    with world.sandbox("--runner", "process", "--enforce-iam"):
        yield world


def document(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: dict, action="sts:AssumeRole", **more) -> str:
    return document({"Effect": "Allow", "Principal": principal, "Action": action, **more})


def role(world, trusted: str, *statements: dict, **more) -> str:
    iam, name = world.boto("iam"), "r" + uuid.uuid4().hex[:12]
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted, **more)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
    return arn


class As:
    """Clients with the credentials of a session."""

    def __init__(self, world, credentials: dict):
        self.world, self.keys = world, credentials

    def boto(self, service: str):
        session = boto3.Session(self.keys["AccessKeyId"], self.keys["SecretAccessKey"], self.keys["SessionToken"],
                                self.world.env["AWS_REGION"])
        return session.client(service, endpoint_url=self.world.env["AWS_ENDPOINT_URL"], config=Config(retries={"max_attempts": 1}))


def assume(world, arn: str, **more) -> As:
    answer = world.boto("sts").assume_role(RoleArn=arn, RoleSessionName="session", **more)
    return As(world, answer["Credentials"])


def refusal(call, code: str, status: int) -> str:
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), error
    return error["Error"]["Message"]


def test_an_assumed_role_is_its_session(judged):
    arn = role(judged, trust({"AWS": ROOT}))
    who = assume(judged, arn).boto("sts").get_caller_identity()
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{arn.rsplit('/', 1)[1]}/session"
    assert who["UserId"].startswith("AROA") and who["UserId"].endswith(":session")


def test_only_whom_the_trust_policy_names_assumes(judged):
    stranger = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/somebody"})
    text = refusal(lambda: assume(judged, role(judged, stranger)), "AccessDenied", 403)
    assert "is not authorized to perform: sts:AssumeRole on resource" in text
    named = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/sandbox"}, Condition={"StringEquals": {"sts:ExternalId": "42"}})
    arn = role(judged, named)
    refusal(lambda: assume(judged, arn), "AccessDenied", 403)
    assume(judged, arn, ExternalId="42")
    # A role that the account trusts is open to those whose own policies say so.
    target, first = role(judged, trust({"AWS": ROOT})), assume(judged, role(judged, trust({"AWS": ROOT})))
    chain = {"RoleArn": target, "RoleSessionName": "second"}
    refusal(lambda: first.boto("sts").assume_role(**chain), "AccessDenied", 403)
    first = assume(judged, role(judged, trust({"AWS": ROOT}), allow("sts:AssumeRole", target)))
    first.boto("sts").assume_role(**chain)
    # One that names the caller is open to it, unless the caller's own policies deny it.
    for statements in [(), ({"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"},)]:
        named = role(judged, trust({"AWS": ROOT}), *statements)
        call = assume(judged, named).boto("sts").assume_role
        chain = {"RoleArn": role(judged, trust({"AWS": named})), "RoleSessionName": "second"}
        if statements:
            refusal(lambda: call(**chain), "AccessDenied", 403)
        else:
            call(**chain)
    elsewhere = target.replace(ACCOUNT, "999999999999")
    refusal(lambda: assume(judged, elsewhere), "AccessDenied", 403)


@pytest.mark.parametrize("service, action, code, status, call", [
    ("ecr", "ecr:DescribeRepositories", "AccessDeniedException", 400, lambda c: c.describe_repositories(repositoryNames=["xx"])),
    ("logs", "logs:FilterLogEvents", "AccessDeniedException", 400, lambda c: c.filter_log_events(logGroupName="x")),
    ("cognito-idp", "cognito-idp:ListUserPools", "AccessDeniedException", 400, lambda c: c.list_user_pools(MaxResults=1)),
    ("ssm", "ssm:GetParameters", "AccessDeniedException", 400, lambda c: c.get_parameters(Names=["xx"])),
    ("codebuild", "codebuild:BatchGetProjects", "AccessDeniedException", 400, lambda c: c.batch_get_projects(names=["xx"])),
    ("iam", "iam:GetRole", "AccessDenied", 403, lambda c: c.get_role(RoleName="x")),
    ("s3", "s3:ListBucket", "AccessDenied", 403, lambda c: c.list_objects_v2(Bucket="some-bucket")),
    ("bedrock-agentcore-control", "bedrock-agentcore:ListAgentRuntimes", "AccessDeniedException", 403,
     lambda c: c.list_agent_runtimes()),
    ("bedrock-agentcore-control", "bedrock-agentcore:ListMemories", "AccessDeniedException", 403, lambda c: c.list_memories()),
    ("xray", "xray:GetIndexingRules", "AccessDeniedException", 403, lambda c: c.get_indexing_rules()),
])
def test_each_service_refuses_in_its_own_words(judged, service, action, code, status, call):
    arn = role(judged, trust({"AWS": ROOT}), allow("sts:GetCallerIdentity"))
    text = refusal(lambda: call(assume(judged, arn).boto(service)), code, status)
    caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/{arn.rsplit('/', 1)[1]}/session"
    assert text.startswith(f"User: {caller} is not authorized to perform: {action} on resource: ")
    assert text.endswith(f"because no identity-based policy allows the {action} action")


def test_denials_boundaries_and_session_policies_bound(judged):
    iam = judged.boto("iam")
    boundary = iam.create_policy(PolicyName="b" + uuid.uuid4().hex[:8], PolicyDocument=document(allow("ecr:*")))["Policy"]["Arn"]
    ask = lambda session: session.boto("logs").describe_log_groups()
    arn = role(judged, trust({"AWS": ROOT}), allow("logs:*"))
    assert ask(assume(judged, arn))["logGroups"] == []
    narrow = assume(judged, arn, Policy=document(allow("ecr:*")))
    assert refusal(lambda: ask(narrow), "AccessDeniedException", 400).endswith("no session policy allows the logs:DescribeLogGroups action")
    bounded = assume(judged, role(judged, trust({"AWS": ROOT}), allow("logs:*"), PermissionsBoundary=boundary))
    assert "no permissions boundary allows" in refusal(lambda: ask(bounded), "AccessDeniedException", 400)
    denied = role(judged, trust({"AWS": ROOT}), allow("*"), {"Effect": "Deny", "Action": "logs:Describe*", "Resource": "*"})
    text = refusal(lambda: ask(assume(judged, denied)), "AccessDeniedException", 400)
    assert text.endswith("with an explicit deny in an identity-based policy")


def test_conditions_of_a_policy_are_judged(judged):
    passed = role(judged, trust_policy())
    pass_it = lambda service: allow("iam:PassRole", passed, Condition={"StringEquals": {"iam:PassedToService": service}})
    create = lambda session: session.boto("bedrock-agentcore-control").create_memory(
        name="m" + uuid.uuid4().hex[:8], eventExpiryDuration=7, memoryExecutionRoleArn=passed)
    other = role(judged, trust({"AWS": ROOT}), allow("bedrock-agentcore:*"), pass_it("lambda.amazonaws.com"))
    assert "iam:PassRole" in refusal(lambda: create(assume(judged, other)), "AccessDeniedException", 403)
    create(assume(judged, role(judged, trust({"AWS": ROOT}), allow("bedrock-agentcore:*"), pass_it("bedrock-agentcore.amazonaws.com"))))
    tags = {"ForAllValues:StringLike": {"aws:TagKeys": ["team:*"]}}
    session = assume(judged, role(judged, trust({"AWS": ROOT}), allow(["iam:CreateRole", "iam:TagRole"], Condition=tags)))
    make = lambda key: session.boto("iam").create_role(
        RoleName="t" + uuid.uuid4().hex[:8], AssumeRolePolicyDocument=trust_policy(), Tags=[{"Key": key, "Value": "x"}])
    make("team:name")
    refusal(lambda: make("cost"), "AccessDenied", 403)


def test_a_roles_own_boundary_and_tags_decide(judged):
    iam = judged.boto("iam")
    boundary = iam.create_policy(PolicyName="b" + uuid.uuid4().hex[:8], PolicyDocument=document(allow("ecr:*")))["Policy"]["Arn"]
    bounded, free = (role(judged, trust_policy(), **more).rsplit("/", 1)[1] for more in ({"PermissionsBoundary": boundary}, {}))
    session = assume(judged, role(
        judged, trust({"AWS": ROOT}),
        allow("iam:PutRolePolicy", Condition={"StringEquals": {"iam:PermissionsBoundary": boundary}}),
        allow("iam:UntagRole", Condition={"ForAllValues:StringLike": {"aws:TagKeys": ["team:*"]}})))
    put = lambda name: session.boto("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(allow("ecr:*")))
    put(bounded)
    refusal(lambda: put(free), "AccessDenied", 403)
    session.boto("iam").untag_role(RoleName=free, TagKeys=["team:name"])
    refusal(lambda: session.boto("iam").untag_role(RoleName=free, TagKeys=["cost"]), "AccessDenied", 403)


def test_a_copy_asks_about_its_source(judged):
    s3, bucket = judged.boto("s3"), "b" + uuid.uuid4().hex
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": judged.env["AWS_REGION"]})
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")

    def copy(*actions: str) -> None:
        session = assume(judged, role(judged, trust({"AWS": ROOT}), allow(list(actions), f"arn:aws:s3:::{bucket}/*")))
        session.boto("s3").copy_object(Bucket=bucket, Key="b", CopySource={"Bucket": bucket, "Key": "a"})

    assert "s3:GetObject" in refusal(lambda: copy("s3:PutObject"), "AccessDenied", 403)
    copy("s3:PutObject", "s3:GetObject")


@pytest.fixture
def issuer(judged):
    """A pool of the sandbox as the provider of a pipeline's tokens: its issuer, its client, and a token with any claims."""
    cognito = judged.boto("cognito-idp")
    pool = cognito.create_user_pool(PoolName="pipeline")["UserPool"]["Id"]
    url = f"{judged.env['AWS_ENDPOINT_URL']}/{pool}"

    def token(**claims) -> str:
        order = {"issuer": url, "claims": {"iss": url, "exp": 4102444800, "iat": 0, **claims}}
        return signed(judged, order)

    return url, token


def test_a_pipelines_token_gets_the_roles_credentials(judged, issuer):
    url, token = issuer
    iam, sts, name = judged.boto("iam"), judged.boto("sts"), url.split("://")[1]
    provider = iam.create_open_id_connect_provider(Url=url, ClientIDList=["aws"])["OpenIDConnectProviderArn"]
    assert provider == f"arn:aws:iam::{ACCOUNT}:oidc-provider/{name}"
    assert {"Arn": provider} in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)["ClientIDList"] == ["aws"]
    condition = {"StringEquals": {f"{name}:aud": "aws"}, "StringLike": {f"{name}:sub": "repo:acme/*"}}
    arn = role(judged, trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", Condition=condition), allow("logs:*"))

    def exchange(text: str) -> dict:
        return sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="job", WebIdentityToken=text)

    answer = exchange(token(aud="aws", sub="repo:acme/support"))
    assert answer["SubjectFromWebIdentityToken"] == "repo:acme/support" and answer["Provider"] == provider
    session = As(judged, answer["Credentials"])
    assert session.boto("sts").get_caller_identity()["Arn"].endswith(f"assumed-role/{arn.rsplit('/', 1)[1]}/job")
    session.boto("logs").describe_log_groups()
    refusal(lambda: session.boto("ecr").describe_repositories(), "AccessDeniedException", 400)

    text = refusal(lambda: exchange(token(aud="aws", sub="repo:other/support")), "AccessDenied", 403)
    assert text == "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    assert refusal(lambda: exchange(token(aud="else", sub="repo:acme/support")), "InvalidIdentityToken", 400) == "Incorrect token audience"
    refusal(lambda: exchange(token(aud="aws", sub="repo:acme/support", exp=1000)), "ExpiredTokenException", 400)
    head, body, tail = token(aud="aws", sub="repo:other/support").split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "repo:acme/support"}).encode()).decode().rstrip("=")
    refusal(lambda: exchange(f"{head}.{forged}.{tail}"), "InvalidIdentityToken", 400)
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
    assert "No OpenIDConnect provider found" in refusal(
        lambda: exchange(token(aud="aws", sub="repo:acme/support")), "InvalidIdentityToken", 400)


def test_nobody_is_judged_unless_asked(sandbox):
    arn = role(sandbox, trust({"AWS": ROOT}))
    assert assume(sandbox, arn).boto("ecr").describe_repositories()["repositories"] == []
