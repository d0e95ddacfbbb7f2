"""One database of the configuration, checked: what is wrong in what the owner wrote, and what changed at the host."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigurationError, FilemakerMcpError
from ...host_errors import Busy, FileClosed
from .deployment_finding import Finding

if TYPE_CHECKING:
    from ...config.database_settings import DatabaseSettings
    from ...config.settings import Settings
    from ...policy.misspellings import Solution

FINE, PERSON, CONFIGURATION, AWAY = 0, 1, 2, 5


class DeploymentCheck:
    def __init__(self, settings: Settings, subjects: frozenset[str], *, live: bool) -> None:
        self._settings = settings
        self._subjects = subjects
        self._live = live

    async def of(self, name: str) -> list[Finding]:
        database = self._settings.database[name]
        shown = f"{name} ({database.stage})" if database.stage else name
        found = [Finding(shown, *each) for each in self._written(name, database)]
        if not self._live:
            return found
        try:
            solution = await self._surveyed(name)
        except (FilemakerMcpError, ExceptionGroup) as error:
            return [*found, Finding(shown, "host", *_absence(error, database))]
        found += [
            Finding(shown, subject, sentence, PERSON)
            for subject, sentence in self._beside(name, database, solution)
        ]
        return [
            *found,
            *(Finding(shown, "schema", sentence, FINE) for sentence in self._changes(database, solution)),
        ]

    def _written(self, name: str, database: DatabaseSettings) -> list[tuple[str, str, int]]:
        """What can be told without the host."""
        from ...app.declared_scripts import declared_scripts, runbooks_of
        from ...app.owner_map import map_of
        from ...app.owner_notes import notes_of
        from ...app.owner_policy import policy_of
        from ...policy.policy_check import complaints, source_complaints
        from ...solution_map.script_words import mild_declarations

        found: list[tuple[str, str, int]] = []

        def look(subject: str, read: Callable[[], Iterable[str]]) -> None:
            if subject not in self._subjects:
                return
            try:
                found.extend((subject, sentence, PERSON) for sentence in read())
            except ConfigurationError as error:
                found.append((subject, str(error), CONFIGURATION))

        policy = policy_of(database)

        def nothing(read: object) -> Iterable[str]:
            return ()

        def of_map() -> Iterable[str]:
            view = map_of(database)
            if view is None and database.map is not None:
                return ("The solution map is a draft: put your name into approved, or take map out.",)
            return () if view is None else mild_declarations(view.atlas, policy)

        sources = [(source.file, source.account) for source in database.data_sources]
        look("policy", lambda: [*complaints(policy, account=database.account), *source_complaints(sources)])
        look("notes", lambda: nothing(notes_of(database)))
        look("runbooks", lambda: nothing(runbooks_of(self._settings)[name]))
        look("scripts", lambda: nothing(declared_scripts(database)))
        look("map", of_map)
        return found

    async def _surveyed(self, name: str) -> Solution:
        """Without the owner's files: a mistake in one of them is told, and the host is looked at all the same."""
        from .host_survey import surveyed

        plain = self._settings.database[name].model_copy(update={"map": None, "notes": None})
        settings = self._settings.model_copy(update={"database": {name: plain}, "runbooks": None})
        return (await surveyed(settings))[name]

    def _beside(self, name: str, database: DatabaseSettings, solution: Solution) -> list[tuple[str, str]]:
        """What the host does not have of what was written. Files that cannot be read were told."""
        from ...app.declared_scripts import declared_scripts, runbooks_of
        from ...app.owner_map import map_of
        from ...app.owner_notes import notes_of
        from ...app.owner_policy import policy_of
        from ...deployment.host_names import HostNames
        from ...deployment.note_names import note_mistakes
        from ...deployment.runbook_names import runbook_mistakes, script_mistakes
        from ...policy.misspellings import misspellings
        from ...solution_map.live_comparison import compared

        host = HostNames(solution)

        def of_map() -> Iterable[str]:
            view = map_of(database)
            if view is None:
                return ()
            comparison = compared(view.atlas, solution.layouts, solution.scripts)
            if comparison.agrees and not comparison.gone:
                return ()
            return (
                f"The solution map of {view.date} is not the host's: {comparison}. Make it anew with 'filemaker-mcp learn'.",
            )

        looks: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
            (
                "policy",
                lambda: misspellings(
                    policy_of(database), solution, database.journal_days_by_layout, database.open_script
                ),
            ),
            ("notes", lambda: note_mistakes(notes_of(database), host)),
            ("runbooks", lambda: runbook_mistakes(runbooks_of(self._settings)[name].values(), host)),
            ("scripts", lambda: script_mistakes(declared_scripts(database).values(), host)),
            ("map", of_map),
        )
        found: list[tuple[str, str]] = []
        for subject, read in looks:
            if subject in self._subjects:
                try:
                    found += [(subject, sentence) for sentence in read()]
                except ConfigurationError:
                    continue
        return found

    def _changes(self, database: DatabaseSettings, solution: Solution) -> list[str]:
        """Since the last look, which this one replaces."""
        from ...deployment.schema_look import SchemaLook, changed_since, look_file, read_look
        from ...local.private_files import write_private

        file = look_file(self._folder(), f"{database.base_url}/{database.file}")
        before = read_look(file.read_text("utf-8")) if file.is_file() else None
        now = SchemaLook.of(solution, time.time(), before)
        told = [] if before is None else changed_since(before, now)
        try:
            write_private(file, now.text())
        except OSError as error:
            told.append(f"What was seen could not be kept for the next look: {error.strerror or error}.")
        if before is None or not told:
            return told
        day = datetime.fromtimestamp(before.at).astimezone().strftime("%d %B %Y, %H:%M")
        return [f"Since {day} the host has changed; this is told once.", *told]

    def _folder(self) -> Path:
        """Beside the state, else where the state would be."""
        from ...local.places import state_file

        state = self._settings.state
        file = state_file() if state is None or state.file is None else state.file
        return file.parent / "schema"


def _absence(
    error: FilemakerMcpError | ExceptionGroup[Exception], database: DatabaseSettings
) -> tuple[str, int]:
    """Why the host could not be looked at, and what that makes of the exit status."""
    from ...runbooks.batch import AWAY as ABSENCES

    if isinstance(error, ExceptionGroup):
        inner = error.exceptions[0]
        if not isinstance(inner, FilemakerMcpError):
            raise error
        return _absence(inner, database)
    if isinstance(error, FileClosed | Busy):
        return (
            f"The file {database.file!r} is being updated: {error.what}. Nothing was compared; check again when it is open.",
            AWAY,
        )
    if isinstance(error, ConfigurationError):
        return str(error), CONFIGURATION
    return str(error), AWAY if isinstance(error, ABSENCES) else PERSON
