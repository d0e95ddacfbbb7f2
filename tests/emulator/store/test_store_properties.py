"""Sorting and relationships through the indexes, held against doing it the plain way."""

from __future__ import annotations

from random import Random

import pytest

from filemaker_mcp.server.emulator.model import Field, FieldType, Table
from filemaker_mcp.server.emulator.store.store import SortKey, Store

from ..find_language.checking_finds import FAMILIES, SOAK
from ..reference.moments import amount
from ..reference.words import compared, fold

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
NUMBERS = ["", "5", "5.0", "$5", "-1", "12", "0.5", "abc", "7 7"]
Kept = dict[int, tuple[str, str]]


def filled(chance: Random, language: str) -> tuple[Store, Kept]:
    """A store whose records have come, changed and gone, with its indexes built in between."""
    fields = {"Text": Field("Text", index_language=language), "Number": Field("Number", FieldType.NUMBER)}
    store = Store([Table("T", fields)])
    words = chance.choice(FAMILIES) + chance.choice(FAMILIES) + [""]
    kept: Kept = {}
    for step in range(24):
        text = chance.choice(["\r", " "]).join(chance.choices(words, k=chance.choice([1, 1, 2])))
        number = chance.choice(NUMBERS)
        if kept and chance.random() < 0.3:
            record = chance.choice(list(kept))
            store.update("T", record, {"Text": text, "Number": number})
        else:
            record = store.insert("T", {"Text": text, "Number": number}).record_id
        kept[record] = (text, number)
        if chance.random() < 0.1:
            store.delete("T", record)
            del kept[record]
        if step == 10:
            store.sorted("T", None, [SortKey("Text")])
            store.related("T", "Number", "=", ["5"])
    return store, kept


@pytest.mark.parametrize("language", ["English", "Default", "Unicode"])
def test_a_sort_is_the_plain_one_however_much_of_the_table_it_orders(language: str) -> None:
    for seed in range(8 * SOAK):
        chance = Random(f"sort {language} {seed}")
        store, kept = filled(chance, language)

        def place(record: int, field: str, kept: Kept = kept) -> tuple[object, ...]:
            text, number = kept[record]
            if field == "Text":
                # Accents decide only between texts that are equal without them; a text that has none comes first.
                bare, accented = (fold(text, language, accents=accents) for accents in (False, True))
                return bare, bare != accented, accented
            size = amount("number", number)
            return (number != "", size is not None, size or 0, number if size is None else "")

        keys = [SortKey(field, chance.random() < 0.5) for field in chance.sample(["Text", "Number"], k=2)]
        for chosen in (keys[:1], keys):
            for ids in (None, list(kept), chance.sample(list(kept), k=min(4, len(kept)))):
                ordered = sorted(kept if ids is None else ids)
                for key in reversed(chosen):
                    ordered.sort(key=lambda record, of=key: place(record, of.field), reverse=key.descending)
                assert store.sorted("T", ids, chosen) == ordered
                assert store.sorted("T", ids, chosen, first=3) == ordered[:3]
        store.close()


@pytest.mark.parametrize("language", ["English", "Default", "Unicode"])
def test_a_relationship_holds_for_the_lines_and_numbers_that_it_names(language: str) -> None:
    for seed in range(8 * SOAK):
        chance = Random(f"related {language} {seed}")
        store, kept = filled(chance, language)
        for field, place in (("Text", 0), ("Number", 1)):
            near = [
                "\r".join(chance.choices([row[place] for row in kept.values()] or [""], k=2))
                for _ in range(2)
            ]

            def forms(text: str, field: str = field) -> list[object]:
                if field == "Number":
                    return [size for line in text.split("\r") if (size := amount("number", line)) is not None]
                return [compared(line, language) for line in text.split("\r") if line]

            wanted = [form for text in near for form in forms(text)]
            for operator in ("=", "!="):
                hits = [
                    record
                    for record, row in kept.items()
                    if any(
                        (mine == theirs) is (operator == "=")
                        for mine in forms(row[place])
                        for theirs in wanted
                    )
                ]
                assert store.related("T", field, operator, near) == sorted(hits), (operator, near, kept)
        store.close()
