"""The yardstick: an MCP server of the bare SDK with one tool that answers a constant, the one that BARE_ANSWER names if it does."""

import json
import os
from pathlib import Path

from mcp.server import MCPServer
from mcp.types import CallToolResult, TextContent

server = MCPServer("bare", log_level="WARNING")
place = os.environ.get("BARE_ANSWER")
text = Path(place).read_text(encoding="utf-8") if place else '{"answer":"the same"}'
structure = json.loads(text)


@server.tool()
async def constant() -> CallToolResult:
    """Answer the same."""
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=structure)


if __name__ == "__main__":
    server.run("stdio")
