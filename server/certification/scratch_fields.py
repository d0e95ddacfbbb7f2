"""Which fields of a scratch layout serve for what, by the layout's own description (sections 5.3 and 5.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from ..envelope import JsonObject
from ..errors import InputError
from .line import Answer

FILLING = {"number": "1", "date": "01/02/2024", "time": "10:00:00", "timeStamp": "01/02/2024 10:00:00"}
MARK_LENGTH = 40


@dataclass(frozen=True, slots=True)
class PortalFields:
    key: str
    table: str
    """Its table occurrence."""
    text: str
    """A text field of it, `Occurrence::Field`."""


@dataclass(frozen=True, slots=True)
class ScratchFields:
    mark: str
    """The text field that holds the mark of every record made."""
    text: str = ""
    number: str = ""
    date: str = ""
    timestamp: str = ""
    time: str = ""
    container: str = ""
    portal: PortalFields | None = None
    required: Mapping[str, str] = field(default_factory=dict[str, str])
    """What has to be filled in beside them."""
    others: Mapping[str, str] = field(default_factory=dict[str, str])
    """Every plain field with something to fill it, for a version that does not tell which have to be."""


def scratch_fields(described: Answer, mark: str) -> ScratchFields:
    """`mark` is the owner's choice, or empty. Raises InputError for a layout without a text field for the mark."""
    items = cast(
        "list[JsonObject]",
        described.response.get("fieldMetaData") or described.response.get("metaData") or [],
    )
    plain = [item for item in items if _is_plain(item)]
    texts = [str(item["name"]) for item in plain if item.get("result") == "text" and _has_room(item)]
    if mark and mark not in texts:
        raise InputError(
            f"{mark!r} is no plain text field of the layout",
            advice="The mark needs a text field of the layout's own table that holds 40 characters, without a value list, "
            "auto-enter or repetitions.",
        )
    if not texts:
        raise InputError(
            "The layout has no plain text field for the mark of the records that are made",
            advice="Put one on it: of the layout's own table, without a value list, auto-enter or repetitions. More fields "
            "(a second text, number, date, time, timestamp, container, a portal) let more be looked at.",
        )
    chosen = mark or texts[0]
    return ScratchFields(
        mark=chosen,
        text=next((name for name in texts if name != chosen), ""),
        number=_first(plain, "number"),
        date=_first(plain, "date"),
        timestamp=_first(plain, "timeStamp"),
        time=_first(plain, "time"),
        container=_first(
            [item for item in items if item.get("type") == "normal" and "::" not in str(item["name"])],
            "container",
        ),
        portal=_portal(described.inside("portalMetaData")),
        required={
            str(item["name"]): FILLING.get(str(item.get("result")), "x")
            for item in plain
            if item.get("notEmpty") is True and item["name"] != chosen
        },
        others={
            str(item["name"]): FILLING.get(str(item.get("result")), "x")
            for item in plain
            if item.get("result") != "container" and item["name"] != chosen
        },
    )


def _is_plain(item: JsonObject) -> bool:
    return (
        item.get("type") == "normal"
        and item.get("global") in (False, "false", None)
        and not item.get("autoEnter")
        and not item.get("valueList")
        and int(item.get("maxRepeat") or item.get("repetitions") or 1) == 1
        and "::" not in str(item["name"])
    )


def _has_room(item: JsonObject) -> bool:
    most = int(item.get("maxCharacters") or 0)
    return most == 0 or most >= MARK_LENGTH


def _first(items: Sequence[JsonObject], result: str) -> str:
    return next((str(item["name"]) for item in items if item.get("result") == result), "")


def _portal(portals: Mapping[str, Sequence[JsonObject]]) -> PortalFields | None:
    """The first portal with a text field of its own occurrence."""
    for key, items in portals.items():
        for item in items:
            table, separator, _ = str(item["name"]).partition("::")
            if (
                separator
                and item.get("result") == "text"
                and item.get("type") == "normal"
                and not item.get("global")
            ):
                return PortalFields(key, table, str(item["name"]))
    return None
