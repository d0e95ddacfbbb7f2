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
    """Everything is allowed unless the environment says otherwise; where the sample is, it cannot say."""
    from .emulator.app import Emulator

    place = {
        "FILEMAKER_HOST": "http://127.0.0.1",
        "FILEMAKER_DATABASE": FILE,
        "FILEMAKER_USERNAME": ACCOUNT,
        "FILEMAKER_PASSWORD": PASSWORD,
    }
    tree = overlaid({}, everything_allowed() | dict(environment) | place)
    settings = settled(tree, None)
    emulator = Emulator([sample_folder()])
    emulated = {FILE: httpx.ASGITransport(app=emulator.app)}
    return build(settings, emulated=emulated, open_browser=open_browser)
