"""Containers up and down (reference section 10)."""

from typing import Any

import httpx
import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import Client, club, code

pytestmark = pytest.mark.anyio


async def upload(
    client: Client, content: bytes, name: str = "note.txt", place: str = "Photo/2", **extra: str
) -> httpx.Response:
    files = {"upload": (name, content)}
    return await client.send(
        "POST", f"layouts/Members/records/1/containers/{place}", files=files, params=extra
    )


async def url_of(client: Client, field: str = "Photo(1)") -> str:
    return str((await client.get("Members", "1"))["fieldData"][field])


async def test_what_goes_up_comes_down() -> None:
    async with club() as client:
        content = bytes(range(256)) * 10
        response = await upload(client, content, "Bild ä.PNG")
        assert response.json()["response"] == {"modId": "1"}
        url = await url_of(client, "Photo(2)")
        key = url.removeprefix("http://fm.example/Streaming/MainDB/").removesuffix(
            ".PNG?RCType=EmbeddedRCFileProcessor"
        )
        assert len(key) == 64
        assert key == key.upper()
        got = await client.http.get(url, follow_redirects=True)
        assert (got.status_code, got.content) == (200, content)
        assert got.headers["content-type"] == "image/png"
        assert got.headers["content-length"] == str(len(content))
        assert await url_of(client) != url


async def test_the_first_request_gets_a_cookie_and_a_relative_redirect() -> None:
    async with club() as client:
        url = await url_of(client)
        first = await client.http.get(url)
        assert first.status_code == 302
        assert first.headers["location"].startswith("/Streaming/MainDB/")
        assert first.headers["set-cookie"].startswith("X-FMS-Session-Key=")
        assert "HttpOnly" in first.headers["set-cookie"]
        client.http.cookies.clear()
        assert (await client.http.get(url)).status_code == 302
        assert (await client.http.get(url)).content == b"the picture of Ada\n"


@pytest.mark.parametrize("options", [{"profile": 19}, {"switches": Switches(absolute_location=True)}])
async def test_older_hosts_redirect_absolutely(options: dict[str, Any]) -> None:
    async with club(**options) as client:
        first = await client.http.get(await url_of(client))
        assert first.headers["location"].startswith("http://fm.example/Streaming/MainDB/")


async def test_https_has_a_folder_of_its_own() -> None:
    async with club(base="https://fm.example") as client:
        assert (await url_of(client)).startswith("https://fm.example/Streaming_SSL/MainDB/")


@pytest.mark.parametrize(("mode", "status"), [(1, 401), (2, 200)])
async def test_a_url_ends_with_its_session_unless_anyone_may_read(mode: int, status: int) -> None:
    async with club(switches=Switches(authenticated_stream=mode)) as client:
        url = await url_of(client)
        await client.send("DELETE", f"sessions/{client.token}")
        assert (await client.http.get(url, follow_redirects=True)).status_code == status


async def test_a_url_ends_with_its_contents() -> None:
    async with club() as client:
        await upload(client, b"old")
        url = await url_of(client, "Photo(2)")
        await upload(client, b"new")
        assert (await client.http.get(url, follow_redirects=True)).status_code == 401
        await client.edit("Members", "1", {"Photo(2)": ""})
        assert await url_of(client, "Photo(2)") == ""


async def test_a_made_up_url_is_401() -> None:
    async with club() as client:
        response = await client.http.get("/Streaming/MainDB/ABC.txt", follow_redirects=True)
        assert response.status_code == 401


async def test_an_upload_without_its_part_is_960() -> None:
    async with club() as client:
        before = client.emulator.digest()
        files = {"file": ("a.txt", b"x")}
        response = await client.send("POST", "layouts/Members/records/1/containers/Photo/1", files=files)
        assert response.status_code == 400
        assert response.json()["messages"] == [
            {"message": "Upload payload must contain a part named 'upload'.", "code": "960"}
        ]
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        for content in (b"", b"--x\r\nrubbish", b"--x--"):
            response = await client.send(
                "POST", "layouts/Members/records/1/containers/Photo/1", content=content, headers=headers
            )
            assert code(response) == "960"
        assert client.emulator.digest() == before


@pytest.mark.parametrize(
    ("place", "expected"),
    [("Name", "102"), ("Nowhere", "102"), ("Photo/3", "111"), ("Photo/0", "111"), ("Photo/x", "960")],
)
async def test_only_containers_of_the_layouts_own_table_take_files(place: str, expected: str) -> None:
    async with club() as client:
        assert code(await upload(client, b"x", place=place)) == expected


async def test_an_upload_may_name_the_mod_id_it_expects() -> None:
    async with club() as client:
        assert code(await upload(client, b"x", modId="7")) == "306"
        assert code(await upload(client, b"x", modId="0")) == "0"
    async with club(profile=20) as client:
        assert code(await upload(client, b"x", modId="0")) == "960"


async def test_a_locked_record_takes_no_file() -> None:
    async with club() as client:
        client.emulator.lock("Club", "Members", 1)
        assert code(await upload(client, b"x")) == "301"


async def test_a_duplicate_has_contents_of_its_own() -> None:
    async with club() as client:
        await client.edit("Members", "1", {"Code": ""})
        await upload(client, b"shared?")
        copy = (await client.send("POST", "layouts/Members/records/1")).json()["response"]["recordId"]
        await client.send("DELETE", "layouts/Members/records/1")
        url = (await client.get("Members", copy))["fieldData"]["Photo(2)"]
        assert (await client.http.get(url, follow_redirects=True)).content == b"shared?"


async def test_a_field_cannot_point_outside_the_solution(tmp_path: object) -> None:
    async with club() as client:
        storage = client.emulator.host.files.require("Club").containers
        for text in ("../emulated_host.py", "/etc/passwd", "upload:../x/y", "upload:/y", "", "files"):
            assert storage.get(text) is None


@pytest.mark.parametrize(
    ("kept", "changed"),
    [
        ("/Streaming/MainDB/", "/Streaming_SSL/MainDB/"),
        ("/Streaming/MainDB/", "/Streaming/Additional_1/"),
        ("/Streaming/MainDB/", "/Streaming/"),
        ("EmbeddedRCFileProcessor", "AnotherRCFileProcessor"),
        ("?RCType=EmbeddedRCFileProcessor", ""),
        ("RCType", "RCtype"),
    ],
)
async def test_another_address_than_the_link_is_refused(kept: str, changed: str) -> None:
    async with club() as client:
        url = await url_of(client)
        for _ in range(2):  # with the cookie too
            assert (await client.http.get(url.replace(kept, changed))).status_code == 401
            await client.http.get(url)


async def test_a_link_may_outlive_its_session_where_switched() -> None:
    for ends in (True, False):
        async with club(switches=Switches(links_end=ends)) as client:
            url = await url_of(client)
            await client.send("DELETE", f"sessions/{client.token}")
            status = (await client.http.get(url, follow_redirects=True)).status_code
            assert status == (401 if ends else 200)
