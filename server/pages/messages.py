"""Messages of the pages that are looked up by what the program says elsewhere: names of pages, states, events."""

from __future__ import annotations

from ..text.sentence import marked

PLACES = (
    marked("Waiting"),
    marked("Changes"),
    marked("Jobs"),
    marked("Connection"),
    marked("Usage"),
    marked("Journal"),
    marked("Policy"),
)
FILES = marked("Files")
STATES = (
    marked("done"),
    marked("refused"),
    marked("unknown"),
    marked("on its way"),
    marked("not sent"),
    marked("being carried out"),
    marked("taken back"),
    marked("expired"),
    marked("agreed to"),
    marked("waits"),
)
EVENTS = (
    marked("planned"),
    marked("agreed"),
    marked("declined"),
    marked("reopened"),
    marked("started"),
    marked("ended"),
    marked("settled"),
    marked("interrupted"),
    marked("restored"),
    marked("emergency key"),
    marked("missed"),
    marked("mirroring"),
    marked("mirrored"),
)
JOBS = (marked("waiting"), marked("running"), marked("cancelled"))
"""States of jobs beside those of changes."""
