"""What is asked about a text whose encoding cannot be told, each time with the row and the cell where it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import InputError
from .byte_runs import FREQUENT, RUN, ByteRuns
from .encoded_cells import EncodedCell, encoded_cells
from .encodings import ELSE, keeps_ascii, spoken

UNCHANGED = "Nothing was changed."


@dataclass(frozen=True)
class EncodingQuestion:
    """`content` without a mark. `delimiter` as the caller says it, where it is said."""

    name: str
    content: bytes
    delimiter: str | None = None

    def of_either(self, runs: ByteRuns, codecs: Sequence[str]) -> InputError:
        """Text that reads well in two encodings."""
        cell = next(each for each in self.cells(runs) if len({each.read(codec) for codec in codecs}) > 1)
        return InputError(
            f"{self.name!r} reads well in two encodings: {cell.place} is {_readings(cell, codecs)}",
            advice=f'Say which: format = {{"encoding": "{spoken(codecs[0])}"}}. {UNCHANGED}',
        )

    def of_several(self, utf8: ByteRuns, others: ByteRuns, codecs: Sequence[str]) -> InputError:
        """Text that is UTF-8 in some places, or by its first bytes, and something else in others."""
        sound, odd = next(self.cells(utf8), None), next(self.cells(others))
        like = f", such as {sound.read('utf-8')!r} in {sound.place}" if sound else ""
        count = "one place is" if len(others) == 1 else f"{len(others):,} places are"
        last = RUN.findall(self.content[-4:])
        is_cut = len(others) == 1 and last and self.content.endswith(last[-1])
        cut = (
            ", at its end, where it may have been cut off" if is_cut and last[-1] in others.different else ""
        )
        possible = [codec for codec in codecs if others.share(codec)]
        readings = " or ".join(f"{odd.read_else(codec)!r} ({spoken(codec)})" for codec in possible)
        is_read = f"is {readings}" if readings else f"reads {odd.read('utf-8')!r}"
        return InputError(
            f"{self.name!r} is of no single encoding: it is UTF-8{like}, and {count} not{cut}: {odd.place} {is_read}",
            advice="Correct the file, or say how to read what is no UTF-8: "
            f'format = {{"encoding": "{ELSE}{spoken(possible[0]) if possible else "..."}"}}. {UNCHANGED}',
        )

    def untold(self, runs: ByteRuns, detected: str | None) -> InputError:
        """Too few letters, or none that any encoding explains."""
        cell = next(self.cells(runs))
        codecs = [codec for codec in FREQUENT if runs.share(codec)]
        codecs += [detected] if detected and detected not in codecs and keeps_ascii(detected) else []
        may_be = f" may be {_readings(cell, codecs)}" if codecs else " is none that is known"
        return InputError(
            f"The encoding of {self.name!r} cannot be told: {cell.place}{may_be}",
            advice=f'Save it as CSV in UTF-8, or say it: format = {{"encoding": "..."}}. {UNCHANGED}',
        )

    def meaningless(self, codec: str, runs: ByteRuns) -> InputError:
        """Bytes that mean nothing in the encoding that was said."""
        where = ""
        if keeps_ascii(codec):
            odd = next((cell for cell in self.cells(runs) if "\ufffd" in cell.read(codec)), None)
            where = f": {odd.place} would be {odd.read(codec)!r}" if odd else ""
        return InputError(
            f"{self.name!r} is not {spoken(codec)} text{where}",
            advice=f"Say another encoding, or correct the file, which may have been cut off. {UNCHANGED}",
        )

    def cells(self, runs: ByteRuns) -> Iterator[EncodedCell]:
        """Those that hold one of the runs."""
        wanted = runs.different
        return encoded_cells(
            self.name, self.content, self.delimiter, lambda cell: not wanted.isdisjoint(RUN.findall(cell))
        )


def _readings(cell: EncodedCell, codecs: Sequence[str]) -> str:
    return " or ".join(f"{cell.read(codec)!r} ({spoken(codec)})" for codec in codecs)
