"""The MCP clients of this machine: where each has its configuration, and an entry of ours put beside what is there."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any, Literal, cast

from ..errors import ConfigurationError
from . import places
from .private_files import write_whole

NAME = "filemaker"
Entry = Mapping[str, object]
"""`command` and `args`."""


@dataclass(frozen=True)
class McpClient:
    """One client's configuration file; `servers` is the key under which it lists servers."""

    name: str
    file: Path
    form: Literal["json", "toml"] = "json"
    servers: str = "mcpServers"
    kind: str = ""
    """What `type` says of a server on standard input and output, for clients that want it said."""

    @property
    def is_here(self) -> bool:
        """Whether the client seems to be installed: its folder is there, whether or not it has a file."""
        return self.file.parent.is_dir()

    def entry(self, made: Entry) -> dict[str, object]:
        return {"type": self.kind, **made} if self.kind else dict(made)


@dataclass(frozen=True)
class Addition:
    """An entry that is not written yet."""

    client: McpClient
    name: str
    before: str
    after: str

    @property
    def difference(self) -> str:
        """The lines that are added, as a person reads a difference; empty where the entry is there already."""
        lines = unified_diff(self.before.splitlines(), self.after.splitlines(), n=1, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))

    def write(self) -> None:
        """Raises ConfigurationError where the file cannot be written; what was there stays."""
        if self.after == self.before:
            return
        try:
            self.client.file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.client.file, self.after)
        except OSError as error:
            raise ConfigurationError(
                f"{self.client.file} cannot be written ({error.strerror}); it is left as it is"
            ) from None


def mcp_clients(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform, home: Path | None = None
) -> tuple[McpClient, ...]:
    """Every client that we can add an entry to, whether it is here or not."""
    home = home or places.home()
    if platform == "darwin":
        settings = home / "Library" / "Application Support"
    elif platform == "win32":
        settings = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    else:
        settings = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    return (
        *(
            McpClient("Claude Desktop", path / "Claude" / "claude_desktop_config.json")
            for path in _desktop(environment, platform, home, settings)
        ),
        McpClient(
            "Codex",
            Path(environment.get("CODEX_HOME") or home / ".codex") / "config.toml",
            "toml",
            "mcp_servers",
        ),
        McpClient("VS Code", settings / "Code" / "User" / "mcp.json", servers="servers", kind="stdio"),
        McpClient("Cursor", home / ".cursor" / "mcp.json"),
    )


def _desktop(environment: Mapping[str, str], platform: str, home: Path, settings: Path) -> list[Path]:
    """Folders that hold Claude's. On Windows the packaged app, usual since 2026, has its roaming folder to itself."""
    if platform != "win32":
        return [settings]
    local = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    packaged = [
        path / "LocalCache" / "Roaming" for path in sorted(local.joinpath("Packages").glob("Claude_*"))
    ]
    return packaged or [settings]


def claude_code() -> str | None:
    """The command of Claude Code, which keeps its own configuration; None where it is not on the PATH."""
    return shutil.which("claude")


def claude_code_words(program: str, made: Entry, name: str = NAME) -> list[str]:
    """How Claude Code is told about a server, for this person and all projects."""
    command, arguments = str(made["command"]), cast("list[str]", made["args"])
    return [program, "mcp", "add", "--scope", "user", name, "--", command, *arguments]


def entry(command: list[str], arguments: list[str]) -> dict[str, object]:
    return {"command": command[0], "args": [*command[1:], *arguments]}


def snippet(made: Entry, name: str = NAME) -> str:
    """The entry as a person pastes it."""
    return json.dumps({"mcpServers": {name: made}}, ensure_ascii=False, indent=2)


def addition(client: McpClient, made: Entry) -> Addition:
    """The entry in a client's file: as `filemaker`, or with a number where that is taken by another.

    Raises ConfigurationError for a file that is no such configuration; it is left as it is.
    """
    before = _text(client.file)
    if client.form == "toml":
        name, after = _in_toml(client, before, client.entry(made))
    else:
        name, after = _in_json(client, before, client.entry(made))
    return Addition(client, name, before, after)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{file} cannot be read; it is left as it is") from None


def _in_json(client: McpClient, before: str, made: dict[str, object]) -> tuple[str, str]:
    try:
        tree: object = json.loads(before) if before.strip() else {}
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise ConfigurationError(f"{client.file} is not valid JSON; it is left as it is")
    whole = cast("dict[str, Any]", tree)
    name = _free_name(client, whole.setdefault(client.servers, {}), made)
    if whole[client.servers].get(name) == made:
        return name, before
    whole[client.servers][name] = made
    return name, json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _in_toml(client: McpClient, before: str, made: dict[str, object]) -> tuple[str, str]:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(before)
    except TOMLKitError:
        raise ConfigurationError(f"{client.file} is not valid TOML; it is left as it is") from None
    tree = cast("dict[str, Any]", document)
    if client.servers not in tree:
        document.add(client.servers, tomlkit.table(is_super_table=True))
    name = _free_name(client, tree[client.servers], made)
    if tree[client.servers].get(name) == made:
        return name, before
    tree[client.servers][name] = made
    return name, tomlkit.dumps(document)


def _free_name(client: McpClient, servers: object, made: Entry) -> str:
    if not isinstance(servers, dict):
        raise ConfigurationError(
            f"{client.servers!r} in {client.file} is not what it should be; the file is left as it is"
        )
    known = cast("dict[str, Any]", servers)
    name, number = NAME, 2
    while name in known and known[name] != made:
        name, number = f"{NAME}-{number}", number + 1
    return name
