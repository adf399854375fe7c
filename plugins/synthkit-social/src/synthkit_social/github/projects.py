"""What repositories are about: names, languages, descriptions, topics and licences."""

from __future__ import annotations

import json

import numpy as np

from synthkit.domains.texts import expand

__all__ = [
    "DESCRIPTIONS",
    "LANGUAGES",
    "LANGUAGE_SHARES",
    "LICENSES",
    "LICENSE_SHARES",
    "NAMES",
    "TOPIC_LISTS",
]

_LANGUAGES = {
    "Python": (24, ["python", "cli", "machine-learning", "pandas", "automation"]),
    "JavaScript": (20, ["javascript", "react", "web", "node", "frontend"]),
    "TypeScript": (14, ["typescript", "api", "web", "framework", "frontend"]),
    "Java": (9, ["java", "spring", "backend", "android", "microservices"]),
    "Go": (8, ["go", "kubernetes", "cli", "cloud", "networking"]),
    "Rust": (6, ["rust", "wasm", "systems", "cli", "performance"]),
    "C++": (7, ["cpp", "game-engine", "graphics", "simulation", "embedded"]),
    "Shell": (5, ["bash", "dotfiles", "devops", "linux", "automation"]),
    "R": (3, ["r", "statistics", "data-visualization", "bioinformatics", "reporting"]),
}
LANGUAGES = (*_LANGUAGES, "")
"""Languages of programs; the last is that of repositories without a program."""

LANGUAGE_SHARES = np.array([*(share for share, _ in _LANGUAGES.values()), 4], dtype=float)
_TOPICS = [*(topics for _, topics in _LANGUAGES.values()), ["awesome-list", "docs", "notes"]]
TOPIC_LISTS = tuple(
    [json.dumps(topics[: size + 1]) for size in range(len(topics))] for topics in _TOPICS
)
"""Lists of topics as JSON, by language."""

_WORDS = {
    "mood": (
        "tiny fast lazy simple open smart static async modern safe plain typed local micro quick"
    ).split(),
    "thing": (
        "parser scheduler dashboard router cache logger scraper notebook compiler editor queue "
        "crawler linter player tracker planner proxy bot wiki toolkit"
    ).split(),
    "field": (
        "weather recipe budget game music photo garden chess map mail calendar fitness travel "
        "invoice sensor"
    ).split(),
}
NAMES = tuple(
    expand(["{mood}-{thing}", "{field}-{thing}", "{mood}-{field}-{thing}"], _WORDS, 2_000)
)
"""Names of repositories; none ends in a digit."""

_TEMPLATES = [
    "A {mood} {thing} for {field} data",
    "{Field} {thing} written for fun",
    "The {mood} {thing} I wanted to have",
    "{Mood} {field} {thing} with as few dependencies as possible",
    "Self-hosted {field} {thing}",
    "Command line {thing} for {field} lovers",
]
DESCRIPTIONS = tuple(
    tuple(
        expand([f"{template}, in {name}" if name else template for template in _TEMPLATES], _WORDS)
    )
    for name in LANGUAGES
)
"""Descriptions, by language."""

LICENSES = ("MIT", "Apache-2.0", "GPL-3.0", "BSD-3-Clause", "MPL-2.0")
LICENSE_SHARES = np.array([55, 20, 14, 8, 3], dtype=float)
