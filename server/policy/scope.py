"""Applies a scope to finds and to writes: a portal customer sees, finds and writes only their own rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import Changed, Forbidden
from ..text.near_names import folded
from .field_names import bare
from .rules import Policy, ScopeRule, scope_of

if TYPE_CHECKING:
    from ..dataapi.contents import Value
    from ..dataapi.query import FindRequest, Query

ESCAPED = re.compile(r"\\.", re.DOTALL)


def check_scoped_criteria(rule: ScopeRule, request: FindRequest) -> None:
    """FileMaker takes one expression per field and request, so a criterion beside the scope's own cannot be joined."""
    own = {form for name in rule.where for form in (folded(name), folded(bare(name)))}
    for name, criterion in request.criteria.items():
        if not request.omit and not own.isdisjoint((folded(name), folded(bare(name)))):
            raise Forbidden(
                f"The owner limits this assistant to certain values of {name!r}; criteria cannot name that field",
                advice=f"Leave {name!r} out: only records within the limit are found anyway.",
            )
        if "!" in ESCAPED.sub(
            "", criterion
        ):  # which white space may stand before it is not known (section 7.3)
            raise Forbidden(
                "Duplicates are looked for in the whole table, and the owner limits this assistant to some records"
            )


def with_scope(rule: ScopeRule, bounds: tuple[FindRequest, ...], query: Query) -> Query:
    """`query` within the scope. `bounds` are find requests that together find exactly the records in scope.

    Every request that adds records is joined to each bound. An omit request only takes away; but one that comes first
    starts from all records (section 7.2), so the bounds themselves are put before it. No request at all means them too.
    """
    for request in query.requests:
        check_scoped_criteria(rule, request)
    joined: list[FindRequest] = []
    if not query.requests or query.requests[0].omit:
        joined.extend(bounds)
    for request in query.requests:
        if request.omit:
            joined.append(request)
        else:
            joined.extend(
                replace(request, criteria={**request.criteria, **bound.criteria}) for bound in bounds
            )
    return replace(query, requests=tuple(joined))


def check_scoped_values(
    rule: ScopeRule, values: Mapping[str, Value], *, creating: bool
) -> Mapping[str, Value]:
    """The values of a write that stays in scope: a new record gets the scope's own, none may leave it.

    Raises Forbidden when a value would put the record outside, or a new record could belong to several.
    """
    given = {folded(name): (name, value) for name, value in values.items()}
    completed = dict(values)
    for name, allowed in rule.where.items():
        written = given.get(folded(name))
        if written is None:
            if creating and len(allowed) != 1:
                raise Forbidden(
                    f"A new record needs {name!r}, one of {', '.join(allowed)}", changed=Changed.NOTHING
                )
            if creating:
                completed[name] = allowed[0]
        elif str(written[1]) not in allowed:
            raise Forbidden(
                f"The owner limits this assistant to records whose {name!r} is {' or '.join(allowed)}",
                changed=Changed.NOTHING,
            )
    return completed


def scoped_values(
    policy: Policy, layout: str, values: Mapping[str, Value], *, creating: bool
) -> Mapping[str, Value]:
    """As `check_scoped_values`, for the layout's scope; the values themselves where it has none."""
    rule = scope_of(policy, layout)
    return values if rule is None else check_scoped_values(rule, values, creating=creating)
