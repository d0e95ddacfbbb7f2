"""`filemaker-mcp logout`: ends a kept sign-in and deletes it."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...app.claris_settings import ClarisSettings
    from ...app.credential_factory import CredentialFactory
    from ...app.sign_in_accounts import SignInAccount


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Ends the sign-in that 'filemaker-mcp login' kept: revoked at Claris, deleted here."
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--database", metavar="NAME", help="which of the configured databases")
    parser.add_argument(
        "--account", metavar="E-MAIL", help="only this Claris ID, also one that the settings do not name"
    )


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(_logout(arguments))


async def _logout(arguments: argparse.Namespace) -> int:
    from ...app.claris_settings import ClarisSettings
    from ...app.credential_factory import CredentialFactory
    from ..database_choice import accounts_to_sign_in, needs_sign_in, the_one
    from ..terminal import ask, say
    from .login_walk import place_of

    found = accounts_to_sign_in(os.environ, arguments.config, arguments.database)
    if found is None:
        place = ClarisSettings.from_variables(os.environ)
        return await _end_claris(place, arguments.account or place.user or ask("Claris ID (e-mail address)"))
    settings, accounts = found
    sign_ins = CredentialFactory.of(settings)
    if arguments.account:
        return await _end_claris(place_of(accounts, arguments.account, sign_ins), arguments.account)
    account = the_one(accounts)
    if not needs_sign_in(account.settings):
        say("This database signs in with what the settings hold; there is no kept sign-in to end.")
        return 0
    await _end_consents(account, sign_ins)
    if account.settings.method != "claris_id":
        return 0
    place = ClarisSettings.of(account, sign_ins)
    return await _end_claris(place, place.user or ask("Claris ID (e-mail address)"))


async def _end_claris(place: ClarisSettings, user: str) -> int:
    from ...auth.claris.cognito import CognitoRefused
    from ...auth.clock import SystemClock
    from ...errors import FilemakerMcpError
    from ..terminal import say

    kept = place.kept(user)
    async with kept.lock(SystemClock()).held():  # what a server renews just now would outlive it
        sign_in = kept.read()
        if sign_in is None:
            say(f"No sign-in of {user} is kept here.")
            return 0
        kept.delete()
    try:
        await place.cognito().revoke(sign_in.pool, sign_in.refresh_token)
    except CognitoRefused as refused:
        if refused.kind != "ResourceNotFoundException":
            say(f"The sign-in of {user} is deleted here, but Claris did not revoke it ({refused.kind}).")
            return 1
        say(
            f"The sign-in of {user} is deleted; the user pool that gave it is gone, so nothing can be revoked there."
        )
        return 0
    except FilemakerMcpError:
        say(f"The sign-in of {user} is deleted here, but Claris could not be told to revoke it.")
        return 1
    say(f"The sign-in of {user} is revoked and deleted.")
    return 0


async def _end_consents(account: SignInAccount, sign_ins: CredentialFactory) -> None:
    """Those for the files beside the database, and the session of the database itself."""
    from ...auth.http_connection import connections
    from ...auth.oauth import saved_name
    from ...auth.sessions.sessions_endpoint import log_out, sessions_address
    from ..terminal import say

    settings = account.settings
    saved = sign_ins.saved(settings)
    for source in settings.data_sources:
        if source.provider and saved.delete(saved_name(settings.host, source.file, source.provider)):
            say(f"The sign-in with {source.provider} for {source.file} is deleted.")
    if settings.method != "oauth":
        return
    name = saved_name(settings.host, settings.file, settings.provider)
    token = (saved.read(name) or {}).get("token")
    if not saved.delete(name):
        say(f"No sign-in with {settings.provider} is kept here.")
        return
    if token:
        address = sessions_address(settings.base_url, settings.api, settings.file)
        await log_out(connections(ca_file=settings.ca_file), address, token)
    say(f"The sign-in with {settings.provider} is ended and deleted.")
