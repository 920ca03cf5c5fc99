"""Uses a package that is on no public index."""

from importlib.metadata import version

from acme_tokens import mint
from bedrock_agentcore import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    return {"token": mint(payload["seed"]), "version": version("acme-tokens")}


if __name__ == "__main__":
    app.run()
