"""Makes history.csv and actuals.csv out of jfk-2013.csv: the week that `make demo` forecasts.

    python deploy/demo/week.py

The week is the first from Monday to Sunday of November, in New York's time, that has no gap; its Sunday is
what the forecast is held against, the six days before it are the history.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import weather

NEW_YORK = ZoneInfo("America/New_York")


def hours(first: datetime, last: datetime) -> list[datetime]:
    """The whole hours from midnight to midnight in New York, in UTC."""
    time, end = (day.astimezone(timezone.utc) for day in (first, last))
    result = []
    while time < end:
        result.append(time)
        time += weather.HOUR
    return result


def main() -> None:
    series = weather.read()
    monday = datetime(2013, 11, 4, tzinfo=NEW_YORK)
    while not all(time in series for time in hours(monday, monday + timedelta(days=7))):
        monday += timedelta(days=7)
    sunday = monday + timedelta(days=6)
    history = hours(monday, sunday)
    actuals = hours(sunday, sunday + timedelta(days=1))
    weather.write(weather.HERE / "history.csv", {time: series[time] for time in history})
    weather.write(weather.HERE / "actuals.csv", {time: series[time] for time in actuals})
    print(f"history.csv: {len(history)} rows from {monday:%A, %-d %B}; actuals.csv: {len(actuals)} rows")


if __name__ == "__main__":
    main()
