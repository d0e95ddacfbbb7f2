"""`filemaker-mcp emulator` as a process of its own."""

from __future__ import annotations

import signal
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from .emulated_host import SOLUTION, code


@contextmanager
def emulator(*words: str) -> Generator[tuple[subprocess.Popen[str], list[str]]]:
    """The process, and the lines that it has printed when it is ready."""
    command = [sys.executable, "-m", "filemaker_mcp.server", "emulator", "--solution", str(SOLUTION), *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        lines = [
            process.stdout.readline().strip()
            for _ in range(1 + len([each for each in words if each in {"--https", "--control"}]))
        ]
        try:
            yield process, lines
        finally:
            process.kill()


def log_in(http: httpx.Client) -> httpx.Response:
    return http.post("/fmi/data/v2/databases/Club/sessions", auth=("clerk", "clerk"), json={})


def test_it_serves_https_with_a_certificate_of_its_own_and_faults_on_demand() -> None:
    with emulator("--https", "--control") as (_, lines):
        address = lines[0].removeprefix("Club, Shop at ")
        authority = lines[1].removeprefix("Certificate to trust: ")
        with httpx.Client(base_url=address, verify=ssl.create_default_context(cafile=authority)) as http:
            token = log_in(http).headers["x-fm-data-access-token"]
            fault = {"path": "*/layouts", "effects": [{"effect": "page", "status": 503}]}
            assert http.post("/_emulator/faults", json=fault).status_code == 201
            headers = {"Authorization": f"Bearer {token}"}
            url = "/fmi/data/v2/databases/Club/layouts"
            assert [http.get(url, headers=headers).status_code for _ in range(2)] == [503, 200]
            assert http.post("/_emulator/act", json={"action": "count_sessions"}).json() == {"result": 1}
            act = {"action": "lock_record", "file": "Club", "table": "Members", "record_id": 1}
            assert http.post("/_emulator/act", json=act).status_code == 200
            edit = http.patch(f"{url}/Members/records/1", json={"fieldData": {"Name": "x"}}, headers=headers)
            assert code(edit) == "301"
            assert (
                http.post("/_emulator/act", json={"action": "advance_clock", "seconds": 900}).status_code
                == 200
            )
            assert code(http.get(url, headers=headers)) == "952"


@pytest.mark.parametrize("words", [(), ("--index",)])
def test_fields_are_indexed_before_the_first_request_when_asked_to(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    data = tmp_path / "kept.sqlite"
    with emulator("--data", str(data), *words) as (_, lines):
        with closing(sqlite3.connect(tmp_path / "kept.Club.sqlite")) as kept:
            names = {name for (name,) in kept.execute("SELECT name FROM sqlite_master")}
            fields = {
                field: f"{sql}{column}"
                for field, sql, column in kept.execute("SELECT name, sql, column FROM kept_field")
            }
        assert (f"w_{fields['Name']}" in names) is bool(words)
        with httpx.Client(base_url=lines[0].removeprefix("Club, Shop at ")) as http:
            token = log_in(http).headers["x-fm-data-access-token"]
            found = http.post(
                "/fmi/data/v2/databases/Club/layouts/Members/_find",
                json={"query": [{"Name": "*"}], "limit": 2},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert code(found) == "0"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_quietly_when_it_is_told_to(sign: signal.Signals) -> None:
    with emulator() as (process, lines):
        with httpx.Client(base_url=lines[0].removeprefix("Club, Shop at ")) as http:
            assert code(log_in(http)) == "0"
        process.send_signal(sign)
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
