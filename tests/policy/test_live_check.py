"""`policy --check --live` finds every name that the host does not have, and goes on past a layout that cannot be described."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.serving import serving

from ..auth.program import Ended, Place
from .sales_host import sales

pytestmark = pytest.mark.anyio


async def checked(home: Path, *, is_fresh: bool = False, **rules: Any) -> Ended:
    emulator = sales()
    async with serving(emulator.app) as url:
        place = {
            "FILEMAKER_HOST": url,
            "FILEMAKER_DATABASE": "Sales",
            "FILEMAKER_USERNAME": "assistant",
            "FILEMAKER_PASSWORD": "demo",
        }
        given = {
            f"FILEMAKER_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in rules.items()
        }
        return await Place(emulator, url, home, is_fresh).run("policy", "--check", "--live", **place, **given)


async def test_every_misspelt_name_is_told_with_the_nearest_right_one(tmp_path: Path) -> None:
    ended = await checked(
        tmp_path,
        is_fresh=True,
        access="edit",
        access_by_layout={"Custommers": "none", "Contacts": "read", "Staff": "none"},
        hidden_fields={"Contacts": ["Secrets"], "*": ["Salery"]},
        fields={"Customers": ["Number", "Phone", "Contacts::Name"]},
        keys={"Orders": "Nummber"},
        scripts={"Cuont": {"effect": "reads"}},
        tables={"Biling": "Customers"},
        untrusted_fields={"Ordres": ["Body"]},
        mask={"Fone": "last4", "Custumers": {"Name": "initials"}},
        journal_days_by_layout={"Ordrs": 3650, "contacts": 30},
    )
    told = " ".join(ended.out.split())
    assert ended.status == 1
    for sentence in (
        "what is closed on every layout of that table is neither shown nor written through another.",
        "The occurrence 'Biling' counts as the table 'Customers'.",
        "Customers: 1 fields; portal Contacts: 1; related and only read: Contacts::Name; related and closed: Staff::Salary,",
        "Orders::Remark, the portal Orders",
        "Contacts: 10 fields; related and closed: Customers::Name",
        "There is no layout 'Custommers' for this account. Did you mean 'Customers'?",
        "hidden_fields names 'Secrets', which is not shown on 'Contacts'. Did you mean 'Secret '?",
        "hidden_fields names 'Salery', which is not shown on any layout.",
        "fields names 'Phone', which is not shown on 'Customers'. A related field is opened by its whole name, 'Contacts::Phone'.",
        "keys names 'Nummber', which the layout 'Orders' does not have. Did you mean 'Number'?",
        "There is no script 'Cuont' for this account. Did you mean 'Count'?",
        "mask names 'Fone', which is not shown on any layout.",
        "mask names the layout 'Custumers', which does not exist for this account. Did you mean 'Customers'?",
        "journal_days_by_layout names the layout 'Ordrs', which does not exist for this account: its contents stay as long as"
        " journal_days says. Did you mean 'Orders'?",
        "tables names the occurrence 'Biling', which no layout shows. Did you mean 'Billing'?",
        "untrusted_fields names the layout 'Ordres', which does not exist for this account. Did you mean 'Orders'?",
    ):
        assert sentence in told, (sentence, ended.out)
    assert "The layout '..' could not be looked at" in told
    assert "8 things" not in told


async def test_a_scope_is_checked_name_by_name_and_for_records_in_another_spelling(tmp_path: Path) -> None:
    ended = await checked(
        tmp_path,
        access="edit",
        scope={
            "Orders": {
                "where": {"Customer": "C-0017"},
                "key": "Numero",
                "writable": ["Remarks"],
                "fields": ["Name"],
                "portals": ["Lines"],
            }
        },
    )
    told = " ".join(ended.out.split())
    assert ended.status == 1
    for sentence in (
        "scope of 'Orders' names 'Numero' in key, which the layout does not have. Did you mean 'Number'?",
        "scope of 'Orders' names 'Remarks' in writable, which is not there. Did you mean 'Remark'?",
        "scope of 'Orders' names 'Name' in fields, which is not there.",
        "scope of 'Orders' names 'Lines' in portals, which is not there.",
        "It writes 'Remarks' there; a new record also gets the values of the limit.",
        "Their values are compared letter by letter, and no count of the host's is told.",
        "1 record of 'Orders' matches the scope ('Customer' is C-0017) in another spelling",
    ):
        assert sentence in told, (sentence, ended.out)


async def test_rules_for_changes_that_cannot_work_are_told_by_name(tmp_path: Path) -> None:
    ended = await checked(
        tmp_path,
        access="edit",
        write_through={"Orders": "Sav", "Ordres": "Count"},
        tables={"Staff": "Orders"},
        change_only_where={"Orders": {"Statsu": "Draft"}, "Custmers": {"Number": 1}},
        stamp={"AI By": "{person}"},
        journal_table="Contacts",
    )
    told = " ".join(ended.out.split())
    assert ended.status == 1
    for sentence in (
        "Records of 'Orders' are written by the owner's script 'Sav', and not through other layouts of that table.",
        "On every other layout no script trigger runs when it changes a record: the Data API runs none.",
        "write_through of 'Orders' names the script 'Sav', which this account does not see.",
        "write_through names the layout 'Ordres', which does not exist for this account. Did you mean 'Orders'?",
        "change_only_where of 'Orders': There is no field 'Statsu' on layout 'Orders'. Until that is mended nothing of it is changed.",
        "change_only_where names the layout 'Custmers', which does not exist for this account.",
        "Each change of 'Orders' is to be stamped in 'AI By', which the layout does not have. Nothing is written there.",
        "'Staff' shows the table whose records a script writes on 'Orders'. Nothing is written there: name 'Staff' in write_through, with a script or {}, or set its access to read.",
        "journal_table 'Contacts' needs a text field 'Entry', and has none that can be written: nothing is mirrored.",
    ):
        assert sentence in told, sentence
