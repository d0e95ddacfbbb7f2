"""A state file as versions wrote it that kept contents as plain text: form 21, which the tests of taking over begin with."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from filemaker_mcp.server.caller import Caller
from filemaker_mcp.server.changes.consent.agreement_store import Glance
from filemaker_mcp.server.changes.contents.plan_rows import ITEMS, PLANS, STEPS, PlanRows
from filemaker_mcp.server.changes.journal.entry_image import FACTS, image_text
from filemaker_mcp.server.changes.journal.journal_chain import KEYED
from filemaker_mcp.server.changes.journal.journal_entry import WITH_IMAGES
from filemaker_mcp.server.changes.plans.codec import written
from filemaker_mcp.server.changes.plans.plan import Who
from filemaker_mcp.server.changes.plans.plan_digest import StoredDigest
from filemaker_mcp.server.changes.plans.plan_seal import Seal
from filemaker_mcp.server.local.state.migrations import MIGRATIONS

PLAIN = 21


def as_plain_text(path: Path, seal: Seal) -> None:
    """What the file holds, as form 21 held it: chained and sealed by the same key, but to be read by anybody."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.row_factory = sqlite3.Row
        file.execute("BEGIN")
        rows = PlanRows("", seal.contents)
        for plan in file.execute(PLANS).fetchall():
            _plan(file, seal, rows, plan)
        _journal(file, seal)
        file.execute("COMMIT")
        without_what_came_later(file, PLAIN)
        file.execute("DELETE FROM written_by")
        file.execute("INSERT INTO written_by VALUES (?, '0.1.0')", (PLAIN,))
        file.execute(f"PRAGMA user_version = {PLAIN}")
        file.execute("VACUUM")


def without_what_came_later(file: sqlite3.Connection, form: int) -> None:
    """Tables, columns and indexes that this form of the records did not have are gone, and what it had is there."""
    with closing(sqlite3.connect(":memory:")) as first:
        for script in MIGRATIONS[:form]:
            first.executescript(script)
        known = {kind: _names(first, kind) for kind in ("table", "index")}
        columns = {table: _columns(first, table) for table in known["table"]}
        made = dict(first.execute("SELECT name, sql FROM sqlite_master").fetchall())
    for kind in ("index", "table"):
        for name in _names(file, kind) - known[kind]:
            file.execute(f"DROP {kind} {name}")
    for table in known["table"] - _names(file, "table"):
        file.execute(made[table])
    for table in known["table"]:
        if _keys(file, table) - columns[table]:  # of a key no column can be taken out
            file.execute(f"DROP TABLE {table}")
            file.execute(made[table])
        for column in _columns(file, table) - columns[table]:
            file.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for index in known["index"] - _names(file, "index"):
        file.execute(made[index])


def _names(file: sqlite3.Connection, kind: str) -> set[str]:
    """All but those that SQLite makes for itself."""
    rows = file.execute("SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%'", (kind,))
    return {row[0] for row in rows}


def _columns(file: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in file.execute(f"PRAGMA table_info({table})")}


def _keys(file: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in file.execute(f"PRAGMA table_info({table})") if row[5]}


def _plan(file: sqlite3.Connection, seal: Seal, rows: PlanRows, plan: sqlite3.Row) -> None:
    stored: list[tuple[str, list[str]]] = []
    for step in file.execute(f"{STEPS} WHERE plan = ? ORDER BY number", (plan["id"],)).fetchall():
        body, items = rows.step_text(step), list[str]()
        file.execute(
            "UPDATE step SET body = ? WHERE plan = ? AND number = ?", (body, plan["id"], step["number"])
        )
        for item in file.execute(
            f"{ITEMS} WHERE plan = ? AND step = ? ORDER BY number", (plan["id"], step["number"])
        ).fetchall():
            items.append(rows.item_text(item))
            outcome = written(rows.outcome(item)) if item["outcome_box"] is not None else "{}"
            file.execute(
                "UPDATE item SET body = ?, outcome = ? WHERE plan = ? AND step = ? AND number = ?",
                (items[-1], outcome, plan["id"], step["number"], item["number"]),
            )
        stored.append((body, items))
    digest = StoredDigest(plan["database"], plan["caller"])
    for body, items in stored:
        digest.step(body)
        digest.items(items)
    plain = digest.end()
    who = Who(Caller(plan["caller"], plan["account"]), plan["client"])
    glance = Glance(
        plan["id"], plan["database"], who, plan["made"], plan["expires"], plain, plan["fingerprint"],
        plan["undoes"], "", False,
    )  # fmt: skip
    by, at = plan["approved_by"], plan["approved_at"]
    file.execute(
        "UPDATE plan SET heading = ?, digest = ?, seal = ?, approved_digest = ?, approved_seal = ? WHERE id = ?",
        (
            rows.heading(plan), plain, seal.of_plan(glance), plain if by else "",
            seal.of_agreement(glance, by, "", at) if by else "", plan["id"],
        ),
    )  # fmt: skip


def _journal(file: sqlite3.Connection, seal: Seal) -> None:
    plain = {row["id"]: row["digest"] for row in file.execute("SELECT id, digest FROM plan")}
    previous: dict[str, str] = {}
    for row in file.execute(f"{WITH_IMAGES} ORDER BY number").fetchall():
        image: dict[str, Any] = json.loads(image_text(seal.contents, row) or "{}")
        facts: dict[str, Any] = json.loads(row["facts"]) | image.pop(FACTS, {})
        if "digest" in facts and row["plan"] in plain:
            facts["digest"] = plain[row["plan"]]
        if "seal" in facts:
            facts["seal"] = seal.agreement_in(
                facts, plan=row["plan"], database=row["database"], caller=row["caller"]
            )
        content = written(image) if image else ""
        entry = {name: row[name] for name in KEYED} | {"facts": written(facts)}
        entry["image"] = seal.of_image(content) if content else ""
        entry["previous"] = previous.get(row["database"], "0" * 64)
        digest = seal.of_entry([repr(entry[name]) for name in KEYED])
        previous[row["database"]] = digest
        file.execute(
            "UPDATE journal SET facts = ?, image = ?, previous = ?, digest = ? WHERE number = ?",
            (entry["facts"], entry["image"], entry["previous"], digest, row["number"]),
        )
        file.execute("DELETE FROM image WHERE number = ?", (row["number"],))
        if content:
            file.execute(
                "INSERT INTO image (number, content, key, box) VALUES (?, ?, '', NULL)",
                (row["number"], content),
            )
        file.execute("UPDATE chain SET digest = ? WHERE database = ?", (digest, row["database"]))
