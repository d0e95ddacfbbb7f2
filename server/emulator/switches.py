"""Switches for behaviour that no real server has shown us, with the defaults of reference section 20."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from types import MappingProxyType


@dataclass(frozen=True)
class Switches:
    privilege_status: int = 500
    """HTTP status of codes 9 and 200: 500 or 403."""
    unknown_portal: int = 116
    """Code for an unknown name in `portal`: 116, 102 or 960."""
    range_beyond_end: str = "101"
    """A range whose offset lies beyond a table that has records: `101` or `empty`."""
    find_beyond_end: str = "401"
    """A find whose offset lies beyond its found set: `401` or `empty`."""
    without_fmrest: int = 212
    """Code at login for an account without the extended privilege: 212 or 9."""
    closed_file: int = 802
    """Code at login for a file that is not open: 802 or 100."""
    lax_values: bool = False
    """Accept true, false and null as values (1, 0 and empty) rather than answering 960."""
    rows_of_create: bool = False
    """A create with portal rows answers `newPortalRecordInfo` as an edit does (section 6.1)."""
    exponents: str = "letters"
    """A number typed with an exponent, as in `1e5`: its `letters` are ignored, so it is 15 (section 7.5), or it is stored as the
    `number` 100000."""
    orphan_rows: str = "refuse"
    """A portal row whose parent's match field is empty: `refuse` it with 510 as FileMaker Pro does [I], or `create` it."""
    numeric_mod_id: str = "refuse"
    """A modId sent as a number: `refuse` it with 960, since a text is documented, or `accept` it (section 6.2)."""
    portal_by_table: bool = False
    """A portal that has an object name may be named by its table occurrence in `portal` too (section 6.5)."""
    open_range: str = "508"
    """A range without one of its ends, as in `1...`: `508`, or `open` on that side (section 7.3)."""
    links_end: bool = True
    """The URLs of containers end with the session that they were given to (section 10.2)."""
    bump_parent: bool = False
    """Raise the parent's modId when only portal rows were edited."""
    data_info_layout: str = "response"
    """Which layout `dataInfo` names when `layout.response` is given: `response` or `request`."""
    iso_criteria: bool = True
    """Accept ISO dates in criteria when `dateformats` is 2."""
    line_match: bool = False
    """`==` matches one whole line of a text as well as the whole field."""
    validate_extends: bool = True
    """validateSession restarts the fifteen minutes."""
    conditional_get: bool = False
    """Answer 304 when `If-None-Match` names the same bytes."""
    check_scripts_first: bool = True
    """A missing script is reported before anything is changed."""
    token_in_body: bool = True
    """False: OAuth, FMID and data-source logins answer with an empty response, the token in the header only (section 4.1)."""
    filter_databases: bool = False
    """The Admin Console's "Filter Databases in Client Applications": the list then asks for credentials (section 3)."""
    post_url_parameters: str = "ignore"
    """Query parameters on a POST that takes its parameters in the body: `ignore` or `refuse` with 960 (section 22)."""
    unopened_source: str = "empty"
    """Related fields of an external file that the session could not open: `empty` or `error` (section 4.4)."""
    authenticated_stream: int = 1
    """1 ties a container URL to the session that produced it, 2 lets anyone with the URL read it (section 10.2)."""
    absolute_location: bool = False
    """The container redirect's Location is absolute, as before version 20 (section 10.2)."""
    login_attempts: int = 0
    """Wrong passwords for one account before 214 answers for five minutes. 0 never counts."""
    max_sessions: int = 500
    """Open sessions before a login answers 812 (section 4.6, where the figure is hearsay)."""
    validation_message: str = "standard"
    """What is said of a value that fails a check with a message of its own: the `standard` text, or the `custom` one."""
    data_limit: int = 0
    """Bytes sent out before 953 answers. 0 is no limit (section 13)."""
    reject_charset: bool = False
    """Refuse `; charset=` after a request's Content-Type, as version 17 is said to (section 2.2)."""


_CHOICES: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {
        "privilege_status": (500, 403),
        "unknown_portal": (116, 102, 960),
        "range_beyond_end": ("101", "empty"),
        "find_beyond_end": ("401", "empty"),
        "exponents": ("letters", "number"),
        "orphan_rows": ("refuse", "create"),
        "numeric_mod_id": ("refuse", "accept"),
        "open_range": ("508", "open"),
        "without_fmrest": (212, 9),
        "closed_file": (802, 100),
        "data_info_layout": ("response", "request"),
        "post_url_parameters": ("ignore", "refuse"),
        "unopened_source": ("empty", "error"),
        "validation_message": ("standard", "custom"),
        "authenticated_stream": (1, 2),
    }
)


class UnknownSwitch(ValueError):
    """A switch's name or value is not one of those the host has. Says which come near."""


def read_switches(assignments: Iterable[str], base: Switches | None = None) -> Switches:
    """Switches from `name=value` words. Raises UnknownSwitch."""
    switches = base or Switches()
    for assignment in assignments:
        name, separator, text = assignment.partition("=")
        name = name.strip().replace("-", "_")
        known = [each.name for each in fields(Switches)]
        if name not in known or not separator:
            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UnknownSwitch(
                f"{assignment!r} is not a switch of the form name=value.{hint} Known: {', '.join(known)}."
            )
        switches = replace(switches, **{name: _switch_value(name, text.strip(), getattr(switches, name))})
    return switches


def _switch_value(name: str, text: str, present: object) -> object:
    value: object = text
    if isinstance(present, bool):
        words = {
            "true": True,
            "on": True,
            "yes": True,
            "1": True,
            "false": False,
            "off": False,
            "no": False,
            "0": False,
        }
        if text.lower() not in words:
            raise UnknownSwitch(f"{name} is on or off, not {text!r}.")
        return words[text.lower()]
    if isinstance(present, int):
        if not text.isdecimal():
            raise UnknownSwitch(f"{name} is a whole number, not {text!r}.")
        value = int(text)
    choices = _CHOICES.get(name)
    if choices is not None and value not in choices:
        raise UnknownSwitch(f"{name} is one of {', '.join(map(str, choices))}, not {text!r}.")
    return value
