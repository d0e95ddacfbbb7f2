"""What is missing or does not go together is said before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from filemaker_mcp.server.app.sign_in_accounts import account_for
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.config.database_settings import DatabaseSettings
from filemaker_mcp.server.errors import ConfigurationError

from .workplace import BY_OTTO, BY_PROVIDER, BY_SERVICE, CLARIS_ID, FILE_ACCOUNT


def database(environment: dict[str, str]) -> DatabaseSettings:
    return next(iter(settled(overlaid({}, environment), None).database.values()))


@pytest.mark.parametrize(
    ("environment", "method"),
    [
        (FILE_ACCOUNT, "password"),
        (CLARIS_ID, "claris_id"),
        (BY_SERVICE, "claris_id"),
        (BY_PROVIDER, "oauth"),
        (BY_OTTO, "otto"),
        (CLARIS_ID | {"FILEMAKER_SIGN_IN": "password"}, "password"),
        (FILE_ACCOUNT | {"FILEMAKER_SIGN_IN": "claris_id"}, "claris_id"),
        (FILE_ACCOUNT | {"FILEMAKER_HOST": "SALES.SignInAccount.FileMaker-Cloud.com:443"}, "claris_id"),
    ],
)
def test_the_way_to_sign_in_follows_from_host_and_settings(environment: dict[str, str], method: str) -> None:
    assert database(environment).method == method
    assert account_for(database(environment), {})


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (FILE_ACCOUNT | {"FILEMAKER_USERNAME": ""}, "No account is set"),
        (FILE_ACCOUNT | {"FILEMAKER_PASSWORD": ""}, "FILEMAKER_PASSWORD_FILE"),
        (FILE_ACCOUNT | {"FILEMAKER_USERNAME": "a:b"}, "colon"),
        (CLARIS_ID | {"FILEMAKER_USERNAME": ""}, "wants a Claris ID"),
        (CLARIS_ID | {"FILEMAKER_CLARIS_POOL_ID": "us-west-2_A"}, "belong together"),
        (
            CLARIS_ID | {"FILEMAKER_CLARIS_POOL_ID": "A", "FILEMAKER_CLARIS_CLIENT_ID": "b"},
            "region and a name",
        ),
        (BY_SERVICE | {"FILEMAKER_PASSWORD": ""}, "token service needs"),
        (BY_SERVICE | {"FILEMAKER_TOKEN_SERVICE": "http://tokens.example.com"}, "use https"),
        (FILE_ACCOUNT | {"FILEMAKER_SIGN_IN": "oauth"}, "FILEMAKER_PROVIDER"),
        (FILE_ACCOUNT | {"FILEMAKER_SIGN_IN": "otto"}, "FILEMAKER_OTTO_KEY"),
        (FILE_ACCOUNT | {"FILEMAKER_DATA_SOURCES": '[{"file": "Stock"}]'}, "data source 'Stock'"),
        (FILE_ACCOUNT | {"FILEMAKER_DATA_SOURCES": '[{"fil": "Stock"}]'}, "Did you mean 'file'"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        account_for(database(environment), {})


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"\n"])
def test_a_secret_file_that_holds_none_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    environment = FILE_ACCOUNT | {"FILEMAKER_PASSWORD": "", "FILEMAKER_PASSWORD_FILE": str(file)}
    with pytest.raises(ConfigurationError, match=str(file)):
        account_for(database(environment), {})
