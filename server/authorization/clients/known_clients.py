"""Clients that are let ask without anybody's word. Identities and return addresses are as their makers publish them, so none of
their documents has to be fetched: several stand behind pages that turn servers away."""

from __future__ import annotations

from .oauth_client import Client

CODE_LOOPBACK = ("http://localhost/callback", "http://127.0.0.1/callback")

KNOWN: tuple[Client, ...] = (
    Client(
        "https://claude.ai/oauth/mcp-oauth-client-metadata", "Claude",
        ("https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"), "claude.ai",
    ),
    Client("https://claude.ai/oauth/claude-code-client-metadata", "Claude Code", CODE_LOOPBACK, "claude.ai"),
    Client(
        "https://chatgpt.com/oauth/client.json", "ChatGPT",
        ("https://chatgpt.com/connector_platform_oauth_redirect",), "chatgpt.com",
    ),
    Client("https://chatgpt.com/oauth/codex/client.json", "Codex", CODE_LOOPBACK, "chatgpt.com"),
    Client(
        "https://vscode.dev/oauth/client-metadata.json", "Visual Studio Code",
        ("http://127.0.0.1:33418/", "http://127.0.0.1/", "https://vscode.dev/redirect"), "vscode.dev",
    ),
    Client("cursor", "Cursor", ("cursor://anysphere.cursor-mcp/oauth/callback",)),
)  # fmt: skip
"""Cursor publishes no document: its users type this id. Copilot Studio has an address of its own for each connector, which the
owner lists."""
