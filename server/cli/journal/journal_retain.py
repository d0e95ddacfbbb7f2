"""`filemaker-mcp journal retain`: what is past its days goes now; facts and chain stay."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...errors import InputError
from ..state_places import named_settings
from ..terminal import say
from .journal_place import journal_place, owner

if TYPE_CHECKING:
    from ...changes.plans.stored_plans import Filed


def add_retain(add: Callable[..., argparse.ArgumentParser]) -> argparse.ArgumentParser:
    retain = add(
        "retain", help="erase now what is past its days; servers do it by themselves, in small steps"
    )
    retain.add_argument(
        "--undoable", action="store_true", help="also what could still be taken back within its day"
    )
    retain.add_argument("--database", metavar="NAME", help="needed where several are kept")
    return retain


async def run_retain(files: Filed, arguments: argparse.Namespace) -> int:
    from ...app.retention_terms import terms_of
    from ...changes.erasure.eraser import Erased
    from ...changes.erasure.retention import Retention

    settings = named_settings(arguments)
    place = await journal_place(files, settings, arguments.database)
    terms = (
        None
        if settings is None
        else next((t for t in terms_of(settings) if t.database == place.identity), None)
    )
    if terms is None:
        raise InputError(
            f"No configuration says how long contents of {place.identity} stay",
            advice="Name it with --config.",
        )
    total = Erased()
    while True:
        look = Retention(
            files.state, files.journal, files.seal, terms, now=time.time(), undoable=arguments.undoable
        )
        async with files.state.writing() as transaction:
            erased = await look.look(transaction, owner("journal retain"))
        if erased == Erased():
            break
        total += erased
    is_scrubbed = await files.state.scrub()
    say(
        f"Erased: contents of {total.contents:,} entries, {total.plans:,} plans, {total.files:,} files.",
        sys.stdout,
    )
    if not is_scrubbed:
        say("Another program reads the records: bytes of it go when this is run again.", sys.stdout)
    return 0
