"""What a person pastes as the host: a name, or any address that they have of their solution, taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SCHEMES = ("http", "https", "fmp", "fmps")
PLACES = (("fmi", "webd"), ("fmi", "data"), ("fmi", "odata"), ("fmi", "iwp"))
"""The beginnings of paths that name a file further on: WebDirect, the Data API, OData."""


@dataclass(frozen=True)
class PastedAddress:
    """`host` with the scheme that matters, `file` where the address names one."""

    host: str
    file: str = ""


def pasted(text: str) -> PastedAddress:
    """`https://fm.example.com/fmi/webd/Sales` and `fmp://fm.example.com/Sales.fmp12` name host and file; a plain name stays."""
    text = text.strip().strip("<>\"'")
    if "/" not in text:
        return PastedAddress(text)
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme not in SCHEMES or not parts.netloc:
        return PastedAddress(text)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "http":
        host = f"http://{host}"
    return PastedAddress(host, _file([unquote(part) for part in parts.path.split("/") if part], parts.scheme))


def _file(path: list[str], scheme: str) -> str:
    if scheme.startswith("fmp"):
        return path[0].removesuffix(".fmp12") if path else ""
    if tuple(path[:2]) not in PLACES:
        return ""
    rest = path[path.index("databases") + 1 :] if "databases" in path else path[2:]
    rest = [part for part in rest if part not in ("v1", "v2", "v4", "vLatest")]
    return rest[0].removesuffix(".fmp12") if rest else ""
