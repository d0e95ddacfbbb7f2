"""Takes out of the texts of a map what may be a secret or a person: developers leave keys, paths and names everywhere (section 13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

WITHHELD = "[withheld]"
_SHAPES = re.compile(
    r"""sk-[\w-]{8,} | AKIA[0-9A-Z]{12,} | gh[a-z]_\w{20,} | xox[a-z]-[\w-]{8,} | [da]k_\w{8,} | eyJ[\w-]{8,}\.[\w.-]+
    | -----BEGIN[^-]*-----(?:.*?-----END[^-]*-----)? | \b(?:Bearer|Basic|FMID)\s+[\w.+/=-]{8,}
    | (?:pass(?:word|wd)?|pwd|passwort|kennwort|token|secret|api[_-]?key)\s*[:=]\s*[^\s"';,)]+""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_PLACES = re.compile(
    r"""(?:file|image|movie)(?:mac|win|linux)?:/?[^\s"]* | fmnet:/[^\s"]* | fmp(?:\d\d)?://[^\s"]* | [A-Za-z]:\\[^\s"]*
    | \\\\[\w.-]+\\[^\s"]* | (?:~|/Users|/home|/Volumes|/Library|/opt|/var)/[^\s"]* | [a-z][a-z0-9+.-]*://[^\s"]*
    | \b\d{1,3}(?:\.\d{1,3}){3}\b | [\w.+-]+@[\w-]+\.[\w.-]+""",
    re.VERBOSE | re.IGNORECASE,
)
_ABOUT_SECRETS = re.compile(
    r"pass(?:word|wd|phrase)|pwd|passwor|kennwort|mot.?de.?passe|contrase|secret|token|api.?key|credential|authoriz|crypt|licen[cs]e|regist",
    re.IGNORECASE,
)
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
_RANDOM = re.compile(r"(?=[A-Za-z+/=_-]*\d)(?=[\d+/=_-]*[A-Za-z])[A-Za-z\d+/=_-]{24,}")
_ORDINARY = frozenset({"admin", "administrator", "guest", "[guest]", "user", "owner", "developer"})
"""Names of accounts that are also words: taken out only where a literal is nothing else."""

Facts = TypeVar("Facts")


class Withholding:
    """Counts what it takes out. `people` are names of accounts, people and machines that the export holds."""

    def __init__(self, people: Iterable[str]) -> None:
        names = {name.strip() for name in people if len(name.strip()) > 1}
        self._ordinary = frozenset(name.casefold() for name in names) & _ORDINARY
        parts = {part for name in names for part in name.split() if len(part) > 2} if names else set[str]()
        sought = sorted((n for n in names | parts if n.casefold() not in _ORDINARY), key=len, reverse=True)
        words = "|".join(map(re.escape, sought))
        self._people = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None
        self.count = 0

    def text(self, text: str) -> str:
        """Of prose: a comment, a message, an annotation, the words of a step."""
        for pattern in (_SHAPES, _PLACES, _RANDOM, self._people):
            if pattern is not None:
                text, taken = pattern.subn(WITHHELD, text)
                self.count += taken
        return text

    def formula(self, text: str) -> str:
        """Of a formula. Where it speaks of passwords or keys, no literal of it is kept."""
        if _ABOUT_SECRETS.search(text):
            text, taken = _LITERAL.subn(f'"{WITHHELD}"', text)
            self.count += taken
        if self._ordinary:
            text = _LITERAL.sub(self._without_account, text)
        return self.text(text)

    def _without_account(self, match: re.Match[str]) -> str:
        if match[0][1:-1].casefold() not in self._ordinary:
            return match[0]
        self.count += 1
        return f'"{WITHHELD}"'

    def of(self, facts: Facts) -> Facts:
        """A copy of what a map holds, with every text of it looked through. Names of objects stay as they are."""
        return cast("Facts", self._of(facts, ""))

    def _of(self, value: object, key: str) -> object:
        if isinstance(value, str):
            if key in _PROSE:
                return self.text(value)
            return self.formula(value) if key in _FORMULAS else value
        if isinstance(value, Mapping):
            items = cast("Mapping[object, object]", value).items()
            return {name: self._of(each, "") for name, each in items}
        if isinstance(value, tuple):
            return tuple(self._of(each, key) for each in cast("tuple[object, ...]", value))
        if is_dataclass(value) and not isinstance(value, type):
            own: dict[str, Any] = {
                each.name: self._of(getattr(value, each.name), each.name) for each in fields(value)
            }
            return replace(value, **own)
        return value


_PROSE = frozenset({"comment", "note", "message", "values", "minimum", "maximum"})
_FORMULAS = frozenset({"formula", "what", "steps", "view", "edit", "create", "delete"})
