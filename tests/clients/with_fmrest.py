"""python-fmrest, as its manual uses it."""

from __future__ import annotations

import importlib
import io
import os
from typing import Any

from steps import finish, step

fmrest: Any = importlib.import_module("fmrest")
errors: Any = importlib.import_module("fmrest.exceptions")


def server(**changes: str) -> Any:
    settings: dict[str, Any] = {
        "user": os.environ["FM_ACCOUNT"],
        "password": os.environ["FM_PASSWORD"],
        "database": "Club",
        "layout": "Members",
        "verify_ssl": os.environ["FM_AUTHORITY"],
        "api_version": "v1",
        **changes,
    }
    return fmrest.Server(os.environ["FM_URL"], **settings)


def error_of(action: Any, *arguments: Any, **named: Any) -> str:
    try:
        action(*arguments, **named)
    except errors.FileMakerError as error:
        return str(error)
    raise AssertionError("FileMaker accepted what it should refuse")


fms = server()
made: dict[str, Any] = {}


@step("wrong password")
def _() -> None:
    assert "212" in error_of(server(password="wrong").login)


@step("log in")
def _() -> None:
    assert fms.login()


@step("find")
def _() -> None:
    found = fms.find([{"Name": "Lovelace"}])
    assert found.info["foundCount"] == 1
    assert found[0].Name == "Ada Lovelace"
    assert found[0].Score == 9


@step("find nothing")
def _() -> None:
    assert "401" in error_of(fms.find, [{"Name": "Nobody"}])


@step("find, omit, sort, limit")
def _() -> None:
    found = fms.find(
        [{"Name": "*"}, {"Name": "Grace", "omit": "true"}],
        sort=[{"fieldName": "Score", "sortOrder": "ascend"}],
        limit=1,
    )
    assert (found.info["foundCount"], found.info["returnedCount"]) == (2, 1)
    assert found[0].Name == "Zoë Ångström"


@step("list")
def _() -> None:
    listed = fms.get_records(sort=[{"fieldName": "Score", "sortOrder": "descend"}], limit=2)
    assert [record.Name for record in listed] == ["Ada Lovelace", "Grace Hopper"]


@step("portals")
def _() -> None:
    record = fms.get_record(1, portals=[{"name": "Notes", "offset": 2, "limit": 1}])
    assert [row["note::text"] for row in record.portal_Notes] == ["second"]


@step("create with portal rows")
def _() -> None:
    made["id"] = fms.create_record(
        {"Name": "Katherine Johnson", "Score": "8.25", "Phone(2)": "2-2"},
        portals={"Notes": [{"note::text": "new"}, {"note::text": "newer"}]},
    )
    record = fms.get_record(made["id"])
    assert (record.Score, record["Phone(2)"], record.id) == (8.25, "2-2", "M-004")
    assert [row["note::text"] for row in record.portal_Notes] == ["new", "newer"]


@step("edit with modId")
def _() -> None:
    assert fms.edit_record(made["id"], {"Score": 9})
    record = fms.get_record(made["id"])
    record["Score"] = 10
    assert fms.edit(record, validate_mod_id=True)
    assert fms.get_record(made["id"]).Score == 10
    assert "306" in error_of(fms.edit, record, validate_mod_id=True)


@step("script")
def _() -> None:
    assert fms.perform_script("Echo", "a & b + c # ü") == (0, "a & b + c # ü")


@step("script with a find")
def _() -> None:
    fms.find([{"Name": "Grace"}], scripts={"after": ["Echo", "after"], "prerequest": ["Echo", "before"]})
    assert fms.last_script_result == {"prerequest": [0, "before"], "after": [0, "after"]}


@step("globals")
def _() -> None:
    assert fms.set_globals({"member::gGreeting": "hello"})
    assert fms.get_record(1).gGreeting == "hello"


@step("container up")
def _() -> None:
    file = io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    file.name = "photo.png"
    made["bytes"] = file.getvalue()
    assert fms.upload_container(made["id"], "Photo", file)


@step("container down")
def _() -> None:
    url = fms.get_record(made["id"]).Photo
    _, kind, _, response = fms.fetch_file(url)
    assert kind == "image/png"
    assert response.content == made["bytes"]


@step("names in other alphabets")
def _() -> None:
    found = fms.find([{"Name": "Ångström"}], request_layout="Übersicht der Mitglieder")
    assert found[0].id == "M-003"


@step("layouts, scripts, metadata")
def _() -> None:
    assert {item["name"] for item in fms.get_layouts()} == {"Members", "Übersicht der Mitglieder"}
    assert [item["name"] for item in fms.get_scripts()] == ["Echo", "Raise"]
    assert fms.get_product_info()["name"]
    names = [field["name"] for field in fms.get_layout()]
    assert names[:2] == ["id", "Name"]


@step("delete")
def _() -> None:
    assert fms.delete_record(made["id"])
    assert "101" in error_of(fms.get_record, made["id"])


@step("log out")
def _() -> None:
    token = fms._token
    assert fms.logout()
    fms._token = token
    assert "952" in error_of(fms.get_record, 1)


@step("log in by Claris ID")
def _() -> None:
    os.environ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"] = os.environ["COGNITO_URL"]
    cloud = fmrest.CloudServer(
        os.environ["CLOUD_URL"],
        user=os.environ["CLARIS_ID"],
        password=os.environ["CLARIS_PASSWORD"],
        database="Club",
        layout="Members",
        verify_ssl=os.environ["FM_AUTHORITY"],
        api_version="v1",
    )
    assert cloud.login()
    assert cloud.get_record(1).Name == "Ada Lovelace"
    assert cloud.logout()


finish()
