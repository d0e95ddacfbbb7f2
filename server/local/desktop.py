"""The desktop client's configuration: where it is, and an entry of ours added without touching what is there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ..errors import ConfigurationError
from .private_files import write_whole

NAME = "filemaker"


def usual_file(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where Claude Desktop has its configuration."""
    home = Path.home()
    if platform == "darwin":
        folder = home / "Library" / "Application Support"
    elif platform == "win32":
        folder = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    else:
        folder = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    return folder / "Claude" / "claude_desktop_config.json"


def entry(command: list[str], arguments: list[str]) -> dict[str, object]:
    return {"command": command[0], "args": [*command[1:], *arguments]}


def snippet(made: Mapping[str, object], name: str = NAME) -> str:
    """The entry as a person pastes it."""
    return json.dumps({"mcpServers": {name: made}}, ensure_ascii=False, indent=2)


def add_entry(file: Path, made: Mapping[str, object]) -> str:
    """The name under which the entry stands now: `filemaker`, or one with a number where that is taken by another.

    Raises ConfigurationError for a file that is no such configuration; it is left as it is.
    """
    tree = _read(file)
    servers = tree.setdefault("mcpServers", {})
    if not isinstance(servers, dict):
        raise ConfigurationError(
            f"'mcpServers' in {file} is not what it should be; the file is left as it is"
        )
    known = cast("dict[str, Any]", servers)
    name, number = NAME, 2
    while name in known and known[name] != made:
        name, number = f"{NAME}-{number}", number + 1
    if name not in known:
        known[name] = dict(made)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps(tree, ensure_ascii=False, indent=2) + "\n")
    return name


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{file} cannot be read; it is left as it is") from None
    if not text.strip():
        return {}
    try:
        tree: object = json.loads(text)
    except ValueError:
        tree = None
    if not isinstance(tree, dict):
        raise ConfigurationError(f"{file} is not valid JSON; it is left as it is")
    return cast("dict[str, Any]", tree)
