"""The tables of LinkedIn, their keys, and the rules that every row keeps."""

from __future__ import annotations

from synthkit.domains.fields import (
    before,
    category,
    day,
    flag,
    identifier,
    key,
    moment,
    number,
    personal,
    words,
)
from synthkit.schema import Inequality, Range, Table

__all__ = ["KEYS", "POSITIONS", "PROFILES", "RULES"]

PROFILES = Table(
    name="linkedin_profiles",
    columns=(
        identifier("id"),
        identifier("person_id"),
        words("headline"),
        words("summary", nullable=True),
        category("industry"),
        personal("location", "city"),
        number("connections"),
        number("position_count"),
        flag("open_to_work"),
        moment("created_at"),
        moment("updated_at"),
    ),
    primary_key=("id",),
    alternate_keys=(("person_id",),),
)
POSITIONS = Table(
    name="linkedin_positions",
    columns=(
        identifier("id"),
        identifier("profile_id"),
        category("title"),
        personal("company", "company"),
        category("seniority"),
        category("employment_type"),
        day("started_on"),
        day("ended_on", nullable=True),
        flag("is_current"),
    ),
    primary_key=("id",),
)
KEYS = (
    key("linkedin_profiles", "person_id", "people", unique=True),
    key("linkedin_positions", "profile_id", "linkedin_profiles"),
)
RULES = (
    Inequality(table="linkedin_profiles", low="created_at", high="updated_at"),
    Inequality(table="linkedin_positions", low="started_on", high="ended_on"),
    Range(table="linkedin_profiles", column="connections", low=0, high=30_000),
    before("linkedin_positions", "started_on", "linkedin_profiles", "updated_at", "profile_id"),
)
