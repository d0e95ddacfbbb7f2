"""How doctor proves a sign-in, by the way of signing in."""

from __future__ import annotations

from ...auth.clock import Clock
from ...auth.credentials import Credentials
from ...auth.http_connection import ConnectionFactory
from ...auth.oauth import OAuthHost
from ...diagnosis.sign_in_stages import ClarisProof, NoProof, OAuthProof, SignInProof
from ..credential_factory import CredentialFactory
from ..sign_in_accounts import SignInAccount


def proof_of(
    account: SignInAccount,
    sign_ins: CredentialFactory,
    credentials: Credentials,
    connect: ConnectionFactory,
    clock: Clock,
) -> SignInProof:
    settings = account.settings
    if settings.method == "oauth":
        return OAuthProof(OAuthHost(settings.host, connect), settings.provider)
    if settings.method == "claris_id":
        source = None if settings.token_service else sign_ins.claris_id(account, connect, clock)
        return ClarisProof(credentials, source)
    return NoProof()
