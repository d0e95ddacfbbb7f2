"""People who are asked: at the client, in a browser without a script, and what stands in the way of programs."""

from __future__ import annotations

import csv
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from mcp_types import ElicitRequestParams, ElicitResult

from filemaker_mcp.server.emulator.app import Emulator

from ..changes.workshop_host import FOLDER

ASKED = {"FILEMAKER_APPROVAL": "by_risk"}
SOON = {"FILEMAKER_APPROVAL_SECONDS": "0.05"}


class Person:
    """Answers what the client shows; reads the letters, as only a person can."""

    def __init__(self, action: str = "accept", letters: str | None = None) -> None:
        self.read: list[str] = []
        self.action: Any = action
        self._letters = letters

    async def __call__(self, context: object, params: ElicitRequestParams) -> ElicitResult:
        self.read.append(params.message)
        if self.action != "accept":
            return ElicitResult(action=self.action)
        letters = self._letters if self._letters is not None else params.message.rpartition(": ")[2]
        return ElicitResult(action="accept", content={"letters": letters})


class Form(HTMLParser):
    """What the form of a page would send, and whether there is a button to agree."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self.links: list[str] = []
        self._is_post = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._is_post = given.get("method") == "post"
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "button" and given.get("name") == "answer":
            self.buttons.append(given.get("value") or "")
        if tag == "input" and self._is_post and given.get("name"):
            self.fields[str(given["name"])] = given.get("value") or ""


class Browser:
    """Opens the page that it is shown and, unless told nothing, presses a button: a form is sent, without any script."""

    def __init__(self, answer: str | None) -> None:
        self.answer = answer
        self.address = ""
        self.pages: list[str] = []
        self.headers: dict[str, str] = {}

    def __call__(self, address: str) -> bool:
        self.address = address
        self.get()
        if self.answer is not None:
            self.press(self.answer)
        return True

    @property
    def page(self) -> str:
        """The latest."""
        return self.pages[-1]

    @property
    def form(self) -> Form:
        return Form(self.page)

    @property
    def origin(self) -> str:
        return self.address.rpartition("/")[0]

    def get(self, query: str = "", language: str = "") -> int:
        """`language` is what the browser asks for, `Accept-Language`."""
        headers = {"Accept-Language": language} if language else {}
        return self._sent(urllib.request.Request(self.address + query, headers=headers))

    def press(self, answer: str, typed: str | None = None) -> int:
        """The status that the answer got."""
        fields = self.form.fields | {"answer": answer} | ({} if typed is None else {"typed": typed})
        return self.post(fields, {"Origin": self.origin})

    def post(
        self,
        fields: Mapping[str, str] | Sequence[tuple[str, str]],
        headers: Mapping[str, str],
        more: str = "",
    ) -> int:
        data = urllib.parse.urlencode(fields).encode()
        return self._sent(urllib.request.Request(self.address + more, data, dict(headers)))

    def _sent(self, request: urllib.request.Request) -> int:
        try:
            with urllib.request.urlopen(request) as answer:
                self.pages.append(answer.read().decode())
                self.headers = dict(answer.headers)
                return answer.status
        except urllib.error.HTTPError as refused:
            with refused:
                self.pages.append(refused.read().decode())
                return refused.code


def many_jobs(folder: Path, count: int, **values: Callable[[int], str]) -> Emulator:
    """The workshop with `count` jobs instead of three; `values` says what their fields hold."""
    solution = folder / "solution"
    shutil.copytree(FOLDER, solution)
    with (solution / "data" / "Jobs.csv").open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(dict.fromkeys(["ID", "Title", "Status", *values])))
        writer.writeheader()
        for number in range(1, count + 1):
            own = {name: made(number) for name, made in values.items()}
            job = {"ID": f"J-{number:05}", "Title": f"Job {number}", "Status": "Open"}
            writer.writerow(job | own)
    return Emulator([solution])
