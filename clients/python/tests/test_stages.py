"""The stages before and after the model, with values that were computed by hand."""

from __future__ import annotations

import math
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from inferd.description import Description, Scaler
from inferd.reference import (
    Fitted,
    Frame,
    RequestRefused,
    Series,
    check_uniform,
    fit,
    inverse_scale,
    precheck,
    prepare_frame,
    window,
)

from tests.support import HOUR, channel, describe, hourly, utc

UTC = ZoneInfo("UTC")
WITH_WIND = [channel("load"), channel("wind", known="future")]


def uniform(description: Description, request: dict[str, Any], horizon: int = 1) -> Series:
    return check_uniform(description, description.zone, request, horizon)


def frame(description: Description, request: dict[str, Any], horizon: int = 2) -> tuple[Series, Frame]:
    series = uniform(description, request, horizon)
    return series, prepare_frame(description, description.zone, request, series, horizon)


def scaled(description: Description, request: dict[str, Any], horizon: int = 2) -> np.ndarray[Any, Any]:
    series, made = frame(description, request, horizon)
    return window(description, request, series, made)[0]


def gappy(places: list[int], values: list[float], **more: Any) -> dict[str, Any]:
    start = utc("2024-03-04T05:00:00")
    return {
        "timestamps_us": [start + place * HOUR for place in places],
        "channels": {"load": values},
        **more,
    }


# precheck


@pytest.mark.parametrize(("asked", "expected"), [({}, 2), ({"horizon": 0}, 2), ({"horizon": 4}, 4)])
def test_the_horizon_has_a_default(asked: dict[str, int], expected: int) -> None:
    assert precheck(describe(), hourly([1, 2, 3], **asked)) == expected


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("predict.history", {"channels": {}}),
        ("predict.history", {"timestamps_us": []}),
        ("predict.history", {"timestamps_us": None}),
        ("predict.history", {"timestamps_us": [], "channels": {"load": []}}),
        ("predict.history", {"regular": {"start_us": 0}}),
        ("predict.history", {"timestamps_us": [0] * 16_385, "channels": {"load": [0.0] * 16_385}}),
        ("predict.history.channels", {"channels": {"other": [1.0, 2.0, 3.0]}}),
        ("predict.history.channels[1].name", {"channels": {"load": [1.0, 2.0, 3.0], "x": [1.0, 2.0, 3.0]}}),
        ("predict.history.channels[0]", {"channels": {"load": [1.0, 2.0]}}),
        ("predict.history.channels[0].values[1]", {"channels": {"load": [1.0, NAN, 3.0]}}),
        ("predict.history.channels[0].values[2]", {"channels": {"load": [1.0, 2.0, -INF]}}),
        ("predict.horizon", {"horizon": 5}),
        ("predict.horizon", {"horizon": -1}),
        ("predict.future[0].name", {"future": {"wind": [1.0, 1.0]}}),
        ("predict.quantiles[0]", {"quantiles": [0.5]}),
        ("predict.quantiles", {"quantiles": [0.5] * 33}),
        ("predict.actuals", {"actuals": [1.0, 2.0, 3.0]}),
        ("predict.actuals[1]", {"actuals": [None, INF]}),
    ],
)
def test_what_precheck_refuses(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused) as refused:
        precheck(describe(), {**hourly([1, 2, 3]), **changes})
    assert (refused.value.code, refused.value.field) == ("INVALID_ARGUMENT", field)


@pytest.mark.parametrize(
    ("field", "future"),
    [
        ("predict.future", None),
        ("predict.future", {"rain": [1.0, 2.0]}),
        ("predict.future[1].name", {"wind": [1.0, 2.0], "load": [1.0, 2.0]}),
        ("predict.future[0]", {"wind": [1.0]}),
        ("predict.future[0].values[1]", {"wind": [1.0, INF]}),
    ],
)
def test_what_precheck_refuses_of_the_future(field: str, future: dict[str, Any] | None) -> None:
    request = hourly([1, 2, 3])
    request["channels"]["wind"] = [1.0, 2.0, 3.0]
    with pytest.raises(RequestRefused) as refused:
        precheck(describe(features=WITH_WIND), {**request, "future": future})
    assert refused.value.field == field


def test_what_lies_past_the_horizon_is_not_looked_at() -> None:
    request = hourly([1, 2, 3], future={"wind": [1.0, 2.0, NAN]})
    request["channels"]["wind"] = [1.0, 2.0, 3.0]
    assert precheck(describe(features=WITH_WIND), request) == 2


def test_quantiles_are_the_models_and_no_two_alike() -> None:
    description = describe(quantiles=[0.1, 0.5, 0.9])
    precheck(description, hourly([1, 2, 3], quantiles=[0.9, 0.1]))
    for quantiles, index in (([0.1, 0.2], 1), ([0.9, 0.5, 0.9], 2), ([0.0], 0)):
        with pytest.raises(RequestRefused) as refused:
            precheck(description, hourly([1, 2, 3], quantiles=quantiles))
        assert refused.value.field == f"predict.quantiles[{index}]"


# check_uniform


def test_history_without_gaps_stays_as_it_is() -> None:
    series = uniform(describe(), hourly([5, 6, 7, 8]))
    assert (series.count, series.places) == (4, [0, 1, 2, 3])
    assert series.values["load"].tolist() == [5, 6, 7, 8]
    assert series.grid.time(4) == utc("2024-03-04T09:00:00")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("ffill", [1, 1, 1, 4, 8, 8, 10]), ("interpolate", [1, 2, 3, 4, 8, 9, 10])],
)
def test_gaps_are_filled_between_points_and_never_beyond_them(policy: str, expected: list[float]) -> None:
    series = uniform(describe(gap_policy=policy), gappy([0, 3, 4, 6], [1, 4, 8, 10]))
    assert series.values["load"].tolist() == expected
    assert (series.count, series.count - len(series.places)) == (7, 3)


def test_every_channel_is_filled_by_itself() -> None:
    request = gappy([0, 2, 3], [0, 2, 3])
    request["channels"]["wind"] = [10.0, 30.0, 0.0]
    series = uniform(describe(gap_policy="interpolate", features=WITH_WIND), request)
    assert series.values["load"].tolist() == [0, 1, 2, 3]
    assert series.values["wind"].tolist() == [10, 20, 30, 0]


def test_gaps_count_as_points_of_the_window() -> None:
    description = describe(gap_policy="ffill", window=4)
    assert uniform(description, gappy([0, 3], [1, 2])).count == 4
    with pytest.raises(RequestRefused) as refused:
        uniform(description, gappy([0, 2], [1, 2]))
    assert refused.value.field == "predict.history"


def test_gaps_are_refused_where_they_end() -> None:
    with pytest.raises(RequestRefused) as refused:
        uniform(describe(), gappy([0, 1, 3, 4], [1, 2, 3, 4]))
    assert refused.value.field == "predict.history.timestamps_us[2]"


def test_gaps_may_not_be_filled_without_end() -> None:
    description = describe(gap_policy="ffill")
    assert uniform(description, gappy([0, 16_383], [1, 2])).count == 16_384
    with pytest.raises(RequestRefused) as refused:
        uniform(description, gappy([0, 16_384], [1, 2]))
    assert refused.value.field == "predict.history"


@pytest.mark.parametrize("shift", [60_000_000, -60_000_000])
def test_a_stamp_may_be_off_by_the_tolerance(shift: int) -> None:
    request = hourly([1, 2, 3])
    request["timestamps_us"][1] += shift
    series = uniform(describe(time_tolerance="60s"), request)
    assert [series.grid.time(place) % HOUR for place in range(3)] == [0, 0, 0]
    request["timestamps_us"][1] += 1 if shift > 0 else -1
    with pytest.raises(RequestRefused) as refused:
        uniform(describe(time_tolerance="60s"), request)
    assert refused.value.field == "predict.history.timestamps_us[1]"


@pytest.mark.parametrize("second", [0, -1, -HOUR])
def test_time_must_rise(second: int) -> None:
    request = hourly([1, 2, 3])
    request["timestamps_us"][1] = request["timestamps_us"][0] + second
    with pytest.raises(RequestRefused) as refused:
        uniform(describe(), request)
    assert refused.value.field == "predict.history.timestamps_us[1]"


def test_two_stamps_may_not_share_a_place() -> None:
    request = gappy([0, 1, 1, 2], [1, 2, 3, 4])
    request["timestamps_us"][2] += 1
    with pytest.raises(RequestRefused) as refused:
        uniform(describe(time_tolerance="1s"), request)
    assert refused.value.field == "predict.history.timestamps_us[2]"


@pytest.mark.parametrize("step", ["", "1h", "60min", "3600s"])
def test_regular_time_names_the_models_step_or_none(step: str) -> None:
    request = {"regular": {"start_us": HOUR, "step": step}, "channels": {"load": [1.0, 2.0, 3.0]}}
    series = uniform(describe(), request)
    assert (series.count, series.grid.time(3)) == (3, 4 * HOUR)


@pytest.mark.parametrize("step", ["2h", "1d", "an hour", "0h"])
def test_regular_time_of_another_step_is_refused(step: str) -> None:
    request = {"regular": {"start_us": HOUR, "step": step}, "channels": {"load": [1.0, 2.0, 3.0]}}
    with pytest.raises(RequestRefused) as refused:
        uniform(describe(), request)
    assert refused.value.field == "predict.history.regular.step"


def test_a_calendar_day_is_not_24_hours() -> None:
    request = {"regular": {"start_us": 0, "step": "24h"}, "channels": {"load": [1.0, 2.0, 3.0]}}
    with pytest.raises(RequestRefused):
        uniform(describe(step="1d"), request)


def test_daily_points_across_a_change_of_the_clocks_have_no_gap() -> None:
    description = describe(step="1d", time_zone="America/New_York")
    days = ["2024-03-09T05:00:00", "2024-03-10T05:00:00", "2024-03-11T04:00:00", "2024-03-12T04:00:00"]
    request = {"timestamps_us": [utc(day) for day in days], "channels": {"load": [1.0, 2.0, 3.0, 4.0]}}
    series = uniform(description, request)
    assert series.places == [0, 1, 2, 3]
    assert series.grid.time(4) == utc("2024-03-13T04:00:00")


YEAR_9999 = utc("9999-12-31T23:00:00")


@pytest.mark.parametrize(
    ("field", "time"),
    [
        ("predict.history.timestamps_us[1]", {"timestamps_us": [0, 2**62, 2**62]}),
        ("predict.history.timestamps_us[0]", {"timestamps_us": [-(2**62), 0, HOUR]}),
        ("predict.history.regular.start_us", {"regular": {"start_us": 2**62}}),
        ("predict.horizon", {"regular": {"start_us": YEAR_9999 - 2 * HOUR}}),
    ],
)
def test_time_ends_with_the_calendar(field: str, time: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused) as refused:
        uniform(describe(), {**time, "channels": {"load": [1.0, 2.0, 3.0]}})
    assert refused.value.field == field


def test_the_last_hour_of_the_calendar_can_be_forecast() -> None:
    request = {"regular": {"start_us": YEAR_9999 - 3 * HOUR}, "channels": {"load": [1.0, 2.0, 3.0]}}
    assert uniform(describe(), request, 1).grid.time(3) == YEAR_9999


# prepare_frame


def test_the_frame_is_the_last_window_and_the_horizon() -> None:
    request = hourly([1, 2, 3, 4, 5], future={"wind": [60.0, 70.0, 80.0]})
    request["channels"]["wind"] = [10.0, 20.0, 30.0, 40.0, 50.0]
    _, made = frame(describe(features=WITH_WIND), request, 2)
    assert made.values["load"].tolist() == [3, 4, 5]
    assert made.values["wind"].tolist() == [30, 40, 50, 60, 70]
    assert made.columns.shape == (5, 2)


def test_calendar_columns_go_on_through_the_horizon_in_the_zone() -> None:
    features = [channel("load"), {"calendar": "hour", "encoding": "scaled"}]
    # 10 March 2024: in New York the hour after 1 is 3.
    start = utc("2024-03-10T05:00:00")
    request = {"regular": {"start_us": start}, "channels": {"load": [0.0, 0.0, 0.0]}}
    _, made = frame(describe(features=features, time_zone="America/New_York"), request, 2)
    assert (made.columns[:, 1] * 23).round(4).tolist() == [0, 1, 3, 4, 5]


def test_a_future_tensor_always_has_the_greatest_horizon() -> None:
    description = describe(
        features=WITH_WIND,
        decode={"mode": "direct"},
        tensors={"window": "window", "future": "future", "output": "forecast"},
    )
    request = hourly([1, 2, 3], future={"wind": [6.0, 7.0, 99.0]})
    request["channels"]["wind"] = [3.0, 4.0, 5.0]
    _, made = frame(description, request, 2)
    # Values past the horizon that was asked for are not looked at: the last goes on.
    assert made.values["wind"].tolist() == [3, 4, 5, 6, 7, 7, 7]


def test_rows_past_the_calendar_repeat_its_last_hour() -> None:
    description = describe(
        features=[channel("load"), {"calendar": "hour", "encoding": "scaled"}],
        decode={"mode": "direct"},
        tensors={"window": "window", "future": "future", "output": "forecast"},
    )
    request = {"regular": {"start_us": YEAR_9999 - 4 * HOUR}, "channels": {"load": [1.0, 2.0, 3.0]}}
    _, made = frame(description, request, 2)
    assert (made.columns[:, 1] * 23).round(4).tolist() == [19, 20, 21, 22, 23, 23, 23]


# window


@pytest.mark.parametrize(
    ("scaler", "expected"),
    [
        ({"kind": "none"}, [2, 4, 9]),
        ({"kind": "standard", "mean": 5, "std": 2}, [-1.5, -0.5, 2]),
        ({"kind": "minmax", "min": 1, "max": 9}, [0.125, 0.375, 1]),
        ({"kind": "robust", "median": 4, "iqr": 4}, [-0.5, 0, 1.25]),
        ({"kind": "log1p"}, [math.log(3), math.log(5), math.log(10)]),
        ({"kind": "standard", "mean": 5, "std": 0}, [0, 0, 0]),
        ({"kind": "minmax", "min": 5, "max": 5}, [0, 0, 0]),
        # Mean 5, variance (9 + 1 + 16) / 3.
        ({"kind": "standard", "fit": "per_window"}, [v / math.sqrt(26 / 3) for v in (-3, -1, 4)]),
        ({"kind": "minmax", "fit": "per_window"}, [0, 2 / 7, 1]),
        # Quartiles 3 and 6.5.
        ({"kind": "robust", "fit": "per_window"}, [-2 / 3.5, 0, 5 / 3.5]),
    ],
)
def test_scalers_by_hand(scaler: dict[str, Any], expected: list[float]) -> None:
    # The first value lies before the window and must not matter.
    rows = scaled(describe(features=[channel("load", scaler)]), hourly([1000, 2, 4, 9]))
    assert rows.dtype == np.float32
    assert rows[:3, 0].tolist() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("kind", ["standard", "minmax", "robust"])
@pytest.mark.parametrize("value", [0.1, 42.5, -1e-300, 1e300 / 3, 0.0])
@pytest.mark.parametrize("points", [3, 10, 12, 49])
def test_a_constant_window_has_no_spread(kind: str, value: float, points: int) -> None:
    fitted = fit(Scaler(kind, per_window=True), np.full(points, value))
    assert (fitted.center, fitted.spread) == (value, 0.0)
    assert fitted.scale(value) == 0.0
    assert fitted.scale(value + 1) == 0.0
    assert fitted.unscale(123.0) == value


def test_a_window_fits_its_horizon_too() -> None:
    features = [channel("load"), channel("wind", {"kind": "minmax", "fit": "per_window"}, "future")]
    request = hourly([1, 2, 3], future={"wind": [40.0, -10.0]})
    request["channels"]["wind"] = [10.0, 20.0, 30.0]
    rows = scaled(describe(features=features), request)
    assert rows[:, 1].tolist() == [0, 0.5, 1, 1.5, -1]


def test_columns_follow_the_features() -> None:
    features = [
        channel("load", {"kind": "standard", "mean": 0, "std": 2}),
        {"calendar": "hour", "encoding": "scaled"},
        channel("wind", {"kind": "minmax", "min": 0, "max": 10}, "future"),
    ]
    request = hourly([2, 4, 6], future={"wind": [4.0, 5.0]})
    request["channels"] = {"wind": [1.0, 2.0, 3.0], "load": request["channels"]["load"]}
    rows = scaled(describe(features=features), request)
    assert rows[:, 0].tolist() == [1, 2, 3, 0, 0]
    assert (rows[:, 1] * 23).round(4).tolist() == [5, 6, 7, 8, 9]
    assert (rows[:, 2] * 10).round(4).tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("scaler", "value"),
    [("log1p", -1.0), ("log1p", -5.0), ("none", 1e39), ({"kind": "standard", "mean": 0, "std": 1e-30}, 1e9)],
)
def test_what_cannot_be_scaled_names_its_value(scaler: Any, value: float) -> None:
    description = describe(features=[channel("load", scaler)])
    with pytest.raises(RequestRefused) as refused:
        scaled(description, hourly([0, 0, 0, value, 0]))
    assert (refused.value.code, refused.value.field) == (
        "INVALID_ARGUMENT",
        "predict.history.channels[0].values[3]",
    )
    # Before the window nothing is scaled.
    scaled(description, hourly([0, value, 0, 0, 0]))


@pytest.mark.parametrize("kind", ["standard", "minmax", "robust"])
def test_a_window_whose_spread_overflows_names_its_channel(kind: str) -> None:
    features = [channel("load"), channel("wind", {"kind": kind, "fit": "per_window"}, "future")]
    request = hourly([1, 2, 3, 4], future={"wind": [0.0, 0.0]})
    request["channels"]["wind"] = [1.7e308, 1.7e308, -1.7e308, -1.7e308]
    with pytest.raises(RequestRefused) as refused:
        scaled(describe(features=features, window=4), request)
    assert (refused.value.code, refused.value.field) == ("INVALID_ARGUMENT", "predict.history.channels[1]")


def test_a_filled_value_that_cannot_be_scaled_names_the_one_it_was_made_of() -> None:
    description = describe(features=[channel("load", "log1p")], gap_policy="ffill")
    with pytest.raises(RequestRefused) as refused:
        scaled(description, gappy([0, 1, 4], [0, -2, 0]))
    assert refused.value.field == "predict.history.channels[0].values[1]"


def test_a_future_value_that_cannot_be_scaled_is_named() -> None:
    features = [channel("load"), channel("wind", "log1p", "future")]
    request = hourly([1, 2, 3], future={"wind": [0.0, -1.0]})
    request["channels"]["wind"] = [1.0, 2.0, 3.0]
    with pytest.raises(RequestRefused) as refused:
        scaled(describe(features=features), request)
    assert refused.value.field == "predict.future[0].values[1]"


def test_log1p_scales_down_to_minus_one() -> None:
    rows = scaled(describe(features=[channel("load", "log1p")]), hourly([0, -0.5, -0.999999]))
    assert rows[:3, 0].tolist() == pytest.approx([0, math.log(0.5), math.log(1e-6)], rel=1e-6)


# inverse_scale


@pytest.mark.parametrize(
    ("fitted", "expected"),
    [
        (Fitted(False, 5.0, 2.0), [5, 7, 2]),
        (Fitted(False, 5.0, 0.0), [5, 5, 5]),
        (Fitted(True, 0.0, 1.0), [0, math.e - 1, math.exp(-1.5) - 1]),
    ],
)
def test_outputs_come_back_to_the_targets_unit(fitted: Fitted, expected: list[float]) -> None:
    outputs = np.array([[0], [1], [-1.5]], np.float32)
    assert inverse_scale(outputs, fitted)[:, 0].tolist() == pytest.approx(expected)


def test_every_scaler_comes_back() -> None:
    values = np.array([3.5, 7.25, 11.0, 2.0])
    for scaler in (
        Scaler("none"),
        Scaler("log1p"),
        Scaler("standard", center=3.0, spread=1.5),
        Scaler("minmax", per_window=True),
        Scaler("standard", per_window=True),
        Scaler("robust", per_window=True),
    ):
        fitted = fit(scaler, values)
        assert [fitted.unscale(fitted.scale(value)) for value in values] == pytest.approx(values)


@pytest.mark.parametrize("output", [math.nan, math.inf])
def test_an_output_that_is_not_finite_is_the_models_fault(output: float) -> None:
    with pytest.raises(RequestRefused) as refused:
        inverse_scale(np.array([[output]], np.float32), Fitted(False, 0.0, 1.0))
    assert (refused.value.code, refused.value.field) == ("FAILED_PRECONDITION", "")
