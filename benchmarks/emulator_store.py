"""How fast the emulator's store loads, indexes and finds, and what memory it takes.

    python benchmarks/emulator_store.py [--records 100000] [--load 1000000] [--file]

Prints one line for each measure; times are milliseconds, the first find of a kind builds its index.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from filemaker_mcp.server.emulator.find_language.find import parse
from filemaker_mcp.server.emulator.model import Field, FieldType, Table
from filemaker_mcp.server.emulator.store.store import SortKey, Store, Values

TODAY = date(2026, 11, 22)
ORDERS = Table(
    "Orders",
    {
        field.name: field
        for field in (
            Field("Customer"),
            Field("Note"),
            Field("Amount", FieldType.NUMBER),
            Field("Ordered", FieldType.DATE),
            Field("Sent", FieldType.TIMESTAMP),
            Field("Status"),
        )
    },
)
_SYLLABLES = ("ba", "do", "ki", "lu", "mer", "nor", "pa", "ri", "sten", "tho", "vé", "wal")


def _word(number: int) -> str:
    name = ""
    while number or not name:
        number, part = divmod(number, len(_SYLLABLES))
        name += _SYLLABLES[part]
    return name


def orders(count: int) -> Iterator[Values]:
    """Records with 5,000 customers, notes of six words, and amounts, dates and timestamps that spread over years."""
    chance = random.Random(7)
    for number in range(count):
        day = date(2016, 1, 1) + timedelta(days=chance.randrange(3650))
        us_day = f"{day.month:02d}/{day.day:02d}/{day.year}"
        yield {
            "Customer": (f"{_word(chance.randrange(5000)).title()} {_word(chance.randrange(300)).title()}",),
            "Note": (" ".join(_word(chance.randrange(20_000)) for _ in range(6)),),
            "Amount": (f"{chance.randrange(10_000_000) / 100:.2f}",),
            "Ordered": (us_day,),
            "Sent": (f"{us_day} {number % 24:02d}:{number % 60:02d}:00",),
            "Status": (("open", "sent", "paid", "void")[chance.randrange(4)],),
        }


def memory() -> str:
    """The most memory this process has held; unknown where the system does not say."""
    try:
        import resource
    except ImportError:
        return "unknown"
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{most / (1024 * 1024 if sys.platform == 'darwin' else 1024):.0f} MB"


def timed(work: Callable[[], object], times: int = 1) -> list[float]:
    """Milliseconds of each run, in order of length."""
    spent: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1000)
    return sorted(spent)


def report(name: str, work: Callable[[], Sequence[int] | object], times: int = 100) -> None:
    """Print the first run, the median and the 95th percentile of the runs after it."""
    (first,) = timed(work)
    spent = timed(work, times)
    result = work()
    size = len(result) if isinstance(result, (list, set)) else 0  # pyright: ignore[reportUnknownArgumentType]
    print(f"{name:44} {size:8,} {first:10.1f} {spent[times // 2]:9.2f} {spent[times * 95 // 100]:9.2f}")


def measure_finds(records: int, path: Path | None) -> None:
    """Finds, sorts and pages over one table."""
    store = Store([ORDERS], path)
    store.load("Orders", orders(records))
    print(f"\n{records:,} records{'':26} found  first ms  median ms    p95 ms")

    def find(field: str, criterion: str) -> set[int]:
        return set(store.matching("Orders", field, None, parse(criterion, ORDERS.fields[field], today=TODAY)))

    for field, criterion in (
        ("Customer", "bakido"),
        ("Customer", "=bakido luba"),
        ("Note", "merdo kiba"),
        ("Note", "pa*"),
        ("Note", '"merdo kiba"'),
        ("Note", "*okib*"),
        ("Note", '*"okiba"'),
        ("Customer", "==Bakido*"),
        ("Customer", "==*kido*"),
        ("Amount", "500...1000"),
        ("Amount", "*77"),
        ("Ordered", "3/2020"),
        ("Ordered", "7/{1..5}/2019"),
        ("Ordered", "Mon"),
        ("Sent", "2/29/2020"),
        ("Status", "=="),
        ("Status", "open"),
        ("Status", "!"),
    ):
        report(f"{field}: {criterion}", lambda f=field, c=criterion: find(f, c), 20)
    found = sorted(find("Amount", "500...1500"))[:1000]
    report("sort 1,000 by text", lambda: store.sorted("Orders", found, [SortKey("Customer")]))
    report(
        "sort 1,000 by date, then text",
        lambda: store.sorted("Orders", found, [SortKey("Ordered"), SortKey("Note")]),
    )
    report("read a page of 100", lambda: store.read_many("Orders", found[:100]))
    report("sort all, first 100", lambda: store.sorted("Orders", None, [SortKey("Amount")], first=100), 20)
    report("sort all", lambda: store.sorted("Orders", None, [SortKey("Amount", descending=True)]), 5)
    report("sort all by two", lambda: store.sorted("Orders", None, [SortKey("Status"), SortKey("Amount")]), 3)
    report("related by text", lambda: store.related("Orders", "Customer", "=", ["Bakido Luba"]))
    report("insert", lambda: store.insert("Orders", {"Customer": "Ada", "Note": "a b c", "Amount": "5"}))
    report("update", lambda: store.update("Orders", found[0], {"Note": "d e f", "Amount": "6"}))
    print(f"memory {memory()}")
    store.close()


def measure_load(records: int, path: Path | None) -> None:
    """One bulk load, and its first index."""
    store = Store([ORDERS], path)
    (spent,) = timed(lambda: store.load("Orders", orders(records)))
    (made,) = timed(lambda: sum(1 for _ in orders(records)))
    print(
        f"\nload {records:,}: {spent / 1000:.1f} s, of which making the rows {made / 1000:.1f} s; memory {memory()}"
    )
    criterion = parse("merdo", ORDERS.fields["Note"], today=TODAY)
    (spent,) = timed(lambda: store.matching("Orders", "Note", None, criterion))
    print(f"first word index over {records:,}: {spent / 1000:.1f} s; memory {memory()}")
    criterion = parse("500...501", ORDERS.fields["Amount"], today=TODAY)
    (spent,) = timed(lambda: store.matching("Orders", "Amount", None, criterion))
    print(f"first number index over {records:,}: {spent / 1000:.1f} s; memory {memory()}")
    store.close()


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--records", type=int, default=100_000)
    reader.add_argument("--load", type=int, default=1_000_000)
    reader.add_argument("--file", action="store_true", help="keep the data in a file rather than in memory")
    chosen = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        if chosen.records:
            measure_finds(chosen.records, place / "finds.db" if chosen.file else None)
        if chosen.load:
            measure_load(chosen.load, place / "load.db" if chosen.file else None)


if __name__ == "__main__":
    main()
