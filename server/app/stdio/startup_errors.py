"""A server that cannot start says why in its first answer: desktop users never see standard error."""

from __future__ import annotations

import json
import queue
import sys
import threading
from typing import Any, TextIO, cast

from ...local.own_command import as_typed

SERVER_ERROR = -32000
PATIENCE_SECONDS = 2.0
"""After `server/discover` a client of both eras may still ask `initialize`."""


def answer_with(sentence: str, source: TextIO, sink: TextIO) -> None:
    """Answers requests with the sentence until `initialize` is answered, the input ends, or the client has gone quiet."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(source, lines), daemon=True).start()
    patience: float | None = None
    while True:
        try:
            line = lines.get(timeout=patience)
        except queue.Empty:
            return
        if not line:
            return
        request = _request(line)
        if request is None:
            continue
        error = {"code": SERVER_ERROR, "message": as_typed(sentence)}
        sink.write(json.dumps({"jsonrpc": "2.0", "id": request["id"], "error": error}) + "\n")
        sink.flush()
        if request.get("method") == "initialize":
            return
        patience = PATIENCE_SECONDS


def answer_stdio(sentence: str) -> None:
    """The same on standard input and output, where a client stands behind them."""
    if not sys.stdin.isatty():
        answer_with(sentence, sys.stdin, sys.stdout)


def _read(source: TextIO, lines: queue.Queue[str]) -> None:
    for line in source:
        lines.put(line)
    lines.put("")


def _request(line: str) -> dict[str, Any] | None:
    try:
        message: object = json.loads(line)
    except ValueError:
        return None
    if isinstance(message, dict) and "id" in message and "method" in message:
        return cast("dict[str, Any]", message)
    return None
