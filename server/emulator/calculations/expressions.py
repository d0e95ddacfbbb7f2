"""Calculations as Python expressions, restricted: no attribute, no call but the functions listed, no name but fields."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from decimal import InvalidOperation

from ..values.arithmetic import Value
from .compiler import Compiler, ExpressionError, Scope, Step

LONGEST_SOURCE = 30_000
"""Characters, as in FileMaker. An expression without loops then ends soon whatever it says."""


@dataclass(frozen=True)
class Expression:
    source: str
    fields: frozenset[str]
    """Names of the record's own fields that it reads."""
    related: frozenset[tuple[str, str]]
    """(occurrence, field) that it reads through relationships."""
    facts: frozenset[str]
    _step: Step = field(repr=False)

    def evaluate(self, scope: Scope) -> Value:
        """The result. `?` where FileMaker would show a question mark, such as after a division by zero."""
        try:
            return self._step(scope)
        except (ArithmeticError, InvalidOperation, TypeError, ValueError, IndexError, RecursionError):
            return "?"


def compile_expression(source: str) -> Expression:
    """Raises ExpressionError."""
    if len(source) > LONGEST_SOURCE:
        raise ExpressionError(f"a calculation has at most {LONGEST_SOURCE:,} characters")
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        column = problem.offset if isinstance(problem, SyntaxError) and problem.offset else 1
        raise ExpressionError(f"{getattr(problem, 'msg', problem)}", column) from None
    compiler = Compiler()
    try:
        step = compiler.step(tree.body)
    except RecursionError:
        raise ExpressionError("the calculation is nested too deeply") from None
    return Expression(
        source, frozenset(compiler.fields), frozenset(compiler.related), frozenset(compiler.facts), step
    )


class Formulas:
    """The compiled expressions of one file, each compiled once."""

    def __init__(self) -> None:
        self._compiled: dict[str, Expression] = {}

    def __getitem__(self, source: str) -> Expression:
        """Raises ExpressionError."""
        expression = self._compiled.get(source)
        if expression is None:
            expression = self._compiled[source] = compile_expression(source)
        return expression

    def fields_of(self, source: str) -> frozenset[str]:
        """The record's own fields that it reads. None where it is no expression."""
        try:
            return self[source].fields
        except ExpressionError:
            return frozenset()
