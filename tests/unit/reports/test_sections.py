"""What every built-in section keeps to, whatever it says."""

import json

import numpy as np
import pytest

from synthkit.plugins import Plugins
from synthkit.reports.drawing import svg
from synthkit.reports.plugin import synthkit_report_sections

NAMES = [component.name for component in synthkit_report_sections()]


def built(name, inputs):
    builder = Plugins().create("report_sections", name)
    return builder.build(inputs, np.random.Generator(np.random.Philox(1)))


def drawn(section):
    yield from section.plots
    for part in section.parts:
        yield from drawn(part)


def grids(section):
    yield from section.grids
    yield from (plot.grid for plot in section.plots)
    for part in section.parts:
        yield from grids(part)


@pytest.fixture(scope="module", params=NAMES)
def section(request, inputs):
    return built(request.param, inputs)


def test_every_section_has_something_to_say_of_two_data_sets(section):
    assert section is not None
    assert section.title
    assert section.text


def test_every_figure_is_told_in_words_and_numbers(section):
    names = [plot.name for plot in drawn(section)]
    assert len(set(names)) == len(names)
    for plot in drawn(section):
        assert len(plot.alt) > 30
        assert plot.alt.endswith(".")
        assert plot.grid.header


def test_rows_of_grids_fit_their_headers(section):
    for grid in grids(section):
        assert all(len(row) == len(grid.header) for row in grid.rows)


def test_no_label_that_is_personal_or_rare_is_shown(section):
    told = json.dumps([[list(row) for row in grid.rows] for grid in grids(section)])
    told += "".join(plot.alt + svg(plot.drawing, plot.name, plot.alt) for plot in drawn(section))
    assert "secretname" not in told
    assert "Atlantis" not in told


def test_a_single_data_set_is_shown_by_itself(alone):
    shown = {name for name in NAMES if built(name, alone) is not None}
    assert shown == {
        "distributions",
        "correlations",
        "relations",
        "time",
        "validity",
        "contents",
        "lineage",
    }
    for name in shown:
        for plot in drawn(built(name, alone)):
            assert "synthetic" not in plot.alt


def test_figures_are_the_same_each_time(inputs):
    first, again = (built("distributions", inputs).parts[0].plots[0] for _ in range(2))
    one, other = (svg(plot.drawing, plot.name, plot.alt) for plot in (first, again))
    assert one == other
