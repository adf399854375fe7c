import re

from synthkit.reports.drawing import panels, png, styled, svg
from synthkit.reports.palette import COLOURS, SERIES


def drawn():
    with styled():
        figure, axes = panels(2)
        axes[0].plot([0, 1], [0, 1], color=SERIES["real"].colour)
        axes[1].set_title('<b> & "quoted" $100')
    return figure


def test_colours_are_the_pages():
    made = svg(drawn(), "one", "A line.")
    assert "var(--real)" in made
    assert "var(--ink)" in made
    for colour in COLOURS:
        assert colour not in made


def test_a_figure_is_read_out_and_cannot_break_the_page():
    made = svg(drawn(), "one", 'A "line" & <more>.')
    assert 'aria-label="A &quot;line&quot; &amp; &lt;more&gt;."' in made
    assert "<b>" not in made
    assert "$100" in made
    assert "<script" not in made
    assert "var(--font)" in made


def test_ids_of_two_figures_differ():
    ids = [set(re.findall(r'\bid="([^"]+)"', svg(drawn(), name, ""))) for name in ("a", "b")]
    assert ids[0]
    assert not ids[0] & ids[1]
    made = svg(drawn(), "a", "")
    assert set(re.findall(r"url\(#([^)]+)\)", made)) <= ids[0]


def test_the_same_figure_gives_the_same_bytes():
    assert svg(drawn(), "a", "") == svg(drawn(), "a", "")
    assert png(drawn()) == png(drawn())
    assert png(drawn())[:4] == b"\x89PNG"
