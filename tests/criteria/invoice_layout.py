"""A layout with every type of field, and a calendar that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from filemaker_mcp.server.criteria.calendar import Calendar
from filemaker_mcp.server.dataapi.layout_meta import FieldMeta, LayoutMeta, PortalMeta

OWN = {
    "Status": "text",
    "Notes": "text",
    "Total": "number",
    "Limit": "number",
    "Date": "date",
    "Created": "timeStamp",
    "Start": "time",
    "Photo": "container",
}
FIELDS = {name: FieldMeta(name, kind) for name, kind in OWN.items()}
FIELDS["Phone"] = FieldMeta("Phone", "text", max_repetitions=3, last_repetition=3)
FIELDS["gTitle"] = FieldMeta("gTitle", "text", is_global=True)
FIELDS["Sum of Total"] = FieldMeta("Sum of Total", "number", kind="summary")
FIELDS["Customer::Name"] = FieldMeta("Customer::Name", "text")
LINES = {
    name: FieldMeta(name, kind) for name, kind in {"Lines::Qty": "number", "Lines::Item": "text"}.items()
}
INVOICES = LayoutMeta("Invoices", FIELDS, {"Lines": PortalMeta("Lines", LINES)}, {})

CALENDAR = Calendar(zone=ZoneInfo("Europe/Berlin"), clock=lambda: datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
"""00:30 on Monday the 23rd in Berlin, still Sunday the 22nd in London."""
