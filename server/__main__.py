"""Reads the command line and calls one of `commands`; without a verb it is the MCP server."""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType

gc.set_threshold(
    100_000, 50, 50
)  # importing the SDK builds thousands of classes; collecting between them finds nothing

VERBS = {
    "serve": "the MCP server on stdio (what runs without a verb)",
    "demo": "walk through the main job on a sample solution, with nothing but this program",
    "doctor": "check each stage of connecting, and say what to do about the one that fails",
    "login": "sign in once, with a code or in the browser, and keep the sign-in",
    "logout": "end a kept sign-in and delete it",
    "token": "print one id token of the Claris ID, for curl or Postman",
    "token-service": "a web service on this machine that gives id tokens to other programs",
    "setup": "ask for what is needed, test it, and write it into the desktop client",
    "policy": "say what an assistant can see and do with the configuration, and what is wrong with it",
    "approve": "read a plan that waits for a person, and agree to it or not",
    "journal": "what was planned, agreed to and changed: list, show, export, verify",
    "emulator": "serve a FileMaker solution from a folder over the Data API, for trying and testing",
}
"""Each is a module of `commands` with `add_arguments(parser)` and `run(arguments) -> int`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 failed, 2 the command line or the configuration is wrong."""
    from . import __version__
    from .errors import ConfigurationError, FilemakerMcpError, InputError

    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="filemaker-mcp",
        description="An MCP server through which an AI assistant works with Claris FileMaker.",
        epilog="Without a verb it serves MCP on stdio. 'filemaker-mcp VERB --help' tells more of each.",
    )
    parser.add_argument("--version", action="version", version=f"filemaker-mcp {__version__}")
    verb = words[0] if words and words[0] in VERBS else "serve"
    if verb == "serve" and not (words and words[0] == "serve"):
        words.insert(0, "serve")
    if len(words) > 1 and words[1] in ("-h", "--help", "--version") and verb == "serve":
        _add_all(parser)
        parser.parse_args(words[1:])
    chosen = parser.add_subparsers(dest="verb", required=True, metavar="VERB").add_parser(
        verb, help=VERBS[verb]
    )
    command = _command(verb)
    command.add_arguments(chosen)
    parsed = parser.parse_args(words)
    try:
        return command.run(parsed)
    except FilemakerMcpError as error:
        sys.stderr.write(f"filemaker-mcp: {error}\n")
        return 2 if isinstance(error, ConfigurationError | InputError) else 1
    except KeyboardInterrupt:
        return 130


def _add_all(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for verb, help_ in VERBS.items():
        verbs.add_parser(verb, help=help_)


def _command(verb: str) -> ModuleType:
    return importlib.import_module(f".commands.{verb.replace('-', '_')}", __package__)


if __name__ == "__main__":
    sys.exit(main())
