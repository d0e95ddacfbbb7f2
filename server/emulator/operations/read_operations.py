"""Get one record, get a range, find: the reading operations (sections 6.5 and 7)."""

from __future__ import annotations

from ..http.read_parameters import FindParameters, read_find, read_one, read_range
from ..records.find_requests import Finder
from ..records.window import Window, all_records
from ..refusal import Refusal, parameter_refusal
from .call import Call
from .handler import RequestContext, Run


def get_one(exchange: RequestContext) -> Run:
    parameters = read_one(exchange.request, exchange.host.profile)

    async def run(call: Call) -> dict[str, object]:
        call.check_scripts(parameters.scripts)
        window = call.go_to_layout(exchange.names["layout"])
        await call.prerequest(window, parameters.scripts)
        row = call.row(window, exchange.names["record"])
        window.show([row.record_id])
        return await call.sort_and_render(window, parameters, "101")

    return run


def get_range(exchange: RequestContext) -> Run:
    parameters = read_range(exchange.request, exchange.host.profile)

    async def run(call: Call) -> dict[str, object]:
        call.check_scripts(parameters.scripts)
        window = call.go_to_layout(exchange.names["layout"])
        await call.prerequest(window, parameters.scripts)
        window.show(all_records(call.scene, window.source))
        if not window.found:
            raise Refusal(101)  # an empty table is an error (section 14, quirk 19)
        return await call.sort_and_render(window, parameters, exchange.host.switches.range_beyond_end)

    return run


def find(exchange: RequestContext) -> Run:
    if exchange.request.query and exchange.host.switches.post_url_parameters == "refuse":
        names = ",".join(name for name, _ in exchange.request.query)
        raise parameter_refusal(f"Unknown parameter(s): {names}")
    parameters = read_find(exchange.request, exchange.host.profile)

    async def run(call: Call) -> dict[str, object]:
        page, switches = parameters.page, exchange.host.switches
        call.check_scripts(page.scripts)
        window = call.go_to_layout(exchange.names["layout"])
        await call.prerequest(window, page.scripts)
        finder = Finder(
            call.scene,
            window.plan,
            iso_dates=switches.iso_criteria and page.rendering.date_formats == 2,
            match_lines=switches.line_match,
            open_range=switches.open_range == "open",
        )
        found = exchange.host.long_work.run(
            lambda: finder.find(parameters.requests), _size(window, parameters)
        )
        window.show(await found)
        if not window.found:
            raise Refusal(401)
        return await call.sort_and_render(window, page, switches.find_beyond_end)

    return run


def _size(window: Window, parameters: FindParameters) -> int:
    """How much a find may have to look at: the records, and the text of the criteria."""
    source = window.source
    asked = sum(len(text) for request in parameters.requests for _, text in request.criteria)
    return source.store.count(source.table.name) + asked
