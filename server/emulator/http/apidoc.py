"""The page that a host shows at `/fmi/data/apidoc/` without a login (section 3)."""

from __future__ import annotations

from html import escape

from .envelope import Answer, page
from .routes import OPERATIONS


def documentation() -> Answer:
    rows = "".join(
        f"<tr><td>{each.method}</td><td>/fmi/data/{{version}}/{escape('/'.join(each.pattern))}</td>"
        f"<td>{each.name.replace('_', ' ')}</td><td>{each.since}</td></tr>"
        for each in OPERATIONS
    )
    return page(
        200,
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>FileMaker Data API (emulated)</title></head>'
        "<body><h1>FileMaker Data API (emulated)</h1><table><tr><th>Method</th><th>Path</th><th>Operation</th>"
        f"<th>Since</th></tr>{rows}</table></body></html>",
    )
