"""A member of a uv workspace that uses another member."""

import importlib.util
from importlib.metadata import version

from bedrock_agentcore import BedrockAgentCoreApp
from greeting import greet

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    return {
        "greeting": greet(payload["name"], payload["times"]),
        # The lock has an older one than there is.
        "humanize": version("humanize"),
        # Only developers need that.
        "has_dev_group": importlib.util.find_spec("inflection") is not None,
    }


if __name__ == "__main__":
    app.run()
