"""The second half of setup: which file, as whom, tried until a session opens."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from ...app.claris_settings import ClarisPlace
from ...app.credential_factory import SignIns
from ...app.database_connection import connect_to
from ...app.sign_in_accounts import account_for
from ...auth.clock import SystemClock
from ...auth.oauth import OAuthHost
from ...config.config_file import names
from ...config.configuration import settled
from ...config.settings import Secret, Settings
from ...diagnosis.machine_stages import Machine
from ...envelope import opened
from ...errors import FilemakerMcpError
from ...local.files_folder import default_files_folder
from ...local.state import default_state_file
from ..terminal import ask, ask_choice, ask_secret, say
from .claris_login import claris_login
from .oauth_login import oauth_login
from .setup_host import Host, show

ACCESS = {
    "read": "read only",
    "edit": "read, create and edit",
    "delete": "read, create, edit and delete",
}


@dataclass(frozen=True)
class Answers:
    name: str
    values: dict[str, Any]
    """Everything but the secret."""
    password: str = field(default="", repr=False)


async def ask_sign_in(host: Host, file: str, path: Path) -> Answers:
    provider = await _ask_provider(host)
    account = password = ""
    while True:
        values: dict[str, Any] = host.values | {"file": file}
        if provider:
            values["provider"] = provider
        elif host.settings.is_cloud:
            account = ask("Claris ID (e-mail address)", account)
            values["account"] = account
        else:
            account = ask("FileMaker account", account)
            password = ask_secret("Password")
            values["account"] = account
        if await _opens(values, password):
            break
    return Answers(_free_name(file, path), values | {"access": ask_access()}, password)


def ask_access() -> str:
    say("What may the assistant do? It shows each change first; deletions and large changes need you.")
    return list(ACCESS)[ask_choice("Your choice", list(ACCESS.values()))]


async def ask_file(host: Host) -> str:
    try:
        files = await open_files(host)
    except FilemakerMcpError:
        files = ()
    if not files:
        return ask("Name of the FileMaker file, without .fmp12")
    say("Files on this host:")
    return files[ask_choice("Which one", files)]


async def open_files(host: Host) -> tuple[str, ...]:
    """The files that the host shows to anybody; none where it shows them only to accounts."""
    async with host.connect() as client:
        try:
            response = await client.get(f"{host.settings.host}/fmi/data/vLatest/databases")
        except httpx.RequestError:
            return ()
    return tuple(str(item["name"]) for item in opened(response).get("databases") or ())


async def _ask_provider(host: Host) -> str:
    if host.settings.is_cloud:
        return ""
    try:
        providers = await OAuthHost(host.settings.host, host.connect).providers()
    except FilemakerMcpError:
        return ""
    if not providers:
        return ""
    say("How do you sign in?")
    choices = ["account and password", *(f"{provider}, in the browser" for provider in providers)]
    chosen = ask_choice("Your choice", choices)
    return providers[chosen - 1] if chosen else ""


async def _opens(values: dict[str, Any], password: str) -> bool:
    """Whether a session opened and shows layouts; says what did not."""
    tree = {**values, **({"password": Secret.model_validate({"value": password})} if password else {})}
    settings: Settings = settled({"database": {"setup": tree}}, None)
    database = settings.database["setup"]
    sign_ins = SignIns.of(settings)
    try:
        account = account_for(database)
        if database.method == "claris_id":
            place = ClarisPlace.of(account, sign_ins)
            await claris_login(place, argparse.Namespace(account=None, print=False), None)
        elif database.method == "oauth":
            await oauth_login(account, sign_ins, browser=True)
    except FilemakerMcpError as error:
        say(str(error))
        return False
    connection = connect_to(account, sign_ins, clock=SystemClock())
    machine = Machine(default_state_file(), default_files_folder(), files_named=False)
    try:
        async for stage in connection.diagnosis(machine).stages():
            if stage.failed or stage.name in ("database", "sign-in", "privilege", "layouts"):
                show(stage.name, stage.finding)
            if stage.failed:
                return False
    finally:
        if database.method != "oauth":  # the server takes that session over
            await connection.pool.close()
    return True


def _free_name(file: str, path: Path) -> str:
    taken = names(path)
    plain = "".join(letter if letter.isalnum() else "-" for letter in file.lower()).strip("-") or "database"
    return next(
        name for name in (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))) if name not in taken
    )
