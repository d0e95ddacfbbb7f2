"""One portal of a layout, record by record: which rows it shows, and how (section 6.5)."""

from __future__ import annotations

from collections.abc import Sequence

from ..http.envelope import Members
from ..http.read_parameters import PortalPage, Rendering
from ..model import FieldKind
from ..records.record_context import Scene
from ..records.sources import Source
from ..refusal import Refusal, parameter_refusal
from ..solutions.layout_plan import LayoutPlan, PortalPlan
from ..store.store import Row, SortKey
from ..switches import Switches
from ..values.arithmetic import is_true
from .cells import Cells
from .row_values import Read, related_reads, values_of

_ROWS = 50


def chosen_portals(plan: LayoutPlan, rendering: Rendering, switches: Switches) -> tuple[PortalPlan, ...]:
    """Those a request names, or all. Case is ignored (section 6.5 [O]). Raises Refusal for one that is not on the layout."""
    known = _names(plan, by_table=switches.portal_by_table)
    for name, page in rendering.pages.items():
        if name.casefold() not in known:
            # Quirk 23: a page of a portal that is not on the layout is an unknown parameter.
            raise parameter_refusal(f"Unknown parameter(s): {','.join(page.asked_as)}")
    if rendering.portals is None:
        return plan.portals
    wanted = {name.casefold() for name in rendering.portals}
    if not known.keys() >= wanted:
        if switches.unknown_portal == 960:
            raise parameter_refusal("Parameter is invalid")
        raise Refusal(switches.unknown_portal)
    keys = {key for name in wanted for key in known[name]}
    return tuple(portal for portal in plan.portals if portal.key in keys)


def page_of(plan: LayoutPlan, portal: PortalPlan, rendering: Rendering, switches: Switches) -> PortalPage:
    """Which rows of the portal a request asks for."""
    known = _names(plan, by_table=switches.portal_by_table)
    for name, page in rendering.pages.items():
        if portal.key in known[name.casefold()]:
            return page
    return PortalPage(portal.portal.first_row)


def _names(plan: LayoutPlan, *, by_table: bool) -> dict[str, set[str]]:
    """The keys of the portals that each name stands for."""
    names: dict[str, set[str]] = {}
    for portal in plan.portals:
        names.setdefault(portal.key.casefold(), set()).add(portal.key)
    for portal in plan.portals:
        table = portal.portal.occurrence.casefold()
        if by_table and table not in {each.key.casefold() for each in plan.portals}:
            names.setdefault(table, set()).add(portal.key)
    return names


class PortalRenderer:
    def __init__(
        self,
        scene: Scene,
        cells: Cells,
        source: Source,
        plan: PortalPlan,
        page: PortalPage,
        *,
        first_row_only: bool,
    ) -> None:
        self.key = plan.key
        self._scene = scene
        self._cells = cells
        self._source = source
        self._plan = plan
        self._page = page
        self._first_row_only = first_row_only
        self._summarizes = any(each.field and each.field.kind is FieldKind.SUMMARY for each in plan.placed)
        self._reads: list[Read] | None = None

    def rows(self, row: Row) -> tuple[list[object], dict[str, object]]:
        """The rows of one record's portal, and its portalDataInfo."""
        portal = self._plan.portal
        info: dict[str, object] = {} if portal.name is None else {"portalObjectName": portal.name}
        info |= {
            "database": self._source.home.name,
            "table": portal.occurrence,
            "foundCount": 0,
            "returnedCount": 0,
        }
        try:
            far = self._scene.source(portal.occurrence, self._source.home)
            ids = portal_records(self._scene, self._source, row, self._plan)
        except Refusal:
            if self._scene.needs_sources:
                raise
            return [], info
        rows = far.store.read_many(far.table.name, self._shown(ids))
        info |= {"foundCount": len(ids), "returnedCount": len(rows)}
        return [self._row(far, each, ids) for each in rows], info

    def _shown(self, ids: Sequence[int]) -> Sequence[int]:
        limit = self._page.limit
        if limit is None:
            limit = _ROWS if self._plan.portal.scrolling else self._plan.portal.rows
        if self._first_row_only:
            limit = 1
        return ids[self._page.offset - 1 : self._page.offset - 1 + limit]

    def _row(self, far: Source, row: Row, ids: Sequence[int]) -> Members:
        if self._reads is None or self._summarizes:
            self._reads = related_reads(self._scene, self._cells, far, self._plan.placed, ids)
        may_view = self._scene.may(far, row, "view")
        values = values_of(self._scene, far, self._reads, row, may_view=may_view)
        return Members([("recordId", str(row.record_id)), *values, ("modId", str(row.mod_id))])


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
