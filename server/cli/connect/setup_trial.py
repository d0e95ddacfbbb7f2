"""Trying what setup was told: one session, and how far it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...app.claris_settings import ClarisSettings
from ...app.credential_factory import CredentialFactory
from ...app.database_connection import connect_to
from ...app.sign_in_accounts import account_for
from ...auth.clock import SystemClock
from ...config.configuration import settled
from ...config.settings import Settings
from ...config.strict_settings import Secret
from ...diagnosis.machine_stages import Machine
from ...errors import FilemakerMcpError
from ...local.places import files_folder
from ...local.state.sqlite_state import SqliteState
from ..terminal import say
from .claris_login import claris_login
from .oauth_login import BrowserSignIn
from .setup_host import show

if TYPE_CHECKING:
    from .setup_account import Answers


async def failed_stage(answers: Answers) -> str:
    """The stage that failed, which was said to the person; empty where a session opened and shows layouts."""
    settings: Settings = settled({"database": {"setup": with_secrets(answers.values, answers.secrets)}}, None)
    database = settings.database["setup"]
    sign_ins = CredentialFactory.of(settings)
    try:
        account = account_for(database)
        if database.method == "claris_id":
            await claris_login(ClarisSettings.of(account, sign_ins), None, proves_password=True)
        elif database.method == "oauth":
            await BrowserSignIn(account, sign_ins, opens_browser=True).open_file()
    except FilemakerMcpError as error:
        say(str(error))
        return "sign-in"
    connection = connect_to(account, sign_ins, clock=SystemClock())
    state = SqliteState(None)  # a trial leaves nothing behind
    machine = Machine(state, files_folder(), files_named=False, is_state_needed=False)
    try:
        async for stage in connection.diagnosis(machine).stages():
            if stage.failed or stage.name in ("database", "sign-in", "privilege", "layouts"):
                show(stage.name, stage.finding)
            if stage.failed:
                return stage.name
    finally:
        await state.close()
        if database.method != "oauth":  # the server takes that session over
            await connection.pool.close()
    return ""


def with_secrets(values: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """The values of a database with the secrets themselves in place, for a trial that is written nowhere."""
    held = {setting: Secret.model_validate({"value": secret}) for setting, secret in secrets.items()}
    whole = {
        **values,
        **{name: secret for name, secret in held.items() if not name.startswith("data source ")},
    }
    if "data_sources" in values:
        whole["data_sources"] = [
            {**source, "password": held[f"data source {source['file']}"]} for source in values["data_sources"]
        ]
    return whole
