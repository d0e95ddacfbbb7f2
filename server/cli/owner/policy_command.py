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
    from ...config.database_settings import DatabaseSettings
    from ...config.settings import Settings
    from ...policy import Policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--check", action="store_true", help="fail when something is wrong or wide open")
    parser.add_argument(
        "--live",
        action="store_true",
        help="ask the host too: every layout, and names that do not exist there",
    )
    parser.add_argument(
        "--recipe",
        action="store_true",
        help="what to tick for the assistant's privilege set, from policy and solution map",
    )


def run(arguments: argparse.Namespace) -> int:
    """0; with --check 1 when something is wrong."""
    from ...app.exposed_settings import exposed
    from ...config.configuration import configured
    from ...policy import may_read
    from ...policy.misspellings import misspellings
    from ...policy.policy_check import complaints, source_complaints
    from ...policy.policy_summary import layout_words, words
    from .host_survey import surveyed

    settings = configured(os.environ, arguments.config)
    if arguments.recipe:
        return _print_recipes(settings)
    live = asyncio.run(surveyed(settings)) if arguments.live else {}
    wrong = 0
    for name, database, policy in _policies(settings):
        print(wrapped(f"{name}: {database}", ""))
        for line in words(policy):
            print(wrapped(line, "  "))
        solution = live.get(name)
        for layout in solution.layouts if solution is not None else ():
            if may_read(policy, layout.name):
                print(wrapped(layout_words(policy, layout), "    "))
        found = complaints(policy, account=settings.database[name].account)
        sources = settings.database[name].data_sources
        found += source_complaints((source.file, source.account) for source in sources)
        if solution is not None:
            of = settings.database[name]
            found += misspellings(policy, solution, of.journal_days_by_layout, of.open_script)
        found += _by_map(settings.database[name], policy)
        for complaint in found:
            print(wrapped(complaint, "  ! "))
        wrong += len(found)
        print()
    beside = [*exposed(settings, os.environ, arguments.config), *_runbooks(settings), *_state(settings)]
    for complaint in beside:
        print(wrapped(complaint, "! "))
    wrong += len(beside)
    tools = _tools(settings)
    print(wrapped(f"Tools offered: {', '.join(tools)}.", ""))
    if arguments.check:
        print("Nothing is wrong." if not wrong else f"{wrong} thing{'s' if wrong > 1 else ''} to look at.")
    return 1 if arguments.check and wrong else 0


def _state(settings: Settings) -> Iterator[str]:
    """What is wrong with the way to PostgreSQL, as far as its address is known here."""
    from ...errors import ConfigurationError

    postgres = None if settings.state is None else settings.state.postgres
    if settings.state is None or postgres is None:
        return
    if postgres.trusts_network:
        yield "Nothing checks who answers at the address of PostgreSQL: trusts_network is true."
    elif postgres.env is None or postgres.env in os.environ:
        try:
            settings.state.place()
        except ConfigurationError as error:
            yield str(error)


def _policies(settings: Settings) -> Iterator[tuple[str, str, Policy]]:
    from ...app.owner_policy import policy_of

    for name, database in settings.database.items():
        yield (
            name,
            f"{database.file} on {database.host}, as {database.account or 'nobody'}",
            policy_of(database),
        )


def _print_recipes(settings: Settings) -> int:
    """0; 2 where a database has no approved map to make one of."""
    from ...app.owner_map import map_of
    from ...errors import ConfigurationError
    from ...solution_map.privilege_recipe import privilege_recipe

    for name, database, policy in _policies(settings):
        view = map_of(settings.database[name])
        if view is None:
            raise ConfigurationError(
                f"The database {name!r} has no approved solution map",
                advice="Make one with 'filemaker-mcp learn', approve it, and name it in map.",
            )
        print(f"{name}: {database}")
        scripts = settings.database[name].scripts.values()
        layouts = {
            layout
            for script in scripts
            for layout in (script.layout, script.carrier and script.carrier.layout)
            if layout
        }
        for line in privilege_recipe(view.atlas, policy, script_layouts=frozenset(layouts)):
            print(wrapped(line.lstrip(), " " * (2 + len(line) - len(line.lstrip()))))
        print(
            wrapped(
                f"By the solution map of {view.date}. Sign in as the account afterwards and run 'filemaker-mcp policy --live'.",
                "  ",
            )
        )
        print()
    return 0


def _by_map(database: DatabaseSettings, policy: Policy) -> list[str]:
    """What the map of the solution says against declarations of scripts; a map that cannot be read is told elsewhere."""
    from ...app.owner_map import map_of
    from ...errors import ConfigurationError
    from ...solution_map.script_words import mild_declarations

    try:
        view = map_of(database)
    except ConfigurationError:
        return []
    if view is None:
        return (
            ["The solution map is a draft: put your name into approved, or take map out."]
            if database.map
            else []
        )
    return mild_declarations(view.atlas, policy)


def _tools(settings: Settings) -> list[str]:
    from ....tools import offered
    from ...app.mcp_server import needs_of
    from ...app.seat import Seat

    return [tool.name for tool in offered(needs_of(Seat.of_owner(settings)))]


def _runbooks(settings: Settings) -> list[str]:
    """What is wrong with the scripts, notes and runbooks that the server would refuse to start with."""
    from ...app.app import check_files
    from ...errors import ConfigurationError

    try:
        check_files(settings)
    except ConfigurationError as error:
        return [str(error)]
    return []
