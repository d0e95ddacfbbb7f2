"""Users of a pool from a JSON file, for a host that runs as a process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from .users import User


class UserListError(ValueError):
    """The file is not a list of users. Names the file, the user and the remedy."""


def read_users(path: Path) -> list[User]:
    """A JSON list of objects with the fields of `User`, for instance

    `[{"name": "ada@example.com", "password": "...", "factors": ["SMS_MFA"]}]`. Raises UserListError.
    """
    try:
        value: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserListError(f"{path.name} cannot be read as JSON: {error}") from None
    if not isinstance(value, list):
        raise UserListError(f"{path.name} is not a list of users.")
    known = [each.name for each in fields(User)]
    users: list[User] = []
    for number, words in enumerate(value, 1):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        try:
            given = TypeAdapter(dict[str, Any]).validate_python(words)
            unknown = next((name for name in given if name not in known), None)
            if unknown is not None:
                near = get_close_matches(unknown, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
                raise UserListError(f"{path.name}, user {number}: there is no {unknown!r}; {hint}")
            users.append(TypeAdapter(User).validate_python(given))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the user"
            raise UserListError(f"{path.name}, user {number}: {place}: {first['msg']}.") from None
    return users


def user_changes(changes: Mapping[str, object]) -> dict[str, object]:
    """Changes of a user as JSON has them, in the types of `User`. Raises ValueError for a field or value that it has not."""
    known = {each.name: get_type_hints(User)[each.name] for each in fields(User)}
    for name in changes:
        if name not in known or name == "name":
            raise ValueError(f"A user has no {name!r} to change; known are {', '.join(known)}.")
    return {name: TypeAdapter[object](known[name]).validate_python(value) for name, value in changes.items()}
