"""The second half of setup: which file, how to sign in and as whom, tried until a session opens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from ...auth.oauth import OAuthHost
from ...config.config_file import names
from ...envelope import opened
from ...errors import FilemakerMcpError
from ..terminal import ask, ask_choice, ask_secret, ask_yes, say
from .setup_host import ReachedHost
from .setup_trial import failed_stage

ACCESS = {
    "read": "read only",
    "edit": "read, create and edit",
    "delete": "read, create, edit and delete",
}
PASSWORD, CLARIS, OTTO = "password", "claris_id", "otto"
SECRETS = {PASSWORD: "password", CLARIS: "password", OTTO: "otto_key"}
"""The setting that says where the secret of a way to sign in is."""


@dataclass(frozen=True)
class Answers:
    """What the configuration file will say; `secrets` are kept apart: setting, or `data source FILE` -> secret."""

    name: str
    values: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict[str, str], repr=False)


async def ask_sign_in(host: ReachedHost, file: str, path: Path) -> Answers:
    """Asks again for what was wrong, and for nothing else, until FileMaker lets the account in."""
    way = await _ask_way(host)
    answers = _ask_account(Answers("", host.values | {"file": file}), way)
    while stage := await failed_stage(answers):
        if stage == "database":
            answers = replace(answers, values=answers.values | {"file": await ask_file(host)})
        elif stage in ("sign-in", "privilege", "layouts"):
            answers = _ask_account(answers, way)
        elif not ask_yes("Try again"):
            raise KeyboardInterrupt
    answers = _ask_sources(answers)
    values = answers.values | {"access": ask_access()}
    return replace(answers, name=_free_name(str(values["file"]), path), values=values)


def ask_access() -> str:
    say("What may the assistant do? It shows each change first; deletions and large changes need you.")
    return list(ACCESS)[ask_choice("Your choice", list(ACCESS.values()))]


async def ask_file(host: ReachedHost) -> str:
    """One of the files that the host shows, or a name; a file that the pasted address names comes first."""
    try:
        files = await open_files(host)
    except FilemakerMcpError:
        files = ()
    if host.named_file in files or not files:
        return ask("Name of the FileMaker file, without .fmp12", host.named_file)
    say("Files on this host:")
    return files[ask_choice("Which one", files)]


async def open_files(host: ReachedHost) -> tuple[str, ...]:
    """The files that the host shows to anybody; none where it shows them only to accounts."""
    async with host.connect() as client:
        try:
            response = await client.get(f"{host.settings.host}/fmi/data/vLatest/databases")
        except httpx.RequestError:
            return ()
    return tuple(str(item["name"]) for item in opened(response).get("databases") or ())


async def _ask_way(host: ReachedHost) -> str:
    """`password`, `claris_id`, `otto`, or the name of an identity provider."""
    if host.settings.is_cloud:
        say("This is FileMaker Cloud: sign in with a Claris ID.")
        return CLARIS
    try:
        providers = await OAuthHost(host.settings.host, host.connect).providers()
    except FilemakerMcpError:
        providers = ()
    ways = {
        PASSWORD: "account and password",
        **{provider: f"{provider}, in the browser" for provider in providers},
        OTTO: "an OttoFMS API key (it begins with dk_)",
    }
    say("How do you sign in?")
    return list(ways)[ask_choice("Your choice", list(ways.values()))]


def _ask_account(answers: Answers, way: str) -> Answers:
    values = answers.values
    if way == OTTO:
        return replace(answers, secrets={"otto_key": ask_secret("OttoFMS API key")})
    if way == CLARIS:
        account = ask("Claris ID (e-mail address)", str(values.get("account", "")))
        return replace(answers, values=values | {"account": account})
    if way == PASSWORD:
        account = ask("FileMaker account", str(values.get("account", "")))
        return replace(
            answers, values=values | {"account": account}, secrets={"password": ask_secret("Password")}
        )
    return replace(answers, values=values | {"provider": way})


def _ask_sources(answers: Answers) -> Answers:
    """Further FileMaker files that need an account of their own, as the file's layouts refer to them."""
    sources: list[dict[str, Any]] = []
    secrets = dict(answers.secrets)
    say("Do its layouts show data of other FileMaker files that need an account of their own? Most do not.")
    while file := ask("Name of such a file, or - for none", "-").removesuffix(".fmp12").strip("-"):
        account = ask(f"Account for {file}", str(answers.values.get("account", "")))
        secrets[f"data source {file}"] = ask_secret(f"Password for {file}")
        sources.append({"file": file, "account": account})
    return replace(
        answers, values=answers.values | ({"data_sources": sources} if sources else {}), secrets=secrets
    )


def _free_name(file: str, path: Path) -> str:
    taken = names(path)
    plain = "".join(letter if letter.isalnum() else "-" for letter in file.lower()).strip("-") or "database"
    return next(
        name for name in (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))) if name not in taken
    )
