"""Names in runbooks, and in the declarations of scripts, that the host does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..runbooks.runbook import Runbook
from ..scripts.governed_script import GovernedScript
from .host_names import HostNames


def runbook_mistakes(books: Iterable[Runbook], host: HostNames) -> list[str]:
    """Sentences for the owner."""
    return [sentence for book in books for sentence in _of_book(book, host)]


def script_mistakes(scripts: Iterable[GovernedScript], host: HostNames) -> list[str]:
    """What is said of the names of scripts themselves stands with the policy."""
    return [sentence for script in scripts for sentence in _of_script(script, host)]


def _of_book(book: Runbook, host: HostNames) -> Iterator[str]:
    what = f"The runbook {book.name!r} names"
    yield from host.of_layout(what, book.layout)
    if book.script is not None:
        yield from host.of_script(what, book.script)
    meta = host.layout(book.layout)
    if meta is None:
        return
    yield from host.of_fields(what, meta, [*(check.field for check in book.checks), *book.edit])
    for where in (book.where, book.omit):
        yield from host.of_criteria(f"The runbook {book.name!r} has", meta, where)


def _of_script(script: GovernedScript, host: HostNames) -> Iterator[str]:
    what = f"The script {script.name!r} names"
    for layout in (script.layout, script.carrier and script.carrier.layout):
        if layout:
            yield from host.of_layout(what, layout)
    carrier = script.carrier
    if carrier is not None and (meta := host.layout(carrier.layout)) is not None:
        yield from host.of_fields(what, meta, carrier.criteria)
    if script.layout and (meta := host.layout(script.layout)) is not None:
        yield from host.of_fields(what, meta, script.required)
