"""pycognito against the user pool alone."""

from __future__ import annotations

import importlib
import os
from typing import Any

from steps import finish, step

pycognito: Any = importlib.import_module("pycognito")
botocore: Any = importlib.import_module("botocore.exceptions")


def person(**named: Any) -> Any:
    return pycognito.Cognito(
        os.environ["COGNITO_POOL"], os.environ["COGNITO_CLIENT"], username=os.environ["CLARIS_ID"], **named
    )


def refusal_of(action: Any, *arguments: Any) -> str:
    try:
        action(*arguments)
    except botocore.ClientError as error:
        return str(error)
    raise AssertionError("the pool accepted what it should refuse")


here = {"boto3_client_kwargs": {"endpoint_url": os.environ["COGNITO_URL_HERE"]}}
keys = os.environ.pop("COGNITO_JWKS")
ada = person(**here)


@step("wrong password")
def _() -> None:
    assert "Incorrect username or password" in refusal_of(person(**here).authenticate, "wrong")


@step("log in by endpoint_url, tokens checked")
def _() -> None:
    ada.authenticate(os.environ["CLARIS_PASSWORD"])
    assert ada.id_claims["email"] == os.environ["CLARIS_ID"]


@step("refresh")
def _() -> None:
    before = ada.id_token
    ada.renew_access_token()
    assert ada.id_token != before


@step("refresh with a token never given")
def _() -> None:
    stranger = person(refresh_token="made up", **here)
    assert "Invalid Refresh Token" in refusal_of(stranger.renew_access_token)


@step("log out everywhere")
def _() -> None:
    here_and_there = [person(**here), person(**here)]
    for one in here_and_there:
        one.authenticate(os.environ["CLARIS_PASSWORD"])
    assert here_and_there[0].get_user().email == os.environ["CLARIS_ID"]
    tokens = [one.refresh_token for one in here_and_there]
    here_and_there[0].logout()
    for token in tokens:
        assert "has been revoked" in refusal_of(person(refresh_token=token, **here).renew_access_token)


@step("log in by environment and COGNITO_JWKS")
def _() -> None:
    os.environ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"] = os.environ["COGNITO_URL"]
    os.environ["COGNITO_JWKS"] = keys
    by_environment = person()
    by_environment.authenticate(os.environ["CLARIS_PASSWORD"])
    assert by_environment.id_claims["iss"].startswith("https://cognito-idp.us-west-2.amazonaws.com/")


finish()
