"""Contents of a person that lie in no plan and no entry: jobs, questions of found sets, records that wait for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ...jobs.job_row import JobRows
from ...local.file_parts import FileParts, LostPart
from ...local.keys.sealed_box import BrokenBox
from ...local.keys.sealed_column import FOUND_SET, SHARED_FILE
from ...local.keys.sealed_contents import JOINED, place_of
from ...local.state.state import Row, StateReader
from ...text.near_names import folded
from ..plans.codec import written
from ..plans.plan_seal import Seal
from .file_text import MOST, FileText, text_of
from .found_contents import Found
from .hold import Hold
from .person import Person
from .stored_files import names

LAYOUT = (
    "COALESCE((SELECT MIN(layout) FROM step WHERE step.plan = held.plan AND step.runbook = held.runbook),"
    " (SELECT MIN(layout) FROM journal JOIN image USING (number) WHERE journal.plan = held.plan AND layout <> ''))"
)
"""Of a record that waits. Entries know it also where the plan is gone."""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file that servers share, as it was looked into once."""

    name: str
    names_them: bool
    """The person."""
    held: list[str]
    is_closed: bool
    """Its text cannot be looked into."""


class OtherBoxes:
    def __init__(
        self,
        seal: Seal,
        database: str,
        person: Person,
        found: Found,
        holds: Sequence[Hold],
        parts: FileParts,
        seen: dict[str, SeenFile],
    ) -> None:
        """`found` is added to; its plans are known already. `seen` too: a file that servers share never changes."""
        self._parts = parts
        self._seen = seen
        self._holds = holds
        self._seal = seal
        self._database = database
        self._person = person
        self._found = found

    async def look(self, reader: StateReader) -> None:
        jobs = JobRows(self._seal.contents.ring, self._seal.of_digest)
        for row in await reader.rows("SELECT * FROM job WHERE database = ?", self._database):
            self._job(jobs, row)
        sealer = FOUND_SET.sealer(self._seal.contents.ring)
        for row in await reader.rows("SELECT * FROM found_set WHERE database = ?", self._database):
            text = self._found.opened(
                lambda row=row: sealer.open(bytes(row["box"]), FOUND_SET.place(row)).decode()
            )
            if text is not None and self._person.is_in(text):
                self._found.found_sets.add(str(row["handle"]))
        await self._shared_files(reader)
        rows = await reader.rows(
            f"SELECT held.*, {LAYOUT} AS layout, {JOINED} FROM held LEFT JOIN data_key ON data_key.id = held.key"
            " WHERE held.database = ?",
            self._database,
        )
        for row in rows:
            self._waiting(row)

    def _job(self, jobs: JobRows, row: Row) -> None:
        job = self._found.opened(lambda: jobs.job(row))
        if job is None:
            return
        told = written([job.heading, job.message, job.subject, job.facts])
        if self._person.is_in(told) or job.plan in self._found.target.plans:
            if job.state.is_over:
                self._found.jobs.add(job.id)
            else:
                self._found.running.append(job.id)

    async def _shared_files(self, reader: StateReader) -> None:
        for row in await reader.rows("SELECT id, caller, box, size FROM shared_file WHERE state = 'whole'"):
            file = str(row["id"])
            try:
                seen = self._seen[file] = self._seen.get(file) or await self._looked_into(reader, row)
            except BrokenBox:
                self._found.closed += 1
                continue
            if seen.names_them:
                self._found.shared_files[file] = seen.name
                self._found.held_files += seen.held
            elif seen.is_closed:
                self._found.unsearched.append(seen.name)

    async def _looked_into(self, reader: StateReader, row: Row) -> SeenFile:
        of_names = SHARED_FILE.sealer(self._seal.contents.ring)
        name = str(json.loads(of_names.open(bytes(row["box"]), SHARED_FILE.place(row))))
        if int(row["size"]) > MOST:
            text = FileText(unsearched=[""])
        else:
            of_file = "SELECT * FROM shared_file_part WHERE file = ? ORDER BY number"
            try:
                parts = [await self._parts.read(part) for part in await reader.rows(of_file, row["id"])]
                text = text_of(b"".join(parts))
            except LostPart:
                text = FileText(unsearched=[""])
        return SeenFile(
            name,
            names(self._person, name, text),
            [
                f"{hold} keeps {name}"
                for hold in self._holds
                if hold.key and names(self._person.called(hold.key), name, text)
            ],
            bool(text.unsearched),
        )

    def _waiting(self, row: Row) -> None:
        plan, layout = str(row["plan"]), str(row["layout"] or "")
        place = (self._database, row["runbook"], plan, row["record"])
        why = self._found.opened(
            lambda: self._seal.contents.text(row, row["box"], place_of("held", "box", *place))
        )
        is_theirs = (folded(layout), str(row["record"])) in self._found.records
        if not is_theirs and (why is None or not self._person.is_in(why)):
            return
        self._found.target.held.add((row["runbook"], plan, row["record"]))
        for hold in self._holds:
            names = (
                not hold.key
                or self._person.has_key(hold.key)
                or self._person.called(hold.key).is_in(why or "")
            )
            if names and hold.covers(plan=plan, layouts=[layout], at=float(row["since"])):
                self._found.held_by[str(hold)] += 1
