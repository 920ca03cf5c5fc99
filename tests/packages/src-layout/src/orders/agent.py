"""The agent is a module of its own package and imports its siblings by the package's name."""

from bedrock_agentcore import BedrockAgentCoreApp

from orders.discount import discounted, terms

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    return {"price": discounted(payload["price"]), "terms": terms(), "package": discounted.__module__}


if __name__ == "__main__":
    app.run()
