"""Fonts of this machine for letters of many scripts: what the system has, in the places where it keeps them."""

from __future__ import annotations

from pathlib import Path

FOLDERS = (
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/TTF",
    "/usr/share/fonts/dejavu-sans-fonts",
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/truetype/liberation",
    "/usr/share/fonts/truetype/droid",
    "/usr/share/fonts/truetype/wqy",
    "/System/Library/Fonts/Supplemental",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
LETTERS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "Arial Unicode.ttf",
    "LiberationSans-Regular.ttf",
    "arial.ttf",
)
"""Latin, Greek, Cyrillic and more; the first that is there."""
SIGNS = (
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-microhei.ttc",
    "msyh.ttc",
    "YuGothR.ttc",
    "msgothic.ttc",
    "malgun.ttf",
)
"""Chinese, Japanese, Korean: each that is there, since none has all."""


def fonts_here() -> list[Path]:
    return [*_of(LETTERS)[:1], *_of(SIGNS)]


def _of(names: tuple[str, ...]) -> list[Path]:
    found = (Path(folder, name) for name in names for folder in FOLDERS)
    return [each for each in found if each.is_file()]
