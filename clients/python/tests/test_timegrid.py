"""Times are written out by hand; what they are compared with comes from the clock readings alone."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from inferd.description import CalendarFeature, Step
from inferd.timegrid import TimeGrid, calendar_columns, calendar_value, to_datetime

from tests.support import HOUR, local, utc

NEW_YORK = "America/New_York"
BERLIN = "Europe/Berlin"


def grid(start: str, step: str, zone: str = "UTC") -> TimeGrid:
    return TimeGrid(utc(start), Step.parse(step), ZoneInfo(zone))


def readings(start: str, step: str, zone: str, count: int) -> list[str]:
    times = grid(start, step, zone)
    return [local(times.time(place), zone) for place in range(count)]


def test_fixed_steps_do_not_look_at_the_clock() -> None:
    # Clocks in Berlin go from 2 to 3 on 31 March.
    assert readings("2024-03-31T00:00:00", "1h", BERLIN, 3) == [
        "2024-03-31T01:00:00+01:00",
        "2024-03-31T03:00:00+02:00",
        "2024-03-31T04:00:00+02:00",
    ]


def test_a_place_may_lie_before_the_anchor() -> None:
    assert grid("2024-01-01T00:00:00", "15min").time(-2) == utc("2023-12-31T23:30:00")
    assert grid("2024-01-01T00:00:00", "1mo").time(-1) == utc("2023-12-01T00:00:00")


def test_days_keep_the_time_of_day_when_clocks_go_forward() -> None:
    assert readings("2024-03-09T14:00:00", "1d", NEW_YORK, 3) == [
        "2024-03-09T09:00:00-05:00",
        "2024-03-10T09:00:00-04:00",
        "2024-03-11T09:00:00-04:00",
    ]


def test_days_keep_the_time_of_day_when_clocks_go_back() -> None:
    assert readings("2024-11-02T13:00:00", "1d", NEW_YORK, 3) == [
        "2024-11-02T09:00:00-04:00",
        "2024-11-03T09:00:00-05:00",
        "2024-11-04T09:00:00-05:00",
    ]


def test_a_time_of_day_that_is_skipped_moves_on_by_the_gap_and_comes_back() -> None:
    assert readings("2024-03-09T07:30:00", "1d", NEW_YORK, 3) == [
        "2024-03-09T02:30:00-05:00",
        "2024-03-10T03:30:00-04:00",
        "2024-03-11T02:30:00-04:00",
    ]


def test_a_time_of_day_that_comes_twice_is_the_earlier() -> None:
    assert readings("2024-11-02T05:30:00", "1d", NEW_YORK, 3) == [
        "2024-11-02T01:30:00-04:00",
        "2024-11-03T01:30:00-04:00",
        "2024-11-04T01:30:00-05:00",
    ]


def test_months_meet_changes_of_the_clocks_as_days_do() -> None:
    assert readings("2024-10-03T05:30:00", "1mo", NEW_YORK, 3) == [
        "2024-10-03T01:30:00-04:00",
        "2024-11-03T01:30:00-04:00",
        "2024-12-03T01:30:00-05:00",
    ]
    assert readings("2024-02-10T07:30:00", "1mo", NEW_YORK, 3) == [
        "2024-02-10T02:30:00-05:00",
        "2024-03-10T03:30:00-04:00",
        "2024-04-10T02:30:00-04:00",
    ]


@pytest.mark.parametrize("step", ["1d", "1mo"])
def test_an_anchor_may_be_the_second_of_two_equal_local_times(step: str) -> None:
    first, second = (
        readings(start, step, NEW_YORK, 20) for start in ("2024-11-03T05:30:00", "2024-11-03T06:30:00")
    )
    assert second == first


def test_clocks_may_change_by_half_an_hour() -> None:
    assert readings("2024-10-05T15:45:00", "1d", "Australia/Lord_Howe", 2) == [
        "2024-10-06T02:45:00+11:00",
        "2024-10-07T02:45:00+11:00",
    ]
    assert readings("2024-10-04T15:45:00", "1d", "Australia/Lord_Howe", 2) == [
        "2024-10-05T02:15:00+10:30",
        "2024-10-06T02:45:00+11:00",
    ]


def test_weeks_are_seven_days() -> None:
    assert Step.parse("1w") == Step.parse("7d")
    assert readings("2024-03-25T23:00:00", "1w", BERLIN, 2) == [
        "2024-03-26T00:00:00+01:00",
        "2024-04-02T00:00:00+02:00",
    ]


def test_months_end_on_their_last_day_and_remember_the_first() -> None:
    assert [reading[:10] for reading in readings("2023-12-31T00:00:00", "1mo", "UTC", 6)] == [
        "2023-12-31",
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
        "2024-05-31",
    ]


def test_a_year_after_the_29th_of_february_is_the_28th() -> None:
    assert [reading[:10] for reading in readings("2024-02-29T00:00:00", "1y", "UTC", 5)] == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


def test_months_are_those_of_the_zone() -> None:
    # In UTC the anchor is still in January; in Berlin February has begun.
    assert readings("2024-01-31T23:00:00", "1mo", BERLIN, 4) == [
        "2024-02-01T00:00:00+01:00",
        "2024-03-01T00:00:00+01:00",
        "2024-04-01T00:00:00+02:00",
        "2024-05-01T00:00:00+02:00",
    ]


@pytest.mark.parametrize("step", ["1s", "15min", "1h", "1d", "3d", "1w", "1mo", "5mo", "1y"])
@pytest.mark.parametrize("zone", ["UTC", NEW_YORK, BERLIN, "Australia/Lord_Howe", "Pacific/Apia"])
def test_the_nearest_place_of_a_place_is_itself(step: str, zone: str) -> None:
    # Not across 30 December 2011 in Apia: that day never was.
    for start in ("2023-03-11T07:30:00", "2012-01-31T10:00:00", "2023-10-31T23:59:59"):
        times = grid(start, step, zone)
        for place in range(1, 60):
            time = times.time(place)
            assert times.nearest(time) == place
            assert times.nearest(time + 400_000) == place
            assert times.nearest(time - 400_000) == place


def test_places_rise_through_the_years() -> None:
    for step in ("6h", "1d", "1mo"):
        times = grid("2022-10-30T00:30:00", step, BERLIN)
        stamps = [times.time(place) for place in range(900)]
        assert stamps == sorted(set(stamps))


def test_the_local_time_is_that_of_the_instant() -> None:
    assert to_datetime(utc("2024-07-01T12:00:00") + 7, ZoneInfo(BERLIN)).isoformat() == (
        "2024-07-01T14:00:00.000007+02:00"
    )


def iso_week(day: date) -> int:
    """Counted from scratch: the week of a Thursday belongs to the Thursday's year."""
    thursday = day + timedelta(days=3 - day.weekday())
    return (thursday - date(thursday.year, 1, 1)).days // 7 + 1


def test_calendar_values_agree_with_counting_days() -> None:
    # Leap years, years of 53 weeks, and their ends.
    day = date(2019, 12, 1)
    while day < date(2028, 2, 1):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)
        since_epoch = (day - date(1970, 1, 1)).days
        assert calendar_value("hour", noon) == 12
        # The epoch was a Thursday.
        assert calendar_value("day_of_week", noon) == (since_epoch + 3) % 7
        assert calendar_value("day_of_month", noon) == (day - day.replace(day=1)).days
        assert calendar_value("month", noon) == day.month - 1
        assert calendar_value("day_of_year", noon) == (day - date(day.year, 1, 1)).days
        assert calendar_value("iso_week", noon) == iso_week(day) - 1
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("field", "encoding", "expected"),
    [
        # Sunday, 3 November 2024, 01:30 in New York, for the second time: the 308th day, week 44.
        ("hour", "scaled", 1 / 23),
        ("hour", "sin", math.sin(2 * math.pi * 1 / 24)),
        ("hour", "cos", math.cos(2 * math.pi * 1 / 24)),
        ("day_of_week", "scaled", 1.0),
        ("day_of_week", "sin", math.sin(2 * math.pi * 6 / 7)),
        ("day_of_month", "scaled", 2 / 30),
        ("day_of_month", "cos", math.cos(2 * math.pi * 2 / 31)),
        ("month", "scaled", 10 / 11),
        ("month", "sin", math.sin(2 * math.pi * 10 / 12)),
        ("day_of_year", "scaled", 308 / 366),
        ("day_of_year", "sin", math.sin(2 * math.pi * 307 / 366)),
        ("iso_week", "scaled", 44 / 53),
        ("iso_week", "cos", math.cos(2 * math.pi * 43 / 53)),
    ],
)
def test_calendar_columns_by_hand(field: str, encoding: str, expected: float) -> None:
    time = to_datetime(utc("2024-11-03T06:30:00"), ZoneInfo(NEW_YORK))
    assert calendar_columns(CalendarFeature(field, encoding), time).tolist() == [pytest.approx(expected)]


def test_the_last_day_of_a_leap_year_scales_to_one() -> None:
    end = to_datetime(utc("2020-12-31T23:00:00"), ZoneInfo("UTC"))
    assert calendar_columns(CalendarFeature("day_of_year", "scaled"), end).tolist() == [1.0]
    assert calendar_columns(CalendarFeature("iso_week", "scaled"), end).tolist() == [1.0]
    assert calendar_columns(CalendarFeature("hour", "scaled"), end).tolist() == [1.0]


@pytest.mark.parametrize(
    ("field", "width", "place"),
    [("hour", 24, 9), ("day_of_week", 7, 2), ("day_of_month", 31, 30), ("month", 12, 6)],
)
def test_one_hot_has_one_column_for_each_value(field: str, width: int, place: int) -> None:
    # Wednesday, 31 July 2024, 09:00 in New York.
    time = to_datetime(utc("2024-07-31T13:00:00"), ZoneInfo(NEW_YORK))
    feature = CalendarFeature(field, "one_hot")
    columns = calendar_columns(feature, time)
    assert columns.shape == (feature.width,) == (width,)
    assert np.flatnonzero(columns).tolist() == [place]
    assert columns[place] == 1


def test_the_hour_that_comes_twice_counts_the_same_twice() -> None:
    zone = ZoneInfo(NEW_YORK)
    first = utc("2024-11-03T05:30:00")
    assert calendar_value("hour", to_datetime(first, zone)) == 1
    assert calendar_value("hour", to_datetime(first + HOUR, zone)) == 1
    assert calendar_value("hour", to_datetime(first + 2 * HOUR, zone)) == 2
