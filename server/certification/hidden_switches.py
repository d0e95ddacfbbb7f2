"""Switches of the emulated host that nobody can look at from outside, and why."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

HIDDEN: Mapping[str, str] = MappingProxyType(
    {
        "without_fmrest": "it shows only when an account without fmrest signs in, and none is given to this command",
        "closed_file": "it shows only while the file is closed, when nothing else can be looked at",
        "orphan_rows": "the Data API does not tell which field relates a portal to its record, so it cannot be emptied",
        "unopened_source": "it shows only where a related file refuses the account, which would have to be arranged",
        "authenticated_stream": "links_end looks at what it does; which of the two settings does it is told in Admin Console alone",
        "login_attempts": "it would take wrong passwords, and Claris locks accounts",
        "max_sessions": "it would take every session that the host has room for",
        "validation_message": "the Data API does not tell which field has a message of its own",
        "data_limit": "it would use up the year's data",
    }
)
"""Name -> because."""
