"""One call inside a session: the order in which FileMaker does things (section 9.1 [D])."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..host import Host
from ..http.parameters import ScriptCall, ScriptCalls
from ..http.read_parameters import RangeParameters, Rendering
from ..http.request import Request
from ..records.record_context import Scene
from ..records.record_sort import sort_found_set
from ..records.window import Window, all_records, open_layout
from ..refusal import Refusal
from ..rendering.record_json import Renderer
from ..scripting.runner import ScriptRunner
from ..sign_in.sessions import Session
from ..store.store import Row

_RENDERED = 10
"""Showing a record takes as long as looking at this many."""


@dataclass
class Call:
    host: Host
    request: Request
    version: str
    """The API version in the path."""
    session: Session
    scene: Scene
    runner: ScriptRunner = field(init=False)
    results: dict[str, object] = field(default_factory=dict[str, object])
    """scriptResult and scriptError, in the order of the wire."""

    def __post_init__(self) -> None:
        self.runner = ScriptRunner(self.host, self.scene)

    def check_scripts(self, scripts: ScriptCalls) -> None:
        """A missing script fails the request before anything is done (section 20, a switch)."""
        if self.host.switches.check_scripts_first:
            self.runner.check(scripts.named())

    def go_to_layout(self, name: str) -> Window:
        """Raises Refusal 105. The found set is the one that a script left on the layout, else all records."""
        window = open_layout(self.scene, name)
        kept = self.session.found_sets.get(name)
        if kept is None:
            window.show(all_records(self.scene, window.source))
        else:
            rows = window.source.store.read_many(window.source.table.name, kept, ())
            window.show([row.record_id for row in rows])
        return window

    async def prerequest(self, window: Window, scripts: ScriptCalls) -> None:
        await self._run(window, scripts.prerequest, ".prerequest")

    async def presort(self, window: Window, scripts: ScriptCalls) -> None:
        await self._run(window, scripts.presort, ".presort")

    async def after(self, window: Window, scripts: ScriptCalls) -> None:
        await self._run(window, scripts.after, "")

    async def finish(self, window: Window, scripts: ScriptCalls) -> None:
        """The scripts after a write, which sorts nothing."""
        await self.presort(window, scripts)
        await self.after(window, scripts)

    async def run_alone(self, window: Window, script: ScriptCall) -> None:
        """The script endpoint: the layout is the context and nothing else happens (section 9.2)."""
        await self._run(window, script, "")

    async def _run(self, window: Window, script: ScriptCall | None, place: str) -> None:
        if script is None:
            return
        before = window.found
        result, error = await self.runner.run(window, script)
        if window.found is not before:
            self.session.found_sets[window.plan.layout.name] = window.found
        if result is not None:
            self.results[f"scriptResult{place}"] = result
        self.results[f"scriptError{place}"] = str(error)

    def row(self, window: Window, record_id: str, right: str = "view") -> Row:
        """Raises Refusal 101 for no such record, 200 for one that may not be seen."""
        number = (
            int(record_id) if record_id.isascii() and record_id.isdecimal() and len(record_id) < 19 else 0
        )
        source = window.source
        row = source.store.read(source.table.name, number) if number else None
        if row is None:
            raise Refusal(101)
        if not self.scene.may(source, row, right):
            raise Refusal(200, status=self.host.switches.privilege_status)
        return row

    async def sort_and_render(
        self, window: Window, parameters: RangeParameters, beyond: str
    ) -> dict[str, object]:
        """Sort, the after-script, the response layout, offset and limit, and the records."""
        await self.presort(window, parameters.scripts)
        ordered: Sequence[int] = window.found
        if parameters.sort:
            # Without a script to see the rest, only as many are put in order as will be shown.
            last = parameters.offset - 1 + parameters.limit
            first = last if parameters.scripts.after is None else None
            ordered = await self.host.long_work.run(
                lambda: sort_found_set(self.scene, window.plan, window.found, parameters.sort, first),
                len(window.found),
            )
        if parameters.scripts.after is not None:
            window.show(ordered)
            await self.after(window, parameters.scripts)
            ordered = window.found
        shown = ordered[parameters.offset - 1 : parameters.offset - 1 + parameters.limit]
        if not shown and beyond.isdecimal():
            raise Refusal(int(beyond))
        return await self.host.long_work.run(
            lambda: self._rendered(window, parameters.rendering, shown), len(shown) * _RENDERED
        )

    def _rendered(self, window: Window, rendering: Rendering, ids: Sequence[int]) -> dict[str, object]:
        shown = self._response_window(window, rendering.response_layout)
        renderer = Renderer(
            self.scene,
            shown.plan,
            rendering,
            window.found,
            self.link,
            counts=self.host.profile.counts,
            first_row_only=self.version == "v1" and shown.plan.layout.view == "table",
            switches=self.host.switches,
        )
        rows = shown.source.store.read_many(shown.source.table.name, ids)
        data = [renderer.record(row) for row in rows]
        answer: dict[str, object] = dict(self.results)
        if self.host.profile.counts:
            named = shown if self.host.switches.data_info_layout == "response" else window
            answer["dataInfo"] = {
                "database": self.scene.file.name,
                "layout": named.plan.layout.name,
                "table": named.plan.occurrence,
                "totalRecordCount": shown.source.store.count(shown.source.table.name),
                "foundCount": len(window.found),
                "returnedCount": len(data),
            }
        answer["data"] = data
        return answer

    def _response_window(self, window: Window, name: str | None) -> Window:
        if name is None:
            return window
        shown = open_layout(self.scene, name)
        if (shown.source.file.name, shown.source.table.name) != (
            window.source.file.name,
            window.source.table.name,
        ):
            raise Refusal(
                105
            )  # another base table: the call fails (section 6.5 [D][U], the code is not recorded)
        return shown

    def link(self, file: str, text: str) -> str:
        return self.host.streams.link(self.request, self.session.token, file, text)
