"""A solution with mistakes is refused with every one of them: the file, the line, and what to write instead."""

from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.solutions.loader.mistakes import SolutionError

MISTAKEN = Path(__file__).parent / "mistaken"

TWELVE = [
    ("mistaken.toml", 5, "A serial value ends in digits, such as 'C-0001', not 'P-XXX'."),
    ("mistaken.toml", 6, "There is no key 'tpye' here. Did you mean 'type'?"),
    (
        "mistaken.toml",
        7,
        "Input should be 'text', 'number', 'date', 'time', 'timestamp' or 'container'; this is 'dat'.",
    ),
    ("mistaken.toml", 8, "The expression is wrong at column 6: '(' was never closed."),
    ("mistaken.toml", 9, "The table 'Orders' has no field 'Amont'. Did you mean 'Amount'?"),
    ("mistaken.toml", 10, "There is no value list 'Stati'. Did you mean 'Status'?"),
    ("mistaken.toml", 20, "The table 'Orders' has no field 'Persn'. Did you mean 'Person'?"),
    ("mistaken.toml", 26, "There is no table occurrence 'Peeple'. Did you mean 'People'?"),
    ("mistaken.toml", 31, "There is no table occurrence 'Person'. There are 'People', 'Orders'."),
    ("mistaken.toml", 34, "scripts.py has no function 'reprot'. Did you mean 'report'?"),
    ("mistaken.toml", 40, "There is no privilege set 'Ful'. Did you mean 'Full'?"),
    ("Orders.csv", 2, "The row has 4 values and the heading 3; quote values with commas."),
]


def test_twelve_mistakes_get_twelve_errors_with_file_line_and_remedy() -> None:
    with pytest.raises(SolutionError) as caught:
        Emulator([MISTAKEN])
    found = [(each.file, each.line, each.message) for each in caught.value.mistakes]
    assert sorted(found) == sorted(TWELVE)
    assert str(caught.value).startswith("The solution has 12 mistakes:\nOrders.csv, line 2: ")


def write(folder: Path, definition: str, **files: str) -> SolutionError:
    (folder / "solution.toml").write_text(definition, "utf-8")
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    with pytest.raises(SolutionError) as caught:
        Emulator([folder]).load()
    return caught.value


BASE = """name = "X"
tables.A.fields.K = {}
privilege_sets.P = { full_access = true }
accounts = [{ name = "a", privilege_set = "P" }]
"""


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('name = "X\n', 1, "This is not TOML: Illegal character '\\n'."),
        ("tables = {}\n", 1, "The key 'name' is missing; add it."),
        (
            BASE + "layouts.A = { occurence = 'A' }\n",
            5,
            "There is no key 'occurence' here. Did you mean 'occurrence'?",
        ),
        (
            BASE + "tables.A.fields.B = { summary = 'total' }\n",
            5,
            "A summary says which field it summarizes; add `of`.",
        ),
        (BASE + "tables.A.fields.B = { initial = ['x'] }\n", 5, "Only a global field has `initial` values"),
        (BASE + "tables.A.fields.B = { auto_enter = {} }\n", 5, "Say one thing to enter"),
        (BASE + "tables.A.fields.'A::B' = {}\n", 5, "A field cannot be called 'A::B'"),
        (
            BASE + "tables.A.fields.B = { calculation = 'K.upper()' }\n",
            5,
            "only the functions of calculations",
        ),
        (BASE + "tables.A.fields.B = { calculation = 'open(1)' }\n", 5, "there is no function open"),
        (BASE + "tables.A.fields.B = { calculation = 'C + 1' }\n", 5, "The expression names the field 'C'"),
        (BASE + "value_lists.V = {}\n", 5, "A value list has `values` or follows a `field`"),
        (
            BASE + "occurrences.B = { table = 'A', file = 'Y' }\n",
            5,
            "The host has no file 'Y'. There are 'X'.",
        ),
        (BASE + "layout_menu = ['Nope']\n", 5, "The menu names 'Nope'."),
        (
            BASE + "layouts.A = { occurrence = 'A', on_commit = 'Sav' }\n",
            5,
            "There is no script 'Sav'",
        ),
        (
            BASE + "layouts.A = { occurrence = 'A', portals = [{ occurrence = 'A', fields = [] }] }\n",
            5,
            "No relationship leads",
        ),
        (
            BASE + "privilege_sets.Q = { records = { A = { view = 'Z == 1' } } }\n",
            5,
            "The expression names the field 'Z'",
        ),
        (BASE + "scripts.S = 's'\n", 5, "There is no file scripts.py that plays the scripts"),
        ('name = "X"\ntables.A.fields.K = {}\n', 1, "Nobody can log in"),
    ],
)
def test_each_mistake_has_its_place_and_remedy(tmp_path: Path, text: str, line: int, message: str) -> None:
    [mistake] = write(tmp_path, text).mistakes
    assert mistake.line == line
    assert message in mistake.message


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("K,L\na,b\nMüller,c\n".encode("cp1252"), 3, "This is not UTF-8 text; save it as UTF-8"),
        ("Größe\n1\n".encode("cp1252"), 1, "This is not UTF-8 text; save it as UTF-8"),
        (b"K;L\na;b\n", 1, "The columns are separated by ';'; separate them with commas."),
        (b"K\tL\na\tb\n", 1, "The columns are separated by '\\t'; separate them with commas."),
        (b'K,L\n"' + b"x" * 200_000 + b'",b\n', 1, "This is not CSV: field larger than field limit"),
    ],
)
def test_a_csv_as_a_spreadsheet_saves_it_is_one_mistake(
    tmp_path: Path, content: bytes, line: int, message: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "A.csv").write_bytes(content)
    [mistake] = write(tmp_path, BASE + "tables.A.fields.L = {}\n").mistakes
    assert (mistake.file, mistake.line) == ("A.csv", line)
    assert message in mistake.message


def test_a_circle_of_relationships_is_refused(tmp_path: Path) -> None:
    related = "".join(
        f'[[relationships]]\nleft = "{left}"\nright = "{right}"\nmatch = [["K", "=", "K"]]\n'
        for left, right in ("AB", "BC", "CA")
    )
    [mistake] = write(tmp_path, BASE + "tables.B.fields.K = {}\ntables.C.fields.K = {}\n" + related).mistakes
    assert mistake.line == 15
    assert "'C' and 'A' are related already" in mistake.message


@pytest.mark.parametrize(
    ("scripts", "line", "message"),
    [
        ("def s(script):\n  return (\n", 2, "This is not Python: '(' was never closed"),
        ("import nothing_like_it\n", 1, "The file cannot be loaded: ModuleNotFoundError"),
        ("def s():\n    return 1\n", 5, "s must take one argument, the script's context."),
    ],
)
def test_a_mistake_in_the_scripts_has_its_line(tmp_path: Path, scripts: str, line: int, message: str) -> None:
    [mistake] = write(tmp_path, BASE + "scripts.S = 's'\n", scripts_py=scripts).mistakes
    assert mistake.line == line
    assert message in mistake.message


def test_mistakes_in_data_are_named_by_row(tmp_path: Path) -> None:
    definition = BASE.replace(
        "K = {}", "K = {}\ntables.A.data = 'a.csv'\ntables.A.fields.D = { type = 'date' }"
    )
    error = write(tmp_path, definition, a_csv="K,D,Z\n1,2026-01-01,\n2,tomorrow,\n3\n")
    assert [(each.file, each.line) for each in error.mistakes] == [("a.csv", 1), ("a.csv", 4)]
    error = write(tmp_path, definition, a_csv="K,D\n1,2026-01-01\n2,tomorrow\n3\n4\n")
    assert [(each.line, each.place) for each in error.mistakes] == [(4, ""), (5, "")]


def test_a_folder_without_a_definition_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(SolutionError, match="`--init` writes one"):
        Emulator([tmp_path])


def test_every_way_to_write_a_moment_in_data_is_stored_alike(tmp_path: Path) -> None:
    fields = "K = {}\ntables.A.data = 'a.csv'\ntables.A.fields.D = { type = 'date' }\ntables.A.fields.S = { type = 'timestamp' }"
    (tmp_path / "solution.toml").write_text(BASE.replace("K = {}", fields), "utf-8")
    moments = ["2026-03-09 08:30:00", "2026-03-09T08:30:00", "3/9/2026 8:30", "2026-03-09 08:30"]
    days = ["2026-03-09", "3/9/2026", "03/09/2026", "2026-3-9"]
    lines = [f"x,{day},{moment}" for day, moment in zip(days, moments, strict=True)]
    (tmp_path / "a.csv").write_text("\n".join(["K,D,S", *lines]), "utf-8")
    emulator = Emulator([tmp_path])
    rows = [emulator.record("X", "A", number) for number in range(1, 5)]
    assert {row and row.values["D"] for row in rows} == {("03/09/2026",)}
    assert {row and row.values["S"] for row in rows} == {("03/09/2026 08:30:00",)}
