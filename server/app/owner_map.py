"""The owner's map of one database, as its settings name it, seen through a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.database_settings import DatabaseSettings
from .owner_policy import policy_of

if TYPE_CHECKING:
    from ..policy import Policy
    from ..solution_map.map_view import MapView


def map_of(settings: DatabaseSettings, policy: Policy | None = None) -> MapView | None:
    """Through `policy`; through the owner's own where none is given. None where no file is named, or it is still a draft. Raises ConfigurationError with file and remedy."""
    if settings.map is None:
        return None
    from ..errors import ConfigurationError
    from ..solution_map.atlas import Atlas
    from ..solution_map.map_file import read_map
    from ..solution_map.map_view import MapView
    from ..text.near_names import folded

    solution = read_map(settings.map)
    if solution is None:
        return None
    try:
        atlas = Atlas(solution, settings.file)
    except KeyError:
        names = ", ".join(map(repr, solution.files))
        raise ConfigurationError(
            f"The solution map {settings.map} is of {names}, and this database is {settings.file!r}",
            advice="Name the map of this file, or learn from its export.",
        ) from None
    if settings.privilege_set and settings.privilege_set not in atlas.facts.privileges:
        names = ", ".join(map(repr, atlas.facts.privileges))
        raise ConfigurationError(
            f"privilege_set is {settings.privilege_set!r}, and the solution map has {names or 'none'}",
            advice="Correct its name.",
        )
    return MapView(
        atlas,
        policy or policy_of(settings),
        shows_formulas=settings.map_shows == "formulas",
        shows_steps=frozenset(folded(name) for name, script in settings.scripts.items() if script.show_steps),
        privilege_set=settings.privilege_set,
    )
