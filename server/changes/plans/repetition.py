"""The refusal of a change that is the same as one of a short while ago."""

from __future__ import annotations

from ...errors import InputError


def carried_out_already(earlier: str) -> InputError:
    return repetition(f"The same change was carried out a short while ago as {earlier}", earlier)


def repetition(what: str, earlier: str) -> InputError:
    return InputError(
        what,
        advice=f"Nothing was changed now. list_changes {earlier} shows its outcome; to do it a second time, "
        "plan it with repeat: true.",
    )
