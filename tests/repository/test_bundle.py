"""The desktop bundle: every field is a setting, secrets are marked, and what is needed is inside."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.config.configuration import configured

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bundle() -> Any:
    spec = importlib.util.spec_from_file_location("bundle_make", ROOT / "bundle" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def environment(bundle: Any, **filled: str) -> dict[str, str]:
    """What the desktop hands over: fields that are filled in, and the placeholders of those that are not."""
    given: dict[str, str] = bundle.manifest()["server"]["mcp_config"]["env"]
    return {
        name: filled.get(value.removeprefix("${user_config.").removesuffix("}"), value)
        for name, value in given.items()
    }


def test_every_field_is_a_setting_and_an_empty_one_is_unset(bundle: Any, tmp_path: Path) -> None:
    filled = {"host": "fm.example.com", "database": "Sales", "username": "api", "password": "secret"}
    nowhere = tmp_path / "none.toml"
    nowhere.write_text("", encoding="utf-8")
    settings = next(iter(configured(environment(bundle, **filled), nowhere).database.values()))
    assert settings.password is not None
    assert (settings.file, settings.account, settings.access) == ("Sales", "api", "read")
    assert settings.claris_refresh_token is None
    assert settings.ca_file is None
    emptied = dict.fromkeys(bundle.USER_CONFIG, "") | filled
    assert configured(environment(bundle, **emptied), nowhere)


def test_secrets_are_marked_and_have_no_default(bundle: Any) -> None:
    sensitive = {name for name, field in bundle.USER_CONFIG.items() if field.get("sensitive")}
    assert sensitive == {"password", "claris_refresh_token"}
    assert not any("default" in bundle.USER_CONFIG[name] for name in sensitive)


def test_what_it_starts_is_inside(bundle: Any, tmp_path: Path) -> None:
    folder = bundle.make(tmp_path / "mcpb")
    manifest = bundle.manifest()
    assert (folder / manifest["server"]["entry_point"]).is_file()
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert manifest["server"]["mcp_config"]["args"][-1] in project["scripts"]
    assert not [path for path in folder.rglob("*") if path.is_symlink() or path.name == "__pycache__"]
