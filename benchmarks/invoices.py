"""A host of many invoices, in a process of its own: `python -m benchmarks.invoices COUNT LATENCY` prints its address."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import parse_qs

from .replay import Answers, http, layout, page, replaying

PAGE = 500
"""What ours asks for at a time."""
KEYS = 10_000
"""Records of the layout `Keys`, which are the first of those of `Invoices`."""


def answers(count: int) -> Answers:
    """Signs in, describes the layouts and answers ranges of `PAGE` records, all made beforehand."""
    pages = {first: page(first, PAGE, count) for first in range(1, count + 1, PAGE)}
    keys = {first: page(first, PAGE, KEYS) for first in range(1, KEYS + 1, PAGE)}
    token, described, empty = http({"token": "0" * 52}), layout(), http({})

    def answer(method: str, path: str, body: bytes) -> bytes:
        place, _, query = path.partition("?")
        last = place.rsplit("/", 1)[-1]
        if last == "records":
            own = keys if "/layouts/Keys/" in place else pages
            return own[int(parse_qs(query)["_offset"][0])]
        return (
            {"sessions": token, "Invoices": described, "Keys": described}.get(last, empty)
            if method != "DELETE"
            else empty
        )

    return answer


@contextmanager
def hosting(count: int, latency: float = 0) -> Generator[str]:
    """The address of such a host."""
    command = [sys.executable, "-m", "benchmarks.invoices", str(count), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


async def main(count: int, latency: float) -> None:
    async with replaying(answers(count), latency=latency) as url:
        print(url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
