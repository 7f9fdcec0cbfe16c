"""Decode modes with models whose every output can be told by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from inferd.description import Description
from inferd.reference import Model, Reference, RequestRefused, Tensors

from tests.support import channel, describe, hourly

TENSORS = {"window": "window", "output": "forecast"}


class Recorder:
    """A model that keeps what it was given, and answers as ``rule`` says."""

    def __init__(self, rule: Model) -> None:
        self.rule = rule
        self.calls: list[Tensors] = []

    def __call__(self, tensors: Tensors) -> Tensors:
        self.calls.append({name: tensor.copy() for name, tensor in tensors.items()})
        return self.rule(tensors)

    def windows(self, column: int = 0) -> list[list[float]]:
        return [call["window"][0, :, column].tolist() for call in self.calls]


def output(*points: Any) -> Tensors:
    return {"forecast": np.array([points], np.float32)}


def reference(description: Description, rule: Model, **more: Any) -> tuple[Reference, Recorder]:
    recorder = Recorder(rule)
    return Reference(description, recorder, **more), recorder


# direct


def test_a_direct_model_runs_once_whatever_the_horizon() -> None:
    description = describe(decode={"mode": "direct"})
    asked, model = reference(description, lambda tensors: output(1, 2, 3, 4))
    assert asked.predict(hourly([7, 8, 9, 10], horizon=3))["values"] == [1, 2, 3]
    assert asked.predict(hourly([7, 8, 9, 10], horizon=4))["values"] == [1, 2, 3, 4]
    assert model.windows() == [[8, 9, 10], [8, 9, 10]]
    assert model.calls[0]["window"].shape == (1, 3, 1)


def test_the_future_tensor_holds_covariates_then_the_calendar() -> None:
    description = describe(
        features=[
            channel("load"),
            {"calendar": "hour", "encoding": "scaled"},
            channel("wind", known="future"),
            channel("price", known="past"),
        ],
        decode={"mode": "direct"},
        tensors={**TENSORS, "future": "future"},
    )
    asked, model = reference(description, lambda tensors: output(1, 2, 3, 4))
    request = hourly([7, 8, 9], future={"wind": [60.0, 70.0]})
    request["channels"] |= {"wind": [30.0, 40.0, 50.0], "price": [1.0, 2.0, 3.0]}
    asked.predict(request)
    future = model.calls[0]["future"]
    assert future.shape == (1, 4, 2)
    assert future[0, :, 0].tolist() == [60, 70, 70, 70]
    # History ends at 7.
    assert (future[0, :, 1] * 23).round(4).tolist() == [8, 9, 10, 11]
    assert model.windows(3) == [[1, 2, 3]]


# autoregressive


def test_each_output_is_appended_and_the_window_slides() -> None:
    asked, model = reference(describe(), lambda tensors: output(tensors["window"][0, :, 0].sum()))
    assert asked.predict(hourly([100, 1, 2, 3], horizon=4))["values"] == [6, 11, 20, 37]
    assert model.windows() == [[1, 2, 3], [2, 3, 6], [3, 6, 11], [6, 11, 20]]


def test_a_chunk_is_appended_whole_and_cut_at_the_horizon() -> None:
    description = describe(decode={"mode": "autoregressive", "chunk": 2})
    asked, model = reference(
        description, lambda tensors: output(tensors["window"][0, -1, 0] + 1, tensors["window"][0, -1, 0] + 2)
    )
    assert asked.predict(hourly([1, 2, 3], horizon=3))["values"] == [4, 5, 6]
    assert model.windows() == [[1, 2, 3], [3, 4, 5]]


def test_known_covariates_and_the_calendar_slide_along() -> None:
    features = [
        channel("load"),
        channel("wind", known="future"),
        {"calendar": "hour", "encoding": "scaled"},
    ]
    asked, model = reference(describe(features=features), lambda tensors: output(0))
    request = hourly([7, 8, 9], future={"wind": [60.0, 70.0, 80.0]}, horizon=3)
    request["channels"]["wind"] = [30.0, 40.0, 50.0]
    asked.predict(request)
    assert model.windows(1) == [[30, 40, 50], [40, 50, 60], [50, 60, 70]]
    hours = [[round(hour * 23) for hour in window] for window in model.windows(2)]
    assert hours == [[5, 6, 7], [6, 7, 8], [7, 8, 9]]


def test_what_is_fed_back_is_scaled_and_what_is_answered_is_not() -> None:
    features = [channel("load", {"kind": "standard", "mean": 100, "std": 10})]
    asked, model = reference(describe(features=features), lambda tensors: output(0.5))
    assert asked.predict(hourly([90, 100, 110]))["values"] == [105, 105]
    assert model.windows() == [[-1, 0, 1], [0, 1, 0.5]]


def test_a_window_is_fitted_once_for_the_whole_horizon() -> None:
    features = [channel("load", {"kind": "minmax", "fit": "per_window"})]
    asked, model = reference(describe(features=features), lambda tensors: output(2))
    assert asked.predict(hourly([0, 5, 10]))["values"] == [20, 20]
    assert model.windows() == [[0, 0.5, 1], [0.5, 1, 2]]


def test_the_median_is_the_forecast_and_is_fed_back() -> None:
    description = describe(quantiles=[0.1, 0.5, 0.9])

    def rule(tensors: Tensors) -> Tensors:
        last = tensors["window"][0, -1, 0]
        return output([last - 1, last + 2, last + 50])

    asked, model = reference(description, rule)
    answer = asked.predict(hourly([1, 2, 3], quantiles=[0.9, 0.1]))
    assert answer["values"] == [5, 7]
    assert answer["quantiles"] == [[53, 55], [2, 4]]
    assert model.windows() == [[1, 2, 3], [2, 3, 5]]
    assert asked.predict(hourly([1, 2, 3]))["quantiles"] == []


def test_coverage_is_that_of_the_outermost_quantiles() -> None:
    description = describe(quantiles=[0.1, 0.4, 0.5, 0.6, 0.9])
    asked, _ = reference(description, lambda tensors: output([0, 4, 5, 6, 10]))
    answer = asked.predict(hourly([1, 2, 3], horizon=4, actuals=[0.0, 3.0, 10.0, 11.0]))
    assert answer["metrics"]["coverage"] == 0.75
    assert answer["metrics"]["mae"] == (5 + 2 + 5 + 6) / 4


# stateful

STATEFUL: dict[str, Any] = {
    "decode": {"mode": "stateful"},
    "tensors": {**TENSORS, "states": [{"input": "h_in", "output": "h_out", "batch_axis": 1, "initial": 7}]},
}
SHAPES = {"h_in": (2, 1, 3)}


def adding(tensors: Tensors) -> Tensors:
    """The sum of every value so far, on top of the state's start."""
    state = tensors["h_in"] + tensors["window"][0, :, 0].sum()
    return {"forecast": state[0, :, :1], "h_out": state}


def test_the_whole_window_first_then_one_row_a_run() -> None:
    asked, model = reference(describe(**STATEFUL), adding, state_shapes=SHAPES)
    # 7 + 1 + 2 + 3, then each forecast is added.
    assert asked.predict(hourly([1, 2, 3], horizon=3))["values"] == [13, 26, 52]
    assert model.windows() == [[1, 2, 3], [13], [26]]
    assert [call["h_in"][0, 0, 0] for call in model.calls] == [7, 13, 26]
    assert model.calls[0]["h_in"].shape == (2, 1, 3)


def test_single_rows_prime_the_state() -> None:
    asked, model = reference(describe(**STATEFUL), adding, state_shapes=SHAPES, single_rows=True)
    assert asked.predict(hourly([1, 2, 3], horizon=3))["values"] == [13, 26, 52]
    assert model.windows() == [[1], [2], [3], [13], [26]]


def test_every_request_begins_with_the_initial_state() -> None:
    asked, model = reference(describe(**STATEFUL), adding, state_shapes=SHAPES)
    assert asked.predict(hourly([1, 2, 3])) == asked.predict(hourly([1, 2, 3]))
    assert [call["h_in"][1, 0, 2] for call in model.calls] == [7, 13, 7, 13]


def test_a_stateful_model_reads_the_covariates_of_the_row_it_feeds_back() -> None:
    features = [channel("load"), channel("wind", known="future")]
    description = describe(features=features, **STATEFUL)
    asked, model = reference(description, adding, state_shapes=SHAPES)
    request = hourly([1, 2, 3], future={"wind": [40.0, 50.0, 60.0]}, horizon=3)
    request["channels"]["wind"] = [10.0, 20.0, 30.0]
    asked.predict(request)
    # The row of the first forecast point has that point's covariate.
    assert model.windows(1) == [[10, 20, 30], [40], [50]]


# The answer.


def test_an_answer_names_times_and_filled_points() -> None:
    asked, _ = reference(describe(gap_policy="ffill"), lambda tensors: output(1))
    request = hourly([1, 2, 3, 4])
    del request["timestamps_us"][2], request["channels"]["load"][2]
    answer = asked.predict(request)
    last = request["timestamps_us"][-1]
    assert answer["timestamps_us"] == [last + 3_600_000_000, last + 7_200_000_000]
    assert answer["filled_points"] == 1
    assert "metrics" not in answer


def test_months_are_answered_by_the_calendar() -> None:
    asked, _ = reference(describe(step="1mo"), lambda tensors: output(1))
    # 31 January, February and March; then April ends on the 30th.
    days = [1_706_659_200, 1_709_164_800, 1_711_843_200]
    request = {
        "timestamps_us": [day * 1_000_000 for day in days],
        "channels": {"load": [1.0, 2.0, 3.0]},
    }
    assert asked.predict(request)["timestamps_us"] == [1_714_435_200_000_000, 1_717_113_600_000_000]


def test_mase_looks_at_the_whole_history_and_not_the_window() -> None:
    asked, _ = reference(describe(season=1), lambda tensors: output(10))
    # Steps of 6, 0, 0, 0 before the window's.
    answer = asked.predict(hourly([0, 6, 6, 6, 6], actuals=[7.0]))
    assert answer["metrics"]["mase"] == pytest.approx(3 / 1.5)


def test_mase_counts_filled_points_as_history() -> None:
    asked, _ = reference(describe(season=1, gap_policy="interpolate"), lambda tensors: output(10))
    request = hourly([0, 2, 4, 8], actuals=[7.0])
    del request["timestamps_us"][1], request["channels"]["load"][1]
    assert asked.predict(request)["metrics"]["mase"] == pytest.approx(3 / (8 / 3))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_an_output_that_is_not_finite_refuses_the_request(bad: float) -> None:
    asked, _ = reference(describe(), lambda tensors: output(bad))
    with pytest.raises(RequestRefused) as refused:
        asked.predict(hourly([1, 2, 3]))
    assert refused.value.code == "FAILED_PRECONDITION"


def test_points_past_the_horizon_may_be_anything() -> None:
    asked, _ = reference(describe(decode={"mode": "direct"}), lambda tensors: output(1, 2, float("nan"), 4))
    assert asked.predict(hourly([1, 2, 3], horizon=2))["values"] == [1, 2]
    with pytest.raises(RequestRefused):
        asked.predict(hourly([1, 2, 3], horizon=3))


@pytest.mark.parametrize("scaler", ["log1p", {"kind": "standard", "mean": 0, "std": 1e308}])
def test_a_forecast_that_overflows_refuses_the_request(scaler: Any) -> None:
    asked, _ = reference(describe(features=[channel("load", scaler)]), lambda tensors: output(800))
    with pytest.raises(RequestRefused) as refused:
        asked.predict(hourly([1, 2, 3]))
    assert refused.value.code == "FAILED_PRECONDITION"


def test_a_quantile_that_nobody_asked_for_may_overflow() -> None:
    description = describe(features=[channel("load", "log1p")], quantiles=[0.5, 0.9])
    asked, _ = reference(description, lambda tensors: output([1, 800]))
    assert len(asked.predict(hourly([1, 2, 3]))["values"]) == 2
    with pytest.raises(RequestRefused):
        asked.predict(hourly([1, 2, 3], quantiles=[0.9]))


def test_errors_are_measured_against_the_targets_spread() -> None:
    request = hourly([0, 5, 10])
    for scaler, scale in (
        ("none", 1.0),
        ("log1p", 1.0),
        ({"kind": "standard", "mean": 0, "std": 4}, 4.0),
        ({"kind": "minmax", "fit": "per_window"}, 10.0),
    ):
        description = describe(features=[channel("load", scaler)])
        assert Reference(description, lambda tensors: output(1)).target_scale(request) == scale


def test_a_request_is_left_as_it_was() -> None:
    asked, _ = reference(describe(), lambda tensors: output(1))
    request = hourly([1, 2, 3], actuals=[1.0, None])
    before = {
        key: (dict(value) if isinstance(value, dict) else list(value)) for key, value in request.items()
    }
    asked.predict(request)
    assert request == before
