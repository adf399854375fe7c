"""SDV's models as bytes: SDV has no other form than pickles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthkit.errors import ArtifactError
from synthkit.synthesizers.sdv.library import require_sdv

if TYPE_CHECKING:
    from synthkit.synthesizers.sdv.hierarchical import SeededHMA

__all__ = ["pickled", "unpickled"]


def pickled(model: SeededHMA) -> bytes:
    """Return a model as SDV's own ``save`` writes it."""
    import cloudpickle  # type: ignore[import-untyped] # has no types

    return bytes(cloudpickle.dumps(model))


def unpickled(data: bytes) -> SeededHMA:
    """Return a model from its bytes, running the code that they name: for trusted files alone.

    Raises `UnsupportedError` without SDV, `ArtifactError` for bytes that this SDV cannot read.
    """
    require_sdv()
    import cloudpickle

    from synthkit.synthesizers.sdv.hierarchical import SeededHMA
    from synthkit.synthesizers.sdv.seeding import quiet

    try:
        with quiet():
            model = cloudpickle.loads(data)
    except Exception as error:
        raise ArtifactError(
            f"SDV cannot read its part of the model file ({type(error).__name__}).",
            hint="It was pickled by another version of SDV, or is damaged: fit the data again.",
        ) from error
    if not isinstance(model, SeededHMA):
        raise ArtifactError(
            "SDV's part of the model file holds something else.", hint="Fit the data again."
        )
    return model
