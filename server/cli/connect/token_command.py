"""`filemaker-mcp token`: prints one id token, for curl, Postman, or OData and Admin API calls."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Prints one id token of the configured Claris ID. It holds an hour; send it as 'Authorization: FMID <token>'."
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--database", metavar="NAME", help="which of the configured databases")


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(_token(arguments))


async def _token(arguments: argparse.Namespace) -> int:
    from ...app.credential_factory import CredentialFactory
    from ...auth.clock import SystemClock
    from ...auth.http_connection import connections
    from ...errors import ConfigurationError
    from ..database_choice import one_account

    found = one_account(os.environ, arguments.config, arguments.database, by_claris_id=True)
    if found is None or found[1].settings.method != "claris_id":
        raise ConfigurationError(
            "Id tokens belong to Claris IDs, and no database here signs in with one",
            advice="Set FILEMAKER_HOST, FILEMAKER_DATABASE and FILEMAKER_USERNAME of a FileMaker Cloud host.",
        )
    settings, account = found
    connect = connections(ca_file=account.settings.ca_file)
    ids = CredentialFactory.of(settings).id_tokens(account, connect, SystemClock())
    print(await ids.id_token())
    return 0
