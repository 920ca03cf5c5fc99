"""The other agent of this repository."""

import importlib.util

import inflection
from bedrock_agentcore import BedrockAgentCoreApp

from shared.style import signed

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    title = inflection.titleize(payload["title"])
    return {"text": signed(title, "reviewer"), "has_humanize": importlib.util.find_spec("humanize") is not None}


if __name__ == "__main__":
    app.run()
