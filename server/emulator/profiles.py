"""Version profiles: what a FileMaker Server of each major version offers (reference sections 1.1 and 20)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    version: int
    segments: frozenset[str]
    """The API versions its paths accept (section 1.2)."""
    counts: bool
    """dataInfo and portalDataInfo, metadata, script and host endpoints, duplicate, newPortalRecordInfo: since 18."""
    layout_table: str
    """`none`, `empty` or `filled`: the `table` key of the layout list (section 5.1)."""
    read_dateformats: bool
    write_dateformats: bool
    write_options: bool
    upload_mod_id: bool
    upload_answers_mod_id: bool
    build_date: str | None
    product_version: str | None
    relative_location: bool
    """Container redirects have a relative Location from 20 on (section 10.2)."""


class UnknownProfile(ValueError):
    """There is no profile for that version."""


VERSIONS = (17, 18, 19, 20, 21, 22, 26)
"""Major versions of FileMaker Server; the numbers jump from 22 to 26 (section 1.1). The guide of 26 changes nothing in the
Data API, so 26 answers as 22 does [D]."""


def profile(version: int) -> Profile:
    """The profile of one of VERSIONS. Raises UnknownProfile."""
    if version not in VERSIONS:
        known = ", ".join(map(str, VERSIONS))
        raise UnknownProfile(f"There is no profile for version {version}; there are {known}.")
    # The strings of productInfo were recorded on 18.0.2 and 19.4.2 (section 3 [O]). Later hosts send neither.
    build, product = {18: ("07/05/2019", "18.0.2.217"), 19: ("12/08/2021", "19.4.2.204")}.get(
        version, (None, None)
    )
    return Profile(
        version=version,
        segments=frozenset({"v1", "vLatest"} if version < 19 else {"v1", "v2", "vLatest"}),
        counts=version >= 18,
        layout_table="none" if version < 19 else "empty" if version == 19 else "filled",
        read_dateformats=version >= 20,
        write_dateformats=version >= 21,
        write_options=version >= 21,
        upload_mod_id=version >= 21,
        upload_answers_mod_id=version >= 18,
        build_date=build,
        product_version=product,
        relative_location=version >= 20,
    )
