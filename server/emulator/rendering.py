"""Records as the Data API shows them: fieldData, portalData and portalDataInfo in FileMaker's key order (section 6.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .arithmetic import is_true
from .envelope import Members
from .layout_plan import LayoutPlan, Placed, PortalPlan
from .model import Field, FieldKind, FieldType
from .read_parameters import PortalPage, Rendering
from .refusal import Refusal, parameter_refusal
from .scene import NO_ACCESS, Scene, Source
from .store import Row, SortKey
from .switches import Switches
from .values import to_json

Link = Callable[[str, str], str]
"""The URL for a container's stored text in a file."""

_PORTAL_ROWS = 50


class Renderer:
    """`counts` is false before version 18, `first_row_only` is v1's way with a layout saved in Table View (section 1.2)."""

    def __init__(
        self,
        scene: Scene,
        plan: LayoutPlan,
        rendering: Rendering,
        found: Sequence[int],
        link: Link,
        *,
        counts: bool,
        first_row_only: bool,
        switches: Switches,
    ) -> None:
        self._scene = scene
        self._plan = plan
        self._rendering = rendering
        self._found = found
        self._link = link
        self._counts = counts
        self._first_row_only = first_row_only
        self._switches = switches
        self._source = scene.source(plan.occurrence)
        self._portals = self._chosen_portals()
        self._summaries: dict[str, object] = {}

    def record(self, row: Row) -> dict[str, object]:
        scene, source = self._scene, self._source
        first: dict[str, tuple[Source, Row | None]] = {}
        fields: list[tuple[str, object]] = []
        for placed in self._plan.placed:
            if placed.occurrence == source.occurrence:
                fields.append((placed.key, self._own(placed, row)))
                continue
            if placed.occurrence not in first:
                first[placed.occurrence] = self._first(source, row, placed.occurrence)
            far, far_row = first[placed.occurrence]
            fields.append((placed.key, "" if far_row is None else self._value(far, placed, far_row)))
        portals: list[tuple[str, object]] = []
        infos: list[object] = []
        for portal in self._portals:
            rows, info = self._portal(portal, row)
            portals.append((portal.key, rows))
            infos.append(info)
        record: dict[str, object] = {
            "fieldData": Members(fields),
            "portalData": Members(portals),
            "recordId": str(row.record_id),
            "modId": str(row.mod_id),
        }
        if self._counts:
            record["portalDataInfo"] = infos
        if not scene.may(source, row, "view"):
            record["fieldData"] = Members([(key, NO_ACCESS) for key, _ in fields])
        return record

    def _own(self, placed: Placed, row: Row) -> object:
        if placed.field is not None and placed.field.kind is FieldKind.SUMMARY:
            # A summary is over the found set, so it is the same for each of its records.
            if placed.key not in self._summaries:
                text = self._scene.summary(self._source, placed.field, self._found)
                self._summaries[placed.key] = self._json(self._source, placed.field, text)
            return self._summaries[placed.key]
        return self._value(self._source, placed, row)

    def _first(self, source: Source, row: Row, occurrence: str) -> tuple[Source, Row | None]:
        try:
            far = self._scene.source(occurrence, source.home)
            return far, self._scene.first_related(source, row, occurrence)
        except Refusal:
            if self._scene.needs_sources:
                raise
            return source, None

    def _value(self, source: Source, placed: Placed, row: Row) -> object:
        if placed.field is None:
            return ""
        text = self._scene.text(source, row, placed.field, placed.repetition)
        return self._json(source, placed.field, text)

    def _json(self, source: Source, field: Field, text: str) -> object:
        if self._scene.field_access(source, field) == "none":
            return NO_ACCESS
        if field.type is FieldType.CONTAINER:
            return self._link(source.file.name, text) if text else ""
        return to_json(field.type, text, self._rendering.date_formats, source.home.model.date_format)

    def _chosen_portals(self) -> tuple[PortalPlan, ...]:
        known = {portal.key for portal in self._plan.portals}
        for name, page in self._rendering.pages.items():
            if name not in known:
                # Quirk 23: a page of a portal that is not on the layout is an unknown parameter.
                raise parameter_refusal(f"Unknown parameter(s): {','.join(page.asked_as)}")
        wanted = self._rendering.portals
        if wanted is None:
            return self._plan.portals
        for name in wanted:
            if name not in known:
                if self._switches.unknown_portal == 960:
                    raise parameter_refusal("Parameter is invalid")
                raise Refusal(self._switches.unknown_portal)
        return tuple(portal for portal in self._plan.portals if portal.key in wanted)

    def _portal(self, plan: PortalPlan, row: Row) -> tuple[list[object], dict[str, object]]:
        scene, portal = self._scene, plan.portal
        info: dict[str, object] = {} if portal.name is None else {"portalObjectName": portal.name}
        info |= {
            "database": self._source.home.name,
            "table": portal.occurrence,
            "foundCount": 0,
            "returnedCount": 0,
        }
        try:
            far = scene.source(portal.occurrence, self._source.home)
            ids = portal_records(scene, self._source, row, plan)
        except Refusal:
            if self._scene.needs_sources:
                raise
            return [], info
        shown = self._page(plan, ids)
        rows = far.store.read_many(far.table.name, shown)
        info |= {"foundCount": len(ids), "returnedCount": len(rows)}
        return [self._row(far, plan, each, ids) for each in rows], info

    def _page(self, plan: PortalPlan, ids: Sequence[int]) -> Sequence[int]:
        portal = plan.portal
        page = self._rendering.pages.get(plan.key, PortalPage(portal.first_row))
        limit = page.limit
        if limit is None:
            limit = _PORTAL_ROWS if portal.scrolling else portal.rows
        if self._first_row_only:
            limit = 1
        return ids[page.offset - 1 : page.offset - 1 + limit]

    def _row(self, far: Source, plan: PortalPlan, row: Row, ids: Sequence[int]) -> Members:
        members: list[tuple[str, object]] = [("recordId", str(row.record_id))]
        viewable = self._scene.may(far, row, "view")
        first: dict[str, tuple[Source, Row | None]] = {}
        for placed in plan.placed:
            if not viewable:
                members.append((placed.key, NO_ACCESS))
            elif placed.occurrence == far.occurrence:
                if placed.field is not None and placed.field.kind is FieldKind.SUMMARY:
                    text = self._scene.summary(far, placed.field, ids)
                    members.append((placed.key, self._json(far, placed.field, text)))
                else:
                    members.append((placed.key, self._value(far, placed, row)))
            else:
                if placed.occurrence not in first:
                    first[placed.occurrence] = self._first(far, row, placed.occurrence)
                further, further_row = first[placed.occurrence]
                value = "" if further_row is None else self._value(further, placed, further_row)
                members.append((placed.key, value))
        members.append(("modId", str(row.mod_id)))
        return Members(members)


def portal_records(scene: Scene, source: Source, row: Row, plan: PortalPlan) -> list[int]:
    """The portal's records: related, filtered and sorted as the portal says (section 6.5 [U])."""
    portal = plan.portal
    far = scene.source(portal.occurrence, source.home)
    ids = scene.related(source, row, portal.occurrence)
    if portal.filter is not None:
        rows = far.store.read_many(far.table.name, ids)
        ids = [each.record_id for each in rows if is_true(scene.evaluate_in(far, each, portal.filter))]
    if portal.sort:
        keys = [SortKey(name, order == "descend") for name, order in portal.sort]
        ids = far.store.sorted(far.table.name, ids, keys)
    return ids
