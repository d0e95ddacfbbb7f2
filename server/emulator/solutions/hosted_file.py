"""A file that the host has open: its definition, its records, its serial numbers and its containers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ..calculations.stored_calculations import with_stored_calculations
from ..model import Field, Table
from ..store.store import Store
from .container_storage import ContainerStorage
from .graph import Graph
from .layout_plan import LayoutPlan, plan_layout
from .loader.csv_rows import read_rows
from .loader.mistakes import Mistake, SolutionError
from .solution import SolutionFile, read_solutions


class HostedFile:
    """Tables are read from their CSV files when they are first needed, unless a data file has kept them.

    With `index` their indexes are built as they are read, otherwise each when a find first needs it. With `exponents` a number
    typed with an exponent is that number.
    """

    def __init__(
        self, solution: SolutionFile, data: Path | None, *, index: bool = False, exponents: bool = False
    ) -> None:
        self.solution = replace(solution, scripts=dict(solution.scripts))
        """With scripts of its own: they may be renamed on one host of several that are made of a solution read once."""
        self.model = solution.model
        self.name = solution.model.name
        self.formulas = solution.formulas
        self.closed = solution.model.closed
        self.graph = Graph(solution.model)
        kept = data is not None and data.exists()
        self.containers = ContainerStorage(
            solution.folder, None if data is None else data.with_suffix(".containers")
        )
        loaded = solution.records if data is None and not exponents else None
        self._store = Store(tuple(self.model.tables.values()), data, loaded)
        self._index = index
        self._exponents = exponents
        self._waiting = set[str]() if kept or loaded else set(solution.data)
        self._plans: dict[str, LayoutPlan] = {}
        self._serials: dict[tuple[str, str], int] = {}
        self._from_data_file = kept
        if data is not None:
            self.load_all()
        if (kept or loaded) and index:
            for table in self.model.tables:
                self._store.index(table)

    def store_for(self, table: str) -> Store:
        """The store, with that table's data in it."""
        if table in self._waiting:
            mistakes: list[Mistake] = []
            self._load(table, mistakes)
            if mistakes:
                raise SolutionError(mistakes)
        return self._store

    def load_all(self) -> None:
        """Raises SolutionError with every row that does not fit its table."""
        mistakes: list[Mistake] = []
        for table in sorted(self._waiting):
            self._load(table, mistakes)
        if mistakes:
            raise SolutionError(mistakes)

    def _load(self, name: str, mistakes: list[Mistake]) -> None:
        self._waiting.discard(name)
        table = self.model.tables[name]
        rows = read_rows(table, self.solution.data[name], mistakes, exponents=self._exponents)
        if any(field.calculation is not None and field.stored for field in table.fields.values()):
            rows = (with_stored_calculations(self.formulas, table, row) for row in rows)
        self._store.load(name, rows)
        if self._index:
            self._store.index(name)

    def plan(self, layout: str, table_of: Callable[[str], Table]) -> LayoutPlan:
        plan = self._plans.get(layout)
        if plan is None:
            plan = self._plans[layout] = plan_layout(self.model.layouts[layout], table_of)
        return plan

    def next_serial(self, table: str, field: Field) -> str:
        """The next serial value. A number once given is never given again, whatever becomes of the record."""
        enter = field.auto_enter
        assert enter is not None  # noqa: S101 - only fields with a serial come here
        key = (table, field.name)
        if key not in self._serials:
            self._serials[key] = self._first_serial(table, field)
        number = self._serials[key]
        self._serials[key] = number + enter.increment
        return f"{enter.prefix}{number:0{enter.width}d}"

    def _first_serial(self, table: str, field: Field) -> int:
        enter = field.auto_enter
        assert enter is not None  # noqa: S101 - as above
        if not self._from_data_file:
            return enter.next_serial
        store = self.store_for(table)
        given = [
            int(digits)
            for row in store.read_many(table, store.ids(table))
            if (digits := row.values[field.name][0].removeprefix(enter.prefix)).isdecimal()
        ]
        return max([enter.next_serial, *(number + enter.increment for number in given)])

    @property
    def records(self) -> bytes:
        """All of them, for `SolutionFile.records`. In memory only."""
        return self._store.copied()

    def digest(self) -> str:
        """A fingerprint of every record."""
        return self._store.digest()

    def close(self) -> None:
        self._store.close()


def loaded(folders: Sequence[Path]) -> tuple[SolutionFile, ...]:
    """The solutions with all their records: each host that is made of them opens in a millisecond. Raises SolutionError."""
    files = [HostedFile(solution, None) for solution in read_solutions(folders)]
    for file in files:
        file.load_all()
    return tuple(replace(file.solution, records=file.records) for file in files)
