"""Reads a criterion on a text field: words, phrases, wildcards, whole fields and ranges of words (section 7.3)."""

from __future__ import annotations

from . import words
from .criterion import (
    BadCriterion,
    Criterion,
    Nothing,
    Pattern,
    Present,
    Term,
    WholeText,
    Wild,
    WordRange,
    Words,
)
from .signs import Role, Sign, begins, bounds, comparison, stripped, text_of

WILDCARDS = {wild.value: wild for wild in Wild}


def parse_text(signs: list[Sign], language: str, *, match_lines: bool = False) -> Criterion:
    """The criterion that the signs stand for; raises BadCriterion (508) for a bound that is missing."""
    if begins(signs, "=="):
        return WholeText(_pattern(_pieces(signs[2:]), language), match_lines)
    if (compared := comparison(signs)) is not None:
        operator, rest = compared
        bound = _bound(rest, language)
        strict = len(operator) == 1
        if operator.startswith("<"):
            return WordRange(high=bound, high_open=strict)
        return WordRange(low=bound, low_open=strict)
    if (both := bounds(signs)) is not None:
        low, high = both
        return WordRange(_bound(low, language), _bound(high, language))
    terms = _Terms(language).read(signs)
    if terms:
        return Words(tuple(terms))
    only_stars = any(begins([sign], "*") for sign in signs)
    return Present() if only_stars else Nothing()


def _bound(signs: list[Sign], language: str) -> str:
    # Bounds are compared with words letter by letter, so wildcards in them have nothing to stand for.
    text = text_of([sign for sign in signs if sign.role is not Role.PLAIN or sign.character not in WILDCARDS])
    bound = words.for_comparing(text, language).strip()
    if not bound:
        raise BadCriterion(508)
    return bound


def _pieces(signs: list[Sign]) -> list[str | Wild]:
    return [
        WILDCARDS[sign.character]
        if sign.role is Role.PLAIN and sign.character in WILDCARDS
        else sign.character
        for sign in signs
    ]


def _pattern(pieces: list[str | Wild], language: str) -> Pattern:
    joined: list[str | Wild] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece is not Wild.MANY or not joined or joined[-1] is not Wild.MANY:
            joined.append(piece)
    return Pattern(
        tuple(
            words.for_comparing(piece, language) if isinstance(piece, str) else piece
            for piece in joined
            if piece
        )
    )


class _Terms:
    """Cuts a criterion into terms the way text is cut into words; wildcards count as letters and digits at once."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.terms: list[Term] = []
        self.chunk: list[Sign] = []
        self.whole = False

    def read(self, signs: list[Sign]) -> list[Term]:
        at = 0
        while at < len(signs):
            if signs[at].role is Role.OPEN:
                end = next(i for i in range(at, len(signs)) if signs[i].role is Role.CLOSE)
                self._phrase(signs[at + 1 : end])
                at = end
            elif signs[at].role is Role.PLAIN and self._separates(signs, at):
                self._word()
                self.whole = signs[at].character == "="
            else:
                self.chunk.append(signs[at])
            at += 1
        self._word()
        return self.terms

    def _separates(self, signs: list[Sign], at: int) -> bool:
        character = signs[at].character
        if character in WILDCARDS:
            return False
        if words.is_joiner(character, self.language):
            following = signs[at + 1 : at + 2]
            return not (self.chunk and following and _join(self.chunk[-1], following[0]))
        if character == "=" and not self.chunk:
            return True
        return words.is_separator(character, self.language)

    def _word(self) -> None:
        chunk, whole = self.chunk, self.whole
        self.chunk, self.whole = [], False
        pattern = _pattern(_pieces(chunk), self.language)
        if all(piece is Wild.MANY for piece in pattern.pieces):
            return
        running = any(
            sign.role is Role.LITERAL
            and (
                words.is_separator(sign.character, self.language)
                or words.is_joiner(sign.character, self.language)
            )
            for sign in chunk
        )
        self.terms.append(Term(pattern, whole=whole, running=running))

    def _phrase(self, signs: list[Sign]) -> None:
        whole = self.whole
        anywhere = bool(self.chunk) and begins(self.chunk[-1:], "*")
        self._word()
        literal = words.for_quoting(text_of(signs), self.language)
        if literal:
            self.terms.append(Term(Pattern((literal,)), whole=whole, quoted=True, anywhere=anywhere))


def _join(before: Sign, after: Sign) -> bool:
    def kinds(sign: Sign) -> set[str]:
        if sign.role is Role.PLAIN and sign.character in WILDCARDS:
            return {"digit"} if sign.character == Wild.DIGIT.value else {"letter", "digit"}
        if sign.character.isdecimal():
            return {"digit"}
        return {"letter"} if sign.character.isalnum() or "\u0300" <= sign.character <= "\u036f" else set()

    return bool(kinds(before) & kinds(after))


def trimmed(signs: list[Sign]) -> list[Sign]:
    """A criterion without the spaces around it; those after `==` belong to what is looked for."""
    return signs if begins(signs, "==") else stripped(signs)
