"""The yardstick over HTTP: the bare SDK with one tool that asks the host once by bare httpx, parses the JSON and answers a constant."""

import json
import os
import sys
from pathlib import Path

import httpx
import uvicorn
from mcp.server import MCPServer
from mcp.types import CallToolResult, TextContent

server = MCPServer("bare", log_level="WARNING")
text = Path(os.environ["BARE_ANSWER"]).read_text(encoding="utf-8")
structure = json.loads(text)
asks: dict[str, str] = json.loads(os.environ["BARE_ASKS"])
direct = httpx.AsyncClient()


@server.tool()
async def constant() -> CallToolResult:
    """Ask the host once and answer the same."""
    response = await direct.request(asks["method"], asks["url"], content=asks["body"])
    json.loads(response.content)
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=structure)


if __name__ == "__main__":
    app = server.streamable_http_app(stateless_http=True)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
