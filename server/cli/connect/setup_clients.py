"""The last part of setup: which assistants get the entry, each shown what is added before it is."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ...errors import ConfigurationError
from ...local.mcp_clients import (
    Entry,
    McpClient,
    addition,
    claude_code,
    claude_code_words,
    mcp_clients,
    snippet,
)
from ..terminal import ask_yes, say


def add_to_clients(made: Entry, named: Path | None) -> None:
    """`named` is the one file that somebody chose; else every client that is found is offered."""
    if named is not None:
        added = _add(McpClient("The client", named), made, agreed=True)
    else:
        here = [client for client in mcp_clients() if client.is_here]
        added = [_add(client, made, agreed=False) for client in here].count(True) > 0
        added = _add_to_claude_code(made) or added
    if not added:
        print_entry(made)


def print_entry(made: Entry) -> None:
    say("Put this into your MCP client's configuration:")
    print(snippet(made))


def _add(client: McpClient, made: Entry, *, agreed: bool) -> bool:
    """Whether the entry stands in the client's file now."""
    try:
        new = addition(client, made)
        if not agreed:
            if not new.difference:
                say(f"{client.name} has this entry already, as {new.name!r}.")
                return True
            say(f"\n{client.name} is on this machine. This would be added to {client.file}:")
            say(f"\n{new.difference}\n")
            if not ask_yes(f"Add it to {client.name}"):
                return False
        new.write()
    except ConfigurationError as error:
        say(f"{error}")
        return False
    say(f"Written: the entry {new.name!r} in {client.file}. Restart the client.")
    return True


def _add_to_claude_code(made: Entry) -> bool:
    program = claude_code()
    if program is None:
        return False
    words = claude_code_words(program, made)
    say("\nClaude Code is on this machine. This would be run:")
    say(f"\n    {' '.join(words)}\n")
    if not ask_yes("Add it to Claude Code"):
        return False
    try:
        ended = subprocess.run(  # noqa: S603 -- a whole path, no shell
            words, capture_output=True, encoding="utf-8", errors="replace", timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"Claude Code could not be asked ({type(error).__name__}). Run that line yourself.")
        return False
    if ended.returncode:
        say(f"Claude Code refused it: {(ended.stderr or ended.stdout).strip()[:300]}")
        return False
    say("Added to Claude Code.")
    return True
