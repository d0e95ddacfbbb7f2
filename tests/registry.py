"""A small solution with awkward names, written into a folder as a test wants it."""

from __future__ import annotations

from pathlib import Path

DEFINITION = """
name = "Registry"

[tables.Orders.fields]
ID = { auto_enter = { serial = "O-100" }, validation = { required = true, unique = true } }
Total = { type = "number" }
Note = {}
Secret = {}
"Größe" = { repetitions = 2 }

[tables.Lines.fields]
"Order ID" = {}
SKU = { validation = { required = true } }
Count = { type = "number" }

[[relationships]]
left = "Orders"
right = "Lines"
match = [["ID", "=", "Order ID"]]

[value_lists]
"Notes" = { values = ["late", "paid"] }

[layouts."Orders Größe 100%"]
occurrence = "Orders"
fields = ["ID", "Total", { name = "Note", value_list = "Notes", display = "popupList" }, "Secret", "Größe"]

[layouts.Lines]
occurrence = "Lines"
fields = ["Order ID", "SKU", "Count"]

[scripts]
"Ab/rechnen ä" = "settle"
"Erase" = "settle"

[[script_menu]]
folder = "All"
items = ["Ab/rechnen ä", "Erase"]

[privilege_sets."Data Entry"]
extended = ["fmrest"]
layouts = { "*" = "edit" }
fields = { "*" = { "*" = "edit" } }
records = { "*" = { view = "yes", edit = "yes", create = "yes", delete = "yes" } }
scripts = { "*" = "run" }

[[accounts]]
name = "assistant"
password = "demo"
privilege_set = "Data Entry"
"""
SCRIPTS = """\
def settle(script):
    return "settled"
"""
ORDERS = "ID,Total,Note,Secret,Größe\nO-1,10,late,x,a\nO-2,20,paid,y,b\nO-3,30,,z,c\n"
LINES = "Order ID,SKU,Count\nO-1,A-1,1\nO-1,A-2,2\nO-2,A-1,3\n"
LAYOUT = "Orders Größe 100%"


def registry(folder: Path, definition: str = DEFINITION, orders: str = ORDERS) -> Path:
    """The folder, with the solution in it."""
    (folder / "data").mkdir(parents=True)
    (folder / "registry.toml").write_text(definition, encoding="utf-8")
    (folder / "scripts.py").write_text(SCRIPTS, encoding="utf-8")
    (folder / "data" / "Orders.csv").write_text(orders, encoding="utf-8")
    (folder / "data" / "Lines.csv").write_text(LINES, encoding="utf-8")
    return folder
