"""The desktop bundle: every field is a setting, secrets are marked, and what is needed is inside."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bundle import make as bundle
from filemaker_mcp.server.config.configuration import configured
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.local.own_command import as_typed

ROOT = Path(__file__).parents[2]


def environment(**filled: str) -> dict[str, str]:
    """What the desktop hands over: fields that are filled in, and the placeholders of those that are not."""
    given: dict[str, str] = bundle.manifest()["server"]["mcp_config"]["env"]
    return {
        name: filled.get(value.removeprefix("${user_config.").removesuffix("}"), value)
        for name, value in given.items()
    }


def test_every_field_is_a_setting_and_an_empty_one_is_unset(tmp_path: Path) -> None:
    filled = {"host": "fm.example.com", "database": "Sales", "username": "api", "password": "secret"}
    nowhere = tmp_path / "none.toml"
    nowhere.write_text("", encoding="utf-8")
    settings = next(iter(configured(environment(**filled), nowhere).database.values()))
    assert settings.password is not None
    assert (settings.file, settings.account, settings.access) == ("Sales", "api", "read")
    assert settings.claris_refresh_token is None
    assert settings.ca_file is None
    emptied = dict.fromkeys(bundle.USER_CONFIG, "") | filled
    assert configured(environment(**emptied), nowhere)


def test_an_empty_form_names_its_own_fields(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ConfigurationError) as refused:
        configured(environment())
    said = as_typed(str(refused.value), environment())
    assert "'FileMaker host' in the extension's settings" in said
    assert "FILEMAKER_" not in said


def test_a_configuration_file_of_the_form_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[database.a]\nhost = "a"\nfile = "A"\n[database.b]\nhost = "b"\nfile = "B"\n', encoding="utf-8"
    )
    assert list(configured(environment(config=str(file))).database) == ["a", "b"]


def test_secrets_are_marked_and_have_no_default() -> None:
    sensitive = {name for name, field in bundle.USER_CONFIG.items() if field.get("sensitive")}
    assert sensitive == {"password", "claris_refresh_token"}
    assert not any("default" in bundle.USER_CONFIG[name] for name in sensitive)


def test_what_it_starts_is_inside(tmp_path: Path) -> None:
    folder = bundle.make(tmp_path / "mcpb")
    manifest = bundle.manifest()
    assert (folder / manifest["server"]["entry_point"]).is_file()
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert manifest["server"]["mcp_config"]["args"][-1] in project["scripts"]
    assert not [path for path in folder.rglob("*") if path.is_symlink() or path.name == "__pycache__"]
