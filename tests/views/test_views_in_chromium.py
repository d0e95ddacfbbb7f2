"""The views in Chromium, in a host made of the official AppBridge, under the specification's strict content policy."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from playwright.async_api import FrameLocator, Request

from filemaker_mcp.tools.views.view import VIEWS

from ..approval.browser import faults
from .awkward_solution import ENVIRONMENT, HOSTILE, HUGE, LAYOUT, MARKUP, awkward
from .view_host import Client, Era, ViewHost, view_host

pytestmark = pytest.mark.anyio

BY_MONTH = {"group_by": [{"field": "Day", "by": "month"}]}
SALES = {
    "layout": LAYOUT,
    "measures": [{"sum": "Amount"}, {"sum": "Huge"}, {"average": "Amount"}],
    **BY_MONTH,
}
OF_REGIONS = {
    "layout": LAYOUT,
    "measures": ["count", {"sum": "Amount"}],
    "group_by": [*BY_MONTH["group_by"], "Region"],
}
SHOTS = os.environ.get("FILEMAKER_SCREENSHOTS")
"""A folder for pictures of what was looked at."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Of the module, as its host is."""
    return "asyncio"


@pytest.fixture(scope="module")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[ViewHost]:
    emulator = awkward(tmp_path_factory.mktemp("solution"))
    async with view_host(environment=ENVIRONMENT, emulator=emulator) as opened:
        yield opened


async def shot(client: Client, name: str) -> None:
    if SHOTS:
        await client.page.screenshot(path=f"{SHOTS}/{name}.png")


async def told(client: Client) -> dict[str, Any]:
    """The structure of the latest answer."""
    return (await client.notes())["results"][-1]["structuredContent"]


async def cells(view: FrameLocator, rows: str = "tbody tr") -> list[list[str]]:
    words = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    return await view.locator(rows).evaluate_all(words)


def bare(text: str) -> str:
    """A number without what parts its digits."""
    return re.sub(r"[,\s%]", "", text).replace("−", "-")


def plain(value: object) -> str:
    return "" if value is None else str(value)


@pytest.mark.parametrize("era", ["modern", "legacy"])
async def test_records_are_sorted_on_the_server_and_grow_on_demand(host: ViewHost, era: Era) -> None:
    client = await host.client(era)
    if era == "modern":
        assert client.connected == {"extensions": {"io.modelcontextprotocol/ui": {}}, "version": "2026-07-28"}
    about = await client.show(
        "find_records", {"layout": LAYOUT}, context={"locale": "de-DE", "theme": "dark"}
    )
    view = client.view
    await view.get_by_role("table").wait_for()
    assert about["mimeType"] == "text/html;profile=mcp-app"
    assert await view.get_by_role("heading", level=1).inner_text() == LAYOUT
    assert len(await cells(view)) == 20
    heights = (await client.notes())["heights"]
    assert heights[0] < 120 < heights[-1], "the frame begins small and grows"
    header = view.get_by_role("button", name="Amount")
    await header.focus()
    for direction in ("ascending", "descending"):
        await client.page.keyboard.press("Enter")
        await view.locator(f'th[aria-sort="{direction}"]').wait_for()
        assert await header.evaluate("each => each === document.activeElement"), "the focus stays"
    column = [each[5] for each in await cells(view)]
    assert column[0] == "1.200,05", "the reader's own sign between the digits"
    await view.get_by_role("button", name="Show 29 more").click()
    await view.get_by_text("49 of 49 records are shown.").wait_for()
    assert len({each[2] for each in await cells(view)}) == 49, "each record once"
    notes = await client.notes()
    assert {call["name"] for call in notes["calls"]} == {"find_records"}
    await client.show("summarize_records", SALES)
    await view.get_by_role("slider").wait_for()
    months = len((await told(client))["rows"])
    assert await view.locator("rect.bar").count() == len(await cells(view)) == months, "a chart in either era"
    assert client.complaints == []
    assert await client.page.evaluate("testHost.teardown()") == {}
    await client.close()


async def test_a_chart_says_every_figure_of_the_answer_digit_for_digit(host: ViewHost) -> None:
    client = await host.client()
    await client.show("summarize_records", SALES, capabilities={"downloadFile": {}})
    view = client.view
    chart = view.get_by_role("slider")
    await chart.wait_for()
    await shot(client, "summary")
    answer = await told(client)
    shown = [[bare(cell) for cell in row[1:]] for row in await cells(view)]
    assert shown == [[plain(value) for value in row[1:]] for row in answer["rows"]]
    assert shown != ["0.3", "3.6", "1200.05"], "FileMaker's digits, never a double's"
    assert any(HUGE[:-1] in cell for row in shown for cell in row)
    (foot,) = await cells(view, "tfoot tr")
    assert [bare(each) for each in foot[1:]] == [plain(each) for each in answer["total"].values()]
    await view.get_by_role("button", name="Save as CSV").click()
    await view.get_by_text("was handed to the client").wait_for()
    (file,) = (await client.notes())["files"]
    written = list(csv.reader(io.StringIO(file["text"].removeprefix("\ufeff"))))
    assert written == [answer["columns"], *([plain(value) for value in row] for row in answer["rows"])]
    months = int(await chart.get_attribute("aria-valuemax") or 0) + 1
    await chart.focus()
    await client.page.keyboard.press("Home")
    by_keys: list[str] = []
    for _ in range(months):
        by_keys.append(await chart.get_attribute("aria-valuetext") or "")
        await client.page.keyboard.press("ArrowRight")
    assert by_keys[2] == "Mar 2025: nothing", "a month without a sale is a gap"
    assert by_keys[-1].split(":")[0].endswith("(not finished)")
    read = [bare(each.split(": ")[1]) for each in by_keys if not each.endswith("nothing")]
    assert read == [plain(row[1]) for row in answer["rows"]]
    assert await view.locator("rect.bar").count() == len(answer["rows"])
    assert await view.locator("rect.open").count() == 1
    await view.get_by_role("combobox", name="Figure").select_option("average Amount")
    await view.locator("line.unfinished, path.sign").first.wait_for()
    assert client.complaints == []
    assert (await client.notes())["calls"] == []
    await client.close()


async def test_hostile_records_become_no_element_and_no_request(host: ViewHost) -> None:
    client = await host.client()
    tags = {"html", "head", "meta", "title", "style", "body", "main", "script"}
    for tool, arguments, more in (
        ("find_records", {"layout": LAYOUT}, {"table", "button", "details", "bdi"}),
        ("summarize_records", OF_REGIONS, {"svg", "rect", "select", "ul", "bdi"}),
        ("find_records", {"layout": "*", "where": {"text": "S-001"}}, {"h2", "table"}),
    ):
        await client.show(tool, arguments)
        view = client.view
        await view.get_by_role("table").first.wait_for()
        text = await view.locator("main").inner_text()
        for named in ("⟨202e⟩gnp.exe", "before⟨0000⟩after ⟨001b⟩[31m"):
            assert named in text or (tool == "find_records" and "*" in arguments.values())
        inside = await view.locator("html").evaluate(
            "root => [root, ...root.querySelectorAll('*')].map(each => each.localName)"
        )
        assert more < set(inside)
        assert not {"img", "a", "b", "iframe", "object", "form", "input"} & set(inside)
        assert inside.count("script") == 1
        assert set(inside) > tags
        handlers = "all => all.flatMap(each => [...each.attributes].map(a => a.name)).filter(name => name.startsWith('on'))"
        assert await view.locator("*").evaluate_all(handlers) == []
        assert (
            await view.locator("html").evaluate("() => document.title")
            == f"FileMaker {'records' if tool == 'find_records' else 'summary'}"
        )
        blocked = "() => fetch('https://example.com').then(() => 'sent', () => 'blocked')"
        before = len(client.complaints)
        assert await view.locator("html").evaluate(blocked) == "blocked"
        assert all("violates" in each or "Security Policy" in each for each in client.complaints[before:])
        assert client.complaints[:before] == [] or before
        client.complaints.clear()
    assert {
        url.partition("//")[2].partition(":")[0] for url in client.requests if url.startswith("http")
    } == {"127.0.0.1"}
    assert MARKUP in HOSTILE
    await client.close()


CALL = """([name, args]) => new Promise((answered) => {
  const id = `hostile ${Math.random()}`;
  addEventListener("message", ({ data }) => data.id === id && answered(data.result ?? { refused: data.error.message }));
  parent.postMessage({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } }, "*");
})"""
"""What a view would send whose script is no longer ours."""


async def test_a_view_reaches_no_tool_that_changes_anything_and_where_a_host_lets_it_a_person_is_asked(
    host: ViewHost,
) -> None:
    client = await host.client()
    sent: list[tuple[dict[str, Any], dict[str, str]]] = []

    def note(request: Request) -> None:
        body = request.post_data or ""
        if "tools/call" in body:
            sent.append((json.loads(body), request.headers))

    client.page.on("request", note)
    tools = (await host.assistant.client.list_tools()).tools
    before = host.assistant.emulator.digest()
    question = {"layout": LAYOUT, "limit": 1}

    async def called(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return await client.view.locator("html").evaluate(f"(_, call) => ({CALL})(call)", [name, arguments])

    await client.show("find_records", question, strict=True)
    sent.clear()
    reading = {view.tool for view in VIEWS}
    for tool in tools:
        if tool.name not in reading:
            assert await called(tool.name, {}) == {"refused": "This tool is not for views."}, tool.name
    assert sent == [], "a host that keeps to the specification passes none of it on"

    await client.show("find_records", question)  # the official bridge passes everything on
    edit = {"layout": LAYOUT, "ids": ["1"], "values": {"Region": "taken over"}}
    plan = (await called("edit_records", edit))["structuredContent"]
    assert plan["state"] == "planned"
    for _ in range(2):
        applied = (await called("apply_change", {"change_id": plan["change_id"]}))["structuredContent"]
        assert applied["state"] == "planned"
        assert "filemaker-mcp approve" in applied["next"]
    removal = {"layout": LAYOUT, "ids": ["1", "2"]}
    assert (await called("delete_records", removal))["structuredContent"]["state"] == "planned"
    assert host.assistant.emulator.digest() == before

    sent.clear()
    await client.page.evaluate("args => testHost.call('find_records', args)", question)
    await called("find_records", question)
    (of_model, its_headers), (of_view, view_headers) = sent
    assert of_model.pop("id") != of_view.pop("id")
    assert (of_model, its_headers) == (of_view, view_headers), "the server cannot tell who asked"
    await client.close()


async def test_views_fit_every_width_and_are_accessible_in_light_and_dark(host: ViewHost) -> None:
    client = await host.client(color_scheme="light")
    both, dark, neither = ("light", "dark"), ("dark",), ()
    for tool, arguments, judged in (
        ("find_records", {"layout": LAYOUT}, both),
        ("summarize_records", SALES, neither),
        ("summarize_records", OF_REGIONS, both),
        ("summarize_records", {"layout": LAYOUT, "measures": ["count"], "group_by": ["Region"]}, neither),
        ("summarize_records", {"layout": LAYOUT, "measures": ["count", {"sum": "Huge"}]}, dark),
    ):
        await client.show(tool, arguments, capabilities={"downloadFile": {}, "message": {}})
        await client.view.locator("table, dl").first.wait_for()
        frame = client.page.frames[-1]
        for theme, width in (("light", 760), ("dark", 320), ("light", 280)):
            await client.page.set_viewport_size({"width": width, "height": 900})
            await client.page.evaluate("theme => testHost.context({theme, locale: 'en-GB'})", theme)
            await frame.wait_for_function(
                "theme => document.documentElement.style.colorScheme === theme", arg=theme
            )
            wide = await frame.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{tool} scrolls sideways at {width}: {wide}"
            await shot(client, f"{tool}-{len(str(arguments))}-{theme}-{width}")
            if width != 280 and theme in judged:
                assert await faults(frame) == [], (tool, arguments, theme)
    await client.close()


async def test_series_differ_in_forced_colours_and_print_as_lines_and_areas(host: ViewHost) -> None:
    client = await host.client(forced_colors="active")
    await client.show("summarize_records", OF_REGIONS)
    view = client.view
    await view.get_by_role("combobox", name="Figure").select_option("count")
    swatches = view.locator(".legend rect")
    await swatches.first.wait_for()
    fills = await swatches.evaluate_all("all => all.map(each => getComputedStyle(each).fill)")
    assert len(fills) == len(set(fills)) == len(HOSTILE)
    await shot(client, "forced-colours")
    await view.get_by_role("combobox", name="Chart").select_option("lines")
    signs = await view.locator(".legend path").evaluate_all(
        "all => all.map(each => [each.getAttribute('d'), each.getAttribute('class')].join())"
    )
    assert len(set(signs)) == len(HOSTILE)
    await client.page.emulate_media(media="print", forced_colors="none")
    assert await view.locator("canvas, img").count() == 0
    assert not await view.locator(".controls").is_visible()
    assert await view.locator(".chart svg").is_visible()
    await client.close()


async def test_a_frame_shrinks_again_with_what_is_in_it(host: ViewHost) -> None:
    client = await host.client()
    await client.show("find_records", {"layout": LAYOUT, "limit": 5})
    notes = client.view.locator("details").first
    await notes.wait_for()
    if not await notes.evaluate("each => each.open"):
        await notes.locator("summary").click()

    async def told_height() -> int:
        """What the host was told last, once that is how high the view is."""
        inside = client.page.frames[-1]
        high = int(
            await inside.evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")
        )
        await client.page.wait_for_function("high => testHost.notes.heights.at(-1) === high", arg=high)
        return high

    opened = await told_height()
    await notes.locator("summary").click()
    folded = await told_height()
    assert folded < opened
    await client.page.set_viewport_size({"width": 280, "height": 900})
    await client.page.wait_for_function("high => testHost.notes.heights.at(-1) > high", arg=folded)
    await client.page.set_viewport_size({"width": 760, "height": 900})
    await client.page.wait_for_function("high => testHost.notes.heights.at(-1) === high", arg=folded)
    frame = client.page.locator("iframe")
    assert await frame.evaluate("each => each.offsetHeight") == folded, "no empty room below"
    await client.close()


async def test_a_view_outlives_a_server_that_is_away_and_comes_back_without_what_it_held(
    host: ViewHost,
) -> None:
    client = await host.client()
    await client.show("find_records", {"layout": LAYOUT, "where": {"Amount": {"gt": 0}}})
    view = client.view
    sort = view.get_by_role("button", name="Amount")
    await sort.wait_for()
    before = await cells(view)
    await client.page.route("**/mcp", lambda route: route.abort("connectionrefused"))
    await sort.click()
    await view.get_by_text("The client did not pass the question on").wait_for()
    assert await cells(view) == before, "what was shown stays"
    assert await view.locator("th[aria-sort]").count() == 0
    for workspace in host.assistant.application.workspaces.values():
        workspace.found_sets.close()
    await client.page.unroute("**/mcp")
    client.complaints.clear()  # the browser's own words about the refused connection
    await sort.click()
    await view.get_by_text("These records were read anew").wait_for()
    assert await view.locator('th[aria-sort="ascending"]').count() == 1
    await client.show("summarize_records", SALES)
    await view.get_by_role("slider").wait_for()
    assert client.complaints == []
    await client.close()


async def test_what_goes_wrong_is_a_sentence_and_the_view_stays_usable(host: ViewHost) -> None:
    client = await host.client()
    question = {"layout": LAYOUT, "where": {"Amount": {"gte": 0}}}
    await client.show("find_records", question)
    view = client.view
    sort = view.get_by_role("button", name="Amount")
    await sort.wait_for()
    for workspace in host.assistant.application.workspaces.values():
        workspace.found_sets.close()
    await sort.click()
    await view.get_by_text("These records were read anew").wait_for()
    assert await view.locator("th[aria-sort]").count() == 1
    await client.show("find_records", {"layout": "Nowhere"})
    await view.get_by_text("There is no layout 'Nowhere'").wait_for()
    await client.show("find_records", {"layout": LAYOUT, "where": {"No": "none"}})
    await view.get_by_text("No record of").wait_for()
    for tool, arguments in (("find_records", question), ("summarize_records", SALES)):
        await client.show(tool, arguments, cancelled="by the person")
        await view.get_by_text("The question was cancelled. by the person").wait_for()
        await client.show(tool, arguments, withMeta=False)
        await view.get_by_role("table").wait_for()
    await view.get_by_text("The client left out what a chart needs").wait_for()
    assert len(await cells(view)) == 5
    job: dict[str, Any] = {
        "content": [],
        "structuredContent": {"job": "brave-otter", "state": "running", "next": "check_job"},
    }
    await client.show("summarize_records", SALES, result=job)
    await view.get_by_role("button", name="Look again").click()
    await view.get_by_role("slider").wait_for()
    assert client.complaints == []
    await client.close()
