"""Calls a runtime with boto3: its ARN, a qualifier, a user and a prompt. Prints the answer's bytes."""

import json
import sys
import uuid

import boto3

arn, qualifier, user, prompt = sys.argv[1:]
reply = boto3.client("bedrock-agentcore").invoke_agent_runtime(
    agentRuntimeArn=arn,
    qualifier=qualifier,
    runtimeUserId=user,
    runtimeSessionId=str(uuid.uuid4()),
    contentType="application/json",
    payload=json.dumps({"prompt": prompt}),
)
sys.stdout.write(reply["response"].read().decode())
