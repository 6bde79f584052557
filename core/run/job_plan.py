"""When a job is due: in schedule's terms, as the last and the next moment, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import schedule

from core.run.words import said

UNITS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days"}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLANS = ("every", "daily", "weekly", "monthly")
FARTHEST_DAYS = 62  # a job by the calendar is due at least once in any two months


def plan_of(job: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a job that says when it runs: {every | daily | weekly | monthly: …}."""
    return {name: job[name] for name in PLANS if name in job}


def planned(clock: schedule.Scheduler, job: Mapping[str, Any], zone: str) -> schedule.Job:
    """The entry of a job in schedule's own terms; monthly is daily, with `falls_on` as its condition."""
    if "every" in job:
        number, unit = job["every"].split()
        return getattr(clock.every(int(number)), UNITS[unit.rstrip("s")])
    if "weekly" in job:
        return getattr(clock.every(), job["weekly"]["day"]).at(job["weekly"]["at"], zone)
    at = job["daily"] if "daily" in job else job["monthly"]["at"]
    return clock.every().day.at(at, zone)


def falls_on(job: Mapping[str, Any], today: datetime) -> bool:
    """Whether a job is due on that civil day. The day of a monthly one may be "last"."""
    if "weekly" in job:
        return WEEKDAYS.index(job["weekly"]["day"]) == today.weekday()
    if "monthly" not in job:
        return True
    day = job["monthly"]["day"]
    if day == "last":
        return (today + timedelta(days=1)).day == 1
    return today.day == int(day)


def was_due(job: Mapping[str, Any], since: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a job was due after `since` and up to now."""
    if "every" in job:
        return since + interval(job) <= now
    return any(since < moment <= now for moment in _moments(job, now, zone, -1))


def next_due(job: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> datetime:
    """When a job by the calendar is due next, in the zone."""
    return next(moment for moment in _moments(job, now, zone, 1) if moment > now)


def resumed(job: Mapping[str, Any], since: datetime, now: datetime) -> datetime:
    """When a job with `every` that last ran at `since` is due next, so that a restart does not begin its time anew."""
    step = interval(job)
    return since + step * ((now - since) // step + 1)


def interval(job: Mapping[str, Any]) -> timedelta:
    """The time between two runs of a job with `every`."""
    number, unit = job["every"].split()
    return timedelta(**{UNITS[unit.rstrip("s")]: int(number)})


def in_words(job: Mapping[str, Any]) -> str:
    """The plan as staff read it, such as 每月 1 日 02:30."""
    if "every" in job:
        number, unit = job["every"].split()
        return said("plan_every", number=number, unit=said(f"unit_{unit.rstrip('s')}"))
    if "daily" in job:
        return said("plan_daily", at=job["daily"])
    if "weekly" in job:
        return said("plan_weekly", day=said(f"day_{job['weekly']['day']}"), at=job["weekly"]["at"])
    day, at = job["monthly"]["day"], job["monthly"]["at"]
    return said("plan_last", at=at) if day == "last" else said("plan_monthly", day=day, at=at)


def _moments(job: Mapping[str, Any], now: datetime, zone: ZoneInfo, step: int) -> list[datetime]:
    """When the job is due on the days around now, going back (-1) or on (1)."""
    at = job.get("daily") or job.get("weekly", job.get("monthly", {}))["at"]
    today = now.astimezone(zone)
    days = (today + timedelta(days=step * number) for number in range(FARTHEST_DAYS))
    return [datetime.combine(day.date(), time.fromisoformat(at), zone) for day in days if falls_on(job, day)]
