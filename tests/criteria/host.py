"""The emulator's store as the host of one table: find requests in, record ids out, by the rules of section 7.2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from filemaker_mcp.server.criteria.criteria import Criteria
from filemaker_mcp.server.criteria.requests import Leg
from filemaker_mcp.server.dataapi.contents import Value
from filemaker_mcp.server.dataapi.layout_meta import FieldMeta, LayoutMeta
from filemaker_mcp.server.dataapi.query import FindRequest
from filemaker_mcp.server.dataapi.record import Record
from filemaker_mcp.server.dataapi.wire import ValueReader
from filemaker_mcp.server.emulator.find_language.find import parse
from filemaker_mcp.server.emulator.model import Field, FieldType, Table
from filemaker_mcp.server.emulator.store.store import Store
from filemaker_mcp.server.emulator.values.values import to_json


class Host:
    """One table, `rows` as FileMaker stores them."""

    def __init__(self, fields: Mapping[str, Field], rows: Sequence[Mapping[str, str]], today: date) -> None:
        self.fields = fields
        self.today = today
        self.store = Store([Table("t", fields)])
        self.store.load("t", rows)
        self.layout = LayoutMeta(
            "t", {f.name: FieldMeta(f.name, f.type.value) for f in fields.values()}, {}, {}
        )
        reader = ValueReader(self.layout)
        self.records = {
            row.record_id: Record(str(row.record_id), "0", reader.read(self._on_the_wire(row.values)))
            for row in self.store.dump()["t"]
        }

    def _on_the_wire(self, values: Mapping[str, tuple[str, ...]]) -> dict[str, Value]:
        return {
            name: to_json(field.type, values.get(name, ("",))[0]) if name in values else ""
            for name, field in self.fields.items()
        }

    def find(self, requests: Sequence[FindRequest]) -> set[int]:
        everyone = set(self.records)
        found = everyone if not requests or requests[0].omit else set[int]()
        for request in requests:
            matches = everyone.intersection(
                *(self._matching(name, criterion) for name, criterion in request.criteria.items())
            )
            found = found - matches if request.omit else found | matches
        return found

    def _matching(self, name: str, criterion: str) -> set[int]:
        meaning = parse(criterion, self.fields[name], today=self.today)
        return set(self.store.matching("t", name, None, meaning))

    def of_leg(self, leg: Leg) -> set[int]:
        found = self.find(leg.requests)
        if leg.residual is not None:
            found = {each for each in found if leg.residual.holds(self.records[each])}
        return found.difference(*(self.of_leg(each) for each in leg.minus))

    def of(self, criteria: Criteria) -> set[int]:
        return set[int]().union(*(self.of_leg(leg) for leg in criteria.legs))


def table(**types: str | tuple[str, str]) -> dict[str, Field]:
    """Fields by name: a type, or a type and an index language."""
    fields: dict[str, Field] = {}
    for name, said in types.items():
        kind, language = said if isinstance(said, tuple) else (said, "English")
        fields[name] = Field(name, FieldType(kind), index_language=language)
    return fields
