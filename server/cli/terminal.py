"""Asking a person at the terminal. Questions go to standard error, so that standard output can be piped."""

from __future__ import annotations

import getpass
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TextIO

from ..errors import InputError
from .terminal_text import beside


@contextmanager
def _interruptible() -> Generator[None]:
    """Ctrl-C ends a question at once. asyncio would only note it for the next wait, and a question waits outside of asyncio."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def say(text: str = "", stream: TextIO | None = None) -> None:
    """One line of prose is broken between words to fit the terminal. Goes to standard error unless a stream is named."""
    to = sys.stderr if stream is None else stream
    sentence = text.strip("\n")
    is_prose = bool(sentence) and "\n" not in sentence and not sentence.startswith(" ")
    to.write(f"{text.replace(sentence, beside('', sentence, to)) if is_prose else text}\n")
    to.flush()


def ask(question: str, default: str = "") -> str:
    """The answer; `default` for an empty one. Raises InputError when there is nobody to answer, and KeyboardInterrupt where
    somebody at a terminal ends their answers (Ctrl-D)."""
    hint = f" [{default}]" if default else ""
    while True:
        answer = _line(f"{question}{hint}: ").strip() or default
        if answer:
            return answer


def ask_secret(question: str) -> str:
    """The answer, which is not shown while it is typed."""
    if not sys.stdin.isatty():
        return _line(f"{question}: ")
    try:
        with _interruptible():
            return getpass.getpass(f"{question}: ", stream=sys.stderr)
    except EOFError:
        raise _ended() from None


def ask_choice(question: str, choices: Sequence[str]) -> int:
    """Which one, by its number or its text."""
    for number, choice in enumerate(choices, 1):
        say(f"  {number}. {choice}")
    while True:
        answer = ask(question, "1")
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            return int(answer) - 1
        if answer in choices:
            return choices.index(answer)
        say(f"Please answer with a number from 1 to {len(choices)}.")


def ask_yes(question: str) -> bool:
    """Yes unless the answer is no."""
    while True:
        answer = ask(f"{question}? (y/n)", "y").casefold()
        if answer in ("y", "yes", "n", "no"):
            return answer.startswith("y")
        say("Please answer with y or n.")


def _line(prompt: str) -> str:
    with _interruptible():
        sys.stderr.write(f"{beside('', prompt.rstrip(), sys.stderr)} ")
        sys.stderr.flush()
        line = sys.stdin.readline()
    if not line:
        raise _ended()
    if not sys.stdin.isatty():
        say()
    return line.rstrip("\r\n")


def _ended() -> InputError | KeyboardInterrupt:
    say()
    if sys.stdin.isatty():
        return KeyboardInterrupt()
    return InputError(
        "There is nobody to answer",
        advice="Run this in a terminal, or give what it asks for in the settings.",
    )
