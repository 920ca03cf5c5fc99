"""An MCP server as AgentCore runs it: streamable HTTP on port 8000, and no state between two requests."""

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

server = MCPServer("orders", instructions="Prices are in cents.")

PRICES = {"tea": 350, "scone": 275}


@server.tool()
def add(a: int, b: int) -> int:
    """Add two whole numbers."""
    return a + b


@server.tool()
def quote(item: str, pieces: int = 1) -> str:
    """What an order costs."""
    if item not in PRICES:
        # Reaches the caller with this text, as the tool's own failure; other exceptions keep theirs for the log.
        raise ToolError(f"there is no {item} on the menu, only {', '.join(PRICES)}")
    return f"{pieces} x {item}: {pieces * PRICES[item]} cents"


if __name__ == "__main__":
    # AgentCore adds a session id of its own to every request; a server without state takes any.
    server.run("streamable-http", host="0.0.0.0", port=8000, stateless_http=True)
