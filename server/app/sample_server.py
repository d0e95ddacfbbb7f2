"""The sample solution in this process: `--demo`, and what the tests start from."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from ..config.configuration import overlaid, settled
from ..config.settings import Settings
from ..local.work_folder import work_folder
from .app import Application, build

FILE = "Harbor"
ACCOUNT = "assistant"
PASSWORD = "demo"  # noqa: S105 -- the sample solution's, printed in the README

SCRIPTS = {
    "Month Report": {
        "effect": "reads",
        "layout": "Invoices",
        "description": "Invoices, customers and total of one month. Parameter: the month as 2026-10, or nothing for last month.",
    },
    "Mark Overdue": {
        "effect": "changes",
        "layout": "Invoices",
        "description": "Sets every sent invoice whose due date has passed to Overdue; tells how many. No parameter.",
    },
    "Restock": {
        "effect": "changes",
        "layout": "Products",
        "description": "Fills stock to three times the reorder level. Parameter: one SKU, or nothing for all that run low.",
    },
    "Send Reminder": {
        "effect": "reaches_outside",
        "layout": "Invoices",
        "description": "Writes a reminder for an open invoice, as a task for accounts. Parameter: the invoice's Number.",
    },
    "Echo": {"effect": "reads"},
    "Fail": {"effect": "reads"},
    "Slow": {"effect": "reads"},
}
"""The sample's scripts as an owner declares them."""


def everything_allowed() -> dict[str, str]:
    """The environment of an owner who allows all that the sample solution has."""
    return {"FILEMAKER_ACCESS": "delete", "FILEMAKER_SCRIPTS": json.dumps(SCRIPTS)}


def sample_folder() -> Path:
    """Where the sample solution was installed."""
    return Path(__file__).parents[1] / "emulator" / "sample"


def demo_application(
    environment: Mapping[str, str], *, open_browser: Callable[[str], bool] | None = None
) -> Application:
    """The sample solution for the person at this machine."""
    with ExitStack() as until_closed:
        settings, emulated = until_closed.enter_context(demo_settings(environment))
        application = build(settings, emulated=emulated, open_browser=open_browser)
        application.afterwards.enter_context(until_closed.pop_all())
    return application


@contextmanager
def demo_settings(
    environment: Mapping[str, str],
) -> Generator[tuple[Settings, Mapping[str, httpx.AsyncBaseTransport]]]:
    """Everything is allowed unless the environment says otherwise; where the sample is, it cannot say.

    Plans are in a file for as long as the demo runs, so that they can be agreed to from a terminal.
    """
    import tempfile

    from ..emulator.app import Emulator

    with ExitStack() as until_closed:
        folder = until_closed.enter_context(work_folder(Path(tempfile.gettempdir()), "filemaker-mcp-demo-"))
        kept = {"FILEMAKER_STATE": str(folder / "state.db")}
        given = {name: value for name, value in environment.items() if value}  # an empty variable is unset
        place = {
            "FILEMAKER_HOST": "http://127.0.0.1",
            "FILEMAKER_DATABASE": FILE,
            "FILEMAKER_USERNAME": ACCOUNT,
            "FILEMAKER_PASSWORD": PASSWORD,
        }
        tree = overlaid({}, everything_allowed() | kept | given | place)
        settings = settled(tree, None)
        emulator = Emulator([sample_folder()])
        yield settings, {FILE: httpx.ASGITransport(app=emulator.app)}
