from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from synthkit.errors import DataError, UsageError
from synthkit.sources.rest.openapi import draft_file
from synthkit.sources.rest.spec import load

LIST = {"type": "array", "items": {"$ref": "#/components/schemas/User"}}


def operation(schema: dict[str, Any], *params: str) -> dict[str, Any]:
    named = [{"name": each, "in": "query"} for each in params]
    content = {"application/json": {"schema": schema}}
    return {"get": {"parameters": named, "responses": {"200": {"content": content}}}}


def document(**paths: dict[str, Any]) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "servers": [{"url": "https://api.example.com/v2/"}],
        "components": {
            "schemas": {"User": {"type": "object", "properties": {"id": {"type": "integer"}}}},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        },
        "paths": {f"/{path.replace('__', '/')}": each for path, each in paths.items()},
    }


def test_lists_become_endpoints(tmp_path: Path) -> None:
    wrapped = {"type": "object", "properties": {"data": LIST, "next_cursor": {"type": "string"}}}
    given = document(
        users=operation(LIST, "page", "per_page"),
        events=operation(wrapped, "cursor"),
        me=operation({"$ref": "#/components/schemas/User"}),
    )
    given["paths"]["/users/{userId}/posts"] = operation(LIST)
    given["paths"]["/teams/{team}/posts"] = operation(LIST)
    source, target = tmp_path / "openapi.json", tmp_path / "api.yaml"
    source.write_text(json.dumps(given))
    assert draft_file(str(source), str(target)) == 3
    api = load(target)
    found = {each.name: each for each in api.endpoints}
    assert api.base_url == "https://api.example.com/v2"
    assert api.auth is not None
    assert (api.auth.type, api.auth.name) == ("header", "X-Key")
    assert found["posts"].path == "/users/{users.id}/posts"
    assert (found["users"].paging.type, found["users"].paging.size_param) == ("page", "per_page")
    assert (found["events"].records, found["events"].paging.cursor) == ("data", "next_cursor")
    assert "left out" in target.read_text()
    with pytest.raises(UsageError, match="There is a file"):
        draft_file(str(source), str(target))


def test_what_has_no_list_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(document()))
    with pytest.raises(DataError, match="no GET operation"):
        draft_file(str(tmp_path / "a.json"), str(tmp_path / "api.yaml"))
    (tmp_path / "b.json").write_text("{}")
    with pytest.raises(DataError, match="no OpenAPI document"):
        draft_file(str(tmp_path / "b.json"), str(tmp_path / "api.yaml"))
