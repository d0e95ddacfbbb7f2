"""Places on this machine that do not work are noticed at the start and by the diagnosis, not at the first use."""

from __future__ import annotations

from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.config.configuration import settled
from filemaker_mcp.server.config.strict_settings import Secret
from filemaker_mcp.server.diagnosis.stages import EXIT_STATUS
from filemaker_mcp.server.errors import ConfigurationError

from ..assistant import assisted

pytestmark = pytest.mark.anyio

DATABASE = {
    "host": "http://127.0.0.1:9",
    "file": "Sales",
    "account": "a",
    "password": Secret.model_validate({"value": "b"}),
}


@pytest.fixture
def in_the_way(tmp_path: Path) -> Path:
    """A file where a folder would have to be: it stops everybody, also an administrator."""
    file = tmp_path / "in the way"
    file.write_text("not a certificate", encoding="utf-8")
    return file


def test_a_place_that_the_owner_named_and_that_cannot_work_refuses_to_start(in_the_way: Path) -> None:
    for name, place, said in (
        ("state", in_the_way / "state.db", "state file .* cannot be written"),
        ("files_folder", in_the_way, "files folder .* cannot be used: it is not a folder"),
        ("files_folder", in_the_way / "deep" / "files", "there is no folder"),
    ):
        settings = settled({"database": {"sales": DATABASE}, name: str(place)}, None)
        with pytest.raises(ConfigurationError, match=said) as caught:
            build(settings)
        assert f"`{name}`" in caught.value.advice
    with pytest.raises(ConfigurationError, match="holds no certificates in PEM form"):
        settled({"database": {"sales": {**DATABASE, "ca_file": str(in_the_way)}}}, None)


def test_doctor_says_it_as_a_stage_of_its_own(
    in_the_way: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "HOST": "http://127.0.0.1:9",
        "DATABASE": "Sales",
        "USERNAME": "a",
        "PASSWORD": "b",
        "STATE": str(in_the_way / "state.db"),
    }.items():
        monkeypatch.setenv(f"FILEMAKER_{name}", value)
    assert main(["doctor"]) == EXIT_STATUS["this machine"]
    told = capsys.readouterr().out
    assert "this machine" in told
    assert "what to do: Name another file with the setting `state`" in " ".join(told.split())


async def test_check_connection_warns_of_a_files_folder_that_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "share" / "files"
    folder.parent.mkdir()
    async with assisted({"FILEMAKER_FILES_FOLDER": str(folder)}) as assistant:
        first = (await assistant.ask("check_connection"))["stages"][0]
        assert (first["stage"], first["result"]) == ("this machine", "ok")
        folder.parent.rmdir()
        answer = await assistant.ask("check_connection")
        assert answer["connected"]
        assert answer["stages"][0]["result"] == "warning"
        assert f"there is no folder {folder.parent}" in answer["stages"][0]["found"]
        assert "`files_folder`" in answer["stages"][0]["remedy"]
