"""Walks through the stages of connecting to one database, each with result, time and remedy. Ends at the first failure."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from ..auth.clock import Clock
from ..errors import FilemakerMcpError, SignInFailed
from .data_file_rights import DataFileRights
from .file_stages import Check, FileChecks, with_code
from .machine_stages import Machine
from .network_stages import Network
from .sign_in_stages import SignInProof, step_of
from .source_stages import SourceChecks
from .stages import ConnectionStage, StageFinding, StageResult, failed
from .web_stages import WebServer


class ConnectionDiagnosis:
    """The checks of one database, in the order in which a connection is made."""

    def __init__(
        self,
        *,
        machine: Machine,
        network: Network,
        web: WebServer,
        proof: SignInProof,
        file: FileChecks,
        sources: SourceChecks,
        rights: DataFileRights,
        clock: Clock,
    ) -> None:
        self._machine = machine
        self._network = network
        self._web = web
        self._proof = proof
        self._file = file
        self._sources = sources
        self._rights = rights
        self._clock = clock

    async def stages(self, *, data_sources: bool = False) -> AsyncGenerator[ConnectionStage]:
        """As they are known, each asked for anew. `data_sources` also touches a layout of each external file, and
        signs in to each alone."""
        self._file.reconsider()
        checks: list[tuple[str, Check]] = [
            ("this machine", self._machine.places),
            ("name", self._network.name),
            ("TCP", self._network.port),
            ("TLS", self._network.certificate),
            ("web server", self._web.answer),
            ("Data API", self._web.data_api),
            ("database", self._file.database),
            *(("sign-in", step) for step in self._proof.steps()),
            ("sign-in", self._file.session),
            ("privilege", self._file.privilege),
            ("layouts", self._file.layouts),
        ]
        if data_sources:
            checks += [("data source", check) for check in self._rights.all()]
            checks += [("data source", check) for check in self._sources.all()]
        for name, check in checks:
            begun = self._clock.monotonic()
            try:
                finding = await check()
            except FilemakerMcpError as error:
                finding = _failure(error)
            yield ConnectionStage(finding.stage or name, finding, self._clock.monotonic() - begun)
            if finding.state is StageResult.FAILED:
                return


def _failure(error: FilemakerMcpError) -> StageFinding:
    step = step_of(error, "") if isinstance(error, SignInFailed) else ""
    return failed(with_code(error), error.advice, step=step)
