"""Documents and photos: small real files."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from .sample_words import TODAY


def documents(chance: random.Random, customers: list[Sequence[object]], home: Path) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [["ID", "Title", "Customer ID", "Kind", "File", "Received"]]
    for number in range(1, 31):
        customer = chance.choice(customers[1:])
        kind = ("Contract", "Certificate", "Letter", "Photo")[number % 4]
        title = f"{kind} {customer[1]}"
        suffix = {"Letter": "txt", "Photo": "png"}.get(kind, "pdf")
        name = f"files/document-{number:02d}.{suffix}"
        if suffix == "txt":
            (home / name).write_text(
                f"Dear Sir or Madam,\n\nthis letter concerns {customer[1]}.\n", "utf-8", newline="\n"
            )
        elif suffix == "pdf":
            (home / name).write_bytes(_pdf(f"{kind} no. {number} with customer {customer[0]}"))
        else:
            (home / name).write_bytes(_png(chance.randrange(256), chance.randrange(256), 120))
        received = TODAY - timedelta(days=chance.randint(1, 700))
        rows.append((f"D-{number:03d}", title, customer[0], kind, name if number % 10 else "", received))
    return rows


def photos(home: Path) -> None:
    for number in range(1, 7):
        (home / f"files/photo-{number}.png").write_bytes(_png(40 * number, 200 - 20 * number, 90))


def _png(red: int, green: int, blue: int, side: int = 24) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(
        b"\0" + b"".join(bytes((red, (green + 5 * x) % 256, (blue + 7 * y) % 256)) for x in range(side))
        for y in range(side)
    )
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def _pdf(text: str) -> bytes:
    content = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    )
    body, offsets = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, each in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(body)
    body += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % each for each in offsets)
    body += b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(body)
