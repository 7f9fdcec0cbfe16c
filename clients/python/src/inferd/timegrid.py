"""Where the points of a series lie in time, and what a calendar shows there."""

from __future__ import annotations

import calendar
import math
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from inferd.description import PERIODS, CalendarFeature, Step

FIRST_US = -62_135_596_800_000_000
LAST_US = 253_402_300_799_999_999
"""The years 1 to 9999 in UTC, in microseconds since the epoch: what a time stamp may be."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)


def to_datetime(time_us: int, zone: ZoneInfo) -> datetime:
    """The local time of an instant, given in microseconds since the epoch."""
    return (_EPOCH + timedelta(microseconds=time_us)).astimezone(zone)


class TimeGrid:
    """An anchor and whole steps from it.

    Python's calendar ends with the years 1 and 9999 of the local time; an ``OverflowError`` or a
    ``ValueError`` says that a place lies beyond.
    """

    def __init__(self, anchor_us: int, step: Step, zone: ZoneInfo) -> None:
        self._anchor = anchor_us
        self._step = step
        self._zone = zone
        self._local = to_datetime(anchor_us, zone).replace(tzinfo=None, fold=0)

    def time(self, index: int) -> int:
        """Microseconds since the epoch of place ``index``.

        Calendar steps keep the anchor's local time of day. A local time that is skipped moves on by the
        gap; one that comes twice is the earlier. Months keep the anchor's day, or end on their last.
        """
        if self._step.unit == "us":
            return self._anchor + index * self._step.count
        if self._step.unit == "days":
            local = self._local + timedelta(days=index * self._step.count)
        else:
            month = self._local.year * 12 + self._local.month - 1 + index * self._step.count
            year, month = month // 12, month % 12 + 1
            day = min(self._local.day, calendar.monthrange(year, month)[1])
            local = self._local.replace(year=year, month=month, day=day)
        # With fold 0 the zone takes the offset before a transition, for skipped times as for doubled ones.
        return (local.replace(tzinfo=self._zone).astimezone(timezone.utc) - _EPOCH) // _MICROSECOND

    def nearest(self, time_us: int) -> int:
        """The place closest to an instant that is not before the anchor."""
        if self._step.unit == "us":
            return (time_us - self._anchor + self._step.count // 2) // self._step.count
        here = to_datetime(time_us, self._zone)
        if self._step.unit == "days":
            guess = (here.date() - self._local.date()).days // self._step.count
        else:
            months = (here.year - self._local.year) * 12 + here.month - self._local.month
            guess = months // self._step.count
        return min(range(max(0, guess - 1), guess + 2), key=lambda index: abs(self.time(index) - time_us))


def calendar_value(field: str, local: datetime) -> int:
    """The value of a calendar field, counted from 0: Monday, the first of January and ISO week 1 are 0."""
    return {
        "hour": local.hour,
        "day_of_week": local.weekday(),
        "day_of_month": local.day - 1,
        "month": local.month - 1,
        "day_of_year": local.timetuple().tm_yday - 1,
        "iso_week": local.isocalendar()[1] - 1,
    }[field]


def calendar_columns(feature: CalendarFeature, local: datetime) -> NDArray[np.float64]:
    """The feature's columns at one local time, ``[feature.width]``.

    ``sin`` and ``cos`` of the value's part of its period; ``scaled`` as hour / 23, day of week / 6,
    (day of month - 1) / 30, (month - 1) / 11, day of year / 366 and ISO week / 53; ``one_hot`` with one
    column for each value.
    """
    value = calendar_value(feature.field, local)
    period = PERIODS[feature.field]
    if feature.encoding == "one_hot":
        columns = np.zeros(period)
        columns[value] = 1
        return columns
    if feature.encoding == "scaled":
        divisors = {"day_of_year": (1, 366), "iso_week": (1, 53)}
        offset, divisor = divisors.get(feature.field, (0, period - 1))
        return np.array([(value + offset) / divisor])
    angle = 2 * math.pi * value / period
    return np.array([math.sin(angle) if feature.encoding == "sin" else math.cos(angle)])
