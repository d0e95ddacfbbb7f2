"""Templates of this folder, filled. What records hold is text and stays text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request

from ..text.one_line import named, one_line
from .page_language import ENGLISH, Language, Languages, language

FOLDER = Path(__file__).parent / "templates"
LINE_ENDS = re.compile(r"\r\n|\r|\n")
Called = Callable[[str], str]
"""The name of a caller for people to read."""
OPENING, CLOSING = "\x02", "\x03"
"""Around what is named in a text. The text itself cannot hold them any more then: they are named too."""
MARK = re.compile(f"{OPENING}(.*?){CLOSING}")


class Html:
    """Renders templates. `style` is the address of the style sheet, which the server of the pages has to answer. `links` are
    the address and name of each page that every page leads to."""

    def __init__(
        self,
        style: str,
        links: Sequence[tuple[str, str]] = (),
        language: str = "",
        person: str = "",
        called: Called = str,
    ) -> None:
        """`language` is what the owner sets; empty: each person's own, as their browser tells it. `person` is who is signed in
        and can sign out, `called` how whoever asked is named."""
        self.called = called
        self._style = style
        self._links = links
        self._person = person
        self._languages = Languages(language)

    def language(self, request: Request) -> Language:
        """The language of whoever asks."""
        return self._languages.wanted(request.headers.get("accept-language", ""))

    def page(self, template: str, language: Language, **facts: object) -> str:
        page = _environment(language.code).get_template(template)
        english = "" if language.code == ENGLISH else Markup(' lang="en"')
        """What marks words that stay English on a page of another language."""
        own: dict[str, object] = {"whom": self._whom, "called": self.called}
        own |= {"style": self._style, "links": self._links, "language": language.code, "english": english}
        return page.render(**(own | {"place": "", "person": self._person, "stays_english": False} | facts))

    def _whom(self, caller: str) -> Markup:
        """A caller as pages name them, and the whole id for whoever points at it."""
        name, whole = one_line(self.called(caller)), one_line(caller)
        if name == whole:
            return shown(caller)
        return Markup('<bdi title="{}">{}</bdi>').format(whole, name)

    def compile_plan(self) -> None:
        """The templates of a plan's page ahead of time: they take as long as two thousand records."""
        for name in ("plan.html", "base.html", "lines.html", "pager.html"):
            _environment(self._languages.wanted("").code).get_template(name)


@cache
def _environment(code: str) -> Environment:
    """One for all pages of this process, since it keeps the templates compiled."""
    own = language(code)
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    cast("Any", environment).install_gettext_translations(own.catalogue, newstyle=True)
    environment.filters |= {
        "shown": shown,
        "said": partial(said, own),
        "counted": own.number,
        "line": lambda text: one_line(str(text)),
        "moment": own.moment,
        "day": own.day,
    }
    return environment


def style_sheet() -> str:
    return (FOLDER / "style.css").read_text(encoding="utf-8")


def shown(value: object) -> Markup:
    """A text with its lines. It has a direction of its own, so that it cannot turn the words around it."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    lines = [escape(one_line(line, _marked)) for line in LINE_ENDS.split(text)]
    named_apart = (MARK.sub(r'<span class="unseen">\1</span>', str(line)) for line in lines)
    return Markup(f"<bdi>{chr(10).join(named_apart)}</bdi>")  # noqa: S704 -- each line is escaped


def said(language: Language, sentence: str) -> Markup:
    """A sentence of the program in the person's language; one that was kept as nothing but text is marked as English."""
    text, stays_english = language.sentence(sentence)
    return Markup('<span lang="en">{}</span>').format(shown(text)) if stays_english else shown(text)


def _marked(name: str) -> str:
    return f"{OPENING}{named(name)}{CLOSING}"
