"""Records as the Data API shows them: fieldData, portalData and portalDataInfo in FileMaker's key order (section 6.5)."""

from __future__ import annotations

from collections.abc import Sequence

from ..http.envelope import Members
from ..http.read_parameters import Rendering
from ..records.record_context import Scene
from ..solutions.layout_plan import LayoutPlan
from ..store.store import Row
from ..switches import Switches
from .cells import Cells, Link
from .portal_json import PortalRenderer, chosen_portals, page_of
from .row_values import related_reads, values_of


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
        self._counts = counts
        self._has_portals = bool(plan.portals)
        self._source = scene.source(plan.occurrence)
        cells = Cells(scene, link, rendering.date_formats)
        self._reads = related_reads(scene, cells, self._source, plan.placed, found)
        self._portals = [
            PortalRenderer(
                scene,
                cells,
                self._source,
                portal,
                page_of(plan, portal, rendering, switches),
                first_row_only=first_row_only,
            )
            for portal in chosen_portals(plan, rendering, switches)
        ]

    def record(self, row: Row) -> dict[str, object]:
        may_view = self._scene.may(self._source, row, "view")
        portals: list[tuple[str, object]] = []
        infos: list[object] = []
        for portal in self._portals:
            rows, info = portal.rows(row)
            portals.append((portal.key, rows))
            infos.append(info)
        record: dict[str, object] = {
            "fieldData": Members(values_of(self._scene, self._source, self._reads, row, may_view=may_view)),
            "portalData": Members(portals),
            "recordId": str(row.record_id),
            "modId": str(row.mod_id),
        }
        if self._counts and self._has_portals:  # no list at all on a layout without portals (section 6.5 [O])
            record["portalDataInfo"] = infos
        return record
