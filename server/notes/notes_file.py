"""Reads the file of notes; every mistake is named with file, line and remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field, StrictBool, StrictStr

from ..criteria.collation import DEFAULT, JAPANESE, UNICODE, folded
from ..criteria.searchable import ALL_OPERATORS
from ..errors import ConfigurationError
from ..text.near_names import near
from ..text.toml_file import Strict, TomlFile
from .notes import NO_NOTES, Definition, LayoutNotes, LeftOut, Notes

KIND = "notes file"
PAGE = "docs/notes.md"


def _listed(given: object) -> object:
    """One name is a list of one."""
    return [given] if isinstance(given, str) else given


Text = Annotated[StrictStr, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed)]
Where = dict[str, Any] | list[dict[str, Any]]


class _LeftOut(Strict):
    label: Text
    where: Where


class _Measure(Strict):
    measure: StrictStr | dict[str, Any]
    where: Where | None = None
    meaning: str = ""


class _Layout(Strict):
    synonyms: Texts = ()
    trusted: StrictBool = False
    date: Text | None = None
    leave_out: tuple[_LeftOut, ...] = ()
    fields: Mapping[str, Texts] = Field(default_factory=dict[str, Any])
    spellings: Mapping[str, Mapping[str, Texts]] = Field(default_factory=dict[str, Any])
    languages: Mapping[str, Text] = Field(default_factory=dict[str, Any])
    measures: Mapping[str, _Measure] = Field(default_factory=dict[str, Any])


class _NotesFile(Strict):
    approved: StrictBool | Text
    layouts: Mapping[str, _Layout] = Field(default_factory=dict[str, Any])


def read_notes(path: Path, measures: Collection[str]) -> Notes:
    """The notes to apply: none while they are a draft. `measures` are the words for measures, such as `sum`.

    Raises ConfigurationError: file, line, what is wrong, what to do.
    """
    if not path.is_file():
        raise ConfigurationError(
            f"The {KIND} {path} is not there",
            advice="Correct its name in the configuration, or draft it with 'filemaker-mcp profile'.",
        )
    file = TomlFile.open(path, KIND, PAGE)
    read = file.as_a(_NotesFile)
    _refuse_shared(
        file,
        ((layout, each.synonyms, ["layouts", layout, "synonyms"]) for layout, each in read.layouts.items()),
    )
    layouts = {name: _layout(file, ["layouts", name], each, measures) for name, each in read.layouts.items()}
    return Notes(layouts, path.name) if read.approved else NO_NOTES


def _layout(file: TomlFile, at: list[str], read: _Layout, measures: Collection[str]) -> LayoutNotes:
    _refuse_shared(file, ((field, names, [*at, "fields", field]) for field, names in read.fields.items()))
    for field, spellings in read.spellings.items():
        _refuse_shared(
            file, ((one, (one, *others), [*at, "spellings", field, one]) for one, others in spellings.items())
        )
    for number, each in enumerate(read.leave_out):
        _check_criteria(file, [*at, "leave_out", str(number), "where"], each.where)
    for field, language in read.languages.items():
        _check_language(file, [*at, "languages", field], language)
    leave_out = tuple(
        LeftOut(
            each.label,
            each.where,
            f"{file.path.name}, line {file.line_of([*at, 'leave_out', str(n), 'where'])}",
        )
        for n, each in enumerate(read.leave_out)
    )
    return LayoutNotes(
        synonyms=read.synonyms,
        trusted=read.trusted,
        date=read.date,
        leave_out=leave_out,
        fields=read.fields,
        spellings=read.spellings,
        languages=read.languages,
        measures={
            name: _definition(file, [*at, "measures", name], name, each, measures)
            for name, each in read.measures.items()
        },
    )


def _definition(
    file: TomlFile, at: list[str], name: str, read: _Measure, measures: Collection[str]
) -> Definition:
    if name.casefold() in measures:
        raise file.mistake(at, f"{name!r} is a measure by itself", "Give the definition another name.")
    given = {read.measure: True} if isinstance(read.measure, str) else read.measure
    kinds = [kind for kind in given if kind != "p"]
    if len(kinds) != 1 or kinds[0] not in measures:
        close = near(kinds[0], measures, most=1) if kinds else ()
        hint = f"Did you mean {close[0]!r}? " if close else ""
        raise file.mistake(
            [*at, "measure"],
            f"{read.measure!r} is no measure",
            f'{hint}It is written as measure = {{ sum = "Total" }}, with one of {", ".join(measures)}.',
        )
    if read.where is not None:
        _check_criteria(file, [*at, "where"], read.where)
    return Definition(name, {**given, "as": name}, read.where, " ".join(read.meaning.split()))


def _check_language(file: TomlFile, at: list[str], language: str) -> None:
    """Three of them compare in a way of their own; every other one as English does."""
    special = (UNICODE, DEFAULT, JAPANESE)
    close = near(language, special, most=1)
    if close and language not in special:
        raise file.mistake(at, f"{language!r} is no language of an index", f"Did you mean {close[0]!r}?")


def _check_criteria(file: TomlFile, at: list[str], where: Where) -> None:
    """As far as that is possible without the layout."""
    for conditions in (where or [{}]) if isinstance(where, list) else [where]:
        if not conditions:
            raise file.mistake(at, "criteria without a field would match every record")
        for name, condition in conditions.items():
            if name == "text":
                raise file.mistake(at, "the key 'text' searches all fields; notes name the fields they mean")
            for word in cast("dict[str, Any]", condition) if isinstance(condition, dict) else ():
                if word not in ALL_OPERATORS and word != "field":
                    close = near(word, ALL_OPERATORS, most=1)
                    raise file.mistake(
                        at,
                        f"there is no condition {word!r} (on {name!r})",
                        f"Did you mean {close[0]!r}?"
                        if close
                        else f"There are {', '.join(sorted(ALL_OPERATORS))}.",
                    )


def _refuse_shared(file: TomlFile, named: Iterable[tuple[str, tuple[str, ...], list[str]]]) -> None:
    """One name can mean one thing only; capitals and accents are overlooked, as FileMaker does."""
    owners: dict[str, str] = {}
    for owner, names, at in named:
        for name in names:
            other = owners.setdefault(folded(name), owner)
            if other != owner:
                raise file.mistake(
                    at, f"{name!r} stands for both {other!r} and {owner!r}", "Leave one of them."
                )
