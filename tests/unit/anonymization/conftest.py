from __future__ import annotations

import pytest

from synthkit.contracts import Beside
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry


@pytest.fixture(scope="session")
def beside() -> Beside:
    return Beside(ValueRegistry(Plugins()))
