"""The store keeps records, their indexes and their counts true through changes, rollbacks and restarts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.find_language.find import parse
from filemaker_mcp.server.emulator.model import Field, FieldType, Table
from filemaker_mcp.server.emulator.store.store import SortKey, Store, UnknownName

NOTES = Table(
    "Club::Notes",
    {
        field.name: field
        for field in (
            Field("Title"),
            Field("Points", FieldType.NUMBER),
            Field("Phone", repetitions=3),
            Field("Due", FieldType.DATE),
        )
    },
)


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store([NOTES])
    yield made
    made.close()


def find(store: Store, field: str, criterion: str, repetition: int | None = None) -> list[int]:
    meaning = parse(criterion, NOTES.fields[field], today=date(2026, 11, 22))
    return sorted(store.matching("Club::Notes", field, repetition, meaning))


def add(store: Store, *rows: Mapping[str, str | list[str]]) -> list[int]:
    return [store.insert("Club::Notes", row).record_id for row in rows]


def test_a_record_keeps_its_values_and_counts_its_saves(store: Store) -> None:
    row = store.insert("Club::Notes", {"Title": "Ada", "Phone": ["1", "", "3"]})
    assert (row.record_id, row.mod_id) == (1, 0)
    assert row.values == {"Title": ("Ada",), "Phone": ("1", "", "3")}
    changed = store.update("Club::Notes", 1, {"Title": "Bob"})
    assert (changed.mod_id, changed.values["Title"]) == (1, ("Bob",))
    assert store.update("Club::Notes", 1, {}).mod_id == 1
    with store.transaction():
        store.update("Club::Notes", 1, {"Title": "C"})
        store.update("Club::Notes", 1, {"Points": "4"})
    assert store.read("Club::Notes", 1) == store.read_many("Club::Notes", [9, 1])[0]
    row = store.read("Club::Notes", 1)
    assert row is not None
    assert row.mod_id == 2


def test_a_record_id_is_never_given_twice(store: Store, tmp_path: Path) -> None:
    add(store, {}, {})
    store.delete("Club::Notes", 2)
    with suppress(KeyError), store.transaction():
        add(store, {})
        raise KeyError
    assert add(store, {}) == [4]
    kept = Store([NOTES], tmp_path / "club.db")
    add(kept, {}, {})
    kept.delete("Club::Notes", 2)
    kept.close()
    again = Store([NOTES], tmp_path / "club.db")
    assert add(again, {}) == [3]
    again.close()


def test_an_index_follows_every_change(store: Store) -> None:
    add(store, {"Title": "red apple", "Points": "1"}, {"Title": "green apple", "Points": "2"})
    assert (find(store, "Title", "apple"), find(store, "Points", ">1")) == ([1, 2], [2])
    store.update("Club::Notes", 1, {"Title": "red pear", "Points": "5"})
    add(store, {"Title": "apple"})
    assert (find(store, "Title", "apple"), find(store, "Points", ">1")) == ([2, 3], [1, 2])
    store.delete("Club::Notes", 2)
    assert (find(store, "Title", "apple"), find(store, "Points", ">1")) == ([3], [1])
    assert find(store, "Points", "=") == [3]
    assert store.load("Club::Notes", [{"Title": ["apple"]}, {"Title": ["plum"]}]) == 2
    assert find(store, "Title", "apple") == [3, 4]


def test_a_transaction_that_fails_leaves_no_trace_in_records_or_indexes(store: Store) -> None:
    add(store, {"Title": "red apple"}, {"Title": "pear"})
    before = store.digest()
    with suppress(KeyError), store.transaction():
        store.update("Club::Notes", 1, {"Title": "plum"})
        store.delete("Club::Notes", 2)
        add(store, {"Title": "apple"})
        assert find(store, "Title", "apple") == [3]
        raise KeyError
    assert store.digest() == before
    assert (find(store, "Title", "apple"), find(store, "Title", "plum")) == ([1], [])
    assert store.count("Club::Notes") == 2


def test_what_was_read_is_read_anew_after_a_change_and_after_a_rollback(store: Store) -> None:
    add(store, {"Title": "apple"}, {"Title": "pear"})

    def seen() -> tuple[tuple[str, ...] | None, list[int]]:
        row = store.read("Club::Notes", 1)
        return row and row.values["Title"], list(store.related("Club::Notes", "Title", "=", {"apple"}))

    assert seen() == (("apple",), [1])
    with suppress(KeyError), store.transaction():
        store.update("Club::Notes", 1, {"Title": "plum"})
        assert seen() == (("plum",), [])
        with suppress(KeyError), store.transaction():
            store.update("Club::Notes", 2, {"Title": "apple"})
            assert seen() == (("plum",), [2])
            raise KeyError
        assert seen() == (("plum",), [])
        raise KeyError
    assert seen() == (("apple",), [1])
    store.delete("Club::Notes", 1)
    assert seen() == (None, [])


def test_a_failed_inner_transaction_leaves_the_outer_one_alone(store: Store) -> None:
    with store.transaction():
        add(store, {"Title": "kept"})
        with suppress(KeyError), store.transaction():
            store.update("Club::Notes", 1, {"Title": "lost"})
            raise KeyError
    assert find(store, "Title", "kept") == [1]


def test_repetitions_are_searched_together_or_one_by_one(store: Store) -> None:
    add(store, {"Phone": ["12", "34"]}, {"Phone": ["34", "12"]}, {"Phone": "56"}, {})
    assert find(store, "Phone", "12") == [1, 2]
    assert find(store, "Phone", "12", repetition=2) == [2]
    assert find(store, "Phone", "=") == [4]
    assert find(store, "Phone", "=", repetition=2) == [3, 4]
    assert find(store, "Phone", "*") == [1, 2, 3]
    assert find(store, "Phone", "!", repetition=1) == []
    assert find(store, "Phone", "!") == [1, 2]


def test_words_that_many_records_share_narrow_a_find_as_well(store: Store) -> None:
    store.load("Club::Notes", [{"Title": "common"}] * 2500)
    add(store, {"Title": "rare"}, {"Title": "common rare"}, {"Title": "rare commoner"})
    assert find(store, "Title", "common rare") == [2502, 2503]
    assert find(store, "Title", "common rare =common") == [2502]


def test_several_criteria_must_all_be_met_whichever_is_the_rarest(store: Store) -> None:
    add(
        store,
        {"Title": "a b", "Points": "1", "Phone": ["5", "6"]},
        {"Title": "a", "Points": "1"},
        {"Title": "a b"},
    )

    def all_of(*criteria: tuple[str, int | None, str]) -> list[int]:
        meant = [
            (name, repetition, parse(text, NOTES.fields[name], today=date(2026, 11, 22)))
            for name, repetition, text in criteria
        ]
        return sorted(store.matching_all("Club::Notes", meant))

    assert all_of(("Title", None, "a"), ("Points", None, "1")) == [1, 2]
    assert all_of(("Title", None, "b"), ("Points", None, "=")) == [3]
    assert all_of(("Title", None, "b"), ("Title", None, "!")) == [1, 3]
    assert all_of(("Phone", 2, "6"), ("Title", None, "*a*"), ("Due", None, "=")) == [1]
    assert all_of(("Phone", 2, "5"), ("Title", None, "a")) == []
    assert all_of(("Due", None, "=")) == [1, 2, 3]
    assert all_of() == [1, 2, 3]


def test_duplicates_are_records_that_share_a_value(store: Store) -> None:
    add(store, {"Points": "5"}, {"Points": "$5.0"}, {"Points": "6"}, {}, {}, {"Points": "A"}, {"Points": "B"})
    add(store, {"Title": "Òpera"}, {"Title": "opera"}, {"Title": "opera house"})
    assert find(store, "Points", "!") == [1, 2]
    assert find(store, "Title", "!") == [8, 9]


def test_relationships_match_lines_numbers_and_any_case_but_never_the_empty(store: Store) -> None:
    add(store, {"Title": "Ada", "Points": "5"}, {"Title": "bob\radA", "Points": "7.0"}, {"Points": "x"}, {})

    def related(field: str, operator: str, *values: str) -> list[int]:
        return list(store.related("Club::Notes", field, operator, values))

    assert related("Title", "=", "ADA") == [1, 2]
    assert related("Title", "=", "bob\rada") == [1, 2]
    assert related("Title", "=", "") == []
    assert related("Points", "=", "7") == [2]
    assert related("Points", "=", "5\r7") == [1, 2]
    assert related("Points", "<", "5") == [2]
    assert related("Points", ">=", "5") == [1]
    assert related("Points", "!=", "5") == [2]
    assert related("Title", "x", "") == [1, 2, 3, 4]


def test_a_sort_puts_empties_first_ignores_case_and_keeps_equals_in_creation_order(store: Store) -> None:
    titles = ["beta", "Alpha", "", "alpha", "àlpha", "Beta"]
    add(store, *({"Title": title, "Points": str(len(title))} for title in titles))

    def ordered(*keys: SortKey, ids: list[int] | None = None) -> list[int]:
        return store.sorted("Club::Notes", ids, keys)

    assert ordered(SortKey("Title")) == [3, 2, 4, 5, 1, 6]
    assert ordered(SortKey("Title", descending=True)) == [1, 6, 5, 2, 4, 3]
    assert ordered(SortKey("Points", descending=True), SortKey("Title")) == [2, 4, 5, 1, 6, 3]
    assert ordered(SortKey("Title", value_order=("beta", "alpha"))) == [3, 1, 6, 2, 4, 5]
    assert ordered(SortKey("Title"), ids=[6, 1]) == [1, 6]
    assert store.sorted("Club::Notes", None, [SortKey("Title")], first=2) == [3, 2]
    assert ordered(ids=[6, 1]) == [1, 6]


def test_a_file_follows_a_definition_that_changed(tmp_path: Path) -> None:
    path = tmp_path / "club.db"
    store = Store([NOTES], path)
    add(store, {"Title": "12/03", "Phone": ["1", "2"]})
    find(store, "Title", "12")
    store.close()
    fields = {"Title": Field("Title", repetitions=2), "Phone": Field("Phone"), "New": Field("New")}
    store = Store([Table("Club::Notes", fields), Table("Club::More", {})], path)
    row = store.read("Club::Notes", 1)
    assert row is not None
    assert row.values == {"Title": ("12/03", ""), "Phone": ("1",)}
    store.update("Club::Notes", 1, {"Title": ["a", "b"], "New": "n"})
    assert find(store, "Title", "b") == [1]
    assert store.insert("Club::More", {}).record_id == 1
    store.close()


def test_an_id_that_no_record_can_have_is_no_record(store: Store) -> None:
    assert [store.read("Club::Notes", record) for record in (0, -1, 2**63, 10**30)] == [None] * 4
    assert not store.delete("Club::Notes", 10**30)


def test_unknown_names_are_refused(store: Store) -> None:
    with pytest.raises(UnknownName):
        store.insert("Club::Notes", {"Titel": "x"})
    with pytest.raises(UnknownName):
        store.count("Club::Note")
    with pytest.raises(LookupError):
        store.update("Club::Notes", 1, {"Title": "x"})


def test_words_of_keys_are_found_whatever_stands_among_them(store: Store) -> None:
    odd = ["Note of k000007", "K000009 K000009", "ünder", "", "日本橋中洲", "k000005", "A-1/b"]
    store.load("Club::Notes", ({"Title": title} for title in [f"K{n:06d}" for n in range(3000)] + odd))
    assert find(store, "Title", "k000007") == [8, 3001]
    assert find(store, "Title", "K000005") == [6, 3006]
    assert find(store, "Title", "=K000009") == [10, 3002]
    assert find(store, "Title", "K00299") == list(range(2991, 3001))
    assert [find(store, "Title", word) for word in ("under", "中", "b")] == [[3003], [3005], [3007]]
    store.update("Club::Notes", 8, {"Title": "K000009"})
    store.delete("Club::Notes", 6)
    assert find(store, "Title", "k000007") == [3001]
    assert find(store, "Title", "k000009") == [8, 10, 3002]
    assert find(store, "Title", "k000005") == [3006]


def test_a_column_that_only_begins_with_keys_is_indexed_whole(store: Store) -> None:
    titles = [f"K{number}" for number in range(2500)] + ["Open"] * 500 + ["Paid, open"] * 500
    store.load("Club::Notes", ({"Title": title} for title in titles))
    assert find(store, "Title", "open") == list(range(2501, 3501))
    assert find(store, "Title", "=paid") == list(range(3001, 3501))
    assert find(store, "Title", "=k2499") == [2500]
