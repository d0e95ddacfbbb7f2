"""What a host of each version offers (reference sections 1.1 and 20)."""

import pytest

from filemaker_mcp.server.emulator.profiles import VERSIONS, UnknownProfile, profile

from .emulated_host import Client, club, code

pytestmark = pytest.mark.anyio


async def open_at(client: Client, version: int) -> None:
    client.version = "v1" if version < 19 else "v2"
    await client.log_in("admin", "pässword: with colon")


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_version_logs_in_finds_and_writes(version: int) -> None:
    async with club(profile=version) as client:
        await open_at(client, version)
        response = await client.find("Members", {"Name": "Ben"})
        assert ("dataInfo" in response.json()["response"]) is (version >= 18)
        record = response.json()["response"]["data"][0]
        assert ("portalDataInfo" in record) is (version >= 18)
        assert code(await client.edit("Members", "1", {"Name": "x"})) == "0"


@pytest.mark.parametrize("version", VERSIONS)
async def test_v2_begins_with_19(version: int) -> None:
    async with club(profile=version) as client:
        client.version = "v2"
        response = await client.log_in("admin", "pässword: with colon")
        assert response.status_code == (200 if version >= 19 else 404)


@pytest.mark.parametrize("version", VERSIONS)
async def test_endpoints_begin_with_their_version(version: int) -> None:
    async with club(profile=version) as client:
        await open_at(client, version)
        for path in ("layouts", "scripts", "layouts/Members", "layouts/Members/script/Echo"):
            assert (await client.send("GET", path)).status_code == (200 if version >= 18 else 404)
        assert code(await client.send("GET", "layouts/Members/metadata")) == "0"
        duplicate = await client.send("POST", "layouts/Members/records/6")
        assert duplicate.status_code == (405 if version == 17 else 500)
        validate = await client.http.get(
            "/fmi/data/v1/validateSession", headers={"Authorization": "Bearer x"}
        )
        assert validate.status_code == (401 if version >= 19 else 404)


@pytest.mark.parametrize("version", VERSIONS)
async def test_parameters_begin_with_their_version(version: int) -> None:
    async with club(profile=version) as client:
        await open_at(client, version)
        read = await client.send("GET", "layouts/Members/records?dateformats=2")
        assert code(read) == ("0" if version >= 20 else "960")
        assert code(await client.edit("Members", "1", {}, dateformats=2)) == ("0" if version >= 21 else "960")
        assert code(await client.edit("Members", "1", {}, options={})) == ("0" if version >= 21 else "960")


@pytest.mark.parametrize(
    ("version", "item"), [(18, {"name": "Members"}), (19, {"name": "Members", "table": ""})]
)
async def test_older_layout_lists_say_less(version: int, item: dict[str, str]) -> None:
    async with club(profile=version) as client:
        await open_at(client, version)
        listed = (await client.send("GET", "layouts")).json()["response"]["layouts"]
        assert listed[0]["folderLayoutNames"][0] == item


@pytest.mark.parametrize(
    ("version", "shown"), [(18, "18.0.2.217"), (19, "19.4.2.204"), (20, None), (22, None), (26, None)]
)
async def test_product_information_names_its_version_only_on_older_hosts(
    version: int, shown: str | None
) -> None:
    async with club(profile=version) as client:
        info = (await client.http.get("/fmi/data/v1/productInfo")).json()["response"]["productInfo"]
        assert info.get("version") == shown
        assert next(iter(info)) == "name"
        assert info["timeStampFormat"] == "MM/dd/yyyy HH:mm:ss"


async def test_an_upload_answers_nothing_on_17() -> None:
    async with club(profile=17) as client:
        await open_at(client, 17)
        files = {"upload": ("a.txt", b"x")}
        response = await client.send("POST", "layouts/Members/records/1/containers/Photo/1", files=files)
        assert response.json()["response"] == {}


def test_there_is_no_other_version() -> None:
    for version in (16, 23, 25, 27):
        with pytest.raises(UnknownProfile, match=f"no profile for version {version}"):
            profile(version)
