"""A list of users in a file, and its mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.cognito.user_list import UserListError, read_users
from filemaker_mcp.server.emulator.cognito.users import Factor, State, User


def test_users_are_read_with_their_factors_and_states(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    words = {"name": "ada@example.com", "password": "pässword", "factors": ["SMS_MFA"], "state": "disabled"}
    path.write_text(json.dumps([words, {"name": "bob"}]), encoding="utf-8")
    ada = User("ada@example.com", "pässword", (Factor.SMS,), state=State.DISABLED)
    assert read_users(path) == [ada, User("bob")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "users.json cannot be read as JSON"),
        ("{}", "users.json is not a list of users."),
        ("[1]", "user 1: the user: Input should be a valid dictionary"),
        ('[{"name": "a"}, {}]', "user 2: name: Field required"),
        ('[{"name": "a", "pasword": "b"}]', "user 1: there is no 'pasword'; did you mean 'password'?"),
        ('[{"name": "a", "factors": ["SMS"]}]', "user 1: factors.0: Input should be 'SOFTWARE_TOKEN_MFA'"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "users.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserListError) as caught:
        read_users(path)
    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserListError, match=r"none\.json cannot be read"):
        read_users(tmp_path / "none.json")
