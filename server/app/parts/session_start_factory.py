"""What the owner wants done in each new session, by the settings."""

from __future__ import annotations

from ...auth.http_connection import ConnectionFactory
from ...auth.sessions.session_start import SessionStart, StartScript
from ...auth.sessions.sessions_endpoint import sessions_address
from ...config.database_settings import DatabaseSettings
from ...dataapi.request_scripts import ScriptOutcome
from ...scripts.governed_script import GovernedScript
from ...scripts.script_result import read


def start_of(settings: DatabaseSettings, connect: ConnectionFactory) -> SessionStart | None:
    """What the owner wants done in each new session; None where nothing is."""
    script = settings.on_sign_in
    if script is None and not settings.globals:
        return None
    return SessionStart(
        database_url=sessions_address(settings.base_url, settings.api, settings.file).removesuffix(
            "/sessions"
        ),
        connect=connect,
        judge=_complaint,
        globals={name: str(value) for name, value in settings.globals.items()},
        script=None if script is None else StartScript(script.script, script.text, script.layout),
        timeout=settings.timeout,
    )


def _complaint(script: str, error: int, result: str | None) -> str:
    """What is wrong with a run, as it is told of any script."""
    return read(GovernedScript(script), ScriptOutcome(error, result)).said
