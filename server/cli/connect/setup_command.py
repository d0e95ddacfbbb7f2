"""`filemaker-mcp setup`: asks for what is needed, tries each stage as it goes, and writes it down."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .setup_account import Answers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Asks for host, file and account, tries each stage of connecting, keeps the password in the keychain (or in a "
        "file that only you can read), and offers an entry for each assistant that it finds: Claude Desktop, Claude Code, "
        "Codex, VS Code, Cursor. Nothing that is there is overwritten."
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file to write (TOML)")
    parser.add_argument(
        "--client",
        type=Path,
        metavar="FILE",
        help="add the entry to this client's configuration (JSON with mcpServers)",
    )
    parser.add_argument(
        "--no-client", action="store_true", help="print the entry instead of adding it to a client"
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        return asyncio.run(_set_up(arguments))
    except KeyboardInterrupt:
        from ..terminal import say

        say("\nNothing more was written.")
        return 130


async def _set_up(arguments: argparse.Namespace) -> int:
    from ...local.places import config_file, is_nowhere, no_home
    from ...local.private_files import check_writable
    from ..terminal import say
    from .setup_account import ask_file, ask_sign_in
    from .setup_host import ask_host

    path: Path = arguments.config or config_file()
    if is_nowhere(path):
        raise no_home("the configuration", "--config")
    check_writable(path)
    say(
        "This connects an AI assistant to a FileMaker file. Ctrl-C stops it; nothing is written before the end.\n"
    )
    host = await ask_host()
    file = await ask_file(host)
    if _changed(path, host.settings.host, file):
        return 0
    answers = await ask_sign_in(host, file, path)
    _write(answers, path, arguments)
    return 0


def _changed(path: Path, host: str, file: str) -> bool:
    """Whether the file was there already, and the access to it is what somebody came to change."""
    from ...config.config_file import known_as, set_access
    from ..terminal import ask_choice, say
    from .setup_account import ACCESS, ask_access

    known = known_as(path, host, file)
    if not known:
        return False
    names = list(known)
    say(f"{file} is in {path} already.")
    choices = [
        f"change what the assistant may do in {n!r} (now {ACCESS.get(known[n], known[n])})" for n in names
    ]
    chosen = ask_choice("What do you want", [*choices, "connect it once more, as another account"])
    if chosen == len(names):
        return False
    set_access(path, names[chosen], ask_access())
    say(f"Written: {path}. Restart the client.")
    return True


def _write(answers: Answers, path: Path, arguments: argparse.Namespace) -> None:
    from ...config.config_file import add_database
    from ...local.mcp_clients import entry
    from ...local.own_command import own_command
    from ...local.places import config_file
    from ..terminal import say
    from .setup_clients import add_to_clients, print_entry
    from .setup_secret import keep_secrets

    add_database(path, answers.name, keep_secrets(answers, path.parent))
    say(f"Written: {path}")
    made = entry(own_command(), [] if path == config_file() else ["--config", str(path.absolute())])
    if arguments.no_client:
        print_entry(made)
    else:
        add_to_clients(made, arguments.client)
    say(f"Ask your assistant what is in {answers.name}.")
