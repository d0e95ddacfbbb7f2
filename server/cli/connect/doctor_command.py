"""`filemaker-mcp doctor`: the stages of connecting, each with result, time and remedy."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..event_loop import run_async
from ..terminal_text import beside, wrapped
from .doctor_report import facts_of, line_of_stage

if TYPE_CHECKING:
    from ...app.credential_factory import CredentialFactory
    from ...app.sign_in_accounts import SignInAccount
    from ...config.database_settings import DatabaseSettings
    from ...config.settings import Settings
    from ...diagnosis.machine_stages import Machine
    from ...diagnosis.stages import ConnectionStage
    from ...diagnosis.transcript import Transcript
    from ...local.state.state import State


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Checks each stage of connecting and says what to do about the one that fails."
    parser.epilog = (
        "Exit status: 0 all is well; 2 the configuration is wrong; 10 name, 11 TCP, 12 TLS, 13 web server, "
        "14 Data API, 15 database, 16 sign-in, 17 privilege, 18 layouts, 19 data source, 20 this machine, "
        "21 the public address."
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    parser.add_argument("--database", metavar="NAME", help="only this one of the configured databases")
    parser.add_argument(
        "--data-sources", action="store_true", help="also touch a layout of each external file"
    )
    parser.add_argument(
        "--http",
        action="store_true",
        help="look at the public address of the server over HTTP, as a client does",
    )
    parser.add_argument("--json", action="store_true", help="print the stages as JSON")
    parser.add_argument(
        "--transcript", type=Path, metavar="FILE", help="write what was sent and received, without secrets"
    )


def run(arguments: argparse.Namespace) -> int:
    return run_async(_examine(arguments), arguments)


async def _examine(arguments: argparse.Namespace) -> int:
    from ...app.credential_factory import CredentialFactory
    from ...app.exposed_settings import exposed
    from ...app.owner_policy import needs_state
    from ...app.sign_in_accounts import account_for
    from ...config.configuration import configured
    from ...diagnosis.machine_stages import Machine
    from ...diagnosis.transcript import Transcript
    from ...errors import ConfigurationError
    from ...local.places import files_folder, state_file
    from ...local.private_files import check_writable, write_private
    from ...local.state.state_place import StatePlace
    from ...policy.policy_check import source_complaints
    from ..database_choice import chosen

    if arguments.transcript:
        check_writable(arguments.transcript)
    settings = configured(os.environ, arguments.config)
    if arguments.http:
        from .address_look import looked_at

        if arguments.transcript or arguments.database or arguments.data_sources:
            raise ConfigurationError(
                "--http looks at the address alone, and takes neither --database, --data-sources nor --transcript"
            )
        if settings.http.public_url is None:
            raise ConfigurationError("There is no public address to look at", advice="Set http.public_url.")
        return await looked_at(settings.http.public_url, as_json=arguments.json)
    databases = chosen(settings, arguments.database)
    sign_ins = CredentialFactory.of(settings)
    transcript = Transcript() if arguments.transcript else None
    place = StatePlace(state_file()) if settings.state is None else settings.state.place()
    state = place.state()
    machine = Machine(
        state,
        settings.files_folder or files_folder(),
        settings.files_folder is not None,
        needs_state(settings),
    )
    sources = [(each.file, each.account) for database in databases.values() for each in database.data_sources]
    for sentence in (*exposed(settings, os.environ, arguments.config), *source_complaints(sources)):
        sys.stderr.write(f"{beside('Warning: ', sentence, sys.stderr)}\n")
    reports: dict[str, list[ConnectionStage]] = {}
    try:
        for name, database in databases.items():
            account = account_for(database)
            if not arguments.json:
                print(wrapped(f"{name}: {database.file} on {database.base_url.partition('://')[2]}", ""))
            reports[name] = await _stages(account, sign_ins, machine, arguments, transcript)
            if database.map is not None and not any(stage.failed for stage in reports[name]):
                reports[name].append(await _map_stage(settings, name, arguments))
            if (words := await _licence_words(database, state)) and not arguments.json:
                sys.stderr.write(f"{beside('Warning: ', words, sys.stderr)}\n")
    finally:
        await state.close()
    if arguments.json:
        print(json.dumps(facts_of(reports), ensure_ascii=False, indent=2))
    if transcript is not None:
        write_private(arguments.transcript, f"{transcript}\n")
        sys.stderr.write(f"What was sent and received is in {arguments.transcript}, without secrets.\n")
    return next((stage.exit_status for stages in reports.values() for stage in stages if stage.failed), 0)


async def _stages(
    account: SignInAccount,
    sign_ins: CredentialFactory,
    machine: Machine,
    arguments: argparse.Namespace,
    transcript: Transcript | None,
) -> list[ConnectionStage]:
    from ...app.database_connection import connect_to
    from ...auth.clock import SystemClock

    connection = connect_to(account, sign_ins, clock=SystemClock(), transcript=transcript)
    seen: list[ConnectionStage] = []
    try:
        async for stage in connection.diagnosis(machine).stages(data_sources=arguments.data_sources):
            seen.append(stage)
            if transcript is not None:
                transcript.note(f"So far {stage.name}: {stage.finding.state.value}")
            if not arguments.json:
                print(line_of_stage(stage), flush=True)
    finally:
        await connection.pool.close()
    if not arguments.json:
        print()
    return seen


async def _licence_words(database: DatabaseSettings, state: State) -> str:
    """That half of the year's data has come, or more; empty below that, and where the records cannot be read."""
    from ...app.declared_scripts import licence_year_of
    from ...errors import ConfigurationError, StateAway

    year = licence_year_of(database)
    if year is None:
        return ""
    today = datetime.now().astimezone().date()
    try:
        return year.warning(await year.used(state, today), today)
    except (ConfigurationError, StateAway):
        return ""


async def _map_stage(settings: Settings, name: str, arguments: argparse.Namespace) -> ConnectionStage:
    """Whether the map of the solution still agrees with the host; never a reason to fail."""
    from ...app.owner_map import map_of
    from ...diagnosis.stages import ConnectionStage, not_checked, ok, warning
    from ...errors import FilemakerMcpError
    from ..owner.host_survey import held_against_host

    begun = time.monotonic()
    try:
        view = map_of(settings.database[name])
        if view is None:
            finding = not_checked("the map is a draft: put your name into approved")
        else:
            comparison = await held_against_host(settings, name, view.atlas)
            if comparison.agrees:
                finding = ok(str(comparison))
            else:
                finding = warning(
                    str(comparison), "Run 'filemaker-mcp learn' again with a new export, and approve it."
                )
    except FilemakerMcpError as error:
        finding = warning(error.what, error.advice)
    stage = ConnectionStage("solution map", finding, time.monotonic() - begun)
    if not arguments.json:
        print(line_of_stage(stage), flush=True)
    return stage
