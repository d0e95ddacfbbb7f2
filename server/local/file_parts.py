"""The parts of files that servers share: sealed, in the state or in an object store.

In an object store each part is sealed by a key of its own, which stands in the state, sealed as parts are there. Once that row is
gone nobody can open the object any more, whatever copies of it there are; and the object is deleted as soon as its store answers.
"""

from __future__ import annotations

import secrets
from contextlib import suppress

from anyio import to_thread

from ..errors import ConfigurationError, InputError, StateAway
from .keys.key_ring import LENGTH, KeyRing
from .keys.sealed_box import cipher, opened, sealed
from .keys.sealed_column import SHARED_PART
from .object_store import ObjectStore
from .state.state import Row, State, Transaction

OWN_KEY = "part"
"""Stands in an object in place of a key's id: the key is in the state."""


class LostPart(InputError):
    """Its object is gone, and waiting does not bring it back."""

    def __init__(self) -> None:
        super().__init__(
            "A part of the file is missing in the object store, so that it cannot be read",
            advice="Send it again. The store is another one than it was, or was put back to another time than the records.",
        )


class FileParts:
    def __init__(self, state: State, ring: KeyRing, objects: ObjectStore | None) -> None:
        """`objects`: where new parts go, and those that are there are read; None for the state alone."""
        self._state = state
        self._ring = ring
        self._sealer = SHARED_PART.sealer(ring)
        self._objects = objects

    async def put(self, file: str, number: int, part: bytes) -> None:
        place = SHARED_PART.place({"file": file, "number": str(number)})
        if self._objects is None:
            box = await to_thread.run_sync(self._sealer.seal, part, place)
            await self._enter(file, number, "", box)
            return
        name, key = f"{file}/{secrets.token_hex(8)}", secrets.token_bytes(LENGTH)
        content = await to_thread.run_sync(sealed, cipher(key), OWN_KEY, part, place)
        # Its row comes first: what a killed process left there is known, and goes.
        await self._enter(file, number, name, self._sealer.seal(key, place))
        await self._objects.put(name, content)

    async def read(self, row: Row) -> bytes:
        """Of a row of `shared_file_part`. Raises BrokenBox, LostPart, and StateAway where the store cannot be asked."""
        place = SHARED_PART.place(row)
        inside = await to_thread.run_sync(self._sealer.open, bytes(row["box"]), place)
        if not row["object"]:
            return inside
        if self._objects is None:
            raise ConfigurationError(
                "A caller's file is in an object store, which is not asked here",
                advice="Nothing was changed. Name the configuration that has `http.objects`; where a file came just now, try again.",
            )
        try:
            content = await self._objects.get(row["object"])
        except FileNotFoundError:
            raise LostPart from None
        return await to_thread.run_sync(opened, cipher(inside), content, place)

    def inside_alone(self) -> FileParts:
        """The same without the object store, which nobody waits for inside a transaction."""
        return FileParts(self._state, self._ring, None)

    async def sweep(self) -> None:
        """Deletes objects whose part is gone. What cannot be deleted now is the next time."""
        if self._objects is None:
            return
        with suppress(StateAway):
            for row in await self._state.rows("SELECT name FROM left_object"):
                await self._objects.delete(row["name"])
                async with self._state.writing("objects") as transaction:
                    transaction.put("DELETE FROM left_object WHERE name = ?", row["name"])

    async def _enter(self, file: str, number: int, name: str, box: bytes) -> None:
        async with self._state.writing(f"file {file}") as transaction:
            transaction.put(
                "INSERT INTO shared_file_part (file, number, box, object) VALUES (?, ?, ?, ?)",
                file, number, box, name,
            )  # fmt: skip


def parts_in(state: State, ring: KeyRing, address: str | None) -> FileParts:
    """As the setting `http.objects` says."""
    return FileParts(state, ring, None if address is None else ObjectStore(address))


def drop_parts(transaction: Transaction, files: str, *values: object) -> None:
    """Of the files that `files`, a subquery, names. Their objects are deleted by the next `sweep`."""
    transaction.put(
        f"INSERT INTO left_object (name) SELECT object FROM shared_file_part WHERE object <> '' AND file IN ({files})",
        *values,
    )
    transaction.put(f"DELETE FROM shared_file_part WHERE file IN ({files})", *values)
