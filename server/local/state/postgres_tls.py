"""Whether the way to PostgreSQL is checked: by its certificate, or since it does not leave this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_address
from itertools import zip_longest

from ...errors import ConfigurationError
from .postgres_connection import driver

CHECKED = "verify-full"
"""The only mode of libpq in which whoever answers has shown to be the host of that name (PostgreSQL, "SSL Support" of libpq). Its own default goes on
without TLS where the server offers none."""
OF_ITSELF = "system"
"""The machine's own roots: libpq takes no mode but `CHECKED` with them."""
KNOWS_SYSTEM = 160_000
"""The version of libpq since which it does so. To one before, this is the name of a file."""
LOCAL_NAME = "localhost"


def check_tls(url: str, environment: Mapping[str, str] = os.environ) -> None:
    """Raises ConfigurationError for an address at another machine whose certificate would not be checked. One that libpq cannot read is
    refused when it is used, in words that hold nothing of it."""
    driver()
    from psycopg import ProgrammingError, pq
    from psycopg.conninfo import conninfo_to_dict

    try:
        named = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError:
        return
    by_service = "service" in named or "PGSERVICE" in environment
    strange = [host for host in _hosts(named, environment) if not _is_here(host)]
    if not strange and not (
        by_service and not named.get("hostaddr")
    ):  # its file may say `hostaddr`, which goes before a host
        return
    mode = named.get("sslmode") or ("" if by_service else environment.get("PGSSLMODE", ""))
    roots = named.get("sslrootcert") or ("" if by_service else environment.get("PGSSLROOTCERT", ""))
    if mode == CHECKED or (not mode and roots == OF_ITSELF and pq.version() >= KNOWS_SYSTEM):
        return
    where = f"at {', '.join(strange)}" if strange else "where its service file says"
    raise ConfigurationError(
        f"The state in PostgreSQL is {where}, and nothing checks who answers there",
        advice="Add ?sslmode=verify-full to its address (docs/state.md), or say trusts_network = true beside `env`.",
    )


def _hosts(named: Mapping[str, str], environment: Mapping[str, str]) -> list[str]:
    """Where libpq connects to: at each place of its lists the address, else the name, and the variables where the address says nothing
    of the one or of the other ("Parameter Key Words" of libpq). Empty is this machine's own socket."""
    addresses, names = (
        named.get(name, environment.get(variable, "")).split(",")
        for name, variable in (("hostaddr", "PGHOSTADDR"), ("host", "PGHOST"))
    )
    return [address.strip() or name for address, name in zip_longest(addresses, names, fillvalue="")]


def _is_here(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host.lower() == LOCAL_NAME:
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
