"""Finds what identifies inside free text: addresses, numbers with check digits, names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from synthkit.anonymization.births import born
from synthkit.anonymization.lexicon import Lexicon, folded, lexicon

__all__ = ["Span", "find_spans"]

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("email", r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"),
    ("url", r"https?://[^\s<>\"']{3,2000}"),
    ("iban", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
    ("mac_address", r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"),
    ("ipv4_address", r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"),
    ("credit_card_number", r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])"),
    ("ssn", r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    ("ssn", r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b"),
    ("phone_number", r"(?<![\w.,-])(?:\+|00)?\(?\d[\d ()/.\-]{5,19}\d(?:\s?x\d{1,5})?(?![\w-])"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?")
_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_CAPITAL = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff][\w'\u2019-]{0,40}"
_CODE = r"\d{4,6}(?:-\d{3,4})?"
_TAIL = (
    rf"(?:,? (?:[A-Z]{{1,2}}-)?{_CODE}(?: {_CAPITAL}){{1,3}}"
    rf"|, {_CAPITAL}(?: {_CAPITAL}){{0,2}}(?:,? [A-Z]{{2}})?(?: {_CODE})?)?"
)
_ENDINGS = (
    "straße|strasse|str\\.|weg|gasse|platz|allee|ring|damm|ufer|laan|straat|plein|gracht|kade|"
    "singel|steeg|dreef|dijk|gatan|vägen|gränden|gränd|torget|stigen|backen|vej|gade|veien|gata|"
    "katu|tie|kuja|utca"
)
_BEGINNINGS = (
    "Rue|Avenue|Boulevard|Place|Chemin|Allée|Impasse|Quai|Cours|Route|Via|Viale|Piazza|Corso|"
    "Vicolo|Strada|Calle|C/|Avenida|Av\\.|Plaza|Paseo|Carrer|Camino|Ronda|Rua|Travessa|Praça|"
    "Alameda|Rambla|Pasadizo|Callejón|Glorieta|Ladeira|Rodovia|Rotonda|ul\\.|Ulica|Aleja|al\\.|"
    "pl\\.|Largo|Contrada|Borgo|rue|avenue|boulevard|place|chemin"
)
_UNITS = "Suite|Apt|Apartment|Unit|Flat|Studio"
_NUMBER_FIRST = re.compile(
    rf"(?:\b(?:{_UNITS})\.? (?:\w{{1,5}}, (?=\d))?)?\b\d{{1,6}}[A-Za-z]?,? "
    rf"(?P<street>{_CAPITAL}(?: (?!{_UNITS}){_CAPITAL}){{0,4}})\.?"
    rf"(?:,? (?:{_UNITS})\.? ?\w{{1,6}})?{_TAIL}"
)
_OF = (
    "de|da|do|dos|das|del|della|di|la|las|los|le|les|der|den|van|von|du|af|i|am|an|im|vorm|bei|ob|"
    "sur|en"
)
_CODED = re.compile(
    rf"(?:{_CAPITAL}\.?)(?: (?:{_OF}|{_CAPITAL}\.?)){{0,6}},? "
    r"\d{1,5}[A-Za-z]?(?: ?[-/] ?\d{1,5})?(?:,? [^\W\d_]{1,14}\.? ?\d{1,4}[A-Za-z]?)? ?,? "
    rf"(?:\d{{4,8}}(?:-\d{{3,4}})?|\d{{4}} ?[A-Z]{{2}}|\d{{3}} \d{{2}}|\d{{2}}-\d{{3}}) "
    rf"(?:(?:{_OF}) )?{_CAPITAL}(?: (?:(?:{_OF}) )?{_CAPITAL}){{0,4}}"
)
"""A street and its number before a code and a place, in whatever language."""
_ENDED = re.compile(rf"(?i:{_ENDINGS})\s?\d{{1,5}}(?!\d)(?:[ /]?[a-zA-Z\d]{{1,3}}\b)?{_TAIL}")
_HEAD = re.compile(r"[\w.'\u2019-]{0,40}$")
_WORD_BEFORE = re.compile(r"[^\W\d_][\w'\u2019-]{0,30} $")
_ADDRESSES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:\b\d{{1,4}}(?: ?bis| ?ter)?,? )?\b(?:{_BEGINNINGS}) "
        rf"(?:[\w'\u2019.-]{{1,40}} ){{0,4}}[\w'\u2019.-]{{1,40}}"
        rf"(?:,? (?:n\.?[ºo°]? ?)?\d{{1,4}}(?!\d)[a-zA-Z]?)?{_TAIL}",
    )
)
_DATED = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( \d.*)?")
_GROUPED = re.compile(r"\d{1,3}(\.\d{3})+")
_SPOKEN = re.compile(
    r"(?i)(phone|tel|call|mobile|cell|fax|number|reach|ring|unter|appel|\bau\b|handy|ruf|llam|whats|"
    r"chiam|retorn|bellen)"
)
_TITLES = frozenset(
    "mr mrs ms miss dr prof herr herrn frau mme mlle monsieur madame sig sigra signor signora sr "
    "sra senor senora mevrouw meneer pan pani fru dona don senhor senhora".split()
)
_CALLS = frozenset(
    "mr mrs ms miss dr prof herr frau mme mlle monsieur madame sig sigra signor signora sr sra "
    "senor senora dear liebe lieber cher chere hola caro cara with by from for to customer "
    "client patient kunde kundin called named contact spoke met asked told emailed phoned mit "
    "von und y e et".split()
)
_ONE = frozenset("a an".split())
_PARTICLES = frozenset(
    "da de do van von del della di du le la las los dos das ter den der zu af".split()
)
_BEFORE_UNKNOWN = _PARTICLES - frozenset("der den la le du las los das".split())
"""Particles behind which a word that no list has is a name too: Riley van Voorst."""
_DAYS = frozenset(
    "montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar marz mai juni juli "
    "oktober dezember lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars "
    "avril juin juillet aout septembre octobre novembre decembre lunes martes miercoles jueves "
    "viernes sabado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre "
    "noviembre diciembre lunedi martedi mercoledi giovedi venerdi sabato domenica gennaio febbraio "
    "aprile maggio giugno luglio settembre ottobre dicembre maandag dinsdag woensdag donderdag "
    "vrijdag zaterdag zondag kunde kunden rechnung lieferung vertrag bitte client cliente".split()
)
_COMMON = _DAYS | frozenset(
    "best kind regards sincerely cheers hello hi hey many warm "
    "will may mark grant rich art bill faith hope joy grace rose june april august chance drew "
    "frank gene jack page price long young king day good small church street case cash law love "
    "may may be mason miller baker cook smith summer winter autumn dawn sunny ray guy lane sandy "
    "heather holly amber ruby pearl crystal ivy lily daisy iris violet the a an and or of in on "
    "at to for is was he she it they we you i this that please thank thanks order invoice "
    "account customer delivery support ticket call email phone address monday tuesday wednesday "
    "thursday friday saturday sunday january february march july september october november "
    "december der die das und ist ein eine le la les un une et est el los las una y es il lo gli "
    "e en de het een van der von da do das dos du des di".split()
)


@dataclass(frozen=True)
class Span:
    """Where something stands in a text, from ``start`` up to ``end``, and what it is."""

    start: int
    end: int
    kind: str


def find_spans(
    text: str, is_name: Callable[[str], bool], without: frozenset[str] = frozenset()
) -> list[Span]:
    """Return what identifies in a text, in order, none over another.

    ``is_name`` says of a folded word whether the data set's own columns of names have it.
    """
    words = lexicon(without)
    taken: list[Span] = []
    covered = bytearray(len(text))
    for span in chain(_certain(text, words), _names(text, words, is_name)):
        if not any(covered[span.start : span.end]):
            covered[span.start : span.end] = b"\1" * (span.end - span.start)
            taken.append(span)
    return sorted(taken, key=lambda span: span.start)


def _certain(text: str, words: Lexicon) -> Iterator[Span]:
    digits = any(map(str.isdigit, text))
    if digits:
        for start, end in born(text):
            yield Span(start, end, "date_of_birth")
        for found in _CODED.finditer(text):
            yield Span(found.start(), found.end(), "address")
    for kind, pattern in _COMPILED:
        if (kind in ("email", "url") and ("@" in text or "://" in text)) or digits:
            for found in pattern.finditer(text):
                if _holds(kind, found.group(), text[max(0, found.start() - 30) : found.start()]):
                    yield Span(found.start(), found.end(), kind)
    if digits:
        yield from _addresses(text, words)


def _addresses(text: str, words: Lexicon) -> Iterator[Span]:
    for found in _NUMBER_FIRST.finditer(text):
        if any(_of_street(word, words) for word in found["street"].split()):
            yield Span(found.start(), found.end() - (found.group()[-1] in ".,"), "address")
    for found in _ENDED.finditer(text):
        end = found.end() - (found.group()[-1] in ".,")
        yield Span(_street_start(text, found.start()), end, "address")
    for pattern in _ADDRESSES:
        for found in pattern.finditer(text):
            if any(map(str.isdigit, found.group())):
                yield Span(found.start(), found.end() - (found.group()[-1] in ".,"), "address")


def _street_start(text: str, ending: int) -> int:
    """Return where a street begins whose last word ends as streets do: Lange Gasse, Waldweg."""
    head = _HEAD.search(text[max(0, ending - 40) : ending])
    start = ending - (len(head.group()) if head else 0)
    before = _WORD_BEFORE.search(text[max(0, start - 32) : start]) if start == ending else None
    return start - len(before.group()) if before else start


def _of_street(word: str, words: Lexicon) -> bool:
    plain = folded(word.rstrip("."))
    return plain in words.street or plain.removesuffix("s") in words.street


def _holds(kind: str, found: str, before: str) -> bool:
    bare = re.sub(r"[\s-]", "", found)
    if kind == "iban":
        from stdnum import iban

        return bool(iban.is_valid(bare, check_country=False))
    if kind == "credit_card_number":
        from stdnum import luhn

        return len(bare) >= 13 and bool(luhn.is_valid(bare))
    if kind == "ipv4_address":
        return all(int(part) < 256 for part in found.split("."))
    if kind == "phone_number":
        return _is_phone(re.sub(r"\s?x\d+$", "", found), before)
    return True


def _is_phone(found: str, before: str) -> bool:
    count = sum(map(str.isdigit, found))
    if not 7 <= count <= 16 or _DATED.fullmatch(found) or _GROUPED.fullmatch(found):
        return False
    plain = re.fullmatch(r"\d+(\.\d+)?", found) is not None
    return not plain or found[0] == "0" or _SPOKEN.search(before) is not None


@cache
def _asian(without: frozenset[str]) -> re.Pattern[str]:
    words = lexicon(without)
    lasts = [
        w for w in words.last if re.fullmatch(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+", w)
    ]
    firsts = [
        w for w in words.first if re.fullmatch(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+", w)
    ]
    either = "|".join(sorted(map(re.escape, lasts), key=len, reverse=True)) or "(?!)"
    given = "|".join(sorted(map(re.escape, firsts), key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?:{either})[ \u3000]?(?:{given})")


@dataclass(frozen=True)
class _Word:
    """A capitalised word, or a particle between two.

    ``sure`` if it is a name beyond doubt, ``listed`` if some list has it, ``own`` if the data's own
    names do, ``common`` if texts use it anyway; ``opens`` if a word behind this particle is a name
    whatever it is.
    """

    start: int
    end: int
    listed: bool = False
    sure: bool = False
    own: bool = False
    particle: bool = False
    opens: bool = False
    common: bool = False


def _names(text: str, words: Lexicon, is_name: Callable[[str], bool]) -> Iterator[Span]:
    if _ASIAN.search(text):
        for found in _asian(frozenset()).finditer(text):
            yield Span(found.start(), found.end(), "name")
    run: list[_Word] = []
    before, starts, last = "", True, ""
    loud = _writes_titles(text)
    for found in _WORD.finditer(text):
        bare = found.group().rstrip(".")
        plain = folded(bare)
        gap = text[run[-1].end : found.start()] if run else " "
        if bare[:1].islower() and plain in _PARTICLES and (last in _TITLES or (run and gap == " ")):
            if not run:
                before, starts = last, False
            opens = plain in _BEFORE_UNKNOWN
            run.append(_Word(found.start(), found.end(), particle=True, opens=opens))
            last = plain
            continue
        last = plain
        title = plain in _TITLES or (not run and plain in words.title)
        initial = gap == ". " and run[-1].end - run[-1].start <= 2
        if (run and gap not in (" ", "\u00a0") and not initial) or bare[:1].islower() or title:
            yield from _named(run, before, starts, loud)
            run = []
        if bare[:1].islower() or title:
            continue
        if not run:
            left = text[max(0, found.start() - 30) : found.start()].rstrip()
            starts = not left or left[-1] in ".!?:\n"
            before = folded((re.findall(r"[^\W\d_]+", left) or [""])[-1])
        run.append(_word(found.start(), found.start() + len(bare), plain, words, is_name))
    yield from _named(run, before, starts, loud)


def _word(
    start: int, end: int, plain: str, words: Lexicon, is_name: Callable[[str], bool]
) -> _Word:
    parts = plain.split("-")
    common = plain in _COMMON or plain in words.plain or plain in words.job
    listed = any(words.is_name(part) for part in parts)
    own = any(is_name(part) for part in parts)
    return _Word(
        start,
        end,
        listed=listed,
        sure=listed and not common,
        own=own,
        particle=plain in _PARTICLES,
        opens=True,
        common=common,
    )


def _writes_titles(text: str) -> bool:
    """Say whether most words begin with a capital, so that it says nothing of a single one."""
    bare = [found.group() for found in _WORD.finditer(text[:2_000])]
    return len(bare) >= 8 and sum(not word[0].islower() for word in bare) >= 0.5 * len(bare)


def _named(run: list[_Word], before: str, starts: bool, loud: bool) -> Iterator[Span]:
    """Yield the part of a run of capitalised words that is somebody's name."""
    if not run:
        return
    titled = before in _TITLES
    known = [at for at, word in enumerate(run) if word.sure or (word.own and not _dull(run, at))]
    if not known:
        least = 3 if loud else 1  # letters: "An" is somebody's name too
        if titled or sum(word.listed and word.end - word.start >= least for word in run) >= 2:
            yield Span(run[0].start, run[-1].end, "name")
        return
    first, last = known[0], known[-1]
    while first > 0 and run[first - 1].listed:
        first -= 1
    last = _reached(run, first, last)
    if titled:
        first = 0
    own = any(word.own for word in run[first : last + 1])
    if (
        loud
        and first == last
        and not titled
        and before not in _CALLS
        and (not own or before in _ONE)
    ):
        return
    if last > first or own or titled or before in _CALLS or not starts:
        yield Span(run[first].start, run[last].end, "name")


def _reached(run: list[_Word], first: int, last: int) -> int:
    """Return the last word of a name: on over listed ones, and one that no list has."""
    reach = first == last
    while last + 1 < len(run):
        after = run[last + 1]
        if not (after.listed or after.particle or (reach and not after.common)):
            break
        last += 1
        reach = after.particle and (reach or after.opens)
    while run[last].particle and last > first:
        last -= 1
    return last


def _dull(run: list[_Word], at: int) -> bool:
    """Say whether a word of the data's own names is a common one that stands alone."""
    return len(run) == 1 and run[at].listed and not run[at].sure
