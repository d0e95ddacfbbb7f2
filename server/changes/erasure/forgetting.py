"""Forgets one person: what is found goes in one transaction, between two entries of the journal that tell nothing of contents.

Killed at any point, either nothing is done yet, or the first entry stands without the second: 'journal verify' and the next
'journal forget' say so, and the same command does the rest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio.to_thread

from ...errors import Changed, ConfigurationError, Forbidden, InputError
from ...local.file_parts import FileParts
from ...local.shared_file import take_out
from ...local.state.state import State, StateReader, Transaction
from ..audit.erasures import Erasures
from ..audit.journal_check import erasures_of
from ..journal.journal import Journal
from ..plans.plan import Who
from ..plans.plan_digest import digest_of
from ..plans.plan_seal import Seal
from .eraser import Erased, Eraser
from .found_contents import Found
from .hold import Hold, Holds
from .person import Person
from .stored_files import held_files
from .survey import Survey

Alongside = Callable[[Transaction], Awaitable[None]]


@dataclass(frozen=True)
class Forgotten:
    erased: Erased
    jobs: int
    files: int
    is_scrubbed: bool
    """Whether no byte of it is left in the file that keeps the records. False while another program reads them."""


class Forgetting:
    """`mark` tells the same person again, without telling who it is. `alongside` is done in the same transaction."""

    def __init__(
        self,
        state: State,
        seal: Seal,
        journal: Journal,
        database: str,
        person: Person,
        *,
        now: Callable[[], float],
        layouts: Collection[str] = (),
        alongside: Alongside | None = None,
        caller: str = "",
        keeps_files: bool = False,
        parts: FileParts | None = None,
    ) -> None:
        """`parts` of files that servers share; None where none are in an object store."""
        self._parts = parts or FileParts(state, seal.contents.ring, None)
        self._state = state
        self._seal = seal
        self._journal = journal
        self._database = database
        self._person = person
        self._now = now
        self._layouts = layouts
        self._alongside = alongside
        self._caller = caller
        self._keeps_files = keeps_files
        self._holds = Holds(state, seal, journal)
        self._survey: Survey | None = None
        self._seen = frozenset[str]()
        """Holds that stood when it was shown what would go."""

    async def survey(self) -> Found:
        await self._state.row("SELECT 1 AS there")  # opened, so that the keys are there
        holds = await self._standing()
        self._seen = frozenset(hold.id for hold in holds)
        self._survey = Survey(self._seal, self._database, self._person, holds, self._parts, self._layouts)
        found = await self._survey.look(self._state, self._now())
        found.running = [name for name in found.running if await self._runs(self._state, name)]
        return found

    async def begun(self) -> bool:
        """Whether it was begun before and not finished."""
        erasures: Erasures = await erasures_of(self._state)
        return self.mark in erasures.open

    @property
    def mark(self) -> str:
        person = self._person
        told = digest_of(self._database, person.key, sorted(person.records), person.texts, self._caller)
        return self._seal.of_digest(told)

    def check(self, found: Found) -> None:
        """Raises Forbidden where a hold stands in the way, InputError while work about the person is under way."""
        if found.held_by:
            which = "; ".join(
                f"{hold} keeps {count:,} contents of it" for hold, count in sorted(found.held_by.items())
            )
            raise Forbidden(
                f"What is to be forgotten is held: {which}",
                changed=Changed.NOTHING,
                advice="'filemaker-mcp journal hold release ID' ends a hold; --layout forgets only what other layouts hold.",
            )
        if not self._keeps_files:
            _check_held(found.held_files)
        if found.running:
            raise InputError(
                f"{', '.join(found.running)} {'is' if len(found.running) == 1 else 'are'} under way, and about the person",
                advice="Nothing was forgotten. Wait for the end or stop it (check_job, or the console), and run this again.",
            )

    async def check_files(self, files: Sequence[Path]) -> None:
        """Raises Forbidden where one that is to be deleted names the key of a hold."""
        search = partial(held_files, files, self._person, await self._standing())
        _check_held(await anyio.to_thread.run_sync(search))

    async def carry_out(self, found: Found, files: Sequence[Path], who: Who, reason: str) -> Forgotten:
        """Raises as `check`, by what is there in the moment of forgetting."""
        self.check(found)
        await self.check_files(files)
        facts = {"mark": self.mark, "why": reason}
        await self._journal.note(database=self._database, who=who, plan="", event="forgetting", facts=facts)
        try:
            erased, jobs = await self._erase(who)
        except (Forbidden, InputError, ConfigurationError):
            # a hold or work that came meanwhile: nothing is erased, so it is over
            await self._ended(who, {"refused": True})
            raise
        await self._parts.sweep()
        for file in files:
            await anyio.to_thread.run_sync(_unlink, file)
        is_scrubbed = await self._state.scrub()
        if is_scrubbed:
            await self._ended(who, {"plans": erased.plans, "files": len(files), "jobs": jobs})
        return Forgotten(erased, jobs, len(files), is_scrubbed)

    async def _ended(self, who: Who, facts: dict[str, object]) -> None:
        await self._journal.note(
            database=self._database, who=who, plan="", event="forgotten", facts={"mark": self.mark, **facts}
        )

    async def _erase(self, who: Who) -> tuple[Erased, int]:
        """All of the records, or nothing; and how many jobs went. Raises as `check`."""
        async with self._state.writing() as transaction:
            holds = await self._holds.standing(transaction, self._database)
            survey = self._survey
            if survey is None or not {hold.id for hold in holds} <= self._seen:
                parts = self._parts.inside_alone()
                survey = Survey(self._seal, self._database, self._person, holds, parts, self._layouts)
            latest = await survey.look(transaction, self._now())
            latest.running = [name for name in latest.running if await self._runs(transaction, name)]
            self.check(latest)
            erased = await Eraser(transaction, self._journal, self._seal).erase(
                self._database, who, latest.target, {"because": "forgotten"}
            )
            transaction.put_many("DELETE FROM job WHERE id = ?", [(job,) for job in sorted(latest.jobs)])
            transaction.put_many(
                "DELETE FROM found_set WHERE handle = ?", [(handle,) for handle in sorted(latest.found_sets)]
            )
            for file in () if self._keeps_files else sorted(latest.shared_files):
                take_out(transaction, file, self._now())
            await self._holds.forget(transaction, self._database, self._person)
            if self._alongside is not None:
                await self._alongside(transaction)
        return erased, len(latest.jobs)

    async def _standing(self) -> list[Hold]:
        every = await self._holds.all()
        return [hold for hold in every if hold.database == self._database and hold.released is None]

    async def _runs(self, reader: StateReader, name: str) -> bool:
        """Whoever runs it may have ended without a word."""
        rows = await reader.rows(RUNNER, name, name)
        return bool(rows) and await self._state.is_alive(str(rows[0]["runner"]))


RUNNER = (
    "SELECT runner FROM plan WHERE id = ? AND state = 'applying'"
    " UNION SELECT runner FROM job WHERE id = ? AND state IN ('waiting', 'running')"
)


def _check_held(files: Sequence[str]) -> None:
    if files:
        raise Forbidden(
            f"Files that are to be deleted are held: {'; '.join(files)}",
            changed=Changed.NOTHING,
            advice="--keep-files leaves all files. 'filemaker-mcp journal hold release ID' ends a hold.",
        )


def _unlink(file: Path) -> None:
    file.unlink(missing_ok=True)
