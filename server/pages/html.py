"""Templates of this folder, filled. What records hold is text and stays text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ..text.one_line import named, one_line

FOLDER = Path(__file__).parent / "templates"
LINE_ENDS = re.compile(r"\r\n|\r|\n")
OPENING, CLOSING = "\x02", "\x03"
"""Around what is named in a text. The text itself cannot hold them any more then: they are named too."""
MARK = re.compile(f"{OPENING}(.*?){CLOSING}")


class Html:
    """Renders templates. `style` is the address of the style sheet, which the server of the pages has to answer. `links` are
    the address and name of each page that every page leads to."""

    def __init__(self, style: str, links: Sequence[tuple[str, str]] = ()) -> None:
        self._style = style
        self._links = links
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"shown": shown, "counted": counted}

    def page(self, template: str, **facts: object) -> str:
        return self._environment.get_template(template).render(
            style=self._style, links=self._links, **({"place": ""} | facts)
        )


def style_sheet() -> str:
    return (FOLDER / "style.css").read_text(encoding="utf-8")


def shown(value: object) -> Markup:
    """A text with its lines. It has a direction of its own, so that it cannot turn the words around it."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    lines = [escape(one_line(line, _marked)) for line in LINE_ENDS.split(text)]
    named_apart = (MARK.sub(r'<span class="unseen">\1</span>', str(line)) for line in lines)
    return Markup(f"<bdi>{chr(10).join(named_apart)}</bdi>")  # noqa: S704 -- each line is escaped


def _marked(name: str) -> str:
    return f"{OPENING}{named(name)}{CLOSING}"


def counted(number: float | Decimal) -> str:
    """A number with its thousands parted."""
    return f"{number:,}" if isinstance(number, int) else f"{number:,f}"
