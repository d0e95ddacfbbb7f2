"""External files that could not be opened: what they would show is empty, and nothing in the host's answer says so (section 4.4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from ..dataapi.client import DataApi
from ..dataapi.query import Query
from ..dataapi.record import Record
from ..errors import FilemakerMcpError
from ..host_errors import FileClosed

LOOK_SECONDS = 600.0
"""How long a file that answered counts as open."""
AGAIN_SECONDS = 3600.0
"""A remark is made once in this time. Another conversation of the same client may need it."""


@dataclass(frozen=True, slots=True)
class ExternalFile:
    """An external file. `layout` is one that is based in it, as far as the owner named one."""

    file: str
    layout: str = ""


class UnopenedSources:
    """Notices related values that are all empty, looks at the files once, and has a remark for beside the answer."""

    def __init__(
        self,
        api: DataApi,
        sources: Sequence[ExternalFile],
        without_sign_in: Callable[[], Awaitable[Sequence[str]]],
        now: Callable[[], float],
    ) -> None:
        """`without_sign_in`: the files that nobody signed in for, though an identity provider is set."""
        self._api = api
        self._sources = tuple(sources)
        self._without_sign_in = without_sign_in
        self._now = now
        self._is_wanted = False
        self._open_until: dict[str, float] = {}
        self._said_at: dict[str, float] = {}

    @property
    def looks_at_records(self) -> bool:
        return bool(self._sources)

    def notice(self, records: Iterable[Record]) -> None:
        """Records of an answer. Related values that are empty in all of them may be so for want of a file."""
        if not self._sources:
            return
        filled: dict[str, bool] = {}
        for record in records:
            for name, value in record.fields.items():
                occurrence, is_related, _ = name.partition("::")
                if is_related:
                    filled[occurrence] = filled.get(occurrence, False) or value not in ("", None)
            for name, rows in record.portals.items():
                filled[name] = filled.get(name, False) or rows.found > 0
        self._is_wanted = self._is_wanted or not all(filled.values())

    def notice_fields(self, fields: Iterable[str]) -> None:
        """Fields whose values are only reckoned with."""
        self._is_wanted = self._is_wanted or (bool(self._sources) and any("::" in name for name in fields))

    async def remarks(self) -> list[str]:
        """What to say beside the answer that is being made. At most one read for each file. Never raises."""
        if not self._is_wanted:
            return []
        self._is_wanted = False
        missing = frozenset(await self._without_sign_in())
        remarks = [await self._remark(source, source.file in missing) for source in self._sources]
        return [remark for remark in remarks if remark and self._is_new(remark)]

    async def _remark(self, source: ExternalFile, nobody_signed_in: bool) -> str:
        file = source.file
        if nobody_signed_in:
            return f"What the file {file!r} would show is empty: nobody is signed in for it. 'filemaker-mcp login' does it."
        if not source.layout:
            return (
                f"If related values are empty here that should not be, the file {file!r} may not be open to us:"
                " check_connection with data_sources tells what can be told."
            )
        if self._open_until.get(file, 0.0) > self._now():
            return ""
        try:
            await self._api.page(Query(source.layout, limit=1))
        except FileClosed as error:
            return (
                f"What the file {file!r} would show is empty: FileMaker could not open it (error {error.code});"
                " check_connection with data_sources tells why."
            )
        except FilemakerMcpError:
            return ""  # a matter of its own, which the answer itself would have met
        self._open_until[file] = self._now() + LOOK_SECONDS
        return ""

    def _is_new(self, remark: str) -> bool:
        text = self._said_at.get(remark)
        if text is not None and self._now() - text < AGAIN_SECONDS:
            return False
        self._said_at[remark] = self._now()
        return True
