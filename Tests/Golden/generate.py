"""Makes the synthetic bundles and the cases beside this file.

    PYTHONPATH=clients/python/src python Tests/Golden/generate.py

Needs the exporter's extra. Each bundle is a small random model; its cases are requests with the answers of
`inferd.reference`, with ONNX Runtime as the model, or with the error they must get.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import torch
from inferd.description import Description
from inferd.export import export_bundle
from inferd.reference import Reference, RequestRefused
from inferd.timegrid import TimeGrid

HERE = Path(__file__).parent
HOUR = 3_600_000_000
Request = dict[str, Any]


# Models. They are random: what counts is that every input moves the output.


class Dense(torch.nn.Module):
    """The whole window at once; the output stays small, so that forecasts stay near the data."""

    def __init__(self, window: int, columns: int, points: int, quantiles: int = 0, future: int = 0) -> None:
        super().__init__()
        self.shape = (points, quantiles) if quantiles else (points,)
        values = points * max(1, quantiles)
        self.hidden = torch.nn.Linear(window * columns + future, 8)
        self.out = torch.nn.Linear(8, values)
        self.quantiles = quantiles

    def forward(self, window: torch.Tensor, future: torch.Tensor | None = None) -> torch.Tensor:
        inputs = [window] if future is None else [window, future]
        flat = torch.cat([tensor.flatten(1) for tensor in inputs], 1)
        out = torch.tanh(self.out(torch.tanh(self.hidden(flat))))
        out = out.unflatten(1, self.shape)
        # Quantiles rise, as trained ones do.
        return torch.cumsum(torch.nn.functional.softplus(out), -1) - 1 if self.quantiles else out


class Recurrent(torch.nn.Module):
    """A GRU whose state goes in and comes out."""

    def __init__(self, columns: int, single_rows: bool) -> None:
        super().__init__()
        self.cell = torch.nn.GRU(columns, 6, batch_first=True)
        self.out = torch.nn.Linear(6, 1)
        self.single_rows = single_rows
        self.state_shapes = {"h_in": (1, 1, 6)}

    def forward(self, window: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        rows, state = self.cell(window, state)
        return self.out(rows[:, -1]), state


class Lstm(torch.nn.Module):
    """Two states, which begin at a value of their own."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.cell = torch.nn.LSTM(columns, 4, batch_first=True)
        self.out = torch.nn.Linear(4, 3)
        self.state_shapes = {"h_in": (1, 1, 4), "c_in": (1, 1, 4)}

    def forward(
        self, window: torch.Tensor, h: torch.Tensor, c: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        rows, (h, c) = self.cell(window, (h, c))
        out = torch.cumsum(torch.nn.functional.softplus(self.out(rows[:, -1])), -1) - 1
        return out.unsqueeze(1), h, c


# Descriptions.


def describe(
    features: list[dict[str, Any]],
    *,
    mode: str,
    chunk: int | None = None,
    step: str = "1h",
    zone: str = "UTC",
    window: int = 12,
    horizon: tuple[int, int] = (6, 12),
    tensors: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    decode: dict[str, Any] = {"mode": mode}
    if chunk is not None:
        decode["chunk"] = chunk
    return {
        "step": step,
        "time_zone": zone,
        "window": window,
        "horizon": {"default": horizon[0], "maximum": horizon[1]},
        "features": features,
        "decode": decode,
        "tensors": {"window": "window", "output": "forecast", **(tensors or {})},
        "max_batch": 8,
        **more,
    }


def channel(name: str, scaler: dict[str, Any] | str, known: str | None = None) -> dict[str, Any]:
    feature: dict[str, Any] = {"channel": name}
    if known is not None:
        feature["known"] = known
    feature["scaler"] = {"kind": scaler} if isinstance(scaler, str) else scaler
    return feature


def calendar(field: str, *encodings: str) -> list[dict[str, Any]]:
    return [{"calendar": field, "encoding": encoding} for encoding in encodings]


STANDARD = {"kind": "standard", "mean": 50.0, "std": 12.0}
ALL_FIELDS = ["hour", "day_of_week", "day_of_month", "month", "day_of_year", "iso_week"]


# Requests.


def stamp(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp() * 1_000_000)


@dataclass
class Source:
    """Makes requests for one description, the same ones each time."""

    description: Description
    start: int
    random: np.random.Generator

    def stamps(self, count: int, start: int | None = None) -> list[int]:
        zone = ZoneInfo(self.description.time_zone)
        grid = TimeGrid(self.start if start is None else start, self.description.step, zone)
        return [grid.time(index) for index in range(count)]

    def values(self, count: int, positive: bool = False) -> list[float]:
        wave = 50 + 10 * np.sin(np.arange(count) / 4) + self.random.normal(0, 2, count)
        return [round(float(value), 3) for value in (np.abs(wave) if positive else wave)]

    def request(self, points: int | None = None, **more: Any) -> Request:
        points = points or self.description.window + 3
        horizon = more.get("horizon") or self.description.default_horizon
        request: Request = {
            "timestamps_us": self.stamps(points),
            "channels": {channel.name: self.values(points) for channel in self.description.channels},
        }
        known = [channel.name for channel in self.description.channels[1:] if channel.known_in_future]
        if known:
            request["future"] = {name: self.values(horizon) for name in known}
        return {**request, **more}


def usual_requests(source: Source) -> dict[str, Request]:
    """What every bundle is asked."""
    maximum = source.description.maximum_horizon
    reversed_channels = source.request()
    reversed_channels["channels"] = dict(reversed(reversed_channels["channels"].items()))
    regular = source.request(horizon=3)
    regular["regular"] = {"start_us": regular.pop("timestamps_us")[0], "step": ""}
    requests = {
        "default-horizon": source.request(),
        "one-step": source.request(source.description.window, horizon=1),
        "greatest-horizon": source.request(source.description.window + 20, horizon=maximum),
        "channels-in-another-order": reversed_channels,
        "regular-time": regular,
        "actuals": source.request(source.description.window + 9, actuals=[51.5, None, 0.0, 48.25]),
    }
    if source.description.quantiles:
        levels = list(reversed(source.description.quantiles))
        requests["quantiles"] = source.request(quantiles=levels, actuals=[50.0, 51.0, 1000.0])
        requests["one-quantile"] = source.request(quantiles=levels[:1])
    return requests


def without(request: Request, index: int, count: int = 1) -> Request:
    """The request with points left out."""
    cut = slice(index, index + count)

    def drop(values: list[Any]) -> list[Any]:
        rest = list(values)
        del rest[cut]
        return rest

    return {
        **request,
        "timestamps_us": drop(request["timestamps_us"]),
        "channels": {name: drop(values) for name, values in request["channels"].items()},
    }


def with_value(request: Request, name: str, index: int, value: float) -> Request:
    values = list(request["channels"][name])
    values[index] = value
    return {**request, "channels": {**request["channels"], name: values}}


def refusals(source: Source) -> dict[str, Request]:
    """Requests that must be refused, whatever the model."""
    base = source.request()
    target = source.description.channels[0].name
    stamps = base["timestamps_us"]
    short = source.request(source.description.window - 1)
    unequal = source.request()
    unequal["channels"] = {**unequal["channels"], target: unequal["channels"][target][:-1]}
    missing = source.request()
    missing["channels"] = {"stranger": next(iter(missing["channels"].values()))}
    unknown = source.request()
    unknown["channels"] = {**unknown["channels"], "stranger": unknown["channels"][target]}
    half_step = (stamps[6] - stamps[5]) // 2
    return {
        "horizon-over-the-maximum": {**base, "horizon": source.description.maximum_horizon + 1},
        "history-too-short": short,
        "no-history": {**base, "timestamps_us": [], "channels": {name: [] for name in base["channels"]}},
        "unequal-lengths": unequal,
        "missing-channel": missing,
        "unknown-channel": unknown,
        "nan": with_value(base, target, 4, math.nan),
        "infinity": with_value(base, target, 5, -math.inf),
        "time-goes-back": {**base, "timestamps_us": [*stamps[:5], stamps[3], *stamps[6:]]},
        "time-repeats": {**base, "timestamps_us": [*stamps[:5], stamps[4], *stamps[6:]]},
        "time-off-the-grid": {**base, "timestamps_us": [*stamps[:5], stamps[5] + half_step, *stamps[6:]]},
        "unknown-quantile": {**base, "quantiles": [0.123]},
        "too-many-actuals": {**base, "actuals": [1.0] * (source.description.default_horizon + 1)},
        "infinite-actual": {**base, "actuals": [1.0, math.inf]},
        "wrong-step": {
            **{key: value for key, value in base.items() if key != "timestamps_us"},
            "regular": {"start_us": stamps[0], "step": "7min"},
        },
    }


# Bundles.


@dataclass
class Bundle:
    """One synthetic bundle and what it is asked beside the usual."""

    name: str
    description: dict[str, Any]
    module: torch.nn.Module
    start: int = stamp("2023-05-01T00:00:00")
    more: Callable[[Source], Mapping[str, Request]] = lambda source: {}


def covariate_requests(source: Source) -> Mapping[str, Request]:
    base = source.request()
    future = base["future"]
    name = next(iter(future))
    longer = {key: [*values, 1e300] for key, values in future.items()}
    return {
        "future-longer-than-the-horizon": {**base, "future": longer},
        "future-missing": {key: value for key, value in base.items() if key != "future"},
        "future-too-short": {**base, "future": {**future, name: future[name][:-1]}},
        "future-not-finite": {**base, "future": {**future, name: [math.nan, *future[name][1:]]}},
        "future-unknown": {**base, "future": {**future, "stranger": future[name]}},
        "future-of-the-target": {
            **base,
            "future": {**future, source.description.channels[0].name: future[name]},
        },
    }


def gap_requests(source: Source) -> Mapping[str, Request]:
    base = source.request(source.description.window + 6)
    inside = without(base, 10, 3)
    return {
        "gap-in-the-window": inside,
        "gap-before-the-window": without(base, 2, 2),
        "two-gaps": without(without(base, 14), 3, 2),
        "gap-at-the-edge-of-the-window": without(base, 6),
        "too-short-even-when-filled": without(source.request(source.description.window - 1), 3),
    }


def jitter_requests(source: Source) -> Mapping[str, Request]:
    base = source.request()
    stamps = base["timestamps_us"]
    jitter = [0, *(int(value) for value in source.random.integers(-60_000_000, 60_000_000, len(stamps) - 1))]
    return {
        "jitter-within-the-tolerance": {
            **base,
            "timestamps_us": [time + shift for time, shift in zip(stamps, jitter, strict=True)],
        },
        "jitter-beyond-the-tolerance": {**base, "timestamps_us": [*stamps[:-1], stamps[-1] + 60_000_001]},
    }


def constant_requests(source: Source) -> Mapping[str, Request]:
    base = source.request()
    points = len(base["timestamps_us"])
    half = [1.7e308] * (points // 2) + [-1.7e308] * (points - points // 2)

    def history(values: list[float]) -> Request:
        return {**base, "channels": {name: values for name in base["channels"]}}

    return {
        "constant-history": history([42.5] * points),
        "spread-that-overflows": history(half),
    }


def logarithm_requests(source: Source) -> Mapping[str, Request]:
    base = source.request()
    name = source.description.channels[0].name
    last = len(base["timestamps_us"]) - 1
    return {
        "just-above-minus-one": with_value(base, name, last, -0.999),
        "logarithm-of-zero": with_value(base, name, last, -1.0),
        "outside-the-window-nothing-is-scaled": with_value(base, name, 0, -5.0),
    }


def edge_requests(source: Source) -> Mapping[str, Request]:
    """What lies at the ends of numbers and of time."""
    base = source.request()
    name = source.description.channels[0].name
    stamps = base["timestamps_us"]
    timeless = {key: value for key, value in base.items() if key != "timestamps_us"}
    last_hour = stamp("9999-12-31T23:00:00")
    return {
        "too-large-for-float32": with_value(base, name, len(stamps) - 2, 1e300),
        "constant-history-has-no-season": {
            **base,
            "channels": {name: [42.1] * len(stamps)},
            "actuals": [40.0, 41.0],
        },
        "metrics-that-overflow": {**base, "actuals": [1e300, 1.7e308]},
        "season-that-overflows": {
            **base,
            "channels": {name: [1.7e308, 1.7e308, *base["channels"][name][2:]]},
            "actuals": [40.0, 41.0],
        },
        "actuals-of-zero": {**base, "actuals": [0.0, 0.0]},
        "no-actual-is-known": {**base, "actuals": [None, None]},
        "no-channels": {**base, "channels": {}},
        "no-time": timeless,
        "time-given-twice": {**base, "regular": {"start_us": stamps[0], "step": ""}},
        "step-in-another-unit": {**timeless, "regular": {"start_us": stamps[0], "step": "60min"}},
        "step-that-is-none": {**timeless, "regular": {"start_us": stamps[0], "step": "an hour"}},
        "time-before-the-year-1": {**base, "timestamps_us": [-(2**62), *stamps[1:]]},
        "time-after-the-year-9999": {**base, "timestamps_us": [*stamps[:-1], 2**62]},
        "start-after-the-year-9999": {**timeless, "regular": {"start_us": 2**62, "step": ""}},
        "horizon-ends-with-the-year-9999": {
            **timeless,
            "regular": {"start_us": last_hour - (len(stamps) + 3) * HOUR, "step": ""},
            "horizon": 4,
        },
        "horizon-beyond-the-year-9999": {
            **timeless,
            "regular": {"start_us": last_hour - (len(stamps) + 3) * HOUR, "step": ""},
            "horizon": 5,
        },
        "too-many-quantiles": {**base, "quantiles": [(level + 1) / 100 for level in range(33)]},
    }


def scaled_covariate_requests(source: Source) -> Mapping[str, Request]:
    base = source.request()
    points = len(base["timestamps_us"])
    wind, rain = base["future"]["wind"], base["future"]["rain"]
    # The sum of equal values rounds: a mean taken of it would be another value.
    calm = {**base, "channels": {**base["channels"], "wind": [0.1] * points}}
    return {
        "constant-covariate": {**calm, "future": {"wind": [0.1] * len(wind), "rain": rain}},
        "constant-covariate-that-then-moves": {**calm, "future": {"wind": wind, "rain": rain}},
        "no-logarithm-in-the-past": with_value(base, "rain", points - 3, -2.0),
        "no-logarithm-in-the-future": {**base, "future": {"wind": wind, "rain": [*rain[:-1], -1.5]}},
    }


def second_local_time(source: Source) -> Mapping[str, Request]:
    """The clocks go back: the first point has a local time that comes twice, and is the later."""
    base = source.request()
    return {
        "from-the-second-of-two-equal-local-times": {
            **{key: value for key, value in base.items() if key != "timestamps_us"},
            "regular": {"start_us": stamp("2023-11-05T06:30:00"), "step": ""},
        }
    }


def starts(*texts: str) -> Callable[[Source], Mapping[str, Request]]:
    """The same request at other times, for example across a change of the clocks."""

    def requests(source: Source) -> Mapping[str, Request]:
        points = source.description.window + 2
        return {
            f"from-{text}": {
                **source.request(points, horizon=source.description.maximum_horizon),
                "timestamps_us": source.stamps(points, stamp(text)),
            }
            for text in texts
        }

    return requests


def fitted(kind: str) -> dict[str, Any]:
    return {"kind": kind, "fit": "per_window"}


def bundles() -> list[Bundle]:
    torch.manual_seed(7)
    one = [channel("load", STANDARD)]
    hour = calendar("hour", "sin", "cos")
    every = [feature for field in ALL_FIELDS for feature in calendar(field, "sin", "cos", "scaled")]
    one_hot = [
        feature for field in ("hour", "day_of_week", "month") for feature in calendar(field, "one_hot")
    ]
    covariates = [
        channel("load", STANDARD),
        channel("wind", {"kind": "minmax", "min": 0.0, "max": 100.0}, "future"),
        *calendar("day_of_week", "one_hot"),
        channel("price", {"kind": "robust", "median": 40.0, "iqr": 15.0}, "past"),
    ]
    known = [
        channel("load", STANDARD),
        channel("wind", {"kind": "robust", "median": 50.0, "iqr": 9.0}, "future"),
    ]
    gru_state = {"input": "h_in", "output": "h_out", "batch_axis": 1, "initial": 0.0}
    lstm_states = [
        {"input": "h_in", "output": "h_out", "batch_axis": 1, "initial": 0.25},
        {"input": "c_in", "output": "c_out", "batch_axis": 1, "initial": -0.5},
    ]
    auto = {"mode": "autoregressive"}
    three = [0.1, 0.5, 0.9]
    return [
        Bundle(
            "auto",
            describe([*one, *hour], **auto, chunk=1, season=4),
            Dense(12, 3, 1),
            more=edge_requests,
        ),
        Bundle("auto-chunk", describe([*one, *hour], **auto, chunk=5, horizon=(7, 12)), Dense(12, 3, 5)),
        Bundle(
            "auto-quantiles", describe(one, **auto, chunk=2, quantiles=three, season=4), Dense(12, 1, 2, 3)
        ),
        Bundle("auto-covariate", describe(known, **auto, chunk=1), Dense(12, 2, 1), more=covariate_requests),
        Bundle("direct", describe([*one, *hour], mode="direct", season=24), Dense(12, 3, 12)),
        Bundle(
            "direct-future",
            describe(covariates, mode="direct", tensors={"future": "future"}, zone="Europe/Berlin"),
            Dense(12, 10, 12, future=12 * 8),
            more=covariate_requests,
        ),
        Bundle(
            "direct-quantiles",
            describe(one, mode="direct", quantiles=[0.05, 0.5, 0.6, 0.95]),
            Dense(12, 1, 12, 4),
        ),
        Bundle(
            "stateful",
            describe([*one, *hour], mode="stateful", tensors={"states": [gru_state]}),
            Recurrent(3, False),
        ),
        Bundle(
            "stateful-rows",
            describe([*one, *hour], mode="stateful", tensors={"states": [gru_state]}),
            Recurrent(3, True),
        ),
        Bundle(
            "stateful-quantiles",
            describe(one, mode="stateful", quantiles=three, tensors={"states": lstm_states}),
            Lstm(1),
        ),
        Bundle(
            "scaler-minmax",
            describe([channel("load", {"kind": "minmax", "min": 20.0, "max": 90.0})], **auto),
            Dense(12, 1, 1),
        ),
        Bundle(
            "scaler-robust",
            describe([channel("load", {"kind": "robust", "median": 48.0, "iqr": 11.0})], **auto),
            Dense(12, 1, 1),
        ),
        Bundle(
            "scaler-log1p",
            describe([channel("load", "log1p")], **auto),
            Dense(12, 1, 1),
            more=logarithm_requests,
        ),
        Bundle("scaler-none", describe([channel("load", "none")], **auto), Dense(12, 1, 1)),
        Bundle(
            "scaler-zero-spread",
            describe([channel("load", {"kind": "standard", "mean": 50.0, "std": 0.0})], **auto),
            Dense(12, 1, 1),
        ),
        Bundle(
            "window-standard",
            describe([channel("load", fitted("standard"))], **auto),
            Dense(12, 1, 1),
            more=constant_requests,
        ),
        Bundle(
            "window-minmax",
            describe([channel("load", fitted("minmax"))], **auto),
            Dense(12, 1, 1),
            more=constant_requests,
        ),
        Bundle(
            "window-robust",
            describe([channel("load", fitted("robust"))], **auto),
            Dense(12, 1, 1),
            more=constant_requests,
        ),
        Bundle(
            "calendar",
            describe([*one, *every], **auto, zone="America/New_York", horizon=(6, 30)),
            Dense(12, 19, 1),
            more=starts(
                "2023-03-11T20:00:00", "2023-11-04T20:00:00", "2020-12-31T00:00:00", "2021-01-02T12:00:00"
            ),
        ),
        Bundle(
            "calendar-one-hot",
            describe([*one, *one_hot], **auto, zone="Australia/Lord_Howe", step="15min", horizon=(6, 40)),
            Dense(12, 44, 1),
            more=starts("2023-04-01T10:00:00", "2023-09-30T10:00:00", "2024-02-28T23:00:00"),
        ),
        Bundle(
            "daily",
            describe(
                [*one, *calendar("day_of_week", "sin", "cos")], **auto, step="1d", zone="America/New_York"
            ),
            Dense(12, 3, 1),
            start=stamp("2023-02-27T05:00:00"),
            # The last begins at a local time that the clocks skip some days later.
            more=lambda source: {
                **starts("2023-10-25T04:00:00", "2023-03-01T07:30:00")(source),
                **second_local_time(source),
            },
        ),
        Bundle(
            "monthly",
            describe([*one, *calendar("month", "one_hot")], **auto, step="1mo", zone="Europe/Berlin"),
            Dense(12, 13, 1),
            start=stamp("2019-01-30T23:00:00"),
            more=starts("2020-02-28T23:00:00"),
        ),
        Bundle("gaps-reject", describe([*one, *hour], **auto), Dense(12, 3, 1), more=gap_requests),
        Bundle(
            "gaps-ffill",
            describe([*one, *hour], **auto, gap_policy="ffill", season=3),
            Dense(12, 3, 1),
            more=gap_requests,
        ),
        Bundle(
            "gaps-interpolate",
            describe([*one, *hour], **auto, gap_policy="interpolate", season=3),
            Dense(12, 3, 1),
            more=gap_requests,
        ),
        Bundle(
            "tolerance",
            describe([*one, *hour], **auto, time_tolerance="60s"),
            Dense(12, 3, 1),
            more=jitter_requests,
        ),
        Bundle(
            "window-covariate",
            describe(
                [
                    *one,
                    channel("wind", fitted("standard"), "future"),
                    channel("rain", "log1p", "future"),
                ],
                **auto,
            ),
            Dense(12, 3, 1),
            more=scaled_covariate_requests,
        ),
    ]


def writable(value: Any) -> Any:
    """Numbers that JSON has no form for become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {key: writable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [writable(item) for item in value]
    return value


def listed(request: Request) -> Request:
    """Channels as lists: in an object their order would mean nothing."""
    return {
        key: [{"name": name, "values": values} for name, values in value.items()]
        if key in ("channels", "future")
        else value
        for key, value in request.items()
    }


def answer(reference: Reference, name: str, request: Request) -> dict[str, Any]:
    case: dict[str, Any] = {"name": name, "request": writable(listed(request))}
    try:
        case["expect"] = reference.predict(request)
        case["target_scale"] = reference.target_scale(request)
    except RequestRefused as refusal:
        case["expect_error"] = {"code": refusal.code, "field": refusal.field}
    return case


def main() -> None:
    models, cases = HERE / "models", HERE / "cases"
    for folder in (models, cases):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    for bundle in bundles():
        content = {"format": 1, "task": "forecast", **bundle.description}
        source = Source(Description.parse(content), bundle.start, np.random.default_rng(11))
        golden = [source.request(), source.request(horizon=source.description.maximum_horizon)]
        path = export_bundle(
            bundle.module, bundle.description, models, bundle.name, 1, golden_requests=golden
        )
        reference = Reference.open(path)
        asked = {**usual_requests(source), **refusals(source), **bundle.more(source)}
        answers = [answer(reference, name, request) for name, request in asked.items()]
        lines = ",\n".join(json.dumps(case) for case in answers)
        text = f'{{"model": "{bundle.name}", "cases": [\n{lines}\n]}}\n'
        (cases / f"{bundle.name}.json").write_text(text, encoding="utf-8")
        refused = sum("expect_error" in case for case in answers)
        print(f"{bundle.name}: {len(answers)} cases, {refused} of them refused")


if __name__ == "__main__":
    main()
