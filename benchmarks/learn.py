"""Learning a map from an export as large as the largest: `python benchmarks/learn.py` makes one of 316 MB and reads it."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.solution_map.shop import shop  # noqa: E402 -- run as a file, this folder is all that Python knows

LAYOUTS, OBJECTS, SCRIPTS, STEPS = 416, 300, 2_530, 34
"""As one solution of 360 MB has them."""
OBJECT = """\t<LayoutObject hash="F8FB9896486456E13A7739D628905C74" id="{n}" type="Edit Box" name="" kind="1">
<UUID>A207488E-42D4-AB44-A0C0-E82757396CCF</UUID><Bounds top="2.0000000" left="228.0000000" bottom="22.0000000" right="451.0000000"></Bounds><Options>805306368</Options>
<Field><FieldReference id="6" name="City" repetition="1" UUID="F0065580-4FBD-C84F-BEDB-B4AC58598BAE"><TableOccurrenceReference id="1065090" name="Customers" UUID="7844680B-43C1"></TableOccurrenceReference></FieldReference>
<Options>32</Options><Display Style="0" show="1"></Display><Usage inputMode="0" type="1"></Usage></Field>
<LocalCSS type="ThemeCustomStyle" name="minimal" displayName="Minimal"><![CDATA[self.minimal {{ text-align: right; }}]]></LocalCSS>
<ExtendedAttributes><Formatting><Graphic><Options>5</Options></Graphic><Time><Options>143</Options></Time><Numeric><Options>2304</Options><Style><Negative><Color red="221" green="0" blue="0" alpha="1.00"></Color></Negative></Style></Numeric></Formatting></ExtendedAttributes></LayoutObject>
"""
STEP = """<Step hash="1CCE13D6D241A95ACCC5AE6F44222E33" index="{n}" id="85" name="Allow User Abort" enable="True"><UUID>7B6F4E2D-EC7C-CA40-B730-4A25F62B51E4</UUID><OwnerID></OwnerID>
<Options>65536</Options><DDRREF kind="StepText" hash="39A28FAE825DCCFB9418D261AFD0110F">_C7C1FE64-04E7-1E43</DDRREF><ParameterValues membercount="1"><Parameter type="Boolean"><Boolean id="131072" value="False"></Boolean></Parameter></ParameterValues></Step>
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        export, made = Path(folder, "Large.xml"), Path(folder, "large.map.json")
        with export.open("w", encoding="utf-16", newline="\n") as file:
            file.writelines(parts())
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "filemaker_mcp.server", "learn", str(export), "--output", str(made)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(
            f"{export.stat().st_size / 1e6:,.0f} MB: {used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime:.1f} s of processor time, "
            f"{used.ru_maxrss / 1024:.0f} MB of memory, a map of {made.stat().st_size / 1e6:.1f} MB"
        )


def parts() -> Iterator[str]:
    """As FileMaker 22 writes it: layouts are the bulk, then steps, style sheets and binary streams."""
    catalogs = shop("2.2.3.0").catalogs()
    yield '<?xml version="1.0"?>\n<FMSaveAsXML version="2.2.3.0" Source="22.0.1" File="Large.fmp12" locale="English">\n'
    yield '<Structure membercount="1"><AddAction membercount="9">\n'
    for name, xml in catalogs.items():
        opening, _, rest = xml.partition(">")
        yield f"{opening}>"
        if name == "LayoutCatalog":
            yield from _layouts()
        elif name == "StepsForScripts":
            yield from _steps()
        elif name == "ThemeCatalog":
            yield f"<Theme><CSS><![CDATA[{'.self { margin: 0 } ' * 300_000}]]></CSS></Theme>"
        yield rest
    yield f"<LibraryCatalog><Stream>{'QUJDRA==' * 400_000}</Stream></LibraryCatalog>"
    yield "</AddAction></Structure></FMSaveAsXML>\n"


def _layouts() -> Iterator[str]:
    placed = "".join(OBJECT.format(n=n) for n in range(OBJECTS))
    for number in range(100, 100 + LAYOUTS):
        yield (
            f'<Layout id="{number}" name="Layout {number}" width="900"><TableOccurrenceReference id="1" name="Customers"></TableOccurrenceReference>'
            f'<PartsList><Part type="Body" kind="4"><ObjectList>{placed}</ObjectList></Part></PartsList></Layout>\n'
        )


def _steps() -> Iterator[str]:
    taken = "".join(STEP.format(n=n) for n in range(STEPS))
    for number in range(100, 100 + SCRIPTS):
        yield f'<Script><ScriptReference id="{number}" name="Script {number}"></ScriptReference><ObjectList>{taken}</ObjectList></Script>\n'


if __name__ == "__main__":
    main()
