"""Bars as SVG in a page: vector in print, in the colours of the page, and never without the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

ROW, FIGURE = 40, 96
"""Pixels of a bar with what stands above it, and where the figure begins there."""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: float
    text: str
    """The figure, as the table has it."""


def bar_chart(bars: Sequence[Bar]) -> Markup:
    """One bar below the other, as wide as there is room. It is hidden from screen readers, which read the table."""
    most = max((bar.value for bar in bars), default=0) or 1
    parts = [
        Markup(
            '<text x="0" y="{}">{}</text><text x="{}" y="{}" class="value">{}</text>'
            '<rect x="0" y="{}" width="{:.2f}%" height="12" rx="2"/>'
        ).format(
            n * ROW + 15, bar.label, FIGURE, n * ROW + 15, bar.text,
            n * ROW + 21, max(0.5, 100 * bar.value / most),
        )
        for n, bar in enumerate(bars)
    ]  # fmt: skip
    return Markup(
        '<svg class="bars" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>'
    ).format(len(bars) * ROW, Markup("").join(parts))
