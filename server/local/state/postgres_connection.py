"""One connection to PostgreSQL: SQL in our own spelling, and what goes wrong told in words."""

from __future__ import annotations

import logging
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import anyio

from ...errors import ConfigurationError, StateAway
from .state import Question, Row

if TYPE_CHECKING:
    import psycopg

OPTIONS: dict[str, object] = {
    "connect_timeout": 5,
    # A machine that is gone is noticed within about ten seconds, on both sides.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "filemaker-mcp",
}
SESSION = (
    "-c statement_timeout={}s -c lock_timeout={}s -c idle_in_transaction_session_timeout=15s"
    " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10000"
    " -c client_connection_check_interval=2000"
)
STATEMENT_SECONDS = 10
REFUSED = ("28", "3D", "42501")
"""SQLSTATE of a sign-in or a database that is wrong, and of a right that is missing: waiting does not help."""
LASTING = r"authentication failed|does not exist$|no pg_hba\.conf entry|not permitted to log in|invalid port number|cannot be read$"
"""Words of a sign-in that was refused: the driver gives no SQLSTATE for them."""
UNREADABLE = r"\bURI\b|connection (info )?string|connection option|URI query parameter|percent-encoded"
MISSING_DRIVER = "The state is in PostgreSQL, and its driver is not installed"


@lru_cache(maxsize=512)
def spelled(sql: str) -> bytes:
    """With PostgreSQL's marks for values. None of our statements holds a quoted question mark."""
    parts = sql.split("?")
    return (
        "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], start=1)).encode()
        + parts[-1].encode()
    )


async def connect(
    url: str, *, statement_seconds: int = STATEMENT_SECONDS
) -> psycopg.AsyncConnection[dict[str, Any]]:
    """Raises StateAway where nobody answers, ConfigurationError for what waiting does not mend."""
    psycopg = driver()
    with told():
        return await psycopg.AsyncConnection.connect(url, **options(statement_seconds))


def options(statement_seconds: int = STATEMENT_SECONDS) -> dict[str, Any]:
    """How every connection of ours is made; 0 seconds for statements that may take long. Statements have PostgreSQL's own marks:
    the driver would look through each for its own."""
    from psycopg import AsyncRawCursor
    from psycopg.rows import dict_row

    session = SESSION.format(statement_seconds, statement_seconds)
    return {
        **OPTIONS,
        "options": session,
        "autocommit": True,
        "row_factory": dict_row,
        "cursor_factory": AsyncRawCursor,
    }


def driver() -> Any:
    try:
        import psycopg  # when PostgreSQL is named: nobody else pays for it
    except ImportError:
        raise ConfigurationError(
            MISSING_DRIVER, advice="Install filemaker-mcp[postgres], or name a file with the setting `state`."
        ) from None
    logging.getLogger("psycopg").setLevel(
        logging.ERROR
    )  # what it warns of is told where something is refused by it
    return psycopg


async def answers(
    connection: psycopg.AsyncConnection[dict[str, Any]],
    questions: Sequence[Question],
    before: Sequence[Question] = (),
) -> list[Sequence[Row]]:
    """What each question is answered, after the statements `before` them; all go out at once, in that order. To its end also when
    the call is cancelled: the driver leaves a pipeline that is broken off half read, and statements end by themselves."""
    found: list[Sequence[Row]] = []
    with told(), anyio.CancelScope(shield=True):
        async with connection.pipeline():
            for sql, values in before:
                await connection.execute(spelled(sql), values)
            cursors = [
                await connection.execute(spelled(sql), values, prepare=None if values else False)
                for sql, values in questions
            ]
        found += [await cursor.fetchall() if cursor.description else [] for cursor in cursors]
    return found


@contextmanager
def told() -> Generator[None]:
    """A server that is away, full, read-only or not as it should be is told in words; what breaks a rule of the schema stays a
    defect."""
    psycopg = driver()
    try:
        yield
    except psycopg.IntegrityError:
        raise
    except psycopg.Error as error:
        raise state_away(error) from error


def state_away(error: Exception) -> StateAway | ConfigurationError:
    state = getattr(error, "sqlstate", None) or ""
    what = _plain(str(error)) or type(error).__name__
    if not state and re.search(UNREADABLE, str(error)):
        what = "its address cannot be read"  # the driver repeats it, with the password
    if state.startswith(REFUSED) or re.search(LASTING, what):
        return ConfigurationError(
            f"The state in PostgreSQL cannot be used: {what}",
            advice="Look at the address, the role and its rights; docs/state.md has them.",
        )
    return StateAway(what, is_locked=state == "55P03")


def _plain(text: str) -> str:
    """The last line that says something, without the address, which may be long."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = next((each for each in lines if not each.startswith(("Multiple", "LINE", "^", "- host"))), "")
    return line.rpartition("FATAL:")[2].strip() or line
