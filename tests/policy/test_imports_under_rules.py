"""Imports stay within the policy: a look-up by key tells nothing of closed records, and nothing leaves by the rows to correct."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import said
from ..changes.workshop_host import planned
from .sales_host import FOLDER, in_sales, sales, somebody_edits
from .test_exact_scope import OWN
from .test_outsiders_everywhere import THEIRS

pytestmark = pytest.mark.anyio


def sheet(folder: Path, *lines: str) -> str:
    folder.joinpath("rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "rows.csv"


async def test_a_look_up_by_key_does_not_tell_a_record_out_of_scope_from_a_missing_one(
    tmp_path: Path,
) -> None:
    """O-2 belongs to `c-0017`, which the host's find brings along, and O-3 to somebody else."""
    told: dict[str, list[str]] = {}
    for number in ("O-2", "O-3", "O-9"):
        file = sheet(tmp_path, "Number,Remark", "O-1,mine", f"{number},new")
        emulator = sales()
        async with in_sales(emulator, scope={"Orders": OWN}, files_folder=str(tmp_path)) as assistant:
            before = len(emulator.requests)
            for how in ("skip", "refuse", "create"):
                answer = await assistant.call(
                    "edit_records", layout="Orders", file=file, key="Number", when_missing=how
                )
                told.setdefault(number, []).append(said(answer).replace(number, "NUMBER"))
            told[number].append(str(len(emulator.requests) - before))
    assert told["O-2"] == told["O-3"] == told["O-9"]


async def test_a_key_is_looked_up_past_the_records_of_another_spelling(tmp_path: Path) -> None:
    """More of them come than one page holds, and the record in scope stands behind them."""
    solution = tmp_path / "sales"
    shutil.copytree(FOLDER, solution)
    with (solution / "data" / "Orders.csv").open("a", encoding="utf-8") as orders:
        orders.writelines(f"X-{n},c-0017,same,1,\n" for n in range(500))
        orders.write("O-5,C-0017,same,1,\n")
    emulator, file = Emulator([solution]), sheet(tmp_path, "Remark,Amount", "same,7")
    rule = OWN | {"writable": ["Amount"]}
    async with in_sales(emulator, scope={"Orders": rule}, files_folder=str(tmp_path)) as assistant:
        plan = await planned(assistant, "edit_records", layout="Orders", file=file, key="Remark")
        assert [each["which"] for each in plan["changes"]] == [["505 O-5"]]


async def test_a_taken_key_is_seen_behind_one_of_another_spelling() -> None:
    emulator = sales()
    await somebody_edits(emulator, "Orders", 2, {"Number": "O-7"})
    await somebody_edits(emulator, "Orders", 4, {"Number": "O-7"})
    rules: dict[str, Any] = {
        "scope": {"Orders": OWN | {"writable": ["Number"]}},
        "keys": {"Orders": "Number"},
    }
    async with in_sales(emulator, **rules) as assistant:
        refused = await assistant.refused("create_records", layout="Orders", records=[{"Number": "O-7"}])
        assert "record 4" in refused


async def test_existing_records_of_another_spelling_are_not_counted_in_a_warning() -> None:
    emulator = sales()
    rule = OWN | {"writable": ["Number"]}
    for record_id, number in ((2, "O-1"), (4, "O-8")):
        await somebody_edits(emulator, "Orders", record_id, {"Number": number})
    async with in_sales(emulator, scope={"Orders": rule}) as assistant:
        plan = await planned(assistant, "create_records", layout="Orders", records=[{"Number": "O-1"}])
        assert "1 existing record looks the same: 1." in str(plan)


@pytest.mark.parametrize(
    "column_map",
    [{"Remark": {"add": 1}}, {"Amount": {"add": 1}}, {"Amount": {"value": "price list 30"}}],
    ids=str,
)
async def test_after_outsiders_text_the_rows_to_correct_hold_only_what_the_file_held(
    tmp_path: Path, column_map: dict[str, Any]
) -> None:
    """Why a row is faulty quotes the record and the assistant: a file of that is an export that nobody agreed to."""
    emulator = sales()
    await somebody_edits(emulator, "Orders", 1, {"Amount": "price list 30"})
    file = sheet(tmp_path, "Number", "O-1")
    wanted: dict[str, Any] = {"layout": "Orders", "file": file, "key": "Number", "map": column_map}
    written: list[str] = []
    for theirs in ({}, THEIRS):
        kept = tmp_path / "rows to correct.csv"
        rules: dict[str, Any] = theirs | {"files_folder": str(tmp_path), "approval": "by_risk"}
        async with in_sales(emulator, **rules) as assistant:
            refused = await assistant.refused("edit_records", **wanted)
            assert "to correct" in refused
        written.append(kept.read_text(encoding="utf-8-sig"))
        kept.unlink()
    assert "the record was refused" not in written[0]
    assert written[1].splitlines() == ["Number,row,why", "O-1,2,the record was refused; plan it by itself"]
