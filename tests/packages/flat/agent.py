"""Everything in one folder: the agent, a module beside it and a data file."""

from bedrock_agentcore import BedrockAgentCoreApp

import prices

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    return {"total": prices.total(payload["items"])}


if __name__ == "__main__":
    app.run()
