"""Golden vectors: what a bundle is asked before it serves, and what PyTorch answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inferd._module import GOLDEN_ROWS, ForecastModule
from inferd._refusal import ExportRefused
from inferd.description import Channel, Description
from inferd.reference import RequestRefused, Tensors
from inferd.timegrid import TimeGrid

STEP_TOLERANCE = 1e-5
"""One run of the model, relative to the expected value or 1."""
HORIZON_TOLERANCE = 1e-4
"""A whole forecast, relative to the expected value or the target's spread."""


def plain(value: Any) -> Any:
    """What YAML and JSON can hold: numbers and lists in place of numpy's and PyTorch's."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def usual_requests(description: Description, seed: int) -> list[dict[str, Any]]:
    """A request with the default horizon and one with the greatest, of values as the scalers know them."""
    requests = [_request(description, seed, description.default_horizon)]
    if description.maximum_horizon > description.default_horizon:
        requests.append(_request(description, seed + 1, description.maximum_horizon))
    return requests


def _request(description: Description, seed: int, horizon: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    points = max(description.window, (description.season or 0) + 1)
    start = datetime(2024, 1, 1, tzinfo=description.zone).astimezone(timezone.utc)
    grid = TimeGrid(int(start.timestamp()) * 1_000_000, description.step, description.zone)
    request: dict[str, Any] = {
        "timestamps_us": [grid.time(place) for place in range(points)],
        "channels": {channel.name: _values(channel, points, random) for channel in description.channels},
        "horizon": horizon,
    }
    known = [channel for channel in description.channels[1:] if channel.known_in_future]
    if known:
        request["future"] = {channel.name: _values(channel, horizon, random) for channel in known}
    if description.quantiles:
        request["quantiles"] = list(description.quantiles)
    return request


def _values(channel: Channel, count: int, random: np.random.Generator) -> list[float]:
    """A wave with noise, about as wide as what the scaler was fitted to; JSON's numbers stay short."""
    wave = np.sin(np.arange(count) / 4) + random.normal(0, 0.25, count)
    scaler = channel.scaler
    if scaler.kind == "log1p":
        values = np.expm1(np.abs(wave))
    elif scaler.kind == "minmax":
        values = scaler.center + scaler.spread * (0.5 + wave / 4)
    else:
        values = scaler.center + scaler.spread * wave
    return [float(f"{value:.9g}") for value in values]


def golden_cases(module: ForecastModule, requests: Sequence[Any], seed: int) -> list[dict[str, Any]]:
    """Golden vectors as ``golden.json`` holds them."""
    inputs = module.random_inputs(GOLDEN_ROWS, seed)
    outputs = module.run(inputs)
    cases: list[dict[str, Any]] = [
        {
            "name": "one-run",
            "kind": "tensors",
            "inputs": [_tensor(name, inputs[name]) for name in module.inputs],
            "outputs": [_tensor(name, outputs[name]) for name in module.outputs],
            "tolerance": STEP_TOLERANCE,
        }
    ]
    reference = module.reference()
    for index, given in enumerate(requests):
        request = _writable(plain(given))
        try:
            expected = reference.predict(request)
        except RequestRefused as refusal:
            raise ExportRefused(f"golden_requests[{index}]: {refusal}") from refusal
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ExportRefused(f"golden_requests[{index}]: is no request: {error!r}") from error
        cases.append(
            {
                "name": f"forecast-{index + 1}",
                "kind": "predict",
                "request": request,
                "expect": expected,
                "tolerance": HORIZON_TOLERANCE,
            }
        )
    return cases


def _writable(request: Any) -> Any:
    """An actual that is not known is nothing: JSON has no NaN."""
    if isinstance(request, dict) and isinstance(request.get("actuals"), list):
        actuals = [
            None if isinstance(value, float) and math.isnan(value) else value for value in request["actuals"]
        ]
        return {**request, "actuals": actuals}
    return request


def _tensor(name: str, values: NDArray[np.float32]) -> dict[str, Any]:
    return {"name": name, "type": "float32", "shape": list(values.shape), "data": values.ravel().tolist()}


def compare_tensors(found: Tensors, expected: Tensors, who: str, whom: str) -> None:
    """Holds the tensors of one run against each other."""
    for name, values in expected.items():
        if found[name].shape != values.shape:
            raise ExportRefused(
                f"{name}: {who} gives the shape {list(found[name].shape)}, {whom} {list(values.shape)}"
            )
        compare(found[name].ravel(), values.ravel(), 1.0, STEP_TOLERANCE, name, who, whom)


def compare_answers(
    found: Mapping[str, Any], expected: Mapping[str, Any], scale: float, what: str, who: str, whom: str
) -> None:
    """Holds two answers to one request against each other; ``scale`` is the target's spread."""
    tolerance = HORIZON_TOLERANCE
    compare(found["values"], expected["values"], scale, tolerance, f"{what}: values", who, whom)
    for index, (a, b) in enumerate(zip(found["quantiles"], expected["quantiles"], strict=True)):
        compare(a, b, scale, tolerance, f"{what}: quantiles[{index}]", who, whom)
    for name, value in expected.get("metrics", {}).items():
        unit = scale if name in ("mae", "rmse") else 1.0
        compare(
            [found["metrics"].get(name, math.nan)], [value], unit, tolerance, f"{what}: {name}", who, whom
        )


def compare(
    found: Any, expected: Any, scale: float, tolerance: float, what: str, who: str, whom: str
) -> None:
    """Refuses where |a - b| > tolerance * max(|b|, scale), or where a number is not finite."""
    a, b = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    with np.errstate(invalid="ignore"):
        differs = ~(np.abs(a - b) <= tolerance * np.maximum(np.abs(b), scale))
    if np.any(differs):
        first = int(np.argmax(differs))
        raise ExportRefused(
            f"{what}[{first}]: {who} gives {a[first]}, {whom} {b[first]}: more than {tolerance} apart"
        )
