"""Reading every endpoint to its end, page by page, below every row that it depends on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urljoin

from synthkit.contracts.progress import Progress
from synthkit.errors import SynthkitError
from synthkit.sources.rest.client import Answer, Client, NotThereError, OutOfTimeError
from synthkit.sources.rest.journal import Journal, Page
from synthkit.sources.rest.spec import PARENT, Api, Endpoint

__all__ = ["at", "walk"]

_MISSING = object()


def walk(
    api: Api, client: Client, journal: Journal, progress: Progress, max_rows: int | None
) -> tuple[list[str], int]:
    """Read what the journal has not; return notes on what was left out, and requests made.

    Raises `SynthkitError` for a server that fails or whose pages do not end.
    """
    notes: list[str] = []
    requests = 0
    for endpoint in api.endpoints:
        most = _least(endpoint.max_rows, api.limits.max_rows, max_rows)
        progress.start(f"reading {endpoint.name}", most)
        try:
            read = _Reading(endpoint, api, client, journal, progress, most)
            read.all()
        except OutOfTimeError:
            notes.append(f"The time was up while {endpoint.name} was read: the rest is left out.")
            return notes, requests + read.requests
        requests += read.requests
        notes += read.notes
    return notes, requests


def at(value: Any, place: str) -> Any:
    """Return what is at a dotted place in JSON; None if nothing is."""
    for name in place.split("."):
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def _least(*given: int | None) -> int | None:
    return min((each for each in given if each is not None), default=None)


class _Reading:
    """One endpoint, going on from what the journal has."""

    def __init__(
        self,
        endpoint: Endpoint,
        api: Api,
        client: Client,
        journal: Journal,
        progress: Progress,
        most: int | None,
    ) -> None:
        self.endpoint, self.api, self.client = endpoint, api, client
        self.journal, self.progress, self.most = journal, progress, most
        self.rows = self.requests = 0
        self.notes: list[str] = []
        self._states: dict[str, dict[str, Any] | None] = {}
        self._seen: dict[str, set[str]] = {}
        for page in journal.pages(endpoint.name):
            self._remember(page)

    def all(self) -> None:
        """Read the endpoint below each owner."""
        for owner in self._owners():
            if not self._owner(owner):
                self.notes.append(
                    f"{self.endpoint.name}: no more than {self.most:,} rows were read."
                )
                return

    def _owners(self) -> Iterator[dict[str, Any] | None]:
        parent = self.endpoint.parent
        if parent is None:
            yield None
            return
        name, field = parent
        seen: set[str] = set()
        for page in self.journal.pages(name):
            for record in page.records:
                value = at(record, field)
                if value is None:
                    continue
                if isinstance(value, dict | list):
                    raise SynthkitError(f"{self.endpoint.name}: {name}.{field} is not one value.")
                if (text := json.dumps(value)) not in seen:
                    seen.add(text)
                    yield {field: value}

    def _owner(self, owner: dict[str, Any] | None) -> bool:
        """Read all pages below an owner; say whether there is room for more rows."""
        key = json.dumps(owner)
        state = self._states.get(key, {"first": True})
        while state is not None:
            if self.most is not None and self.rows >= self.most:
                return False
            page = self._page(owner, state)
            self._check(page, key)
            self.journal.add(page)
            self._remember(page)
            state = page.next
        return True

    def _page(self, owner: dict[str, Any] | None, state: Mapping[str, Any]) -> Page:
        endpoint, paging = self.endpoint, self.endpoint.paging
        value = "" if owner is None else next(iter(owner.values()))
        text = value if isinstance(value, str) else json.dumps(value)
        url = self.api.base_url + PARENT.sub(lambda _: quote(text, safe=""), endpoint.path)
        params = dict(endpoint.params)
        if paging.type != "none" and paging.size is not None:
            params[paging.size_param] = str(paging.size)
        if paging.type in ("page", "offset"):
            params[paging.param] = str(state.get("at", paging.start))
        elif "cursor" in state:
            params[paging.param] = str(state["cursor"])
        elif "url" in state:
            url, params = str(state["url"]), {}
        self.requests += 1
        try:
            answer = self.client.get(endpoint.name, url, params)
        except NotThereError:
            # Behind the last page some servers have nothing; so have parents that are gone since.
            if "first" in state and owner is None:
                raise
            return Page(endpoint.name, owner, [], None)
        records = self._records(answer.body)
        if self.most is not None:
            room = self.most - self.rows
            if len(records) > room:  # the rest of the page would be lost on the way on
                return Page(endpoint.name, owner, records[:room], {"cut": True})
        return Page(endpoint.name, owner, records, self._next(url, state, answer, records))

    def _records(self, body: Any) -> list[Any]:
        found = body if self.endpoint.records is None else at(body, self.endpoint.records)
        if self.endpoint.records is None and isinstance(body, dict):
            lists = [each for each in body.values() if isinstance(each, list)]
            found = lists[0] if len(lists) == 1 else None
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            where = self.endpoint.records or "the answer"
            raise SynthkitError(
                f"{self.endpoint.name}: {where} has no list of objects.",
                hint="Set the endpoint's `records` to the place of the list: data.items.",
            )
        return found

    def _next(
        self, url: str, state: Mapping[str, Any], answer: Answer, records: list[Any]
    ) -> dict[str, Any] | None:
        paging = self.endpoint.paging
        if paging.type in ("page", "offset"):
            if not records:
                return None
            step = 1 if paging.type == "page" else len(records)
            return {"at": int(state.get("at", paging.start)) + step}
        if paging.type == "cursor":
            cursor = at(answer.body, paging.cursor)
            return None if cursor in (None, "", False) else {"cursor": cursor}
        target = answer.link if paging.type == "link" else None
        if paging.type == "next":
            target = at(answer.body, paging.next)
        if not target:
            return None
        target = urljoin(url, str(target))
        self.client.check(self.endpoint.name, target)
        return {"url": self.client.public(target)}

    def _check(self, page: Page, key: str) -> None:
        """Refuse a page that was read before, or that leads to one that was."""
        seen = self._seen.get(key, set())
        if any(mark in seen for mark in _marks(page)):
            raise SynthkitError(
                f"{self.endpoint.name}: the server sends the same page again, so its pages do "
                "not end.",
                hint="Check `pagination` in api.yaml: its type, and the names of its params.",
            )

    def _remember(self, page: Page) -> None:
        key = json.dumps(page.owner)
        self._states[key] = page.next
        self._seen.setdefault(key, set()).update(_marks(page))
        self.rows += len(page.records)
        self.progress.advance(len(page.records))


def _marks(page: Page) -> list[str]:
    """Return digests of a page's records and of the state that it leads to."""
    parts = [page.records, page.next]
    return [sha256(json.dumps(each).encode()).hexdigest() for each in parts if each]
