"""Reads a file in TOML: whatever stands under its name, the answer is a table or one sentence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError

MOST_BYTES = 5_000_000


def text_of(path: Path, what: str) -> str:
    """The text of a regular file; a pipe would be waited for without end. `what` it is, for the sentence.

    Raises ConfigurationError, and FileNotFoundError where nothing is there.
    """
    try:
        if path.exists() and not path.is_file():
            raise ConfigurationError(f"{what} {path} is not a regular file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ConfigurationError(f"{what} {path} has more than {MOST_BYTES:,} bytes")
        return content.decode()
    except FileNotFoundError:
        raise
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError(
            f"{what} {path} is not UTF-8 text (line {line})",
            advice="Save it as UTF-8; most editors call that an encoding.",
        ) from None
    except (
        OSError,
        RuntimeError,
    ) as error:  # a link that leads to itself is a RuntimeError before Python 3.13
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"{what} {path} cannot be read: {reason}") from None


def tree_of(text: str, path: Path) -> dict[str, Any]:
    """Raises ConfigurationError with file and line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = place[1] if place else str(text.count("\n") + 1)
        what = f"line {line}: this is no TOML: {str(error).partition(' (at')[0]}"
    except RecursionError:
        what = "this is no TOML that can be read: brackets are nested without end"
    except ValueError:
        what = "this is no TOML that can be read: a number has thousands of digits, or a date is none"
    raise ConfigurationError(
        f"{path}, {what}", advice="Text stands in quotes; a table begins with [name]."
    ) from None
