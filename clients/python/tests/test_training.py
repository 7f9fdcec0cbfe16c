from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from inferd import DescriptionError, Reference, RequestRefused, fit_scaler, training_rows
from inferd.reference import Tensors

from tests.support import HOUR, channel, describe, hourly

HOURS = {"calendar": "hour", "encoding": "scaled"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("none", {}),
        ("log1p", {}),
        ("standard", {"mean": 5.0, "std": np.sqrt(26 / 3)}),
        ("minmax", {"min": 2.0, "max": 9.0}),
        ("robust", {"median": 4.0, "iqr": 3.5}),
    ],
)
def test_scalers_are_fitted_to_known_values(kind: str, expected: dict[str, float]) -> None:
    fitted = fit_scaler(kind, np.array([2.0, np.nan, 4.0, 9.0]))
    assert fitted.pop("kind") == kind
    assert fitted == pytest.approx(expected)
    assert {type(value) for value in fitted.values()} <= {float}


@pytest.mark.parametrize("kind", ["standard", "minmax", "robust"])
def test_a_constant_channel_has_no_spread(kind: str) -> None:
    scaler = describe(features=[channel("load", fit_scaler(kind, [0.1] * 12))]).channels[0].scaler
    assert (scaler.center, scaler.spread) == (0.1, 0.0)


@pytest.mark.parametrize(("kind", "values"), [("power", [1.0]), ("standard", []), ("minmax", [np.nan])])
def test_what_cannot_be_fitted_is_refused(kind: str, values: list[float]) -> None:
    with pytest.raises(DescriptionError, match=r"^scaler"):
        fit_scaler(kind, values)


def test_rows_for_training_are_those_that_the_model_gets() -> None:
    features = [
        channel("load", {"kind": "standard", "mean": 2, "std": 4}),
        HOURS,
        channel("wind", "log1p", "future"),
    ]
    description = describe(features=features, window=3)
    request = hourly([1.0, 2.0, 3.0, 5.0, 8.0, 13.0])
    request["channels"]["wind"] = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0]
    rows = training_rows(description, request["timestamps_us"], request["channels"])
    assert rows.shape == (6, 3)
    assert rows.dtype == np.float32

    seen: list[Any] = []

    def model(tensors: Tensors) -> Tensors:
        seen.append(tensors["window"][0].copy())
        return {"forecast": np.zeros((1, 1), np.float32)}

    reference = Reference(description, model)
    for end in range(3, 7):
        part = {
            "timestamps_us": request["timestamps_us"][:end],
            "channels": {name: values[:end] for name, values in request["channels"].items()},
        }
        reference.predict({**part, "horizon": 1, "future": {"wind": [0.0]}})
    assert [window.tolist() for window in seen] == [rows[end - 3 : end].tolist() for end in range(3, 7)]


def test_a_series_for_training_may_be_long_and_have_gaps() -> None:
    places = [place for place in range(40_000) if place % 1000 != 5]
    stamps = np.array(places) * HOUR
    values = np.array(places, np.float64)
    rows = training_rows(describe(gap_policy="interpolate"), stamps, {"load": values, "other": values})
    assert rows[:, 0].tolist() == list(range(40_000))
    with pytest.raises(RequestRefused):
        training_rows(describe(), stamps, {"load": values})


def test_windows_have_numbers_of_their_own() -> None:
    features = [channel("load"), channel("wind", {"kind": "standard", "fit": "per_window"}, "future")]
    with pytest.raises(DescriptionError, match=r"^features\[1\]\.scaler\.fit: "):
        training_rows(describe(features=features), [0], {"load": [1.0], "wind": [1.0]})


def test_a_model_with_a_future_tensor_has_rows_too() -> None:
    description = describe(
        features=[channel("load"), HOURS],
        decode={"mode": "direct"},
        tensors={"window": "window", "future": "future", "output": "forecast"},
    )
    rows = training_rows(description, [0, HOUR], {"load": [1.0, 2.0]})
    assert rows.tolist() == [[1, 0], [2, pytest.approx(1 / 23)]]
