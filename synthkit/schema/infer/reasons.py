"""Reasons, where inference looks for them."""

from __future__ import annotations

from synthkit.schema.reasons import Reason

__all__ = ["Reason"]
