"""An agent with a setting that goes wrong: whoever deploys it wants to know before its callers do."""

import os

from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    city = payload.get("city", "nowhere")
    print(f"asked about {city}", flush=True)
    # Half of what a broken release does: the call ends well, and the answer is worth nothing.
    if os.environ.get("UNIT") not in ("celsius", "fahrenheit"):
        return {"status": "degraded", "release": os.environ.get("RELEASE")}
    return {"status": "ok", "release": os.environ.get("RELEASE"), "weather": f"sunny in {city}"}


if __name__ == "__main__":
    app.run()
