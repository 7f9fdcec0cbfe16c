"""The hourly temperatures beside this file, on their hours."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
EXTRACT = HERE / "jfk-2013.csv"
HOUR = timedelta(hours=1)

Series = dict[datetime, str]
"""Temperatures in degrees Fahrenheit, as written, by the time in UTC; in the order of time."""


def read(path: Path = EXTRACT) -> Series:
    """The rows of a file with the columns ``time`` and ``temp``."""
    with path.open(encoding="ascii", newline="") as file:
        return {parse(row["time"]): row["temp"] for row in csv.DictReader(file)}


def write(path: Path, series: Series) -> None:
    """Writes what ``read`` reads."""
    lines = [f"{time:%Y-%m-%dT%H:%M:%SZ},{value}\n" for time, value in series.items()]
    path.write_text("time,temp\n" + "".join(lines), encoding="ascii")


def parse(text: str) -> datetime:
    """A time stamp that ends in Z."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def gaps(series: Series) -> list[tuple[datetime, datetime]]:
    """The neighbours that are further than an hour apart."""
    times = list(series)
    return [(a, b) for a, b in pairwise(times) if b - a != HOUR]
