"""Parts that differ between the person at this machine and somebody who calls: the files, and the share of the limits."""

from __future__ import annotations

from ...auth.clock import Clock
from ...database.caller_share import CallerShare, half_of
from ...database.rate_limits import Allowance, Limits
from ...local.file_parts import parts_in
from ...local.files_folder import FilesFolder
from ...local.places import files_folder
from ...local.shared_files import SharedFiles
from ...local.state.state import State
from ..declared_scripts import limits_of
from ..seat import Seat
from ..shared_parts import SharedParts


def allowance_for(
    seat: Seat, state: State, identity: str, limits: Limits, clock: Clock
) -> Allowance | CallerShare:
    whole = Allowance(state, identity, limits, now=clock.wall, sleep=clock.sleep)
    if not seat.is_remote:
        return whole
    share = half_of(limits) if seat.limits is None else limits_of(seat.limits)
    own = Allowance(state, f"{identity} {seat.caller}", share, now=clock.wall, sleep=clock.sleep)
    return CallerShare(own, whole)


def folder_of(seat: Seat, parts: SharedParts) -> FilesFolder:
    """The files that this caller reads and writes."""
    settings = seat.settings
    folder = settings.files_folder or files_folder()
    others = None
    if seat.is_remote and parts.place.url:
        quota = settings.http.file_quota
        kept = parts_in(parts.state, parts.ring, settings.http.objects)
        others = SharedFiles(parts.state, parts.ring, seat.caller, folder, quota, parts.now, kept)
    return FilesFolder(
        folder,
        limit=settings.file_limit,
        types=settings.file_types,
        address=seat.files_at,
        quota=settings.http.file_quota if seat.is_remote else None,
        others=others,
    )
