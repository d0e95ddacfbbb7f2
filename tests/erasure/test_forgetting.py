"""One person's contents go everywhere, and the journal stays whole."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from filemaker_mcp.server.config.state_settings import state_in
from filemaker_mcp.server.local.file_parts import parts_in
from filemaker_mcp.server.local.shared_files import PART, SharedFiles

from ..assistant import Assistant
from ..changes.workshop_host import made, own_seal, planned
from ..postgres import on_postgres, postgres
from .filed_office import FiledOffice

pytestmark = pytest.mark.anyio
CANARY = "Zyx4711Canary"


async def a_past(assistant: Assistant, files: Path) -> dict[str, str]:
    """Of J-001, who is the canary, in plans, images, outcomes, parameters, results, jobs, kept and exported files; and of J-002."""
    (files / "contract.txt").write_text(f"contract of {CANARY}", encoding="utf-8")
    plans: dict[str, str] = {}
    jobs = {"layout": "Jobs"}
    for name, tool, arguments in (
        ("edit", "edit_records", {"ids": ["1"], "values": {"Title": CANARY, "Hours": 9}}),
        ("both", "edit_records", {"ids": ["1", "2"], "values": {"Hours": 3}}),
        ("other", "edit_records", {"ids": ["2"], "values": {"Customer": "Bo Smith"}}),
        ("file", "edit_records", {"ids": ["1"], "values": {"Sketch": {"file": "contract.txt"}}}),
        ("mention", "edit_records", {"ids": ["3"], "values": {"Ref": f"see {CANARY}"}}),
    ):
        plans[name] = (await made(assistant, tool, **jobs, **arguments))["change_id"]
    await made(assistant, "run_script", script="Stamp", layout="Jobs", parameter=f"about {CANARY}")
    plans["waiting"] = (await planned(assistant, "delete_records", **jobs, ids=["1"]))["change_id"]
    await assistant.ask("export_records", **jobs, where={"ID": "J-001"}, file="their jobs", format="xlsx")
    await assistant.refused("edit_records", **jobs, ids=["1"], values={"Nothing": CANARY})
    return plans


@pytest.mark.parametrize("store", ["file", pytest.param("postgres", marks=on_postgres)])
async def test_a_person_is_forgotten_everywhere_and_the_chain_stays_whole(
    store: str, office: FiledOffice
) -> None:
    if store == "postgres":
        office.move_to_postgres()
    async with office.assistant() as assistant:
        plans = await a_past(assistant, office.files)
        of_key = " WHERE subject = 'record jobs 1'"
        before = [bytes(row[0]) for row in office.query("data_key", "box", of_key)] + office.boxes(
            "record jobs 1"
        )
        assert len(before) > 5
        asked = ("forget", "--key", "J-001", "--also", CANARY)
        shown = await office.said(*asked, "--dry-run")
        for told in (
            "Jobs:",
            plans["waiting"],
            plans["both"],
            "their jobs.xlsx",
            "contract.txt",
            "Nothing was forgotten",
        ):
            assert told in shown, shown
        assert all(box in office.all_bytes() for box in before)
        done = await office.said(*asked, "--yes")
        assert "Forgotten: contents of" in done
        assert "state backup, pg_dump" in done
        left = office.all_bytes()
        assert not [box for box in before if box in left]
        assert CANARY.encode() not in left
        assert {file.name for file in office.files.iterdir()} == set()
        changes = str(await assistant.ask("list_changes"))
        assert plans["other"] in changes
        assert not [name for name in ("edit", "both", "waiting", "mention") if plans[name] in changes]
        assert "is no change" in await assistant.refused("apply_change", change_id=plans["waiting"])
        told = [str(entry.facts) + str(entry.image) for entry in await office.entries()]
        again = await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 2})
        assert (await planned(assistant, "undo_change", change_id=again["change_id"]))["state"] == "planned"
    assert not [each for each in told if CANARY in each or "J-001" in each]
    assert any("Bo Smith" in each for each in told)
    verified = await office.said("verify")
    assert "The chain is whole" in verified
    assert "forgotten on the owner's word" in verified


async def test_a_record_id_or_a_layout_limits_what_is_forgotten(office: FiledOffice) -> None:
    async with office.assistant() as assistant:
        await a_past(assistant, office.files)
    shown = await office.said("forget", "--record", "Jobs:2", "--layout", "Jobs", "--dry-run")
    assert "Files of the files folder stay" in shown
    await office.said("forget", "--record", "Jobs:2", "--layout", "Jobs", "--yes")
    told = str([entry.image for entry in await office.entries()])
    assert "Bo Smith" not in told
    assert CANARY in told
    assert (office.files / "contract.txt").exists()
    for wrong in (["--record", "Jobs"], ["--record", "Jobs:x"], []):
        assert "Name" in await office.said("forget", *wrong, status=2) or wrong


async def test_a_hold_stands_in_the_way_and_says_which(office: FiledOffice) -> None:
    async with office.assistant() as assistant:
        plans = await a_past(assistant, office.files)
    await office.said("hold", "put", "--layout", "jobs", "--reason", "tax audit 2026")
    held = await office.said("forget", "--key", "J-001", status=1)
    assert "tax audit 2026" in held
    assert (office.files / "contract.txt").exists()
    listed = await office.said("hold", "list")
    name = listed.split()[0]
    assert "layout jobs: tax audit 2026" in listed
    assert name in await office.said("hold", "release", name)
    await office.said("hold", "put", "--plan", plans["other"], "--reason", "a court")
    await office.said("hold", "put", "--key", "J-001", "--reason", "a claim")
    claim = re.search(r"(hold-\w+) key J-001: a claim", await office.said("hold", "list"))
    assert claim is not None
    await office.said("hold", "release", claim[1])
    await office.said("forget", "--key", "J-001", "--also", CANARY, "--yes")
    assert "a claim" not in await office.said("hold", "list", "--all")
    assert "a court" in await office.said("forget", "--record", "Jobs:2", status=1)
    events = [entry.event for entry in await office.entries()]
    assert [events.count(each) for each in ("held", "let go", "forgetting", "forgotten")] == [3, 2, 1, 1]


async def test_contents_that_go_without_a_word_are_named_by_verify(office: FiledOffice) -> None:
    async with office.assistant() as assistant:
        await a_past(assistant, office.files)
    await office.said("forget", "--record", "Jobs:2", "--yes")
    with closing(sqlite3.connect(office.place)) as file, file:
        file.execute("DELETE FROM image WHERE number = (SELECT MIN(number) FROM image WHERE gone IS NULL)")
    assert "no entry says that they were erased" in await office.said("verify", status=1)
    with closing(sqlite3.connect(office.place)) as file, file:
        file.execute(
            "UPDATE image SET box = NULL, gone = (SELECT MAX(gone) FROM image) WHERE number = (SELECT MAX(number) FROM image)"
        )
    assert "are gone by it" in await office.said("verify", status=1)


async def test_nothing_is_forgotten_while_work_about_the_person_runs(office: FiledOffice) -> None:
    async with office.assistant() as assistant:
        plans = await a_past(assistant, office.files)
        runner = assistant.application.parts.state.runner
        with closing(sqlite3.connect(office.place)) as file, file:
            file.execute(
                "UPDATE plan SET state = 'applying', runner = ? WHERE id = ?", (runner, plans["waiting"])
            )
        refused = await office.said("forget", "--key", "J-001", "--yes", status=2)
        assert f"{plans['waiting']} is under way" in refused
        assert "their jobs.xlsx" in {file.name for file in office.files.iterdir()}
    assert "Forgotten: contents of" in await office.said("forget", "--key", "J-001", "--yes")


async def test_a_person_who_calls_is_let_in_no_more_and_what_was_kept_for_it_goes(
    office: FiledOffice,
) -> None:
    async with office.assistant() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 4})
    box = b"a sealed credential of ada" * 4
    with closing(sqlite3.connect(office.place)) as file, file:
        file.execute(
            "INSERT INTO credential VALUES ('https://id.example|ada', 'sales', 'ada', ?, 1, 1)", (box,)
        )
    assert "is let in nowhere" in await office.said("forget", "--caller", "ada", "--dry-run")
    assert "Forgotten" in await office.said("forget", "--caller", "ada", "--yes")
    assert box not in office.all_bytes()
    assert [row[0] for row in office.query("revoked", "what")] == ["https://id.example|ada"]


async def test_a_short_key_is_looked_for_in_key_fields_alone(office: FiledOffice) -> None:
    office.configure(keys='{ Jobs = "Code" }')
    async with office.assistant() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Code": "9", "Hours": 1})
        other = await made(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 9})
    assert "The key is short" in await office.said("forget", "--key", "9", "--yes")
    assert {entry.plan for entry in await office.entries() if entry.image} == {other["change_id"]}


@pytest.mark.parametrize("kept", ["in the records", "in a store of objects"])
async def test_files_that_servers_share_go_as_well(kept: str, office: FiledOffice) -> None:
    if kept == "in a store of objects" and postgres() is None:
        pytest.skip("no PostgreSQL is to be had")
    objects = office.folder / "objects"
    objects.mkdir()
    address = objects.as_uri() if kept == "in a store of objects" else None
    if address:
        office.move_to_postgres()
        office.append(f'\n[http]\nobjects = "{address}"\n')
    async with office.assistant() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 4})
    folder = office.folder / "a server"
    folder.mkdir()
    state = state_in(office.place).place().state()
    ring = own_seal().contents.ring
    parts = parts_in(state, ring, address)
    shared = SharedFiles(state, ring, "ada", folder, 10**7, lambda: 1.0, parts)
    of_bo = SharedFiles(state, ring, "bo", folder, 10**7, lambda: 1.0, parts)
    written = {
        "list.csv": f"1,{CANARY}".encode(),
        "other.csv": b"2,Bo",
        "capitals.txt": CANARY.upper().encode("utf-16"),
        "wide.txt": "".join(chr(ord(letter) + 0xFEE0) for letter in CANARY).encode(),
        f"about_{CANARY.lower()}_1.bin": b"\x00",
        "parted.txt": b"x" * (PART - 5) + f" {CANARY}".encode(),
    }
    for files in (shared, of_bo):  # of two callers, at two servers
        for name, content in written.items():
            (folder / name).write_bytes(content)
            await files.keep(folder / name)
    stored = [file.read_bytes() for file in objects.rglob("*") if file.is_file()]
    assert len(stored) == (14 if address else 0)
    assert not any(CANARY.encode() in content for content in stored)
    await office.said("hold", "put", "--key", CANARY, "--reason", "a lawsuit")
    held = await office.said("forget", "--also", CANARY, "--yes", status=1)
    assert "Files that are to be deleted are held" in held
    assert "wide.txt" in held
    await office.said("hold", "release", (await office.said("hold", "list")).split()[0])
    known = set(objects.rglob("*"))
    (folder / "lost.txt").write_bytes(b"put back to another time")
    await of_bo.keep(folder / "lost.txt")
    for lost in set(objects.rglob("*")) - known:
        if lost.is_file():
            lost.unlink()
    forgotten = await office.said("forget", "--also", CANARY, "--yes")
    assert "list.csv" in forgotten
    assert ("lost.txt" in forgotten) == (address is not None), "it cannot be looked into"
    for files in (shared, of_bo):
        left = {file.name for file in await files.listed(state) if not file.is_gone}
        assert left == {"other.csv"} | ({"lost.txt"} if files is of_bo else set())
    assert len([file for file in objects.rglob("*") if file.is_file()]) == (2 if address else 0)
    await shared.bring("list.csv")
    assert not (folder / "list.csv").exists()
    await state.close()


async def test_a_number_that_occurs_everywhere_takes_nothing_of_others_and_what_names_it_is_listed(
    office: FiledOffice,
) -> None:
    """10017 is the number of one job, and an amount, a part of a text and the key of a person elsewhere."""
    office.configure(keys='{ Jobs = "Code", People = "Code" }', access='"edit"')
    async with office.assistant() as assistant:
        jobs = {"layout": "Jobs"}
        own = await made(assistant, "edit_records", **jobs, ids=["1"], values={"Code": "10017", "Hours": 1})
        amount = await made(assistant, "edit_records", **jobs, ids=["2"], values={"Hours": 10017})
        text = await made(assistant, "edit_records", **jobs, ids=["3"], values={"Title": "10017 bolts"})
        later = await made(assistant, "edit_records", **jobs, ids=["1"], values={"Hours": 2})
    shown = await office.said("forget", "--key", "10017", "--dry-run")
    assert "The key is a number" in shown
    assert "Jobs: 4" in shown, "their own record, also where only its id tells"
    await office.said("forget", "--key", "10017", "--yes")
    assert {e.plan for e in await office.entries() if e.image} == {amount["change_id"], text["change_id"]}
    assert not {own["change_id"], later["change_id"]} & {row[0] for row in office.query("plan", "id")}


async def test_other_records_that_name_the_key_stay_unless_the_owner_names_their_layout(
    office: FiledOffice,
) -> None:
    office.configure(keys='{ People = "ID" }')
    async with office.assistant() as assistant:
        await made(
            assistant, "edit_records", layout="Jobs", ids=["3"], values={"Ref": "for C-0017", "Hours": 5}
        )
    shown = await office.said("forget", "--key", "C-0017", "--dry-run")
    assert "Contents of 0 entries of the journal would be erased" in shown
    assert "name the key and stay. --naming LAYOUT takes them too: Jobs: 2" in shown
    await office.said("forget", "--key", "C-0017", "--yes", "--keep-files")
    assert [entry.image for entry in await office.entries() if entry.image]
    assert "Jobs: 2" in await office.said("forget", "--key", "C-0017", "--naming", "Jobs", "--dry-run")
    await office.said("forget", "--key", "C-0017", "--naming", "jobs", "--yes")
    assert not [entry.image for entry in await office.entries() if entry.image]
    assert "The chain is whole" in await office.said("verify")


async def test_a_number_that_is_the_key_of_two_layouts_is_asked_whose_it_is(office: FiledOffice) -> None:
    office.configure(keys='{ Jobs = "Code", "Jobs list" = "Code" }')
    async with office.assistant() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Code": "17"})
    await office.said("forget", "--key", "17", "--of", "Nowhere", status=2)
    assert "Jobs: 2" in await office.said("forget", "--key", "17", "--of", "Jobs", "--dry-run")
