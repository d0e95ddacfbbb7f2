"""Faults as JSON says them, for clients that are not Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from functools import partial
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from .effects import Act, Cut, Delay, Drop, Effect, Hang, Page, Refuse, WrongDate
from .layer import Match

EFFECTS: Mapping[str, type[Effect]] = {
    "delay": Delay,
    "drop": Drop,
    "hang": Hang,
    "cut": Cut,
    "page": Page,
    "refuse": Refuse,
    "wrong_date": WrongDate,
}
"""`{"effect": "delay", "seconds": 3}`; the other keys are those of the class. `act` names one of the host's actions."""

Built = TypeVar("Built")
Action = Callable[..., object]
Actions = Mapping[str, Action]


class NotUnderstood(ValueError):
    """A fault or an action that the host cannot make sense of; says what it knows."""


def read_match(words: Mapping[str, Any]) -> Match:
    return _build(Match, words)


def read_effects(words: object, actions: Actions) -> tuple[Effect, ...]:
    if not isinstance(words, Sequence) or isinstance(words, str) or not words:
        raise NotUnderstood("'effects' is a list of at least one effect.")
    return tuple(_effect(each, actions) for each in words)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def read_action(words: object, actions: Actions) -> Callable[[], object]:
    """`{"action": name, ...}`, the other keys being its arguments."""
    name, arguments = _named(words, "action", actions)
    return partial(actions[name], **arguments)


def _effect(words: object, actions: Actions) -> Effect:
    name, arguments = _named(words, "effect", {**EFFECTS, "act": Act})
    if name == "act":
        processed = arguments.pop("processed", False) is True
        return Act(read_action(arguments, actions), processed)
    return _build(EFFECTS[name], arguments)


def _named(words: object, key: str, known: Mapping[str, object]) -> tuple[str, dict[str, Any]]:
    try:
        arguments = TypeAdapter(dict[str, Any]).validate_python(words)
    except ValidationError:
        raise NotUnderstood(f"An object with {key!r} was expected.") from None
    name = arguments.pop(key, None)
    if not isinstance(name, str) or name not in known:
        raise NotUnderstood(f"There is no {key} {name!r}.{_hint(str(name), known)}")
    return name, arguments


def _build(kind: type[Built], words: Mapping[str, Any]) -> Built:
    known = [each.name for each in fields(kind)]  # pyright: ignore[reportArgumentType]  (all kinds are dataclasses)
    for name in words:
        if name not in known:
            raise NotUnderstood(f"{kind.__name__} has no {name!r}.{_hint(name, known)}")
    try:
        return TypeAdapter(kind).validate_python(dict(words))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or kind.__name__
        raise NotUnderstood(f"{place}: {first['msg']}.") from None


def _hint(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    near = get_close_matches(name, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(sorted(known))}."
