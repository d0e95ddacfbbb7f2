"""What can be read without a tool, as `filemaker://...`: layouts and their fields, scripts, runbooks and their last reports.

With several databases each address begins with the name of one. Names are percent-encoded, a `/` in them too (`%2F`).
Nothing is asked of FileMaker before one of them is read; what a policy hides is hidden here as in the tools.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from ..server.errors import NameUnknown
from ..server.policy import may_read
from ..server.text.near_names import near
from ._call import Answer, Call, Workspaces
from ._tool import Need
from .layouts import by_folder, described, described_fields, mapped
from .scripts import list_scripts, listed

if TYPE_CHECKING:
    from ..server.runbooks.runbook import Runbook

SCHEME = "filemaker://"
DATABASE = "database"


@dataclass(frozen=True)
class ResourceKind:
    """One kind of address. `path` is made of words and of names in braces."""

    name: str
    path: str
    title: str
    description: str
    read: Callable[[Call, Mapping[str, str]], Awaitable[Answer]]
    need: Need = Need.NOTHING

    @property
    def is_template(self) -> bool:
        return "{" in self.path


@dataclass(frozen=True)
class Place:
    """An address that was understood: what it is about, in which database."""

    kind: ResourceKind
    database: str
    names: Mapping[str, str]


class Addresses:
    """The addresses of this server's resources: which there are, and what one means."""

    def __init__(self, workspaces: Workspaces, needs: Set[Need]) -> None:
        self._databases = tuple(workspaces)
        self.kinds = tuple(kind for kind in KINDS if kind.need in needs)

    @property
    def has_several(self) -> bool:
        return len(self._databases) > 1

    def listed(self) -> list[tuple[str, ResourceKind, str]]:
        """(address, kind, database) of what can be read without naming anything."""
        return [
            (self._whole(kind.path, database), kind, database)
            for database in self._databases
            for kind in self.kinds
            if not kind.is_template
        ]

    def templates(self) -> list[tuple[str, ResourceKind]]:
        """(address with names in braces, kind). With several databases the lists are templates too."""
        prefix = f"{SCHEME}{{{DATABASE}}}/" if self.has_several else SCHEME
        return [(prefix + kind.path, kind) for kind in self.kinds if kind.is_template]

    def understood(self, uri: str) -> Place:
        """Raises NameUnknown for an address that means nothing here."""
        parts = [unquote(part) for part in uri.removeprefix(SCHEME).strip("/").split("/")]
        database = self._databases[0]
        if uri.startswith(SCHEME) and self.has_several:
            database = parts.pop(0)
            if database not in self._databases:
                raise NameUnknown(
                    "database",
                    database,
                    where="in the configuration",
                    near=near(database, self._databases) or self._databases,
                )
        for kind in self.kinds:
            names = _matched(kind.path, parts)
            if names is not None and uri.startswith(SCHEME):
                return Place(kind, database, names)
        every = [address for address, _, _ in self.listed()] + [address for address, _ in self.templates()]
        raise NameUnknown(
            "resource",
            uri,
            near=near(uri, every),
            advice=f"There are {', '.join(every)}. Names are percent-encoded, a / in them is %2F.",
        )

    def address(self, path: str, database: str, **names: str) -> str:
        """The address of something by its names."""
        return self._whole(path.format(**{n: quote(name, safe="") for n, name in names.items()}), database)

    def _whole(self, path: str, database: str) -> str:
        return f"{SCHEME}{quote(database, safe='')}/{path}" if self.has_several else SCHEME + path


def _matched(path: str, parts: list[str]) -> dict[str, str] | None:
    """The names in the address, if its words are those of the path."""
    words = path.split("/")
    if len(words) != len(parts) or not all(parts):
        return None
    names: dict[str, str] = {}
    for word, part in zip(words, parts, strict=True):
        if word.startswith("{"):
            names[word.strip("{}")] = part
        elif word != part:
            return None
    return names


async def _layouts(call: Call, names: Mapping[str, str]) -> Answer:
    folders = by_folder(await call.database.layouts())
    return {"layouts": folders[""] if list(folders) == [""] else folders}


async def _layout(call: Call, names: Mapping[str, str]) -> Answer:
    meta = await call.database.layout(names["layout"])
    return await mapped(call, meta, described(meta, call.database.notes.of(meta.name)))


async def _field(call: Call, names: Mapping[str, str]) -> Answer:
    answer = await described_fields(call, names["layout"], [names["field"]])
    missing: Any = answer.pop("missing", None)
    if missing:
        why = missing[names["field"]]
        raise NameUnknown(
            "field", names["field"], where=f"on layout {names['layout']!r}", advice=f"It is {why}."
        )
    return answer


async def _scripts(call: Call, names: Mapping[str, str]) -> Answer:
    return await list_scripts(call)


async def _script(call: Call, names: Mapping[str, str]) -> Answer:
    name = call.scripting.named(names["script"]).name
    return next(facts for facts in await listed(call) if facts["name"] == name)


async def _runbook(call: Call, names: Mapping[str, str]) -> Answer:
    book = _book(call, names)
    facts: Answer = {
        "runbook": book.name,
        "description": book.description,
        "layout": book.layout if may_read(call.database.policy, book.layout) else "",
        "for_each_record": f"runs the script {book.script!r}" if book.script else "edits it",
        "most_records": book.most,
        "waiting_for_a_person": await call.runbooks.waiting(book, call.who),
    }
    return {name: fact for name, fact in facts.items() if fact}


async def _report(call: Call, names: Mapping[str, str]) -> Answer:
    from ..server.runbooks.runbook_report import shortened

    book = _book(call, names)
    progress = await call.runbooks.latest(book, call.who)
    if progress is None:
        return {"runbook": book.name, "report": "None of your latest changes is a run of it."}
    begun = datetime.fromtimestamp(progress.plan.made, UTC).isoformat(timespec="seconds")
    return {"planned_at": begun, **shortened(await call.runbooks.report(book, progress))}


def _book(call: Call, names: Mapping[str, str]) -> Runbook:
    """Raises NameUnknown."""
    book = call.runbooks.find(names["runbook"])
    if book is None:
        every = tuple(call.runbooks.books)
        raise NameUnknown("runbook", names["runbook"], near=near(names["runbook"], every) or every)
    return book


KINDS = (
    ResourceKind("layouts", "layouts", "Layouts", "The layouts that can be read, by folder", _layouts),
    ResourceKind(
        "layout", "layouts/{layout}", "Layout", "Fields, portals and value lists of a layout", _layout
    ),
    ResourceKind(
        "field", "layouts/{layout}/fields/{field}", "Field", "One field, with its whole value list", _field
    ),
    ResourceKind(
        "scripts", "scripts", "Scripts", "Scripts and runbooks that may be run", _scripts, Need.SCRIPTS
    ),
    ResourceKind(
        "script", "scripts/{script}", "Script", "Effect, parameter and layout", _script, Need.SCRIPTS
    ),
    ResourceKind(
        "runbook", "runbooks/{runbook}", "Runbook", "What it does, and who waits", _runbook, Need.SCRIPTS
    ),
    ResourceKind(
        "report", "runbooks/{runbook}/report", "Report", "How its last run ended", _report, Need.SCRIPTS
    ),
)
