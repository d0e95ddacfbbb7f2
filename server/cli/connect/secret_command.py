"""`filemaker-mcp secret`: a password or key put into the keychain by hand, or taken out of it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        'Keeps a secret of a configured database in the keychain, where password = "keychain" finds it.'
    )
    parts = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    keep = parts.add_parser("set", help="ask for a secret and keep it")
    drop = parts.add_parser("delete", help="take a secret out of the keychain")
    for part in (keep, drop):
        part.add_argument(
            "setting",
            nargs="?",
            default="password",
            metavar="SETTING",
            help="password (unless given), otto_key, claris_refresh_token, token_service_key, or 'data source FILE'",
        )
        part.add_argument("--database", metavar="NAME", help="which of the configured databases")
        part.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")


def run(arguments: argparse.Namespace) -> int:
    from ...app.sign_in_accounts import keychain_entries
    from ...auth.keychain import Keychain
    from ...config.configuration import configured
    from ...errors import InputError, NameUnknown
    from ...text.near_names import near
    from ..database_choice import chosen
    from ..terminal import ask_secret, say

    databases = chosen(configured(os.environ, arguments.config), arguments.database)
    if len(databases) > 1:
        raise InputError(
            "Several databases are configured", advice=f"Add --database with one of: {', '.join(databases)}."
        )
    entries = keychain_entries(next(iter(databases.values())))
    if arguments.setting not in entries:
        raise NameUnknown("secret", arguments.setting, near=near(arguments.setting, entries))
    entry = entries[arguments.setting]
    if arguments.what == "set":
        secret = ask_secret(f"Secret for {entry}")
        if not secret:
            raise InputError("An empty secret is not kept", advice="Nothing was changed.")
        Keychain().write(entry, secret)
        say(f"Kept in the keychain as {entry!r}. A running server takes it at once.")
        return 0
    there = Keychain().delete(entry)
    say(f"Deleted from the keychain: {entry!r}." if there else f"The keychain holds nothing as {entry!r}.")
    return 0
