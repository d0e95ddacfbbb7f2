"""Views in the chat: what a client that knows MCP Apps shows beside an answer. They read, and call nothing that changes anything."""
