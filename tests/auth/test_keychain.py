"""The keychain: long entries in parts, as Windows wants them; a machine without one says what else to do."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.compat import properties
from keyring.errors import PasswordDeleteError, PasswordSetError

from filemaker_mcp.server.app.sign_in_accounts import account_for
from filemaker_mcp.server.auth.keychain import Keychain
from filemaker_mcp.server.auth.saved_login import LoginKeychain
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.config.database_settings import DatabaseSettings
from filemaker_mcp.server.errors import ConfigurationError


class Small(KeyringBackend):
    """Takes as much as Windows' Credential Manager does."""

    @properties.classproperty
    def priority(self) -> float:
        return 1

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > 1280:
            raise PasswordSetError("too long")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("none")


@pytest.fixture
def small() -> Generator[Small]:
    before = keyring.get_keyring()
    backend = Small()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def none() -> Generator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


def database() -> DatabaseSettings:
    environment = {
        "FILEMAKER_HOST": "fm.example.com",
        "FILEMAKER_DATABASE": "Sales",
        "FILEMAKER_USERNAME": "api",
        "FILEMAKER_PASSWORD": "keychain",
    }
    return settled(overlaid({}, environment), None).database["Sales"]


@pytest.mark.parametrize("length", [1, 1000, 1001, 1800, 5000])
def test_a_secret_of_any_length_comes_back_and_goes_whole(small: Small, length: int) -> None:
    text = ("ü密k" * length)[:length]
    Keychain().write("name", "another before")
    Keychain().write("name", text)
    assert Keychain().read("name") == text
    assert Keychain().delete("name")
    assert not small.entries
    assert not Keychain().delete("name")


def test_a_kept_sign_in_can_live_there(small: Small, tmp_path: Path) -> None:
    logins = LoginKeychain(tmp_path)
    assert logins.read("Claris ID") is None
    assert logins.write("Claris ID", {"refresh_token": "r" * 1800})
    assert (logins.read("Claris ID") or {})["refresh_token"] == "r" * 1800
    assert logins.delete("Claris ID")
    assert not small.entries


def test_a_password_is_read_when_it_is_needed(small: Small) -> None:
    account = account_for(database(), {})
    assert account.password is not None
    with pytest.raises(ConfigurationError, match=r"holds no password for api@Sales.*filemaker-mcp setup"):
        account.password()
    small.entries["filemaker-mcp", "api@Sales on fm.example.com"] = "secret"
    assert account.password() == "secret"


@pytest.mark.usefixtures("none")
def test_a_machine_without_a_keychain_says_what_else_to_do(tmp_path: Path) -> None:
    assert not Keychain.usable()
    account = account_for(database(), {})
    assert account.password is not None
    with pytest.raises(ConfigurationError, match="keep the secret in a file"):
        account.password()
    assert LoginKeychain(tmp_path).read("Claris ID") is None
    assert not LoginKeychain(tmp_path).write("Claris ID", {})
