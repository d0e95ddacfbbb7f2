"""A request the host refuses: FileMaker's code, its words, and the layer that says so."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class Refusal(Exception):
    """Raised anywhere in a call; becomes one of the two error bodies of reference section 2.5.

    `code` is FileMaker's. `node` tells the parameter checks of the Node layer (message before code) from the engine
    (code before message). `status` overrides the HTTP status that the code implies (section 2.6).
    """

    def __init__(
        self, code: int, message: str | None = None, *, node: bool = False, status: int | None = None
    ) -> None:
        self.code = code
        self.message = message if message is not None else MESSAGES.get(code, "Unknown error")
        self.node = node
        self.status = status if status is not None else http_status(code)
        super().__init__(f"{code}: {self.message}")


def parameter_refusal(message: str, code: int = 960, status: int = 400) -> Refusal:
    """A mistake that the Node layer finds before FileMaker sees the request (sections 2.5 and 2.6, [O])."""
    return Refusal(code, message, node=True, status=status)


def http_status(code: int) -> int:
    """The HTTP status that comes with a code (sections 2.6 and 12). For FileMaker's own errors 500 is the rule [D]."""
    return _STATUS.get(code, 500)


_STATUS: Mapping[int, int] = MappingProxyType(
    {
        0: 200,
        10: 400,
        210: 401,
        211: 401,
        212: 401,
        214: 401,
        219: 401,
        952: 401,
        958: 400,
        960: 400,
        1700: 404,
        1701: 503,
        1702: 401,
        1703: 401,
        1704: 405,
        1705: 415,
        1706: 400,
        1707: 400,
        1708: 400,
        1710: 400,
    }
)

# Claris's error-code page (reference section 12). The star is part of the text on the wire.
MESSAGES: Mapping[int, str] = MappingProxyType(
    {
        -1: "Unknown error",
        0: "OK",
        1: "User canceled action",
        3: "Command is unavailable (for example, wrong operating system or mode)",
        4: "Command is unknown",
        5: "Command is invalid (for example, a Set Field script step does not have a calculation specified)",
        8: "Empty result",
        9: "Insufficient privileges",
        10: "Requested data is missing",
        16: "Operation failed; request retry",
        100: "File is missing",
        101: "Record is missing",
        102: "Field is missing",
        103: "Relationship is missing",
        104: "Script is missing",
        105: "Layout is missing",
        106: "Table is missing",
        108: "Value list is missing",
        111: "Field repetition is invalid",
        112: "Window is missing",
        116: "Layout object is missing",
        200: "Record access is denied",
        201: "Field cannot be modified",
        202: "Field access is denied",
        204: "No access to field(s) in sort order",
        210: "User account is inactive",
        211: "Password has expired",
        212: "Invalid user account and/or password; please try again",
        214: "Too many login attempts",
        219: "Cannot open file; must be licensed user; contact team manager",
        300: "File is locked or in use",
        301: "Record is in use by another user",
        302: "Table is in use by another user",
        303: "Database schema is in use by another user",
        304: "Layout is in use by another user",
        306: "Record modification ID does not match",
        307: "Transaction could not be locked because of a communication error with the host",
        400: "Find criteria are empty",
        401: "No records match the request",
        402: "Selected field is not a match field for a lookup",
        404: "Sort order is invalid",
        408: "Specified field has inappropriate data type for this operation",
        413: "Specified field has inappropriate field type",
        414: "Layout cannot display the result",
        500: "Date value does not meet validation entry options",
        501: "Time value does not meet validation entry options",
        502: "Number value does not meet validation entry options",
        503: "Value in field is not within the range specified in validation entry options",
        504: "Value in field is not unique, as required in validation entry options",
        505: "Value in field is not an existing value in the file, as required in validation entry options",
        506: "Value in field is not listed in the value list specified in validation entry option",
        507: "Value in field failed calculation test of validation entry option",
        508: "Invalid value entered in Find mode",
        509: "Field requires a valid value",
        510: "Related value is empty or unavailable",
        511: "Value in field exceeds maximum field size",
        512: "Record was already modified by another user",
        802: "Unable to open file",
        812: "Exceeded host's capacity",
        820: "File is being closed",
        821: "Host forced a disconnect",
        951: "An unexpected error occurred (*)",
        952: "Invalid FileMaker Data API token (*)",
        953: "Exceeded limit on data the FileMaker Data API and OData can transmit (*)",
        955: "No database name (*)",
        956: "Maximum number of database or Admin API sessions exceeded (*)",
        958: "Parameter missing (*)",
        960: "Parameter is invalid",
        1700: "Resource doesn't exist",
        1701: "Host is currently unable to receive requests",
        1702: "Authentication information wasn't provided in the correct format; verify the value of the Authorization header",
        1703: "Invalid username or password, or JSON Web Token",
        1704: "Resource doesn't support the specified HTTP verb",
        1705: "Required HTTP header wasn't specified",
        1706: "Parameter isn't supported",
        1707: "Required parameter wasn't specified in the request",
        1708: "Parameter value is invalid",
        1709: "Operation is invalid for the resource's current status",
        1710: "JSON input isn't syntactically valid",
        1711: "Host's license has expired",
    }
)
