"""Faults as JSON says them, for clients that are not Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from difflib import get_close_matches
from functools import partial
from inspect import signature
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from .effects import Act, Cut, Delay, Drip, Drop, Effect, Hang, Page, Refuse, WrongDate
from .layer import Match

EFFECTS: Mapping[str, type[Effect]] = {
    "delay": Delay,
    "drop": Drop,
    "hang": Hang,
    "cut": Cut,
    "drip": Drip,
    "page": Page,
    "refuse": Refuse,
    "wrong_date": WrongDate,
}
"""`{"effect": "delay", "seconds": 3}`. The other keys are those of the class. `act` names one of the host's actions."""

_FAR = 10**9
"""Seconds, bytes and counts: thirty years, and more than any test needs."""

Built = TypeVar("Built")
Action = Callable[..., object]
Actions = Mapping[str, Action]


class NotUnderstood(ValueError):
    """A fault or an action that the host cannot make sense of. Says what it knows."""


def read_match(words: Mapping[str, Any]) -> Match:
    return _build(Match, words)


def read_effects(words: object, actions: Actions) -> tuple[Effect, ...]:
    if not isinstance(words, Sequence) or isinstance(words, str) or not words:
        raise NotUnderstood("'effects' is a list of at least one effect.")
    return tuple(_effect(each, actions) for each in words)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def read_action(words: object, actions: Actions) -> Callable[[], object]:
    """`{"action": name, ...}`, the other keys being its arguments."""
    name, arguments = _named(words, "action", actions)
    return partial(actions[name], **_checked(actions[name], name, arguments))


def _checked(action: Action, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in the types that the action declares, so that it cannot fail over them once it is struck."""
    try:
        signature(action).bind(**arguments)
    except TypeError as error:
        raise NotUnderstood(f"The action {name!r} cannot be called so: {error}.") from None
    hints = get_type_hints(action)
    checked: dict[str, Any] = {}
    for key, value in arguments.items():
        try:
            checked[key] = TypeAdapter(hints.get(key, Any)).validate_python(value)
        except ValidationError as error:
            raise NotUnderstood(f"{key}: {error.errors()[0]['msg']}.") from None
        _bound(key, checked[key])
    return checked


def _bound(key: str, value: object) -> None:
    """Numbers that a clock can still reckon with. Written so that what is no number is beyond them too."""
    size = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(size, (int, float)) and not -_FAR <= size <= _FAR:
        raise NotUnderstood(f"{key}: a number from -{_FAR} to {_FAR} was expected.")


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
        built = TypeAdapter(kind).validate_python(dict(words))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or kind.__name__
        raise NotUnderstood(f"{place}: {first['msg']}.") from None
    for name in known:
        _bound(name, getattr(built, name))
    return built


def _hint(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    near = get_close_matches(name, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(sorted(known))}."
