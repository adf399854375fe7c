"""Presidio's recognizers on columns, offline, and with a spaCy model where the user has one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import pyarrow.compute as pc

from synthkit.anonymization.recognizers.settings import PresidioSettings
from synthkit.contracts.recognizer import ColumnSample, Finding
from synthkit.errors import UsageError

__all__ = ["Presidio", "analyzer"]

_KINDS = {
    "PERSON": "name", "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban",
    "CREDIT_CARD": "credit_card_number", "IP_ADDRESS": "ipv4_address",
    "MAC_ADDRESS": "mac_address", "CRYPTO": "crypto_wallet", "LOCATION": "city",
    "MEDICAL_LICENSE": "ssn", "US_NPI": "ssn", "US_MBI": "ssn", "UK_NHS": "ssn",
}  # fmt: skip
_NATIONAL = (
    "SSN NATIONAL PASSPORT TFN AADHAAR PAN NIF NIE FISCAL PESEL PERSONAL PERSONNUMMER RRN NIN "
    "TAX_ID ITIN MEDICARE"
).split()
_SCORE = 0.85
"""Presidio's score from which on a cell counts: mere patterns stay below it."""
_CELLS = 60
_LEFT_OUT = frozenset({"PhoneRecognizer", "UrlRecognizer", "DateRecognizer"})
"""Slow, or of kinds that others here find better."""
_SHARE, _COVER = 0.8, 0.8


class Presidio:
    """Asks Presidio's analyzer about a few different values of each column of text."""

    def __init__(self, settings: PresidioSettings) -> None:
        self._nlp = settings.nlp

    def recognize(self, sample: ColumnSample, locales: Sequence[str]) -> Sequence[Finding]:
        """Return the entity that most cells are wholly covered by."""
        texts = sample.values
        if sample.column.storage != "string" or len(texts) < 8:
            return []
        coded = pc.mean(pc.match_substring_regex(texts, r"\d")).as_py() >= 0.5
        short = pc.mean(pc.utf8_length(texts)).as_py() <= 60
        if not short or not (coded or self._nlp):
            return []
        engine = analyzer(self._nlp)
        seen: Counter[str] = Counter()
        cells = texts[:_CELLS].to_pylist()
        for cell in cells:
            results = engine.analyze(text=cell, language="en", score_threshold=_SCORE)
            kinds = {
                _kind(each.entity_type)
                for each in results
                if each.end - each.start >= _COVER * len(cell)
            }
            seen.update(kind for kind in kinds if kind)
        kind, count = seen.most_common(1)[0] if seen else ("", 0)
        if count < _SHARE * len(cells):
            return []
        because = f"Presidio recognizes {count / len(cells):.0%} of the values it looked at"
        return [Finding(kind, 0.8, because)]


def _kind(entity: str) -> str | None:
    if entity in _KINDS:
        return _KINDS[entity]
    return "ssn" if any(part in entity for part in _NATIONAL) else None


@cache
def analyzer(nlp: str = "", left_out: frozenset[str] = _LEFT_OUT) -> Any:
    """Return Presidio's analyzer with its pattern recognizers for English, opening no socket.

    Without a model it has an engine that finds nothing by language and says so; ``left_out`` are
    names of classes of recognizers.
    """
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngine

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    engine: NlpEngine
    if nlp:
        engine = _spacy(nlp)
    else:
        from presidio_analyzer.nlp_engine import NoOpNlpEngine

        engine = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    if not nlp:
        left_out |= {"SpacyRecognizer"}
    registry.recognizers = [
        each for each in registry.recognizers if type(each).__name__ not in left_out
    ]
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])


def _spacy(name: str) -> Any:
    import spacy.util
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    if not spacy.util.is_package(name):
        raise UsageError(
            f"The spaCy model {name!r} is not installed.",
            hint=f"python -m spacy download {name}, or leave --nlp out.",
        )
    return SpacyNlpEngine(models=[{"lang_code": "en", "model_name": name}])
