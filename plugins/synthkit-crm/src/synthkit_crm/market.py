"""What drives the domain: industries, company sizes, products and topics, with their effects.

Lists are in the order of the arrays that go with them. The last industry stands for consumers.
"""

from __future__ import annotations

import numpy as np

from synthkit.domains.columns import pool

__all__ = [
    "CATEGORIES",
    "CATEGORY_NOUNS",
    "CATEGORY_PRICES",
    "CONSUMER",
    "INDUSTRIES",
    "INDUSTRY_SHARES",
    "INDUSTRY_SPENDING",
    "SIZES",
    "SIZE_BASKETS",
    "SIZE_EMPLOYEES",
    "SIZE_SHARES",
    "SIZE_SPENDING",
    "TASTES",
    "TOPICS",
    "TOPIC_TASTES",
]

INDUSTRIES = pool(
    [
        "Finance",
        "Energy",
        "Healthcare",
        "Software",
        "Manufacturing",
        "Logistics",
        "Construction",
        "Retail",
        "Education",
        "Hospitality",
    ]
)
CONSUMER = len(INDUSTRIES)
INDUSTRY_SHARES = np.array([0.1, 0.05, 0.12, 0.16, 0.15, 0.08, 0.09, 0.13, 0.06, 0.06])
INDUSTRY_SPENDING = np.array([2.0, 1.7, 1.5, 1.4, 1.15, 1.0, 0.8, 0.65, 0.6, 0.45, 0.5])
"""How often an industry buys, against the average; consumers last."""

SIZES = pool(["micro", "small", "medium", "large", "enterprise"])
SIZE_SHARES = np.array(
    [
        [0.20, 0.28, 0.26, 0.18, 0.08],
        [0.15, 0.27, 0.28, 0.20, 0.10],
        [0.28, 0.32, 0.22, 0.13, 0.05],
        [0.38, 0.32, 0.18, 0.09, 0.03],
        [0.22, 0.34, 0.27, 0.13, 0.04],
        [0.30, 0.34, 0.22, 0.11, 0.03],
        [0.45, 0.33, 0.16, 0.05, 0.01],
        [0.50, 0.29, 0.13, 0.06, 0.02],
        [0.22, 0.38, 0.28, 0.10, 0.02],
        [0.55, 0.30, 0.11, 0.03, 0.01],
    ]
)
"""Shares of the sizes within each industry."""

SIZE_EMPLOYEES = np.array([1, 10, 50, 250, 1_000, 20_000])
"""A size has from its own number of employees to just below the next one's."""

SIZE_SPENDING = np.array([0.7, 0.9, 1.2, 1.7, 2.4])
SIZE_BASKETS = np.array([0.6, 1.5, 4.0, 11.0, 28.0])
"""Units of a product bought at once beyond the first, on average."""

CATEGORIES = [
    "Licences",
    "Subscriptions",
    "Support",
    "Training",
    "Consulting",
    "Hardware",
    "Accessories",
    "Books",
]
CATEGORY_PRICES = np.array(
    [
        [90, 900],
        [15, 240],
        [60, 600],
        [150, 1_400],
        [400, 2_800],
        [120, 1_900],
        [8, 120],
        [9, 70],
    ]
)
"""Lowest and highest list price."""

CATEGORY_NOUNS = [
    ["Workspace Licence", "Server Licence", "Analytics Licence"],
    ["Cloud Plan", "Team Plan", "Backup Plan"],
    ["Support Package", "Maintenance Contract", "Service Desk"],
    ["Onboarding Course", "Admin Training", "Security Workshop"],
    ["Migration Project", "Process Review", "Integration Service"],
    ["Scanner", "Terminal", "Gateway"],
    ["Docking Station", "Cable Set", "Carry Case"],
    ["Handbook", "Field Guide", "Reference"],
]

TASTES = np.array(
    [
        [22, 18, 16, 8, 14, 10, 4, 2],
        [14, 10, 16, 8, 18, 24, 5, 2],
        [16, 14, 20, 12, 8, 18, 6, 3],
        [26, 32, 8, 8, 6, 4, 6, 4],
        [14, 8, 14, 8, 10, 30, 10, 3],
        [10, 14, 12, 6, 6, 36, 12, 2],
        [8, 10, 10, 8, 6, 34, 18, 4],
        [8, 22, 8, 5, 3, 30, 18, 3],
        [12, 16, 8, 26, 3, 8, 8, 20],
        [6, 26, 8, 6, 2, 28, 18, 3],
        [3, 18, 1, 2, 0, 12, 40, 26],
    ],
    dtype=float,
)
"""How an industry's purchases fall on the categories; consumers last."""

TOPICS = [
    "Getting started",
    "Automation",
    "Data security",
    "Reporting",
    "Integrations",
    "Compliance",
    "Customer stories",
    "Product news",
]
TOPIC_TASTES = np.array(
    [
        [4, 8, 20, 16, 10, 24, 8, 6],
        [4, 14, 14, 14, 12, 20, 8, 6],
        [6, 10, 22, 10, 8, 22, 10, 6],
        [6, 20, 14, 10, 26, 4, 6, 14],
        [8, 28, 8, 14, 16, 8, 10, 8],
        [8, 26, 6, 16, 20, 6, 10, 8],
        [18, 14, 6, 12, 10, 10, 18, 8],
        [16, 14, 8, 18, 12, 4, 14, 14],
        [26, 8, 12, 12, 6, 8, 18, 10],
        [24, 12, 6, 14, 8, 4, 20, 12],
        [40, 4, 6, 4, 4, 1, 11, 30],
    ],
    dtype=float,
)
"""How an industry's interest falls on the topics; consumers last."""
