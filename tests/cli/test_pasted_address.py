"""A host is what a person has at hand: a name, or an address out of the browser."""

from __future__ import annotations

import pytest

from filemaker_mcp.server.cli.connect.pasted_address import pasted


@pytest.mark.parametrize(
    ("text", "host", "file"),
    [
        ("fm.example.com", "fm.example.com", ""),
        (" fm.example.com:8443 ", "fm.example.com:8443", ""),
        ("https://fm.example.com", "fm.example.com", ""),
        ("https://fm.example.com/fmi/webd/Sales%20West?homeurl=x#y", "fm.example.com", "Sales West"),
        ("fm.example.com/fmi/webd/Sales", "fm.example.com", "Sales"),
        ("https://fm.example.com/fmi/webd", "fm.example.com", ""),
        ("https://fm.example.com/fmi/data/vLatest/databases/Sales/layouts", "fm.example.com", "Sales"),
        ("https://fm.example.com/fmi/odata/v4/Sales/Customers", "fm.example.com", "Sales"),
        ("fmp://fm.example.com/Sales.fmp12", "fm.example.com", "Sales"),
        ("fmp://ada:secret@fm.example.com/Sales", "fm.example.com", "Sales"),
        ("http://127.0.0.1:8080/fmi/webd/Sales", "http://127.0.0.1:8080", "Sales"),
        ("<https://fm.example.com/admin-console>", "fm.example.com", ""),
        ("ftp://fm.example.com/x", "ftp://fm.example.com/x", ""),
    ],
)
def test_an_address_is_taken_apart(text: str, host: str, file: str) -> None:
    assert (pasted(text).host, pasted(text).file) == (host, file)
