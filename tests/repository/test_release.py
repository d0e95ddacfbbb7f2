"""What a release consists of, as far as that can be seen without publishing."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bundle import release
from filemaker_mcp.server import __version__
from filemaker_mcp.server.config.configuration import configured

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads(
    Path(__file__).with_name("schemas").joinpath("server.schema.json").read_text(encoding="utf-8")
)


def test_the_entry_of_the_registry_is_valid_and_names_this_version() -> None:
    entry = release.server_json()
    jsonschema.validate(entry, SCHEMA)
    assert entry["version"] == __version__ == entry["packages"][0]["version"]


def test_the_schema_refuses_what_the_registry_refuses() -> None:
    for broken in (
        {"name": "filemaker-mcp"},
        {"description": "x" * 101},
        {"packages": [{"identifier": "x"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(release.server_json() | broken, SCHEMA)


def test_the_variables_of_the_entry_are_settings(tmp_path: Path) -> None:
    nowhere = tmp_path / "none.toml"
    nowhere.write_text("", encoding="utf-8")
    values = {"FILEMAKER_HOST": "fm.example.com", "FILEMAKER_ACCESS": "read"}
    assert configured({name: values.get(name, "x") for name, *_ in release.VARIABLES}, nowhere)


def test_the_package_page_carries_the_name_of_the_entry() -> None:
    """The registry takes a package for ours only if its page says so."""
    assert f"mcp-name: {release.NAME}" in ROOT.joinpath("README.md").read_text(encoding="utf-8")


def test_the_list_of_parts_has_every_package_that_runs_with_the_server() -> None:
    listed = {part["name"]: part["version"] for part in release.parts()["components"]}
    assert {"mcp", "httpx", "pycognito", "pydantic-settings", "keyring"} <= listed.keys()
    assert "pytest" not in listed
    project = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in project["dependencies"]}
    assert declared - listed.keys() == set(), "make lock was not run"
    every = ROOT.joinpath("requirements.txt").read_text(encoding="utf-8")
    assert all(f"{name}=={exact} " in every for name, exact in listed.items())


def test_another_tag_than_the_version_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"v9\.9\.9 is not v"):
        release.check("v9.9.9")


def test_what_is_not_needed_to_run_stays_out_of_the_image() -> None:
    text = ROOT.joinpath("Containerfile").read_text(encoding="utf-8")
    final = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001$", final, re.MULTILINE)
    assert "requirements.txt" not in final
    assert "--require-hashes -r requirements-run.txt" in text
