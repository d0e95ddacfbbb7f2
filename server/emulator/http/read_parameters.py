"""The parameters of get, range and find (reference sections 6.5 and 7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from ..profiles import Profile
from ..refusal import Refusal, parameter_refusal
from .parameters import (
    SCRIPT_KEYS,
    ScriptCalls,
    date_formats,
    invalid,
    name_list,
    parse_json,
    refuse_unknown,
    script_calls,
    text,
    url_parameters,
    whole_number,
)
from .request import Request


@dataclass(frozen=True)
class SortBy:
    field: str
    order: str = "ascend"
    """`ascend`, `descend` or the name of a value list."""


@dataclass(frozen=True)
class PortalPage:
    offset: int = 1
    limit: int | None = None
    asked_as: tuple[str, ...] = ()
    """The parameters as they were named, for the refusal of a portal that is not there."""


@dataclass(frozen=True)
class Rendering:
    """How records are shown: everything about a read that does not choose them."""

    portals: tuple[str, ...] | None = None
    pages: Mapping[str, PortalPage] = field(default_factory=dict[str, PortalPage])
    response_layout: str | None = None
    date_formats: int = 0


@dataclass(frozen=True)
class RangeParameters:
    offset: int
    limit: int
    sort: tuple[SortBy, ...]
    rendering: Rendering
    scripts: ScriptCalls


@dataclass(frozen=True)
class FindRequest:
    criteria: tuple[tuple[str, str], ...]
    omit: bool = False


@dataclass(frozen=True)
class FindParameters:
    requests: tuple[FindRequest, ...]
    page: RangeParameters


_ONE = frozenset({"portal", "layout.response"}) | SCRIPT_KEYS
_RANGE = _ONE | {"_offset", "_limit", "_sort"}
_FIND = frozenset({"query", "sort", "offset", "limit", "portal", "layout.response"}) | SCRIPT_KEYS


def read_one(request: Request, profile: Profile) -> RangeParameters:
    values = url_parameters(request, _ONE | _dates(profile), ("_offset.", "_limit."))
    return RangeParameters(1, 1, (), _rendering(values, "_", profile), script_calls(values))


def read_range(request: Request, profile: Profile) -> RangeParameters:
    values = url_parameters(request, _RANGE | _dates(profile), ("_offset.", "_limit."))
    sort = values.get("_sort")
    return RangeParameters(
        whole_number(values.get("_offset"), 1),
        whole_number(values.get("_limit"), 100),
        _sort_keys(parse_json(sort)) if sort else (),
        _rendering(values, "_", profile),
        script_calls(values),
    )


def read_find(request: Request, profile: Profile) -> FindParameters:
    values = request.json_object()
    refuse_unknown(values, _FIND | _dates(profile), ("offset.", "limit."))
    if "query" not in values:
        raise parameter_refusal(Refusal(1707).message, 1707)
    page = RangeParameters(
        whole_number(values.get("offset"), 1),
        whole_number(values.get("limit"), 100),
        _sort_keys(values["sort"]) if values.get("sort") is not None else (),
        _rendering(values, "", profile),
        script_calls(values),
    )
    return FindParameters(_find_requests(values["query"]), page)


def _dates(profile: Profile) -> frozenset[str]:
    return frozenset({"dateformats"}) if profile.read_dateformats else frozenset()


def _rendering(values: Mapping[str, object], underscore: str, profile: Profile) -> Rendering:
    pages: dict[str, PortalPage] = {}
    for name, value in values.items():
        for part in ("offset", "limit"):
            prefix = f"{underscore}{part}."
            if not name.startswith(prefix):
                continue
            portal = name.removeprefix(prefix)
            page = pages.get(portal, PortalPage())
            number = whole_number(value, 1)
            offset, limit = (number, page.limit) if part == "offset" else (page.offset, number)
            pages[portal] = PortalPage(offset, limit, (*page.asked_as, name))
    response_layout = values.get("layout.response")
    return Rendering(
        name_list(values.get("portal")),
        pages,
        None if response_layout in (None, "") else text(response_layout),
        date_formats(values.get("dateformats")),
    )


def _sort_keys(value: object) -> tuple[SortBy, ...]:
    if not isinstance(value, list):
        raise invalid()
    keys: list[SortBy] = []
    for item in cast("list[object]", value):
        if not isinstance(item, dict):
            raise invalid()
        key = cast("dict[str, object]", item)
        refuse_unknown(key, {"fieldName", "sortOrder"})
        order = key.get("sortOrder")
        keys.append(SortBy(text(key.get("fieldName")), "ascend" if order in (None, "") else text(order)))
    return tuple(keys)


def _find_requests(value: object) -> tuple[FindRequest, ...]:
    if not isinstance(value, list):
        raise invalid()
    requests: list[FindRequest] = []
    for item in cast("list[object]", value):
        if not isinstance(item, dict):
            raise invalid()
        members = cast("dict[str, object]", item)
        omit = members.get("omit", "false")
        if omit is True or omit is False:
            omit = "true" if omit else "false"  # undocumented, yet clients send it (section 7.1)
        if omit not in ("true", "false"):
            raise invalid()
        criteria = tuple((name, text(each)) for name, each in members.items() if name != "omit")
        requests.append(FindRequest(criteria, omit == "true"))
    return tuple(requests)
