"""Where something unforeseen went wrong. Its text is never told: it may hold anything."""

from __future__ import annotations

import traceback
from pathlib import Path


def place_of(error: Exception) -> str:
    """`module.py:12`."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"


def said_of(error: Exception) -> str:
    """The sentence for whoever asked."""
    return f"filemaker-mcp failed in a way it did not foresee ({type(error).__name__} at {place_of(error)})."
