"""The lines of an audit as CSV: a row for each field that changed, so that both values can be filtered and compared."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from ...query.export.writers import guarded
from .audit_text import LARGEST, pieces, seen
from .audit_trail import AuditLine, ChainProof

COLUMNS = (
    "entry", "at", "who", "client", "change", "what", "layout", "record", "field", "before", "after", "agreement", "outcome", "note",
)  # fmt: skip


def write_table(path: Path, lines: Sequence[AuditLine], proof: ChainProof) -> None:
    """UTF-8 with a mark, as Excel wants it. A value that no cell takes has several rows, as their notes say. The last rows prove where the lines lie in the chain."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for line in lines:
            for name, before, after in line.fields or [("", "", "")]:
                parts = list(pieces(seen(before), seen(after)))
                for number, part in enumerate(parts, start=1):
                    note = (
                        f"part {number} of {len(parts)} {line.note}".strip() if len(parts) > 1 else line.note
                    )
                    cells = (line.at, line.who, line.client, line.change, line.what, line.layout, line.record)
                    own = [seen(each)[:LARGEST] for each in (*cells, name)]
                    rest = [seen(each)[:LARGEST] for each in (line.agreement, line.outcome, note)]
                    writer.writerow([line.entry, *map(guarded, (*own, *part, *rest))])
        for sentence in proof.sentences:
            writer.writerow(["", "", "", "", "", f"chain: {sentence}", *[""] * (len(COLUMNS) - 6)])
