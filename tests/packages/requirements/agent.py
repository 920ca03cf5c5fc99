"""Says what pip's format led to: included files, constraints, markers, extras and a compiled wheel."""

import importlib.util
from importlib.metadata import version

from bedrock_agentcore import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    from markupsafe._speedups import _escape_inner

    return {
        "constrained": version("idna"),
        "included": version("humanize"),
        "escaped": _escape_inner(payload["text"]),
        "has_windows_only": importlib.util.find_spec("colorama") is not None,
        "has_extra": importlib.util.find_spec("socks") is not None,
    }


if __name__ == "__main__":
    app.run()
