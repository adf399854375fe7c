"""What databases are told in SQL: names, types, keys, checks, and rows as text. No connections."""
