"""Values that hold other values: free text and JSON. What identifies inside them is replaced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from synthkit.anonymization.actions.plain import needs_text
from synthkit.anonymization.actions.settings import JsonSettings, TextSettings
from synthkit.anonymization.births import is_date, other_dates
from synthkit.anonymization.distinct import over_distinct
from synthkit.anonymization.redaction import REDACTED
from synthkit.anonymization.spans import find_spans
from synthkit.contracts.action import Beside
from synthkit.errors import DataError
from synthkit.schema.infer.pii_names import kind_of_name

__all__ = ["Json", "Text"]

_SPOKEN = frozenset({"state", "country", "country_code", "job", "user_agent_string"})
"""Kinds that names of fields speak of and that name nobody."""
_DEEPEST = 100


class Text:
    """Replaces names, addresses and numbers inside free text, as columns of their kind are."""

    keeps: frozenset[str] = frozenset({"equality"})

    def __init__(self, settings: TextSettings) -> None:
        self._settings = settings

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return the texts with other names, addresses and numbers."""
        needs_text(values, "text")
        is_name = beside.is_name if self._settings.use_db_names else _nobody
        return over_distinct(
            values,
            lambda found: pa.array(
                _rewritten(found.to_pylist(), key, beside, is_name), pa.string()
            ),
        )


def _nobody(_: str) -> bool:
    return False


def _rewritten(
    texts: Sequence[str], key: bytes, beside: Beside, is_name: Callable[[str], bool]
) -> list[str]:
    """Return texts with what was found in them replaced; each kind is replaced at once."""
    found = [find_spans(text, is_name) for text in texts]
    wanted: dict[str, dict[str, str]] = {}
    for text, spans in zip(texts, found, strict=True):
        for span in spans:
            wanted.setdefault(span.kind, {})[text[span.start : span.end]] = ""
    for kind, values in wanted.items():
        wanted[kind] = _replaced(kind, list(values), key, beside)
    made = []
    for text, spans in zip(texts, found, strict=True):
        pieces, at = [], 0
        for span in spans:
            pieces += [text[at : span.start], wanted[span.kind][text[span.start : span.end]]]
            at = span.end
        made.append("".join([*pieces, text[at:]]))
    return made


def _replaced(kind: str, values: list[str], key: bytes, beside: Beside) -> dict[str, str]:
    if kind == "date_of_birth":
        return dict(zip(values, other_dates(values, key), strict=True))
    if beside.replace is None:
        return dict.fromkeys(values, REDACTED)
    made = beside.replace(kind, pa.array(values, pa.string())).to_pylist()
    return dict(zip(values, made, strict=True))


class Json:
    """Replaces what identifies inside JSON documents; everything else in them stays."""

    keeps: frozenset[str] = frozenset({"equality"})
    reads = "JSON documents"

    def __init__(self, settings: JsonSettings) -> None:
        self._settings = settings

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return documents, and null for what is none."""
        needs_text(values, "json")
        return over_distinct(
            values,
            lambda found: pa.array(self._rewritten(found.to_pylist(), key, beside), pa.string()),
        )

    def _rewritten(self, texts: Sequence[str], key: bytes, beside: Beside) -> list[str | None]:
        documents = [_read(text) for text in texts]
        wanted: dict[str, dict[str, str]] = {}
        for document in documents:
            for kind, value in self._leaves(document, "$", ""):
                wanted.setdefault(kind, {})[value] = ""
        for kind, values in wanted.items():
            if kind == "text":
                made = _rewritten(list(values), key, beside, beside.is_name)
                wanted[kind] = dict(zip(values, made, strict=True))
            else:
                wanted[kind] = _replaced(kind, list(values), key, beside)
        return [
            None
            if document is _Unreadable
            else json.dumps(
                self._filled(document, "$", "", wanted),
                ensure_ascii=False,
                separators=(",", ":") if ": " not in text else None,
            )
            for document, text in zip(documents, texts, strict=True)
        ]

    def _kind(self, value: Any, path: str, name: str) -> str | None:
        """Return the kind that a leaf is replaced as, None if it stays."""
        if value is None or isinstance(value, bool) or value == "":
            return None
        asked = self._settings.paths.get(path)
        if asked is not None:
            return None if asked == "keep" else asked
        kind = kind_of_name(name) if name else None
        if kind in _SPOKEN:
            return None
        if isinstance(value, str):
            if kind == "date_of_birth" and is_date(value):
                return kind
            return kind if kind not in (None, "latitude", "longitude", "date_of_birth") else "text"
        return kind if kind in ("phone_number", "ssn", "credit_card_number", "postcode") else None

    def _leaves(self, part: Any, path: str, name: str, depth: int = 0) -> Iterator[tuple[str, str]]:
        if depth > _DEEPEST:
            raise DataError("A JSON document is nested too deeply.", hint="Use redact or null.")
        if isinstance(part, dict):
            for field, value in part.items():
                yield from self._leaves(value, f"{path}.{field}", field, depth + 1)
        elif isinstance(part, list):
            for value in part:
                yield from self._leaves(value, f"{path}[]", name, depth + 1)
        else:
            kind = self._kind(part, path, name)
            if kind is not None:
                yield kind, str(part)

    def _filled(self, part: Any, path: str, name: str, wanted: dict[str, dict[str, str]]) -> Any:
        if isinstance(part, dict):
            return {
                field: self._filled(value, f"{path}.{field}", field, wanted)
                for field, value in part.items()
            }
        if isinstance(part, list):
            return [self._filled(value, f"{path}[]", name, wanted) for value in part]
        kind = self._kind(part, path, name)
        if kind is None:
            return _coarser(part, path, name, self._settings.paths)
        made = wanted[kind][str(part)]
        if isinstance(part, int) and made.lstrip("-").isdigit():
            return int(made)
        return made


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _Unreadable


def _coarser(part: Any, path: str, name: str, paths: Mapping[str, str]) -> Any:
    """Return coordinates to a tenth of a degree, some ten kilometres; anything else as it is."""
    placed = isinstance(part, float) and kind_of_name(name) in ("latitude", "longitude")
    return round(part, 1) if placed and path not in paths else part


class _Unreadable:
    """Stands for a value that is no JSON."""
