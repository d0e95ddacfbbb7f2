"""A caller's files at every server that shares the state: in parts, sealed, beside the folder that each server has of them.

The folder is what is read and written. What came into one is put here once it is whole, and another server fetches it when
somebody names it.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

from anyio import to_thread

from ..errors import InputError, StateAway
from .file_names import versions
from .file_parts import FileParts, drop_parts
from .keys.key_ring import KeyRing
from .keys.sealed_column import SHARED_FILE
from .shared_file import SharedFile, is_as, take_out
from .state.state import Row, State, StateReader
from .unfinished_file import unfinished_file

log = logging.getLogger("filemaker_mcp")

MOST_FILES = 2_000
"""Of a caller who has a quota: empty ones have no size by which they could be bounded."""
PART = 2**20
"""Bytes."""
UNFINISHED_SECONDS = 3_600.0
"""After them what was never finished goes."""
GONE_SECONDS = 30 * 86_400.0
"""For so long other servers are told that a file was removed."""


class SharedFiles:
    def __init__(
        self,
        state: State,
        ring: KeyRing,
        caller: str,
        folder: Path,
        quota: int,
        now: Callable[[], float],
        parts: FileParts,
    ) -> None:
        """`folder`: this server's own. `quota`: bytes of one caller's files over all servers."""
        self._state = state
        self._names = SHARED_FILE.sealer(ring)
        self._parts = parts
        self._caller = caller
        self._folder = folder
        self._quota = quota
        self._now = now
        self._scope = f"files of {caller}"

    async def keep(self, path: Path) -> Path:
        """A file that has come into the folder, for the other servers too; perhaps by another name, where one of them has a file
        of that name. Raises InputError beyond the quota, and the file is gone then. While the state is away it is here alone."""
        size, made = (await to_thread.run_sync(path.stat)).st_size, self._now()
        try:
            path, file = await self._entered(path, size, made)
        except StateAway as error:
            log.warning("a file is at this server alone: %s", error.what)
            return path
        try:
            await self._filled(file, path)
        except BaseException:
            with suppress(StateAway):
                await self._dropped(file)
            raise
        os.utime(path, (made, made))
        await self._parts.sweep()
        return path

    async def bring(self, name: str) -> None:
        """The file of that name, into this server's folder, as whichever server has it. Nothing where nobody has."""
        try:
            known = [file for file in await self.listed(self._state) if file.name == name]
        except StateAway:  # what is here is here
            return
        path = self._folder / name
        latest = max(known, key=lambda file: file.made, default=None)
        if latest is None or is_as(path, latest):
            return
        if latest.is_gone:
            if path.is_file() and path.stat().st_mtime <= latest.made:
                path.unlink(missing_ok=True)
            return
        with unfinished_file(self._folder) as unfinished:
            with unfinished.path.open("wb") as sink:
                async for part in self._read(latest.id):
                    await to_thread.run_sync(sink.write, part)
            os.utime(unfinished.path, (latest.made, latest.made))
            unfinished.replaces(path)

    async def remove(self, name: str) -> None:
        """At all servers. Raises StateAway."""
        async with self._state.writing(self._scope) as transaction:
            for file in await self.listed(transaction):
                if file.name == name:
                    take_out(transaction, file.id, self._now())
        await self._parts.sweep()

    async def elsewhere(self) -> list[SharedFile]:
        """Those that this server has not fetched."""
        with suppress(StateAway):
            found = await self.listed(self._state)
            return [file for file in found if not file.is_gone and not (self._folder / file.name).exists()]
        return []

    async def listed(self, reader: StateReader) -> list[SharedFile]:
        """All that are whole, or gone."""
        rows = await reader.rows(
            "SELECT id, caller, box, size, made, state FROM shared_file WHERE caller = ? AND state <> 'coming'",
            self._caller,
        )
        return [self._file(row) for row in rows]

    def _file(self, row: Row) -> SharedFile:
        name = json.loads(self._names.open(bytes(row["box"]), SHARED_FILE.place(row)))
        return SharedFile(row["id"], name, int(row["size"]), float(row["made"]), row["state"] == "gone")

    async def _entered(self, path: Path, size: int, made: float) -> tuple[Path, str]:
        file = secrets.token_hex(8)
        async with self._state.writing(self._scope) as transaction:
            old = "(state = 'coming' AND made < ?) OR (state = 'gone' AND made < ?)"
            moments = (made - UNFINISHED_SECONDS, made - GONE_SECONDS)
            drop_parts(transaction, f"SELECT id FROM shared_file WHERE {old}", *moments)
            transaction.put(f"DELETE FROM shared_file WHERE {old}", *moments)
            known = [each for each in await self.listed(transaction) if not each.is_gone]
            if sum(each.size for each in known) + size > self._quota or len(known) >= MOST_FILES:
                await to_thread.run_sync(path.unlink)
                raise InputError(
                    f"Your files have at most {self._quota:,} bytes together, and there are at most {MOST_FILES:,}, at all servers",
                    advice="The file was not kept. Remove some on the page of your files.",
                )
            path = _free(path, {each.name for each in known})
            box = self._names.seal(
                json.dumps(path.name).encode(), SHARED_FILE.place({"id": file, "caller": self._caller})
            )
            transaction.put(
                "INSERT INTO shared_file (id, caller, box, size, made, state) VALUES (?, ?, ?, ?, ?, 'coming')",
                file, self._caller, box, size, made,
            )  # fmt: skip
        return path, file

    async def _filled(self, file: str, path: Path) -> None:
        number = 0
        while part := await to_thread.run_sync(_part, path, number):
            await self._parts.put(file, number, part)
            number += 1
        async with self._state.writing(self._scope) as transaction:
            is_there = await transaction.execute("UPDATE shared_file SET state = 'whole' WHERE id = ?", file)
        if not is_there:  # another server took it for one that never comes
            await to_thread.run_sync(path.unlink)
            raise InputError(
                "The file was more than an hour on its way and was not kept", advice="Send it again."
            )

    async def _dropped(self, file: str) -> None:
        async with self._state.writing(self._scope) as transaction:
            drop_parts(transaction, "?", file)
            transaction.put("DELETE FROM shared_file WHERE id = ?", file)
        await self._parts.sweep()

    async def _read(self, file: str) -> AsyncIterator[bytes]:
        number = 0
        while True:
            row = await self._state.row(
                "SELECT * FROM shared_file_part WHERE file = ? AND number = ?", file, number
            )
            if row is None:
                return
            yield await self._parts.read(row)
            number += 1


def _part(path: Path, number: int) -> bytes:
    with path.open("rb") as source:
        source.seek(number * PART)
        return source.read(PART)


def _free(path: Path, taken: set[str]) -> Path:
    """Renamed where another server has a file of its name."""
    if path.name not in taken:
        return path
    names: Iterator[str] = versions(path.name)
    for name in names:
        other = path.with_name(name)
        if name not in taken and not other.exists():
            path.rename(other)
            return other
    path.unlink()
    raise InputError(f"There are too many files called {path.name!r}", advice="Choose another name.")
