"""The characters of a criterion with the part each plays: operator, literal, or quoted."""

from __future__ import annotations

from enum import Enum
from itertools import dropwhile
from typing import NamedTuple


class Role(Enum):
    PLAIN = 1
    """May be an operator."""
    LITERAL = 2
    """Escaped: `\\@`."""
    QUOTED = 3
    OPEN = 4
    """Where quotes begin and end. They have no character of their own."""
    CLOSE = 5


class Sign(NamedTuple):
    character: str
    role: Role


_OPEN, _CLOSE = Sign("", Role.OPEN), Sign("", Role.CLOSE)


def scan(text: str) -> list[Sign]:
    """Take escapes and quotes out of a criterion. Quotes that are never closed reach to the end."""
    signs: list[Sign] = []
    quoted = False
    escaped = False
    for character in text:
        if escaped:
            signs.append(Sign(character, Role.QUOTED if quoted else Role.LITERAL))
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            signs.append(_CLOSE if quoted else _OPEN)
            quoted = not quoted
        else:
            signs.append(Sign(character, Role.QUOTED if quoted else Role.PLAIN))
    if quoted:
        signs.append(_CLOSE)
    return signs


def plain(signs: list[Sign]) -> str | None:
    """The text, or None when some of it is escaped or quoted."""
    return text_of(signs) if all(sign.role is Role.PLAIN for sign in signs) else None


def text_of(signs: list[Sign]) -> str:
    """The characters alone."""
    return "".join(sign.character for sign in signs)


def stripped(signs: list[Sign]) -> list[Sign]:
    """Without the plain spaces at both ends."""
    return without_indent(without_indent(signs)[::-1])[::-1]


def without_indent(signs: list[Sign]) -> list[Sign]:
    """Without the plain spaces at the beginning."""
    return list(dropwhile(_is_space, signs))


def _is_space(sign: Sign) -> bool:
    return sign.role is Role.PLAIN and sign.character.isspace()


def begins(signs: list[Sign], operator: str, at: int = 0) -> bool:
    """Whether the operator stands there, neither escaped nor quoted."""
    return plain(signs[at : at + len(operator)]) == operator


def operand(signs: list[Sign]) -> list[Sign]:
    """What an operator is applied to: without spaces around it and without the `=` that may stand before it."""
    return stripped(list(dropwhile(lambda sign: _is_space(sign) or sign == _EQUALS, signs)))


_EQUALS = Sign("=", Role.PLAIN)
_COMPARISONS = {"<=": "<=", "≤": "<=", ">=": ">=", "≥": ">=", "<": "<", ">": ">"}
_RANGES = ("...", "..", "…")


def comparison(signs: list[Sign]) -> tuple[str, list[Sign]] | None:
    """`<`, `<=`, `>` or `>=` and what follows, if the criterion begins with one."""
    for written, meant in _COMPARISONS.items():
        if begins(signs, written):
            return meant, operand(signs[len(written) :])
    return None


def bounds(signs: list[Sign]) -> tuple[list[Sign], list[Sign]] | None:
    """What stands on both sides of `...`, `..` or `…`. Braces keep a range of their own."""
    depth = 0
    for at, sign in enumerate(signs):
        if sign.role is not Role.PLAIN or sign.character not in "{}.…":
            continue
        if sign.character in "{}":
            depth += 1 if sign.character == "{" else -1
        elif depth <= 0:
            for operator in _RANGES:
                if begins(signs, operator, at):
                    return operand(signs[:at]), operand(signs[at + len(operator) :])
    return None
