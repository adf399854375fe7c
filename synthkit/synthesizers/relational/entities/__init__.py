"""Entities, root rows with what hangs below them: told apart from real ones, and chosen."""
