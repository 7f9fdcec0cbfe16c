"""The same columns for training as the daemon makes for forecasting."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inferd.description import SCALER_NUMBERS, Channel, Description, DescriptionError
from inferd.reference import check_uniform, prepare_frame, window


def fit_scaler(kind: str, values: ArrayLike) -> dict[str, Any]:
    """A scaler for a description, fitted to a channel's training values, ``[points]`` in its own unit.

    ``standard`` takes mean and population standard deviation, ``minmax`` least and greatest value,
    ``robust`` median and interquartile range; ``none`` and ``log1p`` take nothing. NaN is left out.
    """
    if kind not in SCALER_NUMBERS:
        raise DescriptionError(f"scaler.kind: expected one of {', '.join(SCALER_NUMBERS)}, found '{kind}'")
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    if known.size == 0:
        raise DescriptionError("scaler: no value to fit to")
    if known.min() == known.max():
        # A sum of equal values may round; their spread is 0.
        center, second = float(known[0]), float(known[0]) if kind == "minmax" else 0.0
    elif kind == "standard":
        center, second = float(known.mean()), float(known.std())
    elif kind == "minmax":
        center, second = float(known.min()), float(known.max())
    else:
        low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
        center, second = float(middle), float(high - low)
    return {"kind": kind, **dict(zip(SCALER_NUMBERS[kind], (center, second), strict=False))}


def training_rows(
    description: Description, timestamps_us: ArrayLike, channels: Mapping[str, ArrayLike]
) -> NDArray[np.float32]:
    """The model's columns over a whole series, ``[points, columns]``: scaled channels and calendar.

    ``timestamps_us`` are microseconds since the epoch, ``[points]``; ``channels`` hold the values of every
    channel of the description, ``[points]`` each, in their own units. Column 0 is the target. Gaps are
    closed as ``gap_policy`` says, so that each row is one step after the one before; a policy of ``reject``
    refuses them. A window for training is any ``description.window`` rows in succession.

    Raises ``RequestRefused`` for a series that the daemon would not take either, and ``DescriptionError``
    for scalers that are fitted ``per_window``: their numbers are not the series'.
    """
    for index, feature in enumerate(description.features):
        if isinstance(feature, Channel) and feature.scaler.per_window:
            raise DescriptionError(f"features[{index}].scaler.fit: per_window has no rows of a whole series")
    request = {
        "timestamps_us": np.asarray(timestamps_us, np.int64).tolist(),
        "channels": {channel.name: channels[channel.name] for channel in description.channels},
        "future": {channel.name: [] for channel in description.channels},
    }
    whole = dataclasses.replace(description, window=1, future_tensor=None)
    series = check_uniform(whole, whole.zone, request, 0, maximum_points=None)
    whole = dataclasses.replace(whole, window=series.count)
    frame = prepare_frame(whole, whole.zone, request, series, 0)
    return window(whole, request, series, frame)[0]
