"""Our reader of FileMaker's XML beside two that others wrote, on the samples that one of them ships, and python-fmrest on such a sample served.

`python tests/clients/map_judges.py`; ends with status 1 when a count differs or a step failed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filemaker_mcp.server.solution_map.exports.export_reader import learned

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".clients" / "map"
CONVERTER, SAMPLES = "fm-saxml-converter==0.6.6", "fm_saxml_converter-0.6.6/samples"
COUNTED = (
    "tables",
    "fields",
    "occurrences",
    "relationships",
    "layouts",
    "scripts",
    "steps",
    "value lists",
    "privilege sets",
)
WHOLE = (
    "by_type/whole/EverythingBagel.xml",
    "by_type/second_file/EverythingBagel.xml",
    "by_type/second_file/Empty.xml",
    "has_restricted_access_to_scripts/EverythingBagel.xml",
    "multi_file_export/SaXML_no_separate_catalogue/FileA.xml",
    "multi_file_export/SaXML_no_separate_catalogue/FileB.xml",
    "EverythingBagel_mac_run/saxml/EverythingBagel.xml",
)
SPLIT = (
    "by_type/split_catalogues/EverythingBagel",
    "multi_file_export/SaXML_separate_catalogue/FileA",
    "multi_file_export/SaXML_separate_catalogue/FileB",
)
DIFFERENCES: dict[tuple[str, str, str], str] = {}
"""(sample, judge, what) -> why the judge counts otherwise. None is known: folders, separators and a second pass of calculated fields,
which are counted wrongly elsewhere, are in none of these samples."""
Counts = dict[str, int]
SDIST = "# sdist "
"""Begins the line of map_judges.txt that has the digest of the sdist."""


def prepared() -> Path:
    """What map_judges.txt pins, and the samples of the pinned sdist, unless the folder has them already."""
    pins = (HERE / "map_judges.txt").read_text(encoding="utf-8")
    stamp = FOLDER / "installed"
    python = FOLDER / "python" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == pins:
        return python
    uv = os.environ.get("UV") or shutil.which("uv") or "uv"
    subprocess.run(
        [uv, "venv", "-q", "--clear", "--python", sys.executable, str(FOLDER / "python")], check=True
    )
    install = [uv, "pip", "install", "-q", "--python", str(python), "--require-hashes", "-r"]
    subprocess.run([*install, str(HERE / "map_judges.txt")], check=True)
    with tempfile.TemporaryDirectory() as folder:
        digest = next(line.removeprefix(SDIST) for line in pins.splitlines() if line.startswith(SDIST))
        requirement = Path(folder, "sdist.txt")
        requirement.write_text(f"{CONVERTER} --hash={digest}", encoding="utf-8")
        download = ["-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "--require-hashes"]
        subprocess.run([str(python), *download, "-r", str(requirement), "-d", folder], check=True)
        with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as archive:
            archive.extractall(FOLDER, filter="data")
    stamp.write_text(pins, encoding="utf-8")
    return python


def ours(sample: Path) -> Counts:
    (file,) = learned([sample], day="2026-01-01").solution.files.values()
    return {
        "tables": len(file.tables),
        "fields": sum(len(each.fields) for each in file.tables.values()),
        "occurrences": len(file.occurrences),
        "relationships": len(file.relations),
        "layouts": len(file.layouts),
        "scripts": len(file.scripts),
        "steps": sum(len(each.steps) for each in file.scripts),
        "value lists": len(file.lists),
        "privilege sets": len(file.privileges),
    }


def by_converter(python: Path, sample: Path, work: Path) -> Counts:
    """fm-saxml-converter reads a whole export. Of a split one it takes one catalog at a time."""
    made = work / "model.json"
    program = python.with_name("fm-saxml")
    subprocess.run([str(program), "parse", str(sample), "-o", str(made)], check=True, capture_output=True)
    entities: dict[str, list[Any]] = json.loads(made.read_text(encoding="utf-8"))["entities"]
    names = {
        "occurrences": "tableOccurrences",
        "steps": "scriptSteps",
        "value lists": "valueLists",
        "privilege sets": "privilegeSets",
    }
    return {what: len(entities[names.get(what, what)]) for what in COUNTED}


def by_saxml4adt(python: Path, sample: Path, work: Path) -> Counts:
    made = work / "store.sqlite"
    command = [
        str(python.with_name("saxml4adt")),
        "build",
        str(sample),
        "--db",
        str(made),
        "--fresh",
        "--keep",
        "99",
        "--yes",
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=work)
    kinds = {
        "tables": "base_table",
        "fields": "field",
        "occurrences": "table_occurrence",
        "relationships": "relationship",
        "layouts": "layout",
        "scripts": "script",
        "value lists": "value_list",
        "privilege sets": "privilege_set",
    }
    store = sqlite3.connect(made)
    try:
        found = dict(store.execute("select kind, count(*) from objects group by kind"))
        steps = store.execute("select count(*) from script_steps").fetchone()[0]
    finally:
        store.close()
    return {what: steps if what == "steps" else found.get(kinds[what], 0) for what in COUNTED}


@contextmanager
def served(sample: Path) -> Generator[dict[str, str]]:
    """The address of an emulated host of the sample, and the certificate to trust."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "filemaker_mcp.server", "emulator", "--port", "0"]
        process = subprocess.Popen(
            [*command, "--https", folder, "--from", str(sample)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"https://127\.0\.0\.1:\d+", line)
            assert found, f"the emulator said {line!r}"
            yield {"FM_URL": found[0], "FM_AUTHORITY": str(Path(folder, "authority.pem"))}
        finally:
            process.terminate()
            process.wait(20)


def main() -> int:
    python = prepared()
    samples = FOLDER / SAMPLES
    failed = 0
    judges = {"fm-saxml-converter": by_converter, "saxml4adt": by_saxml4adt}
    for name in (*WHOLE, *SPLIT):
        for judge, count in judges.items():
            if name in SPLIT and count is by_converter:
                continue
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder, Path(name).name)  # saxml4adt tidies beside what it reads
                (shutil.copytree if samples.joinpath(name).is_dir() else shutil.copy)(samples / name, copy)
                mine, theirs = ours(copy), count(python, copy, Path(folder))
            different = [
                f"{what}: {mine[what]} here, {theirs[what]} there"
                for what in COUNTED
                if mine[what] != theirs[what] and (name, judge, what) not in DIFFERENCES
            ]
            failed += bool(different)
            sys.stdout.write(
                f"{'FAILED' if different else 'ok'} {name} beside {judge} {'; '.join(different)}\n"
            )
            sys.stdout.flush()
    with served(samples / WHOLE[0]) as settings:
        environment = {**os.environ, **settings}
        flow = subprocess.run(
            [str(python), str(HERE / "with_fmrest_on_a_map.py")], env=environment, check=False
        )
    return 1 if failed or flow.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
