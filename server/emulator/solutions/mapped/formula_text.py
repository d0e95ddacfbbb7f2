"""The text of a formula, read from left to right, sign by sign."""

from __future__ import annotations

import re

from .formula_names import UnknownFormula

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\r\n]*|/\*.*?\*/) | (?P<text>"(?:[^"\\]|\\.)*") | (?P<number>\d+(?:\.\d+)?|\.\d+)
    | (?P<sign><>|<=|>=|≠|≤|≥|[-+*/^&=<>();,\[\]¶]) | (?P<braced>\$\{[^}]*\}) | (?P<word>[$]{0,2}\w[\w.]*(?:\s*::\s*)?)""",
    re.VERBOSE | re.DOTALL,
)


class FormulaText:
    """`at` is how far it was read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def space(self) -> None:
        while (found := TOKEN.match(self.text, self.at)) and found["space"]:
            self.at = found.end()

    def sign(self, *signs: str) -> str | None:
        """The next sign or word, if it is one of these."""
        self.space()
        found = TOKEN.match(self.text, self.at)
        got = found and (found["sign"] or found["word"])
        if found and got and got.casefold() in signs:
            self.at = found.end()
            return got.casefold()
        return None

    def need(self, sign: str) -> None:
        if self.sign(sign) is None:
            raise UnknownFormula(f"{sign!r} is missing")

    def token(self) -> re.Match[str] | None:
        """The next one, which is not passed by this."""
        return TOKEN.match(self.text, self.at)

    def match(self, pattern: str) -> re.Match[str] | None:
        """What the pattern finds here, which is not passed by this either."""
        return re.compile(pattern).match(self.text, self.at)

    def ahead(self, length: int) -> str:
        return self.text[self.at : self.at + length]
