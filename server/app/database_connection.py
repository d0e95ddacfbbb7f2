"""The connection to one database: sessions, client and diagnosis, put together from an account."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import httpx

from ..auth.clock import Clock
from ..auth.credentials import BasicAccount, Credentials
from ..auth.data_sources import WithDataSources
from ..auth.host_pauses import HostPauses
from ..auth.http_connection import ConnectionFactory, connections
from ..auth.network.answer_pace import AnswerPace
from ..auth.sessions.pool_places import PoolPlaces
from ..auth.sessions.session_places import SessionPlaces
from ..auth.sessions.session_pool import Pool
from ..auth.sessions.session_share import SessionShare
from ..config.database_settings import DatabaseSettings
from ..dataapi.client import DataApi
from ..dataapi.transport import Transport
from ..diagnosis.data_file_rights import DataFile, DataFileRights
from ..diagnosis.diagnosis import ConnectionDiagnosis
from ..diagnosis.file_stages import FileChecks, Subject
from ..diagnosis.machine_stages import Machine
from ..diagnosis.network_stages import Network
from ..diagnosis.sign_in_stages import SignInProof
from ..diagnosis.source_stages import SourceChecks, SourceSubject
from ..diagnosis.transcript import Transcript
from ..diagnosis.web_stages import WebServer
from .credential_factory import CredentialFactory
from .parts.proof_factory import proof_of
from .parts.session_start_factory import start_of
from .sign_in_accounts import SignInAccount


@dataclass(frozen=True)
class Connection:
    """Everything that speaks to one database."""

    account: SignInAccount
    connect: ConnectionFactory
    credentials: Credentials = field(repr=False)
    pool: Pool
    api: DataApi
    clock: Clock
    proof: SignInProof
    in_process: bool

    async def sources_without_sign_in(self) -> Sequence[str]:
        """External files whose identity provider nobody signed in with, by name."""
        if not isinstance(self.credentials, WithDataSources):
            return ()
        return await self.credentials.without_sign_in()

    def diagnosis(self, machine: Machine) -> ConnectionDiagnosis:
        """The stages of connecting, through the same sessions, after a look at this machine."""
        settings = self.account.settings
        subject = Subject(settings.file, settings.account)
        sources = [
            SourceSubject(source.file, source.account, source.provider, source.layout)
            for source in settings.data_sources
        ]
        return ConnectionDiagnosis(
            machine=machine,
            network=Network(settings.base_url, settings.ca_file, in_process=self.in_process),
            web=WebServer(settings.base_url, settings.api, self.connect, self.clock),
            proof=self.proof,
            file=FileChecks(subject, self.pool, self.api),
            sources=SourceChecks(sources, self.api, self.sources_without_sign_in),
            rights=DataFileRights(self._data_files(), self.api),
            clock=self.clock,
        )

    def _data_files(self) -> list[DataFile]:
        """External files with an account and a password of their own."""
        return [
            DataFile(source.file, source.account, partial(self._alone, source.file, source.account, password))
            for source, password in zip(
                self.account.settings.data_sources, self.account.source_passwords, strict=True
            )
            if password is not None and not source.provider
        ]

    @asynccontextmanager
    async def _alone(self, file: str, account: str, password: Callable[[], str]) -> AsyncGenerator[DataApi]:
        """One session on another file of the host, which ends with the block."""
        settings = self.account.settings
        where = {"base_url": settings.base_url, "database": file, "api": settings.api}
        pool = Pool(
            **where,
            credentials=BasicAccount(account, password, self.clock),
            size=1,
            http=self.connect,
            clock=self.clock,
            start=None,
            pauses=None,
            places=None,  # it is another file's account, and one session for as long as a person looks on
        )
        sender = Transport(
            pool,
            **where,
            http=self.connect,
            clock=self.clock,
            timeout=settings.timeout,
            on_bytes=lambda count: None,
        )
        try:
            yield DataApi(sender)
        finally:
            await pool.close()


def connect_to(
    account: SignInAccount,
    sign_ins: CredentialFactory,
    *,
    clock: Clock,
    transport: httpx.AsyncBaseTransport | None = None,
    transcript: Transcript | None = None,
    pauses: HostPauses | None = None,
    places: SessionPlaces | None = None,
    whose: str = "",
) -> Connection:
    """Nothing is sent yet. `transport` stands in for the network. `transcript` records what goes over it. `pauses`: what other
    processes on the same state were refused. `places`: what they leave of the account's sessions. `whose` as `Connections.to`
    takes it."""
    settings = account.settings
    connect = connections(ca_file=settings.ca_file, transport=transport, pace=pace_of(settings), clock=clock)
    if transcript is not None:
        connect = transcript.recording(connect)
    where = {"base_url": settings.base_url, "database": settings.file, "api": settings.api}
    credentials = sign_ins.credentials(account, connect, clock)
    pool = Pool(
        **where,
        credentials=credentials,
        size=settings.sessions,
        http=connect,
        clock=clock,
        start=start_of(settings, connect),
        pauses=pauses,
        places=None
        if places is None
        else PoolPlaces(
            places,
            host=settings.base_url,
            account=(settings.base_url, settings.file, account.name, whose),
            most=settings.sessions,
            lends=not credentials.scarce,
        ),
    )
    sender = Transport(
        pool, **where, http=connect, clock=clock, timeout=settings.timeout, on_bytes=lambda count: None
    )
    return Connection(
        account,
        connect,
        credentials,
        pool,
        DataApi(sender),
        clock,
        proof_of(account, sign_ins, credentials, connect, clock),
        in_process=transport is not None,
    )


def pace_of(settings: DatabaseSettings) -> AnswerPace:
    """What the owner expects of the way to this host."""
    return AnswerPace(settings.answer_timeout, settings.least_rate)


def own_transport(
    connection: Connection, on_bytes: Callable[[int], None], most: int | None, on_refusal: Callable[[], None]
) -> Connection:
    """The same sessions with a client of its own, so that what comes is counted for whoever asked for it. `most` of them at once;
    None for all, and nobody has to hear of a refusal then."""
    settings = connection.account.settings
    sender = Transport(
        connection.pool if most is None else SessionShare(connection.pool, most, on_refusal),
        base_url=settings.base_url,
        database=settings.file,
        api=settings.api,
        http=connection.connect,
        clock=connection.clock,
        timeout=settings.timeout,
        on_bytes=on_bytes,
    )
    return replace(connection, api=DataApi(sender))
