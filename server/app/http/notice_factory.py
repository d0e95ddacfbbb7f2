"""What tells approvers that something waits, and what keeps the end of the journal elsewhere, made of the settings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import urlsplit

from ...authorization.approver_notice import ApproverNotice, Bell, Command, NotTold, Webhook
from ...authorization.clients.guarded_fetch import GuardedFetch
from ...config.http_settings import HttpSettings
from ...config.settings import Settings
from ...config.strict_settings import Secret
from ...errors import ConfigurationError
from ..background.head_keeper import HeadKeeper
from ..secrets import reader
from ..shared_parts import SharedParts


def notice_of(http: HttpSettings, parts: SharedParts, fetch: GuardedFetch) -> ApproverNotice | None:
    """None where the owner names nothing. Raises ConfigurationError."""
    notify = http.notify
    if notify is None:
        return None
    if notify.webhook is None:
        bell: Bell = Command(notify.command or ())
    else:
        bell = Webhook(_address(notify.webhook, "notify"), fetch)
    return ApproverNotice(bell, f"{http.public_url}/", parts.clock.sleep)


def check_head(settings: Settings) -> None:
    """For a team's records in a database that others can reach. Raises ConfigurationError where nobody would see that the end of its
    journal was cut."""
    is_reached = settings.state is not None and settings.state.postgres is not None
    if is_reached and settings.callers and settings.http.journal_head is None:
        raise ConfigurationError(
            "The records are in PostgreSQL, and the end of the journal is kept nowhere else: nobody would see that it was cut",
            advice="Name a place with http.journal_head = { file = ... } or { webhook = ... }, or start with --no-head.",
        )


def head_keeper_of(http: HttpSettings, parts: SharedParts, fetch: GuardedFetch) -> HeadKeeper:
    """Raises ConfigurationError."""
    kept = http.journal_head
    hook = None if kept is None or kept.webhook is None else _address(kept.webhook, "journal_head")

    async def send(lines: Sequence[str]) -> None:
        try:
            await Webhook(hook or "", fetch).ring({"heads": "\n".join(lines)})
        except NotTold as problem:
            raise OSError(str(problem)) from problem

    return HeadKeeper(
        lambda: parts.state,
        None if kept is None else kept.file,
        None if hook is None else send,
        parts.clock.sleep,
    )


def _address(secret: Secret, setting: str) -> str:
    address = reader(secret, entry=setting, what="webhook", environment=os.environ)()
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if (
        not all("!" <= letter <= "~" for letter in address)
        or parts.scheme != "https"
        or not parts.hostname
        or parts.username
        or parts.fragment
        or port not in (None, 443)
    ):
        raise ConfigurationError(
            f"http.{setting}: the webhook is no address with https://, a host name and nothing before or behind them",
            advice="A name with other letters is written as the xn-- form that a browser shows. A program on this machine or inside your network is reached by { command }.",
        )
    return address
