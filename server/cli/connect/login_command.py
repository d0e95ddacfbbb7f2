"""`filemaker-mcp login`: asks for what is missing, keeps the sign-in, and proves it by opening one session."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Signs in once to Claris ID (with a code, if two-step verification is on) and to OAuth identity providers "
        "(in the browser), for every file that the settings name, and keeps the sign-ins for the server."
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--database", metavar="NAME", help="only this one of the configured databases")
    parser.add_argument(
        "--account",
        metavar="E-MAIL",
        help="only this Claris ID, also one that the settings do not name; its password is asked for unless it is theirs",
    )
    parser.add_argument(
        "--print",
        action="store_true",
        help="print the refresh token instead of keeping it, for another machine",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address to open")


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(_login(arguments))


async def _login(arguments: argparse.Namespace) -> int:
    from ...app.claris_settings import ClarisSettings
    from ...app.credential_factory import CredentialFactory
    from ..database_choice import accounts_to_sign_in
    from .claris_login import claris_login, printed_login
    from .login_walk import LoginWalk, place_of

    found = accounts_to_sign_in(os.environ, arguments.config, arguments.database)
    if found is None:
        place = ClarisSettings.from_variables(os.environ)
        if arguments.print:
            return await printed_login(place, arguments.account)
        await claris_login(place, arguments.account)
        return 0
    settings, accounts = found
    sign_ins = CredentialFactory.of(settings)
    if arguments.print:
        return await printed_login(place_of(accounts, arguments.account, sign_ins), arguments.account)
    walk = LoginWalk(sign_ins, browser=not arguments.no_browser, user=arguments.account)
    return await walk.through(accounts)
