"""What tells the versions of FileMaker Server apart (section 1.1). Named as the profiles of the emulated host name them."""

from __future__ import annotations

from ..envelope import JsonObject
from .behaviour import Behaviour, NotSeen
from .scratch import Scratch

YES, NO = "on", "off"


async def _counts(scratch: Scratch) -> str:
    record = await scratch.create()
    answer = await scratch.first.ask("GET", scratch.record_path(record))
    return YES if "dataInfo" in answer.response else NO


async def _layout_table(scratch: Scratch) -> str:
    answer = await scratch.first.ask("GET", ("layouts",))
    if answer.code != 0:
        raise NotSeen(f"the host does not list its layouts: {answer.verdict}")
    item = _found(answer.items("layouts"), scratch.layout)
    if item is None:
        raise NotSeen("the list of layouts does not hold the layout")
    return "none" if "table" not in item else "filled" if item["table"] else "empty"


def _found(items: list[JsonObject], name: str) -> JsonObject | None:
    for item in items:
        inside = _found(item.get("folderLayoutNames") or [], name)
        if inside is not None or (item.get("name") == name and not item.get("isFolder")):
            return inside or item
    return None


async def _read_dateformats(scratch: Scratch) -> str:
    record = await scratch.create()
    answer = await scratch.first.ask("GET", scratch.record_path(record), query={"dateformats": "2"})
    return _takes(answer.code, answer.verdict)


async def _write_dateformats(scratch: Scratch) -> str:
    answer = await scratch.create_answer(dateformats=2)
    return _takes(answer.code, answer.verdict)


async def _write_options(scratch: Scratch) -> str:
    answer = await scratch.create_answer(options={"entrymode": "user"})
    return _takes(answer.code, answer.verdict)


async def _upload_mod_id(scratch: Scratch) -> str:
    record = await scratch.create()
    mod_id = str((await scratch.record(record))["modId"])
    path = (*scratch.record_path(record), "containers", scratch.needed("container"), "1")
    answer = await scratch.first.ask("POST", path, query={"modId": mod_id}, file=("a.txt", b"a"))
    return _takes(answer.code, answer.verdict)


async def _upload_answers_mod_id(scratch: Scratch) -> str:
    record = await scratch.create()
    path = (*scratch.record_path(record), "containers", scratch.needed("container"), "1")
    answer = await scratch.first.ask("POST", path, file=("a.txt", b"a"))
    if answer.code != 0:
        raise NotSeen(f"the upload was refused: {answer.verdict}")
    return YES if "modId" in answer.response else NO


async def _product_version(scratch: Scratch) -> str:
    answer = await scratch.first.ask("GET", ("productInfo",), at_host=True)
    if answer.code != 0:
        return NO
    return YES if answer.inside("productInfo").get("version") else NO


async def _v2(scratch: Scratch) -> str:
    answer = await scratch.first.ask("GET", scratch.records_path, query={"_limit": "1"}, api="v2")
    return NO if answer.code is None else YES


def _takes(code: int | None, verdict: str) -> str:
    return YES if code == 0 else NO if code == 960 else verdict


FEATURES = (
    Behaviour("counts", "1.1", "Reads tell how many records there are (dataInfo)", _counts),
    Behaviour("layout_table", "5.1", "What the list of layouts says of each layout's table", _layout_table),
    Behaviour("read_dateformats", "6.5", "A read takes dateformats", _read_dateformats),
    Behaviour("write_dateformats", "6.1", "A create takes dateformats", _write_dateformats),
    Behaviour("write_options", "6.6", "A create takes options", _write_options),
    Behaviour("upload_mod_id", "10.1", "An upload takes a modId", _upload_mod_id),
    Behaviour("upload_answers_mod_id", "10.1", "An upload is answered with a modId", _upload_answers_mod_id),
    Behaviour("product_version", "3", "productInfo tells the version", _product_version),
    Behaviour("segments", "1.2", "The address takes v2", _v2),
)
