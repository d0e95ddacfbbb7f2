"""The words after `filemaker-mcp`: whole options only, and the nearest right one for a wrong one."""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Collection, Iterable, Sequence
from typing import NoReturn, cast

from ..errors import InputError
from ..text.near_names import near

HALF = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes that are no text."""


class _WholeWords(argparse.HelpFormatter):
    """A command's name is one word, hyphen or not."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return textwrap.fill(
            " ".join(text.split()),
            width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
        )


class CommandLine(argparse.ArgumentParser):
    """Raises InputError where argparse would print its usage and exit; no option is guessed from its beginning."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**({"allow_abbrev": False, "formatter_class": _WholeWords} | settings))  # pyright: ignore[reportArgumentType] -- argparse's own
        self.example = ""
        """A line that can be typed; it ends the help."""

    def format_help(self) -> str:
        told = super().format_help()
        return f"{told}\n{self.example}\n" if self.example else told

    def error(self, message: str) -> NoReturn:
        raise InputError(
            message[0].upper() + message[1:], advice=f"'{self.prog} --help' shows what it takes."
        )

    def whole(
        self, words: Sequence[str], command: argparse.ArgumentParser, commands: Collection[str] = ()
    ) -> argparse.Namespace:
        """What the words say to the command. Raises InputError for a word that it does not know; one of `commands` stands first."""
        parsed, unknown = self.parse_known_args(words)
        if unknown and unknown[0] in commands:
            raise InputError(
                f"The command {unknown[0]!r} stands behind an option",
                advice=f"It comes first: 'filemaker-mcp {unknown[0]}', then its options.",
            )
        if unknown:
            close = near(unknown[0], re.findall(r"--[a-z][a-z-]*", command.format_help()), most=1)
            meant = f"Did you mean {close[0]}? " if close and unknown[0].startswith("-") else ""
            raise InputError(
                f"{command.prog} does not know {unknown[0]!r}",
                advice=f"{meant}'{command.prog} --help' shows what it takes.",
            )
        _check_texts(parsed)
        return parsed


def _check_texts(parsed: argparse.Namespace) -> None:
    """Names of files may be any bytes; all else is kept, compared and shown as text. Raises InputError."""
    values: list[object] = [*vars(parsed).values()]
    for value in values:
        for text in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(text, str) and HALF.search(text):
                raise InputError(
                    f"{text!r} is no text in the encoding of this terminal, {sys.getfilesystemencoding()}",
                    advice="Type it in another one, or set LANG to it. Nothing was done.",
                )


def command_of(words: Sequence[str], commands: Iterable[str]) -> tuple[str, list[str]]:
    """The command, and all words with it in front; without one it is `serve`. Raises InputError for a word that is no command."""
    if not words or words[0].startswith("-"):
        return "serve", ["serve", *words]
    if words[0] not in (known := tuple(commands)):
        close = near(words[0], known, most=1)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        raise InputError(
            f"There is no command {words[0]!r}", advice=f"{meant}'filemaker-mcp --help' lists the commands."
        )
    return words[0], list(words)
