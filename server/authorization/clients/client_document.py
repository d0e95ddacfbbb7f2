"""A client's document about itself (OAuth Client ID Metadata Document): the address is the client's id."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, cast

from .oauth_client import Client
from .return_address import LABEL, problem_of

ID = re.compile(
    rf"https://((?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?)(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]+)(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)
LONGEST_ID = 500
UNKEPT = re.compile("[\0\ud800-\udfff]")
"""What JSON may hold and no database or page can: the zero character, and half an emoji."""
MOST_REDIRECTS = 10


class NoDocument(Exception):
    """What is wrong with it, in a few words."""


def place_of(client_id: str) -> tuple[str, str] | None:
    """Host and path of a document. None for an id that is no address of one: no other port, no dots as a folder."""
    found = ID.fullmatch(client_id) if len(client_id) <= LONGEST_ID else None
    if found is None or any(
        part in (".", "..") for part in found[2].replace("%2e", ".").replace("%2E", ".").split("/")
    ):
        return None
    return found[1], found[2] + (found[3] or "")


def client_in(document: Any, client_id: str, host: str, schemes: Collection[str]) -> Client:
    """Raises NoDocument. Logos and addresses of policies in it are not looked at."""
    told = object_in(document)
    if told.get("client_id") != client_id:
        raise NoDocument("it speaks of another client")
    if told.get("token_endpoint_auth_method", "none") != "none" and "none" not in (
        told.get("token_endpoint_auth_methods_supported") or ()
    ):
        raise NoDocument("the client has a secret, and this server takes clients without one")
    return Client(client_id, name_in(told), redirects_in(told, schemes), host)


def object_in(document: Any) -> dict[str, Any]:
    """Raises NoDocument."""
    if not isinstance(document, dict):
        raise NoDocument("it is no JSON object")
    return cast("dict[str, Any]", document)


def name_in(told: dict[str, Any]) -> str:
    name = told.get("client_name")
    return UNKEPT.sub("\ufffd", name).strip()[:100] if isinstance(name, str) else ""


def redirects_in(told: dict[str, Any], schemes: Collection[str]) -> tuple[str, ...]:
    """Raises NoDocument for none, too many, or one that no browser is sent to."""
    listed = told.get("redirect_uris")
    if not isinstance(listed, list) or not listed:
        raise NoDocument("it names no return address")
    redirects = cast("list[Any]", listed)
    if len(redirects) > MOST_REDIRECTS:
        raise NoDocument(f"it names more than {MOST_REDIRECTS} return addresses")
    for each in redirects:
        problem = problem_of(each, schemes) if isinstance(each, str) else "it is no text"
        if problem:
            raise NoDocument(f"a return address cannot be used: {problem}")
    return tuple(redirects)
