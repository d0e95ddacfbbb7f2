"""What it means for an item that its request was refused, in words and for the rest of the plan."""

from __future__ import annotations

from ...codes import is_known
from ...errors import FilemakerMcpError, Forbidden, InputError, Stopped
from ...host_errors import FileClosed, FileMakerError, HostFull, QuotaUsedUp, SessionRefused
from ...text.sentence import Sentence, in_a_row, say

UNSURE_CODES = frozenset({-1, 16, 307, 951, 1701})
"""Answers that do not say whether anything happened (section 12: `no`, `verify`)."""


def is_refusal(error: FilemakerMcpError) -> bool:
    """Whether this item alone was refused, so that nothing of it was written and the next may fare otherwise."""
    if isinstance(error, FileMakerError):
        stops = isinstance(error, HostFull | QuotaUsedUp | FileClosed | SessionRefused)
        return not stops and not is_unsure(error)
    return isinstance(error, InputError | Forbidden) and not isinstance(error, Stopped)


def is_unsure(error: FileMakerError) -> bool:
    """A code that nobody here knows tells nothing either."""
    return error.code in UNSURE_CODES or bool(error.code and not is_known(error.code))


def refusal_words(error: FilemakerMcpError) -> Sentence:
    """FileMaker's own word, that nothing was changed, and what to do."""
    what = error.what.rstrip(".") if not isinstance(error.what, Sentence) else error.what
    coded = (
        Sentence("%(text)s.", {"text": what})
        if error.code is None
        else say("%(what)s (FileMaker error %(code)s).", what=what, code=str(error.code))
    )
    unchanged = say("Nothing was changed.")
    return in_a_row(
        part for part in (coded, "" if unchanged in error.advice else unchanged, error.advice) if part
    )
