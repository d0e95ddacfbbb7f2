"""The cookies of our pages. Each is for this host alone, out of reach of scripts, and never sent with another site's form."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from ..grants.token_text import fresh

BEGUN = "__Host-fm-begun"
"""Holds a sign-in that is under way. It has to come back with the browser from a provider, so it is Lax."""
PERSON = "__Host-fm-person"
"""Who is signed in to our pages."""
KNOWN = "__Host-fm-known"
"""A browser in which an account has signed in before: its tries are counted apart."""
TICKET = "__Host-fm-ticket-"
"""With the name of what was begun behind it: what comes back from a provider belongs to it. Lax, as `BEGUN`."""
MOST_TICKETS = 4
"""Sign-ins at a provider that one browser has begun: a request's cookies have 8 kB behind many a proxy."""
NAME = re.compile(r"[A-Za-z0-9_-]{32}")
VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


def value_of(request: Request, name: str) -> str:
    """Empty for what we never set."""
    value = request.cookies.get(name, "")
    return value if VALUE.fullmatch(value) else ""


def begun_in(request: Request) -> str:
    """The browser's own value, or a new one. Several windows of one browser share it."""
    return value_of(request, BEGUN) or fresh()


def set_begun(answer: Response, value: str) -> None:
    answer.set_cookie(BEGUN, value, max_age=3_600, secure=True, httponly=True, samesite="lax", path="/")


def ticket_of(request: Request, name: str) -> str:
    """Empty where the browser has none of that name."""
    return request.cookies.get(TICKET + name, "") if NAME.fullmatch(name) else ""


def set_ticket(request: Request, answer: Response, name: str, ticket: str) -> None:
    """In place of the others, where there are many."""
    others = [each for each in request.cookies if each.startswith(TICKET)]
    for each in others if len(others) >= MOST_TICKETS else ():
        forget(answer, each)
    answer.set_cookie(
        TICKET + name, ticket, max_age=900, secure=True, httponly=True, samesite="lax", path="/"
    )


def set_strict(answer: Response, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(name, value, max_age=seconds, secure=True, httponly=True, samesite="strict", path="/")


def forget(answer: Response, name: str) -> None:
    answer.delete_cookie(name, secure=True, httponly=True, path="/")
