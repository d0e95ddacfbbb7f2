"""A layout of Save a Copy as XML: what it shows and which scripts it calls, never how it looks (section 10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ..solution import LayoutPlace, PortalPlace
from .xml_values import name_at, qualified, whole_number

_DISPLAYS = {
    "1": "popupList",
    "2": "popupMenu",
    "3": "checkBox",
    "4": "radioButtons",
    "5": "calendar",
    "6": "calendar",
}
"""5 as reported, 6 as one export of FileMaker 26 has it for a drop-down calendar."""


@dataclass
class _Placed:
    occurrence: str
    fields: dict[str, None] = field(default_factory=dict[str, None])
    portals: list[PortalPlace] = field(default_factory=list[PortalPlace])
    lists: dict[str, str] = field(default_factory=dict[str, str])
    displays: dict[str, str] = field(default_factory=dict[str, str])
    scripts: dict[str, None] = field(default_factory=dict[str, None])


def layout_of(element: Element, folder: tuple[str, ...]) -> LayoutPlace:
    placed = _Placed(name_at(element, "TableOccurrenceReference") or element.get("tableOccurrence", ""))
    for child in element:
        _look(placed, child, None, "")
    return LayoutPlace(
        element.get("name", ""),
        placed.occurrence,
        whole_number(element.get("id")),
        folder,
        tuple(placed.fields),
        tuple(placed.portals),
        placed.lists,
        placed.displays,
        tuple(placed.scripts),
    )


def _look(placed: _Placed, element: Element, portal: dict[str, None] | None, name: str) -> None:
    """`portal` collects the fields of the portal around, `name` is the object's around."""
    if element.tag == "LayoutObject":
        name = element.get("name", "")
    elif element.tag == "Portal":
        inside: dict[str, None] = {}
        for child in element:
            _look(placed, child, inside, "")
        occurrence = name_at(element, "TableOccurrenceReference")
        if occurrence:
            placed.portals.append(PortalPlace(occurrence, name, tuple(inside)))
        return
    elif element.tag == "ScriptReference":
        if script := element.get("name", ""):
            placed.scripts[script] = None
    elif element.tag == "Field" and (found := element.find("FieldReference")) is not None:
        _place(placed, element, qualified(found), portal)
        return
    for child in element:
        _look(placed, child, portal, name)


def _place(placed: _Placed, element: Element, name: str, portal: dict[str, None] | None) -> None:
    if not name:
        return
    own = f"{placed.occurrence}::"
    if portal is None and name.startswith(own):
        name = name.removeprefix(own)
    (placed.fields if portal is None else portal)[name] = None
    display = element.find("Display")
    control = _DISPLAYS.get("" if display is None else display.get("Style", ""))
    if control is not None:
        placed.displays[name] = control
    if values := name_at(display, "ValueListReference") or name_at(element, "ValueListReference"):
        placed.lists[name] = values
