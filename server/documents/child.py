"""What runs in the child process: a task and a document on standard input, lines of JSON on standard output."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..errors import InputError
from .bounds import hold_bounds, leave_the_network

Task = Mapping[str, Any]
Line = dict[str, Any] | list[Any]
Reader = Callable[[Task, bytes], Iterator[Line]]


def main() -> None:
    """Every line is a row or a fact; the last one is `{"end": true}` or says why it ended."""
    task: Task = json.loads(sys.stdin.buffer.readline())
    leave_the_network()
    hold_bounds(task["seconds"], task["memory"])
    content = sys.stdin.buffer.read()
    try:
        for line in _reader(task["kind"])(task, content):
            _say(line)
        _say({"end": True})
    except InputError as error:
        _say({"refused": error.what, "advice": error.advice})
    except MemoryError:
        _say({"bound": "memory"})


def _reader(kind: str) -> Reader:
    """One of these, or a function of a folder that this one does not know, by its place: `module:name`."""
    module, _, name = kind.partition(":")
    return getattr(importlib.import_module(module), name) if name else READERS[kind]


def _say(line: Line) -> None:
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")
    sys.stdout.buffer.flush() if isinstance(line, dict) else None


def _pdf(task: Task, content: bytes) -> Iterator[Line]:
    from .pdf_text import read

    yield read(content, task["pages"], task["find"])


def _text(task: Task, content: bytes) -> Iterator[Line]:
    from .text_search import searched

    yield searched(content.decode(), task["find"])


def _sheet(task: Task, content: bytes) -> Iterator[Line]:
    from .sheet_rows import rows

    return rows(task["name"], content, task["sheet"], task["form"])


READERS: Mapping[str, Reader] = {"pdf": _pdf, "text": _text, "sheet": _sheet}
