"""The source of databases: PostgreSQL, MySQL and MariaDB, SQLite, DuckDB, others by SQLAlchemy."""
