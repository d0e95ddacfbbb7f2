"""Runs other people's programs against the emulator and our token service, and tells what each of them could do.

`python tests/clients/run.py [client ...]`; ends with status 1 when a step failed or a client ran out of time.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hosts import hosts
from people import write_people
from workshop import Workshop, prepare

ROOT = Path(__file__).parents[2]
SECONDS = 180
"""Each client's time."""

CLIENTS = {
    "python-fmrest": "with_fmrest.py",
    "fmdata": "with_fmdata.py",
    "@proofkit/fmdapi": "with_proofkit.mjs",
    "fms-api-client": "with_fms_api_client.mjs",
    "fmdata (live suite)": "live_fmdata.py",
    "@proofkit/fmdapi (live suite)": "live_proofkit.mjs",
    "fms-api-client (live suite)": "live_fms_api_client.mjs",
    "pycognito": "with_pycognito.py",
    "amazon-cognito-identity-js": "with_cognito_js.mjs",
    "@aws-sdk/client-cognito-identity-provider": "with_aws_sdk.mjs",
    "Soliant's clients": "with_token_service.mjs",
    "Soliant's service": "ours_with_soliant.py",
}


@dataclass(frozen=True)
class Trial:
    passed: int
    failed: tuple[str, ...]
    ended: str
    """Empty when the client came to its end by itself."""

    @property
    def is_good(self) -> bool:
        return not self.failed and not self.ended and self.passed > 0


def run_trial(workshop: Workshop, script: str, settings: dict[str, str]) -> Trial:
    environment = {**os.environ, **settings, "PYTHONIOENCODING": "utf-8", "NODE_NO_WARNINGS": "1"}
    ended = ""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        try:
            finished = subprocess.run(
                workshop.command(script),
                check=False,
                env=environment,
                stdout=said,
                timeout=SECONDS,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            ended = f"no end after {SECONDS} s"
        else:
            if finished.returncode not in (0, 1):
                ended = f"status {finished.returncode}"
        said.seek(0)
        lines = said.read().splitlines()
    passed = sum(line.startswith("ok ") for line in lines)
    failed = tuple(line.removeprefix("FAILED ") for line in lines if line.startswith("FAILED "))
    return Trial(passed, failed, ended)


def table(workshop: Workshop, trials: dict[str, Trial]) -> str:
    rows = [("client", "version", "steps", "result")]
    for client, trial in trials.items():
        total = trial.passed + len(trial.failed)
        problems = ", ".join([*trial.failed, *([trial.ended] if trial.ended else [])])
        result = "passed" if trial.is_good else f"FAILED: {problems or 'no step was tried'}"
        rows.append((client, workshop.version(client.partition(" ")[0]), f"{trial.passed}/{total}", result))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]
    return "\n".join(lines)


def main(chosen: list[str]) -> int:
    unknown = [name for name in chosen if name not in CLIENTS]
    if unknown:
        sys.stderr.write(f"Unknown: {', '.join(unknown)}. Known: {', '.join(CLIENTS)}.\n")
        return 2
    workshop = prepare(ROOT / ".clients")
    seed = random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"Random names and passwords from seed {seed}.\n")
    trials: dict[str, Trial] = {}
    with tempfile.TemporaryDirectory() as scratch:
        people = Path(scratch) / "people.json"
        write_people(people, seed)
        for client in chosen or CLIENTS:
            # Each client finds the club as it was.
            with hosts(Path(scratch), people) as settings:
                trials[client] = run_trial(workshop, CLIENTS[client], {**settings, **workshop.programs})
            sys.stdout.write(f"{client}: {trials[client].passed} steps passed\n")
            sys.stdout.flush()
    sys.stdout.write(f"\n{table(workshop, trials)}\n")
    return 0 if all(trial.is_good for trial in trials.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
