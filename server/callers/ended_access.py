"""What was ended, kept beside the keys as well: a copy of the state that is put back brings nobody back whose access ended since."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anyio import to_thread

from ..auth.single_flight import SingleFlight
from ..errors import ConfigurationError, InputError
from ..local.private_files import write_private
from ..local.state.state import State, StateReader, Transaction
from .epoch import KNOWN_SECONDS, Epoch, epoch_of, named, raise_epoch

NAME = "ended.json"
COLUMNS = {"revoked": ("kind", "what", "at", "reason"), "halt": ("caller", "whole", "reason", "at")}
"""What is kept of each table."""

Kept = dict[str, Any]


@dataclass
class EndedAccess:
    """`file` lies beside the keys, and may tell of several states. `steady` is a clock that nobody sets."""

    file: Path
    state: Callable[[], State]
    steady: Callable[[], float]
    _asked: float = field(default=float("-inf"), init=False)
    _is_current: bool = field(default=True, init=False)
    _looking: SingleFlight[None] = field(default_factory=SingleFlight[None], init=False)

    async def is_current(self) -> bool:
        """Whether the state knows all that was ended; what it knows more is written down. Raises ConfigurationError for a file
        that cannot be used, and StateAway."""
        while (
            self.steady() - self._asked >= KNOWN_SECONDS
        ):  # again where the look took so long that it is old
            await self._looking.join(self._looked)
        return self._is_current

    async def _looked(self) -> None:
        asked = self.steady()
        self._is_current = await self.look()
        self._asked = asked

    async def look(self) -> bool:
        state = self.state()
        if not state.name:  # nothing that a copy could be made of
            return True
        epoch = await epoch_of(state) or await named(state)
        kept = (await self._read()).get(epoch.state_id, {"number": 0})
        if kept["number"] < epoch.number:
            await self._write(epoch, state)
        return kept["number"] <= epoch.number

    @asynccontextmanager
    async def written_down(self) -> AsyncGenerator[None]:
        """Around whatever raises the epoch: records that are behind would count as current by it. Raises InputError for them, before
        anything is changed."""
        if not await self.look():
            raise InputError(
                "These records are a copy that was put back, and what was ended since is not in them; nothing was changed",
                advice="Run 'filemaker-mcp state restored' first. Until then a server lets nobody in by them.",
            )
        yield
        await self.look()

    async def put_back(self, end_all: Callable[[Transaction], None]) -> None:
        """After a copy was put back: what was ended since it was made is ended again, and everybody's access with it. All of it or
        nothing: from then on the records count as current."""
        state = self.state()
        kept: Kept = (await self._read()).get(
            (await epoch_of(state) or await named(state)).state_id, {"number": 0}
        )
        async with state.writing() as transaction:
            for table, columns in COLUMNS.items():
                _put_back(transaction, table, columns, kept.get(table, []))
            for kind, what, *_ in kept.get("revoked", []):
                if kind == "caller":
                    transaction.put("DELETE FROM passkey WHERE person = ?", what.partition("|")[2])
            raise_epoch(transaction, past=kept["number"])
            end_all(transaction)

    async def _read(self) -> Kept:
        def read() -> Kept:
            return json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}

        try:
            return await to_thread.run_sync(read)
        except (OSError, ValueError) as failed:
            raise ConfigurationError(
                f"What was ended cannot be read from {self.file}: {getattr(failed, 'strerror', '') or 'it is not as it was written'}",
                advice="Put back a copy of it; without it nobody can tell whether these records are old.",
            ) from None

    async def _write(self, epoch: Epoch, reader: StateReader) -> None:
        tables = {name: await _rows(reader, name, columns) for name, columns in COLUMNS.items()}
        told = await self._read() | {epoch.state_id: {"number": epoch.number, **tables}}
        await to_thread.run_sync(write_private, self.file, json.dumps(told))


async def _rows(reader: StateReader, table: str, columns: tuple[str, ...]) -> list[list[object]]:
    rows = await reader.rows(f"SELECT {', '.join(columns)} FROM {table}")
    return [[row[name] for name in columns] for row in rows]


def _put_back(transaction: Transaction, table: str, columns: tuple[str, ...], rows: list[Any]) -> None:
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    transaction.put_many(statement, [tuple(row) for row in rows])
