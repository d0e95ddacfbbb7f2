"""Writes the draft of a notes file: proposals with what speaks for them, the doubtful ones as comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from .data_sample import Sample, sampled
from .dirt import dirt
from .flags import Flag, flags
from .name_hints import NameHint, named
from .spellings import Spelt, spelt

if TYPE_CHECKING:
    from ..database.database import Database

HEADING = """\
# A draft of solution notes, made from samples of the data. Nothing in it applies before you approve it.
# Read it, correct it, delete what is wrong, and take the # from a proposal that is right. Then write your name and
# the date below, and name this file in the configuration: notes = "THIS FILE", under the database.
# docs/notes.md says what each part does.

approved = false        # for example "Marta, 2026-11-22"
"""


@dataclass(frozen=True)
class Profile:
    """What a sample of one layout shows."""

    sample: Sample
    flags: Sequence[Flag]
    spelt: Sequence[Spelt]
    names: NameHint
    dirt: Sequence[str]

    @property
    def summary(self) -> list[str]:
        """For a person at a terminal."""
        lines = [f"{f.count:,} {f.label} would be left out ({f.field})" for f in self.flags if f.is_sure]
        lines += [f"perhaps to be left out: {f.count:,} by {f.field}" for f in self.flags if not f.is_sure]
        for each in self.spelt:
            others = ", ".join(f"{other!r} ({count:,})" for other, count in each.others)
            doubt = "perhaps " if each.is_near else ""
            lines.append(f"{each.field}: {doubt}{each.one!r} is also written {others}")
        if self.names.date is not None:
            lines.append(f"the date that is meant: {self.names.date}{'' if self.names.is_sure else '?'}")
        lines += self.dirt
        if self.names.outsiders:
            lines.append(f"perhaps filled by outsiders: {', '.join(self.names.outsiders)}")
        return lines or ["nothing that notes would have to say"]


async def profiled(database: Database, layout: str, most: int) -> Profile:
    sample = await sampled(database, layout, most)
    return Profile(
        sample,
        await flags(database, sample),
        list(spelt(sample)),
        named(sample),
        await dirt(database, sample),
    )


def drafted(profiles: Sequence[Profile]) -> str:
    """The text of the file."""
    return HEADING + "".join("\n" + "\n".join(_layout(profile)) + "\n" for profile in profiles)


def _layout(profile: Profile) -> Iterator[str]:
    names, sample = profile.names, profile.sample
    table = f"layouts.{written(sample.layout.name)}"
    yield f"# ---- {one(sample.layout.name)}: drafted from {sample.said}"
    yield f"[{table}]"
    if names.synonyms:
        yield f"# synonyms = {written(names.synonyms)}        # what people call it"
    yield "# trusted = true        # listed first"
    if names.date is not None:
        others = f"; others: {', '.join(map(one, names.other_dates))}" if names.other_dates else ""
        doubt = "" if names.is_sure else "# "
        yield f"{doubt}date = {written(names.date)}        # what `date` means, and periods without a field{others}"
    for line in profile.dirt:
        yield f"# Look at {one(line)}."
    if names.outsiders:
        fields = written({sample.layout.name: names.outsiders})
        yield "# If people outside fill these, say so in the configuration, under the database:"
        yield f"#     untrusted_fields = {fields}"
    for flag in profile.flags:
        yield from _flag(table, flag, sample.found)
    yield from _fields(table, names)
    yield from _spellings(table, profile.spelt, sample.said)
    if names.amount is not None:
        yield ""
        yield f"# [{table}.measures.revenue]        # a measure with a name"
        yield f"# measure = {written({'sum': names.amount})}"
        yield '# where = { Status = "paid" }        # if it is over certain records only'


def _flag(table: str, flag: Flag, found: int) -> Iterator[str]:
    doubt = "" if flag.is_sure else "# "
    yield ""
    yield f"# {flag.count:,} of {found:,} records" + (
        "" if flag.is_sure else "; is that what this value means?"
    )
    yield f"{doubt}[[{table}.leave_out]]"
    yield f"{doubt}label = {written(flag.label)}"
    yield f"{doubt}where = {written(flag.where)}"


def _fields(table: str, names: NameHint) -> Iterator[str]:
    if names.fields:
        yield ""
        yield f"# [{table}.fields]        # other names of fields"
        for field, plain in names.fields.items():
            yield f"# {written(field)} = {written([plain])}"


def _spellings(table: str, spelt: Sequence[Spelt], given: str) -> Iterator[str]:
    for field in dict.fromkeys(each.field for each in spelt):
        own = [each for each in spelt if each.field == field]
        sure = [each.one for each in own if not each.is_near]
        yield ""
        yield f"# counted in {given}"
        yield f"{'' if sure else '# '}[{table}.spellings.{written(field)}]"
        for each in own:
            counts = ", ".join(f"{one(other)} {count:,}" for other, count in each.others)
            # A key stands once: what is near another spelling is for the owner to add to its line.
            doubt = "# perhaps: " if each.is_near else ""
            yield f"{doubt}{written(each.one)} = {written([other for other, _ in each.others])}        # {counts}"


def written(value: object) -> str:
    """A value as TOML; JSON's texts are TOML's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return str(int(value)) if value == value.to_integral_value() else format(value, "f")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value).items()
        return f"{{ {', '.join(f'{written(name)} = {written(each)}' for name, each in pairs)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(each) for each in cast('Sequence[object]', value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def one(text: str) -> str:
    """Data in a comment, which ends with its line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
