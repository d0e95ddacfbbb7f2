"""Records that outlive the process: `--data FILE`."""

from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.solutions.hosted_file import loaded

from ..emulated_host import SOLUTION, club, code, host

pytestmark = pytest.mark.anyio


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


async def test_records_serials_and_containers_are_kept_in_a_file(tmp_path: Path) -> None:
    data = tmp_path / "kept.sqlite"
    options: dict[str, Any] = {"data": data}
    async with club(**options) as client:
        await client.create("Members", {"Name": "kept"})
        files = {"upload": ("a.txt", b"contents")}
        assert (
            code(await client.send("POST", "layouts/Members/records/7/containers/Photo/1", files=files))
            == "0"
        )
        before = client.emulator.digest()
    async with club(**options) as client:
        assert client.emulator.digest() == before
        record = await client.get("Members", "7")
        url = record["fieldData"]["Photo(1)"]
        assert (await client.http.get(url, follow_redirects=True)).content == b"contents"
        answer = (await client.create("Members", {})).json()["response"]
        assert answer["recordId"] == "8"
        assert (await client.get("Members", "8"))["fieldData"]["ID"] == 8
    assert {"kept.Club.sqlite", "kept.Shop.sqlite", "kept.Club.containers"} <= set(names_in(tmp_path))


async def test_without_a_file_nothing_is_kept() -> None:
    async with club() as client:
        await client.create("Members", {"Name": "gone"})
    async with club() as client:
        assert code(await client.send("GET", "layouts/Members/records/7")) == "101"


async def test_hosts_of_what_was_loaded_once_are_as_if_each_had_read_it() -> None:
    read, once = Emulator([SOLUTION]), loaded([SOLUTION])
    read.load()
    digest = read.digest()
    for index in (False, True):
        host = Emulator(once, index=index)
        assert host.digest() == digest
        for each in (read, host):
            for file in each.host.files:
                for table in file.model.tables:
                    file.store_for(table).insert(table, {})
        assert host.digest() == read.digest(), "ids go on from there"
        await read.aclose()
        await host.aclose()
        read = Emulator([SOLUTION])
    assert Emulator(once).digest() == digest, "the next begins anew"


async def test_a_file_can_be_read_by_two_hosts_one_after_the_other(tmp_path: Path) -> None:
    data = tmp_path / "one.sqlite"
    first = Emulator([SOLUTION], data=data)
    digest = first.digest()
    await first.aclose()
    second = Emulator([SOLUTION], data=data)
    assert second.digest() == digest
    await second.aclose()


async def test_the_sample_may_be_kept_too(tmp_path: Path) -> None:
    async with host(data=tmp_path / "harbor.sqlite") as client:
        await client.log_in()
        response = await client.create("API Tasks", {"Title": "kept"})
        record = response.json()["response"]["recordId"]
    async with host(data=tmp_path / "harbor.sqlite") as client:
        await client.log_in()
        assert (await client.get("API Tasks", record))["fieldData"]["Title"] == "kept"


async def test_finds_answer_alike_with_indexes_built_while_loading_and_on_reopening(tmp_path: Path) -> None:
    queries = [{"Name": "a"}, {"Name": "=*"}, {"ID": "1...4"}, {"ID": "="}, {"Name": "==*"}]

    async def answers(**options: Any) -> list[Any]:
        async with club(**options) as client:
            await client.create("Members", {"Name": "Ada Byron"})
            found = [
                (await client.find("Members", query)).json()["response"].get("data") for query in queries
            ]
            assert code(await client.send("DELETE", "layouts/Members/records/7")) == "0"
            return [[each["recordId"] for each in data or ()] for data in found]

    plain = await answers()
    assert await answers(index=True) == plain
    kept = tmp_path / "kept.sqlite"
    assert await answers(data=kept) == plain
    async with club(data=kept, index=True) as client:
        assert code(await client.find("Members", {"Name": "byron"})) == "401"
        await client.create("Members", {"Name": "Ada Byron"})
        assert code(await client.find("Members", {"Name": "byron"})) == "0"
