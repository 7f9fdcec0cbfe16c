"""Errors that were computed by hand, and those that are not defined."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from inferd.reference import metrics

HISTORY = [10.0, 20.0, 13.0, 26.0]


def errors(
    forecast: list[float],
    actuals: list[float | None],
    *,
    history: list[float] | None = None,
    season: int | None = None,
    bounds: tuple[list[float], list[float]] | None = None,
) -> dict[str, float]:
    return metrics(
        np.array(forecast),
        actuals,
        np.array(HISTORY if history is None else history),
        season,
        None if bounds is None else (np.array(bounds[0]), np.array(bounds[1])),
    )


def test_all_of_them_by_hand() -> None:
    found = errors(
        [12.0, 8.0, 30.0],
        [10.0, 10.0, 20.0],
        season=2,
        bounds=([9.0, 11.0, 20.0], [11.0, 12.0, 40.0]),
    )
    assert found == {
        "mae": pytest.approx(14 / 3),
        "rmse": pytest.approx(math.sqrt((4 + 4 + 100) / 3)),
        "mape": pytest.approx((0.2 + 0.2 + 0.5) / 3),
        "smape": pytest.approx((2 * 2 / 22 + 2 * 2 / 18 + 2 * 10 / 50) / 3),
        # The season before was off by 3 and by 6.
        "mase": pytest.approx(14 / 3 / 4.5),
        # Bounds count as within.
        "coverage": pytest.approx(2 / 3),
    }


def test_only_points_with_an_actual_count() -> None:
    found = errors([1.0, 5.0, 7.0], [None, 4.0, math.nan], bounds=([0.0, 9.0, 0.0], [9.0, 9.0, 9.0]))
    assert found["mae"] == 1.0
    assert found["coverage"] == 0.0


def test_fewer_actuals_than_points() -> None:
    assert errors([1.0, 5.0, 7.0], [3.0])["mae"] == 2.0


@pytest.mark.parametrize("actuals", [[None, None], [math.nan]])
def test_without_any_actual_nothing_is_defined(actuals: list[float | None]) -> None:
    assert errors([1.0, 2.0], actuals) == {}


def test_mape_leaves_out_actuals_of_zero() -> None:
    assert errors([3.0, 6.0], [0.0, 4.0])["mape"] == 0.5
    found = errors([3.0, 6.0], [0.0, 0.0])
    assert "mape" not in found
    assert (found["mae"], found["smape"]) == (4.5, 2.0)


def test_smape_counts_nothing_over_nothing_as_no_error() -> None:
    assert errors([0.0, 3.0], [0.0, 1.0])["smape"] == 0.5
    assert errors([-2.0], [2.0])["smape"] == 2.0


@pytest.mark.parametrize(
    ("season", "history"),
    [
        (None, HISTORY),
        # One season and a point are needed.
        (4, HISTORY),
        (9, HISTORY),
        # The history repeats itself exactly.
        (2, [1.0, 5.0, 1.0, 5.0]),
    ],
)
def test_mase_is_absent_without_an_error_to_compare_with(season: int | None, history: list[float]) -> None:
    assert "mase" not in errors([1.0], [2.0], season=season, history=history)


def test_mase_needs_one_season_and_a_point() -> None:
    assert errors([1.0], [9.0], season=3)["mase"] == pytest.approx(8 / 16)


def test_mase_is_absent_where_the_history_overflows() -> None:
    history = [1.7e308, -1.7e308, 1.7e308]
    assert "mase" not in errors([1.0], [2.0], season=1, history=history)


def test_coverage_needs_quantiles() -> None:
    assert "coverage" not in errors([1.0], [1.0])


@pytest.mark.parametrize(
    ("forecast", "actual", "absent"),
    [(1e200, 1.0, {"rmse"}), (1.0, 5e-324, {"mape"}), (1.7e308, -1.7e308, {"mae", "rmse", "mape", "smape"})],
)
def test_what_overflows_is_absent(forecast: float, actual: float, absent: set[str]) -> None:
    found = errors([forecast], [actual])
    assert {"mae", "rmse", "mape", "smape"} - set(found) == absent
    assert all(math.isfinite(value) for value in found.values())


def test_results_are_plain_numbers() -> None:
    found: dict[str, Any] = errors([1.0], [2.0], season=2, bounds=([0.0], [3.0]))
    assert {type(value) for value in found.values()} == {float}
