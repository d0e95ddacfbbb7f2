"""The keys to which a field is compared, as one digest: an agreement to what they choose covers these keys and no others."""

from __future__ import annotations

import pytest

from filemaker_mcp.server.criteria import key_set
from filemaker_mcp.server.criteria.key_set import KeySet
from filemaker_mcp.server.text.sentence import neutral


def digest(*values: object, as_numbers: bool = False) -> str:
    keys = KeySet(neutral(""), as_numbers=as_numbers)
    for value in values:
        keys.add([value])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    return keys.digest()


def test_the_same_keys_have_the_same_digest_in_any_order_and_spelling() -> None:
    assert digest("Bonn", "Köln") == digest("KOLN", "bonn", "Bonn", "", None)
    assert digest(1, "2.50", as_numbers=True) == digest("2.5", "1.0", as_numbers=True)


@pytest.mark.parametrize(
    "others", [("Bonn",), ("Bonn", "Kiel"), ("Bonn", "Köln", "Kiel"), ("BonnKöln",), ("Bon", "nKöln")]
)
def test_other_keys_have_another_digest(others: tuple[str, ...]) -> None:
    assert digest("Bonn", "Köln") != digest(*others)


def test_keys_that_went_to_a_file_have_the_digest_of_those_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{letter}{number}" for letter in "aäZ\uffee😀" for number in range(9)]
    in_memory = digest(*names)
    monkeypatch.setattr(key_set, "IN_MEMORY", 4)
    assert digest(*names) == in_memory
    assert digest(*names[:-1]) != in_memory
