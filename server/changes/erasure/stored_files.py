"""Files in the files folder that name a person: exports, saved containers, whatever else lies there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from .person import Person

MOST = 200_000_000
"""Bytes of a file that is searched."""


UNREADABLE = (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError)
"""What a file raises that is not what it seems, or is sealed by a password."""


@dataclass
class NamingFiles:
    naming: list[Path] = field(default_factory=list[Path])
    unsearched: list[Path] = field(default_factory=list[Path])
    """Pictures, PDF and the like, whose text is not looked into here."""


def naming_files(folder: Path, person: Person) -> NamingFiles:
    """Links are not followed."""
    found = NamingFiles()
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() or not file.is_file():
            continue
        if person.is_in(file.name):
            found.naming.append(file)
            continue
        try:
            texts = list(_texts(file))
        except UNREADABLE:
            texts = []
        if any(person.is_in(text) for text in texts):
            found.naming.append(file)
        elif not texts:
            found.unsearched.append(file)
    return found


def _texts(file: Path) -> Iterator[str]:
    if file.stat().st_size <= MOST:
        yield from texts_of(file.read_bytes())


def texts_of(content: bytes) -> Iterator[str]:
    """What can be searched of a file's content; of workbooks and the like each part. Raises BadZipFile and the like."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for part in packed.infolist():
                if part.file_size <= MOST:
                    yield packed.read(part).decode("utf-8", "replace")
    elif b"\0" not in content[:4096] and not content.startswith(b"%PDF"):
        yield content.decode("utf-8-sig", "replace")


def names(person: Person, name: str, content: bytes) -> bool:
    """Whether a file tells of the person."""
    with suppress(*UNREADABLE):
        return person.is_in(name) or any(map(person.is_in, texts_of(content)))
    return False
