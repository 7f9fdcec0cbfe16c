"""What a bundle's ``model.yaml`` says, read strictly: a key that is not known is an error.

Whatever the daemon would refuse when it loads a bundle is refused here, when the bundle is made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

DURATIONS = {"us": 1, "ms": 1_000, "s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000}
PERIODS = {"hour": 24, "day_of_week": 7, "day_of_month": 31, "month": 12, "day_of_year": 366, "iso_week": 53}
ENCODINGS = ("sin", "cos", "scaled", "one_hot")
DAY_US = 86_400_000_000
FLOAT32_MAXIMUM = (2 - 2**-23) * 2.0**127

# The daemon's limits.
HISTORY_POINTS = 16_384
HORIZON = 4_096
CHANNELS = 256
NAME_BYTES = 64
QUANTILES = 32
BATCH_ROWS = 4_096
STATE_BYTES = 64 << 20
"""All states of one row together."""

SCALER_NUMBERS = {
    "none": (),
    "log1p": (),
    "standard": ("mean", "std"),
    "minmax": ("min", "max"),
    "robust": ("median", "iqr"),
}


class DescriptionError(ValueError):
    """A description that cannot be; the message begins with the key at fault."""


@dataclass(frozen=True)
class Step:
    """The distance of two points: microseconds, or days or months of the local calendar."""

    unit: str
    """``us``, ``days`` or ``months``."""
    count: int

    @staticmethod
    def parse(text: str, key: str = "step") -> Step:
        """Reads a whole number and a unit, for example ``15min``, ``1h``, ``1d``, ``1mo``.

        Units are ``us ms s min h`` of fixed length, and ``d w mo y`` of the calendar. ``key`` is named by
        the error.
        """
        number, unit = _split(text, key)
        if number == 0:
            raise DescriptionError(f"{key}: '{text}' has no length")
        if unit in DURATIONS:
            return Step("us", number * DURATIONS[unit])
        calendar = {"d": ("days", 1), "w": ("days", 7), "mo": ("months", 1), "y": ("months", 12)}
        if unit not in calendar:
            raise DescriptionError(f"{key}: '{text}' has no known unit")
        name, factor = calendar[unit]
        return Step(name, number * factor)


@dataclass(frozen=True)
class Scaler:
    """``(x - center) / spread``, or ``ln(1 + x)``."""

    kind: str
    """A key of ``SCALER_NUMBERS``."""
    per_window: bool = False
    """The numbers are taken from each request's window."""
    center: float = 0.0
    """In the channel's unit, as is ``spread``."""
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
    """Axis that counts the rows of a batch; the other extents are fixed."""
    initial: float = 0.0
    """Every element before the first run."""


@dataclass(frozen=True)
class Description:
    """A forecast model's description."""

    step: Step
    time_zone: str
    """IANA name; calendar features and calendar steps are taken in it."""
    tolerance_us: int
    """How far a time stamp may lie off its place, in microseconds."""
    window: int
    """Points of history that the model reads."""
    default_horizon: int
    maximum_horizon: int
    """Points of forecast."""
    season: int | None
    """Points of one season, for MASE."""
    gap_policy: str
    """``reject``, ``ffill`` or ``interpolate``."""
    features: tuple[Channel | CalendarFeature, ...]
    """In the order of the window tensor's columns; the first is the target."""
    mode: str
    """``direct``, ``autoregressive`` or ``stateful``."""
    chunk: int
    """Points of forecast that one run gives."""
    quantiles: tuple[float, ...]
    """Rising levels, 0.5 among them; empty for a point forecast."""
    window_tensor: str
    future_tensor: str | None
    output_tensor: str
    states: tuple[State, ...] = field(default=())
    max_batch: int = 1
    """Rows that the daemon may put in one run."""

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

    @property
    def zone(self) -> ZoneInfo:
        """The time zone's rules."""
        return ZoneInfo(self.time_zone)

    @staticmethod
    def read(path: Path | str) -> Description:
        """Reads a ``model.yaml``. Raises ``DescriptionError``."""
        try:
            content = yaml.load(Path(path).read_text(encoding="utf-8"), _Loader)
        except yaml.YAMLError as error:
            raise DescriptionError(f"model.yaml: {error}") from error
        return Description.parse(content)

    @staticmethod
    def parse(content: object) -> Description:
        """Takes the content of a ``model.yaml``. Raises ``DescriptionError``."""
        keys = _Keys(content, "")
        if keys.integer("format") != 1:
            raise DescriptionError("format: expected 1")
        keys.choice("task", ("forecast",))
        horizon = _Keys(keys.take("horizon"), "horizon.")
        tensors = _Keys(keys.take("tensors"), "tensors.")
        decode = _Keys(keys.take("decode"), "decode.")
        maximum = horizon.integer("maximum")
        mode = decode.choice("mode", ("direct", "autoregressive", "stateful"))
        result = Description(
            step=Step.parse(keys.text("step")),
            time_zone=keys.text("time_zone"),
            tolerance_us=_duration(keys.text("time_tolerance", "0s"), "time_tolerance"),
            window=keys.integer("window"),
            default_horizon=horizon.integer("default"),
            maximum_horizon=maximum,
            season=keys.integer("season") if keys.has("season") else None,
            gap_policy=keys.choice("gap_policy", ("reject", "ffill", "interpolate"), "reject"),
            features=tuple(_feature(item, index) for index, item in enumerate(keys.items("features"))),
            mode=mode,
            chunk=decode.integer("chunk", maximum if mode == "direct" else 1),
            quantiles=tuple(keys.numbers("quantiles")),
            window_tensor=tensors.text("window"),
            future_tensor=tensors.text("future") if tensors.has("future") else None,
            output_tensor=tensors.text("output"),
            states=tuple(_state(item, index) for index, item in enumerate(tensors.items("states"))),
            max_batch=keys.integer("max_batch", 1),
        )
        for key in ("description", "unit"):
            keys.text(key, "")
        if keys.text("ttl", "cadence") != "cadence":
            _duration(keys.text("ttl"), "ttl")
        for key in ("training", "scores"):
            keys.skip(key)
        for group in (keys, horizon, tensors, decode):
            group.finish()
        result._check_numbers()
        result._check_time()
        result._check_features()
        result._check_decoding()
        result._check_tensors()
        return result

    def _check_numbers(self) -> None:
        _require_range("window", self.window, HISTORY_POINTS)
        _require_range("horizon.maximum", self.maximum_horizon, HORIZON)
        _require_range("horizon.default", self.default_horizon, self.maximum_horizon)
        if self.season is not None:
            _require_range("season", self.season, HISTORY_POINTS)
        _require_range("max_batch", self.max_batch, BATCH_ROWS)

    def _check_time(self) -> None:
        step_us = self.step.count if self.step.unit == "us" else DAY_US
        # No time stamp may be as close to one place as to another.
        _require(self.tolerance_us * 2 < step_us, "time_tolerance: expected less than half a step")
        try:
            _ = self.zone
        except (KeyError, ValueError, OSError) as error:
            raise DescriptionError(f"time_zone: no zone '{self.time_zone}' is known") from error

    def _check_features(self) -> None:
        target = next(iter(self.features), None)
        _require(isinstance(target, Channel), "features[0]: expected the target's channel")
        _require(len(self.channels) <= CHANNELS, f"features: expected at most {CHANNELS} channels")
        seen: set[str] = set()
        calendar: set[CalendarFeature] = set()
        for index, feature in enumerate(self.features):
            key = f"features[{index}]"
            if isinstance(feature, CalendarFeature):
                name = f"{feature.field} as {feature.encoding}"
                _require(feature not in calendar, f"{key}.calendar: {name} is given twice")
                calendar.add(feature)
                continue
            length = len(feature.name.encode())
            _require(1 <= length <= NAME_BYTES, f"{key}.channel: expected 1 to {NAME_BYTES} bytes")
            _require(feature.name not in seen, f"{key}.channel: '{feature.name}' is given twice")
            seen.add(feature.name)
            _require(
                index == 0 or self.mode == "direct" or feature.known_in_future,
                f"{key}.known: a model that is {self.mode} needs every covariate in the future",
            )

    def _check_decoding(self) -> None:
        chunks = {"direct": [self.maximum_horizon], "stateful": [1]}
        expected = chunks.get(self.mode, range(1, self.maximum_horizon + 1))
        _require(
            self.chunk in expected, f"decode.chunk: {self.chunk} does not fit a model that is {self.mode}"
        )
        if not self.quantiles:
            return
        _require(len(self.quantiles) <= QUANTILES, f"quantiles: expected at most {QUANTILES}")
        for index, level in enumerate(self.quantiles):
            _require(0 < level < 1, f"quantiles[{index}]: expected a level between 0 and 1")
            _require(
                index == 0 or self.quantiles[index - 1] < level, f"quantiles[{index}]: expected rising levels"
            )
        _require(0.5 in self.quantiles, "quantiles: expected 0.5 among them")

    def _check_tensors(self) -> None:
        if self.future_tensor is not None:
            _require(self.mode == "direct", "tensors.future: only a direct model has one")
            _require(bool(self.future_columns), "tensors.future: nothing is known of the future")
        if self.mode == "stateful":
            _require(bool(self.states), "tensors.states: expected one at least for a stateful model")
        else:
            _require(not self.states, f"tensors.states: expected none for a model that is {self.mode}")
        future = [self.future_tensor] if self.future_tensor is not None else []
        inputs = [self.window_tensor, *future, *(state.input for state in self.states)]
        outputs = [self.output_tensor, *(state.output for state in self.states)]
        for names in (inputs, outputs):
            twice = next((name for name in names if names.count(name) > 1), None)
            _require(twice is None, f"tensors: '{twice}' is named twice")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise DescriptionError(message)


def _require_range(key: str, value: int, maximum: int) -> None:
    _require(1 <= value <= maximum, f"{key}: expected 1 to {maximum}, found {value}")


class _Loader(yaml.SafeLoader):
    """YAML as the daemon reads it: without aliases, each key once, numbers such as 1e-5."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise DescriptionError(f"model.yaml: line {line}: expected no alias")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise DescriptionError(f"model.yaml: line {line}: expected a key")
            if key.value in seen:
                raise DescriptionError(f"model.yaml: line {line}: '{key.value}' is given twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+"), list("-+0123456789")
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

    def integer(self, key: str, default: int | None = None) -> int:
        if default is not None and not self.has(key):
            return default
        value = self.take(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise DescriptionError(f"{self._path}{key}: expected a whole number, found {value!r}")
        return value

    def number(self, key: str) -> float:
        return _number(self.take(key), f"{self._path}{key}")

    def numbers(self, key: str) -> list[float]:
        path = f"{self._path}{key}"
        return [_number(value, f"{path}[{index}]") for index, value in enumerate(self.items(key))]

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


def _number(value: object, path: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise DescriptionError(f"{path}: expected a number, found {value!r}")
    return float(value)


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
        if not 0 <= spread < math.inf:
            raise DescriptionError(f"{path}{names[1]}: expected a spread that is finite and not negative")
        scaler = Scaler(kind, center=center, spread=spread)
    keys.finish()
    return scaler


def _state(content: object, index: int) -> State:
    keys = _Keys(content, f"tensors.states[{index}].")
    state = State(
        input=keys.text("input"),
        output=keys.text("output"),
        batch_axis=keys.integer("batch_axis", 0),
        initial=keys.number("initial") if keys.has("initial") else 0.0,
    )
    keys.finish()
    if abs(state.initial) > FLOAT32_MAXIMUM:
        raise DescriptionError(f"tensors.states[{index}].initial: expected a number that a float32 holds")
    return state


def _split(text: str, key: str) -> tuple[int, str]:
    match = re.fullmatch(r"([0-9]{1,9})([a-z]+)", text)
    if match is None:
        raise DescriptionError(f"{key}: '{text}' is no duration")
    return int(match[1]), match[2]


def _duration(text: str, key: str) -> int:
    """Microseconds of a length that is the same on any day."""
    number, unit = _split(text, key)
    if unit not in DURATIONS:
        raise DescriptionError(f"{key}: '{text}' has no unit of fixed length")
    return number * DURATIONS[unit]
