"""A labelled set of columns and texts: locales by kinds of personal data, and traps."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import string
from collections.abc import Callable, Iterator

import pyarrow as pa
from faker import Faker

from synthkit.contracts import ColumnSample
from synthkit.schema import Column

ROWS = 80
LOCALES = (
    "en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pt_BR", "pl_PL", "sv_SE",
    "da_DK", "ja_JP", "cs_CZ", "tr_TR",
)  # fmt: skip
UNCOVERED = ("de_DE", "fr_FR", "pl_PL", "sv_SE", "ja_JP", "it_IT")
ELSEWHERE = ("da_DK", "cs_CZ", "tr_TR", "nl_NL", "es_ES", "pt_BR")
"""Locales whose lists are left out too, which nothing was set by."""
BY_LISTS = ("first_name", "last_name", "name", "street_address", "address", "city", "user_name")
"""Kinds that have neither a form nor check digits."""
HEADERS = {
    "first_name": "first_name", "last_name": "surname", "name": "full_name", "email": "email",
    "phone_number": "phone", "street_address": "street", "address": "address", "city": "city",
    "date_of_birth": "birth_date", "ssn": "ssn", "iban": "iban",
    "credit_card_number": "card_number", "ipv4_address": "ip", "user_name": "username",
    "mac_address": "mac",
}  # fmt: skip


def columns(locale: str) -> dict[str, list[object]]:
    """Return values of each of 15 kinds of personal data."""
    made = Faker(locale)
    made.seed_instance(1)
    draw: dict[str, Callable[[], object]] = {
        "first_name": made.first_name,
        "last_name": made.last_name,
        "name": made.name,
        "email": made.email,
        "phone_number": made.phone_number,
        "street_address": made.street_address,
        "address": lambda: made.address().replace("\n", ", "),
        "city": made.city,
        "date_of_birth": lambda: made.date_of_birth(minimum_age=18, maximum_age=90),
        "ssn": made.ssn,
        "iban": made.iban,
        "credit_card_number": made.credit_card_number,
        "ipv4_address": made.ipv4_public,
        "user_name": made.user_name,
        "mac_address": made.mac_address,
    }
    return {kind: [one() for _ in range(ROWS)] for kind, one in draw.items()}


def traps() -> dict[str, list[object]]:
    """Return columns that name nobody, though something about them looks as if they did."""
    rng = random.Random(5)
    made = Faker("en_US")
    made.seed_instance(9)

    def some(alphabet: str, count: int) -> str:
        return "".join(rng.choice(alphabet) for _ in range(count))

    def one_of(text: str) -> Callable[[], object]:
        return lambda: rng.choice(text.split())

    digits, capitals = string.digits, string.ascii_uppercase
    draw: dict[str, Callable[[], object]] = {
        "sku": lambda: f"{some(capitals, 2)}-{some(digits, 4)}",
        "order number": lambda: some(digits, 10),
        "version": lambda: ".".join(str(rng.randint(0, 30)) for _ in range(4)),
        "uuid": made.uuid4,
        "colour": made.color_name,
        "month": one_of(
            "January February March April May June July August September October November December"
        ),
        "status": one_of("active churned new paused"),
        "product": lambda: (
            f"{rng.choice(['Nova', 'Prime'])} {rng.choice(['Chair', 'Lamp'])} {rng.randint(1, 90)}"
        ),
        "isbn": made.isbn13,
        "ean": made.ean13,
        "price": lambda: f"{rng.uniform(1, 900):.2f}",
        "md5": made.md5,
        "currency": made.currency_code,
        "language": made.language_name,
        "country": made.country,
        "media type": made.mime_type,
        "file": made.file_name,
        "time zone": made.timezone,
        "time": made.time,
        "order date": lambda: dt.date(2024, 1, 1) + dt.timedelta(days=rng.randint(0, 700)),
        "invoice": lambda: f"INV-2024-{rng.randint(1, 99999):05}",
        "room": lambda: f"Room {rng.randint(1, 400)}",
        "batch": lambda: f"{some(digits, 3)}-{some(digits, 2)}-{some(digits, 4)}-{some(digits, 1)}",
        "genre": one_of("Rock Jazz Metal Pop Latin Blues Classical Reggae Soundtrack"),
        "coordinates": lambda: f"{made.latitude()}, {made.longitude()}",
        "job": made.job,
        "company": made.company,
        "word": made.word,
        "hex colour": lambda: f"#{some('0123456789abcdef', 6)}",
        "ticker": lambda: some(capitals, 4),
    }
    return {name: [one() for _ in range(ROWS)] for name, one in draw.items()}


def fresh() -> dict[str, tuple[str, list[object]]]:
    """Return columns written in ways that no rule was written for, with their kinds."""
    rng = random.Random(11)
    us, de, fr, es = (Faker(name) for name in ("en_US", "de_DE", "fr_FR", "es_ES"))
    for made in (us, de, fr, es):
        made.seed_instance(21)

    def digits(count: int) -> str:
        return "".join(rng.choice(string.digits) for _ in range(count))

    draw: dict[str, tuple[str, Callable[[], object]]] = {
        "LAST, First": ("name", lambda: f"{us.last_name().upper()}, {us.first_name()}"),
        "first.last": ("user_name", lambda: f"{us.first_name()}.{us.last_name()}".lower()),  # noqa: PLW0108
        "title first last": ("name", lambda: f"Dr. {de.first_name()} {de.last_name()}"),
        "initial and last": (
            "name",
            lambda: f"{us.first_name()} {us.random_letter().upper()}. {us.last_name()}",
        ),
        "Name <mail>": ("email", lambda: f"{us.name()} <{us.email()}>"),
        "mailto": ("email", lambda: f"mailto:{us.email()}"),
        "phone with slashes": ("phone_number", lambda: f"0{digits(3)}/{digits(7)}"),
        "phone with dots": (
            "phone_number",
            lambda: f"+49.{rng.randint(30, 89)}.{digits(4)}.{digits(4)}",
        ),
        "phone tel:": ("phone_number", lambda: f"+1 ({rng.randint(201, 979)}) 555-{digits(4)}"),
        "iban in groups": (
            "iban",
            lambda: " ".join(de.iban()[at : at + 4] for at in range(0, 22, 4)),
        ),
        "card in groups": (
            "credit_card_number",
            lambda: re.sub(r"(\d{4})(?=\d)", r"\1-", us.credit_card_number("mastercard")),
        ),
        "street, number last": (
            "street_address",
            lambda: f"{de.street_name()}, {rng.randint(1, 99)}",
        ),
        "French street": ("street_address", lambda: fr.street_address().upper()),
        "Spanish names in capitals": (
            "name",
            lambda: " ".join([es.first_name(), es.last_name(), es.last_name()]).upper(),
        ),
        "city in capitals": ("city", lambda: de.city_name().upper()),
        "mac with hyphens": ("mac_address", lambda: us.mac_address().replace(":", "-")),
        "IPv6": ("ipv6_address", us.ipv6),
        "CPF without dots": ("ssn", lambda: Faker("pt_BR").cpf().replace(".", "").replace("-", "")),
        "first and last in small letters": (
            "name",
            lambda: f"{fr.first_name()} {fr.last_name()}".lower(),  # noqa: PLW0108
        ),
        "birth year first": (
            "date_of_birth",
            lambda: us.date_of_birth(minimum_age=1, maximum_age=95),
        ),
    }
    return {name: (kind, [one() for _ in range(ROWS)]) for name, (kind, one) in draw.items()}


def sample(header: str, values: list[object]) -> ColumnSample:
    """Return what a recognizer sees of a column."""
    dated = isinstance(values[0], dt.date)
    texts = pa.array(values).cast(pa.string()).unique()
    storage = "date32[day]" if dated else "string"
    return ColumnSample("t", Column(name=header, storage=storage), texts, len(values))


PLAIN_PATHS = ("$.id", "$.state", "$.tags[]", "$.item.sku", "$.item.made")


def documents(
    locale: str, *, helpful: bool, count: int = 40
) -> tuple[list[object], dict[str, str]]:
    """Return JSON documents and the kind at each of their paths that hold personal data.

    The 15 kinds stand in objects, in objects in lists and in lists of strings; the fields tell
    what they hold, or nothing. What stands at ``PLAIN_PATHS`` names nobody.
    """
    held = {kind: [str(value) for value in values] for kind, values in columns(locale).items()}
    rng = random.Random(7)
    field = dict(HEADERS) if helpful else {kind: f"f{at}" for at, kind in enumerate(HEADERS)}
    in_list = ("email", "phone_number", "mac_address")
    in_listed_object = ("iban", "credit_card_number", "ipv4_address")
    places, made = {}, []
    for row in range(count):
        user: dict[str, object] = {}
        accounts: list[dict[str, str]] = [{}]
        for kind, name in field.items():
            value = held[kind][row]
            if kind in in_list:
                user[name] = [value, held[kind][row + count // 2]]
                places[f"$.data.user.{name}[]"] = kind
            elif kind in in_listed_object:
                accounts[0][name] = value
                places[f"$.data.accounts[].{name}"] = kind
            else:
                user[name] = value
                places[f"$.data.user.{name}"] = kind
        item = {"sku": f"QX-{rng.randint(1000, 9999)}", "made": f"2024-0{rng.randint(1, 9)}-11"}
        plain = {"id": row, "state": rng.choice(["open", "closed"]), "tags": ["new", "vip"]}
        made.append({**plain, "item": item, "data": {"user": user, "accounts": accounts}})
    return [json.dumps(document, ensure_ascii=False) for document in made], places


def values_at(document: str, path: str) -> list[str]:
    """Return what stands at a path of a JSON document, as text."""
    parts = [json.loads(document)]
    for step in path.removeprefix("$.").split("."):
        parts = [part[step.removesuffix("[]")] for part in parts]
        if step.endswith("[]"):
            parts = [each for part in parts for each in part]
    return [str(part) for part in parts]


_TEXTS = {
    "en": (
        "Spoke with {name} about the invoice. Please call back at {phone} or mail {email}.",
        "{name} moved to {address}. Old contract stays active.",
        "The printer in the main office is broken again, ticket reopened by {name}.",
        "Identity checked, date of birth {born}, caller {name}.",
    ),
    "de": (
        "Frau {last} hat am Montag angerufen, Rückruf unter {phone}.",
        "Kunde {name} wohnt jetzt in {address} und bittet um eine neue Rechnung.",
        "Bitte die Lieferung an {name} prüfen, Mail an {email}.",
        "{name}, geb. am {born}, möchte den Vertrag kündigen.",
    ),
    "fr": (
        "Madame {last} a appelé, rappeler au {phone}.",
        "{name} habite maintenant {address}.",
        "Merci d'envoyer la facture à {email}, contact {name}.",
        "Dossier de {name}, née le {born}, à compléter.",
    ),
    "es": (
        "La señora {last} llamó ayer, devolver la llamada al {phone}.",
        "El cliente {name}, nacido el {born}, quiere cambiar de tarifa.",
        "{name} vive ahora en {address}.",
        "Enviar la factura a {email}, a la atención de {name}.",
    ),
    "it": (
        "La signora {last} ha chiamato, richiamare al {phone}.",
        "{name}, nata il {born}, chiede una copia del contratto.",
        "Il cliente {name} abita ora in {address}.",
        "Mandare la fattura a {email}, contatto {name}.",
    ),
    "nl": (
        "Mevrouw {last} heeft gebeld, terugbellen op {phone}.",
        "Klant {name} (geboren {born}) wil het abonnement stoppen.",
        "{name} woont nu op {address}.",
        "Graag de rekening naar {email} sturen, ter attentie van {name}.",
    ),
    "sv": (
        "Fru {last} ringde i går, ring tillbaka på {phone}.",
        "Kunden {name}, född {born}, vill byta abonnemang.",
        "{name} bor numera på {address}.",
        "Skicka fakturan till {email}, kontakt {name}.",
    ),
    "pt": (
        "A senhora {last} ligou ontem, retornar para {phone}.",
        "{name}, nascido em {born}, pediu outra via do contrato.",
        "O cliente {name} mora agora em {address}.",
        "Mandar a fatura para {email}, contato {name}.",
    ),
}
_BORN = {
    "en": "%m/%d/%Y", "de": "%d.%m.%Y", "fr": "%d/%m/%Y", "es": "%d/%m/%y", "it": "%d/%m/%Y",
    "nl": "%d-%m-%Y", "sv": "%Y-%m-%d", "pt": "%d/%m/%Y",
}  # fmt: skip


def texts(locales: tuple[str, ...], count: int = 200) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield free texts and what identifies in them, by kind."""
    rng = random.Random(1)
    for locale in locales:
        language = locale.split("_")[0]
        made = Faker(locale)
        made.seed_instance(3)
        for _ in range(count):
            place = made.city() if language == "en" else f"{made.postcode()} {made.city()}"
            held = {
                "name": f"{made.first_name()} {made.last_name()}",
                "last": made.last_name(),
                "phone": made.phone_number(),
                "email": made.email(),
                "born": made.date_of_birth(minimum_age=18).strftime(_BORN[language]),
                "address": f"{made.street_address()}, {place}".replace("\n", ", "),
            }
            form = rng.choice(_TEXTS[language])
            used = {kind: value for kind, value in held.items() if f"{{{kind}}}" in form}
            yield form.format(**held), used
