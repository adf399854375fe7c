"""The built-in value providers are offered as any plugin's are."""

from __future__ import annotations

import subprocess
import sys

from synthkit.generators.values.catalog import SUMMARIES
from synthkit.plugins import Plugins


def test_all_kinds_are_offered() -> None:
    plugins = Plugins(candidates=(), built_in=("synthkit.generators.plugin",))
    open_kinds = {"faker", "mimesis"}  # of methods by their name: faker:license_plate
    assert set(plugins.components("values")) == set(SUMMARIES) | open_kinds
    assert not plugins.set_aside
    assert plugins.create("values", "email")


def test_offering_them_does_not_import_faker() -> None:
    code = (
        "import sys; from synthkit.generators.plugin import synthkit_values;"
        "synthkit_values(); sys.exit('faker' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
