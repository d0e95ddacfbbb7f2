"""`filemaker-mcp key`: keys for agents without a person. They are shown once, and nobody but the state file knows them."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from ..event_loop import run_async
from ..state_places import add_state_arguments, ended_access, named_settings, stored
from ..terminal import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ...callers.caller_keys import CallerKey
    from ...changes.plans.stored_plans import Filed
    from ...local.state.state import Transaction

DAYS = 90
SCOPES = ("fm:read", "fm:edit", "fm:delete", "fm:run")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    add = parts.add_parser("add", help="make a key and print it, once")
    add.add_argument("name", metavar="NAME", help="what the journal and [[callers]] know it by")
    add.add_argument(
        "--scope",
        action="append",
        choices=SCOPES,
        default=None,
        help="what it may do, once for each; reading alone unless named",
    )
    ends = add.add_mutually_exclusive_group()
    ends.add_argument(
        "--days", type=int, default=None, metavar="N", help=f"days until it expires, {DAYS} unless named"
    )
    ends.add_argument("--never-expires", action="store_true", help="good until it is revoked")
    ends.add_argument(
        "--break-glass",
        metavar="REASON",
        help="for an emergency: good for an hour, and the journal says why it was made",
    )
    add.add_argument(
        "--from",
        dest="networks",
        action="append",
        default=[],
        metavar="NETWORK",
        help="address or network from which it is taken, once for each; any unless named",
    )
    add.add_argument(
        "--owner",
        default="",
        metavar="PERSON",
        help="the person who agrees for it on their page: a caller, or a name of [persons]",
    )
    listed = parts.add_parser("list", help="the keys there are, without themselves")
    revoke = parts.add_parser("revoke", help="end a key, everywhere within five seconds")
    revoke.add_argument("name", metavar="NAME", help="name of the key")
    add_state_arguments(parser, add, listed, revoke)


def run(arguments: argparse.Namespace) -> int:
    return run_async(_run(arguments), arguments)


async def _run(arguments: argparse.Namespace) -> int:
    from ...callers.caller_keys import BREAK_GLASS_DAYS, CallerKeys
    from ...errors import InputError
    from ...text.one_line import one_line

    async with stored(arguments, makes=arguments.what == "add") as files:
        keys = CallerKeys(lambda: files.state, lambda: files.seal)
        now = time.time()
        if arguments.what == "add":
            days = DAYS if arguments.days is None else arguments.days
            if days < 1:
                raise InputError("A key is good for a day at the least")
            reason = None if arguments.break_glass is None else one_line(arguments.break_glass)[:200].strip()
            if reason == "":
                raise InputError("A key for an emergency needs a reason: the journal tells it")
            if arguments.owner:
                _check_owner(arguments)
            async with ended_access(arguments, files).written_down():
                token = await keys.add(
                    arguments.name,
                    scopes=arguments.scope or ["fm:read"],
                    days=BREAK_GLASS_DAYS if reason else None if arguments.never_expires else days,
                    networks=arguments.networks,
                    owner=arguments.owner,
                    now=now,
                    written_down=_journal_of(arguments, files, reason) if reason else None,
                )
            print(token)
            say("This is the key. It is shown this once: keep it where its program reads it.")
            return 0
        if arguments.what == "revoke":
            async with ended_access(arguments, files).written_down():
                was_good = await keys.revoke(arguments.name, now)
            if not was_good:
                raise InputError(
                    f"There is no key {arguments.name!r} that is good",
                    advice="'filemaker-mcp key list' shows them.",
                )
            say(f"The key {arguments.name!r} lets nobody in any more.", sys.stdout)
            return 0
        known = await keys.all()
        for key in known:
            print(_line(key, now))
        if not known:
            say("There is no key so far. 'filemaker-mcp key add NAME' makes one.", sys.stdout)
    return 0


def _journal_of(
    arguments: argparse.Namespace, files: Filed, reason: str
) -> Callable[[Transaction], Awaitable[None]]:
    """Says in the journal who made which key for an emergency, and why."""
    from ...caller import Caller
    from ...changes.journal.entry_for_all import append_for_all
    from ...changes.plans.plan import Who
    from ...local.places import user_name

    who = Who(Caller(user_name(), ""), "filemaker-mcp key add")
    facts = {"key": arguments.name, "scopes": sorted(arguments.scope or ["fm:read"]), "reason": reason}

    async def put(transaction: Transaction) -> None:
        await append_for_all(files.journal, transaction, who, "emergency key", lambda _: facts)

    return put


def _check_owner(arguments: argparse.Namespace) -> None:
    """Raises InputError for an owner who can never answer. Without the settings nobody is known by a name."""
    from ...config.person_settings import why_no_owner
    from ...errors import InputError

    settings = named_settings(arguments)
    if settings is None:
        why = why_no_owner(arguments.owner, {}, None)
    else:
        why = why_no_owner(arguments.owner, settings.persons, settings.http.known_issuers)
    if why:
        raise InputError(
            f"{arguments.owner!r} can be nobody who answers for a key: {why}",
            advice="No key was made. 'filemaker-mcp callers list' shows who there is, and --config names the settings.",
        )


def _line(key: CallerKey, now: float) -> str:
    from ...text.one_line import one_line

    if not key.is_sealed:
        return f"{one_line(key.name)}; no key of this server's: its row was altered or put there by another program, or sealed by another key"
    parts = [key.name, " ".join(sorted(key.scopes))]
    if key.revoked is not None:
        parts.append(f"revoked {_day(key.revoked)}")
    elif not key.counts:
        parts.append("ended: a copy of the records was put back, or the sealing keys were known")
    elif key.expires is not None:
        ends = _time(key.expires) if key.is_for_an_emergency else _day(key.expires)
        parts.append(f"{'expired' if now >= key.expires else 'good until'} {ends}")
    else:
        parts.append("never expires")
    if key.is_for_an_emergency:
        parts.append("for an emergency")
    if key.networks:
        parts.append(f"from {', '.join(key.networks)}")
    if key.owner:
        parts.append(f"owner {key.owner}")
    parts.append("never used" if key.used is None else f"last used {_day(key.used)}")
    return "; ".join(parts)


def _time(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
