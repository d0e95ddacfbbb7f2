"""Every sign-in that the settings name, one after the other: the main files' and those of the files beside them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from ...app.claris_settings import ClarisSettings
from ...app.credential_factory import CredentialFactory
from ...app.sign_in_accounts import SignInAccount
from ...errors import FilemakerMcpError
from ..terminal import say
from .claris_login import claris_login, opened_session
from .oauth_login import BrowserSignIn

Step = tuple[str, Callable[[], Awaitable[None]]]


class LoginWalk:
    """Each provider and account once, however many databases need it. What fails does not keep the others from being done."""

    def __init__(self, sign_ins: CredentialFactory, *, browser: bool, user: str | None) -> None:
        """`user` is the Claris ID where the settings name none."""
        self._sign_ins = sign_ins
        self._browser = browser
        self._user = user

    async def through(self, accounts: Mapping[str, SignInAccount]) -> int:
        """The exit status."""
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
            steps.append((f"Claris ID {self._user or settings.account}".strip(), self._claris(account)))
        return steps

    def _claris(self, account: SignInAccount) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            if account.settings.token_service:
                say(
                    f"The settings name the token service {account.settings.token_service}; a sign-in that is kept here is used"
                    " before it."
                )
            await claris_login(ClarisSettings.of(account, self._sign_ins), self._user)
            await opened_session(account, self._sign_ins)

        return act
