"""`filemaker-mcp completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import cast

from ...errors import InputError

PLACES = {
    "bash": "~/.local/share/bash-completion/completions/filemaker-mcp",
    "zsh": "a folder of $fpath, under the name _filemaker-mcp",
    "fish": "~/.config/fish/completions/filemaker-mcp.fish",
    "powershell": "$PROFILE (with >>)",
}
"""Where each shell looks for it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    places = "; ".join(f"{shell}: {place}" for shell, place in PLACES.items())
    parser.description = "Prints a script by which a shell completes commands and options."
    parser.epilog = f"Shells look for it here. {places}."
    parser.add_argument("shell", nargs="?", choices=tuple(PLACES), help="unless given, the one of $SHELL")


def run(arguments: argparse.Namespace) -> int:
    """`arguments.parser` is the command line with every command."""
    import shtab

    shell = arguments.shell or Path(os.environ.get("SHELL", "")).name
    if shell not in PLACES:
        raise InputError(
            "Which shell is it?" if not shell else f"There is no completion for {shell}",
            advice=f"Name one of: {', '.join(PLACES)}.",
        )
    for action in _actions(arguments.parser):
        if action.type is Path:
            action.complete = shtab.FILE  # pyright: ignore[reportAttributeAccessIssue] -- how shtab is told
    print(shtab.complete(arguments.parser, shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Of the parser and of all below it."""
    found: list[argparse.Action] = []
    for action in parser._actions:  # argparse has no public way
        below = cast("object", action.choices)
        if isinstance(below, dict):
            for each in cast("dict[str, argparse.ArgumentParser]", below).values():
                found += _actions(each)
        else:
            found.append(action)
    return found
