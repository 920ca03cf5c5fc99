"""One of two agents of this repository. It has a package of its own and shares a module with the other."""

import importlib.util

import humanize
from bedrock_agentcore import BedrockAgentCoreApp

from shared.style import signed

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    words = humanize.intcomma(payload["words"])
    return {"text": signed(f"{words} words", "writer"), "has_inflection": importlib.util.find_spec("inflection") is not None}


if __name__ == "__main__":
    app.run()
