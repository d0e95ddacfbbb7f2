"""The scratch layout at work: records that bear a mark, made, changed, and all deleted again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..auth.clock import Clock
from ..auth.credentials import Credentials
from ..envelope import JsonObject
from ..errors import InputError
from ..host_errors import FileMakerError
from .behaviour import NotSeen
from .line import Answer, Line
from .scratch_fields import PortalFields, ScratchFields

MARK = "fmcertify"
"""Every record made holds this word and then letters of its own. Nothing without it is ever changed or deleted."""
PAGE = 100


@dataclass
class Scratch:
    layout: str
    fields: ScratchFields
    first: Line
    second: Line
    """Another session of the same account."""
    clock: Clock
    credentials: Credentials = field(repr=False)
    script: str = ""
    """A script of the owner's that answers with its parameter."""
    hold_script: str = ""
    """One that opens the record with the id of its parameter and keeps it open for some seconds."""
    view_only: str = ""
    """A layout that the account may only look at."""
    features: dict[str, str] = field(default_factory=dict[str, str])
    mark: str = field(default_factory=lambda: f"{MARK} {secrets.token_hex(6)}")

    def needed(self, name: str) -> str:
        """A field by its use, such as `number`. Raises NotSeen where the layout has none."""
        found = getattr(self.fields, name)
        if not found:
            raise NotSeen(f"the layout has no plain {'second text' if name == 'text' else name} field")
        return str(found)

    @property
    def portal(self) -> PortalFields:
        if self.fields.portal is None:
            raise NotSeen("the layout has no portal with a text field")
        return self.fields.portal

    @property
    def records_path(self) -> tuple[str, ...]:
        return ("layouts", self.layout, "records")

    def record_path(self, record: str) -> tuple[str, ...]:
        return (*self.records_path, record)

    def marked(self, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {**self.fields.required, self.fields.mark: self.mark, **(fields or {})}

    async def check_creates(self) -> None:
        """Raises InputError where the host makes no record, or the mark does not stay in it."""
        answer = await self.create_answer()
        if answer.code in (504, 509):  # before 18 nothing tells which fields have to be filled in
            self.fields = replace(self.fields, required=self.fields.others)
            answer = await self.create_answer()
        if answer.code != 0:
            raise InputError(
                f"No record can be made on the layout: {answer.verdict}",
                advice="The account has to be able to make, change and delete records there, and what is validated has to "
                "accept a 1, a date, a time or one letter.",
            )
        record = str(answer.response.get("recordId"))
        if await self.value(record, self.fields.mark) != self.mark:
            await self.first.ask("DELETE", self.record_path(record))
            raise InputError(
                "The field for the mark does not keep what is written into it",
                advice="Name another one with --mark.",
            )

    async def create_answer(self, fields: Mapping[str, Any] | None = None, **body: Any) -> Answer:
        return await self.first.ask("POST", self.records_path, {"fieldData": self.marked(fields), **body})

    async def create(self, fields: Mapping[str, Any] | None = None, **body: Any) -> str:
        """The new record's id. Raises NotSeen where the host makes none."""
        answer = await self.create_answer(fields, **body)
        if answer.code != 0:
            raise NotSeen(f"no record could be made for it: {answer.verdict}")
        return str(answer.response.get("recordId"))

    async def edit(
        self, record: str, fields: Mapping[str, Any], line: Line | None = None, **body: Any
    ) -> Answer:
        return await (line or self.first).ask(
            "PATCH", self.record_path(record), {"fieldData": fields, **body}
        )

    async def record(self, record: str, line: Line | None = None, **query: str) -> JsonObject:
        """Raises NotSeen where it cannot be read."""
        answer = await (line or self.first).ask("GET", self.record_path(record), query=query)
        if answer.code != 0 or not answer.records:
            raise NotSeen(f"its record could not be read: {answer.verdict}")
        return answer.records[0]

    async def value(self, record: str, name: str) -> Any:
        return (await self.record(record))["fieldData"].get(name)

    async def find(self, *requests: Mapping[str, str], line: Line | None = None, **body: Any) -> Answer:
        """A find among the records of this run."""
        marked = [{self.fields.mark: f"=={self.mark}", **request} for request in requests]
        return await (line or self.first).ask(
            "POST", ("layouts", self.layout, "_find"), {"query": marked, **body}
        )

    async def count(self, *requests: Mapping[str, str], **body: Any) -> str:
        """How many of this run's records match, or the verdict of a find that failed."""
        answer = await self.find(*requests, limit=PAGE, **body)
        return str(len(answer.records)) if answer.code == 0 else "0" if answer.code == 401 else answer.verdict

    def renew_mark(self) -> None:
        """From now on `find` and `count` see only what is made from now on."""
        self.mark = f"{MARK} {secrets.token_hex(6)}"

    async def sweep(self) -> int:
        """Deletes the records of every run, as one that was killed leaves them. How many there were. Raises FileMakerError."""
        gone, offset = 0, 1
        criteria = [{self.fields.mark: MARK}, {self.fields.mark: f"=={MARK}*"}]
        while True:
            body = {"query": criteria, "limit": PAGE, "offset": offset}
            answer = await self.first.ask("POST", ("layouts", self.layout, "_find"), body)
            if answer.code not in (0, 401):
                raise FileMakerError(
                    f"The records made here could not be looked for: {answer.verdict}", code=answer.code or 0
                )
            found = [each for each in answer.records if self._is_ours(each)]
            if not answer.records:
                return gone
            left = [verdict for each in found if (verdict := await self._delete(each)) is not None]
            if left:
                raise FileMakerError(
                    f"{len(left)} of the records made here could not be deleted: {left[0]}", code=0
                )
            gone += len(found)
            offset += len(answer.records) - len(found)

    def _is_ours(self, record: JsonObject) -> bool:
        return str(record["fieldData"].get(self.fields.mark, "")).startswith(f"{MARK} ")

    async def _delete(self, record: JsonObject) -> str | None:
        """What the host said against it. Rows go first: whether they go with their record is the relationship's matter."""
        number = str(record["recordId"])
        if (portal := self.fields.portal) is not None:
            rows = [
                f"{portal.table}.{row['recordId']}"
                for row in record["portalData"].get(portal.key) or ()
                if str(row.get(portal.text, "")).startswith(f"{MARK} ")
            ]
            for row in rows:
                await self.edit(number, {"deleteRelated": row})
        answer = await self.first.ask("DELETE", self.record_path(number))
        return None if answer.code in (0, 101) else answer.verdict
