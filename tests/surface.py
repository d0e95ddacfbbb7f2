"""What is seen of us, written down: `make surface` renews the snapshot of the tools, the README's table, the page of settings and the
schema of the configuration file after a wanted change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
from mcp import Client

from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.config.configuration import configured, settled
from filemaker_mcp.server.config.settings import Settings
from filemaker_mcp.tools import TOOLS
from filemaker_mcp.tools._tool import Declaration, Need

from . import settings_page

CHECKOUT = Path(__file__).parent.parent
SNAPSHOT = CHECKOUT / "tests" / "surface.json"
README = CHECKOUT / "README.md"
SCHEMA = CHECKOUT / "docs" / "config.schema.json"
BEGIN, END = "<!-- tools: made by `make surface` -->", "<!-- /tools -->"

ONE = {
    "FILEMAKER_HOST": "fm.example.com",
    "FILEMAKER_DATABASE": "Sales",
    "FILEMAKER_USERNAME": "assistant",
    "FILEMAKER_PASSWORD": "not needed",
}


async def surface(environment: Mapping[str, str]) -> dict[str, Any]:
    return await surface_of(configured(environment))


async def surface_of(settings: Settings) -> dict[str, Any]:
    """Instructions and tools as a client receives them."""
    async with Client(build(settings).server) as client:
        listed = await client.list_tools()
        tools = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed.tools]
        return {"instructions": client.instructions, "tools": tools}


def everything() -> dict[str, Any]:
    """With all that an owner can allow."""
    return anyio.run(surface, ONE | {"FILEMAKER_ACCESS": "delete", "FILEMAKER_SCRIPTS": '{"*": {}}'})


def of_two_databases() -> dict[str, Any]:
    """With all that an owner can allow in each."""
    own: dict[str, object] = {
        "host": "fm.example.com",
        "account": "assistant",
        "password": "keychain",
        "access": "delete",
        "scripts": {"*": {}},
    }
    databases = {name: {**own, "file": name} for name in ("Sales", "Stock")}
    return anyio.run(surface_of, settled({"database": databases}, None))


def snapshot() -> str:
    """What an assistant is offered at most, as it is written down."""
    return json.dumps(everything(), ensure_ascii=False, indent=1) + "\n"


def reading() -> dict[str, Any]:
    """With what an owner allows by saying nothing."""
    return anyio.run(surface, ONE)


def table() -> str:
    """The README's table of tools."""
    rows = ["| tool | what it does | offered with |", "|---|---|---|"]
    rows += [f"| `{tool.name}` | {_first_sentence(tool)} | {_needs(tool)} |" for tool in TOOLS]
    return "\n".join(rows)


def _first_sentence(tool: Declaration) -> str:
    words = " ".join((tool.function.__doc__ or "").split())
    return words.partition(". ")[0].rstrip(".")


def _needs(tool: Declaration) -> str:
    return {
        Need.NOTHING: "any access",
        Need.EDIT: '`access = "edit"` or more',
        Need.DELETE: '`access = "delete"`',
        Need.SCRIPTS: "a script that the owner lists",
    }[tool.need]


def readme_with_table(text: str) -> str:
    """The README with the table as it should be."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


def schema() -> str:
    """The JSON schema of the configuration file, for editors. `extends` is of the file and not of the settings it ends up as."""
    whole = Settings.model_json_schema()
    extends = {"type": "string", "description": "A configuration file that this one begins with"}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of filemaker-mcp",
        **whole,
        "properties": {"extends": extends, **whole["properties"]},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    SCHEMA.write_text(schema(), encoding="utf-8")
    SNAPSHOT.write_text(snapshot(), encoding="utf-8")
    settings_page.PAGE.write_text(
        settings_page.page(settings_page.PAGE.read_text(encoding="utf-8")), encoding="utf-8"
    )
    README.write_text(readme_with_table(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
