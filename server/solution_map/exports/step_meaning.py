"""What a script step means, by its number: names are in the language of the program that wrote the export (section 11)."""

from __future__ import annotations

from ..script_facts import Effect

CALLS = frozenset({1, 148, 164, 210})
GO_TO_LAYOUT = 6
EXIT_SCRIPT = 103
SET_FIELD = 76
SET_VARIABLE = 141
COMMENT = 89
CONDITIONS = frozenset({68, 72, 125})
PLUG_IN = 186

CHANGES = frozenset(
    {
        *(7, 8, 9, 10, 11, 12, 13, 14, 35, 40, 46, 48, 49, 56, 60, 61, 76, 77, 91, 104, 116, 117, 131),
        *(147, 158, 159, 160, 161, 182, 203, 205, 206, 207, 215, 216),
    }
)
TARGETED = frozenset({11, 12, 13, 14, 46, 48, 49, 56, 60, 61, 77, 131, 158, 159, 160, 161, 215})
"""Of those, the ones that may also fill a variable, and then change no record."""
REACHES = frozenset(
    {
        *(3, 36, 37, 43, 57, 63, 64, 65, 66, 67, 96, 111, 117, 132, 143, 144, 146, 152, 157, 160, 175, 186),
        *range(190, 198),
        *(199, 211, *range(212, 223), 225, 226, 227),
    }
)
ACCOUNTS = frozenset({83, 134, 135, 136, 137, 138})
ASKS = frozenset({62, 87})

SECRETIVE = ACCOUNTS | {63, 111, 117, 160, 186, 211, 212, 213, 214, 219, 220, 221, 222, 226, 227}
"""Their parameters may hold passwords, keys and addresses, so the step is told by its name alone."""

_KNOWN = (
    *((1, 1), (3, 14), (16, 51), (55, 57), (59, 97), (98, 99), (101, 109), (111, 152), (154, 161)),
    *((164, 169), (172, 172), (174, 183), (185, 197), (199, 203), (205, 223), (225, 228)),
)
"""The numbers that were seen, as spans."""


def effects_of(number: int, *, into_variable: bool) -> tuple[Effect, ...]:
    """All that a step does besides looking. A step that nobody here knows is taken to change records and to reach outside."""
    if not any(first <= number <= last for first, last in _KNOWN):
        return ("changes", "reaches")
    effects: list[Effect] = []
    if number in CHANGES and not (into_variable and number in TARGETED):
        effects.append("changes")
    if number in REACHES:
        effects.append("reaches")
    if number in ACCOUNTS:
        effects.append("accounts")
    if number in ASKS:
        effects.append("asks")
    return tuple(effects)
