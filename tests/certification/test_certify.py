"""`certify` finds every difference from the emulated host that can be seen from outside, and leaves nothing behind."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import httpx
import pytest

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.certification.course import BEHAVIOURS
from filemaker_mcp.server.certification.hidden_switches import HIDDEN
from filemaker_mcp.server.emulator.profiles import VERSIONS, Profile, profile
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.emulator.switches import Switches
from filemaker_mcp.server.errors import InputError, Unreachable

from ..auth.program import Place, fresh, until
from .bench import ACCOUNT, ALL, Bench

pytestmark = pytest.mark.anyio

TEN = {
    "privilege_status": 403,
    "range_beyond_end": "empty",
    "lax_values": True,
    "rows_of_create": True,
    "exponents": "number",
    "links_end": False,
    "validate_extends": False,
    "check_scripts_first": False,
    "token_in_body": False,
    "reject_charset": True,
}
OTHERS = {
    "unknown_portal": 102,
    "find_beyond_end": "empty",
    "numeric_mod_id": "accept",
    "portal_by_table": True,
    "open_range": "open",
    "bump_parent": True,
    "data_info_layout": "request",
    "iso_criteria": False,
    "line_match": True,
    "conditional_get": True,
    "filter_databases": True,
    "post_url_parameters": "refuse",
    "absolute_location": True,
}
CANARIES = ("canary", "Canary", "Scratch", "Bench", "127.0.0.1", "fmcertify", "Echo", "Closed")


async def test_a_host_of_any_version_that_does_as_the_reference_says_differs_in_nothing() -> None:
    for version in VERSIONS:
        bench = Bench(version)
        report = await bench.report(walks=version in (17, 22))
        assert report.differences == [], version
        assert version in report.versions
        assert (bench.records, bench.emulator.open_sessions) == (0, 0), version
        unseen = {each.behaviour.name for each in report.unseen}
        assert version < 20 or not unseen, (version, unseen)
        assert version < 18 or {"held", "idle_session"} & unseen == set(), (version, unseen)
        await bench.aclose()


@pytest.mark.parametrize("turned", [TEN, OTHERS], ids=["ten", "the others"])
async def test_of_a_host_with_switches_turned_exactly_these_are_told_and_nothing_of_the_owners(
    turned: dict[str, object],
) -> None:
    bench = Bench(22, **turned)
    report = await bench.report()
    assert {each.behaviour.name for each in report.differences} == set(turned)
    for each in report.differences:  # each is told as the switch by which an emulated host does the same
        name, _, value = each.switch.partition("=")
        assert name == each.behaviour.name
        assert value == {True: "on", False: "off"}.get(turned[name], str(turned[name]))  # pyright: ignore[reportArgumentType,reportCallIssue] -- 1 is no value here
    told = json.dumps(report.facts()) + "\n".join(report.lines())
    assert not [word for word in CANARIES if word in told]
    assert f"{len(turned)} of them otherwise than the reference says" in told
    assert not bench.records
    await bench.aclose()


def test_every_switch_is_looked_at_or_said_to_be_hidden_with_the_reason() -> None:
    looked_at = {each.name for each in BEHAVIOURS if each.expected is None}
    every = {each.name for each in fields(Switches)}
    assert looked_at | HIDDEN.keys() == every, "a new switch belongs into one of both"
    assert not looked_at & HIDDEN.keys()
    assert looked_at == TEN.keys() | OTHERS.keys()


def test_every_trait_of_a_version_is_looked_at() -> None:
    from filemaker_mcp.server.app.certification_course import emulated_host

    renamed = {"build_date": "product_version", "relative_location": "absolute_location"}
    traits = {renamed.get(each.name, each.name) for each in fields(Profile)} - {"version"}
    host = emulated_host()
    assert all(set(each) == traits for each in host.profiles.values())
    alike = {tuple(sorted(each.items())) for each in host.profiles.values()}
    assert len(alike) == len({replace(profile(version), version=0) for version in VERSIONS})


async def test_a_version_that_the_owner_names_is_what_the_host_is_held_against() -> None:
    bench = Bench(19)
    report = await bench.report(replace(ALL, version=21, waits=False))
    names = {each.behaviour.name for each in report.differences}
    assert names == {
        "layout_table",
        "read_dateformats",
        "write_dateformats",
        "write_options",
        "upload_mod_id",
        "product_version",
        "absolute_location",
    }
    assert "--quick leaves out what takes fifteen minutes of waiting" in "\n".join(report.lines())
    await bench.aclose()


async def test_a_layout_with_little_on_it_is_looked_at_as_far_as_it_goes() -> None:
    bench = Bench()
    report = await bench.report(
        replace(ALL, layout="Bare", script="", hold_script="", view_only="", waits=False)
    )
    assert report.differences == []
    why = {each.behaviour.name: each.why_not for each in report.unseen}
    assert why["numbers"] == "the layout has no plain number field"
    assert why["long_time"] == "the layout has no plain time field"
    assert why["script"] == "no script was named with --script"
    assert why["privilege_status"] == "no layout was named with --view-only"
    assert why["bump_parent"] == "the layout has no portal with a text field"
    await bench.aclose()


@pytest.mark.parametrize(
    ("layout", "mark", "words"),
    [
        ("Scrach", "", "There is no layout 'Scrach' for this account. Check its spelling"),
        ("Mute", "", "no plain text field for the mark"),
        ("Bare", "Needed too", "'Needed too' is no plain text field of the layout"),
        ("Closed", "", "No record can be made on the layout: 9, HTTP 500"),
    ],
)
async def test_a_layout_that_will_not_do_is_refused_before_anything_is_made(
    layout: str, mark: str, words: str
) -> None:
    bench = Bench()
    with pytest.raises(InputError) as refused:
        await bench.report(replace(ALL, layout=layout, mark=mark))
    assert words in str(refused.value)
    assert (bench.records, bench.emulator.open_sessions) == (0, 0)
    await bench.aclose()


class Cut(httpx.AsyncBaseTransport):
    """The line breaks for good after so many requests."""

    def __init__(self, own: httpx.AsyncBaseTransport, left: int) -> None:
        self.own = own
        self.left = left

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.left -= 1
        if self.left < 0:
            raise httpx.ConnectError("cut", request=request)
        return await self.own.handle_async_request(request)


async def test_what_a_run_leaves_that_lost_the_host_goes_with_the_next_and_nothing_else_does() -> None:
    bench = Bench()
    store = bench.emulator.host.files.require("Bench").store_for("Scratch")
    strangers = ["fmcertify", "fmcertifying 1", "not fmcertify 1", ""]
    with store.transaction():
        for text in strangers:
            store.insert("Scratch", {"Canary Mark": (text,), "Needed": ("x",)})
    with pytest.raises(Unreachable):
        await bench.report(transport=lambda own: Cut(own, 100))
    assert bench.records > len(strangers)
    report = await bench.report(replace(ALL, waits=False))
    assert report.differences == []
    assert bench.records == len(strangers)
    await bench.aclose()


async def test_the_command_cleans_up_after_one_that_was_killed_and_says_how_it_went(tmp_path: Path) -> None:
    bench = Bench()
    words = ("certify", "--layout", "Canary Scratch", "--script", "Echo", "--view-only", "Closed", "--quick")
    async with serving(bench.emulator.app) as url:
        place = Place(bench.emulator, url, tmp_path)
        variables = ACCOUNT | {"FILEMAKER_HOST": url}
        process = await place.begin(*words, **variables)
        await until(process.stderr, "Looking at writing")
        process.kill()
        await process.communicate()
        left = bench.records
        assert left
        ended = await fresh(place).run(*words, **variables)
        assert (ended.status, bench.records) == (0, 0), ended
        told = " ".join((ended.err + ended.out).split())
        assert "records of a run that was broken off were deleted." in told
        assert "none of them otherwise than the reference says" in told
        assert "without_fmrest: it shows only when" in told
        assert "The report holds no name and no value of yours." in told
        bench.emulator.switch(replace(Switches(), line_match=True))
        ended = await place.run(*words, "--json", **variables)
        assert ended.status == 1, ended
        (difference,) = json.loads(ended.out)["differences"]
        assert difference == {
            "name": "line_match",
            "behaviour": "== matches one line of a text",
            "section": "7.4",
            "expected": "off",
            "seen": "on",
            "switch": "line_match=on",
        }
    await bench.aclose()


def test_every_behaviour_names_a_section_of_the_reference() -> None:
    pages = (Path(__file__).parents[2] / "docs" / "reference" / "data-api.md").read_text(encoding="utf-8")
    for each in BEHAVIOURS:
        assert f"\n## {each.section}. " in pages or f"\n### {each.section} " in pages, each.name


def test_a_version_of_which_nothing_is_known_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    assert main(["certify", "--layout", "Scratch", "--server-version", "25"]) == 2
    assert "--server-version is one of 17, 18" in " ".join(capsys.readouterr().err.split())
