"""What several tests need: a description to change, and times written by people."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from inferd import Description

HOUR = 3_600_000_000
DAY = 24 * HOUR

BASE: dict[str, Any] = {
    "format": 1,
    "task": "forecast",
    "step": "1h",
    "time_zone": "UTC",
    "window": 3,
    "horizon": {"default": 2, "maximum": 4},
    "features": [{"channel": "load", "scaler": {"kind": "none"}}],
    "decode": {"mode": "autoregressive"},
    "tensors": {"window": "window", "output": "forecast"},
}


def content(**changes: Any) -> dict[str, Any]:
    """A description's content with keys replaced; ``None`` takes one out."""
    result = {**copy.deepcopy(BASE), **changes}
    return {key: value for key, value in result.items() if value is not None}


def describe(**changes: Any) -> Description:
    return Description.parse(content(**changes))


def channel(name: str, scaler: dict[str, Any] | str = "none", known: str | None = None) -> dict[str, Any]:
    feature: dict[str, Any] = {
        "channel": name,
        "scaler": {"kind": scaler} if isinstance(scaler, str) else scaler,
    }
    return feature if known is None else {**feature, "known": known}


def utc(text: str) -> int:
    """Microseconds since the epoch of a time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()) * 1_000_000


def local(time_us: int, zone: str) -> str:
    """The wall clock's reading, with the offset."""
    return datetime.fromtimestamp(time_us // 1_000_000, ZoneInfo(zone)).isoformat()


def hourly(values: list[float], **more: Any) -> dict[str, Any]:
    """A request of one channel, one value an hour."""
    start = utc("2024-03-04T05:00:00")
    stamps = [start + place * HOUR for place in range(len(values))]
    return {"timestamps_us": stamps, "channels": {"load": values}, **more}
