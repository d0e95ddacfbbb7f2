"""What an external file lets its account do by itself, beside what the interface file shows of it.

In the separation model the interface file's privileges limit layouts and scripts, and the data file's limit records (section 4.4). An
account of the data file that may use the Data API signs in there too: on layouts of that file it reaches the tables past the interface
file, its scripts and this program's policy. The Data API tells which layouts and scripts an account sees (sections 5.1, 5.2), and
nothing of what it may change (section 5.3).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from ..dataapi.menu_item import MenuItem
from ..errors import FilemakerMcpError
from .stages import StageFinding, failed, not_checked, ok, warning

MUST_CHANGE = 211
NAMED = 4
UNTOLD = "which records and fields it may change there: the Data API tells no privileges"


class FileApi(Protocol):
    """The calls of the Data API that this stage makes."""

    async def layouts(self) -> tuple[MenuItem, ...]: ...

    async def scripts(self) -> tuple[MenuItem, ...]: ...


@dataclass(frozen=True)
class DataFile:
    """One external file with an account and password of its own. `open` signs in to it alone, and out again."""

    file: str
    account: str
    open: Callable[[], AbstractAsyncContextManager[FileApi]]


class DataFileRights:
    def __init__(self, files: Sequence[DataFile], interface: FileApi) -> None:
        self._files = tuple(files)
        self._interface = interface

    def all(self) -> list[Callable[[], Awaitable[StageFinding]]]:
        """One check for each file."""
        return [self._check(file) for file in self._files]

    def _check(self, file: DataFile) -> Callable[[], Awaitable[StageFinding]]:
        async def check() -> StageFinding:
            try:
                async with file.open() as data:
                    layouts, scripts = await data.layouts(), await data.scripts()
            except FilemakerMcpError as error:
                return _closed(file, error)
            shown = {item.name for item in await self._interface.layouts()}
            shown |= {item.name for item in await self._interface.scripts()}
            return _seen(file, _beyond(layouts, shown), _beyond(scripts, shown))

        return check


def _beyond(items: Sequence[MenuItem], shown: set[str]) -> list[str]:
    """Those of the data file, the ones first that the interface file has no namesake of."""
    names = [item.name for item in items]
    return sorted(names, key=lambda name: name in shown)


def _closed(file: DataFile, error: FilemakerMcpError) -> StageFinding:
    if error.code == MUST_CHANGE:
        return failed(
            f"The password of the account {file.account!r} in {file.file!r} has expired or must be changed at the next log-in"
            f" (FileMaker error {MUST_CHANGE})",
            "Sign in to that file with FileMaker Pro once, or take 'Require password change on next login' off in Manage Security.",
            step=file.file,
        )
    number = f" (FileMaker error {error.code})" if error.code else ""
    return not_checked(
        f"whether {file.file!r} lets {file.account!r} do more: it cannot be signed in to alone{number}"
    )


def _seen(file: DataFile, layouts: Sequence[str], scripts: Sequence[str]) -> StageFinding:
    parts = [*_told("layout", layouts), *_told("script", scripts)]
    who = f"signed in to {file.file!r} alone, the account {file.account!r}"
    if not parts:
        return ok(f"{who} sees no layout and no script", unchecked=UNTOLD, step=file.file)
    return warning(
        f"{who} sees {' and '.join(parts)}, past the interface file",
        f"In Manage Security of {file.file!r}, give its privilege set no layouts and no scripts: what the interface file shows of these"
        " tables needs record and field privileges alone. This program's policy does not hold for whoever signs in there.",
        unchecked=UNTOLD,
        step=file.file,
    )


def _told(noun: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    shown = ", ".join(map(repr, names[:NAMED])) + (" and more" if len(names) > NAMED else "")
    return [f"{len(names)} {noun}{'s' if len(names) != 1 else ''} ({shown})"]
