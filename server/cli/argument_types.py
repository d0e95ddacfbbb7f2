"""What the values on a command line may be: a port, a whole number, a day. Each raises ArgumentTypeError in a sentence."""

from __future__ import annotations

import argparse
from datetime import date, datetime, timedelta


def port(text: str) -> int:
    """0 lets the system choose."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; ports are 0 (any free one) to 65535")
    return int(text)


def whole_number(text: str) -> int:
    """1 to 1,000,000."""
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and 1 <= int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 1,000,000")
    return int(text)


def minutes(text: str) -> int:
    """0 to 1,440, a day."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= 1440):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes from 0 to 1440")
    return int(text)


def day(text: str) -> float:
    """The moment at which a day of this machine's calendar begins, in seconds since 1970: a date, `today` or `yesterday`."""
    today = datetime.now().astimezone().date()
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        chosen = named.get(text.strip().lower()) or date.fromisoformat(text.strip())
        return datetime.combine(chosen, datetime.min.time()).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):  # years that the machine's clock cannot say
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day; write 2026-11-01, 'today' or 'yesterday'"
        ) from None
