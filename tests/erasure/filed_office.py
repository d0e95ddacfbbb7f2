"""An office whose records are kept in a folder of the test's own, and commands that find them by its configuration."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from filemaker_mcp.server.auth.clock import Clock
from filemaker_mcp.server.changes.journal.journal import Journal
from filemaker_mcp.server.changes.journal.journal_entry import Entry
from filemaker_mcp.server.config.state_settings import state_in

from ..assistant import Assistant
from ..changes.workshop_host import command, in_workshop, own_seal
from ..postgres import postgres

IDENTITY = "http://127.0.0.1/Workshop"


@dataclass
class FiledOffice:
    """`place` is where the state is, as FILEMAKER_STATE says it."""

    folder: Path
    place: str
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def configure(self, **rules: str) -> None:
        """`rules` are settings of the database, as TOML."""
        lines = [f'files_folder = "{self.files}"', f"state = {self._state()}", "[database.workshop]"]
        lines += [
            'host = "http://127.0.0.1"',
            'file = "Workshop"',
            'account = "assistant"',
            'password = {env = "X"}',
        ]
        lines += [f"{name} = {value}" for name, value in rules.items()]
        (self.folder / "settings.toml").write_text("\n".join(lines), encoding="utf-8")
        self.files.mkdir(exist_ok=True)

    def append(self, more: str) -> None:
        """To the settings, as TOML."""
        with Path(self.config).open("a", encoding="utf-8") as settings:
            settings.write(more)

    def move_to_postgres(self) -> None:
        server = postgres()
        assert server is not None
        self.place = server.database()
        self.configure(keys='{ Jobs = "ID" }')

    def _state(self) -> str:
        if self.place.startswith("postgresql"):
            self.monkeypatch.setenv("FM_STATE_URL", self.place)
            return '{ postgres = { env = "FM_STATE_URL" } }'
        return f'"{self.place}"'

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def config(self) -> str:
        return str(self.folder / "settings.toml")

    @asynccontextmanager
    async def assistant(self, clock: Clock | None = None, **environment: str) -> AsyncGenerator[Assistant]:
        places = {"FILEMAKER_STATE": self.place, "FILEMAKER_FILES_FOLDER": str(self.files)}
        async with in_workshop(environment=places | environment, clock=clock) as assistant:
            yield assistant

    async def said(self, *words: str, status: int = 0) -> str:
        """What a part of `journal` prints."""
        self.capsys.readouterr()
        assert await command("journal", *words, "--config", self.config) == status, self.capsys.readouterr()
        out = self.capsys.readouterr()
        return " ".join(f"{out.out} {out.err}".split())

    async def entries(self) -> list[Entry]:
        """The first first."""
        state = state_in(self.place).place().state()
        try:
            return (await Journal(state, now=lambda: 0.0, seal=own_seal()).entries())[::-1]
        finally:
            await state.close()

    def all_bytes(self) -> bytes:
        """Of the state, or of a dump of it, and of every file beside it."""
        parts = [file.read_bytes() for file in sorted(self.folder.rglob("*")) if file.is_file()]
        parts += [repr(row).encode() for row in self.query("journal")] if self.is_postgres else []
        return b"".join([*parts, *(bytes(box) for box in self.boxes())])

    @property
    def is_postgres(self) -> bool:
        return self.place.startswith("postgresql")

    def boxes(self, where: str = "") -> list[bytes]:
        """Every sealed box, or those of one key."""
        if not self.is_postgres and not where:
            return []
        found: list[bytes] = []
        for table, column in (("data_key", "box"), ("image", "box"), ("item", "box"), ("item", "outcome_box"), ("kept_file", "box"), ("plan", "box"), ("step", "box"), ("job", "box"), ("job", "facts_box")):  # fmt: skip
            if where and table not in ("image", "item"):
                continue
            of = f" WHERE {table}.key IN (SELECT id FROM data_key WHERE subject = '{where}')" if where else ""
            found += [row[0] for row in self.query(table, column, of) if row[0] is not None]
        return [bytes(box) for box in found]

    def query(self, table: str, columns: str = "*", of: str = "") -> list[tuple[Any, ...]]:
        statement = f"SELECT {columns} FROM {table}{of}"
        if self.is_postgres:
            with psycopg.connect(self.place) as connection:
                return connection.execute(statement.encode()).fetchall()
        with closing(sqlite3.connect(self.place)) as file:
            return file.execute(statement).fetchall()
