"""What the first answer of a server does without, so that starting costs what the SDK costs."""

from __future__ import annotations

import json
import subprocess
import sys

from filemaker_mcp.server.text.exact_json import exact_json

LATER = (
    "dataapi.layout_meta",
    "dataapi.record",
    "criteria.conditions",
    "local.state.sqlite_state",
    "jobs.job",
    "local.keys.key_file",
)
LOOK = f"""
import json, sys
from filemaker_mcp.server.cli.deferred_models import defer_models
defer_models()
from filemaker_mcp.server.app.app import build
from filemaker_mcp.server.config.configuration import configured
build(configured({{"FILEMAKER_HOST": "fm.example.com", "FILEMAKER_DATABASE": "a", "FILEMAKER_USERNAME": "b",
                   "FILEMAKER_PASSWORD": "c", "FILEMAKER_CONFIG": ""}}))
from mcp_types import CallToolResult
loaded = [name for name in {LATER} if "filemaker_mcp.server." + name in sys.modules]
loaded += [name for name in ("httpx", "msgspec", "sqlite3", "pydantic_settings") if name in sys.modules]
waits = not CallToolResult.__pydantic_complete__
answer = CallToolResult(content=[{{"type": "text", "text": "made when it is used"}}]).content[0].text
print(json.dumps([loaded, waits, answer]))
"""


def test_a_start_loads_nothing_that_only_calls_need_and_models_are_made_when_they_are_used() -> None:
    told = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert exact_json(told.stdout) == [[], True, "made when it is used"], json.dumps(told.stderr)
