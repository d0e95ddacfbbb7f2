"""A state file as versions wrote it that kept contents as plain text: form 21, which the tests of taking over begin with."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from filemaker_mcp.server.caller import Caller
from filemaker_mcp.server.changes.contents.plan_rows import ITEMS, PLANS, STEPS, PlanRows
from filemaker_mcp.server.changes.plans.agreement_store import Glance
from filemaker_mcp.server.changes.plans.codec import StoredDigest, written
from filemaker_mcp.server.changes.plans.journal import FACTS, WITH_IMAGES, image_text
from filemaker_mcp.server.changes.plans.journal_chain import KEYED
from filemaker_mcp.server.changes.plans.plan import Who
from filemaker_mcp.server.changes.plans.plan_seal import Seal

PLAIN = 21
ADDED = {
    "plan": ("box", "key"),
    "step": ("box", "key", "kind", "layout", "runbook"),
    "item": ("box", "outcome_box", "key", "takes_back", "writes"),
    "image": ("box", "key", "layout", "gone"),
    "kept_file": ("box", "key"),
    "job": ("box", "facts_box"),
    "held": ("box", "key"),
    "caller_key": ("epoch",),
}


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
        for index in ("image_by_layout", "image_by_key", "item_by_key"):
            file.execute(f"DROP INDEX {index}")
        for table, columns in ADDED.items():
            for column in columns:
                file.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        for table in ("data_key", "taken_over", "unsealed", "hold", "file_use", "epoch"):
            file.execute(f"DROP TABLE {table}")
        file.execute("DELETE FROM written_by")
        file.execute("INSERT INTO written_by VALUES (?, '0.1.0')", (PLAIN,))
        file.execute(f"PRAGMA user_version = {PLAIN}")
        file.execute("VACUUM")


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
            seal.of_agreement(glance, by, at) if by else "", plan["id"],
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
