"""The yardstick: an MCP server of the bare SDK with one tool that answers a constant."""

from mcp.server import MCPServer

server = MCPServer("bare", log_level="WARNING")


@server.tool()
async def constant() -> str:
    """Answer the same."""
    return "the same"


if __name__ == "__main__":
    server.run("stdio")
