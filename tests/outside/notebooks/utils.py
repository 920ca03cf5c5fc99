"""What the tutorials' notebooks import as `utils`: a user pool with a client and a user, tokens of that user, and a role."""

import json
import uuid

import boto3

USER, PASSWORD = "testuser", "MyPassword123!"


def setup_cognito_user_pool():
    cognito = boto3.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="TutorialPool")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="TutorialClient", GenerateSecret=False,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username=USER, TemporaryPassword="Temp123!", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=USER, Password=PASSWORD, Permanent=True)
    return {
        "pool_id": pool,
        "client_id": client,
        "bearer_token": reauthenticate_user(client),
        "discovery_url": f"https://cognito-idp.{cognito.meta.region_name}.amazonaws.com/{pool}/.well-known/openid-configuration",
    }


def reauthenticate_user(client_id):
    signed_in = boto3.client("cognito-idp").initiate_auth(
        ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": USER, "PASSWORD": PASSWORD})
    return signed_in["AuthenticationResult"]["AccessToken"]


def create_agentcore_role(agent_name):
    iam = boto3.client("iam")
    statement = {"Effect": "Allow", "Principal": {"Service": "bedrock-agentcore.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName=f"agentcore-{agent_name}-{uuid.uuid4().hex[:8]}",
                           AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    rights = ["ecr:*", "logs:*", "xray:*", "cloudwatch:*", "bedrock:*", "bedrock-agentcore:*"]
    iam.put_role_policy(RoleName=role["Role"]["RoleName"], PolicyName="AgentCorePolicy", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": rights, "Resource": "*"}]}))
    return role
