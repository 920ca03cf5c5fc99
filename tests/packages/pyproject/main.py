"""Dependencies in a pyproject.toml that nobody builds: no package, no lock."""

import importlib.util

from bedrock_agentcore import BedrockAgentCoreApp
from dateutil.relativedelta import relativedelta
from dateutil.parser import isoparse

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    later = isoparse(payload["day"]) + relativedelta(months=1)
    return {"later": later.date().isoformat(), "has_extra": importlib.util.find_spec("humanize") is not None}


if __name__ == "__main__":
    app.run()
