"""fmdata, as its manual uses it."""

from __future__ import annotations

import importlib
import io
import os
from typing import Any

from steps import finish, step

fmdata: Any = importlib.import_module("fmdata")


def client(login: Any, url: str = "FM_URL") -> Any:
    """It refuses by itself to log in twice within a second unless told, and these steps may take less."""
    return fmdata.Client(
        url=os.environ[url],
        database="Club",
        login_provider=login,
        version=22,
        too_fast_login_retry_timeout=None,
    )


def by_password(password: str) -> Any:
    return fmdata.UsernamePasswordLogin(username=os.environ["FM_ACCOUNT"], password=password)


def codes(result: Any) -> list[int]:
    return [int(message.code) for message in result.messages]


def refused(result: Any) -> list[int]:
    return [int(message.code) for message in result.errors]


fm = client(by_password(os.environ["FM_PASSWORD"]))
made: dict[str, Any] = {}


@step("wrong password")
def _() -> None:
    reason = ""
    try:
        client(by_password("wrong")).login()
    except fmdata.client.LoginFailedException as error:
        reason = str(error.__cause__)
    assert "212" in reason


@step("log in")
def _() -> None:
    fm.login()


@step("find")
def _() -> None:
    result = fm.find("Members", [{"Name": "Lovelace"}], limit=10)
    assert codes(result) == [0]
    assert result.response.data_info.found_count == 1
    assert result.response.data[0].field_data["Name"] == "Ada Lovelace"


@step("find nothing")
def _() -> None:
    assert codes(fm.find("Members", [{"Name": "Nobody"}], limit=10)) == [401]


@step("find, omit, sort, limit")
def _() -> None:
    result = fm.find(
        "Members",
        [{"Name": "*"}, {"Name": "Grace", "omit": "true"}],
        sort=[{"fieldName": "Score", "sortOrder": "ascend"}],
        limit=1,
    )
    info = result.response.data_info
    assert (info.found_count, info.returned_count) == (2, 1)
    assert result.response.data[0].field_data["id"] == "M-003"


@step("list in pages")
def _() -> None:
    pages = fm.get_records_paginated(layout="Members", page_size=2).pages
    names = [data.field_data["id"] for page in pages for data in page.result.response.data]
    assert names == ["M-001", "M-002", "M-003"]


@step("portals")
def _() -> None:
    result = fm.get_record("Members", "1", portals={"Notes": {"offset": 2, "limit": 1}})
    data = result.response.data[0]
    assert [row["note::text"] for row in data.portal_data["Notes"]] == ["second"]
    assert refused(fm.get_record("Members", "1", portals={})) == []


@step("create with portal rows")
def _() -> None:
    rows = {"Notes": [{"note::text": "new", "note::position": 2}, {"note::text": "newer"}]}
    result = fm.create_record("Members", {"Name": "Katherine Johnson", "Phone(3)": "3"}, portal_data=rows)
    assert refused(result) == []
    made["id"] = result.response.record_id
    assert not result.response.new_portal_record_info  # that is for edits alone
    data = fm.get_record("Members", made["id"]).response.data[0]
    assert data.field_data["Phone(3)"] == "3"
    assert [row["note::text"] for row in data.portal_data["Notes"]] == ["newer", "new"]


@step("edit with modId")
def _() -> None:
    result = fm.edit_record("Members", made["id"], {"Score": 10}, mod_id="0")
    assert result.response.mod_id == "1"
    assert refused(fm.edit_record("Members", made["id"], {"Score": 11}, mod_id="0")) == [306]
    assert str(fm.get_record("Members", made["id"]).response.data[0].field_data["Score"]) == "10"


@step("duplicate")
def _() -> None:
    result = fm.duplicate_record("Members", made["id"], scripts={"after": {"name": "Echo", "param": "again"}})
    assert refused(result) == []
    copied = fm.get_record("Members", result.response.record_id).response.data[0]
    assert copied.field_data["Name"] == "Katherine Johnson"
    assert copied.field_data["id"] == "M-005"
    assert refused(fm.delete_record("Members", result.response.record_id)) == []


@step("script")
def _() -> None:
    result = fm.perform_script("Members", "Echo", param="a & b + c # ü")
    assert (result.response.script_error, result.response.script_result) == ("0", "a & b + c # ü")


@step("script that changes a record")
def _() -> None:
    result = fm.edit_record("Members", made["id"], {}, scripts={"after": {"name": "Raise", "param": "M-004"}})
    assert refused(result) == []
    assert str(fm.get_record("Members", made["id"]).response.data[0].field_data["Score"]) == "11"


@step("globals")
def _() -> None:
    assert refused(fm.set_globals({"member::gGreeting": "hello"})) == []
    assert fm.get_record("Members", "1").response.data[0].field_data["gGreeting"] == "hello"


@step("container up")
def _() -> None:
    file = io.BytesIO(b"%PDF-1.7\n" + bytes(range(256)))
    file.name = "contract.pdf"
    assert refused(fm.upload_container("Members", made["id"], "Photo", file)) == []
    assert ".pdf" in fm.get_record("Members", made["id"]).response.data[0].field_data["Photo"]


@step("names in other alphabets")
def _() -> None:
    result = fm.find("Übersicht der Mitglieder", [{"Name": "Ångström"}], limit=1)
    assert result.response.data[0].field_data["id"] == "M-003"


@step("layouts, scripts, metadata")
def _() -> None:
    assert refused(fm.get_layouts()) == []
    assert refused(fm.get_scripts()) == []
    assert refused(fm.get_layout(layout="Members")) == []
    assert refused(fm.get_product_info()) == []


@step("delete")
def _() -> None:
    assert refused(fm.delete_record("Members", made["id"])) == []
    assert refused(fm.get_record("Members", made["id"])) == [101]


@step("log out, then log in by itself")
def _() -> None:
    assert refused(fm.logout()) == []
    assert refused(fm.get_record("Members", "1")) == []
    assert refused(fm.logout()) == []


@step("log in by Claris ID")
def _() -> None:
    os.environ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"] = os.environ["COGNITO_URL"]
    cloud = client(
        fmdata.ClarisCloudLogin(
            claris_id_name=os.environ["CLARIS_ID"], claris_id_password=os.environ["CLARIS_PASSWORD"]
        ),
        "CLOUD_URL",
    )
    assert cloud.get_record("Members", "1").response.data[0].field_data["Name"] == "Ada Lovelace"
    cloud.logout()


finish()
