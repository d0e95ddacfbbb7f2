"""Files that a plan carries and files that a change replaced: sealed in the state, found by a keyed digest of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from ...local.keys.sealed_contents import JOINED, place_of
from ...local.state.state import Row, State, Transaction
from ..plans.codec import read, written
from ..plans.item import Item
from ..plans.plan_seal import Seal

KEPT = f"SELECT kept_file.*, {JOINED} FROM kept_file LEFT JOIN data_key ON data_key.id = kept_file.key"
NAME_ENDS = b"\n"
"""In a box the name stands before the content, as JSON in one line."""


def carried_by(item: Item) -> list[str]:
    """The digests of files that an item carries, or would put back."""
    files = (*item.files, *(() if item.file is None else (item.file,)))
    return [digest for each in files for digest in (each.digest, each.before) if digest]


class Keeping:
    def __init__(self, state: State, seal: Seal, *, now: Callable[[], float], whose: str) -> None:
        """`whose` is the caller who keeps them, as plans name callers."""
        self._state = state
        self._seal = seal
        self._now = now
        self._whose = whose

    async def keep(self, name: str, content: bytes) -> str:
        """The digest under which the content can be had again. It is one that can be guessed, so it belongs into what is sealed."""
        digest = hashlib.sha256(content).hexdigest()
        async with self._state.writing() as transaction:
            place = keyed_digest(self._seal, self._whose, digest)
            await put_file(transaction, self._seal, place, name, content, self._now())
        return digest

    async def content(self, digest: str) -> bytes | None:
        file = await self._file(digest)
        return None if file is None else file[1]

    async def name(self, digest: str) -> str:
        file = await self._file(digest)
        return "" if file is None else file[0]

    async def _file(self, sha256: str) -> tuple[str, bytes] | None:
        place = keyed_digest(self._seal, self._whose, sha256)
        row = await self._state.row(f"{KEPT} WHERE digest = ?", place)
        return None if row is None else opened_file(self._seal, row)


def keyed_digest(seal: Seal, caller: str, sha256: str) -> str:
    """By which a file of this caller is kept. The same file of two callers over HTTP, whose ids have an issuer, is kept twice, and
    neither learns the other's name of it."""
    return seal.of_digest(f"{caller}\n{sha256}" if "|" in caller else sha256)


async def put_file(
    transaction: Transaction, seal: Seal, digest: str, name: str, content: bytes, kept: float
) -> None:
    """`digest` is a keyed one. What is there already is kept from now on."""
    contents = seal.contents
    if await transaction.execute("UPDATE kept_file SET kept = ? WHERE digest = ?", kept, digest):
        return
    key = contents.new_key(transaction, "", f"file {digest}")
    box = contents.seal(
        key, written(name).encode() + NAME_ENDS + content, place_of("kept_file", "box", digest)
    )
    transaction.put(
        "INSERT INTO kept_file (digest, kept, name, content, key, box) VALUES (?, ?, '', ?, ?, ?)",
        digest, kept, b"", key.id, box,
    )  # fmt: skip


def opened_file(seal: Seal, row: Row) -> tuple[str, bytes]:
    """Name and content of a row of `KEPT`."""
    text = seal.contents.open(row, row["box"], place_of("kept_file", "box", row["digest"]))
    name, _, content = text.partition(NAME_ENDS)
    return read(name.decode()), content
