"""`filemaker-mcp state migrate`: the tables in PostgreSQL, and a state file's records in them."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigurationError, InputError
from ..state_places import named_settings, seal_key_file, sealing_keys, state_place
from ..terminal import say

if TYPE_CHECKING:
    from ...local.state.sqlite_state import SqliteState


async def migrated(arguments: argparse.Namespace) -> int:
    from ...changes.audit.journal_check import journal_faults
    from ...changes.contents.earlier_records import seal_all, take_over
    from ...changes.plans.plan_seal import Seal
    from ...local.state.migrations import MIGRATIONS
    from ...local.state.postgres_migration import fill, migrating

    settings = named_settings(arguments)
    place = state_place(arguments, settings)
    if not place.url:
        raise ConfigurationError(
            "The state is in a file, which is brought up to date when it is opened",
            advice="Name PostgreSQL with the setting `state` (FILEMAKER_STATE=postgresql://...).",
        )
    source = _source(arguments.source)
    seal = Seal.of_file(seal_key_file(arguments, settings), sealing_keys(settings))
    if source is not None:
        source.first(partial(take_over, seal=seal, is_shared=False))
    try:
        async with migrating(place.url, arguments.role, arguments.keeper) as (transaction, form):
            if source is None:
                await seal_all(transaction, seal, counts=False)
                said = [_told(form, len(MIGRATIONS))]
            else:
                faults = await journal_faults(source, seal)
                if faults:
                    raise InputError(
                        f"The journal of {source.path} is not whole: {'; '.join(faults[:3])}",
                        advice="Nothing was copied. 'filemaker-mcp journal verify --state FILE' tells all of it.",
                    )
                copied = await fill(transaction, source)
                faults = await journal_faults(transaction, seal, counts=False)
                if faults:
                    raise InputError(
                        f"The journal did not arrive as it was: {'; '.join(faults[:3])}",
                        advice="Nothing was kept.",
                    )
                rows = ", ".join(f"{number:,} {table}" for table, number in copied.items() if number)
                said = [f"Copied: {rows or 'nothing was there'}.", "Both journals are whole."]
    finally:
        if source is not None:
            await source.close()
    print("\n".join(said))
    if arguments.role is not None:
        say(
            f"{arguments.role} may use them; it can add to the journal, and change or delete nothing of it.",
            sys.stdout,
        )
    if arguments.keeper is not None:
        say(f"{arguments.keeper} may erase contents ('filemaker-mcp journal retain').", sys.stdout)
    return 0


def _source(file: Path | None) -> SqliteState | None:
    from ...local.places import expanded
    from ...local.state.sqlite_state import SqliteState

    if file is None:
        return None
    path = expanded(file)
    if not path.is_file():
        raise InputError(f"There is no state file {path}", advice="Name the file that is to be copied.")
    return SqliteState(path)


def _told(before: int, now: int) -> str:
    if before == now:
        return f"The records have the form of this version already ({now})."
    return f"The records have form {now} now" + (f"; it was {before}." if before else ".")
