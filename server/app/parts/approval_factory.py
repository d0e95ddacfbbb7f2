"""How people agree to the changes of one database: at the client, on a page of this machine, or where they signed in."""

from __future__ import annotations

from ...approval.approvals import Approvals
from ...config.settings import Settings
from ...local.own_command import typed_command
from ...local.state.state import State
from ...policy import Policy
from ..seat import Seat
from ..shared_parts import SharedParts


def approvals_of(policy: Policy, seat: Seat, parts: SharedParts, state: State) -> Approvals:
    settings = seat.settings
    return Approvals(
        seconds=settings.approval_seconds,
        open_browser=parts.open_browser if settings.approval_page else None,
        show_all=policy.show_all,
        state_file=state.path,
        key_file=parts.seal_path if state.name else None,
        command=typed_command(),
        asks_in_chat=not seat.is_remote,
        public_page=_agreement_page(settings) if seat.is_remote else "",
        language=settings.page_language,
        on_waiting=lambda plan: parts.on_waiting(plan.digest),
    )


def _agreement_page(settings: Settings) -> str:
    """Where people agree who signed in over HTTP; empty where nobody signs in here."""
    http = settings.http
    return "" if http.sign_in is None else f"{http.public_url}/agree"
