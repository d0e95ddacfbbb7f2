"""What tells approvers that something waits, made of the settings."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from ...authorization.approver_notice import ApproverNotice, Bell, Command, Webhook
from ...authorization.clients.guarded_fetch import GuardedFetch
from ...config.http_settings import HttpSettings
from ...errors import ConfigurationError
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
        address = reader(notify.webhook, entry="notify", what="webhook", environment=os.environ)()
        bell = Webhook(_checked(address), fetch)
    return ApproverNotice(bell, f"{http.public_url}/", parts.clock.sleep)


def _checked(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if (
        parts.scheme != "https"
        or not parts.hostname
        or parts.username
        or parts.fragment
        or port not in (None, 443)
    ):
        raise ConfigurationError(
            "http.notify: the webhook is no address with https://, a host name and nothing before or behind them",
            advice="A program on this machine or inside your network is reached by { command }.",
        )
    return address
