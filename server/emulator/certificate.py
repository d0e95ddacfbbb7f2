"""A certificate for an emulated host that has no name of its own: an authority and the certificate it signed, both made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import GeneralName, Name

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Certificate:
    """Three PEM files. Clients are told to trust `authority`, the host serves with the other two."""

    authority: Path
    certificate: Path
    key: Path


def write_certificate(
    folder: Path, names: Sequence[str] = LOOPBACK, *, life: timedelta = timedelta(days=30)
) -> Certificate:
    """Write `authority.pem`, `server.pem` and `server-key.pem` (readable by its owner alone) into a folder.

    Names are host names or addresses. An existing set is replaced. A negative life makes an expired certificate.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import ExtendedKeyUsageOID

    now = datetime.now(UTC)
    start, end = min(now, now + life) - timedelta(days=1), now + life
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name, name = _name("Emulated FileMaker authority"), _name(names[0])

    def signing_only(is_authority: bool) -> x509.KeyUsage:
        return x509.KeyUsage(
            not is_authority, False, False, False, False, is_authority, is_authority, False, False
        )

    authority_id = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = (
        x509.CertificateBuilder(authority_name, authority_name, authority_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(max(end, now + timedelta(days=30)))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(signing_only(True), critical=True)
        .add_extension(authority_id, critical=False)
        .sign(authority_key, SHA256())
    )
    server = (
        x509.CertificateBuilder(authority_name, name, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(signing_only(False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority_id), critical=False
        )
        .sign(authority_key, SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    written = Certificate(folder / "authority.pem", folder / "server.pem", folder / "server-key.pem")
    written.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    written.certificate.write_bytes(server.public_bytes(Encoding.PEM))
    written.key.touch(mode=0o600)
    written.key.chmod(0o600)
    written.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return written


def _name(common_name: str) -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general(name: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
