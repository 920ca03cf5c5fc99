"""An agent that asks a language model behind an OpenAI-compatible endpoint, with a key that it never holds for long.

The key is stored once, in a credential provider of AgentCore Identity. Deployed, the agent fetches it for each call;
on a developer's machine it may come from MODEL_API_KEY instead.
"""

import json
import os
import urllib.request

from bedrock_agentcore.identity.auth import requires_api_key
from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@requires_api_key(provider_name=os.environ.get("KEY_PROVIDER", "model-key"))
def stored_key(*, api_key):
    return api_key


def ask(prompt, stream):
    """Sends the prompt to the model; the open answer is the caller's to read."""
    body = {"model": os.environ.get("MODEL", "stand-in"), "messages": [{"role": "user", "content": prompt}]}
    request = urllib.request.Request(
        os.environ["MODEL_URL"] + "/chat/completions",
        data=json.dumps({**body, "stream": stream}).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": "Bearer " + (os.environ.get("MODEL_API_KEY") or stored_key()),
        },
    )
    return urllib.request.urlopen(request, timeout=60)


def pieces(answer):
    """One server-sent event per piece of the model's answer, as it comes."""
    with answer:
        for line in answer:
            data = line.decode().removeprefix("data:").strip()
            if data and data != "[DONE]":
                yield {"text": json.loads(data)["choices"][0]["delta"].get("content", "")}


@app.entrypoint
def invoke(payload):
    stream = bool(payload.get("stream"))
    # Fetched here and not in the generator: the key belongs to this call, which the generator may outlive.
    answer = ask(payload["prompt"], stream)
    if stream:
        return pieces(answer)
    with answer:
        return {"answer": json.load(answer)["choices"][0]["message"]["content"]}


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "8080")))
