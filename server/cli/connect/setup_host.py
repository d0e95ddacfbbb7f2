"""The first half of setup: which host, tried as far as its Data API."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...auth.clock import SystemClock
from ...auth.http_connection import ConnectionFactory, connections
from ...config.sign_in_settings import SignInSettings
from ...diagnosis.diagnosis import Check
from ...diagnosis.network_stages import Network
from ...diagnosis.stages import StageFinding, StageResult
from ...diagnosis.web_stages import WebServer
from ...errors import ConfigurationError, FilemakerMcpError
from ...local.places import expanded
from ..terminal import ask, say
from ..terminal_text import STAGE_STYLES, beside
from .pasted_address import pasted

PATIENCE_SECONDS = 2.0
"""A host that answers does so sooner."""


@dataclass(frozen=True)
class ReachedHost:
    settings: SignInSettings
    """With a file's name still to come."""
    ca_file: Path | None
    connect: ConnectionFactory
    named_file: str = ""
    """A file that the pasted address names."""

    @property
    def values(self) -> dict[str, Any]:
        """For the configuration file."""
        address = self.settings.host
        values: dict[str, Any] = {"host": address.removeprefix("https://")}
        return values | ({"ca_file": str(self.ca_file)} if self.ca_file else {})


async def ask_host() -> ReachedHost:
    """A host that answers as FileMaker's; asks again until there is one."""
    address, ca_file = "", None
    while True:
        given = pasted(ask("FileMaker host, such as fm.example.com", address))
        address = given.host
        try:
            settings = SignInSettings(host=address, file="-")
            connect = connections(ca_file=ca_file)
        except ValidationError as error:
            say(f"The host {error.errors()[0]['msg'].removeprefix('Value error, ')}.")
            address = ""
            continue
        except ConfigurationError as error:
            say(str(error))
            ca_file = None
            continue
        failed = await _first_failure(settings, ca_file, connect)
        if failed is None:
            return ReachedHost(settings, ca_file, connect, given.file)
        if "does not verify" in failed.found and "ca_file" in failed.remedy:
            ca_file = _ask_certificate()


def _ask_certificate() -> Path | None:
    question = "File with the certificate of your company's authority (PEM), or - for another host"
    named = ask(question, "-")
    return None if named == "-" else expanded(Path(named)).absolute()


async def _first_failure(
    settings: SignInSettings, ca_file: Path | None, connect: ConnectionFactory
) -> StageFinding | None:
    network = Network(settings.host, ca_file, in_process=False)
    web = WebServer(settings.host, "vLatest", connect, SystemClock())
    checks: list[tuple[str, Check]] = [
        ("name", network.name),
        ("TCP", network.port),
        ("TLS", network.certificate),
        ("web server", web.answer),
        ("Data API", web.data_api),
    ]
    for name, check in checks:
        finding = await found(name, check)
        show(name, finding)
        if finding.state is StageResult.FAILED:
            return finding
    return None


async def found(name: str, check: Check) -> StageFinding:
    """What a check found; a person who waits longer than a moment is told what for."""
    under_way = asyncio.ensure_future(check())
    try:
        done, _ = await asyncio.wait({under_way}, timeout=PATIENCE_SECONDS)
        if not done:
            head = f"  {'waiting':<8} {name:<12} "
            say(beside(head, "for an answer of the host; Ctrl-C stops", sys.stderr))
        return await under_way
    except FilemakerMcpError as error:
        return StageFinding(StageResult.FAILED, error.what, remedy=error.advice)
    finally:
        under_way.cancel()


def show(name: str, finding: StageFinding) -> None:
    if finding.state is StageResult.NOT_CHECKED:
        return
    style = STAGE_STYLES[finding.state.value]
    say(beside(f"  {finding.state.value:<8} {name:<12} ", finding.found, sys.stderr, style))
    if finding.remedy:
        say(beside(" " * 24, finding.remedy, sys.stderr))
