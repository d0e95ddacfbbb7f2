"""The course of `certify`, put together: the owner's host and account on one side, what the emulated host does on the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from ..certification.course import Course
from ..certification.emulated_host import EmulatedHost
from ..certification.line import Host
from ..emulator.profiles import VERSIONS, profile
from ..emulator.switches import Switches, UnknownSwitch, read_switches
from .credential_factory import CredentialFactory
from .sign_in_accounts import SignInAccount

if TYPE_CHECKING:
    import httpx

    from ..auth.clock import Clock


def certification_course(
    account: SignInAccount,
    sign_ins: CredentialFactory,
    clock: Clock,
    say: Callable[[str], None],
    transport: httpx.AsyncBaseTransport | None = None,
) -> Course:
    """Nothing is sent yet. `transport` stands in for the network."""
    from ..auth.http_connection import connections
    from .database_connection import pace_of

    settings = account.settings
    connect = connections(ca_file=settings.ca_file, transport=transport, pace=pace_of(settings), clock=clock)
    return Course(
        Host(settings.base_url, settings.api, settings.file),
        sign_ins.credentials(account, connect, clock),
        connect,
        clock,
        emulated_host(),
        say,
    )


def emulated_host() -> EmulatedHost:
    return EmulatedHost(
        {name: _word(value) for name, value in asdict(Switches()).items()},
        {version: _profile(version) for version in VERSIONS},
        _takes,
    )


def _profile(version: int) -> dict[str, str]:
    told = profile(version)
    return {
        "counts": _word(told.counts),
        "layout_table": told.layout_table,
        "read_dateformats": _word(told.read_dateformats),
        "write_dateformats": _word(told.write_dateformats),
        "write_options": _word(told.write_options),
        "upload_mod_id": _word(told.upload_mod_id),
        "upload_answers_mod_id": _word(told.upload_answers_mod_id),
        "product_version": _word(told.product_version is not None),
        "segments": _word("v2" in told.segments),
        "absolute_location": _word(not told.relative_location),
    }


def _takes(assignment: str) -> bool:
    try:
        read_switches([assignment])
    except UnknownSwitch:
        return False
    return True


def _word(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
