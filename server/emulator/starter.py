"""A commented solution to begin with: `filemaker-mcp emulator --init DIR`."""

from __future__ import annotations

import json
from pathlib import Path

from .solutions.loader.definition import solution_schema

DEFINITION = """\
#:schema ./solution.schema.json
# One FileMaker file. Every *.toml in this folder is one. Files may use each other's tables (see [occurrences] below).
name = "Starter"

# Tables and their fields. Types: text (default), number, date, time, timestamp, container.
[tables.People.fields]
ID = { auto_enter = { serial = "P-004" }, validation = { required = true, unique = true } }
Name = { validation = { required = true } }
Phone = { repetitions = 2 }
Born = { type = "date" }
Status = { auto_enter = { value = "New" }, validation = { value_list = "Status" } }
# A calculation is a Python expression over the record's fields. Names with spaces are written field("Full Name").
# Related values come from related("Occurrence", "Field"). Such a calculation is not stored.
"Number of Notes" = { type = "number", calculation = 'count(related("Notes", "Text"))' }

[tables.Notes.fields]
"Person ID" = {}
Text = {}
Written = { type = "timestamp", auto_enter = { on = "created" } }

[tables.Settings.fields]
gUser = { global = true, initial = ["nobody"] }   # a global field has one value for each session

# Each table has an occurrence of its own name. Others, also of tables in another file, are named here:
# [occurrences.Articles]
# table = "Products"
# file = "Stock"

[[relationships]]
left = "People"
right = "Notes"
match = [["ID", "=", "Person ID"]]
create = ["right"]     # rows may be made through a portal
delete = ["right"]     # notes go with their person
sort_right = ["Written descend"]

[value_lists]
Status = { values = ["New", "Known", "Gone"] }
People = { field = "People::ID", second_field = "People::Name" }

# Only what is on a layout exists for the Data API.
[layouts.People]
occurrence = "People"
fields = ["ID", "Name", "Phone", "Born", { name = "Status", value_list = "Status", display = "popupMenu" }, "Number of Notes"]
[[layouts.People.portals]]
occurrence = "Notes"
# name = "Notes Portal"        # an object name, if the portal has one
# filter = 'Text != ""'        # an expression over the related record
fields = ["Notes::Text", "Notes::Written"]

[layouts.Notes]
occurrence = "Notes"
fields = [{ name = "Person ID", value_list = "People", display = "popupList" }, "People::Name", "Text", "Written"]

[layouts.Settings]
occurrence = "Settings"
fields = ["gUser"]

[[layout_menu]]
folder = "Everyday"
items = ["People", "Notes"]

# Script names, and the functions in scripts.py that play them.
[scripts]
"Echo" = "echo"
"Greet" = "greet"

# An account reaches the Data API only if its privilege set has fmrest. What a set does not allow, it forbids.
[privilege_sets."[Full Access]"]
full_access = true
extended = ["fmrest"]

[privilege_sets.Readers]
extended = ["fmrest"]
layouts = { "*" = "view" }
fields = { "*" = { "*" = "view" } }
records = { "*" = { view = "yes", edit = "no", create = "no", delete = "no" }, People = { view = 'Status != "Gone"' } }
scripts = { "*" = "none", Echo = "run" }

[[accounts]]
name = "Admin"
password = "starter"
privilege_set = "[Full Access]"

[[accounts]]
name = "reader"
password = "starter"
privilege_set = "Readers"
"""

SCRIPTS = '''\
"""The scripts of the solution. Each function takes the script's context and returns the Exit Script text.

A step sets script.last_error instead of raising; the last one of the run is the answer's scriptError.
"""


def echo(script):
    """Gives the parameter back."""
    return script.parameter


async def greet(script):
    """Adds a note to every person of the found set. The parameter is how many seconds each takes."""
    greeted = 0
    for _ in script.each_record():
        name, person = script.get("Name"), script.get("ID")
        if script.parameter:
            await script.sleep(float(script.parameter))
        script.set("Status", "Known")
        greeted += 1
        script.variables["last"] = f"{name} ({person})"
    return f"{greeted} greeted"
'''

DATA = {
    "People": "ID,Name,Phone(1),Phone(2),Born,Status\n"
    "P-001,Ada Lovelace,+44 20 1,,1815-12-10,Known\nP-002,Zoë Müller,+49 40 2,+49 40 3,1990-02-28,New\n"
    "P-003,Seán O'Neill,,,1985-07-04,Gone\n",
    "Notes": 'Person ID,Text,Written\nP-001,"Wrote the first program.",2026-01-05 10:00:00\n'
    'P-001,"Two lines,\nand a comma.",2026-02-01 09:30:00\nP-002,Call back,2026-03-01 08:00:00\n',
}


class FolderInUse(Exception):
    """The folder for a new solution has something in it already."""


def write_starter(folder: Path) -> list[Path]:
    """The files written. Raises FolderInUse. Nothing is ever overwritten."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(f"{folder} is not empty; name a new folder for the solution.")

    schema = json.dumps(solution_schema(), indent=1, ensure_ascii=False) + "\n"
    texts = {"solution.toml": DEFINITION, "scripts.py": SCRIPTS, "solution.schema.json": schema}
    texts |= {f"data/{table}.csv": rows for table, rows in DATA.items()}
    written: list[Path] = []
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written
