"""The program itself as a process, before an emulated host on a socket, with a person's answers typed in."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.serving import serving

from ..host_of import host_of
from ..started import Process, start
from .workplace import ADA, SOLUTION


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Place:
    """An emulated host at `url`, and a home folder of its own for the program."""

    emulator: Emulator
    url: str
    home: Path
    is_fresh: bool = False

    @property
    def by_account(self) -> dict[str, str]:
        return {
            "FILEMAKER_HOST": self.url,
            "FILEMAKER_DATABASE": "Shop",
            "FILEMAKER_USERNAME": "till",
            "FILEMAKER_PASSWORD": "cash",
        }

    @property
    def by_claris_id(self) -> dict[str, str]:
        return {
            "FILEMAKER_HOST": self.url,
            "FILEMAKER_DATABASE": "Shop",
            "FILEMAKER_USERNAME": ADA,
            "FILEMAKER_SIGN_IN": "claris_id",
            "FILEMAKER_CLARIS_URL": self.url,
        }

    @property
    def by_provider(self) -> dict[str, str]:
        return {"FILEMAKER_HOST": self.url, "FILEMAKER_DATABASE": "Shop", "FILEMAKER_PROVIDER": "Microsoft"}

    def environment(self, **variables: str) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.upper().startswith("FILEMAKER_")
        }
        own = {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "APPDATA": str(self.home / "config"),
            "LOCALAPPDATA": str(self.home / "state"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        return kept | own | variables

    async def begin(self, *words: str, **variables: str) -> Process:
        pipe = asyncio.subprocess.PIPE
        return await start(
            *words,
            env=self.environment(**variables),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            fresh=self.is_fresh,
        )

    async def run(self, *words: str, typed: str = "", **variables: str) -> Ended:
        process = await self.begin(*words, **variables)
        out, err = await process.communicate(typed.encode())
        return Ended(process.returncode or 0, out.decode(), err.decode())

    @property
    def kept(self) -> list[Path]:
        """The sign-ins that the program keeps."""
        return list(self.home.rglob("sign-in/*.json"))


def fresh(place: Place) -> Place:
    """The program starts in an interpreter of its own, as it does outside of tests."""
    return replace(place, is_fresh=True)


@asynccontextmanager
async def place(home: Path) -> AsyncGenerator[Place]:
    emulator = host_of(SOLUTION)
    async with serving(emulator.app) as url:
        yield Place(emulator, url, home)
    assert not emulator.faults
    await emulator.aclose()


async def until(stream: asyncio.StreamReader | None, words: str) -> str:
    """What a process has said when these words have come."""
    assert stream is not None
    said = ""
    while words not in said:
        piece = await stream.read(1024)
        assert piece, f"it ended without saying {words!r}: {said}"
        said += piece.decode()
    return said


def type_in(process: Process, text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{text}\n".encode())
