"""What a release consists of beside the package: the registry entry, the list of parts (SBOM), and a check of the version.

`python -m bundle.release check v1.2.3` fails where the tag is not the version; `python -m bundle.release make` writes `dist/`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NAME = "io.github.filemaker-mcp/filemaker-mcp"
REPOSITORY = "https://github.com/filemaker-mcp/filemaker-mcp"
VARIABLES: tuple[tuple[str, str, bool, bool], ...] = (
    ("FILEMAKER_HOST", "Host name of the FileMaker Server, such as fm.example.com", True, False),
    ("FILEMAKER_DATABASE", "Name of the FileMaker file, without .fmp12", True, False),
    (
        "FILEMAKER_USERNAME",
        "FileMaker account name; for FileMaker Cloud the Claris ID's e-mail address",
        True,
        False,
    ),
    ("FILEMAKER_PASSWORD", "Password of the account, or the word keychain", False, True),
    ("FILEMAKER_ACCESS", "read, edit (create and edit) or delete; read unless set", False, False),
)
"""Variable, description, whether it is needed, whether it is a secret."""


def version() -> str:
    """The version that the sources state."""
    text = ROOT.joinpath("server", "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if found is None:
        raise SystemExit("server/__init__.py states no version")
    return found.group(1)


def check(tag: str) -> None:
    """Exits with a sentence where the tag is not `v` and the version, or the changelog does not speak of it."""
    if tag != f"v{version()}":
        raise SystemExit(f"The tag {tag} is not v{version()}, which server/__init__.py states.")
    if f"## {version()}" not in ROOT.joinpath("CHANGELOG.md").read_text(encoding="utf-8"):
        raise SystemExit(f"CHANGELOG.md has no section '## {version()}'.")


def server_json() -> dict[str, Any]:
    """The entry of the MCP registry."""
    return {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": NAME,
        "title": "FileMaker",
        "description": "Find, summarize, change and undo Claris FileMaker records; runs allowed scripts.",
        "version": version(),
        "websiteUrl": REPOSITORY,
        "repository": {"url": REPOSITORY, "source": "github"},
        "packages": [
            {
                "registryType": "pypi",
                "identifier": "filemaker-mcp",
                "version": version(),
                "runtimeHint": "uvx",
                "transport": {"type": "stdio"},
                "environmentVariables": [
                    {"name": name, "description": description, "isRequired": needed, "isSecret": secret}
                    for name, description, needed, secret in VARIABLES
                ],
            }
        ],
    }


def locked() -> dict[str, str]:
    """The packages that run with the server, each with its locked version."""
    text = ROOT.joinpath("requirements-run.txt").read_text(encoding="utf-8")
    return {name.lower(): exact for name, exact in re.findall(r"^([\w.-]+)==([^ ;]+)", text, re.MULTILINE)}


def parts() -> dict[str, Any]:
    """The locked dependencies as a CycloneDX 1.6 list of parts, from requirements-run.txt."""
    components = [
        {"type": "library", "name": name, "version": exact, "purl": f"pkg:pypi/{name}@{exact}"}
        for name, exact in locked().items()
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "filemaker-mcp",
                "version": version(),
                "purl": f"pkg:pypi/filemaker-mcp@{version()}",
            }
        },
        "components": components,
    }


def make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("server.json", server_json()), ("sbom.cdx.json", parts())):
        folder.joinpath(name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def main(words: list[str]) -> None:
    if words[:1] == ["check"] and len(words) == 2:
        check(words[1])
    elif words == ["make"]:
        make(ROOT / "dist")
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
