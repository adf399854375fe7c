"""All privacy measures of a data set, and which of them are worse than chance explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

from synthkit.metrics.auc import Interval
from synthkit.metrics.privacy.attacks import Attack, Membership, inference, linkability, membership
from synthkit.metrics.privacy.canaries import Canaries
from synthkit.metrics.privacy.closeness import Closeness, closeness
from synthkit.metrics.privacy.copies import Copies, copies
from synthkit.metrics.privacy.records import views_of
from synthkit.metrics.privacy.singling import singling_out
from synthkit.metrics.sides import Side
from synthkit.randomness import Streams

__all__ = ["Leak", "Privacy", "privacy"]


@dataclass(frozen=True)
class Leak:
    """A privacy measure whose whole 95% interval lies on the wrong side of what chance gives."""

    measure: str
    table: str
    detail: str


@dataclass(frozen=True)
class Privacy:
    """All privacy measures of a synthetic data set, table by table.

    Tables of fixed meaning, with fewer than 40 rows on a side, or with fewer than three columns
    are left out; so a table that is not here was not measured. ``canaries`` are those of a model
    that was fitted with some.
    """

    closeness: tuple[Closeness, ...] = ()
    copies: tuple[Copies, ...] = ()
    singling_out: tuple[Attack, ...] = ()
    linkability: tuple[Attack, ...] = ()
    inference: tuple[Attack, ...] = ()
    membership: tuple[Membership, ...] = ()
    canaries: tuple[Canaries, ...] = ()

    def scores(self) -> Iterator[tuple[str, list[tuple[str, float]]]]:
        """Yield each measure's name and its scores with their tables; less is better of all.

        Shares and areas below .5 count as .5: no closer than chance.
        """
        yield "dcr", [(x.table, max(0.5, x.dcr.value)) for x in self.closeness]
        yield "nndr", [(x.table, max(0.5, x.nndr.value)) for x in self.closeness]
        yield "copies", [(x.table, x.gain.value) for x in self.copies]
        for name, attacks in self._attacks():
            yield name, [(x.table, x.risk.value) for x in attacks]
        yield "membership", [(x.table, max(0.5, x.auc.value)) for x in self.membership]
        if self.canaries:
            yield "canaries", [(x.table, max(0.5, x.nearer.value)) for x in self.canaries]

    def leaks(self) -> Iterator[Leak]:
        """Yield what is worse than chance explains, at 95% for each measure as a whole.

        A measure that was taken k times is held against intervals of 1 - .05 / k (Bonferroni).
        """
        taken = list(self._taken())
        counts = Counter(measure for _, measure, _, _, _ in taken)
        for table, measure, detail, found, chance in taken:
            reach = NormalDist().inv_cdf(1 - 0.025 / counts[measure]) / NormalDist().inv_cdf(0.975)
            if found.value - reach * (found.value - found.low) > chance:
                yield Leak(measure, table, detail)

    def _taken(self) -> Iterator[tuple[str, str, str, Interval, float]]:
        """Yield table, measure, detail, what was found, and what chance gives."""
        for near in self.closeness:
            yield near.table, "dcr", "", near.dcr, 0.5
            yield near.table, "nndr", "", near.nndr, 0.5
        for copied in self.copies:
            yield copied.table, "copies", "", copied.gain, 0.0
        for name, attacks in self._attacks():
            for attack in attacks:
                about = f"{attack.secret} from {attack.known}" if attack.secret else attack.known
                yield attack.table, name, about, attack.risk, 0.0
        for member in self.membership:
            yield member.table, "membership", member.known, member.auc, 0.5
        for each in self.canaries:
            yield each.table, "canaries", "", each.nearer, 0.5

    def _attacks(self) -> Iterator[tuple[str, tuple[Attack, ...]]]:
        yield "singling_out", self.singling_out
        yield "linkability", self.linkability
        yield "inference", self.inference


def privacy(
    train: Side, synthetic: Side, holdout: Side, streams: Streams, reference: frozenset[str]
) -> Privacy:
    """Measure how much more synthetic rows say of learned rows than of held-out ones.

    ``reference`` tables are left out. The three sides share their columns and codes (`sides_of`).
    """
    near: list[Closeness] = []
    copied: list[Copies] = []
    singled: list[Attack] = []
    linked: list[Attack] = []
    inferred: list[Attack] = []
    members: list[Membership] = []
    for view in views_of((train, holdout, synthetic), reference):
        named = streams.under(view.table)
        near.append(closeness(view, named.under("closeness")))
        found = copies(view)
        copied += [found] if found is not None else []
        singled += singling_out(view, named.under("singling out"))
        linked += linkability(view, named.under("linkability"))
        inferred += inference(view, named.under("inference"))
        members += membership(view, named.under("membership"))
    return Privacy(
        tuple(near), tuple(copied), tuple(singled), tuple(linked), tuple(inferred), tuple(members)
    )
