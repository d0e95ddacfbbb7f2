"""Reads a formula of FileMaker and writes the expression that the emulator computes; what it does not know it refuses."""

from __future__ import annotations

import json
import re

from .formula_names import FormulaNames, UnknownFormula

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\r\n]*|/\*.*?\*/) | (?P<text>"(?:[^"\\]|\\.)*") | (?P<number>\d+(?:\.\d+)?|\.\d+)
    | (?P<sign><>|<=|>=|≠|≤|≥|[-+*/^&=<>();,\[\]¶]) | (?P<braced>\$\{[^}]*\}) | (?P<word>[$]{0,2}\w[\w.]*(?:\s*::\s*)?)""",
    re.VERBOSE | re.DOTALL,
)
_COMPARISONS = {
    "=": "==",
    "≠": "!=",
    "<>": "!=",
    "<": "<",
    "≤": "<=",
    "<=": "<=",
    ">": ">",
    "≥": ">=",
    ">=": ">=",
}
_CALLS = {
    **{
        name: name
        for name in (
            "sum",
            "average",
            "count",
            "min",
            "max",
            "round",
            "abs",
            "int",
            "length",
            "upper",
            "lower",
            "trim",
        )
    },
    **{name: name for name in ("left", "right", "middle", "substitute", "year", "month", "day")},
    "getasnumber": "number",
    "getastext": "text",
    "isempty": "empty",
    "truncate": "int",
}
_AGGREGATES = frozenset({"sum", "average", "count", "min", "max"})
_FACTS = {
    "currentdate": "today()",
    "currenttimestamp": "now()",
    "currenthosttimestamp": "now()",
    "accountname": "account()",
    "accountprivilegesetname": "privilege_set()",
    "recordid": "record_id()",
    "recordmodificationcount": "mod_id()",
    "uuid": "uuid()",
}
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
        self._text = text
        self._at = 0
        self._variables: dict[str, str] = {}

    def whole(self) -> str:
        written = self._or()
        self._space()
        if self._at < len(self._text):
            raise UnknownFormula(f"{self._text[self._at : self._at + 12]!r} is not understood")
        return written

    def _space(self) -> None:
        while (found := _TOKEN.match(self._text, self._at)) and found["space"]:
            self._at = found.end()

    def _sign(self, *signs: str) -> str | None:
        """The next sign or word, if it is one of these."""
        self._space()
        found = _TOKEN.match(self._text, self._at)
        got = found and (found["sign"] or found["word"])
        if found and got and got.casefold() in signs:
            self._at = found.end()
            return got.casefold()
        return None

    def _need(self, sign: str) -> None:
        if self._sign(sign) is None:
            raise UnknownFormula(f"{sign!r} is missing")

    def _or(self) -> str:
        left = self._and()
        while self._sign("or"):
            left = f"({left} or {self._and()})"
        return left

    def _and(self) -> str:
        left = self._not()
        while self._sign("and"):
            left = f"({left} and {self._not()})"
        return left

    def _not(self) -> str:
        return f"(not {self._not()})" if self._sign("not") else self._comparison()

    def _comparison(self) -> str:
        left = self._joined()
        while (sign := self._sign(*_COMPARISONS)) is not None:
            left = f"({left} {_COMPARISONS[sign]} {self._joined()})"
        return left

    def _joined(self) -> str:
        parts = [self._added()]
        while self._sign("&"):
            parts.append(self._added())
        return parts[0] if len(parts) == 1 else f'join([{", ".join(parts)}], "")'

    def _added(self) -> str:
        left = self._multiplied()
        while (sign := self._sign("+", "-")) is not None:
            left = f"({left} {sign} {self._multiplied()})"
        return left

    def _multiplied(self) -> str:
        left = self._single()
        while (sign := self._sign("*", "/")) is not None:
            left = f"({left} {sign} {self._single()})"
        return left

    def _single(self) -> str:
        self._space()
        if self._sign("("):
            inner = self._or()
            self._need(")")
            return f"({inner})"
        if self._sign("-"):
            return f"(-{self._single()})"
        if self._sign("¶"):
            return '"\\r"'
        found = _TOKEN.match(self._text, self._at)
        if found and found["text"]:
            self._at = found.end()
            return json.dumps(re.sub(r"\\(.)", r"\1", found["text"][1:-1]), ensure_ascii=False)
        if found and found["number"]:
            self._at = found.end()
            return found["number"]
        return self._named()

    def _named(self, *, many: bool = False) -> str:
        """A variable, a field, a related field or a call. `many` takes all related values instead of the first."""
        call = re.compile(r"(\$*\w+)\s*\(").match(self._text, self._at)
        if call and call[1].casefold() in (*_CALLS, "if", "case", "get", "let", "date", "list"):
            self._at = call.end()
            return self._call(call[1].casefold())
        word = re.compile(r"\$*~?\w+").match(self._text, self._at)
        if word and word[0].casefold() in self._variables:
            self._at = word.end()
            return self._variables[word[0].casefold()]
        if (occurrence := self._names.occurrence(self._text, self._at)) is not None:
            name, field, self._at = self._names.related(occurrence[0], self._text, occurrence[1])
            kind = "related" if many else "first"
            return f"{kind}({json.dumps(name, ensure_ascii=False)}, {json.dumps(field, ensure_ascii=False)})"
        if (own := self._names.own(self._text, self._at)) is not None:
            self._at = own[1]
            return f"field({json.dumps(own[0], ensure_ascii=False)})"
        for word_, value in (("true", "True"), ("false", "False"), ("self", "value()")):
            if self._sign(word_):
                return value
        raise UnknownFormula(f"{self._text[self._at : self._at + 20]!r} is not known")

    def _arguments(self, *, many: bool = False) -> list[str]:
        arguments: list[str] = []
        while self._sign(")") is None:
            self._space()
            start = self._at
            argument = self._or()
            if many and argument.startswith("first(") and argument.count("(") == 1:
                self._at = start
                argument = self._named(many=True)
            arguments.append(argument)
            if self._sign(";") is None:
                self._need(")")
                break
        return arguments

    def _call(self, name: str) -> str:
        if name == "get":
            return self._fact()
        if name == "let":
            return self._let()
        given = self._arguments(many=name in _AGGREGATES or name == "list")
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
        if name not in _CALLS or (name == "substitute" and len(given) != 3):
            raise UnknownFormula(f"{name} with {len(given)} arguments")
        return f"{_CALLS[name]}({', '.join(given)})"

    def _fact(self) -> str:
        self._space()
        found = re.compile(r"(\w+)\s*\)").match(self._text, self._at)
        if not found or found[1].casefold() not in _FACTS:
            raise UnknownFormula("Get of something else")
        self._at = found.end()
        return _FACTS[found[1].casefold()]

    def _let(self) -> str:
        """Variables are written out where they are used."""
        bracket = self._sign("[") is not None
        outer = dict(self._variables)
        while True:
            self._space()
            found = re.compile(r"(\$*~?\w+)\s*=").match(self._text, self._at)
            if not found:
                raise UnknownFormula("a Let that is not understood")
            self._at = found.end()
            value = self._or()
            if sum(map(len, self._variables.values())) + len(value) > MOST:
                raise UnknownFormula("too long")
            self._variables[found[1].casefold()] = value
            if not bracket or self._sign(";") is None:
                break
            if self._sign("]"):
                bracket = False
                break
        if bracket:
            self._need("]")
        self._need(";")
        written = self._or()
        self._need(")")
        self._variables = outer
        return written
