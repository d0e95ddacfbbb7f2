"""Files and folders of exports, read into one solution."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from ...errors import InputError
from ..solution import FileFacts, Solution
from . import design_report_grammar, odata_schema, save_as_xml_grammar
from .design_report import DesignReport
from .element_stream import EXPORT, Found, Grammar, Malformed, objects, root_of
from .odata_schema import ODataSchema
from .save_as_xml import SaveAsXml
from .solution_draft import FileDraft
from .withheld import Withholding

MOST_FILES = 20_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CLIPBOARD = frozenset({"fmxmlsnippet", "FMObjectList"})


@dataclass
class Learned:
    """A solution, and what its reader tells its owner."""

    solution: Solution
    left_out: Counter[str]
    withheld: int
    """Texts that looked like secrets, places or people."""
    passed_over: list[str] = field(default_factory=list[str])
    """Files of a folder that are no exports."""


def learned(places: Sequence[Path], *, day: str) -> Learned:
    """Raises InputError for what cannot be read, with what to do."""
    drafts: dict[str, FileDraft] = {}
    kinds: set[Literal["xml", "report", "odata"]] = set()
    passed_over: list[str] = []
    for path, is_named in _files(places):
        kind, draft = _draft(path, is_named)
        if kind is None:
            passed_over.append(path.name)
            continue
        kinds.add(kind)
        if draft is None:  # a catalog in which there is nothing
            continue
        known = drafts.get(draft.name)
        if known is None:
            drafts[draft.name] = draft
        else:
            known.join(draft)
    if not drafts:
        raise InputError("There is no export of FileMaker in what was given", advice=EXPORT)
    if len(kinds) > 1:
        raise InputError(
            "These are exports of different kinds: Save a Copy as XML and the Database Design Report",
            advice="Give one kind. Save a Copy as XML says more.",
        )
    return finished(drafts, kinds.pop(), day=day, passed_over=passed_over)


def learned_from_odata(path: Path, file: str, *, day: str) -> Learned:
    """From a saved $metadata answer."""
    if root_of(path) != odata_schema.ROOT:
        raise InputError("The host's answer is no OData $metadata", advice="Learn from an export instead.")
    schema = ODataSchema(file)
    try:
        for found in objects(path, odata_schema.GRAMMAR, mend=False):
            schema.take(found)
    except Malformed as error:
        raise InputError(
            f"The host's $metadata is not well-formed: {error}", advice="Ask it again."
        ) from None
    schema.finish()
    return finished({file: schema.draft}, "odata", day=day)


def finished(
    drafts: dict[str, FileDraft],
    kind: Literal["xml", "report", "odata"],
    *,
    day: str,
    passed_over: Iterable[str] = (),
) -> Learned:
    left_out: Counter[str] = Counter()
    people: set[str] = set()
    for draft in drafts.values():
        left_out.update(draft.left_out)
        people |= draft.people
    withholding = Withholding(people)
    files: dict[str, FileFacts] = {}
    for name, draft in drafts.items():
        files[name] = withholding.of(draft.finished())
    days = (_DAY.match(draft.changed) for draft in drafts.values())
    changed = max((day[0] for day in days if day), default="")
    return Learned(Solution(kind, day, changed, files), left_out, withholding.count, list(passed_over))


def _files(places: Sequence[Path]) -> list[tuple[Path, bool]]:
    """Each file, and whether it was named itself. A folder is searched whole, links in it are not followed."""
    files: list[tuple[Path, bool]] = []
    for place in places:
        if place.is_dir():
            inside = sorted(p for p in place.rglob("*.xml") if p.is_file() and not p.is_symlink())
            if not inside:
                raise InputError(f"{place} holds no XML file", advice=EXPORT)
            files += [(path, False) for path in inside]
        elif place.is_file():
            files.append((place, True))
        else:
            raise InputError(f"There is no file or folder {place}", advice="Correct its name.")
    if len(files) > MOST_FILES:
        raise InputError(f"These are {len(files):,} files", advice="Name the folder of one solution.")
    return files


def _draft(path: Path, is_named: bool) -> tuple[Literal["xml", "report"] | None, FileDraft | None]:
    """No kind for a file of a folder that is no export; one that was named itself is refused then."""
    try:
        root = root_of(path)
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read: {error.strerror}", advice="Correct its rights."
        ) from None
    if root in save_as_xml_grammar.ROOTS:
        return "xml", _read(path, SaveAsXml, save_as_xml_grammar.GRAMMAR)
    if root in design_report_grammar.ROOTS:
        report = _read(path, DesignReport, design_report_grammar.GRAMMAR)
        if report is not None:
            return "report", report
        if not is_named:
            return None, None
        raise InputError(
            f"{path.name} is the summary of a report, which names files and describes none",
            advice="Give the folder it lies in.",
        )
    if not is_named:
        return None, None
    if root in _CLIPBOARD:
        raise InputError(
            f"{path.name} is what FileMaker puts on the clipboard, a few objects without their solution",
            advice=EXPORT,
        )
    raise InputError(f"{path.name} is no export of FileMaker: it begins with <{root}>", advice=EXPORT)


class _Reader(Protocol):
    """One kind of export while it is read."""

    @property
    def draft(self) -> FileDraft | None: ...

    def take(self, found: Found) -> None: ...


def _read(path: Path, make: Callable[[str], _Reader], grammar: Grammar) -> FileDraft | None:
    """As FileMaker wrote it, and mended where that is no XML. None where nothing in it is described."""
    for mend in (False, True):
        reader = make(path.name)
        try:
            for found in objects(path, grammar, mend=mend):
                reader.take(found)
        except Malformed as error:
            if error.is_cut:
                raise InputError(
                    f"{path.name} ends in the middle: it was not written or copied whole",
                    advice="Export it again and give the whole file. No map was written.",
                ) from None
            if mend:
                raise InputError(
                    f"{path.name} is not well-formed XML, not even after the known slips of FileMaker were mended: {error}",
                    advice="Export it again, if you can with a newer FileMaker Pro. No map was written.",
                ) from None
            continue
        return reader.draft
    return None
