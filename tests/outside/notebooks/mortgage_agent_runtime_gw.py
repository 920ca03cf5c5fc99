"""The agent that the third tutorial deploys, as far as its notebook sees it."""

from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    text = f"You asked: {payload['prompt']}"
    return {"result": {"role": "assistant", "content": [{"text": text}]}}


if __name__ == "__main__":
    app.run()
