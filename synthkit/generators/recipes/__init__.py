"""Recipes: tables described in a file, and made from it as a generator plugin makes its own."""
