"""Bars as SVG in a page: vector in print, in the colours of the page, and never without the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, ROW, LABEL = 640, 26, 110
VALUE = 110
"""Room for the figure behind the longest bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: float
    text: str
    """The figure, as the table has it."""


def bar_chart(bars: Sequence[Bar]) -> Markup:
    """One bar below the other. It is hidden from screen readers, which read the table."""
    most = max((bar.value for bar in bars), default=0) or 1
    parts = [
        Markup(
            '<text x="{}" y="{}" text-anchor="end">{}</text><rect x="{}" y="{}" width="{:.1f}" height="16" rx="2"/>'
            '<text x="{:.1f}" y="{}" class="value">{}</text>'
        ).format(
            LABEL - 8, n * ROW + 17, bar.label,
            LABEL, n * ROW + 5, length := max(1.0, (WIDTH - LABEL - VALUE) * bar.value / most),
            LABEL + length + 6, n * ROW + 17, bar.text,
        )
        for n, bar in enumerate(bars)
    ]  # fmt: skip
    height = len(bars) * ROW + 4
    return Markup(
        '<svg class="bars" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true" focusable="false">{}</svg>'
    ).format(WIDTH, height, WIDTH, height, Markup("").join(parts))
