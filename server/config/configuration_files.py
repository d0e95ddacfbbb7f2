"""A configuration file with those that it extends."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from ..errors import ConfigurationError
from ..local.places import expanded
from ..text.toml_text import text_of, tree_of
from .relative_paths import Tree, anchored

LONGEST_CHAIN = 20
"""Files that extend one another."""


def tree_in(path: Path) -> Tree:
    tree: Tree = {}
    for _, above in reversed(chain_from(path)):
        tree = _merged(tree, above)
    return tree


def chain_from(path: Path) -> list[tuple[Path, Tree]]:
    """The file and what it extends, the file itself first."""
    chain: dict[Path, Tree] = {}
    following: str | None = str(expanded(path))
    folder = Path()
    while following is not None:
        try:
            path = (folder / following).resolve()
        except (OSError, RuntimeError):
            raise ConfigurationError(f"The configuration file {following} cannot be read") from None
        if path in chain:
            raise ConfigurationError(f"{path} extends itself")
        if len(chain) == LONGEST_CHAIN:
            raise ConfigurationError(f"'extends' leads through more than {LONGEST_CHAIN} files")
        try:
            tree = tree_of(text_of(path, "The configuration file"), path)
        except FileNotFoundError:
            raise ConfigurationError(f"The configuration file {path} is not there") from None
        parent: object = tree.pop("extends", None)
        if not isinstance(parent, str | None):
            raise ConfigurationError(f"'extends' in {path} takes the name of a file")
        following = parent
        folder = path.parent
        chain[path] = anchored(tree, folder)
    return list(chain.items())


def _merged(below: Tree, above: Tree) -> Tree:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(cast("Tree", old), cast("Tree", value)) if both else value
    return merged
