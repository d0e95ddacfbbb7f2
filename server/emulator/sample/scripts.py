"""The scripts of Harbor. Each function takes the script's context and returns the Exit Script text."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..scripting.context import ScriptContext


def echo(script: ScriptContext) -> str:
    """Gives the parameter back."""
    return script.parameter


def month_report(script: ScriptContext) -> str:
    """Figures of one month as JSON. The parameter is `2026-10`, or empty for the month before this one."""
    last = script.today.replace(day=1) - timedelta(days=1)
    try:
        year, month = (int(part) for part in (script.parameter or f"{last:%Y-%m}").split("-"))
        first = date(year, month, 1)
    except ValueError:
        script.set_error(500)
        return json.dumps({"ok": False, "error": "The parameter is a month such as 2026-10."})
    script.go_to_layout("Invoices")
    if not script.find({"Date": f"{first.month}/{first.year}"}):
        script.set_error(0)
        return json.dumps({"ok": True, "month": f"{first:%Y-%m}", "invoices": 0, "total": 0})
    total, unpaid, customers = Decimal(0), 0, set[str]()
    for _ in script.each_record():
        if script.get("Status") != "Cancelled":
            total += script.number("Total")
        unpaid += script.get("Status") in {"Sent", "Overdue"}
        customers.add(script.get("Customer ID"))
    return json.dumps(
        {
            "ok": True,
            "month": f"{first:%Y-%m}",
            "invoices": script.found_count,
            "customers": len(customers),
            "unpaid": unpaid,
            "total": float(total),
        }
    )


def mark_overdue(script: ScriptContext) -> str:
    """Every sent invoice whose due date has passed becomes overdue. The result is how many."""
    script.go_to_layout("Invoices")
    if not script.find({"Status": "==Sent", "Due Date": f"<{script.today:%m/%d/%Y}"}):
        script.set_error(0)
        return "0"
    changed = 0
    for _ in script.each_record():
        changed += script.set("Status", "Overdue")
    return str(changed)


def send_reminder(script: ScriptContext) -> str:
    """Writes a reminder for the invoice whose number is the parameter, as a task for accounts."""
    script.go_to_layout("Invoices")
    number = script.parameter.strip()
    if not number or not script.find({"Number": f"=={number}"}):
        script.set_error(0)
        return json.dumps({"ok": False, "error": f"There is no invoice {number or '(none named)'}."})
    if script.number("Open Amount") <= 0:
        return json.dumps({"ok": False, "error": f"Nothing is open on invoice {number}."})
    customer, open_amount = script.get("Customers::Name"), script.number("Open Amount")
    script.go_to_layout("Tasks")
    due = script.today + timedelta(days=7)
    script.new_record_with({"Title": f"Reminder {number} to {customer}", "Due": due, "Priority": "High"})
    return json.dumps({"ok": True, "invoice": number, "customer": customer, "open": float(open_amount)})


def restock(script: ScriptContext) -> str:
    """Fills a product's stock up to three times its reorder level. The parameter is its SKU, or empty for all."""
    script.go_to_layout("Products")
    wanted = {"SKU": f"=={script.parameter.strip()}"} if script.parameter.strip() else {"To Reorder": "1"}
    if not script.find(wanted):
        script.set_error(0)
        return "0"
    filled = 0
    for _ in script.each_record():
        if script.set("Stock", script.number("Reorder Level") * 3):
            filled += 1
    return str(filled)


def fail(script: ScriptContext) -> str:
    """Ends with the error whose code is the parameter, or 5."""
    code = script.parameter.strip()
    script.set_error(int(code) if code.isdecimal() else 5)
    return "This script always fails."


async def slow(script: ScriptContext) -> str:
    """Takes as many seconds as the parameter says, or ten."""
    seconds = float(script.parameter) if script.parameter.replace(".", "", 1).isdecimal() else 10.0
    await script.sleep(min(seconds, 3600.0))
    return f"That took {seconds:g} seconds."
