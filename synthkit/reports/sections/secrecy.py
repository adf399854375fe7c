"""Privacy: whether synthetic rows say more of learned rows than of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from synthkit.contracts.section import Grid, Plot, Section, SectionInputs
from synthkit.metrics import Privacy
from synthkit.metrics.auc import Interval
from synthkit.reports.drawing import figure, styled
from synthkit.reports.palette import FAINT, SERIES
from synthkit.reports.sections.wording import between, rounded, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Secrecy"]

_MOST = 24


class Secrecy:
    """Builds the section from the evaluation's privacy measures."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return every measure with its interval, and what is worse than chance."""
        found = inputs.scores.privacy if inputs.scores is not None else None
        if found is None:
            if inputs.synthetic is None:
                return None
            return Section(
                "Privacy",
                "Not measured: it takes real rows that were not learned. Fit with --holdout 0.2 "
                "and give --model, or give --holdout.",
            )
        leaks = list(found.leaks())
        shares = _shares(found)
        parts = []
        if found.closeness:
            parts.append(Section("Attacks", _ATTACKS, grids=(_attacks(found),)))
            parts.append(Section("Copies", _COPIES, grids=(_copies(found),)))
        if found.canaries:
            parts.append(Section("Canaries", _CANARIES, grids=(_canaries(found),)))
        if not shares:
            return Section("Privacy", "No table has enough rows and columns to be measured.")
        with styled():
            drawing = _draw(shares)
        alt = (
            f"Shares with intervals for {len(shares)} measures of closeness; .5 is what chance "
            f"gives. {len(leaks)} measures are worse than chance explains."
        )
        header = ["measure", "share (95% interval)"]
        plot = Plot(
            "privacy",
            "Closeness to learned rows",
            alt,
            drawing,
            Grid(header, [[name, between(each)] for name, each in shares]),
        )
        return Section("Privacy", _text(leaks), plots=(plot,), parts=parts)


_ATTACKS = (
    "Each attack is run on learned rows and, as its control, on held-out rows. The risk is what "
    "it gains by a row having been learned; true patterns of the population are no risk of it."
)
_COPIES = "Rows that agree with a learned row in every column; base is the share of held-out rows."

_CANARIES = (
    "Invented records that were planted among what was learned, beside 49 twins each that were "
    "not. Nearer is the share of twins that are farther from any synthetic row (.5 by chance), "
    "surfaced the share of canaries found word for word, base that of twins."
)


def _text(leaks: Sequence[object]) -> str:
    text = (
        "DCR is the share of synthetic rows that are nearer to learned than to held-out rows, "
        "NNDR the share that stand out more among learned rows; membership is the AUC of telling "
        "learned rows by their closeness. Chance gives .5 of all three, and of the canaries. "
    )
    if not leaks:
        return text + "No measure is worse than chance explains (at 95%)."
    named = sorted({f"{leak.measure} of {leak.table}" for leak in leaks})  # type: ignore[attr-defined]
    return text + f"Worse than chance explains (at 95%): {', '.join(named)}."


def _shares(found: Privacy) -> list[tuple[str, Interval]]:
    shares = [
        (f"{name}, {near.table}", share)
        for near in found.closeness
        for name, share in (("DCR", near.dcr), ("NNDR", near.nndr))
    ]
    shares += [(f"canaries, {each.table}", each.nearer) for each in found.canaries]
    shares += [(f"membership, {each.table} ({each.known})", each.auc) for each in found.membership]
    return sorted(shares, key=lambda each: -each[1].value)


def _draw(shares: list[tuple[str, Interval]]) -> Figure:
    shown = shares[:_MOST]
    drawing = figure(0.7 + 0.24 * len(shown))
    place = drawing.add_subplot()
    place.axvline(0.5, color=FAINT, linewidth=0.8)
    look = SERIES["synthetic"]
    for at, (_, each) in enumerate(shown):
        place.plot([each.low, each.high], [at, at], color=look.colour, linewidth=1.4)
        place.plot([each.value], [at], marker=look.marker, color=look.colour, markersize=5)
    place.set_yticks(range(len(shown)), [short(name, 40) for name, _ in shown])
    place.set_ylim(len(shown) - 0.5, -0.5)
    low = min(each.low for _, each in shown)
    high = max(each.high for _, each in shown)
    place.set_xlim(min(0.4, low - 0.02), max(0.6, high + 0.02))
    return drawing


def _attacks(found: Privacy) -> Grid:
    named = (
        ("singling out", found.singling_out),
        ("linkability", found.linkability),
        ("inference", found.inference),
    )
    rows: list[list[str | float | None]] = [
        [
            name,
            each.table,
            each.secret or "",
            each.known,
            rounded(each.success.value),
            rounded(each.control.value),
            between(each.risk),
        ]
        for name, attacks in named
        for each in sorted(attacks, key=lambda one: -one.risk.value)
    ]
    header = ["attack", "table", "secret", "known", "success", "control", "risk (95% interval)"]
    return Grid(header, rows)


def _canaries(found: Privacy) -> Grid:
    rows: list[list[str | float | None]] = [
        [
            each.table,
            each.count,
            between(each.nearer),
            rounded(each.surfaced.value, 4),
            rounded(each.base.value, 4),
            rounded(each.exposure, 2),
            rounded(each.epsilon, 2),
        ]
        for each in found.canaries
    ]
    header = [
        "table", "canaries", "nearer (95% interval)", "surfaced", "base", "exposure (bits)",
        "epsilon at least",
    ]  # fmt: skip
    return Grid(header, rows)


def _copies(found: Privacy) -> Grid:
    rows: list[list[str | float | None]] = [
        [
            each.table,
            rounded(each.synthetic.value, 4),
            rounded(each.base.value, 4),
            between(each.gain),
        ]
        for each in found.copies
    ]
    return Grid(["table", "synthetic", "base", "gain (95% interval)"], rows)
