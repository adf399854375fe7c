"""Fixtures of real database servers: each starts once, at the first test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import mariadb, postgresql


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a PostgreSQL server: SYNTHKIT_TEST_POSTGRES, or one that is started here."""
    with postgresql.server() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """URL of a fresh, empty PostgreSQL database."""
    with postgresql.database(postgresql_server) as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """URL of a MariaDB server: SYNTHKIT_TEST_MARIADB, or one that is started here."""
    with mariadb.server() as url:
        yield url


@pytest.fixture
def mariadb_url(mariadb_server: str) -> Iterator[str]:
    """URL (``mysql://``) of a fresh, empty MariaDB database."""
    with mariadb.database(mariadb_server) as url:
        yield url
