"""The sample solution in this process: `--demo`, and what the tests start from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from .app import Application, build
from .configuration import overlaid, settled

FILE = "Harbor"
ACCOUNT = "assistant"
PASSWORD = "demo"  # noqa: S105 -- the sample solution's, printed in the README

SCRIPTS = {
    "Echo": "reads",
    "Month Report": "reads",
    "Fail": "reads",
    "Slow": "reads",
    "Mark Overdue": "changes",
    "Restock": "changes",
    "Send Reminder": "reaches_outside",
}


def everything_allowed() -> dict[str, str]:
    """The environment of an owner who allows all that the sample solution has."""
    scripts = {name: {"effect": effect} for name, effect in SCRIPTS.items()}
    return {"FILEMAKER_ACCESS": "delete", "FILEMAKER_SCRIPTS": json.dumps(scripts)}


def sample_folder() -> Path:
    """Where the sample solution was installed."""
    return Path(__file__).parent / "emulator" / "sample"


def demo_application(
    environment: Mapping[str, str], *, open_browser: Callable[[str], bool] | None = None
) -> Application:
    """Everything is allowed unless the environment says otherwise; where the sample is, it cannot say.

    Plans are in a file for as long as the demo runs, so that they can be agreed to from a terminal.
    """
    import tempfile

    from .emulator.app import Emulator

    folder = tempfile.TemporaryDirectory(prefix="filemaker-mcp-demo-", ignore_cleanup_errors=True)
    kept = {"FILEMAKER_STATE": str(Path(folder.name) / "state.db")}

    said = {name: value for name, value in environment.items() if value}  # an empty variable is unset
    place = {
        "FILEMAKER_HOST": "http://127.0.0.1",
        "FILEMAKER_DATABASE": FILE,
        "FILEMAKER_USERNAME": ACCOUNT,
        "FILEMAKER_PASSWORD": PASSWORD,
    }
    tree = overlaid({}, everything_allowed() | kept | said | place)
    settings = settled(tree, None)
    emulator = Emulator([sample_folder()])
    emulated = {FILE: httpx.ASGITransport(app=emulator.app)}
    application = build(settings, emulated=emulated, open_browser=open_browser)
    application.afterwards.callback(folder.cleanup)
    return application
