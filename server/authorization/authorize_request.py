"""What a client asks for at /authorize, checked before any page names it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from ..callers.scopes import Scope
from ..text.sentence import marked
from .clients.client_directory import ClientDirectory
from .clients.oauth_client import Client
from .clients.return_address import is_among, problem_of
from .pkce import CHALLENGE

LONGEST_QUERY = 8_192
LONGEST_STATE = 2_048
ORDER = (Scope.READ, Scope.EDIT, Scope.DELETE, Scope.RUN)


class NotAsked(Exception):
    """Why nobody is asked anything, in a sentence for a person. It is shown here and never sent on: whoever wrote the request may
    have written the return address too."""


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    client: Client
    redirect: str
    state: str | None
    challenge: str
    scopes: tuple[Scope, ...]


async def request_in(
    query: QueryParams, length: int, directory: ClientDirectory, resource: str
) -> AuthorizeRequest:
    """Raises NotAsked."""
    if length > LONGEST_QUERY:
        raise NotAsked(marked("The request is longer than any client's."))
    twice = {name for name, _ in query.multi_items() if len(query.getlist(name)) > 1}
    if twice:
        raise NotAsked(marked("The request says one thing twice."))
    client = await directory.found(query.get("client_id", ""))
    if client is None:
        raise NotAsked(
            marked("This server does not know the program that asks. Whoever runs this server can allow it.")
        )
    redirect = query.get("redirect_uri", "")
    if not is_among(redirect, client.redirects) or problem_of(redirect, _schemes(client, directory)):
        raise NotAsked(marked("The address to go back to is not one of that program's."))
    if query.get("response_type") != "code" or query.get("response_mode", "query") != "query":
        raise NotAsked(marked("The program asks in a way that this server does not offer."))
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge):
        raise NotAsked(
            marked("The program does not protect its request as this server demands (PKCE with S256).")
        )
    if not is_resource(query.get("resource", ""), resource):
        raise NotAsked(f"The program asks for another server than this one, which is {resource}.")
    state = query.get("state")
    if state is not None and len(state) > LONGEST_STATE:
        raise NotAsked(marked("The request is longer than any client's."))
    return AuthorizeRequest(client, redirect, state, challenge, scopes_in(query.get("scope", "")))


def is_resource(given: str, resource: str) -> bool:
    return given.rstrip("/") == resource.rstrip("/")


def scopes_in(text: str) -> tuple[Scope, ...]:
    """Those of ours. Nothing asked for means reading."""
    asked = text.split()
    return tuple(each for each in ORDER if each in asked) or (Scope.READ,)


def with_lower(scopes: Collection[str]) -> frozenset[str]:
    """What a set of scopes amounts to, written out."""
    chosen = set(scopes) & set(map(str, ORDER))
    if Scope.DELETE in chosen:
        chosen.add(Scope.EDIT)
    return frozenset(map(str, chosen | {Scope.READ}))


def _schemes(client: Client, directory: ClientDirectory) -> frozenset[str]:
    """A return address of the owner's own list, or of ours, was judged by whoever wrote the list."""
    own = (
        {each.partition(":")[0] for each in client.redirects}
        if client in directory.rules.listed
        else set[str]()
    )
    return directory.rules.schemes | own
