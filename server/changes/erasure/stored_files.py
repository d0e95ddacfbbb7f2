"""Files in the files folder that name a person: exports, saved containers, whatever else lies there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .file_text import MOST, FileText, text_of
from .hold import Hold
from .person import Person


@dataclass
class NamingFiles:
    naming: list[Path] = field(default_factory=list[Path])
    unsearched: list[str] = field(default_factory=list[str])
    """Pictures, PDF and the like, whose text is not looked into here; with what is packed in a file and is such."""
    guessed: list[str] = field(default_factory=list[str])
    """Searched, but in letters that had to be guessed."""


def naming_files(folder: Path, person: Person) -> NamingFiles:
    """Links are not followed."""
    found = NamingFiles()
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() or not file.is_file():
            continue
        text = _text(file)
        if names(person, file.name, text):
            found.naming.append(file)
            continue
        found.unsearched += [": ".join(filter(None, (str(file), part))) for part in text.unsearched]
        if text.is_guessed:
            found.guessed.append(str(file))
    return found


def held_files(files: Iterable[Path], person: Person, holds: Iterable[Hold]) -> list[str]:
    """Which of them name the key of a hold, with that hold. `person` knows the keys."""
    keyed = [(hold, person.called(hold.key)) for hold in holds if hold.key]
    found: list[str] = []
    for file in files if keyed else ():
        text = _text(file)
        found += [f"{hold} keeps {file}" for hold, held in keyed if names(held, file.name, text)]
    return found


def _text(file: Path) -> FileText:
    try:
        if file.stat().st_size <= MOST:
            return text_of(file.read_bytes())
    except OSError:
        pass
    return FileText(unsearched=[""])


def names(person: Person, name: str, text: FileText) -> bool:
    """Whether a file tells of the person."""
    return any(map(person.is_in, (name, name.replace("_", " "), *text.texts)))
