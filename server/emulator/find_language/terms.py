"""Cuts a criterion on text into terms, the way text is cut into words (sections 7.3 and 7.4)."""

from __future__ import annotations

from ..values import text_words as words
from .criterion_characters import Role, Sign, begins, text_of
from .patterns import WILDCARDS, Pattern, Term, Wild


def pattern_of(signs: list[Sign], language: str) -> Pattern:
    """The signs as literal text and wildcards."""
    raw = Pattern.of(WILDCARDS[sign.character] if is_wild(sign) else sign.character for sign in signs)
    # An accent may be a sign of its own, so text is folded only once it is whole.
    return Pattern(
        tuple(
            words.for_comparing(piece, language) if isinstance(piece, str) else piece for piece in raw.pieces
        )
    )


def is_wild(sign: Sign) -> bool:
    """Whether the sign is a wildcard."""
    return sign.role is Role.PLAIN and sign.character in WILDCARDS


class Terms:
    """Reads one criterion. An instance is used once."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._terms: list[Term] = []
        self._chunk: list[Sign] = []
        self._whole = False

    def read(self, signs: list[Sign]) -> list[Term]:
        """The terms, in the order written. None if there is no word, phrase or wildcard that asks for something."""
        at = 0
        while at < len(signs):
            if signs[at].role is Role.OPEN:
                end = next(i for i in range(at, len(signs)) if signs[i].role is Role.CLOSE)
                self._phrase(signs[at + 1 : end])
                at = end
            elif self._separates(signs, at):
                self._word()
                self._whole = signs[at].character == "="
            else:
                self._chunk.append(signs[at])
            at += 1
        self._word()
        return self._terms

    def _separates(self, signs: list[Sign], at: int) -> bool:
        sign = signs[at]
        if sign.role is not Role.PLAIN or is_wild(sign):
            return False
        if words.is_joiner(sign.character, self._language):
            following = signs[at + 1 : at + 2]
            return not (self._chunk and following and _flank(self._chunk[-1]) & _flank(following[0]))
        return (sign.character == "=" and not self._chunk) or words.is_separator(
            sign.character, self._language
        )

    def _word(self) -> None:
        chunk, whole = self._chunk, self._whole
        self._chunk, self._whole = [], False
        pattern = pattern_of(chunk, self._language)
        if any(piece is not Wild.MANY for piece in pattern.pieces):
            running = any(sign.role is Role.LITERAL and self._ends_words(sign.character) for sign in chunk)
            self._terms.append(Term(pattern, whole=whole, running=running))

    def _ends_words(self, character: str) -> bool:
        return words.is_separator(character, self._language) or words.is_joiner(character, self._language)

    def _phrase(self, signs: list[Sign]) -> None:
        whole = self._whole
        anywhere = begins(self._chunk[-1:], "*")
        self._word()
        literal = words.for_quoting(text_of(signs), self._language)
        if literal:
            self._terms.append(Term(Pattern((literal,)), whole=whole, quoted=True, anywhere=anywhere))


def _flank(sign: Sign) -> set[str]:
    """What a sign is beside a character that two letters or two digits hold together. A wildcard may be either."""
    if is_wild(sign):
        return {"digit"} if sign.character == Wild.DIGIT.value else {"letter", "digit"}
    if sign.character.isdecimal():
        return {"digit"}
    return {"letter"} if sign.character.isalnum() or "\u0300" <= sign.character <= "\u036f" else set()
