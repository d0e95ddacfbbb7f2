"""`filemaker-mcp emulator` as a process of its own: its Claris ID people, its control endpoint, its certificate, its end."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from filemaker_mcp.server.__main__ import main

HERE = Path(__file__).parent
SHOP = HERE / "ways_in"


@contextmanager
def emulator(*options: str, folder: Path | None = SHOP) -> Generator[str]:
    """The address of a process that is asked to stop afterwards, and must end with 0. Without a folder it is the sample."""
    solution = [] if folder is None else ["--solution", str(folder)]
    command = [sys.executable, "-m", "filemaker_mcp.server", "emulator", *solution, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"https?://\S+", process.stdout.readline())
        try:
            assert found is not None
            yield found[0]
        finally:
            process.terminate()
            process.stdout.read()
            process.wait(20)
    if sys.platform != "win32":  # where being terminated is no signal that a program could heed
        assert process.returncode == 0


def test_people_from_a_file_and_faults_from_outside(tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_text(json.dumps([{"name": "grace@example.com", "password": "A-0 System 1952"}]))
    with (
        emulator("--control", "--claris-users", str(people)) as url,
        httpx.Client(base_url=url, timeout=20) as client,
    ):
        fault = {"path": "/fmi/*", "effects": [{"effect": "drop"}]}
        assert client.post("/_emulator/faults", json=fault).status_code == 201
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/fmi/data/v1/productInfo")
        assert client.get("/fmi/data/v1/productInfo").status_code == 200
        started = client.post(
            "/",
            json={
                "ClientId": "4l9rvl4mv5es1eep1qe97cautn",
                "AuthFlow": "USER_SRP_AUTH",
                "AuthParameters": {"USERNAME": "grace@example.com", "SRP_A": "2"},
            },
            headers={"X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth"},
        )
        assert started.json()["ChallengeName"] == "PASSWORD_VERIFIER"
        calls = client.post("/_emulator/act", json={"action": "pool_calls"}).json()["result"]
        assert [call["outcome"] for call in calls] == ["PASSWORD_VERIFIER"]


def test_filemaker_cloud_over_https_with_a_certificate_where_it_was_asked_for(tmp_path: Path) -> None:
    with emulator("--cloud", "--https", str(tmp_path / "tls")) as url:
        assert url.startswith("https://")
        trusted = ssl.create_default_context(cafile=str(tmp_path / "tls" / "authority.pem"))
        with httpx.Client(base_url=url, verify=trusted, timeout=20) as client:
            refused = client.post("/fmi/data/v1/databases/Shop/sessions", auth=("till", "cash"), json={})
    assert refused.status_code == 401
    assert refused.headers["content-type"].startswith("text/html")


def test_the_sample_has_claris_ids_with_and_without_a_second_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with emulator("--cloud", folder=None) as url:
        monkeypatch.setenv("FILEMAKER_STATE", str(tmp_path / "state.db"))
        for name, value in {
            "HOST": url,
            "DATABASE": "Harbor",
            "SIGN_IN": "claris_id",
            "CLARIS_URL": url,
        }.items():
            monkeypatch.setenv(f"FILEMAKER_{name}", value)
        monkeypatch.setenv("FILEMAKER_PASSWORD", "demo")
        found: dict[str, str] = {}
        for name in ("ada", "grace", "joan"):
            monkeypatch.setenv("FILEMAKER_USERNAME", f"{name}@example.com")
            main(["doctor"])
            found[name] = " ".join(capsys.readouterr().out.split())
    assert "gave an id token by the password" in found["ada"]
    assert "needs a code from an authenticator app" in found["grace"]
    assert "needs a code by text message" in found["joan"]


@pytest.mark.parametrize(
    ("solution", "people", "complaint"),
    [
        (SHOP, "[{}]", "people.json, user 1: name: Field required."),
        (HERE.parent / "contract" / "solution", "[]", 'give one `identity = "claris"`'),
    ],
)
def test_people_who_cannot_be_enrolled_are_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], solution: Path, people: str, complaint: str
) -> None:
    path = tmp_path / "people.json"
    path.write_text(people)
    assert main(["emulator", "--solution", str(solution), "--claris-users", str(path)]) == 2
    assert complaint in capsys.readouterr().err
