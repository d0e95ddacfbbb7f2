"""python-fmrest's main flow on a solution that the emulator made of somebody's export."""

from __future__ import annotations

import importlib
import os
from typing import Any

from steps import finish, step

fmrest: Any = importlib.import_module("fmrest")
fms: Any = fmrest.Server(
    os.environ["FM_URL"],
    user="Full Access",
    password="map",
    database="EverythingBagel",
    layout="EverythingBagel",
    verify_ssl=os.environ["FM_AUTHORITY"],
    api_version="v1",
)
made: dict[str, Any] = {}


@step("log in")
def _() -> None:
    assert fms.login()


@step("list what was invented")
def _() -> None:
    listed = fms.get_records(limit=5)
    assert listed.info["foundCount"] == 20
    assert all(isinstance(record.numberField, int) for record in listed)


@step("create, read, edit, find")
def _() -> None:
    made["id"] = fms.create_record({"textField": "A", "numberField": 7})
    record = fms.get_record(made["id"])
    assert (record.textField, record.numberField) == ("A", 7)
    record["numberField"] = 8
    assert fms.edit(record)
    assert any(each.record_id == made["id"] for each in fms.find([{"numberField": "8"}]))


@step("portal of a self join")
def _() -> None:
    record = fms.get_record(made["id"])
    rows = list(record["portal_EverythingBagel__EVERYTHINGBAGEL__selfJoin"])
    assert rows


@step("a script says its steps")
def _() -> None:
    error, result = fms.perform_script("Just Beep")
    assert error == 0
    assert "Beep" in result


@step("layouts, scripts, delete, log out")
def _() -> None:
    assert {each["name"] for each in fms.get_layouts()} == {"EverythingBagel", "CustomMenuSetLayout"}
    assert len(fms.get_scripts()) == 2
    assert fms.delete_record(made["id"])
    assert fms.logout()


finish()
