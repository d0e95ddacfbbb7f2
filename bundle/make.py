"""Puts a Claude Desktop bundle together in build/mcpb: what a person without a terminal installs by double click.

`python -m bundle.make`; `@anthropic-ai/mcpb` then validates and packs the folder (`make bundle` does both).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from filemaker_mcp.server import __version__
from filemaker_mcp.tools import TOOLS

from .release import locked

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build" / "mcpb"
PARTS = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "docs", "server", "tools")

USER_CONFIG: dict[str, dict[str, Any]] = {
    "host": {
        "type": "string",
        "title": "FileMaker host",
        "description": "Such as fm.example.com, or the name of your FileMaker Cloud host",
        "required": False,
    },
    "database": {
        "type": "string",
        "title": "FileMaker file",
        "description": "Its name, without .fmp12",
        "required": False,
    },
    "username": {
        "type": "string",
        "title": "Account",
        "description": "FileMaker account name; for FileMaker Cloud the Claris ID's e-mail address",
        "required": False,
    },
    "password": {
        "type": "string",
        "title": "Password",
        "description": "Kept by the desktop app in the system's keychain",
        "sensitive": True,
        "required": False,
    },
    "claris_refresh_token": {
        "type": "string",
        "title": "Claris refresh token",
        "description": "Rarely needed: what 'filemaker-mcp login --print' printed on another computer. A code of two-step verification is typed on a page that the first answer names",
        "sensitive": True,
        "required": False,
    },
    "access": {
        "type": "string",
        "title": "Access",
        "description": "read, edit (create and edit) or delete (edit, and delete)",
        "default": "read",
        "required": False,
    },
    "config": {
        "type": "file",
        "title": "Configuration file",
        "description": "Only for several databases or a policy of your own (TOML); the fields above then override it",
        "required": False,
    },
    "ca_file": {
        "type": "file",
        "title": "Certificate of your company's authority",
        "description": "Only where the host's certificate comes from a private authority (PEM)",
        "required": False,
    },
}

VARIABLES = {name: f"FILEMAKER_{name.upper()}" for name in USER_CONFIG}


def manifest() -> dict[str, Any]:
    return {
        "manifest_version": "0.4",
        "name": "filemaker-mcp",
        "display_name": "FileMaker",
        "version": __version__,
        "description": "Work with a Claris FileMaker solution: find, summarize, plan changes, undo, run scripts.",
        "long_description": (
            "Signs in to FileMaker Server or FileMaker Cloud, answers over whole found sets, and asks before it changes "
            "anything. Reading is all it may do until you choose more."
        ),
        "icon": "icon.png",
        "author": {"name": "The filemaker-mcp maintainers"},
        "license": "MIT",
        "server": {
            "type": "uv",
            "entry_point": "server/__main__.py",
            "mcp_config": {
                "command": "uv",
                # Not editable: the links that a checkout imports through do not survive in an archive.
                "args": ["run", "--directory", "${__dirname}", "--no-dev", "--no-editable", "filemaker-mcp"],
                "env": {variable: f"${{user_config.{name}}}" for name, variable in VARIABLES.items()}
                | {"FILEMAKER_FORM": json.dumps({v: USER_CONFIG[n]["title"] for n, v in VARIABLES.items()})},
            },
        },
        "user_config": USER_CONFIG,
        "tools": [{"name": tool.name, "description": tool.title} for tool in TOOLS],
        "tools_generated": False,
        "keywords": ["filemaker", "claris", "database"],
        "privacy_policies": [],
        "compatibility": {"platforms": ["darwin", "win32", "linux"], "runtimes": {"python": ">=3.11"}},
    }


def make(folder: Path = FOLDER) -> Path:
    """The folder, ready to be packed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(source, folder / part)
    shutil.copy(ROOT / "bundle" / "icon.png", folder / "icon.png")
    _pin(folder / "pyproject.toml")
    (folder / "manifest.json").write_text(json.dumps(manifest(), indent=2) + "\n", encoding="utf-8")
    return folder


def _pin(project: Path) -> None:
    """A bundle runs with the versions that were tested: whatever its dependencies allow, uv takes exactly these."""
    pins = "".join(f'    "{name}=={exact}",\n' for name, exact in locked().items())
    with project.open("a", encoding="utf-8") as file:
        file.write(f"\n[tool.uv]\nconstraint-dependencies = [\n{pins}]\n")


if __name__ == "__main__":
    make()
