"""What an entry of the journal keeps of contents: what records held before and after, and facts that tell of them. It is sealed,
and can be left out or forgotten while the entry stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ...local.keys.sealed_contents import Contents, place_of
from ...local.state.state import Row
from ...text.near_names import folded
from ..plans.codec import written

LEFT_OUT = "(left out)"
CONTENTS = ("label", "heading", "notes", "file", "asked", "why", "how")
"""Facts that tell what records hold, or whose they are. They are sealed with the image and go with it."""
FACTS = "$facts"
"""Where they are in an image."""


class ImageRules:
    """Which contents are written down."""

    def __init__(self, *, keeps_images: bool, without: Collection[str]) -> None:
        """`without` names fields, bare or qualified, whose contents never are."""
        self._keeps_images = keeps_images
        self._without = set(map(folded, without))

    def image_of(self, image: dict[str, Any] | None, told: dict[str, Any]) -> str:
        """Empty where there is nothing of contents."""
        parts = self._redacted(image) if image and self._keeps_images else {}
        if told:
            parts |= {FACTS: told}
        return written(parts) if parts else ""

    def _redacted(self, image: dict[str, Any]) -> dict[str, Any]:
        return {
            kind: {name: LEFT_OUT if self._is_left_out(name) else value for name, value in fields.items()}
            for kind, fields in image.items()
        }

    def _is_left_out(self, name: str) -> bool:
        if not self._without:
            return False
        bare = name.rpartition("(")[0] if name.endswith(")") else name
        return bool(self._without & {folded(bare), folded(bare.rpartition("::")[2])})


def split(facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What can stay for good, and what tells of contents."""
    told = {name: value for name, value in facts.items() if name in CONTENTS and value not in (None, "", [])}
    return {name: value for name, value in facts.items() if name not in CONTENTS}, told


def image_text(contents: Contents, row: Row) -> str | None:
    """Of a row of `WITH_IMAGES`. None where it was left out, or is gone."""
    if row["box"] is not None:
        place = row["place"] if row["place"] is not None else f"number {row['number']}"
        return contents.text(row, row["box"], place_of("image", "box", row["database"], place))
    return row["content"] or None
