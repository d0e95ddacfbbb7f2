"""A port on the command line."""

from __future__ import annotations

import argparse


def port(text: str) -> int:
    """0 lets the system choose. Raises ArgumentTypeError for what no port can be."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; ports are 0 (any free one) to 65535")
    return int(text)
