"""The site: its pages, how visitors go from one to the next, and where they come from."""

from __future__ import annotations

import numpy as np

from synthkit.domains.chance import Choice

__all__ = [
    "ARTICLE",
    "CAMPAIGNS",
    "CHANNELS",
    "CHANNEL_SOURCES",
    "CHOOSE_CHANNEL",
    "CHOOSE_ELEMENT",
    "CHOOSE_LANDING",
    "CHOOSE_NEXT",
    "CONVERSIONS",
    "DEVICES",
    "DWELL",
    "ELEMENTS",
    "PAGES",
    "PATHS",
    "TRIAL_FORM",
    "VIDEO",
    "WANDERLUST",
]

PAGES = ("home", "article", "video", "product", "pricing", "about", "sign-up")
ARTICLE, VIDEO = PAGES.index("article"), PAGES.index("video")

DWELL = np.array([22, 95, 130, 48, 60, 30, 40], dtype=float)
"""Median seconds on each kind of page."""

CHANNELS = ("organic search", "direct", "paid search", "social", "email", "referral")
CHANNEL_SOURCES = {
    "paid search": ("google", "bing"),
    "social": ("linkedin", "twitter", "youtube", "reddit"),
    "email": ("newsletter", "onboarding"),
}
"""Sources of the channels that have campaigns; the others have no utm fields."""

CAMPAIGNS = ("brand", "product-launch", "webinar-series", "case-study", "retargeting", "year-end")
WANDERLUST = np.array([1.1, 1.4, 0.8, 0.6, 1.3, 1.2])
"""How many pages visitors of each channel look at, against the average."""

DEVICES = ("desktop", "mobile", "tablet")
CHOOSE_CHANNEL = Choice(np.array([36, 22, 13, 14, 9, 6], dtype=float))
CHOOSE_LANDING = Choice(
    np.array(
        [
            [20, 48, 8, 14, 6, 3, 1],
            [62, 10, 4, 8, 8, 4, 4],
            [10, 6, 3, 45, 24, 1, 11],
            [8, 46, 32, 8, 3, 2, 1],
            [8, 50, 18, 12, 6, 1, 5],
            [30, 38, 8, 14, 5, 4, 1],
        ],
        dtype=float,
    )
)
"""The kind of page on which visitors of each channel land."""

CHOOSE_NEXT = Choice(
    np.array(
        [
            [2, 24, 12, 34, 16, 10, 2],
            [12, 48, 10, 16, 8, 3, 3],
            [10, 18, 40, 18, 8, 3, 3],
            [8, 12, 10, 34, 28, 3, 5],
            [6, 6, 4, 26, 18, 8, 32],
            [34, 14, 6, 22, 10, 4, 10],
            [22, 14, 6, 22, 30, 4, 2],
        ],
        dtype=float,
    )
)
"""From each kind of page to the next one."""

ELEMENTS = (
    "link",
    "menu",
    "call to action",
    "download",
    "play button",
    "search",
    "trial form",
    "contact form",
)
TRIAL_FORM = ELEMENTS.index("trial form")
CONVERSIONS = np.array([False, False, False, False, False, False, True, True])
"""Elements whose use makes a visitor a lead."""

CHOOSE_ELEMENT = Choice(
    np.array(
        [
            [40, 30, 22, 0, 2, 6, 0, 0],
            [58, 14, 12, 10, 2, 3, 0, 1],
            [24, 12, 10, 2, 50, 2, 0, 0],
            [30, 16, 34, 8, 8, 3, 0, 1],
            [18, 14, 54, 2, 0, 2, 6, 4],
            [44, 34, 8, 2, 0, 4, 0, 8],
            [6, 8, 4, 0, 0, 0, 62, 20],
        ],
        dtype=float,
    )
)
"""What is clicked on each kind of page."""

PATHS = (
    ("/", "/en", "/start"),
    tuple(f"/blog/{name}" for name in (
        "getting-started", "automation", "reporting", "data-quality", "security-basics",
        "customer-stories", "integrations", "team-habits", "checklists", "year-in-review",
    )),
    tuple(f"/videos/{name}" for name in ("tour", "demo", "interview", "recap", "how-it-works")),
    tuple(f"/product/{name}" for name in ("overview", "features", "integrations", "security")),
    ("/pricing", "/pricing/teams", "/pricing/enterprise"),
    ("/about", "/about/team", "/careers", "/contact"),
    ("/sign-up", "/sign-up/confirm"),
)  # fmt: skip
"""Paths of each kind of page; articles and videos that are rows have paths of their own."""
