"""An agent that gets a token for an outside service: as a machine of its own, or for the person who calls it.

It says what the token is good for and keeps the token to itself.
"""

import base64
import json
import os

from bedrock_agentcore.identity.auth import requires_access_token
from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


class ConsentNeeded(Exception):
    """Nobody has agreed yet; the text is the address to open."""


def ask(url):
    raise ConsentNeeded(url)


@requires_access_token(
    provider_name="ExternalServiceProvider",
    scopes=os.environ.get("SCOPES", "agentcore/read").split(),
    auth_flow=os.environ.get("AUTH_FLOW", "M2M"),
    on_auth_url=ask,
    callback_url=os.environ.get("RETURN_URL"),
)
async def outside_token(*, access_token):
    return access_token


@app.entrypoint
async def invoke(payload):
    try:
        token = await outside_token()
    except ConsentNeeded as needed:
        return {"authorize": str(needed)}
    part = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return {"client": claims["client_id"], "scope": claims["scope"], "user": claims.get("username")}


if __name__ == "__main__":
    app.run()
