"""Another implementation of the same measures comes to the same numbers, on real data sets."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from synthkit import pipeline
from synthkit.metrics import evaluate

SHARED = Path(__file__).parents[3] / "shared"
REFEREE = SHARED / "bench" / "score.py"
SAME = {
    "shapes": "shapes",
    "pairs": "pairs",
    "hop1": "hop1",
    "hop2": "hop2",
    "sibling_icc": "sibling_icc",
    "lag1": "lag1",
    "gaps": "gaps",
}
# cardinality: the referee's mean holds parents of two rows, whose similarity is chance
ALIKE = {"c2st": "c2st_xgb", "c2st_logistic": "c2st_log", "dcr": "dcr_share"}
NEAR = 0.02
"""What is allowed for other trees, folds and drawn rows; measured: areas .005, dcr .018."""


@pytest.mark.slow
@pytest.mark.skipif(
    not REFEREE.exists() or not all(map(find_spec, ("xgboost", "lightgbm"))),
    reason=f"the referee needs xgboost, lightgbm and {REFEREE}",
)
@pytest.mark.parametrize("name", ["adult", "sakila"])
def test_the_referee_agrees(name: str, tmp_path: Path) -> None:
    train, holdout = (pipeline.read(SHARED / "data" / name / half) for half in ("train", "holdout"))
    sample = pipeline.fit(train, synthesizer="independent", seed=1).sample(seed=1)
    pipeline.write(sample, tmp_path / "sample")
    command = [str(REFEREE), str(SHARED / "data" / name / "train"), str(tmp_path / "sample")]
    given = ["--holdout", str(SHARED / "data" / name / "holdout")]
    ran = subprocess.run(
        [sys.executable, *command, *given, "--json", str(tmp_path / "told.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads((tmp_path / "told.json").read_text())["summary"]
    parts = ("fidelity", "detection", "privacy")
    found = evaluate(train.load(), sample.load(), holdout=holdout.load(), seed=1, parts=parts)
    for ours, theirs in (SAME | ALIKE).items():
        mean = found.measures[ours].mean
        if mean is None or told.get(theirs) is None:
            continue
        assert mean == pytest.approx(told[theirs], abs=0.005 if ours in SAME else NEAR), ours
