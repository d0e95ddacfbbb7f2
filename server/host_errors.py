"""What the host itself refused, by FileMaker's code: a branch of the tree in `errors.py`. `codes.py` tells which code is which.

FileMakerError
├── RecordMissing         101
├── Missing               102 to 116: field, script, layout, portal
├── NothingFound          401
├── AccessDenied          9, 200 to 209
├── RecordInUse           301
├── RecordChanged         306, 512
├── Busy                  300, 302 to 304, 307: a developer or another user is in the way for a moment
├── BadFind               400 to 418, 508
├── ValidationFailed      500 to 513
├── FileClosed            800 to 820
│   └── FileMissing       100: a file that this layout or script needs beside the main one
├── HostFull              812, 956
├── SessionLost           112, 821: cut while a request ran, so it may have been carried out
├── SessionRefused        952: refused before it ran
├── QuotaUsedUp           953
└── RequestRefused        960, 1700 to 1711: our request does not fit the host's interface
"""

from __future__ import annotations

from typing import ClassVar

from .errors import Changed, FilemakerMcpError


class FileMakerError(FilemakerMcpError):
    """An answer with a FileMaker error code; the classes below carry the general advice for theirs."""

    advice_in_general: ClassVar[str] = ""

    def __init__(self, what: str, *, code: int, advice: str = "", changed: Changed = Changed.UNSAID) -> None:
        super().__init__(what, advice=advice or self.advice_in_general, code=code, changed=changed)


class RecordMissing(FileMakerError):
    advice_in_general = "The record id is wrong or the record was deleted; find it again with find_records."


class Missing(FileMakerError):
    advice_in_general = (
        "Check the names with list_layouts and describe_layout: only what is on the layout exists."
    )


class NothingFound(FileMakerError):
    pass


class AccessDenied(FileMakerError):
    advice_in_general = (
        "The FileMaker account's privilege set does not allow this; its administrator can change that."
    )


class RecordInUse(FileMakerError):
    advice_in_general = "Somebody has the record open. Nothing was written; try again in a moment."


class RecordChanged(FileMakerError):
    advice_in_general = "Somebody changed the record after it was read. Read it again, then decide."


class Busy(FileMakerError):
    advice_in_general = "A developer or another user is in the way for a moment; try again shortly."


class BadFind(FileMakerError):
    advice_in_general = "Change the criteria; describe_layout shows each field's type."


class ValidationFailed(FileMakerError):
    advice_in_general = "Correct the value; describe_layout shows types, value lists and required fields."


class FileClosed(FileMakerError):
    advice_in_general = "The file is not open on the host; its administrator can open it in Admin Console."


class FileMissing(FileClosed):
    advice_in_general = (
        "A file that this needs beside the main one could not be opened: the account for it among the data_sources of the"
        " settings is wrong or missing, or it is not hosted there. check_connection with data_sources tells which."
    )


class HostFull(FileMakerError):
    advice_in_general = "The host has no room for another session; try again in a minute."


class SessionLost(FileMakerError):
    advice_in_general = "The session was cut while the request ran; look whether it was carried out."


class SessionRefused(FileMakerError):
    advice_in_general = "The session could not be renewed; check_connection says why."


class QuotaUsedUp(FileMakerError):
    advice_in_general = (
        "The yearly data transfer of the licence is used up; the FileMaker administrator must act."
    )


class RequestRefused(FileMakerError):
    advice_in_general = (
        "The host does not understand this request; it may be an older version of FileMaker Server."
    )
