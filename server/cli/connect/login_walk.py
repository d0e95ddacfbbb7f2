"""Every sign-in that the settings name, one after the other: the main files' and those of the files beside them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from ...app.claris_settings import ClarisSettings
from ...app.credential_factory import CredentialFactory, user_pool
from ...app.sign_in_accounts import SignInAccount
from ...errors import FilemakerMcpError, InputError
from ..terminal import say
from .claris_login import claris_login, opened_session
from .oauth_login import BrowserSignIn

Step = tuple[str, Callable[[], Awaitable[None]]]


class LoginWalk:
    """Each provider and account once, however many databases need it. What fails does not keep the others from being done."""

    def __init__(self, sign_ins: CredentialFactory, *, browser: bool, user: str | None) -> None:
        """`user`: only this Claris ID, with what belongs to it."""
        self._sign_ins = sign_ins
        self._browser = browser
        self._user = user

    async def through(self, accounts: Mapping[str, SignInAccount]) -> int:
        """The exit status."""
        if self._user and not _of_person(accounts, self._user):
            await claris_login(place_of(accounts, self._user, self._sign_ins), self._user)
            say(f"No database of the settings names {self._user} as its account, so none uses this sign-in.")
            return 0
        steps = {name: act for account in accounts.values() for name, act in self._steps(account)}
        if not steps:
            for account in accounts.values():
                what = "an API key" if account.settings.method == "otto" else "account and password"
                say(
                    f"{account.settings.file} signs in with {what}; there is nothing to sign in to beforehand."
                )
            say("'filemaker-mcp doctor' tells whether it works.")
            return 0
        if len(steps) == 1:
            await next(iter(steps.values()))()
            return 0
        failed: dict[str, FilemakerMcpError] = {}
        for name, act in steps.items():
            say(f"{name}:")
            try:
                await act()
            except FilemakerMcpError as error:
                failed[name] = error
                say(str(error))
        for name in steps:
            say(f"  {'not done' if name in failed else 'done':<9} {name}")
        return 1 if failed else 0

    def _steps(self, account: SignInAccount) -> list[Step]:
        settings = account.settings
        if self._user:
            own = _of_person({"": account}, self._user)
            return [(f"Claris ID {settings.account}", self._claris(account))] if own else []
        browser = BrowserSignIn(account, self._sign_ins, opens_browser=self._browser)
        steps: list[Step] = [
            (f"{source.file} on {settings.host_name}, by {source.provider}", browser.consent_for(source))
            for source in settings.data_sources
            if source.provider
        ]
        if settings.method == "oauth":
            steps.append(
                (f"{settings.file} on {settings.host_name}, by {settings.provider}", browser.open_file)
            )
        if settings.method == "claris_id":
            steps.append((f"Claris ID {settings.account}".strip(), self._claris(account)))
        return steps

    def _claris(self, account: SignInAccount) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            if account.settings.token_service:
                say(
                    f"The settings name the token service {account.settings.token_service}; a sign-in that is kept here is used"
                    " before it."
                )
            await claris_login(ClarisSettings.of(account, self._sign_ins), None)
            await opened_session(account, self._sign_ins)

        return act


def place_of(
    accounts: Mapping[str, SignInAccount], user: str | None, sign_ins: CredentialFactory
) -> ClarisSettings:
    """Where a Claris ID signs in: as the databases say that name it, else as those that sign in to Claris ID at all. Raises
    InputError where that is not one place."""
    claris = {name: each for name, each in accounts.items() if each.settings.method == "claris_id"}
    places = (_of_person(accounts, user) if user else {}) or claris or dict(list(accounts.items())[:1])
    settings = [each.settings for each in places.values()]
    whose = {"" if user else each.account.casefold() for each in settings}
    if len({(user_pool(each), each.keep_sign_in) for each in settings}) > 1 or len(whose) > 1:
        raise InputError(
            "Several databases are configured", advice=f"Add --database with one of: {', '.join(places)}."
        )
    return ClarisSettings.of(next(iter(places.values())), sign_ins)


def _of_person(accounts: Mapping[str, SignInAccount], user: str) -> dict[str, SignInAccount]:
    return {
        name: each
        for name, each in accounts.items()
        if each.settings.method == "claris_id" and each.settings.account.casefold() == user.casefold()
    }
