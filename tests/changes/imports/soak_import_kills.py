"""Imports of 300 rows, killed at any moment again and again, with each kind of key: `make soak`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .test_killed_import import KEYS, killed_import

pytestmark = pytest.mark.anyio

FURTHER: dict[str, tuple[str, str | list[str]]] = {
    "the import's own key": ("{}", "Ref"),
    "another key of the owner's": ('{"Jobs": "Code"}', "Ref"),
}


@pytest.mark.parametrize(("keys", "key"), (KEYS | FURTHER).values(), ids=list(KEYS | FURTHER))
async def test_each_of_300_rows_is_there_once_whenever_the_process_is_killed(
    tmp_path: Path, keys: str, key: str | list[str]
) -> None:
    await killed_import(tmp_path, keys, key, known=150, kills=4, chance=random.Random(keys))
