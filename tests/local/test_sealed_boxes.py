"""Contents sealed by keys outside the state: a box opens where it belongs, with a key that is there, and nowhere else."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from filemaker_mcp.server.config.configuration import configured
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.local.keys.key_file import KeyFile, KeyPlace, ring_of
from filemaker_mcp.server.local.keys.key_ring import KeyRing, SecretKey
from filemaker_mcp.server.local.keys.sealed_box import BrokenBox, Sealer
from filemaker_mcp.server.local.keys.sealed_column import SealedColumn, reseal
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ..config.test_configuration import ONE

pytestmark = pytest.mark.anyio
NOTE = SealedColumn("note", "box", ("caller", "name"))


def ring(*ids: str) -> KeyRing:
    return KeyRing(lambda: [SecretKey(each, each.encode() * 32) for each in ids])


def test_a_box_opens_in_its_own_row_alone() -> None:
    sealer = NOTE.sealer(ring("a"))
    place = NOTE.place({"caller": "ada", "name": "salary"})
    box = sealer.seal(b"74500", place)
    assert sealer.open(box, place) == b"74500"
    assert box != sealer.seal(b"74500", place)
    for other in (
        NOTE.place({"caller": "bo", "name": "salary"}),
        NOTE.place({"caller": "adas", "name": "alary"}),
        ("credential", *place[1:]),
        place[:-1],
    ):
        with pytest.raises(BrokenBox, match="altered or moved"):
            sealer.open(box, other)
    for altered in (box[:-1], box[:-1] + bytes((box[-1] ^ 1,)), b"", b"\x01", b"\x01\xff", b"\x02" + box[1:]):
        with pytest.raises(BrokenBox):
            sealer.open(altered, place)
    with pytest.raises(BrokenBox):
        Sealer(ring("a"), "another purpose").open(box, place)


def test_the_first_key_seals_and_all_open() -> None:
    place = NOTE.place({"caller": "ada", "name": "x"})
    old = NOTE.sealer(ring("a")).seal(b"text", place)
    both = NOTE.sealer(ring("b", "a"))
    assert both.open(old, place) == b"text"
    assert not both.is_of_first(old)
    new = both.resealed(old, place)
    assert NOTE.sealer(ring("b")).open(new, place) == b"text"
    with pytest.raises(
        ConfigurationError, match="sealed by the key 'a', and the keys that are named here are 'b'"
    ):
        NOTE.sealer(ring("b")).open(old, place)
    stolen = old[:2] + b"b" + old[3:]  # the other key's name on it
    with pytest.raises(BrokenBox):
        both.open(stolen, place)


async def test_every_box_is_sealed_anew_and_what_was_moved_stops_it() -> None:
    state = SqliteState(None)
    async with state.writing() as transaction:
        await transaction.execute("CREATE TABLE note (caller TEXT, name TEXT, box BLOB)")
        old = NOTE.sealer(ring("a"))
        for number in range(450):
            row = {"caller": "ada", "name": f"{number:03}"}
            box = old.seal(str(number).encode(), NOTE.place(row))
            await transaction.execute("INSERT INTO note VALUES (?, ?, ?)", *row.values(), box)
    assert await reseal(state, ring("b", "a"), [NOTE]) == 450
    assert await reseal(state, ring("b", "a"), [NOTE]) == 0
    new = NOTE.sealer(ring("b"))
    for row in await state.rows("SELECT * FROM note"):
        assert new.open(row["box"], NOTE.place(row)) == str(int(row["name"])).encode()
    async with state.writing() as transaction:
        await transaction.execute("UPDATE note SET caller = 'bo' WHERE name = '449'")
    with pytest.raises(BrokenBox):
        await reseal(state, ring("c", "b"), [NOTE])
    await state.close()


def test_the_key_file_makes_itself_for_its_owner_alone(tmp_path: Path) -> None:
    file = KeyFile.beside(tmp_path / "new" / "seal.key")
    keys = ring_of((), file)
    first = keys.first
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600 or sys.platform == "win32"
    assert [key.id for key in ring_of((), file).keys] == [first]
    added = file.add()
    assert [key.id for key in keys.keys] == [added.id, first]  # a server that runs takes it up by itself
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600 or sys.platform == "win32"
    assert file.keep(newest=1) == [first]
    assert [key.id for key in keys.keys] == [added.id]
    assert repr(added) == f"SecretKey(id={added.id!r})"
    file.path.write_text("nonsense\n", "utf-8")
    with pytest.raises(ConfigurationError, match="holds no keys as they were written"):
        file.keys()


def test_the_owner_names_keys_by_file_and_variable(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("0123456789abcdef0123456789abcdef\n", "utf-8")
    config = tmp_path / "config.toml"
    config.write_text(
        'secrets = { keys = [{ id = "new", env = "NEW_KEY" }, { id = "old", file = "old" }] }\n'
        '[database.sales]\nhost = "fm.example.com"\nfile = "Sales"\naccount = "assistant"\n',
        "utf-8",
    )
    settings = configured({}, config)
    new, old = settings.secrets.places
    assert new.key({"NEW_KEY": "x" * 32}) == SecretKey("new", b"x" * 32)
    assert old.key().material == b"0123456789abcdef0123456789abcdef"
    with pytest.raises(ConfigurationError, match=r"NEW_KEY holds no key: 'new' .* at least 32 random bytes"):
        new.key({"NEW_KEY": "short"})
    with pytest.raises(ConfigurationError, match=r"'gone' of `secrets\.keys` cannot be read"):
        KeyPlace("gone", tmp_path / "gone").key()


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('[{"id": "a"}]', 'takes { id = "...", file = "..." }'),
        ('[{"id": "a", "env": "A", "file": "b"}]', 'takes { id = "...", file = "..." }'),
        ('[{"id": "a", "env": "A"}, {"id": "a", "env": "B"}]', "two keys with the same id"),
    ],
)
def test_keys_that_make_no_sense_are_refused(keys: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        configured(ONE | {"FILEMAKER_SECRETS": f'{{"keys": {keys}}}'})
    assert said in str(refused.value)


def test_sealing_is_loaded_when_something_is_sealed() -> None:
    """Starting the server must not get slower."""
    asked = (
        "import sys, filemaker_mcp.server.local.keys.sealed_column, filemaker_mcp.server.local.keys.key_file;"
        "sys.exit('cryptography' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
