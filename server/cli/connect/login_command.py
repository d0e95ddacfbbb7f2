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
    parser.add_argument("--account", metavar="E-MAIL", help="the Claris ID, where the settings name none")
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
    from ..database_choice import accounts_to_sign_in, one_account
    from .claris_login import claris_login, printed_login
    from .login_walk import LoginWalk

    if arguments.print:
        one = one_account(os.environ, arguments.config, arguments.database, by_claris_id=True)
        place = (
            ClarisSettings.of(one[1], CredentialFactory.of(one[0]))
            if one
            else ClarisSettings.from_variables(os.environ)
        )
        return await printed_login(place, arguments.account)
    found = accounts_to_sign_in(os.environ, arguments.config, arguments.database)
    if found is None:
        await claris_login(ClarisSettings.from_variables(os.environ), arguments.account)
        return 0
    settings, accounts = found
    walk = LoginWalk(CredentialFactory.of(settings), browser=not arguments.no_browser, user=arguments.account)
    return await walk.through(accounts)
