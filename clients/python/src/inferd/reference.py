"""A forecast, stage by stage, in numpy: what the daemon must answer, computed without it.

Requests and answers have the shapes of a bundle's ``golden.json``. A request holds

- ``timestamps_us``: one integer for each point of history, microseconds since the epoch; or ``regular``:
  ``{"start_us": …, "step": "1h"}``, where an empty step is the model's;
- ``channels``: by name, one number for each point, in the channel's own unit;
- ``horizon``: points wanted; absent or 0 for the model's default;
- ``future``: by name, the covariates known ahead, one number at least for each point of the horizon;
- ``quantiles``: levels wanted; ``actuals``: true values of the first points, ``None`` where not known.

An answer holds ``timestamps_us`` and ``values``, one for each point of the horizon, in the target's unit;
``quantiles``, a list for each level wanted; ``filled_points``; and ``metrics`` by name where there were
actuals. The stages are functions of their own, named as in the daemon's receipts: ``precheck``,
``check_uniform``, ``prepare_frame``, ``window``, the model, ``inverse_scale`` and ``metrics``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from inferd.description import (
    HISTORY_POINTS,
    QUANTILES,
    Channel,
    Description,
    DescriptionError,
    Scaler,
    Step,
)
from inferd.timegrid import FIRST_US, LAST_US, TimeGrid, calendar_columns, to_datetime

Tensors = dict[str, NDArray[np.float32]]
Model = Callable[[Tensors], Tensors]
"""Runs a model: tensors by name in, tensors by name out; the batch has one row."""


class RequestRefused(ValueError):
    """A request that must be refused, with the status' ``code`` and the ``field`` at fault, if one is."""

    def __init__(self, field: str, message: str, code: str = "INVALID_ARGUMENT") -> None:
        super().__init__(": ".join(part for part in (code, field, message) if part))
        self.code = code
        self.field = field


@dataclass
class Series:
    """A history on its grid, gaps closed."""

    grid: TimeGrid
    values: dict[str, NDArray[np.float64]]
    """By channel, ``[count]``."""
    count: int
    """Points, filled ones included."""
    places: list[int]
    """The grid's place of each point of the request."""


@dataclass
class Frame:
    """What the model may look at: the rows of the window, then those of the horizon."""

    columns: NDArray[np.float32]
    """``[rows, columns]`` with the calendar's columns; the channels' are 0 until they are scaled."""
    values: dict[str, NDArray[np.float64]]
    """By channel, in its own unit: ``[rows]`` where the future is known, ``[window]`` otherwise."""


@dataclass(frozen=True)
class Fitted:
    """A scaler with its numbers."""

    logarithmic: bool
    center: float
    spread: float

    def scale(self, value: float) -> float:
        """Zero spread scales to 0."""
        if self.logarithmic:
            return math.log1p(value)
        return 0.0 if self.spread == 0 else (value - self.center) / self.spread

    def unscale(self, value: float) -> float:
        """Zero spread gives the center."""
        if self.logarithmic:
            try:
                return math.expm1(value)
            except OverflowError:
                return math.inf
        return self.center if self.spread == 0 else value * self.spread + self.center


class Reference:
    """Forecasts as the bundle's description says, by the model that is given."""

    def __init__(
        self,
        description: Description,
        model: Model,
        *,
        single_rows: bool = False,
        state_shapes: Mapping[str, tuple[int, ...]] | None = None,
    ) -> None:
        """For stateful models.

        ``single_rows``: the window tensor takes one row at a time. ``state_shapes``: the shapes of state
        inputs by name, for a batch of one.
        """
        self.description = description
        self._model = model
        self._single_rows = single_rows
        self._state_shapes = dict(state_shapes or {})
        self._zone = ZoneInfo(description.time_zone)

    @staticmethod
    def open(bundle: Path | str) -> Reference:
        """A bundle's own model, run by ONNX Runtime on one thread. Needs the extra ``reference``."""
        from inferd._onnxruntime import OnnxModel

        description = Description.read(Path(bundle) / "model.yaml")
        model = OnnxModel(Path(bundle) / "model.onnx")
        shapes = model.input_shapes
        single = description.mode == "stateful" and shapes[description.window_tensor][1] == 1
        states = {
            state.input: tuple(extent if isinstance(extent, int) else 1 for extent in shapes[state.input])
            for state in description.states
        }
        return Reference(description, model.run, single_rows=single, state_shapes=states)

    def predict(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Computes one answer, or raises ``RequestRefused``."""
        # Overflow is looked for where it counts, and refused.
        with np.errstate(over="ignore", invalid="ignore"):
            horizon = precheck(self.description, request)
            series = check_uniform(self.description, self._zone, request, horizon)
            frame = prepare_frame(self.description, self._zone, request, series, horizon)
            rows, target = window(self.description, request, series, frame)
            outputs = self._run(rows, horizon)
            return self._answer(request, series, horizon, outputs, target)

    def target_scale(self, request: Mapping[str, Any]) -> float:
        """What errors of an answer are measured against: the spread of the target's scaler."""
        horizon = precheck(self.description, request)
        series = check_uniform(self.description, self._zone, request, horizon)
        channel = self.description.channels[0]
        fitted = fit(channel.scaler, series.values[channel.name][-self.description.window :])
        return 1.0 if fitted.logarithmic else fitted.spread

    # The model's runs.

    def _run(self, frame: NDArray[np.float32], horizon: int) -> NDArray[np.float32]:
        """Scaled outputs, ``[horizon, values per point]``."""
        if self.description.mode == "direct":
            return self._run_direct(frame)[:horizon]
        if self.description.mode == "autoregressive":
            return self._run_autoregressive(frame, horizon)
        return self._run_stateful(frame, horizon)

    def _points(self, tensors: Tensors) -> NDArray[np.float32]:
        output: NDArray[np.float32] = tensors[self.description.output_tensor][0]
        return output.reshape(self.description.chunk, max(1, len(self.description.quantiles)))

    @property
    def _median(self) -> int:
        return self.description.quantiles.index(0.5) if self.description.quantiles else 0

    def _run_direct(self, frame: NDArray[np.float32]) -> NDArray[np.float32]:
        window = self.description.window
        tensors = {self.description.window_tensor: frame[None, :window]}
        if self.description.future_tensor:
            future = frame[None, window:][:, :, self.description.future_columns]
            tensors[self.description.future_tensor] = np.ascontiguousarray(future)
        return self._points(self._model(tensors))

    def _run_autoregressive(self, frame: NDArray[np.float32], horizon: int) -> NDArray[np.float32]:
        window = self.description.window
        points: list[NDArray[np.float32]] = []
        while len(points) < horizon:
            start = len(points)
            output = self._points(
                self._model({self.description.window_tensor: frame[None, start : start + window]})
            )
            for point in output[: horizon - start]:
                frame[window + len(points), 0] = point[self._median]
                points.append(point)
        return np.stack(points)

    def _run_stateful(self, frame: NDArray[np.float32], horizon: int) -> NDArray[np.float32]:
        window = self.description.window
        states = {
            state.input: np.full(self._state_shapes[state.input], state.initial, np.float32)
            for state in self.description.states
        }

        def run(rows: NDArray[np.float32]) -> NDArray[np.float32]:
            outputs = self._model({self.description.window_tensor: rows[None], **states})
            for state in self.description.states:
                states[state.input] = outputs[state.output]
            point: NDArray[np.float32] = self._points(outputs)[0]
            return point

        if self._single_rows:
            for row in range(window - 1):
                run(frame[row : row + 1])
            point = run(frame[window - 1 : window])
        else:
            point = run(frame[:window])
        points = [point]
        while len(points) < horizon:
            row = window + len(points) - 1
            frame[row, 0] = points[-1][self._median]
            points.append(run(frame[row : row + 1]))
        return np.stack(points)

    # The answer.

    def _answer(
        self,
        request: Mapping[str, Any],
        series: Series,
        horizon: int,
        outputs: NDArray[np.float32],
        target: Fitted,
    ) -> dict[str, Any]:
        unscaled = inverse_scale(outputs, target)
        values = unscaled[:, self._median]
        wanted = [self.description.quantiles.index(level) for level in request.get("quantiles") or []]
        if not np.all(np.isfinite(unscaled[:, [self._median, *wanted]])):
            raise RequestRefused("", "the forecast is not finite", "FAILED_PRECONDITION")
        answer: dict[str, Any] = {
            "timestamps_us": [series.grid.time(series.count + point) for point in range(horizon)],
            "values": values.tolist(),
            "quantiles": [unscaled[:, place].tolist() for place in wanted],
            "filled_points": series.count - len(series.places),
        }
        actuals = request.get("actuals") or []
        if actuals:
            history = series.values[self.description.channels[0].name]
            bounds = (unscaled[:, 0], unscaled[:, -1]) if self.description.quantiles else None
            answer["metrics"] = metrics(values, actuals, history, self.description.season, bounds)
        return answer


# The stages.


def precheck(description: Description, request: Mapping[str, Any]) -> int:
    """Checks names, lengths and numbers; the horizon that is asked for."""
    channels: Mapping[str, list[float]] = request.get("channels") or {}
    if not channels:
        raise RequestRefused("predict.history", "holds no channel")
    points = len(request.get("timestamps_us") or [])
    if "regular" in request:
        if points > 0:
            raise RequestRefused("predict.history", "gives its time twice")
        points = len(next(iter(channels.values())))
    if points == 0:
        raise RequestRefused("predict.history", "holds no points")
    if points > HISTORY_POINTS:
        raise RequestRefused("predict.history", "has too many points")
    known = [channel.name for channel in description.channels]
    for name in known:
        if name not in channels:
            raise RequestRefused("predict.history.channels", f"needs {name}")
    for index, (name, values) in enumerate(channels.items()):
        field = f"predict.history.channels[{index}]"
        if name not in known:
            raise RequestRefused(f"{field}.name", "is not the model's")
        if len(values) != points:
            raise RequestRefused(field, "is of another length")
        _require_finite(values, field)
    horizon = request.get("horizon") or description.default_horizon
    if not 0 < horizon <= description.maximum_horizon:
        raise RequestRefused("predict.horizon", "is over the maximum")
    _check_future(description, request.get("future") or {}, horizon)
    _check_quantiles(description, request.get("quantiles") or [])
    actuals = request.get("actuals") or []
    if len(actuals) > horizon:
        raise RequestRefused("predict.actuals", "are more than the horizon")
    for index, actual in enumerate(actuals):
        if actual is not None and math.isinf(actual):
            raise RequestRefused(f"predict.actuals[{index}]", "is infinite")
    return int(horizon)


def _check_future(description: Description, future: Mapping[str, list[float]], horizon: int) -> None:
    known = [channel.name for channel in description.channels[1:] if channel.known_in_future]
    for name in known:
        if name not in future:
            raise RequestRefused("predict.future", f"needs {name}")
    for index, (name, values) in enumerate(future.items()):
        field = f"predict.future[{index}]"
        if name not in known:
            raise RequestRefused(f"{field}.name", "is not known in the future")
        if len(values) < horizon:
            raise RequestRefused(field, "does not cover the horizon")
        _require_finite(values[:horizon], field)


def _check_quantiles(description: Description, quantiles: list[float]) -> None:
    if len(quantiles) > QUANTILES:
        raise RequestRefused("predict.quantiles", "are too many")
    for index, level in enumerate(quantiles):
        if level not in description.quantiles or level in quantiles[:index]:
            raise RequestRefused(f"predict.quantiles[{index}]", "is none of the model's, or comes twice")


def _require_finite(values: list[float], field: str) -> None:
    for index, value in enumerate(values):
        if not math.isfinite(value):
            raise RequestRefused(f"{field}.values[{index}]", "is not finite")


def check_uniform(
    description: Description,
    zone: ZoneInfo,
    request: Mapping[str, Any],
    horizon: int,
    *,
    maximum_points: int | None = HISTORY_POINTS,
) -> Series:
    """Puts the history on its grid and closes gaps as the policy says."""
    channels = {name: np.asarray(values, np.float64) for name, values in request["channels"].items()}
    try:
        grid, places = _locate(description, zone, request, maximum_points)
    except (OverflowError, ValueError) as error:
        if isinstance(error, RequestRefused):
            raise
        raise RequestRefused("predict.history", "lies at the end of the calendar") from error
    count = places[-1] + 1
    if count < description.window:
        raise RequestRefused("predict.history", "is shorter than the window")
    if not _is_in_calendar(grid, count + horizon - 1):
        raise RequestRefused("predict.horizon", "reaches beyond the year 9999")
    filled = {name: _fill(values, places, description.gap_policy) for name, values in channels.items()}
    return Series(grid=grid, values=filled, count=count, places=places)


def _is_in_calendar(grid: TimeGrid, place: int) -> bool:
    try:
        return grid.time(place) <= LAST_US
    except (OverflowError, ValueError):
        return False


def _locate(
    description: Description, zone: ZoneInfo, request: Mapping[str, Any], maximum_points: int | None
) -> tuple[TimeGrid, list[int]]:
    """The grid, and the place on it of each point."""
    if "regular" not in request:
        stamps = request["timestamps_us"]
        for index, stamp in enumerate(stamps):
            _require_time(stamp, f"predict.history.timestamps_us[{index}]")
        grid = TimeGrid(stamps[0], description.step, zone)
        return grid, _place(description, grid, stamps, maximum_points)
    regular = request["regular"]
    field = "predict.history.regular"
    if regular.get("step"):
        try:
            step = Step.parse(regular["step"])
        except DescriptionError as error:
            raise RequestRefused(f"{field}.step", "is no step") from error
        if step != description.step:
            raise RequestRefused(f"{field}.step", "is not the model's")
    _require_time(regular["start_us"], f"{field}.start_us")
    points = len(next(iter(request["channels"].values())))
    return TimeGrid(regular["start_us"], description.step, zone), list(range(points))


def _require_time(time_us: int, field: str) -> None:
    if not FIRST_US <= time_us <= LAST_US:
        raise RequestRefused(field, "lies outside the years 1 to 9999")


def _place(
    description: Description, grid: TimeGrid, stamps: list[int], maximum_points: int | None
) -> list[int]:
    places = [0]
    for index in range(1, len(stamps)):
        field = f"predict.history.timestamps_us[{index}]"
        if stamps[index] <= stamps[index - 1]:
            raise RequestRefused(field, "does not rise")
        place = grid.nearest(stamps[index])
        if abs(stamps[index] - grid.time(place)) > description.tolerance_us:
            raise RequestRefused(field, "is off the grid")
        if place <= places[-1]:
            raise RequestRefused(field, "repeats")
        if place > places[-1] + 1:
            if description.gap_policy == "reject":
                raise RequestRefused(field, "comes after a gap")
            if maximum_points is not None and place >= maximum_points:
                raise RequestRefused("predict.history", "has too many points once filled")
        places.append(place)
    return places


def _fill(values: NDArray[np.float64], places: list[int], policy: str) -> NDArray[np.float64]:
    """One value for each place; history begins and ends with a point, so that no gap is open."""
    grid = np.arange(places[-1] + 1)
    if policy == "interpolate":
        return np.interp(grid, places, values)
    # The last point that is not later; without gaps these are the points themselves.
    return values[np.searchsorted(places, grid, side="right") - 1]


def fit(scaler: Scaler, window: NDArray[np.float64]) -> Fitted:
    """The scaler's numbers, taken from the window's values where the description says so.

    ``standard`` takes mean and population standard deviation, ``minmax`` least value and range,
    ``robust`` median and interquartile range (numpy's default quantiles, which interpolate).
    """
    if scaler.kind in ("none", "log1p"):
        return Fitted(scaler.kind == "log1p", 0.0, 1.0)
    if not scaler.per_window:
        return Fitted(False, scaler.center, scaler.spread)
    if window.min() == window.max():
        # A sum of equal values may round: their mean would be another value, and their spread not 0.
        return Fitted(False, float(window[0]), 0.0)
    # What overflows is refused where it is used.
    with np.errstate(over="ignore", invalid="ignore"):
        if scaler.kind == "standard":
            return Fitted(False, float(window.mean()), float(window.std()))
        if scaler.kind == "minmax":
            return Fitted(False, float(window.min()), float(window.max() - window.min()))
        low, middle, high = np.quantile(window, [0.25, 0.5, 0.75])
        return Fitted(False, float(middle), float(high - low))


def prepare_frame(
    description: Description,
    zone: ZoneInfo,
    request: Mapping[str, Any],
    series: Series,
    horizon: int,
) -> Frame:
    """Lays out channels and calendar features for the window and the horizon together.

    A model with a future tensor looks at its greatest horizon whatever was asked for: known covariates
    go on with their last value.
    """
    past = description.window
    rows = past + (description.maximum_horizon if description.future_tensor else horizon)
    times = _local_times(series.grid, series.count - past, rows, zone)
    columns = np.zeros((rows, description.column_count), np.float32)
    values: dict[str, NDArray[np.float64]] = {}
    future: Mapping[str, list[float]] = request.get("future") or {}
    column = 0
    for feature in description.features:
        if isinstance(feature, Channel):
            values[feature.name] = series.values[feature.name][-past:]
            if column > 0 and feature.known_in_future:
                places = np.minimum(np.arange(rows - past), horizon - 1)
                known = np.asarray(future[feature.name], np.float64)[places]
                values[feature.name] = np.concatenate([values[feature.name], known])
            column += 1
        else:
            for row, local in enumerate(times):
                columns[row, column : column + feature.width] = calendar_columns(feature, local)
            column += feature.width
    return Frame(columns, values)


def _local_times(grid: TimeGrid, first: int, rows: int, zone: ZoneInfo) -> list[datetime]:
    """Of each row; past the end of Python's calendar the last is repeated, where no answer lies."""
    times: list[datetime] = []
    for place in range(first, first + rows):
        try:
            times.append(to_datetime(grid.time(place), zone))
        except (OverflowError, ValueError):
            times.append(times[-1])
    return times


def window(
    description: Description, request: Mapping[str, Any], series: Series, frame: Frame
) -> tuple[NDArray[np.float32], Fitted]:
    """Scales the channels: the model's rows, ``[rows, columns]``, and how the target was scaled.

    Parameters taken ``per_window`` come from the window's rows and hold for the horizon's as well.
    """
    rows = frame.columns.copy()
    places = {name: place for place, name in enumerate(request["channels"])}
    fitted: dict[str, Fitted] = {}
    column = 0
    for feature in description.features:
        if isinstance(feature, Channel):
            numbers = fit(feature.scaler, frame.values[feature.name][: description.window])
            if not (math.isfinite(numbers.center) and math.isfinite(numbers.spread)):
                field = f"predict.history.channels[{places[feature.name]}]"
                raise RequestRefused(field, "holds values too far apart to be scaled by them")
            fitted[feature.name] = numbers
            for row, value in enumerate(frame.values[feature.name]):
                scaled = _scale(numbers, float(value))
                if scaled is None:
                    field = _field(description, request, series, feature.name, row)
                    raise RequestRefused(field, "cannot be scaled")
                rows[row, column] = scaled
            column += 1
        else:
            column += feature.width
    return rows, fitted[description.channels[0].name]


def _scale(fitted: Fitted, value: float) -> np.float32 | None:
    """``None`` where there is no logarithm, or where float32 overflows."""
    if fitted.logarithmic and value <= -1:
        return None
    with np.errstate(over="ignore"):
        scaled = np.float32(fitted.scale(value))
    return scaled if np.isfinite(scaled) else None


def _field(description: Description, request: Mapping[str, Any], series: Series, name: str, row: int) -> str:
    """The value of the request that a row was made of."""
    if row < description.window:
        place = series.count - description.window + row
        index = int(np.searchsorted(series.places, place, side="right")) - 1
        return f"predict.history.channels[{list(request['channels']).index(name)}].values[{index}]"
    horizon = request.get("horizon") or description.default_horizon
    index = min(row - description.window, horizon - 1)
    return f"predict.future[{list(request['future']).index(name)}].values[{index}]"


def inverse_scale(outputs: NDArray[np.float32], target: Fitted) -> NDArray[np.float64]:
    """Outputs in the target's unit; what overflows is infinite."""
    if not np.all(np.isfinite(outputs)):
        raise RequestRefused("", "the model's output is not finite", "FAILED_PRECONDITION")
    unscaled = np.empty(outputs.shape, np.float64)
    for place, value in np.ndenumerate(outputs):
        unscaled[place] = target.unscale(float(value))
    return unscaled


def metrics(
    forecast: NDArray[np.float64],
    actuals: list[float | None],
    history: NDArray[np.float64],
    season: int | None,
    bounds: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> dict[str, float]:
    """Errors over the points whose actual is known (Hyndman and Koehler 2006), as fractions.

    ``mae`` and ``rmse`` have the target's unit, the others none. ``mape`` leaves out points whose actual
    is 0; ``smape`` counts 0/0 as 0; ``mase`` compares with the seasonal-naive forecast on ``history``;
    ``coverage`` counts actuals within ``bounds``, the outermost quantiles. A metric that is not defined is
    absent, as is one that overflows.
    """
    actual = np.array([math.nan if value is None else value for value in actuals], np.float64)
    known = np.flatnonzero(~np.isnan(actual))
    if known.size == 0:
        return {}
    with np.errstate(over="ignore", invalid="ignore"):
        a, f = actual[known], forecast[known]
        error = np.abs(f - a)
        total = np.abs(f) + np.abs(a)
        symmetric = np.divide(2 * error, total, out=np.zeros_like(error), where=total != 0)
        result = {"mae": float(error.mean()), "rmse": float(np.sqrt((error**2).mean()))}
        if np.any(a != 0):
            result["mape"] = float((error[a != 0] / np.abs(a[a != 0])).mean())
        result["smape"] = float(symmetric.mean())
        if season is not None and history.size > season:
            naive = float(np.abs(history[season:] - history[:-season]).mean())
            if 0 < naive < math.inf:
                result["mase"] = result["mae"] / naive
    if bounds is not None:
        result["coverage"] = float(((a >= bounds[0][known]) & (a <= bounds[1][known])).mean())
    return {name: value for name, value in result.items() if math.isfinite(value)}
