"""The house stays one that a stranger finds their way in: small files, small folders, one name for one file."""

from __future__ import annotations

import statistics
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path
    for top in ("server", "tools")
    for path in ROOT.joinpath(top).rglob("*.py")
    if path.name != "__init__.py"
)
EMULATOR = [path for path in MODULES if "emulator" in path.relative_to(ROOT).parts[:-1]]


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_too_long_to_read() -> None:
    assert {str(path.relative_to(ROOT)): lines_of(path) for path in MODULES if lines_of(path) > 300} == {}
    assert statistics.median(lines_of(path) for path in MODULES) <= 100


def test_no_folder_is_too_full_to_look_through() -> None:
    folders = Counter(str(path.parent.relative_to(ROOT)) for path in MODULES)
    assert {folder: count for folder, count in folders.items() if count > 25} == {}


def test_no_two_modules_have_the_same_name() -> None:
    for modules in (EMULATOR, [path for path in MODULES if path not in EMULATOR]):
        names = Counter(path.name for path in modules)
        assert [name for name, count in names.items() if count > 1] == []
