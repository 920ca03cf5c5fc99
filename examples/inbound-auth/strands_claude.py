"""A Strands agent with two tools, behind whatever authorizer its runtime is given.

AGENT_MODEL names the model: an Amazon Bedrock model or inference profile, or `stand-in` for a local one that needs no
account (see stand_in.py).
"""

import os

from bedrock_agentcore.runtime import BedrockAgentCoreApp
from strands import Agent, tool

app = BedrockAgentCoreApp()


@tool
def weather() -> str:
    """Get the weather of today."""
    return "sunny"


@tool
def add(a: float, b: float) -> float:
    """Add two numbers."""
    return a + b


def model():
    name = os.environ.get("AGENT_MODEL", "")
    if name == "stand-in":
        from stand_in import StandIn

        return StandIn()
    from strands.models import BedrockModel

    return BedrockModel(model_id=name) if name else BedrockModel()


def agent():
    # One agent per request: an agent object remembers its conversation, and a runtime may serve several callers.
    return Agent(
        model=model(),
        tools=[weather, add],
        system_prompt="You are a helpful assistant. You can tell the weather and add numbers.",
        callback_handler=None,
    )


async def pieces(prompt):
    async for event in agent().stream_async(prompt):
        if "data" in event:
            yield event["data"]


@app.entrypoint
def invoke(payload):
    prompt = payload["prompt"]
    if payload.get("stream"):
        return pieces(prompt)
    return agent()(prompt).message["content"][0]["text"]


if __name__ == "__main__":
    app.run()
