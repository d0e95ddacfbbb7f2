"""From the syntax tree of a calculation to what computes it, step by step."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol, TypeAlias

from ..values.arithmetic import (
    COMPARISONS,
    OPERATORS,
    Value,
    bounded,
    bounded_text,
    is_true,
    negative,
    text_of,
)
from .functions import FUNCTIONS


class Scope(Protocol):
    """What an expression sees: one record and what surrounds it."""

    def field(self, name: str, repetition: int) -> Value: ...

    def related(self, occurrence: str, name: str) -> Sequence[Value]: ...

    def fact(self, name: str) -> Value:
        """One of FACTS."""
        ...


FACTS = frozenset({"today", "now", "account", "privilege_set", "record_id", "mod_id", "value", "uuid"})
"""Called without arguments. `value` is the field's own new value, in validations and auto-enter calculations."""
Step: TypeAlias = Callable[[Scope], Value]


class ExpressionError(ValueError):
    """The text is not an expression the host computes. Says why, and `column` (1-based) says where."""

    def __init__(self, message: str, column: int = 1) -> None:
        self.column = column
        super().__init__(message)


class Compiler:
    def __init__(self) -> None:
        self.fields: set[str] = set()
        self.related: set[tuple[str, str]] = set()
        self.facts: set[str] = set()

    def step(self, node: ast.expr) -> Step:
        match node:
            case ast.Constant(value=value):
                return self._constant(node, value)
            case ast.Name(id=name):
                self.fields.add(name)
                return lambda scope: scope.field(name, 1)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                operate, first, second = OPERATORS[type(op)], self.step(left), self.step(right)
                return lambda scope: operate(first(scope), second(scope))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.step(operand)
                return lambda scope: negative(inner(scope))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.step(operand)
                return lambda scope: not is_true(inner(scope))
            case ast.BoolOp(op=op, values=values):
                return self._logic(isinstance(op, ast.And), [self.step(each) for each in values])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                asks, yes, no = self.step(test), self.step(body), self.step(orelse)
                return lambda scope: yes(scope) if is_true(asks(scope)) else no(scope)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call():
                return self._call(node)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                steps = [self.step(each) for each in items]
                return lambda scope: [each(scope) for each in steps]
            case ast.JoinedStr(values=parts):
                return self._text([self._part(part) for part in parts])
            case _:
                raise ExpressionError(
                    f"{type(node).__name__} is not allowed in a calculation", node.col_offset + 1
                )

    def _constant(self, node: ast.expr, value: object) -> Step:
        result: Value
        if isinstance(value, bool) or value is None or isinstance(value, str):
            result = value
        elif isinstance(value, (int, float)):
            result = self._number(node, value)
        else:
            raise ExpressionError(f"{value!r} is not a value of FileMaker", node.col_offset + 1)
        return lambda scope: result

    def _number(self, node: ast.expr, value: float) -> Decimal:
        try:
            return bounded(Decimal(str(value)))
        except (ArithmeticError, ValueError):
            raise ExpressionError("the number is too large", node.col_offset + 1) from None

    def _logic(self, conjunction: bool, steps: list[Step]) -> Step:
        if conjunction:
            return lambda scope: all(is_true(each(scope)) for each in steps)
        return lambda scope: any(is_true(each(scope)) for each in steps)

    def _comparison(self, node: ast.Compare) -> Step:
        operands = [self.step(each) for each in (node.left, *node.comparators)]
        compares = [COMPARISONS.get(type(op)) for op in node.ops]
        if None in compares:
            raise ExpressionError("this comparison is not allowed in a calculation", node.col_offset + 1)
        pairs = [(each, operands[i], operands[i + 1]) for i, each in enumerate(compares) if each is not None]
        return lambda scope: all(compare(left(scope), right(scope)) for compare, left, right in pairs)

    def _call(self, node: ast.Call) -> Step:
        place = node.col_offset + 1
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise ExpressionError("only the functions of calculations can be called, without keywords", place)
        name, arguments = node.func.id, node.args
        if name in FACTS and not arguments:
            self.facts.add(name)
            return lambda scope: scope.fact(name)
        if name == "field":
            return self._field(arguments, place)
        if name in {"related", "first"}:
            return self._related(arguments, place, only_first=name == "first")
        function = FUNCTIONS.get(name)
        if function is None:
            known = ", ".join(sorted({*FUNCTIONS, *FACTS, "field", "related", "first"}))
            raise ExpressionError(f"there is no function {name}; there are {known}", place)
        if not function.fewest <= len(arguments) <= function.most:
            raise ExpressionError(f"{name} does not take {len(arguments)} arguments", place)
        steps, run = [self.step(each) for each in arguments], function.run
        return lambda scope: run([each(scope) for each in steps])

    def _field(self, arguments: list[ast.expr], place: int) -> Step:
        match arguments:
            case [ast.Constant(value=str(name))]:
                repetition = 1
            case [ast.Constant(value=str(name)), ast.Constant(value=int(repetition))]:
                pass
            case _:
                raise ExpressionError('write field("Name") or field("Name", repetition)', place)
        self.fields.add(name)
        return lambda scope: scope.field(name, repetition)

    def _related(self, arguments: list[ast.expr], place: int, *, only_first: bool) -> Step:
        match arguments:
            case [ast.Constant(value=str(occurrence)), ast.Constant(value=str(name))]:
                self.related.add((occurrence, name))
            case _:
                raise ExpressionError(
                    'write related("Occurrence", "Field") or first("Occurrence", "Field")', place
                )
        if only_first:
            return lambda scope: next(iter(scope.related(occurrence, name)), None)
        return lambda scope: list(scope.related(occurrence, name))

    def _part(self, node: ast.expr) -> Step:
        if isinstance(node, ast.FormattedValue):
            if node.format_spec is not None or node.conversion != -1:
                raise ExpressionError("a format is not allowed inside braces", node.col_offset + 1)
            return self.step(node.value)
        return self.step(node)

    def _text(self, parts: list[Step]) -> Step:
        def joined(scope: Scope) -> Value:
            texts = [text_of(each(scope)) for each in parts]
            bounded_text(sum(map(len, texts)))
            return "".join(texts)

        return joined
