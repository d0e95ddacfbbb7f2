"""What a reading tool was asked: layout and criteria, or a found set of an earlier answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..server.criteria import habits
from ..server.criteria.criteria import understand
from ..server.criteria.targets import Target, target
from ..server.errors import InputError
from ..server.query.found_set import FoundSet
from ..server.query.members import EXAMPLE, members
from ..server.query.reading import Progress
from ..server.query.sorting import sort_keys
from ._call import Answer, Call


@dataclass(frozen=True)
class Asked:
    """The found set in question, and how to speak of it."""

    found_set: FoundSet
    progress: Progress
    where: object = None
    """Criteria as they were written in this question."""

    @property
    def sort_targets(self) -> list[Target]:
        return [target(self.found_set.layout, key.field) for key in self.found_set.sort]

    def heading(self, **counts: int) -> Answer:
        """How every answer about records begins."""
        found = self.found_set
        answer: Answer = {"layout": found.layout.name, **counts, "understood": found.criteria.understood}
        if found.criteria.today is not None:
            answer["today"] = found.criteria.today
        if found.notes:
            answer["notes"] = list(found.notes)
        if hints := habits.hints(self.where, found.layout, nothing_found=not counts.get("found")):
            answer["hints"] = list(hints)
        return answer


async def asked(
    call: Call,
    layout: str | None,
    where: object,
    omit: object,
    found_set: str | None,
    sort: Sequence[str | dict[str, str]],
    group: Mapping[str, object] | None = None,
) -> Asked:
    """Raises InputError when both or neither is given, and as `understand`, `members` and `sort_keys` do."""

    async def progress(done: int, total: int | None) -> None:
        await call.progress(done, total, f"{done:,} of {total or 0:,} records read")

    if found_set is not None:
        if layout is not None or where is not None or omit is not None:
            raise InputError(
                "Give a found_set, or layout and criteria, not both",
                advice=f"For one group of a summary add group: {EXAMPLE}.",
            )
        held = call.found_sets.get(found_set, call.caller)
        now = await call.database.layout(held.layout.name)
        if (now.fields, now.portals) != (held.layout.fields, held.layout.portals):
            raise InputError(
                f"The fields of {now.name!r} changed since this found set was made",
                advice="Ask again with layout and criteria.",
            )
        if group is not None:
            held = members(held, group, call.database.calendar)
        return Asked(held.sorted_by(sort_keys(held.layout, sort)) if sort else held, progress)
    if group is not None:
        raise InputError("group needs the found_set of a summary", advice="For conditions use where.")
    if layout is None:
        raise InputError("Give a layout (list_layouts names them) or a found_set")
    meta = await call.database.layout(layout)
    criteria = understand(where, omit, meta, call.database.calendar)
    return Asked(FoundSet(meta, criteria, sort_keys(meta, sort), where, omit), progress, where)
