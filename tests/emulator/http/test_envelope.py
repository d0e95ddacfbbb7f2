"""Answers byte for byte: envelopes, headers, both kinds of error body (reference sections 2.3 to 2.6)."""

import base64
import gzip
import hashlib

import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import club, host

pytestmark = pytest.mark.anyio


async def test_a_success_is_compact_and_in_filemakers_key_order() -> None:
    async with club() as client:
        response = await client.send("GET", "layouts/Notes/records", params={"_limit": "1"})
        assert response.text == (
            '{"response":{"dataInfo":{"database":"Club","layout":"Notes","table":"Notes","totalRecordCount":5,'
            '"foundCount":5,"returnedCount":1},"data":[{"fieldData":{"Member ID":1,"Text":"first","Stars":1,'
            '"Members::Name":"Ada"},"portalData":{},"recordId":"1","modId":"0"}]},'
            '"messages":[{"code":"0","message":"OK"}]}'
        )


async def test_getting_a_record_and_finding_just_it_give_the_same_bytes() -> None:
    async with club() as client:
        got = await client.send("GET", "layouts/Members/records/3")
        found = await client.find("Members", {"Name": "==Cleo"})
        assert got.content == found.content
        assert got.headers["etag"] == found.headers["etag"]


async def test_the_etag_is_express_own() -> None:
    async with club() as client:
        response = await client.send("GET", "layouts")
        digest = base64.b64encode(hashlib.sha1(response.content).digest()).decode()[:27]
        assert response.headers["etag"] == f'W/"{len(response.content):x}-{digest}"'
        assert response.headers["cache-control"] == "no-cache"


async def test_product_information_has_no_etag() -> None:
    async with club() as client:
        response = await client.http.get("/fmi/data/v2/productInfo")
        assert "etag" not in response.headers
        assert "cache-control" not in response.headers
        assert "content-length" not in response.headers


async def test_headers_are_those_of_a_recorded_host() -> None:
    async with club() as client:
        headers = (await client.send("GET", "layouts/Notes/records?_limit=1")).headers
        assert headers["content-type"] == "application/json; charset=utf-8"
        assert headers["server"] == "Apache"
        assert headers["vary"] == "Accept-Encoding"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["x-xss-protection"] == "1; mode=block"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["access-control-allow-origin"] == "fm.example"
        assert headers["keep-alive"] == "timeout=5, max=100"


async def test_large_bodies_are_compressed_for_those_who_accept_it() -> None:
    async with club() as client:
        async with client.http.stream(
            "GET",
            "/fmi/data/v2/databases/Club/layouts/Members/records",
            headers={"Authorization": f"Bearer {client.token}", "Accept-Encoding": "gzip"},
        ) as response:
            raw = b"".join([each async for each in response.aiter_raw()])
        assert response.headers["content-encoding"] == "gzip"
        assert "content-length" not in response.headers
        plain = await client.send("GET", "layouts/Members/records", headers={"Accept-Encoding": "identity"})
        assert gzip.decompress(raw) == plain.content
        assert plain.headers["content-length"] == str(len(plain.content))
        assert "content-encoding" not in plain.headers


async def test_the_engine_puts_code_first_and_the_node_layer_message_first() -> None:
    async with club() as client:
        engine = await client.send("GET", "layouts/Nowhere/records")
        assert engine.status_code == 500
        assert engine.text == '{"messages":[{"code":"105","message":"Layout is missing"}],"response":{}}'
        node = await client.send("GET", "layouts/Members/records?_limit.Rows=1&limit=2")
        assert (node.status_code, node.text) == (
            400,
            '{"messages":[{"message":"Unknown parameter(s): limit","code":"960"}],"response":{}}',
        )


async def test_text_outside_ascii_is_not_escaped() -> None:
    async with club() as client:
        response = await client.find("Members Brief", {"Name": "Dörte"})
        assert '"Name":"Dörte"' in response.text


async def test_numbers_keep_every_digit() -> None:
    async with club() as client:
        digits = "123456789012345678901234567890.000000000000000000000000000001"
        for sent, shown in (
            (digits, digits),
            ("0.10", "0.10"),
            (".5", "0.5"),
            ("-7", "-7"),
            ("25abc", '"25abc"'),
            ("", '""'),
        ):
            made = await client.create("Orders", {"Item": "x", "Price": sent})
            record = made.json()["response"]["recordId"]
            response = await client.send("GET", f"layouts/Orders/records/{record}")
            assert f'"Price":{shown},' in response.text, sent


async def test_two_portals_of_one_name_repeat_a_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("twice")
    (folder / "twice.toml").write_text(
        """
name = "Twice"
tables.A.fields.K = {}
tables.B.fields.K = {}
relationships = [{ left = "A", right = "B", match = [["K", "=", "K"]] }]
layouts.A = { occurrence = "A", portals = [{ occurrence = "B", fields = ["B::K"] }, { occurrence = "B", fields = [] }] }
privilege_sets.P = { full_access = true, extended = ["fmrest"] }
accounts = [{ name = "a", privilege_set = "P" }]
""",
        "utf-8",
    )
    async with host(folder, database="Twice") as client:
        await client.log_in("a", "")
        await client.create("A", {})
        response = await client.send("GET", "layouts/A/records/1")
        assert '"portalData":{"B":[],"B":[]}' in response.text


async def test_a_switch_answers_304_to_a_known_etag() -> None:
    async with club(switches=Switches(conditional_get=True)) as client:
        first = await client.send("GET", "scripts")
        again = await client.send("GET", "scripts", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
