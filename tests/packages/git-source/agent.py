"""Uses a package that is installed from a git repository, at a tag."""

from acme_shapes import area
from bedrock_agentcore import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    return {"area": area(payload["width"], payload["height"])}


if __name__ == "__main__":
    app.run()
