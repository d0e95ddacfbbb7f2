"""`filemaker-mcp token-service`: a web service on this machine that gives id tokens to other programs."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..argument_types import port

KEY = "FILEMAKER_TOKEN_SERVICE_KEY"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Offers POST /users {username, password} and POST /users/refresh {username, refresh_token}, with the JSON of "
        "Soliant's FileMakerID_token and honest HTTP statuses. Without a key it listens on this machine alone."
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen (127.0.0.1)")
    parser.add_argument("--port", type=port, default=3000, help="on which port (3000; 0 takes a free one)")
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help=f"file with the key that callers send as 'Authorization: Bearer KEY' (else {KEY} or {KEY}_FILE)",
    )


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    return asyncio.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> int:
    import uvicorn

    from ...app.claris_settings import ClarisSettings
    from ...auth.claris.token_giver import TokenGiver
    from ...auth.claris.token_service import application
    from ...auth.clock import SystemClock
    from ...config.strict_settings import is_loopback
    from ...errors import ConfigurationError
    from ...pages.listening_socket import listening_socket
    from ..terminal import say

    key = _key(arguments)
    if not key and not is_loopback(arguments.host):
        raise ConfigurationError(
            f"Without a key this listens on this machine alone, and {arguments.host} is not it",
            advice=f"Set {KEY} or --key-file, and put TLS in front: passwords come this way.",
        )
    place = ClarisSettings.from_variables(os.environ)
    app = application(TokenGiver(place.connect, place.finder(), SystemClock(), place.kept), key)
    try:
        listening = listening_socket(arguments.host, arguments.port)
    except OSError as error:
        raise ConfigurationError(
            f"Port {arguments.port} of {arguments.host} cannot be listened on: {error.strerror}",
            advice="Take another with --port.",
        ) from None
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    shown = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    with listening:
        say(f"Id tokens at http://{shown}:{listening.getsockname()[1]}/users; Ctrl-C ends it.")
        await uvicorn.Server(config).serve([listening])
    return 0


def _key(arguments: argparse.Namespace) -> str:
    from ...app.secrets import reader
    from ...config.strict_settings import Secret

    if arguments.key_file is not None:
        return reader(Secret(file=arguments.key_file), entry="", what="key", environment={})()
    if os.environ.get(KEY):
        return os.environ[KEY]
    if os.environ.get(f"{KEY}_FILE"):
        place = Path(os.environ[f"{KEY}_FILE"])
        return reader(Secret(file=place), entry="", what="key", environment={})()
    return ""
