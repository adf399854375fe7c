import json

import pytest

from synthkit.contracts import API_VERSION, Component, Section
from synthkit.contracts.progress import Silent
from synthkit.errors import UsageError
from synthkit.plugins import Plugins
from synthkit.reports import as_json, build, page


class Good:
    def build(self, inputs, rng):
        return Section("Good", "Fine & <dandy>.", numbers={"a": float("nan")})


class Bad:
    def build(self, inputs, rng):
        raise ValueError("the value 4711 of Ada Lovelace")


class Quiet:
    def build(self, inputs, rng):
        return None


class Given(Plugins):
    """Plugins whose sections are given."""

    def __init__(self, **sections):
        super().__init__(candidates=[], built_in=[])
        self.sections = sections

    def components(self, kind):
        return {
            name: Component(name, name, create=lambda _, part=part: part(), api_version=API_VERSION)
            for name, part in self.sections.items()
        }

    def create(self, kind, name, settings=None):
        return self.sections[name]()

    def owner(self, kind, name):
        return "acme-sections 2.0"


def report_of(inputs, **sections):
    plugins = Given(**sections)
    return build(inputs, None, plugins, title="T", seed=1, progress=Silent())


def test_a_failing_section_is_shown_as_failed_and_the_rest_goes_on(alone):
    found = report_of(alone, bad=Bad, good=Good, quiet=Quiet)
    assert [each.name for each in found.sections] == ["bad", "good"]
    failure = found.sections[0].failure
    assert "acme-sections 2.0" in failure
    assert "ValueError" in failure
    made = page(found)
    assert "acme-sections 2.0" in made
    for text in (made, json.dumps(as_json(found))):
        assert "4711" not in text
        assert "Lovelace" not in text


def test_words_are_escaped(alone):
    made = page(report_of(alone, good=Good))
    assert "Fine &amp; &lt;dandy&gt;." in made


def test_json_holds_no_number_that_json_has_not(alone):
    told = as_json(report_of(alone, good=Good))
    assert told["sections"][0]["numbers"] == {"a": None}
    json.dumps(told, allow_nan=False)


def test_a_report_is_written_once_unless_asked(alone, tmp_path):
    found = report_of(alone, good=Good)
    written = found.save(tmp_path / "report")
    before = written.read_text()
    with pytest.raises(UsageError, match="holds a report"):
        found.save(tmp_path / "report")
    (tmp_path / "report" / "mine.txt").write_text("kept")
    found.save(tmp_path / "report", overwrite=True)
    assert written.read_text() == before
    assert (tmp_path / "report" / "mine.txt").read_text() == "kept"
    with pytest.raises(UsageError, match="is a file"):
        found.save(written)
