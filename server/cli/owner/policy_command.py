"""`filemaker-mcp policy`: what an assistant can see and do with a configuration; `--check` finds what the owner cannot have meant."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..terminal_text import wrapped

if TYPE_CHECKING:
    from ...config.settings import Settings
    from ...dataapi.models import LayoutMeta
    from ...policy import Policy


SHOWING = (
    "access_by_layout",
    "layouts",
    "fields",
    "hidden_fields",
    "untrusted_fields",
    "scope",
)
"""Settings that decide what is shown."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--check", action="store_true", help="fail when something is wrong or wide open")
    parser.add_argument(
        "--live",
        action="store_true",
        help="ask the host too: every layout, and names that do not exist there",
    )


def run(arguments: argparse.Namespace) -> int:
    """0; with --check 1 when something is wrong."""
    from ...config.configuration import configured
    from ...policy import may_read, visible
    from ...policy.policy_check import complaints
    from ...policy.policy_summary import words

    settings = configured(os.environ, arguments.config)
    live = asyncio.run(_asked(settings)) if arguments.live else {}
    wrong = 0
    for name, database, policy in _policies(settings):
        print(f"{name}: {database}")
        for line in words(policy):
            print(wrapped(line, "  "))
        for layout in live.get(name, ()):
            if may_read(policy, layout.name):
                print(wrapped(_layout(visible(policy, layout)), "    "))
        found = complaints(policy, account=settings.database[name].account, layouts=live.get(name))
        for complaint in found:
            print(wrapped(complaint, "  ! "))
        wrong += len(found)
        print()
    tools = _tools(settings)
    print(wrapped(f"Tools offered: {', '.join(tools)}.", ""))
    if arguments.check:
        print("Nothing is wrong." if not wrong else f"{wrong} thing{'s' if wrong > 1 else ''} to look at.")
    return 1 if arguments.check and wrong else 0


def _policies(settings: Settings) -> Iterator[tuple[str, str, Policy]]:
    from ...app.owner_policy import policy_of

    for name, database in settings.database.items():
        yield (
            name,
            f"{database.file} on {database.host}, as {database.account or 'nobody'}",
            policy_of(database),
        )


def _tools(settings: Settings) -> list[str]:
    from ....tools import offered
    from ...app.app import needs_met

    return [tool.name for tool in offered(needs_met(settings))]


async def _asked(settings: Settings) -> dict[str, list[LayoutMeta]]:
    """Every layout of every database, whole: names that hide something have to be compared with what there is."""
    from ...app.app import build
    from ...config.settings import DatabaseSettings

    open_to_us = {
        name: database.model_copy(
            update={
                p: DatabaseSettings.model_fields[p].get_default(call_default_factory=True) for p in SHOWING
            }
        )
        for name, database in settings.database.items()
    }
    application = build(settings.model_copy(update={"database": open_to_us}))
    try:
        found: dict[str, list[LayoutMeta]] = {}
        for name, workspace in application.workspaces.items():
            database = workspace.database
            found[name] = [await database.layout(item.name) for item in await database.layouts()]
        return found
    finally:
        await application.close()


def _layout(meta: LayoutMeta) -> str:
    portals = "".join(f"; portal {portal.name}: {len(portal.fields)}" for portal in meta.portals.values())
    return f"{meta.name}: {len(meta.fields)} fields{portals}"
