"""FileMaker's error codes: what each means and which class of `host_errors` carries it.

From Claris's error-code page as restated in the Data API reference, section 12 [D]; wording ours.
"""

from __future__ import annotations

from .errors import Changed
from .host_errors import (
    AccessDenied,
    BadFind,
    Busy,
    FileClosed,
    FileMakerError,
    FileMissing,
    HostFull,
    Missing,
    NothingFound,
    QuotaUsedUp,
    RecordChanged,
    RecordInUse,
    RecordMissing,
    RequestRefused,
    SessionLost,
    SessionRefused,
    ValidationFailed,
)

CLASSES: tuple[tuple[range, type[FileMakerError]], ...] = (
    (range(8, 9), NothingFound),
    (range(9, 10), AccessDenied),
    (range(100, 101), FileMissing),
    (range(101, 102), RecordMissing),
    (range(112, 113), SessionLost),
    (range(102, 200), Missing),
    (range(200, 210), AccessDenied),
    (range(301, 302), RecordInUse),
    (range(306, 307), RecordChanged),
    (range(300, 310), Busy),
    (range(401, 402), NothingFound),
    (range(400, 420), BadFind),
    (range(508, 509), BadFind),
    (range(512, 513), RecordChanged),
    (range(500, 520), ValidationFailed),
    (range(812, 813), HostFull),
    (range(821, 822), SessionLost),
    (range(800, 830), FileClosed),
    (range(952, 953), SessionRefused),
    (range(953, 954), QuotaUsedUp),
    (range(956, 957), HostFull),
    (range(954, 970), RequestRefused),
    (range(1700, 1712), RequestRefused),
)
"""First match wins, so the single codes stand before the ranges around them."""

MEANINGS: dict[int, str] = {
    -1: "FileMaker reports an unknown error",
    3: "This command is not available over the Data API",
    4: "The command is unknown to FileMaker",
    5: "The command is not valid here",
    8: "The result is empty",
    9: "The account has insufficient privileges",
    10: "FileMaker lacks data that it needs for this request",
    16: "The operation failed and FileMaker asks for another try",
    100: "A FileMaker file that this needs could not be opened",
    101: "The record is missing",
    102: "A field is missing on this layout",
    103: "A relationship is missing",
    104: "The script is missing, or the account may not run it",
    105: "The layout is missing, or the account may not see it",
    106: "A table is missing",
    108: "A value list is missing",
    111: "A repetition of a field is missing",
    112: "The session was ended while the request ran",
    116: "A layout object (such as a portal) is missing",
    200: "Access to the record is denied",
    201: "The field cannot be modified",
    202: "Access to the field is denied",
    204: "A field in the sort order is not accessible",
    210: "The account is inactive",
    211: "The account's password has expired or must be changed",
    212: "The host refused the account name or password",
    214: "Too many wrong sign-in attempts; the account is locked for now",
    219: "The licence does not allow this connection",
    300: "The file is locked or in use",
    301: "The record is in use by another user",
    302: "The table is in use by another user",
    303: "The database schema is being changed by a developer",
    304: "The layout is being changed by a developer",
    306: "The record was changed by somebody else meanwhile",
    307: "The lock on the transaction was lost",
    400: "The find criteria are empty",
    401: "No records match",
    402: "The selected field is not a match field for a lookup",
    404: "The sort order is not valid",
    408: "The field's type does not fit this operation",
    500: "A date is not valid",
    501: "A time is not valid",
    502: "A number is not valid",
    503: "A value is outside the range that the field allows",
    504: "A value must be unique and already exists",
    505: "A value must already exist in the database and does not",
    506: "A value is not in the field's value list",
    507: "A value fails the field's own test",
    508: "A value in the find criteria is not valid for its field",
    509: "A required field is empty",
    510: "A related value does not fit the field's validation",
    511: "A value is too long for its field",
    512: "The record was changed by somebody else meanwhile",
    513: "A record needs a value in at least one field",
    802: "The file could not be opened: it is closed or not hosted here",
    812: "The host has reached its limit of sessions",
    821: "The host ended the connection",
    951: "The host reports an unexpected error",
    952: "The session was refused",
    953: "The licence's data transfer is used up",
    954: "The host does not support this request",
    955: "The database name is missing",
    956: "The host has reached its limit of sessions",
    957: "The request contradicts itself",
    958: "A parameter is missing",
    959: "The Data API is switched off",
    960: "A parameter is not valid",
    1700: "The host does not know this resource",
    1701: "The host cannot take requests at the moment",
    1702: "The sign-in information has the wrong form",
    1703: "The host refused the account name, password or token",
    1704: "The host does not accept this request for this address",
    1705: "A request header is missing",
    1706: "A parameter is not supported",
    1707: "A parameter is missing",
    1708: "A parameter is not valid",
    1709: "The host is not in the right state for this request",
    1710: "The host could not read the request",
    1711: "The FileMaker licence has expired",
}


def is_known(code: int | None) -> bool:
    """Whether anybody here knows what a code says."""
    return code in MEANINGS or any(code in codes for codes, _ in CLASSES)


def error_for(
    code: int, given: str, *, changed: Changed = Changed.UNSAID, subject: str = ""
) -> FileMakerError:
    """The error for a code. `said` is the host's own text, used where we have no better; `subject` says what we were about to do."""
    kind = next((kind for codes, kind in CLASSES if code in codes), FileMakerError)
    meaning = MEANINGS.get(code) or f"FileMaker answered {given!r}"
    return kind(f"{subject}: {meaning}" if subject else meaning, code=code, changed=changed)
