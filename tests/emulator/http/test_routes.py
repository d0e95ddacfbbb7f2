"""Paths, methods and bodies that the API does not know (reference sections 1.2, 2.2, 2.6 and 2.7)."""

import pytest

from ..emulated_host import club, code

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "path",
    [
        "/fmi/data/v3/productInfo",
        "/fmi/data/v2/nothing",
        "/fmi/data/v2/databases//sessions",
        "/fmi/data/v2/databases/Club/layouts/Members/records/1/2",
        "/fmi/data",
    ],
)
async def test_an_unknown_path_is_answered_by_express(path: str) -> None:
    async with club() as client:
        response = await client.http.post(path)
        assert response.status_code == 404
        assert response.headers["content-type"].startswith("text/html")
        assert path == "/fmi/data" or f"Cannot POST {path}" in response.text


async def test_a_wrong_method_is_1704_in_the_published_words() -> None:
    async with club() as client:
        for method, path in (
            ("PUT", "layouts/Members/records/1"),
            ("POST", "layouts/Sales"),
            ("DELETE", "sessions"),
        ):
            response = await client.send(method, path)
            assert (response.status_code, code(response)) == (405, "1704")
            said = response.json()["messages"][0]["message"]
            assert said == "Resource doesn't support the specified HTTP verb"


async def test_a_log_out_without_a_token_is_a_routing_error() -> None:
    async with club() as client:
        assert code(await client.http.delete("/fmi/data/v2/databases/Club/sessions/")) == "1704"


async def test_an_encoded_slash_never_reaches_the_api() -> None:
    async with club() as client:
        response = await client.send("GET", "layouts/A%2FB/records")
        assert response.status_code == 404
        assert response.headers["content-type"].startswith("text/html")


async def test_a_path_that_is_no_utf8_is_refused_in_html() -> None:
    async with club() as client:
        assert (await client.send("GET", "layouts/%FF/records")).status_code == 400


async def test_a_plus_is_a_plus_in_paths_and_a_space_in_queries() -> None:
    async with club() as client:
        assert code(await client.send("GET", "layouts/Members+Brief/records")) == "105"
        response = await client.send("GET", "layouts/Notes/script/Echo?script.param=a+b%2Bc")
        assert response.json()["response"]["scriptResult"] == "a b+c"


async def test_a_layout_with_a_hash_works_encoded_and_is_cut_otherwise() -> None:
    async with club() as client:
        assert code(await client.send("GET", "layouts/Lists%20%231/records")) == "0"
        assert code(await client.send("POST", "layouts/Lists%20#1/records", json={"fieldData": {}})) == "1704"


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_a_body_of_another_type_is_415(kind: str | None) -> None:
    async with club() as client:
        headers = {} if kind is None else {"Content-Type": kind}
        response = await client.send(
            "POST", "layouts/Members/_find", content=b'{"query":[]}', headers=headers
        )
        assert response.status_code == 415
        assert response.text.startswith('{"messages":[{"message":"')


async def test_a_charset_after_the_type_is_accepted() -> None:
    async with club() as client:
        headers = {"Content-Type": "application/json;charset=utf-8"}
        body = '{"query":[{"Name":"Dörte"}]}'.encode()
        assert code(await client.send("POST", "layouts/Members/_find", content=body, headers=headers)) == "0"


@pytest.mark.parametrize("body", ["{", "[", '{"query":NaN}', '{"a":1}x', "[" * 100_000, '"\udcff"'])
async def test_a_body_that_is_not_json_is_1710(body: str) -> None:
    async with club() as client:
        content = body.encode("utf-8", "surrogatepass")
        headers = {"Content-Type": "application/json"}
        response = await client.send("POST", "layouts/Members/_find", content=content, headers=headers)
        assert (response.status_code, code(response)) == (400, "1710")


async def test_a_body_that_is_no_object_is_1708() -> None:
    async with club() as client:
        assert code(await client.send("POST", "layouts/Members/records", json=[1])) == "1708"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"_limit": "0"}, "Parameter is invalid"),
        ({"_limit": "-1"}, "Parameter is invalid"),
        ({"_offset": "x"}, "Parameter is invalid"),
        ({"_sort": "{}"}, "Parameter is invalid"),
        ({"_sort": "[{"}, "Parameter is invalid"),
        ({"dateformats": "3"}, "Parameter is invalid"),
        ({"limit": "1", "foo": "2"}, "Unknown parameter(s): limit,foo"),
        ({"_limit.Nowhere": "1"}, "Unknown parameter(s): _limit.Nowhere"),
    ],
)
async def test_wrong_parameters_of_a_range_are_960(parameters: dict[str, str], message: str) -> None:
    async with club() as client:
        response = await client.send("GET", "layouts/Members/records", params=parameters)
        assert response.status_code == 400
        assert response.json()["messages"] == [{"message": message, "code": "960"}]


async def test_a_limit_may_be_enormous() -> None:
    async with club() as client:
        for limit in ("1000000000000000000", "9" * 60):
            response = await client.send("GET", "layouts/Members/records", params={"_limit": limit})
            assert response.json()["response"]["dataInfo"]["returnedCount"] == 6


@pytest.mark.parametrize("key", ["_limit", "_limit.Notes", "limits", "Query"])
async def test_a_find_knows_no_underscores(key: str) -> None:
    async with club() as client:
        response = await client.find("Members", {"Name": "Ada"}, **{key: 1})
        assert response.json()["messages"] == [{"message": f"Unknown parameter(s): {key}", "code": "960"}]


async def test_every_endpoint_answers_under_each_api_version() -> None:
    async with club() as client:
        for version in ("v1", "v2", "vLatest"):
            client.version = version
            await client.log_in("admin", "pässword: with colon")
            assert code(await client.find("Members", {"Name": "Ada"})) == "0"


async def test_the_reference_page_needs_no_login() -> None:
    async with club() as client:
        response = await client.http.get("/fmi/data/apidoc/")
        assert response.status_code == 200
        assert "/fmi/data/{version}/databases/{database}/layouts/{layout}/_find" in response.text
