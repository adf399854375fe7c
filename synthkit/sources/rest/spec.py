"""api.yaml: what to ask of an API, and how. Errors name the line and column."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from synthkit.errors import UsageError, near_matches
from synthkit.schema.files.yaml_nodes import Node, parse

__all__ = ["PARENT", "Api", "Auth", "Endpoint", "Limits", "Paging", "load", "loads"]

VERSION = 1
PARENT = re.compile(r"\{([^{}.]+)\.([^{}]+)\}")
"""``{users.id}`` in a path: a field of the rows of another endpoint."""
_TABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_PAGING: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "page": ("param", "start", "size", "size_param"),
    "offset": ("param", "start", "size", "size_param"),
    "cursor": ("param", "cursor", "size", "size_param"),
    "link": ("size", "size_param"),
    "next": ("next", "size", "size_param"),
}
_AUTH: Mapping[str, tuple[str, ...]] = {
    "bearer": ("env",),
    "basic": ("username_env", "password_env"),
    "header": ("name", "env"),
    "query": ("name", "env"),
}


@dataclass(frozen=True)
class Auth:
    """How requests say who asks; ``env`` names environment variables, never the secrets."""

    type: str
    name: str
    env: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """Bounds of one pull. Seconds, rows of each endpoint, megabytes (10^6 bytes) of an answer."""

    requests_per_second: float | None = None
    timeout: float = 30.0
    retries: int = 6
    backoff: float = 0.5
    longest_wait: float = 120.0
    max_response_mb: float = 50.0
    max_rows: int | None = None
    max_seconds: float | None = None


@dataclass(frozen=True)
class Paging:
    """How the next page is asked for. ``size`` is sent as ``size_param`` if it is given."""

    type: str = "none"
    param: str = "page"
    start: int = 1
    size: int | None = None
    size_param: str = "limit"
    cursor: str = ""
    next: str = "next"


@dataclass(frozen=True)
class Endpoint:
    """A list of records, which becomes the table of this name.

    ``records`` is the dotted place of the list in the answer; None: the answer is the list, or
    its only list. ``key`` are fields that tell records apart; None: ``id`` where there is one.
    """

    name: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    records: str | None = None
    key: tuple[str, ...] | None = None
    paging: Paging = Paging()
    max_rows: int | None = None

    @property
    def parent(self) -> tuple[str, str] | None:
        """The endpoint and field that the path depends on."""
        found = PARENT.search(self.path)
        return None if found is None else (found[1], found[2])


@dataclass(frozen=True)
class Api:
    """What api.yaml says. ``plan`` and ``key_env`` are those of the anonymization on the way in."""

    base_url: str
    endpoints: tuple[Endpoint, ...]
    auth: Auth | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    plan: str | None = None
    key_env: str | None = None


def load(path: str | os.PathLike[str]) -> Api:
    """Read api.yaml. `UsageError` if it cannot be read, `DataError` where it is wrong."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{str(path)!r} cannot be read.",
            hint="It is a YAML file that describes an API: docs/reference/api-yaml.md.",
        ) from error
    return loads(text, str(path))


def loads(text: str, file: str = "api.yaml") -> Api:
    """Read the text of api.yaml; ``file`` is the name that errors show."""
    root = parse(text, file)
    names = ("version", "base_url", "headers", "auth", "limits", "pagination", "anonymize")
    fields = _known(root, (*names, "endpoints"))
    if "version" not in fields or fields["version"].value() != VERSION:
        raise root.error(
            f"there is no `version: {VERSION}`",
            f"Write version: {VERSION} as the first line, then base_url and endpoints; "
            "docs/reference/api-yaml.md shows a whole file.",
        )
    for needed in ("base_url", "endpoints"):
        if needed not in fields:
            raise root.error(f"there is no {needed}")
    common = _paging(fields["pagination"]) if "pagination" in fields else Paging()
    listed = fields["endpoints"].fields()
    if not listed:
        raise fields["endpoints"].error("there is no endpoint", "users: {path: /users}")
    policy = _known(fields["anonymize"], ("plan", "key_env")) if "anonymize" in fields else {}
    if policy and "plan" not in policy:
        raise fields["anonymize"].error("there is no plan", "plan: plan.yaml")
    found = {name: _endpoint(name, node, common) for name, node in listed.items()}
    return Api(
        _base(fields["base_url"]),
        _ordered(found, listed),
        _auth(fields["auth"]) if "auth" in fields else None,
        _texts(fields["headers"]) if "headers" in fields else {},
        _limits(fields["limits"]) if "limits" in fields else Limits(),
        str(Path(file).parent / policy["plan"].name()) if policy else None,
        policy["key_env"].name() if "key_env" in policy else None,
    )


def _known(node: Node, names: tuple[str, ...]) -> dict[str, Node]:
    fields = node.fields()
    for name, each in fields.items():
        if name not in names:
            raise each.misnamed("there is no such field", near_matches(name, names))
    return fields


def _base(node: Node) -> str:
    url = node.name().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise node.error("expected an address that begins with http:// or https://")
    if parts.username or parts.password:
        raise node.error("names and passwords do not belong here", "Use auth: {type: basic, ...}.")
    if parts.query or parts.fragment:
        raise node.error("has no ? or #", "Use params: of the endpoints.")
    return url


def _texts(node: Node) -> dict[str, str]:
    return {name: each.text() for name, each in node.fields().items()}


def _type(node: Node, fields: Mapping[str, Node], kinds: Mapping[str, tuple[str, ...]]) -> str:
    if "type" not in fields:
        raise node.error("there is no type", near_matches("", kinds))
    kind = fields["type"].name()
    if kind not in kinds:
        raise fields["type"].error("there is no such type", near_matches(kind, kinds))
    _known(node, ("type", *kinds[kind]))
    return kind


def _auth(node: Node) -> Auth:
    fields = node.fields()
    kind = _type(node, fields, _AUTH)
    for name in _AUTH[kind]:
        if name not in fields:
            raise node.error(f"there is no {name}")
    env = tuple(fields[name].name() for name in _AUTH[kind] if name.endswith("env"))
    for name in _AUTH[kind]:
        if name.endswith("env") and not re.fullmatch(
            r"[A-Za-z_][A-Za-z0-9_]*", fields[name].name()
        ):
            raise fields[name].error(
                "expected the name of an environment variable, not the secret itself"
            )
    return Auth(kind, fields["name"].name() if "name" in fields else "", env)


def _limits(node: Node) -> Limits:
    fields = _known(node, tuple(Limits.__dataclass_fields__))
    given = {
        name: _number(each, whole=name in ("retries", "max_rows")) for name, each in fields.items()
    }
    for name, value in given.items():
        if value == 0 and name not in ("retries", "backoff"):
            raise fields[name].error("expected a number above 0")
    return Limits(**given)


def _number(node: Node, *, whole: bool = False) -> Any:
    value = node.value()
    right = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not right or not 0 <= value < 1e18:
        raise node.error(f"expected a {'whole ' if whole else ''}number of at least 0")
    return value


def _paging(node: Node) -> Paging:
    fields = node.fields()
    kind = _type(node, fields, _PAGING)
    given: dict[str, Any] = {"type": kind, "start": 0 if kind == "offset" else 1}
    given["param"] = kind if kind in ("page", "offset", "cursor") else ""
    for name, each in fields.items():
        if name in ("start", "size"):
            given[name] = _number(each, whole=True)
        else:
            given[name] = each.name()
    if kind == "cursor" and "cursor" not in fields:
        raise node.error("there is no cursor", "cursor: meta.next_cursor, its place in an answer")
    return Paging(**given)


def _endpoint(name: str, node: Node, common: Paging) -> Endpoint:
    if not _TABLE.fullmatch(name):
        raise node.misnamed("expected a name of letters, digits and _: it becomes a table's")
    fields = _known(node, ("path", "params", "records", "key", "pagination", "max_rows"))
    if "path" not in fields:
        raise node.error("there is no path")
    path = fields["path"].name()
    if not path.startswith("/") or "?" in path or "#" in path:
        raise fields["path"].error("expected a path that begins with / and has no ? or #")
    rest = PARENT.sub("", path)
    if "{" in rest or "}" in rest or len(PARENT.findall(path)) > 1:
        hint = "Write it as {endpoint.field}, such as /users/{users.id}/posts."
        raise fields["path"].error("one field of one other endpoint can stand in a path", hint)
    return Endpoint(
        name,
        path,
        _texts(fields["params"]) if "params" in fields else {},
        fields["records"].name() if "records" in fields else None,
        fields["key"].names() if "key" in fields else None,
        _paging(fields["pagination"]) if "pagination" in fields else common,
        _number(fields["max_rows"], whole=True) if "max_rows" in fields else None,
    )


def _ordered(found: Mapping[str, Endpoint], nodes: Mapping[str, Node]) -> tuple[Endpoint, ...]:
    """Return endpoints behind those that they depend on."""
    done: dict[str, Endpoint] = {}

    def add(name: str, path: tuple[str, ...]) -> None:
        if name in done:
            return
        parent = found[name].parent
        if parent is not None:
            if parent[0] not in found:
                hint = near_matches(parent[0], found)
                raise nodes[name].error(f"there is no endpoint {parent[0]!r}", hint)
            if parent[0] in (*path, name):
                raise nodes[name].error("these endpoints depend on each other in a circle")
            add(parent[0], (*path, name))
        done[name] = found[name]

    for name in found:
        add(name, ())
    return tuple(done.values())
