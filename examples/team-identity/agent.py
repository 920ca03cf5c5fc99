"""An agent for machines: it answers whoever has a token with the team's scope."""

from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    return {"answer": f"You said: {payload['prompt']}"}


if __name__ == "__main__":
    app.run()
