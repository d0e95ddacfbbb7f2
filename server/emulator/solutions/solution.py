"""A solution on disk, read: one FileMaker file per definition, with its formulas, scripts and data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..calculations.expressions import Formulas
from ..model import File
from .loader.access import build_accounts, build_privilege_sets
from .loader.csv_rows import data_files, read_rows
from .loader.definition_draft import Sheet
from .loader.layouts import build_layouts, build_menu
from .loader.mistakes import Mistake, SolutionError
from .loader.relationships import build_occurrences, build_relationships, build_value_lists
from .loader.script_file import ScriptFunction, load_scripts
from .loader.tables import build_tables, check_fields
from .loader.toml_shape import read_shape


@dataclass(frozen=True)
class SolutionFile:
    model: File
    folder: Path
    formulas: Formulas = field(repr=False)
    scripts: Mapping[str, ScriptFunction] = field(repr=False)
    """By the script's name in FileMaker."""
    data: Mapping[str, Path]
    """CSV files by table."""
    records: bytes | None = field(default=None, repr=False)
    """All that is in these files, as a store keeps it, where it was loaded before."""


def read_solutions(folders: Sequence[Path]) -> tuple[SolutionFile, ...]:
    """Every `*.toml` of each folder is one file. Raises SolutionError with all mistakes of all of them."""
    mistakes: list[Mistake] = []
    sheets: dict[str, Sheet] = {}
    homes: dict[str, Path] = {}
    for folder in folders:
        for path in _definitions(folder, mistakes):
            shape, findings = read_shape(path.name, _text(path, mistakes))
            mistakes += findings.mistakes
            findings.mistakes.clear()
            if shape is None:
                continue
            if shape.name in sheets:
                findings.add(("name",), f"There are two files called {shape.name!r}; rename one.")
                mistakes += findings.mistakes
                continue
            sheets[shape.name] = Sheet(shape, findings, others=sheets)
            homes[shape.name] = folder
    # Occurrences may stand for tables of other files, so all tables come first.
    for step in (build_tables, build_occurrences, build_relationships, check_fields):
        for sheet in sheets.values():
            step(sheet)
    files = [_build(sheet, homes[name]) for name, sheet in sheets.items()]
    mistakes += (each for sheet in sheets.values() for each in sheet.findings.mistakes)
    if mistakes:
        # Report the mistakes in the data as well, so that all can be corrected at once.
        for file in files:
            for table, path in file.data.items():
                for _ in read_rows(file.model.tables[table], path, mistakes):
                    pass
        raise SolutionError(mistakes)
    return tuple(files)


def _build(sheet: Sheet, folder: Path) -> SolutionFile:
    shape = sheet.shape
    layouts = build_layouts(sheet)
    scripts = load_scripts(sheet, folder)
    value_lists = build_value_lists(sheet)
    model = File(
        name=shape.name,
        tables=sheet.tables,
        occurrences=sheet.occurrences,
        relationships=sheet.relationships,
        layouts=layouts,
        layout_menu=build_menu(sheet, "layout_menu", shape.layout_menu, shape.layouts),
        scripts=tuple(shape.scripts),
        script_menu=build_menu(sheet, "script_menu", shape.script_menu, shape.scripts),
        value_lists=value_lists,
        accounts=build_accounts(sheet),
        privilege_sets=build_privilege_sets(sheet),
        date_format=shape.date_format,
        closed=shape.closed,
    )
    return SolutionFile(model, folder, sheet.formulas, scripts, data_files(sheet, folder))


def _definitions(folder: Path, mistakes: list[Mistake]) -> list[Path]:
    if not folder.is_dir():
        mistakes.append(
            Mistake(str(folder), 1, "", "There is no such folder; name one that holds a solution.")
        )
        return []
    found = sorted(folder.glob("*.toml"))
    if not found:
        mistakes.append(
            Mistake(
                str(folder), 1, "", "The folder has no *.toml definition; `--init` writes one to begin with."
            )
        )
    return found


def _text(path: Path, mistakes: list[Mistake]) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        mistakes.append(
            Mistake(path.name, 1, "", f"The definition cannot be read: {problem}. Save it as UTF-8.")
        )
        return ""
