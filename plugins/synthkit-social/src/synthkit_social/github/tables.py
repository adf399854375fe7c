"""The tables of GitHub, their keys, and the rules that every row keeps."""

from __future__ import annotations

from synthkit.domains.fields import (
    after,
    category,
    flag,
    identifier,
    json_text,
    key,
    moment,
    number,
    personal,
    words,
)
from synthkit.schema import Inequality, Range, Table, UniqueTogether

__all__ = ["KEYS", "REPOSITORIES", "RULES", "STARS", "USERS"]

USERS = Table(
    name="github_users",
    columns=(
        identifier("id"),
        identifier("person_id"),
        personal("username", "user_name"),
        personal("name", "name", nullable=True),
        words("bio", nullable=True),
        personal("company", "company", nullable=True),
        personal("location", "city", nullable=True),
        moment("created_at"),
        number("followers"),
        number("public_repos"),
        number("stars_given"),
    ),
    primary_key=("id",),
    alternate_keys=(("username",),),
)
REPOSITORIES = Table(
    name="github_repositories",
    columns=(
        identifier("id"),
        identifier("owner_id"),
        words("name"),
        words("description", nullable=True),
        category("language", nullable=True),
        json_text("topics", nullable=True),
        category("license", nullable=True),
        flag("is_fork"),
        identifier("fork_of_id", nullable=True),
        number("stars"),
        number("forks"),
        number("open_issues"),
        number("size_kb"),
        flag("archived"),
        moment("created_at"),
        moment("pushed_at"),
        moment("updated_at"),
    ),
    primary_key=("id",),
)
STARS = Table(
    name="github_stars",
    columns=(identifier("user_id"), identifier("repository_id"), moment("starred_at")),
    primary_key=("user_id", "repository_id"),
)
KEYS = (
    key("github_users", "person_id", "people"),
    key("github_repositories", "owner_id", "github_users"),
    key("github_repositories", "fork_of_id", "github_repositories"),
    key("github_stars", "user_id", "github_users"),
    key("github_stars", "repository_id", "github_repositories"),
)
RULES = (
    UniqueTogether(table="github_repositories", columns=("owner_id", "name")),
    Inequality(table="github_repositories", low="created_at", high="pushed_at"),
    Inequality(table="github_repositories", low="pushed_at", high="updated_at"),
    Range(table="github_repositories", column="stars", low=0),
    Range(table="github_repositories", column="size_kb", low=1),
    after("github_repositories", "created_at", "github_users", "created_at", "owner_id"),
    after("github_repositories", "created_at", "github_repositories", "created_at", "fork_of_id"),
    after("github_stars", "starred_at", "github_users", "created_at", "user_id"),
    after("github_stars", "starred_at", "github_repositories", "created_at", "repository_id"),
)
