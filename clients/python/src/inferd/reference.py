"""A forecast, stage by stage, in numpy: what the daemon must answer, computed without it.

Requests and answers have the shapes of a bundle's ``golden.json``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from inferd.description import Channel, Description, Scaler, Step
from inferd.timegrid import TimeGrid, calendar_columns, to_datetime

Tensors = dict[str, NDArray[np.float32]]
Model = Callable[[Tensors], Tensors]
"""Runs a model: tensors by name in, tensors by name out; the batch has one row."""

HISTORY_POINTS = 16_384


class RequestRefused(ValueError):
    """A request that must be refused, with the status and the field at fault."""

    def __init__(self, field: str, message: str, code: str = "INVALID_ARGUMENT") -> None:
        super().__init__(f"{code}: {field}: {message}")
        self.code = code
        self.field = field


@dataclass
class Series:
    """A history on its grid, gaps closed."""

    grid: TimeGrid
    values: dict[str, NDArray[np.float64]]
    count: int
    places: list[int]
    """The grid's place of each point of the request."""


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
            return math.expm1(value)
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
    def open(bundle: Path) -> Reference:
        """A bundle's own model, run by ONNX Runtime on one thread."""
        import onnxruntime

        description = Description.read(bundle / "model.yaml")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(bundle / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        names = [output.name for output in session.get_outputs()]
        shapes = {tensor.name: tensor.shape for tensor in session.get_inputs()}

        def run(tensors: Tensors) -> Tensors:
            return dict(zip(names, session.run(names, tensors), strict=True))

        single = description.mode == "stateful" and shapes[description.window_tensor][1] == 1
        states = {
            state.input: tuple(extent if isinstance(extent, int) else 1 for extent in shapes[state.input])
            for state in description.states
        }
        return Reference(description, run, single_rows=single, state_shapes=states)

    def predict(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Computes one answer, or raises ``RequestRefused``."""
        horizon = precheck(self.description, request)
        series = check_uniform(self.description, self._zone, request)
        rows = self._future_rows(horizon)
        times = [
            series.grid.time(series.count - self.description.window + row)
            for row in range(self.description.window + rows)
        ]
        frame, target = prepare_and_window(self.description, request, series, horizon, times, self._zone)
        outputs = self._run(frame, horizon)
        return self._answer(request, series, horizon, outputs, target)

    def target_scale(self, request: Mapping[str, Any]) -> float:
        """What errors of an answer are measured against: the spread of the target's scaler."""
        series = check_uniform(self.description, self._zone, request)
        channel = self.description.channels[0]
        fitted = fit(channel.scaler, series.values[channel.name][-self.description.window :])
        return 1.0 if fitted.logarithmic else fitted.spread

    def _future_rows(self, horizon: int) -> int:
        return self.description.maximum_horizon if self.description.future_tensor else horizon

    # The model's runs.

    def _run(self, frame: NDArray[np.float32], horizon: int) -> NDArray[np.float32]:
        """Scaled outputs, ``[horizon, values per point]``."""
        if self.description.mode == "direct":
            return self._run_direct(frame)[:horizon]
        if self.description.mode == "autoregressive":
            return self._run_autoregressive(frame, horizon)
        return self._run_stateful(frame, horizon)

    def _points(self, tensors: Tensors) -> NDArray[np.float32]:
        output = tensors[self.description.output_tensor][0]
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
            return self._points(outputs)[0]

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
        wanted = request.get("quantiles") or []
        answer: dict[str, Any] = {
            "timestamps_us": [series.grid.time(series.count + point) for point in range(horizon)],
            "values": values.tolist(),
            "quantiles": [unscaled[:, self.description.quantiles.index(level)].tolist() for level in wanted],
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
    channels: Mapping[str, list[float]] = request["channels"]
    points = len(next(iter(channels.values())))
    if "regular" not in request:
        points = len(request["timestamps_us"])
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
    if horizon > description.maximum_horizon:
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
    for index, level in enumerate(quantiles):
        if level not in description.quantiles or level in quantiles[:index]:
            raise RequestRefused(f"predict.quantiles[{index}]", "is none of the model's, or comes twice")


def _require_finite(values: list[float], field: str) -> None:
    for index, value in enumerate(values):
        if not math.isfinite(value):
            raise RequestRefused(f"{field}.values[{index}]", "is not finite")


def check_uniform(description: Description, zone: ZoneInfo, request: Mapping[str, Any]) -> Series:
    """Puts the history on its grid and closes gaps as the policy says."""
    channels = {name: np.asarray(values, np.float64) for name, values in request["channels"].items()}
    if "regular" in request:
        regular = request["regular"]
        if regular.get("step") and Step.parse(regular["step"]) != description.step:
            raise RequestRefused("predict.history.regular.step", "is not the model's")
        grid = TimeGrid(regular["start_us"], description.step, zone)
        places = list(range(len(next(iter(channels.values())))))
    else:
        stamps = request["timestamps_us"]
        grid = TimeGrid(stamps[0], description.step, zone)
        places = _place(description, grid, stamps)
    count = places[-1] + 1
    if count < description.window:
        raise RequestRefused("predict.history", "is shorter than the window")
    filled = {name: _fill(values, places, description.gap_policy) for name, values in channels.items()}
    return Series(grid=grid, values=filled, count=count, places=places)


def _place(description: Description, grid: TimeGrid, stamps: list[int]) -> list[int]:
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
            if place >= HISTORY_POINTS:
                raise RequestRefused("predict.history", "has too many points once filled")
        places.append(place)
    return places


def _fill(values: NDArray[np.float64], places: list[int], policy: str) -> NDArray[np.float64]:
    grid = np.arange(places[-1] + 1)
    if policy == "interpolate":
        return np.interp(grid, places, values)
    # The last point that is not later; without gaps these are the points themselves.
    return values[np.searchsorted(places, grid, side="right") - 1]


def fit(scaler: Scaler, window: NDArray[np.float64]) -> Fitted:
    """The scaler's numbers, taken from the window where the description says so."""
    if scaler.kind in ("none", "log1p"):
        return Fitted(scaler.kind == "log1p", 0.0, 1.0)
    if not scaler.per_window:
        return Fitted(False, scaler.center, scaler.spread)
    if scaler.kind == "standard":
        if window.min() == window.max():
            # A sum's rounding would make a spread out of none.
            return Fitted(False, float(window[0]), 0.0)
        return Fitted(False, float(window.mean()), float(window.std()))
    if scaler.kind == "minmax":
        return Fitted(False, float(window.min()), float(window.max() - window.min()))
    low, middle, high = np.quantile(window, [0.25, 0.5, 0.75])
    return Fitted(False, float(middle), float(high - low))


def prepare_and_window(
    description: Description,
    request: Mapping[str, Any],
    series: Series,
    horizon: int,
    times: list[int],
    zone: ZoneInfo,
) -> tuple[NDArray[np.float32], Fitted]:
    """The scaled rows of window and horizon, and how the target was scaled."""
    window = description.window
    frame = np.zeros((len(times), description.column_count), np.float32)
    future: Mapping[str, list[float]] = request.get("future") or {}
    target: Fitted | None = None
    column = 0
    for feature in description.features:
        if not isinstance(feature, Channel):
            for row, time in enumerate(times):
                frame[row, column : column + feature.width] = calendar_columns(
                    feature, to_datetime(time, zone)
                )
            column += feature.width
            continue
        history = series.values[feature.name][-window:]
        fitted = fit(feature.scaler, history)
        place = list(request["channels"]).index(feature.name)
        for row, value in enumerate(history):
            grid_place = series.count - window + row
            index = int(np.searchsorted(series.places, grid_place, side="right")) - 1
            field = f"predict.history.channels[{place}].values[{index}]"
            frame[row, column] = _scale(fitted, float(value), field)
        if column > 0 and feature.known_in_future:
            place = list(future).index(feature.name)
            for row in range(len(times) - window):
                # A direct model may look further than what was asked for: the last value goes on.
                index = min(row, horizon - 1)
                field = f"predict.future[{place}].values[{index}]"
                frame[window + row, column] = _scale(fitted, float(future[feature.name][index]), field)
        target = target or fitted
        column += 1
    assert target is not None
    return frame, target


def _scale(fitted: Fitted, value: float, field: str) -> np.float32:
    if fitted.logarithmic and value <= -1:
        raise RequestRefused(field, "has no logarithm")
    with np.errstate(over="ignore"):
        scaled = np.float32(fitted.scale(value))
    if not np.isfinite(scaled):
        raise RequestRefused(field, "is too large")
    return scaled


def inverse_scale(outputs: NDArray[np.float32], target: Fitted) -> NDArray[np.float64]:
    """Outputs in the target's unit."""
    if not np.all(np.isfinite(outputs)):
        raise RequestRefused("", "the model's output is not finite", "FAILED_PRECONDITION")
    return np.vectorize(target.unscale, otypes=[np.float64])(outputs.astype(np.float64))


def metrics(
    forecast: NDArray[np.float64],
    actuals: list[float | None],
    history: NDArray[np.float64],
    season: int | None,
    bounds: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> dict[str, float]:
    """Errors over the points whose actual is known (Hyndman and Koehler 2006), as fractions.

    A metric that is not defined is absent.
    """
    actual = np.array([math.nan if value is None else value for value in actuals], np.float64)
    known = np.flatnonzero(~np.isnan(actual))
    if known.size == 0:
        return {}
    a, f = actual[known], forecast[known]
    error = np.abs(f - a)
    result = {"mae": float(error.mean()), "rmse": float(np.sqrt((error**2).mean()))}
    if np.any(a != 0):
        result["mape"] = float((error[a != 0] / np.abs(a[a != 0])).mean())
    total = np.abs(f) + np.abs(a)
    result["smape"] = float(np.divide(2 * error, total, out=np.zeros_like(error), where=total != 0).mean())
    if season is not None and history.size > season:
        naive = float(np.abs(history[season:] - history[:-season]).mean())
        if naive > 0:
            result["mase"] = result["mae"] / naive
    if bounds is not None:
        result["coverage"] = float(((a >= bounds[0][known]) & (a <= bounds[1][known])).mean())
    return result
