"""The demo's bundle and data are what its README and its ``model.yaml`` say. Needs no torch."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import yaml
from inferd import Reference
from numpy.typing import NDArray

DEMO = Path(__file__).parents[3] / "deploy" / "demo"
BUNDLE = DEMO / "models" / "jfk-temperature" / "1"
HOUR = timedelta(hours=1)
NOVEMBER = datetime(2013, 11, 1, tzinfo=timezone.utc)

Series = dict[datetime, float]


def read(name: str) -> Series:
    with (DEMO / name).open(encoding="ascii", newline="") as file:
        return {
            datetime.fromisoformat(row["time"][:-1] + "+00:00"): float(row["temp"])
            for row in csv.DictReader(file)
        }


@pytest.fixture(scope="module")
def extract() -> Series:
    return read("jfk-2013.csv")


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.open(BUNDLE)


@pytest.fixture(scope="module")
def scores() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((BUNDLE / "model.yaml").read_text(encoding="utf-8"))["scores"]
    return content


def request(series: Series, start: datetime, hours: int) -> dict[str, Any]:
    """The points that were observed in the hours before ``start``."""
    times = [start - back * HOUR for back in range(hours, 0, -1)]
    known = [time for time in times if time in series]
    return {
        "timestamps_us": [int(time.timestamp()) * 1_000_000 for time in known],
        "channels": {"temp": [series[time] for time in known]},
    }


def test_the_extract_has_the_rows_and_gaps_it_claims(extract: Series) -> None:
    assert len((DEMO / "jfk-2013.csv").read_text(encoding="ascii").splitlines()) == 1 + 8706
    assert len(extract) == 8706
    steps = [later - earlier for earlier, later in pairwise(extract)]
    assert all(step >= HOUR and step % HOUR == timedelta(0) for step in steps)
    missing = [step // HOUR - 1 for step in steps if step > HOUR]
    assert (len(missing), sum(missing), max(missing)) == (14, 24, 5)
    assert min(extract) == datetime(2013, 1, 1, 6, tzinfo=timezone.utc)
    assert max(extract) == datetime(2013, 12, 30, 23, tzinfo=timezone.utc)


def test_the_week_is_the_first_of_november_without_a_gap(extract: Series) -> None:
    history, actuals = read("history.csv"), read("actuals.csv")
    week = {**history, **actuals}
    assert all(extract[time] == value for time, value in week.items())
    assert (len(history), len(actuals)) == (144, 24)
    assert all(later - earlier == HOUR for earlier, later in pairwise(week))
    first = min(week).astimezone(ZoneInfo("America/New_York"))
    assert (first.isoweekday(), first.day, first.month, first.hour) == (1, 11, 11, 0)
    a_week_before = [time - 168 * HOUR for time in week]
    assert not all(time in extract for time in a_week_before)


def test_the_bundle_is_whole_and_small() -> None:
    lines = (BUNDLE / "MANIFEST").read_text(encoding="ascii").splitlines()
    digests = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(digests) == {"golden.json", "model.onnx", "model.yaml"}
    for name, digest in digests.items():
        assert hashlib.sha256((BUNDLE / name).read_bytes()).hexdigest() == digest, name
    assert {path.name for path in BUNDLE.iterdir()} == {*digests, "MANIFEST"}
    assert sum(path.stat().st_size for path in BUNDLE.iterdir()) < 1_000_000


def test_onnx_runtime_answers_the_golden_requests_as_pytorch_did(reference: Reference) -> None:
    cases = json.loads((BUNDLE / "golden.json").read_text(encoding="utf-8"))["cases"]
    forecasts = [case for case in cases if case["kind"] == "predict"]
    assert sum(case["expect"]["filled_points"] > 0 for case in forecasts) == 1
    for case in forecasts:
        answer = reference.predict(case["request"])
        assert answer["timestamps_us"] == case["expect"]["timestamps_us"]
        assert answer["filled_points"] == case["expect"]["filled_points"]
        scale = reference.target_scale(case["request"])
        for found, expected in zip(answer["values"], case["expect"]["values"], strict=True):
            assert abs(found - expected) <= case["tolerance"] * max(abs(expected), scale)


def test_the_scores_of_november_and_december_come_again(extract: Series, scores: dict[str, Any]) -> None:
    starts = scored_starts(extract, scores["horizon"])
    targets = [[start + ahead * HOUR for ahead in range(scores["horizon"])] for start in starts]
    actuals = np.array([[extract.get(time, math.nan) for time in times] for times in targets])
    assert len(starts) == scores["forecasts"]
    assert np.count_nonzero(~np.isnan(actuals)) == scores["points"]
    check(batched_forecasts(extract, starts, scores["horizon"]), actuals, scores["model"])
    last = [[extract[start - HOUR]] * scores["horizon"] for start in starts]
    check(np.array(last), actuals, scores["persistence"])
    filled = interpolated(extract)
    naive = [[filled[time - 24 * HOUR] for time in times] for times in targets]
    check(np.array(naive), actuals, scores["seasonal_naive"])


def test_what_was_scored_is_what_the_reference_answers(
    extract: Series, reference: Reference, scores: dict[str, Any]
) -> None:
    starts = scored_starts(extract, scores["horizon"])
    # Every hour of the day, and all that come soon after a gap.
    sample = starts[::37] + [start for start in starts if gap_before(extract, start)]
    expected = batched_forecasts(extract, sample, scores["horizon"])
    for start, values in zip(sample, expected, strict=True):
        # Three days always hold a window, whatever the gaps.
        answer = reference.predict({**request(extract, start, 72), "horizon": scores["horizon"]})
        assert answer["values"] == pytest.approx(values, abs=2e-3)


def test_the_model_clearly_beats_what_needs_no_model(scores: dict[str, Any]) -> None:
    for baseline in ("seasonal_naive", "persistence"):
        for metric in ("mae", "rmse"):
            assert scores["model"][metric] < 0.95 * scores[baseline][metric]


def test_the_readme_says_the_scores_of_the_bundle(scores: dict[str, Any]) -> None:
    text = (DEMO / "README.md").read_text(encoding="utf-8")
    for name in ("model", "seasonal_naive", "persistence"):
        row = scores[name]
        numbers = [row["mae"], row["rmse"], *row["mae_at_hour"].values()]
        assert "| " + " | ".join(f"{number:.2f}" for number in numbers) + " |" in text, name


def scored_starts(extract: Series, horizon: int) -> list[datetime]:
    """The first hours of the forecasts that are scored: an hour was observed just before."""
    count = (max(extract) - NOVEMBER) // HOUR + 2 - horizon
    return [NOVEMBER + place * HOUR for place in range(count) if NOVEMBER + (place - 1) * HOUR in extract]


def gap_before(extract: Series, start: datetime) -> bool:
    """Whether an hour is missing in the six before the forecast."""
    return any(start - back * HOUR not in extract for back in range(1, 7))


def batched_forecasts(extract: Series, starts: list[datetime], horizon: int) -> NDArray[np.float64]:
    """The bundle's model over all forecasts at once, with the pipeline written down for it alone."""
    import onnxruntime

    window = 48
    filled = interpolated(extract)
    history = np.array([[filled[start - back * HOUR] for back in range(window, 0, -1)] for start in starts])
    center, spread = history.mean(1, keepdims=True), history.std(1, keepdims=True)
    zone = ZoneInfo("America/New_York")
    local = [
        [(start + row * HOUR).astimezone(zone).hour for row in range(-window, horizon)] for start in starts
    ]
    angle = 2 * math.pi * np.array(local) / 24
    rows = np.stack([np.zeros_like(angle), np.sin(angle), np.cos(angle)], 2).astype(np.float32)
    rows[:, :window, 0] = (history - center) / spread
    session = onnxruntime.InferenceSession(str(BUNDLE / "model.onnx"), providers=["CPUExecutionProvider"])
    for row in range(window, window + horizon):
        rows[:, row, :1] = session.run(["forecast"], {"window": rows[:, row - window : row]})[0]
    forecasts: NDArray[np.float64] = rows[:, window:, 0].astype(np.float64) * spread + center
    return forecasts


def interpolated(series: Series) -> Series:
    start = min(series)
    places = [(time - start) // HOUR for time in series]
    grid = range(places[-1] + 1)
    values = np.interp(grid, places, list(series.values()))
    return {start + place * HOUR: float(value) for place, value in zip(grid, values, strict=True)}


def check(forecast: NDArray[np.float64], actuals: NDArray[np.float64], score: dict[str, Any]) -> None:
    errors = forecast - actuals
    by_hour = np.nanmean(np.abs(errors), axis=0)
    assert np.nanmean(np.abs(errors)) == pytest.approx(score["mae"], abs=2e-4)
    assert np.sqrt(np.nanmean(errors**2)) == pytest.approx(score["rmse"], abs=2e-4)
    for hour, value in score["mae_at_hour"].items():
        assert by_hour[hour - 1] == pytest.approx(value, abs=5e-4)
