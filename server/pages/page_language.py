"""The language of a page: the person's own where we have it, else English. Figures keep every digit in any of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from warnings import warn

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from ..text.plain_parts import Day, Held, Inner, Listed, Name, Part
from ..text.sentence import NEUTRAL, Sentence

CATALOGUES = Path(__file__).parent / "languages"
ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "fr", "es", "it", "nl", "ja")
"""A catalogue `languages/CODE.po` for each but English, in which the pages are written."""


QUOTES = {"de": "„%s“", "fr": "«\u00a0%s\u00a0»", "es": "«%s»", "it": "«%s»", "nl": "‘%s’", "ja": "「%s」"}


class EnglishOnly(PendingDeprecationWarning):
    """A text came to a page that is no sentence of ours: kept by an earlier version, or written past the catalogues. People read it
    in English, and a test that sees it fails."""


class Catalogue(Translations):
    """Where no message is, there are no words: gettext has its own header there."""

    def gettext(self, message: str) -> str:
        return super().gettext(message) if message else ""


class Language:
    """Texts, numbers and moments as a person of one language has them."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._locale = Locale.parse(code)

    @cached_property
    def catalogue(self) -> Catalogue:
        """As gettext and the templates take it."""
        if self.code == ENGLISH:
            return Catalogue()
        binary = BytesIO()
        with (CATALOGUES / f"{self.code}.po").open("rb") as file:
            write_mo(binary, read_po(file, self.code))
        binary.seek(0)
        return Catalogue(binary)

    def text(self, message: str, **values: object) -> str:
        """A message of the pages, written in English, with its `%(name)s` filled in."""
        return self.catalogue.gettext(message) % values if values else self.catalogue.gettext(message)

    def told(self, message: str) -> tuple[str, bool]:
        """A message that is chosen elsewhere, and whether it stays English here because no catalogue knows it."""
        if isinstance(message, Sentence):
            return self.sentence(message)
        text = self.catalogue.gettext(message)
        return text, self.code != ENGLISH and text == message

    def sentence(self, sentence: str) -> tuple[str, bool]:
        """A sentence of ours in this language, and whether it stays English because it was kept as nothing but text."""
        if isinstance(sentence, Sentence):
            return (str(sentence) if self.code == ENGLISH else self._said(sentence)), False
        if sentence:
            warn(f"{sentence!r} is no sentence of the catalogues", EnglishOnly, stacklevel=2)
        return sentence, self.code != ENGLISH and bool(sentence)

    def _said(self, sentence: Sentence) -> str:
        values = {name: self._part(value) for name, value in sentence.values.items()}
        if sentence.message in NEUTRAL:
            return sentence.message % values
        count = sentence.values.get("count")
        if sentence.many and isinstance(count, int):
            return self.catalogue.ngettext(sentence.message, sentence.many, count) % values
        return self.catalogue.gettext(sentence.message) % values

    def _part(self, part: Part) -> str:
        if isinstance(part, Sentence):
            return self._said(part)
        if isinstance(part, Name):
            return QUOTES[self.code] % part
        if isinstance(part, Held):
            return QUOTES[self.code] % part.value if isinstance(part.value, str) else self.value(part.value)
        if isinstance(part, Day):
            return self.day(part.date.isoformat())
        if isinstance(part, Inner):
            return self._part(part.text)
        if isinstance(part, Listed):
            shown = part.separator.join(map(self._part, part.parts))
            more = self.text("%(shown)s and %(count)s more", shown=shown, count=self.number(part.more))
            return more if part.more else shown
        return part if isinstance(part, str) else self.number(part)

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """The form for `count`, which stands in it as `%(count)s`."""
        return self.catalogue.ngettext(one, many, count) % {"count": self.number(count), **values}

    def number(self, number: float | Decimal) -> str:
        """With its thousands parted. Exact: nothing is rounded."""
        symbols: Mapping[str, str] = self._locale.number_symbols["latn"]
        text = f"{number:,}" if isinstance(number, int) else f"{number:,f}"
        return text.translate({ord(","): symbols["group"], ord("."): symbols["decimal"]})

    def value(self, value: object) -> str:
        """What a field holds: a number with the person's decimal sign and without parted thousands, so that it can be compared
        with the field; a text as it is."""
        if isinstance(value, Sentence):
            return self.sentence(value)[0]
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return str(value)
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        return text.replace(".", self._locale.number_symbols["latn"]["decimal"])

    def moment(self, at: float) -> str:
        """A point in time on this machine's clock. English has the form that no country reads otherwise."""
        when = datetime.fromtimestamp(at).astimezone()
        if self.code == ENGLISH:
            return when.strftime("%Y-%m-%d %H:%M")
        return format_datetime(when, "medium", locale=self._locale).rpartition(":")[0]

    def day(self, iso: str) -> str:
        return (
            iso
            if self.code == ENGLISH
            else format_date(date.fromisoformat(iso), "medium", locale=self._locale)
        )


class Languages:
    """`fixed` is what the owner sets, empty to go by each person's browser."""

    def __init__(self, fixed: str = "") -> None:
        self._fixed = fixed

    def wanted(self, accepted: str) -> Language:
        """By the `Accept-Language` of a browser, where the owner sets none."""
        return language(self._fixed or _best(accepted))


@cache
def language(code: str) -> Language:
    """One for all pages of this process: a catalogue takes longer to read than a page to fill."""
    return Language(code)


def _best(accepted: str) -> str:
    """The first of the wanted languages, by their weights, that there is."""
    weighted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:500].split(",")):
        tag, _, weight = part.strip().partition(";")
        try:
            share = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            share = 0.0
        weighted.append((-share, place, tag.strip().lower().partition("-")[0]))
    return next((code for share, _, code in sorted(weighted) if code in LANGUAGES and share < 0), ENGLISH)
