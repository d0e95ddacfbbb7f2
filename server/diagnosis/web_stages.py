"""What answers at the host's address: a web server at all, and the Data API behind it."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import httpx

from ..auth.clock import Clock
from ..auth.http_connection import ConnectionFactory, unreachable
from ..dataapi import answers
from ..envelope import read_as
from ..errors import FilemakerMcpError, NotFileMaker
from .stages import StageFinding, failed, not_checked, ok, warning

SKEW_SECONDS = 240.0


class WebServer:
    """Asks for productInfo, which needs no sign-in (section 3), and looks at the answer twice."""

    def __init__(self, base_url: str, api: str, connect: ConnectionFactory, clock: Clock) -> None:
        self._base_url = base_url
        self._api = api
        self._connect = connect
        self._clock = clock
        self._response: httpx.Response | None = None

    async def answer(self) -> StageFinding:
        address = f"{self._base_url}/fmi/data/{self._api}/productInfo"
        try:
            async with self._connect() as client:
                self._response = await client.get(address, timeout=20)
        except httpx.RequestError as error:
            raise unreachable(error, httpx.URL(address).host) from error
        server = self._response.headers.get("server", "a web server").partition("/")[0]
        found = f"{server} answers with HTTP {self._response.status_code}"
        ahead = self._ahead()
        if ahead is not None and abs(ahead) > SKEW_SECONDS:
            return warning(
                f"{found}, and its clock is {_span(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} this machine's",
                "Set this machine's clock by a time server: certificates and Claris ID depend on it.",
            )
        return ok(found, unchecked="whether it is FileMaker's")

    async def data_api(self) -> StageFinding:
        if self._response is None:
            await self.answer()
        if self._response is None:
            return not_checked("nothing answered")
        try:
            product = read_as(answers.product, self._response)
        except NotFileMaker as error:
            return failed(error.what, error.advice)
        except FilemakerMcpError as error:
            if error.code in (1704, 1700):  # a host older than productInfo (section 3)
                return ok("An older Data API answers", unchecked="its version")
            return failed(
                str(error),
                "The Data API answers, but not as it should; its administrator can restart it in Admin Console.",
            )
        version = product.version or "a version that it does not tell"
        return ok(
            f"{product.name or 'FileMaker Data API'}, {version}", unchecked="whether it lets anybody in"
        )

    def _ahead(self) -> float | None:
        """Seconds that the host's clock is ahead of ours."""
        if self._response is None:
            return None
        try:
            told = parsedate_to_datetime(self._response.headers.get("Date", ""))
        except ValueError:
            return None
        return told.timestamp() - self._clock.wall()


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
