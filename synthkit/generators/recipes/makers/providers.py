"""Columns of value providers: by kind, any method of Faker, and rows whose columns agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pyarrow as pa

from synthkit.errors import UsageError
from synthkit.generators.recipes.fields import Field, Read, name, one_of
from synthkit.generators.recipes.maker import Kind, Scope
from synthkit.generators.values.catalog import SUMMARIES
from synthkit.schema.files.yaml_nodes import Node

if TYPE_CHECKING:
    from synthkit.generators.recipes.rows import Rows

__all__ = ["Faker", "Person", "Place", "Value"]

PERSONAL = frozenset(
    """address administrative_unit bban building_number city company credit_card_number
    credit_card_security_code date_of_birth email first_name first_name_female first_name_male iban
    ipv4_address ipv6_address last_name latitude license_plate longitude mac_address name password
    phone_number postcode secondary_address ssn state state_abbr street_address street_name
    user_name vin""".split()
)
"""Kinds that can tell who somebody is."""
PERSON = ("first_name", "last_name", "gender", "name", "user_name", "email")
PLACE = (
    "city", "administrative_unit", "state_abbr", "postcode", "country", "country_code", "latitude",
    "longitude", "phone_number",
)  # fmt: skip
_PLAIN = ("industry", "gender", "color_name", "timezone", "word", "job", "currency_name",
          "language_name", "mime_type", "file_extension", "company_suffix")  # fmt: skip
_TEXTS = ("bs", "catch_phrase", "hashtag", "paragraph", "sentence", "text", "title", "slug",
          "word", "uri_path", "image_url", "md5", "sha256", "isbn13")  # fmt: skip
_STORAGES = {"latitude": "double", "longitude": "double", "date_of_birth": "date32[day]"}


def kind_of(value: str) -> Kind:
    """Return what a schema says of a column of a kind of values."""
    storage = _STORAGES.get(value, "string")
    sdtype = value
    if ":" in value or value in _TEXTS:
        sdtype = "unknown"
    elif value in _PLAIN:
        sdtype = "categorical"
    elif value == "uuid":
        sdtype = "id"
    return Kind(
        sdtype, storage, "%Y-%m-%d" if storage.startswith("date") else None, value in PERSONAL
    )


def _method_kind(node: Node, method: str) -> Kind:
    from synthkit.generators.values.methods import faker_storage

    try:
        storage = faker_storage(method)
    except UsageError as error:
        raise node.error(error.message, error.hint) from error
    if storage == "string":
        found = kind_of(method)
        return found if method in SUMMARIES or found.pii else Kind("unknown", storage)
    sdtype = {"bool": "boolean", "int64": "numerical", "double": "numerical"}
    form = "%Y-%m-%d" if storage.startswith("date") else None
    return Kind(sdtype.get(storage, "datetime"), storage, form)


@dataclass(frozen=True)
class Value:
    """Values of a kind that `synthkit plugins` lists."""

    NAME: ClassVar[str] = "value"
    ABOUT: ClassVar[str] = "a kind of values (`synthkit plugins` lists them); the bare kind will do"
    EXAMPLE: ClassVar[str] = "company"
    ARGUMENT: ClassVar[Field] = Field(Node.name, {"type": "string", "minLength": 1})
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    node: Node
    value: str

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of the kind's name."""
        return cls(node, argument)

    def reads(self) -> tuple[Read, ...]:
        return ()

    def not_unique(self) -> str | None:
        return None

    def kind(self, scope: Scope) -> Kind:
        if self.value.startswith("faker:"):
            return _method_kind(self.node, self.value.partition(":")[2])
        return kind_of(self.value)

    def make(self, rows: Rows) -> pa.Array:
        return rows.draw(self.value)


@dataclass(frozen=True)
class Faker(Value):
    """Values of any method of Faker."""

    NAME: ClassVar[str] = "faker"
    ABOUT: ClassVar[str] = "any method of Faker, by its name"
    EXAMPLE: ClassVar[str] = "{faker: license_plate}"

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of the method's name."""
        return cls(node, f"faker:{argument}")

    def kind(self, scope: Scope) -> Kind:
        return _method_kind(self.node, self.value.partition(":")[2])


@dataclass(frozen=True)
class Person:
    """A column of persons whose columns agree."""

    NAME: ClassVar[str] = "person"
    ABOUT: ClassVar[str] = "a column of a person: those of a table agree with each other"
    EXAMPLE: ClassVar[str] = "{person: email, unique: true}"
    ARGUMENT: ClassVar[Field] = one_of(*PERSON)
    BESIDE: ClassVar[Mapping[str, Field]] = {
        "of": name.says("whose, where a row speaks of several: buyer, seller")
    }
    ROWS: ClassVar[str] = "person"

    field: str
    group: str

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of the column's name and the group."""
        return cls(argument, beside.get("of", ""))

    def reads(self) -> tuple[Read, ...]:
        return ()

    def not_unique(self) -> str | None:
        if self.field in ("email", "user_name"):
            return None
        return "only user_name and email of persons are"

    def kind(self, scope: Scope) -> Kind:
        return kind_of(self.field)

    def make(self, rows: Rows) -> pa.Array:
        unique = any(
            each.unique and isinstance(each.maker, Person) and each.maker.group == self.group
            for each in rows.frame.table.columns.values()
        )
        return rows.agreeing(self.ROWS, self.group, self.field, unique, self._beside(rows))

    def _beside(self, rows: Rows) -> list[str]:
        """Return the columns that the table has of the same persons."""
        makers = (each.maker for each in rows.frame.table.columns.values())
        alike = (each for each in makers if isinstance(each, Person) and each.ROWS == self.ROWS)
        return [each.field for each in alike if each.group == self.group]


@dataclass(frozen=True)
class Place(Person):
    """A column of places whose columns agree."""

    NAME: ClassVar[str] = "place"
    ABOUT: ClassVar[str] = "a column of a place: those of a table agree with each other"
    EXAMPLE: ClassVar[str] = "{place: postcode}"
    ARGUMENT: ClassVar[Field] = one_of(*PLACE)
    ROWS: ClassVar[str] = "place"

    def not_unique(self) -> str | None:
        return "many share a place"

    def make(self, rows: Rows) -> pa.Array:
        return rows.agreeing(self.ROWS, self.group, self.field, False, self._beside(rows))
