"""`filemaker-mcp journal forget`: one person's contents go everywhere, facts and chain stay."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import InputError
from ...text.near_names import folded
from ..state_places import ended_access, named_settings
from ..terminal import ask, say
from .forget_words import show_found, tell_of_copies
from .journal_place import JournalPlace, journal_place, owner

if TYPE_CHECKING:
    from ...authorization.caller_roll import CallerRoll
    from ...changes.erasure.forgetting import Alongside, Forgetting
    from ...changes.erasure.found_contents import Found
    from ...changes.erasure.person import Person
    from ...changes.erasure.stored_files import NamingFiles
    from ...changes.plans.stored_plans import Filed
    from ...local.state.state import Transaction

WORD = "forget"


def add_forget(add: Callable[..., argparse.ArgumentParser]) -> argparse.ArgumentParser:
    forget = add("forget", help="erase what is kept of one person; shows it first, and asks")
    forget.add_argument(
        "--key",
        default="",
        metavar="VALUE",
        help="what names the person's records, as `keys` has it by layout",
    )
    forget.add_argument(
        "--record",
        action="append",
        default=[],
        metavar="LAYOUT:ID",
        help="a record of theirs by its record id",
    )
    forget.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="TEXT",
        help="a name or an address by which they are told, too",
    )
    forget.add_argument(
        "--of",
        action="append",
        default=[],
        metavar="LAYOUT",
        help="whose key it is, where several layouts have records of that key",
    )
    forget.add_argument(
        "--naming",
        action="append",
        default=[],
        metavar="LAYOUT",
        help="other records of this layout that name the key go too ('*': of every layout); else they are listed and stay",
    )
    forget.add_argument(
        "--layout", action="append", default=[], metavar="NAME", help="only contents of this layout"
    )
    forget.add_argument(
        "--caller", metavar="CALLER", help="and what lets them in over HTTP, as 'callers list' names them"
    )
    forget.add_argument("--dry-run", action="store_true", help="show what would go, and erase nothing")
    forget.add_argument("--yes", action="store_true", help="do not ask: somebody has looked at it")
    forget.add_argument("--keep-files", action="store_true", help="leave the files folder as it is")
    forget.add_argument("--reason", default="", metavar="WORDS", help="why, for whoever looks later")
    forget.add_argument("--database", metavar="NAME", help="needed where several are kept")
    return forget


async def run_forget(files: Filed, arguments: argparse.Namespace) -> int:
    from ...authorization.caller_roll import CallerRoll
    from ...changes.erasure.forgetting import Forgetting
    from ...local.file_parts import parts_in

    settings = named_settings(arguments)
    place = await journal_place(files, settings, arguments.database)
    person = _person(place, arguments)
    caller, alongside = "", None
    if arguments.caller:
        roll = CallerRoll(files.state, time.time)
        caller = (await roll.one(arguments.caller)).id
        alongside = _alongside(roll, caller, arguments.reason)
    forgetting = Forgetting(
        files.state, files.seal, files.journal, place.identity, person,
        now=time.time, layouts=[folded(name) for name in arguments.layout], alongside=alongside, caller=caller, keeps_files=arguments.keep_files,
        parts=parts_in(files.state, files.seal.contents.ring, None if settings is None else settings.http.objects),
    )  # fmt: skip
    found = await forgetting.survey()
    kept = _files(arguments, person)
    show_found(found, kept, person, arguments, caller, is_begun=await forgetting.begun())
    naming = [] if kept is None else kept.naming
    _check_whose(found, person, arguments)
    forgetting.check(found)
    await forgetting.check_files(naming)
    if arguments.dry_run:
        say("Nothing was forgotten.", sys.stdout)
        return 0
    if not arguments.yes and ask(f"Type {WORD} to erase it for good") != WORD:
        say("Nothing was forgotten.", sys.stdout)
        return 1
    async with ended_access(arguments, files).written_down() if caller else nullcontext():
        return await _done(files, forgetting, found, naming, arguments.reason)


async def _done(
    files: Filed, forgetting: Forgetting, found: Found, naming: Sequence[Path], reason: str
) -> int:
    done = await forgetting.carry_out(found, naming, owner("journal forget"), reason)
    erased = done.erased
    say(
        f"Forgotten: contents of {erased.contents:,} entries, {erased.plans:,} plans, {erased.files:,} kept files,"
        f" {done.jobs:,} jobs, {done.files:,} files of the files folder. {erased.keys:,} keys are destroyed.",
        sys.stdout,
    )
    tell_of_copies(files)
    if not done.is_scrubbed:
        say(
            "Another program reads the records, so bytes of it may be left in their file: run this again.",
            sys.stdout,
        )
        return 1
    return 0


def _person(place: JournalPlace, arguments: argparse.Namespace) -> Person:
    from ...app.retention_terms import keys_of
    from ...changes.erasure.person import Person

    records: set[tuple[str, str]] = set()
    for given in arguments.record:
        layout, _, record_id = given.rpartition(":")
        if not layout or not record_id.isdecimal():
            raise InputError(
                f"{given!r} names no record", advice="Write --record LAYOUT:ID, such as 'API Contacts:17'."
            )
        records.add((folded(layout), record_id))
    texts = tuple(text.strip() for text in arguments.also if text.strip())
    if not (arguments.key.strip() or records or texts or arguments.caller):
        raise InputError("Nobody is named", advice="Name --key, --record, --also or --caller.")
    keys = {} if place.settings is None else keys_of(place.settings)
    whose = {folded(name) for name in arguments.of}
    if unknown := [name for name in arguments.of if folded(name) not in keys]:
        raise InputError(
            f"`keys` names no field of {', '.join(map(repr, unknown))}",
            advice=f"It names those of {', '.join(map(repr, sorted(keys))) or 'no layout'}.",
        )
    keys = {layout: name for layout, name in keys.items() if not whose or layout in whose}
    naming = frozenset(map(folded, arguments.naming))
    return Person(keys, arguments.key.strip(), frozenset(records), texts, naming)


def _check_whose(found: Found, person: Person, arguments: argparse.Namespace) -> None:
    """Raises InputError where a key such as 17 names records of several layouts: they may be of different persons and things."""
    if person.is_common and len(found.keyed) > 1 and not arguments.of:
        which = " and ".join(map(repr, sorted(found.keyed)))
        raise InputError(
            f"{person.key!r} is the key of records on {which}",
            advice=f"Nothing was forgotten. Say whose it is: --of {sorted(found.keyed)[0]!r}. Name --of for each layout that shows the same records.",
        )


def _files(arguments: argparse.Namespace, person: Person) -> NamingFiles | None:
    from ...changes.erasure.stored_files import naming_files
    from ...local.places import files_folder

    settings = named_settings(arguments)
    if arguments.keep_files or arguments.layout or settings is None:
        return None
    folder = settings.files_folder or files_folder()
    return naming_files(folder, person) if folder.is_dir() else None


def _alongside(roll: CallerRoll, caller: str, reason: str) -> Alongside:
    async def revoke(transaction: Transaction) -> None:
        roll.revoke_in(transaction, caller, reason, erase=True)

    return revoke
