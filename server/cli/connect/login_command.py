"""`filemaker-mcp login`: asks for what is missing, keeps the sign-in, and proves it by opening one session."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Signs in once to Claris ID (with a code, if two-step verification is on) or to an OAuth identity provider "
        "(in the browser), and keeps the sign-in for the server."
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--database", metavar="NAME", help="which of the configured databases")
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
    from ...app.claris_settings import ClarisPlace
    from ...app.credential_factory import SignIns
    from ..database_choice import one_account
    from ..terminal import say
    from .claris_login import claris_login
    from .oauth_login import oauth_login

    found = one_account(os.environ, arguments.config, arguments.database)
    if found is None:
        return await claris_login(ClarisPlace.from_variables(os.environ), arguments, None)
    settings, account = found
    sign_ins = SignIns.of(settings)
    match account.settings.method:
        case "claris_id":
            return await claris_login(ClarisPlace.of(account, sign_ins), arguments, (account, sign_ins))
        case "oauth":
            return await oauth_login(account, sign_ins, browser=not arguments.no_browser)
        case method:
            what = "an API key" if method == "otto" else "account and password"
            say(f"{account.settings.file} signs in with {what}; there is nothing to sign in to beforehand.")
            say("'filemaker-mcp doctor' tells whether it works.")
            return 0
