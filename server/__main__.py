"""Reads the command line and calls one of the commands in `cli`; without a command it is the MCP server."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cli.command_line import CommandLine

gc.set_threshold(
    100_000, 50, 50
)  # importing the SDK builds thousands of classes; collecting between them finds nothing

COMMANDS = {
    "serve": ("start", "the MCP server on stdio (what runs without a command), or over HTTP"),
    "demo": ("start", "walk through the main job on a sample solution, with nothing but this program"),
    "doctor": ("connect", "check each stage of connecting, and say what to do about the one that fails"),
    "login": ("connect", "sign in once, with a code or in the browser, and keep the sign-in"),
    "logout": ("connect", "end a kept sign-in and delete it"),
    "token": ("connect", "print one id token of the Claris ID, for curl or Postman"),
    "token-service": ("connect", "a web service on this machine that gives id tokens to other programs"),
    "setup": ("connect", "ask for what is needed, test it, and write it into the desktop client"),
    "secret": ("connect", "put a password or key into the keychain, or take it out"),
    "policy": (
        "owner",
        "say what an assistant can see and do with the configuration, and what is wrong with it",
    ),
    "profile": ("owner", "look at samples of the data and draft solution notes for you to approve"),
    "learn": ("owner", "read FileMaker's own description of the solution into a map for you to approve"),
    "check": (
        "owner",
        "all that you wrote beside the host: policy, notes, runbooks, scripts, map; for a deployment",
    ),
    "certify": (
        "owner",
        "whether your FileMaker Server answers as the emulated host does, on a scratch layout",
    ),
    "approve": ("owner", "read a plan that waits for a person, and agree to it or not"),
    "journal": ("journal", "what was planned, agreed to and changed: list, show, export, verify, head"),
    "console": (
        "owner",
        "pages on this machine: what waits, changes, jobs, usage, journal, connection, policy",
    ),
    "secrets": ("owner", "replace the keys by which contents and kept sign-ins are sealed"),
    "state": ("owner", "a copy of the records kept here, and what to do after one was put back"),
    "callers": ("owner", "who was let in over HTTP, invitations, and the end of somebody's access"),
    "key": ("owner", "keys by which agents without a person call over HTTP: add, list, revoke"),
    "halt": ("owner", "stop changes, or everything, for everybody or one caller"),
    "run": ("run", "carry out a runbook: from a terminal, cron or the Task Scheduler"),
    "schedule": ("run", "carry the schedules of the configuration: runbooks and scripts at their times"),
    "docs": ("start", "show the documentation of this version: its pages, or one by name"),
    "completion": ("start", "print what a shell needs to complete commands and options"),
    "emulator": (
        "start",
        "serve a FileMaker solution from a folder over the Data API, for trying and testing",
    ),
}
"""Command -> the folder of `cli` with its module, and what it does. `token-service` is `connect/token_service_command.py`,
with `add_arguments(parser)` and `run(arguments) -> int`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 failed, 2 the command line or the configuration is wrong."""
    from .errors import ConfigurationError, FilemakerMcpError, InputError

    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except FilemakerMcpError as error:
        from .cli.terminal_text import beside

        sys.stderr.write(f"{beside('filemaker-mcp: ', str(error), sys.stderr)}\n")
        return 2 if isinstance(error, ConfigurationError | InputError) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _unheard()
    except ExceptionGroup as errors:  # the same below a task group
        if errors.split(BrokenPipeError)[1] is not None:
            raise
        return _unheard()


def _unheard() -> int:
    """Whoever read has gone (`| head`): nothing more can be said, nor at the interpreter's end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


def _run(words: list[str]) -> int:
    from . import __version__
    from .cli.command_line import CommandLine, command_of
    from .cli.examples import example
    from .errors import InputError
    from .local.own_command import as_typed

    parser = CommandLine(
        prog="filemaker-mcp",
        description="An MCP server through which an AI assistant works with Claris FileMaker.",
        epilog="Without a command it serves MCP on stdio: --config FILE names another configuration, --demo serves the "
        "sample solution. 'filemaker-mcp COMMAND --help' tells more of each.",
    )
    parser.add_argument("--version", action="version", version=f"filemaker-mcp {__version__}")
    name, spoken = command_of(words, COMMANDS)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    if words and words[0] in ("-h", "--help", "--version"):
        for each, (_, sentence) in COMMANDS.items():
            commands.add_parser(each, help=sentence)
        parser.parse_args(words)
    command, chosen = _added(commands, name)
    if name == "completion":
        for each, (_, told) in COMMANDS.items():
            if each != name:
                _added(commands, each)[1].description = told
        _module("serve").add_arguments(parser)
        chosen.set_defaults(parser=parser)
    chosen.example = as_typed(example(name))
    try:
        parsed = parser.whole(spoken, chosen, COMMANDS)
    except InputError as error:
        if name == "serve" and "--http" not in words:  # a desktop client shows its user nothing but answers
            from .app.stdio.startup_errors import answer_stdio

            answer_stdio(f"filemaker-mcp cannot start: {error}")
        raise
    if name != "serve":
        _make_writable()
    status = command.run(parsed)
    if name != "serve":
        sys.stdout.flush()
    return status


def _module(name: str) -> ModuleType:
    return importlib.import_module(f".cli.{COMMANDS[name][0]}.{name.replace('-', '_')}_command", __package__)


def _added(commands: Any, name: str) -> tuple[ModuleType, CommandLine]:
    """A command's module, and its own words below `commands` (argparse's own, whose class has no public name)."""
    sentence = COMMANDS[name][1]
    command = _module(name)
    parser = commands.add_parser(name, help=sentence, description=f"{sentence[0].upper()}{sentence[1:]}.")
    command.add_arguments(parser)
    return command, parser


def _make_writable() -> None:
    """Windows gives a pipe or a file the encoding of its region, which has no place for most names."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
