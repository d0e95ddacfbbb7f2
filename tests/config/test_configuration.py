"""What the owner writes, and what is refused with the sentence that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from filemaker_mcp.server.config.configuration import configured
from filemaker_mcp.server.config.settings import Settings
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.local.state.state_place import StatePlace

from ..auth.test_connection import certificate

ONE = {"FILEMAKER_HOST": "fm.example.com", "FILEMAKER_DATABASE": "Sales", "FILEMAKER_USERNAME": "assistant"}
FILE = """
[database.sales]
host = "fm.example.com"
file = "Sales"
account = "assistant"
password = { env = "SALES_PASSWORD" }
"""


def written(folder: Path, text: str, name: str = "config.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refusal(environment: dict[str, str], file: Path | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        configured(environment, file)
    return str(caught.value)


def only(settings: Settings):
    (database,) = settings.database.values()
    return database


def test_one_database_comes_from_the_environment_alone() -> None:
    database = only(configured(ONE))
    assert database.base_url == "https://fm.example.com"
    assert (database.file, database.account, database.access) == ("Sales", "assistant", "read")


@pytest.mark.parametrize("host", ["fm.example.com", "https://fm.example.com", "https://fm.example.com/"])
def test_a_host_is_understood_with_and_without_its_scheme(host: str) -> None:
    assert only(configured(ONE | {"FILEMAKER_HOST": host})).base_url == "https://fm.example.com"


@pytest.mark.parametrize("host", ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:3000"])
def test_plain_http_is_taken_for_this_machine(host: str) -> None:
    assert only(configured(ONE | {"FILEMAKER_HOST": host})).base_url == host


@pytest.mark.parametrize("host", ["http://fm.example.com", "http://10.0.0.5", "http://localhost.example.com"])
def test_plain_http_to_another_machine_is_refused(host: str) -> None:
    assert "use https" in refusal(ONE | {"FILEMAKER_HOST": host})


def test_an_empty_environment_says_what_to_set() -> None:
    sentence = refusal({}, None)
    assert "FILEMAKER_HOST" in sentence
    assert "--demo" in sentence


def test_settings_that_do_not_go_together_are_told_without_the_name_of_one(tmp_path: Path) -> None:
    file = written(tmp_path, FILE + '[[callers]]\nmatch = {issuer = "keys"}\nrole = "owner"')
    assert refusal({}, file).startswith(f"{file}: the 1. of callers is an owner")


def test_an_empty_variable_is_unset() -> None:
    assert only(configured(ONE | {"FILEMAKER_ACCESS": "", "FILEMAKER_HOTS": ""})).access == "read"


def test_a_misspelt_variable_is_refused_with_the_right_name() -> None:
    assert "FILEMAKER_ACCESS" in refusal(ONE | {"FILEMAKER_ACESS": "edit"})


def test_a_misspelt_setting_in_the_file_is_refused_with_the_right_name(tmp_path: Path) -> None:
    sentence = refusal({}, written(tmp_path, FILE.replace("host =", "hots =")))
    assert "database.sales.hots" in sentence
    assert "'host'" in sentence


def test_a_misspelt_value_names_those_that_exist() -> None:
    assert "'read', 'edit' or 'delete'" in refusal(ONE | {"FILEMAKER_ACCESS": "edti"})


def test_a_missing_setting_is_named() -> None:
    assert refusal({"FILEMAKER_HOST": "fm.example.com"}).startswith("FILEMAKER_DATABASE is not set")


def test_the_environment_beats_the_file(tmp_path: Path) -> None:
    settings = configured({"FILEMAKER_ACCESS": "edit"}, written(tmp_path, FILE))
    assert only(settings).access == "edit"


def test_a_variable_that_could_belong_to_several_databases_is_refused(tmp_path: Path) -> None:
    two = FILE + FILE.replace("database.sales", "database.stock")
    assert "several databases" in refusal({"FILEMAKER_ACCESS": "edit"}, written(tmp_path, two))


def test_a_file_builds_on_the_one_it_extends(tmp_path: Path) -> None:
    written(
        tmp_path, 'fiscal_year_start = 4\n[database.sales]\naccess = "read"\ntimeout = 10\n', "office.toml"
    )
    settings = configured({}, written(tmp_path, 'extends = "office.toml"\n' + FILE + 'access = "edit"\n'))
    assert settings.fiscal_year_start == 4
    assert (only(settings).timeout, only(settings).access) == (10, "edit")


def test_a_file_that_extends_itself_is_refused(tmp_path: Path) -> None:
    assert "extends itself" in refusal({}, written(tmp_path, 'extends = "config.toml"'))


def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    sentence = refusal({}, written(tmp_path, FILE.replace('{ env = "SALES_PASSWORD" }', '"hunter2"')))
    assert "does not belong in the file" in sentence
    assert "hunter2" not in sentence


def test_a_configuration_that_was_named_and_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "is not there" in refusal({"FILEMAKER_CONFIG": str(tmp_path / "none.toml")})


def test_a_file_in_another_encoding_is_told_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes('[database.a]\nhost = "h"\nfile = "Verk\u00e4ufe"\n'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"is not UTF-8 text \(line 3\)"):
        configured({}, file)


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    with pytest.raises(Exception, match="frozen"):
        configured(ONE).log_level = "DEBUG"  # type: ignore[misc] -- that it is refused is the point


def test_a_password_shows_in_no_representation() -> None:
    assert "hunter2" not in repr(configured(ONE | {"FILEMAKER_PASSWORD": "hunter2"}))


def test_a_misspelt_table_of_databases_gets_its_right_name(tmp_path: Path) -> None:
    file = written(tmp_path, FILE.replace("[database", "[databse"))
    assert "'databse'" in refusal({}, file)
    assert "Did you mean 'database'?" in refusal({}, file)


@pytest.mark.parametrize(
    ("word", "right"), [("database", "file"), ("username", "account"), ("URL", "host"), ("pass", "password")]
)
def test_what_people_call_a_setting_leads_to_its_name_in_a_file(
    tmp_path: Path, word: str, right: str
) -> None:
    assert f"Did you mean '{right}'?" in refusal({}, written(tmp_path, f'{FILE}{word} = "x"\n'))


@pytest.mark.parametrize(
    ("word", "right"),
    [("FILE", "DATABASE"), ("ACCOUNT", "USERNAME"), ("SERVER", "HOST"), ("USRNAME", "USERNAME")],
)
def test_what_people_call_a_setting_leads_to_its_variable(word: str, right: str) -> None:
    assert f"Did you mean FILEMAKER_{right}?" in refusal(ONE | {f"FILEMAKER_{word}": "x"})


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('hidden_fields = "Salary"', "takes a table"),
        ("hidden_fields = [1]", "takes text"),
        ('layouts = "Tasks"', "takes a list"),
        ('timeout = "fast"', "takes a number"),
        ("sessions = 1.5", "takes a whole number"),
        ("stage = 5", "'database.sales.stage' in"),
        ('scripts = { A = { run_once = "5 weeks" } }', "takes a length of time such as 30s"),
        ('limits = { licence_year_starts = "1 March" }', "takes a month and a day such as 03-15"),
        ('ca_file = "gone.pem"', "there is no file"),
        ('[database.sales.scope.Tasks]\nwhere = { A = "b" }', "It cannot be left out there."),
        ('[database.sales.scope.Tasks]\nwhere = { A = "b" }\nkye = "ID"', "Did you mean 'key'?"),
        ("[database.sales.limits]\nwrites_per_min = 1", "Did you mean 'writes_per_minute'?"),
    ],
)
def test_a_setting_of_the_wrong_shape_gets_the_right_one(tmp_path: Path, more: str, says: str) -> None:
    assert says in refusal({}, written(tmp_path, FILE + more + "\n"))


def test_a_time_zone_that_nobody_knows_is_refused_at_the_start() -> None:
    assert "'Europe/Berln'" in refusal(ONE | {"FILEMAKER_TIME_ZONE": "Europe/Berln"})


def test_paths_in_a_file_stand_where_the_file_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    certificate(tmp_path, "localhost")[0].rename(tmp_path / "below" / "office.pem")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    text = FILE.replace('{ env = "SALES_PASSWORD" }', '{ file = "secret" }')
    below = 'state = "state.db"\n[database.sales]\nca_file = "office.pem"\n'
    written(tmp_path / "below", below, "office.toml")
    file = written(tmp_path, f'extends = "below/office.toml"\nfiles_folder = "~/shared"\n{text}')
    settings = configured({}, file)
    password = only(settings).password
    assert password is not None
    assert password.file == tmp_path / "secret"
    assert only(settings).ca_file == tmp_path / "below" / "office.pem"
    assert settings.state is not None
    assert settings.state.file == tmp_path / "below" / "state.db"
    assert settings.files_folder == tmp_path / "home" / "shared"
    told = configured(ONE | {"FILEMAKER_STATE": "~/state.db"})
    assert told.state is not None
    assert told.state.file == tmp_path / "home" / "state.db"


def test_the_state_may_be_in_postgresql_by_a_variable_that_holds_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql://fm:secret@db.example/state?sslmode=verify-full"
    monkeypatch.setenv("FM_STATE_URL", address)
    file = written(tmp_path, f'state = {{ postgres = {{ env = "FM_STATE_URL" }} }}\n{FILE}')
    named, direct = configured({}, file).state, configured(ONE | {"FILEMAKER_STATE": address}).state
    assert named is not None
    assert direct is not None
    assert named.place() == direct.place() == StatePlace(url=address)
    assert "secret" not in f"{named!r} {direct!r} {direct.place()!r}"
    kept = configured({}, written(tmp_path, f'state = {{ file = "kept.db" }}\n{FILE}')).state
    assert kept is not None
    assert kept.place() == StatePlace(tmp_path / "kept.db")
    as_json = configured(ONE | {"FILEMAKER_STATE": '{"postgres": {"env": "FM_STATE_URL"}}'}).state
    assert as_json == named


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ('"postgresql://fm:secret@db.example/state"', "does not belong in the file"),
        ('{ postgres = { env = "FILEMAKER_STATE_URL" } }', "does not begin with FILEMAKER_"),
        ("{ postgres = { } }", "FM_STATE_URL"),
        ("{ }", "takes a file"),
        ('{ file = "a", postgres = { env = "B" } }', "takes a file"),
    ],
)
def test_a_state_that_is_not_named_as_it_should_be_is_refused_in_words(
    setting: str, told: str, tmp_path: Path
) -> None:
    text = refusal({}, written(tmp_path, f"state = {setting}\n{FILE}"))
    assert told in text
    assert "secret" not in text


def test_a_variable_for_the_state_that_is_missing_is_named() -> None:
    for given in ({}, {"FM_STATE_URL": "state.db"}):
        place = configured(ONE | {"FILEMAKER_STATE": '{"postgres": {"env": "FM_STATE_URL"}}'}).state
        assert place is not None
        with pytest.raises(ConfigurationError, match="FM_STATE_URL"):
            place.place(given)


def test_a_password_keeps_the_spaces_it_begins_and_ends_with() -> None:
    password = only(configured(ONE | {"FILEMAKER_PASSWORD": " two words "})).password
    assert password is not None
    assert password.value is not None
    assert password.value.get_secret_value() == " two words "


def test_the_old_word_for_an_approval_by_the_client_is_still_understood() -> None:
    """It was called `host`, which is the FileMaker server everywhere else."""
    for word in ("client", "host"):
        assert only(configured(ONE | {"FILEMAKER_APPROVAL": word})).approval == "client"
