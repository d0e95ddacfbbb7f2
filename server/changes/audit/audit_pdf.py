"""The lines of an audit as pages to be read: numbered, with the proof of the chain before them. fpdf2 makes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ...errors import ConfigurationError
from .audit_fonts import fonts_here
from .audit_text import seen
from .audit_trail import AuditLine, ChainProof

if TYPE_CHECKING:
    from fpdf import FPDF

LONGEST = 1_500
"""Characters of a value on a page; the CSV has all of them."""
BUILT_IN = "helvetica"
"""Of every reader of PDF; Western European letters alone."""
WIDTHS = (20, 40, 40)
"""Of the columns, in parts of a hundred."""
AT_ONCE = 20
"""Lines of one row. A row must fit on a page, so a longer value goes on in the next."""
SMALL, USUAL, LARGE = 7, 8, 14
GREY = 100


def write_pages(
    path: Path, title: str, lines: Sequence[AuditLine], proof: ChainProof, fonts: Sequence[Path]
) -> list[str]:
    """The characters for which no font has a form. `fonts` before those of this machine. Raises ConfigurationError without fpdf2,
    and for a font that is none."""
    pages = _Pages(title, proof, fonts)
    pages.begin()
    for line in lines:
        pages.line(line)
    pages.pdf.output(str(path))
    return sorted(pages.missing)


class _Pages:
    def __init__(self, title: str, proof: ChainProof, fonts: Sequence[Path]) -> None:
        self.pdf, self._family, self._forms = _document(proof, fonts)
        self._title = title
        self._proof = proof
        self.missing: set[str] = set()

    def begin(self) -> None:
        pdf = self.pdf
        pdf.add_page()
        self._write(self._title, LARGE)
        pdf.ln(3)
        for sentence in self._proof.sentences:
            self._write(sentence, USUAL)
        pdf.ln(4)

    def line(self, line: AuditLine) -> None:
        pdf = self.pdf
        if pdf.will_page_break(24):
            pdf.add_page()
        pdf.set_draw_color(GREY)
        pdf.line(pdf.l_margin, pdf.get_y(), pdf.w - pdf.r_margin, pdf.get_y())
        pdf.ln(1.5)
        place = f"{line.layout} {line.record}".strip()
        self._write("   ".join(filter(None, (f"#{line.entry}", line.at, line.what, place))), USUAL + 1)
        parts = [
            ("who", line.who),
            ("by", line.client),
            ("change", line.change),
            ("agreement", line.agreement),
        ]
        parts += [("outcome", line.outcome), ("note", line.note)]
        self._write("   ".join(f"{name}: {value}" for name, value in parts if value), SMALL, grey=True)
        if line.fields:
            self._table(line.fields)
        pdf.ln(2)

    def _table(self, fields: Sequence[tuple[str, str, str]]) -> None:
        self.pdf.set_font(self._family, size=SMALL)
        from fpdf import FontFace

        heading = FontFace(emphasis="", color=GREY)
        with self.pdf.table(
            headings_style=heading, col_widths=WIDTHS, text_align="LEFT", line_height=3.6, padding=0.8
        ) as table:
            table.row(("Field", "Before", "After"))
            for cells in fields:
                lines = [self._lines(cell, share) for cell, share in zip(cells, WIDTHS, strict=True)]
                for start in range(0, max(1, *map(len, lines)), AT_ONCE):
                    table.row(["\n".join(each[start : start + AT_ONCE]) for each in lines])

    def _lines(self, cell: str, share: int) -> list[str]:
        """As they fit the width of a column."""
        from fpdf.enums import MethodReturnValue

        width = self.pdf.epw * share / sum(WIDTHS) - 4
        lines = self.pdf.multi_cell(
            width, 3.6, self._readable(cell), align="L", dry_run=True, output=MethodReturnValue.LINES
        )
        return cast("list[str]", lines)

    def _write(self, text: str, size: float, *, grey: bool = False) -> None:
        self.pdf.set_font(self._family, size=size)
        self.pdf.set_text_color(GREY if grey else 0)
        self.pdf.multi_cell(0, size * 0.48, self._readable(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self.pdf.set_text_color(0)

    def _readable(self, text: str) -> str:
        cut = text if len(text) <= LONGEST else f"{text[:LONGEST]} ... ({len(text):,} characters)"
        cut = seen(cut, lambda name: f"[{name}]")
        lost = {each for each in cut if each not in "\n\t" and not self._has(each)}
        self.missing |= lost
        return "".join("?" if each in lost else each for each in cut)

    def _has(self, letter: str) -> bool:
        return (
            any(ord(letter) in each for each in self._forms)
            if self._forms
            else letter.isprintable() and ord(letter) < 256
        )


def _document(proof: ChainProof, fonts: Sequence[Path]) -> tuple[FPDF, str, list[frozenset[int]]]:
    try:
        from fpdf import FPDF
        from fpdf.errors import FPDFException
    except ImportError:
        raise ConfigurationError(
            "A PDF is made by a library that is not installed here",
            advice="Install filemaker-mcp[audit], or export a CSV.",
        ) from None

    class Numbered(FPDF):
        def footer(self) -> None:
            self.set_y(-10)
            self.set_font(BUILT_IN, size=SMALL)
            self.set_text_color(GREY)
            self.cell(
                0,
                5,
                f"Head {proof.head[0]} {proof.head[1][:16]}   Page {self.page_no()} of {{nb}}",
                align="R",
            )
            self.set_text_color(0)

    pdf = Numbered(orientation="landscape", format="A4")
    pdf.set_auto_page_break(True, margin=14)
    pdf.set_margins(14, 12)
    forms: list[frozenset[int]] = []
    families: list[str] = []
    for number, file in enumerate([*fonts, *fonts_here()]):
        try:
            pdf.add_font(f"f{number}", fname=str(file))
        except (OSError, ValueError, KeyError, FPDFException) as failed:
            if file in fonts:
                raise ConfigurationError(f"{file} is no font that can be used: {failed}") from None
            continue
        families.append(f"f{number}")
        forms.append(frozenset(getattr(pdf.fonts[f"f{number}"], "cmap", ())))
    if families:
        pdf.set_fallback_fonts(families[1:], exact_match=False)
    return pdf, families[0] if families else BUILT_IN, forms
