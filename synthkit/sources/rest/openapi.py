"""An api.yaml drafted from an OpenAPI 3 or Swagger 2 document: its lists, how pages are asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from synthkit.errors import DataError, UsageError
from synthkit.schema.files.yaml_nodes import flow, parse

__all__ = ["draft", "draft_file"]

_PAGE = ("page", "page_number", "pageNumber")
_OFFSET = ("offset", "skip", "start")
_CURSOR = ("cursor", "after", "page_token", "pageToken", "next_token", "starting_after")
_SIZE = ("per_page", "page_size", "pageSize", "limit", "size", "max_results", "count")
_HOLE = re.compile(r"\{([^{}]+)\}")


def draft_file(document: str, file: str, *, overwrite: bool = False) -> int:
    """Write an api.yaml from an OpenAPI document; return how many endpoints it has.

    Raises `UsageError` if the document cannot be read or something is at ``file``, `DataError`
    if it is none or has no list that can be asked for.
    """
    try:
        text = Path(document).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{document!r} cannot be read.", hint="Save the OpenAPI document as a file first."
        ) from error
    found, count = draft(parse(text, document).json_object(), document)
    try:
        with Path(file).open("w" if overwrite else "x", encoding="utf-8") as target:
            target.write(found)
    except FileExistsError as error:
        raise UsageError(f"There is a file at {file!r}.", hint="Add --overwrite.") from error
    return count


def draft(document: Mapping[str, Any], name: str) -> tuple[str, int]:
    """Return the text of an api.yaml and the number of its endpoints."""
    if not ({"openapi", "swagger"} & set(document)) or not isinstance(document.get("paths"), dict):
        raise DataError("this is no OpenAPI document: it has no `openapi` or no `paths`", file=name)
    lists = dict(_lists(document))
    lines = [
        "# Drafted from an OpenAPI document. Check `pagination`, `records` and what is left out.",
        "version: 1",
        f"base_url: {flow(_base(document))}",
        *_auth(document),
        "limits: {requests_per_second: 5}",
        "# anonymize: {plan: plan.yaml}   # replaces what identifies people on the way in",
        "endpoints:",
    ]
    names: dict[str, str] = {}
    left: list[str] = []
    for path in sorted(lists, key=lambda each: (each.count("{"), each)):
        asked = _path(path, names)
        if asked is None:
            left.append(path)
            continue
        table = _table(path, names)
        names[path] = table
        lines += [f"  {table}:", f"    path: {flow(asked)}"]
        records, params = lists[path]
        lines += [f"    records: {flow(records)}"] if records else []
        lines += _paging(params)
    if not names:
        raise DataError("there is no GET operation that answers with a list", file=name)
    lines += [f"# left out, for what stands in its path is unknown: {each}" for each in left]
    return "\n".join(lines) + "\n", len(names)


def _base(document: Mapping[str, Any]) -> str:
    servers = document.get("servers") or []
    if servers and isinstance(servers[0], dict):
        url = str(servers[0].get("url", ""))
        if url.startswith(("http://", "https://")) and "{" not in url:
            return url.rstrip("/")
        return "https://api.example.com" + (url if url.startswith("/") else "")
    host = document.get("host", "api.example.com")
    return f"https://{host}{document.get('basePath', '')}".rstrip("/")


def _auth(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the first way to log in that is known here."""
    held = document.get("components", {}).get("securitySchemes", {})
    for scheme in (held or document.get("securityDefinitions", {})).values():
        kind, way = scheme.get("type"), str(scheme.get("scheme", "")).lower()
        if kind == "basic" or (kind == "http" and way == "basic"):
            yield "auth: {type: basic, username_env: API_USER, password_env: API_PASSWORD}"
            return
        if kind in ("oauth2", "openIdConnect") or (kind == "http" and way == "bearer"):
            yield "auth: {type: bearer, env: API_TOKEN}"
            return
        if kind == "apiKey" and scheme.get("in") in ("header", "query"):
            named = flow(str(scheme.get("name", "X-API-Key")))
            yield f"auth: {{type: {scheme['in']}, name: {named}, env: API_KEY}}"
            return
    yield "# auth: {type: bearer, env: API_TOKEN}"


def _lists(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str | None, list[str]]]]:
    """Yield paths whose GET answers with a list: the list's place, the names of query params."""
    for path, item in document["paths"].items():
        asked = item.get("get") if isinstance(item, dict) else None
        if not isinstance(asked, dict):
            continue
        answers = asked.get("responses", {})
        answer = _resolved(document, answers.get("200") or answers.get("default") or {})
        content = answer.get("content", {})
        body: dict[str, Any] = next((each for kind, each in content.items() if "json" in kind), {})
        place = _place(
            document, _resolved(document, body.get("schema") or answer.get("schema", {}))
        )
        if place is None:
            continue
        given = [
            _resolved(document, each)
            for each in (*item.get("parameters", ()), *asked.get("parameters", ()))
        ]
        params = [str(each.get("name")) for each in given if each.get("in") == "query"]
        yield path, (place or None, params)


def _place(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str | None:
    """Return where the list is in an answer: "" for the answer itself, None for nowhere."""
    if schema.get("type") == "array":
        return ""
    fields: dict[str, Any] = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        fields |= _resolved(document, part).get("properties", {})
    lists = [
        name
        for name, each in fields.items()
        if _resolved(document, each).get("type") == "array"
        and "properties" in _resolved(document, _resolved(document, each).get("items", {}))
    ]
    return lists[0] if len(lists) == 1 and "id" not in fields else None


def _resolved(document: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """Return what a reference inside the document points at."""
    for _ in range(20):
        if not isinstance(value, dict):
            return {}
        if "$ref" not in value:
            return value
        target: Any = document
        for part in str(value["$ref"]).removeprefix("#/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            target = target.get(name) if isinstance(target, dict) else None
        value = target
    return {}


def _path(path: str, names: Mapping[str, str]) -> str | None:
    """Return a path whose hole is a field of another list; None if it is not known of which."""
    holes = list(_HOLE.finditer(path))
    if not holes:
        return path
    above = path[: holes[0].start()].rstrip("/")
    if len(holes) > 1 or above not in names:
        return None
    hole, table = holes[0][1], names[above]
    # `/users/{user_id}`: most APIs call the field itself id.
    field = "id" if hole.lower().replace("_", "").endswith("id") else hole
    return _HOLE.sub(lambda _: f"{{{table}.{field}}}", path)


def _table(path: str, names: Mapping[str, str]) -> str:
    words = [re.sub(r"\W+", "_", part) for part in path.split("/") if part and "{" not in part]
    for count in range(1, len(words) + 1):
        name = "_".join(words[-count:]).strip("_")
        if name not in names.values() and name[:1].isalpha():
            return name
    return f"table_{len(names) + 1}"


def _paging(params: list[str]) -> Iterator[str]:
    size = next((each for each in _SIZE if each in params), None)
    tail = f", size: 100, size_param: {flow(size)}" if size else ""
    for kind, known in (("page", _PAGE), ("offset", _OFFSET), ("cursor", _CURSOR)):
        param = next((each for each in known if each in params), None)
        if param is None:
            continue
        place = ", cursor: next_cursor" if kind == "cursor" else ""
        note = "   # cursor: where the answer has the next one" if place else ""
        yield f"    pagination: {{type: {kind}, param: {flow(param)}{place}{tail}}}{note}"
        return
    yield "    pagination: {type: link}   # or page, offset, cursor, next, none"
