"""What a bundle's ``model.yaml`` says, read strictly: a key that is not known is an error."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

DURATIONS = {"us": 1, "ms": 1_000, "s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000}
PERIODS = {"hour": 24, "day_of_week": 7, "day_of_month": 31, "month": 12, "day_of_year": 366, "iso_week": 53}
ENCODINGS = ("sin", "cos", "scaled", "one_hot")
SCALER_NUMBERS = {
    "none": (),
    "log1p": (),
    "standard": ("mean", "std"),
    "minmax": ("min", "max"),
    "robust": ("median", "iqr"),
}


class DescriptionError(ValueError):
    """A description that cannot be; the message names the key."""


@dataclass(frozen=True)
class Step:
    """The distance of two points: microseconds, or days or months of the local calendar."""

    unit: str
    """``us``, ``days`` or ``months``."""
    count: int

    @staticmethod
    def parse(text: str) -> Step:
        """Reads for example ``15min``, ``1h``, ``1d``, ``1mo``."""
        number, unit = _split(text)
        if number == 0:
            raise DescriptionError(f"step '{text}' has no length")
        if unit in DURATIONS:
            return Step("us", number * DURATIONS[unit])
        calendar = {"d": ("days", 1), "w": ("days", 7), "mo": ("months", 1), "y": ("months", 12)}
        if unit not in calendar:
            raise DescriptionError(f"'{text}' has no known unit")
        name, factor = calendar[unit]
        return Step(name, number * factor)


@dataclass(frozen=True)
class Scaler:
    """``(x - center) / spread``, or ``ln(1 + x)``."""

    kind: str
    per_window: bool = False
    center: float = 0.0
    spread: float = 1.0


@dataclass(frozen=True)
class Channel:
    """A column that comes from the request."""

    name: str
    known_in_future: bool
    scaler: Scaler


@dataclass(frozen=True)
class CalendarFeature:
    """A column, or columns, computed from the time stamps in the bundle's zone."""

    field: str
    encoding: str

    @property
    def width(self) -> int:
        """Number of columns."""
        return PERIODS[self.field] if self.encoding == "one_hot" else 1


@dataclass(frozen=True)
class State:
    """A tensor that a stateful model carries from run to run."""

    input: str
    output: str
    batch_axis: int = 0
    initial: float = 0.0


@dataclass(frozen=True)
class Description:
    """A forecast model's description."""

    step: Step
    time_zone: str
    tolerance_us: int
    window: int
    default_horizon: int
    maximum_horizon: int
    season: int | None
    gap_policy: str
    features: tuple[Channel | CalendarFeature, ...]
    mode: str
    chunk: int
    quantiles: tuple[float, ...]
    window_tensor: str
    future_tensor: str | None
    output_tensor: str
    states: tuple[State, ...] = field(default=())

    @property
    def channels(self) -> list[Channel]:
        """The request's channels, the target first."""
        return [feature for feature in self.features if isinstance(feature, Channel)]

    @property
    def column_count(self) -> int:
        """Columns of the window tensor."""
        return sum(feature.width if isinstance(feature, CalendarFeature) else 1 for feature in self.features)

    @property
    def future_columns(self) -> list[int]:
        """The window's columns that the future tensor holds: known covariates, then the calendar's."""
        known: list[int] = []
        calendar: list[int] = []
        column = 0
        for feature in self.features:
            if isinstance(feature, CalendarFeature):
                calendar += range(column, column + feature.width)
                column += feature.width
            else:
                if column > 0 and feature.known_in_future:
                    known.append(column)
                column += 1
        return known + calendar

    @staticmethod
    def read(path: Path) -> Description:
        """Reads a ``model.yaml``."""
        return Description.parse(yaml.safe_load(path.read_text(encoding="utf-8")))

    @staticmethod
    def parse(content: object) -> Description:
        """Takes the content of a ``model.yaml``."""
        keys = _Keys(content, "")
        if keys.integer("format") != 1:
            raise DescriptionError("format: expected 1")
        keys.choice("task", ("forecast",))
        horizon = _Keys(keys.take("horizon"), "horizon.")
        tensors = _Keys(keys.take("tensors"), "tensors.")
        decode = _Keys(keys.take("decode"), "decode.")
        maximum = horizon.integer("maximum")
        mode = decode.choice("mode", ("direct", "autoregressive", "stateful"))
        chunk = {"direct": maximum, "autoregressive": 1, "stateful": 1}[mode]
        result = Description(
            step=Step.parse(keys.text("step")),
            time_zone=keys.text("time_zone"),
            tolerance_us=_duration(keys.text("time_tolerance", "0s")),
            window=keys.integer("window"),
            default_horizon=horizon.integer("default"),
            maximum_horizon=maximum,
            season=keys.integer("season") if keys.has("season") else None,
            gap_policy=keys.choice("gap_policy", ("reject", "ffill", "interpolate"), "reject"),
            features=tuple(_feature(item, index) for index, item in enumerate(keys.items("features"))),
            mode=mode,
            chunk=decode.integer("chunk") if decode.has("chunk") else chunk,
            quantiles=tuple(float(level) for level in keys.items("quantiles")),
            window_tensor=tensors.text("window"),
            future_tensor=tensors.text("future") if tensors.has("future") else None,
            output_tensor=tensors.text("output"),
            states=tuple(_state(item, index) for index, item in enumerate(tensors.items("states"))),
        )
        for key in ("description", "unit", "max_batch", "ttl", "training", "scores"):
            keys.skip(key)
        for group in (keys, horizon, tensors, decode):
            group.finish()
        result._check()
        return result

    def _check(self) -> None:
        def require(holds: bool, message: str) -> None:
            if not holds:
                raise DescriptionError(message)

        require(self.window >= 1, "window: expected 1 or more")
        require(
            1 <= self.default_horizon <= self.maximum_horizon <= 4096, "horizon: expected default <= maximum"
        )
        require(
            isinstance(next(iter(self.features), None), Channel), "features[0]: expected the target's channel"
        )
        names = [channel.name for channel in self.channels]
        require(len(set(names)) == len(names), "features: a channel is given twice")
        if self.mode != "direct":
            known = all(channel.known_in_future for channel in self.channels[1:])
            require(known, f"features: a {self.mode} model needs every covariate in the future")
            require(self.future_tensor is None, "tensors.future: only a direct model has one")
        require(
            (self.mode == "stateful") == bool(self.states),
            "tensors.states: for stateful models, and only them",
        )
        fits = {"direct": self.chunk == self.maximum_horizon, "stateful": self.chunk == 1}
        require(
            fits.get(self.mode, 1 <= self.chunk <= self.maximum_horizon),
            "decode.chunk: does not fit the mode",
        )
        if self.quantiles:
            rising = all(a < b for a, b in zip(self.quantiles, self.quantiles[1:], strict=False))
            require(rising and 0.5 in self.quantiles, "quantiles: expected rising levels with 0.5 among them")
            require(
                all(0 < level < 1 for level in self.quantiles), "quantiles: expected levels between 0 and 1"
            )


class _Keys:
    """A mapping whose keys must all be asked for."""

    def __init__(self, content: object, path: str) -> None:
        if not isinstance(content, Mapping):
            raise DescriptionError(f"{path.rstrip('.') or 'model.yaml'}: expected keys and values")
        self._content: dict[str, Any] = {str(key): value for key, value in content.items()}
        self._left = set(self._content)
        self._path = path

    def has(self, key: str) -> bool:
        return key in self._content

    def skip(self, key: str) -> None:
        self._left.discard(key)

    def take(self, key: str) -> Any:
        if key not in self._content:
            raise DescriptionError(f"{self._path}{key}: missing")
        self._left.discard(key)
        return self._content[key]

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and not self.has(key):
            return default
        value = self.take(key)
        if not isinstance(value, str):
            raise DescriptionError(f"{self._path}{key}: expected a text, found {value!r}")
        return value

    def integer(self, key: str) -> int:
        value = self.take(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise DescriptionError(f"{self._path}{key}: expected a whole number, found {value!r}")
        return value

    def number(self, key: str) -> float:
        value = self.take(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise DescriptionError(f"{self._path}{key}: expected a number, found {value!r}")
        return float(value)

    def choice(self, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in known:
            raise DescriptionError(f"{self._path}{key}: expected one of {', '.join(known)}, found '{value}'")
        return value

    def items(self, key: str) -> list[Any]:
        if not self.has(key):
            return []
        value = self.take(key)
        if not isinstance(value, list):
            raise DescriptionError(f"{self._path}{key}: expected a list")
        return value

    def finish(self) -> None:
        if self._left:
            raise DescriptionError(f"{self._path}{min(self._left)}: not a known key")


def _feature(content: object, index: int) -> Channel | CalendarFeature:
    keys = _Keys(content, f"features[{index}].")
    feature: Channel | CalendarFeature
    if keys.has("calendar"):
        feature = CalendarFeature(keys.choice("calendar", tuple(PERIODS)), keys.choice("encoding", ENCODINGS))
    else:
        known = keys.choice("known", ("future", "past"), "past") == "future"
        scaler = _scaler(keys.take("scaler"), f"features[{index}].scaler.")
        feature = Channel(keys.text("channel"), known, scaler)
    keys.finish()
    return feature


def _scaler(content: object, path: str) -> Scaler:
    keys = _Keys(content, path)
    kind = keys.choice("kind", tuple(SCALER_NUMBERS))
    names = SCALER_NUMBERS[kind]
    if not names:
        scaler = Scaler(kind)
    elif keys.has("fit"):
        keys.choice("fit", ("per_window",))
        scaler = Scaler(kind, per_window=True)
    else:
        center, second = (keys.number(name) for name in names)
        spread = second - center if kind == "minmax" else second
        if spread < 0:
            raise DescriptionError(f"{path}{names[1]}: the spread is negative")
        scaler = Scaler(kind, center=center, spread=spread)
    keys.finish()
    return scaler


def _state(content: object, index: int) -> State:
    keys = _Keys(content, f"tensors.states[{index}].")
    state = State(
        input=keys.text("input"),
        output=keys.text("output"),
        batch_axis=keys.integer("batch_axis") if keys.has("batch_axis") else 0,
        initial=keys.number("initial") if keys.has("initial") else 0.0,
    )
    keys.finish()
    return state


def _split(text: str) -> tuple[int, str]:
    match = re.fullmatch(r"([0-9]{1,9})([a-z]+)", text)
    if match is None:
        raise DescriptionError(f"'{text}' is no duration")
    return int(match[1]), match[2]


def _duration(text: str) -> int:
    number, unit = _split(text)
    if unit not in DURATIONS:
        raise DescriptionError(f"'{text}' is no fixed duration")
    return number * DURATIONS[unit]
