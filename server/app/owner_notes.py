"""The owner's notes about one database, as its settings name them."""

from __future__ import annotations

from ..config.database_settings import DatabaseSettings
from ..notes.notes import NO_NOTES, Notes
from ..notes.notes_file import read_notes
from ..query.summary.measures.measures import KINDS


def notes_of(settings: DatabaseSettings) -> Notes:
    """None where no file is named, or it is still a draft. Raises ConfigurationError with file, line and remedy."""
    return NO_NOTES if settings.notes is None else read_notes(settings.notes, KINDS)
