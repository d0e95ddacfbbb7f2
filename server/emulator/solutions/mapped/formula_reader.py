"""Reads a formula of FileMaker and writes the expression that the emulator computes; what it does not know it refuses."""

from __future__ import annotations

import json
import re

from .formula_names import FormulaNames, UnknownFormula
from .formula_text import FormulaText
from .formula_words import AGGREGATES, CALLS, COMPARISONS, FACTS

MOST = 4_000
"""Characters of an expression: variables of Let are written out, and could grow without end."""


def expression(names: FormulaNames, formula: str) -> str:
    """The formula as the emulator computes it. Raises UnknownFormula."""
    reading = _Reading(names, formula)
    try:
        written = reading.whole()
    except RecursionError:
        raise UnknownFormula("nested too deeply") from None
    if len(written) > MOST:
        raise UnknownFormula("too long")
    return written


class _Reading:
    """One formula, from left to right."""

    def __init__(self, names: FormulaNames, text: str) -> None:
        self._names = names
        self._text = FormulaText(text)
        self._variables: dict[str, str] = {}

    def whole(self) -> str:
        written = self._or()
        self._text.space()
        if rest := self._text.ahead(12):
            raise UnknownFormula(f"{rest!r} is not understood")
        return written

    def _or(self) -> str:
        left = self._and()
        while self._text.sign("or"):
            left = f"({left} or {self._and()})"
        return left

    def _and(self) -> str:
        left = self._not()
        while self._text.sign("and"):
            left = f"({left} and {self._not()})"
        return left

    def _not(self) -> str:
        return f"(not {self._not()})" if self._text.sign("not") else self._comparison()

    def _comparison(self) -> str:
        left = self._joined()
        while (sign := self._text.sign(*COMPARISONS)) is not None:
            left = f"({left} {COMPARISONS[sign]} {self._joined()})"
        return left

    def _joined(self) -> str:
        parts = [self._added()]
        while self._text.sign("&"):
            parts.append(self._added())
        return parts[0] if len(parts) == 1 else f'join([{", ".join(parts)}], "")'

    def _added(self) -> str:
        left = self._multiplied()
        while (sign := self._text.sign("+", "-")) is not None:
            left = f"({left} {sign} {self._multiplied()})"
        return left

    def _multiplied(self) -> str:
        left = self._single()
        while (sign := self._text.sign("*", "/")) is not None:
            left = f"({left} {sign} {self._single()})"
        return left

    def _single(self) -> str:
        self._text.space()
        if self._text.sign("("):
            inner = self._or()
            self._text.need(")")
            return f"({inner})"
        if self._text.sign("-"):
            return f"(-{self._single()})"
        if self._text.sign("¶"):
            return '"\\r"'
        found = self._text.token()
        if found and found["text"]:
            self._text.at = found.end()
            return json.dumps(re.sub(r"\\(.)", r"\1", found["text"][1:-1]), ensure_ascii=False)
        if found and found["number"]:
            self._text.at = found.end()
            return found["number"]
        return self._named()

    def _named(self, *, many: bool = False) -> str:
        """A variable, a field, a related field or a call. `many` takes all related values instead of the first."""
        call = self._text.match(r"(\$*\w+)\s*\(")
        if call and call[1].casefold() in (*CALLS, "if", "case", "get", "let", "date", "list"):
            self._text.at = call.end()
            return self._call(call[1].casefold())
        word = self._text.match(r"\$*~?\w+")
        if word and word[0].casefold() in self._variables:
            self._text.at = word.end()
            return self._variables[word[0].casefold()]
        if (occurrence := self._names.occurrence(self._text.text, self._text.at)) is not None:
            name, field, self._text.at = self._names.related(occurrence[0], self._text.text, occurrence[1])
            kind = "related" if many else "first"
            return f"{kind}({json.dumps(name, ensure_ascii=False)}, {json.dumps(field, ensure_ascii=False)})"
        if (own := self._names.own(self._text.text, self._text.at)) is not None:
            self._text.at = own[1]
            return f"field({json.dumps(own[0], ensure_ascii=False)})"
        for word_, value in (("true", "True"), ("false", "False"), ("self", "value()")):
            if self._text.sign(word_):
                return value
        raise UnknownFormula(f"{self._text.ahead(20)!r} is not known")

    def _arguments(self, *, many: bool = False) -> list[str]:
        arguments: list[str] = []
        while self._text.sign(")") is None:
            self._text.space()
            start = self._text.at
            argument = self._or()
            if many and argument.startswith("first(") and argument.count("(") == 1:
                self._text.at = start
                argument = self._named(many=True)
            arguments.append(argument)
            if self._text.sign(";") is None:
                self._text.need(")")
                break
        return arguments

    def _call(self, name: str) -> str:
        if name == "get":
            return self._fact()
        if name == "let":
            return self._let()
        given = self._arguments(many=name in AGGREGATES or name == "list")
        if name == "if" and len(given) in (2, 3):
            return f"({given[1]} if {given[0]} else {given[2] if len(given) == 3 else 'None'})"
        if name == "case" and len(given) > 1:
            written = given[-1] if len(given) % 2 else "None"
            for n in reversed(range(0, len(given) - 1, 2)):
                written = f"({given[n + 1]} if {given[n]} else {written})"
            return written
        if name == "date" and len(given) == 3:
            return f"date({given[2]}, {given[0]}, {given[1]})"
        if name == "list" and len(given) == 1:
            return f"join({given[0]})"
        if name not in CALLS or (name == "substitute" and len(given) != 3):
            raise UnknownFormula(f"{name} with {len(given)} arguments")
        return f"{CALLS[name]}({', '.join(given)})"

    def _fact(self) -> str:
        self._text.space()
        found = self._text.match(r"(\w+)\s*\)")
        if not found or found[1].casefold() not in FACTS:
            raise UnknownFormula("Get of something else")
        self._text.at = found.end()
        return FACTS[found[1].casefold()]

    def _let(self) -> str:
        """Variables are written out where they are used."""
        bracket = self._text.sign("[") is not None
        outer = dict(self._variables)
        while True:
            self._text.space()
            found = self._text.match(r"(\$*~?\w+)\s*=")
            if not found:
                raise UnknownFormula("a Let that is not understood")
            self._text.at = found.end()
            value = self._or()
            if sum(map(len, self._variables.values())) + len(value) > MOST:
                raise UnknownFormula("too long")
            self._variables[found[1].casefold()] = value
            if not bracket or self._text.sign(";") is None:
                break
            if self._text.sign("]"):
                bracket = False
                break
        if bracket:
            self._text.need("]")
        self._text.need(";")
        written = self._or()
        self._text.need(")")
        self._variables = outer
        return written
