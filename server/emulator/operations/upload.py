"""Container upload (section 10.1)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ..http.parameters import url_parameters
from ..http.request import Request
from ..model import FieldType
from ..records.commit import Saver
from ..refusal import Refusal, parameter_refusal
from .call import Call
from .handler import RequestContext, Run


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


def upload(exchange: RequestContext) -> Run:
    known = {"modId"} if exchange.host.profile.upload_mod_id else set[str]()
    values = url_parameters(exchange.request, known)
    number = exchange.names.get("repetition", "1")
    if not (number.isascii() and number.isdecimal() and 0 < len(number) < 9):
        raise parameter_refusal("Parameter is invalid")

    async def run(call: Call) -> dict[str, object]:
        sent = await read_upload(exchange.request)
        await call.host.long_work.quiet()
        window = call.go_to_layout(exchange.names["layout"])
        if call.session.access.layout(window.plan.layout) != "edit":
            raise Refusal(9, status=call.host.switches.privilege_status)
        row = call.row(window, exchange.names["record"])
        placed, _ = window.plan.find(exchange.names["field"])
        field, source = placed.field, window.source
        if field is None or placed.occurrence != source.occurrence or field.type is not FieldType.CONTAINER:
            raise Refusal(102)  # related containers and other types; 102 or 413 is not recorded [I]
        repetition = int(number)
        if not 1 <= repetition <= field.repetitions:
            raise Refusal(111)
        if call.scene.field_access(source, field) != "edit":
            raise Refusal(201)
        saver = Saver(call.scene, call.host.locks)
        saver.check_edit(source, row)
        if values.get("modId") not in (None, "", str(row.mod_id)):
            raise Refusal(306)
        texts = list(row.values.get(field.name, ()))
        texts += [""] * (field.repetitions - len(texts))
        replaced = texts[repetition - 1]
        texts[repetition - 1] = source.file.containers.put(sent.name, sent.content)
        with source.store.transaction():
            row = saver.edit(source, row, {field.name: tuple(texts)})
        source.file.containers.drop(replaced)
        return {"modId": str(row.mod_id)} if call.host.profile.upload_answers_mod_id else {}

    return run


async def read_upload(request: Request) -> Upload:
    """The part named `upload`. Others are ignored. Raises Refusal 960 without one (section 10.1 [O])."""

    async def chunks() -> AsyncGenerator[bytes, None]:
        yield request.body

    missing = parameter_refusal("Upload payload must contain a part named 'upload'.")
    try:
        form = await MultiPartParser(Headers(dict(request.headers)), chunks()).parse()
    except (MultiPartException, KeyError, ValueError):
        raise missing from None
    try:
        found: Sequence[object] = form.getlist("upload")
        part = next((each for each in found if isinstance(each, UploadFile)), None)
        if part is None:
            raise missing
        return Upload(part.filename or "", await part.read())
    finally:
        await form.close()
