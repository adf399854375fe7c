"""How private synthetic rows are, measured against real rows that were not learned.

Everything is relative: held-out rows show what chance and true patterns give.
"""

from synthkit.metrics.privacy.attacks import Attack, Membership
from synthkit.metrics.privacy.canaries import Canaries, Planted, plant, surfacing
from synthkit.metrics.privacy.closeness import Closeness
from synthkit.metrics.privacy.copies import Copies
from synthkit.metrics.privacy.leaks import Leak, Privacy, privacy

__all__ = [
    "Attack",
    "Canaries",
    "Closeness",
    "Copies",
    "Leak",
    "Membership",
    "Planted",
    "Privacy",
    "plant",
    "privacy",
    "surfacing",
]
