"""The smallest agent worth deploying: it answers a prompt, whole or word by word."""

from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


def words(text):
    """One server-sent event per word."""
    for word in text.split():
        yield {"word": word}


@app.entrypoint
def invoke(payload):
    prompt = payload.get("prompt")
    if not isinstance(prompt, str):
        # The service reports any failure of the agent as one error; the text of this one is in the agent's log.
        raise ValueError("the payload needs a `prompt`, a string")
    if payload.get("stream"):
        return words(prompt)
    return {"answer": f"You said: {prompt}"}


if __name__ == "__main__":
    app.run()
