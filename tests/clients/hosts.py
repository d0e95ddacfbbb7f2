"""The emulator as a process, twice: a FileMaker Server, and a FileMaker Cloud for clients that sign in by environment."""

from __future__ import annotations

import contextlib
import re
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Generator
from pathlib import Path

from people import ADA

SOLUTIONS = [Path(__file__).parent / name for name in ("solution", "galaxy")]
ACCOUNT, PASSWORD = "coach", "a password: with a colon"
POOL, CLIENT = "us-west-2_NqkuZcXQY", "4l9rvl4mv5es1eep1qe97cautn"
AWS = f"https://cognito-idp.us-west-2.amazonaws.com/{POOL}"


@contextlib.contextmanager
def hosts(scratch: Path, people: Path) -> Generator[dict[str, str]]:
    """What a trial finds in its environment."""
    certificates = scratch / "server", scratch / "cloud"
    users = ["--claris-users", str(people)]
    with (
        _emulator(certificates[0], *users) as server,
        _emulator(certificates[1], *users, "--cloud", "--claris-issuer", AWS) as cloud,
    ):
        authority = scratch / "authorities.pem"
        authority.write_text("".join((folder / "authority.pem").read_text() for folder in certificates))
        trusted = dict.fromkeys(
            ("FM_AUTHORITY", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), str(authority)
        )
        yield {
            **trusted,
            "FM_URL": server,
            "FM_ACCOUNT": ACCOUNT,
            "FM_PASSWORD": PASSWORD,
            "CLOUD_URL": cloud,
            "CLARIS_ID": ADA["name"],
            "CLARIS_PASSWORD": ADA["password"],
            "CLARIS_USERS": str(people),
            "COGNITO_POOL": POOL,
            "COGNITO_CLIENT": CLIENT,
            "COGNITO_URL": cloud,
            "COGNITO_URL_HERE": server,
            "COGNITO_JWKS": _keys(cloud, authority),
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": "us-west-2",
        }


@contextlib.contextmanager
def _emulator(certificate: Path, *options: str) -> Generator[str]:
    command = [sys.executable, "-m", "filemaker_mcp.server", "emulator", "--port", "0"]
    for solution in SOLUTIONS:
        command += ["--solution", str(solution)]
    # @proofkit/fmdapi sends a modId as a number, which no document promises a host to take.
    command += ["--switch", "numeric_mod_id=accept"]
    process = subprocess.Popen(
        [*command, "--https", str(certificate), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield _address(process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    """The address that the emulator prints once it answers there."""
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"https://127\.0\.0\.1:\d+", line)
        if found:
            # Read on, so that the emulator never waits for somebody to read.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return found[0]
    raise RuntimeError(f"the emulator ended with status {process.wait()} before it was ready")


def _keys(url: str, authority: Path) -> str:
    context = ssl.create_default_context(cafile=str(authority))
    with urllib.request.urlopen(f"{url}/{POOL}/.well-known/jwks.json", context=context) as answer:
        return answer.read().decode()
