"""What no recording has settled: the switches of the emulated host, looked at on a real one. Named as the switches are."""

from __future__ import annotations

from .behaviour import Behaviour, NotSeen
from .feature_probes import NO, YES
from .line import Line
from .range_probes import NOWHERE, find_beyond_end, iso_criteria, line_match, open_range, range_beyond_end
from .scratch import Scratch


async def _privilege_status(scratch: Scratch) -> str:
    if not scratch.view_only:
        raise NotSeen("no layout was named with --view-only")
    answer = await scratch.first.ask(
        "PATCH", ("layouts", scratch.view_only, "records", "0"), {"fieldData": {}}
    )
    if answer.code not in (9, 200):
        raise NotSeen(f"the layout named with --view-only answered {answer.verdict} to an edit of no record")
    return str(answer.status)


async def _unknown_portal(scratch: Scratch) -> str:
    record = await scratch.create()
    answer = await scratch.first.ask(
        "GET", scratch.record_path(record), query={"portal": '["fmcertify nowhere"]'}
    )
    return str(answer.code) if answer.code else answer.verdict


async def _lax_values(scratch: Scratch) -> str:
    answer = await scratch.create_answer({scratch.needed("number"): True})
    return YES if answer.code == 0 else NO if answer.code == 960 else answer.verdict


async def _rows_of_create(scratch: Scratch) -> str:
    portal = scratch.portal
    answer = await scratch.create_answer(portalData={portal.key: [{portal.text: scratch.mark}]})
    if answer.code != 0:
        raise NotSeen(f"the portal lets no row be made: {answer.verdict}")
    return YES if "newPortalRecordInfo" in answer.response else NO


async def _exponents(scratch: Scratch) -> str:
    number = scratch.needed("number")
    await scratch.create({number: "1e5"})
    if await scratch.count({number: "==15"}) == "1":
        return "letters"
    return "number" if await scratch.count({number: "==100000"}) == "1" else "neither"


async def _numeric_mod_id(scratch: Scratch) -> str:
    record = await scratch.create()
    mod_id = int((await scratch.record(record))["modId"])
    answer = await scratch.edit(record, {scratch.fields.mark: scratch.mark}, modId=mod_id)
    return "accept" if answer.code == 0 else "refuse" if answer.code == 960 else answer.verdict


async def _portal_by_table(scratch: Scratch) -> str:
    portal = scratch.portal
    if portal.key.casefold() == portal.table.casefold():
        raise NotSeen("the portal has no object name of its own")
    record = await scratch.create()
    answer = await scratch.first.ask(
        "GET", scratch.record_path(record), query={"portal": f'["{portal.table}"]'}
    )
    return YES if answer.code == 0 else NO


async def _bump_parent(scratch: Scratch) -> str:
    portal = scratch.portal
    record = await scratch.create()
    before = (await scratch.record(record))["modId"]
    answer = await scratch.edit(record, {}, portalData={portal.key: [{portal.text: scratch.mark}]})
    if answer.code != 0:
        raise NotSeen(f"the portal lets no row be made: {answer.verdict}")
    return YES if (await scratch.record(record))["modId"] != before else NO


async def _data_info_layout(scratch: Scratch) -> str:
    """Another layout of the same occurrence, which newer hosts tell in their list (section 5.1)."""
    listed = (await scratch.first.ask("GET", ("layouts",))).items("layouts")
    tables: dict[str, str] = {}
    while listed:
        item = listed.pop()
        listed += item.get("folderLayoutNames") or []
        if not item.get("isFolder") and item.get("table"):
            tables[str(item["name"])] = str(item["table"])
    own = tables.get(scratch.layout)
    others = [name for name, table in sorted(tables.items()) if table == own and name != scratch.layout]
    if own is None or not others:
        raise NotSeen("the list of layouts tells no second layout of the same table")
    record = await scratch.create()
    for other in others:
        answer = await scratch.first.ask("GET", scratch.record_path(record), query={"layout.response": other})
        if answer.code == 0:
            named = answer.inside("dataInfo").get("layout")
            return "response" if named == other else "request" if named == scratch.layout else "neither"
    raise NotSeen("no second layout of the same table could be read")


async def _conditional_get(scratch: Scratch) -> str:
    record = await scratch.create()
    first = await scratch.first.ask("GET", scratch.record_path(record))
    if not (tag := first.headers.get("etag")):
        raise NotSeen("the host sends no ETag")
    again = await scratch.first.ask("GET", scratch.record_path(record), headers={"If-None-Match": tag})
    return YES if again.status == 304 else NO


async def _check_scripts_first(scratch: Scratch) -> str:
    text = scratch.needed("text")
    record = await scratch.create({text: "before"})
    answer = await scratch.edit(record, {text: "after"}, script=NOWHERE)
    if answer.code != 104:
        return answer.verdict
    return YES if await scratch.value(record, text) == "before" else NO


async def _filter_databases(scratch: Scratch) -> str:
    nobody = Line(scratch.first.host, scratch.second.client)
    answer = await nobody.ask("GET", ("databases",), at_host=True)
    if answer.code is None:
        raise NotSeen(f"the host does not list its databases: {answer.verdict}")
    return NO if answer.code == 0 else YES


async def _post_url_parameters(scratch: Scratch) -> str:
    await scratch.create()
    answer = await scratch.first.ask(
        "POST",
        ("layouts", scratch.layout, "_find"),
        {"query": [{scratch.fields.mark: f"=={scratch.mark}"}]},
        {"_limit": "1"},
    )
    return "ignore" if answer.code == 0 else "refuse" if answer.code == 960 else answer.verdict


async def _reject_charset(scratch: Scratch) -> str:
    body = {"fieldData": scratch.marked()}
    typed = {"Content-Type": "application/json; charset=utf-8"}
    answer = await scratch.first.ask("POST", scratch.records_path, body, headers=typed)
    return NO if answer.code == 0 else YES if answer.status == 415 else answer.verdict


SWITCHES = (
    Behaviour("privilege_status", "20", "The HTTP status of codes 9 and 200", _privilege_status),
    Behaviour("unknown_portal", "6.5", "The code for a portal that is not on the layout", _unknown_portal),
    Behaviour("range_beyond_end", "6.5", "A range that begins beyond the last record", range_beyond_end),
    Behaviour("find_beyond_end", "7.6", "A find that begins beyond its found set", find_beyond_end),
    Behaviour("lax_values", "8.2", "True is taken as a value", _lax_values),
    Behaviour("rows_of_create", "6.1", "A create with portal rows tells their record ids", _rows_of_create),
    Behaviour("exponents", "7.5", "What 1e5, sent as text, is as a number", _exponents),
    Behaviour("numeric_mod_id", "6.2", "A modId sent as a number", _numeric_mod_id),
    Behaviour(
        "portal_by_table", "6.5", "A named portal answers to its table occurrence too", _portal_by_table
    ),
    Behaviour("open_range", "7.3", "A range without its end", open_range),
    Behaviour(
        "bump_parent", "6.2", "An edit of portal rows alone raises the record's own modId", _bump_parent
    ),
    Behaviour(
        "data_info_layout", "6.5", "Which layout dataInfo names under layout.response", _data_info_layout
    ),
    Behaviour("iso_criteria", "7.5", "Criteria may be ISO dates when dateformats is 2", iso_criteria),
    Behaviour("line_match", "7.4", "== matches one line of a text", line_match),
    Behaviour("conditional_get", "2.3", "If-None-Match is answered with 304", _conditional_get),
    Behaviour(
        "check_scripts_first", "9.1", "A missing script is told before the edit is made", _check_scripts_first
    ),
    Behaviour("filter_databases", "3", "The list of databases asks for an account", _filter_databases),
    Behaviour("post_url_parameters", "7.1", "Parameters in the address of a find", _post_url_parameters),
    Behaviour("reject_charset", "2.2", "A charset after the Content-Type is refused", _reject_charset),
)
