"""The server's half of Secure Remote Password as Cognito does it (section 3: the maths, proven against two clients)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .pool_errors import incorrect, invalid

# The 3072-bit prime of RFC 3526, group 15.
_N_HEX = """
FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD
EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F
83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510
15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7
ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C
BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF
"""
N = int("".join(_N_HEX.split()), 16)
G = 2

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_TIMESTAMP = re.compile(
    rf"(?:{_DAYS}) ({'|'.join(_MONTHS)}) ([1-9]|[12]\d|3[01]) (\d\d):(\d\d):(\d\d) UTC (\d{{4}})"
)


def padded(number: int) -> bytes:
    """Big-endian and minimal, with a zero byte in front when the top bit is set."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


_K = _hash(padded(N), padded(G))


@dataclass(frozen=True)
class Verifier:
    """What a pool keeps instead of a password."""

    salt: int
    value: int = field(repr=False)


def verifier(pool_name: str, user_id: str, password: str, salt: int | None = None) -> Verifier:
    """`pool_name` is the part of the pool's id after the underscore."""
    if salt is None:
        # No leading zero byte: amazon-cognito-identity-js pads a salt as a number, pycognito as text (section 3).
        salt = int.from_bytes(bytes([1 + secrets.randbelow(255)]) + secrets.token_bytes(15), "big")
    inner = hashlib.sha256(f"{pool_name}{user_id}:{password}".encode()).digest()
    return Verifier(salt, pow(G, _hash(padded(salt), inner), N))


@dataclass(frozen=True)
class Handshake:
    """One attempt: the server's secret number and what it told the client."""

    verifier: Verifier
    client_public: int
    public: int
    secret: int = field(repr=False)
    block: bytes = field(repr=False)
    """The secret block that the proof must repeat. Good for one answer."""

    def challenge(self) -> dict[str, str]:
        return {
            "SALT": f"{self.verifier.salt:x}",
            "SRP_B": f"{self.public:x}",
            "SECRET_BLOCK": base64.b64encode(self.block).decode(),
        }

    def signature(self, pool_name: str, user_id: str, timestamp: str) -> bytes:
        """What a client that knows the password signs."""
        mix = _hash(padded(self.client_public), padded(self.public))
        shared = pow(self.client_public * pow(self.verifier.value, mix, N), self.secret, N)
        extracted = hmac.digest(padded(mix), padded(shared), "sha256")
        key = hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
        signed = pool_name.encode() + user_id.encode() + self.block + timestamp.encode()
        return hmac.digest(key, signed, "sha256")


def handshake(verifier: Verifier, srp_a: str) -> Handshake:
    """Answer a client's `SRP_A` (hexadecimal). A multiple of N would make any password right and is refused."""
    if not re.fullmatch(r"[0-9a-fA-F]{1,1024}", srp_a):
        raise invalid("SRP_A is not a hexadecimal number.")
    client_public = int(srp_a, 16)
    if client_public % N == 0:
        raise invalid("SRP_A is not valid.")
    secret = secrets.randbits(256)
    public = (_K * verifier.value + pow(G, secret, N)) % N
    return Handshake(verifier, client_public, public, secret, secrets.token_bytes(1024))


def moment(timestamp: str) -> datetime:
    """The time a proof was signed at. `EEE MMM d HH:mm:ss UTC yyyy`, the day unpadded (section 3)."""
    match = _TIMESTAMP.fullmatch(timestamp)
    if match is None:
        raise invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
    month, day, hour, minute, second, year = match.groups()
    try:
        return datetime(
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
    except ValueError:
        raise incorrect() from None
