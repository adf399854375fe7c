"""Profiles, and positions one after the other, whose last one the headline names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.chance import Choice, happens, pareto
from synthkit.domains.clock import DAY
from synthkit.domains.columns import (
    Flags,
    Floats,
    Ints,
    days,
    flags,
    pool,
    table,
    text,
    times,
    whole,
)
from synthkit.domains.layout import Block
from synthkit.domains.shares import apportion
from synthkit.domains.texts import joined
from synthkit.domains.trees import places_in_groups
from synthkit_social.linkedin.careers import (
    INDUSTRIES,
    INDUSTRY_SHARES,
    LADDER_COUNTS,
    LEVELS,
    TITLES,
)
from synthkit_social.linkedin.tables import POSITIONS, PROFILES
from synthkit_social.people import Accounts, Crowd, open_accounts, taken
from synthkit_social.world import World

__all__ = ["make_linkedin"]

EMPLOYMENT = ("full-time", "part-time", "contract", "internship")
_EMPLOYMENT = Choice(
    np.array([[45, 20, 10, 25], [80, 12, 8, 0], [86, 8, 6, 0], [92, 3, 5, 0], [97, 1, 2, 0]], float)
)
_INDUSTRIES = Choice(INDUSTRY_SHARES)
FIRST_LADDERS = np.cumsum(LADDER_COUNTS) - LADDER_COUNTS

SEARCHING = 0.12
"""Share of people with a past but no present position."""

EMPLOYEES = 3.0
"""Positions for each company, on average."""

SENTENCES = {
    "en": (
        ["I have spent {} years in {}.", "{} years of experience in {}."],
        [
            "I like small teams and clear goals.",
            "What drives me is work that somebody uses.",
            "I am at my best when things are not yet in order.",
            "Colleagues call me patient.",
            "I care about good processes and better coffee.",
            "Always happy to exchange ideas.",
        ],
    ),
    "de": (
        ["Seit {} Jahren bin ich in der Branche {}.", "{} Jahre Erfahrung in der Branche {}."],
        [
            "Ich mag kleine Teams und klare Ziele.",
            "Mich treibt Arbeit an, die jemand braucht.",
            "Am besten bin ich, wenn noch nichts geordnet ist.",
            "Kollegen nennen mich geduldig.",
            "Mir liegt an guten Abläufen und besserem Kaffee.",
            "Über Austausch freue ich mich immer.",
        ],
    ),
}


@dataclass(frozen=True)
class Careers:
    """The positions of a block, profile by profile from the first to the last of each."""

    profile: Ints
    level: Ints
    company: Ints
    started: Ints
    ended: Ints
    current: Flags
    last: Flags


def make_linkedin(block: Block, crowd: Crowd, world: World) -> dict[str, pa.Table]:
    """Return the tables of a block: profiles, positions."""
    streams = world.streams.under("linkedin", block.number)
    rng = streams.at("profiles")
    profiles = open_accounts("linkedin_profiles", block, crowd, world, rng)
    count = len(profiles)
    industry = _INDUSTRIES.draw(count, rng)
    ladder = FIRST_LADDERS[industry] + rng.integers(0, LADDER_COUNTS[industry])
    careers = _work(block, count, industry, world, streams.at("careers"))
    names, _ = world.people.companies(
        np.zeros(max(1, _companies(block)), dtype=np.int64), block.before["linkedin_positions"]
    )
    titles = pool([title for each in TITLES for title in each])
    title = text(titles, ladder[careers.profile] * len(LEVELS) + careers.level)
    company = names.take(pa.array(careers.company))
    return {
        "linkedin_profiles": _profile_rows(
            profiles, crowd, industry, careers, (title, company), world, rng
        ),
        "linkedin_positions": table(
            POSITIONS,
            {
                "id": whole(block.ids("linkedin_positions")),
                "profile_id": whole(profiles.ids[careers.profile]),
                "title": title,
                "company": company,
                "seniority": text(pool(LEVELS), careers.level),
                "employment_type": text(
                    pool(EMPLOYMENT), _EMPLOYMENT.draw_by(careers.level, streams.at("kinds"))
                ),
                "started_on": days(careers.started),
                "ended_on": days(careers.ended, careers.current),
                "is_current": flags(careers.current),
            },
        ),
    }


def _companies(block: Block) -> int:
    return max(len(INDUSTRIES), int(block.rows["linkedin_positions"] / EMPLOYEES))


def _work(
    block: Block, count: int, industry: Ints, world: World, rng: np.random.Generator
) -> Careers:
    """Return the positions: as many for each profile as its years allow, one after the other."""
    years = 0.5 + rng.standard_gamma(2.2, count) * 4.5
    number = apportion(block.rows["linkedin_positions"], years * happens(0.93, count, rng))
    profile = np.repeat(np.arange(count), number)
    total = len(profile)
    place = places_in_groups(profile)
    last = place == number[profile] - 1
    today = world.clock.end // DAY
    searching = happens(SEARCHING, count, rng)
    since = np.where(searching, 20 + rng.standard_exponential(count) * 150, 0).astype(np.int64)
    # From the last position backwards: each took its time, with a gap before the next.
    length = (30 + rng.standard_gamma(1.6, total) * 620).astype(np.int64)
    gap = np.where(last, since[profile], rng.integers(0, 120, total) * happens(0.4, total, rng))
    spent = _sums_to_the_end(profile, length + gap)
    started = today - spent
    ended = started + length
    level = np.minimum(
        (place * 0.9 + years[profile] / 14 + rng.random(total) - 0.4).clip(0).astype(np.int64),
        len(LEVELS) - 1,
    )
    level = _rising(profile, level)
    companies = _companies(block)
    share = companies // len(INDUSTRIES)
    firm = (rng.random(total) ** 2.2 * share).astype(np.int64)
    return Careers(
        profile=profile,
        level=level,
        company=firm * len(INDUSTRIES) + industry[profile],
        started=started,
        ended=ended,
        current=last & ~searching[profile],
        last=last,
    )


def _sums_to_the_end(groups: Ints, values: Ints) -> Ints:
    """Return, for each row, the sum of the values from it to the last row of its group."""
    if not len(groups):
        return values
    sums = np.cumsum(values[::-1])[::-1]
    ends = np.append(np.flatnonzero(np.diff(groups)), len(groups) - 1)
    after = np.append(sums[1:], 0)[ends]
    rows = np.diff(np.concatenate([[-1], ends]))
    found: Ints = sums - np.repeat(after, rows)
    return found


def _rising(groups: Ints, levels: Ints) -> Ints:
    """Return the highest level so far within each group: nobody is demoted."""
    if not len(groups):
        return levels
    steps = groups * (len(LEVELS) + 1)
    found: Ints = np.maximum.accumulate(steps + levels) - steps
    return found


def _profile_rows(
    profiles: Accounts,
    crowd: Crowd,
    industry: Ints,
    careers: Careers,
    last_jobs: tuple[pa.Array, pa.Array],
    world: World,
    rng: np.random.Generator,
) -> pa.Table:
    count, person = len(profiles), profiles.person
    number = np.bincount(careers.profile, minlength=count)
    first_day = np.full(count, world.clock.end // DAY)
    np.minimum.at(first_day, careers.profile, careers.started)
    current = np.zeros(count, dtype=np.bool_)
    current[careers.profile[careers.current]] = True
    years = (world.clock.end / DAY - first_day) / 365.25
    zone = profiles.zone
    # Whoever has had a position has entered it, so the last change is not before it began.
    latest = np.zeros(count, dtype=np.int64)
    np.maximum.at(latest, careers.profile, careers.started * DAY)
    low = np.maximum(profiles.created, latest)
    updated = world.clock.between(low, world.clock.end, zone, rng.random(count))
    known = 25 * pareto(1.5, count, rng, 400) * (1 + years / 6)
    return table(
        PROFILES,
        {
            "id": whole(profiles.ids),
            "person_id": whole(crowd.ids[person]),
            "headline": _headlines(careers, industry, current, last_jobs),
            "summary": _summaries(profiles.language, industry, years, number == 0, world, rng),
            "industry": text(pool(INDUSTRIES), industry),
            "location": taken(crowd, "city", person),
            "connections": whole(np.minimum(known, 30_000)),
            "position_count": whole(number),
            "open_to_work": flags(happens(np.where(current, 0.06, 0.6), count, rng)),
            "created_at": times(profiles.created),
            "updated_at": times(updated),
        },
    )


def _headlines(
    careers: Careers, industry: Ints, current: Flags, last_jobs: tuple[pa.Array, pa.Array]
) -> pa.Array:
    """Return the present title and company, or the industry of those who have none."""
    title, company = last_jobs
    count = len(industry)
    rows = np.full(count, -1, dtype=np.int64)
    rows[careers.profile[careers.last]] = np.flatnonzero(careers.last)
    present = pa.array(np.maximum(rows, 0))
    looking = text(pool([f"Looking for a position in {name}" for name in INDUSTRIES]), industry)
    if not len(title):
        return looking
    jobs = joined(title.take(present), company.take(present), separator=" at ")
    return pc.if_else(pa.array(current), jobs, looking)


def _summaries(
    language: Ints,
    industry: Ints,
    years: Floats,
    missing: Flags,
    world: World,
    rng: np.random.Generator,
) -> pa.Array:
    """Return two sentences about the career; null for those without one, and for some others."""
    count = len(language)
    whole_years = np.clip(years, 1, 45).astype(np.int64)
    openings, endings = [], []
    for name in world.library.languages:
        first, second = SENTENCES[name]
        openings += [
            template.format(year, field)
            for template in first
            for year in range(1, 46)
            for field in INDUSTRIES
        ]
        endings += second
    size = len(openings) // len(world.library.languages)
    index = (
        language * size
        + rng.integers(0, 2, count) * 45 * len(INDUSTRIES)
        + (whole_years - 1) * len(INDUSTRIES)
        + industry
    )
    last = language * 6 + rng.integers(0, 6, count)
    text_ = joined(
        text(pool([each.replace(" 1 years", " 1 year") for each in openings]), index),
        text(pool(endings), last),
    )
    return pc.if_else(pa.array(missing | happens(0.35, count, rng)), None, text_)
