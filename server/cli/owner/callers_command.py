"""`filemaker-mcp callers`: who was let in over HTTP, invitations, and the end of somebody's access."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from ...errors import InputError
from ...text.one_line import one_line
from ..event_loop import run_async
from ..state_places import add_state_arguments, ended_access, named_settings, stored
from ..terminal import say

if TYPE_CHECKING:
    from ...authorization.caller_roll import CallerRoll, KnownCaller
    from ...local.state.state import State


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    listed = parts.add_parser("list", help="everybody who signed in, with the programs that they let in")
    show = parts.add_parser("show", help="one of them")
    revoke = parts.add_parser("revoke", help="end somebody's access, everywhere within five seconds")
    revoke.add_argument("--reason", default="", metavar="WORDS", help="why, for whoever looks later")
    revoke.add_argument(
        "--erase", action="store_true", help="forget too what is kept of them for letting them in"
    )
    admit = parts.add_parser("admit", help="let somebody sign in again")
    for part in (show, revoke, admit):
        part.add_argument(
            "caller",
            metavar="CALLER",
            nargs=None if part is show else "?",
            help="as 'callers list' names them, or a part of it",
        )
    for part in (revoke, admit):
        part.add_argument(
            "--program",
            metavar="ID",
            help="a program alone, as 'callers show' names it: what CALLER gave it, or everybody without CALLER",
        )
        part.add_argument(
            "--account",
            metavar="NAME",
            help="a FileMaker account instead, whoever works by it, in every database",
        )
    invite = parts.add_parser("invite", help="print an address at which a person makes their passkey, once")
    invite.add_argument("name", metavar="NAME", help="the claim `person`, by which [[callers]] knows them")
    add_state_arguments(parser, listed, show, revoke, admit, invite)


def run(arguments: argparse.Namespace) -> int:
    return run_async(_run(arguments), arguments)


async def _run(arguments: argparse.Namespace) -> int:
    from ...authorization.caller_roll import CallerRoll

    async with stored(arguments, makes=arguments.what == "invite") as files:
        if arguments.what == "invite":
            return await _invite(arguments, files.state)
        roll = CallerRoll(files.state, time.time)
        if arguments.what == "list":
            callers = await roll.all()
            for each in callers:
                print(one_line(_line(each)))
            if not callers:
                say("Nobody was let in so far.", sys.stdout)
            for out in await roll.kept_out():
                what = "account" if out.kind == "account" else "program"
                print(
                    one_line(f"{what} {out.name}: ended {_day(out.at)} for everybody. {out.reason}".rstrip())
                )
            return 0
        if arguments.what == "show":
            return await _one(arguments, roll)
        program = arguments.program
        if getattr(arguments, "erase", False) and (arguments.account is not None or program is not None):
            raise InputError(
                "--erase is for what is kept of a caller", advice="Leave it out. Nothing was changed."
            )
        async with ended_access(arguments, files).written_down():
            if arguments.account is not None:
                return await _of_account(arguments, roll, arguments.account)
            return await (_one(arguments, roll) if program is None else _of_program(arguments, roll, program))


async def _of_program(arguments: argparse.Namespace, roll: CallerRoll, program: str) -> int:
    if arguments.what == "admit":
        if arguments.caller is not None:
            raise InputError(
                "A program is let in again for everybody, or by its person", advice="Leave CALLER out."
            )
        await roll.admit_program(program)
        say(f"People can let {program} in again.", sys.stdout)
        return 0
    caller = None if arguments.caller is None else (await roll.one(arguments.caller)).id
    count = await roll.end_program(program, caller, arguments.reason)
    if caller is None:
        say(f"{program} is let in nowhere any more, within five seconds.", sys.stdout)
    say(f"Grants that were ended: {count}.", sys.stdout)
    if not count:
        say("Nobody had let it in: compare it with 'filemaker-mcp callers show CALLER'.")
    return 0


async def _of_account(arguments: argparse.Namespace, roll: CallerRoll, account: str) -> int:
    if arguments.caller is not None or arguments.program is not None:
        raise InputError(
            "An account is ended for everybody who works by it",
            advice="Leave CALLER and --program out. Nothing was changed.",
        )
    if not account.strip():
        raise InputError("--account names no account", advice="Nothing was changed.")
    if arguments.what == "admit":
        if not await roll.admit_account(account):
            raise InputError(f"The account {account!r} was not ended")
        say(f"People can work by the account {account!r} again.", sys.stdout)
        return 0
    count = await roll.end_account(account, arguments.reason)
    say(f"Nobody works by the account {account!r} any more, within five seconds.", sys.stdout)
    if count:
        say(f"Kept passwords of it that are gone: {count}.", sys.stdout)
    elif not _is_configured(arguments, account):
        say("No configuration that is named here has it, and nobody had linked it: compare its spelling.")
    return 0


def _is_configured(arguments: argparse.Namespace, account: str) -> bool:
    from ...text.near_names import folded

    settings = named_settings(arguments)
    if settings is None:
        return False
    names = [name for database in settings.database.values() for name in database.accounts]
    names += [each.account for each in settings.accounts.values()]
    return folded(account) in map(folded, names)


async def _one(arguments: argparse.Namespace, roll: CallerRoll) -> int:
    if arguments.caller is None:
        raise InputError("Nobody is named", advice="Name a caller, or a program with --program.")
    known = await roll.one(arguments.caller)
    if arguments.what == "revoke":
        await roll.revoke(known.id, arguments.reason, erase=arguments.erase)
        say(f"{known.id} is let in nowhere any more, within five seconds.", sys.stdout)
        if arguments.erase:
            say("Plans and journal keep their name: what was done stays told.", sys.stdout)
        return 0
    if arguments.what == "admit":
        await roll.admit(known.id)
        say(f"{known.id} can sign in again.", sys.stdout)
        return 0
    print(one_line(_line(known)))
    for words, values in (("program", known.clients), ("account", known.accounts)):
        for value in values:
            print(one_line(f"  {words}: {value}"))
    return 0


async def _invite(arguments: argparse.Namespace, state: State) -> int:
    from ...authorization.sign_in.invitation_store import InvitationStore
    from ...errors import ConfigurationError

    settings = named_settings(arguments)
    if settings is None or settings.http.sign_in is None or not settings.http.sign_in.passkeys:
        raise ConfigurationError(
            "Nobody signs in here with a passkey",
            advice="Set passkeys = true in [http.sign_in], and name the file with --config.",
        )
    text = await InvitationStore(state, time.time).invite(arguments.name)
    print(f"{settings.http.public_url}/invited#{text}")
    say(f"Send it to {arguments.name}: it makes one passkey within three days. It is shown this once.")
    return 0


def _line(known: KnownCaller) -> str:
    parts = [known.id]
    if known.revoked is not None:
        parts.append(f"revoked {_day(known.revoked)}")
    parts.append(f"{known.grants} {'program' if known.grants == 1 else 'programs'}")
    if known.passkeys:
        parts.append(f"{known.passkeys} {'passkey' if known.passkeys == 1 else 'passkeys'}")
    parts.append("never used" if known.used is None else f"last used {_day(known.used)}")
    return "; ".join(parts)


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
