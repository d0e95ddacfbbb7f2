"""Logging in: file accounts, Claris ID, OAuth providers, and the files that a session opens later."""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from typing import Protocol

from ..http.request import Request
from ..model import Account
from ..refusal import Refusal
from ..solutions.files import Files
from ..solutions.hosted_file import HostedFile
from ..switches import Switches
from .privileges import Access
from .sessions import Session, SourceLogin

_LOCKED = timedelta(minutes=5)
BASIC_IDENTITIES = frozenset({"filemaker", "extended"})
"""`extended` is an extended Claris account: sent as Basic, like a file's own (section 16)."""


class ClarisId(Protocol):
    def verify_id_token(self, token: str) -> str | None: ...


class OAuthProviders(Protocol):
    def account_for(self, request_id: str, identifier: str) -> str | None: ...

    def provider_for(self, request_id: str) -> str | None: ...


class Doorkeeper:
    def __init__(self, files: Files, claris_id: ClarisId | None, oauth: OAuthProviders | None) -> None:
        self.files = files
        self.claris_id = claris_id
        self.oauth = oauth
        self._failures: dict[tuple[str, str], list[datetime]] = {}

    def admit(
        self, request: Request, file: HostedFile, switches: Switches, now: datetime
    ) -> tuple[Access, str]:
        """The account that the request's headers prove, and its password if it gave one. Raises Refusal (section 4.1)."""
        authorization = request.headers.get("authorization", "")
        kind, _, value = authorization.partition(" ")
        request_id = request.headers.get("x-fm-data-oauth-request-id")
        identifier = request.headers.get("x-fm-data-oauth-identifier")
        password = ""
        if request_id is not None and identifier is not None:
            account = self._oauth_account(file, request_id, identifier)
        elif kind.upper() == "FMID":
            account = self._claris(file, value.strip())
        elif kind.lower() == "basic":
            name, password = _basic(value)
            account = self._counted(file, name, password, switches, now)
        elif authorization:
            raise Refusal(212, f"Authorization header '{kind[:20]}' invalid.")
        else:
            message = "HTTP Authorization header or OAuth headers are missing."
            raise Refusal(10, message, node=True, status=401)
        return self._access(file, account, switches), password

    def open_source(self, session: Session, file: HostedFile, switches: Switches) -> Access:
        """An external file, opened when something needs it. Raises Refusal 100 (section 4.4)."""
        if file.closed:
            raise Refusal(100)
        login = session.logins.get(file.name) or SourceLogin(session.account, session.password)
        if login.request_id and login.identifier:
            account = self._oauth_account(file, login.request_id, login.identifier)
        else:
            account = _with_password(file, login.account, login.password)
        if account is None or not account.active:
            raise Refusal(100)
        access = Access(account, file.model.privilege_sets[account.privilege_set])
        if not access.has_fmrest:
            raise Refusal(100)
        return access

    def _access(self, file: HostedFile, account: Account | None, switches: Switches) -> Access:
        if account is None:
            raise Refusal(212)
        if not account.active:
            raise Refusal(210)
        if account.must_change_password:
            raise Refusal(211)
        access = Access(account, file.model.privilege_sets[account.privilege_set])
        if not access.has_fmrest:
            raise Refusal(switches.without_fmrest, status=401)
        return access

    def _counted(
        self, file: HostedFile, name: str, password: str, switches: Switches, now: datetime
    ) -> Account | None:
        account = _with_password(file, name, password)
        if not switches.login_attempts:
            return account
        key = (file.name, name.casefold())
        recent = [each for each in self._failures.get(key, []) if now - each < _LOCKED]
        if len(recent) >= switches.login_attempts:
            raise Refusal(214)
        self._failures[key] = [] if account is not None else [*recent, now]
        return account

    def _claris(self, file: HostedFile, token: str) -> Account | None:
        name = None if self.claris_id is None else self.claris_id.verify_id_token(token)
        return None if name is None else _named(file, name, "claris")

    def _oauth_account(self, file: HostedFile, request_id: str, identifier: str) -> Account | None:
        if self.oauth is None:
            return None
        provider = self.oauth.provider_for(request_id)
        name = self.oauth.account_for(request_id, identifier)
        return None if name is None or provider is None else _named(file, name, provider)


def _basic(value: str) -> tuple[str, str]:
    try:
        name, separator, password = (
            base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
        )
    except (binascii.Error, ValueError):
        separator = name = password = ""
    if not separator:
        raise Refusal(212, "Authorization header 'Basic' invalid.")  # python-fmrest #36 [U]
    return name, password


def _with_password(file: HostedFile, name: str, password: str) -> Account | None:
    for account in file.model.accounts:
        if account.name.casefold() == name.casefold() and account.identity in BASIC_IDENTITIES:
            right = hmac.compare_digest(account.password.encode(), password.encode("utf-8", "replace"))
            return account if right else None
    return None


def _named(file: HostedFile, name: str, identity: str) -> Account | None:
    wanted = (name.casefold(), identity.casefold())
    return next(
        (each for each in file.model.accounts if (each.name.casefold(), each.identity.casefold()) == wanted),
        None,
    )
